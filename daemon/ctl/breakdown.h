/* Cost and CO2 of a point by energy source, beside those of the boiler alone: as members of JSON, columns of CSV and a table
 * for people. Per hour, and per year where the hours of operation are known. */
#ifndef CTL_BREAKDOWN_H
#define CTL_BREAKDOWN_H

#include "core/evaluate.h"
#include "core/json_out.h"
#include "table.h"

enum breakdown_part {
	COST_ELEC,
	COST_FUEL,
	COST_ALLOWANCES,
	COST_TOTAL,
	CARBON_ELEC,
	CARBON_FUEL,
	CARBON_TOTAL,
	BREAKDOWN_COUNT
};

/* EUR/h and kg/h; NaN: its inputs are absent. */
struct breakdown {
	double part[BREAKDOWN_COUNT];
};

/* What power beyond the paid peak costs is electricity's. */
/* At a point that the frame has, whichever technology makes it. */
struct breakdown breakdown_of(const struct frame *frame, const struct point *point);
struct breakdown breakdown_at(const struct frame *frame, double q_kw, double p_kw);

/* The members, with those per year unless hours_a is NaN. */
void breakdown_json(struct json_out *out, const struct breakdown *b, double hours_a);

enum { BREAKDOWN_COLUMNS = 4 * BREAKDOWN_COUNT };
/* For CSV: the point's parts per hour and year, and the same of the reference; parts per year are hidden without hours_a. */
void breakdown_columns(struct column columns[BREAKDOWN_COLUMNS], double hours_a);
void breakdown_cells(struct cell cells[BREAKDOWN_COLUMNS], const struct breakdown *with, const struct breakdown *without,
                     double hours_a);

/* A table with a column for each point and the boiler alone; parts that are not known, or nothing anywhere, are left out. */
struct breakdown_column {
	const char *title;
	struct breakdown breakdown;
};
void breakdown_people(FILE *out, const struct breakdown_column *points, size_t n, double hours_a);

#endif

/* One row per part says its names and units; per year is per hour times the hours of operation. */
#include "breakdown.h"

#include "core/demand.h"
#include "core/frame.h"

#include <math.h>
#include <stdlib.h>

#define PART(name, title_text, unit_hour, unit_year, factor_year, decimals_year)                                          \
	{                                                                                                                 \
		{name "_h", name "_a", "reference_" name "_h", "reference_" name "_a"}, title_text, unit_hour, unit_year, \
		    factor_year, decimals_year                                                                            \
	}

static const struct {
	const char *name[4]; /* per hour, per year, and the same of the reference */
	const char *title, *unit_hour, *unit_year;
	double factor_year; /* of unit_year, for people */
	int decimals_year;
} parts[BREAKDOWN_COUNT] = {
    [COST_ELEC] = PART("cost_elec_eur", "electricity", "EUR/h", "EUR/a", 1, 0),
    [COST_FUEL] = PART("cost_fuel_eur", "fuel", "EUR/h", "EUR/a", 1, 0),
    [COST_ALLOWANCES] = PART("cost_allowances_eur", "CO2 allowances", "EUR/h", "EUR/a", 1, 0),
    [COST_TOTAL] = PART("cost_eur", "cost", "EUR/h", "EUR/a", 1, 0),
    [CARBON_ELEC] = PART("carbon_elec_kg", "CO2 of electricity", "kg/h", "t/a", 1e-3, 1),
    [CARBON_FUEL] = PART("carbon_fuel_kg", "CO2 of fuel", "kg/h", "t/a", 1e-3, 1),
    [CARBON_TOTAL] = PART("carbon_kg", "CO2", "kg/h", "t/a", 1e-3, 1),
};

struct breakdown breakdown_at(const struct frame *frame, double q_kw, double p_kw)
{
	double duty_kw = frame->curve.q_total_kw, beyond_eur_h = demand_cost_eur_h(frame, p_kw);
	struct lorenz_breakdown cost = frame->general ? machines_breakdown(frame, MERIT_COST, q_kw, p_kw)
	                                              : lorenz_cost_breakdown(&frame->prices, duty_kw, q_kw, p_kw);
	struct lorenz_breakdown carbon = frame->general ? machines_breakdown(frame, MERIT_CARBON, q_kw, p_kw)
	                                                : lorenz_carbon_breakdown(frame->rates[MERIT_CARBON], duty_kw, q_kw, p_kw);

	if (frame_shortfall_kw(frame, q_kw) > 0) /* less heat is no comparison */
		beyond_eur_h = cost.elec = cost.fuel = cost.allowances = cost.total = carbon.elec = carbon.fuel = carbon.total = NAN;
	return (struct breakdown){{
	    [COST_ELEC] = cost.elec + beyond_eur_h,
	    [COST_FUEL] = cost.fuel,
	    [COST_ALLOWANCES] = cost.allowances,
	    [COST_TOTAL] = cost.total + beyond_eur_h,
	    [CARBON_ELEC] = carbon.elec,
	    [CARBON_FUEL] = carbon.fuel,
	    [CARBON_TOTAL] = carbon.total,
	}};
}

/* Of several technologies the frame has one: what the heat of another one's source costs is in the savings. */
struct breakdown breakdown_of(const struct frame *frame, const struct point *point)
{
	struct breakdown b = breakdown_at(frame, point->q_sink_kw, point->p_elec_kw);
	double cost_eur_h = frame_reference(frame, MERIT_COST) - point->cost_savings_eur_h;
	double carbon_kg_h = frame_reference(frame, MERIT_CARBON) - point->carbon_savings_kg_h;

	if (!frame->general || frame->machines.ranking.n == 0)
		return b;
	b.part[COST_FUEL] += cost_eur_h - b.part[COST_TOTAL];
	b.part[COST_TOTAL] = cost_eur_h;
	b.part[CARBON_FUEL] += carbon_kg_h - b.part[CARBON_TOTAL];
	b.part[CARBON_TOTAL] = carbon_kg_h;
	return b;
}

void breakdown_json(struct json_out *out, const struct breakdown *b, double hours_a)
{
	for (size_t i = 0; i < BREAKDOWN_COUNT; i++)
		json_out_number(out, parts[i].name[0], b->part[i]);
	for (size_t i = 0; i < BREAKDOWN_COUNT && !isnan(hours_a); i++)
		json_out_number(out, parts[i].name[1], b->part[i] * hours_a);
}

void breakdown_columns(struct column columns[BREAKDOWN_COLUMNS], double hours_a)
{
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < BREAKDOWN_COUNT; i++)
			columns[k * BREAKDOWN_COUNT + i] = (struct column){
			    .name = k % 2 == 1 && isnan(hours_a) ? NULL : parts[i].name[k],
			    .type = CELL_NUMBER,
			};
}

void breakdown_cells(struct cell cells[BREAKDOWN_COLUMNS], const struct breakdown *with, const struct breakdown *without,
                     double hours_a)
{
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < BREAKDOWN_COUNT; i++)
			cells[k * BREAKDOWN_COUNT + i] = (struct cell){
			    .present = true,
			    .number = (k < 2 ? with : without)->part[i] * (k % 2 == 1 ? hours_a : 1),
			};
}

/* ---- for people ------------------------------------------------------------------------- */

static bool is_shown(const struct breakdown_column *points, size_t n, enum breakdown_part part)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(points[i].breakdown.part[part]))
			return false;
	for (size_t i = 0; i < n; i++)
		if (part != COST_ALLOWANCES || points[i].breakdown.part[part] != 0)
			return true;
	return false;
}

enum { COLUMN_POINT, COLUMN_HOUR, COLUMN_YEAR = COLUMN_HOUR + BREAKDOWN_COUNT, COLUMN_COUNT = COLUMN_YEAR + BREAKDOWN_COUNT };

static void people_columns(struct column columns[COLUMN_COUNT], const struct breakdown_column *points, size_t n, double hours_a)
{
	columns[COLUMN_POINT] = (struct column){.type = CELL_TEXT, .title = ""};
	for (size_t i = 0; i < BREAKDOWN_COUNT; i++) {
		bool shown = is_shown(points, n, (enum breakdown_part)i);

		columns[COLUMN_HOUR + i] = (struct column){
		    .type = CELL_NUMBER,
		    .title = shown ? parts[i].title : NULL,
		    .unit = parts[i].unit_hour,
		    .decimals = 2,
		};
		columns[COLUMN_YEAR + i] = (struct column){
		    .type = CELL_NUMBER,
		    .title = shown && !isnan(hours_a) ? parts[i].title : NULL,
		    .unit = parts[i].unit_year,
		    .decimals = parts[i].decimals_year,
		    .factor = parts[i].factor_year,
		};
	}
}

void breakdown_people(FILE *out, const struct breakdown_column *points, size_t n, double hours_a)
{
	struct table_options options = {.format = FORMAT_PEOPLE, .flip = true};
	struct column columns[COLUMN_COUNT];
	struct cell cells[COLUMN_COUNT];
	struct table *table;

	people_columns(columns, points, n, hours_a);
	table = table_new(out, &options, columns, COLUMN_COUNT);
	for (size_t p = 0; p < n; p++) {
		cells[COLUMN_POINT] = (struct cell){.present = true, .text = points[p].title};
		for (size_t i = 0; i < BREAKDOWN_COUNT; i++) {
			double value = points[p].breakdown.part[i];

			cells[COLUMN_HOUR + i] = (struct cell){.present = true, .number = value};
			cells[COLUMN_YEAR + i] = (struct cell){.present = true, .number = value * hours_a};
		}
		table_row(table, cells);
	}
	table_done(table);
}

/* One loop's operating points, with what they are worth in a year, as a table for people, the operating_points payload
 * with 17 digits, or a row of CSV per point. */
#ifndef CTL_POINTS_H
#define CTL_POINTS_H

#include "solve_loop.h"
#include "table.h"
#include "worth.h"

/* What a sweep goes over. */
struct swept {
	const char *over;
	const struct unit *unit; /* that it is written in */
	bool outlet;             /* rows of CSV only for the point at the given outlet */
	bool labels;
};

struct points_output {
	FILE *out;
	enum format format;
	bool many; /* JSON: an array */
	struct investment investment;
	const struct swept *swept; /* NULL: no sweep */
};
void points_write(const struct points_output *output, const struct solved *solved, size_t n);
/* Its parts: the payloads, and what stands below the table of one. */
void points_json(const struct points_output *output, const struct solved *solved, size_t n);
void points_below(const struct points_output *output, const struct solved *s);

#endif

/* One loop's operating points, with what they are worth in a year, as a table for people, the operating_points payload
 * with 17 digits, or a row of CSV per point. */
#ifndef CTL_POINTS_H
#define CTL_POINTS_H

#include "core/condition.h"
#include "core/evaluate.h"
#include "table.h"

/* NaN: not given. */
struct investment {
	double hours_a;
	double capex_eur_kw; /* per kW of heat */
	double years;
	double discount;
};

/* A loop with its inputs worked out. */
struct solved {
	const char *loop; /* NULL: a case from the command line, which has no setpoint */
	const struct machines_config *machines; /* NULL: none */
	struct evaluation evaluation;
	struct evaluation_more more;            /* evaluation's, where it has more: not to be copied */
	struct setpoint setpoint;
	struct point at_setpoint; /* savings there */
};

/* Inputs are read through read/ctx as in inputs_gather; a message names what is wrong. */
bool solve_loop(const struct loop_config *loop, read_signal *read, void *ctx, struct solved *out, struct err *e);

struct points_output {
	FILE *out;
	enum format format;
	bool many; /* JSON: an array */
	struct investment investment;
};
void points_write(const struct points_output *output, const struct solved *solved, size_t n);

#endif

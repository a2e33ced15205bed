/* What `lorenzctl solve` is asked: a case on the command line, or the loops of a configuration at given inputs. */
#ifndef CTL_SOLVE_H
#define CTL_SOLVE_H

#include "options.h"
#include "points.h"

struct solve_values {
	bool json, csv;
	const char *config, *loop;
	struct text_list set;
	double slot[SLOT_COUNT]; /* NaN: not given */
	double carbon_value_eur_t;
	struct investment investment;
};

extern const struct option solve_options[];

/* The option that gives a slot, without dashes. */
const char *solve_option_name(enum slot slot);

/* Both write every error to standard error, one line each, and the points to output->out; the exit code. */
int solve_case(const struct solve_values *values, const struct points_output *output);
int solve_config(const struct solve_values *values, struct points_output *output);

#endif

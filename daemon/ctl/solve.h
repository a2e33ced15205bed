/* What `lorenzctl solve` is asked: a case on the command line, or the loops of a configuration at given inputs. `sweep` asks
 * the same many times. */
#ifndef CTL_SOLVE_H
#define CTL_SOLVE_H

#include "core/config_machines.h"
#include "options.h"
#include "points.h"

struct solve_values {
	bool json, csv;
	const char *config, *loop;
	struct text_list set;
	double slot[SLOT_INFO_COUNT]; /* NaN: not given */
	const char *jensen;           /* fluid of that model, in the place of SLOT_ETA; NULL: none */
	double carbon_value_eur_t;
	struct investment investment;
};

extern const struct option solve_options[];

/* The option that gives a slot, without dashes. */
const char *solve_option_name(enum slot slot);

/* Options of the other form, case or configuration, are refused. */
bool solve_check_form(const struct solve_values *values);

/* The options of another command whose values begin with struct solve_values, to be freed: those of solve between rows of its
 * own, of which the last may stand for one of solve's. */
struct option *solve_options_between(const struct option *first, const struct option *last);

/* A case as a loop of constants, which points to the rest. */
struct solve_case {
	struct loop_config loop;
	struct machines_config machines;
	struct lorenz_efficiency model;
};
/* False: all that is wrong has been told. */
bool solve_case_build(const struct solve_values *values, struct solve_case *out);
/* A fluid by its name; false with a line on standard error that begins with the option. */
bool solve_fluid(const char *option, const char *name, enum lorenz_fluid *fluid);

/* The configuration with what --set says; NULL: all that is wrong has been told, and *code. */
struct config *solve_config_load(const struct solve_values *values, int *code);
/* The one loop that is asked for; NULL with a line on standard error. */
struct loop_config *solve_config_loop(const struct solve_values *values, struct config *config);
/* An input by its name becomes a constant, in all loops that share it. */
bool solve_config_replace(struct config *config, const char *name, double value);
/* What an input of the loop (NULL: of any) is, by its name; false with a line on standard error that begins with option. */
bool solve_config_find(struct config *config, const struct loop_config *loop, const char *option, const char *name,
                       enum slot *slot);
/* Every live signal of the wanted loops has a substitute, which solve_read_substitute then reads. */
bool solve_config_signals(const struct solve_values *values, struct config *config);
enum quality solve_read_substitute(void *config, uint32_t signal, double *internal);

/* Both write every error to standard error, one line each, and the points to output->out; the exit code. */
int solve_case(const struct solve_values *values, const struct points_output *output);
int solve_config(const struct solve_values *values, struct points_output *output);

#endif

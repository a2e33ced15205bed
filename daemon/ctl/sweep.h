/* What `lorenzctl sweep` is asked, and what it found: one loop, solved for each value of one input. */
#ifndef CTL_SWEEP_H
#define CTL_SWEEP_H

#include "solve.h"
#include "sweep_over.h"

struct sweep_values {
	struct solve_values solve; /* first: its options' offsets count from here */
	const char *over, *from, *to, *values;
	double steps;
	const char *svg, *chart, *title;
	struct text_list beside;
};

/* The optimum by Jensen's model with a fluid, as the isentropic efficiency rises. */
enum { BESIDE_VALUES = 61 };
struct beside {
	enum lorenz_fluid fluid;
	const char *name;
	char legend[48];
	struct solved solved[BESIDE_VALUES];
};

struct sweep {
	struct over over;
	struct value_list values;
	struct swept swept;
	struct config *config;    /* NULL: a case */
	struct loop_config *loop; /* in the configuration, or the case */
	struct solve_case built;
	struct inputs_from from;
	struct solved *solved; /* one for each value */
	struct beside *beside;
	size_t n_beside;
};

/* A row for each value. */
void sweep_table(const struct sweep *sweep, FILE *out);

enum sweep_chart { CHART_OF_OUTLET, CHART_OF_SAVINGS, CHART_OF_COST, CHART_OF_CARBON, SWEEP_CHART_COUNT };
/* Which one --chart names, or the one that tells most; false with a line on standard error. */
bool sweep_chart_choose(const char *word, const struct sweep *sweep, enum sweep_chart *chart);
void sweep_chart(const struct sweep *sweep, enum sweep_chart chart, const char *title, double hours_a, FILE *out);

#endif

/* What a sweep may go over, and through which values. */
#ifndef CTL_SWEEP_OVER_H
#define CTL_SWEEP_OVER_H

#include "solve.h"

enum over_kind {
	OVER_SLOT,         /* an option of the case */
	OVER_INPUT,        /* an input by its name in the configuration */
	OVER_RATIO,        /* price of electricity to that of useful heat: sets the former */
	OVER_CARBON_RATIO, /* the same of carbon */
	OVER_CARBON_VALUE,
	OVER_OUTLET, /* no input: where on the curve the heat pump is */
};

struct over {
	const char *name;
	enum over_kind kind;
	enum slot slot; /* of OVER_SLOT and OVER_INPUT: what kind of value it is */
	enum dimension dimension;
	struct range range; /* low = high: any */
	const char *title;  /* for people */
};

/* config NULL: names of options. All of these tell what is wrong on standard error and return false. */
bool over_find(const char *name, struct config *config, const struct loop_config *loop, struct over *over);

/* Labels are NULL without --values. */
struct value_list {
	double *value; /* internal unit */
	double *shown; /* in unit, free of the conversion's rounding */
	char **label;
	size_t n;
	const struct unit *unit; /* that the first one is written in */
};
/* From --from and --to, both ends included. */
bool values_range(const struct over *over, const char *from, const char *to, double steps, struct value_list *list);
/* From a table with the columns label,value. */
bool values_table(const struct over *over, const char *path, struct value_list *list);
void values_done(struct value_list *list);

/* Makes the loop be at a value. */
void over_prepare_case(const struct over *over, double value, struct solve_values *values);
bool over_prepare_config(const struct over *over, double value, struct config *config, struct loop_config *loop);
bool over_solve(const struct over *over, double value, const struct inputs_from *from, struct loop_config *loop,
                struct solved *out, struct err *e);

#endif

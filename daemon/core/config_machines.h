/* The configuration of the general case: efficiency models, a source that cools, approaches, units, utilities in merit
 * order, direct exchange,
 * technologies side by side. Only loops that use any of it have one. */
#ifndef CORE_CONFIG_MACHINES_H
#define CORE_CONFIG_MACHINES_H

#include "config.h"

#include <lorenz/technology.h>

enum {
	MACHINES_SINGLE = SLOT_UNIT - SLOT_MACHINES, /* inputs that are there once */
	UNIT_INPUTS = SLOT_UTILITY - SLOT_UNIT,
	UTILITY_INPUTS = SLOT_FLOW - SLOT_UTILITY,
	TECHNOLOGY_INPUTS = SLOT_INFO_COUNT - SLOT_TECHNOLOGY,
	UNITS_MAX = LORENZ_UNITS_MAX,
	UTILITIES_MAX = LORENZ_UTILITIES_MAX - 2, /* beside the boiler of market.fuel and the electric one */
	MACHINES_INPUTS_MAX = MACHINES_SINGLE + UNITS_MAX * UNIT_INPUTS + UTILITIES_MAX * UTILITY_INPUTS +
	                      TECHNOLOGIES_MAX * TECHNOLOGY_INPUTS
};

struct unit_config {
	const char *name;
	struct input input[UNIT_INPUTS]; /* by slot, from SLOT_UNIT on */
	int preference;                  /* lower runs first */
	struct lorenz_part_load part_load;
};

struct utility_config {
	const char *name;
	struct input input[UTILITY_INPUTS]; /* by slot, from SLOT_UTILITY on */
};

/* What is not given is the heat pump's, or the library's. */
struct technology_config {
	const char *name;
	int kind; /* enum lorenz_technology_kind */
	const struct lorenz_efficiency *model; /* NULL: constant, or none of its own */
	struct input input[TECHNOLOGY_INPUTS]; /* by slot, from SLOT_TECHNOLOGY on */
};

struct machines_config {
	struct input single[MACHINES_SINGLE];  /* by slot, from SLOT_MACHINES on */
	const struct lorenz_efficiency *model; /* NULL: constant, SLOT_ETA. Parameters that are inputs are in single */
	struct unit_config *units;
	size_t n_units;
	struct utility_config *utilities;
	size_t n_utilities;
	struct technology_config *technologies;
	size_t n_technologies; /* 0: one machine, of which no more is said */
};

/* One of the inputs: those that are there once, then those of each unit, each utility, each technology. */
struct machines_place {
	struct input *input;
	enum slot slot;
	const char *list; /* "heat_pump.units", "utilities", "technologies"; NULL: once */
	size_t index;     /* in the list */
};
/* False beyond the last one; place < MACHINES_INPUTS_MAX. m NULL: there are none. */
bool machines_place(const struct machines_config *m, size_t place, struct machines_place *out);

/* What the loop's points are computed with: NULL where the closed form will do. */
const struct machines_config *machines_of_loop(const struct loop_config *loop);

/* Of a technology of that index; NULL where there is none. */
const char *technology_name(const struct loop_config *loop, size_t index);
uint8_t technology_index(const struct loop_config *loop, const char *name); /* NO_TECHNOLOGY: none of that name */

static inline const struct input *machines_single(const struct machines_config *m, enum slot slot)
{
	return &m->single[slot - SLOT_MACHINES];
}

#endif

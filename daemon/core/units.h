/* The units that plant data come in, a table of our own: udunits knows neither kWh nor currencies.
 * Internal units: K, K (difference), kW, EUR/MWh, EUR/t, kg/MWh, kW/K, kg/h, m3/h, kJ/(kg K),
 * microseconds, 1, 1/K.
 * Refuses a unit of another dimension, and a bare number where the dimension is not 1. */
#ifndef CORE_UNITS_H
#define CORE_UNITS_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

enum dimension {
	DIM_ONE,                /* 1, % */
	DIM_TEMPERATURE,        /* degC degF K */
	DIM_TEMPERATURE_DIFF,   /* K */
	DIM_POWER,              /* W kW MW GJ/h */
	DIM_ENERGY_PRICE,       /* EUR/MWh EUR/kWh ct/kWh EUR/GJ */
	DIM_MASS_PRICE,         /* EUR/t EUR/kg */
	DIM_CARBON,             /* g/kWh kg/MWh t/MWh kg/GJ */
	DIM_HEAT_CAPACITY_RATE, /* W/K kW/K MW/K */
	DIM_TIME,               /* us ms s min h d a (365 d) */
	DIM_POWER_PRICE,        /* EUR/kW EUR/MW: investment */
	DIM_TEMPERATURE_RATE,   /* K/s K/min K/h */
	DIM_MONEY_RATE,         /* EUR/h */
	DIM_MASS_RATE,          /* kg/h t/h kg/s */
	DIM_VOLUME_RATE,        /* m3/h m3/s l/s */
	DIM_HEAT_CAPACITY,      /* kJ/(kg K) J/(kg K) */
	DIM_SPECIFIC_HEAT,      /* kJ/kg: of evaporation */
	DIM_DENSITY,            /* kg/m3 */
	DIM_PER_TEMPERATURE,    /* 1/K */
	DIM_MASS,               /* kg t */
	DIM_COUNT
};

struct unit {
	const char *name;
	enum dimension dimension;
	double factor; /* internal = value * factor + offset */
	double offset;
};

const char *dimension_text(enum dimension dimension);                     /* "a temperature" */
const char *dimension_units(enum dimension dimension);                    /* "degC, degF or K" */
const struct unit *unit_at(size_t i);                                     /* the table, row by row; NULL: beyond its end */
const struct unit *unit_find(enum dimension dimension, const char *name); /* NULL: none of that dimension */
const struct unit *unit_internal(enum dimension dimension);               /* the one with factor 1, offset 0 */
double unit_to_internal(const struct unit *unit, double value);
double unit_from_internal(const struct unit *unit, double value);
/* "250 degC", "15degC", "20 %", "0.95" into internal units. A message names what is wrong ("250 has no unit; a temperature
 * is written in degC, degF or K"). *unit (may be NULL) gets the unit written. Untouched on failure. */
bool quantity_parse(const char *text, enum dimension dimension, double *value, const struct unit **unit, struct err *e);
/* A decimal number filling the whole text: no hex, no NaN or Inf, no decimal comma, no overflow. Blanks around it are allowed. */
bool number_parse(const char *text, double *value, struct err *e);

#endif

/* What stands around a heat pump: its source, the approaches of its heat exchangers, the units it is made of, and the
 * utilities that make the heat it does not. Plain structures with their checks and what can be asked of each alone;
 * lorenz/case.h puts them together. Temperatures in kelvin, heat and power in kW, rates per MWh. */
#ifndef LORENZ_PLANT_H
#define LORENZ_PLANT_H

#include "lorenz/efficiency.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- source ----------------------------------------------------------------------------- */

/* Heat taken is Q - P. With a finite c_kw_k the outlet follows from it; otherwise t_out_k stands as given, whatever the
 * load: right for air, evaporation or a large stream, wrong for a measured outlet that moves with the load. */
struct lorenz_source {
	double t_in_k;
	double t_out_k;            /* used only where c_kw_k is INFINITY; = t_in_k: keeps its temperature */
	double c_kw_k;             /* heat-capacity rate of the stream; INFINITY: not known, or too large to matter */
	double t_out_min_k;        /* of the outlet, with a finite c_kw_k; 0: none */
	double cooling_max_kw;     /* most heat to take; INFINITY: none */
	double body_c_kw_k;        /* of the river, lake or network that the stream is drawn from; INFINITY: none */
	double body_cooling_max_k; /* by how much that may be cooled; INFINITY: none */
};
/* Keeps t_in_k, no limits. */
struct lorenz_source lorenz_source_steady(double t_in_k);
/* LORENZ_NOT_FINITE, LORENZ_SOURCE_TEMPERATURE (not above 0 K, outlet above inlet), LORENZ_SOURCE_FLOW (a heat-capacity rate
 * not above 0), LORENZ_SOURCE_LIMIT (a limit below 0). */
enum lorenz_status lorenz_source_check(const struct lorenz_source *source);
/* Most heat that may be taken, kW: least of the cooling, the outlet's lower limit and the body's; *limit (may be NULL) says
 * which, LORENZ_LIMIT_NONE where INFINITY. */
double lorenz_source_heat_max_kw(const struct lorenz_source *source, enum lorenz_limit *limit);
/* (Q - P)/(T_in - T_out) of a measured outlet at steady load, kW/K; NaN where no heat is taken or the source is not cooled. */
double lorenz_source_c_kw_k(double q_kw, double p_kw, double t_in_k, double t_out_k);
/* What is left after taking heat_kw from it upstream. */
struct lorenz_source lorenz_source_after(const struct lorenz_source *source, double heat_kw);

/* ---- approaches ------------------------------------------------------------------------- */

/* Differences between the process streams and what the machine sees (a water loop between them). */
struct lorenz_approach {
	double sink_k, source_k; /* >= 0 */
	bool internal;           /* the efficiency refers to the loops, not to the process streams */
};

/* ---- direct exchange -------------------------------------------------------------------- */

struct lorenz_direct {
	double q_kw; /* heat exchanged without a heat pump */
	double t_sink_out_k;
	double t_source_out_k;
	bool advised; /* the heat-capacity rate of the source is not known: an upper bound, to be looked at, not used */
};
/* The largest heat that a counter-current exchanger with a pinch of dt_min_k > 0 anywhere and the source's limits allow.
 * LORENZ_APPROACH: dt_min_k; and what lorenz_source_check says. */
enum lorenz_status lorenz_direct_exchange(const struct lorenz_curve *curve, const struct lorenz_source *source, double dt_min_k,
                                          struct lorenz_direct *out);
/* The curve from q_kw on. */
void lorenz_curve_rest(const struct lorenz_curve *curve, double q_kw, struct lorenz_curve *rest);

/* ---- units ------------------------------------------------------------------------------ */

enum { LORENZ_UNITS_MAX = 8 };

struct lorenz_unit {
	double capacity_kw; /* heat, > 0, finite */
	double min_share;   /* least load while it runs, [0, 1] */
	double factor;      /* on the COP, against the other units: (0, 2]; 1 */
	struct lorenz_part_load part_load;
	int preference;       /* lower runs first where nothing else decides */
	double running_hours; /* fewer runs first among equal preferences */
};

/* n = 0: one machine without bounds of its own. All units that run take the same share of their capacity, side by side on
 * both streams. */
struct lorenz_units {
	size_t n;
	struct lorenz_unit unit[LORENZ_UNITS_MAX];
};

struct lorenz_commitment {
	unsigned running; /* bit i: unit i */
	int n_running;
	double share;  /* of the capacity of those that run */
	double factor; /* on the COP */
};
/* LORENZ_NOT_FINITE, LORENZ_UNIT_COUNT, LORENZ_UNIT, LORENZ_PART_LOAD; *bad (may be NULL): the unit. */
enum lorenz_status lorenz_units_check(const struct lorenz_units *units, size_t *bad);
/* The units that make q_kw with the least power; among equals the fewest, then by preference and running hours. False where
 * no set of units can: below the least load, in a gap, or above the capacity. Units that have been checked. */
bool lorenz_units_commit(const struct lorenz_units *units, double q_kw, struct lorenz_commitment *out);

/* ---- utilities -------------------------------------------------------------------------- */

enum { LORENZ_UTILITIES_MAX = 8 };

/* What one MWh of useful heat costs and emits; either may be negative. */
struct lorenz_utility {
	double capacity_kw; /* >= 0; INFINITY: none */
	double cost;        /* EUR/MWh */
	double carbon;      /* kg/MWh */
};
struct lorenz_utilities {
	size_t n;
	struct lorenz_utility unit[LORENZ_UTILITIES_MAX];
};

/* Rates of a fuel and of electricity, cost in EUR/MWh and carbon in kg/MWh. */
struct lorenz_merit {
	double cost;
	double carbon;
};
/* fuel/efficiency; an efficiency not above 0 gives NaN, which the check refuses. An electric boiler is a boiler on power. */
struct lorenz_utility lorenz_utility_boiler(double capacity_kw, struct lorenz_merit fuel, double efficiency);
/* (fuel - eta_el elec)/eta_th: falls as power gets dear. capacity_kw: heat. */
struct lorenz_utility lorenz_utility_chp(double capacity_kw, struct lorenz_merit fuel, struct lorenz_merit elec, double eta_el,
                                         double eta_th);
/* LORENZ_NOT_FINITE, LORENZ_UTILITY_COUNT, LORENZ_UTILITY; *bad (may be NULL): the utility. */
enum lorenz_status lorenz_utilities_check(const struct lorenz_utilities *utilities, size_t *bad);
/* Who makes x_kw at least cost: heat of each into q_kw[n]. Returns what is left over, kW. */
double lorenz_utilities_dispatch(const struct lorenz_utilities *utilities, double x_kw, double *q_kw);

#ifdef __cplusplus
}
#endif
#endif

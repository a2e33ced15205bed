/* liblorenz: optimal and break-even operating points of industrial heat pumps.
 *
 * After J.V.M. Walden, R. Padulles, Energy Conversion and Management 320 (2024) 118983,
 * doi 10.1016/j.enconman.2024.118983, generalised to any rising sink curve and any pair of rates.
 * Temperatures are in kelvin, heat and power in kW. The library does no I/O, reads no clock,
 * allocates nothing and keeps no state: every function is reentrant and thread-safe.
 * Scalar formulas return NaN outside their domain; functions that return a status leave their
 * outputs untouched on failure. */
#ifndef LORENZ_LORENZ_H
#define LORENZ_LORENZ_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LORENZ_SEGMENTS_MAX = 32 };

enum lorenz_status {
	LORENZ_OK,
	LORENZ_NOT_FINITE,           /* an argument is NaN or infinite where it must not be */
	LORENZ_SOURCE_TEMPERATURE,   /* source temperature not above 0 K */
	LORENZ_SINK_TEMPERATURE,     /* a sink temperature not above 0 K */
	LORENZ_TARGET_BELOW_INLET,   /* the sink curve falls, within a segment or between two */
	LORENZ_SEGMENT_DUTY,         /* a negative duty */
	LORENZ_SEGMENT_COUNT,        /* none, or more than LORENZ_SEGMENTS_MAX */
	LORENZ_EFFICIENCY,           /* Lorenz efficiency outside (0, 1] */
	LORENZ_BOUNDS,               /* a negative bound on heat, power, COP or lift */
	LORENZ_SOURCE_ABOVE_TARGET,  /* the source is not below the highest sink temperature: no lift */
	/* of the general case, lorenz/case.h */
	LORENZ_MODEL,                /* a parameter of the efficiency model */
	LORENZ_PART_LOAD,            /* the part-load curve */
	LORENZ_SOURCE_FLOW,          /* a heat-capacity rate of the source */
	LORENZ_SOURCE_LIMIT,         /* a limit of the source */
	LORENZ_APPROACH,             /* an approach or pinch */
	LORENZ_UNIT_COUNT,
	LORENZ_UNIT,                 /* capacity, least share or factor of a unit */
	LORENZ_UTILITY_COUNT,
	LORENZ_UTILITY,              /* capacity of a utility */
	LORENZ_GOAL,                 /* kind, carbon value or cap of a goal, or the number of points */
	LORENZ_TECHNOLOGY,           /* kind or a figure of a technology */
	LORENZ_ABOVE_CARNOT,         /* an engine better than Carnot's */
	LORENZ_STATUS_COUNT
};

/* A sentence for people ("the target is below the inlet"); never NULL. */
const char *lorenz_status_text(enum lorenz_status status);

/* ---- scalar formulas -------------------------------------------------------------------- */

/* Log-mean of two positive temperatures, K; equals t for a = b = t (Eqs. 6, 7). Accurate to a few ulp for any spread. */
double lorenz_log_mean(double a_k, double b_k);
/* Lorenz COP T_sink/(T_sink - T_src) of log-mean temperatures, sink above source (Eq. 5). */
double lorenz_cop(double t_sink_mean_k, double t_source_mean_k);
/* Lorenz efficiency of a measured COP (Eq. 8). */
double lorenz_efficiency(double cop, double t_sink_mean_k, double t_source_mean_k);
/* Carnot COP T_out/(T_out - T_src,in) and efficiency (Eqs. 3, 4). */
double lorenz_carnot_cop(double t_sink_out_k, double t_source_in_k);
double lorenz_carnot_efficiency(double cop, double t_sink_out_k, double t_source_in_k);
/* Degree of electrification Q/Q_tot, [0, 1] (Eq. 1). */
double lorenz_electrification(double q_kw, double q_total_kw);
/* Free optimum T_src r/(r - eta) (Eq. 20), K: infinite for 0 <= r <= eta, NaN for r < 0. */
double lorenz_t_optimal_free(double t_source_mean_k, double ratio, double eta);
/* Free break-even outlet of one sensible stream that enters at t_in_k (Eq. 15), K; NaN where none lies above the inlet. */
double lorenz_t_break_even_free(double t_source_mean_k, double t_in_k, double ratio, double eta);
/* The Carnot variant T_src,in r/(r - eta_carnot), K. */
double lorenz_t_break_even_carnot(double t_source_in_k, double ratio, double eta_carnot);
/* x > 1 with (x - 1)/ln x = c, c > 1; NaN for c <= 1 (no root). */
double lorenz_log_mean_inverse(double c);

/* ---- rates ------------------------------------------------------------------------------ */

/* What one MWh of electricity and one MWh of useful heat from the reference utility cost, in any
 * one unit of merit (EUR/MWh, kg/MWh). Savings come out in that unit per hour. */
struct lorenz_rates {
	double elec;
	double heat;
};

/* elec price with adders against (fuel price with adders + fuel carbon * CO2 price)/boiler efficiency. EUR/MWh, kg/MWh, EUR/t. */
struct lorenz_prices {
	double elec_eur_mwh;          /* may be negative */
	double elec_adders_eur_mwh;
	double fuel_eur_mwh;
	double fuel_adders_eur_mwh;
	double fuel_carbon_kg_mwh;
	double co2_eur_t;
	double boiler_efficiency;     /* (0, inf): above 1 on the lower heating value of a condensing boiler */
};
struct lorenz_rates lorenz_cost_rates(const struct lorenz_prices *prices);
struct lorenz_rates lorenz_carbon_rates(double elec_carbon_kg_mwh, double fuel_carbon_kg_mwh, double boiler_efficiency);
/* Cost plus carbon at an internal carbon price, EUR/t. */
struct lorenz_rates lorenz_blend_rates(struct lorenz_rates cost, struct lorenz_rates carbon, double carbon_value_eur_t);
/* elec/heat; NaN where heat <= 0. */
double lorenz_ratio(struct lorenz_rates rates);

/* ---- the sink curve --------------------------------------------------------------------- */

/* In heating order; t_in_k = t_out_k is latent. */
struct lorenz_segment {
	double t_in_k;
	double t_out_k;
	double q_kw;
};

/* Prepared by lorenz_curve_init; read-only afterwards. Segments without duty are dropped. */
struct lorenz_curve {
	size_t n;
	double t_in_k;      /* of the first segment given, also where it has no duty */
	double t_target_k;  /* of the last one given */
	double q_total_kw;
	double phi_total_kw_k;
	struct lorenz_curve_segment {
		double t_in_k, t_out_k, q_kw;
		double c_kw_k;                     /* heat-capacity rate; INFINITY: latent */
		double q_begin_kw, phi_begin_kw_k; /* sums before this segment */
	} seg[LORENZ_SEGMENTS_MAX];
};

/* On failure *bad (may be NULL) is the index of the segment that is wrong (untouched by LORENZ_SEGMENT_COUNT). */
enum lorenz_status lorenz_curve_init(struct lorenz_curve *curve, const struct lorenz_segment *segments, size_t n, size_t *bad);
/* Temperature after q_kw, K: at a breakpoint the lower one, at 0 the inlet; q clamped to [0, total]. */
double lorenz_curve_t_k(const struct lorenz_curve *curve, double q_kw);
/* Largest heat delivered at no more than t_k (all of a latent segment at t_k), kW. */
double lorenz_curve_q_kw(const struct lorenz_curve *curve, double t_k);
/* Phi(q) = integral of dQ/T, kW/K. */
double lorenz_curve_phi(const struct lorenz_curve *curve, double q_kw);

/* ---- operating points ------------------------------------------------------------------- */

struct lorenz_machine {
	double eta;         /* Lorenz efficiency, (0, 1] */
	double q_min_kw;    /* 0: none */
	double q_max_kw;    /* INFINITY: none */
	double p_max_kw;    /* INFINITY: none */
	double t_max_k;     /* highest sink outlet; INFINITY: none */
	double cop_max;     /* guard against overlap; INFINITY: none */
	double min_lift_k;  /* the mean lift is never counted smaller than this; 0: none */
};
/* All bounds off. */
struct lorenz_machine lorenz_machine_unbounded(double eta);

/* What holds the point where it is; LORENZ_LIMIT_NONE: the stationary point itself. */
enum lorenz_limit {
	LORENZ_LIMIT_NONE,
	LORENZ_LIMIT_INLET,       /* off: nothing is gained, or nothing is allowed (a minimum load above every other bound) */
	LORENZ_LIMIT_TARGET,      /* the whole demand, also where another bound meets it exactly */
	LORENZ_LIMIT_CAPACITY,
	LORENZ_LIMIT_P_ELEC_MAX,
	LORENZ_LIMIT_T_MAX,
	LORENZ_LIMIT_COP_1,
	LORENZ_LIMIT_MIN_LOAD,
	/* of the general case, lorenz/case.h */
	LORENZ_LIMIT_SOURCE_OUTLET,
	LORENZ_LIMIT_SOURCE_COOLING,
	LORENZ_LIMIT_SOURCE_BODY,
	LORENZ_LIMIT_MODEL,       /* beyond it the efficiency model says: not possible */
	LORENZ_LIMIT_CONSTRAINT,  /* the goal's */
	LORENZ_LIMIT_UTILITIES,   /* less than that they cannot make up for */
	LORENZ_LIMIT_PINCH,       /* of direct exchange as a technology */
	LORENZ_LIMIT_COUNT
};
/* none, inlet, target, capacity, p_elec_max, t_max, cop_1, min_load, source_t_out_min, source_cooling_max, source_body,
 * model, constraint, utilities, pinch */
const char *lorenz_limit_text(enum lorenz_limit limit);

struct lorenz_point {
	double q_kw;             /* 0 when off */
	double t_out_k;          /* delivered; the inlet when off */
	double t_free_k;         /* unclamped; INFINITY where every kWh pays, NaN where none exists or beyond a curve of several segments.
	                          * A single sensible segment is taken to go on beyond its ends; a latent one is not. */
	double electrification;  /* [0, 1] */
	double cop;              /* NaN when off; INFINITY where an overlap leaves no power (cop_max and min_lift guard against it) */
	double p_kw;
	double savings;          /* unit of merit per hour */
	enum lorenz_limit limited_by;
	bool overlap;            /* the sink inlet is below the source: the Lorenz formula flatters this point */
};

struct lorenz_operation {
	double ratio;                          /* NaN where heat <= 0 */
	struct lorenz_point optimal;
	struct lorenz_point break_even;        /* under all bounds; off where the optimum is off */
	struct lorenz_point break_even_free;   /* under the curve's end and COP >= 1 only */
};

/* The optimum and the break-even for one pair of rates under all bounds. source: log-mean temperature, K.
 * Exact on sensible and latent segments for any constant eta; ends after a bounded number of steps.
 * Savings that are not positive mean off. So does heat <= 0, unless elec < 0: where power is better wasted, the largest heat
 * may pay. No break-even lies beyond such an optimum; both break-evens are at the largest heat if that pays, with t_free_k NaN. */
enum lorenz_status lorenz_operate(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine,
                                  struct lorenz_rates rates, struct lorenz_operation *out);
/* Electric power for q_kw, kW (0 for q = 0; q clamped to [0, total]); NaN for a machine or source outside its domain. */
double lorenz_power_kw(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine, double q_kw);
/* Savings a_u q - a_e p, unit of merit per hour, for rates per MWh and kW. */
double lorenz_savings(struct lorenz_rates rates, double q_kw, double p_kw);
/* Largest heat that capacity, power, t_max, COP >= 1 and the curve's end allow, kW; *limit (may be NULL) says which.
 * NaN, and *limit untouched, for a machine or source outside its domain. */
double lorenz_q_max_kw(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine, enum lorenz_limit *limit);

/* ---- by energy source ------------------------------------------------------------------- */

/* What an hour costs (EUR/h) or emits (kg/h) while the heat pump delivers part of the demand and the boiler the rest. With no
 * heat from the heat pump it is the reference; reference.total - total are the savings. */
struct lorenz_breakdown {
	double elec;       /* electricity with its adders */
	double fuel;       /* fuel with its adders */
	double allowances; /* CO2 allowances for the fuel; 0 in kg/h */
	double total;
};
/* q_kw and p_kw: heat from the heat pump, at most q_total_kw, and its electric power. NaN where the boiler efficiency is not positive. */
struct lorenz_breakdown lorenz_cost_breakdown(const struct lorenz_prices *prices, double q_total_kw, double q_kw, double p_kw);
struct lorenz_breakdown lorenz_carbon_breakdown(struct lorenz_rates carbon, double q_total_kw, double q_kw, double p_kw);

/* ---- investment ------------------------------------------------------------------------- */

/* Net present value (Eq. 23): minus capex in year 0, savings at the end of years 1..years, discounted. rate > -1, years >= 0
 * (between whole years the annuity's own formula). */
double lorenz_npv(double capex, double savings_a, double years, double discount_rate);
/* capex/savings in years; NaN where savings are not positive. */
double lorenz_payback_a(double capex, double savings_a);

#ifdef __cplusplus
}
#endif
#endif

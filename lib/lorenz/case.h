/* Operating points of the general case: any efficiency model, a source that cools, several units, utilities in merit order,
 * direct exchange first, objectives with constraints.
 *
 * Savings of heat Q from the heat pump that takes power P are, on the one dispatch of the utilities that is cheapest,
 *     S(Q) = C_u(X) - C_u(X - Q) - a_e P(Q) - a_s (Q - P(Q))
 * for cost and for carbon, X the demand after direct exchange. The maximum is looked for over all allowed Q: the curve's
 * segments, units, part-load curves, utilities and table cells cut the interval into pieces, each piece is sampled, and
 * every local maximum that may be the best is refined (1e-8 of the heat; savings to 1e-9). Where a closed form holds
 * (constant efficiency, steady source, one utility), it is lorenz_operate's.
 * Where the utilities cannot carry the demand alone, the heat pump makes at least what they cannot, or the most that it can:
 * the rest is a shortfall. What it saves is then told against the utilities at their capacity, which heat less: of use to compare
 * heats with each other, not with 0. No extra cost or emissions, and the break-even, count from the least of these heats.
 * What can be missed is a local maximum between two samples of one piece that neither the samples nor the slopes at the ends
 * of the piece show: efficiencies that go up and down within a few kelvins. */
#ifndef LORENZ_CASE_H
#define LORENZ_CASE_H

#include "lorenz/plant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds on the heat pump as a whole, beside those of its units; as in struct lorenz_machine. */
struct lorenz_limits {
	double q_min_kw, q_max_kw;
	double p_max_kw;
	double t_max_k; /* of the process outlet */
	double cop_max;
	double min_lift_k;
};
/* All off. */
struct lorenz_limits lorenz_limits_none(void);

struct lorenz_case {
	const struct lorenz_curve *curve;
	const struct lorenz_efficiency *efficiency;
	struct lorenz_source source;
	struct lorenz_approach approach;
	struct lorenz_limits limits;
	struct lorenz_units units;
	struct lorenz_utilities utilities;
	struct lorenz_merit elec;          /* electricity */
	struct lorenz_merit source_heat; /* its price: positive where it is bought or forgone, negative where cooling is useful */
	double direct_dt_min_k;          /* pinch of a direct exchanger upstream; 0: there is none */
	double exchanged_kw;             /* of a machine that is an exchanger: its most heat */
	enum lorenz_limit exchanged_limit; /* what bounds that; LORENZ_LIMIT_NONE: it is none */
};
/* One machine without bounds, no direct exchange, one unlimited utility at given rates of useful heat. */
struct lorenz_case lorenz_case_simple(const struct lorenz_curve *curve, const struct lorenz_efficiency *efficiency,
                                      struct lorenz_source source, struct lorenz_merit elec, struct lorenz_merit heat);

enum lorenz_goal_kind {
	LORENZ_GOAL_COST,        /* most cost saved */
	LORENZ_GOAL_CARBON,      /* most carbon saved */
	LORENZ_GOAL_BLEND,       /* both, carbon worth carbon_value_eur_t */
	LORENZ_GOAL_CARBON_FREE, /* most carbon saved at no extra cost */
	LORENZ_GOAL_CARBON_CAP,  /* least cost with at most carbon_cap_kg_h emitted in all */
	LORENZ_GOAL_ELECTRIFY,   /* most heat from the heat pump at no extra emissions */
	LORENZ_GOAL_COUNT
};
struct lorenz_goal {
	enum lorenz_goal_kind kind;
	double carbon_value_eur_t;
	double carbon_cap_kg_h;
};

struct lorenz_case_point {
	double q_kw;            /* 0 when off */
	double t_out_k;         /* of the process stream */
	double t_supply_k;      /* what the loop has to supply for it: with the sink's approach */
	double electrification; /* of the whole demand, [0, 1] */
	double cop;             /* NaN when off */
	double eta_lorenz; /* COP over that of Lorenz between what the efficiency refers to; NaN when off or without a lift */
	double p_kw;
	double source_heat_kw; /* taken from the source */
	double t_source_out_k;
	double savings_cost;   /* EUR/h */
	double savings_carbon; /* kg/h */
	double savings;        /* of the goal's own merit; kW of heat for LORENZ_GOAL_ELECTRIFY */
	double t_free_k;       /* unclamped, where the closed form holds, as in struct lorenz_point; else NaN */
	enum lorenz_limit limited_by;
	bool overlap;                            /* the sink inlet is below the source inlet */
	bool extrapolated;                       /* the efficiency is outside the range its model was made for */
	struct lorenz_commitment units;          /* n_running 0 where no units are given */
	double utility_kw[LORENZ_UTILITIES_MAX]; /* what each makes of the rest */
	double shortfall_kw;                     /* what nobody makes */
};

struct lorenz_solution {
	struct lorenz_case_point optimal;
	struct lorenz_case_point
	    break_even; /* the largest heat that loses nothing, under all bounds; off where the optimum is off */
	struct lorenz_case_point break_even_free; /* under the curve's end and COP >= 1 only */
	bool met;                                 /* the goal's constraint holds; if not, optimal saves the most carbon */
};

/* LORENZ_OK or what is wrong first, *bad (may be NULL) the index of the unit or utility, where it is one. */
enum lorenz_status lorenz_case_check(const struct lorenz_case *c, size_t *bad);
/* Solutions for n goals, computed on one evaluation of the plant; break-evens of goals with a constraint are off.
 * Outputs untouched on failure. Takes less than 512 KiB of stack; eight units that all differ take milliseconds. LORENZ_GOAL: a
 * goal's kind, value or cap. */
enum lorenz_status lorenz_case_solve(const struct lorenz_case *c, const struct lorenz_goal *goals, size_t n,
                                     struct lorenz_solution *out);
/* The point at q_kw; limited_by is LORENZ_LIMIT_NONE where it is allowed, else the bound that it breaks. Where it is not
 * possible at all, power, COP and savings are NaN. savings is that of cost. */
enum lorenz_status lorenz_case_at(const struct lorenz_case *c, double q_kw, struct lorenz_case_point *out);
/* n >= 2 points of least cost for given carbon, from the cost optimum to the carbon optimum in even steps of carbon. */
enum lorenz_status lorenz_case_pareto(const struct lorenz_case *c, size_t n, struct lorenz_case_point *out);

/* Direct exchange of the case as it counts before the heat pump, and what it saves. All 0 without. */
struct lorenz_direct_savings {
	struct lorenz_direct direct;
	double cost;   /* EUR/h */
	double carbon; /* kg/h */
};
enum lorenz_status lorenz_case_direct(const struct lorenz_case *c, struct lorenz_direct_savings *out);

#ifdef __cplusplus
}
#endif
#endif

/* What the files of the general case share: the prepared plant, its evaluation at a heat, the samples of it that all goals
 * are judged on, and the finders of roots and maxima. Arguments have been checked by the public functions. */
#ifndef LORENZ_MODEL_H
#define LORENZ_MODEL_H

#include "internal.h"
#include "lorenz/case.h"

static const double LZ_KW_PER_MW = 1e3;
static const double LZ_FACTOR_MAX = 2; /* of a unit or a part-load curve */
static const double LZ_EQUAL = 1e-12;  /* relative: what is nearer is the same */

/* ---- efficiency ------------------------------------------------------------------------- */

/* 1/COP with a mean lift of at least min_lift_k; NaN: not possible. Sets *outside where edges were held, never clears it. */
double lz_specific_power(const struct lorenz_efficiency *efficiency, const struct lorenz_temperatures *at, double min_lift_k,
                         bool *outside);

/* ---- units ------------------------------------------------------------------------------ */

enum { LZ_SETS_MAX = (1 << LORENZ_UNITS_MAX) - 1 };

/* A set of units that run together. */
struct lz_set {
	unsigned running;
	int n_running;
	bool uniform; /* all of one kind, as unit first */
	size_t first;
	double capacity_kw;
	double min_share;
	double low_kw, high_kw; /* what it can make, with a margin against rounding */
	double flat_factor;     /* NaN: depends on the load */
	double most;            /* not below the factor at any load */
};
struct lz_fleet {
	const struct lorenz_units *units;
	size_t order[LORENZ_UNITS_MAX]; /* units as they are to run */
	size_t kind[LORENZ_UNITS_MAX];  /* of order[i]: equal numbers are interchangeable */
	size_t n_sets;
	struct lz_set set[LZ_SETS_MAX]; /* the fewest units first, then the preferred ones */
};
void lz_fleet_init(struct lz_fleet *fleet, const struct lorenz_units *units);
/* The best set for q_kw > 0 into *best and 0, or how far q_kw is from what any set can make, kW, with a factor of 0. */
double lz_fleet_commit(const struct lz_fleet *fleet, double q_kw, struct lorenz_commitment *best);
/* The same without bounds: where no set can, the best with its share held in range. */
void lz_fleet_nearest(const struct lz_fleet *fleet, double q_kw, struct lorenz_commitment *best);

/* ---- utilities -------------------------------------------------------------------------- */

struct lz_merit_order {
	size_t n;
	struct lz_merit_step {
		size_t index;
		double begin_kw, end_kw;
		struct lorenz_merit rate;
	} step[LORENZ_UTILITIES_MAX];
};
void lz_merit_init(struct lz_merit_order *merit, const struct lorenz_utilities *utilities);
/* Who makes x_kw: heat of each into q_kw. What nobody makes. */
double lz_merit_dispatch(const struct lz_merit_order *merit, double x_kw, double *q_kw);
/* Cost and carbon of the heat between low_kw and high_kw of the merit order, per hour. */
struct lorenz_merit lz_merit_between(const struct lz_merit_order *merit, double low_kw, double high_kw);

/* ---- the plant -------------------------------------------------------------------------- */

/* What is the same whatever the efficiency and the limits of the machine. */
struct lz_site {
	const struct lorenz_curve *curve; /* what the machine sees: after direct exchange, with the internal approach */
	struct lorenz_curve own;          /* room for it */
	double sink_shift_k;
	double x_kw;    /* demand after direct exchange */
	double need_kw; /* of it, what the utilities cannot make */
	struct lorenz_direct direct;
	struct lz_fleet fleet;
	struct lz_merit_order merit;
	double q_high_kw; /* the curve's end, or the capacity of all units */
};

struct lz_model {
	const struct lorenz_case *in;
	const struct lz_site *site;
	struct lorenz_source source; /* after direct exchange, with the internal approach */
	double source_mean_k;        /* where it does not depend on the load; else NaN */
	double source_k_kw;          /* by how much a kW cools it; 0 where that is not known */
	double source_shift_k;
	double heat_max_kw; /* of the source */
	enum lorenz_limit heat_limit;
	double q_high_kw; /* the curve's end, capacity, or the highest outlet */
	enum lorenz_limit high_limit;
	bool free; /* only COP >= 1 and what is possible count as bounds */
};

/* A heat with all that it means at a site. */
struct lz_place {
	double q_kw;
	double sink_out_k, sink_mean_k;
	double share, factor; /* of the units; factor 0: no set of them can make it */
	double off_kw;        /* then, how far it is from what a set can make */
	struct lorenz_merit worth;
	unsigned running;
	bool kink; /* the slope of the savings may jump here */
};

struct lz_eval {
	struct lz_place place;
	double p_kw, source_kw;
	struct lorenz_temperatures at;
	struct lorenz_merit savings;
	double excess_kw;        /* of the bound that is nearest or most broken; above 0: not allowed */
	enum lorenz_limit limit; /* that is broken; LORENZ_LIMIT_NONE: allowed */
	bool extrapolated;
};

/* Checked case in, prepared plant out. */
void lz_site_init(struct lz_site *site, const struct lorenz_case *c);
/* Of a case that differs from the site's in efficiency, limits and source alone; in the source only without direct exchange. */
void lz_model_init(struct lz_model *m, const struct lz_site *site, const struct lorenz_case *c);
void lz_place_at(const struct lz_site *site, double q_kw, bool free, struct lz_place *place);
/* n places, 1 <= n <= LZ_ABREAST. */
enum { LZ_ABREAST = 8 };
void lz_evaluate_places(const struct lz_model *m, const struct lz_place *place, size_t n, struct lz_eval *e);
void lz_evaluate(const struct lz_model *m, double q_kw, struct lz_eval *e);
void lz_describe(const struct lz_model *m, const struct lz_eval *e, struct lorenz_case_point *point);

/* ---- finders ---------------------------------------------------------------------------- */

typedef double lz_function(void *context, double x);

/* f of different sign at a and b; both ends keep their side. */
struct lz_bracket {
	double a, fa, b, fb;
};
/* Narrows until |b - a| <= 2 tolerance; both ends are the root where one was met. Chandrupatla's method: no slower than bisection
 * on a jump. */
void lz_root(lz_function *f, void *context, struct lz_bracket *bracket, double tolerance);

/* A point between two that are not better; a local maximum is within a and b. */
struct lz_triple {
	double a, fa, x, fx, b, fb;
};
/* Moves x to a local maximum, by Brent's method. */
void lz_maximum(lz_function *f, void *context, struct lz_triple *triple, double tolerance);

/* ---- samples ---------------------------------------------------------------------------- */

enum { LZ_NODES_MAX = 1536 };

/* Rising heats from 0 to high_kw: where the slope may jump at a site, and some between. */
struct lz_grid {
	const struct lz_site *site;
	bool free;
	double high_kw;
	size_t n;
	size_t placed; /* from there on; the free ones are placed as they are met on the way down */
	struct lz_place place[LZ_NODES_MAX];
};
void lz_grid_init(struct lz_grid *grid, const struct lz_site *site, double high_kw, bool free);

struct lz_node {
	double q_kw, mean_k, lift_k, excess_kw;
	struct lorenz_merit savings;
	enum lorenz_limit limit; /* that is broken; of an allowed one, the bound that it lies on */
	bool allowed;
	bool kink;       /* the slope may jump here */
	bool smooth;     /* from the one before, which is allowed as well, and not just on the other side of a jump */
	double width_kw; /* from that */
};
struct lz_profile {
	const struct lz_model *model;
	size_t first; /* the least heat that counts: off, unless the utilities cannot do without the heat pump */
	size_t n;
	struct lz_node node[LZ_NODES_MAX];
};
/* The heats of the grid that may be allowed, with all bounds and kinks; rising. */
void lz_profile_init(struct lz_profile *profile, const struct lz_model *m, const struct lz_grid *grid);

/* From the curve's end down, as far as it is gone, under the bounds of a free model: heats of a free grid above those of a
 * profile, then the profile's own. What that allows is the same here. */
struct lz_descent {
	struct lz_profile down; /* falling */
	struct lz_grid *grid;
	const struct lz_profile *profile;
	double high_kw; /* where that ends */
	size_t grid_left, profile_left;
};
void lz_descent_init(struct lz_descent *descent, const struct lz_model *free_model, struct lz_grid *free_grid,
                     const struct lz_profile *profile);
/* False where there is no further heat. */
bool lz_descend(struct lz_descent *descent);
/* As a profile's first; goes down to it, which is to the end where there is no need. */
const struct lz_node *lz_descend_to_first(struct lz_descent *descent);

/* ---- goals ------------------------------------------------------------------------------ */

enum lorenz_status lz_goal_check(const struct lorenz_goal *goal);

/* What a goal makes of heat and savings. */
struct lz_form {
	double q, cost, carbon;
};

static inline double lz_value(const struct lz_form *form, double q_kw, const struct lorenz_merit *savings)
{
	return form->q * q_kw + form->cost * savings->cost + form->carbon * savings->carbon;
}

struct lz_aim {
	struct lz_form value;
	struct lz_form constraint; /* at least floor, where constrained */
	double floor;
	bool constrained;
	bool no_extra; /* the floor is what the least heat that counts has */
};
struct lz_optimum {
	double q_kw, value;
	enum lorenz_limit limit;
	bool met;
};
/* The best of all allowed heats, off among them. */
void lz_optimise(const struct lz_profile *profile, const struct lz_aim *aim, struct lz_optimum *best);
/* The largest allowed heat from the best on whose value is not negative, 0 if there is none; *limit: LORENZ_LIMIT_NONE at a root.
 */
double lz_break_even(const struct lz_profile *profile, const struct lz_form *value, const struct lz_optimum *best,
                     enum lorenz_limit *limit);
/* The largest of all. */
double lz_break_even_free(struct lz_descent *descent, const struct lz_form *value, enum lorenz_limit *limit);

/* ---- solutions -------------------------------------------------------------------------- */

/* What solutions of several cases at one site share. */
struct lz_shared {
	struct lz_site site;
	struct lz_grid grid, free_grid;
};
void lz_shared_init(struct lz_shared *shared, const struct lorenz_case *c);
/* lorenz_case_solve of a checked case with checked goals; the case as lz_model_init asks for. */
void lz_solve(struct lz_shared *shared, const struct lorenz_case *c, const struct lorenz_goal *goals, size_t n,
              struct lorenz_solution *out);

#endif

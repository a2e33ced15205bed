/* What the files of liblorenz share and nobody else sees: points of a curve, and the bounds of a machine on it.
 * Arguments have been checked by the public functions; nothing here checks them again. */
#ifndef LORENZ_INTERNAL_H
#define LORENZ_INTERNAL_H

#include "lorenz/lorenz.h"

#include <math.h>

/* A point of the curve, with what its power follows from. */
struct lz_state {
	double q_kw;
	double t_k;
	double phi_kw_k;
};

/* A machine between a source and a curve. */
struct lz_plant {
	const struct lorenz_curve *curve;
	const struct lorenz_machine *machine;
	double t_source_k;
};

struct lz_bound {
	struct lz_state at;
	enum lorenz_limit limit;
};

static inline double lz_min(double a, double b)
{
	return b < a ? b : a;
}

static inline double lz_max(double a, double b)
{
	return b > a ? b : a;
}

/* x - 1 for the x > 1 with (x - 1)/ln x = c = 1 + z, z > 0. */
double lz_log_mean_inverse_m1(double z);

/* One sensible segment. Also true of a curve without duty: its free temperatures are those of any stream from its inlet. */
static inline bool lz_curve_is_one_stream(const struct lorenz_curve *curve)
{
	return curve->n == 0 || (curve->n == 1 && curve->seg[0].c_kw_k < INFINITY);
}

static inline struct lz_state lz_curve_begin(const struct lorenz_curve *curve)
{
	return (struct lz_state){0, curve->t_in_k, 0};
}

static inline struct lz_state lz_curve_end(const struct lorenz_curve *curve)
{
	double t_k = curve->n > 0 ? curve->seg[curve->n - 1].t_out_k : curve->t_in_k;

	return (struct lz_state){curve->q_total_kw, t_k, curve->phi_total_kw_k};
}

struct lz_state lz_curve_at_q(const struct lorenz_curve *curve, double q_kw);
/* The largest heat at no more than t_k. */
struct lz_state lz_curve_at_t(const struct lorenz_curve *curve, double t_k);
/* The largest heat with q - t_k Phi(q) <= excess_kw, excess_kw >= 0. With 0: the heat whose mean temperature is t_k. */
struct lz_state lz_curve_at_excess(const struct lorenz_curve *curve, double t_k, double excess_kw);
/* The largest heat with Phi(q) <= phi_kw_k, kW. */
double lz_curve_q_of_phi(const struct lorenz_curve *curve, double phi_kw_k);

enum lorenz_status lz_check(const struct lorenz_machine *machine, double t_source_k);
/* Below this mean sink temperature cop_max or min_lift_k count, not the Lorenz formula; never below the source. */
double lz_guard_mean_k(const struct lz_plant *plant);

/* Whether that is above the inlet; what is not certain counts as guarded. */
static inline bool lz_is_guarded(const struct lz_plant *plant)
{
	const struct lorenz_machine *m = plant->machine;
	double t_in_k = plant->curve->t_in_k, lift_k = t_in_k - plant->t_source_k;

	return !(lift_k >= m->min_lift_k && m->cop_max * lift_k >= m->eta * t_in_k);
}

/* Eqs. 5, 8 with Q/T_sink = Phi: (Q - T_src Phi)/eta, but not less than min_lift_k and cop_max leave. */
static inline double lz_power(const struct lz_plant *plant, const struct lz_state *at)
{
	const struct lorenz_machine *m = plant->machine;
	double lift_kw = lz_max(at->q_kw - plant->t_source_k * at->phi_kw_k, m->min_lift_k * at->phi_kw_k);

	return lift_kw * m->cop_max >= at->q_kw * m->eta ? lift_kw / m->eta : at->q_kw / m->cop_max;
}

/* The largest heat that all bounds allow. */
void lz_upper(const struct lz_plant *plant, struct lz_bound *bound);
/* The least heat that minimum load and COP >= 1 allow; it may be above the upper one. */
void lz_lower(const struct lz_plant *plant, struct lz_bound *bound);

/* Whether the curve's end is the only bound above. */
static inline bool lz_end_is_allowed(const struct lz_plant *plant, const struct lz_state *end)
{
	const struct lorenz_machine *m = plant->machine;
	double p_kw = lz_power(plant, end);

	return end->q_kw <= m->q_max_kw && end->t_k <= m->t_max_k && p_kw <= m->p_max_kw && p_kw <= end->q_kw;
}

/* Whether any heat above 0 is allowed below. A lift counted as min_lift wants a mean sink temperature of min_lift/eta for a
 * COP of 1: only an absurd one is above the inlet. */
static inline bool lz_begin_is_allowed(const struct lz_plant *plant)
{
	const struct lorenz_machine *m = plant->machine;

	return !(m->q_min_kw > 0) && m->min_lift_k <= m->eta * plant->curve->t_in_k;
}

#endif

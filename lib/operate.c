/* The optimum and the break-even of a machine on a curve, for one pair of rates.
 *
 * S(Q) = a_u Q - a_e P(Q). Where the Lorenz formula counts, S is concave for a_e > 0, and its maximum is where the delivered
 * temperature reaches T* = T_src r/(r - eta) (Eq. 20), clamped to the bounds; S is 0 where the *mean* sink temperature is T*
 * (Eq. 15), on any curve. Guards against overlap (min_lift, cop_max) bend S below a known mean temperature: there, and where
 * S is convex (a_u <= 0, a_e < 0), every point that can be the best is tried. */
#include "internal.h"

struct problem {
	struct lz_plant plant;
	struct lorenz_rates rates;
	double ratio;    /* NaN where heat <= 0 */
	double t_star_k; /* INFINITY: every kWh pays; NaN: heat is worth nothing */
	bool guarded;
	bool wasteful; /* heat <= 0, elec < 0: only burnt power is paid */
	struct lz_bound low, high;
};

double lorenz_savings(struct lorenz_rates rates, double q_kw, double p_kw)
{
	static const double MW_PER_KW = 1e-3;

	return (rates.heat * q_kw - rates.elec * p_kw) * MW_PER_KW;
}

/* Eq. 20 with r = a_e/a_u multiplied out. */
static inline double t_star(const struct problem *pr)
{
	double margin = pr->rates.elec - pr->plant.machine->eta * pr->rates.heat;

	if (!(pr->rates.heat > 0))
		return NAN;
	return margin > 0 ? pr->plant.t_source_k * (pr->rates.elec / margin) : INFINITY;
}

static inline void prepare(struct problem *pr)
{
	pr->ratio = lorenz_ratio(pr->rates);
	pr->t_star_k = t_star(pr);
	pr->guarded = lz_is_guarded(&pr->plant);
	pr->wasteful = !(pr->rates.heat > 0) && pr->rates.elec < 0;
	pr->low.at = lz_curve_begin(pr->plant.curve);
	pr->low.limit = LORENZ_LIMIT_INLET;
	if (!lz_begin_is_allowed(&pr->plant))
		lz_lower(&pr->plant, &pr->low);
	pr->high.at = lz_curve_end(pr->plant.curve);
	pr->high.limit = LORENZ_LIMIT_TARGET;
	if (!lz_end_is_allowed(&pr->plant, &pr->high.at))
		lz_upper(&pr->plant, &pr->high);
}

static void switch_off(const struct problem *pr, struct lorenz_point *point)
{
	point->q_kw = point->electrification = point->p_kw = point->savings = 0;
	point->t_out_k = pr->plant.curve->t_in_k;
	point->cop = NAN;
	point->limited_by = LORENZ_LIMIT_INLET;
	point->overlap = false;
}

/* All of a point but t_free_k. */
static inline void evaluate(const struct problem *pr, const struct lz_state *at, enum lorenz_limit limit,
                            struct lorenz_point *point)
{
	double p_kw = lz_power(&pr->plant, at);

	point->q_kw = at->q_kw;
	point->t_out_k = at->t_k;
	point->electrification = at->q_kw / pr->plant.curve->q_total_kw;
	point->cop = at->q_kw / p_kw;
	point->p_kw = p_kw;
	point->savings = lorenz_savings(pr->rates, at->q_kw, p_kw);
	point->limited_by = limit;
	point->overlap = pr->plant.curve->t_in_k < pr->plant.t_source_k;
}

static inline void evaluate_clamped(const struct problem *pr, const struct lz_state *at, struct lorenz_point *point)
{
	if (at->q_kw >= pr->high.at.q_kw)
		evaluate(pr, &pr->high.at, pr->high.limit, point);
	else if (at->q_kw <= pr->low.at.q_kw)
		evaluate(pr, &pr->low.at, pr->low.limit, point);
	else
		evaluate(pr, at, LORENZ_LIMIT_NONE, point);
}

/* For a_e > 0, S is convex while min_lift counts, straight while cop_max counts, and concave beyond the guard. For a_u <= 0,
 * a_e < 0 it is the other way round: its maximum inside is that of the min_lift part, at r min_lift/eta. */
static void best_of_candidates(const struct problem *pr, struct lorenz_point *best)
{
	const struct lorenz_curve *curve = pr->plant.curve;
	const struct lorenz_machine *m = pr->plant.machine;
	const struct lz_state candidates[] = {
	    lz_curve_at_t(curve, pr->t_star_k),
	    pr->high.at,
	    lz_curve_at_excess(curve, lz_guard_mean_k(&pr->plant), 0),
	    lz_curve_at_t(curve, m->min_lift_k / m->eta * (pr->rates.elec / pr->rates.heat)),
	};
	struct lorenz_point next;

	evaluate(pr, &pr->low.at, pr->low.limit, best);
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		evaluate_clamped(pr, &candidates[i], &next);
		if (next.savings > best->savings)
			*best = next;
	}
}

/* T* of an optimum. What is beyond a curve of several segments is not known. */
static double optimum_free_k(const struct problem *pr)
{
	const struct lorenz_curve *curve = pr->plant.curve;

	return curve->n > 1 && pr->t_star_k > curve->t_target_k && pr->t_star_k < INFINITY ? NAN : pr->t_star_k;
}

static inline void optimum(const struct problem *pr, struct lorenz_point *point)
{
	bool possible = pr->low.at.q_kw <= pr->high.at.q_kw && pr->high.at.q_kw > 0 && (pr->rates.heat > 0 || pr->wasteful);
	struct lz_state stationary;

	if (possible && (pr->guarded || pr->wasteful)) {
		best_of_candidates(pr, point);
	} else if (possible) {
		stationary = lz_curve_at_t(pr->plant.curve, pr->t_star_k);
		evaluate_clamped(pr, &stationary, point);
	}
	if (!possible || !(point->savings > 0))
		switch_off(pr, point);
	point->t_free_k = optimum_free_k(pr);
}

/* Eq. 15 for one stream: how far it may be heated, past its end if need be. */
static inline double one_stream_free_k(const struct problem *pr)
{
	const struct lorenz_curve *curve = pr->plant.curve;
	double t_in_k = curve->n > 0 ? curve->seg[0].t_in_k : curve->t_in_k;
	double z = (pr->t_star_k - t_in_k) / t_in_k;

	return z > 0 ? t_in_k * (1 + lz_log_mean_inverse_m1(z)) : NAN;
}

/* Where S falls back to 0, on the curve and as a free temperature; the curve's end where it does not, the begin where S is
 * never positive: a mean of T* below the inlet, or where a guard keeps the COP below the ratio. */
static inline double root(const struct problem *pr, struct lz_state *at)
{
	const struct lorenz_curve *curve = pr->plant.curve;
	double t_free_k;

	*at = lz_curve_end(curve);
	if (!isfinite(pr->t_star_k))
		return pr->t_star_k;
	if (pr->guarded && pr->t_star_k < lz_guard_mean_k(&pr->plant)) {
		*at = lz_curve_begin(curve);
		return NAN;
	}
	if (!lz_curve_is_one_stream(curve)) {
		*at = lz_curve_at_excess(curve, pr->t_star_k, 0);
		return at->q_kw > 0 && at->q_kw < curve->q_total_kw ? at->t_k : NAN;
	}
	t_free_k = one_stream_free_k(pr);
	if (isnan(t_free_k)) {
		*at = lz_curve_begin(curve);
	} else if (t_free_k < at->t_k) {
		at->t_k = t_free_k;
		at->q_kw = curve->seg[0].c_kw_k * (t_free_k - curve->seg[0].t_in_k);
	}
	return t_free_k;
}

/* The root where the bound lets it be (there the COP is r), else the bound, if that still pays. */
static inline void break_even(const struct problem *pr, const struct lz_state *at, const struct lz_bound *bound,
                              struct lorenz_point *point)
{
	if (at->q_kw >= bound->at.q_kw) {
		evaluate(pr, &bound->at, bound->limit, point);
		if (!(point->savings > 0))
			switch_off(pr, point);
		return;
	}
	if (!(at->q_kw > 0)) {
		switch_off(pr, point);
		return;
	}
	point->q_kw = at->q_kw;
	point->t_out_k = at->t_k;
	point->electrification = at->q_kw / pr->plant.curve->q_total_kw;
	point->cop = pr->ratio;
	point->p_kw = at->q_kw * (pr->rates.heat / pr->rates.elec);
	point->savings = 0;
	point->limited_by = LORENZ_LIMIT_NONE;
	point->overlap = pr->plant.curve->t_in_k < pr->plant.t_source_k;
}

static void break_even_free(const struct problem *pr, const struct lz_state *at, struct lorenz_point *point)
{
	struct lorenz_machine machine = *pr->plant.machine;
	const struct lz_plant plant = {pr->plant.curve, &machine, pr->plant.t_source_k};
	struct lz_bound bound;

	machine.q_max_kw = machine.p_max_kw = machine.t_max_k = INFINITY;
	lz_upper(&plant, &bound);
	break_even(pr, at, &bound, point);
}

static inline void solve(const struct problem *pr, struct lorenz_operation *out)
{
	struct lz_state at;
	bool same_bound;

	out->ratio = pr->ratio;
	out->break_even.t_free_k = root(pr, &at);
	optimum(pr, &out->optimal);
	break_even(pr, &at, &pr->high, &out->break_even);
	same_bound = at.q_kw < pr->high.at.q_kw || pr->high.limit == LORENZ_LIMIT_TARGET;
	out->break_even_free = out->break_even;
	if (!same_bound)
		break_even_free(pr, &at, &out->break_even_free);
	if (out->optimal.limited_by == LORENZ_LIMIT_INLET)
		switch_off(pr, &out->break_even);
}

enum lorenz_status lorenz_operate(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine,
                                  struct lorenz_rates rates, struct lorenz_operation *out)
{
	enum lorenz_status status = lz_check(machine, t_source_mean_k);
	struct problem pr = {.plant = {curve, machine, t_source_mean_k}, .rates = rates};

	if (status != LORENZ_OK)
		return status;
	if (!isfinite(rates.elec) || !isfinite(rates.heat))
		return LORENZ_NOT_FINITE;
	if (t_source_mean_k >= curve->t_target_k)
		return LORENZ_SOURCE_ABOVE_TARGET;
	prepare(&pr);
	solve(&pr, out);
	return LORENZ_OK;
}

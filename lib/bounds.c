/* The machine: its checks, its power, and the heat that its bounds allow. Every bound (capacity, highest outlet, power,
 * COP >= 1, the curve's end) is a bound on heat, since temperature, power and mean temperature all rise with it.
 * The counted COP is eta T/max(T - T_src, min_lift), at most cop_max, T the mean sink temperature. */
#include "internal.h"

/* Against rounding, where the COP is 1 by construction. */
static const double COP_1_MARGIN = 1e-12;

struct lorenz_machine lorenz_machine_unbounded(double eta)
{
	return (struct lorenz_machine){
	    .eta = eta,
	    .q_max_kw = INFINITY,
	    .p_max_kw = INFINITY,
	    .t_max_k = INFINITY,
	    .cop_max = INFINITY,
	};
}

static bool is_bound(double value)
{
	return value >= 0;
}

static bool is_finite_bound(double value)
{
	return value >= 0 && value < INFINITY;
}

static bool is_sound(const struct lorenz_machine *m, double t_source_k)
{
	return m->eta > 0 && m->eta <= 1 && t_source_k > 0 && t_source_k < INFINITY && is_finite_bound(m->q_min_kw) &&
	       is_finite_bound(m->min_lift_k) && is_bound(m->q_max_kw) && is_bound(m->p_max_kw) && is_bound(m->t_max_k) &&
	       is_bound(m->cop_max);
}

enum lorenz_status lz_check(const struct lorenz_machine *m, double t_source_k)
{
	if (is_sound(m, t_source_k))
		return LORENZ_OK;
	if (!isfinite(m->eta) || !isfinite(m->q_min_kw) || !isfinite(m->min_lift_k) || !isfinite(t_source_k) ||
	    isnan(m->q_max_kw) || isnan(m->p_max_kw) || isnan(m->t_max_k) || isnan(m->cop_max))
		return LORENZ_NOT_FINITE;
	if (!(t_source_k > 0))
		return LORENZ_SOURCE_TEMPERATURE;
	return m->eta > 0 && m->eta <= 1 ? LORENZ_BOUNDS : LORENZ_EFFICIENCY;
}

double lz_guard_mean_k(const struct lz_plant *plant)
{
	const struct lorenz_machine *m = plant->machine;
	double share = 1 - m->eta / m->cop_max;
	double t_cop_max_k = share > 0 ? plant->t_source_k / share : INFINITY;

	return lz_max(t_cop_max_k, plant->t_source_k + m->min_lift_k);
}

/* All three terms of the power rise with the heat: each bounds it by itself. */
static double q_of_power(const struct lz_plant *plant, double p_kw)
{
	const struct lorenz_machine *m = plant->machine;
	double lift_kw = m->eta * p_kw;
	double q_kw = lz_curve_at_excess(plant->curve, plant->t_source_k, lift_kw).q_kw;

	if (m->min_lift_k > 0)
		q_kw = lz_min(q_kw, lz_curve_q_of_phi(plant->curve, lift_kw / m->min_lift_k));
	return m->cop_max < INFINITY ? lz_min(q_kw, m->cop_max * p_kw) : q_kw;
}

static void tighten(struct lz_bound *bound, const struct lorenz_curve *curve, double q_kw, enum lorenz_limit limit)
{
	if (q_kw < bound->at.q_kw)
		*bound = (struct lz_bound){lz_curve_at_q(curve, q_kw), limit};
}

/* COP >= 1 below T_src/(1 - eta); where even that fails, a lift counted too large or cop_max < 1 leaves nothing. */
static void tighten_cop_1(struct lz_bound *bound, const struct lz_plant *plant)
{
	double t_mean_k = plant->t_source_k / (1 - plant->machine->eta);

	if (lz_power(plant, &bound->at) <= bound->at.q_kw)
		return;
	tighten(bound, plant->curve, lz_curve_at_excess(plant->curve, t_mean_k, 0).q_kw, LORENZ_LIMIT_COP_1);
	if (lz_power(plant, &bound->at) > bound->at.q_kw * (1 + COP_1_MARGIN))
		tighten(bound, plant->curve, 0, LORENZ_LIMIT_COP_1);
}

void lz_upper(const struct lz_plant *plant, struct lz_bound *bound)
{
	const struct lorenz_curve *curve = plant->curve;
	const struct lorenz_machine *m = plant->machine;

	*bound = (struct lz_bound){lz_curve_end(curve), LORENZ_LIMIT_TARGET};
	if (m->t_max_k < bound->at.t_k)
		*bound = (struct lz_bound){lz_curve_at_t(curve, m->t_max_k), LORENZ_LIMIT_T_MAX};
	tighten(bound, curve, m->q_max_kw, LORENZ_LIMIT_CAPACITY);
	if (lz_power(plant, &bound->at) > m->p_max_kw)
		tighten(bound, curve, q_of_power(plant, m->p_max_kw), LORENZ_LIMIT_P_ELEC_MAX);
	tighten_cop_1(bound, plant);
}

void lz_lower(const struct lz_plant *plant, struct lz_bound *bound)
{
	const struct lorenz_machine *m = plant->machine;
	const struct lorenz_curve *curve = plant->curve;

	*bound = (struct lz_bound){lz_curve_begin(curve), LORENZ_LIMIT_INLET};
	if (m->q_min_kw > 0) {
		*bound = (struct lz_bound){lz_curve_at_q(curve, m->q_min_kw), LORENZ_LIMIT_MIN_LOAD};
		bound->at.q_kw = m->q_min_kw;
	}
	if (m->min_lift_k > m->eta * curve->t_in_k) {
		struct lz_state at = lz_curve_at_excess(curve, m->min_lift_k / m->eta, 0);

		if (at.q_kw > bound->at.q_kw)
			*bound = (struct lz_bound){at, LORENZ_LIMIT_COP_1};
	}
}

double lorenz_q_max_kw(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine,
                       enum lorenz_limit *limit)
{
	const struct lz_plant plant = {curve, machine, t_source_mean_k};
	struct lz_bound bound;

	if (lz_check(machine, t_source_mean_k) != LORENZ_OK)
		return NAN;
	lz_upper(&plant, &bound);
	if (limit)
		*limit = bound.limit;
	return bound.at.q_kw;
}

double lorenz_power_kw(const struct lorenz_curve *curve, double t_source_mean_k, const struct lorenz_machine *machine,
                       double q_kw)
{
	const struct lz_plant plant = {curve, machine, t_source_mean_k};
	struct lz_state at = lz_curve_at_q(curve, q_kw);

	if (isnan(q_kw) || lz_check(machine, t_source_mean_k) != LORENZ_OK)
		return NAN;
	return at.q_kw > 0 ? lz_power(&plant, &at) : 0;
}

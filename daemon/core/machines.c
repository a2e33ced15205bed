/* The questions of core/frame.h in the general case: each is put to the library with the frame's case and the bounds asked
 * for. Savings are those of the one dispatch of the utilities that is cheapest. */
#include "machines.h"

#include "frame.h"

#include <math.h>

static const double KW_PER_MW = 1000, KG_PER_T = 1000;
static const double SEARCH_NEAR = 1e-7; /* how exactly the library finds a bound, relative */

/* ---- solving ---------------------------------------------------------------------------- */

/* Of this very frame, which may be a copy. */
static struct lorenz_case case_of(const struct frame *frame)
{
	struct lorenz_case c = frame->machines.plant;

	c.curve = &frame->curve;
	c.efficiency = &frame->machines.efficiency;
	return c;
}

static struct lorenz_goal goal_of(const struct machines *m, enum merit merit)
{
	if (merit == MERIT_BLEND)
		return m->own;
	return (struct lorenz_goal){.kind = merit == MERIT_COST ? LORENZ_GOAL_COST : LORENZ_GOAL_CARBON};
}

/* Electricity costs more beyond the power that is paid. */
static void bound(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, struct lorenz_case *c)
{
	struct lorenz_limits *limits = &c->limits;

	c->elec.cost += frame->at[merit].elec - frame->rates[merit].elec;
	if (bounds->by_temperature) {
		limits->q_min_kw = 0;
		limits->q_max_kw = limits->p_max_kw = INFINITY;
	}
	limits->p_max_kw = fmin(limits->p_max_kw, frame->bound_kw[merit]);
	limits->t_max_k = fmin(limits->t_max_k, bounds->t_max_k);
}

/* As if the units were large enough for the whole demand. */
static void enlarge_units(const struct frame *frame, struct lorenz_units *units)
{
	double sum_kw = 0;

	for (size_t i = 0; i < units->n; i++)
		sum_kw += units->unit[i].capacity_kw;
	for (size_t i = 0; i < units->n && sum_kw < frame->machines.rest.q_total_kw; i++)
		units->unit[i].capacity_kw *= frame->machines.rest.q_total_kw / sum_kw;
}

enum lorenz_status machines_solve(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds,
                                  struct lorenz_solution *out)
{
	struct lorenz_case c = case_of(frame);
	struct lorenz_goal goal = goal_of(&frame->machines, merit);
	enum lorenz_status status;

	bound(frame, merit, bounds, &c);
	status = lorenz_case_solve(&c, &goal, 1, out);
	if (status != LORENZ_OK || !bounds->by_temperature || out->optimal.limited_by != LORENZ_LIMIT_CAPACITY)
		return status;
	enlarge_units(frame, &c.units);
	return lorenz_case_solve(&c, &goal, 1, out);
}

/* Where heat is worth something and takes nothing, the best is the most. */
double machines_top_kw(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, enum lorenz_limit *limit)
{
	struct lorenz_case c = case_of(frame);
	struct lorenz_goal goal = {.kind = LORENZ_GOAL_COST};
	struct lorenz_solution solution;

	bound(frame, merit, bounds, &c);
	if (bounds->by_temperature) {
		enlarge_units(frame, &c.units);
		for (size_t i = 0; i < c.units.n; i++)
			c.units.unit[i].min_share = 0;
	}
	c.elec = c.source_heat = (struct lorenz_merit){0, 0};
	c.utilities = (struct lorenz_utilities){.n = 1, .unit = {{INFINITY, 1, 1}}};
	if (lorenz_case_solve(&c, &goal, 1, &solution) != LORENZ_OK)
		return 0;
	if (limit)
		*limit = solution.optimal.limited_by;
	return solution.optimal.q_kw;
}

enum lorenz_status machines_point_at(const struct frame *frame, double q_kw, struct lorenz_case_point *out)
{
	struct lorenz_case c = case_of(frame);

	return lorenz_case_at(&c, q_kw, out);
}

double machines_power_kw(const struct frame *frame, double q_kw)
{
	struct lorenz_case_point point;

	return machines_point_at(frame, q_kw, &point) == LORENZ_OK ? point.p_kw : NAN;
}

enum lorenz_limit machines_limit_at(const struct frame *frame, double q_kw)
{
	struct lorenz_case_point point;

	return machines_point_at(frame, q_kw, &point) == LORENZ_OK && q_kw > 0 ? point.limited_by : LORENZ_LIMIT_NONE;
}

/* ---- cost against carbon ---------------------------------------------------------------- */

static struct lorenz_case front_case(const struct frame *frame)
{
	const struct frame_bounds bounds = frame_bounds_of(frame);
	struct lorenz_case c = case_of(frame);

	bound(frame, MERIT_COST, &bounds, &c);
	if (!frame_buys_peak(frame))
		c.limits.p_max_kw = fmin(c.limits.p_max_kw, frame->bound_kw[MERIT_CARBON]);
	return c;
}

enum lorenz_status machines_pareto(const struct frame *frame, size_t n, struct lorenz_case_point *out)
{
	struct lorenz_case c = front_case(frame);

	return lorenz_case_pareto(&c, n, out);
}

enum lorenz_status machines_goals(const struct frame *frame, const struct lorenz_goal *goals, size_t n,
                                  struct lorenz_solution *out)
{
	struct lorenz_case c = front_case(frame);

	return lorenz_case_solve(&c, goals, n, out);
}

/* ---- loads of units --------------------------------------------------------------------- */

/* The heats that a set of units can make. */
static void range_of(const struct lorenz_units *units, unsigned set, double *low_kw, double *high_kw)
{
	double share = 0;

	*high_kw = 0;
	for (size_t i = 0; i < units->n; i++) {
		if (!(set >> i & 1))
			continue;
		*high_kw += units->unit[i].capacity_kw;
		share = fmax(share, units->unit[i].min_share);
	}
	*low_kw = share * *high_kw;
}

double machines_load_kw(const struct frame *frame, double q_kw, double most_kw)
{
	const struct lorenz_units *units = &frame->machines.plant.units;
	double above_kw = INFINITY, below_kw = 0, low_kw, high_kw;

	if (units->n == 0)
		return fmax(q_kw, frame->machines.plant.limits.q_min_kw);
	for (unsigned set = 1; set < 1U << units->n; set++) {
		range_of(units, set, &low_kw, &high_kw);
		if (q_kw >= low_kw && q_kw <= high_kw)
			return q_kw;
		if (low_kw > q_kw)
			above_kw = fmin(above_kw, low_kw);
		else
			below_kw = fmax(below_kw, high_kw);
	}
	return above_kw <= most_kw || below_kw <= 0 ? above_kw : below_kw;
}

double machines_capacity_kw(const struct frame *frame)
{
	const struct lorenz_case *c = &frame->machines.plant;
	double sum_kw = 0;

	for (size_t i = 0; i < c->units.n; i++)
		sum_kw += c->units.unit[i].capacity_kw;
	return c->units.n > 0 ? fmin(sum_kw, c->limits.q_max_kw) : c->limits.q_max_kw;
}

double machines_source_kw(const struct frame *frame, enum lorenz_limit *limit)
{
	const struct lorenz_direct *direct = &frame->machines.direct.direct;
	const struct lorenz_efficiency *efficiency = &frame->machines.efficiency;
	struct lorenz_source rest = lorenz_source_after(&frame->machines.plant.source, direct->advised ? 0 : direct->q_kw);

	if (limit)
		*limit = LORENZ_LIMIT_NONE;
	if (efficiency->model == LORENZ_MODEL_SHARES && !(efficiency->of.shares.source > 0))
		return INFINITY;
	return lorenz_source_heat_max_kw(&rest, limit);
}

/* ---- savings ---------------------------------------------------------------------------- */

static double value_of(const struct frame *frame, enum merit merit, double cost, double carbon)
{
	const struct lorenz_goal goal = goal_of(&frame->machines, merit);

	switch (goal.kind) {
	case LORENZ_GOAL_COST:
	case LORENZ_GOAL_CARBON_CAP:
		return cost;
	case LORENZ_GOAL_CARBON:
	case LORENZ_GOAL_CARBON_FREE:
	case LORENZ_GOAL_ELECTRIFY: /* heat is what it wants, but nothing that is saved */
		return carbon;
	case LORENZ_GOAL_BLEND:
		return cost + goal.carbon_value_eur_t / KG_PER_T * carbon;
	case LORENZ_GOAL_COUNT:
		break;
	}
	return NAN;
}

double machines_short_kw(const struct machines *m, double demand_kw)
{
	double made_kw[LORENZ_UTILITIES_MAX], short_kw = lorenz_utilities_dispatch(&m->plant.utilities, demand_kw, made_kw);

	return short_kw > SEARCH_NEAR * m->rest.q_total_kw ? short_kw : 0;
}

/* What the utilities do not need for q_kw less than from_kw. */
double machines_avoided(const struct frame *frame, enum merit merit, double from_kw, double q_kw)
{
	const struct lorenz_utilities *utilities = &frame->machines.plant.utilities;
	double before_kw[LORENZ_UTILITIES_MAX], after_kw[LORENZ_UTILITIES_MAX], sum = 0;

	lorenz_utilities_dispatch(utilities, from_kw, before_kw);
	lorenz_utilities_dispatch(utilities, fmax(from_kw - q_kw, 0), after_kw);
	for (size_t i = 0; i < utilities->n; i++) {
		const struct lorenz_utility *u = &utilities->unit[i];

		sum += value_of(frame, merit, u->cost, u->carbon) * (before_kw[i] - after_kw[i]) / KW_PER_MW;
	}
	return isfinite(frame->rates[merit].heat) ? sum : NAN;
}

/* Heat from the source per heat and per power. */
static void source_shares(const struct frame *frame, double *per_q, double *per_p)
{
	const struct lorenz_efficiency *efficiency = &frame->machines.efficiency;
	bool shares = efficiency->model == LORENZ_MODEL_SHARES;

	*per_q = shares ? efficiency->of.shares.source : 1;
	*per_p = shares ? 0 : -1;
}

struct lorenz_rates machines_source_rates(const struct frame *frame, enum merit merit)
{
	const struct lorenz_merit *source = &frame->machines.plant.source_heat;
	double rate = value_of(frame, merit, source->cost, source->carbon), per_q, per_p;

	source_shares(frame, &per_q, &per_p);
	return (struct lorenz_rates){.elec = rate * per_p, .heat = rate * per_q};
}

double machines_savings(const struct frame *frame, enum merit merit, double elec, double q_kw, double p_kw)
{
	struct lorenz_rates source;

	if (isnan(q_kw) || isnan(p_kw))
		return NAN;
	source = machines_source_rates(frame, merit);
	return machines_avoided(frame, merit, frame->machines.rest.q_total_kw, q_kw) - elec * p_kw / KW_PER_MW -
	       (source.heat * q_kw + source.elec * p_kw) / KW_PER_MW;
}

/* Source heat counts as fuel, what a CHP feeds in as electricity not bought. */
struct lorenz_breakdown machines_breakdown(const struct frame *frame, enum merit merit, double q_kw, double p_kw)
{
	const struct machines *m = &frame->machines;
	const struct lorenz_prices *prices = &frame->prices;
	double made_kw[LORENZ_UTILITIES_MAX], elec_kw = p_kw, rest_kw = fmax(m->rest.q_total_kw - q_kw, 0);
	double savings = machines_savings(frame, merit, frame->rates[merit].elec, q_kw, p_kw);
	struct lorenz_breakdown out = {.total = machines_avoided(frame, merit, m->rest.q_total_kw, m->rest.q_total_kw) - savings};

	lorenz_utilities_dispatch(&m->plant.utilities, rest_kw, made_kw);
	for (size_t i = 0; i < m->plant.utilities.n; i++)
		elec_kw += m->utility_elec[i] * made_kw[i];
	out.elec = frame->rates[merit].elec * elec_kw / KW_PER_MW;
	if (isnan(p_kw))
		out.allowances = NAN;
	else if (merit == MERIT_COST)
		out.allowances = prices->fuel_carbon_kg_mwh * prices->co2_eur_t / KG_PER_T / prices->boiler_efficiency *
		                 made_kw[0] / KW_PER_MW;
	out.fuel = out.total - out.elec - out.allowances;
	return out;
}

/* ---- objectives under a constraint ------------------------------------------------------ */

/* Under the cap it is of use where it saves cost, above it where it saves carbon. */
bool machines_pays(const struct frame *frame, double q_kw, double p_kw)
{
	const struct lorenz_goal *goal = &frame->machines.own;
	double cost = machines_savings(frame, MERIT_COST, frame->rates[MERIT_COST].elec, q_kw, p_kw);
	double carbon = machines_savings(frame, MERIT_CARBON, frame->rates[MERIT_CARBON].elec, q_kw, p_kw);

	if (frame->machines.need_kw > 0)
		return true;
	if (!machines_meets(frame, q_kw, p_kw))
		return goal->kind == LORENZ_GOAL_CARBON_CAP && carbon > 0;
	if (goal->kind == LORENZ_GOAL_CARBON_CAP)
		return cost > 0 || !machines_meets(frame, 0, 0);
	return goal->kind == LORENZ_GOAL_ELECTRIFY || carbon > 0;
}

/* What the least heat that is needed saves, against utilities at their capacity; 0 where none is. */
static double saved_at_least(const struct frame *frame, enum merit merit)
{
	double need_kw = frame->machines.need_kw, q_kw = need_kw > 0 ? machines_load_kw(frame, need_kw, INFINITY) : 0;

	return q_kw > 0 ? machines_savings(frame, merit, frame->rates[merit].elec, q_kw, machines_power_kw(frame, q_kw)) : 0;
}

/* As exactly as the search finds it. */
bool machines_meets(const struct frame *frame, double q_kw, double p_kw)
{
	static const double NEAR = 1e-6;
	const struct lorenz_goal *goal = &frame->machines.own;
	enum merit merit = goal->kind == LORENZ_GOAL_CARBON_FREE ? MERIT_COST : MERIT_CARBON;
	double saved = machines_savings(frame, merit, frame->rates[merit].elec, q_kw, p_kw), least = saved_at_least(frame, merit);
	double total_kw = frame->machines.rest.q_total_kw, reference = machines_avoided(frame, merit, total_kw, total_kw);

	if (goal->kind == LORENZ_GOAL_CARBON_CAP)
		least = reference - goal->carbon_cap_kg_h;
	return saved >= least - NEAR * fabs(reference);
}

/* Technologies on one case: the general case with a machine of their own each, but for heat to power, which makes no heat. */
#include "lorenz/technology.h"
#include "model.h"

static const double KG_PER_T = 1000;

/* ---- what fits -------------------------------------------------------------------------- */

static bool is_latent(const struct lorenz_case *c)
{
	for (size_t i = 0; i < c->curve->n; i++) {
		if (c->curve->seg[i].c_kw_k < INFINITY)
			return false;
	}
	return !(c->source.c_kw_k < INFINITY) && c->source.t_out_k == c->source.t_in_k;
}

static bool takes_source(const struct lorenz_technology *t)
{
	return t->kind != LORENZ_DIRECT_ELECTRIC && t->kind != LORENZ_HEAT_STORAGE;
}

static enum lorenz_fit fit(const struct lorenz_case *c, const struct lorenz_technology *t)
{
	if (t->unavailable)
		return LORENZ_FIT_UNAVAILABLE;
	if (takes_source(t) && c->source.c_kw_k <= LORENZ_NO_SOURCE_KW_K)
		return LORENZ_FIT_NO_SOURCE;
	if (c->source.t_in_k < t->t_source_min_k)
		return LORENZ_FIT_SOURCE_TOO_COLD;
	if (c->source.t_in_k > t->t_source_max_k)
		return LORENZ_FIT_SOURCE_TOO_HOT;
	if (t->t_max_k < c->curve->t_in_k)
		return LORENZ_FIT_SINK_TOO_HOT;
	if (c->curve->t_target_k < t->t_target_min_k)
		return LORENZ_FIT_SINK_TOO_COLD;
	return t->kind == LORENZ_MVR && !is_latent(c) ? LORENZ_FIT_NOT_LATENT : LORENZ_FIT_OK;
}

/* ---- goals ------------------------------------------------------------------------------ */

static double savings_of(const struct lorenz_goal *goal, const struct lorenz_case_point *point)
{
	switch (goal->kind) {
	case LORENZ_GOAL_COST:
	case LORENZ_GOAL_CARBON_CAP:
		return point->savings_cost;
	case LORENZ_GOAL_CARBON:
	case LORENZ_GOAL_CARBON_FREE:
		return point->savings_carbon;
	case LORENZ_GOAL_BLEND:
		return point->savings_cost + goal->carbon_value_eur_t / KG_PER_T * point->savings_carbon;
	case LORENZ_GOAL_ELECTRIFY:
		return point->q_kw;
	case LORENZ_GOAL_COUNT:
		break;
	}
	return NAN;
}

static double reference_carbon(const struct lorenz_case *c, const struct lorenz_case_point *off)
{
	double sum = 0;

	for (size_t i = 0; i < c->utilities.n; i++)
		sum += c->utilities.unit[i].carbon * off->utility_kw[i] / LZ_KW_PER_MW;
	return sum;
}

/* off_carbon_kg_h: emitted without a heat pump. */
static bool meets(const struct lorenz_goal *goal, const struct lorenz_case_point *point, double off_carbon_kg_h)
{
	if (goal->kind == LORENZ_GOAL_CARBON_FREE)
		return point->savings_cost >= 0;
	if (goal->kind == LORENZ_GOAL_CARBON_CAP)
		return point->savings_carbon >= off_carbon_kg_h - goal->carbon_cap_kg_h;
	return goal->kind != LORENZ_GOAL_ELECTRIFY || point->savings_carbon >= 0;
}

static void value(struct lorenz_technology_result *result, const struct lorenz_goal *goal)
{
	result->point.savings = savings_of(goal, &result->point);
	result->value = result->met ? result->point.savings : result->point.savings_carbon;
}

/* ---- the technologies ------------------------------------------------------------------- */

struct work {
	const struct lorenz_case *in;
	const struct lorenz_goal *goals;
	size_t n_goals;
	struct lz_shared *shared;
	struct lorenz_case_point off; /* before any heat pump */
	double off_carbon_kg_h;
};

static void fill(const struct work *w, enum lorenz_fit why, struct lorenz_technology_result *out)
{
	for (size_t g = 0; g < w->n_goals; g++)
		out[g].fit = why;
}

/* Units of its own make another site; the exchanger has none. */
static bool is_elsewhere(const struct work *w, const struct lorenz_technology *t)
{
	return t->units || (t->kind == LORENZ_DIRECT_EXCHANGE && w->in->units.n > 0);
}

static double least_kw(const struct lorenz_case *c)
{
	double least_kw = INFINITY;

	for (size_t i = 0; i < c->units.n; i++)
		least_kw = lz_min(least_kw, c->units.unit[i].min_share * c->units.unit[i].capacity_kw);
	return c->units.n > 0 ? lz_max(least_kw, c->limits.q_min_kw) : c->limits.q_min_kw;
}

/* Of a demand that there is, after direct exchange. */
static bool is_below_least(const struct lorenz_case *c)
{
	struct lorenz_direct_savings first;
	double demand_kw = c->curve->q_total_kw;

	if (lorenz_case_direct(c, &first) == LORENZ_OK && !first.direct.advised)
		demand_kw -= first.direct.q_kw;
	return demand_kw > 0 && demand_kw < least_kw(c);
}

static enum lorenz_status solve(const struct work *w, const struct lorenz_technology *t, struct lorenz_technology_result *out)
{
	struct lorenz_case own = lorenz_technology_case(w->in, t);
	struct lorenz_solution found[LORENZ_TECHNOLOGY_GOALS_MAX];
	enum lorenz_status status = lorenz_case_check(&own, NULL);

	if (status == LORENZ_SOURCE_ABOVE_TARGET)
		fill(w, LORENZ_FIT_NO_LIFT, out);
	if (status != LORENZ_OK)
		return status == LORENZ_SOURCE_ABOVE_TARGET ? LORENZ_OK : status;
	if (is_elsewhere(w, t))
		lz_shared_init(w->shared, &own);
	lz_solve(w->shared, &own, w->goals, w->n_goals, found);
	for (size_t g = 0; g < w->n_goals; g++) {
		if (!(found[g].optimal.q_kw > 0)) {
			out[g].fit = is_below_least(&own) ? LORENZ_FIT_BELOW_MIN_LOAD : LORENZ_FIT_SAVES_NOTHING;
			continue;
		}
		out[g].point = found[g].optimal;
		out[g].break_even = found[g].break_even;
		out[g].break_even_free = found[g].break_even_free;
		out[g].met = found[g].met;
		value(&out[g], &w->goals[g]);
	}
	return LORENZ_OK;
}

static enum lorenz_status direct_exchange(const struct work *w, const struct lorenz_technology *t,
                                          struct lorenz_technology_result *out)
{
	struct lorenz_direct direct;
	enum lorenz_status status;

	if (w->in->direct_dt_min_k > 0)
		return LORENZ_TECHNOLOGY;
	status = lorenz_direct_exchange(w->in->curve, &w->in->source, t->dt_min_k, &direct);
	if (status != LORENZ_OK)
		return status;
	if (direct.advised) {
		fill(w, LORENZ_FIT_FLOW_NOT_KNOWN, out);
		return LORENZ_OK;
	}
	return solve(w, t, out);
}

static enum lorenz_status heat_storage(const struct work *w, const struct lorenz_technology *t,
                                       struct lorenz_technology_result *out)
{
	if (!isfinite(t->stored.cost) || !isfinite(t->stored.carbon) || !isfinite(t->round_trip))
		return LORENZ_NOT_FINITE;
	if (w->in->direct_dt_min_k > 0 || !(t->round_trip > 0 && t->round_trip <= 1))
		return LORENZ_TECHNOLOGY;
	return solve(w, t, out);
}

/* Carnot's engine between the source's log mean and the surroundings, of which second_law is reached. */
static enum lorenz_status engine_efficiency(const struct lorenz_technology *t, double t_source_mean_k, double *eta)
{
	double carnot = 1 - t->t_ambient_k / t_source_mean_k;

	*eta = t->efficiency_claimed > 0 ? t->efficiency_claimed : t->second_law * carnot;
	return *eta > carnot ? LORENZ_ABOVE_CARNOT : LORENZ_OK;
}

static enum lorenz_status check_engine(const struct lorenz_technology *t)
{
	bool claimed = t->efficiency_claimed > 0;

	if (!isfinite(t->t_ambient_k) || !isfinite(t->efficiency_claimed) || (!claimed && !isfinite(t->second_law)))
		return LORENZ_NOT_FINITE;
	if (!claimed && t->second_law > 1)
		return LORENZ_ABOVE_CARNOT;
	return t->t_ambient_k > 0 && (claimed || t->second_law > 0) ? LORENZ_OK : LORENZ_TECHNOLOGY;
}

/* What is left after direct exchange, cooled no further than to the surroundings. */
static struct lorenz_source engine_source(const struct work *w, const struct lorenz_technology *t)
{
	struct lorenz_case own = lorenz_technology_case(w->in, t);
	struct lorenz_direct_savings first;
	struct lorenz_source source = own.source;

	if (lorenz_case_direct(&own, &first) == LORENZ_OK && !first.direct.advised && first.direct.q_kw > 0)
		source = lorenz_source_after(&source, first.direct.q_kw);
	source.t_out_min_k = lz_max(source.t_out_min_k, t->t_ambient_k);
	return source;
}

/* Against off, where a constraint that is met counts before savings. */
static bool is_of_use(const struct work *w, const struct lorenz_technology_result *on, const struct lorenz_goal *goal)
{
	bool off_met = meets(goal, &w->off, w->off_carbon_kg_h);

	return on->met != off_met ? on->met : on->value > 0;
}

static void generate(const struct work *w, const struct lorenz_case_point *point, struct lorenz_technology_result *out)
{
	for (size_t g = 0; g < w->n_goals; g++) {
		struct lorenz_technology_result on = out[g];

		on.point = *point;
		on.met = meets(&w->goals[g], point, w->off_carbon_kg_h);
		value(&on, &w->goals[g]);
		if (is_of_use(w, &on, &w->goals[g]))
			out[g] = on;
		else
			out[g].fit = LORENZ_FIT_SAVES_NOTHING;
	}
}

/* All heat that the source may give. */
static enum lorenz_status heat_to_power(const struct work *w, const struct lorenz_technology *t,
                                        struct lorenz_technology_result *out)
{
	const struct lorenz_case *c = w->in;
	struct lorenz_case_point point = w->off;
	enum lorenz_status status = check_engine(t);
	struct lorenz_source source;
	double heat_kw, t_out_k, eta;

	if (status != LORENZ_OK)
		return status;
	source = engine_source(w, t);
	heat_kw = lorenz_source_heat_max_kw(&source, NULL);
	t_out_k = source.c_kw_k < INFINITY ? source.t_in_k - heat_kw / source.c_kw_k : source.t_out_k;
	fill(w, LORENZ_FIT_SOURCE_TOO_COLD, out);
	if (!(source.t_in_k > t->t_ambient_k && t_out_k >= t->t_ambient_k))
		return LORENZ_OK;
	status = engine_efficiency(t, lorenz_log_mean(source.t_in_k, t_out_k), &eta);
	if (status != LORENZ_OK)
		return status;
	fill(w, heat_kw == INFINITY ? LORENZ_FIT_FLOW_NOT_KNOWN : LORENZ_FIT_OK, out);
	if (heat_kw == INFINITY)
		return LORENZ_OK;
	point.source_heat_kw = heat_kw;
	point.p_kw = -eta * heat_kw;
	point.t_source_out_k = t_out_k;
	point.savings_cost = (c->elec.cost * eta - c->source_heat.cost) * heat_kw / LZ_KW_PER_MW;
	point.savings_carbon = (c->elec.carbon * eta - c->source_heat.carbon) * heat_kw / LZ_KW_PER_MW;
	point.limited_by = LORENZ_LIMIT_NONE;
	generate(w, &point, out);
	return LORENZ_OK;
}

/* ---- the whole -------------------------------------------------------------------------- */

static enum lorenz_status evaluate(const struct work *w, const struct lorenz_technology *t, struct lorenz_technology_result *out)
{
	switch (t->kind) {
	case LORENZ_DIRECT_EXCHANGE:
		return direct_exchange(w, t, out);
	case LORENZ_HEAT_TO_POWER:
		return heat_to_power(w, t, out);
	case LORENZ_HEAT_STORAGE:
		return heat_storage(w, t, out);
	case LORENZ_VAPOUR_COMPRESSION:
	case LORENZ_INVERSE_BRAYTON:
	case LORENZ_MVR:
	case LORENZ_TRANSFORMER:
	case LORENZ_CALORIC:
	case LORENZ_DIRECT_ELECTRIC:
		return solve(w, t, out);
	case LORENZ_TECHNOLOGY_COUNT:
		break;
	}
	return LORENZ_TECHNOLOGY;
}

static enum lorenz_status check(const struct lorenz_technology *t)
{
	if ((unsigned)t->kind >= LORENZ_TECHNOLOGY_COUNT)
		return LORENZ_TECHNOLOGY;
	return isnan(t->t_max_k + t->t_target_min_k) || isnan(t->t_source_min_k + t->t_source_max_k) ? LORENZ_NOT_FINITE
	                                                                                             : LORENZ_OK;
}

/* One technology for all goals. */
static void one(const struct work *w, const struct lorenz_technology *t, size_t index, struct lorenz_technology_result *out)
{
	enum lorenz_status status = check(t);
	enum lorenz_fit why = status == LORENZ_OK ? fit(w->in, t) : LORENZ_FIT_REFUSED;

	for (size_t g = 0; g < w->n_goals; g++) {
		out[g] = (struct lorenz_technology_result){.kind = t->kind, .index = index, .fit = why};
		out[g].point = out[g].break_even = out[g].break_even_free = w->off;
		out[g].met = meets(&w->goals[g], &w->off, w->off_carbon_kg_h);
		value(&out[g], &w->goals[g]);
	}
	if (why == LORENZ_FIT_OK)
		status = evaluate(w, t, out);
	if (status != LORENZ_OK)
		fill(w, LORENZ_FIT_REFUSED, out);
	for (size_t g = 0; g < w->n_goals; g++)
		out[g].status = status;
}

/* The case as it is without any heat pump. */
static enum lorenz_status begin(struct work *w)
{
	struct lorenz_efficiency electric = lorenz_efficiency_shares(1, 0);
	struct lorenz_case off = *w->in;
	enum lorenz_status status;

	off.efficiency = &electric;
	status = lorenz_case_at(&off, 0, &w->off);
	if (status == LORENZ_OK && (w->n_goals == 0 || w->n_goals > LORENZ_TECHNOLOGY_GOALS_MAX))
		status = LORENZ_GOAL;
	for (size_t g = 0; status == LORENZ_OK && g < w->n_goals; g++)
		status = lz_goal_check(&w->goals[g]);
	if (status == LORENZ_OK)
		w->off_carbon_kg_h = reference_carbon(w->in, &w->off);
	return status;
}

enum lorenz_status lorenz_technologies_solve(const struct lorenz_case *c, const struct lorenz_technology *technologies, size_t n,
                                             const struct lorenz_goal *goals, size_t n_goals,
                                             struct lorenz_technology_result *out)
{
	struct lz_shared shared;
	struct work w = {.in = c, .goals = goals, .n_goals = n_goals, .shared = &shared};
	enum lorenz_status status = begin(&w);

	if (status != LORENZ_OK)
		return status;
	lz_shared_init(&shared, c);
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		for (size_t i = 0; i < n; i++) {
			if (is_elsewhere(&w, &technologies[i]) == elsewhere)
				one(&w, &technologies[i], i, &out[i * n_goals]);
		}
	}
	return LORENZ_OK;
}

enum lorenz_status lorenz_technology_evaluate(const struct lorenz_case *c, const struct lorenz_technology *technology,
                                              const struct lorenz_goal *goal, struct lorenz_technology_result *out)
{
	struct lorenz_technology_result result;
	enum lorenz_status status = lorenz_technologies_solve(c, technology, 1, goal, 1, &result);

	if (status == LORENZ_OK)
		status = result.status;
	if (status == LORENZ_OK)
		*out = result;
	return status;
}

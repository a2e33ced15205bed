/* Technologies on one case. Most are the general case with an efficiency of their own; direct exchange and heat to power have
 * no heat pump in them and are computed here. */
#include "lorenz/technology.h"
#include "model.h"

#define KELVIN(degc) (273.15 + (degc))

static const double KG_PER_T = 1000;

static const char *const texts[LORENZ_TECHNOLOGY_COUNT] = {
    [LORENZ_VAPOUR_COMPRESSION] = "vapour_compression",
    [LORENZ_INVERSE_BRAYTON] = "inverse_brayton",
    [LORENZ_MVR] = "mvr",
    [LORENZ_TRANSFORMER] = "thermochemical_transformer",
    [LORENZ_CALORIC] = "caloric",
    [LORENZ_DIRECT_ELECTRIC] = "direct_electric",
    [LORENZ_DIRECT_EXCHANGE] = "direct_exchange",
    [LORENZ_HEAT_TO_POWER] = "heat_to_power",
};

static const char *const fit_texts[LORENZ_FIT_COUNT] = {
    [LORENZ_FIT_OK] = "fits",
    [LORENZ_FIT_SINK_TOO_HOT] = "the sink begins above the highest temperature it reaches",
    [LORENZ_FIT_SINK_TOO_COLD] = "the target is below what it is for",
    [LORENZ_FIT_SOURCE_TOO_COLD] = "the source is too cold for it",
    [LORENZ_FIT_SOURCE_TOO_HOT] = "the source is too hot for it",
    [LORENZ_FIT_NOT_LATENT] = "source or sink does not keep its temperature",
    [LORENZ_FIT_NO_LIFT] = "the source is not below the target",
    [LORENZ_FIT_FLOW_NOT_KNOWN] = "the heat of the source is not known",
    [LORENZ_FIT_SAVES_NOTHING] = "it saves nothing at any heat",
};

const char *lorenz_technology_text(enum lorenz_technology_kind kind)
{
	return (unsigned)kind < LORENZ_TECHNOLOGY_COUNT ? texts[kind] : "unknown";
}

const char *lorenz_fit_text(enum lorenz_fit fit)
{
	return (unsigned)fit < LORENZ_FIT_COUNT ? fit_texts[fit] : "unknown";
}

struct lorenz_technology lorenz_technology_default(enum lorenz_technology_kind kind)
{
	struct lorenz_technology t = {
	    .kind = kind,
	    .efficiency = lorenz_efficiency_constant(NAN),
	    .t_max_k = INFINITY,
	    .t_source_max_k = INFINITY,
	    .dt_min_k = 5,
	    .second_law = NAN,
	    .t_ambient_k = KELVIN(15),
	};

	switch (kind) {
	case LORENZ_INVERSE_BRAYTON:
		t.t_max_k = KELVIN(1000);
		break;
	case LORENZ_TRANSFORMER:
		t.efficiency = lorenz_efficiency_shares(NAN, NAN);
		t.t_source_min_k = KELVIN(300);
		t.t_target_min_k = KELVIN(500);
		t.t_max_k = KELVIN(800);
		break;
	case LORENZ_CALORIC:
		t.efficiency = lorenz_efficiency_carnot(0.234);
		t.t_max_k = KELVIN(1300);
		break;
	case LORENZ_DIRECT_ELECTRIC:
		t.efficiency = lorenz_efficiency_shares(1, 0);
		break;
	case LORENZ_MVR:
	case LORENZ_DIRECT_EXCHANGE:
	case LORENZ_HEAT_TO_POWER:
		break;
	case LORENZ_VAPOUR_COMPRESSION:
	case LORENZ_TECHNOLOGY_COUNT:
		t.kind = LORENZ_VAPOUR_COMPRESSION;
		t.efficiency = lorenz_efficiency_constant(0.55);
		t.t_max_k = KELVIN(250);
		break;
	}
	return t;
}

/* ---- what fits -------------------------------------------------------------------------- */

static bool is_latent(const struct lorenz_case *c)
{
	for (size_t i = 0; i < c->curve->n; i++) {
		if (c->curve->seg[i].c_kw_k < INFINITY)
			return false;
	}
	return !(c->source.c_kw_k < INFINITY) && c->source.t_out_k == c->source.t_in_k;
}

static enum lorenz_fit fit(const struct lorenz_case *c, const struct lorenz_technology *t)
{
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

/* Everything off: what stands where a technology does not fit, and what the others begin with. */
static enum lorenz_status begin(const struct lorenz_case *c, struct lorenz_technology_result *result)
{
	struct lorenz_efficiency electric = lorenz_efficiency_shares(1, 0);
	struct lorenz_case off = *c;

	off.efficiency = &electric;
	off.direct_dt_min_k = 0;
	off.approach.internal = false;
	return lorenz_case_at(&off, 0, &result->point);
}

static void save(struct lorenz_technology_result *result, const struct lorenz_goal *goal)
{
	struct lorenz_case_point *point = &result->point;
	double blend = goal->kind == LORENZ_GOAL_BLEND ? goal->carbon_value_eur_t / KG_PER_T : 0;

	point->savings = point->savings_cost + blend * point->savings_carbon;
	if (goal->kind == LORENZ_GOAL_CARBON)
		point->savings = point->savings_carbon;
}

/* ---- the technologies ------------------------------------------------------------------- */

static enum lorenz_status heat_pump(const struct lorenz_case *c, const struct lorenz_technology *t,
                                    const struct lorenz_goal *goal, struct lorenz_technology_result *result)
{
	struct lorenz_case own = *c;
	struct lorenz_solution found;
	enum lorenz_status status;

	own.efficiency = &t->efficiency;
	own.limits.t_max_k = lz_min(c->limits.t_max_k, t->t_max_k);
	status = lorenz_case_solve(&own, goal, 1, &found);
	if (status == LORENZ_SOURCE_ABOVE_TARGET) {
		result->fit = LORENZ_FIT_NO_LIFT;
		return LORENZ_OK;
	}
	if (status != LORENZ_OK)
		return status;
	result->point = found.optimal;
	result->fit = found.optimal.q_kw > 0 ? LORENZ_FIT_OK : LORENZ_FIT_SAVES_NOTHING;
	return LORENZ_OK;
}

static enum lorenz_status direct_exchange(const struct lorenz_case *c, const struct lorenz_technology *t,
                                          const struct lorenz_goal *goal, struct lorenz_technology_result *result)
{
	struct lorenz_technology_result on = *result;
	struct lorenz_efficiency electric = lorenz_efficiency_shares(1, 0);
	struct lorenz_direct_savings saved;
	struct lorenz_case own = *c;
	enum lorenz_status status;

	own.efficiency = &electric;
	own.direct_dt_min_k = t->dt_min_k;
	if (!(t->dt_min_k > 0))
		return LORENZ_APPROACH;
	status = lorenz_case_direct(&own, &saved);
	if (status != LORENZ_OK)
		return status;
	if (saved.direct.advised) {
		result->fit = LORENZ_FIT_FLOW_NOT_KNOWN;
		return LORENZ_OK;
	}
	on.point.q_kw = on.point.source_heat_kw = saved.direct.q_kw;
	on.point.cop = INFINITY;
	on.point.t_out_k = on.point.t_supply_k = saved.direct.t_sink_out_k;
	on.point.t_source_out_k = saved.direct.t_source_out_k;
	on.point.electrification = 0;
	on.point.savings_cost = saved.cost;
	on.point.savings_carbon = saved.carbon;
	on.point.limited_by = LORENZ_LIMIT_NONE;
	lorenz_utilities_dispatch(&c->utilities, c->curve->q_total_kw - saved.direct.q_kw, on.point.utility_kw);
	save(&on, goal);
	if (on.point.savings > 0)
		*result = on;
	else
		result->fit = LORENZ_FIT_SAVES_NOTHING;
	return LORENZ_OK;
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

/* All heat that the source may give, cooled no further than to the surroundings. */
static enum lorenz_status heat_to_power(const struct lorenz_case *c, const struct lorenz_technology *t,
                                        const struct lorenz_goal *goal, struct lorenz_technology_result *result)
{
	struct lorenz_technology_result on = *result;
	struct lorenz_source source = c->source;
	enum lorenz_status status = check_engine(t);
	double heat_kw, t_out_k, eta;

	if (status != LORENZ_OK)
		return status;
	source.t_out_min_k = lz_max(source.t_out_min_k, t->t_ambient_k);
	heat_kw = lorenz_source_heat_max_kw(&source, NULL);
	t_out_k = source.c_kw_k < INFINITY ? source.t_in_k - heat_kw / source.c_kw_k : source.t_out_k;
	result->fit = LORENZ_FIT_SOURCE_TOO_COLD;
	if (!(source.t_in_k > t->t_ambient_k && t_out_k >= t->t_ambient_k))
		return LORENZ_OK;
	status = engine_efficiency(t, lorenz_log_mean(source.t_in_k, t_out_k), &eta);
	if (status != LORENZ_OK)
		return status;
	result->fit = LORENZ_FIT_FLOW_NOT_KNOWN;
	if (heat_kw == INFINITY)
		return LORENZ_OK;
	on.point.source_heat_kw = heat_kw;
	on.point.p_kw = -eta * heat_kw;
	on.point.t_source_out_k = t_out_k;
	on.point.savings_cost = (c->elec.cost * eta - c->source_heat.cost) * heat_kw / LZ_KW_PER_MW;
	on.point.savings_carbon = (c->elec.carbon * eta - c->source_heat.carbon) * heat_kw / LZ_KW_PER_MW;
	on.point.limited_by = LORENZ_LIMIT_NONE;
	save(&on, goal);
	result->fit = LORENZ_FIT_SAVES_NOTHING;
	if (on.point.savings > 0)
		*result = on;
	return LORENZ_OK;
}

/* ---- the whole -------------------------------------------------------------------------- */

static enum lorenz_status evaluate(const struct lorenz_case *c, const struct lorenz_technology *t, const struct lorenz_goal *goal,
                                   struct lorenz_technology_result *result)
{
	switch (t->kind) {
	case LORENZ_DIRECT_EXCHANGE:
		return direct_exchange(c, t, goal, result);
	case LORENZ_HEAT_TO_POWER:
		return heat_to_power(c, t, goal, result);
	case LORENZ_VAPOUR_COMPRESSION:
	case LORENZ_INVERSE_BRAYTON:
	case LORENZ_MVR:
	case LORENZ_TRANSFORMER:
	case LORENZ_CALORIC:
	case LORENZ_DIRECT_ELECTRIC:
		return heat_pump(c, t, goal, result);
	case LORENZ_TECHNOLOGY_COUNT:
		break;
	}
	return LORENZ_TECHNOLOGY;
}

enum lorenz_status lorenz_technology_evaluate(const struct lorenz_case *c, const struct lorenz_technology *technology,
                                              const struct lorenz_goal *goal, struct lorenz_technology_result *out)
{
	struct lorenz_technology_result result = {.kind = technology->kind};
	enum lorenz_status status = begin(c, &result);

	if (status != LORENZ_OK)
		return status;
	if ((unsigned)technology->kind >= LORENZ_TECHNOLOGY_COUNT)
		return LORENZ_TECHNOLOGY;
	if (isnan(technology->t_max_k + technology->t_target_min_k) ||
	    isnan(technology->t_source_min_k + technology->t_source_max_k))
		return LORENZ_NOT_FINITE;
	if ((unsigned)goal->kind > LORENZ_GOAL_BLEND)
		return LORENZ_GOAL;
	result.fit = fit(c, technology);
	if (result.fit == LORENZ_FIT_OK)
		status = evaluate(c, technology, goal, &result);
	if (status == LORENZ_OK)
		*out = result;
	return status;
}

static bool is_before(const struct lorenz_technology_result *a, const struct lorenz_technology_result *b)
{
	bool a_fits = a->fit == LORENZ_FIT_OK, b_fits = b->fit == LORENZ_FIT_OK;

	return a_fits != b_fits ? a_fits : a_fits && a->point.savings > b->point.savings;
}

void lorenz_technology_rank(struct lorenz_technology_result *results, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct lorenz_technology_result moved = results[i];
		size_t at = i;

		for (; at > 0 && is_before(&moved, &results[at - 1]); at--)
			results[at] = results[at - 1];
		results[at] = moved;
	}
}

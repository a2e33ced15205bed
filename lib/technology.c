/* What is known of each technology, its machine in the general case, and which of their results is the better one. */
#include "lorenz/technology.h"
#include "model.h"

#define KELVIN(degc) (273.15 + (degc))

static const double NEAR = 1e-9; /* relative */

static const char *const texts[LORENZ_TECHNOLOGY_COUNT] = {
    [LORENZ_VAPOUR_COMPRESSION] = "vapour_compression",
    [LORENZ_INVERSE_BRAYTON] = "inverse_brayton",
    [LORENZ_MVR] = "mvr",
    [LORENZ_TRANSFORMER] = "thermochemical_transformer",
    [LORENZ_CALORIC] = "caloric",
    [LORENZ_DIRECT_ELECTRIC] = "direct_electric",
    [LORENZ_DIRECT_EXCHANGE] = "direct_exchange",
    [LORENZ_HEAT_TO_POWER] = "heat_to_power",
    [LORENZ_HEAT_STORAGE] = "thermochemical_storage",
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
    [LORENZ_FIT_NO_SOURCE] = "nothing can be taken from the source",
    [LORENZ_FIT_BELOW_MIN_LOAD] = "the demand is below its least load",
    [LORENZ_FIT_SAVES_NOTHING] = "it saves nothing at any heat that is allowed",
    [LORENZ_FIT_UNAVAILABLE] = "it is not available",
    [LORENZ_FIT_REFUSED] = "a figure of it is wrong",
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
	    .stored = {NAN, NAN},
	    .round_trip = NAN,
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
	case LORENZ_DIRECT_EXCHANGE:
		t.efficiency = lorenz_efficiency_shares(0, 1);
		break;
	case LORENZ_HEAT_TO_POWER:
		t.efficiency = lorenz_efficiency_shares(1, 0);
		break;
	case LORENZ_HEAT_STORAGE:
		t.efficiency = lorenz_efficiency_shares(NAN, 1);
		t.t_max_k = KELVIN(800);
		break;
	case LORENZ_MVR:
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

/* ---- the machine ------------------------------------------------------------------------ */

static bool is_of_heat_pump(const struct lorenz_technology *t)
{
	return t->kind != LORENZ_DIRECT_EXCHANGE && t->kind != LORENZ_HEAT_TO_POWER;
}

/* By the pinch, or by the source where that allows less. */
static void exchange(struct lorenz_case *own, double dt_min_k)
{
	struct lorenz_direct direct = {.q_kw = 0};
	enum lorenz_limit of_source;

	own->direct_dt_min_k = 0;
	if (lorenz_direct_exchange(own->curve, &own->source, dt_min_k, &direct) != LORENZ_OK || direct.advised)
		direct.q_kw = 0;
	own->exchanged_kw = direct.q_kw;
	own->exchanged_limit = direct.q_kw < lorenz_source_heat_max_kw(&own->source, &of_source) ? LORENZ_LIMIT_PINCH : of_source;
}

static void discharge(struct lorenz_case *own, const struct lorenz_technology *t)
{
	own->source = lorenz_source_steady(own->source.t_in_k);
	own->source_heat = (struct lorenz_merit){t->stored.cost / t->round_trip, t->stored.carbon / t->round_trip};
}

struct lorenz_case lorenz_technology_case(const struct lorenz_case *c, const struct lorenz_technology *t)
{
	struct lorenz_case own = *c;

	own.efficiency = &t->efficiency;
	if (!is_of_heat_pump(t)) {
		own.limits = lorenz_limits_none();
		own.units.n = 0;
	}
	if (t->limits)
		own.limits = *t->limits;
	if (t->units)
		own.units = *t->units;
	own.limits.t_max_k = lz_min(own.limits.t_max_k, t->t_max_k);
	if (t->efficiency.model == LORENZ_MODEL_SHARES) { /* has no lift that these would guard */
		own.limits.cop_max = INFINITY;
		own.limits.min_lift_k = 0;
	}
	if (t->kind == LORENZ_DIRECT_EXCHANGE)
		exchange(&own, t->dt_min_k);
	else if (t->kind == LORENZ_HEAT_STORAGE)
		discharge(&own, t);
	else if (t->kind == LORENZ_HEAT_TO_POWER)
		own.limits.t_max_k = 0;
	return own;
}

/* ---- the ranking ------------------------------------------------------------------------ */

static bool is_before(const struct lorenz_technology_result *a, const struct lorenz_technology_result *b)
{
	bool a_fits = a->fit == LORENZ_FIT_OK, b_fits = b->fit == LORENZ_FIT_OK;

	if (!a_fits || !b_fits)
		return a_fits && !b_fits;
	if (fabs(a->point.shortfall_kw - b->point.shortfall_kw) > NEAR * (a->point.shortfall_kw + b->point.shortfall_kw))
		return a->point.shortfall_kw < b->point.shortfall_kw;
	return a->met != b->met ? a->met : a->value > b->value;
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

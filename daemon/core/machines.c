/* The general case: from a loop's inputs to the library's case, and what is asked of it. A unit that is not available or has
 * no capacity is left out; without any left the heat pump is off. */
#include "machines.h"

#include "frame.h"

#include <math.h>

static const double KW_PER_MW = 1000, KG_PER_T = 1000, US_PER_H = 3600e6;

static double or_else(double value, double fallback)
{
	return isnan(value) ? fallback : value;
}

static double single(const struct loop_inputs *inputs, enum slot slot)
{
	return inputs->machines[slot - SLOT_MACHINES];
}

/* ---- building --------------------------------------------------------------------------- */

static void build_efficiency(const struct machines_config *config, const struct loop_inputs *inputs, struct lorenz_efficiency *out)
{
	if (!config->model) {
		*out = lorenz_efficiency_constant(inputs->slot[SLOT_ETA]);
		return;
	}
	*out = *config->model;
	if (out->model == LORENZ_MODEL_CARNOT) {
		out->of.carnot = single(inputs, SLOT_MODEL_FRACTION);
	} else if (out->model == LORENZ_MODEL_JENSEN) {
		out->of.jensen.pinch_k = or_else(single(inputs, SLOT_MODEL_PINCH), out->of.jensen.pinch_k);
		out->of.jensen.isentropic = or_else(single(inputs, SLOT_MODEL_ISENTROPIC), out->of.jensen.isentropic);
		out->of.jensen.heat_loss = or_else(single(inputs, SLOT_MODEL_HEAT_LOSS), out->of.jensen.heat_loss);
	}
}

static struct lorenz_source source_of(const struct loop_inputs *inputs)
{
	double t_in_k = inputs->slot[SLOT_SOURCE_T_IN];
	struct lorenz_source source = lorenz_source_steady(t_in_k);

	source.t_out_k = fmin(or_else(inputs->slot[SLOT_SOURCE_T_OUT], t_in_k), t_in_k);
	source.c_kw_k = or_else(single(inputs, SLOT_SOURCE_HEAT_CAPACITY_RATE), INFINITY);
	source.t_out_min_k = or_else(single(inputs, SLOT_SOURCE_T_OUT_MIN), 0);
	source.cooling_max_kw = or_else(single(inputs, SLOT_SOURCE_COOLING_MAX) * source.c_kw_k, INFINITY);
	source.body_c_kw_k = or_else(single(inputs, SLOT_BODY_HEAT_CAPACITY_RATE), INFINITY);
	source.body_cooling_max_k = or_else(single(inputs, SLOT_BODY_COOLING_MAX), INFINITY);
	return source;
}

static struct lorenz_limits limits_of(const struct lorenz_machine *machine)
{
	return (struct lorenz_limits){
	    .q_min_kw = machine->q_min_kw,
	    .q_max_kw = machine->q_max_kw,
	    .p_max_kw = machine->p_max_kw,
	    .t_max_k = machine->t_max_k,
	    .cop_max = machine->cop_max,
	    .min_lift_k = machine->min_lift_k,
	};
}

/* Where the loop has units and none of them can run, its capacity is 0; false. */
static bool build_units(const struct machines_config *config, const struct loop_inputs *inputs, struct machines *m)
{
	const double *at = inputs->machines + MACHINES_SINGLE;
	struct lorenz_units *units = &m->plant.units;

	for (size_t i = 0; i < config->n_units; i++, at += UNIT_INPUTS) {
		double capacity_kw = at[SLOT_UNIT_CAPACITY - SLOT_UNIT];

		if (!(capacity_kw > 0) || or_else(at[SLOT_UNIT_AVAILABLE - SLOT_UNIT], 1) == 0)
			continue;
		m->unit_of[units->n] = (uint8_t)i;
		units->unit[units->n++] = (struct lorenz_unit){
		    .capacity_kw = capacity_kw,
		    .min_share = or_else(at[SLOT_UNIT_MIN_LOAD - SLOT_UNIT], 0),
		    .factor = or_else(at[SLOT_UNIT_COP_FACTOR - SLOT_UNIT], 1),
		    .part_load = config->units[i].part_load,
		    .preference = config->units[i].preference,
		    .running_hours = or_else(at[SLOT_UNIT_RUNNING_HOURS - SLOT_UNIT], 0) / US_PER_H,
		};
	}
	if (config->n_units > 0 && units->n == 0)
		m->plant.limits.q_max_kw = 0;
	return config->n_units == 0 || units->n > 0;
}

/* With only prices or only carbon, the other one says nothing and the dispatch follows the one that is there. */
static struct lorenz_merit merit_of(double cost, double carbon)
{
	return (struct lorenz_merit){or_else(cost, or_else(carbon, 0)), or_else(carbon, 0)};
}

static void build_utilities(const struct machines_config *config, const struct loop_inputs *inputs, const struct frame *frame,
                            struct machines *m)
{
	const struct lorenz_rates *cost = &frame->rates[MERIT_COST], *carbon = &frame->rates[MERIT_CARBON];
	const double *at = inputs->machines + MACHINES_SINGLE + config->n_units * UNIT_INPUTS;
	double boiler = or_else(inputs->slot[SLOT_BOILER_EFFICIENCY], 1);
	double electric_kw = single(inputs, SLOT_ELECTRIC_BOILER_CAPACITY);
	struct lorenz_utilities *utilities = &m->plant.utilities;
	struct lorenz_merit heat = merit_of(cost->heat, carbon->heat);

	utilities->unit[utilities->n++] = (struct lorenz_utility){INFINITY, heat.cost, heat.carbon};
	m->has_electric_boiler = !isnan(electric_kw);
	m->utility_elec[0] = 0;
	if (m->has_electric_boiler) {
		double efficiency = or_else(single(inputs, SLOT_ELECTRIC_BOILER_EFFICIENCY), 1);

		m->utility_elec[utilities->n] = 1 / efficiency;
		utilities->unit[utilities->n++] = lorenz_utility_boiler(electric_kw, m->plant.elec, efficiency);
	}
	for (size_t i = 0; i < config->n_utilities; i++, at += UTILITY_INPUTS) {
		struct lorenz_merit fuel = merit_of(or_else(at[SLOT_UTILITY_PRICE - SLOT_UTILITY], cost->heat * boiler),
		                                    or_else(at[SLOT_UTILITY_CARBON - SLOT_UTILITY], carbon->heat * boiler));

		double electric = or_else(at[SLOT_UTILITY_ELECTRIC_EFFICIENCY - SLOT_UTILITY], 0);
		double thermal = or_else(at[SLOT_UTILITY_EFFICIENCY - SLOT_UTILITY], 1);

		m->utility_elec[utilities->n] = -electric / thermal;
		utilities->unit[utilities->n++] =
		    lorenz_utility_chp(at[SLOT_UTILITY_CAPACITY - SLOT_UTILITY], fuel, m->plant.elec, electric, thermal);
	}
}

static bool refused(const struct machines_config *config, const struct machines *m, enum lorenz_status status, size_t bad,
                    struct err *e)
{
	const char *about = "", *name = "";

	if (status == LORENZ_UNIT || status == LORENZ_PART_LOAD) {
		about = "heat_pump.units: ";
		name = config->units[m->unit_of[bad]].name;
	} else if (status == LORENZ_UTILITY) {
		name = machines_utility_name(config, m->has_electric_boiler, bad);
	}
	err_set(e, "%s%s%s%s (source %.4g degC, sink from %.4g to %.4g degC)", about, name, *name ? ": " : "",
	        lorenz_status_text(status), k_to_c(m->plant.source.t_in_k), k_to_c(m->plant.curve->t_in_k),
	        k_to_c(m->plant.curve->t_target_k));
	return false;
}

/* What MERIT_BLEND stands for. */
static struct lorenz_goal own_goal(const struct loop_config *loop)
{
	static const enum lorenz_goal_kind kinds[OBJECTIVE_COUNT] = {
	    [OBJECTIVE_BLEND] = LORENZ_GOAL_BLEND,
	    [OBJECTIVE_CARBON_AT_NO_COST] = LORENZ_GOAL_CARBON_FREE,
	    [OBJECTIVE_COST_UNDER_CARBON_CAP] = LORENZ_GOAL_CARBON_CAP,
	    [OBJECTIVE_ELECTRIFY_AT_NO_CARBON] = LORENZ_GOAL_ELECTRIFY,
	};

	return (struct lorenz_goal){
	    .kind = kinds[loop->objective],
	    .carbon_value_eur_t = loop->carbon_value_eur_t,
	    .carbon_cap_kg_h = loop->carbon_cap_kg_h,
	};
}

bool machines_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, struct err *e)
{
	const struct machines_config *config = machines_of_loop(loop);
	struct machines *m = &frame->machines;
	double sink_k = single(inputs, SLOT_APPROACH_SINK), source_k = single(inputs, SLOT_APPROACH_SOURCE);
	enum lorenz_status status;
	size_t bad = 0;

	m->plant = (struct lorenz_case){.curve = &frame->curve, .efficiency = &m->efficiency, .source = source_of(inputs)};
	m->plant.approach = (struct lorenz_approach){or_else(sink_k, 0), or_else(source_k, 0), sink_k > 0 || source_k > 0};
	m->plant.limits = limits_of(&frame->machine);
	m->plant.elec = merit_of(frame->rates[MERIT_COST].elec, frame->rates[MERIT_CARBON].elec);
	m->plant.source_heat = (struct lorenz_merit){or_else(single(inputs, SLOT_SOURCE_PRICE), 0), 0};
	m->plant.direct_dt_min_k = or_else(single(inputs, SLOT_DIRECT_PINCH), 0);
	m->own = own_goal(loop);
	build_efficiency(config, inputs, &m->efficiency);
	frame->available &= build_units(config, inputs, m);
	build_utilities(config, inputs, frame, m);
	status = lorenz_case_check(&m->plant, &bad);
	if (status == LORENZ_OK)
		status = lorenz_case_direct(&m->plant, &m->direct);
	if (status != LORENZ_OK)
		return refused(config, m, status, bad, e);
	lorenz_curve_rest(&frame->curve, m->direct.direct.advised ? 0 : m->direct.direct.q_kw, &m->rest);
	return true;
}

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

double machines_power_kw(const struct frame *frame, double q_kw)
{
	struct lorenz_case c = case_of(frame);
	struct lorenz_case_point point;

	return lorenz_case_at(&c, q_kw, &point) == LORENZ_OK ? point.p_kw : NAN;
}

enum lorenz_limit machines_limit_at(const struct frame *frame, double q_kw)
{
	struct lorenz_case c = case_of(frame);
	struct lorenz_case_point point;

	return lorenz_case_at(&c, q_kw, &point) == LORENZ_OK && q_kw > 0 ? point.limited_by : LORENZ_LIMIT_NONE;
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

double machines_source_kw(const struct frame *frame)
{
	const struct lorenz_direct *direct = &frame->machines.direct.direct;
	struct lorenz_source rest = lorenz_source_after(&frame->machines.plant.source, direct->advised ? 0 : direct->q_kw);

	return lorenz_source_heat_max_kw(&rest, NULL);
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

double machines_source_rate(const struct frame *frame, enum merit merit)
{
	const struct lorenz_merit *source = &frame->machines.plant.source_heat;

	return value_of(frame, merit, source->cost, source->carbon);
}

double machines_savings(const struct frame *frame, enum merit merit, double elec, double q_kw, double p_kw)
{
	if (isnan(q_kw) || isnan(p_kw))
		return NAN;
	return machines_avoided(frame, merit, frame->machines.rest.q_total_kw, q_kw) - elec * p_kw / KW_PER_MW -
	       machines_source_rate(frame, merit) * (q_kw - p_kw) / KW_PER_MW;
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
	if (merit == MERIT_COST)
		out.allowances = prices->fuel_carbon_kg_mwh * prices->co2_eur_t / KG_PER_T / prices->boiler_efficiency * made_kw[0] / KW_PER_MW;
	out.fuel = out.total - out.elec - out.allowances;
	return out;
}

/* ---- what is told ----------------------------------------------------------------------- */

static double or_null(double value)
{
	return isfinite(value) ? value : NAN;
}

static void direct_of(const struct frame *frame, struct direct_point *out)
{
	const struct lorenz_direct_savings *d = &frame->machines.direct;

	*out = (struct direct_point){
	    .q_kw = d->direct.q_kw,
	    .t_sink_out_c = k_to_c(d->direct.t_sink_out_k),
	    .t_source_out_c = k_to_c(d->direct.t_source_out_k),
	    .cost_savings_eur_h = isfinite(frame->rates[MERIT_COST].heat) ? d->cost : NAN,
	    .carbon_savings_kg_h = isfinite(frame->rates[MERIT_CARBON].heat) ? d->carbon : NAN,
	    .advised = d->direct.advised,
	};
}

void machines_more(const struct loop_inputs *inputs, const struct frame *frame, struct evaluation_more *out)
{
	const struct lorenz_case *c = &frame->machines.plant;
	const struct lorenz_source *source = &c->source;

	*out = (struct evaluation_more){
	    .inputs = {
	        .source_heat_capacity_rate_kw_k = or_null(source->c_kw_k),
	        .source_t_out_min_c = k_to_c(single(inputs, SLOT_SOURCE_T_OUT_MIN)),
	        .source_cooling_max_kw = or_null(source->cooling_max_kw),
	        .source_price_eur_mwh = c->source_heat.cost,
	        .body_heat_capacity_rate_kw_k = or_null(source->body_c_kw_k),
	        .body_cooling_max_k = or_null(source->body_cooling_max_k),
	        .approach_sink_k = c->approach.sink_k,
	        .approach_source_k = c->approach.source_k,
	        .direct_pinch_k = single(inputs, SLOT_DIRECT_PINCH),
	        .electric_boiler_kw = single(inputs, SLOT_ELECTRIC_BOILER_CAPACITY),
	        .units_available = (int64_t)c->units.n,
	    },
	    .has_direct = c->direct_dt_min_k > 0,
	    .has_electric_boiler = frame->machines.has_electric_boiler,
	    .n_utilities = c->utilities.n,
	};
	direct_of(frame, &out->direct);
}

void machines_point(const struct frame *frame, const struct lorenz_case_point *from, struct point_more *to)
{
	*to = (struct point_more){
	    .t_source_out_c = k_to_c(from->t_source_out_k),
	    .t_supply_c = k_to_c(from->t_supply_k),
	    .eta_lorenz = or_null(from->eta_lorenz),
	    .source_heat_kw = from->source_heat_kw,
	    .units_on = frame->machines.plant.units.n > 0 ? from->units.n_running : NO_TIME,
	    .extrapolated = from->extrapolated,
	};
	for (size_t i = 0; i < frame->machines.plant.units.n; i++)
		to->running |= (from->units.running >> i & 1) << frame->machines.unit_of[i];
	for (size_t i = 0; i < frame->machines.plant.utilities.n; i++)
		to->utility_kw[i] = from->utility_kw[i];
}

/* Under the cap it is of use where it saves cost, above it where it saves carbon. */
bool machines_pays(const struct frame *frame, double q_kw, double p_kw)
{
	const struct lorenz_goal *goal = &frame->machines.own;
	double cost = machines_savings(frame, MERIT_COST, frame->rates[MERIT_COST].elec, q_kw, p_kw);
	double carbon = machines_savings(frame, MERIT_CARBON, frame->rates[MERIT_CARBON].elec, q_kw, p_kw);

	if (!machines_meets(frame, q_kw, p_kw))
		return goal->kind == LORENZ_GOAL_CARBON_CAP && carbon > 0;
	if (goal->kind == LORENZ_GOAL_CARBON_CAP)
		return cost > 0 || !machines_meets(frame, 0, 0);
	return goal->kind == LORENZ_GOAL_ELECTRIFY || carbon > 0;
}

/* As exactly as the search finds it. */
bool machines_meets(const struct frame *frame, double q_kw, double p_kw)
{
	static const double NEAR = 1e-6;
	const struct lorenz_goal *goal = &frame->machines.own;
	enum merit merit = goal->kind == LORENZ_GOAL_CARBON_FREE ? MERIT_COST : MERIT_CARBON;
	double saved = machines_savings(frame, merit, frame->rates[merit].elec, q_kw, p_kw), least = 0;
	double total_kw = frame->machines.rest.q_total_kw, reference = machines_avoided(frame, merit, total_kw, total_kw);

	if (goal->kind == LORENZ_GOAL_CARBON_CAP)
		least = reference - goal->carbon_cap_kg_h;
	return saved >= least - NEAR * fabs(reference);
}

const char *machines_utility_name(const struct machines_config *config, bool has_electric_boiler, size_t i)
{
	size_t own = has_electric_boiler ? 2 : 1;

	if (i >= own)
		return i - own < config->n_utilities ? config->utilities[i - own].name : "";
	return i == 0 ? "boiler" : "electric_boiler";
}

/* From a loop's inputs to the library's case. A unit that is not available or has no capacity is left out; without any left
 * the heat pump is off. */
#include "evaluate.h"
#include "machines.h"
#include "technologies.h"

#include <lorenz/technology.h>

#include <math.h>

static const double US_PER_H = 3600e6;

enum { ELECTRIC_BOILER = 1 }; /* among the utilities, after the boiler of market.fuel */

static double single(const struct loop_inputs *inputs, enum slot slot)
{
	return inputs->machines[slot - SLOT_MACHINES];
}

struct lorenz_efficiency machines_model(const struct lorenz_efficiency *model, const double *parameters)
{
	struct lorenz_efficiency out = *model;
	struct lorenz_jensen *jensen = &out.of.jensen;

	if (out.model == LORENZ_MODEL_CARNOT) {
		out.of.carnot = parameters[SLOT_MODEL_FRACTION - SLOT_MODEL_PINCH];
	} else if (out.model == LORENZ_MODEL_JENSEN) {
		jensen->pinch_k = input_or(parameters[SLOT_MODEL_PINCH - SLOT_MODEL_PINCH], jensen->pinch_k);
		jensen->isentropic = input_or(parameters[SLOT_MODEL_ISENTROPIC - SLOT_MODEL_PINCH], jensen->isentropic);
		jensen->heat_loss = input_or(parameters[SLOT_MODEL_HEAT_LOSS - SLOT_MODEL_PINCH], jensen->heat_loss);
	}
	return out;
}

struct lorenz_efficiency machines_efficiency(const struct machines_config *config, const struct loop_inputs *inputs)
{
	if (!config->model)
		return lorenz_efficiency_constant(inputs->slot[SLOT_ETA]);
	return machines_model(config->model, &inputs->machines[SLOT_MODEL_PINCH - SLOT_MACHINES]);
}

/* Without a flow next to nothing can be taken: outside the operating envelope, or where a technology may do without. */
static double source_rate_kw_k(const struct machines_config *config, const struct loop_inputs *inputs)
{
	double rate = input_or(single(inputs, SLOT_SOURCE_HEAT_CAPACITY_RATE), INFINITY);

	return inputs->outside || config->n_technologies > 0 ? fmax(rate, LORENZ_NO_SOURCE_KW_K) : rate;
}

static struct lorenz_source source_of(const struct machines_config *config, const struct loop_inputs *inputs)
{
	double t_in_k = inputs->slot[SLOT_SOURCE_T_IN];
	struct lorenz_source source = lorenz_source_steady(t_in_k);

	source.t_out_k = fmin(input_or(inputs->slot[SLOT_SOURCE_T_OUT], t_in_k), t_in_k);
	source.c_kw_k = source_rate_kw_k(config, inputs);
	source.t_out_min_k = input_or(single(inputs, SLOT_SOURCE_T_OUT_MIN), 0);
	source.cooling_max_kw = input_or(single(inputs, SLOT_SOURCE_COOLING_MAX) * source.c_kw_k, INFINITY);
	source.body_c_kw_k = input_or(single(inputs, SLOT_BODY_HEAT_CAPACITY_RATE), INFINITY);
	source.body_cooling_max_k = input_or(single(inputs, SLOT_BODY_COOLING_MAX), INFINITY);
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

static const double *unit_inputs(const struct loop_inputs *inputs, size_t unit)
{
	return inputs->machines + MACHINES_SINGLE + unit * UNIT_INPUTS;
}

bool machines_unit_is_out(const struct loop_inputs *inputs, size_t unit)
{
	const double *at = unit_inputs(inputs, unit);

	return !(at[SLOT_UNIT_CAPACITY - SLOT_UNIT] > 0) || input_or(at[SLOT_UNIT_AVAILABLE - SLOT_UNIT], 1) == 0;
}

double machines_units_kw(const struct machines_config *config, const struct loop_inputs *inputs)
{
	double sum_kw = 0;

	for (size_t i = 0; i < config->n_units; i++)
		sum_kw += input_or(unit_inputs(inputs, i)[SLOT_UNIT_CAPACITY - SLOT_UNIT], 0);
	return sum_kw;
}

/* What the envelope leaves of all units together, each gets its part of. */
static double units_share(const struct machines_config *config, const struct loop_inputs *inputs, double envelope_kw)
{
	double sum_kw = machines_units_kw(config, inputs);

	return sum_kw > envelope_kw ? envelope_kw / sum_kw : 1;
}

/* Where the loop has units and none of them can run, its capacity is 0; false. */
static bool build_units(const struct machines_config *config, const struct loop_inputs *inputs, struct machines *m)
{
	struct lorenz_units *units = &m->plant.units;
	double share = units_share(config, inputs, m->plant.limits.q_max_kw);

	for (size_t i = 0; i < config->n_units; i++) {
		const double *at = unit_inputs(inputs, i);

		if (machines_unit_is_out(inputs, i) || !(share > 0))
			continue;
		m->unit_of[units->n] = (uint8_t)i;
		units->unit[units->n++] = (struct lorenz_unit){
		    .capacity_kw = share * at[SLOT_UNIT_CAPACITY - SLOT_UNIT],
		    .min_share = input_or(at[SLOT_UNIT_MIN_LOAD - SLOT_UNIT], 0),
		    .factor = input_or(at[SLOT_UNIT_COP_FACTOR - SLOT_UNIT], 1),
		    .part_load = config->units[i].part_load,
		    .preference = config->units[i].preference,
		    .running_hours = input_or(at[SLOT_UNIT_RUNNING_HOURS - SLOT_UNIT], 0) / US_PER_H,
		};
	}
	if (config->n_units > 0 && units->n == 0)
		m->plant.limits.q_max_kw = 0;
	return config->n_units == 0 || units->n > 0;
}

/* With only prices or only carbon, the other one says nothing and the dispatch follows the one that is there. */
static struct lorenz_merit merit_of(double cost, double carbon)
{
	return (struct lorenz_merit){input_or(cost, input_or(carbon, 0)), input_or(carbon, 0)};
}

static void build_utilities(const struct machines_config *config, const struct loop_inputs *inputs, const struct frame *frame,
                            struct machines *m)
{
	const struct lorenz_rates *cost = &frame->rates[MERIT_COST], *carbon = &frame->rates[MERIT_CARBON];
	const double *at = inputs->machines + MACHINES_SINGLE + config->n_units * UNIT_INPUTS;
	double boiler = input_or(inputs->slot[SLOT_BOILER_EFFICIENCY], 1);
	double electric_kw = single(inputs, SLOT_ELECTRIC_BOILER_CAPACITY);
	struct lorenz_utilities *utilities = &m->plant.utilities;
	struct lorenz_merit heat = merit_of(cost->heat, carbon->heat);

	utilities->unit[utilities->n++] =
	    (struct lorenz_utility){input_or(single(inputs, SLOT_BOILER_CAPACITY), INFINITY), heat.cost, heat.carbon};
	m->has_electric_boiler = !isnan(electric_kw);
	m->utility_elec[0] = 0;
	if (m->has_electric_boiler) {
		double efficiency = input_or(single(inputs, SLOT_ELECTRIC_BOILER_EFFICIENCY), 1);

		m->utility_elec[utilities->n] = 1 / efficiency;
		utilities->unit[utilities->n++] = lorenz_utility_boiler(electric_kw, m->plant.elec, efficiency);
	}
	for (size_t i = 0; i < config->n_utilities; i++, at += UTILITY_INPUTS) {
		struct lorenz_merit fuel = merit_of(input_or(at[SLOT_UTILITY_PRICE - SLOT_UTILITY], cost->heat * boiler),
		                                    input_or(at[SLOT_UTILITY_CARBON - SLOT_UTILITY], carbon->heat * boiler));

		double electric = input_or(at[SLOT_UTILITY_ELECTRIC_EFFICIENCY - SLOT_UTILITY], 0);
		double thermal = input_or(at[SLOT_UTILITY_EFFICIENCY - SLOT_UTILITY], 1);

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
static struct lorenz_goal own_goal(const struct loop_config *loop, const struct loop_inputs *inputs)
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
	    .carbon_cap_kg_h = inputs->carbon_cap_kg_h,
	};
}

bool machines_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, struct err *e)
{
	const struct machines_config *config = machines_of_loop(loop);
	struct machines *m = &frame->machines;
	double sink_k = single(inputs, SLOT_APPROACH_SINK), source_k = single(inputs, SLOT_APPROACH_SOURCE);
	enum lorenz_status status;
	size_t bad = 0;

	m->plant = (struct lorenz_case){.curve = &frame->curve, .efficiency = &m->efficiency, .source = source_of(config, inputs)};
	m->plant.approach = (struct lorenz_approach){input_or(sink_k, 0), input_or(source_k, 0), sink_k > 0 || source_k > 0};
	m->plant.limits = limits_of(&frame->machine);
	m->plant.elec = merit_of(frame->rates[MERIT_COST].elec, frame->rates[MERIT_CARBON].elec);
	m->plant.source_heat =
	    (struct lorenz_merit){input_or(single(inputs, SLOT_SOURCE_PRICE), 0), input_or(single(inputs, SLOT_SOURCE_CARBON), 0)};
	m->plant.direct_dt_min_k = input_or(single(inputs, SLOT_DIRECT_PINCH), 0);
	m->own = own_goal(loop, inputs);
	m->efficiency = machines_efficiency(config, inputs);
	if (config->n_technologies > 0)
		m->efficiency = lorenz_efficiency_shares(1, 0); /* until one is chosen */
	if (!build_units(config, inputs, m) && config->n_technologies == 0)
		frame->available = false;
	build_utilities(config, inputs, frame, m);
	status = lorenz_case_check(&m->plant, &bad);
	if (status == LORENZ_OK)
		status = lorenz_case_direct(&m->plant, &m->direct);
	if (status != LORENZ_OK)
		return refused(config, m, status, bad, e);
	lorenz_curve_rest(&frame->curve, m->direct.direct.advised ? 0 : m->direct.direct.q_kw, &m->rest);
	m->need_kw = machines_short_kw(m, m->rest.q_total_kw);
	m->ranking.n = config->n_technologies;
	m->technology = m->next = NO_TECHNOLOGY;
	m->must_stop = false;
	if (m->ranking.n == 0)
		return true;
	status = technologies_build(loop, inputs, frame);
	return status == LORENZ_OK || refused(config, m, status, bad, e);
}

double machines_boiler_draws_kw(const struct loop_inputs *inputs)
{
	return input_or(single(inputs, SLOT_ELECTRIC_BOILER_P_ELEC), 0);
}

void machines_hold_boiler(struct frame *frame, double p_kw)
{
	struct machines *m = &frame->machines;
	struct lorenz_utility *boiler = &m->plant.utilities.unit[ELECTRIC_BOILER];

	boiler->capacity_kw = fmin(boiler->capacity_kw, p_kw / m->utility_elec[ELECTRIC_BOILER]);
	m->plant.curve = &frame->curve;
	m->plant.efficiency = &m->efficiency;
	lorenz_case_direct(&m->plant, &m->direct);
	m->need_kw = machines_short_kw(m, m->rest.q_total_kw);
}

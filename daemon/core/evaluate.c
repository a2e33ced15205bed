/* Inputs of one moment to operating points: checks, conversions at the border, and the library's answer in plant units. */
#include "evaluate.h"

#include "config_flow.h"
#include "crosscheck.h"
#include "demand.h"
#include "envelope.h"
#include "frame.h"
#include "tariff.h"
#include "technologies.h"

#include <math.h>
#include <stdio.h>

static const double HOURS_OF_DAY = 24; /* that is about to begin, for who knows no time */

const char *const merit_text[MERIT_COUNT] = {"cost", "carbon", "blend"};

#define INPUT_FIELD(member, type) {#member, type, offsetof(struct point_inputs, member)}
const struct field point_inputs_fields[] = {
	INPUT_FIELD(source_t_in_c, FIELD_NUMBER),      INPUT_FIELD(source_t_out_c, FIELD_NUMBER),
	INPUT_FIELD(sink_t_in_c, FIELD_NUMBER),        INPUT_FIELD(sink_t_target_c, FIELD_NUMBER),
	INPUT_FIELD(duty_kw, FIELD_NUMBER),            INPUT_FIELD(price_elec_eur_mwh, FIELD_NUMBER),
	INPUT_FIELD(price_heat_eur_mwh, FIELD_NUMBER), INPUT_FIELD(carbon_elec_kg_mwh, FIELD_NUMBER),
	INPUT_FIELD(carbon_heat_kg_mwh, FIELD_NUMBER), INPUT_FIELD(eta_lorenz, FIELD_NUMBER),
	INPUT_FIELD(t_max_c, FIELD_NUMBER),            INPUT_FIELD(capacity_kw, FIELD_NUMBER),
	INPUT_FIELD(p_elec_max_kw, FIELD_NUMBER),      INPUT_FIELD(min_load_kw, FIELD_NUMBER),
	INPUT_FIELD(demand_kw, FIELD_NUMBER),
	INPUT_FIELD(available, FIELD_BOOL),            INPUT_FIELD(overlap, FIELD_BOOL),
	INPUT_FIELD(envelope, FIELD_TEXT),
	{NULL, FIELD_NUMBER, 0},
};

#define MORE_FIELD(member, type) {#member, type, offsetof(struct more_inputs, member)}
const struct field more_inputs_fields[] = {
	MORE_FIELD(source_heat_capacity_rate_kw_k, FIELD_NUMBER),
	MORE_FIELD(source_t_out_min_c, FIELD_NUMBER),
	MORE_FIELD(source_cooling_max_kw, FIELD_NUMBER),
	MORE_FIELD(source_price_eur_mwh, FIELD_NUMBER),
	MORE_FIELD(source_carbon_kg_mwh, FIELD_NUMBER),
	MORE_FIELD(body_heat_capacity_rate_kw_k, FIELD_NUMBER),
	MORE_FIELD(body_cooling_max_k, FIELD_NUMBER),
	MORE_FIELD(approach_sink_k, FIELD_NUMBER),
	MORE_FIELD(approach_source_k, FIELD_NUMBER),
	MORE_FIELD(direct_pinch_k, FIELD_NUMBER),
	MORE_FIELD(boiler_kw, FIELD_NUMBER),
	MORE_FIELD(electric_boiler_kw, FIELD_NUMBER),
	MORE_FIELD(carbon_cap_kg_h, FIELD_NUMBER),
	MORE_FIELD(carbon_left_kg, FIELD_NUMBER),
	MORE_FIELD(source_rate_spread, FIELD_NUMBER),
	MORE_FIELD(source_rate_windows, FIELD_INTEGER),
	MORE_FIELD(units_available, FIELD_INTEGER),
	{NULL, FIELD_NUMBER, 0},
};

#define DIRECT_FIELD(member, type) {#member, type, offsetof(struct direct_point, member)}
const struct field direct_fields[] = {
	DIRECT_FIELD(q_kw, FIELD_NUMBER),
	DIRECT_FIELD(t_sink_out_c, FIELD_NUMBER),
	DIRECT_FIELD(t_source_out_c, FIELD_NUMBER),
	DIRECT_FIELD(cost_savings_eur_h, FIELD_NUMBER),
	DIRECT_FIELD(carbon_savings_kg_h, FIELD_NUMBER),
	DIRECT_FIELD(advised, FIELD_BOOL),
	{NULL, FIELD_NUMBER, 0},
};

/* ---- gathering -------------------------------------------------------------------------- */

struct gathering {
	read_signal *read;
	void *ctx;
	enum quality worst;
	uint32_t bad;
};

static double gather(struct gathering *g, const struct input *input)
{
	double value;
	enum quality quality;

	switch (input->kind) {
	case INPUT_ABSENT:
		return NAN;
	case INPUT_CONSTANT:
		return input->value;
	case INPUT_SIGNAL:
		break;
	}
	quality = g->read(g->ctx, input->signal, &value);
	if (quality < g->worst) {
		g->worst = quality;
		g->bad = input->signal;
	}
	return quality == QUALITY_BAD ? NAN : value;
}

static struct flow_values gather_flow(struct gathering *g, const struct flow_config *flow)
{
	struct flow_values values = {.medium = flow->medium};

	for (size_t i = 0; i < FLOW_INPUTS; i++)
		values.at[i] = gather(g, &flow->input[i]);
	return values;
}

/* Says of the first fault where it is. */
static void place_fault(struct flow_fault *fault, const char *where, size_t segment)
{
	if (fault->is && !fault->where) {
		fault->where = where;
		fault->segment = segment;
	}
}

static double gather_heat(struct gathering *g, const struct segment_config *segment, double t_in_k, double t_out_k,
                          struct flow_fault *fault)
{
	struct flow_values flow;

	if (segment->duty.kind != INPUT_ABSENT)
		return gather(g, &segment->duty);
	if (!segment->flow)
		return gather(g, &segment->rate) * (t_out_k - t_in_k);
	flow = gather_flow(g, segment->flow);
	return segment->latent ? flow_latent_kw(&flow, t_out_k, fault)
	                       : flow_rate_kw_k(&flow, t_in_k, t_out_k, fault) * (t_out_k - t_in_k);
}

static void gather_curve(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	double t_k = out->slot[SLOT_SINK_T_IN];

	for (size_t i = 0; i < loop->n_curve; i++) {
		const struct segment_config *segment = &loop->curve[i];
		double t_out_k = gather(g, &segment->t_out);

		if (segment->latent)
			t_k = t_out_k;
		else if (segment->t_in.kind != INPUT_ABSENT)
			t_k = gather(g, &segment->t_in);
		out->segment[i] = (struct lorenz_segment){t_k, t_out_k, gather_heat(g, segment, t_k, t_out_k, &out->fault)};
		place_fault(&out->fault, "sink.curve", i);
		t_k = t_out_k;
	}
	out->n_segments = loop->n_curve;
}

/* A unit or technology that cannot be seen to be available is not, and the others go on. */
static double gather_available(struct gathering *g, const struct input *input)
{
	struct gathering own = {.read = g->read, .ctx = g->ctx, .worst = QUALITY_GOOD};
	double value = gather(&own, input);

	if (own.worst != QUALITY_GOOD && g->worst == QUALITY_GOOD)
		g->worst = QUALITY_UNCERTAIN;
	return own.worst == QUALITY_BAD ? 0 : value;
}

static bool is_switch(enum slot slot)
{
	return slot == SLOT_UNIT_AVAILABLE || slot == SLOT_TECHNOLOGY_AVAILABLE;
}

static void gather_machines(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	struct machines_place place;

	for (size_t k = 0; machines_place(machines_of_loop(loop), k, &place); k++)
		out->machines[k] = is_switch(place.slot) ? gather_available(g, place.input) : gather(g, place.input);
}

/* Heat-capacity rates that follow from what flows, in the place of those that are given. The outlet of a source is not known
 * before its load: what it carries there counts as at its inlet. */
static void gather_flows(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	static const enum slot slots[FLOW_COUNT] = {
	    [FLOW_SINK] = SLOT_SINK_HEAT_CAPACITY_RATE,
	    [FLOW_SOURCE] = SLOT_SOURCE_HEAT_CAPACITY_RATE,
	    [FLOW_BODY] = SLOT_BODY_HEAT_CAPACITY_RATE,
	};

	for (enum flow_of of = FLOW_SINK; of < FLOW_COUNT; of++) {
		double from_k = out->slot[of == FLOW_SINK ? SLOT_SINK_T_IN : SLOT_SOURCE_T_IN];
		double to_k = of == FLOW_SINK ? out->slot[SLOT_SINK_T_TARGET] : from_k;
		double *rate = of == FLOW_SINK ? &out->slot[slots[of]] : &out->machines[slots[of] - SLOT_MACHINES];
		struct flow_values flow;

		if (!loop->flow[of])
			continue;
		flow = gather_flow(g, loop->flow[of]);
		*rate = flow_rate_kw_k(&flow, from_k, to_k, &out->fault);
		place_fault(&out->fault, flow_of_text[of], SIZE_MAX);
	}
}

/* Those in force alone: what the others say does not matter now. */
static double gather_adders(struct gathering *g, const struct loop_config *loop, int64_t utc_us)
{
	double sum = 0;

	for (size_t i = 0; i < loop->n_adders; i++)
		if (tariff_in_force(&loop->adders[i], utc_us))
			sum += gather(g, &loop->adders[i].add);
	return sum;
}

void budget_spread(const struct loop_config *loop, double left_kg, double hours, struct loop_inputs *out)
{
	out->carbon_left_kg = left_kg;
	out->carbon_cap_kg_h = fmin(loop->carbon_cap_kg_h, fmax(left_kg, 0) / hours); /* of a NaN and a number the number */
	if (isnan(left_kg))
		out->carbon_cap_kg_h = loop->carbon_cap_kg_h;
}

enum quality inputs_gather(const struct loop_config *loop, read_signal *read, void *ctx, int64_t utc_us, struct loop_inputs *out,
                           uint32_t *bad)
{
	struct gathering g = {.read = read, .ctx = ctx, .worst = QUALITY_GOOD};

	out->own_kw = 0;
	out->technology = NO_TECHNOLOGY;
	out->reserved_kw = 0;
	out->source_rate_spread = NAN;
	out->source_rate_windows = NO_TIME;
	budget_spread(loop, loop->carbon_budget_kg, HOURS_OF_DAY, out);
	for (size_t i = 0; i < SLOT_DECIDED_END; i++)
		out->slot[i] = gather(&g, &loop->slot[i]);
	out->adders_eur_mwh = gather_adders(&g, loop, utc_us);
	out->fault = (struct flow_fault){0};
	gather_curve(&g, loop, out);
	gather_machines(&g, loop, out);
	gather_flows(&g, loop, out);
	out->outside = envelope_outside(loop, out, 0);
	if (bad && g.worst == QUALITY_BAD)
		*bad = g.bad;
	return g.worst;
}

/* ---- refusals --------------------------------------------------------------------------- */

bool frame_refused(enum lorenz_status status, double t_source_k, double t_in_k, double t_target_k, struct err *e)
{
	err_set(e, "%s (source %.4g degC, sink from %.4g to %.4g degC)", lorenz_status_text(status), k_to_c(t_source_k), k_to_c(t_in_k),
	        k_to_c(t_target_k));
	return false;
}

/* ---- the frame -------------------------------------------------------------------------- */

static double or_else(double value, double fallback)
{
	return isnan(value) ? fallback : value;
}

static enum lorenz_status curve_build(const struct loop_inputs *inputs, struct lorenz_curve *curve, size_t *bad)
{
	const double *slot = inputs->slot;
	double t_in_k = slot[SLOT_SINK_T_IN], t_target_k = slot[SLOT_SINK_T_TARGET];
	double duty_kw = or_else(slot[SLOT_SINK_DUTY], slot[SLOT_SINK_HEAT_CAPACITY_RATE] * (t_target_k - t_in_k));
	struct lorenz_segment stream = {t_in_k, t_target_k, duty_kw};

	if (inputs->n_segments)
		return lorenz_curve_init(curve, inputs->segment, inputs->n_segments, bad);
	if (t_target_k < t_in_k)
		return LORENZ_TARGET_BELOW_INLET;
	return lorenz_curve_init(curve, &stream, 1, bad);
}

static bool curve_falls(const struct lorenz_segment *segment, size_t at, struct err *e)
{
	if (segment[at].t_out_k < segment[at].t_in_k)
		err_set(e, "the sink curve falls: sink.curve.%zu begins at %.4g degC and ends at %.4g degC", at,
		        k_to_c(segment[at].t_in_k), k_to_c(segment[at].t_out_k));
	else
		err_set(e, "segments of the sink curve overlap: sink.curve.%zu begins at %.4g degC, the one before ends at %.4g degC", at,
		        k_to_c(segment[at].t_in_k), k_to_c(segment[at - 1].t_out_k));
	return false;
}

static bool curve_refused(enum lorenz_status status, const struct loop_inputs *inputs, size_t bad, struct err *e)
{
	const struct lorenz_segment *segment = inputs->segment;
	size_t n = inputs->n_segments;

	if (n && status == LORENZ_TARGET_BELOW_INLET)
		return curve_falls(segment, bad, e);
	return frame_refused(status, inputs->slot[SLOT_SOURCE_T_IN], n ? segment[0].t_in_k : inputs->slot[SLOT_SINK_T_IN],
	               n ? segment[n - 1].t_out_k : inputs->slot[SLOT_SINK_T_TARGET], e);
}

static struct lorenz_prices prices_build(const struct loop_inputs *inputs)
{
	const double *slot = inputs->slot;

	return (struct lorenz_prices){
		.elec_eur_mwh = tariff_energy_eur_mwh(slot[SLOT_ELEC_PRICE], slot[SLOT_ELEC_FLOOR], slot[SLOT_ELEC_FACTOR]),
		.elec_adders_eur_mwh = or_else(slot[SLOT_ELEC_ADDERS], 0) + inputs->adders_eur_mwh,
		.fuel_eur_mwh = slot[SLOT_FUEL_PRICE],
		.fuel_adders_eur_mwh = or_else(slot[SLOT_FUEL_ADDERS], 0),
		.fuel_carbon_kg_mwh = or_else(slot[SLOT_FUEL_CARBON], 0),
		.co2_eur_t = or_else(slot[SLOT_FUEL_CO2_PRICE], 0),
		.boiler_efficiency = or_else(slot[SLOT_BOILER_EFFICIENCY], 1),
	};
}

static void rates_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *out)
{
	const double *slot = inputs->slot;
	struct lorenz_rates *rates = out->rates;

	out->prices = prices_build(inputs);
	rates[MERIT_COST] = lorenz_cost_rates(&out->prices);
	rates[MERIT_CARBON] = lorenz_carbon_rates(slot[SLOT_ELEC_CARBON], slot[SLOT_FUEL_CARBON], out->prices.boiler_efficiency);
	rates[MERIT_BLEND] = (struct lorenz_rates){NAN, NAN};
	if (loop->objective == OBJECTIVE_BLEND)
		rates[MERIT_BLEND] = lorenz_blend_rates(rates[MERIT_COST], rates[MERIT_CARBON], loop->carbon_value_eur_t);
	else if (objective_is_constrained(loop->objective))
		rates[MERIT_BLEND] = rates[loop->objective == OBJECTIVE_COST_UNDER_CARBON_CAP ? MERIT_COST : MERIT_CARBON];
}

static struct lorenz_machine machine_build(const struct loop_config *loop, const double *slot)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(slot[SLOT_ETA]);

	machine.q_max_kw = fmin(slot[SLOT_CAPACITY], envelope_capacity_kw(loop, slot[SLOT_SOURCE_T_IN]));
	machine.q_min_kw = isfinite(machine.q_max_kw) ? or_else(slot[SLOT_MIN_LOAD], 0) * machine.q_max_kw : 0;
	machine.p_max_kw = or_else(slot[SLOT_P_ELEC_MAX], INFINITY);
	machine.t_max_k = fmin(slot[SLOT_T_MAX], envelope_t_max_k(loop, slot[SLOT_SOURCE_T_IN]));
	machine.min_lift_k = or_else(slot[SLOT_MIN_LIFT], 0);
	machine.cop_max = or_else(slot[SLOT_COP_MAX], INFINITY);
	return machine;
}

/* An outlet above the inlet, as an idle machine's reads, counts as the inlet. */
static double source_mean(const double *slot)
{
	double t_in_k = slot[SLOT_SOURCE_T_IN], t_out_k = or_else(slot[SLOT_SOURCE_T_OUT], t_in_k);

	return lorenz_log_mean(t_in_k, fmin(t_out_k, t_in_k));
}

static enum quality crosscheck(const struct loop_config *loop, const struct loop_inputs *inputs, struct err *e)
{
	const double *slot = inputs->slot;
	size_t n = inputs->n_segments;

	struct ends ends = {
		.t_source_in_k = slot[SLOT_SOURCE_T_IN],
		.t_source_out_k = slot[SLOT_SOURCE_T_OUT],
		.t_sink_in_k = n ? inputs->segment[0].t_in_k : slot[SLOT_SINK_T_IN],
		.t_target_k = n ? inputs->segment[n - 1].t_out_k : slot[SLOT_SINK_T_TARGET],
	};

	return crosscheck_inputs(loop, ends, e);
}

bool frame_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *out, struct err *e)
{
	const double *slot = inputs->slot;
	size_t bad = 0;
	enum lorenz_status status;

	out->checked = crosscheck(loop, inputs, e);
	if (out->checked == QUALITY_BAD)
		return false;
	if (inputs->fault.is)
		return flow_refused(&inputs->fault, e);
	out->t_source_mean_k = source_mean(slot);
	status = curve_build(inputs, &out->curve, &bad);
	if (status != LORENZ_OK)
		return curve_refused(status, inputs, bad, e);
	out->machine = machine_build(loop, slot);
	rates_build(loop, inputs, out);
	out->stopped = REASON_UNAVAILABLE;
	out->available = or_else(slot[SLOT_AVAILABLE], 1) != 0;
	out->outside = inputs->outside;
	if (out->available && out->outside) {
		out->available = false;
		out->stopped = REASON_ENVELOPE;
	}
	out->general = machines_of_loop(loop) != NULL;
	if (out->general && !machines_build(loop, inputs, out, e))
		return false;
	demand_build(loop, inputs, out);
	return true;
}

/* ---- the points ------------------------------------------------------------------------- */

static double percent(double reference, double savings)
{
	return reference > 0 ? 100 * savings / reference : NAN;
}

/* At the price of electricity, whatever a higher peak costs. */
static double plain_savings(const struct frame *frame, enum merit merit, double q_kw, double p_kw)
{
	if (frame_need_kw(frame) > 0)
		return NAN;
	if (frame->general)
		return machines_savings(frame, merit, frame->rates[merit].elec, q_kw, p_kw);
	return lorenz_savings(frame->rates[merit], q_kw, p_kw);
}

void point_savings(const struct frame *frame, double q_kw, double p_kw, struct point *point)
{
	point->cost_savings_eur_h = plain_savings(frame, MERIT_COST, q_kw, p_kw) - demand_cost_eur_h(frame, p_kw);
	point->cost_savings_pct = percent(frame_reference(frame, MERIT_COST), point->cost_savings_eur_h);
	point->carbon_savings_kg_h = plain_savings(frame, MERIT_CARBON, q_kw, p_kw);
	point->carbon_savings_pct = percent(frame_reference(frame, MERIT_CARBON), point->carbon_savings_kg_h);
}

static const char *limit_text(const struct frame *frame, enum merit merit, enum lorenz_limit limit)
{
	enum lorenz_limit of_source;
	bool demand = limit == LORENZ_LIMIT_P_ELEC_MAX && frame->bound_kw[merit] < frame->machine.p_max_kw;

	if (frame->outside)
		return "envelope";
	if (limit == LORENZ_LIMIT_INLET && frame->general && machines_source_kw(frame, &of_source) <= 0)
		limit = of_source;
	return demand ? "demand" : lorenz_limit_text(limit);
}

static double or_null(double value)
{
	return isfinite(value) ? value : NAN;
}

static void point_fill(const struct frame *frame, enum merit merit, const struct lorenz_point *from, struct point *to)
{
	to->t_sink_out_c = k_to_c(from->t_out_k);
	to->t_free_c = isfinite(from->t_free_k) ? k_to_c(from->t_free_k) : NAN;
	to->electrification = from->electrification;
	to->cop = or_null(from->cop);
	to->q_sink_kw = from->q_kw;
	to->p_elec_kw = from->p_kw;
	to->limited_by = limit_text(frame, merit, from->limited_by);
	point_savings(frame, from->q_kw, from->p_kw, to);
}

static void inputs_fill(const struct loop_inputs *inputs, const struct frame *frame, struct point_inputs *out)
{
	const double *slot = inputs->slot;
	bool flows = frame->general && isfinite(machines_base(frame)->source.c_kw_k); /* its outlet follows from the load */

	*out = (struct point_inputs){
		.source_t_in_c = k_to_c(slot[SLOT_SOURCE_T_IN]),
		.source_t_out_c = flows ? NAN : k_to_c(or_else(slot[SLOT_SOURCE_T_OUT], slot[SLOT_SOURCE_T_IN])),
		.sink_t_in_c = k_to_c(frame->curve.t_in_k),
		.sink_t_target_c = k_to_c(frame->curve.t_target_k),
		.duty_kw = frame->curve.q_total_kw,
		.price_elec_eur_mwh = frame->rates[MERIT_COST].elec,
		.price_heat_eur_mwh = frame->rates[MERIT_COST].heat,
		.carbon_elec_kg_mwh = frame->rates[MERIT_CARBON].elec,
		.carbon_heat_kg_mwh = frame->rates[MERIT_CARBON].heat,
		.eta_lorenz = slot[SLOT_ETA],
		.t_max_c = or_null(k_to_c(frame->machine.t_max_k)),
		.capacity_kw = frame_capacity_kw(frame),
		.p_elec_max_kw = slot[SLOT_P_ELEC_MAX],
		.min_load_kw = frame_least_kw(frame),
		.demand_kw = frame->demand_kw,
		.available = frame->available,
		.envelope = envelope_limit(frame->outside),
		.overlap = frame_curve(frame)->t_in_k < (frame->general ? frame->machines.direct.direct.t_source_out_k : slot[SLOT_SOURCE_T_IN]),
	};
}

bool frame_has(const struct loop_config *loop, const struct frame *frame, enum merit merit)
{
	const struct lorenz_rates *rates = &frame->rates[merit];

	return isfinite(rates->elec) && isfinite(rates->heat) && (merit != MERIT_BLEND || loop->objective >= OBJECTIVE_BLEND);
}

static bool evaluate_merit(const struct frame *frame, enum merit merit, struct evaluation *out, struct err *e)
{
	const struct frame_bounds bounds = frame_bounds_of(frame);
	struct lorenz_operation operation;
	struct lorenz_solution solution;

	if (!frame_solve(frame, merit, &bounds, &operation, &solution, e))
		return false;
	out->merit[merit].met = !frame->general || solution.met;
	out->merit[merit].ratio = operation.ratio;
	point_fill(frame, merit, &operation.optimal, &out->merit[merit].optimal);
	point_fill(frame, merit, &operation.break_even, &out->merit[merit].break_even);
	if (!out->more)
		return true;
	machines_point(frame, &solution.optimal, &out->more->optimal[merit]);
	machines_point(frame, &solution.break_even, &out->more->break_even[merit]);
	return true;
}

/* With the technology that is best for that objective, whichever runs. */
static bool evaluate_best(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, enum merit merit,
                          struct evaluation *out, struct err *e)
{
	uint8_t best = technologies_best(&frame->machines.ranking, merit);
	struct frame own;

	if (best == frame->machines.technology) {
		if (!evaluate_merit(frame, merit, out, e))
			return false;
	} else {
		own = *frame;
		technologies_become(loop, inputs, &own, best);
		if (!evaluate_merit(&own, merit, out, e))
			return false;
	}
	technology_write(loop, best, out->more->optimal[merit].technology);
	technology_write(loop, best, out->more->break_even[merit].technology);
	return true;
}

bool evaluate(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, struct evaluation *out,
              struct evaluation_more *more, struct err *e)
{
	bool technologies = frame->general && frame->machines.ranking.n > 0;

	inputs_fill(inputs, frame, &out->inputs);
	out->more = frame->general ? more : NULL;
	if (out->more)
		machines_more(inputs, frame, more);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		out->merit[merit].present = frame_has(loop, frame, merit);
		if (!out->merit[merit].present)
			continue;
		out->merit[merit].is_goal = merit == MERIT_BLEND && objective_is_constrained(loop->objective);
		if (!(technologies ? evaluate_best(loop, inputs, frame, merit, out, e) : evaluate_merit(frame, merit, out, e)))
			return false;
	}
	return true;
}

/* Inputs of one moment to operating points: checks, conversions at the border, and the library's answer in plant units. */
#include "evaluate.h"

#include "crosscheck.h"
#include "demand.h"
#include "tariff.h"

#include <math.h>
#include <stdio.h>

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
		out->segment[i] = (struct lorenz_segment){.t_in_k = t_k, .t_out_k = t_out_k, .q_kw = gather(g, &segment->duty)};
		t_k = t_out_k;
	}
	out->n_segments = loop->n_curve;
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

enum quality inputs_gather(const struct loop_config *loop, read_signal *read, void *ctx, int64_t utc_us, struct loop_inputs *out,
                           uint32_t *bad)
{
	struct gathering g = {.read = read, .ctx = ctx, .worst = QUALITY_GOOD};

	out->own_kw = 0;
	out->reserved_kw = 0;
	for (size_t i = 0; i < SLOT_DECIDED_END; i++)
		out->slot[i] = gather(&g, &loop->slot[i]);
	out->adders_eur_mwh = gather_adders(&g, loop, utc_us);
	gather_curve(&g, loop, out);
	if (bad && g.worst == QUALITY_BAD)
		*bad = g.bad;
	return g.worst;
}

/* ---- refusals --------------------------------------------------------------------------- */

static bool refused(enum lorenz_status status, double t_source_k, double t_in_k, double t_target_k, struct err *e)
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

static bool curve_refused(enum lorenz_status status, const struct loop_inputs *inputs, struct err *e)
{
	const struct lorenz_segment *segment = inputs->segment;
	size_t n = inputs->n_segments;

	return refused(status, inputs->slot[SLOT_SOURCE_T_IN], n ? segment[0].t_in_k : inputs->slot[SLOT_SINK_T_IN],
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
}

static struct lorenz_machine machine_build(const double *slot)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(slot[SLOT_ETA]);

	machine.q_max_kw = or_else(slot[SLOT_CAPACITY], INFINITY);
	machine.q_min_kw = isfinite(machine.q_max_kw) ? or_else(slot[SLOT_MIN_LOAD], 0) * machine.q_max_kw : 0;
	machine.p_max_kw = or_else(slot[SLOT_P_ELEC_MAX], INFINITY);
	machine.t_max_k = or_else(slot[SLOT_T_MAX], INFINITY);
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
	out->t_source_mean_k = source_mean(slot);
	status = curve_build(inputs, &out->curve, &bad);
	if (status != LORENZ_OK)
		return curve_refused(status, inputs, e);
	out->machine = machine_build(slot);
	rates_build(loop, inputs, out);
	demand_build(inputs, out);
	out->stopped = REASON_UNAVAILABLE;
	out->available = or_else(slot[SLOT_AVAILABLE], 1) != 0;
	return true;
}

bool frame_operate(const struct frame *frame, const struct lorenz_machine *machine, struct lorenz_rates rates,
                   struct lorenz_operation *out, struct err *e)
{
	enum lorenz_status status = lorenz_operate(&frame->curve, frame->t_source_mean_k, machine, rates, out);

	return status == LORENZ_OK || refused(status, frame->t_source_mean_k, frame->curve.t_in_k, frame->curve.t_target_k, e);
}

/* ---- the points ------------------------------------------------------------------------- */

static double percent(struct lorenz_rates rates, double savings, double q_total_kw)
{
	double reference = rates.heat * q_total_kw / 1000;

	return reference > 0 ? 100 * savings / reference : NAN;
}

void point_savings(const struct frame *frame, double q_kw, double p_kw, struct point *point)
{
	const struct lorenz_rates *cost = &frame->rates[MERIT_COST], *carbon = &frame->rates[MERIT_CARBON];

	point->cost_savings_eur_h = lorenz_savings(*cost, q_kw, p_kw) - demand_cost_eur_h(frame, p_kw);
	point->cost_savings_pct = percent(*cost, point->cost_savings_eur_h, frame->curve.q_total_kw);
	point->carbon_savings_kg_h = lorenz_savings(*carbon, q_kw, p_kw);
	point->carbon_savings_pct = percent(*carbon, point->carbon_savings_kg_h, frame->curve.q_total_kw);
}

static const char *limit_text(const struct frame *frame, enum merit merit, enum lorenz_limit limit)
{
	bool demand = limit == LORENZ_LIMIT_P_ELEC_MAX && frame->bound_kw[merit] < frame->machine.p_max_kw;

	return demand ? "demand" : lorenz_limit_text(limit);
}

static void point_fill(const struct frame *frame, enum merit merit, const struct lorenz_point *from, struct point *to)
{
	to->t_sink_out_c = k_to_c(from->t_out_k);
	to->t_free_c = isfinite(from->t_free_k) ? k_to_c(from->t_free_k) : NAN;
	to->electrification = from->electrification;
	to->cop = isfinite(from->cop) ? from->cop : NAN;
	to->q_sink_kw = from->q_kw;
	to->p_elec_kw = from->p_kw;
	to->limited_by = limit_text(frame, merit, from->limited_by);
	point_savings(frame, from->q_kw, from->p_kw, to);
}

static void inputs_fill(const struct loop_inputs *inputs, const struct frame *frame, struct point_inputs *out)
{
	const double *slot = inputs->slot;

	*out = (struct point_inputs){
		.source_t_in_c = k_to_c(slot[SLOT_SOURCE_T_IN]),
		.source_t_out_c = k_to_c(or_else(slot[SLOT_SOURCE_T_OUT], slot[SLOT_SOURCE_T_IN])),
		.sink_t_in_c = k_to_c(frame->curve.t_in_k),
		.sink_t_target_c = k_to_c(frame->curve.t_target_k),
		.duty_kw = frame->curve.q_total_kw,
		.price_elec_eur_mwh = frame->rates[MERIT_COST].elec,
		.price_heat_eur_mwh = frame->rates[MERIT_COST].heat,
		.carbon_elec_kg_mwh = frame->rates[MERIT_CARBON].elec,
		.carbon_heat_kg_mwh = frame->rates[MERIT_CARBON].heat,
		.eta_lorenz = slot[SLOT_ETA],
		.t_max_c = k_to_c(slot[SLOT_T_MAX]),
		.capacity_kw = slot[SLOT_CAPACITY],
		.p_elec_max_kw = slot[SLOT_P_ELEC_MAX],
		.min_load_kw = frame->machine.q_min_kw,
		.demand_kw = frame->demand_kw,
		.available = frame->available,
		.overlap = frame->curve.t_in_k < slot[SLOT_SOURCE_T_IN],
	};
}

bool evaluate(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, struct evaluation *out,
              struct err *e)
{
	inputs_fill(inputs, frame, &out->inputs);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		struct lorenz_rates rates = frame->at[merit];
		struct lorenz_machine machine = demand_machine(frame, merit);
		struct lorenz_operation operation;

		out->merit[merit].present = isfinite(rates.elec) && isfinite(rates.heat) && (merit != MERIT_BLEND || loop->objective == OBJECTIVE_BLEND);
		if (!out->merit[merit].present)
			continue;
		if (!frame_operate(frame, &machine, rates, &operation, e))
			return false;
		out->merit[merit].ratio = operation.ratio;
		point_fill(frame, merit, &operation.optimal, &out->merit[merit].optimal);
		point_fill(frame, merit, &operation.break_even, &out->merit[merit].break_even);
	}
	return true;
}

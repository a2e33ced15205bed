/* From a loop's inputs to its frame: checks, conversions at the border, and what is refused in words. */
#include "frame.h"

#include "crosscheck.h"
#include "demand.h"
#include "envelope.h"
#include "tariff.h"
#include "technologies.h"

#include <math.h>

/* ---- refusals --------------------------------------------------------------------------- */

bool frame_refused(enum lorenz_status status, double t_source_k, double t_in_k, double t_target_k, struct err *e)
{
	err_set(e, "%s (source %.4g degC, sink from %.4g to %.4g degC)", lorenz_status_text(status), k_to_c(t_source_k), k_to_c(t_in_k),
	        k_to_c(t_target_k));
	return false;
}

/* ---- the frame -------------------------------------------------------------------------- */

static enum lorenz_status curve_build(const struct loop_inputs *inputs, struct lorenz_curve *curve, size_t *bad)
{
	const double *slot = inputs->slot;
	double t_in_k = slot[SLOT_SINK_T_IN], t_target_k = slot[SLOT_SINK_T_TARGET];
	double duty_kw = input_or(slot[SLOT_SINK_DUTY], slot[SLOT_SINK_HEAT_CAPACITY_RATE] * (t_target_k - t_in_k));
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
		.elec_adders_eur_mwh = input_or(slot[SLOT_ELEC_ADDERS], 0) + inputs->adders_eur_mwh,
		.fuel_eur_mwh = slot[SLOT_FUEL_PRICE],
		.fuel_adders_eur_mwh = input_or(slot[SLOT_FUEL_ADDERS], 0),
		.fuel_carbon_kg_mwh = input_or(slot[SLOT_FUEL_CARBON], 0),
		.co2_eur_t = input_or(slot[SLOT_FUEL_CO2_PRICE], 0),
		.boiler_efficiency = input_or(slot[SLOT_BOILER_EFFICIENCY], 1),
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
	machine.q_min_kw = isfinite(machine.q_max_kw) ? input_or(slot[SLOT_MIN_LOAD], 0) * machine.q_max_kw : 0;
	machine.p_max_kw = input_or(slot[SLOT_P_ELEC_MAX], INFINITY);
	machine.t_max_k = fmin(slot[SLOT_T_MAX], envelope_t_max_k(loop, slot[SLOT_SOURCE_T_IN]));
	machine.min_lift_k = input_or(slot[SLOT_MIN_LIFT], 0);
	machine.cop_max = input_or(slot[SLOT_COP_MAX], INFINITY);
	return machine;
}

/* An outlet above the inlet, as an idle machine's reads, counts as the inlet. */
static double source_mean(const double *slot)
{
	double t_in_k = slot[SLOT_SOURCE_T_IN], t_out_k = input_or(slot[SLOT_SOURCE_T_OUT], t_in_k);

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
	out->available = input_or(slot[SLOT_AVAILABLE], 1) != 0;
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

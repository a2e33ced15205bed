/* From a frame to the points of each objective, in plant units, and the fields by which payloads tell them. */
#include "evaluate.h"

#include "demand.h"
#include "envelope.h"
#include "frame.h"
#include "technologies.h"

#include <math.h>


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

/* The machine's least load is more than all that there is to heat. Of technologies that do not fit the ranking tells. */
static bool is_below_least(const struct frame *frame)
{
	double demand_kw = frame_curve(frame)->q_total_kw;
	bool machine = !frame->general || frame->machines.ranking.n == 0 || frame->machines.technology != NO_TECHNOLOGY;

	return machine && demand_kw > 0 && demand_kw < frame_least_kw(frame);
}

static const char *limit_text(const struct frame *frame, enum merit merit, enum lorenz_limit limit)
{
	enum lorenz_limit of_source;
	bool demand = limit == LORENZ_LIMIT_P_ELEC_MAX && frame->bound_kw[merit] < frame->machine.p_max_kw;

	if (frame->outside)
		return "envelope";
	if (limit == LORENZ_LIMIT_INLET && frame->general && machines_source_kw(frame, &of_source) <= 0)
		limit = of_source;
	else if (limit == LORENZ_LIMIT_INLET && is_below_least(frame))
		limit = LORENZ_LIMIT_MIN_LOAD;
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
		.source_t_out_c = flows ? NAN : k_to_c(input_or(slot[SLOT_SOURCE_T_OUT], slot[SLOT_SOURCE_T_IN])),
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

/* Without a lift there is no formula to flatter. */
static bool has_lift(const struct frame *frame)
{
	return frame->machines.efficiency.model != LORENZ_MODEL_SHARES;
}

/* The heat pump is off beside it. */
static void tell_power(const struct technology_row *from, struct point *to, struct point_more *more)
{
	to->p_elec_kw = from->p_elec_kw;
	to->cost_savings_eur_h = from->cost_savings_eur_h;
	to->cost_savings_pct = from->cost_savings_pct;
	to->carbon_savings_kg_h = from->carbon_savings_kg_h;
	to->carbon_savings_pct = from->carbon_savings_pct;
	to->limited_by = from->limited_by;
	more->source_heat_kw = from->source_heat_kw;
	more->t_source_out_c = from->t_source_out_c;
}

/* With the technology that is best for that objective, whichever runs. */
static bool evaluate_best(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, enum merit merit,
                          struct evaluation *out, bool *lift, struct err *e)
{
	uint8_t best = technologies_best(&frame->machines.ranking, merit);
	const struct technology_row *power = technologies_power(&frame->machines.ranking, merit, best);
	const struct frame *of_best = frame;
	struct frame own;

	if (best != frame->machines.technology) {
		own = *frame;
		technologies_become(loop, inputs, &own, best);
		of_best = &own;
	}
	if (!evaluate_merit(of_best, merit, out, e))
		return false;
	*lift |= has_lift(of_best);
	if (power && !frame->outside) {
		tell_power(power, &out->merit[merit].optimal, &out->more->optimal[merit]);
		out->merit[merit].met = power->met;
	}
	technology_write(loop, best, out->more->optimal[merit].technology);
	technology_write(loop, best, out->more->break_even[merit].technology);
	return true;
}

bool evaluate(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, struct evaluation *out,
              struct evaluation_more *more, struct err *e)
{
	bool technologies = frame->general && frame->machines.ranking.n > 0, lift = !technologies;

	inputs_fill(inputs, frame, &out->inputs);
	out->more = frame->general ? more : NULL;
	if (out->more)
		machines_more(inputs, frame, more);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		out->merit[merit].present = frame_has(loop, frame, merit);
		if (!out->merit[merit].present)
			continue;
		out->merit[merit].is_goal = merit == MERIT_BLEND && objective_is_constrained(loop->objective);
		if (!(technologies ? evaluate_best(loop, inputs, frame, merit, out, &lift, e) : evaluate_merit(frame, merit, out, e)))
			return false;
	}
	out->inputs.overlap = out->inputs.overlap && lift;
	return true;
}

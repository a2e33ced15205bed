/* The setpoint's temperature is bounded by temperatures only; capacity and power show in what is expected, so that noise
 * in the duty does not move the setpoint. A machine that must run at its minimum load gets the temperature of that load. */
#include "condition.h"

#include "demand.h"

#include <math.h>

/* ΔT is compared with this much slack, so that a step of exactly the deadband counts in spite of rounding, K. */
static const double STEP_SLACK_K = 1e-9;

static const struct objective_info {
	enum merit merit;
	bool break_even;
} objective_info[OBJECTIVE_COUNT] = {
	[OBJECTIVE_COST] = {MERIT_COST, false},
	[OBJECTIVE_CARBON] = {MERIT_CARBON, false},
	[OBJECTIVE_COST_BREAK_EVEN] = {MERIT_COST, true},
	[OBJECTIVE_CARBON_BREAK_EVEN] = {MERIT_CARBON, true},
	[OBJECTIVE_BLEND] = {MERIT_BLEND, false},
};

/* What a decision is looked for in: the bounds in terms of heat, and where the best temperature lies. */
struct search {
	const struct frame *frame;
	enum merit merit;
	struct lorenz_rates rates;
	bool break_even;
	double q_top_kw;       /* by temperatures */
	double q_reach_kw;     /* by capacity and power as well */
	double t_low_k, t_top_k;
};

static bool keeps(double t_k, double kept_k, double deadband_k)
{
	return fabs(t_k - kept_k) < deadband_k - STEP_SLACK_K;
}

void decide_off(const struct loop_config *loop, double t_off_k, struct kept kept, enum reason reason, struct decision *out)
{
	double t_k = isnan(loop->off_value_k) ? t_off_k : loop->off_value_k;

	if (!kept.on && keeps(t_k, kept.t_k, loop->deadband_k))
		t_k = kept.t_k;
	*out = (struct decision){.reason = reason, .t_k = t_k, .t_expected_k = t_off_k, .cop = NAN};
}

static void search_init(const struct loop_config *loop, const struct frame *frame, struct lorenz_machine *by_temperature, struct search *s)
{
	const struct objective_info *info = &objective_info[loop->objective];
	struct lorenz_machine reach;

	*by_temperature = frame->machine;
	by_temperature->q_min_kw = 0;
	by_temperature->q_max_kw = INFINITY;
	by_temperature->p_max_kw = frame->bound_kw[info->merit]; /* no machine knows what the site has paid for */
	by_temperature->t_max_k = fmin(frame->machine.t_max_k, loop->max_k);
	reach = demand_machine(frame, info->merit);
	reach.t_max_k = by_temperature->t_max_k;

	s->frame = frame;
	s->merit = info->merit;
	s->rates = frame->at[info->merit];
	s->break_even = info->break_even;
	s->q_top_kw = lorenz_q_max_kw(&frame->curve, frame->t_source_mean_k, by_temperature, NULL);
	s->q_reach_kw = lorenz_q_max_kw(&frame->curve, frame->t_source_mean_k, &reach, NULL);
	s->t_top_k = lorenz_curve_t_k(&frame->curve, s->q_top_kw);
	s->t_low_k = loop->min_k;
}

/* The heat is where the temperature does not say how much it is. */
static enum controlled controlled_at(const struct lorenz_curve *curve, double q_kw)
{
	enum controlled controlled = CONTROLLED_TEMPERATURE;

	for (size_t i = 0; i < curve->n && curve->seg[i].q_begin_kw < q_kw; i++)
		controlled = isinf(curve->seg[i].c_kw_k) ? CONTROLLED_HEAT : CONTROLLED_TEMPERATURE;
	return controlled;
}

/* What the machine does of the heat that a temperature asks for; the minimum load raises it. */
static void run_at(const struct search *s, double t_k, double q_want_kw, enum reason reason, struct decision *out)
{
	const struct frame *f = s->frame;
	double q_kw = fmin(q_want_kw, s->q_reach_kw), p_kw;
	bool raised = q_kw < f->machine.q_min_kw;

	if (raised)
		q_kw = f->machine.q_min_kw;
	p_kw = lorenz_power_kw(&f->curve, f->t_source_mean_k, &f->machine, q_kw);
	*out = (struct decision){
		.on = true,
		.reason = raised || q_kw < q_want_kw ? REASON_LIMITED : reason,
		.t_k = raised ? fmax(t_k, lorenz_curve_t_k(&f->curve, q_kw)) : t_k,
		.t_expected_k = lorenz_curve_t_k(&f->curve, q_kw),
		.q_kw = q_kw,
		.p_kw = p_kw,
		.cop = p_kw > 0 ? q_kw / p_kw : NAN,
		.controlled = controlled_at(&f->curve, q_kw),
	};
}

/* Nothing but its own bounds keeps the machine from running. */
static bool is_possible(const struct search *s)
{
	return s->q_reach_kw > 0 && s->frame->machine.q_min_kw <= s->q_reach_kw && s->t_low_k <= s->t_top_k;
}

/* The rest of the decision at a temperature, whose heat is q_want; false where the machine cannot or should not run there. */
static bool settle(const struct search *s, double t_k, double q_want_kw, enum reason reason, struct decision *out)
{
	bool free;

	if (s->frame->machine.q_min_kw > s->q_reach_kw)
		return false;
	run_at(s, t_k, q_want_kw, reason, out);
	free = out->q_kw == q_want_kw && s->break_even && t_k > s->t_low_k;
	return out->q_kw > 0 && (free || lorenz_savings(s->rates, out->q_kw, out->p_kw) > 0);
}

/* The only power that bounds the temperature is the paid one. */
static enum reason reason_of(const struct lorenz_point *point, bool break_even)
{
	bool free = point->limited_by == LORENZ_LIMIT_NONE || point->limited_by == LORENZ_LIMIT_TARGET;

	if (point->limited_by == LORENZ_LIMIT_P_ELEC_MAX)
		return REASON_DEMAND;
	return !free ? REASON_LIMITED : break_even ? REASON_BREAK_EVEN : REASON_OPTIMUM;
}

static bool best(const struct search *s, const struct lorenz_point *point, struct decision *out)
{
	enum reason reason = reason_of(point, s->break_even);
	double t_k = point->t_out_k, q_kw = point->q_kw;

	if (q_kw <= 0)
		return false;
	if (t_k < s->t_low_k) {
		if (s->t_low_k > s->t_top_k)
			return false;
		t_k = s->t_low_k;
		q_kw = fmin(lorenz_curve_q_kw(&s->frame->curve, t_k), s->q_top_kw);
		reason = REASON_LIMITED;
	}
	return settle(s, t_k, q_kw, reason, out);
}

static double savings_at(const struct search *s, const struct decision *d)
{
	return lorenz_savings(s->rates, d->q_kw, d->p_kw);
}

static bool near_enough(const struct loop_config *loop, const struct search *s, const struct decision *best, const struct decision *kept)
{
	if (loop->deadband_share > 0 && !s->break_even)
		return savings_at(s, kept) >= (1 - loop->deadband_share) * savings_at(s, best);
	return keeps(best->t_k, kept->t_k, loop->deadband_k);
}

/* The kept temperature instead of the best one, where it is allowed and still pays. */
static void keep(const struct loop_config *loop, const struct search *s, double kept_k, struct decision *best)
{
	double q_kw = fmin(lorenz_curve_q_kw(&s->frame->curve, kept_k), s->q_top_kw);
	struct decision kept;

	if (kept_k < s->t_low_k || kept_k > s->t_top_k || !settle(s, kept_k, q_kw, best->reason, &kept) ||
	    !keeps(kept.t_k, kept_k, loop->deadband_k))
		return;
	kept.t_k = kept_k; /* also where the minimum load has moved a little: what is expected shows it */
	if (near_enough(loop, s, best, &kept))
		*best = kept;
}

/* What running at its best earns; at a break-even, which earns nothing, what the optimum would. */
static double gain_of(const struct search *s, const struct lorenz_point *optimum, const struct decision *best)
{
	const struct frame *f = s->frame;
	double q_kw = fmax(fmin(optimum->q_kw, s->q_reach_kw), f->machine.q_min_kw);

	if (!s->break_even)
		return savings_at(s, best);
	return lorenz_savings(s->rates, q_kw, lorenz_power_kw(&f->curve, f->t_source_mean_k, &f->machine, q_kw));
}

/* While it must go on without paying it does least harm at its lowest load; where none is configured it stays where it is. */
static struct wanted wanted_of(const struct loop_config *loop, const struct search *s, const struct decision *best, double gain)
{
	double t_least_k = lorenz_curve_t_k(&s->frame->curve, s->frame->machine.q_min_kw);

	return (struct wanted){
		.rule = s->frame->available && is_possible(s) ? PACE_FREE : PACE_OFF,
		.on = best->on,
		.reason = best->reason,
		.t_k = best->t_k,
		.low_k = s->t_low_k,
		.high_k = s->t_top_k,
		.from_k = fmax(isnan(loop->off_value_k) ? s->frame->curve.t_in_k : loop->off_value_k, t_least_k),
		.stay_k = isfinite(s->t_low_k) || s->frame->machine.q_min_kw > 0 ? fmax(s->t_low_k, t_least_k) : NAN,
		.gain = gain,
		.reference = s->rates.heat * s->frame->curve.q_total_kw / 1000,
		.unit = objective_info[loop->objective].merit == MERIT_CARBON ? DIM_MASS_RATE : DIM_MONEY_RATE,
	};
}

bool decide(const struct loop_config *loop, const struct frame *frame, struct kept kept, struct decision *out,
            struct wanted *wanted, struct err *e)
{
	struct lorenz_machine by_temperature;
	struct lorenz_operation operation;
	struct search s;
	struct decision found;
	double gain = 0;

	search_init(loop, frame, &by_temperature, &s);
	if (!frame_operate(frame, &by_temperature, s.rates, &operation, e))
		return false;
	if (!frame->available) {
		decide_off(loop, frame->curve.t_in_k, kept, frame->stopped, &found);
	} else if (!best(&s, s.break_even ? &operation.break_even : &operation.optimal, &found)) {
		decide_off(loop, frame->curve.t_in_k, kept, frame->held[s.merit] ? REASON_DEMAND : REASON_NOT_BENEFICIAL, &found);
	} else {
		gain = gain_of(&s, &operation.optimal, &found);
		if (kept.on && found.t_k != kept.t_k)
			keep(loop, &s, kept.t_k, &found);
	}
	*out = found;
	*wanted = wanted_of(loop, &s, &found, gain);
	return true;
}

void decide_at(const struct loop_config *loop, const struct frame *frame, double t_k, enum reason reason, struct decision *out)
{
	struct lorenz_machine by_temperature;
	struct search s;

	search_init(loop, frame, &by_temperature, &s);
	run_at(&s, t_k, fmin(lorenz_curve_q_kw(&frame->curve, t_k), s.q_top_kw), reason, out);
	out->t_k = t_k;
	out->reason = reason;
}

struct setpoint decision_setpoint(const struct loop_config *loop, const struct decision *decision, enum quality quality)
{
	return (struct setpoint){
		.ts_us = NO_TIME,
		.t_sink_out_c = k_to_c(decision->t_k),
		.t_sink_out_expected_c = k_to_c(decision->t_expected_k),
		.hp_on = decision->on,
		.q_sink_kw = decision->q_kw,
		.p_elec_kw = decision->p_kw,
		.cop = decision->cop,
		.controlled = decision->controlled,
		.objective = loop->objective,
		.mode = loop->mode,
		.quality = quality,
		.reason = decision->reason,
		.valid_until_us = NO_TIME,
		.cause_us = NO_TIME,
		.seq = NO_TIME,
	};
}

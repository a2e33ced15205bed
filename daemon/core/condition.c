/* The setpoint's temperature is bounded by temperatures only; capacity and power show in what is expected, so that noise
 * in the duty does not move the setpoint. A machine that must run at its minimum load gets the temperature of that load. */
#include "condition.h"

#include "frame.h"
#include "technologies.h"

#include <math.h>

/* ΔT is compared with this much slack, so that a step of exactly the deadband counts in spite of rounding, K. */
static const double STEP_SLACK_K = 1e-9;

/* How exactly the general case finds a bound, relative. */
static const double SEARCH_NEAR = 1e-7;

static const struct objective_info {
	enum merit merit;
	bool break_even;
	bool of_carbon; /* what it gains is a mass */
} objective_info[OBJECTIVE_COUNT] = {
	[OBJECTIVE_COST] = {MERIT_COST, false, false},
	[OBJECTIVE_CARBON] = {MERIT_CARBON, false, true},
	[OBJECTIVE_COST_BREAK_EVEN] = {MERIT_COST, true, false},
	[OBJECTIVE_CARBON_BREAK_EVEN] = {MERIT_CARBON, true, true},
	[OBJECTIVE_BLEND] = {MERIT_BLEND, false, false},
	[OBJECTIVE_CARBON_AT_NO_COST] = {MERIT_BLEND, false, true},
	[OBJECTIVE_COST_UNDER_CARBON_CAP] = {MERIT_BLEND, false, false},
	[OBJECTIVE_ELECTRIFY_AT_NO_CARBON] = {MERIT_BLEND, false, true},
};

enum merit objective_merit(enum objective objective)
{
	return objective_info[objective].merit;
}

/* What a decision is looked for in: the bounds in terms of heat, and where the best temperature lies. */
struct search {
	const struct frame *frame;
	enum merit merit;
	bool break_even;
	struct frame_bounds by_temperature;
	enum lorenz_limit top_limit;
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
	*out = (struct decision){.reason = reason, .t_k = t_k, .t_expected_k = t_off_k, .cop = NAN, .technology = NO_TECHNOLOGY};
}

static void search_init(const struct loop_config *loop, const struct frame *frame, struct search *s)
{
	const struct objective_info *info = &objective_info[loop->objective];
	const struct frame_bounds all = {.t_max_k = loop->max_k};

	*s = (struct search){
		.frame = frame,
		.merit = info->merit,
		.break_even = info->break_even,
		.by_temperature = {.t_max_k = loop->max_k, .by_temperature = true},
		.t_low_k = loop->min_k,
	};
	s->q_top_kw = frame_top_kw(frame, s->merit, &s->by_temperature, &s->top_limit);
	s->q_reach_kw = frame_top_kw(frame, s->merit, &all, NULL);
	s->t_top_k = frame_t_k(frame, s->q_top_kw);
}

/* The heat is where the temperature does not say how much it is. */
static enum controlled controlled_at(const struct lorenz_curve *curve, double q_kw)
{
	enum controlled controlled = CONTROLLED_TEMPERATURE;

	for (size_t i = 0; i < curve->n && curve->seg[i].q_begin_kw < q_kw; i++)
		controlled = isinf(curve->seg[i].c_kw_k) ? CONTROLLED_HEAT : CONTROLLED_TEMPERATURE;
	return controlled;
}

/* Where the bounds are looked for in steps, what is as near as that is within them. */
static double reachable_kw(const struct search *s, double q_want_kw)
{
	double near = s->frame->general ? SEARCH_NEAR : 0;

	return q_want_kw <= s->q_reach_kw * (1 + near) ? q_want_kw : s->q_reach_kw;
}

/* What the machine does of the heat that a temperature asks for; the minimum load raises it. */
static void run_at(const struct search *s, double t_k, double q_want_kw, enum reason reason, struct decision *out)
{
	const struct frame *f = s->frame;
	double possible_kw = reachable_kw(s, q_want_kw), q_kw = frame_load_kw(f, possible_kw, s->q_reach_kw);
	double p_kw = frame_power_kw(f, q_kw);
	bool raised = q_kw > possible_kw;

	*out = (struct decision){
		.on = true,
		.reason = raised || q_kw < q_want_kw ? REASON_LIMITED : reason,
		.t_k = raised ? fmax(t_k, frame_t_k(f, q_kw)) : t_k,
		.t_expected_k = frame_t_k(f, q_kw),
		.q_kw = q_kw,
		.p_kw = p_kw,
		.cop = p_kw > 0 ? q_kw / p_kw : NAN,
		.controlled = controlled_at(frame_curve(f), q_kw),
		.technology = f->general ? f->machines.technology : NO_TECHNOLOGY,
	};
}

/* Nothing but its own bounds keeps the machine from running. */
static bool is_possible(const struct search *s)
{
	return s->q_reach_kw > 0 && frame_least_kw(s->frame) <= s->q_reach_kw && s->t_low_k <= s->t_top_k;
}

static double savings_at(const struct search *s, const struct decision *d)
{
	return frame_savings(s->frame, s->merit, d->q_kw, d->p_kw);
}

/* The objective's constraint holds, where it has one. */
static bool meets(const struct search *s, const struct decision *d)
{
	return !frame_is_constrained(s->frame, s->merit) || machines_meets(s->frame, d->q_kw, d->p_kw);
}

/* The rest of the decision at a temperature, whose heat is q_want; false where the machine cannot or should not run there. */
static bool settle(const struct search *s, double t_k, double q_want_kw, enum reason reason, struct decision *out)
{
	bool free;

	if (frame_least_kw(s->frame) > s->q_reach_kw)
		return false;
	run_at(s, t_k, q_want_kw, reason, out);
	if (reason == REASON_OPTIMUM && !meets(s, out))
		out->reason = REASON_LIMITED;
	free = out->q_kw == q_want_kw && s->break_even && t_k > s->t_low_k;
	return out->q_kw > 0 && (free || frame_pays(s->frame, s->merit, out->q_kw, out->p_kw));
}

static bool is_of_source(enum lorenz_limit limit)
{
	return limit == LORENZ_LIMIT_SOURCE_OUTLET || limit == LORENZ_LIMIT_SOURCE_COOLING || limit == LORENZ_LIMIT_SOURCE_BODY;
}

/* The only power that bounds the temperature is the paid one. */
static enum reason reason_of(const struct lorenz_point *point, bool break_even)
{
	bool free = point->limited_by == LORENZ_LIMIT_NONE || point->limited_by == LORENZ_LIMIT_TARGET ||
	            point->limited_by == LORENZ_LIMIT_CONSTRAINT;

	if (point->limited_by == LORENZ_LIMIT_P_ELEC_MAX)
		return REASON_DEMAND;
	if (is_of_source(point->limited_by))
		return REASON_SOURCE;
	if (point->limited_by == LORENZ_LIMIT_UTILITIES)
		return REASON_NEEDED;
	return !free ? REASON_LIMITED : break_even ? REASON_BREAK_EVEN : REASON_OPTIMUM;
}

static bool best(const struct search *s, const struct lorenz_point *point, struct decision *out)
{
	enum reason reason = reason_of(point, s->break_even);
	double t_k = point->t_out_k, q_kw = point->q_kw;

	if (q_kw <= (s->frame->general ? SEARCH_NEAR * frame_curve(s->frame)->q_total_kw : 0))
		return false;
	if (t_k < s->t_low_k) {
		if (s->t_low_k > s->t_top_k)
			return false;
		t_k = s->t_low_k;
		q_kw = fmin(frame_q_kw(s->frame, t_k), s->q_top_kw);
		reason = REASON_LIMITED;
	}
	return settle(s, t_k, q_kw, reason, out);
}

static bool near_enough(const struct loop_config *loop, const struct search *s, const struct decision *best, const struct decision *kept)
{
	if (meets(s, best) && !meets(s, kept))
		return false;
	if (frame_shortfall_kw(s->frame, kept->q_kw) > frame_shortfall_kw(s->frame, best->q_kw))
		return false;
	if (loop->deadband_share > 0 && !s->break_even && !frame_is_constrained(s->frame, s->merit) && !(frame_need_kw(s->frame) > 0))
		return savings_at(s, kept) >= (1 - loop->deadband_share) * savings_at(s, best);
	return keeps(best->t_k, kept->t_k, loop->deadband_k);
}

/* The kept temperature instead of the best one, where it is allowed and still pays. */
static void keep(const struct loop_config *loop, const struct search *s, double kept_k, struct decision *best)
{
	double q_kw = fmin(frame_q_kw(s->frame, kept_k), s->q_top_kw);
	struct decision kept;

	if (kept_k < s->t_low_k || kept_k > s->t_top_k || !settle(s, kept_k, q_kw, best->reason, &kept) ||
	    !keeps(kept.t_k, kept_k, loop->deadband_k))
		return;
	kept.t_k = kept_k; /* also where the minimum load has moved a little: what is expected shows it */
	if (near_enough(loop, s, best, &kept))
		*best = kept;
}

/* What running at its best earns; at a break-even, which earns nothing, what the optimum would. Where the heat is needed that
 * is not asked. */
static double gain_of(const struct search *s, const struct lorenz_point *optimum, const struct decision *best)
{
	const struct frame *f = s->frame;
	double q_kw = frame_load_kw(f, fmin(optimum->q_kw, s->q_reach_kw), s->q_reach_kw);

	if (frame_need_kw(f) > 0)
		return NAN;
	if (!s->break_even)
		return savings_at(s, best);
	return frame_savings(f, s->merit, q_kw, frame_power_kw(f, q_kw));
}

/* While it must go on without paying it does least harm at its lowest load; where none is configured it stays where it is. */
static struct wanted wanted_of(const struct loop_config *loop, const struct search *s, const struct decision *best, double gain)
{
	double least_kw = frame_least_kw(s->frame), t_least_k = frame_t_k(s->frame, least_kw);

	return (struct wanted){
		.rule = s->frame->available && is_possible(s) ? PACE_FREE : PACE_OFF,
		.on = best->on,
		.reason = best->reason,
		.t_k = best->t_k,
		.low_k = s->t_low_k,
		.high_k = s->t_top_k,
		.from_k = fmax(isnan(loop->off_value_k) ? frame_curve(s->frame)->t_in_k : loop->off_value_k, t_least_k),
		.stay_k = isfinite(s->t_low_k) || least_kw > 0 ? fmax(s->t_low_k, t_least_k) : NAN,
		.gain = gain,
		.reference = frame_reference(s->frame, s->merit),
		.unit = objective_info[loop->objective].of_carbon ? DIM_MASS_RATE : DIM_MONEY_RATE,
	};
}

/* What is to run in the place of the heat pump; NULL: nothing. */
static const struct technology_row *power_of(const struct search *s)
{
	const struct machines *m = &s->frame->machines;

	return s->frame->general && m->ranking.n > 0 ? technologies_power(&m->ranking, s->merit, m->technology) : NULL;
}

static void make_power(const struct technology_row *power, struct decision *out)
{
	out->technology = power->index;
	out->made_eur_h = power->cost_savings_eur_h;
	out->made_kg_h = power->carbon_savings_kg_h;
}

/* Why nothing is best. */
static enum reason reason_off(const struct search *s)
{
	if (s->frame->general && s->frame->machines.ranking.n > 0 && s->frame->machines.technology == NO_TECHNOLOGY)
		return REASON_NO_TECHNOLOGY;
	if (power_of(s))
		return REASON_HEAT_TO_POWER;
	if (s->frame->held[s->merit])
		return REASON_DEMAND;
	if (frame_source_is_spent(s->frame) ||
	    (is_of_source(s->top_limit) && (frame_least_kw(s->frame) > s->q_top_kw || s->t_low_k > s->t_top_k)))
		return REASON_SOURCE;
	return REASON_NOT_BENEFICIAL;
}

bool decide(const struct loop_config *loop, const struct frame *frame, struct kept kept, struct decision *out,
            struct wanted *wanted, struct err *e)
{
	struct lorenz_operation operation;
	struct search s;
	struct decision found;
	double gain = 0;

	search_init(loop, frame, &s);
	if (!frame_operate(frame, s.merit, &s.by_temperature, &operation, e))
		return false;
	if (!frame->available) {
		decide_off(loop, frame_curve(frame)->t_in_k, kept, frame->stopped, &found);
	} else if (!best(&s, s.break_even ? &operation.break_even : &operation.optimal, &found)) {
		decide_off(loop, frame_curve(frame)->t_in_k, kept, reason_off(&s), &found);
		if (found.reason == REASON_HEAT_TO_POWER)
			make_power(power_of(&s), &found);
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
	struct search s;

	search_init(loop, frame, &s);
	run_at(&s, t_k, fmin(frame_q_kw(frame, t_k), s.q_top_kw), reason, out);
	out->t_k = t_k;
	out->reason = reason;
}

struct setpoint decision_setpoint(const struct loop_config *loop, const struct decision *decision, enum quality quality)
{
	struct setpoint out = {
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

	technology_write(loop, decision->technology, out.technology);
	return out;
}

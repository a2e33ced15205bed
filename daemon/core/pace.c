/* The wait that ends last decides: the condition must have held for its delay, the machine must have been on or off long
 * enough, the oldest of the day's starts must be a day old. The ramp moves in steps of the deadband, and never faster than
 * it says between any two temperatures applied; where it was at rest it has nothing saved up. */
#include "pace.h"

#include <math.h>
#include <string.h>

static const int64_t DAY_US = INT64_C(86400000000);
static const double STEP_MIN_S = 1;
static const double SLACK_K = 1e-9; /* of rounding, where a step is due */

static int64_t earlier(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

void pace_init(struct pace *p)
{
	*p = (struct pace){.t_k = NAN, .target_k = NAN, .since_us = NO_TIME, .pending_us = NO_TIME};
}

bool pace_is_configured(const struct pace_config *c)
{
	return isfinite(c->ramp_k_s) || c->min_on_us > 0 || c->min_off_us > 0 || c->max_starts > 0 || c->start_delay_us > 0 ||
	       c->stop_delay_us > 0 || c->start_above.kind != THRESHOLD_NONE || c->stop_below.kind != THRESHOLD_NONE;
}

unsigned pace_starts_day(const struct pace *p, int64_t now_us)
{
	unsigned n = 0;

	while (n < PACE_STARTS_MAX && n < p->starts && p->starts_us[(p->starts - 1 - n) % PACE_STARTS_MAX] > now_us - DAY_US)
		n++;
	return n;
}

/* ---- what was before this process ------------------------------------------------------- */

void pace_past_init(struct pace_past *past)
{
	*past = (struct pace_past){.t_k = NAN, .since_us = NO_TIME, .alive_us = NO_TIME};
}

void pace_past_add(struct pace_past *past, int64_t ts_us, bool on, double t_c)
{
	if (past->since_us == NO_TIME || on != past->on)
		past->since_us = ts_us;
	if (on && !past->on) {
		if (past->n_starts == PACE_STARTS_MAX)
			memmove(past->starts_us, past->starts_us + 1, --past->n_starts * sizeof(past->starts_us[0]));
		past->starts_us[past->n_starts++] = ts_us;
	}
	past->on = on;
	past->alive_us = ts_us;
	past->t_k = t_c + 273.15;
}

static void count_start(struct pace *p, int64_t at_us)
{
	p->starts_us[p->starts++ % PACE_STARTS_MAX] = at_us;
}

void pace_resume(struct pace *p, const struct pace_past *past, int64_t valid_for_us, int64_t offset_us, int64_t now_us)
{
	struct pace acted = *p;
	int64_t dropped_us = past->alive_us + valid_for_us - offset_us;
	uint64_t first = acted.starts > PACE_STARTS_MAX ? acted.starts - PACE_STARTS_MAX : 0;

	if (past->since_us == NO_TIME)
		return;
	p->starts = first;
	for (unsigned i = 0; i < past->n_starts; i++)
		count_start(p, earlier(past->starts_us[i] - offset_us, now_us));
	for (uint64_t i = first; i < acted.starts; i++)
		count_start(p, acted.starts_us[i % PACE_STARTS_MAX]);
	if (acted.since_us != NO_TIME)
		return;
	p->on = past->on && isfinite(past->t_k) && dropped_us >= now_us;
	p->since_us = past->on && !p->on ? earlier(dropped_us, now_us) : earlier(past->since_us - offset_us, now_us);
	p->t_k = p->target_k = p->on ? past->t_k : NAN;
}

/* ---- on and off ------------------------------------------------------------------------- */

struct wait {
	int64_t until_us;
	enum reason reason;
};

static void wait_for(struct wait *wait, int64_t until_us, enum reason reason)
{
	if (until_us > wait->until_us)
		*wait = (struct wait){until_us, reason};
}

static bool pays(const struct threshold *least, const struct wanted *w)
{
	switch (least->kind) {
	case THRESHOLD_NONE:
		return true;
	case THRESHOLD_SHARE:
		return !(w->gain < least->value * fmax(w->reference, 0));
	case THRESHOLD_RATE:
		return least->dimension != w->unit || !(w->gain < least->value);
	}
	return true;
}

int64_t pace_next_start_us(const struct pace_config *c, const struct pace *p)
{
	if (c->max_starts <= 0 || p->starts < (uint64_t)c->max_starts)
		return NO_TIME;
	return p->starts_us[(p->starts - (uint64_t)c->max_starts) % PACE_STARTS_MAX] + DAY_US;
}

/* Until when it waits before it goes on or off. */
static struct wait wait_of(const struct pace_config *c, const struct pace *p, const struct wanted *w)
{
	struct wait wait = {NO_TIME, w->reason};
	int64_t delay_us = isnan(w->gain) ? 0 : p->on ? c->stop_delay_us : c->start_delay_us;

	wait_for(&wait, p->pending_us + delay_us, p->on ? REASON_STOP_DELAY : REASON_START_DELAY);
	if (p->since_us != NO_TIME)
		wait_for(&wait, p->since_us + (p->on ? c->min_on_us : c->min_off_us), p->on ? REASON_MIN_ON : REASON_MIN_OFF);
	if (!p->on)
		wait_for(&wait, pace_next_start_us(c, p), REASON_MAX_STARTS);
	return wait;
}

static void turn(struct pace *p, bool on, int64_t now_us)
{
	p->on = on;
	p->t_k = p->target_k = NAN;
	p->since_us = now_us;
	p->pending_us = NO_TIME;
	if (on)
		count_start(p, now_us);
}

/* Whether it should run, waits left aside. */
static bool should_run(const struct pace_config *c, const struct pace *p, const struct wanted *w)
{
	return w->on && pays(p->on ? &c->stop_below : &c->start_above, w);
}

static void switch_over(const struct pace_config *c, struct pace *p, const struct wanted *w, bool run, int64_t now_us,
                        struct applied *out)
{
	struct wait wait;

	if (run == p->on) {
		p->pending_us = NO_TIME;
		if (!run && w->on)
			out->reason = REASON_START_ABOVE;
		return;
	}
	if (p->pending_us == NO_TIME)
		p->pending_us = now_us;
	wait = wait_of(c, p, w);
	if (now_us >= wait.until_us) {
		turn(p, run, now_us);
		if (!run && w->on)
			out->reason = REASON_START_ABOVE;
		return;
	}
	out->reason = wait.reason;
	out->next_us = wait.until_us;
}

/* ---- the temperature -------------------------------------------------------------------- */

static double within(double t_k, const struct wanted *w)
{
	return fmax(fmin(t_k, w->high_k), w->low_k);
}

static int64_t time_for(const struct pace_config *c, double gap_k)
{
	return (int64_t)ceil(gap_k / c->ramp_k_s * 1e6);
}

static double step_k(const struct pace_config *c)
{
	return fmax(c->step_k, c->ramp_k_s * STEP_MIN_S);
}

/* Where it may be by now on the way to the target: a whole step further, or there. */
static double next_k(const struct pace_config *c, const struct pace *p, int64_t now_us)
{
	double gap_k = p->target_k - p->t_k, reach_k = c->ramp_k_s * (double)(now_us - p->moved_us) * 1e-6;

	if (fabs(gap_k) <= reach_k + SLACK_K)
		return p->target_k;
	return reach_k >= step_k(c) - SLACK_K ? p->t_k + copysign(reach_k, gap_k) : p->t_k;
}

static void place(struct pace *p, double t_k, int64_t now_us)
{
	if (p->t_k == t_k)
		return;
	p->t_k = t_k;
	p->moved_us = now_us;
}

/* True while it is on its way; *next_us: its next step. */
static bool move(const struct pace_config *c, struct pace *p, const struct wanted *w, double target_k, int64_t now_us,
                 int64_t *next_us)
{
	bool at_rest = p->t_k == p->target_k;

	p->target_k = target_k;
	if (!isfinite(c->ramp_k_s)) {
		place(p, target_k, now_us);
		return false;
	}
	if (isnan(p->t_k))
		place(p, within(fmin(w->from_k, target_k), w), now_us);
	else if (at_rest)
		p->moved_us = now_us;
	place(p, within(next_k(c, p, now_us), w), now_us);
	if (p->t_k == target_k)
		return false;
	*next_us = p->moved_us + time_for(c, fmin(fabs(target_k - p->t_k), step_k(c)));
	return true;
}

static double target_of(const struct pace *p, const struct wanted *w, bool run)
{
	if (run)
		return within(w->t_k, w);
	return within(w->rule == PACE_AS_IS || isnan(w->stay_k) ? p->t_k : w->stay_k, w);
}

struct applied pace_step(const struct pace_config *c, struct pace *p, const struct wanted *w, int64_t now_us)
{
	struct applied out = {.reason = w->reason, .next_us = INT64_MAX};
	bool run = w->rule == PACE_FREE && should_run(c, p, w);
	int64_t step_us;

	switch (w->rule) {
	case PACE_FREE:
		switch_over(c, p, w, run, now_us, &out);
		break;
	case PACE_OFF:
		p->pending_us = NO_TIME;
		if (p->on)
			turn(p, false, now_us);
		break;
	case PACE_AS_IS:
		p->pending_us = NO_TIME;
		break;
	}
	if (p->on && move(c, p, w, target_of(p, w, run), now_us, &step_us)) {
		out.next_us = earlier(step_us, out.next_us);
		if (out.reason == w->reason && w->reason != REASON_FALLBACK)
			out.reason = REASON_RAMP;
	}
	out.on = p->on;
	out.t_k = p->t_k;
	return out;
}

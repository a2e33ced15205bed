/* The time of a call. Ages and deadlines go by the monotonic clock, so a UTC that is wrong or is set harms stamps alone: here
 * that is noticed and told, and what SCADA holds gets a valid_until by the new time. What cannot be mended is marked:
 * quality is at most uncertain while the clock was never set. */
#include "engine_internal.h"

#include <stdio.h>

static const int64_t STEP_US = 1000000; /* what counts as setting the clock, and as being behind a stamp */

const char *const clock_state_text[CLOCK_STATE_COUNT] = {"ok", "behind", "unset"};

static const struct clock_words {
	const char *code, *what;   /* where it came about without a step */
	enum severity severity;
	const char *done;
} clock_words[CLOCK_STATE_COUNT] = {
	[CLOCK_OK] = {"clock_ok", "is past all stamps", SEVERITY_INFO, "ts of setpoints is the clock's"},
	[CLOCK_BEHIND] = {"clock_behind", "is behind", SEVERITY_WARNING,
	                  "ts of setpoints goes on from the newest one, a microsecond apart, until the clock is past it; samples follow the clock"},
	[CLOCK_UNSET] = {"clock_unset", "was never set", SEVERITY_WARNING,
	                 "stamps are wrong and quality is at most uncertain until it is set"},
};

enum clock_state engine_clock(const struct engine *e)
{
	return e->clock;
}

static enum clock_state judge(const struct engine *e)
{
	if (e->now.utc_us < CLOCK_SET_US)
		return CLOCK_UNSET;
	return e->stamped_us > e->now.utc_us + STEP_US ? CLOCK_BEHIND : CLOCK_OK;
}

static bool may_tell(struct engine *e)
{
	uint32_t held_back;

	return ratelim_take(&e->clock_tellings, e->now.mono_us, &held_back);
}

static void tell_state(struct engine *e)
{
	const struct clock_words *words = &clock_words[e->clock];
	char message[EVENT_MESSAGE_MAX], now[STAMP_SIZE], newest[STAMP_SIZE];

	if (!may_tell(e))
		return;
	snprintf(message, sizeof(message), "the system clock says %s and %s%s%s; decisions go on, %s", stamp_format(e->now.utc_us, now),
	         words->what, e->clock == CLOCK_BEHIND ? " a setpoint of " : "",
	         e->clock == CLOCK_BEHIND ? stamp_format(e->stamped_us, newest) : "", words->done);
	emit_event(e, NO_LOOP, e->now.utc_us, words->severity, words->code, message);
}

static void tell_step(struct engine *e, int64_t step_us)
{
	char message[EVENT_MESSAGE_MAX], from[STAMP_SIZE], to[STAMP_SIZE];

	if (!may_tell(e))
		return;
	snprintf(message, sizeof(message),
	         "the system clock was set %.1f s %s, from %s to %s; ages and decisions go on, setpoints are valid anew, %s",
	         (double)(step_us < 0 ? -step_us : step_us) / 1e6, step_us < 0 ? "back" : "forward",
	         stamp_format(e->now.utc_us - step_us, from), stamp_format(e->now.utc_us, to), clock_words[e->clock].done);
	emit_event(e, NO_LOOP, e->now.utc_us, SEVERITY_WARNING, "clock_step", message);
}

static void renew_all(struct engine *e)
{
	for (uint32_t i = 0; i < e->config->n_loops; i++) {
		if (e->loops[i].published)
			deadlines_set(&e->deadlines, id_validity(e, i), e->now.mono_us);
		if (e->config->loops[i].n_adders > 0)
			deadlines_set(&e->deadlines, id_tariff(e, i), e->now.mono_us);
	}
}

void engine_at(struct engine *e, struct instant now)
{
	int64_t step_us = now.utc_us - now.mono_us - e->offset_us;
	bool set = step_us >= STEP_US || step_us <= -STEP_US;
	enum clock_state before = e->clock;

	e->now = now;
	if (!e->options.live)
		return;
	e->clock = judge(e);
	if (set) {
		e->offset_us += step_us;
		tell_step(e, step_us);
		plant_clock_set(e->plant, now);
		renew_all(e);
		engine_clock_moved_wishes(e);
		totals_day_due(e);
	} else if (e->clock != before) {
		tell_state(e);
	}
	if (e->clock != before)
		alarm_set(e, NO_LOOP, ALARM_CLOCK, e->clock != CLOCK_OK, clock_words[e->clock].done);
	if ((e->clock == CLOCK_UNSET) != (before == CLOCK_UNSET))
		engine_mark_all(e);
}

/* The pacing alone, against what it promises: a million seeded random steps, whatever is wanted, with restarts and other
 * configurations on the way. What was applied is judged by a book of its own, not by the state under test. */
#include "check.h"
#include "core/pace.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS = 1000, STEPS = 1000, STARTS = RUNS * STEPS };
static const int64_t S = 1000000, MIN = 60 * INT64_C(1000000), DAY = 86400 * INT64_C(1000000);

/* ---- chance ----------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t chance(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 33) % n;
}

static double between(double low, double high)
{
	return low + (high - low) * (double)chance(1 << 20) / (1 << 20);
}

static int64_t some_time(int64_t most_us)
{
	return chance(3) == 0 ? 0 : (int64_t)between(0, (double)most_us);
}

static struct threshold some_threshold(double least)
{
	static const enum threshold_kind kinds[] = {THRESHOLD_NONE, THRESHOLD_RATE, THRESHOLD_SHARE};
	struct threshold t = {.kind = kinds[chance(3)], .value = least};

	if (t.kind == THRESHOLD_SHARE)
		t.value /= 288;
	return t;
}

static struct pace_config some_config(void)
{
	return (struct pace_config){
	    .ramp_k_s = chance(4) == 0 ? INFINITY : between(0.0005, 0.5),
	    .step_k = chance(3) == 0 ? 0 : between(0, 3),
	    .min_on_us = some_time(120 * MIN),
	    .min_off_us = some_time(120 * MIN),
	    .max_starts = (int)chance(6),
	    .start_above = some_threshold(between(0, 20)),
	    .stop_below = some_threshold(between(0, 5)),
	    .start_delay_us = some_time(20 * MIN),
	    .stop_delay_us = some_time(20 * MIN),
	};
}

/* Mostly as before, so that delays have something to wait for. */
static void want_else(struct wanted *w)
{
	static const enum pace_rule rules[] = {PACE_FREE, PACE_FREE, PACE_FREE, PACE_FREE,
	                                       PACE_FREE, PACE_FREE, PACE_OFF,  PACE_AS_IS};

	if (chance(4) == 0)
		w->rule = rules[chance(8)];
	if (chance(4) == 0)
		w->on = chance(3) > 0;
	if (chance(8) == 0)
		w->low_k = chance(2) ? -INFINITY : between(330, 360);
	if (chance(8) == 0)
		w->high_k = between(360, 460);
	if (chance(2) == 0)
		w->t_k = between(w->low_k > 330 ? w->low_k : 330, w->high_k);
	if (chance(4) == 0)
		w->gain = chance(5) == 0 ? NAN : between(-5, 30);
	w->from_k = chance(9) == 0 ? NAN : between(300, 380);
	w->stay_k = chance(2) ? NAN : between(330, 360);
	w->reference = chance(20) == 0 ? -5 : 288;
	w->reason = w->on ? REASON_OPTIMUM : REASON_NOT_BENEFICIAL;
}

/* ---- the book --------------------------------------------------------------------------- */

struct book {
	bool on, at_rest;
	double t_k;
	int64_t moved_us, since_us, worth_us, worthless_us; /* INT64_MIN: never, not */
	size_t n_starts;
};
static int64_t starts_us[STARTS];

static bool is_enough(const struct threshold *least, const struct wanted *w)
{
	double value = least->kind == THRESHOLD_SHARE ? least->value * fmax(w->reference, 0) : least->value;

	return least->kind == THRESHOLD_NONE || isnan(w->gain) || w->gain >= value;
}

/* Since when it has been worth while to start, and not worth while to run, without a break. */
static void watch(const struct pace_config *c, struct book *b, const struct wanted *w, int64_t now_us)
{
	bool judged = w->rule == PACE_FREE;
	bool worth = judged && w->on && is_enough(&c->start_above, w);
	bool worthless = judged && !(w->on && is_enough(&c->stop_below, w));

	b->worth_us = !worth ? INT64_MIN : b->worth_us == INT64_MIN ? now_us : b->worth_us;
	b->worthless_us = !worthless ? INT64_MIN : b->worthless_us == INT64_MIN ? now_us : b->worthless_us;
}

static void check_start(const struct pace_config *c, struct book *b, const struct wanted *w, int64_t now_us)
{
	assert_true(w->rule == PACE_FREE && w->on);
	assert_true(b->worth_us != INT64_MIN);
	assert_true(isnan(w->gain) || now_us - b->worth_us >= c->start_delay_us);
	assert_true(b->since_us == INT64_MIN || now_us - b->since_us >= c->min_off_us);
	starts_us[b->n_starts++] = now_us;
	if (c->max_starts > 0 && b->n_starts > (size_t)c->max_starts)
		assert_true(now_us - starts_us[b->n_starts - 1 - (size_t)c->max_starts] >= DAY);
}

static void check_stop(const struct pace_config *c, const struct book *b, const struct wanted *w, int64_t now_us)
{
	if (w->rule == PACE_OFF)
		return;
	assert_true(w->rule == PACE_FREE && b->worthless_us != INT64_MIN);
	assert_true(isnan(w->gain) || now_us - b->worthless_us >= c->stop_delay_us);
	assert_true(b->since_us == INT64_MIN || now_us - b->since_us >= c->min_on_us);
}

static void check_temperature(const struct pace_config *c, const struct book *b, const struct wanted *w, double t_k,
                              int64_t now_us)
{
	double reach_k = b->at_rest ? 0 : c->ramp_k_s * (double)(now_us - b->moved_us) * 1e-6;

	assert_true(t_k >= w->low_k && t_k <= w->high_k);
	if (!isfinite(c->ramp_k_s) || !b->on)
		return;
	assert_true(fabs(t_k - b->t_k) <= reach_k + 1e-6 || t_k == w->low_k || t_k == w->high_k);
}

static void check_applied(const struct pace_config *c, struct book *b, const struct wanted *w, const struct pace *p,
                          const struct applied *a, int64_t now_us)
{
	assert_true(a->next_us > now_us);
	assert_true(a->on || isnan(a->t_k));
	assert_true(w->rule != PACE_OFF || !a->on);
	if (a->on && !b->on)
		check_start(c, b, w, now_us);
	if (!a->on && b->on)
		check_stop(c, b, w, now_us);
	if (a->on)
		check_temperature(c, b, w, a->t_k, now_us);
	if (a->on != b->on)
		b->since_us = now_us;
	if (a->on && (a->t_k != b->t_k || b->at_rest))
		b->moved_us = now_us;
	b->on = a->on;
	b->t_k = a->t_k;
	b->at_rest = a->on && a->t_k == p->target_k;
}

/* ---- a million steps -------------------------------------------------------------------- */

struct past_log {
	struct pace_past past;
	int64_t offset_us;
};

static void begin_anew(struct pace *p, struct book *b, const struct past_log *log, int64_t now_us)
{
	pace_init(p);
	pace_resume(p, &log->past, INT64_MAX / 4, log->offset_us, now_us);
	b->at_rest = true;
	b->worth_us = b->worthless_us = INT64_MIN;
}

static void one_run(void)
{
	struct pace_config c = some_config();
	struct pace p;
	struct wanted w = {.high_k = 400, .low_k = -INFINITY, .t_k = 380, .on = true, .gain = 10, .reference = 288};
	struct book b = {.t_k = NAN, .since_us = INT64_MIN, .worth_us = INT64_MIN, .worthless_us = INT64_MIN};
	struct past_log log = {.offset_us = INT64_C(1767225600000000)};
	struct applied a = {.next_us = INT64_MAX};
	int64_t now_us = 0;

	pace_init(&p);
	pace_past_init(&log.past);
	for (int i = 0; i < STEPS; i++) {
		int64_t wait_us = 1 + (int64_t)between(0, (double)(chance(8) == 0 ? 180 * MIN : 40 * S));

		if (a.next_us != INT64_MAX && chance(2) == 0 && a.next_us < now_us + DAY)
			now_us = a.next_us;
		else
			now_us += wait_us;
		want_else(&w);
		if (chance(100) == 0)
			begin_anew(&p, &b, &log, now_us);
		watch(&c, &b, &w, now_us);
		a = pace_step(&c, &p, &w, now_us);
		check_applied(&c, &b, &w, &p, &a, now_us);
		pace_past_add(&log.past, now_us + log.offset_us, a.on, a.on ? a.t_k - 273.15 : NAN);
	}
	assert_true(p.starts <= b.n_starts);
	assert_true(pace_starts_day(&p, now_us) <= PACE_STARTS_MAX);
}

static void test_promises_hold(void **state)
{
	(void)state;
	for (seed = 1; seed < 1000003; seed += 1000) {
		uint64_t run = seed;

		one_run();
		seed = run;
	}
}

/* Left alone, served only when it asks, it is there in the time that the ramp takes. */
static void test_a_ramp_arrives(void **state)
{
	(void)state;
	seed = 7;
	for (int i = 0; i < 2000; i++) {
		struct pace_config c = some_config();
		struct wanted w = {.high_k = 460,
		                   .low_k = 300,
		                   .from_k = between(300, 460),
		                   .on = true,
		                   .gain = 100,
		                   .reference = 288,
		                   .reason = REASON_OPTIMUM};
		struct applied a;
		struct pace p;
		int64_t now_us = (int64_t)between(-1e12, 1e12), began_us = NO_TIME;
		double way_k;

		if (!isfinite(c.ramp_k_s))
			continue;
		w.t_k = between(300, 460);
		way_k = fabs(w.t_k - w.from_k);
		pace_init(&p);
		for (a = pace_step(&c, &p, &w, now_us); a.next_us != INT64_MAX; a = pace_step(&c, &p, &w, now_us)) {
			now_us = a.next_us;
			began_us = a.on && began_us == NO_TIME ? p.since_us : began_us;
		}
		assert_true(a.on && a.reason == REASON_OPTIMUM);
		check_double(a.t_k, w.t_k, 0, 0);
		if (began_us != NO_TIME)
			check_double((double)(now_us - began_us) * 1e-6, way_k / c.ramp_k_s, 1e-6,
			             0.001 + way_k / fmax(c.step_k, c.ramp_k_s) * 2e-6);
	}
}

/* A history that comes late counts its starts in and moves nothing. */
static void test_a_late_past(void **state)
{
	struct pace_config c = {.ramp_k_s = INFINITY, .max_starts = 3};
	struct wanted w = {
	    .high_k = 400, .low_k = 300, .t_k = 350, .on = true, .gain = 1, .reference = 288, .stay_k = NAN, .from_k = NAN};
	struct pace_past past;
	struct applied a;
	struct pace p;

	(void)state;
	pace_past_init(&past);
	pace_past_add(&past, 1 * MIN, false, 50);
	pace_past_add(&past, 2 * MIN, true, 90);
	pace_past_add(&past, 3 * MIN, false, NAN);
	pace_past_add(&past, 4 * MIN, true, 90);
	pace_init(&p);
	a = pace_step(&c, &p, &w, 10 * MIN);
	assert_true(a.on);
	pace_resume(&p, &past, MIN, 0, 11 * MIN);
	assert_true(p.on && p.since_us == 10 * MIN && p.t_k == 350);
	assert_int_equal(pace_starts_day(&p, 11 * MIN), 3);
	w.on = false;
	assert_false(pace_step(&c, &p, &w, 12 * MIN).on);
	w.on = true;
	a = pace_step(&c, &p, &w, 13 * MIN);
	assert_false(a.on);
	assert_int_equal(a.reason, REASON_MAX_STARTS);
	assert_true(a.next_us == 2 * MIN + DAY);
	assert_true(pace_step(&c, &p, &w, a.next_us).on);
}

/* More starts than are remembered: the oldest go. */
static void test_many_starts(void **state)
{
	struct pace_past past;
	struct pace p;

	(void)state;
	pace_past_init(&past);
	for (int i = 0; i < 200; i++)
		pace_past_add(&past, i * MIN, i % 2 == 0, 90);
	assert_int_equal(past.n_starts, PACE_STARTS_MAX);
	assert_true(past.starts_us[PACE_STARTS_MAX - 1] == 198 * MIN);
	pace_init(&p);
	pace_resume(&p, &past, MIN, 0, 200 * MIN);
	assert_int_equal(pace_starts_day(&p, 200 * MIN), PACE_STARTS_MAX);
	assert_false(p.on);
	assert_true(p.since_us == 199 * MIN);
	pace_past_add(&past, 200 * MIN, true, 90);
	pace_init(&p);
	pace_resume(&p, &past, MIN, 0, 201 * MIN);
	assert_true(p.on && p.since_us == 200 * MIN);
	pace_init(&p);
	pace_resume(&p, &past, MIN, 0, 202 * MIN); /* SCADA has dropped it */
	assert_true(!p.on && p.since_us == 201 * MIN && isnan(p.t_k));
	pace_init(&p);
	pace_resume(&p, &past, MIN, 0, 200 * MIN);
	assert_int_equal(pace_starts_day(&p, 200 * MIN), PACE_STARTS_MAX);
}

/* An operator's word or a fallback is not judged by money and waits for nothing but the machine. */
static void test_what_is_not_judged(void **state)
{
	struct pace_config c = {.ramp_k_s = INFINITY,
	                        .start_delay_us = 5 * MIN,
	                        .stop_delay_us = 5 * MIN,
	                        .min_on_us = MIN,
	                        .start_above = {.kind = THRESHOLD_RATE, .value = 5}};
	struct wanted w = {.high_k = 400,
	                   .low_k = 300,
	                   .t_k = 350,
	                   .on = true,
	                   .gain = NAN,
	                   .stay_k = NAN,
	                   .from_k = NAN,
	                   .reason = REASON_FALLBACK};
	struct applied a;
	struct pace p;

	(void)state;
	pace_init(&p);
	assert_true(pace_step(&c, &p, &w, 0).on);
	w.on = false;
	a = pace_step(&c, &p, &w, 1);
	assert_true(a.on && a.reason == REASON_MIN_ON && a.next_us == MIN);
	assert_false(pace_step(&c, &p, &w, MIN).on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_promises_hold), cmocka_unit_test(test_a_ramp_arrives),     cmocka_unit_test(test_a_late_past),
	    cmocka_unit_test(test_many_starts),   cmocka_unit_test(test_what_is_not_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

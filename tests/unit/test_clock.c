/* A system clock that is set while the service runs, that was never set, that is behind the history: on virtual time, UTC
 * and the monotonic clock apart. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const stamped_price = ", pointer: /v, stale_after: 1 h, time: {pointer: /ts, format: unix_s}";
static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_US = INT64_C(3600000000);
static const int64_t DAY_US = INT64_C(86400000000);

static struct world *steady(const char *extra)
{
	struct world *w = world_dryer("", extra, "");

	world_dryer_inputs(w);
	world_to(w, 10);
	world_send(w, "t/source", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	return w;
}

static void set_clock(struct world *w, int64_t by_us)
{
	w->now.utc_us += by_us;
	world_run(w);
}

static int64_t valid_until_us(struct world *w)
{
	const char *at = strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"valid_until\":\"");
	char text[STAMP_SIZE];
	int64_t ts_us;

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.27s", at + strlen("\"valid_until\":\""));
	assert_true(stamp_parse(text, &ts_us));
	return ts_us;
}

static const char *last_event(const struct world *w, const char *code)
{
	const struct record *record = &w->events[(w->n_events - 1) % 256];

	assert_true(w->n_events > 0);
	assert_string_equal(record->event.code, code);
	return record->event.message;
}

static void price_with_time(struct world *w, double eur_mwh, int64_t ts_us)
{
	char text[80];

	snprintf(text, sizeof(text), "{\"v\": %g, \"ts\": %lld}", eur_mwh, (long long)(ts_us / SECOND_US));
	world_send(w, "p/elec", text);
}

/* ---- set while it runs ------------------------------------------------------------------ */

static void test_set_makes_the_setpoint_valid_anew(void **state)
{
	static const int64_t steps_us[] = {HOUR_US, -HOUR_US, DAY_US, -DAY_US, 2 * SECOND_US, -2 * SECOND_US};

	(void)state;
	for (size_t i = 0; i < sizeof(steps_us) / sizeof(steps_us[0]); i++) {
		struct world *w = steady("");
		size_t before = w->published[TOPIC_SETPOINT];

		set_clock(w, steps_us[i]);
		assert_int_equal(w->published[TOPIC_SETPOINT], before + 1);
		assert_int_equal(valid_until_us(w), w->now.utc_us + 120 * SECOND_US);
		assert_int_equal(w->n_setpoints, 1);
		assert_non_null(strstr(last_event(w, "clock_step"), steps_us[i] < 0 ? "s back, from 2026-01-01T00:00:10.000000Z to " : "s forward, from 2026-01-01T00:00:10.000000Z to "));
		assert_int_equal(engine_clock(w->engine), steps_us[i] < 0 ? CLOCK_BEHIND : CLOCK_OK);
		world_free(w);
	}
}

static void test_set_ages_nothing(void **state)
{
	static const int64_t steps_us[] = {HOUR_US, -HOUR_US, DAY_US, -DAY_US};

	(void)state;
	for (size_t i = 0; i < sizeof(steps_us) / sizeof(steps_us[0]); i++) {
		struct world *w = steady("");

		set_clock(w, steps_us[i]);
		world_to(w, 69.9);
		check_running(w, QUALITY_GOOD, T_OPT_C);
		world_to(w, 70.1);
		check_bad(w, REASON_BAD_INPUT);
		world_free(w);
	}
}

/* Decisions while a shared input's stamps creep on: no stamp before its cause, none twice. */
static void test_stamps_rise_while_the_clock_is_behind(void **state)
{
	struct world *w = steady("    setpoint: {deadband: 0 K}\n");
	size_t first;
	char price[16];

	(void)state;
	set_clock(w, -HOUR_US);
	first = w->n_setpoints;
	for (int i = 0; i < 50; i++) {
		snprintf(price, sizeof(price), "%d", 120 + i);
		for (int k = 0; k < 30; k++)
			world_queue(w, "p/elec", price);
		world_run(w);
	}
	assert_int_equal(w->n_setpoints, first + 50);
	for (size_t i = first; i < w->n_setpoints; i++) {
		assert_true(w->setpoints[i].ts_us > w->setpoints[i - 1].ts_us);
		assert_true(w->setpoints[i].ts_us >= w->setpoints[i].cause_us);
		assert_int_equal(w->setpoints[i].seq, w->setpoints[i - 1].seq + 1);
	}
	assert_true(world_setpoint(w)->ts_us < w->now.utc_us + HOUR_US + SECOND_US);
	world_to(w, 3600 + 60);
	world_send(w, "p/elec", "100");
	assert_int_equal(world_events(w, "clock_ok"), 1);
	assert_int_equal(world_setpoint(w)->ts_us, w->now.utc_us);
	world_free(w);
}

static void test_small_steps_are_no_news(void **state)
{
	struct world *w = steady("");
	size_t before = w->n_events;

	(void)state;
	set_clock(w, -900000);
	set_clock(w, 1800000);
	set_clock(w, -900000);
	assert_int_equal(w->n_events, before);
	world_free(w);
}

static void test_a_clock_that_jumps_about_is_told_ten_times_a_minute(void **state)
{
	struct world *w = steady("");

	(void)state;
	for (int i = 0; i < 100; i++)
		set_clock(w, i % 2 ? HOUR_US : -HOUR_US);
	assert_int_equal(world_events(w, "clock_step"), 10);
	world_free(w);
}

/* ---- samples with times of their own ---------------------------------------------------- */

static struct world *with_times(void)
{
	struct world *w = world_dryer(stamped_price, "", "");

	world_queue(w, "t/source", "15");
	world_queue(w, "t/in", "55");
	return w;
}

static void test_refused_as_future_is_taken_when_the_clock_is_set(void **state)
{
	struct world *w = with_times();
	int64_t real_us = w->now.utc_us + 30 * DAY_US;

	(void)state;
	price_with_time(w, 132, real_us);
	check_bad(w, REASON_BAD_INPUT);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "in the future: here it is 2026-01-01T00:00:00"));
	world_to(w, 120);
	world_send(w, "t/source", "15");
	set_clock(w, 30 * DAY_US);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->cause_us, real_us);
	world_free(w);
}

static void test_refused_as_old_is_taken_when_the_clock_is_set_back(void **state)
{
	struct world *w = with_times();

	(void)state;
	price_with_time(w, 132, w->now.utc_us - 2 * HOUR_US);
	check_bad(w, REASON_BAD_INPUT);
	set_clock(w, -2 * HOUR_US);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* It has waited here for longer than its age by the clock: it ages from when it was heard. */
static void test_refused_ages_while_it_waits(void **state)
{
	struct world *w = with_times();

	(void)state;
	price_with_time(w, 132, w->now.utc_us + DAY_US);
	world_to(w, 2 * 3600);
	world_send(w, "t/source", "15");
	set_clock(w, DAY_US - 2 * HOUR_US);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

/* A sensor that died does not come back to life. */
static void test_stale_stays_stale(void **state)
{
	struct world *w = with_times();

	(void)state;
	price_with_time(w, 132, w->now.utc_us);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 3700);
	world_send(w, "t/source", "15");
	check_bad(w, REASON_BAD_INPUT);
	set_clock(w, -HOUR_US);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

static void test_an_unreadable_message_ends_the_waiting(void **state)
{
	struct world *w = with_times();

	(void)state;
	price_with_time(w, 132, w->now.utc_us + DAY_US);
	world_send(w, "p/elec", "nothing");
	set_clock(w, DAY_US);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

/* ---- never set, behind the history ------------------------------------------------------ */

static void test_never_set_is_marked(void **state)
{
	struct world *w = world_dryer("", "", "");
	int64_t real_us = w->now.utc_us;

	(void)state;
	set_clock(w, 10 * SECOND_US - real_us);
	last_event(w, "clock_step");
	assert_int_equal(engine_clock(w->engine), CLOCK_UNSET);
	world_dryer_inputs(w);
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(w->samples[0].sample.quality, QUALITY_UNCERTAIN);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"quality\":\"uncertain\",\"reason\":\"the system clock is not set\""));
	set_clock(w, real_us);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_non_null(strstr(last_event(w, "clock_step"), "from 1970-01-01T00:00:10.000000Z to 2026-01-01T00:00:10.000000Z"));
	world_send(w, "p/elec", "132");
	assert_int_equal(w->samples[(w->n_samples - 1) % 256].sample.quality, QUALITY_GOOD);
	world_free(w);
}

static void test_never_set_at_the_start_is_told(void **state)
{
	struct world *w = world_dryer("", "", "");
	struct engine_options options = {.live = true};
	struct engine_hooks hooks = {.record = NULL};
	struct instant boot = {.mono_us = 5000000, .utc_us = 5000000};
	struct engine *e = engine_new(w->config, &options, &hooks, boot);

	(void)state;
	engine_run(e, boot, 10);
	assert_int_equal(engine_clock(e), CLOCK_UNSET);
	engine_free(e);
	world_free(w);
}

static void test_behind_the_history_is_told(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	engine_resume(w->engine, 0, 41, w->now.utc_us + HOUR_US);
	world_dryer_inputs(w);
	assert_non_null(strstr(last_event(w, "clock_behind"), "is behind a setpoint of 2026-01-01T01:00:00.000000Z"));
	assert_int_equal(world_setpoint(w)->ts_us, w->now.utc_us + HOUR_US + 1);
	assert_int_equal(world_setpoint(w)->valid_until_us, w->now.utc_us + 120 * SECOND_US);
	assert_int_equal(world_setpoint(w)->seq, 42);
	world_free(w);
}

/* A table of 2018 is no clock. */
static void test_replayed_times_are_believed(void **state)
{
	struct world *w = world_dryer("", "", "");
	struct engine_options options = {.live = false};
	struct engine_hooks hooks = {.record = NULL};
	struct instant then = {.mono_us = 5000000, .utc_us = 5000000};
	struct engine *e = engine_new(w->config, &options, &hooks, then);

	(void)state;
	engine_run(e, then, 10);
	assert_int_equal(engine_clock(e), CLOCK_OK);
	engine_free(e);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_makes_the_setpoint_valid_anew),
		cmocka_unit_test(test_set_ages_nothing),
		cmocka_unit_test(test_stamps_rise_while_the_clock_is_behind),
		cmocka_unit_test(test_small_steps_are_no_news),
		cmocka_unit_test(test_a_clock_that_jumps_about_is_told_ten_times_a_minute),
		cmocka_unit_test(test_refused_as_future_is_taken_when_the_clock_is_set),
		cmocka_unit_test(test_refused_as_old_is_taken_when_the_clock_is_set_back),
		cmocka_unit_test(test_refused_ages_while_it_waits),
		cmocka_unit_test(test_stale_stays_stale),
		cmocka_unit_test(test_an_unreadable_message_ends_the_waiting),
		cmocka_unit_test(test_never_set_is_marked),
		cmocka_unit_test(test_never_set_at_the_start_is_told),
		cmocka_unit_test(test_behind_the_history_is_told),
		cmocka_unit_test(test_replayed_times_are_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

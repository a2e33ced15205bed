/* Filters and cross-checks as a plant meets them: what the loop does, what is stored, what state and events say. */
#include "signal_checks.h"

/* ---- filters ---------------------------------------------------------------------------- */

static void test_sentinel_stops_and_returns(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC, scale: 0.1, sentinels: [8888, -9999]}", "");

	(void)state;
	world_send(w, "t/s", "150");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 10);
	world_send(w, "t/s", "8888");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_BAD);
	check_near(last_sample(w)->sample.value, 888.8);
	assert_int_equal(world_events(w, "signal_sentinel"), 1);
	has(state_of(w, 12), "\"raw\":888.8,");
	has(world_payload(w, TOPIC_STATE, 0), "888.8 stands for a fault of the sensor");
	has(world_payload(w, TOPIC_STATE, 0), "\"rejected\":1");
	world_send(w, "t/s", "150");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_spike_leaves_the_last_good_value(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC, stale_after: 60 s, spikes: {window: 5}}", "");

	(void)state;
	for (int i = 0; i < 6; i++) {
		world_to(w, 10 * i);
		world_send(w, "t/s", "15");
	}
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 60);
	world_send(w, "t/s", "85");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_BAD);
	assert_int_equal(world_events(w, "signal_spike"), 1);
	has(state_of(w, 62), "\"value\":15.0,\"raw\":85.0,");
	has(world_payload(w, TOPIC_STATE, 0),
	    "is a spike: the median of the last 5 is 15, no more than 2 from it is believed; 15 degC counts on");
	world_send(w, "t/s", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* The age goes on from the last value that was believed. */
static void test_refused_values_do_not_keep_a_signal_fresh(void **state)
{
	struct world *w =
	    dryer_with("t_in: {topic: t/s, unit: degC, stale_after: 60 s, max_rate: {change: 1 K, per: 1 min}}", "");

	(void)state;
	world_send(w, "t/s", "15");
	for (int i = 1; i < 6; i++) {
		world_to(w, 10 * i);
		world_send(w, "t/s", "40");
		check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	}
	world_to(w, 60);
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "signal_too_fast"), 1);
	assert_int_equal(world_events(w, "signal_stale"), 1);
	world_send(w, "t/s", "40"); /* another refusal makes nothing better */
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "t/s", "15.5");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_free(w);
}

static void test_frozen_is_bad_or_uncertain(void **state)
{
	static const char *const keys[] = {"t_in: {topic: t/s, unit: degC, frozen_after: 5 min}",
	                                   "t_in: {topic: t/s, unit: degC, frozen_after: 5 min, frozen: uncertain}"};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct world *w = dryer_with(keys[k], "");

		for (int i = 0; i < 10; i++) {
			world_to(w, 30 * i);
			world_send(w, "t/s", "15");
			check_running(w, QUALITY_GOOD, T_OPT_C);
		}
		world_to(w, 300);
		world_send(w, "t/s", "15");
		assert_int_equal(world_setpoint(w)->quality, k ? QUALITY_UNCERTAIN : QUALITY_BAD);
		assert_int_equal(last_sample(w)->sample.quality, k ? QUALITY_UNCERTAIN : QUALITY_BAD);
		assert_int_equal(world_events(w, "signal_frozen"), 1);
		has(state_of(w, 302), "frozen: 15 degC without a change for 300 s");
		world_send(w, "t/s", "15.1");
		assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
		world_free(w);
	}
}

static void test_smoothing_is_for_the_loops_not_for_the_history(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC, smoothing: 30 s}", "");

	(void)state;
	world_send(w, "t/s", "15");
	world_to(w, 30);
	world_send(w, "t/s", "25");
	check_near(last_sample(w)->sample.value, 25);
	has(state_of(w, 32), "\"value\":21.321206,\"raw\":25.0,");
	assert_true(world_setpoint(w)->t_sink_out_c > T_OPT_C + 8 && world_setpoint(w)->t_sink_out_c < T_OPT_C + 9);
	world_free(w);
}

/* What the source says and what the filters find: the worse of them counts; what it calls bad teaches them nothing. */
static void test_quality_that_the_source_tells(void **state)
{
	struct world *w =
	    dryer_with("t_in: {topic: t/s, unit: degC, pointer: /v, quality: {pointer: /q, good: [0], uncertain: [1]}, "
	               "max_rate: {change: 1 K, per: 1 min}}",
	               "");

	(void)state;
	world_send(w, "t/s", "{\"v\": 15, \"q\": 0}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "t/s", "{\"v\": 15, \"q\": 1}");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_UNCERTAIN);
	assert_int_equal(world_events(w, "signal_uncertain"), 1);
	world_send(w, "t/s", "{\"v\": 40, \"q\": 1}");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_BAD);
	assert_int_equal(world_events(w, "signal_too_fast"), 1);
	world_send(w, "t/s", "{\"v\": 15.9, \"q\": 2}");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "signal_bad_quality"), 1);
	has(state_of(w, 2), "\"raw\":15.9,");
	world_send(w, "t/s", "{\"v\": 14.2, \"q\": 0}");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_free(w);
}

/* A late value is judged by ranges alone and moves no filter. */
static void test_late_values_do_not_disturb(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC, pointer: /v, time: {pointer: /t, format: unix_s}, "
	                             "max_rate: {change: 1 K, per: 1 min}, sentinels: [85]}",
	                             "");

	(void)state;
	world_to(w, 1000);
	world_send(w, "t/s", "{\"v\": 15, \"t\": 1767226500}");
	world_send(w, "t/s", "{\"v\": 50, \"t\": 1767226400}");
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_GOOD);
	world_send(w, "t/s", "{\"v\": 85, \"t\": 1767226401}");
	assert_int_equal(last_sample(w)->sample.quality, QUALITY_BAD);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "t/s", "{\"v\": 15.5, \"t\": 1767226501}");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_send(w, "t/s", "{\"v\": 50, \"t\": 1767226502}"); /* by its own time, whenever it comes */
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	world_free(w);
}

/* With none of the keys nothing is filtered and nothing new is said. */
static void test_nothing_without_keys(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC}", "");

	(void)state;
	for (int i = 0; i < 200; i++) {
		world_to(w, i);
		world_send(w, "t/s", i % 50 == 49 ? "85" : "15");
		assert_int_equal(last_sample(w)->sample.quality, QUALITY_GOOD);
		assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	}
	assert_null(strstr(world_payload(w, TOPIC_STATE, 0), "raw"));
	assert_null(strstr(world_payload(w, TOPIC_STATE, 0), "any_of"));
	world_free(w);
}

static void test_clock_set_does_not_disturb(void **state)
{
	struct world *w = dryer_with(
	    "t_in: {topic: t/s, unit: degC, smoothing: 30 s, frozen_after: 1 h, max_rate: {change: 1 K, per: 1 min}}", "");

	(void)state;
	world_send(w, "t/s", "15");
	for (int i = 1; i < 20; i++) {
		world_to(w, 30 * i);
		w->now.utc_us += (i % 2 ? 7 : -5) * INT64_C(3600000000);
		world_send(w, "t/s", i % 2 ? "15.5" : "15");
		assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	}
	world_send(w, "t/s", "18"); /* an hour of wall clock is no time for the plant */
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	world_free(w);
}

/* ---- another configuration -------------------------------------------------------------- */

#define FILTERED                                                                                                                 \
	"t_in: {topic: t/s, unit: degC, stale_after: 60 s, smoothing: 30 s, spikes: {window: 5}, max_rate: {change: %s, per: 1 " \
	"min}}"

static void reload_filtered(struct world *w, const char *change)
{
	char keys[256];

	snprintf(keys, sizeof(keys), FILTERED, change);
	world_reload(w, dryer_yaml(keys, ""));
}

static void test_filters_go_over(void **state)
{
	struct world *w;
	char keys[256], before[160];

	(void)state;
	snprintf(keys, sizeof(keys), FILTERED, "5 K");
	w = dryer_with(keys, "");
	for (int i = 0; i < 10; i++) {
		world_to(w, 10 * i);
		world_send(w, "t/s", i % 2 ? "15" : "16");
	}
	snprintf(before, sizeof(before), "%.60s", strstr(state_of(w, 92), "source.t_in\":{\"value\""));
	reload_filtered(w, "5 K");
	has(state_of(w, 94), before); /* smoothed as it was */
	world_send(w, "t/s", "85");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	has(state_of(w, 96), "is a spike"); /* the window is full */
	reload_filtered(w, "4 K");
	has(state_of(w, 98), "is a spike");
	world_send(w, "t/s", "25"); /* a new window, but the value in force is in it */
	has(state_of(w, 100), "changed too fast");
	world_send(w, "t/s", "16");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_to(w, 155);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_to(w, 161); /* and its age has gone on */
	check_bad(w, REASON_BAD_INPUT);
	world_reload(w, dryer_yaml("t_in: {topic: t/s, unit: degC}", "")); /* without filters */
	world_send(w, "t/s", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_null(strstr(state_of(w, 170), "raw"));
	world_free(w);
}

/* ---- cross-checks ----------------------------------------------------------------------- */

#define SOURCE "t_in: {topic: t/s, unit: degC}, t_out: {topic: t/o, unit: degC}"

static void test_warm_source_outlet(void **state)
{
	struct world *w = dryer_with(SOURCE, "    checks: {source: {tolerance: 1 K, then: uncertain}}\n");

	(void)state;
	world_queue(w, "t/s", "15");
	world_send(w, "t/o", "16");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 10);
	world_send(w, "t/o", "16.2");
	world_send(w, "t/o", "16.1");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(world_events(w, "loop_contradiction"), 1);
	has(state_of(w, 12), "\"quality\":\"uncertain\",\"reason\":\"source.t_out: 16.1 degC is above source.t_in, 15 degC: a "
	                     "heat pump cools its source\"");
	assert_int_equal(world_events(w, "loop_agreement"), 0);
	world_send(w, "t/o", "15.9");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "loop_agreement"), 1);
	assert_int_equal(world_events(w, "loop_contradiction"), 1);
	has(state_of(w, 14), "\"quality\":\"good\",\"reason\":null");
	world_free(w);
}

static void test_warm_source_outlet_stops_by_default(void **state)
{
	struct world *w = dryer_with(SOURCE, "");

	(void)state;
	world_queue(w, "t/s", "15");
	world_send(w, "t/o", "17");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "t/o", "17.1");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "loop_contradiction"), 0);
	world_free(w);
}

/* A contradiction is a bad input like any other: what was decided is held; one that is tolerated ends where a hold begins. */
static void test_contradictions_and_a_hold(void **state)
{
	struct world *w = dryer_with(SOURCE, "    setpoint: {bad_inputs: {hold: 1 min}}\n"
	                                     "    checks: {source: {then: uncertain}, target: {margin: 30 K}}\n");

	(void)state;
	world_queue(w, "t/s", "15");
	world_send(w, "t/o", "18");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(world_events(w, "loop_contradiction"), 1);
	world_send(w, "t/in", "201");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(world_setpoint(w)->reason, REASON_HOLD);
	assert_int_equal(world_events(w, "loop_hold"), 1);
	has(state_of(w, 2), "\"reason\":\"sink.t_target: 230 degC is less than 30 K above the sink inlet, 201 degC\"");
	world_to(w, 61);
	check_bad(w, REASON_BAD_INPUT);
	world_queue(w, "t/o", "15");
	world_send(w, "t/in", "55");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "loop_contradiction"), 1);
	assert_int_equal(world_events(w, "loop_agreement"), 0);
	world_free(w);
}

static void test_target_near_the_inlet(void **state)
{
	struct world *w = dryer_with("t_in: {topic: t/s, unit: degC}", "    checks: {target: {margin: 30 K}}\n");

	(void)state;
	world_send(w, "t/s", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "t/in", "201");
	check_bad(w, REASON_BAD_INPUT);
	has(w->events[w->n_events - 1].event.message, "sink.t_target: 230 degC is less than 30 K above the sink inlet, 201 degC");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentinel_stops_and_returns),
	    cmocka_unit_test(test_spike_leaves_the_last_good_value),
	    cmocka_unit_test(test_refused_values_do_not_keep_a_signal_fresh),
	    cmocka_unit_test(test_frozen_is_bad_or_uncertain),
	    cmocka_unit_test(test_smoothing_is_for_the_loops_not_for_the_history),
	    cmocka_unit_test(test_quality_that_the_source_tells),
	    cmocka_unit_test(test_late_values_do_not_disturb),
	    cmocka_unit_test(test_nothing_without_keys),
	    cmocka_unit_test(test_clock_set_does_not_disturb),
	    cmocka_unit_test(test_filters_go_over),
	    cmocka_unit_test(test_warm_source_outlet),
	    cmocka_unit_test(test_warm_source_outlet_stops_by_default),
	    cmocka_unit_test(test_contradictions_and_a_hold),
	    cmocka_unit_test(test_target_near_the_inlet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

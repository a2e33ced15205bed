/* The contract's rules for inputs, on virtual time: start, quality, staleness, retained messages, on_bad, times. The plant is
 * the published spray dryer: optimum 111 degC at 132 EUR/MWh. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- start ------------------------------------------------------------------------------ */

static void test_first_setpoint_as_soon_as_inputs_are_known(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_to(w, 1);
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	assert_int_equal(w->n_setpoints, 0);
	assert_int_equal(w->published[TOPIC_POINTS] + w->published[TOPIC_STATE], 0);
	world_send(w, "p/elec", "132");
	assert_int_equal(w->n_setpoints, 1);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->reason, REASON_OPTIMUM);
	assert_int_equal(world_setpoint(w)->seq, 1);
	check_double(world_setpoint(w)->q_sink_kw, 1537.4, 0, 0.5);
	assert_int_equal(world_setpoint(w)->cause_us, w->now.utc_us);
	world_free(w);
}

static void test_startup_after_five_seconds(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_send(w, "t/in", "55");
	world_to(w, 4.99);
	assert_int_equal(w->n_setpoints, 0);
	world_to(w, 5);
	assert_int_equal(w->n_setpoints, 1);
	check_bad(w, REASON_STARTUP);
	assert_int_equal(world_events(w, "loop_bad"), 1);
	world_send(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "loop_good"), 1);
	world_free(w);
}

static void test_constants_alone_are_computed_at_once(void **state)
{
	struct world *w = world_new("site: s\n"
	                            "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	                            "loops:\n  a:\n    source: {t_in: 15 degC}\n"
	                            "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	                            "    heat_pump: {lorenz_efficiency: 0.55}\n");

	(void)state;
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->cause_us, NO_TIME);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"carbon\":null"));
	world_free(w);
}

static void test_seq_and_ts_continue_from_the_history(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	engine_resume(w->engine, 0, 41, WORLD_EPOCH_US + 3600000000);
	world_dryer_inputs(w);
	assert_int_equal(world_setpoint(w)->seq, 42);
	assert_true(world_setpoint(w)->ts_us > WORLD_EPOCH_US + 3600000000);
	world_free(w);
}

/* ---- quality ---------------------------------------------------------------------------- */

static void test_stale_input_stops_the_machine(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 59.999);
	assert_int_equal(w->n_setpoints, 1);
	world_to(w, 60);
	check_bad(w, REASON_BAD_INPUT);
	check_double(world_setpoint(w)->t_sink_out_c, 55, 0, 1e-9);
	assert_int_equal(world_events(w, "signal_stale"), 1);
	assert_non_null(strstr(w->events[0].event.message, "loops.dryer.source.t_in TT-1: stale: no value for 60 s"));
	world_send(w, "t/source", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_each_value_starts_its_age_anew(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	for (int minute = 1; minute < 10; minute++) {
		world_to(w, minute * 59);
		world_send(w, "t/source", "15");
	}
	assert_int_equal(w->n_setpoints, 1);
	world_free(w);
}

static void test_age_counts_from_the_samples_own_time(void **state)
{
	struct world *w = world_dryer(", pointer: /v, stale_after: 1 h, time: {pointer: /ts, format: rfc3339}", "", "");

	(void)state;
	world_to(w, 1);
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": \"2025-12-31T23:00:31Z\"}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 30.9);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_to(w, 31);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

static void test_hold_makes_uncertain(void **state)
{
	struct world *w = world_dryer(", stale_after: 10 s, on_bad: hold", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 10);
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "holding the last good value 132 EUR/MWh"));
	assert_int_equal(w->n_samples, 3);
	world_free(w);
}

static void test_hold_without_a_value_is_bad(void **state)
{
	struct world *w = world_dryer(", on_bad: hold", "", "");

	(void)state;
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_to(w, 6);
	check_bad(w, REASON_STARTUP);
	world_free(w);
}

/* Not before the signal had its five seconds: what it says may be about to come. */
static void test_substitute_counts_after_the_start(void **state)
{
	struct world *w = world_dryer(", on_bad: 132 EUR/MWh", "", "");

	(void)state;
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_to(w, 4.9);
	assert_int_equal(w->n_setpoints, 0);
	world_to(w, 5);
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	world_to(w, 60); /* the source turns stale: no matter of the start any more */
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_out_of_range_is_a_bad_sample(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_send(w, "t/source", "120.5");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(w->n_samples, 4);
	assert_int_equal(w->samples[3].sample.quality, QUALITY_BAD);
	check_double(w->samples[3].sample.value, 120.5, 0, 0);
	world_to(w, 2);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "120.5 degC is outside [-40, 120]"));
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"rejected\":1"));
	world_send(w, "t/source", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_junk_is_counted_never_a_sample(void **state)
{
	static const char *const junk[] = {"NaN", "Inf", "1e309", "12,5", "", "{}", "abc", "0x10", "--1", "1 2", "true", "null"};
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++) {
		world_send(w, "t/in", junk[i]);
		check_bad(w, REASON_BAD_INPUT);
		check_double(world_setpoint(w)->t_sink_out_c, NAN, 0, 0);
	}
	assert_int_equal(w->n_samples, 3);
	assert_int_equal(world_events(w, "signal_unreadable"), 1);
	world_to(w, 2);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"rejected\":12"));
	world_send(w, "t/in", "55");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "signal_good"), 1);
	world_free(w);
}

/* ---- retained messages ------------------------------------------------------------------ */

static void test_retained_is_uncertain_until_live(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_retained(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "132");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(w->samples[0].sample.quality, QUALITY_UNCERTAIN);
	world_send(w, "t/source", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_retained_ages_from_its_arrival(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_to(w, 3);
	world_retained(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "132");
	world_to(w, 62.9);
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	world_to(w, 63);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

static void test_retained_with_a_time_is_judged_by_it(void **state)
{
	struct world *w = world_dryer(", pointer: /v, stale_after: 1 h, time: {pointer: /ts, format: unix_s}", "", "");

	(void)state;
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_retained(w, "p/elec", "{\"v\": 132, \"ts\": 1767225000}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);

	w = world_dryer(", pointer: /v, stale_after: 1 h, time: {pointer: /ts, format: unix_s}", "", "");
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_retained(w, "p/elec", "{\"v\": 132, \"ts\": 1767220000}");
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

static void test_equal_retained_after_reconnect_is_no_news(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 0 K}\n", "");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 30);
	world_retained(w, "t/source", "15");
	assert_int_equal(w->n_samples, 3);
	assert_int_equal(w->n_setpoints, 1);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_to(w, 60);
	check_bad(w, REASON_BAD_INPUT);
	world_retained(w, "t/source", "16");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	world_free(w);
}

/* What the broker holds when the connection is back counts, also where it equals an older one: the interlock fell meanwhile. */
static void test_changed_retained_after_reconnect_is_taken(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, available: {topic: hp/ok}}\n", "");

	(void)state;
	world_retained(w, "hp/ok", "0");
	world_dryer_inputs(w);
	assert_int_equal(world_setpoint(w)->reason, REASON_UNAVAILABLE);
	world_send(w, "hp/ok", "1");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_retained(w, "hp/ok", "0");
	assert_int_equal(world_setpoint(w)->reason, REASON_UNAVAILABLE);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	world_free(w);
}

/* ---- times ------------------------------------------------------------------------------ */

static const char *const TIMED = ", pointer: /v, time: {pointer: /ts, format: unix_ms}";

static void test_out_of_order_is_kept_and_moves_nothing(void **state)
{
	struct world *w = world_dryer(TIMED, "", "");

	(void)state;
	world_to(w, 100);
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": 1767225690000}");
	world_send(w, "p/elec", "{\"v\": 500, \"ts\": 1767225680000}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(w->n_samples, 4);
	assert_int_equal(w->samples[3].ts_us, INT64_C(1767225680000000));
	world_to(w, 102);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "out of order: 2026-01-01T00:01:20.000000Z"));
	world_free(w);
}

static void test_future_time_is_bad(void **state)
{
	struct world *w = world_dryer(TIMED, "", "");

	(void)state;
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": 1767225660000}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": 1767229200000}");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "signal_bad_time"), 1);
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": 5000}");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(w->n_samples, 3);
	world_free(w);
}

/* A device whose clock is a little ahead is not believed beyond the arrival, so its next samples, or another's, still count. */
static void test_clock_a_little_ahead(void **state)
{
	struct world *w = world_dryer(TIMED, "", "");

	(void)state;
	world_send(w, "t/source", "15");
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "{\"v\": 500, \"ts\": 1767225650000}");
	assert_int_equal(w->samples[2].ts_us, WORLD_EPOCH_US);
	world_to(w, 1);
	world_send(w, "p/elec", "{\"v\": 132, \"ts\": 1767225601000}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_ts_rises_when_the_clock_steps_back(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 0 K}\n", "");

	(void)state;
	world_dryer_inputs(w);
	w->now.utc_us -= 3600000000;
	world_send(w, "p/elec", "133");
	world_send(w, "p/elec", "134");
	assert_int_equal(w->n_setpoints, 3);
	for (size_t i = 1; i < 3; i++)
		assert_true(w->setpoints[i].ts_us > w->setpoints[i - 1].ts_us);
	assert_int_equal(w->samples[3].ts_us, w->now.utc_us + 1);
	assert_int_equal(w->samples[4].ts_us, w->now.utc_us + 2);
	assert_int_equal(world_setpoint(w)->cause_us, w->now.utc_us + 2);
	world_to(w, 59);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_setpoint_as_soon_as_inputs_are_known),
		cmocka_unit_test(test_startup_after_five_seconds),
		cmocka_unit_test(test_constants_alone_are_computed_at_once),
		cmocka_unit_test(test_seq_and_ts_continue_from_the_history),
		cmocka_unit_test(test_stale_input_stops_the_machine),
		cmocka_unit_test(test_each_value_starts_its_age_anew),
		cmocka_unit_test(test_age_counts_from_the_samples_own_time),
		cmocka_unit_test(test_hold_makes_uncertain),
		cmocka_unit_test(test_hold_without_a_value_is_bad),
		cmocka_unit_test(test_substitute_counts_after_the_start),
		cmocka_unit_test(test_out_of_range_is_a_bad_sample),
		cmocka_unit_test(test_junk_is_counted_never_a_sample),
		cmocka_unit_test(test_retained_is_uncertain_until_live),
		cmocka_unit_test(test_retained_ages_from_its_arrival),
		cmocka_unit_test(test_retained_with_a_time_is_judged_by_it),
		cmocka_unit_test(test_equal_retained_after_reconnect_is_no_news),
		cmocka_unit_test(test_changed_retained_after_reconnect_is_taken),
		cmocka_unit_test(test_out_of_order_is_kept_and_moves_nothing),
		cmocka_unit_test(test_future_time_is_bad),
		cmocka_unit_test(test_clock_a_little_ahead),
		cmocka_unit_test(test_ts_rises_when_the_clock_steps_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

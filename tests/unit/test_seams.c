/* Where parts of the engine meet: commands and another configuration, votes and another configuration, manual mode and bounds
 * that cannot be read, alarms and what flaps. The plant is the published spray dryer. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOP(name, rest)                                                                                                         \
	"  " name ": {source: {t_in: {topic: t/source, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, " \
	"heat_pump: {lorenz_efficiency: 0.55}" rest "}\n"
#define SITE_WITH(carbon, commands)                                                 \
	"site: test\ncommands: {enabled: " commands "}\n"                           \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}" carbon "}, " \
	"fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}\nloops:\n"
#define SITE SITE_WITH("", "true")

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static void accepted(struct world *w, uint32_t loop, const char *payload)
{
	has(world_command(w, loop, payload), "\"result\":\"accepted\",\"why\":null");
}

static struct world *site(const char *yaml)
{
	struct world *w = world_new(yaml);

	world_queue(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	return w;
}

/* ---- commands and another configuration --------------------------------------------------- */

/* Answers are kept by the loop's name: where it stands may change. */
static void test_ids_of_another_loop(void **state)
{
	struct world *w = site(SITE LOOP("a", "") LOOP("b", "") LOOP("c", ""));

	(void)state;
	accepted(w, 1, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	world_reload(w, SITE LOOP("b", "") LOOP("c", ""));
	accepted(w, 1, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"mode\":\"off\"");
	accepted(w, 0, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"auto\"}"); /* b's, again */
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"mode\":\"off\"");
	world_free(w);
}

/* A loop that is added takes what was commanded for all, as far as it can. */
static void test_added_loop_cannot_have_that(void **state)
{
	struct world *w = site(SITE LOOP("a", ", market: {electricity: {carbon: 406 kg/MWh}}"));

	(void)state;
	accepted(w, NO_LOOP, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"carbon\"}");
	world_reload(w, SITE LOOP("a", ", market: {electricity: {carbon: 406 kg/MWh}}") LOOP("b", ""));
	world_send(w, "t/source", "15");
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"hp_on\":true");
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"objective\":\"carbon\"");
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"hp_on\":true");
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"objective\":\"cost\"");
	assert_int_equal(world_events(w, "command_ended"), 1);
	world_free(w);
}

/* Nobody could take them back any more. */
static void test_commands_are_disabled(void **state)
{
	struct world *w = site(SITE LOOP("a", ""));

	(void)state;
	accepted(w, 0, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	world_reload(w, SITE_WITH("", "false") LOOP("a", ""));
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->mode, MODE_AUTO);
	assert_int_equal(world_events(w, "command_ended"), 1);
	has(world_payload(w, TOPIC_STATE, 0), "\"commanded\":null");
	assert_false(engine_was_commanded(w->engine));
	world_free(w);
}

/* ---- commands and a restart ---------------------------------------------------------------- */

/* Whose time has passed while nobody ran: as configured, as it would have been. */
static void test_a_time_that_passed_meanwhile(void **state)
{
	struct command_record off = {.kind = COMMAND_MODE, .until_us = NO_TIME, .value = "off", .id = "1"};
	struct command_record over = {.kind = COMMAND_MODE, .until_us = WORLD_EPOCH_US - 1, .value = "advisory", .id = "2"};
	struct world *w = world_new(SITE LOOP("a", "") LOOP("b", ""));

	(void)state;
	engine_resume_command(w->engine, NO_LOOP, &off);
	engine_resume_command(w->engine, 0, &over);
	world_queue(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"mode\":\"auto\"");
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"mode\":\"off\"");
	world_free(w);
}

/* By hand at no temperature, and off meanwhile: it does not go back to auto by itself. */
static void test_manual_that_was_off(void **state)
{
	struct command_record manual = {.kind = COMMAND_MODE, .until_us = NO_TIME, .value = "manual", .id = "1"};
	struct world *w = world_new(SITE LOOP("a", ""));

	(void)state;
	engine_resume_command(w->engine, 0, &manual);
	world_queue(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	assert_int_equal(world_setpoint(w)->mode, MODE_MANUAL);
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->reason, REASON_MANUAL);
	accepted(w, 0, "{\"id\": \"2\", \"cmd\": \"temperature\", \"value\": 90}");
	check_running(w, QUALITY_GOOD, 90);
	world_free(w);
}

/* ---- by hand and bounds -------------------------------------------------------------------- */

/* A limit that cannot be read is none that holds: neither a fallback nor an operator's temperature goes without it. */
static void test_manual_without_t_max(void **state)
{
	struct world *w =
	    world_dryer("",
	                "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                "    heat_pump: {lorenz_efficiency: 0.55, t_max: {topic: t/max, unit: degC, stale_after: 5 min}}\n",
	                "commands: {enabled: true}");

	(void)state;
	world_queue(w, "t/max", "120");
	world_dryer_inputs(w);
	accepted(w, 0, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 150}");
	accepted(w, 0, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	check_running(w, QUALITY_GOOD, 120);
	world_to(w, 100); /* the source is stale */
	check_running(w, QUALITY_UNCERTAIN, 120);
	world_to(w, 301);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

/* ---- interlocks and another configuration --------------------------------------------------- */

/* While a loop waits for a signal that is new to it, a trip and an operator's off do not wait. */
static void test_a_trip_does_not_wait(void **state)
{
	struct world *w = site(SITE LOOP("a", ", feedback: {trip: {topic: f/trip}}"));

	(void)state;
	world_send(w, "f/trip", "0");
	world_to(w, 6);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_reload(w, SITE "  a: {source: {t_in: {topic: t/source, unit: degC}, t_out: {topic: t/new, unit: degC}}, "
	                     "sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, "
	                     "heat_pump: {lorenz_efficiency: 0.55}, feedback: {trip: {topic: f/trip}}}\n");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "f/trip", "1");
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "t/new", "15");
	assert_int_equal(world_setpoint(w)->reason, REASON_TRIPPED);
	world_free(w);
}

static void test_off_does_not_wait(void **state)
{
	struct world *w = site(SITE LOOP("a", ""));

	(void)state;
	world_to(w, 6);
	world_reload(
	    w, SITE "  a: {source: {t_in: {topic: t/new, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, "
	            "heat_pump: {lorenz_efficiency: 0.55}}\n");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	accepted(w, 0, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	assert_false(world_setpoint(w)->hp_on);
	world_free(w);
}

/* ---- votes and another configuration -------------------------------------------------------- */

#define VOTED(a, b)                                                                                                          \
	SITE "  a: {source: {t_in: {any_of: [{topic: " a ", unit: degC}, {topic: " b ", unit: degC}], disagreement: 2 K}}, " \
	     "sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}}\n"

/* Sensors that have never said anything do not vote for what others said. */
static void test_other_sensors(void **state)
{
	struct world *w = world_new(VOTED("t/1", "t/2"));

	(void)state;
	world_queue(w, "t/1", "15");
	world_queue(w, "t/2", "15");
	world_send(w, "p/elec", "132");
	world_to(w, 6);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_reload(w, VOTED("t/3", "t/4"));
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 12);
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "t/4", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_one_other_sensor(void **state)
{
	struct world *w = world_new(VOTED("t/1", "t/2"));

	(void)state;
	world_queue(w, "t/1", "15");
	world_queue(w, "t/2", "15");
	world_send(w, "p/elec", "132");
	world_to(w, 6);
	world_reload(w, VOTED("t/1", "t/4"));
	world_to(w, 12);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* ---- what floods ---------------------------------------------------------------------------- */

static void test_refused_commands_do_not_flood(void **state)
{
	struct world *w = site(SITE LOOP("a", ""));
	char payload[96];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(payload, sizeof(payload), "{\"id\": \"%d\", \"cmd\": \"mode\", \"value\": \"on\"}", i);
		has(world_command(w, 0, payload), "\"refused\"");
	}
	assert_int_equal(world_events(w, "command_refused"), 10);
	world_to(w, 61);
	has(world_command(w, 0, "junk"), "\"refused\"");
	has(w->events[(w->n_events - 1) % 256].event.message, "after 190 others that were not told");
	world_free(w);
}

static int64_t alarm_left_open(const struct world *w)
{
	int64_t open_us = NO_TIME;

	assert_in_range(w->n_alarms, 1, 256);
	for (size_t i = 0; i < w->n_alarms; i++) {
		if (strcmp(w->alarms[i].alarm.code, "tripped") != 0)
			continue;
		if (w->alarms[i].alarm.cleared_us == NO_TIME)
			open_us = w->alarms[i].ts_us;
		else if (w->alarms[i].ts_us == open_us)
			open_us = NO_TIME;
	}
	return open_us;
}

/* However it flaps, no row of the history says for ever that it goes on. */
static void test_alarms_that_flap_are_closed(void **state)
{
	struct world *w = site(SITE LOOP("a", ", feedback: {trip: {topic: f/trip}, permit: {topic: f/permit}}"));

	(void)state;
	world_send(w, "f/permit", "junk"); /* another alarm, which stays */
	world_send(w, "f/trip", "0");
	for (int i = 0; i < 31; i++) {
		world_to(w, 1 + i);
		world_send(w, "f/trip", i % 3 == 0 ? "1" : "0");
	}
	world_send(w, "f/trip", "0");
	assert_int_equal(alarm_left_open(w), NO_TIME);
	assert_in_range(w->n_alarms, 8, 24);
	world_free(w);
}

/* ---- what is no longer configured ----------------------------------------------------------- */

/* The measured point leaves with what it was measured by. */
static void test_no_feedback_any_more(void **state)
{
	struct world *w = site(SITE LOOP("a", ", feedback: {p_elec: {topic: f/p, unit: kW}}"));
	size_t before;

	(void)state;
	world_send(w, "f/p", "500");
	world_to(w, 10);
	has(world_payload(w, TOPIC_ACTUAL, 0), "\"p_elec_kw\":500.0");
	before = w->published[TOPIC_ACTUAL];
	world_reload(w, SITE LOOP("a", ""));
	world_to(w, 20);
	assert_int_equal(w->published[TOPIC_ACTUAL], before + 1);
	assert_string_equal(world_payload(w, TOPIC_ACTUAL, 0), "");
	world_free(w);
}

/* An alarm that nothing can clear any more is over. */
static void test_no_demand_any_more(void **state)
{
	struct world *w = site("demand: {site_power: {topic: s/p, unit: kW}, peak_so_far: 1000 kW}\n" SITE LOOP("a", ""));

	(void)state;
	world_send(w, "s/p", "1200");
	has(world_payload(w, TOPIC_ALARMS, NO_LOOP), "\"id\":\"demand_exceeded\",\"loop\":null,\"code\":\"demand_exceeded\"");
	world_reload(w, SITE LOOP("a", ""));
	has(world_payload(w, TOPIC_ALARMS, NO_LOOP), "\"active\":0,");
	world_free(w);
}

/* What one loop was promised of the peak it keeps, whoever is decided first. */
static void test_promises_over_a_reload(void **state)
{
	static const char *const yaml = "demand: {site_power: {topic: s/p, unit: kW}, peak_so_far: 1000 kW}\n" SITE
	                                "  a: {source: {t_in: {topic: t/a, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 "
	                                "degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}}\n"
	                                "  b: {source: {t_in: {topic: t/b, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 "
	                                "degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}}\n";
	struct world *w = world_new(yaml);
	size_t before;

	(void)state;
	world_queue(w, "p/elec", "132");
	world_queue(w, "s/p", "900");
	world_send(w, "t/b", "15");
	world_to(w, 4);
	world_send(w, "t/a", "15");
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"hp_on\":true");
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"hp_on\":false");
	before = w->n_setpoints;
	world_reload(w, yaml);
	has(world_payload(w, TOPIC_SETPOINT, 1), "\"hp_on\":true");
	has(world_payload(w, TOPIC_SETPOINT, 0), "\"hp_on\":false");
	for (size_t i = before; i < w->n_setpoints; i++)
		assert_true(w->setpoints[i].p_elec_kw < 100.1);
	world_free(w);
}

/* Advice draws no power: nobody has to leave it any. */
static void test_advice_is_promised_nothing(void **state)
{
	static const char *const sites[] = {
	    "demand: {site_power: {topic: s/p, unit: kW}, peak_so_far: 1000 kW}\n" SITE LOOP("a", ", mode: advisory") LOOP("b", ""),
	    "demand: {site_power: {topic: s/p, unit: kW}, peak_so_far: 1000 kW}\n" SITE LOOP("b", "") LOOP("a", ", mode: advisory"),
	};

	(void)state;
	for (uint32_t b = 0; b < 2; b++) {
		struct world *w = site(sites[1 - b]);

		world_send(w, "s/p", "450");
		has(world_payload(w, TOPIC_SETPOINT, 1 - b), "\"mode\":\"advisory\"");
		has(world_payload(w, TOPIC_SETPOINT, b), "\"reason\":\"optimum\"");
		world_free(w);
	}
}

/* ---- days ----------------------------------------------------------------------------------- */

/* Set back a little over midnight: what counts for today goes on in the sums as in the loops. */
static void test_summary_over_a_step_back(void **state)
{
	struct world *w = site(SITE LOOP("a", ", setpoint: {valid_for: 24 h}"));
	const char *today;

	(void)state;
	world_to(w, 7200);
	w->now.utc_us -= INT64_C(7260) * 1000000;
	world_run(w);
	world_to(w, 7205);
	today = strstr(world_payload(w, TOPIC_SUMMARY, NO_LOOP), "\"today\":");
	assert_non_null(today);
	has(today, "\"since\":\"2026-01-01T00:00:00.000000Z\",\"heat_kwh\":307");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ids_of_another_loop),
	    cmocka_unit_test(test_added_loop_cannot_have_that),
	    cmocka_unit_test(test_commands_are_disabled),
	    cmocka_unit_test(test_a_time_that_passed_meanwhile),
	    cmocka_unit_test(test_manual_that_was_off),
	    cmocka_unit_test(test_manual_without_t_max),
	    cmocka_unit_test(test_a_trip_does_not_wait),
	    cmocka_unit_test(test_off_does_not_wait),
	    cmocka_unit_test(test_other_sensors),
	    cmocka_unit_test(test_one_other_sensor),
	    cmocka_unit_test(test_refused_commands_do_not_flood),
	    cmocka_unit_test(test_alarms_that_flap_are_closed),
	    cmocka_unit_test(test_no_feedback_any_more),
	    cmocka_unit_test(test_no_demand_any_more),
	    cmocka_unit_test(test_promises_over_a_reload),
	    cmocka_unit_test(test_advice_is_promised_nothing),
	    cmocka_unit_test(test_summary_over_a_step_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

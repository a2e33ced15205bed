/* Commands of operators on virtual time: what is taken, what is refused and in which words, what it does to the setpoint, when
 * it ends, what a restart and another configuration leave of it. The plant is the published spray dryer. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const LIMITED = "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
				   "    heat_pump: {lorenz_efficiency: 0.55, t_max: 200 degC, available: {topic: t/ok}}\n"
				   "    setpoint: {min: 70 degC, off_value: 55 degC}\n";

static struct world *running(const char *loop_extra)
{
	struct world *w = world_dryer("", loop_extra, "commands: {enabled: true}");

	if (strstr(loop_extra, "t/ok"))
		world_queue(w, "t/ok", "1");
	world_dryer_inputs(w);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	return w;
}

static void accepted(struct world *w, const char *payload)
{
	const char *answer = world_command(w, 0, payload);

	if (!strstr(answer, "\"result\":\"accepted\",\"why\":null"))
		fail_msg("%s: %s", payload, answer);
}

static void refused(struct world *w, const char *payload, const char *why)
{
	size_t before = w->n_setpoints;
	const char *answer = world_command(w, 0, payload);

	if (!strstr(answer, "\"result\":\"refused\"") || !strstr(answer, why))
		fail_msg("%s: %s, not %s", payload, answer, why);
	assert_int_equal(w->n_setpoints, before);
}

/* ---- what they do ----------------------------------------------------------------------- */

static void test_off_and_auto(void **state)
{
	struct world *w = running("");

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\", \"who\": \"shift A\"}");
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->mode, MODE_OFF);
	assert_int_equal(world_setpoint(w)->reason, REASON_MANUAL);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_send(w, "p/elec", "60");
	assert_false(world_setpoint(w)->hp_on);
	world_send(w, "p/elec", "132");
	accepted(w, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": null}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->mode, MODE_AUTO);
	assert_int_equal(world_events(w, "command_accepted"), 2);
	assert_string_equal(w->events[0].event.message, "dryer: mode off, commanded by shift A (id 1)");
	assert_int_equal(w->n_commands, 2);
	world_free(w);
}

/* By hand at a temperature, also where that does not pay, and without inputs; but within limits and interlocks. */
static void test_manual(void **state)
{
	struct world *w = running(LIMITED);

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 95}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	accepted(w, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	check_running(w, QUALITY_GOOD, 95);
	assert_int_equal(world_setpoint(w)->mode, MODE_MANUAL);
	assert_int_equal(world_setpoint(w)->reason, REASON_MANUAL);
	assert_true(world_setpoint(w)->q_sink_kw > 1000 && world_setpoint(w)->p_elec_kw > 100);
	world_send(w, "p/elec", "900");
	check_running(w, QUALITY_GOOD, 95);
	accepted(w, "{\"id\": \"3\", \"cmd\": \"temperature\", \"value\": \"100 degC\"}");
	check_running(w, QUALITY_GOOD, 100);
	world_to(w, 61); /* the source is stale */
	check_running(w, QUALITY_UNCERTAIN, 100);
	check_double(world_setpoint(w)->q_sink_kw, NAN, 0, 0);
	world_send(w, "t/source", "15");
	world_send(w, "t/ok", "0");
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->reason, REASON_UNAVAILABLE);
	world_send(w, "t/ok", "1");
	check_running(w, QUALITY_GOOD, 100);
	world_free(w);
}

/* Taken over by hand without a temperature it stays where it is. */
static void test_manual_where_it_is(void **state)
{
	struct world *w = running("");

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	world_send(w, "p/elec", "80");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	accepted(w, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"off\"}");
	accepted(w, "{\"id\": \"3\", \"cmd\": \"temperature\", \"value\": null}");
	refused(w, "{\"id\": \"4\", \"cmd\": \"mode\", \"value\": \"manual\"}", "it is off and no manual temperature is known");
	world_free(w);
}

static void test_ramp_holds_by_hand(void **state)
{
	struct world *w = world_dryer("", "    source: {t_in: 15 degC}\n    setpoint: {ramp: 1 K/min, deadband: 0.5 K, min_off: 10 min, valid_for: 10 h}\n",
				      "commands: {enabled: true}");
	double last_c;

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 3600);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	accepted(w, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 100}");
	accepted(w, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	last_c = world_setpoint(w)->t_sink_out_c;
	for (int minute = 1; minute <= 15; minute++) {
		world_to(w, 3600 + 60 * minute);
		assert_true(world_setpoint(w)->t_sink_out_c >= last_c - 1.0001);
		last_c = world_setpoint(w)->t_sink_out_c;
	}
	check_double(last_c, 100, 0, 1e-6);
	accepted(w, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": \"off\"}");
	assert_false(world_setpoint(w)->hp_on); /* at once */
	accepted(w, "{\"id\": \"4\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->reason, REASON_MIN_OFF);
	world_to(w, 3600 + 900 + 601);
	assert_true(world_setpoint(w)->hp_on);
	world_free(w);
}

static void test_objective_and_carbon_value(void **state)
{
	struct world *w = running("");

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"carbon\"}");
	check_running(w, QUALITY_GOOD, 132.41);
	assert_int_equal(world_setpoint(w)->objective, OBJECTIVE_CARBON);
	refused(w, "{\"id\": \"2\", \"cmd\": \"objective\", \"value\": \"blend\"}", "command carbon_value first");
	accepted(w, "{\"id\": \"3\", \"cmd\": \"carbon_value\", \"value\": 100}");
	accepted(w, "{\"id\": \"4\", \"cmd\": \"objective\", \"value\": \"blend\"}");
	assert_true(world_setpoint(w)->t_sink_out_c > T_OPT_C && world_setpoint(w)->t_sink_out_c < 132);
	refused(w, "{\"id\": \"5\", \"cmd\": \"carbon_value\", \"value\": null}", "command carbon_value first");
	accepted(w, "{\"id\": \"6\", \"cmd\": \"objective\", \"value\": null}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* Thresholds in the unit of another objective do not count, and a break-even has no savings to lose a share of. */
static void test_objective_and_the_pacing(void **state)
{
	struct world *w = world_dryer("", "    objective: carbon\n    setpoint: {deadband: 1 %, start_above: 100 kg/h, stop_below: 60 kg/h}\n",
				      "commands: {enabled: true}");

	(void)state;
	world_dryer_inputs(w);
	check_running(w, QUALITY_GOOD, 132.41);
	accepted(w, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"cost\"}");
	check_running(w, QUALITY_GOOD, T_OPT_C); /* 22 EUR/h */
	accepted(w, "{\"id\": \"2\", \"cmd\": \"objective\", \"value\": \"cost_break_even\"}");
	check_running(w, QUALITY_GOOD, 173.15);
	world_free(w);
}

static void test_objective_lacks_inputs(void **state)
{
	struct world *w = world_new("site: test\ncommands: {enabled: true}\n"
				    "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
				    "loops: {dryer: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW},\n"
				    "  heat_pump: {lorenz_efficiency: 0.55}}}\n");

	(void)state;
	refused(w, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"carbon\"}", "carbon needs market.electricity.carbon, which is not configured");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* Over a weekend: until then, and not a second longer, whatever is done to the clock meanwhile. */
static void test_until(void **state)
{
	struct world *w = running("    setpoint: {valid_for: 10 h}\n");

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\", \"until\": \"2026-01-03T06:00:00Z\"}");
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"commanded\":{\"mode\":\"off\",\"temperature_c\":null,"));
	w->now.utc_us += INT64_C(3600000000);
	world_run(w);
	world_to(w, 53 * 3600 - 2);
	assert_int_equal(world_setpoint(w)->mode, MODE_OFF);
	world_to(w, 53 * 3600 + 1);
	assert_int_equal(world_setpoint(w)->mode, MODE_AUTO);
	assert_int_equal(world_events(w, "command_ended"), 1);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"commanded\":null"));
	world_free(w);
}

/* ---- what is refused -------------------------------------------------------------------- */

static void test_refused(void **state)
{
	static const struct {
		const char *payload, *why;
	} rows[] = {
		{"off", "not valid JSON"},
		{"[1]", "an object like"},
		{"{\"cmd\": \"mode\", \"value\": \"off\"}", "\"id\":null,\"loop\":\"dryer\",\"result\":\"refused\",\"why\":\"id: a text of 1 to 64 bytes"},
		{"{\"id\": 7, \"cmd\": \"mode\", \"value\": \"off\"}", "id: a text of 1 to 64 bytes"},
		{"{\"id\": \"a\\nb\", \"cmd\": \"mode\", \"value\": \"off\"}", "id: a text of 1 to 64 bytes"},
		{"{\"id\": \"1\", \"value\": \"off\"}", "cmd: one of mode, temperature"},
		{"{\"id\": \"2\", \"cmd\": \"mod\", \"value\": \"off\"}", "did you mean mode?"},
		{"{\"id\": \"3\", \"cmd\": \"mode\"}", "value: is missing"},
		{"{\"id\": \"4\", \"cmd\": \"mode\", \"value\": \"on\"}", "\\\"on\\\" is none of auto, manual, off, advisory"},
		{"{\"id\": \"5\", \"cmd\": \"mode\", \"value\": 1}", "a text is expected"},
		{"{\"id\": \"6\", \"cmd\": \"temperature\", \"value\": \"hot\"}", "hot"},
		{"{\"id\": \"7\", \"cmd\": \"temperature\", \"value\": \"100\"}", "has no unit"},
		{"{\"id\": \"8\", \"cmd\": \"temperature\", \"value\": 201}", "201 degC is outside the limits of the setpoint or the machine [70 degC, 200 degC]"},
		{"{\"id\": \"9\", \"cmd\": \"temperature\", \"value\": 60}", "60 degC is outside"},
		{"{\"id\": \"10\", \"cmd\": \"carbon_value\", \"value\": -1}", "outside [0 EUR/t, 100000 EUR/t]"},
		{"{\"id\": \"11\", \"cmd\": \"mode\", \"value\": \"off\", \"expires\": \"2025-12-31T23:59:59Z\"}", "expired at 2025-12-31T23:59:59"},
		{"{\"id\": \"12\", \"cmd\": \"mode\", \"value\": \"off\", \"until\": \"2025-12-31T23:59:59Z\"}", "is over"},
		{"{\"id\": \"13\", \"cmd\": \"mode\", \"value\": \"off\", \"expires\": \"tomorrow\"}", "an RFC 3339 time is expected"},
		{"{\"id\": \"14\", \"cmd\": \"mode\", \"value\": \"off\", \"expire\": \"2027-01-01T00:00:00Z\"}", "expire: unknown"},
		{"{\"id\": \"15\", \"cmd\": \"acknowledge\", \"value\": null}", "a text is expected"},
	};
	struct world *w = running(LIMITED);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused(w, rows[i].payload, rows[i].why);
	assert_int_equal(world_events(w, "command_refused"), 10); /* as many as are told in a minute */
	assert_int_equal(w->n_commands, 0);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_retained_is_refused(void **state)
{
	static const char payload[] = "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}";
	struct world *w = running("");
	struct json_out out;
	char answer[512];

	(void)state;
	json_out_init(&out, answer, sizeof(answer));
	engine_command(w->engine, w->now, 0, payload, strlen(payload), true, &out);
	world_run(w);
	assert_non_null(strstr(answer, "\"id\":\"1\""));
	assert_non_null(strstr(answer, "a retained message is no command"));
	check_running(w, QUALITY_GOOD, T_OPT_C);
	accepted(w, payload); /* the id was not used up */
	world_free(w);
}

static void test_the_same_id_does_nothing(void **state)
{
	struct world *w = running("");

	(void)state;
	accepted(w, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	accepted(w, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"auto\"}");
	accepted(w, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "command_accepted"), 2);
	refused(w, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": \"on\"}", "none of");
	refused(w, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": \"off\"}", "none of");
	world_free(w);
}

/* ---- all loops, restart, reload --------------------------------------------------------- */

static const char *const TWO = "site: test\ncommands: {enabled: true}\n"
			       "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
			       "loops:\n"
			       "  a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}}\n"
			       "  b: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55, t_max: 90 degC}}\n";

static void test_all_or_none(void **state)
{
	struct world *w = world_new(TWO);
	const char *answer = world_command(w, NO_LOOP, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 95}");

	(void)state;
	assert_non_null(strstr(answer, "\"loop\":null,\"result\":\"refused\",\"why\":\"b: 95 degC is outside"));
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"commanded\":null"));
	answer = world_command(w, NO_LOOP, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"off\"}");
	assert_non_null(strstr(answer, "\"accepted\""));
	for (uint32_t i = 0; i < 2; i++)
		assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, i), "\"hp_on\":false"));
	world_command(w, 1, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": null}");
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"hp_on\":false"));
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 1), "\"hp_on\":true"));
	world_free(w);
}

static void test_restart(void **state)
{
	struct command_record off = {.kind = COMMAND_MODE, .until_us = NO_TIME, .value = "off", .id = "1"};
	struct command_record hand = {.kind = COMMAND_MODE, .until_us = NO_TIME, .value = "manual", .id = "3"};
	struct command_record temperature = {.kind = COMMAND_TEMPERATURE, .until_us = NO_TIME, .value = "80 degC", .id = "2"};
	struct world *w = world_new(TWO);

	(void)state;
	engine_resume_command(w->engine, NO_LOOP, &off);
	engine_resume_command(w->engine, 0, &temperature);
	engine_resume_command(w->engine, 0, &hand);
	world_run(w);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"t_sink_out_c\":80.0,"));
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 1), "\"mode\":\"off\""));
	assert_int_equal(world_events(w, "command_accepted"), 0);
	world_free(w);
}

static void test_another_configuration(void **state)
{
	struct world *old = running(""), *w = world_dryer("", "    mode: advisory\n", "commands: {enabled: true}");
	uint32_t loops[1], signals[8];

	(void)state;
	accepted(old, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 90}");
	accepted(old, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	assert_true(config_match(w->config, old->config, loops, signals));
	w->now = old->now;
	engine_adopt(w->engine, w->now, old->engine, loops, signals);
	world_run(w);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"t_sink_out_c\":90.0,"));
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"commanded\":{\"mode\":\"manual\",\"temperature_c\":90.0,"));
	accepted(w, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": null}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_setpoint(w)->mode, MODE_ADVISORY);
	world_free(old);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off_and_auto),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_manual_where_it_is),
		cmocka_unit_test(test_ramp_holds_by_hand),
		cmocka_unit_test(test_objective_and_carbon_value),
		cmocka_unit_test(test_objective_and_the_pacing),
		cmocka_unit_test(test_objective_lacks_inputs),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_retained_is_refused),
		cmocka_unit_test(test_the_same_id_does_nothing),
		cmocka_unit_test(test_all_or_none),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_another_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

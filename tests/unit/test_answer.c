/* The plant's answer on virtual time: the measured point, whether it follows, what it adds up to, alarms, the site's sums. The
 * plant is the published spray dryer: 529 kW make 1537 kW at 132 EUR/MWh, which saves 22.39 EUR/h. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASURED MEASURED_POWER("")
#define MEASURED_POWER(rest)                                                                         \
	"    feedback: {running: {topic: f/run}, remote: {topic: f/remote}, trip: {topic: f/trip}, " \
	"t_sink_out: {topic: f/t, unit: degC}, q_sink: {topic: f/q, unit: kW}, p_elec: {topic: f/p, unit: kW" rest "}}\n"

static void answer(struct world *w, const char *running, const char *t, const char *q, const char *p)
{
	world_queue(w, "f/remote", "1");
	world_queue(w, "f/trip", "0");
	world_queue(w, "f/run", running);
	world_queue(w, "f/t", t);
	world_queue(w, "f/q", q);
	world_send(w, "f/p", p);
}

static struct world *running_dryer(const char *top)
{
	struct world *w = world_dryer("", MEASURED, top);

	answer(w, "1", "111", "1500", "500");
	world_dryer_inputs(w);
	return w;
}

/* The number behind a key, after the first place where `after` stands. */
static double number_of(const char *json, const char *after, const char *key)
{
	const char *at = strstr(json, after);
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = at ? strstr(at, quoted) : NULL;
	if (!at)
		fail_msg("no %s after %s in %s", key, after, json);
	return strtod(at + strlen(quoted), NULL);
}

static void check_has(const char *json, const char *part)
{
	if (!strstr(json, part))
		fail_msg("no %s in %s", part, json);
}

static bool acknowledge(struct world *w, uint32_t loop, const char *what, const char *who, const char *why)
{
	static int n;
	struct json_out ack;
	char command[256], text[1024];

	snprintf(command, sizeof(command), "{\"id\":\"%d\",\"cmd\":\"acknowledge\",\"value\":\"%s\",\"who\":\"%s\"}", n++, what,
	         who);
	json_out_init(&ack, text, sizeof(text));
	engine_command(w->engine, w->now, loop, command, strlen(command), false, &ack);
	if (why && !strstr(text, why))
		fail_msg("no %s in %s", why, text);
	return strstr(text, "\"accepted\"") != NULL;
}

static const char *alarms(struct world *w)
{
	return world_payload(w, TOPIC_ALARMS, NO_LOOP);
}

/* ---- the measured point ------------------------------------------------------------------ */

static void test_actual_is_what_was_measured(void **state)
{
	struct world *w = running_dryer("");
	const char *json = world_payload(w, TOPIC_ACTUAL, 0);

	(void)state;
	check_double(number_of(json, "{", "t_sink_out_c"), 111, 0, 1e-6);
	check_double(number_of(json, "{", "q_sink_kw"), 1500, 0, 1e-6);
	check_double(number_of(json, "{", "cop"), 3, 0, 1e-6);
	check_double(number_of(json, "{", "cost_savings_eur_h"), 60 * 1.5 - 132 * 0.5, 0, 1e-6);
	check_double(number_of(json, "{", "carbon_savings_kg_h"), 213.7 * 1.5 - 406 * 0.5, 0, 1e-6);
	check_has(json, "\"running\":true,\"remote\":true,\"tripped\":false,\"permit\":null,\"following\":true");
	check_has(json, "\"quality\":\"good\",\"reason\":null");
	world_free(w);
}

static void test_no_feedback_no_actual(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 600);
	assert_int_equal(w->published[TOPIC_ACTUAL], 0);
	assert_string_equal(world_payload(w, TOPIC_ACTUAL, 0), "");
	world_free(w);
}

/* What is measured often moves neither the decision nor its cause. */
static void test_measurements_decide_nothing(void **state)
{
	struct world *w = running_dryer("publish: {interval: 10 s}");
	struct loop_now before, after;
	char text[16];

	(void)state;
	engine_loop_now(w->engine, 0, &before);
	for (int i = 1; i <= 9; i++) {
		world_to(w, i);
		snprintf(text, sizeof(text), "%d", 500 + i);
		world_send(w, "f/p", text);
	}
	engine_loop_now(w->engine, 0, &after);
	assert_int_equal(after.updates, before.updates);
	assert_int_equal(w->n_setpoints, 1);
	assert_int_equal(w->published[TOPIC_ACTUAL], 1);
	world_to(w, 10);
	assert_int_equal(w->published[TOPIC_ACTUAL], 2);
	check_double(number_of(world_payload(w, TOPIC_ACTUAL, 0), "{", "p_elec_kw"), 509, 0, 1e-6);
	world_to(w, 59);
	assert_int_equal(w->published[TOPIC_ACTUAL], 2);
	check_has(world_payload(w, TOPIC_STATE, 0), "loops.dryer.feedback.p_elec\":{\"value\":509.0");
	world_to(w, 61); /* the source is stale */
	check_bad(w, REASON_BAD_INPUT);
	check_has(world_payload(w, TOPIC_SETPOINT, 0), "\"cause_ts\":\"2026-01-01T00:00:00.000000Z\"");
	world_free(w);
}

static void test_tripped_or_local_shows_no_savings(void **state)
{
	struct world *w = running_dryer("");

	(void)state;
	world_to(w, 2);
	world_send(w, "f/remote", "0");
	assert_int_equal(world_setpoint(w)->mode, MODE_ADVISORY);
	assert_int_equal(world_setpoint(w)->reason, REASON_LOCAL);
	assert_true(world_setpoint(w)->hp_on);
	check_double(number_of(world_payload(w, TOPIC_ACTUAL, 0), "{", "cost_savings_eur_h"), 0, 0, 0);
	check_double(number_of(w->payload, "{", "q_sink_kw"), 1500, 0, 1e-6);
	world_to(w, 4);
	world_queue(w, "f/trip", "1");
	world_send(w, "f/remote", "1");
	assert_int_equal(world_setpoint(w)->mode, MODE_AUTO);
	assert_int_equal(world_setpoint(w)->reason, REASON_TRIPPED);
	check_double(number_of(world_payload(w, TOPIC_ACTUAL, 0), "{", "carbon_savings_kg_h"), 0, 0, 0);
	check_has(w->payload, "\"tripped\":true");
	assert_int_equal(world_events(w, "tripped"), 1);
	check_has(alarms(w), "\"id\":\"dryer.tripped\",\"loop\":\"dryer\",\"code\":\"tripped\",\"priority\":\"high\"");
	world_free(w);
}

static void command(struct world *w, const char *json)
{
	struct json_out ack;
	char text[1024];

	json_out_init(&ack, text, sizeof(text));
	engine_command(w->engine, w->now, 0, json, strlen(json), false, &ack);
	check_has(text, "accepted");
	world_run(w);
}

/* A manual setpoint is asked of the plant like any other, and a trip beats it. */
static void test_trip_beats_manual(void **state)
{
	struct world *w = running_dryer("");

	(void)state;
	command(w, "{\"id\":\"a\",\"cmd\":\"temperature\",\"value\":95}");
	command(w, "{\"id\":\"b\",\"cmd\":\"mode\",\"value\":\"manual\"}");
	assert_int_equal(world_setpoint(w)->reason, REASON_MANUAL);
	check_double(world_setpoint(w)->t_sink_out_c, 95, 0, 1e-6);
	world_send(w, "f/trip", "1");
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->reason, REASON_TRIPPED);
	world_send(w, "p/elec", "junk"); /* also without inputs */
	assert_false(world_setpoint(w)->hp_on);
	world_send(w, "f/trip", "0");
	assert_true(world_setpoint(w)->hp_on);
	world_send(w, "f/remote", "0");
	assert_int_equal(world_setpoint(w)->reason, REASON_LOCAL);
	world_free(w);
}

static void test_energies_that_do_not_balance(void **state)
{
	struct world *w = world_dryer("", "    feedback: {q_sink: {topic: f/q, unit: kW}, p_elec: {topic: f/p, unit: kW}, q_source: {topic: f/s, unit: kW}, balance: 5 %}\n", "");

	(void)state;
	world_send(w, "f/q", "1500");
	world_send(w, "f/p", "500");
	world_send(w, "f/s", "1050");
	world_dryer_inputs(w);
	world_to(w, 2);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"good\",\"reason\":null");
	world_send(w, "f/s", "1100");
	world_to(w, 4);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"uncertain\",\"reason\":\"measured heat 1500 kW is 100 kW below source");
	check_has(alarms(w), "\"id\":\"dryer.implausible\"");
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_free(w);
}

static void test_measurements_that_cannot_be(void **state)
{
	struct world *w = world_dryer("", MEASURED_POWER(", stale_after: 20 min"), "");

	(void)state;
	answer(w, "1", "111", "1500", "500");
	world_dryer_inputs(w);
	world_to(w, 2);
	world_send(w, "f/p", "1600"); /* COP below 1 */
	world_to(w, 4);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"uncertain\",\"reason\":\"measured COP 0.938 is not above 1\"");
	check_has(alarms(w), "dryer.implausible");
	world_send(w, "f/p", "280"); /* COP 5.36; the Lorenz COP from 55 to 109.7 degC at 15 degC is 5.32 */
	world_to(w, 6);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"bad\",\"reason\":\"measured COP 5.36 is above 5.32, Carnot's");
	world_send(w, "f/p", "290");
	world_to(w, 8);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"good\",\"reason\":null");
	check_has(alarms(w), "\"id\":\"dryer.implausible\"");
	check_has(alarms(w), "\"active\":false");
	assert_int_equal(world_events(w, "plausible"), 1);
	world_to(w, 1300); /* the power is stale: no word of it, no savings known, decisions go on */
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"p_elec_kw\":null,\"cop\":null,\"cost_savings_eur_h\":null");
	check_has(alarms(w), "dryer.feedback_bad");
	world_free(w);
}

/* ---- does it follow ---------------------------------------------------------------------- */

static struct world *following_dryer(void)
{
	struct world *w = world_dryer("", "    feedback: {running: {topic: f/run}, t_sink_out: {topic: f/t, unit: degC}}\n", "");

	world_queue(w, "f/run", "1");
	world_queue(w, "f/t", "110");
	world_dryer_inputs(w);
	return w;
}

/* The source is stale after 60 s. */
static void pass(struct world *w, double from_s, double to_s)
{
	for (double s = from_s; s < to_s; s += 30) {
		world_to(w, s);
		world_send(w, "t/source", "15");
	}
	world_to(w, to_s);
}

static void test_not_followed_by_temperature(void **state)
{
	struct world *w = following_dryer();

	(void)state;
	pass(w, 0, 700);
	assert_int_equal(world_events(w, "not_followed"), 0);
	world_send(w, "f/t", "108.9");
	pass(w, 700, 1299);
	assert_int_equal(world_events(w, "not_followed"), 0);
	check_has(world_payload(w, TOPIC_ACTUAL, 0), "\"following\":false");
	pass(w, 1299, 1300);
	assert_int_equal(world_events(w, "not_followed"), 1);
	assert_non_null(strstr(w->events[(w->n_events - 1) % 256].event.message, "t_sink_out is 108.9 degC, expected 111"));
	check_has(alarms(w), "\"code\":\"not_followed\",\"priority\":\"medium\"");
	world_send(w, "f/t", "109.1");
	assert_int_equal(world_events(w, "followed"), 1);
	check_has(alarms(w), "\"active\":false,\"acknowledged\":false");
	world_free(w);
}

static void test_not_followed_by_running(void **state)
{
	struct world *w = following_dryer();

	(void)state;
	world_send(w, "f/run", "0");
	pass(w, 0, 601);
	assert_int_equal(world_events(w, "not_followed"), 1);
	world_send(w, "f/run", "1");
	world_send(w, "p/elec", "4000");
	assert_false(world_setpoint(w)->hp_on);
	pass(w, 601, 1202);
	assert_int_equal(world_events(w, "not_followed"), 2);
	assert_non_null(strstr(w->events[(w->n_events - 1) % 256].event.message, "is asked to be off and runs"));
	world_send(w, "f/run", "0");
	pass(w, 1202, 3000);
	assert_int_equal(world_events(w, "not_followed"), 2);
	world_free(w);
}

/* ---- totals ------------------------------------------------------------------------------ */

static void test_totals_of_what_is_measured(void **state)
{
	struct world *w = running_dryer("");
	const struct tally *t;

	(void)state;
	assert_int_equal(w->published[TOPIC_TOTALS], 1);
	pass(w, 0, 3600);
	t = &w->totals[(w->n_totals - 1) % 256].totals;
	check_double(t->total.heat_kwh, 1500, 1e-9, 0);
	check_double(t->total.electricity_kwh, 500, 1e-9, 0);
	check_double(t->total.cost_savings_eur, 24, 1e-9, 0);
	check_double(t->total.carbon_savings_kg, 213.7 * 1.5 - 203, 1e-9, 0);
	check_double(t->total.on_h, 1, 1e-9, 0);
	check_double(t->total.measured_h, 1, 1e-9, 0);
	assert_int_equal(w->n_totals, 61); /* each minute */
	assert_int_equal(w->published[TOPIC_TOTALS], 61);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "today", "heat_kwh"), 1500, 0, 1e-6);
	check_has(w->payload, "\"total\":{\"since\":\"2026-01-01T00:00:00.000000Z\"");
	answer(w, "0", "60", "0", "0"); /* idle */
	pass(w, 3600, 7200);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "total", "heat_kwh"), 1500, 0, 1e-3);
	assert_true(w->n_totals <= 63);
	world_free(w);
}

static void test_totals_under_local_control_save_nothing(void **state)
{
	struct world *w = running_dryer("");

	(void)state;
	world_send(w, "f/remote", "0");
	pass(w, 0, 3600);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "total", "heat_kwh"), 1500, 0, 1e-3);
	check_double(number_of(w->payload, "total", "cost_savings_eur"), 0, 0, 1e-9);
	check_double(number_of(w->payload, "total", "carbon_savings_kg"), 0, 0, 1e-9);
	world_free(w);
}

static void test_totals_without_a_meter_are_expected(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	pass(w, 0, 3600);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "total", "heat_kwh"), 1537.371429, 0, 1e-3);
	check_double(number_of(w->payload, "total", "cost_savings_eur"), 22.39, 0, 0.01);
	check_double(number_of(w->payload, "total", "measured_h"), 0, 0, 0);
	world_free(w);
}

static void test_advice_adds_up_to_nothing(void **state)
{
	struct world *w = world_dryer("", "    mode: advisory\n", "");

	(void)state;
	world_dryer_inputs(w);
	pass(w, 0, 3600);
	assert_int_equal(w->n_totals, 1);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "total", "heat_kwh"), 0, 0, 0);
	world_free(w);
}

static void test_a_day_ends_at_the_sites_midnight(void **state)
{
	struct world *w = running_dryer("zone: Europe/Berlin");
	const struct tally *t;

	(void)state;
	check_has(world_payload(w, TOPIC_TOTALS, 0), "\"today\":{\"since\":\"2025-12-31T23:00:00.000000Z\"");
	pass(w, 0, 23 * 3600 + 1800);
	t = &w->totals[(w->n_totals - 1) % 256].totals;
	assert_int_equal(t->day_us, WORLD_EPOCH_US + 23 * INT64_C(3600000000));
	check_double(t->today.heat_kwh, 750, 1e-9, 0);
	check_double(t->total.heat_kwh, 23.5 * 1500, 1e-9, 0);
	for (size_t i = w->n_totals - 40; i < w->n_totals; i++) {
		t = &w->totals[i % 256].totals;
		if (t->day_us < WORLD_EPOCH_US) /* what the day came to is in the history */
			assert_true(t->today.heat_kwh <= 23 * 1500 + 1e-6);
	}
	world_free(w);
}

static void test_a_clock_set_over_midnight(void **state)
{
	struct world *w = running_dryer("");

	(void)state;
	pass(w, 0, 3600);
	w->now.utc_us -= INT64_C(7200000000); /* a little back: the day goes on */
	pass(w, 3600, 3660);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "today", "heat_kwh"), 1525, 0, 1);
	w->now.utc_us += 3 * INT64_C(86400000000);
	pass(w, 3660, 3720);
	assert_true(number_of(world_payload(w, TOPIC_TOTALS, 0), "today", "heat_kwh") < 30);
	check_double(number_of(w->payload, "total", "heat_kwh"), 1550, 0, 1);
	world_free(w);
}

static void test_totals_go_on_from_the_history(void **state)
{
	struct world *w = running_dryer("");
	struct tally before = {
	    .since_us = WORLD_EPOCH_US - 100, .day_us = WORLD_EPOCH_US, .total = {.heat_kwh = 1e6}, .today = {.heat_kwh = 100}};

	(void)state;
	pass(w, 0, 3600);
	engine_resume_totals(w->engine, 0, &before); /* read late, of the same day */
	world_run(w);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "total", "heat_kwh"), 1e6 + 1500, 0, 1e-3);
	check_double(number_of(w->payload, "today", "heat_kwh"), 1600, 0, 1e-3);
	assert_int_equal(engine_totals(w->engine, 0)->since_us, WORLD_EPOCH_US - 100);
	before.day_us -= INT64_C(86400000000);
	engine_resume_totals(w->engine, 0, &before);
	world_run(w);
	check_double(number_of(world_payload(w, TOPIC_TOTALS, 0), "today", "heat_kwh"), 1600, 0, 1e-3);
	world_free(w);
}

/* ---- the site ---------------------------------------------------------------------------- */

#define TWO_LOOPS                                                                                              \
	"site: test\n"                                                                                         \
	"%s\n"                                                                                                 \
	"market:\n"                                                                                            \
	"  electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 406 kg/MWh}\n"                         \
	"  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"                                                  \
	"loops:\n"                                                                                             \
	"  a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: " \
	"{lorenz_efficiency: 0.55}}\n"                                                                         \
	"  b: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 2400 kW}, heat_pump: " \
	"{lorenz_efficiency: 0.55}}\n"

static struct world *two_loops(const char *top)
{
	char yaml[2048];

	snprintf(yaml, sizeof(yaml), TWO_LOOPS, top);
	return world_new(yaml);
}

static void test_summary_adds_up_the_loops(void **state)
{
	struct world *w = two_loops("");
	const char *json;

	(void)state;
	world_send(w, "p/elec", "132");
	world_to(w, 3600);
	json = world_payload(w, TOPIC_SUMMARY, NO_LOOP);
	check_double(number_of(json, "{", "q_sink_kw"), 1.5 * 1537.371429, 0, 1e-3);
	check_double(number_of(json, "{", "p_elec_kw"), 1.5 * 529.168281, 0, 1e-3);
	check_double(number_of(json, "today", "heat_kwh"), 1.5 * 1537.371429, 0, 15); /* as of the newest minute of each */
	check_double(number_of(json, "total", "cost_savings_eur"), 1.5 * 22.39, 0, 0.3);
	check_has(json, "\"loops\":2,\"loops_on\":2,\"loops_bad\":0,\"loops_local\":0");
	check_has(json, "\"alarms_active\":0");
	assert_true(w->published[TOPIC_SUMMARY] >= 2 && w->published[TOPIC_SUMMARY] < 200);
	world_free(w);
}

/* What one was allowed and the meter does not show yet, the other cannot have. */
static void test_two_heat_pumps_under_one_peak(void **state)
{
	struct world *w = two_loops("demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW}");
	double sum_kw = 0;

	(void)state;
	world_queue(w, "site", "300");
	world_send(w, "p/elec", "132");
	assert_int_equal(w->n_setpoints, 2);
	for (size_t i = 0; i < 2; i++)
		sum_kw += w->setpoints[i].p_elec_kw;
	check_double(sum_kw, 700, 0, 1e-3);
	check_double(w->setpoints[0].p_elec_kw, 264.584, 0, 0.01); /* what it wants; the other gets the rest */
	world_to(w, 10);
	world_send(w, "site", "1001");
	check_has(alarms(w), "\"id\":\"demand_exceeded\",\"loop\":null");
	assert_int_equal(world_events(w, "demand_exceeded"), 1);
	world_free(w);
}

/* ---- alarms ------------------------------------------------------------------------------ */

static void test_life_of_an_alarm(void **state)
{
	struct world *w = running_dryer("");

	(void)state;
	check_has(alarms(w), "\"active\":0,\"unacknowledged\":0,\"alarms\":[],\"omitted\":0");
	world_send(w, "f/trip", "1");
	world_to(w, 1);
	check_has(alarms(w), "\"active\":1,\"unacknowledged\":1,\"alarms\":[{\"id\":\"dryer.tripped\"");
	assert_false(acknowledge(w, NO_LOOP, "dryer.nothing", "ann", "there is no alarm dryer.nothing"));
	assert_false(acknowledge(w, 0, "history", "ann", "there is no alarm history")); /* it is the site's */
	assert_false(acknowledge(w, 0, "not_followed", "ann", "is not listed, or acknowledged already"));
	assert_true(acknowledge(w, 0, "tripped", "ann", NULL));
	assert_false(acknowledge(w, NO_LOOP, "dryer.tripped", "bob", NULL));
	check_has(alarms(w), "\"active\":1,\"unacknowledged\":0");
	check_has(alarms(w), "\"acknowledged\":true");
	check_has(alarms(w), "\"acknowledged_by\":\"ann\"");
	assert_int_equal(world_events(w, "alarm_acknowledged"), 1);
	world_to(w, 5);
	world_send(w, "f/trip", "0"); /* over and acknowledged: gone */
	check_has(alarms(w), "\"active\":0,\"unacknowledged\":0,\"alarms\":[]");
	world_to(w, 6);
	world_send(w, "f/trip", "1");
	world_to(w, 7);
	world_send(w, "f/trip", "0"); /* over, but nobody has seen it */
	check_has(alarms(w), "\"active\":0,\"unacknowledged\":1");
	check_has(alarms(w), "\"active\":false,\"acknowledged\":false,\"since\":\"2026-01-01T00:00:06.000000Z\",\"cleared\":"
	                     "\"2026-01-01T00:00:07.000000Z\"");
	world_to(w, 8);
	world_send(w, "f/trip", "1"); /* again, before it was */
	check_has(alarms(w), "\"count\":2");
	world_send(w, "f/trip", "0");
	assert_true(acknowledge(w, NO_LOOP, "all", "ann", NULL));
	check_has(alarms(w), "\"alarms\":[]");
	assert_false(acknowledge(w, NO_LOOP, "all", "ann", NULL));
	world_free(w);
}

static void test_alarms_are_kept_and_told(void **state)
{
	struct world *w = running_dryer("");
	size_t rows = w->n_alarms;

	(void)state;
	world_send(w, "f/trip", "1");
	assert_int_equal(w->n_alarms, rows + 1);
	assert_string_equal(w->alarms[rows].alarm.code, "tripped");
	assert_true(w->alarms[rows].alarm.cleared_us == NO_TIME);
	world_to(w, 3);
	world_send(w, "f/trip", "0");
	assert_int_equal(w->n_alarms, rows + 2);
	assert_int_equal(w->alarms[rows + 1].ts_us, w->alarms[rows].ts_us); /* the same occurrence */
	assert_int_equal(w->alarms[rows + 1].alarm.cleared_us, w->now.utc_us);
	for (int i = 0; i < 1000; i++)
		world_send(w, "f/trip", i % 2 ? "0" : "1");
	assert_true(w->n_alarms < rows + 15); /* flapping is told ten times a minute */
	assert_true(w->published[TOPIC_ALARMS] <= 5);
	world_free(w);
}

static void test_alarms_of_inputs(void **state)
{
	struct world *w = world_dryer(", stale_after: 10 min, on_bad: hold", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 61); /* the source */
	check_has(alarms(w), "\"id\":\"dryer.no_decision\",\"loop\":\"dryer\",\"code\":\"no_decision\",\"priority\":\"high\","
	                     "\"text\":\"loops.dryer.source.t_in: stale");
	pass(w, 90, 700); /* the price is held */
	check_has(alarms(w), "\"code\":\"input_replaced\",\"priority\":\"low\",\"text\":\"market.electricity.price: stale");
	world_send(w, "p/elec", "132");
	check_has(alarms(w), "\"active\":0,\"unacknowledged\":2");
	world_free(w);
}

static void test_alarms_of_the_rim(void **state)
{
	struct world *w = two_loops("");

	(void)state;
	world_send(w, "p/elec", "132");
	engine_alarm(w->engine, w->now, ALARM_BROKER_LOST, true, "connection refused");
	world_to(w, 2);
	engine_alarm(w->engine, w->now, ALARM_BROKER_LOST, false, NULL);
	world_to(w, 4);
	check_has(alarms(w), "\"id\":\"broker_lost\",\"loop\":null,\"code\":\"broker_lost\",\"priority\":\"medium\",\"text\":"
	                     "\"connection refused\"");
	w->now.utc_us -= INT64_C(86400000000);
	world_to(w, 6);
	check_has(alarms(w), "\"id\":\"clock\"");
	world_free(w);
}

static void test_alarms_of_the_history_go_on(void **state)
{
	struct world *w = world_dryer("", MEASURED, "");
	struct alarm_row seen = {
	    .code = "tripped", .cleared_us = NO_TIME, .acknowledged_us = WORLD_EPOCH_US - 5, .who = "ann", .text = "x"};
	struct alarm_row over = {
	    .code = "history", .cleared_us = WORLD_EPOCH_US - 5, .acknowledged_us = NO_TIME, .text = "disk full"};

	(void)state;
	engine_resume_alarm(w->engine, 0, &seen, WORLD_EPOCH_US - 10);
	engine_resume_alarm(w->engine, NO_LOOP, &over, WORLD_EPOCH_US - 10);
	world_queue(w, "f/trip", "1");
	world_dryer_inputs(w);
	world_to(w, 6);
	check_has(alarms(w), "\"id\":\"dryer.tripped\"");
	check_has(alarms(w), "\"active\":true,\"acknowledged\":true,\"since\":\"2025-12-31T23:59:59.999990Z\"");
	check_has(alarms(w), "\"text\":\"disk full\",\"active\":false,\"acknowledged\":false");
	world_send(w, "f/trip", "0");
	assert_null(strstr(alarms(w), "tripped"));
	world_free(w);
}

/* ---- another configuration ---------------------------------------------------------------- */

static void test_a_reload_carries_it_over(void **state)
{
	struct world *w = running_dryer(""), *next;
	const uint32_t loops[] = {0}, signals[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};

	(void)state;
	pass(w, 0, 1800);
	world_send(w, "f/t", "90");
	world_to(w, 1830);
	engine_alarm(w->engine, w->now, ALARM_HISTORY, true, "disk full");
	next = world_dryer("", MEASURED "    objective: carbon\n", "");
	next->now = w->now;
	engine_adopt(next->engine, w->now, w->engine, loops, signals);
	world_free(w);
	world_run(next);
	check_double(number_of(world_payload(next, TOPIC_TOTALS, 0), "total", "heat_kwh"), 1500 * 1830.0 / 3600, 0, 1e-3);
	check_has(alarms(next), "disk full");
	assert_int_equal(world_setpoint(next)->objective, OBJECTIVE_CARBON);
	pass(next, 1830, 2401); /* it deviates since 1800 s, whatever the configuration */
	assert_int_equal(world_events(next, "not_followed"), 1);
	world_free(next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_actual_is_what_was_measured),
	    cmocka_unit_test(test_no_feedback_no_actual),
	    cmocka_unit_test(test_measurements_decide_nothing),
	    cmocka_unit_test(test_tripped_or_local_shows_no_savings),
	    cmocka_unit_test(test_trip_beats_manual),
	    cmocka_unit_test(test_measurements_that_cannot_be),
	    cmocka_unit_test(test_energies_that_do_not_balance),
	    cmocka_unit_test(test_not_followed_by_temperature),
	    cmocka_unit_test(test_not_followed_by_running),
	    cmocka_unit_test(test_totals_of_what_is_measured),
	    cmocka_unit_test(test_totals_under_local_control_save_nothing),
	    cmocka_unit_test(test_totals_without_a_meter_are_expected),
	    cmocka_unit_test(test_advice_adds_up_to_nothing),
	    cmocka_unit_test(test_a_day_ends_at_the_sites_midnight),
	    cmocka_unit_test(test_a_clock_set_over_midnight),
	    cmocka_unit_test(test_totals_go_on_from_the_history),
	    cmocka_unit_test(test_summary_adds_up_the_loops),
	    cmocka_unit_test(test_two_heat_pumps_under_one_peak),
	    cmocka_unit_test(test_life_of_an_alarm),
	    cmocka_unit_test(test_alarms_are_kept_and_told),
	    cmocka_unit_test(test_alarms_of_inputs),
	    cmocka_unit_test(test_alarms_of_the_rim),
	    cmocka_unit_test(test_alarms_of_the_history_go_on),
	    cmocka_unit_test(test_a_reload_carries_it_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Bad input of the general case, as it comes in live signals: for each what the setpoint says, what the points say, and the
 * words of the event; the loops beside go on, and so does this one when the input is good again. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char yaml[] =
    "site: test\n"
    "market: {electricity: {price: 60 EUR/MWh, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 213 kg/MWh}}\n"
    "loops:\n"
    "  curve:\n"
    "    source: {t_in: 15 degC, heat_capacity_rate: 500 kW/K}\n"
    "    sink:\n"
    "      t_in: 55 degC\n"
    "      curve:\n"
    "        - {t_out: {topic: c/first, unit: degC}, duty: {topic: c/duty, unit: kW}}\n"
    "        - {latent: {topic: c/steam, unit: degC}, duty: 1500 kW}\n"
    "        - {t_in: {topic: c/last, unit: degC}, t_out: 180 degC, duty: 800 kW}\n"
    "    heat_pump: {lorenz_efficiency: 0.55}\n"
    "  fleet:\n"
    "    source:\n"
    "      t_in: {topic: s/t, unit: degC}\n"
    "      heat_capacity_rate: {topic: s/flow, unit: kW/K}\n"
    "      t_out_min: 2 degC\n"
    "      cooling_max: {topic: s/cooling, unit: K}\n"
    "      body: {heat_capacity_rate: {topic: s/river, unit: MW/K}, cooling_max: 0.1 K}\n"
    "    sink: {t_in: 50 degC, t_target: {topic: d/target, unit: degC}, duty: {topic: d/duty, unit: MW}}\n"
    "    heat_pump:\n"
    "      lorenz_efficiency: {model: jensen, fluid: ammonia, isentropic: {topic: m/is, unit: \"%\"}}\n"
    "      units:\n"
    "        - {name: left, capacity: {topic: l/cap, unit: MW}, min_load: {topic: l/min, unit: \"%\"}, available: {topic: "
    "l/ok}}\n"
    "        - {name: right, capacity: {topic: r/cap, unit: MW}, available: {topic: r/ok}}\n"
    "    utilities: [{name: chp, capacity: {topic: u/cap, unit: MW}, efficiency: {topic: u/eff, unit: \"%\"}}]\n"
    "    electric_boiler: {capacity: {topic: e/cap, unit: MW}}\n"
    "  other:\n"
    "    source: {t_in: 15 degC}\n"
    "    sink: {t_in: 55 degC, t_target: 120 degC, duty: 1 MW}\n"
    "    heat_pump: {lorenz_efficiency: 0.5}\n";
enum { CURVE, FLEET, OTHER, LOOPS };
static const char *const loop_names[LOOPS] = {"curve", "fleet", "other"};

static const struct good {
	const char *topic, *value;
} good[] = {
    {"c/first", "110"}, {"c/duty", "1000"}, {"c/steam", "120"}, {"c/last", "125"},  {"s/t", "10"},
    {"s/flow", "1000"}, {"s/cooling", "6"}, {"s/river", "100"}, {"d/target", "80"}, {"d/duty", "7"},
    {"m/is", "80"},     {"l/cap", "4"},     {"l/min", "30"},    {"l/ok", "1"},      {"r/cap", "4"},
    {"r/ok", "1"},      {"u/cap", "1"},     {"u/eff", "80"},    {"e/cap", "1"},
};

/* Two messages at most. */
static const struct bad {
	uint32_t loop;
	const char *topic, *value, *topic2, *value2;
	const char *setpoint, *points;
	const char *words; /* of the event; NULL: none is told */
} bads[] = {
#define OFF    "\"hp_on\":false,"
#define REASON "\"reason\":"
    {CURVE, "c/steam", "105", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "curve: no valid decision: segments of the sink curve overlap: sink.curve.1 begins at 105 degC, the one before ends at 110 "
     "degC; "
     "heat pump off"},
    {CURVE, "c/last", "119", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "curve: no valid decision: segments of the sink curve overlap: sink.curve.2 begins at 119 degC, the one before ends at 120 "
     "degC; "
     "heat pump off"},
    {CURVE, "c/last", "181", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "curve: no valid decision: the sink curve falls: sink.curve.2 begins at 181 degC and ends at 180 degC; heat pump off"},
    {CURVE, "c/first", "50", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "curve: no valid decision: the sink curve falls: sink.curve.0 begins at 55 degC and ends at 50 degC; heat pump off"},
    {CURVE, "c/duty", "-1", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "curve: no valid decision: loops.curve.sink.curve.0.duty: -1 kW is outside [0 kW, 1000000000 kW]; heat pump off"},
    {CURVE, "c/duty", "0", NULL, NULL, REASON "\"optimum\"", "\"q_sink_kw\":2300.0", NULL}, /* a segment may be nothing */
    {FLEET, "d/target", "40", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: the target is below the inlet: the sink curve falls (source 10 degC, sink from 50 to 40 degC); "
     "heat pump "
     "off"},
    {FLEET, "s/t", "85", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: the source is not below the highest sink temperature: there is nothing to lift (source 85 degC, "
     "sink from 50 "
     "to 80 degC); heat pump off"},
    {FLEET, "s/flow", "0", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: a heat-capacity rate of the source is not above 0 (source 10 degC, sink from 50 to 80 degC); "
     "heat pump off"},
    {FLEET, "s/river", "0", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: loops.fleet.source.body.heat_capacity_rate: 0 MW/K is outside (0 MW/K, 1000000000 MW/K]; heat "
     "pump off"},
    {FLEET, "m/is", "0", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: loops.fleet.heat_pump.lorenz_efficiency.isentropic: 0 % is outside (0 %, 100 %]; heat pump off"},
    {FLEET, "l/min", "120", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: loops.fleet.heat_pump.units.0.min_load: 120 % is outside [0 %, 100 %]; heat pump off"},
    {FLEET, "l/cap", "-1", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: loops.fleet.heat_pump.units.0.capacity: -1 MW is outside [0 MW, 1000000 MW]; heat pump off"},
    {FLEET, "u/eff", "0", NULL, NULL, REASON "\"bad_input\"", "\"cost\":null",
     "fleet: no valid decision: loops.fleet.utilities.0.efficiency: 0 % is outside (0 %, 120 %]; heat pump off"},
    /* a river at its limit: less, or nothing */
    {FLEET, "s/river", "10", NULL, NULL, REASON "\"source\"", "\"limited_by\":\"source_body\"", NULL},
    {FLEET, "s/cooling", "0", NULL, NULL, OFF, "\"limited_by\":\"source_cooling_max\"", NULL},
    {FLEET, "s/t", "2", NULL, NULL, OFF, "\"limited_by\":\"source_t_out_min\"", NULL},
    {FLEET, "s/t", "1.5", NULL, NULL, REASON "\"source\"", "\"limited_by\":\"source_t_out_min\"", NULL},
    /* units that trip, or have no capacity */
    {FLEET, "l/ok", "0", NULL, NULL, REASON "\"limited\"", "\"units\":[\"right\"]",
     "fleet: unit left is left out: it is not available"},
    {FLEET, "l/cap", "0", NULL, NULL, REASON "\"limited\"", "\"units\":[\"right\"]",
     "fleet: unit left is left out: its capacity is 0"},
    {FLEET, "r/ok", "junk", NULL, NULL, "\"quality\":\"uncertain\"", "\"units\":[\"left\"]",
     "fleet: unit right is left out: \"junk\" is not a decimal number"},
    {FLEET, "l/ok", "0", "r/cap", "0", REASON "\"unavailable\"", "\"units\":[]",
     "fleet: unit right is left out: its capacity is 0"},
    /* nobody beside the boiler */
    {FLEET, "u/cap", "0", "e/cap", "0", REASON "\"optimum\"",
     "\"utilities\":{\"boiler\":0.0,\"electric_boiler\":0.0,\"chp\":0.0}", NULL},
    {FLEET, "d/duty", "0", NULL, NULL, REASON "\"not_beneficial\"", "\"limited_by\":\"inlet\"", NULL},
};

static const char *last_words(const struct world *w)
{
	return w->n_events > 0 ? w->events[(w->n_events - 1) % 256].event.message : "";
}

static void check_has(const char *text, const char *what, const struct bad *bad)
{
	if (!strstr(text, what))
		fail_msg("%s %s: no %s in %s", bad->topic, bad->value, what, text);
}

static void send_good(struct world *w, const char *topic)
{
	for (size_t i = 0; topic && i < sizeof(good) / sizeof(good[0]); i++)
		if (strcmp(good[i].topic, topic) == 0)
			world_send(w, topic, good[i].value);
}

static void check_beside(struct world *w, const struct bad *bad, char before[LOOPS][4096])
{
	for (uint32_t i = 0; i < LOOPS; i++)
		if (i != bad->loop && strcmp(world_payload(w, TOPIC_POINTS, i), before[i]) != 0)
			fail_msg("%s %s: %s has changed: %s", bad->topic, bad->value, loop_names[i],
			         world_payload(w, TOPIC_POINTS, i));
}

static void check_bad(struct world *w, const struct bad *bad, double *at_s)
{
	char before[LOOPS][4096];
	size_t told = world_events(w, "unit_left") + world_events(w, "loop_bad");

	for (uint32_t i = 0; i < LOOPS; i++)
		snprintf(before[i], sizeof(before[i]), "%s", world_payload(w, TOPIC_POINTS, i));
	world_send(w, bad->topic, bad->value);
	if (bad->topic2)
		world_send(w, bad->topic2, bad->value2);
	world_to(w, *at_s += 61); /* all may be told again */
	check_has(world_payload(w, TOPIC_SETPOINT, bad->loop), bad->setpoint, bad);
	check_has(world_payload(w, TOPIC_POINTS, bad->loop), bad->points, bad);
	check_beside(w, bad, before);
	assert_int_equal(world_events(w, "unit_left") + world_events(w, "loop_bad") - told, !bad->words   ? 0
	                                                                                    : bad->topic2 ? 2
	                                                                                                  : 1);
	if (bad->words)
		assert_string_equal(last_words(w), bad->words);
	send_good(w, bad->topic);
	send_good(w, bad->topic2);
	world_to(w, *at_s += 61);
	check_has(world_payload(w, TOPIC_SETPOINT, bad->loop), "\"reason\":\"optimum\"", bad);
}

static void test_each(void **state)
{
	struct world *w = world_new(yaml);
	double at_s = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		world_queue(w, good[i].topic, good[i].value);
	world_run(w);
	world_to(w, at_s += 61);
	for (uint32_t i = 0; i < LOOPS; i++)
		assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, i), "\"reason\":\"optimum\""));
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++)
		check_bad(w, &bads[i], &at_s);
	assert_int_equal(world_events(w, "unit_left"), world_events(w, "unit_entered"));
	assert_int_equal(world_events(w, "unit_left"), 5);
	world_free(w);
}

/* What flaps is told ten times a minute, and where it ended up afterwards. A reload tells it anew. */
static void test_a_flapping_unit(void **state)
{
	struct world *w = world_new(yaml);

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		world_queue(w, good[i].topic, good[i].value);
	world_run(w);
	for (int i = 0; i < 41; i++)
		world_send(w, "l/ok", i % 2 ? "1" : "0");
	assert_true(world_events(w, "unit_left") <= 5);
	world_to(w, 70);
	world_send(w, "d/duty", "6.9");
	assert_string_equal(last_words(w), "fleet: unit left is left out: it is not available");
	assert_int_equal(world_events(w, "unit_left"), world_events(w, "unit_entered") + 1);
	world_reload(w, yaml);
	assert_int_equal(world_events(w, "unit_left"), world_events(w, "unit_entered") + 2);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each), cmocka_unit_test(test_a_flapping_unit)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

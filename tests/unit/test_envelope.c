/* The operating envelope on virtual time: tables over the source's temperature against what they say by hand, each limit at
 * its edge, hysteresis over messages, reloads and bad inputs, units, no flow at all; another loop goes on beside. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                                                    \
	"site: test\n"                                                                                                          \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: " \
	"202 kg/MWh}}\n"                                                                                                        \
	"loops:\n"                                                                                                              \
	"  cold:\n"                                                                                                             \
	"    source: {t_in: {topic: s/t, unit: degC}%s}\n"                                                                      \
	"    sink: {t_in: 50 degC, t_target: 80 degC, duty: {topic: d/duty, unit: MW}}\n"                                       \
	"    heat_pump:\n"                                                                                                      \
	"      lorenz_efficiency: 0.5\n"                                                                                        \
	"%s"                                                                                                                    \
	"      envelope: {%s}\n"                                                                                                \
	"%s"                                                                                                                    \
	"  other:\n"                                                                                                            \
	"    source: {t_in: 15 degC}\n"                                                                                         \
	"    sink: {t_in: 55 degC, t_target: 120 degC, duty: 1 MW}\n"                                                           \
	"    heat_pump: {lorenz_efficiency: 0.5}\n"

struct plant {
	const char *source, *machine, *envelope, *loop; /* NULL: nothing more */
};

static char *yaml_of(const struct plant *p)
{
	static char yaml[4096];

	snprintf(yaml, sizeof(yaml), HEAD, p->source ? p->source : "", p->machine ? p->machine : "", p->envelope,
	         p->loop ? p->loop : "");
	return yaml;
}

/* 10 degC, 4 MW, 60 EUR/MWh: the heat pump earns on all of it. */
static struct world *world_at(const struct plant *p)
{
	struct world *w = world_new(yaml_of(p));

	world_queue(w, "p/elec", "60");
	world_queue(w, "d/duty", "4");
	world_send(w, "s/t", "10");
	return w;
}

/* ---- what is said ----------------------------------------------------------------------- */

static double number_of(const char *payload, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(payload, quoted);
	if (!at)
		fail_msg("no %s in %s", key, payload);
	at += strlen(quoted);
	return strncmp(at, "null", 4) == 0 ? NAN : strncmp(at, "true", 4) == 0 ? 1 : strtod(at, NULL);
}

static double heat_kw(struct world *w)
{
	return number_of(world_payload(w, TOPIC_SETPOINT, 0), "q_sink_kw");
}

static void check_said(struct world *w, bool on, const char *reason)
{
	char text[64];
	const char *payload = world_payload(w, TOPIC_SETPOINT, 0);

	snprintf(text, sizeof(text), "\"reason\":\"%s\"", reason);
	if (number_of(payload, "hp_on") != on || !strstr(payload, text))
		fail_msg("not %s, %s: %s", on ? "on" : "off", reason, payload);
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 1), "hp_on"), 1);
}

static void check_points_say(struct world *w, const char *text)
{
	world_to(w, (double)(w->now.utc_us - WORLD_EPOCH_US) / 1e6 + 2);
	if (!strstr(world_payload(w, TOPIC_POINTS, 0), text))
		fail_msg("no %s in %s", text, world_payload(w, TOPIC_POINTS, 0));
}

static const char *last_event(const struct world *w, const char *code)
{
	for (size_t i = w->n_events; i-- > 0;)
		if (strcmp(w->events[i % 256].event.code, code) == 0)
			return w->events[i % 256].event.message;
	fail_msg("no event %s", code);
	return NULL;
}

/* ---- tables ----------------------------------------------------------------------------- */

static const struct at {
	const char *source;
	double capacity_kw, t_max_c;
} table[] = {{"-20", 1200, 60}, {"-10", 1200, 60}, {"-5", 1400, 63.75}, {"0", 1600, 67.5}, {"10", 2000, 75}, {"25", 2000, 75}};

static void check_table(const char *more, double limit_kw, double limit_c)
{
	struct plant p = {
	    .machine = more,
	    .envelope = "capacity: [[-10 degC, 1.2 MW], [10 degC, 2 MW]], t_max: [[-10 degC, 60 degC], [10 degC, 75 degC]]"};
	struct world *w = world_at(&p);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		double capacity_kw = fmin(table[i].capacity_kw, limit_kw), t_max_c = fmin(table[i].t_max_c, limit_c);

		world_send(w, "s/t", table[i].source);
		check_double(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), t_max_c, 1e-6, 0);
		check_double(heat_kw(w), fmin(capacity_kw, 4000 * (t_max_c - 50) / 30), 1e-6, 0);
		check_points_say(w, capacity_kw < 4000 * (t_max_c - 50) / 30 ? "\"limited_by\":\"capacity\""
		                                                             : "\"limited_by\":\"t_max\"");
		check_near(number_of(world_payload(w, TOPIC_POINTS, 0), "capacity_kw"), capacity_kw);
		check_near(number_of(world_payload(w, TOPIC_POINTS, 0), "t_max_c"), t_max_c);
	}
	world_free(w);
}

static void test_tables(void **state)
{
	(void)state;
	check_table("", INFINITY, INFINITY);
	check_table("      capacity: 1500 kW\n      t_max: 70 degC\n", 1500, 70);
	check_table("      approach_sink: 0 K\n", INFINITY, INFINITY); /* the same by the general case */
}

static void test_a_table_of_one_point_and_one_that_ends_at_nothing(void **state)
{
	struct plant one = {.envelope = "capacity: [[0 degC, 1 MW]]"},
	             none = {.envelope = "capacity: [[-10 degC, 0 kW], [10 degC, 2 MW]]"};
	struct world *w = world_at(&one);

	(void)state;
	check_near(heat_kw(w), 1000);
	world_free(w);
	w = world_at(&none);
	check_near(heat_kw(w), 2000);
	world_send(w, "s/t", "-10");
	check_said(w, false, "envelope");
	assert_string_equal(last_event(w, "envelope_left"),
	                    "cold: outside its operating envelope: heat_pump.envelope.capacity is 0 kW "
	                    "where source.t_in is -10 degC; heat pump off");
	check_points_say(w, "\"envelope\":\"capacity\"");
	world_free(w);
}

/* The least load is a share of what is in force. */
static void test_least_load(void **state)
{
	struct plant p = {.machine = "      min_load: 50 %\n", .envelope = "capacity: [[-10 degC, 1 MW], [10 degC, 2 MW]]"};
	struct world *w = world_at(&p);

	(void)state;
	check_points_say(w, "\"min_load_kw\":1000.0");
	world_send(w, "s/t", "-10");
	check_points_say(w, "\"min_load_kw\":500.0");
	world_free(w);
}

/* Each unit has its share of the table, whether the others are there or not. */
static void test_units(void **state)
{
	struct plant p = {.machine = "      units:\n"
	                             "        - {name: left, capacity: 3 MW, available: {topic: u/left}}\n"
	                             "        - {name: right, capacity: 1 MW}\n",
	                  .envelope = "capacity: [[-10 degC, 2 MW], [10 degC, 6 MW]]"};
	struct world *w = world_at(&p);

	(void)state;
	world_send(w, "u/left", "1");
	world_send(w, "s/t", "10");
	check_double(heat_kw(w), 4000, 1e-6, 0); /* no more than they can */
	world_send(w, "s/t", "-10");
	check_double(heat_kw(w), 2000, 1e-6, 0);
	check_points_say(w, "\"limited_by\":\"capacity\"");
	world_send(w, "u/left", "0");
	check_points_say(w, "\"capacity_kw\":500.0"); /* noise in the capacity moves no setpoint */
	check_double(number_of(world_payload(w, TOPIC_POINTS, 0), "q_sink_kw"), 500, 1e-6, 0);
	world_free(w);
}

/* ---- limits ----------------------------------------------------------------------------- */

static const struct edge {
	const char *source, *envelope, *topic, *inside, *outside, *limit, *words;
} edges[] = {
    {"", "t_source_min: -12 degC", "s/t", "-12", "-12.1", "t_source_min",
     "source.t_in is -12.1 degC, below heat_pump.envelope.t_source_min, -12 degC"},
    {"", "t_source_max: 40 degC", "s/t", "40", "40.5", "t_source_max",
     "source.t_in is 40.5 degC, above heat_pump.envelope.t_source_max, 40 degC"},
    {"", "ambient: {topic: x, unit: degF, on_bad: 60 degF}, t_ambient_min: -15 degC", "x", "5", "4.9", "t_ambient_min",
     "heat_pump.envelope.ambient is -15.0556 degC, below heat_pump.envelope.t_ambient_min, -15 degC"},
    {", heat_capacity_rate: {topic: x, unit: kW/K, on_bad: 500 kW/K}", "source_rate_min: 300 kW/K", "x", "300", "299",
     "source_rate_min", "the source's heat capacity rate is 299 kW/K, below heat_pump.envelope.source_rate_min, 300 kW/K"},
    {", heat_capacity_rate: {topic: x, unit: kW/K, on_bad: 500 kW/K}", "source_rate_min: 300 kW/K", "x", "500", "0",
     "source_rate_min", "the source's heat capacity rate is 0 kW/K, below heat_pump.envelope.source_rate_min, 300 kW/K"},
    {"", "sink_rate_min: 100 kW/K", "d/duty", "3", "2.7", "sink_rate_min",
     "the sink's heat capacity rate is 90 kW/K, below heat_pump.envelope.sink_rate_min, 100 kW/K"},
    {"", "sink_rate_min: 100 kW/K", "d/duty", "4", "0", "sink_rate_min",
     "the sink's heat capacity rate is 0 kW/K, below heat_pump.envelope.sink_rate_min, 100 kW/K"},
};

static void check_edge(const struct edge *edge)
{
	struct plant p = {.source = edge->source, .envelope = edge->envelope};
	struct world *w = world_at(&p);
	char text[256];

	world_to(w, 10);
	world_send(w, edge->topic, edge->inside);
	check_said(w, true, "optimum");
	check_points_say(w, "\"envelope\":null");
	world_send(w, edge->topic, edge->outside);
	check_said(w, false, "envelope");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "quality_code") > 0, 1);
	snprintf(text, sizeof(text), "cold: outside its operating envelope: %s; heat pump off", edge->words);
	assert_string_equal(last_event(w, "envelope_left"), text);
	snprintf(text, sizeof(text), "\"envelope\":\"%s\"", edge->limit);
	check_points_say(w, text);
	assert_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"limited_by\":\"none\""));
	assert_non_null(
	    strstr(world_payload(w, TOPIC_POINTS, 0),
	           "\"electrification\":0.0,\"cop\":null,\"q_sink_kw\":0.0,\"p_elec_kw\":0.0,\"cost_savings_eur_h\":0.0"));
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"limited_by\":\"envelope\""));
	world_send(w, edge->topic, edge->inside);
	check_said(w, true, "optimum");
	assert_string_equal(last_event(w, "envelope_entered"), "cold: within its operating envelope again");
	assert_int_equal(world_events(w, "loop_bad"), 0);
	world_free(w);
}

static void test_each_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		check_edge(&edges[i]);
}

/* A pump that stands still: nothing is exchanged with its stream either. */
static void test_no_flow_exchanges_nothing(void **state)
{
	struct plant p = {.source = ", heat_capacity_rate: {topic: x, unit: kW/K}",
	                  .envelope = "source_rate_min: 300 kW/K",
	                  .loop = "    direct_exchange: {pinch: 5 K}\n"};
	struct world *w = world_at(&p);

	(void)state;
	world_send(w, "s/t", "70");
	world_send(w, "x", "500");
	check_said(w, true, "optimum");
	check_points_say(w, "\"direct_exchange\":{\"q_kw\":2000.0");
	world_send(w, "x", "0");
	check_said(w, false, "envelope");
	check_points_say(w, "\"source_heat_capacity_rate_kw_k\":0.0");
	assert_true(number_of(strstr(world_payload(w, TOPIC_POINTS, 0), "direct_exchange"), "q_kw") < 0.001);
	world_free(w);
}

/* A curve's least rate counts; steam alone has none. */
static void test_flow_of_a_curve(void **state)
{
	static const struct {
		const char *curve;
		bool on;
	} cases[] = {
	    {"[{t_in: 50 degC, t_out: 60 degC, duty: 1 MW}, {latent: 60 degC, duty: 1 MW}, {t_out: 80 degC, duty: 1.8 MW}]",
	     false},
	    {"[{t_in: 50 degC, t_out: 60 degC, duty: 1 MW}, {latent: 60 degC, duty: 1 MW}, {t_out: 80 degC, duty: 2 MW}]", true},
	    {"[{latent: 60 degC, duty: 1 MW}]", true},
	};
	char yaml[2048];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world *w;

		snprintf(yaml, sizeof(yaml),
		         "site: test\n"
		         "market: {electricity: {price: 60 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
		         "loops:\n  a:\n    source: {t_in: 10 degC}\n    sink: {curve: %s}\n"
		         "    heat_pump: {lorenz_efficiency: 0.5, envelope: {sink_rate_min: 100 kW/K}}\n",
		         cases[i].curve);
		w = world_new(yaml);
		assert_int_equal(world_setpoint(w)->hp_on, cases[i].on);
		world_free(w);
	}
}

/* ---- hysteresis ------------------------------------------------------------------------- */

static const struct step {
	const char *value;
	bool on;
} cold[] = {{"-9.9", true},  {"-10", true}, {"-10.1", false}, {"-9", false},
            {"-8.1", false}, {"-8", true},  {"-9.9", true},   {"-10.1", false}},
  hot[] = {{"30", true}, {"30.1", false}, {"28.1", false}, {"28", true}, {"29.9", true}},
  flow[] = {{"3", true}, {"2.9", false}, {"3.2", false}, {"3.3", true}, {"3.01", true}};

static void walk(struct world *w, const char *topic, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		world_send(w, topic, steps[i].value);
		check_said(w, steps[i].on, steps[i].on ? "optimum" : "envelope");
		check_points_say(w, steps[i].on ? "\"envelope\":null"
		                                : "\"limited_by\":\"envelope\""); /* told later, and the same */
		check_said(w, steps[i].on, steps[i].on ? "optimum" : "envelope");
	}
}

static void test_hysteresis(void **state)
{
	struct plant p = {.envelope = "t_source_min: -10 degC, t_source_max: 30 degC, sink_rate_min: 100 kW/K, hysteresis: 2 K, "
	                              "rate_hysteresis: 10 %"};
	struct world *w = world_at(&p);

	(void)state;
	walk(w, "s/t", hot, sizeof(hot) / sizeof(hot[0]));
	walk(w, "d/duty", flow, sizeof(flow) / sizeof(flow[0]));
	walk(w, "s/t", cold, sizeof(cold) / sizeof(cold[0]));
	assert_int_equal(world_events(w, "envelope_left"), 4);
	assert_int_equal(world_events(w, "envelope_entered"), 3);
	/* in the band a reload changes nothing, and its new limit counts at once */
	world_send(w, "s/t", "-9");
	world_reload(w, yaml_of(&p));
	check_said(w, false, "envelope");
	p.envelope = "t_source_min: -11.5 degC, hysteresis: 2 K";
	world_reload(w, yaml_of(&p));
	check_said(w, true, "optimum");
	p.envelope = "t_source_min: -8 degC";
	world_reload(w, yaml_of(&p));
	check_said(w, false, "envelope");
	world_free(w);
}

/* ---- by hand, and without inputs -------------------------------------------------------- */

static void test_by_hand(void **state)
{
	struct plant p = {.envelope = "t_source_min: -10 degC, t_max: [[0 degC, 65 degC], [10 degC, 75 degC]]"};
	struct world *w = world_at(&p);

	(void)state;
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 70}");
	world_command(w, 0, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	world_to(w, 1);
	check_said(w, true, "manual");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), 70);
	world_send(w, "s/t", "0");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), 65);
	world_send(w, "s/t", "-11");
	check_said(w, false, "envelope");
	world_free(w);
}

static void test_without_inputs(void **state)
{
	struct plant p = {.envelope = "t_source_min: -10 degC, hysteresis: 1 K, t_max: [[0 degC, 65 degC], [10 degC, 75 degC]]",
	                  .loop = "    setpoint: {bad_inputs: {then: fallback}, fallback: 74 degC}\n"};
	struct world *w = world_at(&p);

	(void)state;
	world_send(w, "d/duty", "junk"); /* the source is known */
	check_said(w, true, "fallback");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), 74);
	world_send(w, "s/t", "5");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), 70);
	world_send(w, "s/t", "junk"); /* it is not: the least that any source allows */
	check_said(w, true, "fallback");
	check_near(number_of(world_payload(w, TOPIC_SETPOINT, 0), "t_sink_out_c"), 65);
	world_send(w, "s/t", "-11"); /* outside what is known */
	check_said(w, false, "bad_input");
	world_send(w, "s/t", "junk"); /* as it was last */
	check_said(w, false, "bad_input");
	world_send(w, "s/t", "-9.5");
	check_said(w, false, "bad_input");
	world_send(w, "s/t", "-9");
	check_said(w, true, "fallback");
	world_free(w);
}

static void test_an_interlock_goes_first(void **state)
{
	struct plant p = {.machine = "      available: {topic: hp/ok}\n", .envelope = "t_source_min: -10 degC"};
	struct world *w = world_at(&p);

	(void)state;
	world_send(w, "hp/ok", "0");
	world_send(w, "s/t", "-11");
	check_said(w, false, "unavailable");
	world_send(w, "hp/ok", "1");
	check_said(w, false, "envelope");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tables),
	    cmocka_unit_test(test_a_table_of_one_point_and_one_that_ends_at_nothing),
	    cmocka_unit_test(test_least_load),
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_each_limit),
	    cmocka_unit_test(test_no_flow_exchanges_nothing),
	    cmocka_unit_test(test_flow_of_a_curve),
	    cmocka_unit_test(test_hysteresis),
	    cmocka_unit_test(test_by_hand),
	    cmocka_unit_test(test_without_inputs),
	    cmocka_unit_test(test_an_interlock_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The general case in the engine, on virtual time: the same plant by the closed form, by the library's closed form behind a
 * case, and by its search goes the same way through deadband, ramp, minimum load and demand; units that trip, sources that
 * fail, reloads in between. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- payloads --------------------------------------------------------------------------- */

/* A number after the key, from the place where after is; NaN where null. */
static double number_at(const char *payload, const char *after, const char *key)
{
	char quoted[64];
	const char *at = after ? strstr(payload, after) : payload;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = at ? strstr(at, quoted) : NULL;
	if (!at)
		fail_msg("no %s after %s in %s", key, after ? after : "the beginning", payload);
	at += strlen(quoted);
	return strncmp(at, "null", 4) == 0 ? NAN : strncmp(at, "true", 4) == 0 ? 1 : strtod(at, NULL);
}

static const char *reason_at(const char *payload, char text[32])
{
	const char *at = strstr(payload, "\"reason\":\"");

	assert_non_null(at);
	sscanf(at, "\"reason\":\"%31[a-z_]", text);
	return text;
}

/* ---- one plant, three ways -------------------------------------------------------------- */

/* What is said of one loop, as text that outlives the next payload. */
struct said {
	double on, t_c, expected_c, q_kw, p_kw;
	char reason[32];
};

static struct said said_of(struct world *w, uint32_t loop)
{
	const char *payload = world_payload(w, TOPIC_SETPOINT, loop);
	struct said s = {number_at(payload, NULL, "hp_on"),
	                 number_at(payload, NULL, "t_sink_out_c"),
	                 number_at(payload, NULL, "t_sink_out_expected_c"),
	                 number_at(payload, NULL, "q_sink_kw"),
	                 number_at(payload, NULL, "p_elec_kw"),
	                 ""};

	reason_at(payload, s.reason);
	return s;
}

static void check_same(const struct said *a, const struct said *b, const char *what, double price)
{
	if (a->on == b->on && strcmp(a->reason, b->reason) == 0 && fabs(a->t_c - b->t_c) < 2e-3 &&
	    fabs(a->expected_c - b->expected_c) < 2e-3 && fabs(a->q_kw - b->q_kw) < 0.1 && fabs(a->p_kw - b->p_kw) < 0.1)
		return;
	fail_msg("%s at %g: %g %.6f %.6f %.4f kW %.4f kW %s, not %g %.6f %.6f %.4f kW %.4f kW %s", what, price, b->on, b->t_c,
	         b->expected_c, b->q_kw, b->p_kw, b->reason, a->on, a->t_c, a->expected_c, a->q_kw, a->p_kw, a->reason);
}

enum { WAYS = 3 };

/* Heat pumps of one site share its demand, so each way has a world of its own. */
static struct world *world_of_way(int way, const char *top, const char *heat_pump, const char *loop)
{
	static const char *const ways[WAYS] = {"", ", approach_source: 0 K", ", approach_sink: 0 K"};
	static const char *const sources[WAYS] = {"", "", ", heat_capacity_rate: 1e9 kW/K"};
	char yaml[4096];

	snprintf(yaml, sizeof(yaml),
	         "site: test\n%s"
	         "market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 406 kg/MWh},\n"
	         "         fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}\n"
	         "loops:\n"
	         "  way:\n    source: {t_in: 15 degC%s}\n"
	         "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	         "    heat_pump: {lorenz_efficiency: 0.55%s%s}\n%s",
	         top, sources[way], ways[way], heat_pump, loop);
	return world_new(yaml);
}

static void run_three_ways(const char *top, const char *heat_pump, const char *loop)
{
	static const double prices[] = {132, 131.5, 90, 60, 33.1, 33, 20, 0, -40, 61, 140, 260, 400, 180, 150, 132, 88, 300, 132};
	struct world *w[WAYS];
	struct said said[WAYS];
	char price[32], what[256];

	for (int i = 0; i < WAYS; i++)
		w[i] = world_of_way(i, top, heat_pump, loop);
	for (size_t k = 0; k < sizeof(prices) / sizeof(prices[0]); k++) {
		snprintf(price, sizeof(price), "%g", prices[k]);
		for (int i = 0; i < WAYS; i++) {
			world_send(w[i], "t/in", k % 3 ? "55" : "56.5");
			world_send(w[i], "p/elec", price);
			said[i] = said_of(w[i], 0);
			snprintf(what, sizeof(what), "way %d of %s%s%s", i, top, heat_pump, loop);
			check_same(&said[0], &said[i], what, prices[k]);
			world_to(w[i], 40.0 * (double)(k + 1));
		}
	}
	for (int i = 0; i < WAYS; i++) { /* by hand, above what pays */
		world_command(w[i], 0, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 140}");
		world_command(w[i], 0, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
		world_to(w[i], 2000);
		said[i] = said_of(w[i], 0);
		check_same(&said[0], &said[i], "by hand", 132);
	}
	for (int i = 0; i < WAYS; i++)
		world_free(w[i]);
}

static void test_three_ways_are_one(void **state)
{
	(void)state;
	run_three_ways("", "", "");
	run_three_ways("", "", "    setpoint: {deadband: 2 K}\n");
	run_three_ways("", "", "    setpoint: {deadband: 1 %}\n");
	run_three_ways("", "", "    setpoint: {deadband: 0 K, min: 100 degC, max: 150 degC}\n");
	run_three_ways("", ", capacity: 1 MW, min_load: 30 %", "");
	run_three_ways("", ", capacity: 2 MW, min_load: 90 %, t_max: 180 degC",
	               "    setpoint: {ramp: 20 K/min, min_on: 1 min, off_value: 50 degC}\n");
	run_three_ways("", ", p_elec_max: 400 kW", "    objective: carbon\n");
	run_three_ways("", "", "    objective: cost_break_even\n");
	run_three_ways("", "", "    objective: blend\n    carbon_value: 100 EUR/t\n");
	run_three_ways("", ", cop_max: 3", "    setpoint: {start_above: 2 %, stop_below: 0.5 %}\n");
}

static void test_three_ways_of_demand(void **state)
{
	(void)state;
	run_three_ways("demand: {site_power: 900 kW, peak_so_far: 1200 kW}\n", "", "");
	run_three_ways("demand: {site_power: 900 kW, peak_so_far: 1200 kW, price: 20 EUR/kW, hours: 400 h}\n", "", "");
}

/* An objective under a constraint may be commanded for a loop that is solved in closed form, and taken back. */
static void test_a_constraint_by_command(void **state)
{
	struct world *w = world_of_way(0, "", "", "    carbon_cap: 910 kg/h\n    setpoint: {deadband: 0 K}\n");
	double cost_c, cap_c;

	(void)state;
	world_send(w, "t/in", "55");
	world_send(w, "p/elec", "132");
	cost_c = number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "t_sink_out_c");
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"cost_under_carbon_cap\"}");
	world_to(w, 10);
	cap_c = number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "t_sink_out_c");
	assert_true(cap_c > cost_c + 1);
	check_double(4.8 * 213.7 - number_at(world_payload(w, TOPIC_POINTS, 0), "\"goal\"", "carbon_savings_kg_h"), 910, 1e-5, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"met\":true"));
	world_command(w, 0, "{\"id\": \"2\", \"cmd\": \"objective\", \"value\": null}");
	world_to(w, 20);
	check_double(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "t_sink_out_c"), cost_c, 1e-12, 0);
	assert_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"goal\""));
	world_free(w);
}

/* ---- units ------------------------------------------------------------------------------ */

#define FLEET                                                                                                                   \
	"site: test\n"                                                                                                          \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: " \
	"202 kg/MWh}}\n"                                                                                                        \
	"loops:\n"                                                                                                              \
	"  fleet:\n"                                                                                                            \
	"    source: {t_in: 10 degC, heat_capacity_rate: {topic: s/flow, unit: kW/K, stale_after: 60 s}}\n"                     \
	"    sink: {t_in: 50 degC, t_target: 80 degC, duty: {topic: d/duty, unit: MW}}\n"                                       \
	"    heat_pump:\n"                                                                                                      \
	"      lorenz_efficiency: 0.5\n"                                                                                        \
	"      units:\n"                                                                                                        \
	"        - {name: left, capacity: 4 MW, min_load: 60 %, available: {topic: u/left, stale_after: 60 s}}\n"
#define RIGHT "        - {name: right, capacity: 4 MW, min_load: 60 %}\n"
#define OTHER                                                         \
	"  other:\n"                                                  \
	"    source: {t_in: 15 degC}\n"                               \
	"    sink: {t_in: 55 degC, t_target: 120 degC, duty: 1 MW}\n" \
	"    heat_pump: {lorenz_efficiency: 0.5}\n"

static struct world *fleet(void)
{
	struct world *w = world_new(FLEET RIGHT OTHER);

	world_send(w, "p/elec", "80");
	world_send(w, "s/flow", "1000");
	world_send(w, "u/left", "1");
	world_send(w, "d/duty", "7");
	return w;
}

static void test_a_unit_trips(void **state)
{
	struct world *w = fleet();
	const char *points = world_payload(w, TOPIC_POINTS, 0);
	char reason[32];

	(void)state;
	assert_non_null(strstr(points, "\"units\":[\"left\",\"right\"]"));
	check_near(number_at(points, "\"cost\"", "units_on"), 2);
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "q_sink_kw"), 7000);
	world_to(w, 30);
	world_send(w, "u/left", "0");
	world_to(w, 32);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"units\":[\"right\"]"));
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "q_sink_kw"), 4000);
	assert_string_equal(reason_at(world_payload(w, TOPIC_SETPOINT, 0), reason), "limited");
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "quality_code"), 192);
	/* capacity does not move the temperature to control on */
	check_double(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "t_sink_out_c"), 80, 1e-6, 0);
	check_double(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "t_sink_out_expected_c"), 50 + 30 * 4.0 / 7, 1e-5, 0);
	world_free(w);
}

/* Silence of one unit takes that unit alone, and says that it is not sure. */
static void test_a_unit_falls_silent(void **state)
{
	struct world *w = fleet();

	(void)state;
	world_to(w, 40);
	world_send(w, "s/flow", "1000");
	world_to(w, 62);
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "q_sink_kw"), 4000);
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "quality_code"), 64);
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 1), NULL, "quality_code"), 192);
	assert_int_equal(world_events(w, "loop_bad"), 0);
	world_free(w);
}

/* Below the least load nothing runs; in a gap between two sets the larger one's least load, or what the smaller can. */
static void test_loads_that_no_set_can_make(void **state)
{
	struct world *w = fleet();
	char reason[32];
	double q_kw;

	(void)state;
	world_send(w, "d/duty", "2");
	assert_string_equal(reason_at(world_payload(w, TOPIC_SETPOINT, 0), reason), "not_beneficial");
	world_send(w, "d/duty", "4.5"); /* one makes 4 MW at most, two 4.8 MW at least */
	q_kw = number_at(world_payload(w, TOPIC_SETPOINT, 0), NULL, "q_sink_kw");
	check_double(q_kw, 4000, 1e-6, 0);
	world_free(w);
}

static void test_no_flow_is_a_bad_input_of_that_loop(void **state)
{
	struct world *w = fleet();
	char reason[32];

	(void)state;
	world_send(w, "s/flow", "0");
	assert_string_equal(reason_at(world_payload(w, TOPIC_SETPOINT, 0), reason), "bad_input");
	assert_int_equal(world_events(w, "loop_bad"), 1);
	assert_non_null(strstr(w->events[w->n_events - 1].event.message, "fleet: no valid decision: a heat-capacity rate of the source is not above 0"));
	check_near(number_at(world_payload(w, TOPIC_SETPOINT, 1), NULL, "hp_on"), 1);
	world_send(w, "s/flow", "1000");
	assert_string_equal(reason_at(world_payload(w, TOPIC_SETPOINT, 0), reason), "optimum");
	world_free(w);
}

/* The newest points are told with the names of the new configuration, or none. */
static void test_reload_to_other_units(void **state)
{
	struct world *w = fleet();

	(void)state;
	world_reload(w, FLEET OTHER);
	world_to(w, 10);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"units\":[\"left\"]"));
	world_reload(w, FLEET RIGHT OTHER);
	world_to(w, 20);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"units\":[\"left\",\"right\"]"));
	world_free(w);
}

/* Points of the general case are in the history with what they add, others without. */
static void test_points_are_recorded_with_more(void **state)
{
	struct world *w = fleet();
	size_t with = 0;

	(void)state;
	for (size_t i = 0; i < w->n_points; i++) {
		const struct record *r = &w->points[i];

		assert_int_equal(r->point.has_more, r->loop == 0);
		assert_true(record_size(r) <= sizeof(*r));
		with += r->point.has_more && r->point.more.units_on == 2;
	}
	assert_true(with > 0);
	world_free(w);
}

/* ---- a boiler that is too small --------------------------------------------------------- */

#define SMALL(heat_pump, loop)                                                                                             \
	"site: test\n"                                                                                                     \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 406 kg/MWh},\n"                             \
	"         fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}\n"                                                      \
	"loops:\n"                                                                                                         \
	"  small:\n"                                                                                                       \
	"    source: {t_in: 15 degC}\n"                                                                                    \
	"    sink: {t_in: 55 degC, t_target: 230 degC, duty: {topic: d/duty, unit: kW}}\n"                                 \
	"    boiler: {capacity: {topic: b/kw, unit: kW}}\n"                                                                \
	"    feedback: {trip: {topic: hp/trip}}\n"                                                                         \
	"    heat_pump: {lorenz_efficiency: 0.55" heat_pump "}\n" loop

static struct world *small(const char *yaml, const char *boiler_kw)
{
	struct world *w = world_new(yaml);

	world_send(w, "hp/trip", "0");
	world_send(w, "p/elec", "132");
	world_send(w, "b/kw", boiler_kw);
	world_send(w, "d/duty", "4800");
	return w;
}

static const char *event_text(struct world *w, const char *code)
{
	for (size_t i = w->n_events; i-- > 0;)
		if (strcmp(w->events[i].event.code, code) == 0)
			return w->events[i].event.message;
	fail_msg("no event %s", code);
	return "";
}

/* 1537 kW are best at 132 EUR/MWh, none at 500; what the boiler cannot make is made at any price. */
static void test_what_the_boiler_cannot_make_is_needed(void **state)
{
	struct world *w = small(SMALL("", "    setpoint: {start_above: 5 %, start_delay: 10 min}\n"), "4000");
	struct said s = said_of(w, 0);

	(void)state;
	check_near(s.on, 1); /* no threshold and no delay where heat is needed */
	check_double(s.q_kw, 1537.4, 1e-4, 0);
	assert_string_equal(s.reason, "optimum");
	world_to(w, 10);
	world_send(w, "p/elec", "500");
	s = said_of(w, 0);
	check_double(s.q_kw, 800, 1e-6, 0);
	check_double(s.t_c, 55 + 175 * 800.0 / 4800, 0, 1e-4);
	assert_string_equal(s.reason, "needed");
	world_to(w, 12);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"limited_by\":\"utilities\""));
	check_near(number_at(world_payload(w, TOPIC_POINTS, 0), NULL, "boiler_kw"), 4000);
	check_near(number_at(world_payload(w, TOPIC_POINTS, 0), "\"utilities\"", "boiler"), 4000);
	assert_true(isnan(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "shortfall_kw")));
	/* there is nothing to compare with */
	assert_true(isnan(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "cost_savings_eur_h")));
	assert_true(isnan(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "cost_savings_pct")));
	assert_true(isnan(number_at(world_payload(w, TOPIC_POINTS, 0), "\"carbon\"", "carbon_savings_kg_h")));
	assert_int_equal(world_events(w, "shortfall"), 0);
	world_send(w, "d/duty", "4000"); /* the boiler can do it alone, and does */
	world_to(w, 14);
	check_near(said_of(w, 0).on, 0);
	assert_true(!isnan(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "cost_savings_eur_h")));
	world_free(w);
}

/* A demand that rises by less than the deadband is followed all the same, where the boiler cannot. */
static void test_the_deadband_leaves_no_shortfall(void **state)
{
	struct world *w = small(SMALL("", "    setpoint: {deadband: 5 K}\n"), "3000");

	(void)state;
	check_double(said_of(w, 0).q_kw, 1800, 1e-6, 0);
	world_to(w, 10);
	world_send(w, "d/duty", "4850");
	check_double(said_of(w, 0).q_kw, 1850, 1e-6, 0);
	assert_int_equal(world_events(w, "shortfall"), 0);
	world_free(w);
}

static void test_a_shortfall_is_told(void **state)
{
	struct world *w = small(SMALL(", capacity: 1 MW", ""), "3000");
	struct said s = said_of(w, 0);

	(void)state;
	check_double(s.q_kw, 1000, 1e-6, 0);
	assert_string_equal(s.reason, "limited");
	check_double(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "shortfall_kw"), 800, 1e-6, 0);
	check_double(number_at(world_payload(w, TOPIC_POINTS, 0), "\"carbon\"", "shortfall_kw"), 800, 1e-6, 0);
	assert_int_equal(world_events(w, "shortfall"), 1);
	assert_string_equal(event_text(w, "shortfall"),
	                    "small: 800 kW of 4800 kW are not made: the heat pump makes 1000 kW, the utilities as much as they can");
	assert_non_null(strstr(world_payload(w, TOPIC_ALARMS, NO_LOOP), "\"code\":\"shortfall\""));
	world_to(w, 10);
	world_send(w, "d/duty", "3900");
	assert_int_equal(world_events(w, "demand_carried"), 1);
	world_to(w, 20);
	world_send(w, "hp/trip", "1"); /* and nobody makes 900 kW */
	check_near(said_of(w, 0).on, 0);
	assert_int_equal(world_events(w, "shortfall"), 2);
	assert_non_null(strstr(event_text(w, "shortfall"), "900 kW of 3900 kW are not made: the heat pump makes 0 kW"));
	world_free(w);
}

static void test_a_loop_without_a_boiler(void **state)
{
	struct world *w = small(SMALL("", "    objective: carbon_at_no_cost\n"), "0");

	(void)state;
	check_double(said_of(w, 0).q_kw, 4800, 1e-6, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"met\":true"));
	world_to(w, 10);
	world_send(w, "b/kw", "-1"); /* nothing is known of the boiler */
	assert_string_equal(said_of(w, 0).reason, "bad_input");
	world_free(w);
}

/* ---- an electric boiler behind the site's meter ----------------------------------------- */

static struct world *metered(const char *boiler)
{
	char yaml[2048];

	snprintf(yaml, sizeof(yaml),
	         "site: test\n"
	         "market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}}, fuel: {price: 45 EUR/MWh}}\n"
	         "demand: {site_power: {topic: site/kw, unit: kW}, peak_so_far: 4000 kW}\n"
	         "loops:\n"
	         "  eb:\n"
	         "    source: {t_in: 20 degC}\n"
	         "    sink: {t_in: 60 degC, t_target: 100 degC, duty: 5 MW}\n"
	         "    heat_pump: {lorenz_efficiency: 0.5, capacity: 2 MW}\n"
	         "    feedback: {p_elec: {topic: hp/kw, unit: kW}}\n"
	         "    electric_boiler: {efficiency: 0.99, capacity: 5 MW%s}\n",
	         boiler);
	return world_new(yaml);
}

/* At a negative price the electric boiler goes first, and a large one stops the heat pump; but only as far as the peak that is
 * paid lets it, beside the heat pump. */
static void test_the_peak_holds_the_electric_boiler(void **state)
{
	struct world *w = metered("");
	double p_kw, boiler_kw;

	(void)state;
	world_send(w, "hp/kw", "0");
	world_send(w, "p/elec", "-50");
	world_send(w, "site/kw", "-2000"); /* it feeds in: 6 MW are left */
	check_near(said_of(w, 0).on, 0);
	check_near(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "electric_boiler"), 5000);
	world_to(w, 10);
	world_send(w, "site/kw", "3000"); /* 1 MW is left */
	world_to(w, 12);
	check_near(said_of(w, 0).on, 1);
	check_double(said_of(w, 0).q_kw, 2000, 1e-6, 0);
	p_kw = number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "p_elec_kw");
	boiler_kw = number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "electric_boiler");
	check_double(boiler_kw, 0.99 * (1000 - p_kw), 1e-5, 0);
	check_double(number_at(world_payload(w, TOPIC_POINTS, 0), NULL, "electric_boiler_kw"), boiler_kw, 1e-5, 0);
	check_double(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "cost_savings_eur_h"), 2 * 45 + 0.05 * p_kw, 1e-5, 0);
	world_to(w, 20);
	world_send(w, "site/kw", "4100"); /* above the peak: neither */
	check_near(said_of(w, 0).on, 0);
	assert_string_equal(said_of(w, 0).reason, "demand");
	world_free(w);
}

/* What it is measured to draw is in the meter's reading already, and stays its own. */
static void test_what_the_electric_boiler_draws_is_its_own(void **state)
{
	struct world *w = metered(", p_elec: {topic: eb/kw, unit: kW, stale_after: 60 s}");
	double p_kw;

	(void)state;
	world_send(w, "hp/kw", "0");
	world_send(w, "p/elec", "-50");
	world_send(w, "eb/kw", "1500");
	world_send(w, "site/kw", "3600"); /* 400 kW are left for the heat pump, which wants more */
	world_to(w, 2);
	p_kw = number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "p_elec_kw");
	check_double(p_kw, 400, 1e-6, 0);
	check_double(number_at(world_payload(w, TOPIC_POINTS, 0), "\"cost\"", "electric_boiler"), 0.99 * 1500, 1e-5, 0);
	world_to(w, 62);
	assert_string_equal(said_of(w, 0).reason, "bad_input"); /* a meter that fails is a bad input */
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_three_ways_are_one),
	    cmocka_unit_test(test_three_ways_of_demand),
	    cmocka_unit_test(test_a_constraint_by_command),
	    cmocka_unit_test(test_a_unit_trips),
	    cmocka_unit_test(test_a_unit_falls_silent),
	    cmocka_unit_test(test_loads_that_no_set_can_make),
	    cmocka_unit_test(test_no_flow_is_a_bad_input_of_that_loop),
	    cmocka_unit_test(test_reload_to_other_units),
	    cmocka_unit_test(test_points_are_recorded_with_more),
	    cmocka_unit_test(test_what_the_boiler_cannot_make_is_needed),
	    cmocka_unit_test(test_the_deadband_leaves_no_shortfall),
	    cmocka_unit_test(test_a_shortfall_is_told),
	    cmocka_unit_test(test_a_loop_without_a_boiler),
	    cmocka_unit_test(test_the_peak_holds_the_electric_boiler),
	    cmocka_unit_test(test_what_the_electric_boiler_draws_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

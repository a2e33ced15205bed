/* Streams told by what flows, live: duty and source follow the flow meter, the same heat said in another way is the same
 * decision, and what a meter or a temperature says that cannot be is refused in words. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number_at(const char *payload, const char *key)
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

static double point_number(struct world *w, uint32_t loop, const char *key)
{
	return number_at(world_payload(w, TOPIC_POINTS, loop), key);
}

#define MARKET                                                                                                              \
	"site: test\npublish: {interval: 0 s}\n"                                                                            \
	"market: {electricity: {price: 90 EUR/MWh, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}\n" \
	"loops:\n"
#define LIVE(topic, unit) "{topic: " topic ", unit: " unit "}"

static struct world *world_of(const char *loops)
{
	char yaml[8192];

	snprintf(yaml, sizeof(yaml), "%s%s", MARKET, loops);
	return world_new(yaml);
}

/* ---- what follows from a flow ----------------------------------------------------------- */

/* Loops a and b must ask for the same. */
static void check_same(struct world *w, double tolerance)
{
	static const char *const keys[] = {"hp_on", "t_sink_out_c", "q_sink_kw", "p_elec_kw"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		double a = number_at(world_payload(w, TOPIC_SETPOINT, 0), keys[i]);
		double b = number_at(world_payload(w, TOPIC_SETPOINT, 1), keys[i]);

		if (fabs(a - b) > tolerance * fabs(b) + 1e-3)
			fail_msg("%s: %.9g, not %.9g", keys[i], a, b);
	}
	check_double(point_number(w, 0, "duty_kw"), point_number(w, 1, "duty_kw"), tolerance, 0);
}

/* 27 kg/s from 55 to 230 degC; 1.0165 kJ/(kg K) is the mean of NBS Circular 564 over that range. */
static void test_air(void **state)
{
	struct world *w = world_of("  a:\n    source: {t_in: 15 degC}\n"
	                           "    sink: {t_in: " LIVE("in", "degC") ", t_target: 230 degC, mass_flow: " LIVE(
	                               "m", "kg/s") ", medium: air}\n"
	                                            "    heat_pump: {lorenz_efficiency: 0.55}\n"
	                                            "  b:\n    source: {t_in: 15 degC}\n"
	                                            "    sink: {t_in: " LIVE("in", "degC") ", t_target: 230 degC, duty: " LIVE(
	                                                "q", "kW") "}\n"
	                                                           "    heat_pump: {lorenz_efficiency: 0.55}\n");
	double duty_kw;

	(void)state;
	world_send(w, "in", "55");
	world_send(w, "m", "27");
	world_send(w, "q", "4803");
	duty_kw = point_number(w, 0, "duty_kw");
	check_double(duty_kw, 27 * 1.0165 * 175, 1e-3, 0);
	check_same(w, 2e-3);
	world_send(w, "m", "13.5");
	check_double(point_number(w, 0, "duty_kw"), duty_kw / 2, 1e-6, 0);
	world_send(w, "m", "27");
	world_send(w, "in", "100"); /* a warmer inlet asks for less heat, at a larger mean heat capacity */
	check_double(point_number(w, 0, "duty_kw"), 27 * 1.0190 * 130, 1e-3, 0);
	world_free(w);
}

/* A litre of water a second, told in five ways; the last one is heavier where it is measured. */
static void test_ways(void **state)
{
	static const struct {
		const char *keys;
		double duty_kw;
	} ways[] = {
	    {"mass_flow: 3.6 t/h, medium: water", 1 * (377.0 - 41.99)},
	    {"mass_flow: 1 kg/s, cp: 4 kJ/(kg K)", 320},
	    {"volume_flow: 1 l/s, medium: water", 0.9997 * (377.0 - 41.99)},
	    {"volume_flow: 3.6 m3/h, cp: 4 kJ/(kg K), density: 1030 kg/m3", 329.6},
	    {"volume_flow: 3600 m3/h, medium: air, density: 1.293 kg/m3", 1.293 * 1.0073 * 80},
	    {"heat_capacity_rate: 4 kW/K", 320},
	};
	char loops[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct world *w;

		snprintf(loops, sizeof(loops),
		         "  a:\n    source: {t_in: 5 degC}\n    sink: {t_in: 10 degC, t_target: 90 degC, %s}\n"
		         "    heat_pump: {lorenz_efficiency: 0.5}\n",
		         ways[i].keys);
		w = world_of(loops);
		world_run(w);
		check_double(point_number(w, 0, "duty_kw"), ways[i].duty_kw, 1e-3, 0);
		world_free(w);
	}
}

/* Feed water of 90 degC becomes steam of 143.6 and 160 degC; the duties are those of the steam tables. */
static void test_steam(void **state)
{
	struct world *w = world_of(
	    "  a:\n    source: {t_in: 60 degC}\n"
	    "    sink:\n      t_in: 90 degC\n      curve:\n"
	    "        - {t_out: 143.6 degC, mass_flow: " LIVE(
	        "m",
	        "t/h") ", medium: water}\n"
	               "        - {latent: 143.6 degC, mass_flow: " LIVE(
	                   "m",
	                   "t/h") ", medium: water}\n"
	                          "        - {t_out: 160 degC, mass_flow: " LIVE(
	                              "m",
	                              "t/h") ", cp: 2.3 kJ/(kg K)}\n"
	                                     "        - {latent: 170 degC, mass_flow: " LIVE(
	                                         "m",
	                                         "t/h") ", latent_heat: 180 kJ/kg}\n"
	                                                "    heat_pump: {lorenz_efficiency: 0.5}\n"
	                                                "  b:\n    source: {t_in: 60 degC}\n"
	                                                "    sink:\n      t_in: 90 degC\n      curve:\n"
	                                                "        - {t_out: 143.6 degC, heat_capacity_rate: " LIVE(
	                                                    "c",
	                                                    "kW/K") "}\n"
	                                                            "        - {latent: 143.6 degC, duty: " LIVE(
	                                                                "q",
	                                                                "kW") "}\n"
	                                                                      "        - {t_out: 160 degC, duty: " LIVE(
	                                                                          "s",
	                                                                          "kW") "}\n"
	                                                                                "        - {latent: 170 degC, "
	                                                                                "duty: " LIVE(
	                                                                                    "l",
	                                                                                    "kW") "}\n"
	                                                                                          "    heat_pump: "
	                                                                                          "{lorenz_efficiency: 0.5}\n");
	static const double flows_t_h[] = {5, 2.5, 7.25};

	(void)state;
	for (size_t i = 0; i < sizeof(flows_t_h) / sizeof(flows_t_h[0]); i++) {
		const double kg_s = flows_t_h[i] / 3.6;
		const struct {
			const char *topic;
			double value;
		} said[] = {{"m", flows_t_h[i]},
		            {"c", kg_s * (604.7 - 377.0) / 53.6},
		            {"q", kg_s * 2133.4},
		            {"s", kg_s * 2.3 * 16.4},
		            {"l", kg_s * 180}};
		char text[32];

		for (size_t k = 0; k < sizeof(said) / sizeof(said[0]); k++) {
			snprintf(text, sizeof(text), "%.9g", said[k].value);
			world_send(w, said[k].topic, text);
		}
		check_same(w, 1e-3);
	}
	world_free(w);
}

/* ---- the source ------------------------------------------------------------------------- */

/* 6 m3/s of a river of 400 m3/s at 8 degC: 4.195 kJ/(kg K), 999.9 kg/m3. */
static void test_river(void **state)
{
	struct world *w = world_of("  a:\n    source:\n      t_in: " LIVE("t", "degC") "\n      volume_flow: " LIVE(
	    "m", "m3/s") "\n      medium: water\n"
	                 "      body: {volume_flow: " LIVE("river",
	                                                   "m3/s") ", medium: water, cooling_max: 0.05 K}\n"
	                                                           "    sink: {t_in: 50 degC, t_target: 90 degC, duty: 200 MW}\n"
	                                                           "    heat_pump: {lorenz_efficiency: 0.6}\n");

	(void)state;
	world_send(w, "t", "8");
	world_send(w, "m", "6");
	world_send(w, "river", "400");
	check_double(point_number(w, 0, "source_heat_capacity_rate_kw_k"), 6 * 999.9 * 4.198, 1e-3, 0);
	check_double(point_number(w, 0, "body_heat_capacity_rate_kw_k"), 400 * 999.9 * 4.198, 1e-3, 0);
	check_double(point_number(w, 0, "source_heat_kw"), 400 * 999.9 * 4.198 * 0.05, 1e-3, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"limited_by\":\"source_body\""));
	world_send(w, "river", "300");
	check_double(point_number(w, 0, "source_heat_kw"), 300 * 999.9 * 4.198 * 0.05, 1e-3, 0);
	world_free(w);
}

/* A flow too small for the machine is its operating envelope, a flow of nothing among them. */
static void test_least_flow(void **state)
{
	struct world *w = world_of("  a:\n    source: {t_in: 40 degC, mass_flow: " LIVE(
	    "s", "kg/s") ", cp: 4 kJ/(kg K)}\n"
	                 "    sink: {t_in: 60 degC, t_target: 90 degC, duty: 1 MW}\n"
	                 "    heat_pump: {lorenz_efficiency: 0.5, envelope: {source_rate_min: 100 kW/K}}\n");
	static const char *const too_small[] = {"24.9", "0"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		world_send(w, "s", "25.1");
		assert_int_equal(number_at(world_payload(w, TOPIC_SETPOINT, 0), "hp_on"), 1);
		world_send(w, "s", too_small[i]);
		assert_int_equal(number_at(world_payload(w, TOPIC_SETPOINT, 0), "hp_on"), 0);
		assert_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"quality\":\"bad\""));
	}
	world_free(w);
}

/* ---- what cannot be --------------------------------------------------------------------- */

static void check_bad(struct world *w, const char *topic, const char *payload, const char *words)
{
	const char *said;

	world_send(w, topic, payload);
	said = world_payload(w, TOPIC_STATE, 0);
	if (!strstr(said, "\"quality\":\"bad\"") || !strstr(said, words))
		fail_msg("%s %s: no \"%s\" in %s", topic, payload, words, said);
	assert_int_equal(number_at(world_payload(w, TOPIC_SETPOINT, 0), "hp_on"), 0);
}

static void check_good_again(struct world *w, const char *topic, const char *payload)
{
	world_send(w, topic, payload);
	if (number_at(world_payload(w, TOPIC_SETPOINT, 0), "hp_on") != 1)
		fail_msg("%s %s: still off: %s", topic, payload, world_payload(w, TOPIC_STATE, 0));
}

static void test_bad_flows(void **state)
{
	static const char *const refused[] = {"-1", "nan", "NaN", "inf", "1e99", ""};
	struct world *w = world_of("  a:\n    source: {t_in: 40 degC, mass_flow: " LIVE(
	    "s", "kg/s") ", medium: water}\n"
	                 "    sink: {t_in: 60 degC, t_target: 90 degC, mass_flow: " LIVE(
	                     "m", "t/h") ", medium: water}\n"
	                                 "    heat_pump: {lorenz_efficiency: 0.5}\n");

	(void)state;
	world_send(w, "s", "50");
	check_good_again(w, "m", "20");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		check_bad(w, "m", refused[i], "sink.mass_flow");
		check_good_again(w, "m", "20");
		check_bad(w, "s", refused[i], "source.mass_flow");
		check_good_again(w, "s", "50");
	}
	check_bad(w, "s", "0", "a heat-capacity rate of the source is not above 0");
	check_good_again(w, "s", "50");
	world_send(w, "m", "0"); /* no demand is no fault */
	assert_int_equal(number_at(world_payload(w, TOPIC_SETPOINT, 0), "hp_on"), 0);
	assert_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"quality\":\"bad\""));
	check_good_again(w, "m", "20");
	world_free(w);
}

static void test_outside_the_properties(void **state)
{
	struct world *w = world_of("  a:\n    source: {t_in: " LIVE(
	    "src", "degC") ", mass_flow: 500 t/h, medium: air}\n"
	                   "    sink:\n      t_in: " LIVE(
	                       "in", "degC") "\n      curve:\n"
	                                     "        - {t_out: " LIVE(
	                                         "sat", "degC") ", mass_flow: 20 t/h, medium: water}\n"
	                                                        "        - {latent: " LIVE(
	                                                            "sat", "degC") ", mass_flow: 1 t/h, medium: water}\n"
	                                                                           "    heat_pump: {lorenz_efficiency: 0.5}\n");

	(void)state;
	world_send(w, "src", "40");
	world_send(w, "in", "60");
	check_good_again(w, "sat", "120");
	check_bad(w, "sat", "200.5",
	          "sink.curve.0: water at 200.5 degC: its heat capacity is known from 0 to 200 degC only; "
	          "give cp instead of medium");
	check_good_again(w, "sat", "120");
	check_bad(w, "in", "-0.5", "sink.curve.0: water at -0.5 degC");
	check_good_again(w, "in", "60");
	check_bad(w, "src", "-55", "source: air at -55 degC: its heat capacity is known from -50 to 1000 degC only");
	check_good_again(w, "src", "40");
	world_free(w);
}

/* Steam hotter than water's heat capacity is known for. */
static void test_evaporation_outside(void **state)
{
	struct world *w =
	    world_of("  a:\n    source: {t_in: 150 degC}\n"
	             "    sink: {curve: [{latent: " LIVE("sat", "degC") ", mass_flow: 1 t/h, medium: water}]}\n"
	                                                                "    heat_pump: {lorenz_efficiency: 0.7}\n");

	(void)state;
	check_good_again(w, "sat", "250");
	check_double(point_number(w, 0, "duty_kw"), 1715.3 / 3.6, 1e-3, 0);
	world_free(w);
	w = world_of("  a:\n    source: {t_in: 150 degC}\n"
	             "    sink: {curve: [{latent: " LIVE("sat", "degC") ", volume_flow: 1 m3/h, medium: water}]}\n"
	                                                                "    heat_pump: {lorenz_efficiency: 0.7}\n");
	check_good_again(w, "sat", "200");
	check_double(point_number(w, 0, "duty_kw"), 1939.8 / 3.6 * 0.8647, 1e-3, 0);
	check_bad(w, "sat", "250", "sink.curve.0: water at 250 degC: its density is known from 0 to 200 degC only; give density");
	world_free(w);
	w = world_of("  a:\n    source: {t_in: 150 degC}\n"
	             "    sink: {curve: [{latent: " LIVE("sat", "degC") ", mass_flow: 1 t/h, medium: water}]}\n"
	                                                                "    heat_pump: {lorenz_efficiency: 0.7}\n");
	check_bad(w, "sat", "301",
	          "sink.curve.0: water at 301 degC: its heat of evaporation is known from 0 to 300 degC only; give latent_heat "
	          "instead of medium");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_air),
	    cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_steam),
	    cmocka_unit_test(test_river),
	    cmocka_unit_test(test_bad_flows),
	    cmocka_unit_test(test_outside_the_properties),
	    cmocka_unit_test(test_evaporation_outside),
	    cmocka_unit_test(test_least_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Where technologies meet what else decides of a loop: bounds without inputs, envelopes, operators, other configurations, what is
 * measured and learned. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKET                                                                                                              \
	"site: test\ncommands: {enabled: true}\npublish: {interval: 0 s}\n"                                                 \
	"market: {electricity: {price: {topic: p, unit: EUR/MWh, stale_after: 1 h}, carbon: 300 kg/MWh}, fuel: {price: 60 " \
	"EUR/MWh, carbon: "                                                                                                 \
	"213.7 kg/MWh}}\n"
#define LOOP                      "loops:\n  dryer:\n    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
#define SOURCE                    "    source: {t_in: {topic: s, unit: degC, stale_after: 60 s}}\n"
#define HEAT_PUMP(rest)           "    heat_pump: {lorenz_efficiency: 0.55" rest "}\n"
#define HP(rest)                  "{name: hp, technology: vapour_compression" rest "}"
#define PLANT(rest, technologies) MARKET LOOP SOURCE HEAT_PUMP(rest) "    technologies: [" technologies "]\n"

static struct world *begin(const char *yaml, const char *price)
{
	struct world *w = world_new(yaml);

	world_send(w, "s", "15");
	world_send(w, "p", price);
	return w;
}

static void check_said(const struct world *w, bool on, const char *technology, enum reason reason)
{
	const struct setpoint *s = world_setpoint(w);

	if (s->hp_on != on || strcmp(s->technology, technology) != 0 || s->reason != reason)
		fail_msg("%s %s %s at %.4g degC, not %s %s %s", s->hp_on ? "on" : "off", s->technology, reason_text[s->reason],
		         s->t_sink_out_c, on ? "on" : "off", technology, reason_text[reason]);
}

static void command(struct world *w, const char *command, const char *value)
{
	static unsigned id;
	char payload[128];

	snprintf(payload, sizeof(payload), "{\"id\":\"%u\",\"cmd\":\"%s\",\"value\":%s}", id++, command, value);
	if (!strstr(world_command(w, 0, payload), "accepted"))
		fail_msg("%s: %s", payload, w->payload);
}

static double at_c(const struct world *w)
{
	return world_setpoint(w)->t_sink_out_c;
}

/* ---- without inputs ------------------------------------------------------------------------ */

/* A fallback, an operator, what is held: no hotter than what runs can. */
static void test_fallback_within_the_technology(void **state)
{
	struct world *w =
	    begin(PLANT("", HP(", t_max: 110 degC")) "    setpoint: {bad_inputs: {then: fallback}, fallback: 150 degC}\n", "60");

	(void)state;
	check_said(w, true, "hp", REASON_LIMITED);
	world_to(w, 100);
	check_said(w, true, "hp", REASON_FALLBACK);
	check_double(at_c(w), 110, 1e-9, 0);
	world_free(w);
}

static void test_by_hand_within_the_technology(void **state)
{
	struct world *w = begin(PLANT("", HP(", t_max: 110 degC")), "60");

	(void)state;
	command(w, "temperature", "150");
	command(w, "mode", "\"manual\"");
	check_said(w, true, "hp", REASON_MANUAL);
	check_double(at_c(w), 110, 1e-9, 0);
	world_to(w, 100);
	check_said(w, true, "hp", REASON_MANUAL);
	check_double(at_c(w), 110, 1e-9, 0);
	world_free(w);
}

/* None runs: no hotter than all of them can. */
static void test_fallback_of_any_technology(void **state)
{
	struct world *w = begin(
	    PLANT(
	        "",
	        HP(", t_max: 110 degC") ", direct_electric") "    setpoint: {bad_inputs: {then: fallback}, fallback: 150 degC}\n",
	    "600");

	(void)state;
	check_said(w, false, "", REASON_NOT_BENEFICIAL);
	world_to(w, 100);
	check_said(w, true, "", REASON_FALLBACK);
	check_double(at_c(w), 110, 1e-9, 0);
	world_free(w);
}

/* What is held of a technology with a higher limit of its own stays where it was. */
static void test_hold_above_the_heat_pump(void **state)
{
	struct world *w = begin(
	    PLANT(", t_max: 120 degC",
	          "{name: hot, technology: inverse_brayton, t_max: 300 degC}") "    setpoint: {bad_inputs: {hold: 10 min}}\n",
	    "60");
	double before_c = at_c(w);

	(void)state;
	assert_true(before_c > 130);
	world_to(w, 100);
	check_said(w, true, "hot", REASON_HOLD);
	check_double(at_c(w), before_c, 1e-9, 0);
	world_free(w);
}

/* What runs is taken away while another input is bad. */
static void test_taken_away_without_inputs(void **state)
{
	struct world *w =
	    begin(PLANT("", HP(", t_max: 110 degC, available: {topic: ok}") ", direct_electric") "    setpoint: {bad_inputs: "
	                                                                                         "{hold: 10 min}}\n",
	          "60");

	(void)state;
	world_send(w, "ok", "1");
	check_said(w, true, "hp", REASON_LIMITED);
	world_to(w, 100);
	check_said(w, true, "hp", REASON_HOLD);
	world_send(w, "ok", "0");
	check_said(w, false, "", REASON_BAD_INPUT);
	world_free(w);
}

/* ---- the envelope --------------------------------------------------------------------------- */

/* It holds for all of them, also for what has figures of its own. */
static void test_the_envelope_holds_for_all(void **state)
{
	struct world *w = begin(
	    PLANT(", envelope: {t_max: [[0 degC, 90 degC], [20 degC, 90 degC]], capacity: [[0 degC, 500 kW], [20 degC, 500 kW]]}",
	          "{name: hot, technology: inverse_brayton, t_max: 300 degC, capacity: 3 MW}"),
	    "30");

	(void)state;
	check_double(at_c(w), 90, 1e-6, 0);
	check_double(world_setpoint(w)->q_sink_kw, 500, 1e-3, 0);
	world_free(w);
}

/* ---- the setpoint's bounds ------------------------------------------------------------------- */

static void test_ranked_within_the_setpoint(void **state)
{
	struct world *w = begin(PLANT("", HP(", t_max: 110 degC") ", direct_electric") "    setpoint: {min: 120 degC}\n", "56");

	(void)state;
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
	w = begin(PLANT("", HP(", t_max: 110 degC") ", direct_electric") "    setpoint: {max: 100 degC}\n", "20");
	check_said(w, true, "hp", REASON_LIMITED);
	world_free(w);
}

/* ---- by hand --------------------------------------------------------------------------------- */

/* Power from waste heat would be best, which is no heat that an operator could ask for. */
static void test_by_hand_where_power_is_best(void **state)
{
	struct world *w =
	    begin(MARKET LOOP "    source: {t_in: 60 degC, heat_capacity_rate: 100 kW/K, t_out_min: 30 degC}\n" HEAT_PUMP(
	              "") "    technologies: [{name: orc, technology: heat_to_power, second_law: 0.5}, vapour_compression]\n",
	          "900");

	(void)state;
	check_said(w, false, "orc", REASON_HEAT_TO_POWER);
	command(w, "temperature", "95");
	command(w, "mode", "\"manual\"");
	check_said(w, true, "vapour_compression", REASON_MANUAL);
	check_double(at_c(w), 95, 1e-9, 0);
	world_free(w);
}

/* ---- another configuration ------------------------------------------------------------------- */

/* What ran is not there any more: off, and the other one starts as it may. */
static void test_what_ran_is_gone(void **state)
{
	static const char *const paced = "    setpoint: {min_off: 5 min, min_on: 10 min}\n";
	char before[4096], after[4096];
	struct world *w;

	(void)state;
	snprintf(before, sizeof(before), "%s%s", PLANT("", HP(", t_max: 110 degC") ", direct_electric"), paced);
	snprintf(after, sizeof(after), "%s%s", PLANT("", "direct_electric"), paced);
	w = begin(before, "30");
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_send(w, "p", "56");
	world_to(w, 30);
	world_free(w);
	w = begin(before, "56");
	check_said(w, true, "hp", REASON_LIMITED);
	world_reload(w, after);
	world_send(w, "s", "15");
	world_send(w, "p", "30");
	check_said(w, false, "", REASON_MIN_OFF);
	for (double s = 30; s < 310; s += 30) {
		world_to(w, s);
		world_send(w, "s", "15");
	}
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
}

/* ---- what is measured ------------------------------------------------------------------------- */

/* A store gives more heat per power than any heat pump between these temperatures could. */
static void test_a_store_is_plausible(void **state)
{
	struct world *w = begin(
	    MARKET LOOP SOURCE HEAT_PUMP(
	        "") "    technologies: [{name: store, technology: thermochemical_storage, elec_share: 3 %, round_trip: 80 %, "
	            "stored_price: 20 EUR/MWh, stored_carbon: 10 kg/MWh}]\n"
	            "    feedback: {q_sink: {topic: q, unit: kW}, p_elec: {topic: e, unit: kW}}\n",
	    "60");

	(void)state;
	check_said(w, true, "store", REASON_OPTIMUM);
	world_send(w, "q", "4800");
	world_send(w, "e", "144");
	world_to(w, 1);
	if (!strstr(world_payload(w, TOPIC_ACTUAL, 0), "\"quality\":\"good\""))
		fail_msg("%s", w->payload);
	world_free(w);
}

/* What draws on a store teaches nothing of the source. */
static void test_a_store_teaches_nothing(void **state)
{
	struct world *w = begin(
	    MARKET LOOP
	    "    source: {t_in: {topic: s, unit: degC}, t_out: {topic: so, unit: degC}, estimate_rate: {smoothing: 1 "
	    "h}}\n" HEAT_PUMP(
	        "") "    technologies: [{name: store, technology: thermochemical_storage, elec_share: 3 %, round_trip: 80 %, "
	            "stored_price: 20 EUR/MWh, stored_carbon: 10 kg/MWh}]\n"
	            "    feedback: {q_sink: {topic: q, unit: kW}, p_elec: {topic: e, unit: kW}}\n",
	    "60");

	(void)state;
	world_send(w, "so", "12");
	world_send(w, "q", "4800");
	world_send(w, "e", "144");
	world_to(w, 3400);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"source_rate_windows\":0"));
	world_free(w);
}

/* ---- peaks -------------------------------------------------------------------------------------- */

/* A technology's own limit of power is no peak of the site. */
static void test_own_power_is_no_peak(void **state)
{
	struct world *w =
	    begin(PLANT("", "{name: rod, technology: direct_electric, p_elec_max: 500 kW}") "demand: {site_power: 0 kW, "
	                                                                                    "peak_so_far: 2000 kW}\n",
	          "20");

	(void)state;
	world_payload(w, TOPIC_POINTS, 0);
	assert_non_null(strstr(w->payload, "\"limited_by\":\"p_elec_max\""));
	assert_null(strstr(w->payload, "\"limited_by\":\"demand\""));
	world_free(w);
}

/* ---- heat that is needed ------------------------------------------------------------------------ */

#define DRYER(source, rest) MARKET LOOP "    source: {" source "}\n" HEAT_PUMP("") rest

/* Power from waste heat saves most, but somebody has to make the heat. */
static void test_needed_goes_before_power(void **state)
{
	struct world *w =
	    begin(DRYER("t_in: 60 degC, heat_capacity_rate: 100 kW/K, t_out_min: 30 degC",
	                "    boiler: {capacity: 4 MW}\n"
	                "    technologies: [{name: orc, technology: heat_to_power, second_law: 0.5}, direct_electric]\n"),
	          "900");

	(void)state;
	check_said(w, true, "direct_electric", REASON_NEEDED);
	check_double(world_setpoint(w)->q_sink_kw, 800, 1e-6, 0);
	world_free(w);
}

/* A change would leave it unmade for as long as the other one has to wait. */
static void test_needed_heat_is_not_interrupted(void **state)
{
	struct world *w = begin(DRYER("t_in: 15 degC", "    boiler: {capacity: 4 MW}\n    technologies: [" HP(
	                                                   ", t_max: 110 degC") ", direct_electric]\n"
	                                                                        "    setpoint: {min_off: 5 min}\n"),
	                        "56");

	(void)state;
	check_said(w, true, "hp", REASON_LIMITED);
	world_send(w, "p", "20");
	check_said(w, true, "hp", REASON_LIMITED);
	world_to(w, 30);
	check_said(w, true, "hp", REASON_LIMITED);
	world_free(w);
}

/* The electric boiler may not raise the peak, so it does not carry the demand: whoever can has to. */
static void test_needed_where_the_peak_holds_the_boiler(void **state)
{
	struct world *w =
	    begin(DRYER("t_in: 15 degC",
	                "    boiler: {capacity: 1 MW}\n    electric_boiler: {capacity: 6 MW}\n"
	                "    technologies: [" HP(
	                    ", t_max: 110 degC") ", {name: store, technology: thermochemical_storage, "
	                                         "elec_share: 3 %, round_trip: 80 %, stored_price: 60 EUR/MWh, stored_carbon: 10 "
	                                         "kg/MWh}]\n") "demand: {site_power: 0 kW, peak_so_far: 500 kW}\n",
	          "60");

	(void)state;
	check_said(w, true, "store", REASON_NEEDED);
	world_free(w);
}

/* Outside its envelope the heat pump takes none of the paid power: it is the electric boiler's. */
static void test_the_envelope_leaves_the_boiler_its_power(void **state)
{
	struct world *w = begin(
	    MARKET LOOP SOURCE HEAT_PUMP(
	        ", envelope: {t_source_min: 5 degC}") "    boiler: {capacity: 1 MW}\n    electric_boiler: {capacity: 6 MW}\n"
	                                              "demand: {site_power: 0 kW, peak_so_far: 500 kW}\n",
	    "60");

	(void)state;
	world_send(w, "s", "2");
	check_said(w, false, "", REASON_ENVELOPE);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"electric_boiler\":500.0"));
	assert_non_null(strstr(w->payload, "\"shortfall_kw\":3300.0"));
	world_free(w);
}

/* ---- restarts, units, budgets ---------------------------------------------------------------------- */

static void test_what_ran_before_is_not_listed(void **state)
{
	struct world *w =
	    world_new(DRYER("t_in: 15 degC", "    technologies: [direct_electric]\n    setpoint: {min_off: 5 min}\n"));
	struct pace_past past;

	(void)state;
	pace_past_init(&past);
	pace_past_add(&past, WORLD_EPOCH_US - 3600000000, true, 110);
	past.alive_us = WORLD_EPOCH_US - 1000000;
	snprintf(past.technology, sizeof(past.technology), "hp");
	engine_resume_pace(w->engine, 0, &past);
	world_send(w, "p", "20");
	check_said(w, false, "", REASON_MIN_OFF);
	world_to(w, 301);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
}

static void test_units_are_taken_away_without_inputs(void **state)
{
	struct world *w =
	    begin(MARKET LOOP SOURCE
	          "    heat_pump: {lorenz_efficiency: 0.55, units: [{name: u1, capacity: 2 MW, available: {topic: u1}}, "
	          "{name: u2, capacity: 1 MW, available: {topic: u2}}]}\n"
	          "    setpoint: {bad_inputs: {hold: 10 min}}\n",
	          "132");

	(void)state;
	world_send(w, "u1", "1");
	world_send(w, "u2", "1");
	world_to(w, 59);
	assert_true(world_setpoint(w)->hp_on);
	world_to(w, 100);
	check_said(w, true, "", REASON_HOLD);
	world_send(w, "u1", "0");
	check_said(w, true, "", REASON_HOLD);
	world_send(w, "u2", "0");
	check_said(w, false, "", REASON_BAD_INPUT);
	world_free(w);
}

/* Emitted by what runs: of a store what was put in and the power it takes. */
static void test_a_store_in_the_budget(void **state)
{
	struct world *w = begin(
	    DRYER("t_in: 15 degC, carbon: 1000 kg/MWh",
	          "    technologies: [{name: store, technology: thermochemical_storage, elec_share: 5 %, round_trip: 80 %,\n"
	          "                    stored_price: 20 EUR/MWh, stored_carbon: 40 kg/MWh}]\n"
	          "    objective: cost_under_carbon_cap\n    carbon_budget: 100 t\n"),
	    "100");

	(void)state;
	check_said(w, true, "store", REASON_OPTIMUM);
	world_to(w, 1800);
	world_send(w, "p", "100");
	world_to(w, 3600);
	check_double(engine_totals(w->engine, 0)->today.carbon_emitted_kg, 4.8 * (0.05 * 300 + 40 / 0.8), 0.02, 0);
	world_free(w);
}

/* In the fallback nobody knows what the heat pump makes: as much is counted as without it. */
static void test_a_fallback_in_the_budget(void **state)
{
	struct world *w =
	    begin(MARKET LOOP SOURCE HEAT_PUMP("") "    objective: cost_under_carbon_cap\n    carbon_budget: 100 t\n"
	                                           "    setpoint: {bad_inputs: {then: fallback}, fallback: 80 degC}\n",
	          "600");

	(void)state;
	world_to(w, 61);
	check_said(w, true, "", REASON_FALLBACK);
	world_to(w, 3600);
	check_double(engine_totals(w->engine, 0)->today.carbon_emitted_kg, 4.8 * 213.7, 0.02, 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fallback_within_the_technology),
	    cmocka_unit_test(test_by_hand_within_the_technology),
	    cmocka_unit_test(test_fallback_of_any_technology),
	    cmocka_unit_test(test_hold_above_the_heat_pump),
	    cmocka_unit_test(test_taken_away_without_inputs),
	    cmocka_unit_test(test_the_envelope_holds_for_all),
	    cmocka_unit_test(test_ranked_within_the_setpoint),
	    cmocka_unit_test(test_by_hand_where_power_is_best),
	    cmocka_unit_test(test_what_ran_is_gone),
	    cmocka_unit_test(test_a_store_is_plausible),
	    cmocka_unit_test(test_a_store_teaches_nothing),
	    cmocka_unit_test(test_own_power_is_no_peak),
	    cmocka_unit_test(test_needed_goes_before_power),
	    cmocka_unit_test(test_needed_heat_is_not_interrupted),
	    cmocka_unit_test(test_needed_where_the_peak_holds_the_boiler),
	    cmocka_unit_test(test_the_envelope_leaves_the_boiler_its_power),
	    cmocka_unit_test(test_what_ran_before_is_not_listed),
	    cmocka_unit_test(test_units_are_taken_away_without_inputs),
	    cmocka_unit_test(test_a_store_in_the_budget),
	    cmocka_unit_test(test_a_fallback_in_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

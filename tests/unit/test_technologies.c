/* Technologies in the engine, on virtual time: which one runs, what is told of them, changes between them. The two of most
 * tests, vapour compression up to 110 degC and direct electric, earn the same at about 46.1 EUR/MWh. */
#include "check.h"
#include "world.h"

#include <lorenz/technology.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWO "    technologies: [{name: hp, technology: vapour_compression, t_max: 110 degC}, direct_electric]\n"

/* The published dryer. */
static char *plant(const char *source, const char *sink, const char *loop)
{
	char *yaml;

	assert_true(
	    asprintf(&yaml,
	             "site: test\n"
	             "market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: {topic: p/carbon, unit: kg/MWh}},\n"
	             "         fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}\n"
	             "publish: {interval: 0 s}\n"
	             "loops:\n"
	             "  dryer:\n"
	             "    source: {%s}\n"
	             "    sink: {%s}\n"
	             "    heat_pump: {lorenz_efficiency: 0.55}\n%s",
	             *source ? source : "t_in: 15 degC", *sink ? sink : "t_in: 55 degC, t_target: 230 degC, duty: 4800 kW",
	             loop) > 0);
	return yaml;
}

static struct world *begin(const char *source, const char *sink, const char *loop)
{
	char *yaml = plant(source, sink, loop);
	struct world *w = world_new(yaml);

	free(yaml);
	world_send(w, "p/carbon", "300");
	return w;
}

static void price(struct world *w, double eur_mwh)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", eur_mwh);
	world_send(w, "p/elec", text);
}

static const struct setpoint *said(const struct world *w)
{
	return world_setpoint(w);
}

static void check_said(const struct world *w, bool on, const char *technology, enum reason reason)
{
	const struct setpoint *s = said(w);

	if (s->hp_on != on || strcmp(s->technology, technology) != 0 || s->reason != reason)
		fail_msg("%s %s %s, not %s %s %s", s->hp_on ? "on" : "off", s->technology, reason_text[s->reason],
		         on ? "on" : "off", technology, reason_text[reason]);
}

/* The payload as JSON, to be freed. */
static json_t *payload(struct world *w, enum topic_kind kind)
{
	json_t *root = json_loads(world_payload(w, kind, 0), JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	return root;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Of an objective's ranking; borrowed. */
static json_t *entry(const json_t *root, const char *objective, const char *technology)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(root, objective), i,
	                   row) if (strcmp(text_of(row, "technology"), technology) == 0) return row;
	fail_msg("%s is not in %s", technology, objective);
	return NULL;
}

/* ---- which one is best ------------------------------------------------------------------ */

static void test_the_line_of_the_contract(void **state)
{
	struct world *w = begin("", "", "    technologies: [vapour_compression, inverse_brayton, direct_electric]\n");
	json_t *root, *points;

	(void)state;
	price(w, 132);
	check_said(w, true, "vapour_compression", REASON_OPTIMUM);
	check_double(said(w)->t_sink_out_c, 111.05, 0, 0.01);
	root = payload(w, TOPIC_TECHNOLOGIES);
	assert_int_equal(json_array_size(json_object_get(root, "cost")), 3);
	assert_int_equal(json_array_size(json_object_get(root, "carbon")), 3);
	check_double(number_of(entry(root, "cost", "vapour_compression"), "cost_savings_eur_h"), 22.392, 0, 1e-3);
	/* of one efficiency below their highest outlet they are one */
	check_near(number_of(entry(root, "cost", "inverse_brayton"), "cost_savings_eur_h"),
	           number_of(entry(root, "cost", "vapour_compression"), "cost_savings_eur_h"));
	check_near(number_of(entry(root, "cost", "inverse_brayton"), "rank"), 2);
	assert_true(json_is_null(json_object_get(entry(root, "cost", "inverse_brayton"), "reason")));
	assert_string_equal(text_of(entry(root, "cost", "direct_electric"), "reason"), "it saves nothing at any heat that is allowed");
	points = payload(w, TOPIC_POINTS);
	assert_string_equal(text_of(json_object_get(json_object_get(points, "cost"), "optimal"), "technology"),
	                    "vapour_compression");
	check_double(number_of(json_object_get(json_object_get(points, "cost"), "break_even"), "t_sink_out_c"), 173.15, 0, 0.01);
	json_decref(points);
	json_decref(root);
	world_free(w);
}

/* Each objective's points are those of its own best, and the setpoint is that of the loop's. */
static void test_each_objective_has_its_own(void **state)
{
	struct world *w = begin("", "", TWO);
	json_t *points;

	(void)state;
	price(w, 20);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	check_near(said(w)->q_sink_kw, 4800);
	points = payload(w, TOPIC_POINTS);
	assert_string_equal(text_of(json_object_get(json_object_get(points, "carbon"), "optimal"), "technology"), "hp");
	check_double(number_of(json_object_get(json_object_get(points, "carbon"), "optimal"), "t_sink_out_c"), 110, 1e-9, 0);
	check_near(number_of(json_object_get(json_object_get(points, "cost"), "optimal"), "q_sink_kw"), 4800);
	json_decref(points);
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"objective\", \"value\": \"carbon\"}");
	world_to(w, 10);
	check_said(w, true, "hp", REASON_LIMITED);
	world_free(w);
}

/* A technology's own figure, else the heat pump's, else the library's. */
static void test_whose_figure_counts(void **state)
{
	struct world *w = world_new(
	    "site: test\n"
	    "market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, "
	    "carbon: 213.7 kg/MWh}}\n"
	    "loops:\n"
	    "  dryer:\n"
	    "    source: {t_in: 15 degC}\n"
	    "    sink: {t_in: 55 degC, t_target: 400 degC, duty: 4800 kW}\n"
	    "    heat_pump: {lorenz_efficiency: 0.5, t_max: 220 degC, capacity: 2 MW, min_load: 20 %}\n"
	    "    technologies:\n"
	    "      - vapour_compression\n"
	    "      - {name: own, technology: vapour_compression, lorenz_efficiency: 0.4, t_max: 300 degC, capacity: 4500 kW}\n"
	    "      - {name: brayton, technology: inverse_brayton, lorenz_efficiency: {model: carnot, fraction: 0.6}}\n");
	json_t *root;

	(void)state;
	price(w, 1);
	root = payload(w, TOPIC_TECHNOLOGIES);
	check_near(number_of(entry(root, "cost", "vapour_compression"), "q_sink_kw"), 2000);
	check_double(number_of(entry(root, "cost", "vapour_compression"), "cop"),
	             0.5 * lorenz_cop(lorenz_log_mean(328.15, 328.15 + 345 * 2000.0 / 4800), 288.15), 0, 1e-5);
	assert_string_equal(text_of(entry(root, "cost", "vapour_compression"), "limited_by"), "capacity");
	check_double(number_of(entry(root, "cost", "own"), "t_sink_out_c"), 300, 0, 1e-6);
	check_double(number_of(entry(root, "cost", "own"), "cop"), 0.4 * lorenz_cop(lorenz_log_mean(328.15, 573.15), 288.15), 0,
	             1e-5);
	assert_string_equal(text_of(entry(root, "cost", "own"), "limited_by"), "t_max");
	check_double(number_of(entry(root, "cost", "brayton"), "cop"),
	             0.6 * (328.15 + 345 * 2000.0 / 4800) / (40 + 345 * 2000.0 / 4800), 0, 1e-5);
	check_said(w, true, "own", REASON_LIMITED);
	json_decref(root);
	world_free(w);
}

/* ---- what does not fit ------------------------------------------------------------------ */

static void test_a_window_that_excludes_the_stream(void **state)
{
	struct world *w =
	    begin("t_in: {topic: s, unit: degC}", "",
	          "    technologies: [{name: warm, technology: vapour_compression, t_source_min: 10 degC}, direct_electric]\n");
	json_t *root;

	(void)state;
	world_send(w, "s", "15");
	price(w, 132);
	check_said(w, true, "warm", REASON_OPTIMUM);
	world_send(w, "s", "5");
	check_said(w, false, "", REASON_NOT_BENEFICIAL); /* the other one could, but does not pay */
	root = payload(w, TOPIC_TECHNOLOGIES);
	assert_string_equal(text_of(entry(root, "cost", "warm"), "reason"), "the source is too cold for it");
	assert_true(json_is_false(json_object_get(entry(root, "cost", "warm"), "fits")));
	check_near(number_of(entry(root, "cost", "warm"), "t_sink_out_c"), 55);
	json_decref(root);
	price(w, 20);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_send(w, "s", "15");
	world_free(w);
}

static void test_none_fits(void **state)
{
	struct world *w =
	    begin("", "", "    technologies: [mvr, {name: warm, technology: vapour_compression, t_source_min: 20 degC}]\n");
	json_t *root;

	(void)state;
	price(w, 20);
	check_said(w, false, "", REASON_NO_TECHNOLOGY);
	assert_int_equal(said(w)->quality, QUALITY_GOOD);
	root = payload(w, TOPIC_STATE);
	assert_string_equal(text_of(root, "reason"),
	                    "no technology fits: mvr: source or sink does not keep its temperature; warm: the "
	                    "source is too cold for it");
	json_decref(root);
	root = payload(w, TOPIC_POINTS);
	assert_true(json_is_null(json_object_get(json_object_get(json_object_get(root, "cost"), "optimal"), "technology")));
	check_near(number_of(json_object_get(json_object_get(root, "cost"), "optimal"), "q_sink_kw"), 0);
	json_decref(root);
	world_free(w);
}

/* A figure that turns wrong while it is live is a reason, and the others go on. */
static void test_better_than_carnot_while_live(void **state)
{
	struct world *w = begin("t_in: 200 degC, heat_capacity_rate: 5 kW/K, t_out_min: 100 degC",
	                        "t_in: 250 degC, t_target: 300 degC, duty: 1 MW",
	                        "    technologies: [vapour_compression, {name: orc, technology: heat_to_power, efficiency: "
	                        "{topic: orc}, t_ambient: 15 degC}]\n"
	                        "    objective: carbon\n");
	json_t *root;

	(void)state;
	price(w, 60);
	world_send(w, "orc", "0.2");
	root = payload(w, TOPIC_TECHNOLOGIES);
	check_double(number_of(entry(root, "cost", "orc"), "p_elec_kw"), -100, 1e-9, 0);
	check_double(number_of(entry(root, "cost", "orc"), "cost_savings_eur_h"), 6, 1e-9, 0);
	json_decref(root);
	world_send(w, "orc", "0.45");
	root = payload(w, TOPIC_TECHNOLOGIES);
	assert_string_equal(text_of(entry(root, "cost", "orc"), "reason"), lorenz_status_text(LORENZ_ABOVE_CARNOT));
	check_near(number_of(entry(root, "cost", "orc"), "rank"), 2);
	json_decref(root);
	world_free(w);
}

/* ---- machines of a kind ----------------------------------------------------------------- */

static void test_direct_exchange_takes_no_power(void **state)
{
	struct world *w =
	    begin("t_in: 90 degC, heat_capacity_rate: 20 kW/K, t_out_min: 40 degC",
	          "t_in: 50 degC, t_target: 120 degC, duty: 1400 kW", "    technologies: [direct_exchange, direct_electric]\n");

	(void)state;
	price(w, 132);
	check_said(w, true, "direct_exchange", REASON_LIMITED);
	check_double(said(w)->q_sink_kw, 700, 1e-9, 0);
	check_near(said(w)->p_elec_kw, 0);
	assert_true(isnan(said(w)->cop));
	check_double(said(w)->t_sink_out_c, 85, 1e-9, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"cop\":null"));
	check_double(w->points[0].point.point.cost_savings_eur_h, 42, 1e-9, 0);
	assert_string_equal(w->points[0].point.point.limited_by, "pinch");
	world_free(w);
}

/* The pinch would let 700 kW through. */
static void test_direct_exchange_is_bounded_by_the_source(void **state)
{
	struct world *w = begin("t_in: 90 degC, heat_capacity_rate: 20 kW/K, t_out_min: 60 degC",
	                        "t_in: 50 degC, t_target: 120 degC, duty: 1400 kW", "    technologies: [direct_exchange]\n");
	json_t *root;

	(void)state;
	price(w, 132);
	check_said(w, true, "direct_exchange", REASON_SOURCE);
	check_double(said(w)->q_sink_kw, 600, 1e-6, 0);
	root = payload(w, TOPIC_TECHNOLOGIES);
	assert_string_equal(text_of(entry(root, "cost", "direct_exchange"), "limited_by"), "source_t_out_min");
	json_decref(root);
	world_free(w);
}

static void test_a_source_that_does_not_flow(void **state)
{
	struct world *w = begin("t_in: 15 degC, heat_capacity_rate: {topic: flow, unit: kW/K}", "",
	                        "    technologies: [vapour_compression, {name: orc, technology: heat_to_power, second_law: 0.5}, direct_electric]\n");
	json_t *root;

	(void)state;
	world_send(w, "flow", "1000");
	price(w, 50);
	check_said(w, true, "vapour_compression", said(w)->reason);
	world_send(w, "flow", "0");
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	assert_int_equal(said(w)->quality, QUALITY_GOOD);
	check_near(said(w)->q_sink_kw, 4800);
	root = payload(w, TOPIC_TECHNOLOGIES);
	assert_string_equal(text_of(entry(root, "cost", "vapour_compression"), "reason"), "nothing can be taken from the source");
	assert_string_equal(text_of(entry(root, "cost", "orc"), "reason"), "nothing can be taken from the source");
	json_decref(root);
	price(w, 132);
	check_said(w, false, "", REASON_NOT_BENEFICIAL);
	world_free(w);
}

#define SMALL(sink, heat_pump, loop) \
	"site: test\n" \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}\n" \
	"publish: {interval: 0 s}\n" \
	"loops: {dryer: {source: {t_in: 60 degC}, sink: {" sink "}, heat_pump: {" heat_pump "}" loop "}}\n"

static const char *optimum_limit(struct world *w, char text[32])
{
	json_t *root = payload(w, TOPIC_POINTS);

	snprintf(text, 32, "%s", text_of(json_object_get(json_object_get(root, "cost"), "optimal"), "limited_by"));
	json_decref(root);
	return text;
}

/* Of a compressor; a heater has none. */
static void test_the_demand_is_below_the_least_load(void **state)
{
	static const char *const machines[] = {"capacity: 2 MW, min_load: 50 %",
	                                       "units: [{name: a, capacity: 1 MW, min_load: 100 %}, {name: b, capacity: 1 MW, min_load: 100 %}]"};
	char *yaml, limit[32];
	struct world *w;
	json_t *root;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(asprintf(&yaml, SMALL("t_in: 55 degC, t_target: 90 degC, duty: {topic: duty, unit: kW}", "lorenz_efficiency: 0.5, %s",
		                                  ", technologies: [vapour_compression, {name: heater, technology: direct_electric}]"), machines[i]) > 0);
		w = world_new(yaml);
		free(yaml);
		world_send(w, "duty", "900");
		price(w, 50);
		check_said(w, true, "heater", REASON_OPTIMUM);
		check_near(said(w)->q_sink_kw, 900);
		root = payload(w, TOPIC_TECHNOLOGIES);
		assert_string_equal(text_of(entry(root, "cost", "vapour_compression"), "reason"), "the demand is below its least load");
		json_decref(root);
		price(w, 70);
		check_said(w, false, "", REASON_NOT_BENEFICIAL);
		world_send(w, "duty", "1200");
		check_said(w, true, "vapour_compression", said(w)->reason);
		world_free(w);

		assert_true(asprintf(&yaml, SMALL("t_in: 55 degC, t_target: 90 degC, duty: {topic: duty, unit: kW}", "lorenz_efficiency: 0.5, %s", ""), machines[i]) > 0);
		w = world_new(yaml);
		free(yaml);
		world_send(w, "duty", "900");
		price(w, 50);
		assert_string_equal(optimum_limit(w, limit), "min_load");
		price(w, 5);
		world_send(w, "duty", "2000");
		assert_string_equal(optimum_limit(w, limit), "target");
		world_send(w, "duty", "0");
		assert_string_equal(optimum_limit(w, limit), "inlet");
		world_free(w);
	}
}

/* As large as all units, whichever of them can run. */
static void test_a_heater_beside_units(void **state)
{
	struct world *w = world_new(SMALL("t_in: 55 degC, t_target: 90 degC, duty: 4 MW",
	                                  "lorenz_efficiency: 0.5, units: [{name: a, capacity: 1 MW, available: {topic: a}}, {name: b, capacity: 2 MW, available: {topic: a}}]",
	                                  ", technologies: [vapour_compression, {name: heater, technology: direct_electric}]"));

	(void)state;
	world_send(w, "a", "1");
	price(w, 50);
	check_said(w, true, "vapour_compression", said(w)->reason);
	world_send(w, "a", "0");
	check_said(w, true, "heater", REASON_LIMITED);
	check_near(said(w)->q_sink_kw, 3000);
	world_free(w);
}

/* The formula flatters nobody who does not go by it. */
static void test_overlap_is_of_the_winner(void **state)
{
	struct world *w = world_new(SMALL("t_in: 50 degC, t_target: 90 degC, duty: 1 MW", "lorenz_efficiency: 0.5",
	                                  ", technologies: [{name: hp, technology: vapour_compression, available: {topic: a}}, direct_electric]"));
	json_t *root;

	(void)state;
	for (int available = 0; available < 2; available++) {
		world_send(w, "a", available ? "1" : "0");
		price(w, 50);
		root = payload(w, TOPIC_POINTS);
		assert_true(json_is_boolean(json_object_get(json_object_get(root, "inputs"), "overlap")));
		assert_int_equal(json_is_true(json_object_get(json_object_get(root, "inputs"), "overlap")), available);
		json_decref(root);
	}
	world_free(w);
}

/* Half of Carnot's between the log mean of 60 and 30 degC and 15 degC, of 3 MW. */
#define POWER_KW (0.5 * (1 - 288.15 / lorenz_log_mean(333.15, 303.15)) * 3000)

static void check_power(const json_t *point, double eur_mwh)
{
	assert_string_equal(text_of(point, "technology"), "orc");
	check_double(number_of(point, "p_elec_kw"), -POWER_KW, 1e-6, 0);
	check_double(number_of(point, "cost_savings_eur_h"), eur_mwh / 1000 * POWER_KW, 1e-6, 0);
	check_double(number_of(point, "carbon_savings_kg_h"), 0.3 * POWER_KW, 1e-6, 0);
	check_near(number_of(point, "source_heat_kw"), 3000);
	check_near(number_of(point, "t_source_out_c"), 30);
	check_near(number_of(point, "t_sink_out_c"), 70);
	check_near(number_of(point, "q_sink_kw"), 0);
	check_near(number_of(point, "electrification"), 0);
	assert_true(json_is_null(json_object_get(point, "cop")));
	assert_string_equal(text_of(point, "limited_by"), "none");
}

static void test_power_from_waste_heat_leaves_the_heat_pump_off(void **state)
{
	struct world *w = begin(
	    "t_in: 60 degC, heat_capacity_rate: 100 kW/K, t_out_min: 30 degC", "t_in: 70 degC, t_target: 230 degC, duty: 4800 kW",
	    "    technologies: [{name: orc, technology: heat_to_power, second_law: 0.5}, vapour_compression]\n");
	json_t *root;

	(void)state;
	price(w, 900);
	check_said(w, false, "orc", REASON_HEAT_TO_POWER);
	check_near(said(w)->p_elec_kw, 0);
	root = payload(w, TOPIC_TECHNOLOGIES);
	check_near(number_of(entry(root, "cost", "orc"), "rank"), 1);
	assert_true(number_of(entry(root, "cost", "orc"), "cost_savings_eur_h") > 100);
	check_near(number_of(entry(root, "cost", "orc"), "q_sink_kw"), 0);
	json_decref(root);
	root = payload(w, TOPIC_POINTS);
	check_power(json_object_get(json_object_get(root, "cost"), "optimal"), 900);
	json_decref(root);
	world_to(w, 3600);
	price(w, 60);
	check_near(engine_totals(w->engine, 0)->total.cost_savings_eur, 0.9 * POWER_KW);
	check_near(engine_totals(w->engine, 0)->total.electricity_kwh, 0);
	check_said(w, true, "vapour_compression", said(w)->reason);
	price(w, 900);
	check_said(w, false, "orc", REASON_HEAT_TO_POWER);
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	world_to(w, 3700);
	check_said(w, false, "", REASON_MANUAL);
	world_free(w);
}

/* The source is heat that costs more than its power earns. */
static void test_power_that_does_not_pay(void **state)
{
	struct world *w =
	    begin("t_in: 60 degC, heat_capacity_rate: 100 kW/K, t_out_min: 30 degC, price: 50 EUR/MWh", "",
	          "    technologies: [{name: orc, technology: heat_to_power, second_law: 0.5}]\n");

	(void)state;
	price(w, 60);
	check_said(w, false, "", REASON_NOT_BENEFICIAL);
	price(w, 1200);
	check_said(w, false, "orc", REASON_HEAT_TO_POWER);
	world_free(w);
}

/* Heat from a store costs what was put in, and not what the loop's source does. */
static void test_heat_from_a_store(void **state)
{
	struct world *w =
	    begin("t_in: 15 degC, price: 1000 EUR/MWh", "",
	          "    technologies: [{name: store, technology: thermochemical_storage, elec_share: 5 %, round_trip: 80 %,\n"
	          "                    stored_price: {topic: stored, unit: EUR/MWh}, stored_carbon: 40 kg/MWh}]\n");
	const struct point *point;

	(void)state;
	price(w, 100);
	world_send(w, "stored", "20");
	check_said(w, true, "store", REASON_OPTIMUM);
	point = &w->points[w->n_points - 4].point.point;
	check_double(point->cost_savings_eur_h, 4.8 * (60 - 5 - 25), 1e-9, 0);
	check_double(point->carbon_savings_kg_h, 4.8 * (213.7 - 0.05 * 300 - 50), 1e-9, 0);
	world_send(w, "stored", "50");
	check_said(w, false, "", REASON_NOT_BENEFICIAL);
	world_free(w);
}

/* ---- changes ---------------------------------------------------------------------------- */

static size_t changes(const struct world *w)
{
	size_t n = 0;

	assert_true(w->n_setpoints < 256);
	for (size_t i = 1; i < w->n_setpoints; i++)
		n += strcmp(w->setpoints[i].technology, w->setpoints[i - 1].technology) != 0;
	return n;
}

/* The one that runs stays within 1 % of the reference, 2.88 EUR/h, which is 0.67 EUR/MWh from where both earn the same. */
static void test_noise_changes_nothing(void **state)
{
	struct world *w = begin("", "", TWO);
	double equal;
	json_t *root;

	(void)state;
	price(w, 46.1);
	root = payload(w, TOPIC_TECHNOLOGIES);
	equal = 46.1 + (number_of(entry(root, "cost", "direct_electric"), "cost_savings_eur_h") -
	                number_of(entry(root, "cost", "hp"), "cost_savings_eur_h")) /
	                   4.3;
	json_decref(root);
	price(w, equal + 1);
	check_said(w, true, "hp", said(w)->reason);
	for (int i = 0; i < 100; i++)
		price(w, equal + (i % 7 - 3) * 0.2);
	check_said(w, true, "hp", said(w)->reason);
	price(w, equal - 1);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	for (int i = 0; i < 100; i++)
		price(w, equal + (i % 7 - 3) * 0.2);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	price(w, equal + 1);
	check_said(w, true, "hp", said(w)->reason);
	assert_true(changes(w) <= 3);
	world_free(w);
}

/* A stop and a start: what runs goes on at its best until min_on is over, then nothing for min_off. */
static void test_a_change_is_a_stop_and_a_start(void **state)
{
	struct world *w = begin("", "", TWO "    setpoint: {min_on: 10 min, min_off: 5 min}\n");

	(void)state;
	price(w, 60);
	check_said(w, true, "hp", REASON_LIMITED);
	world_to(w, 60);
	price(w, 20);
	check_said(w, true, "hp", REASON_MIN_ON);
	check_double(said(w)->t_sink_out_c, 110, 1e-9, 0);
	world_to(w, 599);
	check_said(w, true, "hp", REASON_MIN_ON);
	world_to(w, 601);
	check_said(w, false, "", REASON_MIN_OFF);
	world_to(w, 899);
	check_said(w, false, "", REASON_MIN_OFF);
	world_to(w, 901);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
}

/* Without minimum times it is one setpoint. */
static void test_a_change_without_waiting(void **state)
{
	struct world *w = begin("", "", TWO);
	size_t before;

	(void)state;
	price(w, 60);
	before = w->n_setpoints;
	price(w, 20);
	assert_int_equal(w->n_setpoints, before + 1);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	check_near(said(w)->t_sink_out_c, 230);
	world_free(w);
}

/* No start is left: what runs stays, and gives way a day after the oldest of them. */
static void test_no_start_is_left(void **state)
{
	struct world *w = begin("", "", TWO "    setpoint: {max_starts: 2}\n");

	(void)state;
	price(w, 60);
	world_to(w, 3600);
	price(w, 20);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_to(w, 7200);
	price(w, 50);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_to(w, 86300);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_to(w, 86410);
	check_said(w, true, "hp", REASON_LIMITED);
	world_free(w);
}

static void test_what_runs_is_taken_away(void **state)
{
	struct world *w = begin("", "",
	                        "    technologies: [{name: hp, technology: vapour_compression, t_max: 110 degC, available: "
	                        "{topic: hp, stale_after: 1 h}}, "
	                        "direct_electric]\n"
	                        "    setpoint: {min_on: 30 min, min_off: 10 min}\n");

	(void)state;
	world_send(w, "hp", "1");
	price(w, 50);
	check_said(w, true, "hp", REASON_LIMITED);
	world_to(w, 60);
	world_send(w, "hp", "0");
	check_said(w, false, "", REASON_MIN_OFF); /* at once, whatever min_on says */
	world_to(w, 661);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_send(w, "hp", "1");
	check_said(w, true, "direct_electric", REASON_MIN_ON);
	world_free(w);
}

/* By hand it is the temperature that is asked for, with what runs. */
static void test_by_hand_nothing_changes(void **state)
{
	struct world *w = begin("", "", TWO);

	(void)state;
	price(w, 60);
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"temperature\", \"value\": 90}");
	world_command(w, 0, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": \"manual\"}");
	check_said(w, true, "hp", REASON_MANUAL);
	price(w, 20);
	check_said(w, true, "hp", REASON_MANUAL);
	check_near(said(w)->t_sink_out_c, 90);
	world_command(w, 0, "{\"id\": \"3\", \"cmd\": \"mode\", \"value\": \"auto\"}");
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
}

static void test_held_inputs_hold_the_technology(void **state)
{
	struct world *w =
	    begin("t_in: {topic: s, unit: degC, stale_after: 60 s}", "", TWO "    setpoint: {bad_inputs: {hold: 10 min}}\n");

	(void)state;
	world_send(w, "s", "15");
	price(w, 20);
	world_to(w, 70);
	check_said(w, true, "direct_electric", REASON_HOLD);
	world_to(w, 700);
	check_said(w, false, "", REASON_BAD_INPUT);
	assert_true(strstr(world_payload(w, TOPIC_TECHNOLOGIES, 0), "\"cost\":null") != NULL);
	world_free(w);
}

/* ---- reloads and history ---------------------------------------------------------------- */

static void test_another_list(void **state)
{
	struct world *w = begin("", "", TWO);
	char *turned =
	    plant("", "", "    technologies: [direct_electric, {name: hp, technology: vapour_compression, t_max: 110 degC}]\n");
	char *none = plant("", "", "");
	size_t before;

	(void)state;
	price(w, 46.3);
	check_said(w, true, "hp", REASON_LIMITED);
	before = w->n_setpoints;
	world_reload(w, turned);
	price(w, 45.9); /* within the margin: it stays, under its new number */
	check_said(w, true, "hp", REASON_LIMITED);
	assert_int_equal(w->n_setpoints, before);
	world_reload(w, none);
	assert_string_equal(world_payload(w, TOPIC_TECHNOLOGIES, 0), "");
	check_said(w, true, "", said(w)->reason);
	free(none);
	free(turned);
	world_free(w);
}

/* What ran before goes on running within the margin; without a history the best one starts. */
static void test_after_a_restart(void **state)
{
	struct pace_past past;

	(void)state;
	for (int told = 0; told < 2; told++) {
		struct world *w = begin("", "", TWO "    setpoint: {min_on: 10 min}\n");

		pace_past_init(&past);
		pace_past_add(&past, WORLD_EPOCH_US - 3600000000, true, 110);
		past.alive_us = WORLD_EPOCH_US - 1000000;
		strcpy(past.technology, "hp");
		if (told)
			engine_resume_pace(w->engine, 0, &past);
		price(w, 45.9);
		check_said(w, true, told ? "hp" : "direct_electric", said(w)->reason);
		world_free(w);
	}
}

/* Figures that move are no new rows, an order that changes is. */
static void test_an_order_is_stored_once(void **state)
{
	struct world *w = begin("", "", TWO);
	size_t n;

	(void)state;
	price(w, 60);
	n = w->n_technologies;
	assert_int_equal(n, 4); /* cost and carbon, two each */
	for (int i = 0; i < 20; i++) {
		price(w, 50 + i * 0.4);
		world_to(w, 10 * (i + 1));
	}
	assert_int_equal(w->n_technologies, n);
	assert_true(w->published[TOPIC_TECHNOLOGIES] > 20);
	price(w, 20);
	assert_int_equal(w->n_technologies, n + 4);
	assert_string_equal(w->technologies[n].technology.objective, "cost");
	assert_string_equal(w->technologies[n].technology.row.technology, "direct_electric");
	assert_string_equal(w->technologies[n + 1].technology.row.technology, "hp");
	world_free(w);
}

/* ---- under a constraint, with a peak ---------------------------------------------------- */

static void test_an_objective_under_a_constraint(void **state)
{
	struct world *w = begin("", "", TWO "    objective: cost_under_carbon_cap\n    carbon_cap: 900 kg/h\n");
	json_t *root;

	(void)state;
	price(w, 20);
	/* direct electric costs least, and emits 4.8 MWh x 300 kg/MWh */
	check_said(w, true, "hp", said(w)->reason);
	root = payload(w, TOPIC_TECHNOLOGIES);
	check_near(number_of(entry(root, "goal", "hp"), "rank"), 1);
	assert_true(json_is_true(json_object_get(entry(root, "goal", "hp"), "met")));
	check_near(number_of(entry(root, "cost", "direct_electric"), "rank"), 1);
	json_decref(root);
	world_send(w, "p/carbon", "100");
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_free(w);
}

/* The boiler is too small: the one that makes the rest runs at any price, and within the margin of nothing. */
static void test_heat_that_is_needed(void **state)
{
	struct world *w = begin("", "", "    boiler: {capacity: 1 MW}\n" TWO);
	json_t *root;

	(void)state;
	price(w, 500);
	check_said(w, true, "direct_electric", REASON_NEEDED);
	check_double(said(w)->q_sink_kw, 3800, 1e-6, 0);
	root = payload(w, TOPIC_TECHNOLOGIES);
	check_near(number_of(entry(root, "cost", "direct_electric"), "rank"), 1);
	assert_true(json_is_null(json_object_get(entry(root, "cost", "direct_electric"), "cost_savings_eur_h")));
	json_decref(root);
	world_free(w);
}

/* Outside the operating envelope nothing runs, whatever is best. */
static void test_outside_the_envelope(void **state)
{
	struct world *w = world_new(
	    "site: test\n"
	    "market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}\n"
	    "loops:\n"
	    "  dryer:\n"
	    "    source: {t_in: {topic: s, unit: degC}}\n"
	    "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	    "    heat_pump: {lorenz_efficiency: 0.55, envelope: {t_source_min: 5 degC}}\n" TWO);

	(void)state;
	world_send(w, "s", "15");
	price(w, 60);
	check_said(w, true, "hp", REASON_LIMITED);
	world_send(w, "s", "2");
	check_said(w, false, "", REASON_ENVELOPE);
	world_send(w, "s", "15");
	check_said(w, true, "hp", REASON_LIMITED);
	world_free(w);
}

/* Ranked at the power that is paid. */
static void test_a_peak_that_is_paid(void **state)
{
	char *yaml = plant("", "", TWO "demand: {site_power: 0 kW, peak_so_far: {topic: peak, unit: kW}}\n");
	struct world *w = world_new(yaml);

	(void)state;
	free(yaml);
	world_send(w, "p/carbon", "300");
	world_send(w, "peak", "10000");
	price(w, 20);
	check_said(w, true, "direct_electric", REASON_OPTIMUM);
	world_send(w, "peak", "600");
	check_said(w, true, "hp", REASON_LIMITED);
	assert_true(said(w)->p_elec_kw < 600);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_line_of_the_contract),
	    cmocka_unit_test(test_each_objective_has_its_own),
	    cmocka_unit_test(test_whose_figure_counts),
	    cmocka_unit_test(test_a_window_that_excludes_the_stream),
	    cmocka_unit_test(test_none_fits),
	    cmocka_unit_test(test_better_than_carnot_while_live),
	    cmocka_unit_test(test_direct_exchange_takes_no_power),
	    cmocka_unit_test(test_direct_exchange_is_bounded_by_the_source),
	    cmocka_unit_test(test_a_source_that_does_not_flow),
	    cmocka_unit_test(test_the_demand_is_below_the_least_load),
	    cmocka_unit_test(test_a_heater_beside_units),
	    cmocka_unit_test(test_overlap_is_of_the_winner),
	    cmocka_unit_test(test_power_from_waste_heat_leaves_the_heat_pump_off),
	    cmocka_unit_test(test_power_that_does_not_pay),
	    cmocka_unit_test(test_heat_from_a_store),
	    cmocka_unit_test(test_noise_changes_nothing),
	    cmocka_unit_test(test_a_change_is_a_stop_and_a_start),
	    cmocka_unit_test(test_a_change_without_waiting),
	    cmocka_unit_test(test_no_start_is_left),
	    cmocka_unit_test(test_what_runs_is_taken_away),
	    cmocka_unit_test(test_by_hand_nothing_changes),
	    cmocka_unit_test(test_held_inputs_hold_the_technology),
	    cmocka_unit_test(test_another_list),
	    cmocka_unit_test(test_after_a_restart),
	    cmocka_unit_test(test_an_order_is_stored_once),
	    cmocka_unit_test(test_an_objective_under_a_constraint),
	    cmocka_unit_test(test_heat_that_is_needed),
	    cmocka_unit_test(test_outside_the_envelope),
	    cmocka_unit_test(test_a_peak_that_is_paid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

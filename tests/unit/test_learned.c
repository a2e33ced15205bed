/* What is learned from measurements: windows of steady load, the median of the newest values, smoothing; and in the engine the
 * heat-capacity rate of a simulated source whose outlet moves with the load, where the optimum on the outlet as measured is
 * another one than the true one. */
#include "check.h"
#include "core/learned.h"
#include "world.h"

#include <lorenz/case.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t MIN = 60000000;

/* ---- windows ---------------------------------------------------------------------------- */

static void test_means_are_over_time(void **state)
{
	struct steady s = {0};
	const double spread[2] = {1, 10};
	double mean[2] = {NAN, NAN};

	(void)state;
	assert_false(steady_feed(&s, 2, (double[]){20, 100}, spread, 0, 10 * MIN, mean));
	assert_false(steady_feed(&s, 2, (double[]){20.5, 104}, spread, 2 * MIN, 10 * MIN, mean));
	assert_true(steady_feed(&s, 2, (double[]){20.2, 98}, spread, 12 * MIN, 10 * MIN, mean));
	check_double(mean[0], (2 * 20 + 10 * 20.5) / 12, 1e-12, 0);
	check_double(mean[1], (2 * 100 + 10 * 104.0) / 12, 1e-12, 0);
	assert_false(steady_feed(&s, 2, (double[]){20.2, 98}, spread, 21 * MIN, 10 * MIN, mean)); /* the next window has begun */
	assert_true(steady_feed(&s, 2, (double[]){20.2, 98}, spread, 22 * MIN, 10 * MIN, mean));
	check_double(mean[1], 98, 1e-12, 0);
}

static void test_what_moves_begins_anew(void **state)
{
	struct steady s = {0};
	const double spread = 1;
	double mean = 42;

	(void)state;
	for (int i = 0; i < 60; i++) /* a slow drift: never more than its spread from one to the next */
		assert_false(steady_feed(&s, 1, (double[]){0.2 * i}, &spread, i * MIN, 10 * MIN, &mean));
	check_double(mean, 42, 0, 0);
	steady_break(&s);
	assert_false(steady_feed(&s, 1, (double[]){5}, &spread, 100 * MIN, 10 * MIN, &mean));
	assert_false(steady_feed(&s, 1, (double[]){5}, &spread, 109 * MIN, 10 * MIN, &mean));
	assert_true(steady_feed(&s, 1, (double[]){5}, &spread, 110 * MIN, 10 * MIN, &mean));
}

/* ---- values ----------------------------------------------------------------------------- */

static void test_an_outlier_does_not_count(void **state)
{
	struct learned l = {0};

	(void)state;
	assert_true(isnan(learned_value(&l)) && isnan(learned_spread(&l)));
	learned_take(&l, 900, 10 * MIN, 60 * MIN); /* the very first one */
	learned_take(&l, 51, 10 * MIN, 60 * MIN);
	assert_true(isnan(learned_value(&l)));
	learned_take(&l, 50, 10 * MIN, 60 * MIN);
	check_double(learned_value(&l), 51, 1e-12, 0);
	for (int i = 0; i < 20; i++)
		learned_take(&l, i % 5 == 2 ? 0.1 : 50, 10 * MIN, 60 * MIN);
	check_double(learned_value(&l), 50, 1e-3, 0);
	check_double(learned_spread(&l), 0, 0, 0);
}

/* A step is taken up like that of a filter of the first order, once it is the median. */
static void test_a_step_takes_its_time(void **state)
{
	struct learned l = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		learned_take(&l, 40, 10 * MIN, 60 * MIN);
	for (int i = 0; i < 2; i++)
		learned_take(&l, 80, 10 * MIN, 60 * MIN);
	check_double(learned_value(&l), 40, 1e-12, 0);
	for (int i = 0; i < 6; i++)
		learned_take(&l, 80, 10 * MIN, 60 * MIN);
	check_double(learned_value(&l), 80 - 40 * exp(-1), 1e-12, 0);
}

/* ---- a plant ---------------------------------------------------------------------------- */

/* A waste stream of 60 degC and 25 kW/K under an ammonia-like machine, process water from 50 to 130 degC. */
static const double RATE_KW_K = 25, T_IN_K = 333.15, ETA = 0.5, LAG_S = 120, STEP_S = 20;

struct plant_sim {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in;
	double q_kw, t_out_k; /* where they are: they follow with a lag */
	double p_kw;
	uint64_t noise;
};

static void plant_init(struct plant_sim *p)
{
	const struct lorenz_segment water = {323.15, 403.15, 2400};

	assert_int_equal(lorenz_curve_init(&p->curve, &water, 1, NULL), LORENZ_OK);
	p->efficiency = lorenz_efficiency_constant(ETA);
	p->in = lorenz_case_simple(&p->curve, &p->efficiency, lorenz_source_steady(T_IN_K), (struct lorenz_merit){120, 0},
	                           (struct lorenz_merit){60, 0});
	p->in.source.c_kw_k = RATE_KW_K;
	p->q_kw = 0;
	p->t_out_k = T_IN_K;
	p->noise = 7;
}

static double noise(struct plant_sim *p, double most)
{
	p->noise = p->noise * UINT64_C(6364136223846793005) + 1442695040888963407;
	return most * ((double)(p->noise >> 33) / (double)(UINT64_C(1) << 30) - 1);
}

static double true_optimum_c(const struct plant_sim *p)
{
	const struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct lorenz_solution found;

	assert_int_equal(lorenz_case_solve(&p->in, &cost, 1, &found), LORENZ_OK);
	return found.optimal.t_out_k - 273.15;
}

static void send(struct world *w, const char *topic, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", value);
	world_queue(w, topic, text);
}

/* The plant goes where the setpoint is, and its source's outlet where the load has it. */
static void step(struct world *w, struct plant_sim *p, double *time_s)
{
	const struct setpoint *s = world_setpoint(w);
	double q_to_kw = s && s->hp_on ? lorenz_curve_q_kw(&p->curve, s->t_sink_out_c + 273.15) : 0;
	double share = 1 - exp(-STEP_S / LAG_S);
	struct lorenz_case_point at;

	p->q_kw += share * (q_to_kw - p->q_kw);
	assert_int_equal(lorenz_case_at(&p->in, p->q_kw, &at), LORENZ_OK);
	p->p_kw = at.p_kw;
	p->t_out_k += share * (at.t_source_out_k - p->t_out_k);
	*time_s += STEP_S;
	world_to(w, *time_s);
	send(w, "s/out", p->t_out_k - 273.15 + noise(p, 0.05));
	send(w, "hp/q", p->q_kw * (1 + noise(p, 0.01)));
	send(w, "hp/p", p->p_kw * (1 + noise(p, 0.01)));
	world_run(w);
}

static struct world *waste_stream(const char *estimate)
{
	char yaml[2048];

	snprintf(yaml, sizeof(yaml),
	         "site: test\n"
	         "market: {electricity: {price: 120 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	         "loops:\n"
	         "  a:\n"
	         "    source: {t_in: {topic: s/in, unit: degC}, t_out: {topic: s/out, unit: degC}%s}\n"
	         "    sink: {t_in: 50 degC, t_target: 130 degC, duty: 2400 kW}\n"
	         "    heat_pump: {lorenz_efficiency: 0.5}\n"
	         "    setpoint: {deadband: 0 K}\n"
	         "    feedback: {q_sink: {topic: hp/q, unit: kW}, p_elec: {topic: hp/p, unit: kW}}\n",
	         estimate);
	return world_new(yaml);
}

static struct world *run_plant(struct plant_sim *p, const char *estimate, double hours)
{
	struct world *w = waste_stream(estimate);
	double time_s = 0;

	plant_init(p);
	world_send(w, "s/in", "60");
	world_send(w, "s/out", "60");
	while (time_s < hours * 3600)
		step(w, p, &time_s);
	return w;
}

static double input_of(struct world *w, const char *key)
{
	char quoted[64];
	const char *payload = world_payload(w, TOPIC_POINTS, 0), *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(payload, quoted);
	if (!at)
		fail_msg("no %s in %s", key, payload);
	at += strlen(quoted);
	return strncmp(at, "null", 4) == 0 ? NAN : strtod(at, NULL);
}

static void test_the_estimate_leads_to_the_true_optimum(void **state)
{
	struct plant_sim p;
	struct world *as_given, *estimated;
	double best_c, given_c;

	(void)state;
	as_given = run_plant(&p, "", 4);
	best_c = true_optimum_c(&p);
	given_c = world_setpoint(as_given)->t_sink_out_c;
	estimated = run_plant(&p, ", estimate_rate: {smoothing: 30 min, steady_for: 5 min}", 4);
	printf("best %.3f degC, with the outlet as given %.3f degC, estimated %.3f degC at %.3f kW/K, spread %.4f of %g windows\n", best_c,
	       given_c, world_setpoint(estimated)->t_sink_out_c, input_of(estimated, "source_heat_capacity_rate_kw_k"),
	       input_of(estimated, "source_rate_spread"), input_of(estimated, "source_rate_windows"));
	assert_true(fabs(given_c - best_c) > 5);
	check_double(world_setpoint(estimated)->t_sink_out_c, best_c, 0, 0.3);
	check_double(input_of(estimated, "source_heat_capacity_rate_kw_k"), RATE_KW_K, 0.01, 0);
	assert_true(input_of(estimated, "source_rate_spread") < 0.02 && input_of(estimated, "source_rate_windows") >= 10);
	world_free(as_given);
	world_free(estimated);
}

/* Before enough is known the outlet counts as it is measured, and the payload says so. */
static void test_until_then_the_outlet_counts_as_given(void **state)
{
	struct plant_sim p;
	struct world *w = run_plant(&p, ", estimate_rate: {smoothing: 30 min, steady_for: 5 min}", 0.2);

	(void)state;
	assert_true(isnan(input_of(w, "source_heat_capacity_rate_kw_k")) && isnan(input_of(w, "source_rate_spread")));
	assert_true(input_of(w, "source_rate_windows") < 3);
	check_double(input_of(w, "source_t_out_c"), p.t_out_k - 273.15, 0, 0.1);
	world_free(w);
}

/* A heat pump that is off, or a meter that fails, teaches nothing; what is known stays. */
static void test_without_a_load_nothing_is_learned(void **state)
{
	struct plant_sim p;
	struct world *w = run_plant(&p, ", estimate_rate: {smoothing: 30 min, steady_for: 5 min}", 2);
	double rate_kw_k = input_of(w, "source_heat_capacity_rate_kw_k"), windows = input_of(w, "source_rate_windows");

	(void)state;
	world_send(w, "hp/q", "0");
	world_send(w, "hp/p", "0");
	world_send(w, "s/out", "59.8");
	world_to(w, 3 * 3600);
	check_double(input_of(w, "source_heat_capacity_rate_kw_k"), rate_kw_k, 1e-12, 0);
	check_double(input_of(w, "source_rate_windows"), windows, 0, 1);
	world_send(w, "hp/q", "bad");
	world_to(w, 4 * 3600);
	check_double(input_of(w, "source_rate_windows"), windows, 0, 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_means_are_over_time),
	    cmocka_unit_test(test_what_moves_begins_anew),
	    cmocka_unit_test(test_an_outlier_does_not_count),
	    cmocka_unit_test(test_a_step_takes_its_time),
	    cmocka_unit_test(test_the_estimate_leads_to_the_true_optimum),
	    cmocka_unit_test(test_until_then_the_outlet_counts_as_given),
	    cmocka_unit_test(test_without_a_load_nothing_is_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Technologies on one case: each at its own best point, ranked, or with the reason why it does not fit. */
#include "check.h"

#include <lorenz/technology.h>

static const struct lorenz_goal COST = {.kind = LORENZ_GOAL_COST};
static const double ZERO_K = 273.15;

struct plant {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in;
};

static void plant(struct plant *p, double t_in_c, double t_target_c, double t_source_c, double elec, double heat)
{
	const struct lorenz_segment segment = {ZERO_K + t_in_c, ZERO_K + t_target_c, 1000};

	assert_int_equal(lorenz_curve_init(&p->curve, &segment, 1, NULL), LORENZ_OK);
	p->efficiency = lorenz_efficiency_constant(0.5);
	p->in = lorenz_case_simple(&p->curve, &p->efficiency, lorenz_source_steady(ZERO_K + t_source_c),
	                           (struct lorenz_merit){elec, 100}, (struct lorenz_merit){heat, 220});
}

static struct lorenz_technology_result evaluate(const struct plant *p, const struct lorenz_technology *t)
{
	struct lorenz_technology_result result;

	assert_int_equal(lorenz_technology_evaluate(&p->in, t, &COST, &result), LORENZ_OK);
	assert_int_equal(result.kind, t->kind);
	return result;
}

static void check_off(const struct lorenz_technology_result *result, enum lorenz_fit fit)
{
	assert_int_equal(result->fit, fit);
	check_near(result->point.q_kw, 0);
	check_near(result->point.p_kw, 0);
	check_near(result->point.savings, 0);
	check_near(result->point.utility_kw[0], 1000);
}

static void test_heat_pumps_are_the_general_case(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	struct lorenz_technology_result result;
	struct lorenz_solution found;
	struct plant p;

	(void)state;
	plant(&p, 60, 300, 20, 60, 60);
	p.efficiency = lorenz_efficiency_constant(0.55);
	result = evaluate(&p, &t);
	assert_int_equal(result.fit, LORENZ_FIT_OK);
	p.in.limits.t_max_k = ZERO_K + 250;
	assert_int_equal(lorenz_case_solve(&p.in, &COST, 1, &found), LORENZ_OK);
	check_near(result.point.q_kw, found.optimal.q_kw);
	check_near(result.point.savings, found.optimal.savings);
	t = lorenz_technology_default(LORENZ_INVERSE_BRAYTON);
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_NOT_FINITE);
	t.efficiency.of.eta = 0.5;
	p.in.limits.t_max_k = INFINITY;
	result = evaluate(&p, &t);
	check_near(result.point.t_out_k, ZERO_K + 300);
}

static void test_caloric_and_transformer_at_high_temperature(void **state)
{
	struct lorenz_technology caloric = lorenz_technology_default(LORENZ_CALORIC);
	struct lorenz_technology transformer = lorenz_technology_default(LORENZ_TRANSFORMER);
	struct lorenz_technology_result result;
	struct plant p;

	(void)state;
	plant(&p, 400, 420, 360, 60, 60);
	result = evaluate(&p, &caloric);
	check_double(result.point.cop, 2.7, 0, 0.01);
	transformer.efficiency = lorenz_efficiency_shares(0.05, 2);
	result = evaluate(&p, &transformer);
	check_off(&result, LORENZ_FIT_SINK_TOO_COLD);
	plant(&p, 400, 600, 360, 60, 60);
	p.in.source_heat.cost = 10;
	p.in.source.cooling_max_kw = 1500;
	result = evaluate(&p, &transformer);
	check_double(result.point.q_kw, 750, 1e-9, 0);
	check_double(result.point.p_kw, 37.5, 1e-9, 0);
	check_double(result.point.savings, 0.75 * 60 - 0.0375 * 60 - 1.5 * 10, 1e-9, 0);
	assert_int_equal(result.point.limited_by, LORENZ_LIMIT_SOURCE_COOLING);
	plant(&p, 400, 600, 200, 60, 60);
	result = evaluate(&p, &transformer);
	check_off(&result, LORENZ_FIT_SOURCE_TOO_COLD);
}

static void test_direct_electric_is_the_benchmark(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_DIRECT_ELECTRIC);
	struct lorenz_technology_result result;
	struct plant p;

	(void)state;
	plant(&p, 60, 900, 20, 40, 60);
	t.efficiency = lorenz_efficiency_shares(1 / 0.95, 0);
	result = evaluate(&p, &t);
	check_near(result.point.q_kw, 1000);
	check_near(result.point.cop, 0.95);
	check_near(result.point.source_heat_kw, 0);
	check_near(result.point.savings, 60 - 40 / 0.95);
	plant(&p, 60, 900, 20, 80, 60);
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_SAVES_NOTHING);
}

static void test_recompression_wants_latent_heat(void **state)
{
	const struct lorenz_segment steam = {ZERO_K + 120, ZERO_K + 120, 1000};
	struct lorenz_technology t = lorenz_technology_default(LORENZ_MVR);
	struct lorenz_technology_result result;
	struct plant p;

	(void)state;
	t.efficiency.of.eta = 0.5;
	plant(&p, 100, 120, 95, 60, 60);
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_NOT_LATENT);
	assert_int_equal(lorenz_curve_init(&p.curve, &steam, 1, NULL), LORENZ_OK);
	result = evaluate(&p, &t);
	assert_int_equal(result.fit, LORENZ_FIT_OK);
	assert_true(result.point.cop > 5 && result.point.cop < 10);
	p.in.source.t_out_k -= 5;
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_NOT_LATENT);
}

static void test_direct_exchange_needs_no_electricity(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_DIRECT_EXCHANGE);
	struct lorenz_technology_result result;
	struct plant p;

	(void)state;
	plant(&p, 50, 100, 90, 60, 60);
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_FLOW_NOT_KNOWN);
	p.in.source.c_kw_k = 20;
	result = evaluate(&p, &t);
	check_double(result.point.q_kw, 700, 1e-9, 0);
	check_near(result.point.p_kw, 0);
	check_double(result.point.savings, 42, 1e-9, 0);
	check_double(result.point.utility_kw[0], 300, 1e-9, 0);
	plant(&p, 95, 100, 90, 60, 60);
	p.in.source.c_kw_k = 20;
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_SAVES_NOTHING);
}

static void test_power_from_waste_heat(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_HEAT_TO_POWER);
	struct lorenz_technology_result result;
	double carnot = 1 - (ZERO_K + 15) / lorenz_log_mean(ZERO_K + 400, ZERO_K + 150);
	struct plant p;

	(void)state;
	plant(&p, 450, 600, 400, 60, 60);
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_NOT_FINITE);
	t.second_law = 0.5;
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_FLOW_NOT_KNOWN);
	p.in.source.c_kw_k = 4;
	p.in.source.t_out_min_k = ZERO_K + 150;
	p.in.source_heat.cost = 2;
	result = evaluate(&p, &t);
	check_near(result.point.source_heat_kw, 1000);
	check_double(result.point.p_kw, -1000 * 0.5 * carnot, 1e-12, 0);
	check_double(result.point.savings, 60 * 0.5 * carnot - 2, 1e-12, 0);
	t.efficiency_claimed = carnot * 1.01;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_ABOVE_CARNOT);
	t.efficiency_claimed = 0;
	t.second_law = 1.01;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_ABOVE_CARNOT);
	t.second_law = 0.5;
	t.t_ambient_k = ZERO_K + 410;
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_SOURCE_TOO_COLD);
}

static void test_ranking_puts_what_does_not_fit_last(void **state)
{
	struct lorenz_technology_result results[4];
	struct lorenz_technology list[4] = {
	    lorenz_technology_default(LORENZ_MVR),
	    lorenz_technology_default(LORENZ_DIRECT_ELECTRIC),
	    lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION),
	    lorenz_technology_default(LORENZ_CALORIC),
	};
	struct plant p;

	(void)state;
	plant(&p, 60, 90, 20, 40, 60);
	list[0].efficiency.of.eta = 0.5;
	for (int i = 0; i < 4; i++)
		results[i] = evaluate(&p, &list[i]);
	lorenz_technology_rank(results, 4);
	assert_int_equal(results[0].kind, LORENZ_VAPOUR_COMPRESSION);
	assert_int_equal(results[1].kind, LORENZ_CALORIC);
	assert_int_equal(results[2].kind, LORENZ_DIRECT_ELECTRIC);
	assert_int_equal(results[3].kind, LORENZ_MVR);
}

static void test_a_source_above_the_target_has_no_lift(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	struct lorenz_technology_result result;
	struct plant p;

	(void)state;
	plant(&p, 60, 90, 95, 40, 60);
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_NO_LIFT);
	plant(&p, 260, 290, 95, 40, 60);
	result = evaluate(&p, &t);
	check_off(&result, LORENZ_FIT_SINK_TOO_HOT);
}

static void test_words_and_refusals(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	struct lorenz_technology_result result = {.kind = LORENZ_MVR};
	struct plant p;

	(void)state;
	for (int i = 0; i < LORENZ_TECHNOLOGY_COUNT; i++) {
		assert_string_not_equal(lorenz_technology_text((enum lorenz_technology_kind)i), "unknown");
		assert_int_equal(lorenz_technology_default((enum lorenz_technology_kind)i).kind, i);
	}
	for (int i = 0; i < LORENZ_FIT_COUNT; i++)
		assert_string_not_equal(lorenz_fit_text((enum lorenz_fit)i), "unknown");
	plant(&p, 60, 90, 20, 40, 60);
	t.kind = LORENZ_TECHNOLOGY_COUNT;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_TECHNOLOGY);
	t = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	t.t_max_k = NAN;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &COST, &result), LORENZ_NOT_FINITE);
	t = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &(struct lorenz_goal){.kind = LORENZ_GOAL_COUNT}, &result),
	                 LORENZ_GOAL);
	assert_int_equal(result.kind, LORENZ_MVR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_heat_pumps_are_the_general_case),
	    cmocka_unit_test(test_caloric_and_transformer_at_high_temperature),
	    cmocka_unit_test(test_direct_electric_is_the_benchmark),
	    cmocka_unit_test(test_recompression_wants_latent_heat),
	    cmocka_unit_test(test_direct_exchange_needs_no_electricity),
	    cmocka_unit_test(test_power_from_waste_heat),
	    cmocka_unit_test(test_ranking_puts_what_does_not_fit_last),
	    cmocka_unit_test(test_a_source_above_the_target_has_no_lift),
	    cmocka_unit_test(test_words_and_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

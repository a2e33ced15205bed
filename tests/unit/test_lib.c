/* The scalar formulas, rates and investment figures against reference values, and the paper's Table 3. */
#include "check.h"

#include <lorenz/lorenz.h>

#include <float.h>

static const double ZERO_C = 273.15;

/* ---- means and efficiencies ------------------------------------------------------------- */

/* Reference values of this file: computed at 120 digits for the doubles nearest to the arguments, rounded to 20. */
static void test_log_mean(void **state)
{
	static const double cases[][3] = {
	    {280.0, 300.0, 289.88502100224338052},       {288.15, 503.15, 385.71445795539710464},
	    {300.0, 300.0000001, 300.00000005000001124}, {300.0, 300.00000000000006, 300.00000000000002842},
	    {0.001, 1000.0, 72.382341268128320842},      {1e-300, 1e+300, 7.2382413650541975074e+296},
	    {273.15, 274.15, 273.64969547448372671},     {350.0, 360.0, 354.97652457969355732},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_double(lorenz_log_mean(cases[i][0], cases[i][1]), cases[i][2], 4 * DBL_EPSILON, 0);
		check_double(lorenz_log_mean(cases[i][1], cases[i][0]), cases[i][2], 4 * DBL_EPSILON, 0);
	}
	assert_true(lorenz_log_mean(300, 300) == 300);
	assert_true(isnan(lorenz_log_mean(0, 300)) && isnan(lorenz_log_mean(-1, 300)) && isnan(lorenz_log_mean(300, NAN)));
	assert_true(isnan(lorenz_log_mean(NAN, 300)) && isnan(lorenz_log_mean(300, INFINITY)));
}

static void test_log_mean_inverse(void **state)
{
	static const double cases[][2] = {
	    {1.0000000001, 1.0000000002000000166}, {1.0001, 1.0002000066664444328}, {1.01, 1.0200664454760781837},
	    {1.1, 1.2064542991630029062},          {1.25, 1.5385527622303237960},   {1.5, 2.1440328412755084731},
	    {2.0, 3.5128624172523393540},          {3.5, 8.4833822871452251737},    {6.0, 18.509802854698315548},
	    {7.999, 27.514345469130867180},        {8.001, 27.523692473012602566},  {8.5, 29.874562652681826875},
	    {20.0, 91.278250860323702816},         {1000.0, 9119.1296448337879322}, {1000000.0, 1.6626509965366291346e+7},
	    {1e+100, 2.3572115887568531743e+102},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_double(lorenz_log_mean_inverse(cases[i][0]), cases[i][1], 4 * DBL_EPSILON, 0);
	assert_true(isnan(lorenz_log_mean_inverse(1)) && isnan(lorenz_log_mean_inverse(0.5)) &&
	            isnan(lorenz_log_mean_inverse(NAN)));
	assert_true(lorenz_log_mean_inverse(INFINITY) == INFINITY && lorenz_log_mean_inverse(DBL_MAX) == INFINITY);
}

/* From one unit in the last place above 1 to the end of the numbers. */
static void test_log_mean_inverse_inverts(void **state)
{
	(void)state;
	for (double z = DBL_EPSILON; z < 1e300; z *= 1.0123) {
		double x = lorenz_log_mean_inverse(1 + z), c = 1 + z;

		assert_true(x > 1);
		check_double((x - 1) / log1p(x - 1), c, 6 * DBL_EPSILON, 0);
	}
}

static void test_efficiencies(void **state)
{
	(void)state;
	check_near(lorenz_cop(400, 300), 4);
	check_near(lorenz_efficiency(2, 400, 300), 0.5);
	check_near(lorenz_carnot_cop(400, 300), 4);
	check_near(lorenz_carnot_efficiency(1, 400, 300), 0.25);
	assert_true(isnan(lorenz_cop(300, 300)) && isnan(lorenz_cop(300, 400)) && isnan(lorenz_cop(300, 0)) &&
	            isnan(lorenz_cop(NAN, 300)));
	assert_true(isnan(lorenz_efficiency(-1, 400, 300)) && isnan(lorenz_efficiency(3, 300, 300)));
	check_near(lorenz_electrification(25, 100), 0.25);
	check_near(lorenz_electrification(0, 0), 0);
	assert_true(isnan(lorenz_electrification(101, 100)) && isnan(lorenz_electrification(-1, 100)) &&
	            isnan(lorenz_electrification(1, 0)));
}

static void test_free_temperatures(void **state)
{
	(void)state;
	check_near(lorenz_t_optimal_free(300, 2, 0.5), 400);
	assert_true(lorenz_t_optimal_free(300, 0.5, 0.5) == INFINITY && lorenz_t_optimal_free(300, 0, 0.5) == INFINITY);
	check_near(lorenz_t_optimal_free(300, INFINITY, 0.5), 300);
	assert_true(isnan(lorenz_t_optimal_free(300, -1, 0.5)) && isnan(lorenz_t_optimal_free(300, NAN, 0.5)));
	assert_true(isnan(lorenz_t_optimal_free(0, 2, 0.5)) && isnan(lorenz_t_optimal_free(300, 2, 1.5)));
	check_near(lorenz_log_mean(320, lorenz_t_break_even_free(300, 320, 2, 0.5)), 400);
	assert_true(lorenz_t_break_even_free(300, 320, 0.3, 0.5) == INFINITY);
	assert_true(isnan(lorenz_t_break_even_free(300, 400, 2, 0.5)) && isnan(lorenz_t_break_even_free(300, 0, 2, 0.5)));
	check_near(lorenz_t_break_even_carnot(300, 2, 0.5), 400);
}

/* ---- rates and investment --------------------------------------------------------------- */

static void test_rates(void **state)
{
	struct lorenz_prices prices = {45, 38, 30, 2, 200, 80, 0.9};
	struct lorenz_rates cost = lorenz_cost_rates(&prices), carbon = lorenz_carbon_rates(400, 200, 0.9), blend;

	(void)state;
	check_near(cost.elec, 83);
	check_near(cost.heat, (30 + 2 + 16) / 0.9);
	check_near(carbon.elec, 400);
	check_near(carbon.heat, 200 / 0.9);
	check_near(lorenz_ratio(carbon), 1.8);
	blend = lorenz_blend_rates(cost, carbon, 100);
	check_near(blend.elec, 83 + 40);
	check_near(blend.heat, (48 + 20) / 0.9);
	prices.boiler_efficiency = 0;
	assert_true(isnan(lorenz_cost_rates(&prices).heat) && isnan(lorenz_carbon_rates(400, 200, -1).heat));
	assert_true(isnan(lorenz_ratio((struct lorenz_rates){1, 0})) && isnan(lorenz_ratio((struct lorenz_rates){1, -1})));
	check_near(lorenz_savings((struct lorenz_rates){132, 60}, 1000, 400), 7.2);
}

static void test_investment(void **state)
{
	(void)state;
	check_near(lorenz_npv(1000, 300, 2, 0.1), 300 / 1.1 + 300 / 1.21 - 1000);
	check_near(lorenz_npv(1000, 300, 4, 0), 200);
	check_double(lorenz_npv(1000, 300, 4, 1e-12), 200, 1e-9, 0);
	check_near(lorenz_npv(1000, 300, 0, 0.07), -1000);
	assert_true(isnan(lorenz_npv(1000, 300, 10, -1)) && isnan(lorenz_npv(1000, 300, -1, 0.07)) &&
	            isnan(lorenz_npv(1000, 300, 10, NAN)));
	check_near(lorenz_payback_a(1000, 250), 4);
	assert_true(isnan(lorenz_payback_a(1000, 0)) && isnan(lorenz_payback_a(1000, -5)) && isnan(lorenz_payback_a(1000, NAN)));
}

/* ---- the paper's spray dryer ------------------------------------------------------------ */

static const double FUEL_KG_MWH = 213.7, HOURS = 6000, CAPEX_EUR_KW = 500;

struct table_row {
	double t_out_c, electrification_pct, cop, cost_keur, cost_pct, co2_t, co2_pct, q_kw, capex_keur, npv_keur, payback_a;
};

static void check_table_row(const struct lorenz_point *point, const struct table_row *row)
{
	struct lorenz_rates cost = {132, 60}, carbon = {1.9 * FUEL_KG_MWH, FUEL_KG_MWH};
	double cost_eur = lorenz_savings(cost, point->q_kw, point->p_kw) * HOURS;
	double co2_kg = lorenz_savings(carbon, point->q_kw, point->p_kw) * HOURS, capex_eur = point->q_kw * CAPEX_EUR_KW;

	check_double(point->t_out_k - ZERO_C, row->t_out_c, 0, 0.5);
	check_double(point->electrification * 100, row->electrification_pct, 0, 1);
	check_double(point->cop, row->cop, 0, 0.05);
	check_double(cost_eur / 1e3, row->cost_keur, 0.01, 0.5);
	check_double(cost_eur / (60 * 4.8 * HOURS) * 100, row->cost_pct, 0, 0.1);
	check_double(co2_kg / 1e3, row->co2_t, 0.01, 0.5);
	check_double(co2_kg / (FUEL_KG_MWH * 4.8 * HOURS) * 100, row->co2_pct, 0, 0.05);
	check_double(point->q_kw, row->q_kw, 0.01, 0);
	check_double(capex_eur / 1e3, row->capex_keur, 0.01, 0);
	check_double(lorenz_npv(capex_eur, cost_eur, 10, 0.07) / 1e3, row->npv_keur, 0.01, 3);
	check_double(lorenz_payback_a(capex_eur, cost_eur), row->payback_a, 0, 0.1);
}

/* The printed table, which rounds on the way; the inlet is 55 degC, not the text's 50. */
static void test_table_3(void **state)
{
	static const struct table_row cost_optimum = {111, 32, 2.9, 134, 7.8, 682, 11.1, 1536, 768, 174, 5.7},
	                              cost_break_even = {173, 67, 2.2, 0, 0, 569, 9.2, 3230, 1615, -1615, NAN},
	                              carbon_optimum = {132, 44, 2.6, 117, 6.7, 733, 11.9, 2121, 1061, -237, 9.0},
	                              carbon_break_even = {221, 95, 1.9, -256, -14.9, 0, 0, 4544, 2272, -4075, NAN};
	const struct lorenz_segment segment = {55 + ZERO_C, 230 + ZERO_C, 4800};
	struct lorenz_machine machine = lorenz_machine_unbounded(0.55);
	struct lorenz_operation cost, carbon;
	struct lorenz_curve curve;

	(void)state;
	assert_int_equal(lorenz_curve_init(&curve, &segment, 1, NULL), LORENZ_OK);
	assert_int_equal(lorenz_operate(&curve, 15 + ZERO_C, &machine, (struct lorenz_rates){132, 60}, &cost), LORENZ_OK);
	assert_int_equal(
	    lorenz_operate(&curve, 15 + ZERO_C, &machine, (struct lorenz_rates){1.9 * FUEL_KG_MWH, FUEL_KG_MWH}, &carbon),
	    LORENZ_OK);
	check_double(cost.optimal.q_kw, 1537.4, 0, 0.05);
	check_double(cost.break_even.t_out_k - ZERO_C, 173.15, 0, 0.005);
	check_double(cost.break_even.q_kw, 3240.6, 0, 0.05);
	check_table_row(&cost.optimal, &cost_optimum);
	check_table_row(&carbon.optimal, &carbon_optimum);
	check_table_row(&carbon.break_even, &carbon_break_even);
	check_table_row(&cost.break_even, &cost_break_even);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log_mean),
	    cmocka_unit_test(test_log_mean_inverse),
	    cmocka_unit_test(test_log_mean_inverse_inverts),
	    cmocka_unit_test(test_efficiencies),
	    cmocka_unit_test(test_free_temperatures),
	    cmocka_unit_test(test_rates),
	    cmocka_unit_test(test_investment),
	    cmocka_unit_test(test_table_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The general case on plants whose answer is known by hand: agreement with the closed form, utilities, source heat at a price,
 * approaches, direct exchange, units, goals with constraints. */
#include "lib_cases.h"

#include <lorenz/case.h>

static const struct lorenz_goal COST = {.kind = LORENZ_GOAL_COST};

static struct lorenz_solution solve(const struct lorenz_case *c, struct lorenz_goal goal)
{
	struct lorenz_solution found;

	assert_int_equal(lorenz_case_solve(c, &goal, 1, &found), LORENZ_OK);
	return found;
}

/* ---- the closed form -------------------------------------------------------------------- */

static void check_same(const struct lorenz_case_point *a, const struct lorenz_point *b, double q_tolerance)
{
	check_double(a->q_kw, b->q_kw, 0, q_tolerance * Q_KW);
	check_double(a->savings, b->savings, 1e-9, 1e-9);
	check_double(a->p_kw, b->p_kw, 0, q_tolerance * Q_KW);
	assert_int_equal(a->limited_by, b->limited_by);
}

/* By the closed form itself, and by the search, which a polynomial of one term makes. */
static void test_a_constant_efficiency_is_the_closed_form(void **state)
{
	const struct lorenz_efficiency constant = lorenz_efficiency_constant(ETA);
	const struct lorenz_efficiency searched = {LORENZ_MODEL_POLYNOMIAL,
	                                           .of.polynomial = {{{ETA}}, 273.15, -INFINITY, INFINITY, -INFINITY, INFINITY}};
	const struct lorenz_curve curves[] = {dryer(), steam()};

	(void)state;
	for (double elec = -40; elec < 260; elec += 12.5) {
		for (size_t i = 0; i < 2; i++) {
			struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
			struct lorenz_merit power = {elec, 0}, heat = {60, 0};
			struct lorenz_case c =
			    lorenz_case_simple(&curves[i], &constant, lorenz_source_steady(T_SOURCE_K), power, heat);
			struct lorenz_operation op;
			struct lorenz_solution found;

			c.limits.t_max_k = machine.t_max_k = elec > 100 ? INFINITY : 430;
			op = operate(&curves[i], &machine, elec, 60);
			found = solve(&c, COST);
			check_same(&found.optimal, &op.optimal, 1e-12);
			check_same(&found.break_even, &op.break_even, 1e-9);
			check_same(&found.break_even_free, &op.break_even_free, 1e-9);
			check_double(found.optimal.t_free_k, op.optimal.t_free_k, 1e-12, 0);
			c.efficiency = &searched;
			found = solve(&c, COST);
			check_same(&found.optimal, &op.optimal, 1e-7);
			check_same(&found.break_even, &op.break_even, 1e-9);
			check_same(&found.break_even_free, &op.break_even_free, 1e-9);
		}
	}
}

/* S = (a_u - a_s) Q - (a_e - a_s) P. */
static void test_source_heat_at_a_price_is_other_rates(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_case c = lorenz_case_simple(&curve, &eta, lorenz_source_steady(T_SOURCE_K), (struct lorenz_merit){132, 0},
	                                          (struct lorenz_merit){60, 0});

	(void)state;
	for (double price = -30; price <= 30; price += 15) {
		struct lorenz_operation op = operate(&curve, &machine, 132 - price, 60 - price);
		struct lorenz_solution found;

		c.source_heat.cost = price;
		found = solve(&c, COST);
		check_same(&found.optimal, &op.optimal, 1e-9);
	}
}

/* ---- approaches ------------------------------------------------------------------------- */

static void test_an_internal_approach_shifts_the_optimum(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	const double r = 2.2, dt_h_k = 6, dt_c_k = 4;
	struct lorenz_case c = lorenz_case_simple(&curve, &eta, lorenz_source_steady(T_SOURCE_K),
	                                          (struct lorenz_merit){r * 60, 0}, (struct lorenz_merit){60, 0});
	struct lorenz_solution found;

	(void)state;
	c.approach = (struct lorenz_approach){dt_h_k, dt_c_k, false};
	found = solve(&c, COST);
	check_double(found.optimal.t_out_k, T_SOURCE_K * r / (r - ETA), 0, 1e-9);
	check_double(found.optimal.t_supply_k, found.optimal.t_out_k + dt_h_k, 0, 1e-9);
	c.approach.internal = true;
	found = solve(&c, COST);
	check_double(found.optimal.t_out_k, (T_SOURCE_K - dt_c_k) * r / (r - ETA) - dt_h_k, 0, 1e-9);
	check_double(found.optimal.t_supply_k, found.optimal.t_out_k + dt_h_k, 0, 1e-9);
	check_double(found.optimal.t_source_out_k, T_SOURCE_K, 0, 1e-9);
}

/* ---- the source ------------------------------------------------------------------------- */

static void test_the_flow_of_a_source_follows_from_its_outlet(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	struct lorenz_source source = lorenz_source_steady(T_SOURCE_K);
	struct lorenz_case_point point;
	struct lorenz_case c;

	(void)state;
	source.c_kw_k = 123;
	c = lorenz_case_simple(&curve, &eta, source, (struct lorenz_merit){132, 0}, (struct lorenz_merit){60, 0});
	assert_int_equal(lorenz_case_at(&c, 1000, &point), LORENZ_OK);
	check_double(lorenz_source_c_kw_k(point.q_kw, point.p_kw, T_SOURCE_K, point.t_source_out_k), 123, 1e-9, 0);
	assert_true(isnan(lorenz_source_c_kw_k(100, 100, 300, 290)));
	assert_true(isnan(lorenz_source_c_kw_k(100, 30, 290, 290)));
}

/* A measured outlet that moves with the load misleads: the plant as it is earns more where its source is known. */
static void test_a_moving_outlet_taken_as_fixed_is_worse(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	struct lorenz_source source = lorenz_source_steady(T_SOURCE_K + 20), fixed = source;
	const struct lorenz_merit elec = {132, 0}, heat = {60, 0};
	struct lorenz_case_point steered;
	struct lorenz_solution found, taken;
	struct lorenz_case c, wrong;

	(void)state;
	source.c_kw_k = 60;
	c = lorenz_case_simple(&curve, &eta, source, elec, heat);
	found = solve(&c, COST);
	fixed.t_out_k = found.optimal.t_source_out_k;
	wrong = lorenz_case_simple(&curve, &eta, fixed, elec, heat);
	taken = solve(&wrong, COST);
	assert_true(taken.optimal.t_out_k > found.optimal.t_out_k + 5);
	assert_int_equal(lorenz_case_at(&c, taken.optimal.q_kw, &steered), LORENZ_OK);
	assert_true(steered.savings < 0.98 * found.optimal.savings);
}

/* ---- direct exchange -------------------------------------------------------------------- */

static void test_direct_exchange_is_bounded_by_the_pinch(void **state)
{
	const struct lorenz_curve curve = curve_of(&(struct lorenz_segment){323.15, 393.15, 1400}, 1);
	struct lorenz_source source = lorenz_source_steady(363.15);
	struct lorenz_direct direct;

	(void)state;
	source.c_kw_k = 20;
	source.t_out_min_k = 313.15;
	assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
	check_near(direct.q_kw, 700);
	check_near(direct.t_sink_out_k, 358.15);
	check_near(direct.t_source_out_k, 328.15);
	assert_false(direct.advised);
	source.t_out_min_k = 343.15;
	assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
	check_near(direct.q_kw, 400);
	source.t_out_min_k = 0;
	source.c_kw_k = 10; /* the pinch is at the sink's inlet: 10 (90 - 5 - 50) */
	assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
	check_near(direct.q_kw, 350);
	source.c_kw_k = 1e4;
	assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
	check_near(direct.q_kw, 700);
	source.c_kw_k = INFINITY;
	assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
	assert_true(direct.advised);
}

/* By how much the pinch is kept; straight between the ends of the segments, so these are enough. */
static double slack_k(const struct lorenz_curve *curve, double t_k, double c_kw_k, double q_kw)
{
	double slack = INFINITY;

	for (size_t i = 0; i < curve->n && curve->seg[i].q_begin_kw < q_kw; i++) {
		double begin_kw = curve->seg[i].q_begin_kw, end_kw = fmin(begin_kw + curve->seg[i].q_kw, q_kw);

		slack = fmin(slack, t_k - (q_kw - begin_kw) / c_kw_k - curve->seg[i].t_in_k - 5);
		slack = fmin(slack, t_k - (q_kw - end_kw) / c_kw_k - lorenz_curve_t_k(curve, end_kw) - 5);
	}
	return slack;
}

static void test_direct_exchange_holds_everywhere(void **state)
{
	const struct lorenz_curve curve = steam();

	(void)state;
	for (double t_k = 330; t_k < 480; t_k += 7.3) {
		for (double c_kw_k = 2; c_kw_k < 2000; c_kw_k *= 1.7) {
			struct lorenz_source source = lorenz_source_steady(t_k);
			struct lorenz_direct direct;

			source.c_kw_k = c_kw_k;
			assert_int_equal(lorenz_direct_exchange(&curve, &source, 5, &direct), LORENZ_OK);
			assert_true(slack_k(&curve, t_k, c_kw_k, direct.q_kw) > -1e-9);
			assert_true(direct.q_kw == curve.q_total_kw || slack_k(&curve, t_k, c_kw_k, direct.q_kw + 1e-3) < 0);
		}
	}
}

static void test_the_heat_pump_has_the_rest(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = curve_of(&(struct lorenz_segment){323.15, 393.15, 1400}, 1);
	struct lorenz_case c = lorenz_case_simple(&curve, &eta, lorenz_source_steady(363.15), (struct lorenz_merit){60, 0},
	                                          (struct lorenz_merit){60, 200});
	struct lorenz_direct_savings direct;
	struct lorenz_case_point point;

	(void)state;
	c.source.c_kw_k = 20;
	c.direct_dt_min_k = 5;
	assert_int_equal(lorenz_case_direct(&c, &direct), LORENZ_OK);
	check_near(direct.direct.q_kw, 700);
	check_near(direct.cost, 42);
	check_near(direct.carbon, 140);
	point = solve(&c, COST).optimal;
	check_near(point.q_kw, 700);
	check_near(point.electrification, 0.5);
	check_near(point.utility_kw[0], 0);
	check_double(point.t_source_out_k, 328.15 - point.source_heat_kw / 20, 0, 1e-9);
	check_double(point.p_kw,
	             700 / ETA * (1 - lorenz_log_mean(328.15, point.t_source_out_k) / lorenz_log_mean(358.15, 393.15)), 1e-9, 0);
}

/* ---- utilities -------------------------------------------------------------------------- */

/* 5 MW demand, 2 MW electric boiler, -50 EUR/MWh, fuel 45 EUR/MWh: a 2 MW heat pump still earns 123 EUR/h. */
static struct lorenz_case negative_price(const struct lorenz_curve *curve, const struct lorenz_efficiency *eta, double boiler_kw)
{
	const struct lorenz_merit elec = {-50, 400}, heat = {45, 210};
	struct lorenz_case c = lorenz_case_simple(curve, eta, lorenz_source_steady(T_SOURCE_K), elec, heat);

	c.limits.q_max_kw = 2000;
	c.utilities.n = 2;
	c.utilities.unit[1] = lorenz_utility_boiler(boiler_kw, elec, 1);
	return c;
}

static void test_a_small_electric_boiler_does_not_stop_the_heat_pump(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = curve_of(&(struct lorenz_segment){328.15, 403.15, 5000}, 1);
	struct lorenz_case c = negative_price(&curve, &eta, 2000);
	struct lorenz_case_point point = solve(&c, COST).optimal;

	(void)state;
	check_near(point.q_kw, 2000);
	check_double(point.savings, 2 * 45 + 50 * point.p_kw / 1e3, 1e-12, 0);
	assert_true(point.savings > 110 && point.savings < 130);
	check_near(point.utility_kw[0], 1000);
	check_near(point.utility_kw[1], 2000);
	check_double(point.savings_carbon, (2000 * 210 - 400 * point.p_kw) / 1e3, 1e-12, 0);
	c = negative_price(&curve, &eta, 5000);
	point = solve(&c, COST).optimal;
	check_near(point.q_kw, 0);
	check_near(point.utility_kw[1], 5000);
}

static void test_heat_above_the_electric_boiler_is_left_to_it(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = curve_of(&(struct lorenz_segment){328.15, 900, 5000}, 1);
	const double eta_eb = 0.98;
	struct lorenz_case c = lorenz_case_simple(&curve, &eta, lorenz_source_steady(T_SOURCE_K), (struct lorenz_merit){50, 0},
	                                          (struct lorenz_merit){50 / eta_eb, 0});

	(void)state;
	check_double(solve(&c, COST).optimal.t_out_k, T_SOURCE_K * eta_eb / (eta_eb - ETA), 0, 1e-6);
	c.utilities.n = 2; /* a dear fuel boiler beside it changes nothing where the electric one can do all that is left */
	c.utilities.unit[1] = c.utilities.unit[0];
	c.utilities.unit[0] = (struct lorenz_utility){INFINITY, 500, 0};
	check_double(solve(&c, COST).optimal.t_out_k, T_SOURCE_K * eta_eb / (eta_eb - ETA), 0, 1e-3);
}

static void test_chp_heat_gets_cheaper_as_power_gets_dearer(void **state)
{
	const struct lorenz_merit fuel = {40, 200}, cheap = {50, 100}, dear = {150, 300};
	struct lorenz_utility a = lorenz_utility_chp(1000, fuel, cheap, 0.4, 0.5),
	                      b = lorenz_utility_chp(1000, fuel, dear, 0.4, 0.5);
	struct lorenz_utilities utilities = {2, {{3000, 45, 0}, b}};
	double q_kw[LORENZ_UTILITIES_MAX];

	(void)state;
	check_near(a.cost, (40 - 0.4 * 50) / 0.5);
	check_near(b.cost, (40 - 0.4 * 150) / 0.5);
	check_near(a.carbon, (200 - 0.4 * 100) / 0.5);
	check_near(lorenz_utilities_dispatch(&utilities, 2500, q_kw), 0);
	check_near(q_kw[1], 1000);
	check_near(q_kw[0], 1500);
	check_near(lorenz_utilities_dispatch(&utilities, 4500, q_kw), 500);
}

/* ---- goals ------------------------------------------------------------------------------ */

static struct lorenz_case published(const struct lorenz_curve *curve, const struct lorenz_efficiency *eta)
{
	return lorenz_case_simple(curve, eta, lorenz_source_steady(T_SOURCE_K), (struct lorenz_merit){132, 1.9 * 213.7},
	                          (struct lorenz_merit){60, 213.7});
}

/* The carbon optimum (132 degC) costs nothing extra there, and the carbon break-even is the most electrification. */
static void test_goals_with_constraints_on_the_published_case(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	struct lorenz_case c = published(&curve, &eta);
	struct lorenz_solution carbon = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_CARBON});
	struct lorenz_solution found = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_CARBON_FREE});

	(void)state;
	check_double(found.optimal.t_out_k, carbon.optimal.t_out_k, 0, 1e-3);
	found = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_ELECTRIFY});
	check_double(found.optimal.q_kw, carbon.break_even.q_kw, 1e-9, 0);
	assert_int_equal(found.optimal.limited_by, LORENZ_LIMIT_CONSTRAINT);
	found = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = 4.8 * 213.7 - 119});
	assert_true(found.met);
	check_double(found.optimal.savings_carbon, 119, 1e-9, 0);
	assert_true(found.optimal.q_kw < carbon.optimal.q_kw);
	found = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = 100});
	assert_false(found.met);
	check_double(found.optimal.q_kw, carbon.optimal.q_kw, 1e-6, 0);
}

static void test_carbon_at_no_extra_cost_stops_at_the_cost_break_even(void **state)
{
	const struct lorenz_efficiency eta = lorenz_efficiency_constant(ETA);
	const struct lorenz_curve curve = dryer();
	struct lorenz_case c = published(&curve, &eta);
	struct lorenz_solution cost, found;

	(void)state;
	c.elec.carbon = 100;
	cost = solve(&c, COST);
	found = solve(&c, (struct lorenz_goal){.kind = LORENZ_GOAL_CARBON_FREE});
	check_double(found.optimal.q_kw, cost.break_even.q_kw, 1e-9, 0);
	assert_int_equal(found.optimal.limited_by, LORENZ_LIMIT_CONSTRAINT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_constant_efficiency_is_the_closed_form),
	    cmocka_unit_test(test_source_heat_at_a_price_is_other_rates),
	    cmocka_unit_test(test_an_internal_approach_shifts_the_optimum),
	    cmocka_unit_test(test_the_flow_of_a_source_follows_from_its_outlet),
	    cmocka_unit_test(test_a_moving_outlet_taken_as_fixed_is_worse),
	    cmocka_unit_test(test_direct_exchange_is_bounded_by_the_pinch),
	    cmocka_unit_test(test_direct_exchange_holds_everywhere),
	    cmocka_unit_test(test_the_heat_pump_has_the_rest),
	    cmocka_unit_test(test_a_small_electric_boiler_does_not_stop_the_heat_pump),
	    cmocka_unit_test(test_heat_above_the_electric_boiler_is_left_to_it),
	    cmocka_unit_test(test_chp_heat_gets_cheaper_as_power_gets_dearer),
	    cmocka_unit_test(test_goals_with_constraints_on_the_published_case),
	    cmocka_unit_test(test_carbon_at_no_extra_cost_stops_at_the_cost_break_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

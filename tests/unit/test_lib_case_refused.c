/* What the general case refuses, by which name, and its edges: nothing to heat, free or worthless heat, negative prices. */
#include "lib_cases.h"

#include <lorenz/case.h>

static const struct lorenz_goal COST = {.kind = LORENZ_GOAL_COST};

static struct lorenz_curve curve;
static struct lorenz_efficiency efficiency;

static struct lorenz_case sound(void)
{
	struct lorenz_case c;

	curve = dryer();
	efficiency = lorenz_efficiency_jensen(LORENZ_FLUID_AMMONIA);
	c = lorenz_case_simple(&curve, &efficiency, lorenz_source_steady(T_SOURCE_K), (struct lorenz_merit){90, 300},
	                       (struct lorenz_merit){60, 210});
	c.source.c_kw_k = 300;
	c.units.n = 1;
	c.units.unit[0] = (struct lorenz_unit){.capacity_kw = 3000, .factor = 1};
	return c;
}

static void refused(const struct lorenz_case *c, enum lorenz_status status)
{
	struct lorenz_solution found = {.optimal.q_kw = 42};
	struct lorenz_case_point point = {.q_kw = 42};
	struct lorenz_direct_savings direct = {.cost = 42};

	assert_int_equal(lorenz_case_check(c, NULL), status);
	assert_int_equal(lorenz_case_solve(c, &COST, 1, &found), status);
	assert_int_equal(lorenz_case_at(c, 100, &point), status);
	assert_int_equal(lorenz_case_direct(c, &direct), status);
	check_near(found.optimal.q_kw, 42);
	check_near(point.q_kw, 42);
	check_near(direct.cost, 42);
}

#define REFUSED(change, status)                 \
	do {                                    \
		struct lorenz_case c = sound(); \
		change;                         \
		refused(&c, status);            \
	} while (0)

static void test_the_argument_is_named(void **state)
{
	(void)state;
	REFUSED(efficiency.of.jensen.a = NAN, LORENZ_NOT_FINITE);
	REFUSED(efficiency.of.jensen.isentropic = 1.2, LORENZ_EFFICIENCY);
	REFUSED(efficiency.of.jensen.pinch_k = -1, LORENZ_MODEL);
	REFUSED(efficiency = lorenz_efficiency_constant(0), LORENZ_EFFICIENCY);
	REFUSED(efficiency = lorenz_efficiency_carnot(1.1), LORENZ_EFFICIENCY);
	REFUSED(efficiency = lorenz_efficiency_shares(-1, 1), LORENZ_MODEL);
	REFUSED(efficiency.model = LORENZ_MODEL_COUNT, LORENZ_MODEL);
	REFUSED((efficiency.model = LORENZ_MODEL_TABLE, efficiency.of.table.n_t = 0), LORENZ_MODEL);
	REFUSED(c.source.t_in_k = NAN, LORENZ_NOT_FINITE);
	REFUSED(c.source.t_in_k = 0, LORENZ_SOURCE_TEMPERATURE);
	REFUSED((c.source.c_kw_k = INFINITY, c.source.t_out_k = T_SOURCE_K + 1), LORENZ_SOURCE_TEMPERATURE);
	REFUSED(c.source.c_kw_k = 0, LORENZ_SOURCE_FLOW);
	REFUSED(c.source.body_c_kw_k = -1, LORENZ_SOURCE_FLOW);
	REFUSED(c.source.cooling_max_kw = -1, LORENZ_SOURCE_LIMIT);
	REFUSED(c.source.t_in_k = T_TARGET_K, LORENZ_SOURCE_ABOVE_TARGET);
	REFUSED(c.limits.q_max_kw = -1, LORENZ_BOUNDS);
	REFUSED(c.approach.sink_k = -1, LORENZ_APPROACH);
	REFUSED(c.approach.internal = true, LORENZ_APPROACH); /* Jensen's has its own */
	REFUSED(c.direct_dt_min_k = -1, LORENZ_APPROACH);
	REFUSED(c.units.n = LORENZ_UNITS_MAX + 1, LORENZ_UNIT_COUNT);
	REFUSED(c.units.unit[0].capacity_kw = 0, LORENZ_UNIT);
	REFUSED(c.units.unit[0].min_share = 1.1, LORENZ_UNIT);
	REFUSED((c.units.unit[0].part_load = (struct lorenz_part_load){2, {0.5, 0.5}, {1, 1}}), LORENZ_PART_LOAD);
	REFUSED(c.utilities.n = 0, LORENZ_UTILITY_COUNT);
	REFUSED(c.utilities.unit[0].capacity_kw = -1, LORENZ_UTILITY);
	REFUSED(c.utilities.unit[0].cost = NAN, LORENZ_NOT_FINITE);
	REFUSED(c.elec.carbon = INFINITY, LORENZ_NOT_FINITE);
	REFUSED(c.source_heat.cost = NAN, LORENZ_NOT_FINITE);
}

static void test_which_unit_or_utility_is_wrong(void **state)
{
	struct lorenz_case c = sound();
	size_t bad = 99;

	(void)state;
	c.units.n = 3;
	c.units.unit[1] = c.units.unit[0];
	c.units.unit[2].factor = 3;
	c.units.unit[2].capacity_kw = 1;
	assert_int_equal(lorenz_case_check(&c, &bad), LORENZ_UNIT);
	assert_int_equal(bad, 2);
	c = sound();
	c.utilities.n = 2;
	c.utilities.unit[1].capacity_kw = NAN;
	assert_int_equal(lorenz_case_check(&c, &bad), LORENZ_NOT_FINITE);
	assert_int_equal(bad, 1);
}

static void test_goals_are_checked(void **state)
{
	const struct lorenz_goal bad[] = {
	    {.kind = LORENZ_GOAL_COUNT},
	    {.kind = LORENZ_GOAL_BLEND, .carbon_value_eur_t = -1},
	    {.kind = LORENZ_GOAL_BLEND, .carbon_value_eur_t = NAN},
	    {.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = NAN},
	};
	struct lorenz_solution found = {.optimal.q_kw = 42};
	struct lorenz_case_point points[2];
	struct lorenz_case c = sound();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(lorenz_case_solve(&c, &bad[i], 1, &found), LORENZ_GOAL);
	check_near(found.optimal.q_kw, 42);
	assert_int_equal(lorenz_case_pareto(&c, 1, points), LORENZ_GOAL);
	assert_int_equal(lorenz_case_at(&c, NAN, points), LORENZ_NOT_FINITE);
}

/* ---- edges ------------------------------------------------------------------------------ */

static struct lorenz_solution solve(const struct lorenz_case *c)
{
	struct lorenz_solution found;

	assert_int_equal(lorenz_case_solve(c, &COST, 1, &found), LORENZ_OK);
	return found;
}

static void check_nothing(struct lorenz_case_point point)
{
	check_near(point.q_kw, 0);
	check_near(point.p_kw, 0);
	check_near(point.savings, 0);
	check_near(point.electrification, 0);
	assert_true(isnan(point.cop) && isfinite(point.t_out_k) && isfinite(point.t_source_out_k));
	assert_int_equal(point.limited_by, LORENZ_LIMIT_INLET);
}

static void test_nothing_to_heat(void **state)
{
	const struct lorenz_segment none = {330, 400, 0}, point = {400, 400, 0};
	struct lorenz_case c = sound();

	(void)state;
	curve = curve_of(&none, 1);
	check_nothing(solve(&c).optimal);
	check_nothing(solve(&c).break_even);
	check_nothing(solve(&c).break_even_free);
	curve = curve_of(&point, 1);
	check_nothing(solve(&c).optimal);
	curve = curve_of(&(struct lorenz_segment){330, 350, 1000}, 1);
	c.source.t_in_k = 400;
	c.source.c_kw_k = 1e5;
	c.direct_dt_min_k = 5;
	check_nothing(solve(&c).optimal); /* all of it goes directly */
}

static void test_prices_of_any_sign(void **state)
{
	static const struct {
		double elec, heat;
		bool on;
	} cases[] = {{-60, 60, true}, {0, 60, true},    {0, 0, false}, {0, -10, false},
	             {60, 0, false},  {60, -20, false}, {5, 60, true}};
	struct lorenz_case c = sound();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lorenz_solution found;

		c.elec.cost = cases[i].elec;
		c.utilities.unit[0].cost = cases[i].heat;
		found = solve(&c);
		assert_int_equal(found.optimal.q_kw > 0, cases[i].on);
		if (!cases[i].on)
			check_nothing(found.optimal);
		else
			check_near(found.optimal.q_kw, 3000);
	}
}

/* Both prices negative: S is convex, and an end is the best. */
static void test_wasting_power_may_pay(void **state)
{
	struct lorenz_case c = sound(), low;
	struct lorenz_case_point most;

	(void)state;
	c.elec.cost = -100;
	c.utilities.unit[0].cost = -20;
	assert_int_equal(lorenz_case_at(&c, 3000, &most), LORENZ_OK);
	assert_true(most.savings > 0);
	check_near(solve(&c).optimal.q_kw, 3000);
	low = c;
	low.utilities.unit[0].cost = -90;
	check_nothing(solve(&low).optimal);
}

static void test_a_minimum_load_that_does_not_pay_is_off(void **state)
{
	struct lorenz_case c = sound();
	struct lorenz_case_point best;

	(void)state;
	c.elec.cost = 150;
	best = solve(&c).optimal;
	assert_true(best.q_kw > 0 && best.q_kw < 2000);
	c.units.unit[0].min_share = 1;
	check_nothing(solve(&c).optimal);
	c.elec.cost = 30;
	check_near(solve(&c).optimal.q_kw, 3000);
	c.limits.q_min_kw = 3500; /* above every other bound */
	check_nothing(solve(&c).optimal);
}

static void test_extreme_sources_give_no_nonsense(void **state)
{
	struct lorenz_case c = sound();

	(void)state;
	for (double c_kw_k = 1e-6; c_kw_k < 1e9; c_kw_k *= 7) {
		struct lorenz_solution found;

		c.source.c_kw_k = c_kw_k;
		found = solve(&c);
		assert_true(isfinite(found.optimal.q_kw) && isfinite(found.optimal.p_kw) && found.optimal.savings >= 0);
		assert_true(found.optimal.p_kw <= found.optimal.q_kw * (1 + 1e-9) && found.optimal.t_source_out_k > 0);
	}
	c.source.t_in_k = T_IN_K + 5;
	c.source.c_kw_k = 300;
	efficiency = lorenz_efficiency_constant(ETA);
	assert_true(solve(&c).optimal.overlap);
	c.limits.cop_max = 6;
	assert_true(solve(&c).optimal.cop <= 6 * (1 + 1e-12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_argument_is_named),
	    cmocka_unit_test(test_which_unit_or_utility_is_wrong),
	    cmocka_unit_test(test_goals_are_checked),
	    cmocka_unit_test(test_nothing_to_heat),
	    cmocka_unit_test(test_prices_of_any_sign),
	    cmocka_unit_test(test_wasting_power_may_pay),
	    cmocka_unit_test(test_a_minimum_load_that_does_not_pay_is_off),
	    cmocka_unit_test(test_extreme_sources_give_no_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

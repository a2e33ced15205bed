/* Each bound of a machine, and the guards against overlap. */
#include "lib_cases.h"

/* ---- bounds ----------------------------------------------------------------------------- */

static struct lorenz_operation operate_bounded(struct lorenz_machine machine, double elec, double heat)
{
	struct lorenz_curve curve = dryer();

	return operate(&curve, &machine, elec, heat);
}

static void test_capacity_binds(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.q_max_kw = 1000;
	op = operate_bounded(machine, 132, 60);
	check_near(op.optimal.q_kw, 1000);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_CAPACITY);
	assert_int_equal(op.break_even.limited_by, LORENZ_LIMIT_CAPACITY);
	assert_int_equal(op.break_even_free.limited_by, LORENZ_LIMIT_NONE);
	check_double(op.break_even_free.t_out_k, 446.30, 0, 0.01);
	machine.q_max_kw = Q_KW;
	op = operate_bounded(machine, 10, 60);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_TARGET);
	machine.q_max_kw = 0;
	op = operate_bounded(machine, 10, 60);
	check_off(&op.optimal);
	check_off(&op.break_even);
}

static void test_highest_outlet_binds(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.t_max_k = 373.15;
	op = operate_bounded(machine, 132, 60);
	check_near(op.optimal.t_out_k, 373.15);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_T_MAX);
	machine.t_max_k = 300;
	op = operate_bounded(machine, 132, 60);
	check_off(&op.optimal);
}

static void test_electric_power_binds(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.p_max_kw = 400;
	op = operate_bounded(machine, 132, 60);
	check_double(op.optimal.p_kw, 400, 1e-12, 0);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_P_ELEC_MAX);
	assert_int_equal(op.break_even.limited_by, LORENZ_LIMIT_P_ELEC_MAX);
	machine.p_max_kw = 0;
	op = operate_bounded(machine, 132, 60);
	check_off(&op.optimal);
}

/* A low efficiency and cheap power: beyond T_src/(1 - eta) = 384.2 K mean the machine would heat its own source. */
static void test_cop_1_binds(void **state)
{
	struct lorenz_operation op = operate_bounded(lorenz_machine_unbounded(0.25), 10, 60);

	(void)state;
	check_double(op.optimal.cop, 1, 1e-12, 0);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_COP_1);
	assert_int_equal(op.break_even.limited_by, LORENZ_LIMIT_COP_1);
	check_double(lorenz_log_mean(T_IN_K, op.optimal.t_out_k), T_SOURCE_K / 0.75, 1e-12, 0);
}

static void test_minimum_load_lifts_or_stops(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.q_min_kw = 2500;
	op = operate_bounded(machine, 132, 60);
	check_near(op.optimal.q_kw, 2500);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_MIN_LOAD);
	assert_int_equal(op.break_even.limited_by, LORENZ_LIMIT_NONE);
	machine.q_min_kw = 4000;
	op = operate_bounded(machine, 132, 60);
	check_off(&op.optimal);
	check_off(&op.break_even);
	check_double(op.break_even_free.t_out_k, 446.30, 0, 0.01);
	machine.q_min_kw = 2500;
	machine.q_max_kw = 2000;
	op = operate_bounded(machine, 10, 60);
	check_off(&op.optimal);
	machine.q_min_kw = 2 * Q_KW;
	machine.q_max_kw = INFINITY;
	op = operate_bounded(machine, 10, 60);
	check_off(&op.optimal);
}

static void test_largest_heat_says_what_binds(void **state)
{
	struct lorenz_curve curve = dryer();
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	enum lorenz_limit limit = LORENZ_LIMIT_NONE;

	(void)state;
	check_near(lorenz_q_max_kw(&curve, T_SOURCE_K, &machine, &limit), Q_KW);
	assert_int_equal(limit, LORENZ_LIMIT_TARGET);
	machine.p_max_kw = 400;
	check_double(lorenz_power_kw(&curve, T_SOURCE_K, &machine, lorenz_q_max_kw(&curve, T_SOURCE_K, &machine, &limit)), 400,
	             1e-12, 0);
	assert_int_equal(limit, LORENZ_LIMIT_P_ELEC_MAX);
	machine.q_max_kw = 10;
	check_near(lorenz_q_max_kw(&curve, T_SOURCE_K, &machine, NULL), 10);
	machine.eta = 2;
	assert_true(isnan(lorenz_q_max_kw(&curve, T_SOURCE_K, &machine, &limit)));
	assert_true(isnan(lorenz_power_kw(&curve, T_SOURCE_K, &machine, 10)));
	assert_int_equal(limit, LORENZ_LIMIT_P_ELEC_MAX);
}

/* ---- overlap ---------------------------------------------------------------------------- */

static const double T_WARM_SOURCE_K = 363.15;

static struct lorenz_operation operate_overlap(struct lorenz_machine machine)
{
	struct lorenz_curve curve = dryer();
	struct lorenz_operation op;

	assert_int_equal(lorenz_operate(&curve, T_WARM_SOURCE_K, &machine, (struct lorenz_rates){132, 60}, &op), LORENZ_OK);
	return op;
}

static void test_overlap_is_flagged(void **state)
{
	struct lorenz_operation op = operate_overlap(lorenz_machine_unbounded(ETA)), apart = operate_dryer(132, 60);

	(void)state;
	assert_true(op.optimal.overlap && op.break_even.overlap);
	assert_false(apart.optimal.overlap);
}

static void test_overlap_without_guard_needs_no_power_below_the_source(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.q_max_kw = 500;
	op = operate_overlap(machine);
	check_near(op.optimal.q_kw, 500);
	check_near(op.optimal.p_kw, 0);
	assert_true(op.optimal.cop == INFINITY);
	check_near(op.optimal.savings, 30);
}

static void test_cop_max_guards_the_overlap(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.cop_max = 8;
	machine.q_max_kw = 500;
	op = operate_overlap(machine);
	check_double(op.optimal.cop, 8, 1e-12, 0);
	machine.cop_max = 2;
	op = operate_overlap(machine);
	check_off(&op.optimal);
	check_off(&op.break_even_free);
	assert_true(isnan(op.break_even.t_free_k));
	machine.cop_max = 0.5;
	op = operate_overlap(machine);
	check_off(&op.optimal);
}

static void test_min_lift_guards_the_overlap(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	machine.min_lift_k = 20;
	machine.q_max_kw = 500;
	op = operate_overlap(machine);
	check_double(op.optimal.cop, ETA * lorenz_log_mean(T_IN_K, op.optimal.t_out_k) / 20, 1e-12, 0);
	machine.min_lift_k = 600;
	op = operate_overlap(machine);
	check_off(&op.optimal);
}

static void test_source_above_the_target_is_refused(void **state)
{
	struct lorenz_curve curve = dryer();
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op = {.ratio = 42};

	(void)state;
	assert_int_equal(lorenz_operate(&curve, T_TARGET_K, &machine, (struct lorenz_rates){1, 1}, &op),
	                 LORENZ_SOURCE_ABOVE_TARGET);
	check_near(op.ratio, 42);
	assert_int_equal(lorenz_operate(&curve, T_IN_K, &machine, (struct lorenz_rates){1, 1}, &op), LORENZ_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_capacity_binds),
	    cmocka_unit_test(test_highest_outlet_binds),
	    cmocka_unit_test(test_electric_power_binds),
	    cmocka_unit_test(test_cop_1_binds),
	    cmocka_unit_test(test_minimum_load_lifts_or_stops),
	    cmocka_unit_test(test_largest_heat_says_what_binds),
	    cmocka_unit_test(test_overlap_is_flagged),
	    cmocka_unit_test(test_overlap_without_guard_needs_no_power_below_the_source),
	    cmocka_unit_test(test_cop_max_guards_the_overlap),
	    cmocka_unit_test(test_min_lift_guards_the_overlap),
	    cmocka_unit_test(test_source_above_the_target_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

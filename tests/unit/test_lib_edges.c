/* Each edge of the method: signs of the rates, ends of the curve, latent heat, segments without width or duty. */
#include "lib_cases.h"

#include <float.h>

/* ---- signs of the rates ----------------------------------------------------------------- */

static void test_ratio_up_to_eta_pays_at_any_temperature(void **state)
{
	const double ratios[] = {0.01, 0.3, ETA};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct lorenz_operation op = operate_dryer(ratios[i], 1);

		check_full(&op.optimal);
		check_full(&op.break_even);
		check_full(&op.break_even_free);
		assert_true(op.optimal.t_free_k == INFINITY && op.break_even.t_free_k == INFINITY);
	}
}

static void test_negative_power_price_takes_all(void **state)
{
	struct lorenz_operation op = operate_dryer(-50, 60);

	(void)state;
	check_full(&op.optimal);
	check_full(&op.break_even);
	check_double(op.ratio, -50.0 / 60, 1e-15, 0);
	assert_true(op.optimal.t_free_k == INFINITY);
}

static void test_worthless_heat_is_off(void **state)
{
	const double heats[] = {0, -0.0, -10};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct lorenz_operation op = operate_dryer(100, heats[i]);

		check_off(&op.optimal);
		check_off(&op.break_even);
		check_off(&op.break_even_free);
		assert_true(isnan(op.ratio) && isnan(op.optimal.t_free_k) && isnan(op.break_even.t_free_k));
	}
}

static void test_both_negative_alike_is_off(void **state)
{
	struct lorenz_operation op = operate_dryer(-50, -50);

	(void)state;
	check_off(&op.optimal);
	check_off(&op.break_even);
	check_off(&op.break_even_free);
}

/* Burnt power is paid more than heat costs: the end with the lowest COP wins, and nothing lies beyond it. */
static void test_both_negative_may_pay_at_the_end(void **state)
{
	struct lorenz_operation op = operate_dryer(-300, -10);

	(void)state;
	check_full(&op.optimal);
	check_full(&op.break_even);
	assert_true(isnan(op.ratio) && isnan(op.optimal.t_free_k) && isnan(op.break_even.t_free_k));
}

static void test_power_free_of_charge(void **state)
{
	struct lorenz_operation with = operate_dryer(0, 60), without = operate_dryer(0, 0), against = operate_dryer(0, -1);

	(void)state;
	check_full(&with.optimal);
	check_full(&with.break_even);
	check_near(with.ratio, 0);
	check_off(&without.optimal);
	check_off(&against.optimal);
}

/* ---- ends of the curve ------------------------------------------------------------------ */

static void test_optimum_below_the_inlet_is_off(void **state)
{
	struct lorenz_operation op = operate_dryer(ratio_for(T_IN_K - 10), 1);

	(void)state;
	check_off(&op.optimal);
	check_off(&op.break_even);
	check_off(&op.break_even_free);
	check_double(op.optimal.t_free_k, T_IN_K - 10, 1e-12, 0);
	assert_true(isnan(op.break_even.t_free_k));
}

static void test_optimum_at_the_inlet_within_rounding(void **state)
{
	double r = ratio_for(T_IN_K);

	(void)state;
	for (int i = -40; i <= 40; i++) {
		struct lorenz_operation op = operate_dryer(r * (1 + i * DBL_EPSILON / 2), 1);

		assert_true(op.optimal.q_kw >= 0 && op.optimal.q_kw < 1e-9 && op.break_even.q_kw >= 0 &&
		            op.break_even.q_kw < 1e-9);
		check_double(op.optimal.t_out_k, T_IN_K, 0, 1e-9);
		check_double(op.break_even.t_out_k, T_IN_K, 0, 1e-9);
		assert_true(isfinite(op.optimal.savings) && isfinite(op.optimal.p_kw));
	}
}

static void test_optimum_beyond_the_target_is_full_and_break_even_free(void **state)
{
	struct lorenz_operation op = operate_dryer(ratio_for(T_TARGET_K + 50), 1);

	(void)state;
	check_full(&op.optimal);
	check_full(&op.break_even);
	check_double(op.optimal.t_free_k, T_TARGET_K + 50, 1e-12, 0);
	assert_true(op.break_even.t_free_k > T_TARGET_K + 50);
	check_double(lorenz_log_mean(T_IN_K, op.break_even.t_free_k), T_TARGET_K + 50, 1e-12, 0);
}

static void test_break_even_beyond_several_segments_is_unknown(void **state)
{
	struct lorenz_curve curve = steam();
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation beyond = operate(&curve, &machine, ratio_for(470), 1),
	                        within = operate(&curve, &machine, ratio_for(385), 1);

	(void)state;
	assert_true(isnan(beyond.optimal.t_free_k) && isnan(beyond.break_even.t_free_k));
	assert_int_equal(beyond.break_even.limited_by, LORENZ_LIMIT_TARGET);
	check_double(within.optimal.t_free_k, 385, 1e-12, 0);
	check_near(within.optimal.q_kw, 1000);
	check_near(within.break_even.t_free_k, within.break_even.t_out_k);
	assert_int_equal(within.break_even.limited_by, LORENZ_LIMIT_NONE);
}

/* ---- latent heat and empty segments ----------------------------------------------------- */

/* A source of 256 K, eta 0.5, r = 1.5: T* = 384 K, exact in binary, so that it meets the latent temperature exactly. */
static void test_optimum_at_a_latent_temperature_takes_all_of_it(void **state)
{
	const struct lorenz_segment segments[] = {{320, 384, 640}, {384, 384, 1000}, {384, 448, 640}};
	struct lorenz_curve curve = curve_of(segments, 3);
	struct lorenz_machine machine = lorenz_machine_unbounded(0.5);
	struct lorenz_operation op;

	(void)state;
	assert_int_equal(lorenz_operate(&curve, 256, &machine, (struct lorenz_rates){1.5, 1}, &op), LORENZ_OK);
	check_near(op.optimal.q_kw, 1640);
	check_near(op.optimal.t_out_k, 384);
	assert_int_equal(op.optimal.limited_by, LORENZ_LIMIT_NONE);
}

static void test_latent_only(void **state)
{
	struct lorenz_curve curve = curve_of(&(struct lorenz_segment){393.15, 393.15, 1000}, 1);
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation warm = operate(&curve, &machine, ratio_for(400), 1),
	                        cold = operate(&curve, &machine, ratio_for(390), 1);

	(void)state;
	check_near(warm.optimal.q_kw, 1000);
	check_near(warm.break_even.q_kw, 1000);
	check_double(warm.optimal.cop, lorenz_cop(393.15, T_SOURCE_K) * ETA, 1e-12, 0);
	assert_int_equal(warm.optimal.limited_by, LORENZ_LIMIT_TARGET);
	assert_true(isnan(warm.break_even.t_free_k));
	check_off_at(&cold.optimal, 393.15);
	check_off_at(&cold.break_even, 393.15);
}

static void test_no_duty(void **state)
{
	const struct lorenz_segment segments[] = {{T_IN_K, 400, 0}, {400, 400, 0}};
	struct lorenz_curve curve = curve_of(segments, 2);
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op = operate(&curve, &machine, 132, 60);

	(void)state;
	assert_int_equal(curve.n, 0);
	check_off(&op.optimal);
	check_off(&op.break_even);
	check_off(&op.break_even_free);
	check_near(lorenz_curve_t_k(&curve, 1), T_IN_K);
	check_near(lorenz_curve_q_kw(&curve, 500), 0);
	check_near(lorenz_power_kw(&curve, T_SOURCE_K, &machine, 1), 0);
}

static void test_segments_without_duty_change_nothing(void **state)
{
	const struct lorenz_segment padded[] = {
	    {T_IN_K, T_IN_K, 0}, {T_IN_K, T_TARGET_K, Q_KW}, {T_TARGET_K, T_TARGET_K, 0}, {T_TARGET_K, 600, 0}};
	struct lorenz_curve curve = curve_of(padded, 4);
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op = operate(&curve, &machine, 132, 60), plain = operate_dryer(132, 60);

	(void)state;
	assert_int_equal(curve.n, 1);
	assert_memory_equal(&op, &plain, sizeof(op.ratio));
	check_near(op.optimal.q_kw, plain.optimal.q_kw);
	check_near(op.break_even.t_free_k, plain.break_even.t_free_k);
}

/* Narrower than rounding of the temperature, down to one unit in the last place. */
static void test_hardly_sensible_segments(void **state)
{
	(void)state;
	for (double dt_k = 1e-3; dt_k > 1e-14; dt_k /= 10) {
		struct lorenz_curve curve = curve_of(&(struct lorenz_segment){400, 400 + dt_k, 1000}, 1);
		struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
		struct lorenz_operation op = operate(&curve, &machine, ratio_for(410), 1),
		                        at = operate(&curve, &machine, ratio_for(400), 1);

		check_near(op.optimal.q_kw, 1000);
		check_double(lorenz_curve_phi(&curve, 1000), 2.5, 1e-5, 0);
		check_double(lorenz_curve_phi(&curve, 500), 1.25, 1e-5, 0);
		assert_true(at.optimal.q_kw >= 0 && at.optimal.q_kw <= 1000 && isfinite(at.optimal.savings));
	}
}

static void test_temperatures_on_the_curve(void **state)
{
	struct lorenz_curve curve = steam();

	(void)state;
	check_near(lorenz_curve_t_k(&curve, -1), 328.15);
	check_near(lorenz_curve_t_k(&curve, 500), 355.65);
	check_near(lorenz_curve_t_k(&curve, 1000), 383.15);
	check_near(lorenz_curve_t_k(&curve, 1000.5), 393.15);
	check_near(lorenz_curve_t_k(&curve, 2500), 393.15);
	check_near(lorenz_curve_t_k(&curve, 2900), 425.65);
	check_near(lorenz_curve_t_k(&curve, 1e9), 453.15);
	check_near(lorenz_curve_q_kw(&curve, 300), 0);
	check_near(lorenz_curve_q_kw(&curve, 390), 1000);
	check_near(lorenz_curve_q_kw(&curve, 393.15), 2500);
	check_near(lorenz_curve_q_kw(&curve, 425.65), 2900);
	check_near(lorenz_curve_phi(&curve, 2500), 1000 / lorenz_log_mean(328.15, 383.15) + 1500 / 393.15);
	assert_true(isnan(lorenz_curve_t_k(&curve, NAN)) && isnan(lorenz_curve_q_kw(&curve, NAN)) &&
	            isnan(lorenz_curve_phi(&curve, NAN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ratio_up_to_eta_pays_at_any_temperature),
	    cmocka_unit_test(test_negative_power_price_takes_all),
	    cmocka_unit_test(test_worthless_heat_is_off),
	    cmocka_unit_test(test_both_negative_alike_is_off),
	    cmocka_unit_test(test_both_negative_may_pay_at_the_end),
	    cmocka_unit_test(test_power_free_of_charge),
	    cmocka_unit_test(test_optimum_below_the_inlet_is_off),
	    cmocka_unit_test(test_optimum_at_the_inlet_within_rounding),
	    cmocka_unit_test(test_optimum_beyond_the_target_is_full_and_break_even_free),
	    cmocka_unit_test(test_break_even_beyond_several_segments_is_unknown),
	    cmocka_unit_test(test_optimum_at_a_latent_temperature_takes_all_of_it),
	    cmocka_unit_test(test_latent_only),
	    cmocka_unit_test(test_no_duty),
	    cmocka_unit_test(test_segments_without_duty_change_nothing),
	    cmocka_unit_test(test_hardly_sensible_segments),
	    cmocka_unit_test(test_temperatures_on_the_curve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

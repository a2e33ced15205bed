/* Efficiency models against published and hand-made values, their edges, and that COP falls with the lift. */
#include "check.h"

#include <lorenz/efficiency.h>

static struct lorenz_temperatures between(double source_in_c, double source_out_c, double sink_in_c, double sink_out_c)
{
	const double zero_k = 273.15;

	return (struct lorenz_temperatures){
	    .sink_in_k = sink_in_c + zero_k,
	    .sink_out_k = sink_out_c + zero_k,
	    .sink_mean_k = lorenz_log_mean(sink_in_c + zero_k, sink_out_c + zero_k),
	    .source_in_k = source_in_c + zero_k,
	    .source_out_k = source_out_c + zero_k,
	    .source_mean_k = lorenz_log_mean(source_in_c + zero_k, source_out_c + zero_k),
	};
}

static void test_jensen_as_published(void **state)
{
	static const struct {
		enum lorenz_fluid fluid;
		double t_c[4], cop;
	} rows[] = {
	    {LORENZ_FLUID_AMMONIA, {40, 30, 60, 80}, 4.205835},
	    {LORENZ_FLUID_ISOBUTANE, {40, 30, 60, 80}, 4.129414},
	    {LORENZ_FLUID_AMMONIA, {80, 60, 140, 150}, 2.742535},
	    {LORENZ_FLUID_ISOBUTANE, {80, 60, 140, 150}, 2.351337},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lorenz_efficiency e = lorenz_efficiency_jensen(rows[i].fluid);
		struct lorenz_temperatures at = between(rows[i].t_c[0], rows[i].t_c[1], rows[i].t_c[2], rows[i].t_c[3]);
		bool extrapolated;

		check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), rows[i].cop, 0, 5e-7);
		assert_int_equal(extrapolated, rows[i].t_c[3] > 130);
	}
}

static void test_jensen_says_where_it_does_not_hold(void **state)
{
	struct lorenz_efficiency e = lorenz_efficiency_jensen(LORENZ_FLUID_AMMONIA);
	struct lorenz_temperatures near = between(50, 48, 52, 58), far = between(-40, -60, 380, 400);
	bool extrapolated;

	(void)state;
	assert_true(lorenz_efficiency_cop(&e, &near, &extrapolated) > 1 && extrapolated);
	assert_true(isnan(lorenz_efficiency_cop(&e, &far, &extrapolated)) && extrapolated);
	e.of.jensen.heat_loss = 0.1;
	near = between(40, 30, 60, 80);
	check_double(lorenz_efficiency_cop(&e, &near, NULL), 4.205835 - 0.1, 0, 5e-7);
}

static void test_constant_and_carnot(void **state)
{
	struct lorenz_efficiency e = lorenz_efficiency_constant(0.5), carnot = lorenz_efficiency_carnot(0.234);
	struct lorenz_temperatures at = between(360, 360, 420, 420), overlap = between(80, 80, 60, 90);

	(void)state;
	check_double(lorenz_efficiency_cop(&e, &at, NULL), 0.5 * 693.15 / 60, 1e-12, 0);
	check_double(lorenz_efficiency_cop(&carnot, &at, NULL), 2.7, 0, 0.005);
	assert_true(lorenz_efficiency_cop(&e, &overlap, NULL) == INFINITY);
}

static void test_polynomial_holds_at_its_limits(void **state)
{
	struct lorenz_efficiency e = {LORENZ_MODEL_POLYNOMIAL,
	                              .of.polynomial = {{{0.4, 0.001}, {0.002, 0, -1e-7}}, 273.15, 300, 400, 20, 80}};
	struct lorenz_temperatures at = {.sink_mean_k = 350, .source_mean_k = 300},
	                           out = {.sink_mean_k = 420, .source_mean_k = 300};
	double dt_k = 350 - 273.15, eta = 0.4 + 0.001 * 50 + 0.002 * dt_k - 1e-7 * dt_k * 2500;
	bool extrapolated;

	(void)state;
	check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), eta * 350 / 50, 1e-12, 0);
	assert_false(extrapolated);
	dt_k = 400 - 273.15;
	eta = 0.4 + 0.001 * 80 + 0.002 * dt_k - 1e-7 * dt_k * 6400;
	check_double(lorenz_efficiency_cop(&e, &out, &extrapolated), eta * 420 / 120, 1e-12, 0);
	assert_true(extrapolated);
	e.of.polynomial.coefficient[0][0] = 1.5;
	check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), 350.0 / 50, 1e-12, 0);
	assert_true(extrapolated);
	e.of.polynomial.coefficient[0][0] = -1.5;
	assert_true(isnan(lorenz_efficiency_cop(&e, &at, NULL)));
}

static void test_table_is_bilinear_and_holds_its_edges(void **state)
{
	struct lorenz_efficiency e = {.model = LORENZ_MODEL_TABLE};
	struct lorenz_eta_table *t = &e.of.table;
	struct lorenz_temperatures at = {.sink_mean_k = 360, .source_mean_k = 325};
	bool extrapolated;

	(void)state;
	*t = (struct lorenz_eta_table){2, 3, {350, 370}, {20, 40, 60}, {{0.4, 0.5, 0.6}, {0.5, 0.7, 0.8}}};
	assert_int_equal(lorenz_efficiency_check(&e), LORENZ_OK);
	check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), 0.5625 * 360 / 35, 1e-12, 0);
	assert_false(extrapolated);
	at = (struct lorenz_temperatures){.sink_mean_k = 390, .source_mean_k = 300};
	check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), 0.8 * 390 / 90, 1e-12, 0);
	assert_true(extrapolated);
	*t = (struct lorenz_eta_table){1, 1, {350}, {20}, {{0.45}}};
	check_double(lorenz_efficiency_cop(&e, &at, &extrapolated), 0.45 * 390 / 90, 1e-12, 0);
	assert_true(extrapolated);
}

/* COP falls as the sink rises above a given source. */
static void test_cop_falls_with_the_lift(void **state)
{
	const struct lorenz_efficiency models[] = {
	    lorenz_efficiency_constant(0.5),
	    lorenz_efficiency_jensen(LORENZ_FLUID_AMMONIA),
	    lorenz_efficiency_jensen(LORENZ_FLUID_ISOBUTANE),
	    lorenz_efficiency_carnot(0.4),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		double last = INFINITY;

		for (double out_c = 62; out_c < 130; out_c++) {
			struct lorenz_temperatures at = between(40, 30, 60, out_c);
			double cop = lorenz_efficiency_cop(&models[i], &at, NULL);

			assert_true(cop < last && cop > 1);
			last = cop;
		}
	}
}

static void test_part_load_is_straight_between_points(void **state)
{
	const struct lorenz_part_load p = {3, {0.2, 0.5, 1}, {0.8, 1.1, 0.9}}, none = {0};

	(void)state;
	check_near(lorenz_part_load_factor(&p, 0.1), 0.8);
	check_near(lorenz_part_load_factor(&p, 0.35), 0.95);
	check_near(lorenz_part_load_factor(&p, 0.5), 1.1);
	check_near(lorenz_part_load_factor(&p, 0.75), 1);
	check_near(lorenz_part_load_factor(&p, 1), 0.9);
	check_near(lorenz_part_load_factor(&none, 0.3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_jensen_as_published),
	    cmocka_unit_test(test_jensen_says_where_it_does_not_hold),
	    cmocka_unit_test(test_constant_and_carnot),
	    cmocka_unit_test(test_polynomial_holds_at_its_limits),
	    cmocka_unit_test(test_table_is_bilinear_and_holds_its_edges),
	    cmocka_unit_test(test_cop_falls_with_the_lift),
	    cmocka_unit_test(test_part_load_is_straight_between_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

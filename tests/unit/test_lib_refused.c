/* What the library refuses, by which name, and that a refusal leaves the outputs as they were. */
#include "check.h"

#include <lorenz/lorenz.h>

#include <float.h>

static const double T_SOURCE_K = 288.15, ETA = 0.55;

static void test_bad_segments_are_named(void **state)
{
	static const struct {
		struct lorenz_segment segment[2];
		enum lorenz_status status;
		size_t bad;
	} cases[] = {
	    {{{NAN, 400, 1}, {400, 500, 1}}, LORENZ_NOT_FINITE, 0},
	    {{{300, 400, 1}, {400, INFINITY, 1}}, LORENZ_NOT_FINITE, 1},
	    {{{300, 400, NAN}, {400, 500, 1}}, LORENZ_NOT_FINITE, 0},
	    {{{300, 400, DBL_MAX}, {400, 500, DBL_MAX}}, LORENZ_NOT_FINITE, 1},
	    {{{0, 400, 1}, {400, 500, 1}}, LORENZ_SINK_TEMPERATURE, 0},
	    {{{300, 400, 1}, {-1, 500, 1}}, LORENZ_SINK_TEMPERATURE, 1},
	    {{{300, 299, 1}, {400, 500, 1}}, LORENZ_TARGET_BELOW_INLET, 0},
	    {{{300, 400, 1}, {399, 500, 1}}, LORENZ_TARGET_BELOW_INLET, 1},
	    {{{300, 400, 1}, {400, 500, -1}}, LORENZ_SEGMENT_DUTY, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lorenz_curve curve = {.t_in_k = 42};
		size_t bad = 99;

		assert_int_equal(lorenz_curve_init(&curve, cases[i].segment, 2, &bad), cases[i].status);
		assert_int_equal(bad, cases[i].bad);
		assert_int_equal(lorenz_curve_init(&curve, cases[i].segment, 2, NULL), cases[i].status);
		check_near(curve.t_in_k, 42);
	}
}

static void test_segment_count_is_checked(void **state)
{
	struct lorenz_segment many[LORENZ_SEGMENTS_MAX + 1];
	struct lorenz_curve curve;
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);
	struct lorenz_operation op;

	(void)state;
	for (int i = 0; i <= LORENZ_SEGMENTS_MAX; i++)
		many[i] = (struct lorenz_segment){330 + i, 331 + i, 10};
	assert_int_equal(lorenz_curve_init(&curve, many, 0, NULL), LORENZ_SEGMENT_COUNT);
	assert_int_equal(lorenz_curve_init(&curve, many, LORENZ_SEGMENTS_MAX + 1, NULL), LORENZ_SEGMENT_COUNT);
	assert_int_equal(lorenz_curve_init(&curve, many, LORENZ_SEGMENTS_MAX, NULL), LORENZ_OK);
	assert_int_equal(lorenz_operate(&curve, T_SOURCE_K, &machine, (struct lorenz_rates){0.1, 1}, &op), LORENZ_OK);
	check_near(op.optimal.q_kw, 10.0 * LORENZ_SEGMENTS_MAX);
}

static enum lorenz_status status_of(struct lorenz_machine machine, double t_source_k, double elec, double heat)
{
	const struct lorenz_segment segment = {328.15, 503.15, 4800};
	struct lorenz_operation op = {.ratio = 42};
	struct lorenz_curve curve;
	enum lorenz_status status;

	assert_int_equal(lorenz_curve_init(&curve, &segment, 1, NULL), LORENZ_OK);
	status = lorenz_operate(&curve, t_source_k, &machine, (struct lorenz_rates){elec, heat}, &op);
	if (status != LORENZ_OK)
		check_near(op.ratio, 42);
	return status;
}

static void test_bad_machines_are_named(void **state)
{
	static const struct {
		struct lorenz_machine machine;
		enum lorenz_status status;
	} cases[] = {
	    {{0, 0, 9, 9, 9, 9, 0}, LORENZ_EFFICIENCY},          {{-0.5, 0, 9, 9, 9, 9, 0}, LORENZ_EFFICIENCY},
	    {{1.0001, 0, 9, 9, 9, 9, 0}, LORENZ_EFFICIENCY},     {{NAN, 0, 9, 9, 9, 9, 0}, LORENZ_NOT_FINITE},
	    {{0.5, INFINITY, 9, 9, 9, 9, 0}, LORENZ_NOT_FINITE}, {{0.5, 0, NAN, 9, 9, 9, 0}, LORENZ_NOT_FINITE},
	    {{0.5, 0, 9, 9, 9, 9, NAN}, LORENZ_NOT_FINITE},      {{0.5, -1, 9, 9, 9, 9, 0}, LORENZ_BOUNDS},
	    {{0.5, 0, -1, 9, 9, 9, 0}, LORENZ_BOUNDS},           {{0.5, 0, 9, -1, 9, 9, 0}, LORENZ_BOUNDS},
	    {{0.5, 0, 9, 9, -1, 9, 0}, LORENZ_BOUNDS},           {{0.5, 0, 9, 9, 9, -1, 0}, LORENZ_BOUNDS},
	    {{0.5, 0, 9, 9, 9, 9, -1}, LORENZ_BOUNDS},           {{1, 0, INFINITY, INFINITY, INFINITY, INFINITY, 0}, LORENZ_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(status_of(cases[i].machine, T_SOURCE_K, 132, 60), cases[i].status);
}

static void test_bad_source_and_rates_are_named(void **state)
{
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);

	(void)state;
	assert_int_equal(status_of(machine, 0, 132, 60), LORENZ_SOURCE_TEMPERATURE);
	assert_int_equal(status_of(machine, -5, 132, 60), LORENZ_SOURCE_TEMPERATURE);
	assert_int_equal(status_of(machine, NAN, 132, 60), LORENZ_NOT_FINITE);
	assert_int_equal(status_of(machine, INFINITY, 132, 60), LORENZ_NOT_FINITE);
	assert_int_equal(status_of(machine, T_SOURCE_K, NAN, 60), LORENZ_NOT_FINITE);
	assert_int_equal(status_of(machine, T_SOURCE_K, 132, INFINITY), LORENZ_NOT_FINITE);
}

static void test_every_code_has_its_text(void **state)
{
	(void)state;
	for (int i = 0; i < LORENZ_STATUS_COUNT; i++)
		assert_true(lorenz_status_text((enum lorenz_status)i)[0] != '\0');
	for (int i = 0; i < LORENZ_LIMIT_COUNT; i++)
		assert_true(lorenz_limit_text((enum lorenz_limit)i)[0] != '\0');
	assert_string_equal(lorenz_status_text((enum lorenz_status)99), "unknown status");
	assert_string_equal(lorenz_limit_text(LORENZ_LIMIT_P_ELEC_MAX), "p_elec_max");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_segments_are_named),  cmocka_unit_test(test_segment_count_is_checked),
	    cmocka_unit_test(test_bad_machines_are_named),  cmocka_unit_test(test_bad_source_and_rates_are_named),
	    cmocka_unit_test(test_every_code_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

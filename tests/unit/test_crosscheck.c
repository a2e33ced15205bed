/* Values that contradict each other: among the inputs of a loop, and measured heat, power and temperatures. */
#include "check.h"

#include "core/crosscheck.h"
#include "core/vote.h"

#include <string.h>

static const struct loop_config loop = {
    .source_tolerance_k = 2, .source_then = DOUBT_BAD, .target_margin_k = 5, .target_then = DOUBT_UNCERTAIN};

static void test_source_is_cooled(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, 285, 328, 503}, &e), QUALITY_GOOD);
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, 290, 328, 503}, &e), QUALITY_GOOD);
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, NAN, 328, 503}, &e), QUALITY_GOOD);
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288.15, 291.15, 328, 503}, &e), QUALITY_BAD);
	assert_string_equal(e.text, "source.t_out: 18 degC is above source.t_in, 15 degC: a heat pump cools its source");
}

static void test_sink_is_heated(void **state)
{
	struct loop_config unchecked = loop;
	struct err e;

	(void)state;
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, 285, 328.15, 331.15}, &e), QUALITY_UNCERTAIN);
	assert_string_equal(e.text, "sink.t_target: 58 degC is less than 5 K above the sink inlet, 55 degC");
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, 300, 328.15, 331.15}, &e),
	                 QUALITY_BAD); /* the worse of two */
	assert_non_null(strstr(e.text, "source.t_out"));
	assert_int_equal(crosscheck_inputs(&loop, (struct ends){288, 285, NAN, 331.15}, &e), QUALITY_GOOD);
	unchecked.target_margin_k = 0;
	assert_int_equal(crosscheck_inputs(&unchecked, (struct ends){288, 285, 331, 328}, &e),
	                 QUALITY_GOOD); /* the calculation refuses it */
}

/* ---- measured --------------------------------------------------------------------------- */

static const struct measured sane = {
    .q_sink_kw = 1500, .q_source_kw = 1000, .p_elec_kw = 500, .t_source_mean_k = 288, .t_sink_mean_k = 353};

static void test_sane_measurement(void **state)
{
	struct measured idle = sane, partial = sane;
	struct err e;

	(void)state;
	assert_int_equal(crosscheck_measured(&sane, 0.05, &e), QUALITY_GOOD);
	idle.p_elec_kw = 0;
	idle.q_sink_kw = 40;
	assert_int_equal(crosscheck_measured(&idle, 0.05, &e), QUALITY_GOOD);
	partial.q_source_kw = partial.t_sink_mean_k = NAN;
	assert_int_equal(crosscheck_measured(&partial, 0.05, &e), QUALITY_GOOD);
	partial.q_sink_kw = NAN;
	assert_int_equal(crosscheck_measured(&partial, 0.05, &e), QUALITY_GOOD);
}

static void test_energy_balance(void **state)
{
	struct measured m = sane;
	struct err e;

	(void)state;
	m.q_sink_kw = 1570;
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_GOOD);
	m.q_sink_kw = 1600;
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_UNCERTAIN);
	assert_string_equal(e.text, "measured heat 1600 kW is 100 kW above source and electricity together");
	m.q_sink_kw = 1400;
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_UNCERTAIN);
	assert_non_null(strstr(e.text, "below"));
}

static void test_cop_between_one_and_carnot(void **state)
{
	struct measured m = {
	    .q_sink_kw = 500, .p_elec_kw = 500, .q_source_kw = NAN, .t_source_mean_k = 288, .t_sink_mean_k = 353};
	struct err e;

	(void)state;
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_UNCERTAIN);
	assert_string_equal(e.text, "measured COP 1 is not above 1");
	m.q_sink_kw = 500 * 5.4; /* Carnot: 353/65 = 5.431 */
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_GOOD);
	m.q_sink_kw = 500 * 5.5;
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_BAD);
	assert_string_equal(e.text, "measured COP 5.5 is above 5.43, Carnot's from 14.85 to 79.85 degC");
	m.t_source_mean_k = 360; /* overlap: no bound */
	assert_int_equal(crosscheck_measured(&m, 0.05, &e), QUALITY_GOOD);
}

/* ---- votes ------------------------------------------------------------------------------ */

static void test_median_of_the_good(void **state)
{
	struct ballot b[] = {
	    {20, QUALITY_GOOD}, {85, QUALITY_GOOD}, {20.4, QUALITY_GOOD}, {-40, QUALITY_UNCERTAIN}, {0, QUALITY_BAD}};
	struct vote vote = vote_take(b, 5);

	(void)state;
	assert_int_equal(vote.quality, QUALITY_GOOD);
	check_near(vote.value, 20.4);
	check_near(vote.spread, 65);
	assert_int_equal(vote.n, 3);
	vote = vote_take(b, 2);
	check_near(vote.value, 52.5);
	vote = vote_take(b + 3, 2);
	assert_int_equal(vote.quality, QUALITY_UNCERTAIN);
	check_near(vote.value, -40);
	check_near(vote.spread, 0);
	vote = vote_take(b + 4, 1);
	assert_int_equal(vote.quality, QUALITY_BAD);
	check_double(vote.value, NAN, 0, 0);
}

/* As long as fewer than half are wrong, the result lies among the right ones, in whatever order they stand. */
static void test_minority_cannot_pull(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int run = 0; run < 100000; run++) {
		struct ballot b[BALLOTS_MAX];
		size_t n = 3 + (size_t)(run % 14), wrong = (n - 1) / 2;
		struct vote vote;

		for (size_t i = 0; i < n; i++) {
			size_t j;

			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			b[i] = (struct ballot){20 + (double)(seed >> 40) / 0x1p24, QUALITY_GOOD};
			if (i < wrong)
				b[i].value = seed & 0x10000 ? 1e6 : -1e6;
			j = (size_t)(seed >> 33) % (i + 1);
			struct ballot swap = b[i];
			b[i] = b[j];
			b[j] = swap;
		}
		vote = vote_take(b, n);
		assert_true(vote.value >= 20 && vote.value <= 21);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_source_is_cooled),           cmocka_unit_test(test_sink_is_heated),
	    cmocka_unit_test(test_sane_measurement),           cmocka_unit_test(test_energy_balance),
	    cmocka_unit_test(test_cop_between_one_and_carnot), cmocka_unit_test(test_median_of_the_good),
	    cmocka_unit_test(test_minority_cannot_pull),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

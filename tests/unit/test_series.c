/* Curves laid over each other, against a model that knows a value for every minute; bounds; look-ups. */
#include "check.h"

#include "core/series.h"

#include <stdlib.h>

enum { MINUTES = 400 };
static const int64_t MINUTE_US = 60000000;

static uint64_t seed = 20261126;

static unsigned below(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

static struct interval interval(int64_t from, int64_t until, double value)
{
	return (struct interval){.start_us = from * MINUTE_US, .end_us = until * MINUTE_US, .value = value};
}

/* Holes, steps of one minute to an hour, values of their own. */
static void make_curve(struct series *series, double *model, double tag)
{
	int64_t at = below(MINUTES / 2);

	for (unsigned n = 1 + below(40); n > 0 && at < MINUTES; n--) {
		int64_t until = at + 1 + below(below(4) ? 15 : 60);
		double value = tag * 1000 + (double)at;

		until = until < MINUTES ? until : MINUTES;
		assert_true(series_add(series, interval(at, until, value)));
		for (int64_t m = at; m < until; m++)
			model[m] = value;
		at = until + (below(5) ? 0 : below(20));
	}
}

static void check_against(const struct series *series, const double *model)
{
	for (size_t i = 0; i < series->n; i++) {
		assert_true(series->at[i].start_us < series->at[i].end_us);
		assert_true(i == 0 || series->at[i - 1].end_us <= series->at[i].start_us);
	}
	for (int64_t m = 0; m < MINUTES; m++) {
		const struct interval *first = series_find(series, m * MINUTE_US),
		                      *last = series_find(series, (m + 1) * MINUTE_US - 1);
		const struct interval *next = series_next(series, m * MINUTE_US);

		check_double(first ? first->value : NAN, model[m], 0, 0);
		check_double(last ? last->value : NAN, model[m], 0, 0);
		assert_true(!next || next->start_us > m * MINUTE_US);
	}
}

static void test_merge(void **state)
{
	(void)state;
	for (int run = 0; run < 2000; run++) {
		double model[MINUTES];
		struct series known = {0};

		for (int m = 0; m < MINUTES; m++)
			model[m] = NAN;
		for (unsigned message = 1; message <= 1 + below(6); message++) {
			struct series newer = {0};
			int64_t left_out_us;

			make_curve(&newer, model, message);
			assert_true(series_merge(&known, &newer, INT64_MIN, &left_out_us));
			assert_int_equal(left_out_us, INT64_MAX);
			check_against(&known, model);
			series_done(&newer);
		}
		series_done(&known);
	}
}

static void test_forgets_what_ended(void **state)
{
	struct series known = {0}, newer = {0};
	int64_t left_out_us;

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(series_add(&newer, interval(i, i + 1, i)));
	assert_true(series_merge(&known, &newer, 4 * MINUTE_US, &left_out_us));
	assert_int_equal(known.n, 6);
	assert_int_equal(known.at[0].start_us, 4 * MINUTE_US);
	assert_true(series_merge(&known, &newer, 100 * MINUTE_US, &left_out_us));
	assert_int_equal(known.n, 1);
	assert_int_equal(known.at[0].end_us, 10 * MINUTE_US);
	series_done(&known);
	series_done(&newer);
}

static void test_bound(void **state)
{
	struct series known = {0}, newer = {0};
	int64_t left_out_us;

	(void)state;
	for (int i = 0; i < SERIES_MAX + 7; i++)
		assert_true(series_add(&newer, interval(i, i + 1, i)));
	assert_true(series_merge(&known, &newer, INT64_MIN, &left_out_us));
	assert_int_equal(known.n, SERIES_MAX);
	assert_int_equal(left_out_us, SERIES_MAX * MINUTE_US);
	check_double(known.at[SERIES_MAX - 1].value, SERIES_MAX - 1, 0, 0);
	/* what has passed makes room */
	assert_true(series_merge(&known, &newer, 7 * MINUTE_US, &left_out_us));
	assert_int_equal(left_out_us, INT64_MAX);
	check_double(known.at[known.n - 1].value, SERIES_MAX + 6, 0, 0);
	series_done(&known);
	series_done(&newer);
}

static void test_empty(void **state)
{
	struct series known = {0}, newer = {0};
	int64_t left_out_us;

	(void)state;
	assert_null(series_find(&known, 0));
	assert_null(series_next(&known, 0));
	assert_true(series_merge(&known, &newer, 0, &left_out_us));
	assert_int_equal(known.n, 0);
	series_done(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_merge),
	    cmocka_unit_test(test_forgets_what_ended),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

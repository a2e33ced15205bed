/* The filters on values alone: each by hand, then seeded sequences in which whatever passes must keep every promise. */
#include "check.h"

#include "core/filter.h"

#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)

struct bench {
	struct filter_config config;
	struct signal_config signal;
	struct filter *filter;
	int64_t at_us;
	struct err e;
};

static void bench_init(struct bench *b, struct filter_config config)
{
	*b = (struct bench){.config = config};
	b->signal = (struct signal_config){.unit = unit_find(DIM_TEMPERATURE, "degC"), .scale = 1, .filter = &b->config};
	b->filter = filter_new(&b->config);
	assert_non_null(b->filter);
}

static enum verdict take(struct bench *b, double seconds, double value)
{
	b->at_us = (int64_t)(seconds * 1e6);
	return filter_take(b->filter, &b->signal, b->at_us, value, &b->e);
}

/* ---- one by one ------------------------------------------------------------------------- */

static void test_sentinels_are_raw(void **state)
{
	static const double sentinels[] = {888.8, -999.9, 65535};
	struct bench b;

	(void)state;
	bench_init(&b, (struct filter_config){.sentinels = sentinels, .n_sentinels = 3});
	assert_true(filter_is_sentinel(&b.signal, 888.8));
	assert_true(filter_is_sentinel(&b.signal, -999.900024)); /* in single precision */
	assert_false(filter_is_sentinel(&b.signal, 888.9));
	assert_false(filter_is_sentinel(&b.signal, 0));
	b.signal.scale = 0.1;
	b.signal.offset = -40;
	assert_true(filter_is_sentinel(&b.signal, 65535 * 0.1 - 40));
	assert_false(filter_is_sentinel(&b.signal, 65535));
	b.signal.filter = NULL;
	assert_false(filter_is_sentinel(&b.signal, 888.8));
	free(b.filter);
}

static void test_spike_is_refused_and_a_step_passes_when_it_stays(void **state)
{
	struct bench b;
	double noise[] = {20, 20.1, 19.9, 20, 20.2, 20, 20.1};

	(void)state;
	bench_init(&b, (struct filter_config){.spike_window = 7, .spike_threshold = 4, .spike_smallest = NAN});
	for (int i = 0; i < 7; i++)
		assert_int_equal(take(&b, i, noise[i]), VERDICT_PASS);
	assert_int_equal(take(&b, 7, 85), VERDICT_SPIKE);
	assert_non_null(strstr(b.e.text, "85 degC is a spike: the median of the last 7 is 20"));
	assert_int_equal(take(&b, 8, 20), VERDICT_PASS);
	assert_int_equal(take(&b, 9, 21.9), VERDICT_PASS); /* within 2 K whatever the noise */
	for (int i = 0; i < 7; i++)
		assert_int_equal(take(&b, 10 + i, noise[i]), VERDICT_PASS);
	for (int i = 0; i < 3; i++)
		assert_int_equal(take(&b, 20 + i, 60), VERDICT_SPIKE);
	assert_int_equal(take(&b, 23, 60), VERDICT_PASS); /* four of seven */
	free(b.filter);
}

static void test_first_values_pass(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, (struct filter_config){.spike_window = 5, .spike_threshold = 4, .spike_smallest = NAN});
	for (int i = 0; i < 4; i++)
		assert_int_equal(take(&b, i, i == 2 ? 500 : 20), VERDICT_PASS);
	assert_int_equal(take(&b, 4, 500), VERDICT_SPIKE);
	free(b.filter);
}

static void test_rate_is_a_band_that_opens(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, (struct filter_config){.max_change = 5, .per_us = 60 * S});
	assert_int_equal(take(&b, 0, 20), VERDICT_PASS);
	assert_int_equal(take(&b, 1, 25), VERDICT_PASS);       /* as much at once */
	assert_int_equal(take(&b, 2, 25.5), VERDICT_TOO_FAST); /* but not step by step */
	assert_non_null(strstr(b.e.text, "25.5 degC changed too fast: from 19.9167 to 25.1667 can be by now"));
	assert_int_equal(take(&b, 2, 20), VERDICT_PASS);
	assert_int_equal(take(&b, 62, 60), VERDICT_TOO_FAST);
	assert_int_equal(take(&b, 602, 60), VERDICT_PASS);   /* it may have got there meanwhile */
	assert_int_equal(take(&b, 542, 64.9), VERDICT_PASS); /* a clock that goes back closes nothing */
	free(b.filter);
}

static void test_frozen_after_messages_not_silence(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, (struct filter_config){.frozen_after_us = 3600 * S});
	for (int i = 0; i < 60; i++)
		assert_int_equal(take(&b, 60 * i, 20.1), VERDICT_PASS);
	assert_int_equal(take(&b, 3600, 20.1), VERDICT_FROZEN);
	assert_non_null(strstr(b.e.text, "frozen: 20.1 degC without a change for 3600 s"));
	assert_int_equal(take(&b, 3660, 20.2), VERDICT_PASS);
	assert_int_equal(take(&b, 20000, 20.2), VERDICT_PASS); /* nothing was heard: it may well have moved */
	free(b.filter);
}

static void test_smoothing_on_irregular_samples(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, (struct filter_config){.smoothing_us = 30 * S});
	take(&b, 0, 20);
	check_near(b.filter->used, 20);
	take(&b, 30, 30);
	check_near(b.filter->used, 30 - 10 * exp(-1));
	take(&b, 30, 40);
	check_near(b.filter->used, 30 - 10 * exp(-1)); /* no time, no change */
	take(&b, 3000, 10);
	check_double(b.filter->used, 10, 0, 1e-9);
	take(&b, 2990, 20); /* the clock went back */
	assert_true(b.filter->used >= 10 && b.filter->used <= 20);
	free(b.filter);
}

/* Half the time constant twice is the same as once the whole. */
static void test_smoothing_does_not_depend_on_the_sampling(void **state)
{
	struct bench once, often;

	(void)state;
	bench_init(&once, (struct filter_config){.smoothing_us = 30 * S});
	bench_init(&often, (struct filter_config){.smoothing_us = 30 * S});
	take(&once, 0, 20);
	take(&often, 0, 20);
	take(&once, 45, 80);
	for (int i = 1; i <= 90; i++)
		take(&often, i * 0.5, 80);
	check_double(often.filter->used, once.filter->used, 1e-12, 0);
	free(once.filter);
	free(often.filter);
}

/* ---- promises --------------------------------------------------------------------------- */

static uint64_t seed = 0x5EED;

static double uniform(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(seed >> 11) * 0x1p-53;
}

enum { KEPT = 48 };

/* What passed last, and what came last, oldest first. */
struct past {
	double value[KEPT], raw[KEPT];
	int64_t at_us[KEPT];
	int n, n_raw;
};

static void push(double *list, int n, double value)
{
	if (n == KEPT)
		memmove(list, list + 1, (KEPT - 1) * sizeof(*list));
	list[n == KEPT ? KEPT - 1 : n] = value;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Hampel's rule anew, with the library's sort. */
static bool spike_by_the_book(const struct bench *b, const struct past *past)
{
	double sorted[KEPT], centre, value = past->raw[past->n_raw - 1];
	int n = (int)b->config.spike_window;

	if (n == 0 || past->n_raw < n)
		return false;
	memcpy(sorted, past->raw + past->n_raw - n, (size_t)n * sizeof(*sorted));
	qsort(sorted, (size_t)n, sizeof(*sorted), by_value);
	centre = (sorted[n / 2] + sorted[(n - 1) / 2]) / 2;
	for (int i = 0; i < n; i++)
		sorted[i] = fabs(sorted[i] - centre);
	qsort(sorted, (size_t)n, sizeof(*sorted), by_value);
	return fabs(value - centre) >
	       fmax(b->config.spike_smallest, b->config.spike_threshold * 1.4826 * (sorted[n / 2] + sorted[(n - 1) / 2]) / 2);
}

static bool too_fast_by_the_book(const struct bench *b, const struct past *past, int64_t at_us, double value, double slack)
{
	for (int i = 0; b->config.per_us > 0 && i < past->n; i++) {
		double allowed = b->config.max_change * (1 + (double)(at_us - past->at_us[i]) / (double)b->config.per_us);

		if (fabs(value - past->value[i]) > allowed + slack)
			return true;
	}
	return false;
}

static void check_step(struct bench *b, struct past *past, double value, double *low, double *high, double *before)
{
	enum verdict verdict = filter_take(b->filter, &b->signal, b->at_us, value, &b->e);

	push(past->raw, past->n_raw, value);
	past->n_raw += past->n_raw < KEPT;
	assert_int_equal(verdict == VERDICT_SPIKE, spike_by_the_book(b, past));
	check_double(b->filter->raw, value, 0, 0);
	if (verdict == VERDICT_SPIKE || verdict == VERDICT_TOO_FAST)
		return;
	assert_false(too_fast_by_the_book(b, past, b->at_us, value, 1e-9));
	assert_true(verdict != VERDICT_FROZEN || (past->n > 0 && value == past->value[past->n - 1]));
	*low = fmin(*low, value);
	*high = fmax(*high, value);
	assert_true(b->filter->used >= *low - 1e-9 && b->filter->used <= *high + 1e-9);
	assert_true(isnan(*before) || fabs(b->filter->used - value) <= fabs(*before - value) + 1e-9);
	*before = b->filter->used;
	push(past->value, past->n, value);
	if (past->n == KEPT)
		memmove(past->at_us, past->at_us + 1, (KEPT - 1) * sizeof(*past->at_us));
	past->at_us[past->n == KEPT ? KEPT - 1 : past->n] = b->at_us;
	past->n += past->n < KEPT;
}

static void run_sequence(int steps)
{
	struct filter_config config = {
	    .spike_window = uniform() < 0.3 ? 0 : 3 + floor(20 * uniform()),
	    .spike_threshold = 1 + 5 * uniform(),
	    .spike_smallest = 0.1 + 3 * uniform(),
	    .max_change = 0.5 + 10 * uniform(),
	    .per_us = uniform() < 0.3 ? 0 : (int64_t)(1e6 + 1e8 * uniform()),
	    .frozen_after_us = uniform() < 0.5 ? 0 : (int64_t)(1e6 + 1e8 * uniform()),
	    .smoothing_us = uniform() < 0.5 ? 0 : (int64_t)(1e8 * uniform()),
	};
	double level = 20, low = INFINITY, high = -INFINITY, before = NAN;
	struct past past = {0};
	struct bench b;

	bench_init(&b, config);
	for (int i = 0; i < steps; i++) {
		double dice = uniform();

		b.at_us += dice < 0.01 ? (int64_t)(4e9 * uniform()) : (int64_t)(5e6 * uniform());
		level += dice < 0.02 ? 60 * (uniform() - 0.5) : 0.2 * (uniform() - 0.5);
		check_step(&b, &past,
		           dice > 0.97  ? 200 * (uniform() - 0.5)
		           : dice > 0.5 ? floor(level)
		                        : level,
		           &low, &high, &before);
	}
	free(b.filter);
}

static void test_whatever_passes_keeps_the_promises(void **state)
{
	(void)state;
	for (int i = 0; i < 500; i++)
		run_sequence(1000);
}

/* A sensor that is right for good is believed again, however wrong it was before. */
static void test_no_lockout(void **state)
{
	(void)state;
	for (int run = 0; run < 200; run++) {
		struct bench b;
		double level = 200 * (uniform() - 0.5);
		int i = 0;

		bench_init(&b, (struct filter_config){.spike_window = 3 + floor(20 * uniform()),
		                                      .spike_threshold = 4,
		                                      .spike_smallest = 1,
		                                      .max_change = 1 + 9 * uniform(),
		                                      .per_us = 60 * S});
		for (; i < 50; i++)
			take(&b, 10 * i, 400 * (uniform() - 0.5));
		for (; i < 50 + 22 + 6 * 401; i++)
			take(&b, 10 * i, level);
		check_double(b.filter->used, level, 0, 0);
		free(b.filter);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentinels_are_raw),
	    cmocka_unit_test(test_spike_is_refused_and_a_step_passes_when_it_stays),
	    cmocka_unit_test(test_first_values_pass),
	    cmocka_unit_test(test_rate_is_a_band_that_opens),
	    cmocka_unit_test(test_frozen_after_messages_not_silence),
	    cmocka_unit_test(test_smoothing_on_irregular_samples),
	    cmocka_unit_test(test_smoothing_does_not_depend_on_the_sampling),
	    cmocka_unit_test(test_whatever_passes_keeps_the_promises),
	    cmocka_unit_test(test_no_lockout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

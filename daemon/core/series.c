/* Look-ups by bisection; merging is one sweep over both curves. */
#include "series.h"

#include <stdlib.h>
#include <string.h>

void series_done(struct series *series)
{
	free(series->at);
	*series = (struct series){0};
}

bool series_add(struct series *series, struct interval interval)
{
	if (series->n == series->size) {
		size_t size = series->size ? 2 * series->size : 64;
		struct interval *at = realloc(series->at, size * sizeof(*at));

		if (!at)
			return false;
		series->at = at;
		series->size = size;
	}
	series->at[series->n++] = interval;
	return true;
}

/* How many begin at or before the moment. */
static size_t begun_by(const struct series *series, int64_t utc_us)
{
	size_t low = 0, high = series->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (series->at[middle].start_us <= utc_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct interval *series_find(const struct series *series, int64_t utc_us)
{
	size_t n = begun_by(series, utc_us);

	return n > 0 && utc_us < series->at[n - 1].end_us ? &series->at[n - 1] : NULL;
}

const struct interval *series_next(const struct series *series, int64_t utc_us)
{
	size_t n = begun_by(series, utc_us);

	return n < series->n ? &series->at[n] : NULL;
}

/* What of older newer does not cover; no interval of newer before *k reaches it. */
static bool add_uncovered(struct series *out, struct interval older, const struct series *newer, size_t *k)
{
	while (*k < newer->n && newer->at[*k].end_us <= older.start_us)
		++*k;
	for (size_t i = *k; i < newer->n && newer->at[i].start_us < older.end_us; i++) {
		struct interval before = older;

		before.end_us = newer->at[i].start_us;
		if (before.start_us < before.end_us && !series_add(out, before))
			return false;
		if (older.start_us < newer->at[i].end_us)
			older.start_us = newer->at[i].end_us;
	}
	return older.start_us >= older.end_us || series_add(out, older);
}

static int by_start(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	return x->start_us < y->start_us ? -1 : x->start_us > y->start_us;
}

/* The newest that has ended stays, so that it can be told where the curve ended. */
static void forget(struct series *series, int64_t keep_from_us)
{
	size_t n = 0;

	while (n + 1 < series->n && series->at[n].end_us <= keep_from_us)
		n++;
	memmove(series->at, series->at + n, (series->n - n) * sizeof(*series->at));
	series->n -= n;
}

bool series_merge(struct series *series, const struct series *newer, int64_t keep_from_us, int64_t *left_out_from_us)
{
	struct series merged = {0};
	size_t k = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < series->n; i++)
		ok = add_uncovered(&merged, series->at[i], newer, &k);
	for (size_t i = 0; ok && i < newer->n; i++)
		ok = series_add(&merged, newer->at[i]);
	if (!ok) {
		series_done(&merged);
		return false;
	}
	if (merged.n > 0) {
		qsort(merged.at, merged.n, sizeof(*merged.at), by_start);
		forget(&merged, keep_from_us);
	}
	*left_out_from_us = merged.n > SERIES_MAX ? merged.at[SERIES_MAX].start_us : INT64_MAX;
	merged.n = merged.n > SERIES_MAX ? SERIES_MAX : merged.n;
	free(series->at);
	*series = merged;
	return true;
}

/* A forward curve: what a quantity is worth from when until when. Intervals are kept in rising order and never overlap; a hole
 * between two means that nobody knows. Knows no clock and no payload. */
#ifndef CORE_SERIES_H
#define CORE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERIES_MAX = 4096 }; /* intervals that are kept of one curve */

struct interval {
	int64_t start_us, end_us; /* UTC; start < end, the end not included */
	double value;             /* in the signal's unit */
};

struct series {
	struct interval *at;
	size_t n, size;
};

void series_done(struct series *series);
/* To be filled in any order, then sorted by who fills it. False: out of memory. */
bool series_add(struct series *series, struct interval interval);
/* The interval that contains the moment; NULL: none. */
const struct interval *series_find(const struct series *series, int64_t utc_us);
/* The first one that begins after the moment; NULL: none. */
const struct interval *series_next(const struct series *series, int64_t utc_us);
/* Lays newer over series: where both know something newer counts. What ended before keep_from_us is forgotten, but for the
 * newest of it; of more than SERIES_MAX the latest are left out. *left_out_from_us: where those begin, INT64_MAX: none were.
 * False: out of memory, series is as before. */
bool series_merge(struct series *series, const struct series *newer, int64_t keep_from_us, int64_t *left_out_from_us);

#endif

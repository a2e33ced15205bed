/* One hour of one signal, summed up sample by sample. A value is in force from its stamp until the next sample, however
 * that is, or until it is stale. The mean is weighted by the time in force; a value in force at the hour's start counts
 * from there. A bad sample only ends what was in force. Knows no database. */
#ifndef IO_STORE_HOUR_H
#define IO_STORE_HOUR_H

#include "core/record.h"

struct hour_sum {
	int64_t from_us, until_us; /* of the hour, or of the part of it that has passed */
	int64_t stale_us;          /* 0: never */
	int64_t samples;           /* in the hour, bad ones too */
	int64_t n;                 /* not bad */
	double min, max, last;     /* valid with known */
	bool known;                /* a value was sampled or in force */
	bool held;                 /* value is in force from held_from_us to held_until_us */
	double value;
	int64_t held_from_us, held_until_us;
	double first, weighted;    /* sum of (value - first) * microseconds */
	int64_t weight_us;
};

void hour_begin(struct hour_sum *hour, int64_t from_us, int64_t until_us, int64_t stale_us);
/* In rising order of time; the first may lie before the hour, as the one that is in force at its start. */
void hour_add(struct hour_sum *hour, int64_t ts_us, enum quality quality, double value);
/* True where there is anything to keep; *mean within [min, max]. */
bool hour_end(struct hour_sum *hour, double *mean);
/* After hour_end: the value in force reaches beyond the end. */
bool hour_reaches_on(const struct hour_sum *hour);

#endif

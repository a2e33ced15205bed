/* One signal's values in time: what is a spike, too fast a change or a frozen sensor, and what is left once it is smoothed.
 * Works in the signal's unit on times handed in; knows neither topics nor quality. */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "config.h"

enum verdict { VERDICT_PASS, VERDICT_SPIKE, VERDICT_TOO_FAST, VERDICT_FROZEN };

/* What is remembered of the values so far. */
struct filter {
	double raw;        /* the newest, whatever became of it; NaN: none yet */
	double used;       /* of the newest that passed, smoothed; NaN: none yet */
	int64_t at_us;     /* of the newest that was judged; INT64_MIN: none yet */
	int64_t passed_us; /* of the newest that passed */
	double low, high;  /* what max_rate allows at at_us */
	double same;       /* the value that the sensor sits on */
	int64_t same_since_us;
	uint32_t n, next; /* of window: how many it has, where the next one goes */
	double window[];  /* the newest values, in a ring */
};

struct filter *filter_new(const struct filter_config *config); /* NULL: out of memory */
/* The same judgement: what one of them remembers goes for the other. */
bool filter_alike(const struct filter_config *a, const struct filter_config *b);

/* Whether the value, after scale and offset, is one of the sentinels; within a millionth, as single precision prints them. */
bool filter_is_sentinel(const struct signal_config *config, double value);
/* Judges the next value; at_us (monotonic) is when its age was 0. Where it passes, and where it is frozen, filter->used is what
 * the loops are to see; e says why it does not pass. */
enum verdict filter_take(struct filter *filter, const struct signal_config *config, int64_t at_us, double value, struct err *e);

#endif

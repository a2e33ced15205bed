/* Sums up one hour of one signal: number, extremes, last and time-weighted mean. */
#include "store_hour.h"

#include <math.h>

static void know(struct hour_sum *hour, double value)
{
	if (!hour->known) {
		hour->min = hour->max = hour->first = value;
		hour->known = true;
	}
	hour->min = fmin(hour->min, value);
	hour->max = fmax(hour->max, value);
	hour->last = value;
}

/* Counts what was in force for the time until then. */
static void count_held(struct hour_sum *hour, int64_t until_us)
{
	int64_t from_us = hour->held_from_us > hour->from_us ? hour->held_from_us : hour->from_us;

	if (until_us > hour->held_until_us)
		until_us = hour->held_until_us;
	if (!hour->held || until_us <= from_us)
		return;
	know(hour, hour->value);
	hour->weighted += (hour->value - hour->first) * (double)(until_us - from_us);
	hour->weight_us += until_us - from_us;
}

void hour_begin(struct hour_sum *hour, int64_t from_us, int64_t until_us, int64_t stale_us)
{
	*hour = (struct hour_sum){.from_us = from_us, .until_us = until_us, .stale_us = stale_us};
}

void hour_add(struct hour_sum *hour, int64_t ts_us, enum quality quality, double value)
{
	bool good = quality != QUALITY_BAD && isfinite(value);
	bool inside = ts_us >= hour->from_us;

	count_held(hour, ts_us);
	hour->held = good;
	hour->value = value;
	hour->held_from_us = ts_us;
	hour->held_until_us = hour->stale_us > 0 && ts_us < INT64_MAX - hour->stale_us ? ts_us + hour->stale_us : INT64_MAX;
	hour->samples += inside;
	hour->n += inside && good;
	if (inside && good)
		know(hour, value);
}

bool hour_end(struct hour_sum *hour, double *mean)
{
	count_held(hour, hour->until_us);
	if (!hour->known)
		return false;
	/* without any time in force (a sample at the very end) the limit is the last value */
	double m = hour->weight_us > 0 ? hour->first + hour->weighted / (double)hour->weight_us : hour->last;

	*mean = fmin(fmax(m, hour->min), hour->max);
	return true;
}

bool hour_reaches_on(const struct hour_sum *hour)
{
	return hour->held && hour->held_until_us > hour->until_us;
}

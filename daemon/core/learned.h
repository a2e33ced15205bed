/* A figure of the plant learned from what is measured of it: windows of steady load, one value of the figure from each, of the
 * newest ones the median, and that smoothed. Knows neither plant nor figure, so that one who learns the heat-capacity rate of a
 * source and one who learns an efficiency share it. Times are monotonic. */
#ifndef CORE_LEARNED_H
#define CORE_LEARNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STEADY_CHANNELS = 4, LEARNED_KEPT = 5, LEARNED_LEAST = 3 };

/* A window in which none of some measurements moves by more than it may. All 0: none has begun. */
struct steady {
	bool open;
	int64_t begin_us, at_us;
	double last[STEADY_CHANNELS], low[STEADY_CHANNELS], high[STEADY_CHANNELS], sum[STEADY_CHANNELS];
};
/* The values hold from now on. Where one has moved by more than spread the window begins anew. True, with their means over time,
 * where it has lasted length_us; the next one begins. */
bool steady_feed(struct steady *steady, size_t n, const double *value, const double *spread, int64_t now_us, int64_t length_us,
                 double *mean);
void steady_break(struct steady *steady); /* something is not known, or the plant is not at work */

struct learned {
	double kept[LEARNED_KEPT]; /* a ring */
	uint64_t n;                /* ever */
	double value;              /* smoothed; of use from LEARNED_LEAST values on */
};
/* Another value, of a window of that length; smoothing_us is the time constant, in time at steady load. */
void learned_take(struct learned *learned, double value, int64_t length_us, int64_t smoothing_us);
double learned_value(const struct learned *learned); /* NaN: not yet */
/* How far the newest values lie from each other: their scaled median deviation, as a share; NaN: not yet. */
double learned_spread(const struct learned *learned);

#endif

/* One value far off among the newest moves the median little, so a window that only seemed steady does no harm. */
#include "learned.h"

#include <math.h>

/* Makes the median absolute deviation of normal noise its standard deviation. */
static const double MAD_SCALE = 1.4826;

/* ---- steady ------------------------------------------------------------------------------ */

static void begin(struct steady *s, size_t n, const double *value, int64_t now_us)
{
	s->open = true;
	s->begin_us = s->at_us = now_us;
	for (size_t i = 0; i < n; i++) {
		s->last[i] = s->low[i] = s->high[i] = value[i];
		s->sum[i] = 0;
	}
}

static void go_on(struct steady *s, size_t n, int64_t now_us)
{
	for (size_t i = 0; i < n; i++)
		s->sum[i] += s->last[i] * (double)(now_us - s->at_us);
	s->at_us = now_us;
}

static bool stays(struct steady *s, size_t n, const double *value, const double *spread)
{
	bool steady = true;

	for (size_t i = 0; i < n; i++) {
		s->last[i] = value[i];
		s->low[i] = fmin(s->low[i], value[i]);
		s->high[i] = fmax(s->high[i], value[i]);
		steady &= s->high[i] - s->low[i] <= spread[i];
	}
	return steady;
}

bool steady_feed(struct steady *s, size_t n, const double *value, const double *spread, int64_t now_us, int64_t length_us, double *mean)
{
	if (!s->open) {
		begin(s, n, value, now_us);
		return false;
	}
	go_on(s, n, now_us);
	if (!stays(s, n, value, spread)) {
		begin(s, n, value, now_us);
		return false;
	}
	if (now_us - s->begin_us < length_us)
		return false;
	for (size_t i = 0; i < n; i++)
		mean[i] = s->sum[i] / (double)(now_us - s->begin_us);
	begin(s, n, value, now_us);
	return true;
}

void steady_break(struct steady *s)
{
	s->open = false;
}

/* ---- learned ----------------------------------------------------------------------------- */

/* Sorts. */
static double median(double *value, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double moved = value[i];
		size_t j = i;

		for (; j > 0 && value[j - 1] > moved; j--)
			value[j] = value[j - 1];
		value[j] = moved;
	}
	return n % 2 ? value[n / 2] : 0.5 * (value[n / 2 - 1] + value[n / 2]);
}

static size_t copy_kept(const struct learned *l, double *out)
{
	size_t n = l->n < LEARNED_KEPT ? (size_t)l->n : LEARNED_KEPT;

	for (size_t i = 0; i < n; i++)
		out[i] = l->kept[i];
	return n;
}

void learned_take(struct learned *l, double value, int64_t length_us, int64_t smoothing_us)
{
	double kept[LEARNED_KEPT], middle;

	l->kept[l->n++ % LEARNED_KEPT] = value;
	middle = median(kept, copy_kept(l, kept));
	if (l->n <= LEARNED_LEAST)
		l->value = middle;
	else
		l->value += (1 - exp(-(double)length_us / (double)smoothing_us)) * (middle - l->value);
}

double learned_value(const struct learned *l)
{
	return l->n >= LEARNED_LEAST ? l->value : NAN;
}

double learned_spread(const struct learned *l)
{
	double kept[LEARNED_KEPT], middle;
	size_t n = copy_kept(l, kept);

	if (n < LEARNED_LEAST)
		return NAN;
	middle = median(kept, n);
	for (size_t i = 0; i < n; i++)
		kept[i] = fabs(kept[i] - middle);
	return MAD_SCALE * median(kept, n) / fabs(middle);
}

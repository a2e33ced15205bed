/* Spikes: Hampel's identifier over the newest values, those that were refused among them, so that a real step passes once
 * it fills half of the window. Rate: a band that opens with time and closes around each value that passes; of any two that
 * passed, the later is within change * (1 + t / per) of the earlier. A frozen run ends with another value or a silence. */
#include "filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_MAX = 63 };

/* Makes the median absolute deviation of normal noise its standard deviation. */
static const double MAD_SCALE = 1.4826;

struct filter *filter_new(const struct filter_config *config)
{
	struct filter *filter = calloc(1, sizeof(*filter) + (size_t)config->spike_window * sizeof(double));

	if (filter) {
		filter->raw = filter->used = filter->same = NAN;
		filter->at_us = INT64_MIN;
		filter->low = -INFINITY;
		filter->high = INFINITY;
	}
	return filter;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

bool filter_alike(const struct filter_config *a, const struct filter_config *b)
{
	return a->max_change == b->max_change && a->per_us == b->per_us && a->frozen_after_us == b->frozen_after_us &&
	       a->spike_window == b->spike_window && a->spike_threshold == b->spike_threshold &&
	       same_number(a->spike_smallest, b->spike_smallest) && a->smoothing_us == b->smoothing_us;
}

bool filter_is_sentinel(const struct signal_config *config, double value)
{
	for (size_t i = 0; config->filter && i < config->filter->n_sentinels; i++) {
		double sentinel = config->filter->sentinels[i];

		if (fabs(value - (sentinel * config->scale + config->offset)) <= 1e-6 * fabs(sentinel * config->scale))
			return true;
	}
	return false;
}

/* ---- spikes ----------------------------------------------------------------------------- */

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
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

static double smallest_spike(const struct signal_config *config, double centre)
{
	if (!isnan(config->filter->spike_smallest))
		return config->filter->spike_smallest / config->unit->factor;
	return config->unit->dimension == DIM_TEMPERATURE ? 2 / config->unit->factor : 0.01 * fabs(centre);
}

static bool is_spike(struct filter *f, const struct signal_config *config, double value, struct err *e)
{
	size_t size = (size_t)config->filter->spike_window;
	double sorted[WINDOW_MAX], centre, allowed;

	if (size == 0)
		return false;
	f->window[f->next] = value;
	f->next = (f->next + 1) % (uint32_t)size;
	f->n += f->n < size;
	if (f->n < size)
		return false;
	memcpy(sorted, f->window, size * sizeof(*sorted));
	centre = median(sorted, size);
	for (size_t i = 0; i < size; i++)
		sorted[i] = fabs(sorted[i] - centre);
	allowed = fmax(config->filter->spike_threshold * MAD_SCALE * median(sorted, size), smallest_spike(config, centre));
	if (fabs(value - centre) <= allowed)
		return false;
	err_set(e, "%g %s is a spike: the median of the last %zu is %g, no more than %.3g from it is believed", value,
	        config->unit->name, size, centre, allowed);
	return true;
}

/* ---- rate ------------------------------------------------------------------------------- */

static void open_band(struct filter *f, const struct signal_config *config, int64_t passed_us)
{
	double opened = config->filter->max_change / config->unit->factor * (double)passed_us / (double)config->filter->per_us;

	f->low -= opened;
	f->high += opened;
}

static bool is_too_fast(struct filter *f, const struct signal_config *config, int64_t passed_us, double value, struct err *e)
{
	double change = config->filter->max_change / config->unit->factor;

	if (config->filter->per_us == 0)
		return false;
	if (passed_us > 0)
		open_band(f, config, passed_us);
	if (value < f->low || value > f->high) {
		err_set(e, "%g %s changed too fast: from %g to %g can be by now", value, config->unit->name, f->low, f->high);
		return true;
	}
	f->low = fmax(f->low, value - change);
	f->high = fmin(f->high, value + change);
	return false;
}

/* ---- the whole -------------------------------------------------------------------------- */

static bool is_frozen(struct filter *f, const struct signal_config *config, int64_t at_us, double value, struct err *e)
{
	int64_t after_us = config->filter->frozen_after_us;
	int64_t silent_us = isnan(f->used) ? 0 : at_us - f->passed_us;

	if (after_us == 0)
		return false;
	if (value != f->same || silent_us >= after_us) {
		f->same = value;
		f->same_since_us = at_us;
	}
	if (at_us - f->same_since_us < after_us)
		return false;
	err_set(e, "frozen: %g %s without a change for %g s", value, config->unit->name,
	        (double)(at_us - f->same_since_us) / 1e6);
	return true;
}

/* As if the value had been the input since the one before that passed. */
static double smooth(const struct filter *f, const struct signal_config *config, int64_t at_us, double value)
{
	double elapsed_us = at_us > f->passed_us ? (double)(at_us - f->passed_us) : 0;

	if (config->filter->smoothing_us == 0 || isnan(f->used))
		return value;
	return value + (f->used - value) * exp(-elapsed_us / (double)config->filter->smoothing_us);
}

enum verdict filter_take(struct filter *f, const struct signal_config *config, int64_t at_us, double value, struct err *e)
{
	int64_t since_us = f->at_us == INT64_MIN ? 0 : at_us - f->at_us;
	bool frozen;

	f->raw = value;
	f->at_us = at_us;
	if (is_spike(f, config, value, e))
		return VERDICT_SPIKE;
	if (is_too_fast(f, config, since_us, value, e))
		return VERDICT_TOO_FAST;
	frozen = is_frozen(f, config, at_us, value, e);
	f->used = smooth(f, config, at_us, value);
	f->passed_us = at_us;
	return frozen ? VERDICT_FROZEN : VERDICT_PASS;
}

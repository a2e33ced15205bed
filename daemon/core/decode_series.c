/* In three steps: items as they stand in the payload (start, perhaps an end, perhaps no value), wall times to moments, then
 * intervals that end where the next one begins. */
#include "decode_series.h"

#include "decode_internal.h"
#include "record.h"
#include "stamp.h"
#include "zone.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An interval without an end lasts until the next one begins, but no longer than the longest day. */
static const int64_t LONGEST_US = INT64_C(25) * 3600 * 1000000;

struct item {
	int64_t start_us, end_us; /* NO_TIME: without end */
	double value;             /* NaN: null */
};

struct items {
	const struct signal_config *signal;
	const struct series_config *config;
	struct item *at;
	size_t n;
};

/* ---- items ------------------------------------------------------------------------------ */

static bool text_time(const char *text, enum time_format format, int64_t *time_us, struct err *e)
{
	if (format != TIME_LOCAL)
		return decode_stamp_text(text, format, time_us, e);
	if (stamp_parse_local(text, time_us))
		return true;
	err_set(e, "\"%.40s\" is no date and time without a zone", text);
	return false;
}

static bool node_time(const json_t *node, const struct series_config *config, int64_t *time_us, struct err *e)
{
	if (json_is_string(node))
		return text_time(json_string_value(node), config->format, time_us, e);
	if (config->format != TIME_LOCAL)
		return decode_stamp(node, config->format, time_us, e);
	err_set(e, "%s where a date and time is expected", decode_type_text(node));
	return false;
}

static bool is_none(const json_t *node)
{
	return !node || json_is_null(node);
}

/* NaN where neither has a value. */
static bool item_value(const struct items *items, const json_t *value, const json_t *or_value, double *out, struct err *e)
{
	*out = NAN;
	if (is_none(value))
		value = or_value;
	return is_none(value) || decode_number(value, items->signal, out, e);
}

static const json_t *member(const json_t *item, const char *pointer)
{
	return pointer ? decode_at(item, pointer) : NULL;
}

static bool is_elsewhere(const struct series_config *config, const json_t *item)
{
	const char *area = config->area_at ? json_string_value(decode_at(item, config->area_at)) : NULL;

	return config->area_at && (!area || strcmp(area, config->area) != 0);
}

/* key: of an object keyed by time, else NULL. */
static bool add_item(struct items *items, const char *key, const json_t *node, struct err *e)
{
	const struct series_config *config = items->config;
	const json_t *start = member(node, config->start), *end = member(node, config->end);
	struct item item = {.end_us = NO_TIME};

	if (is_elsewhere(config, node))
		return true;
	if (!key && !start) {
		err_set(e, "nothing at %.60s in it", config->start);
		return false;
	}
	if (key ? !text_time(key, config->format, &item.start_us, e) : !node_time(start, config, &item.start_us, e))
		return false;
	if (!is_none(end) && !node_time(end, config, &item.end_us, e))
		return false;
	if (!item_value(items, member(node, config->value), member(node, config->or_value), &item.value, e))
		return false;
	items->at[items->n++] = item;
	return true;
}

static void at_item(struct err *e, size_t i)
{
	struct err cause = *e;

	err_set(e, "interval %zu: %s", i, cause.text);
}

static bool read_object(struct items *items, const json_t *object, struct err *e)
{
	const char *key;
	json_t *node;

	if (!json_is_object(object)) {
		err_set(e, "%s where an object keyed by time is expected", decode_type_text(object));
		return false;
	}
	json_object_foreach((json_t *)object, key, node)
	{
		if (!add_item(items, key, node, e)) {
			at_item(e, items->n);
			return false;
		}
	}
	return true;
}

/* An object in the place of the list is a list of one. */
static bool read_list(struct items *items, const json_t *list, struct err *e)
{
	if (json_is_object(list))
		return add_item(items, NULL, list, e);
	if (!json_is_array(list)) {
		err_set(e, "%s where a list of intervals is expected", decode_type_text(list));
		return false;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!add_item(items, NULL, json_array_get(list, i), e)) {
			at_item(e, i);
			return false;
		}
	}
	return true;
}

static bool read_arrays(struct items *items, const json_t *starts, const json_t *values, const json_t *or_values, struct err *e)
{
	if (!json_is_array(starts) || !json_is_array(values) || json_array_size(starts) != json_array_size(values)) {
		err_set(e, "starts and values are not two lists of one length");
		return false;
	}
	for (size_t i = 0; i < json_array_size(starts); i++) {
		struct item item = {.end_us = NO_TIME};

		if (!node_time(json_array_get(starts, i), items->config, &item.start_us, e) ||
		    !item_value(items, json_array_get(values, i), json_array_get(or_values, i), &item.value, e)) {
			at_item(e, i);
			return false;
		}
		items->at[items->n++] = item;
	}
	return true;
}

static bool read_items(struct items *items, const json_t *root, struct err *e)
{
	const struct series_config *config = items->config;
	const json_t *main = decode_at(root, config->starts ? config->starts : config->items);
	const json_t *values = member(root, config->values);
	size_t most = json_is_array(main) ? json_array_size(main) : json_is_object(main) ? json_object_size(main) : 0;

	if (!main || (config->starts && !values)) {
		err_set(e, "nothing at pointer %.80s",
		        !main ? (config->starts ? config->starts : config->items) : config->values);
		return false;
	}
	items->at = malloc((most + 1) * sizeof(*items->at));
	if (!items->at) {
		err_set(e, "out of memory");
		return false;
	}
	if (config->starts)
		return read_arrays(items, main, values, member(root, config->or_value), e);
	return config->keyed ? read_object(items, main, e) : read_list(items, main, e);
}

/* ---- wall times ------------------------------------------------------------------------- */

/* A repeated hour is told by the order: what reads like the item before it, or earlier, is the second time. */
static bool to_moment(const struct zone *zone, int64_t before_us, int64_t *time_us)
{
	int64_t moments[2];
	size_t n = zone_moments(zone, *time_us, moments);

	if (n > 0)
		*time_us = moments[n == 2 && before_us >= moments[0] && before_us < moments[1]];
	return n > 0;
}

static void move_end(const struct zone *zone, struct item *item)
{
	int64_t moments[2];
	size_t n = item->end_us == NO_TIME ? 0 : zone_moments(zone, item->end_us, moments);

	item->end_us = n == 0 ? NO_TIME : moments[n == 2 && moments[0] <= item->start_us];
}

/* A list that falls more often than it rises is newest first. */
static void put_oldest_first(struct items *items)
{
	size_t rises = 0, falls = 0;

	for (size_t i = 1; i < items->n; i++) {
		rises += items->at[i].start_us > items->at[i - 1].start_us;
		falls += items->at[i].start_us < items->at[i - 1].start_us;
	}
	for (size_t i = 0; falls > rises && i < items->n / 2; i++) {
		struct item item = items->at[i];

		items->at[i] = items->at[items->n - 1 - i];
		items->at[items->n - 1 - i] = item;
	}
}

/* What stands on a wall never (in March) is left out. */
static void to_moments(struct items *items)
{
	const struct zone *zone = items->config->zone;
	int64_t before_us = INT64_MIN;
	size_t n = 0;

	put_oldest_first(items);
	for (size_t i = 0; i < items->n; i++) {
		struct item item = items->at[i];

		if (!to_moment(zone, before_us, &item.start_us))
			continue;
		move_end(zone, &item);
		before_us = item.start_us;
		items->at[n++] = item;
	}
	items->n = n;
}

/* ---- intervals -------------------------------------------------------------------------- */

/* Those with a value first, so that of two of one start the one that knows something is met first. */
static int by_start(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return (isnan(x->value) != 0) - (isnan(y->value) != 0);
}

/* Repetitions go; two values for one start are refused: which of them counts nobody knows. */
static bool unite(struct items *items, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		const struct item *item = &items->at[i], *before = n > 0 ? &items->at[n - 1] : NULL;
		char stamp[STAMP_SIZE];

		if (!before || before->start_us != item->start_us) {
			items->at[n++] = *item;
		} else if (!isnan(item->value) && item->value != before->value) {
			err_set(e, "two values for %s: %g and %g; does the payload tell of several areas?",
			        stamp_format(item->start_us, stamp), before->value, item->value);
			return false;
		}
	}
	items->n = n;
	return true;
}

static int64_t end_of(const struct items *items, size_t i)
{
	const struct item *item = &items->at[i];
	int64_t step_us = items->config->step_us, longest_us = step_us > LONGEST_US ? step_us : LONGEST_US;

	if (i + 1 < items->n) {
		int64_t next_us = items->at[i + 1].start_us;
		int64_t end_us = item->end_us != NO_TIME ? item->end_us : item->start_us + longest_us;

		return end_us < next_us ? end_us : next_us;
	}
	if (item->end_us != NO_TIME)
		return item->end_us;
	if (step_us == 0 && i > 0)
		step_us = item->start_us - items->at[i - 1].start_us;
	return item->start_us + (step_us < longest_us ? step_us : longest_us);
}

static bool add_interval(const struct items *items, size_t i, struct series *out, struct err *e)
{
	const struct item *item = &items->at[i];
	struct interval interval = {.start_us = item->start_us, .end_us = end_of(items, i), .value = item->value};
	char stamp[STAMP_SIZE];

	if (isnan(item->value))
		return true;
	if (item->end_us != NO_TIME && item->end_us <= item->start_us)
		err_set(e, "the interval of %s ends before it begins", stamp_format(item->start_us, stamp));
	else if (interval.end_us <= interval.start_us)
		err_set(e, "one interval without an end: how long it lasts is not known (step)");
	else if (!series_add(out, interval))
		err_set(e, "out of memory");
	else
		return true;
	return false;
}

static bool close_items(struct items *items, struct series *out, struct err *e)
{
	struct series found = {0};
	bool ok;

	if (items->config->format == TIME_LOCAL)
		to_moments(items);
	qsort(items->at, items->n, sizeof(*items->at), by_start);
	ok = unite(items, e);
	for (size_t i = 0; ok && i < items->n; i++)
		ok = add_interval(items, i, &found, e);
	if (ok && found.n == 0) {
		err_set(e, "none of its %zu intervals has a value%s%s", items->n, items->config->area ? " for " : "",
		        items->config->area ? items->config->area : "");
		ok = false;
	}
	if (ok)
		*out = found;
	else
		series_done(&found);
	return ok;
}

bool decode_series(struct decoder *decoder, const struct signal_config *signal, struct series *out, struct err *e)
{
	struct items items = {.signal = signal, .config = signal->series};
	const json_t *root = decode_size_ok(decoder, e) ? decode_root(decoder, e) : NULL;
	bool ok = root && read_items(&items, root, e) && close_items(&items, out, e);

	free(items.at);
	return ok;
}

/* Signals that are forward curves: what a message brings is laid over what is known; the interval that contains now is in
 * force, by the UTC clock. Where there is none the signal is stale at once. */
#include "plant_internal.h"

#include "decode_series.h"
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So far back a clock can be set and still find the curve of then. */
static const int64_t KEEP_US = INT64_C(2) * 86400 * 1000000;

/* ---- what is in force ------------------------------------------------------------------- */

/* Where the clocks drift apart, that look may be a little early, and sets another one. */
static void look_again_at(const struct plant *plant, struct instant now, uint32_t i, int64_t utc_us)
{
	plant->hooks.stale_at(plant->hooks.ctx, i, now.mono_us + (utc_us - now.utc_us));
}

/* The row that ends, for the history, what was in force: it must not count beyond its interval. */
static void end_in_history(const struct plant *plant, uint32_t i, struct instant now)
{
	struct signal *s = &plant->signals[i];
	struct curve *curve = s->curve;
	const struct interval *was = curve->in_force_us == NO_TIME ? NULL : series_find(&curve->series, curve->in_force_us);
	int64_t ts_us = was && was->end_us <= now.utc_us ? was->end_us : now.utc_us;

	if (status_info[s->status].quality == QUALITY_BAD || s->status == STATUS_NEVER)
		return;
	s->ts_us = ts_us > s->ts_us ? ts_us : s->ts_us + 1;
	plant->hooks.sample(plant->hooks.ctx, i, s->ts_us, curve->value, QUALITY_BAD);
}

static void put_in_force(struct plant *plant, struct instant now, uint32_t i, const struct interval *interval)
{
	struct signal *s = &plant->signals[i];
	struct curve *curve = s->curve;
	int64_t ts_us = interval->start_us > curve->floor_us ? interval->start_us : curve->floor_us;

	if (curve->in_force_us == interval->start_us && curve->value == interval->value && s->status != STATUS_STALE)
		return;
	curve->in_force_us = interval->start_us;
	curve->value = interval->value;
	plant_in_force(plant, now, i, ts_us > s->ts_us ? ts_us : s->ts_us + 1, interval->value);
}

void plant_series_look(struct plant *plant, struct instant now, uint32_t i)
{
	struct signal *s = &plant->signals[i];
	const struct interval *interval = series_find(&s->curve->series, now.utc_us);
	const struct interval *next = series_next(&s->curve->series, now.utc_us);

	s->curve->looked_us = now.utc_us;
	if (interval) {
		put_in_force(plant, now, i, interval);
		look_again_at(plant, now, i, interval->end_us);
		return;
	}
	end_in_history(plant, i, now);
	s->curve->in_force_us = NO_TIME;
	if (s->status != STATUS_STALE)
		plant_out_of_force(plant, now, i);
	if (next)
		look_again_at(plant, now, i, next->start_us);
}

/* Or ranges and the like may have changed: what is in force is judged anew. */
void plant_series_clock_set(struct plant *plant, struct instant now, uint32_t i)
{
	struct curve *curve = plant->signals[i].curve;

	curve->floor_us = now.utc_us;
	if (status_info[plant->signals[i].status].quality == QUALITY_BAD)
		curve->in_force_us = NO_TIME;
	plant_series_look(plant, now, i);
}

/* ---- messages --------------------------------------------------------------------------- */

static struct curve *curve_of(struct signal *s)
{
	if (s->curve)
		return s->curve;
	s->curve = calloc(1, sizeof(*s->curve));
	if (s->curve)
		s->curve->in_force_us = NO_TIME;
	return s->curve;
}

static void take_curve(struct plant *plant, struct instant now, uint32_t i, const struct series *newer)
{
	struct curve *curve = curve_of(&plant->signals[i]);
	char words[REJECTION_SIZE], stamp[STAMP_SIZE];
	int64_t left_out_us;

	if (!curve || !series_merge(&curve->series, newer, now.utc_us - KEEP_US, &left_out_us)) {
		plant_refuse(plant, now, i, "out of memory");
		return;
	}
	curve->floor_us = now.utc_us;
	plant->signals[i].version++;
	plant->hooks.changed(plant->hooks.ctx, i);
	if (plant->signals[i].rejection && left_out_us == INT64_MAX)
		plant->signals[i].rejection[0] = '\0';
	plant_series_look(plant, now, i);
	if (left_out_us == INT64_MAX)
		return;
	snprintf(words, sizeof(words), "more than %d intervals: those from %s on are left out", SERIES_MAX,
	         stamp_format(left_out_us, stamp));
	plant_note(plant, now, i, words);
}

void plant_series_hear(struct plant *plant, struct instant now, uint32_t i, struct decoder *decoder)
{
	struct series newer = {0};
	struct err e;

	if (decode_series(decoder, &plant->config->signals[i], &newer, &e))
		take_curve(plant, now, i, &newer);
	else
		plant_refuse(plant, now, i, e.text);
	series_done(&newer);
}

void plant_series_free(struct signal *s)
{
	if (s->curve)
		series_done(&s->curve->series);
	free(s->curve);
	s->curve = NULL;
}

/* ---- another configuration -------------------------------------------------------------- */

bool plant_series_alike(const struct series_config *a, const struct series_config *b)
{
	if (!a || !b)
		return a == b;
	return same_text(a->items, b->items) && same_text(a->start, b->start) && same_text(a->end, b->end) &&
	       same_text(a->value, b->value) && same_text(a->or_value, b->or_value) && same_text(a->starts, b->starts) &&
	       same_text(a->values, b->values) && same_text(a->area, b->area) && same_text(a->area_at, b->area_at) &&
	       a->keyed == b->keyed && a->format == b->format && a->step_us == b->step_us &&
	       same_text(a->zone ? a->zone->name : NULL, b->zone ? b->zone->name : NULL);
}

/* ---- in words --------------------------------------------------------------------------- */

static int64_t curve_end_us(const struct signal *s)
{
	return s->curve && s->curve->series.n > 0 ? s->curve->series.at[s->curve->series.n - 1].end_us : NO_TIME;
}

void plant_series_why(const struct signal *s, char *text, size_t size)
{
	const struct series *series = &s->curve->series;
	const struct interval *next = series_next(series, s->curve->looked_us);
	char stamp[STAMP_SIZE];

	if (next)
		snprintf(text, size, ": its curve says nothing until %s", stamp_format(next->start_us, stamp));
	else if (series->n > 0)
		snprintf(text, size, ": its curve ended at %s", stamp_format(curve_end_us(s), stamp));
	else
		snprintf(text, size, ": no curve yet");
}

void plant_series_write(const struct signal *s, struct json_out *out)
{
	const struct interval *now =
	    s->curve && s->curve->in_force_us != NO_TIME ? series_find(&s->curve->series, s->curve->in_force_us) : NULL;

	json_out_time(out, "valid_until", now ? now->end_us : NO_TIME);
	json_out_time(out, "curve_until", curve_end_us(s));
}

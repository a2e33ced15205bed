/* From a message to a value of its own time: what its source says of it, whether its stamp can be, where it belongs among
 * those that came before. What it is worth is judged in plant_judge.c, what follows from that is plant.c's. */
#include "plant_internal.h"

#include "decode_quality.h"
#include "hash.h"

#include <string.h>

/* Devices' clocks may be ahead by this much: such a sample counts as of its arrival. A stamp further ahead is bad. */
static const int64_t FUTURE_MAX_US = INT64_C(60000000);

static bool stamp_usable(struct instant now, int64_t ts_us, struct err *e)
{
	char text[STAMP_SIZE], clock[STAMP_SIZE];

	if (ts_us < STAMP_MIN_US)
		err_set(e, "its time %s is before 2000: clock not set", stamp_format(ts_us, text));
	else if (ts_us > now.utc_us + FUTURE_MAX_US)
		err_set(e, "its time %s is in the future: here it is %s", stamp_format(ts_us, text),
		        stamp_format(now.utc_us, clock));
	else
		return true;
	return false;
}

/* A value without a stamp that can be used is newer than what is known. */
static int64_t arrival_us(const struct signal *s, struct instant now)
{
	return now.utc_us > s->ts_us ? now.utc_us : s->ts_us + 1;
}

/* What is said of a value that passed all judgement. */
static enum status status_said(const struct signal *s, bool retained)
{
	if (s->said != QUALITY_GOOD)
		return STATUS_UNCERTAIN;
	return retained ? STATUS_RETAINED : STATUS_GOOD;
}

/* A decoded value; stamped: ts_us came with it, else it is the arrival. */
static void take(struct plant *plant, struct instant now, uint32_t i, int64_t ts_us, double value, bool retained)
{
	struct signal *s = &plant->signals[i];
	struct sample as_heard = {.value = value, .ts_us = ts_us, .heard_us = now.mono_us, .said = s->said}, sample = as_heard;
	bool stamped = ts_us != NO_TIME;
	struct judgement judged;
	struct err e;

	if (stamped && !stamp_usable(now, ts_us, &e)) {
		plant_reject(plant, now, i, STATUS_BAD_TIME, e.text);
		s->refused = as_heard;
		return;
	}
	if (!stamped || ts_us > now.utc_us)
		ts_us = arrival_us(s, now);
	if (stamped && retained && ts_us <= s->ts_us)
		return;
	if (ts_us < s->ts_us) {
		plant_keep_late(plant, i, ts_us, value, plant_judge_alone(&plant->config->signals[i], value, &e) == STATUS_GOOD);
		return;
	}
	sample.ts_us = ts_us;
	sample.born_us = born_us(now, ts_us);
	plant_judge(plant, i, sample, &judged);
	if (judged.status == STATUS_GOOD)
		judged.status = status_said(s, retained && !stamped);
	plant_sample(plant, now, i, sample, &judged);
	if (stamped && s->status == STATUS_STALE)
		s->refused = as_heard;
}

/* Its own source calls it bad: a value that it has is kept in its place, and counts no more than one out of range; the filters do
 * not learn from it. */
static void take_bad(struct plant *plant, struct instant now, uint32_t i, struct decoder *decoder, const char *words)
{
	struct signal *s = &plant->signals[i];
	double value;
	int64_t ts_us;
	struct err e;

	if (decode_signal(decoder, &plant->config->signals[i], &value, &ts_us, &e)) {
		if (ts_us == NO_TIME || !stamp_usable(now, ts_us, &e) || ts_us > now.utc_us)
			ts_us = arrival_us(s, now);
		if (ts_us < s->ts_us) {
			plant_keep_late(plant, i, ts_us, value, false);
			return;
		}
		plant->hooks.sample(plant->hooks.ctx, i, ts_us, value, QUALITY_BAD);
		s->ts_us = ts_us;
		if (s->filter)
			s->filter->raw = value;
	}
	plant_reject(plant, now, i, STATUS_BAD_QUALITY, words);
}

/* ---- input ------------------------------------------------------------------------------ */

/* A retained message that says what is known already is no news but to a signal that has never heard. */
static bool is_news(const struct plant *plant, struct instant now, struct topic *topic, uint64_t hash, bool retained)
{
	if (retained && topic->has_last && (hash == topic->last || now.mono_us < plant->again_until_us))
		return false;
	topic->last = hash;
	topic->has_last = true;
	return true;
}

static void hear(struct plant *plant, struct instant now, uint32_t i, struct decoder *decoder, bool retained)
{
	const struct signal_config *config = &plant->config->signals[i];
	double value;
	int64_t ts_us;
	struct err e;

	if (config->series) {
		plant_series_hear(plant, now, i, decoder);
		return;
	}
	plant->signals[i].said = decode_quality(decoder, config, &e);
	if (plant->signals[i].said == QUALITY_BAD)
		take_bad(plant, now, i, decoder, e.text);
	else if (decode_signal(decoder, config, &value, &ts_us, &e))
		take(plant, now, i, ts_us, value, retained);
	else
		plant_reject(plant, now, i, STATUS_UNREADABLE, e.text);
}

void plant_message(struct plant *plant, struct instant now, const char *name, const void *payload, size_t len, bool retained)
{
	struct topic *topic = topics_find(&plant->topics, name);
	struct decoder decoder;
	bool news;

	if (!topic)
		return;
	news = is_news(plant, now, topic, hash_fnv1a(payload, len), retained);
	decoder_init(&decoder, payload, len);
	for (uint32_t k = 0; k < topic->n; k++) {
		uint32_t i = plant->topics.signals[topic->first + k];

		if (news || plant->signals[i].status == STATUS_NEVER)
			hear(plant, now, i, &decoder, retained);
	}
	decoder_done(&decoder);
}

void plant_field(struct plant *plant, struct instant now, uint32_t i, const char *text)
{
	double value;
	struct err e;

	if (decode_text(text, strlen(text), &plant->config->signals[i], &value, &e))
		take(plant, now, i, NO_TIME, value, false);
	else
		plant_reject(plant, now, i, STATUS_UNREADABLE, e.text);
}

/* ---- another clock ---------------------------------------------------------------------- */

void plant_take_refused(struct plant *plant, struct instant now, uint32_t i)
{
	struct signal *s = &plant->signals[i];
	struct sample refused = s->refused;
	struct err e;

	if (refused.ts_us == NO_TIME || !stamp_usable(now, refused.ts_us, &e))
		return;
	s->said = refused.said;
	take(plant, now, i, refused.ts_us, refused.value, false);
	if (s->born_us > refused.heard_us) {
		s->born_us = refused.heard_us;
		plant_judge_anew(plant, now, i);
	}
}

/* A signal is in one of a few states; every message, field and deadline moves it by one function, change_to, which is
 * where events come from. Stamps are UTC, ages and deadlines monotonic, so a stepping clock ages nothing. Messages and
 * fields come by plant_take.c. */
#include "plant_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plant *plant_new(const struct config *config, bool staleness, const struct plant_hooks *hooks)
{
	struct plant *plant = calloc(1, sizeof(*plant));

	if (!plant)
		return NULL;
	*plant = (struct plant){.config = config, .hooks = *hooks, .staleness = staleness, .again_until_us = INT64_MIN};
	plant->signals = calloc(config->n_signals + 1, sizeof(*plant->signals));
	plant->unsettled = calloc(plant_votes(config) + 1, sizeof(*plant->unsettled));
	if (!plant->signals || !plant->unsettled || !topics_init(&plant->topics, config)) {
		plant_free(plant);
		return NULL;
	}
	for (size_t i = 0; i < config->n_signals; i++) {
		const struct filter_config *filter = config->signals[i].filter;

		plant->signals[i] = (struct signal){
		    .good = NAN, .ts_us = NO_TIME, .since_us = NO_TIME, .refused.ts_us = NO_TIME, .said = QUALITY_GOOD};
		if (!filter)
			continue;
		plant->signals[i].filter = filter_new(filter);
		if (!plant->signals[i].filter) {
			plant_free(plant);
			return NULL;
		}
	}
	return plant;
}

void plant_free(struct plant *plant)
{
	if (!plant)
		return;
	for (size_t i = 0; plant->signals && i < plant->config->n_signals; i++) {
		free(plant->signals[i].rejection);
		free(plant->signals[i].filter);
		plant_series_free(&plant->signals[i]);
	}
	free(plant->signals);
	free(plant->unsettled);
	topics_done(&plant->topics);
	free(plant);
}

/* ---- what it is worth ------------------------------------------------------------------- */

enum quality plant_effective(const struct plant *plant, uint32_t i, double *internal)
{
	const struct signal_config *config = &plant->config->signals[i];
	const struct signal *s = &plant->signals[i];
	enum quality quality = status_info[s->status].quality;

	if (quality != QUALITY_BAD || (config->on_bad == ON_BAD_HOLD && !isnan(s->good))) {
		*internal = unit_to_internal(config->unit, s->good);
		return quality == QUALITY_BAD ? QUALITY_UNCERTAIN : quality;
	}
	if (config->on_bad != ON_BAD_SUBSTITUTE)
		return QUALITY_BAD;
	*internal = config->substitute;
	return QUALITY_UNCERTAIN;
}

enum quality plant_read(void *plant, uint32_t i, double *internal)
{
	return plant_effective(plant, i, internal);
}

bool plant_received(const struct plant *plant, uint32_t i)
{
	return plant->signals[i].status != STATUS_NEVER;
}

bool plant_is_bad(const struct plant *plant, uint32_t i)
{
	return status_info[plant->signals[i].status].quality == QUALITY_BAD;
}

int64_t plant_ts_us(const struct plant *plant, uint32_t i)
{
	return plant->signals[i].ts_us;
}

bool plant_awaited(const struct plant *plant, uint32_t i)
{
	const struct vote_config *vote = plant->config->signals[i].vote;

	for (uint32_t k = 0; vote && k < vote->n; k++)
		if (plant_awaited(plant, vote->first + k))
			return true;
	return !vote && plant->signals[i].status == STATUS_NEVER && !plant->signals[i].settled;
}

uint32_t plant_version(const struct plant *plant, uint32_t i)
{
	return plant->signals[i].version;
}

/* ---- changes ---------------------------------------------------------------------------- */

/* How a signal may be until all has come: its end is no news. */
static bool begins(enum status status)
{
	return status == STATUS_RETAINED || status == STATUS_NO_GOOD_MEMBER;
}

/* The first that is heard of a signal is news where it cannot be used, or where its sensors disagree. */
static bool begins_well(const struct plant *plant, uint32_t i, enum status before)
{
	enum status status = plant->signals[i].status;

	return before == STATUS_NEVER && status_info[status].quality != QUALITY_BAD && status != STATUS_DISAGREEMENT;
}

static void tell(struct plant *plant, struct instant now, uint32_t i, enum status before)
{
	const struct signal_config *config = &plant->config->signals[i];
	const struct status_info *info = &status_info[plant->signals[i].status];
	char why[256], message[EVENT_MESSAGE_MAX], value[VALUE_SIZE], before_it[64] = "";
	uint32_t held_back, group = config->group;

	if (begins_well(plant, i, before) || !ratelim_take(&plant->signals[i].tellings, now.mono_us, &held_back))
		return;
	if (held_back > 0)
		snprintf(before_it, sizeof(before_it), " (after %u changes that were not told)", held_back);
	if (info->quality == QUALITY_GOOD)
		snprintf(why, sizeof(why), "good again: %s", value_text(value, config, plant->signals[i].good));
	else
		plant_why(plant, i, why, sizeof(why));
	snprintf(message, sizeof(message), "%s%s%s: %s%s", config->name, config->tag ? " " : "", config->tag ? config->tag : "",
	         why, before_it);
	plant->hooks.event(plant->hooks.ctx, group == NO_GROUP ? i : group, now.utc_us,
	                   info->quality == QUALITY_BAD ? SEVERITY_WARNING : SEVERITY_INFO, info->code, message);
}

/* Loops read the vote of a member, which is taken anew before they do. */
static void changed(struct plant *plant, uint32_t i)
{
	uint32_t group = plant->config->signals[i].group;

	if (group != NO_GROUP)
		plant_unsettle(plant, group);
	plant->hooks.changed(plant->hooks.ctx, group == NO_GROUP ? i : group);
}

static void change_to(struct plant *plant, struct instant now, uint32_t i, enum status status)
{
	struct signal *s = &plant->signals[i];
	enum status before = s->status;

	s->version++;
	s->status = status;
	if (status != before) {
		s->since_us = now.utc_us;
		if (!begins(before) || status_info[status].quality == QUALITY_BAD)
			tell(plant, now, i, before);
	}
	changed(plant, i);
}

/* Words on a rejection; allocated the first time a signal needs them. */
static void remember(struct signal *s, const char *words)
{
	if (!s->rejection)
		s->rejection = malloc(REJECTION_SIZE);
	if (s->rejection)
		snprintf(s->rejection, REJECTION_SIZE, "%.*s", REJECTION_SIZE - 1, words);
}

void plant_voted(struct plant *plant, struct instant now, uint32_t i, enum status status, const char *words)
{
	remember(&plant->signals[i], words);
	change_to(plant, now, i, status);
}

void plant_reject(struct plant *plant, struct instant now, uint32_t i, enum status status, const char *words)
{
	struct signal *s = &plant->signals[i];

	s->rejected++;
	s->refused.ts_us = NO_TIME;
	remember(s, words);
	change_to(plant, now, i, status);
}

/* When the newest sample turns stale by the monotonic clock; INT64_MAX: never. */
static int64_t stale_due(const struct plant *plant, uint32_t i)
{
	int64_t stale_after_us = plant->config->signals[i].stale_after_us;

	return plant->staleness && stale_after_us > 0 ? plant->signals[i].born_us + stale_after_us : INT64_MAX;
}

/* A sample that is newer than what is known. */
static void accept(struct plant *plant, struct instant now, uint32_t i, struct sample sample, const struct judgement *judged)
{
	struct signal *s = &plant->signals[i];
	int64_t due_us;

	plant->hooks.sample(plant->hooks.ctx, i, sample.ts_us, sample.value, status_info[judged->status].quality);
	s->ts_us = sample.ts_us;
	s->born_us = sample.born_us;
	s->good = judged->used;
	s->accepted = judged->status;
	due_us = stale_due(plant, i);
	if (s->rejection)
		s->rejection[0] = '\0';
	if (judged->status == STATUS_FROZEN_UNCERTAIN)
		remember(s, judged->why.text);
	if (due_us != INT64_MAX)
		plant->hooks.stale_at(plant->hooks.ctx, i, due_us);
	s->refused.ts_us = NO_TIME;
	change_to(plant, now, i, due_us <= now.mono_us ? STATUS_STALE : s->accepted);
}

/* A sample that is newer than what is known, but not believed. What is bad is not made better by another refusal. */
static void refuse(struct plant *plant, struct instant now, uint32_t i, struct sample sample, const struct judgement *judged)
{
	struct signal *s = &plant->signals[i];
	bool worse = status_info[judged->status].quality == QUALITY_BAD || status_info[s->status].quality != QUALITY_BAD;

	plant->hooks.sample(plant->hooks.ctx, i, sample.ts_us, sample.value, QUALITY_BAD);
	s->ts_us = sample.ts_us;
	plant_reject(plant, now, i, worse ? judged->status : s->status, judged->why.text);
}

/* A value that counts, if not always for a good one; what a spike leaves in force does not. */
static bool is_believed(enum status status)
{
	return status == STATUS_GOOD || status == STATUS_RETAINED || status == STATUS_UNCERTAIN ||
	       status == STATUS_FROZEN_UNCERTAIN;
}

void plant_sample(struct plant *plant, struct instant now, uint32_t i, struct sample sample, const struct judgement *judged)
{
	if (is_believed(judged->status))
		accept(plant, now, i, sample, judged);
	else
		refuse(plant, now, i, sample, judged);
}

void plant_keep_late(struct plant *plant, uint32_t i, int64_t ts_us, double value, bool good)
{
	struct signal *s = &plant->signals[i];
	char stamp[STAMP_SIZE], words[REJECTION_SIZE];

	plant->hooks.sample(plant->hooks.ctx, i, ts_us, value, good ? QUALITY_GOOD : QUALITY_BAD);
	snprintf(words, sizeof(words), "out of order: %s is older than the newest sample", stamp_format(ts_us, stamp));
	s->rejected++;
	s->version++;
	remember(s, words);
	changed(plant, i);
}

/* ---- curves (plant_series.c) ------------------------------------------------------------ */

void plant_in_force(struct plant *plant, struct instant now, uint32_t i, int64_t ts_us, double value)
{
	struct sample sample = {.value = value, .ts_us = ts_us, .heard_us = now.mono_us, .born_us = born_us(now, ts_us)};
	struct judgement judged = {.used = value};

	judged.status = plant_judge_alone(&plant->config->signals[i], value, &judged.why);
	plant_sample(plant, now, i, sample, &judged);
}

void plant_out_of_force(struct plant *plant, struct instant now, uint32_t i)
{
	if (plant->signals[i].rejection)
		plant->signals[i].rejection[0] = '\0';
	change_to(plant, now, i, STATUS_STALE);
}

void plant_note(struct plant *plant, struct instant now, uint32_t i, const char *words)
{
	struct signal *s = &plant->signals[i];
	const char *name = plant->config->signals[i].name;
	char message[EVENT_MESSAGE_MAX];
	uint32_t held_back;
	bool told = s->rejection && strncmp(s->rejection, words, REJECTION_SIZE - 1) == 0;

	s->rejected++;
	s->version++;
	remember(s, words);
	changed(plant, i);
	if (told || !ratelim_take(&s->tellings, now.mono_us, &held_back))
		return;
	snprintf(message, sizeof(message), "%s: %s; the curve that is known goes on", name, words);
	plant->hooks.event(plant->hooks.ctx, i, now.utc_us, SEVERITY_WARNING, "series_refused", message);
}

void plant_refuse(struct plant *plant, struct instant now, uint32_t i, const char *words)
{
	if (plant->signals[i].curve)
		plant_note(plant, now, i, words);
	else
		plant_reject(plant, now, i, STATUS_UNREADABLE, words);
}

void plant_expire(struct plant *plant, struct instant now, uint32_t i)
{
	if (plant->signals[i].curve)
		plant_series_look(plant, now, i);
	else if (status_info[plant->signals[i].status].quality != QUALITY_BAD)
		change_to(plant, now, i, STATUS_STALE);
}

/* ---- another clock ---------------------------------------------------------------------- */

void plant_judge_anew(struct plant *plant, struct instant now, uint32_t i)
{
	struct signal *s = &plant->signals[i];
	int64_t due_us = stale_due(plant, i);
	enum status status;
	struct err e;

	if (s->curve) {
		plant_series_clock_set(plant, now, i);
		status = plant_judge_alone(&plant->config->signals[i], s->good, &e);
		if (status_info[s->status].quality != QUALITY_BAD && status != STATUS_GOOD)
			plant_reject(plant, now, i, status, e.text);
		return;
	}
	if (plant->config->signals[i].vote || (status_info[s->status].quality == QUALITY_BAD && s->status != STATUS_STALE))
		return;
	status = plant_judge_alone(&plant->config->signals[i], s->good, &e);
	if (status != STATUS_GOOD)
		plant_reject(plant, now, i, status, e.text);
	else if (due_us <= now.mono_us && s->status != STATUS_STALE)
		change_to(plant, now, i, STATUS_STALE);
	else if (due_us > now.mono_us && s->status == STATUS_STALE)
		change_to(plant, now, i, s->accepted);
	if (due_us != INT64_MAX && due_us > now.mono_us)
		plant->hooks.stale_at(plant->hooks.ctx, i, due_us);
}

void plant_clock_set(struct plant *plant, struct instant now)
{
	for (uint32_t i = 0; i < plant->config->n_signals; i++) {
		struct signal *s = &plant->signals[i];

		if (s->ts_us > now.utc_us || s->since_us > now.utc_us) {
			s->ts_us = s->ts_us > now.utc_us ? now.utc_us : s->ts_us;
			s->since_us = s->since_us > now.utc_us ? now.utc_us : s->since_us;
			s->version++;
			changed(plant, i);
		}
		plant_take_refused(plant, now, i);
		if (s->curve)
			plant_series_clock_set(plant, now, i);
	}
}

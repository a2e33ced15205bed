/* What goes over to another configuration's plant: values, ages, curves and filters of signals of the same name that are read in
 * the same way. */
#include "plant_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The same payload means the same value in the same unit; of votes, the same unit is enough. */
static bool read_alike(const struct signal_config *a, const struct signal_config *b)
{
	if (a->vote || b->vote)
		return a->vote && b->vote && a->unit == b->unit;
	return strcmp(a->topic, b->topic) == 0 && same_text(a->pointer, b->pointer) && a->unit == b->unit &&
	       same_text(a->time_pointer, b->time_pointer) && a->time_format == b->time_format && a->scale == b->scale &&
	       a->offset == b->offset && a->is_switch == b->is_switch && a->text == b->text &&
	       same_text(a->quality.pointer, b->quality.pointer) && plant_series_alike(a->series, b->series);
}

static void adopt_topics(struct plant *plant, const struct plant *old)
{
	for (uint32_t i = 0; i < plant->topics.names.n; i++) {
		const struct topic *before = topics_find(&old->topics, plant->topics.names.name[i]);

		if (before) {
			plant->topics.topic[i].last = before->last;
			plant->topics.topic[i].has_last = before->has_last;
		}
	}
}

/* With other settings, the value in force is the first of what is remembered. */
static void adopt_filter(struct plant *plant, uint32_t i, const struct signal_config *was, struct signal *from)
{
	const struct signal_config *config = &plant->config->signals[i];
	struct signal *s = &plant->signals[i];
	struct err e;

	if (!s->filter)
		return;
	if (from->filter && filter_alike(config->filter, was->filter)) {
		free(s->filter);
		s->filter = from->filter;
		from->filter = NULL;
	} else if (!isnan(s->good)) {
		filter_take(s->filter, config, s->born_us, s->good, &e);
	}
}

static void adopt_signal(struct plant *plant, uint32_t i, struct plant *old, uint32_t from)
{
	struct filter *filter = plant->signals[i].filter;
	bool unsettled = plant->signals[i].unsettled;

	plant->signals[i] = old->signals[from];
	plant->signals[i].filter = filter;
	plant->signals[i].unsettled = unsettled;
	adopt_filter(plant, i, &old->config->signals[from], &old->signals[from]);
	old->signals[from].rejection = NULL;
	old->signals[from].curve = NULL;
}

/* Of sensors that have all been replaced: the new ones have not voted for that. */
static void forget_votes(struct plant *plant)
{
	for (uint32_t i = 0; i < plant->config->n_signals; i++) {
		const struct vote_config *vote = plant->config->signals[i].vote;

		if (vote && !plant_vote_heard(plant, vote))
			plant->signals[i].status = STATUS_NEVER;
	}
}

void plant_adopt(struct plant *plant, struct instant now, struct plant *old, const uint32_t *from, int64_t until_us, bool settled)
{
	plant->again_until_us = until_us;
	adopt_topics(plant, old);
	for (uint32_t i = 0; i < plant->config->n_signals; i++) {
		if (plant->config->signals[i].vote)
			plant_unsettle(plant, i);
		if (from[i] == NAMES_NONE || !read_alike(&plant->config->signals[i], &old->config->signals[from[i]]))
			continue;
		adopt_signal(plant, i, old, from[i]);
		plant->signals[i].settled |= settled;
		plant_judge_anew(plant, now, i);
	}
	forget_votes(plant);
}

/* The parts of a signal that say when it is to be trusted: filters of its values in time, and several sensors that vote.
 * Refuses what could never judge anything. */
#include "config_load.h"

#include <math.h>

enum { SENTINELS_MAX = 16, MEMBERS_MIN = 2, MEMBERS_MAX = 16 };

/* ---- filters ---------------------------------------------------------------------------- */

bool read_sentinels(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct filter_config *filter = out;
	double value[SENTINELS_MAX];
	struct err e;
	size_t n = 0;

	(void)row;
	if (node->kind != NODE_LIST || node->n == 0 || node->n > SENTINELS_MAX) {
		report(l, node, "must be a list of 1 to %d numbers as they stand in the payload", SENTINELS_MAX);
		return false;
	}
	for (struct node *child = node->first; child; child = child->next, n++) {
		if (child->kind != NODE_SCALAR || !number_parse(child->text, &value[n], &e)) {
			report(l, child, "%s; sentinels are numbers as they stand in the payload",
			       child->kind == NODE_SCALAR ? e.text : "not a plain value");
			return false;
		}
	}
	filter->sentinels = arena_copy(l->arena, value, n * sizeof(*value));
	filter->n_sentinels = n;
	return true;
}

bool read_difference(struct loader *l, const struct row *row, struct node *node, void *out)
{
	enum dimension dimension = slot_info[l->slot].dimension;

	return quantity_in(l, node, dimension == DIM_TEMPERATURE ? DIM_TEMPERATURE_DIFF : dimension, row->range, out);
}

static bool given(struct loader *l, const struct node *node)
{
	static const char *const keys[] = {"sentinels", "max_rate", "spikes", "frozen_after", "smoothing"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct node *key = node_get(node, keys[i]);

		if (!key)
			continue;
		if (slot_info[l->slot].is_switch)
			report_child(l, key, "a switch (1/0, true/false) is not filtered");
		if (node_get(node, "series"))
			report_child(l, key, "a forward curve (series) is not filtered: valid alone judges its values");
		return true;
	}
	return false;
}

const struct filter_config *filter_finish(struct loader *l, struct node *node, struct filter_config *filter)
{
	struct node *spikes = node_get(node, "spikes"), *frozen = node_get(node, "frozen");

	if (frozen && !node_get(node, "frozen_after"))
		report_child(l, frozen, "nothing is frozen without frozen_after");
	if (!given(l, node))
		return NULL;
	if (filter->spike_window != floor(filter->spike_window))
		report_child(l, spikes, "window is a whole number of values");
	if (spikes && filter->spike_window == 0)
		filter->spike_window = 7;
	if (spikes && filter->spike_threshold == 0)
		filter->spike_threshold = 4;
	return arena_copy(l->arena, filter, sizeof(*filter));
}

/* ---- votes ------------------------------------------------------------------------------ */

bool read_members(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct signal_reading *read = out;
	size_t i = 0;

	(void)row;
	if (slot_info[l->slot].is_switch)
		report(l, node, "a switch (1/0, true/false) cannot be voted");
	if (node->kind != NODE_LIST || node->n < MEMBERS_MIN || node->n > MEMBERS_MAX) {
		report(l, node, "must be a list of %d to %d signals", MEMBERS_MIN, MEMBERS_MAX);
		return false;
	}
	read->vote.first = (uint32_t)l->root.config.n_signals;
	for (struct node *child = node->first; child; child = child->next) {
		size_t up = path_push_index(l, i++);

		if (child->kind != NODE_MAP || node_get(child, "any_of"))
			report(l, child, "must be one signal (a mapping with topic)");
		else if (node_get(child, "series"))
			report_child(l, node_get(child, "series"), "a forward curve cannot vote, only sensors can");
		else
			read_signal_map(l, child);
		path_pop(l, up);
	}
	read->vote.n = (uint32_t)l->root.config.n_signals - read->vote.first;
	return true;
}

void vote_finish(struct loader *l, struct signal_reading *read)
{
	const struct vote_config *vote = &read->vote;
	int64_t longest_us = 0;
	bool ages = true;

	read->signal.vote = arena_copy(l->arena, vote, sizeof(*vote));
	for (uint32_t i = vote->first; i < vote->first + vote->n; i++) {
		const struct signal_config *member = &l->root.config.signals[i];

		if (i == vote->first)
			read->signal.unit = member->unit;
		ages &= member->stale_after_us > 0;
		if (member->stale_after_us > longest_us)
			longest_us = member->stale_after_us;
	}
	read->signal.stale_after_us = ages ? longest_us : 0;
}

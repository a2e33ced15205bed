/* A loop's places in order: its slots, then four inputs for each segment of its curve, then its adders by time of use, then
 * those of its machines, then those of streams told by what flows. A market entry is shared unless the loop has its own there. */
#include "inputs.h"

#include "core/config_flow.h"
#include "core/config_machines.h"

#include <stdio.h>
#include <string.h>

enum segment_place { SEGMENT_T_IN, SEGMENT_T_OUT, SEGMENT_DUTY, SEGMENT_RATE, SEGMENT_PLACES };

static const enum slot segment_slot[SEGMENT_PLACES] = {SLOT_SINK_T_IN, SLOT_SINK_T_TARGET, SLOT_SINK_DUTY,
                                                           SLOT_SINK_HEAT_CAPACITY_RATE};

/* With a curve, what describes one stream is not an input. */
static bool is_used(const struct loop_config *loop, enum slot slot)
{
	return loop->n_curve == 0 ||
	       (slot != SLOT_SINK_T_TARGET && slot != SLOT_SINK_DUTY && slot != SLOT_SINK_HEAT_CAPACITY_RATE);
}

static void name_slot(struct loop_config *loop, enum slot slot, struct named_input *found)
{
	found->loop = loop;
	found->input = &loop->slot[slot];
	found->slot = slot;
	found->shared = found->input->shared ? slot_info[slot].path : NULL;
	snprintf(found->name, sizeof(found->name), "loops.%s.%s", loop->name, slot_info[slot].path);
}

static void name_segment(struct loop_config *loop, size_t i, enum segment_place place, struct named_input *found)
{
	struct segment_config *segment = &loop->curve[i];
	struct input *const inputs[SEGMENT_PLACES] = {&segment->t_in, &segment->t_out, &segment->duty, &segment->rate};
	const char *const keys[SEGMENT_PLACES] = {"t_in", segment->latent ? "latent" : "t_out", "duty", "heat_capacity_rate"};

	found->loop = loop;
	found->input = inputs[place];
	found->slot = segment_slot[place];
	found->shared = NULL;
	snprintf(found->name, sizeof(found->name), "loops.%s.sink.curve.%zu.%s", loop->name, i, keys[place]);
}

static void name_adder(struct loop_config *loop, size_t i, struct named_input *found)
{
	bool common = loop->slot[SLOT_ELEC_ADDERS].shared;

	found->loop = loop;
	found->input = &loop->adders[i].add;
	found->slot = SLOT_ELEC_ADDERS;
	found->shared = NULL;
	snprintf(found->name, sizeof(found->name), "%s%s%smarket.electricity.adders.%zu.add", common ? "" : "loops.",
	         common ? "" : loop->name, common ? "" : ".", i);
}

/* With the index that a list's entry has in the configuration. */
static void name_machines(struct loop_config *loop, const struct machines_place *place, struct named_input *found)
{
	const char *path = slot_info[place->slot].path;

	found->loop = loop;
	found->input = place->input;
	found->slot = place->slot;
	found->shared = NULL;
	if (place->list)
		snprintf(found->name, sizeof(found->name), "loops.%s.%s.%zu.%s", loop->name, place->list, place->index, path);
	else
		snprintf(found->name, sizeof(found->name), "loops.%s.%s", loop->name, path);
}

static void name_flow(struct loop_config *loop, const struct flow_place *place, struct named_input *found)
{
	const char *path = slot_info[place->slot].path;

	found->loop = loop;
	found->input = place->input;
	found->slot = place->slot;
	found->shared = NULL;
	if (place->segment != SIZE_MAX)
		snprintf(found->name, sizeof(found->name), "loops.%s.%s.%zu.%s", loop->name, place->where, place->segment, path);
	else
		snprintf(found->name, sizeof(found->name), "loops.%s.%s.%s", loop->name, place->where, path);
}

bool input_next(struct input_walk *walk, struct named_input *found)
{
	struct machines_place place;
	struct flow_place flow;

	for (; walk->loop < walk->config->n_loops; walk->loop++, walk->place = walk->flow = 0) {
		struct loop_config *loop = &walk->config->loops[walk->loop];
		size_t curve_end = SLOT_DECIDED_END + loop->n_curve * SEGMENT_PLACES;

		for (; walk->place < SLOT_DECIDED_END; walk->place++) {
			if (!is_used(loop, (enum slot)walk->place))
				continue;
			name_slot(loop, (enum slot)walk->place++, found);
			return true;
		}
		for (; walk->place < curve_end; walk->place++) {
			size_t i = walk->place - SLOT_DECIDED_END;

			if (loop->curve[i / SEGMENT_PLACES].latent &&
			    (i % SEGMENT_PLACES == SEGMENT_T_IN || i % SEGMENT_PLACES == SEGMENT_RATE))
				continue;
			name_segment(loop, i / SEGMENT_PLACES, (enum segment_place)(i % SEGMENT_PLACES), found);
			walk->place++;
			return true;
		}
		if (walk->place < curve_end + loop->n_adders) {
			name_adder(loop, walk->place++ - curve_end, found);
			return true;
		}
		if (machines_place(loop->machines, walk->place - curve_end - loop->n_adders, &place)) {
			name_machines(loop, &place, found);
			walk->place++;
			return true;
		}
		if (flow_next(loop, &walk->flow, &flow)) {
			name_flow(loop, &flow, found);
			return true;
		}
	}
	return false;
}

bool input_is_named(const struct named_input *input, const char *name)
{
	return strcmp(input->name, name) == 0 || (input->shared && strcmp(input->shared, name) == 0);
}

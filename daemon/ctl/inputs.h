/* The inputs of a configuration by their names: loops.<loop>.<path>, and market.<path> for all loops that share it. What
 * `solve --set` replaces and what `replay` tells about a column that it cannot feed. */
#ifndef CTL_INPUTS_H
#define CTL_INPUTS_H

#include "core/config.h"

#include <stdbool.h>
#include <stddef.h>

enum { INPUT_NAME_MAX = 256 };

struct named_input {
	struct loop_config *loop;
	struct input *input;
	enum slot slot;            /* of a curve's segment: the slot with the same kind of value */
	char name[INPUT_NAME_MAX]; /* as one loop's own: loops.dryer1.market.electricity.price */
	const char *shared;        /* market.electricity.price where the loop takes part in it; NULL else */
};

/* Walks over all inputs, also those that are not configured; begin with {.config = …}. */
struct input_walk {
	struct config *config;
	size_t loop, place, flow;
};
bool input_next(struct input_walk *walk, struct named_input *found);
bool input_is_named(const struct named_input *input, const char *name);

#endif

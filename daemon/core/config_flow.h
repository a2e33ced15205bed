/* Streams whose heat is told by what flows: sink, segments of its curve, source, the body behind that. */
#ifndef CORE_CONFIG_FLOW_H
#define CORE_CONFIG_FLOW_H

#include "config.h"

extern const char *const flow_of_text[FLOW_COUNT]; /* "source.body" */

/* One of their inputs. */
struct flow_place {
	struct flow_config *of;
	struct input *input;
	enum slot slot;
	const char *where; /* "source.body"; of a segment "sink.curve", with its index */
	size_t segment;    /* SIZE_MAX: none */
};
/* From *place on, which is moved behind it; false: there are no more. Begin with 0. */
bool flow_next(const struct loop_config *loop, size_t *place, struct flow_place *out);

#endif

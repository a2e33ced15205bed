/* Which loops depend on a signal and which signals a loop reads: two compact adjacency lists, made once. */
#ifndef CORE_GRAPH_H
#define CORE_GRAPH_H

#include "config.h"

struct neighbours {
	const uint32_t *at;
	size_t n;
};

struct graph {
	uint32_t *loop_first, *loop_signals;     /* loop i reads loop_signals[loop_first[i] .. loop_first[i + 1]) */
	uint32_t *signal_first, *signal_loops;
};

bool graph_init(struct graph *graph, const struct config *config); /* false: out of memory */
void graph_done(struct graph *graph);

static inline struct neighbours graph_signals(const struct graph *graph, uint32_t loop)
{
	return (struct neighbours){graph->loop_signals + graph->loop_first[loop], graph->loop_first[loop + 1] - graph->loop_first[loop]};
}

static inline struct neighbours graph_loops(const struct graph *graph, uint32_t signal)
{
	return (struct neighbours){graph->signal_loops + graph->signal_first[signal],
	                           graph->signal_first[signal + 1] - graph->signal_first[signal]};
}

#endif

/* Walks every input of every loop twice: once to count the edges, once to write them down. */
#include "graph.h"

#include "config_flow.h"
#include "config_machines.h"

#include <stdlib.h>

typedef void visit_edge(struct graph *graph, uint32_t loop, uint32_t signal);

static void visit_input(struct graph *graph, uint32_t loop, const struct input *input, visit_edge *visit)
{
	if (input->kind == INPUT_SIGNAL)
		visit(graph, loop, input->signal);
}

static void visit_all(struct graph *graph, const struct config *config, visit_edge *visit)
{
	struct machines_place place;
	struct flow_place flow;

	for (uint32_t i = 0; i < config->n_loops; i++) {
		const struct loop_config *loop = &config->loops[i];

		for (size_t slot = 0; slot < SLOT_COUNT; slot++)
			visit_input(graph, i, &loop->slot[slot], visit);
		for (size_t k = 0; machines_place(loop->machines, k, &place); k++)
			visit_input(graph, i, place.input, visit);
		for (size_t k = 0; flow_next(loop, &k, &flow);)
			visit_input(graph, i, flow.input, visit);
		for (size_t k = 0; k < loop->n_adders; k++)
			visit_input(graph, i, &loop->adders[k].add, visit);
		for (size_t k = 0; k < loop->n_curve; k++) {
			visit_input(graph, i, &loop->curve[k].t_in, visit);
			visit_input(graph, i, &loop->curve[k].t_out, visit);
			visit_input(graph, i, &loop->curve[k].duty, visit);
			visit_input(graph, i, &loop->curve[k].rate, visit);
		}
	}
}

static void count_edge(struct graph *graph, uint32_t loop, uint32_t signal)
{
	graph->loop_first[loop]++;
	graph->signal_first[signal]++;
}

/* first[] holds the end of each list and is moved down to its beginning as the edges come. */
static void add_edge(struct graph *graph, uint32_t loop, uint32_t signal)
{
	graph->loop_signals[--graph->loop_first[loop]] = signal;
	graph->signal_loops[--graph->signal_first[signal]] = loop;
}

static uint32_t sum_up(uint32_t *first, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i <= n; i++)
		first[i] = sum += first[i];
	return sum;
}

bool graph_init(struct graph *graph, const struct config *config)
{
	uint32_t edges;

	*graph = (struct graph){
		.loop_first = calloc(config->n_loops + 1, sizeof(uint32_t)),
		.signal_first = calloc(config->n_signals + 1, sizeof(uint32_t)),
	};
	if (!graph->loop_first || !graph->signal_first)
		return false;
	visit_all(graph, config, count_edge);
	edges = sum_up(graph->loop_first, config->n_loops);
	sum_up(graph->signal_first, config->n_signals);
	graph->loop_signals = calloc(edges + 1, sizeof(uint32_t));
	graph->signal_loops = calloc(edges + 1, sizeof(uint32_t));
	if (!graph->loop_signals || !graph->signal_loops)
		return false;
	visit_all(graph, config, add_edge);
	return true;
}

void graph_done(struct graph *graph)
{
	free(graph->loop_first);
	free(graph->loop_signals);
	free(graph->signal_first);
	free(graph->signal_loops);
	*graph = (struct graph){0};
}

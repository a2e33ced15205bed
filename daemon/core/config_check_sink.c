/* The sink: either one stream (t_in, t_target and how much heat) or a curve of segments, complete and rising where its
 * temperatures are constants. */
#include "config_load.h"

#include <string.h>

/* Keys that each say how much heat it is. */
static const char *const sink_ways[] = {"duty", "heat_capacity_rate", "mass_flow", "volume_flow", NULL};
static const char *const latent_ways[] = {"duty", "mass_flow", "volume_flow", NULL};

static void check_stream(struct loader *l, const struct loop_config *loop, struct node *sink)
{
	static const char *const needed[] = {"t_in", "t_target"};
	struct node *t_target = node_get(sink, "t_target");
	double in_k, target_k;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!node_get(sink, needed[i]))
			report_absent(l, sink, needed[i], "");
	}
	config_check_heat(l, sink, sink_ways, false);
	config_check_flow(l, sink, false);
	if (constant_at(&loop->slot[SLOT_SINK_T_IN], node_get(sink, "t_in"), &in_k) &&
	    constant_at(&loop->slot[SLOT_SINK_T_TARGET], t_target, &target_k) && target_k < in_k)
		report_child(l, t_target, "is below t_in");
}

static void check_segment_keys(struct loader *l, struct node *segment)
{
	struct node *t_in = node_get(segment, "t_in"), *t_out = node_get(segment, "t_out");
	struct node *rate = node_get(segment, "heat_capacity_rate");
	bool latent = node_get(segment, "latent") != NULL;

	if (segment->kind != NODE_MAP)
		return;
	if (latent && t_out)
		report_child(l, t_out, "is given beside latent; a segment has one of them");
	if (latent && t_in)
		report_child(l, t_in, "is given beside latent, which is the one temperature of its segment");
	if (!latent && !t_out)
		report(l, segment, "t_out or latent is missing");
	if (latent && rate)
		report_child(l, rate, "is given beside latent, where nothing gets warmer");
	config_check_heat(l, segment, latent ? latent_ways : sink_ways, false);
	config_check_flow(l, segment, latent);
}

/* Where the curve has got to, as far as constants tell. */
struct climb {
	bool known;
	double t_k;
};

static void check_step(struct loader *l, struct climb *climb, const struct input *input, struct node *node)
{
	double t_k;

	if (!node)
		return;
	if (!constant_at(input, node, &t_k)) {
		climb->known = false;
		return;
	}
	if (climb->known && t_k < climb->t_k)
		report_child(l, node, "the curve falls here; segments stand in heating order");
	*climb = (struct climb){.known = true, .t_k = t_k};
}

static void check_curve_start(struct loader *l, const struct node *sink, struct node *first)
{
	if (first->kind == NODE_MAP && !node_get(sink, "t_in") && !node_get(first, "t_in") && !node_get(first, "latent"))
		report(l, first, "nothing says where the curve begins: t_in is missing, here or in sink");
}

static void check_curve(struct loader *l, const struct loop_config *loop, struct node *sink, struct node *curve)
{
	struct climb climb = {0};
	size_t i = 0, above = path_push(l, "curve");

	climb.known = constant_at(&loop->slot[SLOT_SINK_T_IN], node_get(sink, "t_in"), &climb.t_k);
	for (struct node *node = curve->first; node; node = node->next, i++) {
		const struct segment_config *segment = &loop->curve[i];
		size_t up = path_push_index(l, i);

		if (i == 0)
			check_curve_start(l, sink, node);
		check_segment_keys(l, node);
		check_step(l, &climb, &segment->t_in, node_get(node, "t_in"));
		check_step(l, &climb, &segment->t_out, node_get(node, segment->latent ? "latent" : "t_out"));
		path_pop(l, up);
	}
	path_pop(l, above);
}

void config_check_sink(struct loader *l, const struct loop_config *loop, struct node *sink)
{
	static const char *const excluded[] = {"t_target", "duty", "heat_capacity_rate", "mass_flow", "volume_flow",
	                                       "medium", "cp", "density"};
	struct node *curve = node_get(sink, "curve");
	size_t up = path_push(l, "sink");

	if (sink && (sink->kind == NODE_MAP || node_is_empty(sink))) {
		if (!curve)
			check_stream(l, loop, sink);
		else if (loop->n_curve > 0)
			check_curve(l, loop, sink, curve);
		for (size_t i = 0; curve && i < sizeof(excluded) / sizeof(excluded[0]); i++) {
			struct node *other = node_get(sink, excluded[i]);

			if (other)
				report_child(l, other, "is given beside curve, which takes its place");
		}
	}
	path_pop(l, up);
}

/* Reads streams that are told by what flows, and checks that what flows has its partners: of what it is, or how much heat a
 * kilogram carries. */
#include "config_flow.h"

#include "config_load.h"

#include <string.h>

/* ---- places ----------------------------------------------------------------------------- */

const char *const flow_of_text[FLOW_COUNT] = {[FLOW_SINK] = "sink", [FLOW_SOURCE] = "source", [FLOW_BODY] = "source.body"};

bool flow_next(const struct loop_config *loop, size_t *place, struct flow_place *out)
{
	for (; *place < (FLOW_COUNT + loop->n_curve) * FLOW_INPUTS; (*place)++) {
		size_t stream = *place / FLOW_INPUTS, input = *place % FLOW_INPUTS;
		bool of_segment = stream >= FLOW_COUNT;
		struct flow_config *flow = of_segment ? loop->curve[stream - FLOW_COUNT].flow : loop->flow[stream];

		if (!flow)
			continue;
		*out = (struct flow_place){flow, &flow->input[input], (enum slot)(SLOT_FLOW + input),
		                           of_segment ? "sink.curve" : flow_of_text[stream],
		                           of_segment ? stream - FLOW_COUNT : SIZE_MAX};
		(*place)++;
		return true;
	}
	return false;
}

/* ---- readers ---------------------------------------------------------------------------- */

static struct flow_config *to_fill(struct loader *l, void *out)
{
	struct flow_config **flow = out;

	if (!*flow)
		*flow = arena_alloc(l->arena, sizeof(**flow));
	return *flow;
}

bool read_flow_input(struct loader *l, const struct row *row, struct node *node, void *out)
{
	return read_input(l, row, node, &to_fill(l, out)->input[row->slot - SLOT_FLOW]);
}

bool read_medium(struct loader *l, const struct row *row, struct node *node, void *out)
{
	return read_choice(l, row, node, &to_fill(l, out)->medium);
}

/* ---- checks ----------------------------------------------------------------------------- */

static void report_all_missing(struct loader *l, struct node *map, const char *const *ways)
{
	char text[128] = "";
	size_t len = 0;

	for (size_t i = 0; ways[i]; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		                        i == 0        ? ""
		                        : ways[i + 1] ? ", "
		                                      : " or ",
		                        ways[i]);
	report(l, map, "%s is missing", text);
}

const char *config_check_heat(struct loader *l, struct node *map, const char *const *ways, bool optional)
{
	const char *first = NULL;

	for (size_t i = 0; ways[i]; i++) {
		struct node *node = node_get(map, ways[i]);
		size_t up = path_push(l, ways[i]);

		if (node && first)
			report(l, node, "is given beside %s; one of them says how much heat it is", first);
		else if (node)
			first = ways[i];
		path_pop(l, up);
	}
	if (!first && !optional)
		report_all_missing(l, map, ways);
	return first;
}

static void refuse(struct loader *l, const struct node *map, const char *key, const char *what)
{
	struct node *node = node_get(map, key);

	if (node)
		report_child(l, node, what);
}

/* What says how much heat a kilogram carries. */
static void check_content(struct loader *l, const struct node *map, struct node *flow, bool latent)
{
	struct node *medium = node_get(map, "medium");
	const char *own = latent ? "latent_heat" : "cp";
	bool air = medium && medium->kind == NODE_SCALAR && strcmp(medium->text, "air") == 0;

	if (latent && air)
		report_child(l, medium, "nothing of it evaporates or condenses; of something else say latent_heat");
	else if (medium && node_get(map, own))
		report_child(l, node_get(map, own), "is given beside medium, of which it is built in");
	if (!medium && !node_get(map, own))
		report_child(l, flow,
		             latent ? "needs medium: water, or latent_heat: how much heat it carries is not known without"
		                    : "needs medium (water or air) or cp: how much heat it carries is not known without");
	refuse(l, map, latent ? "cp" : "latent_heat",
	       latent ? "is of no use in a latent segment; that has a latent_heat"
	              : "is of no use where nothing evaporates or condenses");
}

static void check_volume(struct loader *l, const struct node *map, struct node *volume)
{
	struct node *medium = node_get(map, "medium");

	if (node_get(map, "density") || (medium && (medium->bad || strcmp(medium->text, "water") == 0)))
		return;
	report_child(l, volume, "needs density: what it weighs is built in of water alone");
}

void config_check_flow(struct loader *l, struct node *map, bool latent)
{
	static const char *const partners[] = {"medium", "cp", "density", "latent_heat"};
	struct node *mass = node_get(map, "mass_flow"), *volume = node_get(map, "volume_flow");

	for (size_t i = 0; !mass && !volume && i < sizeof(partners) / sizeof(partners[0]); i++)
		refuse(l, map, partners[i], "is of no use without mass_flow or volume_flow");
	if (mass)
		refuse(l, map, "density", "is of no use with mass_flow");
	if (mass || volume)
		check_content(l, map, mass ? mass : volume, latent);
	if (volume && !mass)
		check_volume(l, map, volume);
}

/* The checks across keys: what an objective needs, what excludes or contradicts each other. Only constants can
 * contradict here; what live signals do is the engine's to judge. Never reports twice about one bad value. */
#include "config_load.h"

#include <lorenz/lorenz.h>
#include <math.h>
#include <string.h>

bool constant_at(const struct input *input, const struct node *node, double *value)
{
	if (!node || node->bad || node->kind != NODE_SCALAR || input->kind != INPUT_CONSTANT)
		return false;
	*value = input->value;
	return true;
}

static void check_prefix(struct loader *l, struct node *prefix)
{
	const struct config *config = &l->root.config;
	size_t len;

	if (!prefix || prefix->bad || !config->mqtt.prefix)
		return;
	len = strlen(config->mqtt.prefix);
	if (config->mqtt.prefix[0] == '/' || config->mqtt.prefix[len - 1] == '/')
		report_child(l, prefix, "must neither begin nor end with /");
	else if (config->mqtt.prefix[0] == '$')
		report_child(l, prefix, "topics that begin with $ are the broker's");
	else if (len > PREFIX_MAX_LEN)
		report_child(l, prefix, "is longer than 300 bytes");
}

static void check_mqtt(struct loader *l, struct node *mqtt)
{
	struct node *tls = node_get(mqtt, "tls"), *password = node_get(mqtt, "password_file");
	struct node *cert = node_get(tls, "cert"), *key = node_get(tls, "key");
	size_t up = path_push(l, "mqtt");

	check_prefix(l, node_get(mqtt, "prefix"));
	if (password && !node_get(mqtt, "username"))
		report_child(l, password, "needs a username");
	if (cert && !key)
		report_child(l, tls, "cert needs its key");
	if (key && !cert)
		report_child(l, tls, "key needs its cert");
	path_pop(l, up);
}

#define OF(objective) (1U << (objective))
#define COSTS         (OF(OBJECTIVE_COST) | OF(OBJECTIVE_COST_BREAK_EVEN) | OF(OBJECTIVE_BLEND) | \
                       OF(OBJECTIVE_CARBON_AT_NO_COST) | OF(OBJECTIVE_COST_UNDER_CARBON_CAP))
#define CARBONS       (OF(OBJECTIVE_CARBON) | OF(OBJECTIVE_CARBON_BREAK_EVEN) | OF(OBJECTIVE_BLEND) | \
                       OF(OBJECTIVE_CARBON_AT_NO_COST) | OF(OBJECTIVE_COST_UNDER_CARBON_CAP) | OF(OBJECTIVE_ELECTRIFY_AT_NO_CARBON))

static const struct {
	enum slot slot;
	unsigned objectives;
} needs[] = {
    {SLOT_ELEC_PRICE, COSTS},
    {SLOT_FUEL_PRICE, COSTS},
    {SLOT_ELEC_CARBON, CARBONS},
    {SLOT_FUEL_CARBON, CARBONS},
};

/* Given anywhere, be it with an error that has been told. */
static bool given(const struct node *root, const struct node *node, enum slot slot)
{
	return node_find(node, slot_info[slot].path) || node_find(root, slot_info[slot].path);
}

const char *config_objective_lacks(const struct loop_config *loop, enum objective objective)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if ((needs[i].objectives & OF(objective)) && loop->slot[needs[i].slot].kind == INPUT_ABSENT)
			return slot_info[needs[i].slot].path;
	return NULL;
}

static void check_objective(struct loader *l, const struct loop_config *loop, struct node *root, struct node *node)
{
	struct node *objective = node_get(node, "objective");
	struct node *about = objective ? objective : node;
	const struct input *co2 = &loop->slot[SLOT_FUEL_CO2_PRICE];
	const char *text = objective_text[loop->objective];
	size_t up;

	if (objective && objective->bad)
		return;
	up = objective ? path_push(l, "objective") : l->path_len;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if ((needs[i].objectives & OF(loop->objective)) && !given(root, node, needs[i].slot))
			report(l, about, "%s needs %s", text, slot_info[needs[i].slot].path);
	}
	if ((COSTS & ~CARBONS & OF(loop->objective)) && (co2->kind == INPUT_SIGNAL || co2->value != 0) &&
	    !given(root, node, SLOT_FUEL_CARBON))
		report(l, about, "%s needs market.fuel.carbon to count market.fuel.co2_price", text);
	path_pop(l, up);
}

static void check_carbon_value(struct loader *l, const struct loop_config *loop, struct node *node)
{
	struct node *value = node_get(node, "carbon_value");

	if (loop->objective != OBJECTIVE_BLEND || (value && value->bad) || loop->carbon_value_eur_t > 0)
		return;
	report_child(l, value ? value : node_get(node, "objective"), "blend needs a carbon_value above 0");
}

static void check_carbon_cap(struct loader *l, const struct loop_config *loop, struct node *node)
{
	if (loop->objective == OBJECTIVE_COST_UNDER_CARBON_CAP && !node_get(node, "carbon_cap") && !node_get(node, "carbon_budget"))
		report_child(l, node_get(node, "objective"), "cost_under_carbon_cap needs a carbon_cap or a carbon_budget");
}

/* The highest sink temperature, where it is a constant. */
static bool sink_top(const struct loop_config *loop, const struct node *sink, double *t_k)
{
	const struct node *curve = node_get(sink, "curve"), *last;
	const struct segment_config *segment;

	if (!curve)
		return constant_at(&loop->slot[SLOT_SINK_T_TARGET], node_get(sink, "t_target"), t_k);
	if (curve->bad || loop->n_curve == 0)
		return false;
	last = curve->last;
	segment = &loop->curve[loop->n_curve - 1];
	return constant_at(&segment->t_out, node_get(last, segment->latent ? "latent" : "t_out"), t_k);
}

static void check_source(struct loader *l, const struct loop_config *loop, struct node *node)
{
	struct node *source = node_get(node, "source"), *t_in = node_get(source, "t_in"), *t_out = node_get(source, "t_out");
	double in_k, out_k, top_k;
	size_t up;

	if (!constant_at(&loop->slot[SLOT_SOURCE_T_IN], t_in, &in_k))
		return;
	up = path_push(l, "source");
	out_k = in_k;
	if (t_out && !constant_at(&loop->slot[SLOT_SOURCE_T_OUT], t_out, &out_k))
		out_k = NAN;
	if (out_k > in_k)
		report_child(l, t_out, "the source would leave the evaporator warmer than it enters (t_in)");
	else if (!node_get(node, "direct_exchange") && !node_get(node, "technologies") && sink_top(loop, node_get(node, "sink"), &top_k) && lorenz_log_mean(in_k, out_k) >= top_k)
		report_child(l, t_in, "the source is not below what the sink has to reach: no heat pump is needed");
	path_pop(l, up);
}

/* The key, or one that was probably meant to be it and has been reported. */
static bool has_nearly(const struct node *map, const char *key)
{
	struct nearest nearest;

	for (const struct node *child = map->first; child; child = child->next) {
		nearest_init(&nearest, child->key);
		nearest_try(&nearest, key);
		if (strcmp(child->key, key) == 0 || nearest.best)
			return true;
	}
	return false;
}

static void check_machine(struct loader *l, const struct loop_config *loop, struct node *node)
{
	struct node *heat_pump = node_get(node, "heat_pump"), *min_load = node_get(heat_pump, "min_load");
	const struct input *input = &loop->slot[SLOT_MIN_LOAD];
	size_t up;

	if (!heat_pump && !node_get(node, "technologies") && !has_nearly(node, "heat_pump"))
		report_absent(l, node, "heat_pump", "");
	up = path_push(l, "heat_pump");
	if (heat_pump && (heat_pump->kind == NODE_MAP || node_is_empty(heat_pump)) && !node_get(node, "technologies") &&
	    !has_nearly(heat_pump, "lorenz_efficiency"))
		report_absent(l, heat_pump, "lorenz_efficiency", "");
	if (min_load && !min_load->bad && !node_get(heat_pump, "capacity") && !node_find(heat_pump, "envelope.capacity") && (input->kind == INPUT_SIGNAL || input->value > 0))
		report_child(l, min_load, "is a share of capacity, which is missing");
	path_pop(l, up);
}

static void check_setpoint(struct loader *l, const struct loop_config *loop, struct node *node)
{
	struct node *setpoint = node_get(node, "setpoint"), *min = node_get(setpoint, "min"), *max = node_get(setpoint, "max");
	size_t up = path_push(l, "setpoint");

	if (min && max && !min->bad && !max->bad && loop->min_k > loop->max_k)
		report_child(l, min, "is above max");
	config_check_pace(l, loop, setpoint);
	path_pop(l, up);
}

static void check_loop(struct loader *l, const struct loop_config *loop, struct node *root, struct node *node)
{
	size_t up = path_push(l, loop->name);

	if (node->kind == NODE_MAP) {
		config_check_sink(l, loop, node_get(node, "sink"));
		config_check_machines(l, loop, node);
		check_source(l, loop, node);
		check_machine(l, loop, node);
		config_check_envelope(l, loop, node);
		check_setpoint(l, loop, node);
		check_objective(l, loop, root, node);
		check_carbon_value(l, loop, node);
		check_carbon_cap(l, loop, node);
	}
	path_pop(l, up);
}

void config_check(struct loader *l, struct node *root)
{
	size_t up;

	check_mqtt(l, node_get(root, "mqtt"));
	config_check_demand(l, root);
	up = path_push(l, "loops");
	for (size_t i = 0; i < l->root.config.n_loops; i++)
		check_loop(l, &l->root.config.loops[i], root, l->loop_nodes[i]);
	path_pop(l, up);
}

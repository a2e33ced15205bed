/* Reads what the general case adds to a loop. All of it lies in a structure of its own that the first such key allocates,
 * so that loops without have none. */
#include "config_machines.h"

#include "config_load.h"

#include <string.h>

/* ---- rows ------------------------------------------------------------------------------- */

#define UNIT(which)    ROW_INPUT, .slot = (which), .offset = offsetof(struct unit_config, input[(which)-SLOT_UNIT])
#define UTILITY(which) ROW_INPUT, .slot = (which), .offset = offsetof(struct utility_config, input[(which)-SLOT_UTILITY])

const struct row unit_rows[] = {
    {"name", ROW_NAME, .offset = offsetof(struct unit_config, name), .required = true, .help = "How results call it."},
    {"capacity", UNIT(SLOT_UNIT_CAPACITY), .required = true, .help = "Largest heat; 0: it does not run."},
    {"min_load", UNIT(SLOT_UNIT_MIN_LOAD), .derived = "0", .help = "Smallest heat while it runs, as a share of its capacity."},
    {"cop_factor", UNIT(SLOT_UNIT_COP_FACTOR), .derived = "1", .help = "On the COP, against the other units."},
    {"part_load", ROW_PART_LOAD, .offset = offsetof(struct unit_config, part_load), .derived = "1 at any load",
     .help = "On the COP, over the share of the capacity, at most 8 points: [[30 %, 0.9], [100 %, 1]]."},
    {"preference", ROW_COUNT, .offset = offsetof(struct unit_config, preference), .range = {-1000, 1000, false}, .derived = "0",
     .help = "Lower runs first where nothing else decides, then fewer running_hours."},
    {"running_hours", UNIT(SLOT_UNIT_RUNNING_HOURS), .derived = "0 h", .help = "So far."},
    {"available", UNIT(SLOT_UNIT_AVAILABLE), .derived = "true",
     .help = "Whether it may be asked to run: 1/0 or true/false. Where that is bad it may not, and the result is uncertain."},
    {0},
};

const struct row utility_rows[] = {
    {"name", ROW_NAME, .offset = offsetof(struct utility_config, name), .required = true, .help = "How results call it."},
    {"capacity", UTILITY(SLOT_UTILITY_CAPACITY), .required = true, .help = "Largest heat."},
    {"efficiency", UTILITY(SLOT_UTILITY_EFFICIENCY), .derived = "1", .help = "Useful heat per fuel."},
    {"electric_efficiency", UTILITY(SLOT_UTILITY_ELECTRIC_EFFICIENCY), .derived = "0",
     .help = "Electricity per fuel, of a CHP: it counts at what electricity costs and emits."},
    {"price", UTILITY(SLOT_UTILITY_PRICE), .derived = "that of market.fuel, all in", .help = "Of its fuel, all in."},
    {"carbon", UTILITY(SLOT_UTILITY_CARBON), .derived = "that of market.fuel", .help = "Of its fuel."},
    {0},
};

const struct machines_config *machines_of_loop(const struct loop_config *loop)
{
	static const struct machines_config none;

	bool more = objective_is_constrained(loop->objective) || loop->rate_smoothing_us > 0;

	return loop->machines || !more ? loop->machines : &none;
}

const char *technology_name(const struct loop_config *loop, size_t index)
{
	const struct machines_config *m = loop->machines;

	return m && index < m->n_technologies ? m->technologies[index].name : NULL;
}

uint8_t technology_index(const struct loop_config *loop, const char *name)
{
	const char *other;

	for (uint8_t i = 0; (other = technology_name(loop, i)) != NULL; i++)
		if (strcmp(other, name) == 0)
			return i;
	return NO_TECHNOLOGY;
}

/* ---- places ----------------------------------------------------------------------------- */

/* The inputs of a list's entry i, from its first slot on. */
static struct input *inputs_of(const struct machines_config *m, enum slot first, size_t i)
{
	if (first == SLOT_UNIT)
		return m->units[i].input;
	return first == SLOT_UTILITY ? m->utilities[i].input : m->technologies[i].input;
}

bool machines_place(const struct machines_config *m, size_t place, struct machines_place *out)
{
	static const struct {
		const char *list;
		enum slot first;
		size_t n_inputs;
	} lists[] = {{"heat_pump.units", SLOT_UNIT, UNIT_INPUTS},
	             {"utilities", SLOT_UTILITY, UTILITY_INPUTS},
	             {"technologies", SLOT_TECHNOLOGY, TECHNOLOGY_INPUTS}};

	if (!m)
		return false;
	if (place < MACHINES_SINGLE) {
		*out = (struct machines_place){(struct input *)&m->single[place], (enum slot)(SLOT_MACHINES + place), NULL, 0};
		return true;
	}
	place -= MACHINES_SINGLE;
	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		const size_t entries[] = {m->n_units, m->n_utilities, m->n_technologies};
		size_t n = lists[k].n_inputs, i = place / n;

		if (i < entries[k]) {
			*out = (struct machines_place){&inputs_of(m, lists[k].first, i)[place % n],
			                               (enum slot)(lists[k].first + place % n), lists[k].list, i};
			return true;
		}
		place -= entries[k] * n;
	}
	return false;
}

/* ---- readers ---------------------------------------------------------------------------- */

struct machines_config *machines_to_fill(struct loader *l, struct loop_config *loop)
{
	if (!loop->machines)
		loop->machines = arena_alloc(l->arena, sizeof(*loop->machines));
	return loop->machines;
}

bool read_machines_input(struct loader *l, const struct row *row, struct node *node, void *out)
{
	return read_input(l, row, node, &machines_to_fill(l, out)->single[row->slot - SLOT_MACHINES]);
}

bool is_list_of(struct loader *l, struct node *node, const char *what, size_t most)
{
	if (node->kind != NODE_LIST)
		report(l, node, "must be a list of %s, not %s", what, node_kind_text(node->kind));
	else if (node->n == 0 || node->n > most)
		report(l, node, "has %zu %s; 1 to %zu are possible", node->n, what, most);
	else
		return true;
	return false;
}

/* An entry may be its name alone. */
static struct node *name_of(struct node *entry)
{
	struct node *name = entry->kind == NODE_SCALAR ? entry : node_get(entry, "name");

	return name && name->kind == NODE_SCALAR && !name->bad ? name : NULL;
}

void check_other_names(struct loader *l, struct node *list, struct node *entry)
{
	struct node *name = name_of(entry), *other;

	for (struct node *before = list->first; name && !name->bad && before != entry; before = before->next) {
		other = name_of(before);
		if (!other || strcmp(other->text, name->text) != 0)
			continue;
		if (name == entry)
			report(l, name, "is the name of another one as well");
		else
			report_child(l, name, "is the name of another one as well");
	}
}

static void read_entries(struct loader *l, const struct row *row, struct node *node, void *entries, size_t size)
{
	size_t i = 0;

	for (struct node *child = node->first; child; child = child->next, i++) {
		size_t up = path_push_index(l, i);

		read_map(l, row->children, child, (char *)entries + i * size);
		check_other_names(l, node, child);
		path_pop(l, up);
	}
}

bool read_units(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct machines_config *m = machines_to_fill(l, out);

	if (!is_list_of(l, node, "units", UNITS_MAX))
		return false;
	m->units = arena_alloc(l->arena, node->n * sizeof(*m->units));
	m->n_units = node->n;
	read_entries(l, row, node, m->units, sizeof(*m->units));
	return true;
}

bool read_utilities(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct machines_config *m = machines_to_fill(l, out);

	if (!is_list_of(l, node, "utilities", UTILITIES_MAX))
		return false;
	m->utilities = arena_alloc(l->arena, node->n * sizeof(*m->utilities));
	m->n_utilities = node->n;
	read_entries(l, row, node, m->utilities, sizeof(*m->utilities));
	return true;
}

bool read_numbers(struct loader *l, struct node *node, enum dimension dimension, struct range range, size_t most, double *at,
                  size_t *n)
{
	size_t i = 0;

	if (!is_list_of(l, node, "values", most))
		return false;
	for (struct node *child = node->first; child; child = child->next, i++) {
		size_t up = path_push_index(l, i);
		bool plain = child->kind == NODE_SCALAR && !node_is_empty(child);

		if (!plain)
			report(l, child, "must be %s", dimension_text(dimension));
		if (!plain || !quantity_in(l, child, dimension, range, &at[i]))
			node->bad = true;
		path_pop(l, up);
	}
	*n = i;
	return !node->bad;
}

bool read_part_load(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct lorenz_part_load *part_load = out;
	double pair[LORENZ_PART_LOAD_MAX][2] = {{0}};
	size_t i = 0, n;

	(void)row;
	if (!is_list_of(l, node, "points", LORENZ_PART_LOAD_MAX))
		return false;
	for (struct node *child = node->first; child; child = child->next, i++) {
		size_t up = path_push_index(l, i);

		if (!read_numbers(l, child, DIM_ONE, (struct range){0, 2, false}, 2, pair[i], &n) || n != 2)
			report(l, node, "must be a list of [share, factor], as [[30 %%, 0.9], [100 %%, 1]]");
		path_pop(l, up);
		part_load->share[i] = pair[i][0];
		part_load->factor[i] = pair[i][1];
	}
	part_load->n = i;
	if (!node->bad && lorenz_part_load_check(part_load) != LORENZ_OK)
		report(l, node, "%s", lorenz_status_text(LORENZ_PART_LOAD));
	return !node->bad;
}

/* ---- checks ----------------------------------------------------------------------------- */

/* Keys that each say how large the stream is. */
static const char *const source_ways[] = {"heat_capacity_rate", "mass_flow", "volume_flow", NULL};

static void excludes(struct loader *l, const struct node *map, const char *key, const char *what)
{
	struct node *node = node_get(map, key);

	if (node)
		report_child(l, node, what);
}

static void check_body(struct loader *l, struct node *body)
{
	size_t up = path_push(l, "body");

	if (body && body->kind == NODE_MAP) {
		config_check_heat(l, body, source_ways, false);
		config_check_flow(l, body, false);
	}
	path_pop(l, up);
}

static void check_source_keys(struct loader *l, const struct machines_config *m, struct node *source)
{
	static const char *const needs_flow[] = {"t_out_min", "cooling_max"};
	struct node *rate = node_get(source, "heat_capacity_rate");
	double rate_kw_k;
	size_t up = path_push(l, "source");
	const char *way = config_check_heat(l, source, source_ways, true);
	char text[96];

	if (constant_at(machines_single(m, SLOT_SOURCE_HEAT_CAPACITY_RATE), rate, &rate_kw_k) && rate_kw_k <= 0)
		report_child(l, rate, "must be above 0");
	config_check_flow(l, source, false);
	check_body(l, node_get(source, "body"));
	snprintf(text, sizeof(text), "is given beside %s, from which the outlet follows", way ? way : "");
	if (way)
		excludes(l, source, "t_out", text);
	else
		for (size_t i = 0; i < sizeof(needs_flow) / sizeof(needs_flow[0]); i++)
			excludes(l, source, needs_flow[i],
			         "needs heat_capacity_rate, mass_flow or volume_flow: how far the source cools is not known without");
	path_pop(l, up);
}

static bool is_nothing(const struct input *input)
{
	return input->kind == INPUT_ABSENT || (input->kind == INPUT_CONSTANT && input->value == 0);
}

static bool is_jensen(const struct lorenz_efficiency *model)
{
	return model && model->model == LORENZ_MODEL_JENSEN;
}

static bool has_jensen(const struct machines_config *m)
{
	bool any = is_jensen(m->model);

	for (size_t i = 0; i < m->n_technologies; i++)
		any |= is_jensen(m->technologies[i].model);
	return any;
}

static void check_heat_pump_keys(struct loader *l, const struct machines_config *m, const struct node *heat_pump)
{
	size_t up = path_push(l, "heat_pump");

	if (m->n_units > 0) {
		excludes(l, heat_pump, "capacity", "is given beside units, which have their own");
		excludes(l, heat_pump, "min_load", "is given beside units, which have their own");
	}
	for (enum slot slot = SLOT_APPROACH_SINK; slot <= SLOT_APPROACH_SOURCE && has_jensen(m); slot++)
		if (!is_nothing(machines_single(m, slot)))
			excludes(l, heat_pump, strchr(slot_info[slot].path, '.') + 1,
			         "is given beside the model jensen, which has its own (pinch)");
	path_pop(l, up);
}

static void check_utility_names(struct loader *l, struct node *utilities)
{
	static const char *const own[] = {"boiler", "electric_boiler"};
	size_t above = path_push(l, "utilities"), i = 0;

	for (struct node *child = utilities ? utilities->first : NULL; child; child = child->next, i++) {
		struct node *name = node_get(child, "name");
		size_t up = path_push_index(l, i);

		for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
			if (name && !name->bad && name->kind == NODE_SCALAR && strcmp(name->text, own[k]) == 0)
				report_child(l, name, "is what another boiler of the loop is called");
		path_pop(l, up);
	}
	path_pop(l, above);
}

static bool is_measured(const struct loop_config *loop, enum slot slot)
{
	return loop->slot[slot].kind != INPUT_ABSENT;
}

/* The source's heat-capacity rate from what is measured. */
static void check_estimate(struct loader *l, const struct loop_config *loop, const struct node *node)
{
	struct node *source = node_get(node, "source"), *estimate = node_get(source, "estimate_rate");
	bool heat = is_measured(loop, SLOT_Q_SOURCE) || (is_measured(loop, SLOT_Q_SINK) && is_measured(loop, SLOT_P_ELEC));
	bool known = false;
	size_t up = path_push(l, "source");

	for (const char *const *way = source_ways; *way; way++)
		known = known || node_get(source, *way);
	if (estimate && known)
		report_child(l, estimate, "is given beside what tells the rate already");
	else if (estimate && loop->slot[SLOT_SOURCE_T_OUT].kind != INPUT_SIGNAL)
		report_child(l, estimate, "needs a measured t_out");
	if (estimate && !heat)
		report_child(l, estimate, "needs feedback.q_source, or feedback.q_sink and feedback.p_elec");
	if (estimate && node_get(node, "direct_exchange"))
		report_child(l, estimate, "is not possible with direct_exchange, which cools the source before the evaporator");
	path_pop(l, up);
}

void config_check_machines(struct loader *l, const struct loop_config *loop, struct node *node)
{
	const struct machines_config *m = loop->machines;

	check_estimate(l, loop, node);
	if (!m)
		return;
	check_source_keys(l, m, node_get(node, "source"));
	check_heat_pump_keys(l, m, node_get(node, "heat_pump"));
	check_utility_names(l, node_get(node, "utilities"));
	config_check_technologies(l, loop, node);
}

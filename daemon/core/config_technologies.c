/* Technologies side by side in the configuration: a list of names, or of mappings with figures of their own. Refuses what no
 * figure is known for, keys of another kind, and an engine better than Carnot's where constants tell. */
#include "config_load.h"
#include "config_machines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- rows ------------------------------------------------------------------------------- */

#define MEMBER(member) .offset = offsetof(struct technology_config, member)
#define INPUT(which)   ROW_INPUT, .slot = (which), MEMBER(input[(which)-SLOT_TECHNOLOGY])

/* Two of one kind that people tell apart: all of the electricity becomes heat, or as much as the maker says. */
enum { KIND_RESISTIVE = LORENZ_TECHNOLOGY_COUNT, KIND_INDUCTION };

static const struct choice kinds[] = {
    {"vapour_compression", LORENZ_VAPOUR_COMPRESSION},
    {"inverse_brayton", LORENZ_INVERSE_BRAYTON},
    {"mvr", LORENZ_MVR},
    {"thermochemical_transformer", LORENZ_TRANSFORMER},
    {"caloric", LORENZ_CALORIC},
    {"direct_electric", LORENZ_DIRECT_ELECTRIC},
    {"resistive", KIND_RESISTIVE},
    {"induction", KIND_INDUCTION},
    {"direct_exchange", LORENZ_DIRECT_EXCHANGE},
    {"heat_to_power", LORENZ_HEAT_TO_POWER},
    {"thermochemical_storage", LORENZ_HEAT_STORAGE},
    {0},
};

const struct row technology_rows[] = {
    {"name", ROW_NAME, MEMBER(name), .required = true, .help = "How results call it, at most 31 characters."},
    {"technology", ROW_CHOICE, MEMBER(kind), .choices = kinds, .derived = "its name",
     .help = "What it is; resistive and induction are direct_electric."},
    {"lorenz_efficiency", ROW_EFFICIENCY, .slot = SLOT_TECHNOLOGY_ETA, MEMBER(input[0]),
     .derived = "that of heat_pump, else for vapour_compression 0.55",
     .help = "Of vapour_compression, inverse_brayton and mvr, as that of heat_pump."},
    {"efficiency", INPUT(SLOT_TECHNOLOGY_EFFICIENCY), .derived = "1 for direct_electric",
     .help = "Heat per electricity of direct_electric, which induction needs; electricity per heat of heat_to_power, instead of "
             "second_law."},
    {"fraction", INPUT(SLOT_TECHNOLOGY_FRACTION), .derived = "0.234",
     .help = "Of caloric: COP over Carnot's between source inlet and sink outlet."},
    {"elec_share", INPUT(SLOT_TECHNOLOGY_ELEC_SHARE),
     .help = "Of thermochemical_transformer and thermochemical_storage, which need it: electricity per heat delivered."},
    {"source_share", INPUT(SLOT_TECHNOLOGY_SOURCE_SHARE),
     .help = "Of thermochemical_transformer, which needs it: heat from the source per heat delivered."},
    {"round_trip", INPUT(SLOT_TECHNOLOGY_ROUND_TRIP),
     .help = "Of thermochemical_storage, which needs it: heat got out per heat put in."},
    {"stored_price", INPUT(SLOT_TECHNOLOGY_STORED_PRICE),
     .help = "Of thermochemical_storage, which needs it: what the heat cost that was put in."},
    {"stored_carbon", INPUT(SLOT_TECHNOLOGY_STORED_CARBON),
     .help = "Of thermochemical_storage, which needs it: what the heat emitted that was put in."},
    {"second_law", INPUT(SLOT_TECHNOLOGY_SECOND_LAW),
     .help = "Of heat_to_power, which needs it or efficiency: efficiency over Carnot's between the source's mean and t_ambient."},
    {"t_ambient", INPUT(SLOT_TECHNOLOGY_T_AMBIENT), .derived = "15 degC", .help = "Of heat_to_power: where it rejects its heat."},
    {"pinch", INPUT(SLOT_TECHNOLOGY_PINCH), .derived = "5 K", .help = "Of direct_exchange."},
    {"t_max", INPUT(SLOT_TECHNOLOGY_T_MAX), .derived = "the lower of heat_pump.t_max and what the technology reaches",
     .help = "Highest sink outlet."},
    {"t_target_min", INPUT(SLOT_TECHNOLOGY_T_TARGET_MIN), .derived = "none, but 500 degC for thermochemical_transformer",
     .help = "A lower target is not what it is for."},
    {"t_source_min", INPUT(SLOT_TECHNOLOGY_T_SOURCE_MIN), .derived = "none, but 300 degC for thermochemical_transformer",
     .help = "Coldest source inlet."},
    {"t_source_max", INPUT(SLOT_TECHNOLOGY_T_SOURCE_MAX), .derived = "none", .help = "Hottest source inlet."},
    {"capacity", INPUT(SLOT_TECHNOLOGY_CAPACITY),
     .derived = "heat_pump.capacity or its units, which count as one of all their capacity where there is no compressor; unlimited for direct_exchange",
     .help = "Largest heat of a machine of its own."},
    {"min_load", INPUT(SLOT_TECHNOLOGY_MIN_LOAD),
     .derived = "heat_pump.min_load; 0 for direct_electric, direct_exchange and what is thermochemical",
     .help = "Smallest heat, as a share of the capacity."},
    {"p_elec_max", INPUT(SLOT_TECHNOLOGY_P_ELEC_MAX), .derived = "heat_pump.p_elec_max", .help = "Largest electric power."},
    {"available", INPUT(SLOT_TECHNOLOGY_AVAILABLE), .derived = "true",
     .help = "Whether it may be asked to run: 1/0 or true/false. Where that is bad it may not, and the result is uncertain."},
    {0},
};

/* ---- keys of a kind --------------------------------------------------------------------- */

#define OF(kind)     (1U << (kind))
#define LORENZ_KINDS (OF(LORENZ_VAPOUR_COMPRESSION) | OF(LORENZ_INVERSE_BRAYTON) | OF(LORENZ_MVR))
#define ALL          (OF(LORENZ_TECHNOLOGY_COUNT) - 1)
#define HEATS        (ALL & ~OF(LORENZ_HEAT_TO_POWER))
#define UNITLESS     (OF(LORENZ_DIRECT_ELECTRIC) | OF(LORENZ_TRANSFORMER) | OF(LORENZ_HEAT_STORAGE))

static const struct {
	const char *key;
	unsigned kinds, needed; /* of needed ones no figure is known */
} keys[] = {
    {"name", ALL, 0},
    {"technology", ALL, 0},
    {"lorenz_efficiency", LORENZ_KINDS, 0},
    {"efficiency", OF(LORENZ_DIRECT_ELECTRIC) | OF(LORENZ_HEAT_TO_POWER), 0},
    {"fraction", OF(LORENZ_CALORIC), 0},
    {"elec_share", OF(LORENZ_TRANSFORMER) | OF(LORENZ_HEAT_STORAGE), OF(LORENZ_TRANSFORMER) | OF(LORENZ_HEAT_STORAGE)},
    {"source_share", OF(LORENZ_TRANSFORMER), OF(LORENZ_TRANSFORMER)},
    {"round_trip", OF(LORENZ_HEAT_STORAGE), OF(LORENZ_HEAT_STORAGE)},
    {"stored_price", OF(LORENZ_HEAT_STORAGE), OF(LORENZ_HEAT_STORAGE)},
    {"stored_carbon", OF(LORENZ_HEAT_STORAGE), OF(LORENZ_HEAT_STORAGE)},
    {"second_law", OF(LORENZ_HEAT_TO_POWER), 0},
    {"t_ambient", OF(LORENZ_HEAT_TO_POWER), 0},
    {"pinch", OF(LORENZ_DIRECT_EXCHANGE), 0},
    {"t_max", HEATS, 0},
    {"t_target_min", HEATS, 0},
    {"t_source_min", ALL & ~OF(LORENZ_HEAT_STORAGE), 0},
    {"t_source_max", ALL & ~OF(LORENZ_HEAT_STORAGE), 0},
    {"capacity", HEATS, 0},
    {"min_load", HEATS, 0},
    {"p_elec_max", HEATS & ~OF(LORENZ_DIRECT_EXCHANGE), 0},
    {"available", ALL, 0},
};
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const char *kind_text(int kind)
{
	return lorenz_technology_text((enum lorenz_technology_kind)kind);
}

/* For words about it, also where the name is wrong or missing. */
static const char *name_of(const struct technology_config *t)
{
	return t->name ? t->name : kind_text(t->kind);
}

/* "a, b, c" */
static void add_word(char *text, size_t size, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s", len ? ", " : "", word);
}

static void report_foreign(struct loader *l, struct node *child, int kind)
{
	char known[400] = "";
	size_t up = path_push(l, child->key);

	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].kinds & OF(kind))
			add_word(known, sizeof(known), keys[i].key);
	report(l, child, "is not a key of %s, which has %s", kind_text(kind), known);
	path_pop(l, up);
}

static void check_keys(struct loader *l, struct node *entry, int kind)
{
	for (struct node *child = entry->first; child; child = child->next)
		for (size_t i = 0; i < KEYS; i++)
			if (strcmp(keys[i].key, child->key) == 0 && !(keys[i].kinds & OF(kind)))
				report_foreign(l, child, kind);
}

/* ---- reading ---------------------------------------------------------------------------- */

static bool find_kind(const char *name, int *kind)
{
	for (const struct choice *choice = kinds; choice->text; choice++) {
		if (strcmp(choice->text, name) != 0)
			continue;
		*kind = choice->value;
		return true;
	}
	return false;
}

static bool read_bare(struct loader *l, struct node *entry, struct technology_config *out)
{
	const struct row row = {.choices = kinds};

	if (node_is_empty(entry)) {
		report(l, entry, "no technology is named");
		return false;
	}
	out->name = arena_text(l->arena, entry->text, strlen(entry->text));
	return read_choice(l, &row, entry, &out->kind);
}

/* The kind is known, be it by the name. */
static bool settle_kind(struct loader *l, struct node *entry, struct technology_config *out)
{
	struct node *name = node_get(entry, "name"), *kind = node_get(entry, "technology");

	if (kind)
		return !kind->bad;
	if (!name || name->bad || !out->name)
		return false;
	if (find_kind(out->name, &out->kind))
		return true;
	report_child(l, name, "is no technology that is known by that name: say which one with technology");
	return false;
}

static void merge_kind(struct loader *l, struct node *entry, struct technology_config *out)
{
	bool induction = out->kind == KIND_INDUCTION;

	if (out->kind >= LORENZ_TECHNOLOGY_COUNT)
		out->kind = LORENZ_DIRECT_ELECTRIC;
	if (induction && !node_get(entry, "efficiency"))
		report(l, entry, "induction needs efficiency: no figure is known. Write it as a mapping, {name: %.31s, …}",
		       name_of(out));
}

static bool read_mapping(struct loader *l, const struct row *row, struct node *entry, struct technology_config *out)
{
	struct node *name;

	read_map(l, row->children, entry, out);
	name = node_get(entry, "name");
	if (name && !name->bad && out->name && strlen(out->name) >= TECHNOLOGY_NAME_SIZE)
		report_child(l, name, "has more than 31 characters");
	return settle_kind(l, entry, out);
}

static bool read_entry(struct loader *l, const struct row *row, struct node *entry, struct technology_config *out)
{
	if (!(entry->kind == NODE_SCALAR ? read_bare(l, entry, out) : read_mapping(l, row, entry, out)))
		return false;
	merge_kind(l, entry, out);
	check_keys(l, entry, out->kind);
	return true;
}

bool read_technologies(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct machines_config *m = machines_to_fill(l, out);
	size_t i = 0;

	if (!is_list_of(l, node, "technologies", TECHNOLOGIES_MAX))
		return false;
	m->technologies = arena_alloc(l->arena, node->n * sizeof(*m->technologies));
	m->n_technologies = node->n;
	for (struct node *entry = node->first; entry; entry = entry->next, i++) {
		size_t up = path_push_index(l, i);

		if (!read_entry(l, row, entry, &m->technologies[i]))
			entry->bad = true;
		check_other_names(l, node, entry);
		path_pop(l, up);
	}
	return true;
}

/* ---- checks ----------------------------------------------------------------------------- */

static bool has_own(const struct node *entry, const char *key)
{
	return node_get(entry, key) != NULL;
}

static const struct input *own(const struct technology_config *t, enum slot slot)
{
	return &t->input[slot - SLOT_TECHNOLOGY];
}

static void check_needed(struct loader *l, struct node *entry, const struct technology_config *t)
{
	char lacking[120] = "";

	for (size_t i = 0; i < KEYS; i++)
		if ((keys[i].needed & OF(t->kind)) && !has_own(entry, keys[i].key))
			add_word(lacking, sizeof(lacking), keys[i].key);
	if (*lacking)
		report(l, entry, "%s needs %s: no figure is known. Write it as a mapping, {name: %.31s, …}", kind_text(t->kind),
		       lacking, name_of(t));
}

static void check_efficiency(struct loader *l, struct node *loop, struct node *entry, const struct technology_config *t)
{
	struct lorenz_technology known = lorenz_technology_default((enum lorenz_technology_kind)t->kind);

	if (!(LORENZ_KINDS & OF(t->kind)) || has_own(entry, "lorenz_efficiency") ||
	    node_find(loop, "heat_pump.lorenz_efficiency") || !isnan(known.efficiency.of.eta))
		return;
	report(l, entry, "%s needs a lorenz_efficiency, of its own or of heat_pump: no figure is known", kind_text(t->kind));
}

/* The highest that Carnot allows, where constants tell: with a source that cools by an amount not known it is that of the inlet.
 */
static bool carnot_limit(const struct loop_config *loop, const struct node *node, const struct technology_config *t,
                         double *limit)
{
	const struct node *source = node_get(node, "source");
	const struct input *ambient = own(t, SLOT_TECHNOLOGY_T_AMBIENT);
	double in_k, out_k, ambient_k = lorenz_technology_default(LORENZ_HEAT_TO_POWER).t_ambient_k;

	if (!constant_at(&loop->slot[SLOT_SOURCE_T_IN], node_get(source, "t_in"), &in_k) || ambient->kind == INPUT_SIGNAL)
		return false;
	if (ambient->kind == INPUT_CONSTANT)
		ambient_k = ambient->value;
	if (!constant_at(&loop->slot[SLOT_SOURCE_T_OUT], node_get(source, "t_out"), &out_k))
		out_k = in_k;
	*limit = 1 - ambient_k / lorenz_log_mean(in_k, out_k);
	return true;
}

static void check_engine(struct loader *l, const struct loop_config *loop, struct node *node, struct node *entry,
                         const struct technology_config *t)
{
	struct node *second_law = node_get(entry, "second_law"), *efficiency = node_get(entry, "efficiency");
	double claimed, limit;
	size_t up;

	if (t->kind != LORENZ_HEAT_TO_POWER)
		return;
	if (!second_law && !efficiency)
		report(
		    l, entry,
		    "heat_to_power needs second_law or efficiency: no figure is known. Write it as a mapping, {name: %.31s, …}",
		    name_of(t));
	else if (second_law && efficiency)
		report_child(l, efficiency, "is given beside second_law: one of them");
	if (!constant_at(own(t, SLOT_TECHNOLOGY_EFFICIENCY), efficiency, &claimed) || !carnot_limit(loop, node, t, &limit) ||
	    claimed <= limit)
		return;
	up = path_push(l, "efficiency");
	report(l, efficiency, "%.4g is above %.4g, Carnot's between source and t_ambient", claimed, fmax(limit, 0));
	path_pop(l, up);
}

static void check_load(struct loader *l, const struct machines_config *m, struct node *node, struct node *entry, int kind)
{
	struct node *min_load = node_get(entry, "min_load");

	if (!min_load || min_load->bad || has_own(entry, "capacity"))
		return;
	if (m->n_units > 0 && !(UNITLESS & OF(kind)))
		report_child(l, min_load, "is a share of capacity, which is missing: heat_pump.units have their own");
	else if (kind == LORENZ_DIRECT_EXCHANGE || (m->n_units == 0 && !node_find(node, "heat_pump.capacity")))
		report_child(l, min_load, "is a share of capacity, which is missing");
}

static void check_exchange(struct loader *l, struct node *node, struct node *entry, const struct technology_config *t)
{
	if (!node_get(node, "direct_exchange") || (t->kind != LORENZ_DIRECT_EXCHANGE && t->kind != LORENZ_HEAT_STORAGE))
		return;
	report(l, entry, "%s does not go together with the loop's direct_exchange, which is always there", kind_text(t->kind));
}

void config_check_technologies(struct loader *l, const struct loop_config *loop, struct node *node)
{
	const struct machines_config *m = loop->machines;
	struct node *list = node_get(node, "technologies"), *entry = list && m->n_technologies > 0 ? list->first : NULL;
	size_t above = path_push(l, "technologies");

	for (size_t i = 0; entry; entry = entry->next, i++) {
		const struct technology_config *t = &m->technologies[i];
		size_t up = path_push_index(l, i);

		if (!entry->bad) {
			check_needed(l, entry, t);
			check_efficiency(l, node, entry, t);
			check_engine(l, loop, node, entry, t);
			check_load(l, m, node, entry, t->kind);
			check_exchange(l, node, entry, t);
		}
		path_pop(l, up);
	}
	path_pop(l, above);
}

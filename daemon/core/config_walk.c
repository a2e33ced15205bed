/* Walks a document along the rows: finds each key's row, has its value read to where the row says, applies defaults,
 * reports what is unknown, duplicate or missing. Knows the form of the file, not its meaning. */
#include "config_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_map_row(struct loader *l, const struct row *row, struct node *node, void *out)
{
	read_map(l, row->children, node, out);
	return true;
}

static const char *const reserved_loops[] = {"status", "heartbeat", "health", "cmd", "summary", "alarms"};

static void check_loop_name(struct loader *l, struct node *loop)
{
	for (size_t i = 0; i < sizeof(reserved_loops) / sizeof(reserved_loops[0]); i++) {
		if (strcmp(loop->key, reserved_loops[i]) == 0)
			config_errors_add(l->errors, loop->key_place, l->path,
			                  "\"%s\" is reserved, it is a topic of the service's own", loop->key);
	}
	check_name(l, loop->key_place, loop->key);
}

static int by_key(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
	int order = strcmp(x->key, y->key);

	if (order != 0)
		return order;
	if (x->key_place.line != y->key_place.line)
		return x->key_place.line < y->key_place.line ? -1 : 1;
	return x->key_place.column < y->key_place.column ? -1 : x->key_place.column > y->key_place.column;
}

static void report_duplicate(struct loader *l, const struct node *node, const struct node *earlier)
{
	size_t up = path_push(l, node->key);

	config_errors_add(l->errors, node->key_place, l->path, "duplicate key \"%.60s\", first given in line %u", node->key,
	                  earlier->key_place.line);
	path_pop(l, up);
}

/* Marks and reports them; there may be ten thousand loops. */
static void mark_duplicate_loops(struct loader *l, const struct node *loops)
{
	struct node **sorted = memory_grow(NULL, loops->n, sizeof(*sorted));
	size_t n = 0, first = 0;

	for (struct node *child = loops->first; child; child = child->next)
		sorted[n++] = child;
	qsort(sorted, n, sizeof(*sorted), by_key);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i]->key, sorted[first]->key) != 0) {
			first = i;
			continue;
		}
		report_duplicate(l, sorted[i], sorted[first]);
		sorted[i]->bad = true;
	}
	free(sorted);
}

static void read_loop(struct loader *l, const struct row *row, struct node *node)
{
	struct config *config = &l->root.config;
	struct loop_config *loop = &config->loops[config->n_loops];
	size_t up = path_push(l, node->key);

	check_loop_name(l, node);
	*loop = l->loop_template;
	loop->name = arena_text(l->arena, node->key, strlen(node->key));
	l->loop_nodes[config->n_loops++] = node;
	read_map(l, row->children, node, loop);
	path_pop(l, up);
}

static bool read_loops(struct loader *l, const struct row *row, struct node *node, void *out)
{
	(void)out;
	if (node_is_empty(node) || (node->kind == NODE_MAP && node->n == 0)) {
		report(l, node, "there must be at least one loop");
		return false;
	}
	if (node->kind != NODE_MAP) {
		report(l, node, "must be a mapping of loops by name, not %s", node_kind_text(node->kind));
		return false;
	}
	l->root.config.loops = arena_alloc(l->arena, node->n * sizeof(*l->root.config.loops));
	l->loop_nodes = memory_grow(NULL, node->n, sizeof(struct node *));
	mark_duplicate_loops(l, node);
	for (struct node *child = node->first; child; child = child->next) {
		if (!child->bad)
			read_loop(l, row, child);
	}
	return true;
}

static bool read_curve(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct loop_config *loop = out;

	if (node->kind != NODE_LIST) {
		report(l, node, "must be a list of segments, not %s", node_kind_text(node->kind));
		return false;
	}
	if (node->n == 0 || node->n > CURVE_MAX) {
		report(l, node, "has %zu segments; 1 to %d are possible", node->n, CURVE_MAX);
		return false;
	}
	loop->curve = arena_alloc(l->arena, node->n * sizeof(*loop->curve));
	for (struct node *child = node->first; child; child = child->next) {
		struct segment_config *segment = &loop->curve[loop->n_curve];
		size_t up = path_push_index(l, loop->n_curve++);

		segment->latent = node_get(child, "latent") != NULL;
		read_map(l, row->children, child, segment);
		path_pop(l, up);
	}
	return true;
}

static const struct {
	reader *read;
	bool scalar;
} types[ROW_TYPE_COUNT] = {
    [ROW_MAP] = {read_map_row, false},      [ROW_LOOPS] = {read_loops, false},      [ROW_CURVE] = {read_curve, false},
    [ROW_TEXT] = {read_text, true},         [ROW_NAME] = {read_name, true},         [ROW_TOPIC] = {read_topic, true},
    [ROW_POINTER] = {read_pointer, true},   [ROW_CHOICE] = {read_choice, true},     [ROW_NUMBER] = {read_number, true},
    [ROW_QUANTITY] = {read_quantity, true}, [ROW_DURATION] = {read_duration, true}, [ROW_SECONDS] = {read_seconds, true},
    [ROW_URL] = {read_url, true},           [ROW_INPUT] = {read_input, false},      [ROW_UNIT] = {read_unit, true},
    [ROW_VALID] = {read_valid, false},      [ROW_ON_BAD] = {read_on_bad, true},     [ROW_SERIES] = {read_series, false},
    [ROW_MEMBER] = {read_member, true},     [ROW_ZONE] = {read_zone, true},         [ROW_WORDS] = {read_words, false},
    [ROW_CLOCK] = {read_clock, true},       [ROW_DAYS] = {read_days, true},
    [ROW_SENTINELS] = {read_sentinels, false}, [ROW_DIFFERENCE] = {read_difference, true}, [ROW_MEMBERS] = {read_members, false},
    [ROW_COUNT] = {read_count, true},       [ROW_DEADBAND] = {read_deadband, true}, [ROW_THRESHOLD] = {read_threshold, true},
    [ROW_MACHINES_INPUT] = {read_machines_input, false}, [ROW_EFFICIENCY] = {read_efficiency, false}, [ROW_UNITS] = {read_units, false},
    [ROW_UTILITIES] = {read_utilities, false}, [ROW_TECHNOLOGIES] = {read_technologies, false}, [ROW_PART_LOAD] = {read_part_load, false},
    [ROW_COEFFICIENTS] = {read_coefficients, false}, [ROW_AXIS] = {read_axis, false}, [ROW_ETA] = {read_eta, false},
    [ROW_SOURCE_TABLE] = {read_source_table, false},
    [ROW_FLOW_INPUT] = {read_flow_input, false}, [ROW_MEDIUM] = {read_medium, true},
};

static void read_value(struct loader *l, const struct row *row, struct node *node, void *base)
{
	if (types[row->type].scalar && node->kind != NODE_SCALAR)
		report(l, node, "must be a plain value, not %s", node_kind_text(node->kind));
	else if (types[row->type].scalar && node_is_empty(node))
		report(l, node, "no value is given");
	else
		types[row->type].read(l, row, node, (char *)base + row->offset);
}

/* The row whose key was probably meant; NULL: none. */
static const struct row *report_unknown(struct loader *l, const struct row *rows, const struct node *node)
{
	const struct row *meant = NULL;
	struct nearest nearest;
	char text[64], known[256] = "";
	size_t up = path_push(l, node->key), len = 0;

	nearest_init(&nearest, node->key);
	for (const struct row *row = rows; row->key; row++) {
		nearest_try(&nearest, row->key);
		if (nearest.best == row->key)
			meant = row;
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", row->key);
	}
	if (meant)
		config_errors_add(l->errors, node->key_place, l->path, "unknown key \"%.60s\"%s", node->key,
		                  suggestion(&nearest, text));
	else
		config_errors_add(l->errors, node->key_place, l->path, "unknown key \"%.60s\"; known here: %s", node->key, known);
	path_pop(l, up);
	return meant;
}

static const struct row *find_row(const struct row *rows, const char *key)
{
	for (; rows->key; rows++) {
		if (strcmp(rows->key, key) == 0)
			return rows;
	}
	return NULL;
}

/* Says nothing about a key that is there misspelt: that has been said (bits of meant). */
static void report_missing(struct loader *l, const struct row *rows, struct node *map, unsigned meant)
{
	for (const struct row *row = rows; row->key; row++) {
		if (row->required && !node_get(map, row->key) && !(meant & 1U << (row - rows)))
			report_absent(l, map, row->key, "");
	}
}

static void read_known(struct loader *l, const struct row *row, const struct node *map, struct node *child, void *base)
{
	const struct node *first = node_get(map, child->key);
	size_t up;

	if (first != child) {
		report_duplicate(l, child, first);
		return;
	}
	up = path_push(l, child->key);
	read_value(l, row, child, base);
	path_pop(l, up);
}

void read_map(struct loader *l, const struct row *rows, struct node *map, void *base)
{
	unsigned meant = 0;

	if (map->kind != NODE_MAP && !node_is_empty(map)) {
		report(l, map, "must be a mapping of keys, not %s", node_kind_text(map->kind));
		return;
	}
	for (struct node *child = map->first; child; child = child->next) {
		const struct row *row = find_row(rows, child->key);

		if (row)
			read_known(l, row, map, child, base);
		else if ((row = report_unknown(l, rows, child)) != NULL)
			meant |= 1U << (row - rows);
	}
	report_missing(l, rows, map, meant);
}

void apply_defaults(struct loader *l, const struct row *rows, void *base)
{
	for (const struct row *row = rows; row->key; row++) {
		struct node node = {.kind = NODE_SCALAR, .text = row->fallback};

		if (row->type == ROW_MAP && !row->like)
			apply_defaults(l, row->children, (char *)base + row->offset);
		else if (row->fallback)
			read_value(l, row, &node, base);
	}
}

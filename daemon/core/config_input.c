/* Quantities that may be live: a constant with its unit, or a mapping with a topic that becomes one of the
 * configuration's signals. Refuses signals that could never deliver a value. */
#include "config_load.h"

#include <math.h>
#include <string.h>

bool switch_parse(const char *text, double *value)
{
	static const struct {
		const char *text;
		double value;
	} words[] = {{"1", 1}, {"0", 0}, {"true", 1}, {"false", 0}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i].text) == 0) {
			*value = words[i].value;
			return true;
		}
	}
	return false;
}

static bool read_constant(struct loader *l, struct node *node, enum slot slot, double *value)
{
	if (!slot_info[slot].is_switch)
		return quantity_in(l, node, slot_info[slot].dimension, slot_range(slot), value);
	if (switch_parse(node->text, value))
		return true;
	report(l, node, "\"%.60s\" is none of true, false, 1, 0", node->text);
	return false;
}

bool read_unit(struct loader *l, const struct row *row, struct node *node, void *out)
{
	const struct slot_info *slot = &slot_info[l->slot];
	const struct unit *unit = unit_find(slot->dimension, node->text);
	struct nearest nearest;
	char text[64];

	(void)row;
	if (unit && slot->is_switch && unit != unit_internal(DIM_ONE)) {
		report(l, node, "a switch (1/0, true/false) has no unit");
		return false;
	}
	if (unit) {
		*(const struct unit **)out = unit;
		return true;
	}
	nearest_init(&nearest, node->text);
	for (size_t i = 0; (unit = unit_at(i)) != NULL; i++) {
		if (unit->dimension == slot->dimension)
			nearest_try(&nearest, unit->name);
	}
	report(l, node, "\"%.60s\" is not a unit of %s: %s%s", node->text, dimension_text(slot->dimension),
	       dimension_units(slot->dimension), suggestion(&nearest, text));
	return false;
}

bool read_valid(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct signal_config *signal = out;
	double bound[2];
	struct err e;
	int n = 0;

	(void)row;
	if (node->kind != NODE_LIST || node->n != 2) {
		report(l, node, "must be [low, high], two numbers in the signal's unit");
		return false;
	}
	for (struct node *child = node->first; child; child = child->next) {
		if (child->kind != NODE_SCALAR || !number_parse(child->text, &bound[n], &e)) {
			report(l, child, "%s; valid is [low, high], two numbers in the signal's unit",
			       child->kind == NODE_SCALAR ? e.text : "not a plain value");
			return false;
		}
		n++;
	}
	if (bound[0] >= bound[1]) {
		report(l, node, "low (%.10g) is not below high (%.10g)", bound[0], bound[1]);
		return false;
	}
	signal->valid_low = bound[0];
	signal->valid_high = bound[1];
	return true;
}

bool read_on_bad(struct loader *l, const struct row *row, struct node *node, void *out)
{
	static const char *const words[] = {[ON_BAD_STOP] = "stop", [ON_BAD_HOLD] = "hold"};
	struct signal_config *signal = out;
	double value;

	(void)row;
	for (int i = 0; i < (int)(sizeof(words) / sizeof(words[0])); i++) {
		if (strcmp(node->text, words[i]) == 0) {
			signal->on_bad = (enum on_bad)i;
			return true;
		}
	}
	if (*node->text >= 'A' && !slot_info[l->slot].is_switch) {
		report(l, node, "\"%.60s\" is neither stop nor hold nor a quantity to use instead", node->text);
		return false;
	}
	if (!read_constant(l, node, l->slot, &value))
		return false;
	signal->on_bad = ON_BAD_SUBSTITUTE;
	signal->substitute = value;
	return true;
}

static void read_missing_unit(struct loader *l, struct node *node, struct signal_config *signal)
{
	const enum dimension dimension = slot_info[l->slot].dimension;
	struct err hint;

	if (dimension == DIM_ONE) {
		signal->unit = unit_internal(DIM_ONE);
		return;
	}
	err_set(&hint, "; %s comes in %s", dimension_text(dimension), dimension_units(dimension));
	report_absent(l, node, "unit", hint.text);
}

/* What the rows of a signal cannot tell one by one. */
static void check_signal(struct loader *l, struct node *node, struct signal_config *signal)
{
	struct node *scale = node_get(node, "scale"), *time = node_get(node, "time");

	if (!signal->unit && !node_get(node, "unit"))
		read_missing_unit(l, node, signal);
	if (signal->scale == 0)
		report_child(l, scale, "a scale of 0 would make every value the same");
	if (time && !node_get(node, "pointer"))
		report_child(l, time, "only a JSON payload has a time: the value's pointer is missing beside it");
	else if (signal->time_pointer && !*signal->time_pointer)
		report_child(l, time, "the whole payload cannot be the time: its pointer is empty");
	config_check_feed(l, node, signal);
}

static uint32_t add_signal(struct loader *l, const struct signal_config *signal)
{
	struct config *config = &l->root.config;

	if (config->n_signals == l->signals_size) {
		l->signals_size = l->signals_size ? 2 * l->signals_size : 64;
		config->signals = memory_grow(config->signals, l->signals_size, sizeof(*config->signals));
	}
	config->signals[config->n_signals] = *signal;
	return (uint32_t)config->n_signals++;
}

uint32_t read_signal_map(struct loader *l, struct node *node)
{
	struct signal_reading read = l->signal_template;
	struct signal_config *signal = &read.signal;
	bool voted = node_get(node, "any_of") != NULL;
	uint32_t added;

	signal->name = arena_text(l->arena, l->path, l->path_len);
	signal->slot = l->slot;
	signal->is_switch = slot_info[l->slot].is_switch;
	read_map(l, voted ? vote_rows : signal_rows, node, &read);
	if (voted) {
		vote_finish(l, &read);
	} else {
		check_signal(l, node, signal);
		signal->filter = filter_finish(l, node, &read.filter);
	}
	added = add_signal(l, signal);
	for (uint32_t i = 0; i < read.vote.n; i++)
		l->root.config.signals[read.vote.first + i].group = added;
	return added;
}

bool read_input(struct loader *l, const struct row *row, struct node *node, void *out)
{
	double value;

	if (node->kind == NODE_LIST && row->children)
		return read_adders(l, row, node, out);
	if (node->kind == NODE_LIST || node_is_empty(node)) {
		report(l, node, "must be %s or a signal (a mapping with topic)", dimension_text(slot_info[row->slot].dimension));
		return false;
	}
	if (node->kind == NODE_SCALAR) {
		if (!read_constant(l, node, row->slot, &value))
			return false;
		*(struct input *)out = (struct input){.kind = INPUT_CONSTANT, .value = value};
		return true;
	}
	l->slot = row->slot;
	*(struct input *)out = (struct input){.kind = INPUT_SIGNAL, .signal = read_signal_map(l, node)};
	return true;
}

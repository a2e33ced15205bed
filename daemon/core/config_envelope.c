/* The operating envelope in the configuration: its tables over the source's temperature, and what its keys need beside them. */
#include "config_load.h"

static bool read_pair(struct loader *l, const struct row *row, struct node *pair, double *t_k, double *value)
{
	struct node *first = pair->first;

	if (pair->kind != NODE_LIST || pair->n != 2 || first->kind != NODE_SCALAR || first->next->kind != NODE_SCALAR) {
		report(l, pair, "must be [temperature of the source, %s]", dimension_text(row->dimension));
		return false;
	}
	return quantity_in(l, first, DIM_TEMPERATURE, slot_range(SLOT_SOURCE_T_IN), t_k) &&
	       quantity_in(l, first->next, row->dimension, row->range, value);
}

bool read_source_table(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct source_table *table = arena_alloc(l->arena, sizeof(*table));
	bool good = is_list_of(l, node, "points", SOURCE_TABLE_MAX);

	for (struct node *pair = good ? node->first : NULL; pair; pair = pair->next, table->n++) {
		size_t up = path_push_index(l, table->n), i = table->n;

		if (!read_pair(l, row, pair, &table->t_k[i], &table->value[i])) {
			good = false;
		} else if (good && i > 0 && !(table->t_k[i] > table->t_k[i - 1])) {
			report(l, pair, "the temperature of the source must rise from one point to the next");
			good = false;
		}
		path_pop(l, up);
	}
	if (good)
		*(const struct source_table **)out = table;
	return good;
}

/* ---- checks ----------------------------------------------------------------------------- */

static void needs(struct loader *l, struct node *map, const char *key, bool there, const char *what)
{
	struct node *node = node_get(map, key);

	if (node && !there)
		report_child(l, node, what);
}

void config_check_envelope(struct loader *l, const struct loop_config *loop, struct node *node)
{
	struct node *envelope = node_find(node, "heat_pump.envelope"), *low = node_get(envelope, "t_source_min");
	double low_k, high_k;
	size_t up = path_push(l, "heat_pump.envelope");

	needs(l, envelope, "t_ambient_min", node_get(envelope, "ambient") != NULL, "needs ambient, which it is compared with");
	needs(l, envelope, "ambient", node_get(envelope, "t_ambient_min") != NULL, "is of no use without t_ambient_min");
	needs(l, envelope, "source_rate_min", node_find(node, "source.heat_capacity_rate") || loop->flow[FLOW_SOURCE],
	      "needs source.heat_capacity_rate, mass_flow or volume_flow, with which it is compared");
	if (constant_at(&loop->slot[SLOT_T_SOURCE_MIN], low, &low_k) &&
	    constant_at(&loop->slot[SLOT_T_SOURCE_MAX], node_get(envelope, "t_source_max"), &high_k) && low_k > high_k)
		report_child(l, low, "is above t_source_max");
	path_pop(l, up);
}

/* The keys under setpoint that pace a machine: values that come as a share or as a quantity, and what the keys demand of
 * each other. */
#include "config_load.h"

#include <math.h>
#include <string.h>

static bool is_share(const struct node *node)
{
	return strchr(node->text, '%') != NULL;
}

static bool read_share(struct loader *l, struct node *node, double *share)
{
	return quantity_in(l, node, DIM_ONE, (struct range){0, 1, true}, share);
}

bool read_count(struct loader *l, const struct row *row, struct node *node, void *out)
{
	double value;

	if (!read_number(l, row, node, &value))
		return false;
	if (value != floor(value)) {
		report(l, node, "%.60s is not a whole number", node->text);
		return false;
	}
	*(int *)out = (int)value;
	return true;
}

bool read_deadband(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct loop_config *loop = out;

	if (is_share(node))
		return read_share(l, node, &loop->deadband_share);
	return quantity_in(l, node, row->dimension, row->range, &loop->deadband_k);
}

bool read_threshold(struct loader *l, const struct row *row, struct node *node, void *out)
{
	static const enum dimension rates[] = {DIM_MONEY_RATE, DIM_MASS_RATE};
	struct threshold *threshold = out;
	struct err e;

	(void)row;
	if (is_share(node)) {
		if (!read_share(l, node, &threshold->value))
			return false;
		threshold->kind = THRESHOLD_SHARE;
		return true;
	}
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		if (!quantity_parse(node->text, rates[i], &threshold->value, NULL, &e))
			continue;
		if (threshold->value < 0) {
			report(l, node, "%.60s is below 0", node->text);
			return false;
		}
		threshold->kind = THRESHOLD_RATE;
		threshold->dimension = rates[i];
		return true;
	}
	report(l, node,
	       "\"%.60s\" is none of money per time (EUR/h), a mass per time (kg/h, t/h or kg/s), a share of the reference (%%)",
	       node->text);
	return false;
}

/* ---- across keys ------------------------------------------------------------------------ */

static bool is_carbon(enum objective objective)
{
	return objective == OBJECTIVE_CARBON || objective == OBJECTIVE_CARBON_BREAK_EVEN || objective == OBJECTIVE_CARBON_AT_NO_COST ||
	       objective == OBJECTIVE_ELECTRIFY_AT_NO_CARBON;
}

static bool is_break_even(enum objective objective)
{
	return objective == OBJECTIVE_COST_BREAK_EVEN || objective == OBJECTIVE_CARBON_BREAK_EVEN;
}

/* The node where its value is good; else NULL. */
static struct node *good(struct node *setpoint, const char *key)
{
	struct node *node = node_get(setpoint, key);

	return node && !node->bad ? node : NULL;
}

static void check_threshold(struct loader *l, const struct loop_config *loop, struct node *node,
                            const struct threshold *threshold)
{
	bool carbon = is_carbon(loop->objective);

	if (!node || threshold->kind != THRESHOLD_RATE || threshold->dimension == (carbon ? DIM_MASS_RATE : DIM_MONEY_RATE))
		return;
	report_child(l, node,
	             carbon ? "an objective of carbon is judged in kg/h, t/h or kg/s" : "an objective of money is judged in EUR/h");
}

static void check_thresholds(struct loader *l, const struct loop_config *loop, struct node *setpoint)
{
	const struct pace_config *pace = &loop->pace;
	struct node *start = good(setpoint, "start_above"), *stop = good(setpoint, "stop_below");

	check_threshold(l, loop, start, &pace->start_above);
	check_threshold(l, loop, stop, &pace->stop_below);
	check_threshold(l, loop, good(setpoint, "change_above"), &pace->change_above);
	if (!stop || stop->bad)
		return;
	if (!node_get(setpoint, "start_above"))
		report_child(l, stop, "needs a start_above, else it would start and stop for ever");
	else if (start && !start->bad && pace->start_above.kind != pace->stop_below.kind)
		report_child(l, stop, "is not of the same kind as start_above");
	else if (start && !start->bad && pace->stop_below.value > pace->start_above.value)
		report_child(l, stop, "is above start_above");
}

static void check_fallback(struct loader *l, const struct loop_config *loop, struct node *setpoint)
{
	struct node *fallback = good(setpoint, "fallback"), *then = good(node_get(setpoint, "bad_inputs"), "then");
	const struct input *t_max = &loop->slot[SLOT_T_MAX];
	double high_k = fmin(loop->max_k, t_max->kind == INPUT_CONSTANT ? t_max->value : INFINITY);

	if (then && loop->bad_then == BAD_THEN_FALLBACK && !node_get(setpoint, "fallback"))
		report_child(l, node_get(setpoint, "bad_inputs"), "then: fallback needs a fallback beside it, a temperature");
	if (fallback && loop->fallback_k < loop->min_k)
		report_child(l, fallback, "is below min");
	else if (fallback && loop->fallback_k > high_k)
		report_child(l, fallback, "is above what max and heat_pump.t_max allow");
}

void config_check_pace(struct loader *l, const struct loop_config *loop, struct node *setpoint)
{
	struct node *deadband = good(setpoint, "deadband");

	if (!setpoint || setpoint->kind != NODE_MAP)
		return;
	if (deadband && loop->deadband_share > 0 && is_break_even(loop->objective))
		report_child(l, deadband, "a break-even saves nothing to have a share of; give a difference in K");
	if (deadband && loop->deadband_share > 0 && objective_is_constrained(loop->objective))
		report_child(l, deadband, "an objective under a constraint has no savings of its own to have a share of; give a difference in K");
	check_thresholds(l, loop, setpoint);
	check_fallback(l, loop, setpoint);
}

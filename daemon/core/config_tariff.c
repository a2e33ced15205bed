/* Tariffs and the demand charge in the configuration: adders by time of use, times of the day, days of the week. Refuses
 * windows that are empty, and a peak without the power it is compared with. */
#include "config_load.h"
#include "tariff.h"

#include <stdio.h>
#include <string.h>

static const char *const day_text[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
enum { DAYS = 7 };

bool read_clock(struct loader *l, const struct row *row, struct node *node, void *out)
{
	const char *text = node->text;
	int hour, minute, len = -1;

	(void)row;
	if (strlen(text) == 5 && strspn(text, "0123456789:") == 5 && sscanf(text, "%2d:%2d%n", &hour, &minute, &len) == 2 &&
	    len == 5 && minute < 60 && hour * 60 + minute <= TARIFF_DAY_MIN) {
		*(int *)out = hour * 60 + minute;
		return true;
	}
	report(l, node, "\"%.60s\" is not a time of the day: HH:MM, 00:00 to 24:00", text);
	return false;
}

/* DAYS: none of them. */
static unsigned day_of(const char *text, size_t len)
{
	unsigned day = 0;

	while (day < DAYS && (len != 3 || strncmp(day_text[day], text, 3) != 0))
		day++;
	return day;
}

/* "fri-mon" goes over the end of the week. */
static bool add_days(const char *part, size_t len, unsigned *days)
{
	const char *dash = memchr(part, '-', len);
	size_t first_len = dash ? (size_t)(dash - part) : len;
	unsigned first = day_of(part, first_len), last = dash ? day_of(dash + 1, len - first_len - 1) : first;

	if (first == DAYS || last == DAYS)
		return false;
	for (unsigned day = first;; day = (day + 1) % DAYS) {
		*days |= 1U << day;
		if (day == last)
			return true;
	}
}

bool read_days(struct loader *l, const struct row *row, struct node *node, void *out)
{
	unsigned days = 0;

	(void)row;
	for (const char *part = node->text;; part++) {
		size_t len;

		part += strspn(part, " ");
		len = strcspn(part, ", ");
		if (!add_days(part, len, &days)) {
			report(l, node, "\"%.60s\" are no days of the week: mon-fri, or sat,sun", node->text);
			return false;
		}
		part += len + strspn(part + len, " ");
		if (*part != ',')
			break;
	}
	*(unsigned *)out = days;
	return true;
}

static void read_adder(struct loader *l, const struct row *row, struct node *node, struct adder *adder)
{
	*adder = l->adder_template;
	read_map(l, row->children, node, adder);
	if (adder->from_min == adder->to_min && node->kind == NODE_MAP)
		report(l, node, "from and to are the same time");
}

/* out is the slot; the list lies beside it in the loop. */
bool read_adders(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct loop_config *loop = (struct loop_config *)(void *)((char *)out - row->offset);

	if (node->n == 0 || node->n > ADDERS_MAX) {
		report(l, node, "has %zu entries; 1 to %d are possible", node->n, ADDERS_MAX);
		return false;
	}
	*(struct input *)out = (struct input){.kind = INPUT_CONSTANT, .value = 0};
	loop->adders = arena_alloc(l->arena, node->n * sizeof(*loop->adders));
	loop->n_adders = 0;
	for (struct node *child = node->first; child; child = child->next) {
		size_t up = path_push_index(l, loop->n_adders);

		read_adder(l, row, child, &loop->adders[loop->n_adders++]);
		path_pop(l, up);
	}
	return true;
}

void config_check_demand(struct loader *l, struct node *root)
{
	struct node *demand = node_get(root, "demand"), *price = node_get(demand, "price"), *hours = node_get(demand, "hours");
	size_t up = path_push(l, "demand");

	if (demand && demand->kind == NODE_MAP) {
		if (!node_get(demand, "site_power"))
			report_absent(l, demand, "site_power", "");
		if (!node_get(demand, "peak_so_far"))
			report_absent(l, demand, "peak_so_far", "");
		if (hours && !price)
			report_child(l, hours, "is of no use without a price");
	}
	path_pop(l, up);
}

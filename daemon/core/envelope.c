/* Each limit is a row: what is compared, with what, on which side. The least capacity of the table is one of them where it is
 * nothing. */
#include "envelope.h"

#include "evaluate.h"

#include <math.h>
#include <stdio.h>

/* ---- tables ----------------------------------------------------------------------------- */

static double least_of(const struct source_table *table)
{
	double least = INFINITY;

	for (size_t i = 0; i < table->n; i++)
		least = fmin(least, table->value[i]);
	return least;
}

/* Straight between the points, edges hold. */
static double table_at(const struct source_table *table, double t_k)
{
	size_t i = 1;

	if (!table)
		return INFINITY;
	if (isnan(t_k))
		return least_of(table);
	if (t_k <= table->t_k[0])
		return table->value[0];
	while (i < table->n && table->t_k[i] < t_k)
		i++;
	if (i == table->n)
		return table->value[i - 1];
	return table->value[i - 1] +
	       (table->value[i] - table->value[i - 1]) * (t_k - table->t_k[i - 1]) / (table->t_k[i] - table->t_k[i - 1]);
}

double envelope_capacity_kw(const struct loop_config *loop, double t_source_k)
{
	return table_at(loop->envelope.capacity, t_source_k);
}

double envelope_t_max_k(const struct loop_config *loop, double t_source_k)
{
	return table_at(loop->envelope.t_max, t_source_k);
}

/* ---- limits ----------------------------------------------------------------------------- */

enum quantity { T_SOURCE, T_AMBIENT, SOURCE_RATE, SINK_RATE };

static const struct limit {
	enum slot slot;
	enum quantity quantity;
	bool above; /* outside is above it */
} limits[] = {
    {SLOT_T_SOURCE_MIN, T_SOURCE, false},       {SLOT_T_SOURCE_MAX, T_SOURCE, true},    {SLOT_T_AMBIENT_MIN, T_AMBIENT, false},
    {SLOT_SOURCE_RATE_MIN, SOURCE_RATE, false}, {SLOT_SINK_RATE_MIN, SINK_RATE, false},
};
enum { LIMITS = sizeof(limits) / sizeof(limits[0]) };
static const unsigned NO_CAPACITY = 1U << LIMITS;

/* The smallest of the stream's rates; INFINITY: it only evaporates or condenses. */
static double sink_rate_kw_k(const struct loop_inputs *in)
{
	double rate = in->slot[SLOT_SINK_HEAT_CAPACITY_RATE], least = INFINITY;

	if (!isnan(rate))
		return rate;
	if (in->n_segments == 0)
		return in->slot[SLOT_SINK_DUTY] / (in->slot[SLOT_SINK_T_TARGET] - in->slot[SLOT_SINK_T_IN]);
	for (size_t i = 0; i < in->n_segments; i++) {
		double rise_k = in->segment[i].t_out_k - in->segment[i].t_in_k;

		if (isnan(rise_k) || isnan(in->segment[i].q_kw))
			return NAN;
		if (rise_k > 0)
			least = fmin(least, in->segment[i].q_kw / rise_k);
	}
	return least;
}

static double value_of(const struct loop_inputs *in, enum quantity quantity)
{
	switch (quantity) {
	case T_SOURCE:
		return in->slot[SLOT_SOURCE_T_IN];
	case T_AMBIENT:
		return in->slot[SLOT_AMBIENT];
	case SOURCE_RATE:
		return in->machines[SLOT_SOURCE_HEAT_CAPACITY_RATE - SLOT_MACHINES];
	case SINK_RATE:
		return sink_rate_kw_k(in);
	}
	return NAN;
}

/* What the value has to reach to be inside. */
static double bound_of(const struct loop_config *loop, const struct limit *limit, double bound, bool before)
{
	bool is_rate = limit->quantity == SOURCE_RATE || limit->quantity == SINK_RATE;
	double back = is_rate ? loop->envelope.rate_hysteresis * bound : loop->envelope.hysteresis_k;

	if (!before)
		return bound;
	return limit->above ? bound - back : bound + back;
}

static bool is_outside(const struct loop_config *loop, const struct limit *limit, const struct loop_inputs *in, bool before)
{
	double value, bound;

	if (loop->slot[limit->slot].kind == INPUT_ABSENT)
		return false;
	value = value_of(in, limit->quantity);
	bound = bound_of(loop, limit, in->slot[limit->slot], before);
	if (isnan(value) || isnan(bound))
		return before;
	return limit->above ? value > bound : value < bound;
}

unsigned envelope_outside(const struct loop_config *loop, const struct loop_inputs *in, unsigned before)
{
	unsigned outside = 0;

	for (size_t i = 0; i < LIMITS; i++)
		if (is_outside(loop, &limits[i], in, before >> i & 1))
			outside |= 1U << i;
	if (isnan(in->slot[SLOT_SOURCE_T_IN]))
		return outside | (before & NO_CAPACITY);
	return outside | (envelope_capacity_kw(loop, in->slot[SLOT_SOURCE_T_IN]) <= 0 ? NO_CAPACITY : 0);
}

/* ---- words ------------------------------------------------------------------------------ */

static size_t first_of(unsigned outside)
{
	size_t i = 0;

	while (i < LIMITS && !(outside >> i & 1))
		i++;
	return i;
}

static const char *key_of(enum slot slot)
{
	return slot_info[slot].path + sizeof("heat_pump.envelope.") - 1;
}

const char *envelope_limit(unsigned outside)
{
	size_t i = first_of(outside);

	if (!outside)
		return NULL;
	return i < LIMITS ? key_of(limits[i].slot) : "capacity";
}

char *envelope_words(const struct loop_inputs *in, unsigned outside, char text[ENVELOPE_TEXT_MAX])
{
	static const char *const names[] = {"source.t_in", "heat_pump.envelope.ambient", "the source's heat capacity rate",
	                                    "the sink's heat capacity rate"};
	const struct limit *limit = &limits[first_of(outside)];
	const struct unit *unit;

	*text = '\0';
	if (outside & (NO_CAPACITY - 1)) {
		unit = limit->quantity <= T_AMBIENT ? unit_find(DIM_TEMPERATURE, "degC") : unit_internal(DIM_HEAT_CAPACITY_RATE);
		snprintf(text, ENVELOPE_TEXT_MAX, "%s is %.6g %s, %s %s, %.6g %s", names[limit->quantity],
		         unit_from_internal(unit, value_of(in, limit->quantity)), unit->name, limit->above ? "above" : "below",
		         slot_info[limit->slot].path, unit_from_internal(unit, in->slot[limit->slot]), unit->name);
	} else if (outside) {
		snprintf(text, ENVELOPE_TEXT_MAX, "heat_pump.envelope.capacity is 0 kW where source.t_in is %.6g degC",
		         k_to_c(in->slot[SLOT_SOURCE_T_IN]));
	}
	return text;
}

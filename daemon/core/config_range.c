/* Ranges of values, ends included: what a quantity can sanely be, whether a value is within, and how a range is told. */
#include "config_rows.h"

#include <math.h>
#include <stdio.h>

struct range slot_range(enum slot slot)
{
	return (struct range){slot_info[slot].low, slot_info[slot].high, slot_info[slot].low_open};
}

bool range_has(struct range range, double value)
{
	return (range.low_open ? value > range.low : value >= range.low) && value <= range.high;
}

/* The largest unit of time in which value is whole. */
static const struct unit *whole_time_unit(double value)
{
	const struct unit *best = unit_internal(DIM_TIME), *unit;

	if (value == 0)
		return unit_find(DIM_TIME, "s");
	for (size_t i = 0; (unit = unit_at(i)) != NULL; i++) {
		if (unit->dimension == DIM_TIME && fmod(value, unit->factor) == 0)
			best = unit;
	}
	return best;
}

static int bound_text(char *text, size_t size, double bound, const struct unit *unit)
{
	const struct unit *in = unit->dimension == DIM_TIME ? whole_time_unit(bound) : unit;
	const char *name = in == unit_internal(DIM_ONE) ? "" : in->name;

	return snprintf(text, size, "%.10g%s%s", unit_from_internal(in, bound), *name ? " " : "", name);
}

char *range_text(char text[RANGE_TEXT_MAX], struct range range, const struct unit *unit)
{
	char low[RANGE_TEXT_MAX / 2 - 2], high[RANGE_TEXT_MAX / 2 - 2];

	bound_text(low, sizeof(low), range.low, unit);
	bound_text(high, sizeof(high), range.high, unit);
	snprintf(text, RANGE_TEXT_MAX, "%c%s, %s]", range.low_open ? '(' : '[', low, high);
	return text;
}

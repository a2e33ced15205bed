/* What is told of a machine that cannot do what is configured though decisions go on: it is outside its operating envelope, or
 * some of its units are left out. An event each way, at most so many a minute; what was held back is told later. */
#include "engine_internal.h"

#include "envelope.h"

#include <stdio.h>

static void tell_envelope(struct engine *e, uint32_t i, const struct loop_inputs *inputs)
{
	struct loop *loop = &e->loops[i];
	char message[EVENT_MESSAGE_MAX], words[ENVELOPE_TEXT_MAX];
	uint32_t held_back;

	if (!ratelim_take(&loop->tellings, e->now.mono_us, &held_back))
		return;
	loop->outside_told = loop->outside != 0;
	if (loop->outside)
		snprintf(message, sizeof(message), "%s: outside its operating envelope: %s; heat pump off",
		         e->config->loops[i].name, envelope_words(inputs, loop->outside, words));
	else
		snprintf(message, sizeof(message), "%s: within its operating envelope again", e->config->loops[i].name);
	emit_event(e, i, e->now.utc_us, loop->outside ? SEVERITY_WARNING : SEVERITY_INFO,
	           loop->outside ? "envelope_left" : "envelope_entered", message);
}

/* Why a unit is left out, in words. */
static void unit_words(const struct engine *e, uint32_t i, size_t unit, const struct loop_inputs *inputs, char *text, size_t size)
{
	const struct input *available = &loop_config(e, i)->machines->units[unit].input[SLOT_UNIT_AVAILABLE - SLOT_UNIT];
	double value;

	if (available->kind == INPUT_SIGNAL && plant_read(e->plant, available->signal, &value) == QUALITY_BAD)
		plant_why(e->plant, available->signal, text, size);
	else
		snprintf(text, size, "%s",
		         inputs->machines[MACHINES_SINGLE + unit * UNIT_INPUTS + SLOT_UNIT_CAPACITY - SLOT_UNIT] > 0
		             ? "it is not available"
		             : "its capacity is 0");
}

static void tell_unit(struct engine *e, uint32_t i, size_t unit, const struct loop_inputs *inputs)
{
	struct loop *loop = &e->loops[i];
	const char *name = loop_config(e, i)->machines->units[unit].name;
	bool out = machines_unit_is_out(inputs, unit);
	char message[EVENT_MESSAGE_MAX], words[EVENT_MESSAGE_MAX / 2];
	uint32_t held_back;

	if (!ratelim_take(&loop->tellings, e->now.mono_us, &held_back))
		return;
	loop->units_out ^= 1U << unit;
	if (out) {
		unit_words(e, i, unit, inputs, words, sizeof(words));
		snprintf(message, sizeof(message), "%s: unit %s is left out: %s", e->config->loops[i].name, name, words);
	} else {
		snprintf(message, sizeof(message), "%s: unit %s may run again", e->config->loops[i].name, name);
	}
	emit_event(e, i, e->now.utc_us, out ? SEVERITY_WARNING : SEVERITY_INFO, out ? "unit_left" : "unit_entered", message);
}

void tell_machine(struct engine *e, uint32_t i, const struct loop_inputs *inputs)
{
	const struct machines_config *machines = loop_config(e, i)->machines;
	struct loop *loop = &e->loops[i];

	if ((loop->outside != 0) != loop->outside_told)
		tell_envelope(e, i, inputs);
	for (size_t unit = 0; machines && unit < machines->n_units; unit++)
		if (machines_unit_is_out(inputs, unit) != (loop->units_out >> unit & 1))
			tell_unit(e, i, unit, inputs);
}

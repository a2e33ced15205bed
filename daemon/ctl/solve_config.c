/* Configured loops at given inputs: --set turns inputs into constants, what is still live must have a substitute. All
 * that is wrong with the --set options, and all signals that lack one, are told in one run. */
#include "command.h"
#include "core/config_flow.h"
#include "core/config_machines.h"
#include "inputs.h"
#include "io/clock.h"
#include "io/config_yaml.h"
#include "solve.h"

#include <stdlib.h>
#include <string.h>

/* ---- --set ------------------------------------------------------------------------------ */

static bool parse_value(const char *text, enum slot slot, double *value, struct err *e)
{
	const struct slot_info *info = &slot_info[slot];
	const struct unit *unit;
	double quantity;

	if (info->is_switch && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
		*value = text[0] == 't' ? 1 : 0;
		return true;
	}
	if (!quantity_parse(text, info->dimension, &quantity, &unit, e) ||
	    !range_check(slot_range(slot), quantity, text, unit, e))
		return false;
	if (info->is_switch && quantity != 0 && quantity != 1) {
		err_set(e, "%g is neither 0 nor 1", quantity);
		return false;
	}
	*value = quantity;
	return true;
}

static const struct input absent = {.kind = INPUT_ABSENT};

/* Duty, heat capacity rate and what flows stand for each other: of one stream the one that is set counts. */
static void drop_others(const struct input *set, struct input *duty, struct input *rate, struct flow_config **flow)
{
	if (set != duty && set != rate)
		return;
	*(set == duty ? rate : duty) = absent;
	*flow = NULL;
}

static void drop_other_heat(const struct input *set, struct loop_config *loop)
{
	struct input *single = loop->machines ? loop->machines->single : NULL;
	struct flow_place flow;

	drop_others(set, &loop->slot[SLOT_SINK_DUTY], &loop->slot[SLOT_SINK_HEAT_CAPACITY_RATE], &loop->flow[FLOW_SINK]);
	for (size_t i = 0; i < loop->n_curve; i++)
		drop_others(set, &loop->curve[i].duty, &loop->curve[i].rate, &loop->curve[i].flow);
	if (single && set == &single[SLOT_SOURCE_HEAT_CAPACITY_RATE - SLOT_MACHINES])
		loop->flow[FLOW_SOURCE] = NULL;
	if (single && set == &single[SLOT_BODY_HEAT_CAPACITY_RATE - SLOT_MACHINES])
		loop->flow[FLOW_BODY] = NULL;
	for (size_t i = 0; flow_next(loop, &i, &flow);) {
		if (set == flow.input && flow.slot == SLOT_FLOW_MASS)
			flow.of->input[SLOT_FLOW_VOLUME - SLOT_FLOW] = absent;
		else if (set == flow.input && flow.slot == SLOT_FLOW_VOLUME)
			flow.of->input[SLOT_FLOW_MASS - SLOT_FLOW] = absent;
	}
}

static void forget_model(const struct named_input *found)
{
	const struct machines_config *m = found->loop->machines;

	for (size_t i = 0; i < m->n_technologies; i++)
		if (found->input == &m->technologies[i].input[SLOT_TECHNOLOGY_ETA - SLOT_TECHNOLOGY])
			m->technologies[i].model = NULL;
}

/* So do an efficiency and its model. */
static void replace(const struct named_input *found, double value)
{
	*found->input = (struct input){.kind = INPUT_CONSTANT, .shared = found->input->shared, .value = value};
	if (found->input == &found->loop->slot[SLOT_ETA] && found->loop->machines)
		found->loop->machines->model = NULL;
	if (found->slot == SLOT_TECHNOLOGY_ETA)
		forget_model(found);
	drop_other_heat(found->input, found->loop);
}

static void unknown_input(struct config *config, const char *option, const char *name)
{
	struct input_walk walk = {.config = config};
	struct named_input found;
	struct nearest nearest;
	char best[INPUT_NAME_MAX] = "", hint[INPUT_NAME_MAX + 32];

	nearest_init(&nearest, name);
	while (input_next(&walk, &found)) {
		const char *before = nearest.best;

		nearest_try(&nearest, found.name);
		if (found.shared)
			nearest_try(&nearest, found.shared);
		if (nearest.best != before)
			nearest.best = strcpy(best, nearest.best);
	}
	fprintf(stderr, "%s %s: the configuration knows no such input%s\n", option, name,
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
}

bool solve_config_find(struct config *config, const struct loop_config *loop, const char *option, const char *name,
                       enum slot *slot)
{
	struct input_walk walk = {.config = config};
	struct named_input found;
	bool elsewhere = false;

	while (input_next(&walk, &found)) {
		if (!input_is_named(&found, name))
			continue;
		*slot = found.slot;
		if (!loop || loop == found.loop)
			return true;
		elsewhere = true;
	}
	if (elsewhere)
		fprintf(stderr, "%s %s: is not an input of loop %s\n", option, name, loop->name);
	else
		unknown_input(config, option, name);
	return false;
}

bool solve_config_replace(struct config *config, const char *name, double value)
{
	struct input_walk walk = {.config = config};
	struct named_input found;
	bool any = false;

	while (input_next(&walk, &found)) {
		if (!input_is_named(&found, name))
			continue;
		replace(&found, value);
		any = true;
	}
	return any;
}

static bool set_input(struct config *config, const char *name, const char *value_text)
{
	enum slot slot;
	double value;
	struct err e;

	if (!solve_config_find(config, NULL, "--set", name, &slot))
		return false;
	if (!parse_value(value_text, slot, &value, &e)) {
		fprintf(stderr, "--set %s: %s\n", name, e.text);
		return false;
	}
	return solve_config_replace(config, name, value);
}

static bool set_one(struct config *config, const char *text)
{
	char name[INPUT_NAME_MAX];
	size_t len = strcspn(text, "=");

	if (!text[len] || len == 0 || len >= sizeof(name)) {
		fprintf(stderr, "--set %s: is not of the form NAME=QUANTITY\n", text);
		return false;
	}
	memcpy(name, text, len);
	name[len] = '\0';
	return set_input(config, name, text + len + 1);
}

/* ---- what is still live ----------------------------------------------------------------- */

enum quality solve_read_substitute(void *config, uint32_t signal, double *internal)
{
	*internal = ((const struct config *)config)->signals[signal].substitute;
	return QUALITY_UNCERTAIN;
}

static bool wanted(const struct solve_values *values, const struct loop_config *loop)
{
	return !values->loop || strcmp(values->loop, loop->name) == 0;
}

static bool is_available(enum slot slot)
{
	return slot == SLOT_AVAILABLE || slot == SLOT_UNIT_AVAILABLE || slot == SLOT_TECHNOLOGY_AVAILABLE;
}

bool solve_config_signals(const struct solve_values *values, struct config *config)
{
	struct input_walk walk = {.config = config};
	struct named_input found;
	bool *told = xrealloc(NULL, config->n_signals * sizeof(*told)), good = true;

	memset(told, 0, config->n_signals * sizeof(*told));
	while (input_next(&walk, &found)) {
		const struct signal_config *signal;

		if (!wanted(values, found.loop) || found.input->kind != INPUT_SIGNAL)
			continue;
		signal = &config->signals[found.input->signal];
		if (is_available(found.slot) && signal->on_bad != ON_BAD_SUBSTITUTE)
			replace(&found, 1);
		else if (signal->on_bad != ON_BAD_SUBSTITUTE && !told[found.input->signal]) {
			fprintf(stderr, "%s: is a live signal: add --set '%s=…%s%s'\n", signal->name, signal->name,
			        strcmp(signal->unit->name, "1") == 0 ? "" : " ",
			        strcmp(signal->unit->name, "1") == 0 ? "" : signal->unit->name);
			told[found.input->signal] = true;
			good = false;
		}
	}
	free(told);
	return good;
}

/* ---- the loops -------------------------------------------------------------------------- */

static bool check_loop(const struct solve_values *values, const struct config *config)
{
	struct nearest nearest;
	char hint[160];

	if (!values->loop)
		return true;
	nearest_init(&nearest, values->loop);
	for (size_t i = 0; i < config->n_loops; i++) {
		if (wanted(values, &config->loops[i]))
			return true;
		nearest_try(&nearest, config->loops[i].name);
	}
	fprintf(stderr, "--loop %s: the configuration has no such loop%s\n", values->loop,
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

struct loop_config *solve_config_loop(const struct solve_values *values, struct config *config)
{
	if (!values->loop && config->n_loops > 1) {
		fputs("--loop: is missing; the configuration has several\n", stderr);
		return NULL;
	}
	for (size_t i = 0; i < config->n_loops; i++)
		if (wanted(values, &config->loops[i]))
			return &config->loops[i];
	return NULL;
}

static int solve_loops(const struct solve_values *values, struct config *config, const struct points_output *output)
{
	const struct inputs_from from = {solve_read_substitute, config, clock_now().utc_us};
	struct solved *solved = xrealloc(NULL, config->n_loops * sizeof(*solved));
	bool good = true;
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < config->n_loops; i++) {
		const struct loop_config *loop = &config->loops[i];

		if (!wanted(values, loop))
			continue;
		if (solve_loop(loop, &from, &solved[n], &e)) {
			n++;
			continue;
		}
		fprintf(stderr, "loops.%s: %s\n", loop->name, e.text);
		good = false;
	}
	if (good)
		points_write(output, solved, n);
	free(solved);
	return good ? EXIT_DONE : EXIT_WRONG_USAGE;
}

struct config *solve_config_load(const struct solve_values *values, int *code)
{
	struct config *config = config_load(values->config, stderr);
	bool good;

	*code = EXIT_BAD_CONFIG;
	if (!config)
		return NULL;
	good = check_loop(values, config);
	for (size_t i = 0; i < values->set.n; i++)
		good &= set_one(config, values->set.text[i]);
	*code = EXIT_WRONG_USAGE;
	if (good)
		return config;
	config_free(config);
	return NULL;
}

int solve_config(const struct solve_values *values, struct points_output *output)
{
	int code;
	struct config *config = solve_config_load(values, &code);

	if (!config)
		return code;
	output->many = !values->loop;
	if (solve_config_signals(values, config))
		code = solve_loops(values, config, output);
	config_free(config);
	return code;
}

/* Puts a configuration together: defaults, the walk over the document, what follows from other keys, the checks. All or
 * nothing: with any error there is no configuration. */
#include "config_build.h"

#include "config_load.h"
#include "hash.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void prepare_templates(struct loader *l)
{
	l->root.config.arena = l->arena;
	l->loop_template = (struct loop_config){.min_k = -INFINITY,
	                                        .max_k = INFINITY,
	                                        .off_value_k = NAN,
	                                        .manual_k = NAN,
	                                        .carbon_cap_kg_h = NAN,
	                                        .carbon_budget_kg = NAN,
	                                        .fallback_k = NAN,
	                                        .rate_steady_us = 600000000,
	                                        .pace = {.ramp_k_s = INFINITY}};
	l->signal_template = (struct signal_reading){
	    .signal = {.valid_low = -INFINITY, .valid_high = INFINITY, .substitute = NAN, .group = NO_GROUP},
	    .filter = {.spike_smallest = NAN},
	    .vote = {.disagreement = INFINITY},
	};
	apply_defaults(l, config_rows, &l->root);
	apply_defaults(l, loop_rows, &l->loop_template);
	apply_defaults(l, signal_rows, &l->signal_template);
	apply_defaults(l, adder_rows, &l->adder_template);
}

static char *join(struct arena *arena, const char *head, const char *tail)
{
	char *text = arena_alloc(arena, strlen(head) + strlen(tail) + 1);

	strcpy(text, head);
	return strcat(text, tail);
}

/* With a market entry of its own a loop has its own times as well. */
static void derive_adders(struct loader *l, struct loop_config *loop)
{
	if (loop->slot[SLOT_ELEC_ADDERS].kind == INPUT_ABSENT) {
		loop->adders = l->root.common.adders;
		loop->n_adders = l->root.common.n_adders;
	}
	for (size_t i = 0; i < loop->n_adders; i++)
		if (!loop->adders[i].zone)
			loop->adders[i].zone = l->root.config.zone;
}

/* A source that is told by what flows is a matter of the general case. */
static void derive_machines(struct loader *l, struct loop_config *loop)
{
	if (loop->flow[FLOW_SOURCE] || loop->flow[FLOW_BODY])
		machines_to_fill(l, loop);
}

/* What follows from other keys, and the common market in every loop that has not its own. */
static void derive(struct loader *l)
{
	struct config *config = &l->root.config;
	const char *site = config->site ? config->site : "";

	if (!config->mqtt.client_id)
		config->mqtt.client_id = join(l->arena, "lorenzd-", site);
	if (!config->mqtt.prefix)
		config->mqtt.prefix = join(l->arena, "lorenz/", site);
	if (config->commands_enabled) {
		config->command_filters[0] = join(l->arena, config->mqtt.prefix, "/+/cmd");
		config->command_filters[1] = join(l->arena, config->mqtt.prefix, "/cmd");
	}
	for (size_t i = 0; i < config->n_loops; i++) {
		struct input *slot = config->loops[i].slot;

		derive_adders(l, &config->loops[i]);
		derive_machines(l, &config->loops[i]);
		config->loops[i].pace.step_k = config->loops[i].deadband_k;
		for (size_t j = 0; j < SLOT_MARKET_END; j++) {
			if (slot[j].kind != INPUT_ABSENT)
				continue;
			slot[j] = l->root.common.slot[j];
			slot[j].shared = true;
		}
	}
}

/* Moves what grew while loading into the arena. */
static struct config *finish(struct loader *l, const char *text, size_t len)
{
	struct config *config = &l->root.config;
	struct signal_config *signals = arena_copy(l->arena, config->signals, config->n_signals * sizeof(*signals));

	free(config->signals);
	config->signals = signals;
	config->text = arena_text(l->arena, text, len);
	snprintf(config->hash, sizeof(config->hash), "%016" PRIx64, hash_fnv1a(text, len));
	return arena_copy(l->arena, config, sizeof(*config));
}

struct config *config_build(struct node *root, const char *text, size_t len, find_zone *find, struct config_errors *errors)
{
	struct loader *l = memory_grow(NULL, 1, sizeof(*l));
	struct config *config = NULL;

	*l = (struct loader){.arena = arena_new(), .errors = errors, .find_zone = find};
	prepare_templates(l);
	read_map(l, config_rows, root, &l->root);
	derive(l);
	config_check(l, root);
	if (errors->n == 0) {
		config = finish(l, text, len);
	} else {
		free(l->root.config.signals);
		arena_free(l->arena);
	}
	free(l->loop_nodes);
	free(l->zones);
	free(l);
	return config;
}

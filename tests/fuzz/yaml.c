/* A configuration: refused with an error, or built and usable by the engine. */
#include "fuzz.h"

#include "core/config_build.h"
#include "core/engine.h"
#include "io/config_yaml.h"
#include "io/zone.h"

static void run(const struct config *config)
{
	struct engine_options options = {.startup_us = 1000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = NULL};
	struct instant now = {.mono_us = 1000000, .utc_us = INT64_C(1767225600000000)};
	struct engine *engine = engine_new(config, &options, &hooks, now);

	promise(engine);
	now.mono_us += 2000;
	while (engine_run(engine, now, 16) > 0)
		;
	engine_free(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_errors errors;
	struct arena *arena = arena_new();
	struct config *config = NULL;
	struct node *root;

	config_errors_init(&errors);
	root = yaml_read(arena, (const char *)data, size, &errors);
	if (root)
		config = config_build(root, (const char *)data, size, zone_load, &errors);
	promise((config == NULL) == (errors.n > 0));
	if (config)
		run(config);
	config_free(config);
	config_errors_done(&errors);
	arena_free(arena);
	return 0;
}

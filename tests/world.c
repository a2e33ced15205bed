/* Virtual time starts at an even stamp; UTC and the monotonic clock move together unless a test sets them apart. */
#include "world.h"

#include "check.h"
#include "io/config_yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const int64_t WORLD_EPOCH_US = INT64_C(1767225600000000);
static const int64_t MONO_EPOCH_US = 1000000;

static void on_record(void *ctx, const struct record *record)
{
	struct world *w = ctx;

	switch (record->kind) {
	case RECORD_SAMPLE:
		w->samples[w->n_samples++ % 256] = *record;
		break;
	case RECORD_POINT:
		w->points[w->n_points++ % 256] = *record;
		break;
	case RECORD_TECHNOLOGY:
		w->technologies[w->n_technologies++ % 256] = *record;
		break;
	case RECORD_SETPOINT:
		w->setpoints[w->n_setpoints++ % 256] = record->setpoint;
		break;
	case RECORD_COMMAND:
		w->commands[w->n_commands++ % 64] = *record;
		break;
	case RECORD_TOTALS:
		w->totals[w->n_totals++ % 256] = *record;
		break;
	case RECORD_ALARM:
		w->alarms[w->n_alarms++ % 256] = *record;
		break;
	case RECORD_KINDS:
		break;
	case RECORD_EVENT:
		w->events[w->n_events++ % 256] = *record;
		break;
	}
}

static void on_publish(void *ctx, enum topic_kind kind, uint32_t loop)
{
	struct world *w = ctx;

	(void)loop;
	w->published[kind]++;
}

static struct config *load(const char *yaml)
{
	char path[] = "/tmp/lorenz-world-XXXXXX";
	int fd = mkstemp(path);
	struct config *config;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
	close(fd);
	config = config_load(path, stderr);
	unlink(path);
	assert_non_null(config);
	return config;
}

struct world *world_new(const char *yaml)
{
	struct world *w = calloc(1, sizeof(*w));
	struct engine_options options = {.startup_us = 5000000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = w, .record = on_record, .publish = on_publish};

	assert_non_null(w);
	w->config = load(yaml);
	w->now = (struct instant){.mono_us = MONO_EPOCH_US, .utc_us = WORLD_EPOCH_US};
	w->engine = engine_new(w->config, &options, &hooks, w->now);
	assert_non_null(w->engine);
	world_run(w);
	return w;
}

struct world *world_dryer(const char *price_extra, const char *loop_extra, const char *top_extra)
{
	static const char *const format =
		"site: test\n"
		"%s\n"
		"market:\n"
		"  electricity: {price: {topic: p/elec, unit: EUR/MWh%s}, carbon: 406 kg/MWh}\n"
		"  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"
		"loops:\n"
		"  dryer:\n"
		"%s%s\n";
	static const char *const usual =
		"    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
		"    heat_pump: {lorenz_efficiency: 0.55}\n";
	static const char *const source = "    source: {t_in: {topic: t/source, unit: degC, valid: [-40, 120], stale_after: 60 s, tag: TT-1}}\n";
	char yaml[8192], loop[4096];

	snprintf(loop, sizeof(loop), "%s%s", strstr(loop_extra, " sink:") ? "" : usual, loop_extra);
	snprintf(yaml, sizeof(yaml), format, top_extra, price_extra, strstr(loop_extra, " source:") ? "" : source, loop);
	return world_new(yaml);
}

void world_free(struct world *w)
{
	engine_free(w->engine);
	config_free(w->config);
	free(w);
}

void world_reload(struct world *w, const char *yaml)
{
	struct engine_options options = {.startup_us = 5000000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = w, .record = on_record, .publish = on_publish};
	struct config *next = load(yaml);
	uint32_t *loops = calloc(next->n_loops + 1, sizeof(*loops)), *signals = calloc(next->n_signals + 1, sizeof(*signals));
	struct engine *engine = engine_new(next, &options, &hooks, w->now);

	assert_true(loops && signals && engine && config_match(next, w->config, loops, signals));
	engine_adopt(engine, w->now, w->engine, loops, signals);
	engine_free(w->engine);
	config_free(w->config);
	w->engine = engine;
	w->config = next;
	free(loops);
	free(signals);
	world_run(w);
}

void world_run(struct world *w)
{
	while (engine_run(w->engine, w->now, 3) > 0)
		;
}

static void move_to(struct world *w, int64_t mono_us)
{
	w->now.utc_us += mono_us - w->now.mono_us;
	w->now.mono_us = mono_us;
	world_run(w);
}

void world_to(struct world *w, double seconds)
{
	int64_t end_us = MONO_EPOCH_US + (int64_t)(seconds * 1e6);

	while (engine_next_us(w->engine) <= end_us)
		move_to(w, engine_next_us(w->engine) > w->now.mono_us ? engine_next_us(w->engine) : w->now.mono_us);
	move_to(w, end_us);
}

void world_queue(struct world *w, const char *topic, const char *payload)
{
	engine_message(w->engine, w->now, topic, payload, strlen(payload), false);
}

void world_send(struct world *w, const char *topic, const char *payload)
{
	world_queue(w, topic, payload);
	world_run(w);
}

void world_retained(struct world *w, const char *topic, const char *payload)
{
	engine_message(w->engine, w->now, topic, payload, strlen(payload), true);
	world_run(w);
}

void world_dryer_inputs(struct world *w)
{
	world_queue(w, "t/source", "15");
	world_queue(w, "t/in", "55");
	world_send(w, "p/elec", "132");
}

const char *world_command(struct world *w, uint32_t loop, const char *payload)
{
	static char answer[1024];
	struct json_out out;

	json_out_init(&out, answer, sizeof(answer));
	engine_command(w->engine, w->now, loop, payload, strlen(payload), false, &out);
	assert_false(out.full);
	world_run(w);
	return answer;
}

const struct setpoint *world_setpoint(const struct world *w)
{
	assert_true(w->n_setpoints > 0);
	return &w->setpoints[(w->n_setpoints - 1) % 256];
}

const char *world_payload(struct world *w, enum topic_kind kind, uint32_t loop)
{
	struct json_out out;

	json_out_init(&out, w->payload, sizeof(w->payload));
	if (!engine_encode(w->engine, kind, loop, &out))
		return "";
	assert_false(out.full);
	return w->payload;
}

size_t world_events(const struct world *w, const char *code)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_events; i++)
		n += strcmp(w->events[i % 256].event.code, code) == 0;
	return n;
}

/* A loop or two on virtual time: a configuration as text, messages at given seconds, and everything the engine said. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "core/engine.h"

struct world {
	struct config *config;
	struct engine *engine;
	struct instant now;
	struct setpoint setpoints[256];            /* as recorded, oldest first */
	size_t n_setpoints, n_samples, n_points, n_events, n_totals, n_alarms;
	struct record samples[256], points[256], events[256], totals[256], alarms[256];
	struct record commands[64], technologies[256];
	size_t n_technologies;
	size_t n_commands;
	size_t published[TOPIC_KIND_COUNT];        /* announcements, all loops */
	char payload[65536];
};

/* 2026-01-01T00:00:00Z, where virtual time begins, and the monotonic clock at that moment. */
extern const int64_t WORLD_EPOCH_US;

/* yaml: a whole configuration. startup: 5 s grace for missing inputs, as the service has it. */
struct world *world_new(const char *yaml);
/* The plant of the published spray dryer: topics t/source, t/in, p/elec; loop_extra, market_extra, top_extra may be "". */
struct world *world_dryer(const char *price_extra, const char *loop_extra, const char *top_extra);
void world_free(struct world *world);
/* Another configuration takes over, as at SIGHUP. */
void world_reload(struct world *world, const char *yaml);

/* Moves on, serving every deadline on the way at its own time. */
void world_to(struct world *world, double seconds);
void world_send(struct world *world, const char *topic, const char *payload);      /* live; runs the engine */
void world_retained(struct world *world, const char *topic, const char *payload);
void world_queue(struct world *world, const char *topic, const char *payload);     /* live; does not run it yet */
void world_run(struct world *world);
const char *world_command(struct world *world, uint32_t loop, const char *payload); /* its answer, until the next one */
void world_dryer_inputs(struct world *world); /* 15 degC, 55 degC, 132 EUR/MWh: the paper's case */

const struct setpoint *world_setpoint(const struct world *world);   /* the newest recorded */
const char *world_payload(struct world *world, enum topic_kind kind, uint32_t loop); /* "" where there is none */
size_t world_events(const struct world *world, const char *code);   /* how many with this code */

#endif

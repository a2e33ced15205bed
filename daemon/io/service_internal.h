/* What the service's files share: service.c (life), service_pass.c (the pass: decide, publish, wait), service_rim.c (what
 * engine, broker and history say). */
#ifndef IO_SERVICE_INTERNAL_H
#define IO_SERVICE_INTERNAL_H

#include "clock.h"
#include "core/engine.h"
#include "core/outbox.h"
#include "log.h"
#include "mqtt.h"
#include "notify.h"
#include "service.h"
#include "writer.h"

#include <event2/event.h>

/* The configuration's limits on names fit into TOPIC_SIZE. */
enum { SERVICE_PAYLOAD_SIZE = 256 * 1024, SERVICE_TOPIC_SIZE = 512 };

struct service {
	struct service_options options;
	const struct config *config;
	struct engine *engine;
	struct outbox outbox;
	struct mqtt *mqtt;
	struct writer *writer;
	struct event_base *base;
	struct event *timer, *heartbeat, *health_event, *signals[3];
	struct writer_health store;
	const char **rejected;          /* of the subscriptions and publishes that the broker refused; owned strings */
	size_t n_rejected;
	const char **topics;
	size_t n_topics;
	char *payload;                  /* SERVICE_PAYLOAD_SIZE, where payloads are encoded */
	char status_topic[SERVICE_TOPIC_SIZE];
	int64_t started_us, fed_us, heartbeat_seq, goodbye_us;
	int64_t feed_us;                /* between two words to the watchdog; 0: there is none */
	bool online, stopping, said_offline;
};

/* Ids of the outbox: setpoints, then points and states, then health. */
static inline uint32_t outbox_id(const struct service *s, enum topic_kind kind, uint32_t loop)
{
	return (uint32_t)((size_t)kind * s->config->n_loops + loop);
}

static inline uint32_t health_id(const struct service *s)
{
	return (uint32_t)(TOPIC_KIND_COUNT * s->config->n_loops);
}

/* Decides what is due, publishes what the broker takes, sets the timer. ctx: the service. */
void service_pass(void *ctx);
/* libevent's callbacks around it. */
void service_on_timer(evutil_socket_t fd, short what, void *ctx);
void service_on_heartbeat(evutil_socket_t fd, short what, void *ctx);
/* No more decisions; offline is said, then the loop ends. */
void service_begin_stop(struct service *s);

/* Handlers of the engine, the broker and the history. */
extern const struct engine_hooks service_engine_hooks;     /* without ctx */
extern const struct mqtt_handlers service_mqtt_handlers;   /* without ctx */
void service_on_store_health(evutil_socket_t fd, short what, void *ctx);
void service_forget_rejected(struct service *s);

#endif

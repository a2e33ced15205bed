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
	const char *config_path, *version;
	struct settings *settings;      /* in force; behind it those that the writer has not done with */
	const struct config *config;    /* of settings */
	struct engine *engine;
	struct outbox outbox;
	struct mqtt *mqtt;
	struct writer *writer;
	struct event_base *base;
	struct event *timer, *heartbeat, *health_event, *signals[3];
	struct writer_health store;
	enum clock_state clock;         /* as last told in health */
	const char **rejected;          /* of the subscriptions and publishes that the broker refused; owned strings */
	size_t n_rejected;
	const char **topics;            /* subscribed, in order */
	size_t n_topics;
	struct leaving *leaving;        /* topics of loops that are no more */
	struct command_answer *answers; /* to commands, oldest first */
	size_t n_answers;
	char *payload;                  /* SERVICE_PAYLOAD_SIZE, where payloads are encoded */
	char status_topic[SERVICE_TOPIC_SIZE];
	int64_t started_us, fed_us, heartbeat_seq, goodbye_us;
	int64_t feed_us;                /* between two words to the watchdog; 0: there is none */
	bool online, stopping, said_offline;
};

/* Ids of the outbox: setpoints, then the other topics of loops, then those of the site, then health. */
static inline uint32_t outbox_id(const struct service *s, enum topic_kind kind, uint32_t loop)
{
	size_t site = TOPIC_LOOP_KINDS * s->config->n_loops;

	return (uint32_t)(kind < TOPIC_LOOP_KINDS ? (size_t)kind * s->config->n_loops + loop : site + kind - TOPIC_LOOP_KINDS);
}

static inline uint32_t health_id(const struct service *s)
{
	return (uint32_t)(TOPIC_LOOP_KINDS * s->config->n_loops + TOPIC_KIND_COUNT - TOPIC_LOOP_KINDS);
}

static inline size_t outbox_ids(const struct config *config)
{
	return TOPIC_LOOP_KINDS * config->n_loops + TOPIC_KIND_COUNT - TOPIC_LOOP_KINDS + 1;
}

/* Distinct topics of a configuration, in order; the array alone is to be freed. NULL: out of memory. */
const char **service_topics(const struct config *config, size_t *n);
size_t service_topic_index(const char *const *topics, size_t n, const char *topic); /* n: not there */
/* Alarms that the history still lists; what is listed already stays as it is. */
void service_resume_alarms(struct service *s);
struct engine *service_engine(struct service *s, const struct config *config);

/* service_reload.c */
/* Reads the configuration again and goes on under it; where that cannot be, the old one stays, and that is said. */
void service_reload(struct service *s);
/* What the writer has to say of loops' last counts and of configurations that it has done with. */
void service_settle_history(struct service *s);

/* service_command.c */
/* False: not a command's topic. */
bool service_command(struct service *s, const char *topic, const void *payload, size_t len, bool retained);
bool service_answer_one(struct service *s);               /* one of what waits; false: nothing, or the broker takes no more now */
void service_answers_free(struct service *s);
/* What operators had put in force before this start, unless one has commanded since. */
void service_resume_commands(struct service *s);

/* service_leave.c: retained topics of loops that are no more are emptied, again after each reconnect. */
void service_leave(struct service *s, const char *loop, int64_t seq, int64_t ts_us);
/* It is back. True where it had left: *seq and *ts_us are its last. */
bool service_stay(struct service *s, const char *loop, int64_t *seq, int64_t *ts_us);
void service_leave_again(struct service *s);              /* after a reconnect */
/* One of what is left to empty; false: nothing left, or the broker takes no more now. */
bool service_leave_one(struct service *s);
void service_leave_free(struct service *s);

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
void service_event(struct service *s, uint32_t loop, enum severity severity, const char *code, const char *message);

#endif

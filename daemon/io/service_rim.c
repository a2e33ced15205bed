/* What comes back from the engine, the broker and the history: rows to the writer, topics to the outbox, events and log
 * lines on a change of state, health for those who watch. */
#include "service_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the engine says --------------------------------------------------------------- */

static enum log_level level_of(enum severity severity)
{
	return severity == SEVERITY_ERROR ? LOG_LEVEL_ERROR : severity == SEVERITY_WARNING ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
}

static void on_record(void *ctx, const struct record *record)
{
	struct service *s = ctx;

	if (record->kind == RECORD_EVENT)
		log_write(level_of(record->event.severity), "%s", record->event.message);
	writer_put(s->writer, record);
}

static void on_publish(void *ctx, enum topic_kind kind, uint32_t loop)
{
	struct service *s = ctx;

	outbox_mark(&s->outbox, outbox_id(s, kind, loop));
}

void service_event(struct service *s, uint32_t loop, enum severity severity, const char *code, const char *message)
{
	struct record record = {.kind = RECORD_EVENT, .loop = loop, .ts_us = clock_now().utc_us};

	record.event.severity = severity;
	record.event.code = code;
	snprintf(record.event.message, sizeof(record.event.message), "%s", message);
	on_record(s, &record);
}

const struct engine_hooks service_engine_hooks = {.record = on_record, .publish = on_publish};

/* ---- what the broker says --------------------------------------------------------------- */

static void reject_topic(struct service *s, const char *topic)
{
	enum { MANY = 100 }; /* enough to see what is wrong; the payload stays small */
	const char **more;

	engine_alarm(s->engine, clock_now(), ALARM_TOPIC_REFUSED, true, topic);
	if (s->n_rejected == MANY)
		return;
	for (size_t i = 0; i < s->n_rejected; i++)
		if (strcmp(s->rejected[i], topic) == 0)
			return;
	more = realloc(s->rejected, (s->n_rejected + 1) * sizeof(*more));
	if (!more)
		return;
	s->rejected = more;
	s->rejected[s->n_rejected] = strdup(topic);
	if (s->rejected[s->n_rejected])
		s->n_rejected++;
	outbox_mark(&s->outbox, health_id(s));
}

void service_forget_rejected(struct service *s)
{
	for (size_t i = 0; i < s->n_rejected; i++)
		free((char *)s->rejected[i]);
	s->n_rejected = 0;
}

static void refuse(struct service *s, const char *const *refused, size_t n_refused)
{
	char message[EVENT_MESSAGE_MAX];

	for (size_t i = 0; i < n_refused; i++) {
		snprintf(message, sizeof(message), "%s: the broker refuses the subscription; inputs from it stay bad", refused[i]);
		service_event(s, NO_LOOP, SEVERITY_ERROR, "subscription_refused", message);
		reject_topic(s, refused[i]);
	}
}

/* What was refused before has been tried again, and what is published is said again: what is refused still will be told anew. */
static void on_resubscribed(void *ctx, const char *const *refused, size_t n_refused)
{
	struct service *s = ctx;

	if (s->n_rejected > 0) {
		service_forget_rejected(s);
		outbox_mark_known(&s->outbox);
		outbox_mark(&s->outbox, health_id(s));
	}
	refuse(s, refused, n_refused);
}

static void on_ready(void *ctx, const char *const *refused, size_t n_refused)
{
	struct service *s = ctx;
	char message[EVENT_MESSAGE_MAX];

	service_forget_rejected(s);
	engine_alarm(s->engine, clock_now(), ALARM_BROKER_LOST, false, NULL);
	if (n_refused == 0)
		engine_alarm(s->engine, clock_now(), ALARM_TOPIC_REFUSED, false, NULL);
	refuse(s, refused, n_refused);
	s->online = true;
	mqtt_publish(s->mqtt, s->status_topic, "online", 6, 1, true, 0);
	outbox_mark(&s->outbox, health_id(s));
	outbox_mark_known(&s->outbox);
	service_leave_again(s);
	snprintf(message, sizeof(message), "connected to %s:%d, topics subscribed: %zu", s->settings->mqtt.host, s->settings->mqtt.port,
	         s->n_topics - n_refused);
	service_event(s, NO_LOOP, SEVERITY_INFO, "broker_connected", message);
	notify_send("STATUS=%s, loops: %zu", message, s->config->n_loops);
}

static void on_down(void *ctx, const char *why)
{
	struct service *s = ctx;
	char message[EVENT_MESSAGE_MAX];

	s->online = false;
	engine_alarm(s->engine, clock_now(), ALARM_BROKER_LOST, true, why);
	snprintf(message, sizeof(message), "broker %s:%d: %s; decisions go on with the values at hand, setpoints follow when it is back",
	         s->settings->mqtt.host, s->settings->mqtt.port, why);
	service_event(s, NO_LOOP, SEVERITY_WARNING, "broker_lost", message);
	notify_send("STATUS=%s", message);
}

static void on_message(void *ctx, const char *topic, const void *payload, size_t len, bool retained)
{
	struct service *s = ctx;

	if (!service_command(s, topic, payload, len, retained))
		engine_message(s->engine, clock_now(), topic, payload, len, retained);
}

static void on_publish_refused(void *ctx, const char *topic, const char *why)
{
	struct service *s = ctx;
	char message[EVENT_MESSAGE_MAX];
	size_t before = s->n_rejected;

	reject_topic(s, topic);
	if (s->n_rejected == before)
		return;
	snprintf(message, sizeof(message), "%s: the broker refuses what is published: %s", topic, why);
	service_event(s, NO_LOOP, SEVERITY_ERROR, "publish_refused", message);
}

const struct mqtt_handlers service_mqtt_handlers = {
	.ready = on_ready, .resubscribed = on_resubscribed, .down = on_down, .message = on_message, .publish_refused = on_publish_refused, .pass = service_pass};

/* ---- what the history says -------------------------------------------------------------- */

void service_on_store_health(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	bool before = s->store.degraded;

	(void)fd;
	(void)what;
	writer_health(s->writer, &s->store);
	service_settle_history(s);
	engine_alarm(s->engine, clock_now(), ALARM_HISTORY, s->store.degraded, s->store.reason);
	if (s->store.degraded && !before)
		log_error("history: %s; setpoints go on, rows wait in memory", s->store.reason);
	else if (!s->store.degraded && before)
		log_info("history: works again, %llu rows lost", (unsigned long long)s->store.lost_rows);
	outbox_mark(&s->outbox, health_id(s));
	service_pass(s);
}


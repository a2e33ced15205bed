/* One thread, one loop: messages go into the engine, what it decided goes to the outbox and the writer, the outbox is
 * worked off as the broker acknowledges. After every pass the timer is set to when the engine wants to be woken. */
#include "service.h"

#include "clock.h"
#include "core/engine.h"
#include "core/outbox.h"
#include "core/payload.h"
#include "log.h"
#include "mqtt.h"
#include "notify.h"
#include "writer.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t STARTUP_US = 5000000;
static const int64_t HEARTBEAT_US = 10000000;
static const int64_t PASS_MAX_US = 5000;       /* of work on dirty loops before input is looked at again */
static const int64_t HELD_BACK_STEP_US = 100000; /* an acknowledgement wakes the loop sooner */
static const int64_t GOODBYE_MAX_US = 1000000; /* for the broker to take what is left at a clean stop */
static const int64_t GOODBYE_STEP_US = 20000;
static const int WRITER_STOP_MS = 3000;
enum { LOOPS_A_STEP = 16, PAYLOAD_SIZE = 256 * 1024, TOPIC_SIZE = 512 /* the configuration's limits on names fit */ };

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
	char *payload;                  /* PAYLOAD_SIZE, where payloads are encoded */
	char status_topic[TOPIC_SIZE];
	int64_t started_us, fed_us, heartbeat_seq, goodbye_us;
	int64_t feed_us;                /* between two words to the watchdog; 0: there is none */
	bool online, stopping, said_offline;
};

/* ---- ids of the outbox: setpoints, then points and states, then health ------------------ */

static uint32_t outbox_id(const struct service *s, enum topic_kind kind, uint32_t loop)
{
	return (uint32_t)((size_t)kind * s->config->n_loops + loop);
}

static uint32_t health_id(const struct service *s)
{
	return (uint32_t)(TOPIC_KIND_COUNT * s->config->n_loops);
}

/* ---- out ------------------------------------------------------------------------------- */

static void encode_health(struct service *s, struct json_out *out)
{
	struct health health = {
		.degraded = s->store.degraded,
		.reason = s->store.degraded ? s->store.reason : NULL,
		.lost_rows = s->store.lost_rows,
		.rejected_topics = s->rejected,
		.n_rejected_topics = s->n_rejected,
		.version = s->options.version,
		.config_hash = s->config->hash,
	};

	payload_health(out, clock_now().utc_us, &health);
}

static bool send_one(struct service *s, uint32_t id)
{
	struct json_out out;
	char topic[TOPIC_SIZE];
	unsigned expiry_s = 0;

	json_out_init(&out, s->payload, PAYLOAD_SIZE);
	if (id == health_id(s)) {
		encode_health(s, &out);
		snprintf(topic, sizeof(topic), "%s/health", s->config->mqtt.prefix);
	} else {
		enum topic_kind kind = (enum topic_kind)(id / s->config->n_loops);
		uint32_t loop = (uint32_t)(id % s->config->n_loops);

		if (!engine_encode(s->engine, kind, loop, &out))
			return true;
		snprintf(topic, sizeof(topic), "%s/%s/%s", s->config->mqtt.prefix, s->config->loops[loop].name, topic_kind_text[kind]);
		expiry_s = kind == TOPIC_SETPOINT ? engine_valid_for_s(s->engine, loop, clock_us(CLOCK_REALTIME)) : 0;
	}
	if (out.full) {
		log_error("%s: payload of more than %d bytes, not published", topic, PAYLOAD_SIZE);
		return true;
	}
	return mqtt_publish(s->mqtt, topic, out.text, out.len, 1, true, expiry_s);
}

/* As much as the broker's window takes, setpoints first. */
static void pump(struct service *s)
{
	uint32_t id;

	if (!s->online || s->said_offline)
		return;
	while (mqtt_window(s->mqtt) > 0 && outbox_take(&s->outbox, &id)) {
		if (!send_one(s, id)) {
			outbox_mark(&s->outbox, id);
			break;
		}
	}
}

static void say_goodbye(struct service *s)
{
	int64_t left_us = s->goodbye_us - clock_us(CLOCK_MONOTONIC);

	if (!s->said_offline && s->online && (outbox_empty(&s->outbox) || left_us < GOODBYE_MAX_US / 2))
		s->said_offline = mqtt_publish(s->mqtt, s->status_topic, "offline", 7, 1, true, 0);
	if (!s->online || (s->said_offline && mqtt_idle(s->mqtt)) || left_us <= 0)
		event_base_loopbreak(s->base);
}

/* ---- the pass --------------------------------------------------------------------------- */

/* Setpoints that the broker has not taken yet hold back further decisions: inputs are conflated, setpoints never. */
static bool held_back(const struct service *s)
{
	return s->online && outbox_urgent(&s->outbox);
}

static void arm(struct service *s, int64_t now_us)
{
	int64_t next_us = held_back(s) ? now_us + HELD_BACK_STEP_US : engine_next_us(s->engine);
	struct timeval delay = {0, 0};

	if (s->stopping)
		next_us = now_us + GOODBYE_STEP_US;
	else if (s->feed_us > 0 && next_us > now_us + s->feed_us)
		next_us = now_us + s->feed_us;
	if (next_us == INT64_MAX) {
		event_del(s->timer);
		return;
	}
	if (next_us > now_us) {
		delay.tv_sec = (next_us - now_us) / 1000000;
		delay.tv_usec = (next_us - now_us) % 1000000;
	}
	event_add(s->timer, &delay);
}

static void feed_watchdog(struct service *s, int64_t now_us)
{
	if (s->feed_us > 0 && now_us - s->fed_us >= s->feed_us) {
		notify_send("WATCHDOG=1");
		s->fed_us = now_us;
	}
}

static void pass(void *ctx)
{
	struct service *s = ctx;
	struct instant now = clock_now();
	int64_t until_us = now.mono_us + PASS_MAX_US;
	size_t left = 1;

	pump(s);
	while (left > 0 && !s->stopping && !held_back(s) && clock_us(CLOCK_MONOTONIC) < until_us) {
		left = engine_run(s->engine, now, LOOPS_A_STEP);
		pump(s);
	}
	if (s->stopping)
		say_goodbye(s);
	now = clock_now();
	arm(s, now.mono_us);
	feed_watchdog(s, now.mono_us);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	pass(ctx);
}

static void on_heartbeat(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	struct instant now = clock_now();
	struct json_out out;
	char topic[TOPIC_SIZE];

	(void)fd;
	(void)what;
	json_out_init(&out, s->payload, PAYLOAD_SIZE);
	payload_heartbeat(&out, now.utc_us, (double)(now.mono_us - s->started_us) / 1e6, ++s->heartbeat_seq);
	snprintf(topic, sizeof(topic), "%s/heartbeat", s->config->mqtt.prefix);
	if (s->online && !s->stopping)
		mqtt_publish(s->mqtt, topic, out.text, out.len, 1, false, 0);
	pass(s);
}

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

static void event_row(struct service *s, enum severity severity, const char *code, const char *message)
{
	struct record record = {.kind = RECORD_EVENT, .loop = NO_LOOP, .ts_us = clock_now().utc_us};

	record.event.severity = severity;
	record.event.code = code;
	snprintf(record.event.message, sizeof(record.event.message), "%s", message);
	on_record(s, &record);
}

/* ---- what the broker says --------------------------------------------------------------- */

static void reject_topic(struct service *s, const char *topic)
{
	const char **more;

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

static void forget_rejected(struct service *s)
{
	for (size_t i = 0; i < s->n_rejected; i++)
		free((char *)s->rejected[i]);
	s->n_rejected = 0;
}

static void on_ready(void *ctx, const char *const *refused, size_t n_refused)
{
	struct service *s = ctx;
	char message[EVENT_MESSAGE_MAX];

	forget_rejected(s);
	for (size_t i = 0; i < n_refused; i++) {
		snprintf(message, sizeof(message), "%s: the broker refuses the subscription; inputs from it stay bad", refused[i]);
		event_row(s, SEVERITY_ERROR, "subscription_refused", message);
		reject_topic(s, refused[i]);
	}
	s->online = true;
	mqtt_publish(s->mqtt, s->status_topic, "online", 6, 1, true, 0);
	outbox_mark(&s->outbox, health_id(s));
	outbox_mark_known(&s->outbox);
	snprintf(message, sizeof(message), "connected to %s:%d, %zu topics subscribed", s->options.mqtt.host, s->options.mqtt.port,
	         s->n_topics - n_refused);
	event_row(s, SEVERITY_INFO, "broker_connected", message);
	notify_send("STATUS=%s, %zu loops", message, s->config->n_loops);
}

static void on_down(void *ctx, const char *why)
{
	struct service *s = ctx;
	char message[EVENT_MESSAGE_MAX];

	s->online = false;
	snprintf(message, sizeof(message), "broker %s:%d: %s; decisions go on with the values at hand, setpoints follow when it is back",
	         s->options.mqtt.host, s->options.mqtt.port, why);
	event_row(s, SEVERITY_WARNING, "broker_lost", message);
	notify_send("STATUS=%s", message);
}

static void on_message(void *ctx, const char *topic, const void *payload, size_t len, bool retained)
{
	struct service *s = ctx;

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
	event_row(s, SEVERITY_ERROR, "publish_refused", message);
}

/* ---- what the history and the host say -------------------------------------------------- */

/* A history that could not be opened at the start: counts and stamps go on after its last ones. */
static void resume_late(struct service *s)
{
	struct writer_last *last = writer_take_last(s->writer);

	for (uint32_t i = 0; last && i < s->config->n_loops; i++)
		if (last[i].seq > 0)
			engine_resume(s->engine, i, last[i].seq, last[i].ts_us);
	free(last);
}

static void on_store_health(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	bool before = s->store.degraded;

	(void)fd;
	(void)what;
	writer_health(s->writer, &s->store);
	resume_late(s);
	if (s->store.degraded && !before)
		log_error("history: %s; setpoints go on, rows wait in memory", s->store.reason);
	else if (!s->store.degraded && before)
		log_info("history: works again, %llu rows lost", (unsigned long long)s->store.lost_rows);
	outbox_mark(&s->outbox, health_id(s));
	pass(s);
}

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
	struct service *s = ctx;

	(void)what;
	if (number == SIGHUP) {
		log_warning("SIGHUP: the configuration is read at the start only; restart the service to apply a change");
		return;
	}
	if (s->stopping)
		return;
	log_info("%s: stopping", number == SIGTERM ? "SIGTERM" : "SIGINT");
	notify_send("STOPPING=1");
	s->stopping = true;
	s->goodbye_us = clock_us(CLOCK_MONOTONIC) + GOODBYE_MAX_US;
	pass(s);
}

/* ---- life ------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect_topics(struct service *s)
{
	size_t n = 0;

	s->topics = calloc(s->config->n_signals + 1, sizeof(*s->topics));
	if (!s->topics)
		return false;
	for (size_t i = 0; i < s->config->n_signals; i++)
		s->topics[i] = s->config->signals[i].topic;
	qsort(s->topics, s->config->n_signals, sizeof(*s->topics), by_text);
	for (size_t i = 0; i < s->config->n_signals; i++)
		if (i == 0 || strcmp(s->topics[i], s->topics[i - 1]) != 0)
			s->topics[n++] = s->topics[i];
	s->n_topics = n;
	return true;
}

/* Before anything that takes time, so that a stop is clean from the beginning. */
static bool signals_new(struct service *s)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < 3; i++) {
		s->signals[i] = evsignal_new(s->base, numbers[i], on_signal, s);
		if (!s->signals[i] || event_add(s->signals[i], NULL) != 0)
			return false;
	}
	return true;
}

static bool events_new(struct service *s)
{
	struct timeval tick = {.tv_sec = HEARTBEAT_US / 1000000, .tv_usec = 0};

	s->timer = evtimer_new(s->base, on_timer, s);
	s->heartbeat = event_new(s->base, -1, EV_PERSIST, on_heartbeat, s);
	s->health_event = event_new(s->base, writer_eventfd(s->writer), EV_READ | EV_PERSIST, on_store_health, s);
	return s->timer && s->heartbeat && s->health_event && event_add(s->heartbeat, &tick) == 0 && event_add(s->health_event, NULL) == 0;
}

static bool engine_start(struct service *s)
{
	struct engine_options options = {.startup_us = STARTUP_US, .staleness = true, .republish = true};
	struct engine_hooks hooks = {.ctx = s, .record = on_record, .publish = on_publish};

	s->engine = engine_new(s->config, &options, &hooks, clock_now());
	return s->engine != NULL;
}

static void resume(struct service *s, struct store *store)
{
	int64_t seq, ts_us;

	for (uint32_t i = 0; i < s->config->n_loops; i++)
		if (store_last_setpoint(store, i, &seq, &ts_us))
			engine_resume(s->engine, i, seq, ts_us);
}

/* The history: continued where it can be opened; where it cannot for now, the writer goes on trying. */
static bool history_start(struct service *s, enum store_status *status, struct err *e)
{
	struct store *store = NULL;
	struct writer_options options = {.path = s->options.store_path, .config = s->config, .version = s->options.version};

	*status = store_open(&store, s->options.store_path, s->config, e);
	if (*status == STORE_LOCKED || *status == STORE_NEWER)
		return false;
	if (*status == STORE_OK)
		resume(s, store);
	options.store = store;
	options.failure = *status == STORE_OK ? NULL : e->text;
	s->writer = writer_start(&options, e);
	return s->writer != NULL;
}

static bool mqtt_start(struct service *s, struct err *e)
{
	struct mqtt_options options = {
		.settings = &s->options.mqtt,
		.password = s->options.password,
		.will_topic = s->status_topic,
		.will_payload = "offline",
		.topics = s->topics,
		.n_topics = s->n_topics,
		.handlers = {.ctx = s, .ready = on_ready, .down = on_down, .message = on_message, .publish_refused = on_publish_refused,
	                     .pass = pass},
	};

	s->mqtt = mqtt_new(s->base, &options, e);
	return s->mqtt != NULL;
}

struct service *service_new(const struct service_options *options, enum store_status *status, struct err *e)
{
	struct service *s = calloc(1, sizeof(*s));

	*status = STORE_FAILED;
	err_set(e, "out of memory");
	if (!s)
		return NULL;
	*s = (struct service){.options = *options, .config = options->config, .feed_us = notify_watchdog_us() / 2};
	snprintf(s->status_topic, sizeof(s->status_topic), "%s/status", s->config->mqtt.prefix);
	s->started_us = clock_us(CLOCK_MONOTONIC);
	s->base = event_base_new();
	s->payload = malloc(PAYLOAD_SIZE);
	if (!s->base || !s->payload || !signals_new(s) || !collect_topics(s) || !engine_start(s) ||
	    !outbox_init(&s->outbox, s->config->n_loops, health_id(s) + 1) || !history_start(s, status, e) || !events_new(s) || !mqtt_start(s, e)) {
		service_free(s);
		return NULL;
	}
	return s;
}

bool service_run(struct service *s)
{
	pass(s);
	notify_send("READY=1\nSTATUS=%zu loops, connecting to %s:%d", s->config->n_loops, s->options.mqtt.host, s->options.mqtt.port);
	return event_base_dispatch(s->base) == 0;
}

static void event_drop(struct event *event)
{
	if (event)
		event_free(event);
}

void service_free(struct service *s)
{
	if (!s)
		return;
	mqtt_free(s->mqtt);
	if (!writer_stop(s->writer, WRITER_STOP_MS)) {
		log_error("history: not everything could be written in time");
		_exit(EXIT_SUCCESS); /* the writer's thread is still at it, with what would be freed here */
	}
	event_drop(s->timer);
	event_drop(s->heartbeat);
	event_drop(s->health_event);
	for (size_t i = 0; i < 3; i++)
		event_drop(s->signals[i]);
	engine_free(s->engine);
	outbox_done(&s->outbox);
	forget_rejected(s);
	free(s->rejected);
	free(s->topics);
	free(s->payload);
	if (s->base)
		event_base_free(s->base);
	free(s);
}

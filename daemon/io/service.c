/* One thread, one loop: messages go into the engine, what it decided goes to the outbox and the writer, the outbox is
 * worked off as the broker acknowledges. After every pass the timer is set to when the engine wants to be woken. */
#include "service_internal.h"

#include "core/names.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t STARTUP_US = 5000000;
static const int64_t HEARTBEAT_US = 10000000;
static const int WRITER_STOP_MS = 3000;

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
	struct service *s = ctx;

	(void)what;
	if (s->stopping)
		return;
	if (number == SIGHUP) {
		notify_send("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_us(CLOCK_MONOTONIC));
		service_reload(s);
		notify_send("READY=1");
		return;
	}
	log_info("%s: stopping", number == SIGTERM ? "SIGTERM" : "SIGINT");
	notify_send("STOPPING=1");
	service_begin_stop(s);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **service_topics(const struct config *config, size_t *n)
{
	const char **topics = calloc(config->n_signals + 3, sizeof(*topics));
	size_t n_all = 0;

	*n = 0;
	if (!topics)
		return NULL;
	for (size_t i = 0; i < config->n_signals; i++)
		if (config->signals[i].topic)
			topics[n_all++] = config->signals[i].topic;
	for (size_t i = 0; i < 2; i++)
		if (config->command_filters[i])
			topics[n_all++] = config->command_filters[i];
	qsort(topics, n_all, sizeof(*topics), by_text);
	for (size_t i = 0; i < n_all; i++)
		if (i == 0 || strcmp(topics[i], topics[*n - 1]) != 0)
			topics[(*n)++] = topics[i];
	return topics;
}

size_t service_topic_index(const char *const *topics, size_t n, const char *topic)
{
	const char *const *at = bsearch(&topic, topics, n, sizeof(*topics), by_text);

	return at ? (size_t)(at - topics) : n;
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

	s->timer = evtimer_new(s->base, service_on_timer, s);
	s->heartbeat = event_new(s->base, -1, EV_PERSIST, service_on_heartbeat, s);
	s->health_event = event_new(s->base, writer_eventfd(s->writer), EV_READ | EV_PERSIST, service_on_store_health, s);
	return s->timer && s->heartbeat && s->health_event && event_add(s->heartbeat, &tick) == 0 && event_add(s->health_event, NULL) == 0;
}

struct engine *service_engine(struct service *s, const struct config *config)
{
	struct engine_options options = {.startup_us = STARTUP_US, .staleness = true, .live = true};
	struct engine_hooks hooks = service_engine_hooks;

	hooks.ctx = s;
	return engine_new(config, &options, &hooks, clock_now());
}

/* Indexes are those of the loops. False: out of memory. */
static bool name_loops(const struct config *config, struct names *out)
{
	if (!names_init(out, config->n_loops))
		return false;
	for (size_t i = 0; i < config->n_loops; i++)
		names_add(out, config->loops[i].name);
	return true;
}

struct leaver {
	struct service *service;
	struct names configured;
};

/* A loop in the history that the configuration no longer has: its retained setpoint may still stand at the broker. */
static void on_known_loop(void *ctx, const char *name, int64_t seq, int64_t ts_us)
{
	struct leaver *leaver = ctx;

	if (names_find(&leaver->configured, name) == NAMES_NONE)
		service_leave(leaver->service, name, seq, ts_us);
}

static void leave_former_loops(struct service *s)
{
	struct leaver leaver = {.service = s};

	if (name_loops(s->config, &leaver.configured))
		store_each_loop(s->settings->store_path, on_known_loop, &leaver);
	names_done(&leaver.configured);
}

struct alarmed {
	struct engine *engine;
	struct names configured;
};

static void on_listed_alarm(void *ctx, const char *name, const struct alarm_row *row, int64_t since_us)
{
	struct alarmed *alarmed = ctx;
	uint32_t loop = name ? names_find(&alarmed->configured, name) : NO_LOOP;

	if (!name || loop != NAMES_NONE)
		engine_resume_alarm(alarmed->engine, loop, row, since_us);
}

void service_resume_alarms(struct service *s)
{
	struct alarmed alarmed = {.engine = s->engine};

	if (name_loops(s->config, &alarmed.configured))
		store_each_alarm(s->settings->store_path, on_listed_alarm, &alarmed);
	names_done(&alarmed.configured);
}

static void resume_totals(struct service *s, struct store *store)
{
	struct tally tally;

	for (uint32_t i = 0; i < s->config->n_loops; i++)
		if (store_last_total(store, i, &tally))
			engine_resume_totals(s->engine, i, &tally);
}

/* All or nothing: what cannot be read now, the writer will read. */
static enum store_status resume(struct service *s, struct store *store, struct err *e)
{
	struct { int64_t seq, ts_us; struct pace_past past; } *last = calloc(s->config->n_loops, sizeof(*last));
	enum store_status status = last ? STORE_OK : STORE_FAILED;

	if (!last)
		err_set(e, "%s: out of memory", s->settings->store_path);
	for (uint32_t i = 0; i < s->config->n_loops && status == STORE_OK; i++) {
		status = store_last_setpoint(store, i, &last[i].seq, &last[i].ts_us, e);
		status = status == STORE_OK ? store_past(store, i, &last[i].past, e) : status;
	}
	for (uint32_t i = 0; i < s->config->n_loops && status == STORE_OK; i++) {
		if (last[i].seq == 0)
			continue;
		engine_resume(s->engine, i, last[i].seq, last[i].ts_us);
		engine_resume_pace(s->engine, i, &last[i].past);
	}
	free(last);
	return status;
}

/* Open, and read where the counts stand. */
static enum store_status history_open(struct service *s, struct store **store, struct err *e)
{
	enum store_status status = store_open(store, s->settings->store_path, s->config, clock_now().utc_us, e);

	if (status != STORE_OK)
		return status;
	if (store_aside(*store))
		log_error("history: %s", store_aside(*store));
	status = resume(s, *store, e);
	if (status == STORE_OK) {
		resume_totals(s, *store);
		service_resume_alarms(s);
		leave_former_loops(s);
		service_resume_commands(s);
	} else {
		store_close(*store);
		*store = NULL;
	}
	return status;
}

/* The history: continued where it can be opened; where it cannot for now, the writer goes on trying. */
static bool history_start(struct service *s, enum store_status *status, struct err *e)
{
	struct store *store = NULL;
	struct writer_options options = {.path = s->settings->store_path, .config = s->config, .version = s->version};

	*status = history_open(s, &store, e);
	if (*status == STORE_LOCKED || *status == STORE_NEWER)
		return false;
	options.store = store;
	options.failure = *status == STORE_OK ? NULL : e->text;
	s->writer = writer_start(&options, e);
	return s->writer != NULL;
}

static bool mqtt_start(struct service *s, struct err *e)
{
	struct mqtt_options options = {
		.settings = &s->settings->mqtt,
		.password = s->settings->password,
		.will_topic = s->status_topic,
		.will_payload = "offline",
		.topics = s->topics,
		.n_topics = s->n_topics,
		.handlers = service_mqtt_handlers,
	};

	options.handlers.ctx = s;
	s->mqtt = mqtt_new(s->base, &options, e);
	return s->mqtt != NULL;
}

struct service *service_new(const struct service_options *options, enum store_status *status, struct err *e)
{
	struct service *s = calloc(1, sizeof(*s));

	*status = STORE_FAILED;
	err_set(e, "out of memory");
	if (!s) {
		settings_free(options->settings);
		return NULL;
	}
	*s = (struct service){
		.config_path = options->config_path,
		.version = options->version,
		.settings = options->settings,
		.config = options->settings->config,
		.feed_us = notify_watchdog_us() / 2,
	};
	snprintf(s->status_topic, sizeof(s->status_topic), "%s/status", s->config->mqtt.prefix);
	s->started_us = clock_us(CLOCK_MONOTONIC);
	s->base = event_base_new();
	s->payload = malloc(SERVICE_PAYLOAD_SIZE);
	s->topics = service_topics(s->config, &s->n_topics);
	s->engine = service_engine(s, s->config);
	if (!s->base || !s->payload || !s->topics || !s->engine || !signals_new(s) ||
	    !outbox_init(&s->outbox, s->config->n_loops, outbox_ids(s->config)) || !history_start(s, status, e) || !events_new(s) || !mqtt_start(s, e)) {
		service_free(s);
		return NULL;
	}
	return s;
}

bool service_run(struct service *s)
{
	malloc_trim(0); /* of what reading the configuration took */
	service_pass(s);
	notify_send("READY=1\nSTATUS=loops: %zu, connecting to %s:%d", s->config->n_loops, s->settings->mqtt.host, s->settings->mqtt.port);
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
	service_forget_rejected(s);
	service_leave_free(s);
	service_answers_free(s);
	while (s->settings) {
		struct settings *next = s->settings->next;

		settings_free(s->settings);
		s->settings = next;
	}
	free(s->rejected);
	free(s->topics);
	free(s->payload);
	if (s->base)
		event_base_free(s->base);
	free(s);
}

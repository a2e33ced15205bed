/* `lorenzctl status`: asks the broker for what the service has published and retained there, through the same MQTT client
 * as the service, under a client id of its own. It ends once nothing more comes, and never publishes. */
#include "command.h"
#include "io/clock.h"
#include "io/config_yaml.h"
#include "io/mqtt.h"
#include "io/secret.h"
#include "options.h"
#include "status_model.h"

#include <event2/event.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_MS = 300, LONGEST_MS = 5000, OWN_TOPICS = 3 };

struct status_values {
	const char *config;
	bool json, csv;
};

#define AT(member) offsetof(struct status_values, member)
static const struct option options[] = {
    {.name = "config",
     .argument = "FILE",
     .type = OPTION_TEXT,
     .offset = AT(config),
     .required = true,
     .help = "the service's configuration"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "one object: status, health, heartbeat, loops"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(csv), .help = "a row per loop"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "status",
    .synopsis = "--config FILE",
    .about = "What the running service says, from the broker. The exit code is 0 only if the service is online.",
    .notes = "Savings are those of the objective's operating point. A heartbeat comes every 10 s and is shown if one is seen.",
    .options = options,
};

struct watch {
	struct event_base *base;
	struct event *quiet; /* pending from ready on, pushed back by every message */
	struct status_model model;
	const struct mqtt_settings *settings;
	bool ready, failed;
};

static void wait_quiet(struct watch *w)
{
	event_add(w->quiet, &(struct timeval){.tv_usec = QUIET_MS * 1000});
}

static void on_ready(void *ctx, const char *const *refused, size_t n_refused)
{
	struct watch *w = ctx;

	for (size_t i = 0; i < n_refused; i++)
		fprintf(stderr, "%s: the broker refuses the subscription\n", refused[i]);
	w->failed = n_refused > 0;
	w->ready = true;
	wait_quiet(w);
}

static void on_down(void *ctx, const char *why)
{
	struct watch *w = ctx;

	fprintf(stderr, "%s:%d: %s\n", w->settings->host, w->settings->port, why);
	w->failed = true;
	event_base_loopbreak(w->base);
}

static void on_message(void *ctx, const char *topic, const void *payload, size_t len, bool retained)
{
	struct watch *w = ctx;

	(void)retained;
	status_message(&w->model, topic, payload, len);
	if (w->ready)
		wait_quiet(w);
}

static void on_publish_refused(void *ctx, const char *topic, const char *why)
{
	(void)ctx, (void)topic, (void)why;
}

static void on_pass(void *ctx)
{
	(void)ctx;
}

static void on_quiet(evutil_socket_t fd, short what, void *ctx)
{
	struct watch *w = ctx;

	(void)fd, (void)what;
	event_base_loopbreak(w->base);
}

/* ---- topics ----------------------------------------------------------------------------- */

static const char *const own_topics[OWN_TOPICS] = {"status", "health", "heartbeat"};
static const char *const loop_topics[] = {"setpoint", "operating_points"};
enum { LOOP_TOPICS = sizeof(loop_topics) / sizeof(loop_topics[0]) };

static char *topic_new(const char *prefix, const char *loop, const char *name)
{
	size_t size = strlen(prefix) + strlen(loop) + strlen(name) + 3;
	char *topic = xrealloc(NULL, size);

	snprintf(topic, size, "%s/%s%s%s", prefix, loop, *loop ? "/" : "", name);
	return topic;
}

static char **topics_new(const struct config *config, size_t *n)
{
	const char *prefix = config->mqtt.prefix;
	char **topics = xrealloc(NULL, (OWN_TOPICS + config->n_loops * LOOP_TOPICS) * sizeof(*topics));

	*n = 0;
	for (size_t k = 0; k < OWN_TOPICS; k++)
		topics[(*n)++] = topic_new(prefix, "", own_topics[k]);
	for (size_t i = 0; i < config->n_loops; i++)
		for (size_t k = 0; k < LOOP_TOPICS; k++)
			topics[(*n)++] = topic_new(prefix, config->loops[i].name, loop_topics[k]);
	return topics;
}

static void topics_free(char **topics, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(topics[i]);
	free(topics);
}

/* ---- the command ------------------------------------------------------------------------ */

/* The service's way to the broker, with an id of our own and the files where the configuration lies. */
struct access {
	struct mqtt_settings settings;
	char client_id[32], password[1024], ca[PATH_MAX], cert[PATH_MAX], key[PATH_MAX];
};

static bool place_file(const char *config_path, const char **name, char path[PATH_MAX], struct err *e)
{
	if (*name && !secret_path(config_path, *name, path, e))
		return false;
	if (*name)
		*name = path;
	return true;
}

static bool access_init(struct access *a, const char *config_path, const struct config *config, struct err *e)
{
	struct mqtt_settings *s = &a->settings;

	*s = config->mqtt;
	snprintf(a->client_id, sizeof(a->client_id), "lorenzctl-%ld", (long)getpid());
	s->client_id = a->client_id;
	if (s->password_file && !secret_read(config_path, s->password_file, a->password, sizeof(a->password), e))
		return false;
	return place_file(config_path, &s->ca, a->ca, e) && place_file(config_path, &s->cert, a->cert, e) &&
	       place_file(config_path, &s->key, a->key, e);
}

static void watch_run(struct watch *w, const struct mqtt_options *mqtt_options)
{
	struct mqtt *mqtt;
	struct err e;

	event_base_loopexit(w->base, &(struct timeval){.tv_sec = LONGEST_MS / 1000});
	mqtt = mqtt_new(w->base, mqtt_options, &e);
	if (!mqtt) {
		fprintf(stderr, "%s:%d: %s\n", w->settings->host, w->settings->port, e.text);
		w->failed = true;
		return;
	}
	event_base_dispatch(w->base);
	if (!w->ready && !w->failed) {
		fprintf(stderr, "%s:%d: no answer in %d s\n", w->settings->host, w->settings->port, LONGEST_MS / 1000);
		w->failed = true;
	}
	mqtt_free(mqtt);
}

static void watch_all(struct watch *w, const struct access *a, const struct config *config)
{
	size_t n;
	char **topics = topics_new(config, &n);
	struct mqtt_options mqtt_options = {
	    .settings = &a->settings,
	    .password = a->settings.password_file ? a->password : NULL,
	    .topics = (const char *const *)topics,
	    .n_topics = n,
	    .handlers = {.ctx = w, .ready = on_ready, .down = on_down, .message = on_message, .publish_refused = on_publish_refused, .pass = on_pass},
	};

	w->settings = &a->settings;
	w->base = event_base_new();
	w->quiet = w->base ? event_new(w->base, -1, 0, on_quiet, w) : NULL;
	if (w->quiet)
		watch_run(w, &mqtt_options);
	else
		w->failed = true;
	if (w->quiet)
		event_free(w->quiet);
	if (w->base)
		event_base_free(w->base);
	topics_free(topics, n);
}

static int tell(const struct status_model *model, enum format format)
{
	status_write(model, format, clock_now().utc_us, stdout);
	if (!output_flush(stdout))
		return EXIT_FAILED;
	return strcmp(model->status, "online") == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int status_of(const char *config_path, const struct config *config, enum format format)
{
	struct watch watch = {0};
	struct access *a = xrealloc(NULL, sizeof(*a));
	struct err e;
	int code = EXIT_FAILED;

	if (access_init(a, config_path, config, &e)) {
		status_init(&watch.model, config);
		watch_all(&watch, a, config);
		if (!watch.failed)
			code = tell(&watch.model, format);
		status_done(&watch.model);
	} else {
		fprintf(stderr, "%s\n", e.text);
		code = EXIT_BAD_CONFIG;
	}
	explicit_bzero(a, sizeof(*a));
	free(a);
	return code;
}

static int status(const struct status_values *values)
{
	enum format format;
	struct config *config;
	int code;

	if (!format_choose(values->json, values->csv, &format))
		return EXIT_WRONG_USAGE;
	config = config_load(values->config, stderr);
	if (!config)
		return EXIT_BAD_CONFIG;
	signal(SIGPIPE, SIG_IGN);
	code = status_of(values->config, config, format);
	config_free(config);
	return code;
}

int command_status(int argc, char **argv)
{
	struct status_values values = {0};

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		return status(&values);
	case OPTIONS_HELP:
		return EXIT_DONE;
	case OPTIONS_BAD:
		break;
	}
	return EXIT_WRONG_USAGE;
}

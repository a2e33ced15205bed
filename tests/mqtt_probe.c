/* Counts what the MQTT module says. */
#include "mqtt_probe.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double probe_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static void on_ready(void *ctx, const char *const *refused, size_t n_refused)
{
	struct probe *p = ctx;

	p->n_ready++;
	p->n_refused = n_refused;
	if (n_refused)
		snprintf(p->topic, sizeof(p->topic), "%s", refused[0]);
	p->window_seen = mqtt_window(p->mqtt);
}

static void on_down(void *ctx, const char *why)
{
	struct probe *p = ctx;

	p->n_down++;
	snprintf(p->why, sizeof(p->why), "%s", why);
	assert_int_equal(mqtt_window(p->mqtt), 0);
}

static void on_message(void *ctx, const char *topic, const void *payload, size_t len, bool retained)
{
	struct probe *p = ctx;

	p->n_messages++;
	p->n_retained += retained;
	snprintf(p->topic, sizeof(p->topic), "%s", topic);
	p->payload = realloc(p->payload, len + 1);
	memcpy(p->payload, payload, len);
	p->len = len;
}

static void on_publish_refused(void *ctx, const char *topic, const char *why)
{
	struct probe *p = ctx;

	p->n_refused_publishes++;
	snprintf(p->topic, sizeof(p->topic), "%s", topic);
	snprintf(p->why, sizeof(p->why), "%s", why);
}

void probe_publish_some(struct probe *p)
{
	char payload[32];
	int n;

	while (p->publish_left > 0 && mqtt_window(p->mqtt) > 0) {
		n = snprintf(payload, sizeof(payload), "%d", p->n_published);
		assert_true(mqtt_publish(p->mqtt, p->publish_topic, payload, (size_t)n, 1, false, 0));
		p->publish_left--;
		p->n_published++;
	}
	if (mqtt_window(p->mqtt) == 0)
		assert_false(mqtt_publish(p->mqtt, "over", "1", 1, 1, false, 0));
}

static void on_pass(void *ctx)
{
	struct probe *p = ctx;

	p->n_passes++;
	if (p->publish_topic)
		probe_publish_some(p);
}

void probe_init(struct probe *p, struct event_base *base, int port, int version)
{
	static int ids;
	static char id[64][24];
	int n = ids++ % 64;

	snprintf(id[n], sizeof(id[n]), "probe-%d", ids);
	memset(p, 0, sizeof(*p));
	p->base = base;
	p->settings =
	    (struct mqtt_settings){.host = "127.0.0.1", .port = port, .version = version, .keepalive_s = 30, .client_id = id[n]};
	p->options.settings = &p->settings;
	p->options.handlers = (struct mqtt_handlers){.ctx = p,
	                                             .ready = on_ready,
	                                             .down = on_down,
	                                             .message = on_message,
	                                             .publish_refused = on_publish_refused,
	                                             .pass = on_pass};
}

void probe_start(struct probe *p)
{
	struct err e = {""};

	p->mqtt = mqtt_new(p->base, &p->options, &e);
	if (!p->mqtt)
		fail_msg("mqtt_new: %s", e.text);
}

void probe_stop(struct probe *p)
{
	mqtt_free(p->mqtt);
	free(p->payload);
	p->mqtt = NULL;
	p->payload = NULL;
}

static void on_timeout(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	*(bool *)ctx = true;
}

static bool run_until(struct event_base *base, const int *counter, int value, double seconds)
{
	struct timeval tv = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
	bool expired = false;
	struct event *timer = evtimer_new(base, on_timeout, &expired);

	event_add(timer, &tv);
	while (!expired && *counter < value)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(timer);
	return *counter >= value;
}

bool probe_wait(struct event_base *base, const int *counter, int value, double seconds)
{
	return run_until(base, counter, value, seconds * slow_factor());
}

void probe_run(struct event_base *base, double seconds)
{
	const int never = 0;

	run_until(base, &never, 1, seconds);
}

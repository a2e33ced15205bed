/* A client for tests: the daemon's own MQTT module with handlers that count, and a loop to wait in. */
#ifndef TESTS_MQTT_PROBE_H
#define TESTS_MQTT_PROBE_H

#include "io/mqtt.h"

#include <stdint.h>

struct probe {
	struct mqtt *mqtt;
	struct event_base *base;
	struct mqtt_settings settings;
	struct mqtt_options options; /* topics, will and password are set before probe_start */

	int n_ready, n_down, n_messages, n_retained, n_refused_publishes, n_passes;
	size_t n_refused; /* subscriptions, at the last ready */
	char why[200];    /* of the last down or refused publish */
	char topic[128];  /* of the last message */
	unsigned char *payload;
	size_t len;

	/* In every pass, as long as there is room: */
	const char *publish_topic;
	int publish_left, n_published, window_seen; /* the largest window */
};

/* A client of its own id at 127.0.0.1:port; version 5 or 311. */
void probe_init(struct probe *p, struct event_base *base, int port, int version);
void probe_start(struct probe *p);
void probe_stop(struct probe *p);
void probe_publish_some(struct probe *p);
/* Runs the loop until *counter >= value; false after the seconds, stretched by LORENZ_TEST_SLOW. */
bool probe_wait(struct event_base *base, const int *counter, int value, double seconds);
void probe_run(struct event_base *base, double seconds);
double probe_now(void);

#endif

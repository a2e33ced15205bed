/* MQTT on the libevent loop: connection, subscriptions, publishing, reconnect with back-off. Decides nothing about
 * payloads. libmosquitto's blocking connect runs in a connector thread; everything else on the loop. */
#ifndef IO_MQTT_H
#define IO_MQTT_H

#include "core/config.h"
#include "core/err.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

struct mqtt;

enum { MQTT_WINDOW_MAX = 20 }; /* QoS 1 in flight; fewer where an MQTT 5 broker says so */

/* All called on the loop, none from inside another call into this module. Data are borrowed. They may publish, but
 * not free. */
struct mqtt_handlers {
	void *ctx;
	/* Connected and every subscription acknowledged. refused: topics that the broker would not let us have. A pass follows.
	 */
	void (*ready)(void *ctx, const char *const *refused, size_t n_refused);
	/* What mqtt_set_topics changed is acknowledged. */
	void (*resubscribed)(void *ctx, const char *const *refused, size_t n_refused);
	/* The connection was lost or could not be made; said once per outage, and again when the reason changes. What was in
	 * flight is dropped; retries go on for ever. */
	void (*down)(void *ctx, const char *why);
	/* Also before ready: retained messages come as soon as their topic is subscribed. */
	void (*message)(void *ctx, const char *topic, const void *payload, size_t len, bool retained);
	/* A publish at QoS 1 came to nothing though the connection holds: refused by an MQTT 5 broker, or beyond its limits. */
	void (*publish_refused)(void *ctx, const char *topic, const char *why);
	/* After a pass that read messages or freed a place in the window: work off what came. */
	void (*pass)(void *ctx);
};

struct mqtt_options {
	const struct mqtt_settings *settings;
	const char *password;   /* NULL: none */
	const char *will_topic; /* retained, QoS 1; NULL: no will */
	const char *will_payload;
	const char *const *topics; /* subscriptions, in order of strcmp, QoS 1; with MQTT 5 without what this client publishes itself */
	size_t n_topics;
	struct mqtt_handlers handlers;
};

/* Begins to connect in the loop's next pass. Options' strings must live as long as the object. Ignores SIGPIPE for the
 * process, because OpenSSL writes without MSG_NOSIGNAL. NULL: a topic that MQTT does not allow, or no memory. */
struct mqtt *mqtt_new(struct event_base *base, const struct mqtt_options *options, struct err *e);
/* Free places in the QoS 1 window; 0 while not ready. */
int mqtt_window(const struct mqtt *mqtt);
/* QoS 1 needs a free place. expiry_s > 0: MQTT 5 message expiry. False: not sent, try again after ready or pass (not ready,
 * window full, connection about to be lost). What will never be taken counts as sent, and publish_refused tells. */
bool mqtt_publish(struct mqtt *mqtt, const char *topic, const void *payload, size_t len, int qos, bool retain, unsigned expiry_s);
/* Other settings, password and subscriptions (in order), which must live from now on. Topics no longer wanted are
 * unsubscribed; those that were not there, or have their mark in wanted[] (same order; is changed), are subscribed, so that
 * their retained message comes. Settings count for the next connection: mqtt_reconnect makes one. mqtt_reload_check first:
 * false: not a topic, or no memory. */
bool mqtt_reload_check(struct mqtt *mqtt, const char *const *topics, size_t n_topics, struct err *e);
void mqtt_reload(struct mqtt *mqtt, const struct mqtt_settings *settings, const char *password, const char *const *topics,
                 size_t n_topics, bool *wanted);
/* Drops the connection, so that the will is published, and makes another at once. */
void mqtt_reconnect(struct mqtt *mqtt, const char *why);
/* For a clean stop: true when nothing is in flight or queued in the library. */
bool mqtt_idle(const struct mqtt *mqtt);
/* Disconnects cleanly (no will) if connected; abandons a connector that hangs. NULL is fine. */
void mqtt_free(struct mqtt *mqtt);

#endif

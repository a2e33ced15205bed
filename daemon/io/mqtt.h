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

/* All called on the loop, none from inside another call into this module. Data are borrowed. */
struct mqtt_handlers {
	void *ctx;
	/* Connected and every subscription acknowledged. refused: topics that the broker would not let us have. */
	void (*ready)(void *ctx, const char *const *refused, size_t n_refused);
	/* The connection was lost or could not be made; said once per outage, and again when the reason changes. */
	void (*down)(void *ctx, const char *why);
	void (*message)(void *ctx, const char *topic, const void *payload, size_t len, bool retained);
	/* The broker refused a publish (MQTT 5 reason codes). */
	void (*publish_refused)(void *ctx, const char *topic, const char *why);
	/* After a pass that read messages or freed a place in the window: work off what came. */
	void (*pass)(void *ctx);
};

struct mqtt_options {
	const struct mqtt_settings *settings;
	const char *password;          /* NULL: none */
	const char *will_topic;        /* retained, QoS 1 */
	const char *will_payload;
	const char *const *topics;     /* subscriptions, QoS 1 */
	size_t n_topics;
	struct mqtt_handlers handlers; 
};

/* Begins to connect at once. Options' strings must live as long as the object. */
struct mqtt *mqtt_new(struct event_base *base, const struct mqtt_options *options, struct err *e);
/* Free places in the QoS 1 window; 0 while not ready. */
int mqtt_window(const struct mqtt *mqtt);
/* QoS 1 needs a free place. expiry_s > 0: MQTT 5 message expiry. False: not sent (not connected, window full, error). */
bool mqtt_publish(struct mqtt *mqtt, const char *topic, const void *payload, size_t len, int qos, bool retain, unsigned expiry_s);
/* For a clean stop: true when nothing is in flight or queued in the library. */
bool mqtt_idle(const struct mqtt *mqtt);
/* Disconnects cleanly (no will) if connected; abandons a connector that hangs. NULL is fine. */
void mqtt_free(struct mqtt *mqtt);

#endif

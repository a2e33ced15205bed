/* What libmosquitto calls while it works: the callbacks take notes in struct mqtt, and the session acts on them once the
 * library has returned. Messages alone are passed on at once, because their data are the library's. */
#include "mqtt_session.h"
#include "mqtt_words.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

static struct mqtt *owner(void *ctx)
{
	return ((struct mqtt_link *)ctx)->owner;
}

static void on_connect(struct mosquitto *handle, void *ctx, int code, int flags, const mosquitto_property *properties)
{
	struct mqtt *m = owner(ctx);
	uint16_t receive_max = MQTT_WINDOW_MAX, keepalive_s = (uint16_t)m->options.settings->keepalive_s;

	(void)handle, (void)flags;
	m->packet_max = 0;
	mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &receive_max, false);
	mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keepalive_s, false);
	mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, &m->packet_max, false);
	m->window = receive_max < MQTT_WINDOW_MAX ? receive_max : MQTT_WINDOW_MAX;
	m->keepalive_s = keepalive_s;
	m->connack = code;
}

static void on_disconnect(struct mosquitto *handle, void *ctx, int code, const mosquitto_property *properties)
{
	struct mqtt *m = owner(ctx);

	(void)handle, (void)properties;
	if (m->lost) /* the broker's own reason comes first, then what the library makes of the closed socket */
		return;
	m->lost = true;
	m->lost_code = code;
}

static void on_subscribe(struct mosquitto *handle, void *ctx, int mid, int n, const int *granted_qos)
{
	struct mqtt *m = owner(ctx);

	(void)handle;
	if (mqtt_subscriber_granted(&m->subscriber, mid, n, granted_qos))
		m->suback_us = mqtt_now_us();
}

static void on_publish(struct mosquitto *handle, void *ctx, int mid, int reason, const mosquitto_property *properties)
{
	struct mqtt *m = owner(ctx);
	struct mqtt_flight *flight = mqtt_flights_find(&m->flights, mid);

	(void)handle, (void)properties;
	if (!flight)
		return;
	if (reason >= MQTT_REASON_FAILED)
		flight->refused = mqtt_words_reason(reason);
	else
		mqtt_flights_remove(&m->flights, flight);
	m->came = true;
}

static void on_message(struct mosquitto *handle, void *ctx, const struct mosquitto_message *message)
{
	struct mqtt *m = owner(ctx);
	const void *payload = message->payload ? message->payload : "";

	(void)handle;
	m->came = true;
	m->options.handlers.message(m->options.handlers.ctx, message->topic, payload, (size_t)message->payloadlen,
	                            message->retain);
}

void mqtt_callbacks_set(struct mqtt *m)
{
	struct mosquitto *handle = m->link->handle;

	m->link->owner = m;
	mosquitto_connect_v5_callback_set(handle, on_connect);
	mosquitto_disconnect_v5_callback_set(handle, on_disconnect);
	mosquitto_subscribe_callback_set(handle, on_subscribe);
	mosquitto_publish_v5_callback_set(handle, on_publish);
	mosquitto_message_callback_set(handle, on_message);
}

/* MQTT for the application: checks what it is given, publishes within the window. Refuses what MQTT cannot carry and what
 * the window cannot take; never queues. The connection itself is mqtt_session.c. */
#include "mqtt.h"

#include "mqtt_session.h"
#include "mqtt_words.h"

#include <limits.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEEPALIVE_MIN_S = 5, /* libmosquitto's */
	KEEPALIVE_MAX_S = 65535
};

static int library_error;

static void start_library(void)
{
	signal(SIGPIPE, SIG_IGN);
	library_error = mosquitto_lib_init(); /* never cleaned up: an abandoned connector may outlive every client */
}

static bool is_topic(const char *text)
{
	return text[0] && mosquitto_sub_topic_check(text) == MOSQ_ERR_SUCCESS &&
	       mosquitto_validate_utf8(text, (int)strlen(text)) == MOSQ_ERR_SUCCESS;
}

static bool check_topics(const char *const *topics, size_t n_topics, struct err *e)
{
	for (size_t i = 0; i < n_topics; i++) {
		if (!is_topic(topics[i])) {
			err_set(e, "mqtt: \"%s\" is not a topic", topics[i]);
			return false;
		}
	}
	return true;
}

static bool check_options(const struct mqtt_options *o, struct err *e)
{
	if (o->settings->keepalive_s < KEEPALIVE_MIN_S || o->settings->keepalive_s > KEEPALIVE_MAX_S) {
		err_set(e, "mqtt: keepalive %d s is outside [%d s, %d s]", o->settings->keepalive_s, KEEPALIVE_MIN_S,
		        KEEPALIVE_MAX_S);
		return false;
	}
	if (o->will_topic && mosquitto_pub_topic_check(o->will_topic) != MOSQ_ERR_SUCCESS) {
		err_set(e, "mqtt: %s cannot be published to", o->will_topic);
		return false;
	}
	return check_topics(o->topics, o->n_topics, e);
}

struct mqtt *mqtt_new(struct event_base *base, const struct mqtt_options *options, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mqtt *m;

	pthread_once(&once, start_library);
	if (library_error != MOSQ_ERR_SUCCESS) {
		err_set(e, "libmosquitto: %s", mosquitto_strerror(library_error));
		return NULL;
	}
	if (!check_options(options, e))
		return NULL;
	m = calloc(1, sizeof(*m));
	if (m) {
		m->base = base;
		m->options = *options;
		if (mqtt_session_init(m))
			return m;
	}
	err_set(e, "mqtt: out of memory");
	mqtt_free(m);
	return NULL;
}

int mqtt_window(const struct mqtt *m)
{
	return m->state == MQTT_READY ? m->window - m->flights.n : 0;
}

/* What fails by itself, however often it is tried: not a matter of the connection or of memory. */
static bool hopeless(int rc)
{
	static const int codes[] = {MOSQ_ERR_INVAL,
	                            MOSQ_ERR_PAYLOAD_SIZE,
	                            MOSQ_ERR_MALFORMED_UTF8,
	                            MOSQ_ERR_QOS_NOT_SUPPORTED,
	                            MOSQ_ERR_RETAIN_NOT_SUPPORTED,
	                            MOSQ_ERR_OVERSIZE_PACKET};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i] == rc)
			return true;
	return false;
}

/* Gives the flight its message id, or its refusal, or takes it out again. */
static bool book(struct mqtt *m, struct mqtt_flight *flight, int rc, int mid)
{
	if (rc == MOSQ_ERR_SUCCESS) {
		flight->mid = mid;
		return true;
	}
	if (!hopeless(rc)) {
		mqtt_flights_remove(&m->flights, flight);
		return false;
	}
	flight->refused = mqtt_words_error(rc, 0);
	mqtt_session_wake(m);
	return true;
}

bool mqtt_publish(struct mqtt *m, const char *topic, const void *payload, size_t len, int qos, bool retain, unsigned expiry_s)
{
	mosquitto_property *properties = NULL;
	struct mqtt_flight *flight = NULL;
	int rc = len > INT_MAX ? MOSQ_ERR_PAYLOAD_SIZE : MOSQ_ERR_SUCCESS;
	int mid = 0;

	if (m->state != MQTT_READY || (qos > 0 && mqtt_window(m) <= 0))
		return false;
	if (qos > 0 && !(flight = mqtt_flights_add(&m->flights, topic, mqtt_now_us())))
		return false;
	if (rc == MOSQ_ERR_SUCCESS && expiry_s > 0 && m->options.settings->version == 5)
		rc = mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, expiry_s);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_publish_v5(m->link->handle, &mid, topic, (int)len, payload, qos, retain, properties);
	mosquitto_property_free_all(&properties);
	mqtt_session_arm_write(m);
	return flight ? book(m, flight, rc, mid) : rc == MOSQ_ERR_SUCCESS;
}

bool mqtt_reload_check(struct mqtt *m, const char *const *topics, size_t n_topics, struct err *e)
{
	if (!check_topics(topics, n_topics, e))
		return false;
	if (mqtt_subscriber_reserve(&m->subscriber, n_topics))
		return true;
	err_set(e, "mqtt: out of memory");
	return false;
}

/* Both lists are in order. */
static void unsubscribe_but(struct mqtt *m, const char *const *topics, size_t n_topics, bool *wanted)
{
	const char *const *old = m->options.topics;
	size_t i = 0, k = 0, n_old = m->options.n_topics;

	while (i < n_topics || k < n_old) {
		int order = i == n_topics ? 1 : k == n_old ? -1 : strcmp(topics[i], old[k]);

		if (order < 0)
			wanted[i] = true;
		else if (order > 0)
			mqtt_session_unsubscribe(m, old[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

void mqtt_reload(struct mqtt *m, const struct mqtt_settings *settings, const char *password, const char *const *topics,
                 size_t n_topics, bool *wanted)
{
	unsubscribe_but(m, topics, n_topics, wanted);
	m->options.settings = settings;
	m->options.password = password;
	m->options.topics = topics;
	m->options.n_topics = n_topics;
	mqtt_session_resubscribe(m, wanted);
}

bool mqtt_idle(const struct mqtt *m)
{
	return m->flights.n == 0 && (m->state < MQTT_GREETING || !mosquitto_want_write(m->link->handle));
}

void mqtt_free(struct mqtt *m)
{
	if (!m)
		return;
	mqtt_session_done(m);
	free(m);
}

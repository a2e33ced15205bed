/* The MQTT connection as a state machine on the libevent loop: waiting, connecting (in a thread), greeting (CONNACK),
 * subscribing (SUBACKs), ready; every failure leads back to waiting, with a back-off. The library's callbacks
 * (mqtt_callbacks.c) only take notes; settle() acts on them once the library has returned. Nothing is kept for a later
 * connection: each has a new handle, and its flights end with it. */
#include "mqtt_session.h"

#include "clock.h"
#include "mqtt_words.h"

#include <errno.h>
#include <event2/util.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TICK_US = 1000000,
	CONNECT_US = 10000000,  /* then the connector is abandoned */
	GREETING_US = 10000000, /* from the TCP connection to the CONNACK */
	SUBACK_US = 30000000,
	BACK_OFF_MIN_US = 500000,
	BACK_OFF_MAX_US = 30000000,
	HELD_US = 5000000, /* a connection that was ready for so long ends the back-off */
	READ_CALLS_MAX = 64,
	READ_US_MAX = 2000
};

int64_t mqtt_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/* ---- failure and back-off ---- */

static void release(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

static void wait_for(struct mqtt *m, int64_t us)
{
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	event_add(m->timer, &tv);
}

static void enter(struct mqtt *m, enum mqtt_state state)
{
	m->state = state;
	m->state_us = mqtt_now_us();
}

/* Doubling from 0.5 s to 30 s, or to a shorter keepalive, as that says how long nothing may be heard. A random half is taken
 * off, so that clients of one broker do not return at once. */
static int64_t back_off_us(const struct mqtt *m)
{
	const int64_t keepalive_us = (int64_t)m->options.settings->keepalive_s * 1000000;
	const int64_t most_us = keepalive_us < BACK_OFF_MAX_US ? keepalive_us : BACK_OFF_MAX_US;
	int64_t us = m->failures < 6 ? (int64_t)BACK_OFF_MIN_US << m->failures : BACK_OFF_MAX_US;
	uint32_t random;

	if (us > most_us)
		us = most_us;
	evutil_secure_rng_get_bytes(&random, sizeof(random));
	return us / 2 + us / 2 * (random % 1024) / 1024;
}

static void drop_link(struct mqtt *m)
{
	release(&m->handover);
	release(&m->read);
	release(&m->write);
	mqtt_link_free(m->link);
	m->link = NULL;
	mqtt_flights_clear(&m->flights);
	m->lost = m->resubscribing = false;
	m->connack = MQTT_NO_CONNACK;
}

static void lose(struct mqtt *m, const char *why)
{
	char text[sizeof(m->why)] = "";

	strncat(text, why, sizeof(text) - 1); /* why may live in the link */
	if (m->state == MQTT_READY && mqtt_now_us() - m->state_us >= HELD_US)
		m->failures = 0;
	drop_link(m);
	enter(m, MQTT_WAITING);
	wait_for(m, back_off_us(m));
	m->failures++;
	if (m->told && strcmp(text, m->why) == 0)
		return;
	m->told = true;
	memcpy(m->why, text, sizeof(text));
	m->options.handlers.down(m->options.handlers.ctx, m->why);
}

static const char *error_words(const struct mqtt *m, int rc, int system_error, char *text, size_t size)
{
	if (!m->options.settings->tls || !m->link->error.text[0] || m->state == MQTT_READY)
		return mqtt_words_error(rc, system_error);
	snprintf(text, size, "TLS: %s", m->link->error.text);
	return text;
}

static void lose_by_error(struct mqtt *m, int rc, int system_error)
{
	char text[sizeof(m->why)];
	int code = m->lost && m->lost_code != MOSQ_ERR_SUCCESS ? m->lost_code : rc;

	if (code == MOSQ_ERR_SUCCESS)
		code = MOSQ_ERR_CONN_LOST;
	if (m->connack > 0)
		lose(m, mqtt_words_connack(m->options.settings->version, m->connack));
	else if (code >= MQTT_REASON_FAILED)
		lose(m, mqtt_words_reason(code));
	else if (m->state == MQTT_GREETING && code == MOSQ_ERR_KEEPALIVE)
		lose(m, "the broker does not answer");
	else
		lose(m, error_words(m, code, system_error, text, sizeof(text)));
}

/* ---- progress ---- */

void mqtt_session_arm_write(struct mqtt *m)
{
	if (mosquitto_want_write(m->link->handle))
		event_add(m->write, NULL);
}

/* wanted NULL: all. */
static void subscribe_to(struct mqtt *m, const bool *wanted)
{
	m->suback_us = mqtt_now_us();
	mqtt_subscriber_begin(&m->subscriber, m->packet_max);
	for (size_t i = 0; i < m->options.n_topics; i++)
		if (!wanted || wanted[i])
			mqtt_subscriber_add(&m->subscriber, m->options.topics[i]);
}

static void subscribed(struct mqtt *m)
{
	const struct mqtt_handlers *handlers = &m->options.handlers;

	m->came = true;
	if (m->resubscribing) {
		m->resubscribing = false;
		handlers->resubscribed(handlers->ctx, m->subscriber.refused, m->subscriber.n_refused);
		return;
	}
	enter(m, MQTT_READY);
	m->told = false;
	handlers->ready(handlers->ctx, m->subscriber.refused, m->subscriber.n_refused);
}

static int advance(struct mqtt *m)
{
	int rc;

	if (m->state == MQTT_GREETING && m->connack == 0) {
		enter(m, MQTT_SUBSCRIBING);
		subscribe_to(m, NULL);
	}
	if (m->state != MQTT_SUBSCRIBING && !m->resubscribing)
		return MOSQ_ERR_SUCCESS;
	rc = mqtt_subscriber_send(&m->subscriber, m->link->handle);
	if (rc == MOSQ_ERR_SUCCESS && mqtt_subscriber_complete(&m->subscriber))
		subscribed(m);
	return rc;
}

static void report_refused(struct mqtt *m)
{
	const char *why;
	char *topic;

	while ((topic = mqtt_flights_take_refused(&m->flights, &why))) {
		m->came = true;
		m->options.handlers.publish_refused(m->options.handlers.ctx, topic, why);
		free(topic);
	}
}

/* Acts on what the library's last call brought. */
static void settle(struct mqtt *m, int rc, int system_error)
{
	if (rc == MOSQ_ERR_SUCCESS && !m->lost) {
		errno = 0;
		rc = advance(m);
		system_error = errno;
	}
	if (rc != MOSQ_ERR_SUCCESS || m->lost)
		lose_by_error(m, rc, system_error);
	else
		mqtt_session_arm_write(m);
	report_refused(m);
	if (m->came) {
		m->came = false;
		m->options.handlers.pass(m->options.handlers.ctx);
	}
}

/* One call reads about one packet, and leaves EAGAIN behind when there is none. */
static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct mqtt *m = ctx;
	int rc = MOSQ_ERR_SUCCESS;

	(void)fd, (void)what;
	m->read_us = mqtt_now_us();
	for (int i = 0; i < READ_CALLS_MAX; i++) {
		errno = 0;
		rc = mosquitto_loop_read(m->link->handle, 1);
		if (rc != MOSQ_ERR_SUCCESS || m->lost || errno == EAGAIN || mqtt_now_us() - m->read_us > READ_US_MAX)
			break;
	}
	settle(m, rc, errno);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct mqtt *m = ctx;
	int rc;

	(void)fd, (void)what;
	errno = 0;
	rc = mosquitto_loop_write(m->link->handle, 1);
	settle(m, rc, errno);
}

/* ---- connecting ---- */

static void attach(struct mqtt *m)
{
	int fd = mosquitto_socket(m->link->handle);

	mqtt_callbacks_set(m);
	m->read = event_new(m->base, fd, EV_READ | EV_PERSIST, on_readable, m);
	m->write = event_new(m->base, fd, EV_WRITE, on_writable, m);
	if (!m->read || !m->write || event_add(m->read, NULL) != 0) {
		lose(m, "out of memory");
		return;
	}
	enter(m, MQTT_GREETING);
	wait_for(m, TICK_US);
	mqtt_session_arm_write(m);
}

static void on_handover(evutil_socket_t fd, short what, void *ctx)
{
	struct mqtt *m = ctx;
	int rc, system_error;

	(void)fd, (void)what;
	release(&m->handover);
	rc = mqtt_link_result(m->link, &system_error);
	if (rc == MOSQ_ERR_SUCCESS)
		attach(m);
	else
		lose_by_error(m, rc, system_error);
}

static void begin_to_connect(struct mqtt *m)
{
	struct err e;

	m->link = mqtt_link_start(&m->options, &e);
	if (!m->link) {
		lose(m, e.text);
		return;
	}
	m->handover = event_new(m->base, mqtt_link_eventfd(m->link), EV_READ, on_handover, m);
	if (!m->handover || event_add(m->handover, NULL) != 0) {
		lose(m, "out of memory");
		return;
	}
	enter(m, MQTT_CONNECTING);
	wait_for(m, CONNECT_US);
}

/* ---- time ---- */

/* NULL: nothing is overdue. The library itself would notice a silent peer after two keepalives only. */
static const char *overdue(const struct mqtt *m)
{
	int64_t now = mqtt_now_us();

	if (m->state == MQTT_GREETING)
		return now - m->state_us > GREETING_US ? "the broker does not answer" : NULL;
	if ((m->state == MQTT_SUBSCRIBING || m->resubscribing) && now - m->suback_us > SUBACK_US)
		return "the broker does not acknowledge the subscriptions";
	if (m->keepalive_s > 0 && now - m->read_us > (int64_t)m->keepalive_s * 1500000)
		return "keepalive time-out";
	if (m->keepalive_s > 0 && now - mqtt_flights_oldest_us(&m->flights, now) > (int64_t)m->keepalive_s * 1500000)
		return "the broker does not acknowledge what is published";
	return NULL;
}

static void tick(struct mqtt *m)
{
	const char *why = overdue(m);
	int rc;

	if (why) {
		lose(m, why);
		return;
	}
	wait_for(m, TICK_US);
	errno = 0;
	rc = mosquitto_loop_misc(m->link->handle);
	settle(m, rc, errno);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct mqtt *m = ctx;

	(void)fd, (void)what;
	switch (m->state) {
	case MQTT_WAITING:
		begin_to_connect(m);
		break;
	case MQTT_CONNECTING:
		lose(m, "no connection within 10 s");
		break;
	case MQTT_GREETING:
	case MQTT_SUBSCRIBING:
	case MQTT_READY:
		tick(m);
		break;
	}
}

/* ---- begin and end ---- */

bool mqtt_session_init(struct mqtt *m)
{
	m->connack = MQTT_NO_CONNACK;
	m->timer = evtimer_new(m->base, on_timer, m);
	if (!m->timer || !mqtt_subscriber_reserve(&m->subscriber, m->options.n_topics))
		return false;
	wait_for(m, 0);
	return true;
}

void mqtt_session_done(struct mqtt *m)
{
	release(&m->read);
	release(&m->write);
	if (m->state >= MQTT_GREETING) {
		mosquitto_disconnect_v5(m->link->handle, MQTT_RC_NORMAL_DISCONNECTION, NULL);
		mosquitto_loop_write(m->link->handle, 1);
	}
	drop_link(m);
	release(&m->timer);
	mqtt_subscriber_done(&m->subscriber);
}

void mqtt_session_unsubscribe(struct mqtt *m, const char *topic)
{
	if (m->state >= MQTT_SUBSCRIBING)
		mosquitto_unsubscribe(m->link->handle, NULL, topic);
}

void mqtt_session_resubscribe(struct mqtt *m, const bool *wanted)
{
	bool all = m->state != MQTT_READY || !mqtt_subscriber_complete(&m->subscriber);

	mqtt_subscriber_begin(&m->subscriber, m->packet_max);
	if (m->state < MQTT_SUBSCRIBING)
		return;
	m->resubscribing = m->state == MQTT_READY;
	subscribe_to(m, all ? NULL : wanted);
	mqtt_session_wake(m);
}

void mqtt_reconnect(struct mqtt *m, const char *why)
{
	if (m->state == MQTT_WAITING)
		return;
	m->failures = 0;
	lose(m, why);
	wait_for(m, 0);
}

void mqtt_session_wake(struct mqtt *m)
{
	event_active(m->write, EV_WRITE, 0);
}

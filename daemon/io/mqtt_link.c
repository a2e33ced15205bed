/* Makes a libmosquitto handle as the configuration says and connects it in a thread, because mosquitto_connect blocks
 * in the name's resolution and in connect. Loop and thread settle by one atomic exchange who destroys the link: the
 * loop, or, when it has walked away, the thread. A time limit on each address and the resolver's own time-out bound how many
 * threads can hang. Never falls back from TLS to plain. */
#include "mqtt_link.h"

#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
	ADDRESS_S = 5, /* for the first of the host's addresses */
	NEXT_ADDRESS_S = 2
};

enum connector_state { CONNECTOR_RUNNING, CONNECTOR_ENDED, CONNECTOR_ABANDONED };

struct connector {
	atomic_int state;
	pthread_t thread;
	int eventfd;
	char *host;
	int port, keepalive_s;
	int rc, system_error; /* valid once ended */
};

/* ---- the handle ---- */

/* "OpenSSL Error[0]: error:0A000045C:SSL routines::tlsv13 alert certificate required": what comes after the last colon. An
 * alert is what the broker says. */
static void keep_error(struct mqtt_link *link, const char *text)
{
	const char *colon = strrchr(text, ':'), *alert = strstr(text, " alert ");
	char words[sizeof(link->error.text)];

	if (alert)
		snprintf(words, sizeof(words), "the broker does not accept us: %s", alert + strlen(" alert "));
	else
		snprintf(words, sizeof(words), "%s", colon ? colon + 1 + strspn(colon + 1, " ") : text);
	mqtt_tls_keep(&link->error, words);
}

static void on_log(struct mosquitto *handle, void *ctx, int level, const char *text)
{
	(void)handle;
	if (level == MOSQ_LOG_ERR)
		keep_error(ctx, text);
	log_debug("libmosquitto: %s", text);
}

static bool set_up_tls(struct mqtt_link *link, struct mosquitto *handle, const struct mqtt_settings *s, struct err *e)
{
	SSL_CTX *tls = mqtt_tls_new(s, &link->error, e);
	int rc;

	if (!tls)
		return false;
	rc = mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, tls);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_int_option(handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
	SSL_CTX_free(tls); /* the handle has a reference of its own */
	if (rc != MOSQ_ERR_SUCCESS)
		err_set(e, "TLS: %s", mosquitto_strerror(rc));
	return rc == MOSQ_ERR_SUCCESS;
}

static int set_up_session(struct mosquitto *handle, const struct mqtt_options *o)
{
	int version = o->settings->version == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;
	int rc = mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version);

	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, MQTT_WINDOW_MAX);
	if (rc == MOSQ_ERR_SUCCESS && o->settings->username)
		rc = mosquitto_username_pw_set(handle, o->settings->username, o->password);
	if (rc == MOSQ_ERR_SUCCESS && o->will_topic)
		rc = mosquitto_will_set(handle, o->will_topic, (int)strlen(o->will_payload), o->will_payload, 1, true);
	return rc;
}

static struct mosquitto *new_handle(struct mqtt_link *link, const struct mqtt_options *o, struct err *e)
{
	struct mosquitto *handle = mosquitto_new(o->settings->client_id, true, link);
	int rc;

	if (!handle) {
		err_set(e, "cannot make an MQTT client: %s", strerror(errno));
		return NULL;
	}
	mosquitto_log_callback_set(handle, on_log);
	rc = set_up_session(handle, o);
	if (rc != MOSQ_ERR_SUCCESS)
		err_set(e, "cannot set up the MQTT client: %s", mosquitto_strerror(rc));
	if (rc == MOSQ_ERR_SUCCESS && (!o->settings->tls || set_up_tls(link, handle, o->settings, e)))
		return handle;
	mosquitto_destroy(handle);
	return NULL;
}

/* ---- the thread ---- */

static void connector_free(struct connector *c)
{
	if (!c)
		return;
	if (c->eventfd >= 0)
		close(c->eventfd);
	free(c->host);
	free(c);
}

static void destroy(struct mqtt_link *link)
{
	connector_free(link->connector);
	if (link->handle)
		mosquitto_destroy(link->handle);
	free(link);
}

static void on_interrupt(int number)
{
	(void)number; /* connect returns with EINTR, and the next address has its turn */
}

/* The kernel would try an address for two minutes. An attempt that the loop has given up would then still reach the broker, and
 * take the client id from the connection in use. */
static bool limit_addresses(timer_t *timer)
{
	const struct itimerspec limit = {.it_value.tv_sec = ADDRESS_S, .it_interval.tv_sec = NEXT_ADDRESS_S};
	const struct sigaction action = {.sa_handler = on_interrupt}; /* without SA_RESTART */
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
	sigset_t interrupt;

	event._sigev_un._tid = gettid();
	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
	return timer_create(CLOCK_MONOTONIC, &event, timer) == 0 && timer_settime(*timer, 0, &limit, NULL) == 0;
}

static void *connector_main(void *ctx)
{
	struct mqtt_link *link = ctx;
	struct connector *c = link->connector;
	const uint64_t one = 1;
	timer_t timer = 0;
	bool limited = limit_addresses(&timer);

	errno = 0;
	c->rc = mosquitto_connect_bind_v5(link->handle, c->host, c->port, c->keepalive_s, NULL, NULL);
	c->system_error = errno;
	if (limited)
		timer_delete(timer);
	if (atomic_exchange(&c->state, CONNECTOR_ENDED) == CONNECTOR_ABANDONED)
		destroy(link);
	else if (write(c->eventfd, &one, sizeof(one)) < 0)
		log_error("cannot wake the loop: %s", strerror(errno));
	return NULL;
}

/* Signals are the loop's. */
static int start_thread(struct mqtt_link *link)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&link->connector->thread, NULL, connector_main, link);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static struct connector *connector_new(const struct mqtt_settings *s)
{
	struct connector *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	atomic_init(&c->state, CONNECTOR_RUNNING);
	c->port = s->port;
	c->keepalive_s = s->keepalive_s;
	c->host = strdup(s->host);
	c->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->host && c->eventfd >= 0)
		return c;
	connector_free(c);
	return NULL;
}

/* ---- the loop's side ---- */

struct mqtt_link *mqtt_link_start(const struct mqtt_options *options, struct err *e)
{
	struct mqtt_link *link = calloc(1, sizeof(*link));
	int rc;

	if (!link) {
		err_set(e, "out of memory");
		return NULL;
	}
	link->handle = new_handle(link, options, e);
	if (!link->handle)
		goto fail;
	link->connector = connector_new(options->settings);
	rc = link->connector ? start_thread(link) : errno;
	if (rc == 0)
		return link;
	err_set(e, "cannot start to connect: %s", strerror(rc));
fail:
	destroy(link);
	return NULL;
}

int mqtt_link_eventfd(const struct mqtt_link *link)
{
	return link->connector->eventfd;
}

int mqtt_link_result(struct mqtt_link *link, int *system_error)
{
	struct connector *c = link->connector;
	int rc;

	pthread_join(c->thread, NULL); /* it has only to return */
	rc = c->rc;
	*system_error = c->system_error;
	connector_free(c);
	link->connector = NULL;
	return rc;
}

void mqtt_link_free(struct mqtt_link *link)
{
	if (!link)
		return;
	if (link->connector) {
		pthread_t thread = link->connector->thread;

		if (atomic_exchange(&link->connector->state, CONNECTOR_ABANDONED) == CONNECTOR_RUNNING) {
			pthread_detach(thread);
			return;
		}
		pthread_join(thread, NULL);
	}
	destroy(link);
}

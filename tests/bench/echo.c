/* The floor of the benchmarks: what a service on libmosquitto and libevent costs that decides nothing. Subscribes to
 * b/+/t and answers each message on b/N/echo, retained at QoS 1, with 350 bytes that carry the message's time stamp.
 * usage: bench_echo PORT */
#include <errno.h>
#include <event2/event.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 350, TICK_S = 1 };

static struct mosquitto *handle;
static struct event_base *base;
static struct event *writing;

static void arm_write(void)
{
	if (mosquitto_want_write(handle))
		event_add(writing, NULL);
}

static void check(int rc)
{
	if (rc == MOSQ_ERR_SUCCESS)
		return;
	fprintf(stderr, "bench_echo: %s\n", mosquitto_strerror(rc));
	exit(EXIT_FAILURE);
}

static void on_connect(struct mosquitto *m, void *ctx, int code)
{
	(void)ctx;
	check(code);
	check(mosquitto_subscribe(m, NULL, "b/+/t", 1));
}

static void on_message(struct mosquitto *m, void *ctx, const struct mosquitto_message *message)
{
	const char *stamp = message->payload ? strstr(message->payload, "\"ts\":") : NULL;
	char topic[64], answer[ANSWER_BYTES + 1];
	int n;

	(void)ctx;
	if (!stamp)
		return;
	snprintf(topic, sizeof(topic), "%.*s/echo", (int)strlen(message->topic) - 2, message->topic);
	n = snprintf(answer, sizeof(answer), "{\"cause_us\":%lld,\"pad\":\"", atoll(stamp + 5));
	memset(answer + n, 'x', (size_t)(ANSWER_BYTES - n - 2));
	memcpy(answer + ANSWER_BYTES - 2, "\"}", 3);
	check(mosquitto_publish(m, NULL, topic, ANSWER_BYTES, answer, 1, true));
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
	for (int i = 0; i < 64; i++) {
		errno = 0;
		check(mosquitto_loop_read(handle, 1));
		if (errno == EAGAIN)
			break;
	}
	arm_write();
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
	check(mosquitto_loop_write(handle, 1));
	arm_write();
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
	check(mosquitto_loop_misc(handle));
	arm_write();
}

int main(int argc, char **argv)
{
	struct timeval tick = {.tv_sec = TICK_S};

	if (argc != 2)
		return 64;
	mosquitto_lib_init();
	handle = mosquitto_new("bench-echo", true, NULL);
	base = event_base_new();
	mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_connect_callback_set(handle, on_connect);
	mosquitto_message_callback_set(handle, on_message);
	check(mosquitto_connect(handle, "127.0.0.1", atoi(argv[1]), 60));
	writing = event_new(base, mosquitto_socket(handle), EV_WRITE, on_writable, NULL);
	event_add(event_new(base, mosquitto_socket(handle), EV_READ | EV_PERSIST, on_readable, NULL), NULL);
	event_add(event_new(base, -1, EV_PERSIST, on_tick, NULL), &tick);
	arm_write();
	return event_base_dispatch(base);
}

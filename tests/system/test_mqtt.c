/* The MQTT module against a real mosquitto: what arrives, what is retained, how full the window gets, and how it comes
 * back. */
#include "broker.h"
#include "check.h"
#include "mqtt_probe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 10000 };

static struct event_base *base;

static struct broker *start_broker(const struct broker_options *options)
{
	struct broker *b = broker_new(options);

	broker_start(b);
	return b;
}

static void start(struct probe *p, const char *const *topics, size_t n)
{
	p->options.topics = topics;
	p->options.n_topics = n;
	probe_start(p);
	if (!probe_wait(base, &p->n_ready, 1, 10))
		fail_msg("not ready: %s", p->why);
}

static void check_exchange(int version)
{
	static const char *const topics[] = {"plant/a", "plant/b"};
	struct broker *b = start_broker(NULL);
	struct probe from, to, late;

	probe_init(&from, base, broker_port(b), version);
	probe_init(&to, base, broker_port(b), version);
	probe_init(&late, base, broker_port(b), version);
	start(&from, NULL, 0);
	start(&to, topics, 2);
	assert_int_equal(mqtt_window(from.mqtt), MQTT_WINDOW_MAX);
	assert_true(mqtt_publish(from.mqtt, "plant/a", "1\0002", 3, 1, true, 60));
	assert_int_equal(mqtt_window(from.mqtt), MQTT_WINDOW_MAX - 1);
	assert_false(mqtt_idle(from.mqtt));
	assert_true(probe_wait(base, &to.n_messages, 1, 5));
	assert_int_equal(to.len, 3);
	assert_memory_equal(to.payload, "1\0002", 3);
	assert_string_equal(to.topic, "plant/a");
	assert_int_equal(to.n_retained, 0);
	assert_true(probe_wait(base, &from.n_passes, 2, 5));
	assert_int_equal(mqtt_window(from.mqtt), MQTT_WINDOW_MAX);
	assert_true(mqtt_idle(from.mqtt));
	start(&late, topics, 2);
	assert_true(probe_wait(base, &late.n_messages, 1, 5));
	assert_int_equal(late.n_retained, 1);
	assert_true(mqtt_publish(from.mqtt, "plant/b", "", 0, 0, false, 0));
	assert_true(probe_wait(base, &late.n_messages, 2, 5));
	assert_int_equal(late.len, 0);
	probe_stop(&from);
	probe_stop(&to);
	probe_stop(&late);
	broker_free(b);
}

static void test_exchange_v5(void **state)
{
	(void)state;
	check_exchange(5);
}

static void test_exchange_v311(void **state)
{
	(void)state;
	check_exchange(311);
}

static void test_own_publishes_stay_away(void **state)
{
	static const char *const topics[] = {"plant/#"};
	struct broker *b = start_broker(NULL);
	struct probe p;

	(void)state;
	probe_init(&p, base, broker_port(b), 5);
	start(&p, topics, 1);
	assert_true(mqtt_publish(p.mqtt, "plant/a", "1", 1, 1, false, 0));
	probe_run(base, 0.3);
	assert_true(mqtt_idle(p.mqtt));
	assert_int_equal(p.n_messages, 0);
	probe_stop(&p);
	broker_free(b);
}

static void test_large_payload(void **state)
{
	static const char *const topics[] = {"big"};
	const size_t len = 1153434; /* 1.1 MiB */
	unsigned char *payload = malloc(len);
	struct broker *b = start_broker(NULL);
	struct probe from, to;

	(void)state;
	for (size_t i = 0; i < len; i++)
		payload[i] = (unsigned char)(i * 2654435761U >> 16);
	probe_init(&from, base, broker_port(b), 5);
	probe_init(&to, base, broker_port(b), 5);
	start(&from, NULL, 0);
	start(&to, topics, 1);
	assert_true(mqtt_publish(from.mqtt, "big", payload, len, 1, false, 0));
	assert_true(probe_wait(base, &to.n_messages, 1, 10));
	assert_int_equal(to.len, len);
	assert_memory_equal(to.payload, payload, len);
	probe_stop(&from);
	probe_stop(&to);
	broker_free(b);
	free(payload);
}

static void test_many_subscriptions(void **state)
{
	static char name[MANY][32];
	static const char *topics[MANY];
	struct broker *b = start_broker(NULL);
	struct probe from, to;
	double begin;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(name[i], sizeof(name[i]), "plant/signal/%05d", i);
		topics[i] = name[i];
	}
	probe_init(&from, base, broker_port(b), 5);
	probe_init(&to, base, broker_port(b), 5);
	start(&from, NULL, 0);
	begin = probe_now();
	start(&to, topics, MANY);
	print_message("ready with %d subscriptions after %.3f s\n", MANY, probe_now() - begin);
	assert_int_equal(to.n_refused, 0);
	assert_true(mqtt_publish(from.mqtt, topics[0], "0", 1, 1, false, 0));
	assert_true(mqtt_publish(from.mqtt, topics[MANY - 1], "1", 1, 1, false, 0));
	assert_true(probe_wait(base, &to.n_messages, 2, 5));
	probe_stop(&from);
	probe_stop(&to);
	broker_free(b);
}

static void check_window(int max_inflight, int expected)
{
	const struct broker_options options = {.max_inflight = max_inflight};
	static const char *const topics[] = {"stream"};
	struct broker *b = start_broker(&options);
	struct probe from, to;
	double begin;

	probe_init(&from, base, broker_port(b), 5);
	probe_init(&to, base, broker_port(b), 5);
	start(&to, topics, 1);
	from.publish_topic = "stream";
	from.publish_left = 5000;
	start(&from, NULL, 0);
	assert_int_equal(from.window_seen, expected);
	begin = probe_now();
	assert_true(probe_wait(base, &to.n_messages, 5000, 30));
	print_message("window %d: 5000 messages, published, received and acknowledged, in %.3f s\n", expected,
	              probe_now() - begin);
	assert_memory_equal(to.payload, "4999", 4);
	assert_int_equal(to.n_messages, 5000);
	probe_stop(&from);
	probe_stop(&to);
	broker_free(b);
}

static void test_window(void **state)
{
	(void)state;
	check_window(0, MQTT_WINDOW_MAX);
	check_window(5, 5);
}

static void test_broker_appears_later(void **state)
{
	struct broker *b = broker_new(NULL);
	struct probe p;

	(void)state;
	probe_init(&p, base, broker_port(b), 5);
	probe_start(&p);
	probe_run(base, 1.2);
	assert_int_equal(p.n_down, 1); /* once for several attempts */
	assert_string_equal(p.why, "connection refused");
	assert_false(mqtt_publish(p.mqtt, "a", "1", 1, 1, false, 0));
	assert_true(mqtt_idle(p.mqtt));
	broker_start(b);
	assert_true(probe_wait(base, &p.n_ready, 1, 4));
	probe_stop(&p);
	broker_free(b);
}

/* The broker dies with the window full: nothing of that is sent to its successor, and new messages flow. */
static void test_restart_with_full_window(void **state)
{
	static const char *const topics[] = {"stream", "fresh"};
	struct broker *b = start_broker(NULL);
	struct probe from, to;
	double begin;

	(void)state;
	probe_init(&from, base, broker_port(b), 5);
	probe_init(&to, base, broker_port(b), 5);
	start(&to, topics, 2);
	start(&from, NULL, 0);
	broker_pause(b);
	from.publish_topic = "stream";
	from.publish_left = 100;
	probe_publish_some(&from);
	assert_int_equal(from.n_published, MQTT_WINDOW_MAX);
	from.publish_topic = NULL;
	broker_kill(b);
	assert_true(probe_wait(base, &from.n_down, 1, 2));
	assert_true(mqtt_idle(from.mqtt));
	begin = probe_now();
	broker_start(b);
	assert_true(probe_wait(base, &to.n_ready, 2, 5));
	assert_true(probe_wait(base, &from.n_ready, 2, 5));
	print_message("both back %.3f s after the broker\n", probe_now() - begin);
	assert_int_equal(mqtt_window(from.mqtt), MQTT_WINDOW_MAX);
	assert_true(mqtt_publish(from.mqtt, "fresh", "1", 1, 1, false, 0));
	assert_true(probe_wait(base, &to.n_messages, 1, 5));
	probe_run(base, 0.2);
	assert_string_equal(to.topic, "fresh");
	assert_int_equal(to.n_messages, 1);
	probe_stop(&from);
	probe_stop(&to);
	broker_free(b);
}

/* Clean stops of the broker say so in MQTT 5; a second outage is told again. */
static void test_outages(void **state)
{
	struct broker *b = start_broker(NULL);
	struct probe p;

	(void)state;
	probe_init(&p, base, broker_port(b), 5);
	start(&p, NULL, 0);
	for (int outage = 1; outage <= 2; outage++) {
		p.n_down = 0;
		broker_stop(b);
		assert_true(probe_wait(base, &p.n_down, 1, 2));
		assert_true(strcmp(p.why, "the broker shuts down") == 0 ||
		            strcmp(p.why, "the broker closed the connection") == 0);
		assert_true(probe_wait(base, &p.n_down, 2, 3)); /* the reason changes once */
		assert_string_equal(p.why, "connection refused");
		broker_start(b);
		assert_true(probe_wait(base, &p.n_ready, outage + 1, 8));
		assert_int_equal(p.n_down, 2);
	}
	probe_stop(&p);
	broker_free(b);
}

static void test_password(void **state)
{
	const struct broker_options options = {.user = "plant", .password = "secret"};
	struct broker *b = start_broker(&options);
	struct probe good, bad;

	(void)state;
	for (int version = 5; version <= 311; version += 306) {
		probe_init(&good, base, broker_port(b), version);
		good.settings.username = "plant";
		good.options.password = "secret";
		start(&good, NULL, 0);
		probe_init(&bad, base, broker_port(b), version);
		bad.settings.username = "plant";
		bad.options.password = "wrong";
		probe_start(&bad);
		assert_true(probe_wait(base, &bad.n_down, 1, 5));
		probe_run(base, 1);
		assert_int_equal(bad.n_down, 1);
		assert_int_equal(bad.n_ready, 0);
		assert_string_equal(bad.why, "not authorised by the broker (wrong user name or password?)");
		probe_stop(&good);
		probe_stop(&bad);
	}
	broker_free(b);
}

/* A child with a will; returns once it is ready. */
static pid_t start_child(int port, bool free_when_ready)
{
	int fds[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct probe p;

		base = event_base_new();
		probe_init(&p, base, port, 5);
		p.options.will_topic = "site/status";
		p.options.will_payload = "offline";
		start(&p, NULL, 0);
		if (free_when_ready)
			probe_stop(&p);
		if (write(fds[1], "r", 1) == 1)
			probe_run(base, 20);
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	return pid;
}

static void test_will(void **state)
{
	static const char *const topics[] = {"site/status"};
	struct broker *b = start_broker(NULL);
	struct probe watch, late;
	pid_t pid;

	(void)state;
	probe_init(&watch, base, broker_port(b), 5);
	probe_init(&late, base, broker_port(b), 5);
	start(&watch, topics, 1);
	pid = start_child(broker_port(b), true);
	probe_run(base, 0.3);
	assert_int_equal(watch.n_messages, 0); /* a clean goodbye has no will */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pid = start_child(broker_port(b), false);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(probe_wait(base, &watch.n_messages, 1, 5));
	assert_memory_equal(watch.payload, "offline", 7);
	start(&late, topics, 1);
	assert_true(probe_wait(base, &late.n_retained, 1, 5));
	probe_stop(&watch);
	probe_stop(&late);
	broker_free(b);
}

static void test_expiry(void **state)
{
	static const char *const topics[] = {"short", "long"};
	struct broker *b = start_broker(NULL);
	struct probe from, to;

	(void)state;
	probe_init(&from, base, broker_port(b), 5);
	probe_init(&to, base, broker_port(b), 5);
	start(&from, NULL, 0);
	assert_true(mqtt_publish(from.mqtt, "short", "1", 1, 1, true, 1));
	assert_true(mqtt_publish(from.mqtt, "long", "1", 1, 1, true, 100));
	probe_run(base, 2.5);
	start(&to, topics, 2);
	assert_true(probe_wait(base, &to.n_messages, 1, 5));
	probe_run(base, 0.2);
	assert_int_equal(to.n_messages, 1);
	assert_string_equal(to.topic, "long");
	probe_stop(&from);
	probe_stop(&to);
	broker_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_exchange_v5),
	    cmocka_unit_test(test_exchange_v311),
	    cmocka_unit_test(test_own_publishes_stay_away),
	    cmocka_unit_test(test_large_payload),
	    cmocka_unit_test(test_many_subscriptions),
	    cmocka_unit_test(test_window),
	    cmocka_unit_test(test_broker_appears_later),
	    cmocka_unit_test(test_restart_with_full_window),
	    cmocka_unit_test(test_outages),
	    cmocka_unit_test(test_password),
	    cmocka_unit_test(test_will),
	    cmocka_unit_test(test_expiry),
	};
	int failed;

	base = event_base_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	event_base_free(base);
	return failed;
}

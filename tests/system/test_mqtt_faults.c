/* The MQTT module against brokers that refuse, limit, keep silent or never were there. */
#include "broker.h"
#include "check.h"
#include "mqtt_probe.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct event_base *base;

static void start(struct probe *p, const char *const *topics, size_t n)
{
	p->options.topics = topics;
	p->options.n_topics = n;
	probe_start(p);
	if (!probe_wait(base, &p->n_ready, 1, 10))
		fail_msg("not ready: %s", p->why);
}

/* ---- a scripted broker on the loop: one connection, MQTT 3.1.1 ---- */

struct script {
	int listener, fd, port;
	struct event *accept, *read;
	unsigned char connack; /* return code */
	unsigned char granted; /* to every second topic; the others get 1 */
	const char *greeting;  /* of 9 bytes: instead of the connack */
};

static void answer_subscribe(struct script *s, const unsigned char *packet, size_t len)
{
	unsigned char suback[64] = {0x90, 2, packet[2], packet[3]};
	size_t n = 4;

	for (size_t at = 4; at + 2 < len; at += (size_t)(packet[at] << 8 | packet[at + 1]) + 3) {
		suback[n] = n % 2 ? s->granted : 1;
		n++;
		suback[1]++;
	}
	assert_int_equal(send(s->fd, suback, n, MSG_NOSIGNAL), n);
}

static void on_script_data(evutil_socket_t fd, short what, void *ctx)
{
	struct script *s = ctx;
	unsigned char packet[512];
	const unsigned char connack[] = {0x20, 2, 0, s->connack};
	ssize_t n = recv(fd, packet, sizeof(packet), 0);

	(void)what;
	if (n <= 0)
		event_del(s->read);
	else if (packet[0] == 0x10 && s->greeting)
		assert_int_equal(send(fd, s->greeting, 9, MSG_NOSIGNAL), 9);
	else if (packet[0] == 0x10)
		assert_int_equal(send(fd, connack, sizeof(connack), MSG_NOSIGNAL), sizeof(connack));
	else if (packet[0] == 0x82)
		answer_subscribe(s, packet, (size_t)n);
}

static void on_script_accept(evutil_socket_t fd, short what, void *ctx)
{
	struct script *s = ctx;

	(void)what;
	s->fd = accept(fd, NULL, NULL);
	s->read = event_new(base, s->fd, EV_READ | EV_PERSIST, on_script_data, s);
	event_add(s->read, NULL);
}

static int listen_on_loopback(int *port, int backlog)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(listen(fd, backlog), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void script_start(struct script *s)
{
	s->listener = listen_on_loopback(&s->port, 4);
	s->fd = -1;
	s->accept = event_new(base, s->listener, EV_READ, on_script_accept, s);
	event_add(s->accept, NULL);
}

static void script_stop(struct script *s)
{
	event_free(s->accept);
	if (s->read)
		event_free(s->read);
	if (s->fd >= 0)
		close(s->fd);
	close(s->listener);
}

static void test_refused_subscriptions(void **state)
{
	static const char *const topics[] = {"one", "two", "three", "four", "five"};
	struct script s = {.granted = 0x80};
	struct probe p;

	(void)state;
	script_start(&s);
	probe_init(&p, base, s.port, 311);
	start(&p, topics, 5);
	assert_int_equal(p.n_refused, 2);
	assert_string_equal(p.topic, "two");
	probe_stop(&p);
	script_stop(&s);
}

static void test_connack_words(void **state)
{
	static const char *const why[] = {NULL,
	                                  "the broker does not speak this version of MQTT",
	                                  "the broker rejects the client id",
	                                  "the broker is unavailable",
	                                  "bad user name or password",
	                                  "not authorised by the broker (wrong user name or password?)"};

	(void)state;
	for (unsigned char code = 1; code <= 5; code++) {
		struct script s = {.connack = code};
		struct probe p;

		script_start(&s);
		probe_init(&p, base, s.port, 311);
		probe_start(&p);
		assert_true(probe_wait(base, &p.n_down, 1, 3));
		assert_string_equal(p.why, why[code]);
		probe_stop(&p);
		script_stop(&s);
	}
}

/* An MQTT 5 client at a broker that knows 3.1.1 only and says so in its own format. */
static void test_old_broker(void **state)
{
	struct script s = {.connack = 1};
	struct probe p;

	(void)state;
	script_start(&s);
	probe_init(&p, base, s.port, 5);
	probe_start(&p);
	assert_true(probe_wait(base, &p.n_down, 1, 3));
	assert_string_equal(p.why, "the broker does not speak this version of MQTT");
	probe_stop(&p);
	script_stop(&s);
}

/* The reason of an MQTT 5 DISCONNECT is told, not that the socket was closed after it. */
static void test_disconnect_words(void **state)
{
	struct script s = {.greeting = "\x20\x03\x00\x00\x00"
	                               "\xe0\x02\x8e\x00"};
	struct probe p;

	(void)state;
	script_start(&s);
	probe_init(&p, base, s.port, 5);
	probe_start(&p);
	assert_true(probe_wait(base, &p.n_down, 1, 3));
	assert_string_equal(p.why, "another client took over the client id");
	probe_stop(&p);
	script_stop(&s);
}

/* ---- a real broker with rules and limits ---- */

static void test_refused_publish(void **state)
{
	const struct broker_options options = {.config = "acl_file " BROKER_DIR "/acl"};
	struct broker *b = broker_new(&options);
	char path[128];
	struct probe p;
	FILE *acl;

	(void)state;
	snprintf(path, sizeof(path), "%s/acl", broker_dir(b));
	acl = fopen(path, "w");
	fputs("topic readwrite allowed/#\n", acl);
	fclose(acl);
	broker_start(b);
	probe_init(&p, base, broker_port(b), 5);
	start(&p, NULL, 0);
	assert_true(mqtt_publish(p.mqtt, "allowed/a", "1", 1, 1, false, 0));
	assert_true(mqtt_publish(p.mqtt, "forbidden/a", "1", 1, 1, false, 0));
	assert_true(mqtt_publish(p.mqtt, "allowed/b", "1", 1, 1, false, 0));
	assert_true(probe_wait(base, &p.n_refused_publishes, 1, 3));
	probe_run(base, 0.2);
	assert_int_equal(p.n_refused_publishes, 1);
	assert_string_equal(p.topic, "forbidden/a");
	assert_string_equal(p.why, "not authorised");
	assert_int_equal(mqtt_window(p.mqtt), MQTT_WINDOW_MAX);
	probe_stop(&p);
	broker_free(b);
}

/* What exceeds the broker's packet size is refused, the rest goes in more and smaller packets. */
static void test_packet_limit(void **state)
{
	static char name[100][100], wide[1200];
	static const char *topics[101];
	const struct broker_options options = {.config = "max_packet_size 1000"};
	struct broker *b = broker_new(&options);
	char payload[2000] = {0};
	struct probe p;

	(void)state;
	broker_start(b);
	memset(wide, 'w', sizeof(wide) - 1);
	for (int i = 0; i < 100; i++) {
		snprintf(name[i], sizeof(name[i]), "plant/a/rather/long/topic/of/some/sixty/characters/at/least/%05d", i);
		topics[i < 50 ? i : i + 1] = name[i];
	}
	topics[50] = wide;
	probe_init(&p, base, broker_port(b), 5);
	start(&p, topics, 101);
	assert_int_equal(p.n_refused, 1);
	assert_memory_equal(p.topic, "wwww", 4);
	assert_true(mqtt_publish(p.mqtt, "a", payload, sizeof(payload), 1, false, 0));
	assert_int_equal(p.n_refused_publishes, 0); /* not from inside the call */
	assert_true(probe_wait(base, &p.n_refused_publishes, 1, 3));
	assert_string_equal(p.topic, "a");
	assert_string_equal(p.why, "packet too large for the broker");
	assert_int_equal(mqtt_window(p.mqtt), MQTT_WINDOW_MAX);
	assert_true(mqtt_publish(p.mqtt, "a", payload, 500, 1, false, 0));
	probe_run(base, 0.2);
	assert_true(mqtt_idle(p.mqtt));
	assert_int_equal(p.n_down, 0);
	probe_stop(&p);
	broker_free(b);
}

static void test_options_are_checked(void **state)
{
	static const char *const bad[] = {"a/#/b", "", "a\xff"};
	struct probe p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		probe_init(&p, base, 1, 5);
		p.options.topics = &bad[i];
		p.options.n_topics = 1;
		assert_null(mqtt_new(base, &p.options, &e));
	}
	probe_init(&p, base, 1, 5);
	p.settings.keepalive_s = 4;
	assert_null(mqtt_new(base, &p.options, &e));
	assert_string_equal(e.text, "mqtt: keepalive 4 s is outside [5 s, 65535 s]");
	mqtt_free(NULL);
}

/* ---- silence ---- */

static void fill_backlog(int port, int *fds, int n)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < n; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(fds[i], (struct sockaddr *)&address, sizeof(address));
	}
}

static int count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int n = -2; /* . and .. */

	assert_non_null(tasks);
	while (readdir(tasks))
		n++;
	closedir(tasks);
	return n;
}

/* At once, because each takes its time: a host that drops connection requests, one that accepts but never answers, a
 * broker that falls silent, and a name that does not exist. The loop goes on meanwhile. */
static void test_silence(void **state)
{
	struct broker *b = broker_new(NULL);
	struct probe hole, mute, frozen, nameless;
	int hole_port, mute_port, fds[4];
	int hole_fd = listen_on_loopback(&hole_port, 0), mute_fd = listen_on_loopback(&mute_port, 4);
	const int n_threads = count_threads();
	double begin, answered;

	(void)state;
	fill_backlog(hole_port, fds, 4);
	broker_start(b);
	probe_init(&hole, base, hole_port, 5);
	probe_init(&mute, base, mute_port, 5);
	probe_init(&frozen, base, broker_port(b), 5);
	probe_init(&nameless, base, 1883, 5);
	nameless.settings.host = "no-such-host.invalid";
	frozen.settings.keepalive_s = 5;
	start(&frozen, NULL, 0);
	probe_run(base, 1.2);
	broker_pause(b);
	begin = probe_now();
	probe_start(&hole);
	probe_start(&mute);
	probe_start(&nameless);
	assert_true(probe_wait(base, &frozen.n_down, 1, 10));
	answered = probe_now() - begin;
	print_message("a frozen broker is noticed after %.1f s at a keepalive of 5 s\n", answered);
	assert_true(answered < 1.5 * 5 + 1.1);
	assert_string_equal(frozen.why, "keepalive time-out");
	assert_true(probe_wait(base, &hole.n_down, 1, 3));
	assert_string_equal(hole.why, "connection timed out");
	assert_true(probe_wait(base, &mute.n_down, 1, 11.5 - answered));
	assert_string_equal(mute.why, "the broker does not answer");
	assert_true(probe_wait(base, &nameless.n_down, 1, 3));
	print_message("a name that does not exist: %s\n", nameless.why);
	probe_stop(&hole);
	probe_stop(&mute);
	probe_stop(&frozen);
	probe_stop(&nameless);
	for (int i = 0; i < 80 && count_threads() > n_threads; i++) /* an abandoned connector's last address */
		usleep(100000);
	assert_int_equal(count_threads(), n_threads);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	close(hole_fd);
	close(mute_fd);
	broker_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused_subscriptions),
	    cmocka_unit_test(test_connack_words),
	    cmocka_unit_test(test_old_broker),
	    cmocka_unit_test(test_disconnect_words),
	    cmocka_unit_test(test_refused_publish),
	    cmocka_unit_test(test_packet_limit),
	    cmocka_unit_test(test_options_are_checked),
	    cmocka_unit_test(test_silence),
	};
	int failed;

	base = event_base_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	event_base_free(base);
	return failed;
}

/* The MQTT module over TLS, with an authority made by the openssl program: what is trusted connects, and what is not is told
 * why and never falls back. */
#include "broker.h"
#include "check.h"
#include "mqtt_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct event_base *base;
static struct broker *broker;
static char ca[128], other_ca[128], cert[128], key[128];

/* Good until the next call. */
static const char *broker_file(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", broker_dir(broker), name);
	return path;
}

static void openssl(const char *format, ...)
{
	char arguments[512], command[640];
	va_list args;

	va_start(args, format);
	vsnprintf(arguments, sizeof(arguments), format, args);
	va_end(args);
	snprintf(command, sizeof(command), "cd %s && openssl %s >/dev/null 2>&1", broker_dir(broker), arguments);
	if (system(command) != 0)
		fail_msg("%s", command);
}

static void make_authority(const char *name)
{
	openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s -keyout %s.key -out %s.pem",
	        name, name, name);
}

static void make_certificate(const char *name, const char *subject)
{
	openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s.key -out %s.csr", subject, name,
	        name);
	openssl("x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out %s.pem", name, name);
}

static int set_up(void **state)
{
	static const struct broker_options options = {.config = "cafile " BROKER_DIR "/ca.pem\n"
	                                                        "certfile " BROKER_DIR "/server.pem\n"
	                                                        "keyfile " BROKER_DIR "/server.key\n"
	                                                        "require_certificate true"};

	(void)state;
	base = event_base_new();
	broker = broker_new(&options);
	make_authority("ca");
	make_authority("other");
	make_certificate("server", "localhost");
	make_certificate("client", "plant");
	snprintf(ca, sizeof(ca), "%s/ca.pem", broker_dir(broker));
	snprintf(other_ca, sizeof(other_ca), "%s/other.pem", broker_dir(broker));
	snprintf(cert, sizeof(cert), "%s/client.pem", broker_dir(broker));
	snprintf(key, sizeof(key), "%s/client.key", broker_dir(broker));
	broker_start(broker);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	broker_free(broker);
	event_base_free(base);
	return 0;
}

static void init(struct probe *p, const char *host, const char *authority)
{
	probe_init(p, base, broker_port(broker), 5);
	p->settings.tls = true;
	p->settings.host = host;
	p->settings.ca = authority;
	p->settings.cert = cert;
	p->settings.key = key;
}

/* The handshake ends with the connection, whatever TLS puts into one record. */
static void test_trusted(void **state)
{
	static const char *const topics[] = {"stream"};
	struct probe from, to;

	(void)state;
	init(&from, "localhost", ca);
	init(&to, "localhost", ca);
	to.options.topics = topics;
	to.options.n_topics = 1;
	probe_start(&to);
	if (!probe_wait(base, &to.n_ready, 1, 5))
		fail_msg("not ready: %s", to.why);
	from.publish_topic = "stream";
	from.publish_left = 2000;
	probe_start(&from);
	assert_true(probe_wait(base, &to.n_messages, 2000, 30));
	assert_int_equal(from.n_down + to.n_down, 0);
	probe_stop(&from);
	probe_stop(&to);
}

static void check_refused(struct probe *p, const char *why)
{
	probe_start(p);
	assert_true(probe_wait(base, &p->n_down, 1, 5));
	probe_run(base, 0.3);
	assert_int_equal(p->n_ready, 0);
	print_message("%s\n", p->why);
	assert_non_null(strstr(p->why, why));
	probe_stop(p);
}

static void test_refused(void **state)
{
	struct probe p;

	(void)state;
	init(&p, "localhost", other_ca);
	check_refused(&p, "TLS: the broker's certificate comes from an unknown authority");
	init(&p, "localhost", NULL); /* the system's authorities */
	check_refused(&p, "TLS: the broker's certificate comes from an unknown authority");
	init(&p, "127.0.0.1", ca);
	check_refused(&p, "TLS: the broker's certificate is for another host name");
	init(&p, "localhost", ca);
	p.settings.cert = p.settings.key = NULL;
	check_refused(&p, "certificate"); /* "required", or "missing" where the alert came too late to be read */
	init(&p, "localhost", ca);
	p.settings.tls = false; /* plain, at a port of TLS */
	check_refused(&p, "the broker closed the connection");
}

/* Each file is named with its key and its path. */
static void test_files(void **state)
{
	const char *const files[] = {ca, cert, key};
	static const char *const what[] = {"ca", "cert", "key"};
	char expected[200];
	struct probe p;

	(void)state;
	for (int i = 0; i < 3; i++) {
		for (int there = 0; there < 2; there++) {
			const char *path = there ? broker_file("mosquitto.conf") : broker_file("missing.pem");

			init(&p, "localhost", i == 0 ? path : files[0]);
			p.settings.cert = i == 1 ? path : files[1];
			p.settings.key = i == 2 ? path : files[2];
			snprintf(expected, sizeof(expected), "TLS: cannot read %s %s: ", what[i], path);
			check_refused(&p, expected);
		}
	}
	init(&p, "localhost", ca);
	p.settings.key = broker_file("ca.key"); /* of another certificate */
	check_refused(&p, "key values mismatch");
}

/* A broker that is addressed by number: its certificate may have that as its common name. */
static void test_address(void **state)
{
	struct probe p;

	(void)state;
	make_certificate("server", "127.0.0.1");
	broker_stop(broker);
	broker_start(broker);
	init(&p, "127.0.0.1", ca);
	probe_start(&p);
	if (!probe_wait(base, &p.n_ready, 1, 5))
		fail_msg("not ready: %s", p.why);
	probe_stop(&p);
	init(&p, "localhost", ca);
	check_refused(&p, "is for another host name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_trusted),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_address),
	    cmocka_unit_test(test_files),
	};

	if (system("openssl version >/dev/null 2>&1") != 0) {
		print_message("skipped: there is no openssl program to make certificates\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

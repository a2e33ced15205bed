/* A real mosquitto for tests: private, on a free loopback port, with its files in a directory of its own under /tmp. It
 * queues a million messages, where mosquitto would drop what exceeds 1000 for a slow reader; 0 (no limit) makes 2.0.11
 * disconnect a client on a refused publish. Dies with the test program. Every failure ends the running cmocka test. */
#ifndef TESTS_BROKER_H
#define TESTS_BROKER_H

#include <stdbool.h>

struct broker;

struct broker_options {
	const char *user, *password; /* both, or NULL: anonymous */
	int max_inflight;            /* 0: mosquitto's own 20 */
	const char *config;          /* further lines of mosquitto.conf, global and then of the one listener; NULL: none */
};

/* Written in a configuration, it stands for the broker's directory. */
#define BROKER_DIR "@DIR@"

/* options NULL: anonymous, all defaults. A new broker is down: files can be put into its directory. */
struct broker *broker_new(const struct broker_options *options);
void broker_start(struct broker *broker); /* returns when it accepts connections; always on the same port */
void broker_stop(struct broker *broker);  /* SIGTERM, and waits; nothing if it is down */
void broker_kill(struct broker *broker);  /* SIGKILL */
void broker_pause(struct broker *broker); /* SIGSTOP: its kernel goes on to accept and acknowledge, it does not */
void broker_resume(struct broker *broker);
void broker_free(struct broker *broker); /* stops it and removes the directory; NULL is fine */

int broker_port(const struct broker *broker);
const char *broker_dir(const struct broker *broker);
bool broker_log_has(const struct broker *broker, const char *text); /* in what it has logged so far */

#endif

/* Log lines and systemd's notifications, as the other side sees them. */
#include "check.h"
#include "io/log.h"
#include "io/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CAPTURE_SIZE = 16384 };

static int kept_stderr, log_pipe[2];

static void begin_capture(void)
{
	kept_stderr = dup(STDERR_FILENO);
	assert_int_equal(pipe(log_pipe), 0);
	dup2(log_pipe[1], STDERR_FILENO);
	close(log_pipe[1]);
}

static void end_capture(char out[CAPTURE_SIZE])
{
	ssize_t n;
	size_t used = 0;

	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	while ((n = read(log_pipe[0], out + used, CAPTURE_SIZE - 1 - used)) > 0)
		used += (size_t)n;
	out[used] = '\0';
	close(log_pipe[0]);
}

static void test_journal_lines(void **state)
{
	char out[CAPTURE_SIZE];

	(void)state;
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init(LOG_LEVEL_DEBUG);
	begin_capture();
	log_error("a %d", 1);
	log_warning("b");
	log_info("c");
	log_debug("d");
	end_capture(out);
	assert_string_equal(out, "<3>a 1\n<4>b\n<6>c\n<7>d\n");
}

static void test_plain_lines_and_level(void **state)
{
	char out[CAPTURE_SIZE];

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_init(LOG_LEVEL_WARNING);
	begin_capture();
	log_info("not this");
	log_warning("but this");
	end_capture(out);
	assert_int_equal(strlen(out), strlen("2026-01-31T12:00:00.000000Z warning: but this\n"));
	assert_string_equal(out + 26, "Z warning: but this\n");
	assert_int_equal(out[10], 'T');
}

/* Whatever is in a message, one call is one line, and short enough for a pipe to take it whole. */
static void test_lines_cannot_be_forged(void **state)
{
	char out[CAPTURE_SIZE], *text = malloc(10000);

	(void)state;
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init(LOG_LEVEL_INFO);
	begin_capture();
	log_info("%s", "topic\n<3>forged\t\x1b[31m\x7f \xc3\xa9");
	end_capture(out);
	assert_string_equal(out, "<6>topic\\n<3>forged\\x09\\x1b[31m\\x7f \xc3\xa9\n");
	for (int fill = 0; fill < 2; fill++) {
		memset(text, fill ? '\n' : 'x', 9999);
		text[9999] = '\0';
		begin_capture();
		log_info("%s", text);
		end_capture(out);
		assert_true(strlen(out) <= 4096);
		assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	}
	assert_null(strstr(out, "\\\n"));
	free(text);
}

static void test_cut_off_is_said(void **state)
{
	char out[CAPTURE_SIZE], text[6000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	begin_capture();
	log_info("%s", text);
	end_capture(out);
	assert_non_null(strstr(out, " [cut off]\n"));
}

static void test_level_names(void **state)
{
	enum log_level level = LOG_LEVEL_INFO;

	(void)state;
	assert_false(log_level_parse("verbose", &level));
	assert_int_equal(level, LOG_LEVEL_INFO);
	assert_true(log_level_parse("error", &level));
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_true(log_level_parse("debug", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

/* name: with '@' an abstract one */
static int listen_for_datagrams(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, name, n);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)), 0);
	return fd;
}

static void check_notify(const char *name)
{
	int fd = listen_for_datagrams(name);
	char got[64] = "";

	setenv("NOTIFY_SOCKET", name, 1);
	notify_send("READY=1\nSTATUS=%d loops", 3);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 22);
	assert_string_equal(got, "READY=1\nSTATUS=3 loops");
	close(fd);
}

static void test_notify(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "/tmp/lorenz-notify-%d", (int)getpid());
	check_notify(name);
	unlink(name);
	snprintf(name, sizeof(name), "@lorenz-notify-%d", (int)getpid());
	check_notify(name);
}

static void test_notify_without_manager(void **state)
{
	static const char *const names[] = {"", "relative", "/tmp/there/is/no/such/socket", "@"};
	char out[CAPTURE_SIZE];

	(void)state;
	begin_capture();
	unsetenv("NOTIFY_SOCKET");
	notify_send("READY=1");
	end_capture(out);
	assert_string_equal(out, "");
	begin_capture();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		notify_send("READY=1");
	}
	end_capture(out);
	assert_non_null(strstr(out, "cannot reach /tmp/there/is/no/such/socket: No such file or directory"));
	unsetenv("NOTIFY_SOCKET");
}

static void test_watchdog(void **state)
{
	char pid[16];

	(void)state;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	assert_int_equal(notify_watchdog_us(), 0);
	setenv("WATCHDOG_USEC", "20000000", 1);
	assert_int_equal(notify_watchdog_us(), 10000000);
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_us(), 10000000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_watchdog_us(), 0);
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "20s", 1);
	assert_int_equal(notify_watchdog_us(), 0);
	setenv("WATCHDOG_USEC", "-5", 1);
	assert_int_equal(notify_watchdog_us(), 0);
	unsetenv("WATCHDOG_USEC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_journal_lines),
	    cmocka_unit_test(test_plain_lines_and_level),
	    cmocka_unit_test(test_lines_cannot_be_forged),
	    cmocka_unit_test(test_cut_off_is_said),
	    cmocka_unit_test(test_level_names),
	    cmocka_unit_test(test_notify),
	    cmocka_unit_test(test_notify_without_manager),
	    cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

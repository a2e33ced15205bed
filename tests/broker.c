/* Starts and stops a private mosquitto. Its port is kept for restarts, and until this program ends. */
#include "broker.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ports below those that the kernel gives away. */
enum { START_TRIES = 500, START_STEP_US = 10000, PORT_MIN = 12000, PORTS = 8000 };

struct broker {
	char dir[64];
	int port;
	pid_t pid; /* 0: down */
};

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

/* Holds the port against the tests beside this one, by a name in the abstract namespace that goes with this program; the
 * system tests in Python do the same. */
static bool claimed(int port)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	size += (socklen_t)snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "lorenz-port-%d", port);
	if (bind(fd, (struct sockaddr *)&name, size) == 0)
		return true;
	close(fd);
	return false;
}

static bool is_free(int port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	close(fd);
	return ok;
}

static int free_port(void)
{
	int port = getpid();

	do {
		port = PORT_MIN + (port * 7 + 1) % PORTS;
	} while (!claimed(port) || !is_free(port));
	return port;
}

static bool accepts(int port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	close(fd);
	return ok;
}

static FILE *open_file(const struct broker *b, const char *name, const char *mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	return fopen(path, mode);
}

static void write_text(FILE *file, const char *text, const char *dir)
{
	const char *found;

	for (; (found = strstr(text, BROKER_DIR)); text = found + strlen(BROKER_DIR))
		fprintf(file, "%.*s%s", (int)(found - text), text, dir);
	fprintf(file, "%s\n", text);
}

static void write_config(const struct broker *b, const struct broker_options *o)
{
	FILE *file = open_file(b, "mosquitto.conf", "w");

	assert_non_null(file);
	fprintf(file,
	        "listener %d 127.0.0.1\nset_tcp_nodelay true\nmax_queued_messages 1000000\nlog_dest file %s/log\nlog_type all\n",
	        b->port, b->dir);
	if (geteuid() == 0)
		fprintf(file, "user root\n");
	if (o->max_inflight)
		fprintf(file, "max_inflight_messages %d\n", o->max_inflight);
	if (o->user)
		fprintf(file, "password_file %s/passwords\n", b->dir);
	else
		fprintf(file, "allow_anonymous true\n");
	if (o->config)
		write_text(file, o->config, b->dir);
	fclose(file);
}

static void write_passwords(const struct broker *b, const struct broker_options *o)
{
	char command[256];

	snprintf(command, sizeof(command), "mosquitto_passwd -b -c %s/passwords %s %s", b->dir, o->user, o->password);
	assert_int_equal(system(command), 0);
}

struct broker *broker_new(const struct broker_options *options)
{
	static const struct broker_options plain;
	struct broker *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	strcpy(b->dir, "/tmp/lorenz-broker-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->port = free_port();
	write_config(b, options ? options : &plain);
	if (options && options->user)
		write_passwords(b, options);
	return b;
}

static void run(const struct broker *b)
{
	char config[128];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(config, sizeof(config), "%s/mosquitto.conf", b->dir);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp("mosquitto", "mosquitto", "-c", config, (char *)NULL);
	execl("/usr/sbin/mosquitto", "mosquitto", "-c", config, (char *)NULL);
	_exit(127);
}

void broker_start(struct broker *b)
{
	assert_int_equal(b->pid, 0);
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0)
		run(b);
	for (int i = 0; i < START_TRIES && waitpid(b->pid, NULL, WNOHANG) == 0; i++) {
		if (accepts(b->port))
			return;
		usleep(START_STEP_US);
	}
	b->pid = 0;
	fail_msg("mosquitto does not start; see %s", b->dir);
}

static void end(struct broker *b, int with)
{
	if (b->pid == 0)
		return;
	kill(b->pid, with);
	while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
		;
	b->pid = 0;
}

void broker_stop(struct broker *b)
{
	broker_resume(b);
	end(b, SIGTERM);
}

void broker_kill(struct broker *b)
{
	end(b, SIGKILL);
}

void broker_pause(struct broker *b)
{
	assert_int_equal(kill(b->pid, SIGSTOP), 0);
}

void broker_resume(struct broker *b)
{
	if (b->pid)
		kill(b->pid, SIGCONT);
}

void broker_free(struct broker *b)
{
	char command[128];

	if (!b)
		return;
	broker_stop(b);
	snprintf(command, sizeof(command), "rm -rf '%s'", b->dir);
	if (system(command) != 0)
		print_error("cannot remove %s\n", b->dir);
	free(b);
}

int broker_port(const struct broker *b)
{
	return b->port;
}

const char *broker_dir(const struct broker *b)
{
	return b->dir;
}

bool broker_log_has(const struct broker *b, const char *text)
{
	FILE *file = open_file(b, "log", "r");
	char line[1024];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, text) != NULL;
	if (file)
		fclose(file);
	return found;
}

/* systemd's readiness protocol by hand: one datagram to the socket that $NOTIFY_SOCKET names, a path or ("@") an abstract
 * name. Does nothing without it, and gives up after a second should the manager not read. */
#include "notify.h"

#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { MESSAGE_SIZE = 1024 };

static bool make_address(const char *name, struct sockaddr_un *address, socklen_t *size)
{
	size_t n = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || n < 2 || n >= sizeof(address->sun_path))
		return false;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, name, n);
	if (name[0] == '@')
		address->sun_path[0] = '\0';
	*size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (name[0] == '/'));
	return true;
}

static bool send_datagram(const struct sockaddr_un *address, socklen_t size, const char *text, size_t n)
{
	const struct timeval limit = {.tv_sec = 1};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool sent;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	sent = sendto(fd, text, n, MSG_NOSIGNAL, (const struct sockaddr *)address, size) == (ssize_t)n;
	close(fd);
	return sent;
}

void notify_send(const char *format, ...)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	char text[MESSAGE_SIZE];
	socklen_t size;
	va_list args;
	int n;

	if (!name)
		return;
	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || n >= (int)sizeof(text))
		log_warning("notify: message too long");
	else if (!make_address(name, &address, &size))
		log_warning("notify: NOTIFY_SOCKET %s is not an address", name);
	else if (!send_datagram(&address, size, text, (size_t)n))
		log_warning("notify: cannot reach %s: %s", name, strerror(errno));
}

/* A decimal number filling the whole text, else 0. */
static long long parse_positive(const char *text)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && value > 0 ? value : 0;
}

int64_t notify_watchdog_us(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && parse_positive(pid) != getpid()))
		return 0;
	return parse_positive(usec) / 2;
}

/* Reads compiled zones below ZONES. Refuses names that could lead elsewhere and files that are too large to be a zone. */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo/"

static bool is_zone_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t len = strlen(name);

	return len > 0 && len <= 60 && strspn(name, letters) == len && name[0] != '/' && name[len - 1] != '/';
}

static ssize_t read_zone(const char *path, unsigned char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (len < size && n > 0) {
		n = read(fd, out + len, size - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	close(fd);
	return n < 0 ? -1 : (ssize_t)len;
}

const struct zone *zone_load(struct arena *arena, const char *name, struct err *e)
{
	unsigned char bytes[64 * 1024];
	char path[sizeof(ZONES) + 64];
	ssize_t len;

	if (strcmp(name, zone_utc.name) == 0)
		return &zone_utc;
	if (!is_zone_name(name)) {
		err_set(e, "\"%.60s\" is not the name of a time zone, such as Europe/Berlin or UTC", name);
		return NULL;
	}
	snprintf(path, sizeof(path), ZONES "%s", name);
	len = read_zone(path, bytes, sizeof(bytes));
	if (len < 0 && access(ZONES, F_OK) != 0)
		err_set(e, "there are no time zones in " ZONES ": install tzdata");
	else if (len < 0)
		err_set(e, "there is no time zone \"%.60s\" in " ZONES, name);
	else
		return zone_parse(arena, name, bytes, (size_t)len, e);
	return NULL;
}

/* Refuses a secret that is empty, holds a NUL, or does not fit; wipes what it does not hand out. */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool secret_path(const char *config_path, const char *name, char *path, struct err *e)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *slash = strrchr(config_path, '/');
	int n = PATH_MAX;

	if (name[0] == '/')
		n = snprintf(path, PATH_MAX, "%s", name);
	else if (credentials && *credentials)
		n = snprintf(path, PATH_MAX, "%s/%s", credentials, name);
	if (n >= PATH_MAX || (name[0] != '/' && access(path, F_OK) != 0))
		n = snprintf(path, PATH_MAX, "%.*s%s", slash ? (int)(slash + 1 - config_path) : 0, config_path, name);
	if (n >= PATH_MAX) {
		err_set(e, "%.100s…: the name is too long", name);
		return false;
	}
	return true;
}

/* How many bytes were read into all of out, or -1. */
static ssize_t read_all(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	while (len < size) {
		n = read(fd, out + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fd);
	return n < 0 ? -1 : (ssize_t)len;
}

static const char *trim_and_check(char *text, size_t len, size_t size)
{
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len == 0)
		return "is empty";
	if (len >= size)
		return "is too long";
	if (memchr(text, '\0', len))
		return "holds a NUL byte";
	text[len] = '\0';
	return NULL;
}

bool secret_read(const char *config_path, const char *name, char *out, size_t size, struct err *e)
{
	char path[PATH_MAX], text[4096];
	const char *wrong;
	ssize_t len;

	if (!secret_path(config_path, name, path, e))
		return false;
	len = read_all(path, text, sizeof(text));
	if (len < 0) {
		err_set(e, "%.400s: %s", path, strerror(errno));
		return false;
	}
	wrong = trim_and_check(text, (size_t)len, size < sizeof(text) ? size : sizeof(text));
	if (wrong)
		err_set(e, "%.400s: %s", path, wrong);
	else
		strcpy(out, text);
	explicit_bzero(text, sizeof(text));
	return !wrong;
}

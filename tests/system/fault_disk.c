/* Preloaded into the service under test: lets writing to files named history.db* fail or dawdle as a control file says
 * ($FAULT_DISK; read at each call): "slow MS" delays each fsync, "fail ERRNO" fails each write, truncation and sync. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static bool ours(int fd)
{
	char link[64], path[PATH_MAX] = "";
	int saved = errno;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);

	errno = saved;
	return n > 0 && strstr(path, "history.db");
}

/* The number behind the word; 0: the word is not in force. */
static int in_force(const char *word)
{
	const char *control = getenv("FAULT_DISK");
	char text[64] = "";
	int saved = errno, fd = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return n > 0 && strncmp(text, word, strlen(word)) == 0 ? atoi(text + strlen(word)) : 0;
}

static bool fails(int fd)
{
	int error = ours(fd) ? in_force("fail ") : 0;

	if (error)
		errno = error;
	return error != 0;
}

static bool dawdle(int fd)
{
	int ms = ours(fd) ? in_force("slow ") : 0;

	if (ms)
		usleep((useconds_t)ms * 1000);
	return !fails(fd);
}

#define NEXT(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

int fsync(int fd)
{
	return dawdle(fd) ? NEXT(fsync, fd) : -1;
}

int fdatasync(int fd)
{
	return dawdle(fd) ? NEXT(fdatasync, fd) : -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return fails(fd) ? -1 : NEXT(pwrite, fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	return fails(fd) ? -1 : NEXT(pwrite64, fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	return fails(fd) ? -1 : NEXT(write, fd, bytes, n);
}

int ftruncate(int fd, off_t length)
{
	return fails(fd) ? -1 : NEXT(ftruncate, fd, length);
}

int ftruncate64(int fd, off64_t length)
{
	return fails(fd) ? -1 : NEXT(ftruncate64, fd, length);
}

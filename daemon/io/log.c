/* Log lines to standard error: each is one write(2) of at most a pipe's atomic size, so that threads do not mix; a longer
 * one is cut off and says so. Line feeds and other control characters inside are escaped: one call is one line. */
#include "log.h"

#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = PIPE_BUF, TEXT_SIZE = 3072 };

static const struct {
	const char *name;
	int priority; /* syslog's */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},
    [LOG_LEVEL_WARNING] = {"warning", 4},
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};

static _Atomic(enum log_level) level_max = LOG_LEVEL_INFO;
static atomic_bool journal;

void log_init(enum log_level level)
{
	level_max = level;
	journal = getenv("JOURNAL_STREAM") != NULL;
}

bool log_level_parse(const char *text, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(text, levels[i].name) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static size_t print_head(char *out, size_t size, enum log_level level)
{
	char stamp[STAMP_SIZE];
	int n;

	if (journal) {
		n = snprintf(out, size, "<%d>", levels[level].priority);
	} else {
		stamp_format(clock_us(CLOCK_REALTIME), stamp);
		n = snprintf(out, size, "%s %s: ", stamp, levels[level].name);
	}
	return (size_t)n;
}

/* One character's escape; 0: it needs none. */
static size_t escape_char(char code[8], unsigned char c)
{
	if (c == '\n')
		return (size_t)snprintf(code, 8, "\\n");
	if (c < 0x20 || c == 0x7f)
		return (size_t)snprintf(code, 8, "\\x%02x", c);
	return 0;
}

/* Returns how much of out is used: never more than size, never half an escape. */
static size_t escape(char *out, size_t size, const char *text)
{
	size_t used = 0;
	char code[8];

	for (; *text; text++) {
		size_t n = escape_char(code, (unsigned char)*text);

		if (used + (n ? n : 1) > size)
			break;
		memcpy(out + used, n ? code : text, n ? n : 1);
		used += n ? n : 1;
	}
	return used;
}

static void write_line(const char *line, size_t n)
{
	while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
		;
}

void log_write(enum log_level level, const char *format, ...)
{
	static const char cut_off[] = " [cut off]";
	char text[TEXT_SIZE], line[LINE_SIZE];
	int saved = errno, length;
	size_t used;
	va_list args;

	if (level > level_max)
		return;
	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length < 0)
		snprintf(text, sizeof(text), "unprintable: %s", format);
	if (length >= (int)sizeof(text))
		memcpy(text + sizeof(text) - sizeof(cut_off), cut_off, sizeof(cut_off));
	used = print_head(line, sizeof(line), level);
	used += escape(line + used, sizeof(line) - used - 1, text);
	line[used++] = '\n';
	write_line(line, used);
	errno = saved;
}

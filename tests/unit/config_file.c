/* Temporary files for the tests of the configuration. */
#include "config_file.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts "PATH:" or "PATH: " from the beginning of each line. */
static void strip_path(char *said, const char *path)
{
	const size_t len = strlen(path);
	char *to = said;

	for (char *line = said, *next; *line; line = next) {
		const char *from = line + len + 1;

		assert_int_equal(strncmp(line, path, len), 0);
		assert_int_equal(line[len], ':');
		next = strchr(line, '\n');
		assert_non_null(next);
		next++;
		memmove(to, from, (size_t)(next - from));
		to += next - from;
	}
	*to = '\0';
}

struct config *load_text(const char *text, size_t len, char **said)
{
	char path[] = "/tmp/lorenz-config-XXXXXX";
	size_t said_len = 0;
	FILE *errors = open_memstream(said, &said_len);
	int fd = mkstemp(path);
	struct config *config;

	assert_true(errors && fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
	config = config_load(path, errors);
	fclose(errors);
	unlink(path);
	strip_path(*said, path);
	return config;
}

char *file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("cannot read %s", path);
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	return text;
}

/* What the fuzz targets share. A target aborts where a promise is broken, so that a fuzzer and a plain replay both see it. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define promise(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* The bytes up to a line's end, NUL-terminated, to be freed; *data and *size are moved behind it. */
static inline char *take_line(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, '\n', *size);
	size_t len = end ? (size_t)(end - *data) : *size;
	char *line = calloc(1, len + 1);

	if (!line)
		abort();
	if (len > 0)
		memcpy(line, *data, len);
	*data += end ? len + 1 : len;
	*size -= end ? len + 1 : len;
	return line;
}

#endif

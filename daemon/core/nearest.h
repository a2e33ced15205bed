/* "did you mean": the known word nearest to what somebody typed, by edit distance. */
#ifndef CORE_NEAREST_H
#define CORE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed;
	const char *best; /* NULL: none is near enough to be named */
	size_t distance;
};

void nearest_init(struct nearest *nearest, const char *typed);
void nearest_try(struct nearest *nearest, const char *known);

#endif

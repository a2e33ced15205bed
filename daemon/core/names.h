/* Distinct names and their indexes, found by hash. Borrows the names. */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAMES_NONE = UINT32_MAX };

struct names {
	const char **name;
	uint32_t n;
	uint32_t *bucket;              /* index + 1 into name, 0: free */
	size_t n_buckets;              /* a power of two */
};

bool names_init(struct names *names, size_t most); /* room for so many; false: out of memory */
void names_done(struct names *names);
uint32_t names_add(struct names *names, const char *name);        /* its index, also where it is there already */
uint32_t names_find(const struct names *names, const char *name); /* NAMES_NONE: not there */

bool same_text(const char *a, const char *b); /* NULL is the same as NULL alone */

#endif

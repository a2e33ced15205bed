/* Open addressing; names are never taken out. */
#include "names.h"

#include "hash.h"

#include <stdlib.h>
#include <string.h>

bool names_init(struct names *names, size_t most)
{
	size_t n_buckets = 16;

	while (n_buckets < 2 * most)
		n_buckets *= 2;
	*names = (struct names){
		.name = calloc(most + 1, sizeof(*names->name)),
		.bucket = calloc(n_buckets, sizeof(*names->bucket)),
		.n_buckets = n_buckets,
	};
	return names->name && names->bucket;
}

void names_done(struct names *names)
{
	free(names->name);
	free(names->bucket);
	*names = (struct names){0};
}

static uint32_t *bucket_of(const struct names *names, const char *name)
{
	size_t i = hash_fnv1a(name, strlen(name)) & (names->n_buckets - 1);

	while (names->bucket[i] && strcmp(names->name[names->bucket[i] - 1], name) != 0)
		i = (i + 1) & (names->n_buckets - 1);
	return &names->bucket[i];
}

uint32_t names_add(struct names *names, const char *name)
{
	uint32_t *bucket = bucket_of(names, name);

	if (*bucket == 0) {
		names->name[names->n] = name;
		*bucket = ++names->n;
	}
	return *bucket - 1;
}

uint32_t names_find(const struct names *names, const char *name)
{
	return *bucket_of(names, name) - 1;
}

bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Which signals read a topic: found by hash, so that no list is walked per message. */
#ifndef CORE_TOPICS_H
#define CORE_TOPICS_H

#include "config.h"

struct topic {
	const char *name;
	uint32_t first, n;             /* its signals: topics.signals[first .. first + n) */
	uint64_t last;                 /* hash of the newest payload, where has_last */
	bool has_last;
};

struct topics {
	struct topic *topic;
	size_t n;
	uint32_t *signals;
	uint32_t *bucket;              /* index + 1 into topic, 0: free */
	size_t n_buckets;              /* a power of two */
};

bool topics_init(struct topics *topics, const struct config *config); /* false: out of memory */
void topics_done(struct topics *topics);
struct topic *topics_find(const struct topics *topics, const char *name); /* NULL: nobody reads it */

#endif

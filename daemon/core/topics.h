/* Which signals read a topic: found by hash, so that no list is walked per message. */
#ifndef CORE_TOPICS_H
#define CORE_TOPICS_H

#include "config.h"
#include "names.h"

struct topic {
	uint32_t first, n;             /* its signals: topics.signals[first .. first + n) */
	uint64_t last;                 /* hash of the newest payload, where has_last */
	bool has_last;
};

struct topics {
	struct names names;            /* distinct topics */
	struct topic *topic;           /* by their index */
	uint32_t *signals;
};

bool topics_init(struct topics *topics, const struct config *config); /* false: out of memory */
void topics_done(struct topics *topics);
struct topic *topics_find(const struct topics *topics, const char *name); /* NULL: nobody reads it */

#endif

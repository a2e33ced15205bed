/* Which topics have something to say: a dirty bit and a place in one of two queues per topic, urgent ones first. Holds no
 * payloads: they are encoded when their turn comes, so the newest goes out. */
#ifndef CORE_OUTBOX_H
#define CORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox {
	size_t n, n_urgent;            /* ids below n_urgent go first */
	uint8_t *flags;
	uint32_t *ring;                /* n_urgent places, then the others */
	struct { size_t first, n; } queue[2];
};

bool outbox_init(struct outbox *outbox, size_t n_urgent, size_t n); /* false: out of memory */
void outbox_done(struct outbox *outbox);
void outbox_mark(struct outbox *outbox, uint32_t id);
/* Every topic that was ever marked, again: after a reconnect. */
void outbox_mark_known(struct outbox *outbox);
/* What the topic had to say in another outbox, it has to say here. */
void outbox_adopt(struct outbox *outbox, uint32_t id, const struct outbox *from, uint32_t from_id);
bool outbox_take(struct outbox *outbox, uint32_t *id); /* false: nothing to say */
bool outbox_empty(const struct outbox *outbox);
bool outbox_urgent(const struct outbox *outbox);   /* an urgent topic waits */

#endif

/* Deadlines of a fixed set of ids in one heap: the earliest is known at once, setting and clearing cost O(log n). */
#ifndef CORE_DEADLINE_H
#define CORE_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadlines {
	size_t n;          /* in the heap */
	int64_t *due_us;   /* by id */
	uint32_t *heap;    /* ids */
	uint32_t *place;   /* by id: place in the heap + 1, 0: not set */
};

bool deadlines_init(struct deadlines *deadlines, size_t ids); /* false: out of memory */
void deadlines_done(struct deadlines *deadlines);
void deadlines_set(struct deadlines *deadlines, uint32_t id, int64_t due_us);
void deadlines_clear(struct deadlines *deadlines, uint32_t id);
int64_t deadlines_get(const struct deadlines *deadlines, uint32_t id);         /* INT64_MAX: not set */
int64_t deadlines_next_us(const struct deadlines *deadlines);  /* INT64_MAX: none */
bool deadlines_pop(struct deadlines *deadlines, int64_t now_us, uint32_t *id); /* one that is due */

#endif

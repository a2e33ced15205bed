/* A binary heap of ids with their places, so that a deadline can be moved or cleared where it stands. */
#include "deadline.h"

#include <stdlib.h>

bool deadlines_init(struct deadlines *d, size_t ids)
{
	*d = (struct deadlines){
		.due_us = calloc(ids + 1, sizeof(*d->due_us)),
		.heap = calloc(ids + 1, sizeof(*d->heap)),
		.place = calloc(ids + 1, sizeof(*d->place)),
	};
	return d->due_us && d->heap && d->place;
}

void deadlines_done(struct deadlines *d)
{
	free(d->due_us);
	free(d->heap);
	free(d->place);
	*d = (struct deadlines){0};
}

static void put(struct deadlines *d, size_t at, uint32_t id)
{
	d->heap[at] = id;
	d->place[id] = (uint32_t)at + 1;
}

static void sift_up(struct deadlines *d, size_t at, uint32_t id)
{
	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (d->due_us[d->heap[parent]] <= d->due_us[id])
			break;
		put(d, at, d->heap[parent]);
		at = parent;
	}
	put(d, at, id);
}

static void sift_down(struct deadlines *d, size_t at, uint32_t id)
{
	for (;;) {
		size_t next = 2 * at + 1;

		if (next >= d->n)
			break;
		if (next + 1 < d->n && d->due_us[d->heap[next + 1]] < d->due_us[d->heap[next]])
			next++;
		if (d->due_us[id] <= d->due_us[d->heap[next]])
			break;
		put(d, at, d->heap[next]);
		at = next;
	}
	put(d, at, id);
}

void deadlines_set(struct deadlines *d, uint32_t id, int64_t due_us)
{
	int64_t before = d->due_us[id];

	d->due_us[id] = due_us;
	if (d->place[id] == 0)
		sift_up(d, d->n++, id);
	else if (due_us < before)
		sift_up(d, d->place[id] - 1, id);
	else
		sift_down(d, d->place[id] - 1, id);
}

void deadlines_clear(struct deadlines *d, uint32_t id)
{
	size_t at = d->place[id];
	uint32_t last;

	if (at == 0)
		return;
	d->place[id] = 0;
	last = d->heap[--d->n];
	if (last == id)
		return;
	sift_up(d, at - 1, last);
	sift_down(d, d->place[last] - 1, last);
}

int64_t deadlines_get(const struct deadlines *d, uint32_t id)
{
	return d->place[id] ? d->due_us[id] : INT64_MAX;
}

int64_t deadlines_next_us(const struct deadlines *d)
{
	return d->n ? d->due_us[d->heap[0]] : INT64_MAX;
}

bool deadlines_pop(struct deadlines *d, int64_t now_us, uint32_t *id)
{
	if (d->n == 0 || d->due_us[d->heap[0]] > now_us)
		return false;
	*id = d->heap[0];
	deadlines_clear(d, *id);
	return true;
}

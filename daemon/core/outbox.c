/* Two rings of ids; an id that is queued already is not queued twice. */
#include "outbox.h"

#include <stdlib.h>

enum { FLAG_QUEUED = 1, FLAG_KNOWN = 2 };

bool outbox_init(struct outbox *outbox, size_t n_urgent, size_t n)
{
	*outbox = (struct outbox){.n = n, .n_urgent = n_urgent, .flags = calloc(n + 1, 1), .ring = calloc(n + 1, sizeof(uint32_t))};
	return outbox->flags && outbox->ring;
}

void outbox_done(struct outbox *outbox)
{
	free(outbox->flags);
	free(outbox->ring);
	*outbox = (struct outbox){0};
}

static size_t places(const struct outbox *outbox, int queue)
{
	return queue == 0 ? outbox->n_urgent : outbox->n - outbox->n_urgent;
}

static uint32_t *ring(const struct outbox *outbox, int queue)
{
	return queue == 0 ? outbox->ring : outbox->ring + outbox->n_urgent;
}

void outbox_mark(struct outbox *outbox, uint32_t id)
{
	int queue = id < outbox->n_urgent ? 0 : 1;

	if (outbox->flags[id] & FLAG_QUEUED)
		return;
	outbox->flags[id] = FLAG_QUEUED | FLAG_KNOWN;
	ring(outbox, queue)[(outbox->queue[queue].first + outbox->queue[queue].n++) % places(outbox, queue)] = id;
}

void outbox_mark_known(struct outbox *outbox)
{
	for (uint32_t id = 0; id < outbox->n; id++)
		if (outbox->flags[id] & FLAG_KNOWN)
			outbox_mark(outbox, id);
}

void outbox_adopt(struct outbox *outbox, uint32_t id, const struct outbox *from, uint32_t from_id)
{
	if (from->flags[from_id] & FLAG_QUEUED)
		outbox_mark(outbox, id);
	else
		outbox->flags[id] |= from->flags[from_id];
}

bool outbox_take(struct outbox *outbox, uint32_t *id)
{
	int queue = outbox->queue[0].n > 0 ? 0 : 1;

	if (outbox->queue[queue].n == 0)
		return false;
	*id = ring(outbox, queue)[outbox->queue[queue].first];
	outbox->queue[queue].first = (outbox->queue[queue].first + 1) % places(outbox, queue);
	outbox->queue[queue].n--;
	outbox->flags[*id] = FLAG_KNOWN;
	return true;
}

bool outbox_empty(const struct outbox *outbox)
{
	return outbox->queue[0].n == 0 && outbox->queue[1].n == 0;
}

bool outbox_urgent(const struct outbox *outbox)
{
	return outbox->queue[0].n > 0;
}

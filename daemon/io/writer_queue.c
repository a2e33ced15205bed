/* The writer's queue: records packed into chunks mapped from the kernel. */
#include "writer_queue.h"

#include "core/stamp.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNKS = 64, CHUNK_MIN_BYTES = 4096, CHUNK_MAX_BYTES = 256 << 10, LIMIT_BYTES = 16 << 20 };

/* Up to this share of the limit a kind is taken, percent. */
static const size_t share[RECORD_KINDS] = {
	[RECORD_SAMPLE] = 60,
	[RECORD_POINT] = 80,
	[RECORD_TECHNOLOGY] = 80,
	[RECORD_SETPOINT] = 100,
	[RECORD_COMMAND] = 100,
	[RECORD_EVENT] = 100,
	[RECORD_TOTALS] = 100,
	[RECORD_ALARM] = 100,
};

static size_t packed_size(const struct record *record)
{
	return (record_size(record) + 7) & ~(size_t)7;
}

void queue_init(struct queue *queue, size_t limit_bytes)
{
	size_t limit = limit_bytes ? limit_bytes : LIMIT_BYTES;
	size_t chunk = limit / CHUNKS & ~(size_t)(CHUNK_MIN_BYTES - 1);

	*queue = (struct queue){.limit_bytes = limit};
	queue->chunk_bytes = chunk < CHUNK_MIN_BYTES ? CHUNK_MIN_BYTES : chunk > CHUNK_MAX_BYTES ? CHUNK_MAX_BYTES : chunk;
}

static void free_chunk(struct queue *queue, struct queue_chunk *chunk)
{
	if (queue->spare)
		munmap(chunk, queue->chunk_bytes);
	else
		queue->spare = chunk;
}

void queue_done(struct queue *queue, struct queue_chain *taken)
{
	while (taken->first)
		queue_free_first(queue, taken);
	while (queue->chain.first)
		queue_free_first(queue, &queue->chain);
	if (queue->spare)
		munmap(queue->spare, queue->chunk_bytes);
	queue->spare = NULL;
}

static struct queue_chunk *new_chunk(struct queue *queue)
{
	struct queue_chunk *chunk = queue->spare;

	if (!chunk) {
		void *map = mmap(NULL, queue->chunk_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED)
			return NULL;
		chunk = map;
	}
	queue->spare = NULL;
	*chunk = (struct queue_chunk){.config = queue->config};
	return chunk;
}

static void append_chunk(struct queue_chain *chain, struct queue_chunk *chunk)
{
	if (chain->last)
		chain->last->next = chunk;
	else
		chain->first = chunk;
	chain->last = chunk;
}

/* Where size bytes go; NULL: the queue is full for this kind, or there is no memory. */
static unsigned char *find_room(struct queue *queue, enum record_kind kind, size_t size)
{
	size_t room = queue->chunk_bytes - offsetof(struct queue_chunk, data);
	struct queue_chunk *last = queue->chain.last;

	if (queue->used_bytes + size > queue->limit_bytes / 100 * share[kind])
		return NULL;
	if (!last || last->config != queue->config || last->used + size > room) {
		last = new_chunk(queue);
		if (!last)
			return NULL;
		append_chunk(&queue->chain, last);
	}
	return last->data + last->used;
}

void lost_add(struct lost_rows *lost, const struct record *record)
{
	if (lost_sum(lost) == 0)
		lost->from_us = lost->to_us = record->ts_us;
	if (record->ts_us < lost->from_us)
		lost->from_us = record->ts_us;
	if (record->ts_us > lost->to_us)
		lost->to_us = record->ts_us;
	lost->rows[record->kind]++;
}

void queue_lose(struct queue *queue, const struct lost_rows *lost)
{
	if (lost_sum(lost) == 0)
		return;
	queue_lost_return(queue, lost);
	queue->lost_total += lost_sum(lost);
}

bool queue_put(struct queue *queue, const struct record *record)
{
	size_t size = packed_size(record);
	unsigned char *at = find_room(queue, record->kind, size);

	if (!at) {
		lost_add(&queue->lost, record);
		queue->lost_total++;
		return false;
	}
	memcpy(at, record, record_size(record));
	queue->chain.last->used += size;
	queue->chain.last->rows++;
	queue->used_bytes += size;
	queue->rows++;
	return true;
}

void queue_take(struct queue *queue, struct queue_chain *chain)
{
	if (!queue->chain.first)
		return;
	append_chunk(chain, queue->chain.first);
	chain->last = queue->chain.last;
	queue->chain = (struct queue_chain){0};
	queue->rows = 0;
}

void queue_free_first(struct queue *queue, struct queue_chain *chain)
{
	struct queue_chunk *chunk = chain->first;

	chain->first = chunk->next;
	if (!chain->first)
		chain->last = NULL;
	queue->used_bytes -= chunk->used;
	free_chunk(queue, chunk);
}

bool queue_is_easy(const struct queue *queue)
{
	return queue->used_bytes <= queue->limit_bytes / 2;
}

uint64_t lost_sum(const struct lost_rows *lost)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < RECORD_KINDS; i++)
		sum += lost->rows[i];
	return sum;
}

bool queue_lost_take(struct queue *queue, struct lost_rows *lost)
{
	if (lost_sum(&queue->lost) == 0)
		return false;
	*lost = queue->lost;
	queue->lost = (struct lost_rows){0};
	return true;
}

void queue_lost_return(struct queue *queue, const struct lost_rows *lost)
{
	struct lost_rows *sum = &queue->lost;

	if (lost_sum(sum) == 0) {
		*sum = *lost;
		return;
	}
	for (size_t i = 0; i < RECORD_KINDS; i++)
		sum->rows[i] += lost->rows[i];
	sum->from_us = lost->from_us < sum->from_us ? lost->from_us : sum->from_us;
	sum->to_us = lost->to_us > sum->to_us ? lost->to_us : sum->to_us;
}

void lost_text(const struct lost_rows *lost, char *text, size_t size)
{
	static const char *const names[RECORD_KINDS] = {
		[RECORD_SAMPLE] = "samples",
		[RECORD_POINT] = "points",
		[RECORD_TECHNOLOGY] = "technologies",
		[RECORD_SETPOINT] = "setpoints",
		[RECORD_COMMAND] = "commands",
		[RECORD_EVENT] = "events",
		[RECORD_TOTALS] = "totals",
		[RECORD_ALARM] = "alarms",
	};
	char from[STAMP_SIZE], to[STAMP_SIZE], kinds[200] = "";
	int n = 0;

	for (size_t i = 0; i < RECORD_KINDS; i++) {
		if (lost->rows[i] > 0)
			n += snprintf(kinds + n, sizeof(kinds) - (size_t)n, "%s%llu %s", n ? ", " : "",
				      (unsigned long long)lost->rows[i], names[i]);
	}
	snprintf(text, size, "%s lost, stamped from %s to %s: they could not be written in time and the queue was full", kinds,
		 stamp_format(lost->from_us, from), stamp_format(lost->to_us, to));
}

/* The record that begins at an offset has at least the bytes of the smallest kind behind it. */
bool chunk_next(const struct queue_chunk *chunk, size_t *at, struct record *record)
{
	if (*at >= chunk->used)
		return false;
	const struct record *packed = (const struct record *)(const void *)(chunk->data + *at);
	size_t size = record_size(packed);

	memcpy(record, packed, size);
	*at += (size + 7) & ~(size_t)7;
	return true;
}

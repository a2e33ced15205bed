/* A bounded queue of records as bytes, in chunks from the kernel that are given back when they are empty: first in, first
 * out, one record after the other. When it fills, samples give way at 60 %, points at 80 %, setpoints and events when it is
 * full; what was refused is counted. Locks nothing: the writer does. */
#ifndef IO_WRITER_QUEUE_H
#define IO_WRITER_QUEUE_H

#include "core/record.h"

/* Rows refused, and the stamps between which they lie. */
struct lost_rows {
	uint64_t rows[RECORD_KINDS];
	int64_t from_us, to_us;
};

struct queue_chunk {
	struct queue_chunk *next;
	const struct config *config; /* whose indexes its records have */
	size_t used; /* bytes of data */
	size_t rows;
	_Alignas(8) unsigned char data[];
};

/* Chunks in order, oldest first. */
struct queue_chain {
	struct queue_chunk *first, *last;
};

struct queue {
	struct queue_chain chain;
	const struct config *config; /* of the records to come */
	struct queue_chunk *spare; /* one empty chunk, so that the steady state asks nobody for memory */
	size_t limit_bytes;
	size_t chunk_bytes;
	size_t used_bytes;         /* of records, also of those taken and not yet freed */
	size_t rows;               /* in chain */
	struct lost_rows lost;     /* since lost_take */
	uint64_t lost_total;
};

void queue_init(struct queue *queue, size_t limit_bytes); /* 0: 16 MiB */
/* Gives back all, also a chain that was taken. */
void queue_done(struct queue *queue, struct queue_chain *taken);
/* False: refused and counted. */
bool queue_put(struct queue *queue, const struct record *record);
/* Counts records that were taken, and are not stored after all. */
void queue_lose(struct queue *queue, const struct lost_rows *lost);
/* Appends all there is to the end of chain. */
void queue_take(struct queue *queue, struct queue_chain *chain);
/* Gives back the first chunk of a chain that was taken. */
void queue_free_first(struct queue *queue, struct queue_chain *chain);
/* Half empty, whoever holds the rows. */
bool queue_is_easy(const struct queue *queue);
/* What was lost since the last time; false where nothing was. queue_lost_return counts it as not reported again. */
bool queue_lost_take(struct queue *queue, struct lost_rows *lost);
void queue_lost_return(struct queue *queue, const struct lost_rows *lost);
void lost_add(struct lost_rows *lost, const struct record *record);
uint64_t lost_sum(const struct lost_rows *lost);
/* For people: "12 samples, 3 points lost, stamped from ...". */
void lost_text(const struct lost_rows *lost, char *text, size_t size);

/* Walks a chunk: copies the record at *at, which is moved on; false at the end. */
bool chunk_next(const struct queue_chunk *chunk, size_t *at, struct record *record);

#endif

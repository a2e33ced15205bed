/* What writer.c (life, and what the loop sees) and writer_thread.c (the thread) share. */
#ifndef IO_WRITER_INTERNAL_H
#define IO_WRITER_INTERNAL_H

#include "clock.h"
#include "writer.h"
#include "writer_queue.h"

#include <pthread.h>

enum { WRITER_BATCH_ROWS = 10000 }; /* so many are written without waiting for more */

struct writer {
	pthread_t thread;
	pthread_mutex_t mutex;
	int event_fd;              /* health, and the end, for the loop */
	int wake_fd;               /* work, for the thread */

	/* under the mutex */
	struct queue queue;
	int64_t first_row_us;      /* monotonic, of the first row in the queue */
	bool stop, done;
	int64_t stop_begin_us, stop_end_us;
	struct writer_health health;
	struct writer_last *last;  /* for writer_take_last */
	const struct config *config; /* of the rows that are written next */

	/* the thread's own */
	char *path, *version;
	struct store *store;       /* NULL: to be opened */
	bool was_open;             /* at any time: what is read then is this process's own */
	struct queue_chain taken;
	int64_t started_us;        /* UTC */
	int64_t retry_us, maintain_us; /* monotonic: not before */
	int64_t log_bytes;         /* limit of the write-ahead log */
	int shed;                  /* steps beyond it: 1 without samples, 2 without points, 3 nothing is stored */
	struct err write_error, maintain_error; /* empty: it works */
};

static inline int64_t mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

void *writer_run(void *writer); /* the thread, until stop */
/* Anew, and to the loop where it has changed. */
void writer_tell_health(struct writer *writer);
/* Until then by the monotonic clock, or until somebody has written to it, which is taken back. */
void writer_wait_readable(int fd, int64_t until_us);

#endif

/* The writer's life, and what the loop sees of it: rows go into the queue under a mutex, health and the last counts come back. What
 * the thread does with them is writer_thread.c's. */
#include "writer_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int64_t LOG_BYTES = INT64_C(1) << 30;

static void free_writer(struct writer *w)
{
	queue_done(&w->queue, &w->taken);
	free(w->last);
	store_close(w->store);
	if (w->event_fd >= 0)
		close(w->event_fd);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	pthread_mutex_destroy(&w->mutex);
	free(w->path);
	free(w->version);
	free(w);
}

/* Signals are the loop's. */
static int start_thread(struct writer *w)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&w->thread, NULL, writer_run, w);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

struct writer *writer_start(const struct writer_options *options, struct err *e)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w) {
		store_close(options->store);
		err_set(e, "history: out of memory");
		return NULL;
	}
	pthread_mutex_init(&w->mutex, NULL);
	queue_init(&w->queue, options->queue_bytes);
	w->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int rc = w->event_fd < 0 || w->wake_fd < 0 ? errno : 0;

	w->path = strdup(options->path);
	w->version = strdup(options->version);
	w->config = w->queue.config = options->config;
	w->store = options->store;
	w->was_open = w->store != NULL;
	w->log_bytes = options->log_bytes ? options->log_bytes : LOG_BYTES;
	w->started_us = clock_us(CLOCK_REALTIME);
	/* the first pass begins the run, and opens the file where that failed before */
	err_set(&w->write_error, "%s", w->store ? "not yet written to" : options->failure ? options->failure : "not yet open");
	if (!w->store)
		writer_tell_health(w);
	if (rc == 0)
		rc = w->path && w->version ? start_thread(w) : ENOMEM;
	if (rc != 0) {
		err_set(e, "history: cannot start the writer: %s", strerror(rc));
		free_writer(w);
		return NULL;
	}
	return w;
}

/* ---- what the loop sees ------------------------------------------------------------------ */

int writer_eventfd(const struct writer *writer)
{
	return writer->event_fd;
}

void writer_health(struct writer *writer, struct writer_health *out)
{
	eventfd_t count;

	eventfd_read(writer->event_fd, &count);
	pthread_mutex_lock(&writer->mutex);
	*out = writer->health;
	pthread_mutex_unlock(&writer->mutex);
}

struct writer_last *writer_take_last(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	struct writer_last *last = writer->last;

	writer->last = NULL;
	pthread_mutex_unlock(&writer->mutex);
	return last;
}

void writer_reload(struct writer *writer, const struct config *config)
{
	pthread_mutex_lock(&writer->mutex);
	writer->queue.config = config;
	pthread_mutex_unlock(&writer->mutex);
}

const struct config *writer_config(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	const struct config *config = writer->config;

	pthread_mutex_unlock(&writer->mutex);
	return config;
}

bool writer_put(struct writer *writer, const struct record *record)
{
	pthread_mutex_lock(&writer->mutex);
	bool ok = queue_put(&writer->queue, record);
	size_t rows = writer->queue.rows;

	if (ok && rows == 1)
		writer->first_row_us = mono_us();
	pthread_mutex_unlock(&writer->mutex);
	if (ok && (rows == 1 || rows == WRITER_BATCH_ROWS))
		eventfd_write(writer->wake_fd, 1);
	return ok;
}

bool writer_stop(struct writer *writer, int timeout_ms)
{
	if (!writer)
		return true;
	int64_t now_us = mono_us(), end_us = now_us + (int64_t)timeout_ms * 1000;

	pthread_mutex_lock(&writer->mutex);
	writer->stop = true;
	writer->stop_begin_us = now_us;
	writer->stop_end_us = end_us;
	eventfd_write(writer->wake_fd, 1);
	while (!writer->done && mono_us() < end_us) {
		pthread_mutex_unlock(&writer->mutex);
		writer_wait_readable(writer->event_fd, end_us);
		pthread_mutex_lock(&writer->mutex);
	}
	bool done = writer->done;

	pthread_mutex_unlock(&writer->mutex);
	if (!done) {
		pthread_detach(writer->thread);
		return false;
	}
	pthread_join(writer->thread, NULL);
	free_writer(writer);
	return true;
}

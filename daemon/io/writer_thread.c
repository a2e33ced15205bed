/* The writer's thread: takes rows from the queue under a mutex that is never held over the disk, commits them chunk by chunk and
 * gives the memory back. A chunk that fails is kept and tried again each second, with the file opened anew where it has gone.
 * Upkeep runs between batches, one bounded step at a time. */
#include "writer_internal.h"

#include "log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* At which step a kind of record is no longer stored. A step is a quarter of the limit. */
static const int shed_at[RECORD_KINDS] = {
	[RECORD_SAMPLE] = 1,
	[RECORD_POINT] = 2,
	[RECORD_TECHNOLOGY] = 2,
	[RECORD_SETPOINT] = 3,
	[RECORD_COMMAND] = 3,
	[RECORD_EVENT] = 3,
	[RECORD_TOTALS] = 3,
	[RECORD_ALARM] = 3,
};
enum { COMMIT_AFTER_US = 500000, RETRY_AFTER_US = 1000000, MAINTAIN_EVERY_US = 10000000, LOG_RETRY_US = 2000000 };

static bool failing(const struct writer *w)
{
	return w->write_error.text[0] != '\0';
}

/* ---- health ------------------------------------------------------------------------------ */

void writer_tell_health(struct writer *w)
{
	static const char slow[] = "rows are being lost: they come faster than they can be written";
	static const char held[] = "a reader has held on to an old state for so long that the write-ahead log has reached its limit; "
				   "samples, then points are not stored until it ends";
	struct writer_health health = {.degraded = false};
	struct err cut;
	const char *reason = failing(w) ? w->write_error.text : w->maintain_error.text;

	pthread_mutex_lock(&w->mutex);
	if (!reason[0] && w->shed > 0)
		reason = held;
	if (!reason[0] && lost_sum(&w->queue.lost) > 0)
		reason = slow;
	health.degraded = reason[0] != '\0';
	err_set(&cut, "%.*s", (int)sizeof(health.reason) - 1, reason);
	memcpy(health.reason, cut.text, strlen(cut.text) + 1);
	health.lost_rows = w->queue.lost_total;
	bool changed = health.degraded != w->health.degraded || health.lost_rows != w->health.lost_rows ||
		       strcmp(health.reason, w->health.reason) != 0;

	w->health = health;
	pthread_mutex_unlock(&w->mutex);
	if (changed)
		eventfd_write(w->event_fd, 1);
}

/* ---- writing ----------------------------------------------------------------------------- */

static void drop_store(struct writer *w)
{
	store_close(w->store);
	w->store = NULL;
}

/* Sets a damaged file aside and goes on at once in a new one; where that cannot be had, later. */
static void renew_store(struct writer *w)
{
	if (store_renew(w->store, clock_us(CLOCK_REALTIME), &w->write_error) == STORE_OK) {
		log_error("history: %s", store_aside(w->store));
		w->retry_us = 0;
	} else {
		drop_store(w);
	}
}

/* Keeps what is not written for the next time. */
static void write_failed(struct writer *w, const struct err *e)
{
	w->write_error = *e;
	w->retry_us = mono_us() + RETRY_AFTER_US;
	if (w->store && store_damaged(w->store) && !store_gone(w->store))
		renew_store(w);
	if (w->store && store_gone(w->store))
		drop_store(w);
}

/* Before anything of this process is written. */
static bool read_last(struct writer *w, struct err *e)
{
	struct writer_last *last = calloc(1, sizeof(*last) + w->config->n_loops * sizeof(last->loop[0]));

	if (!last) {
		err_set(e, "%s: out of memory", w->path);
		return false;
	}
	last->config = w->config;
	for (uint32_t i = 0; i < w->config->n_loops; i++) {
		if (store_last_setpoint(w->store, i, &last->loop[i].seq, &last->loop[i].ts_us, e) != STORE_OK ||
		    store_past(w->store, i, &last->loop[i].past, e) != STORE_OK) {
			free(last);
			return false;
		}
		last->loop[i].counted = store_last_total(w->store, i, &last->loop[i].tally);
	}
	pthread_mutex_lock(&w->mutex);
	w->last = last;
	pthread_mutex_unlock(&w->mutex);
	return true;
}

static bool open_store(struct writer *w, struct err *e)
{
	if (!w->store) {
		if (store_open(&w->store, w->path, w->config, clock_us(CLOCK_REALTIME), e) != STORE_OK)
			return false;
		if (store_aside(w->store))
			log_error("history: %s", store_aside(w->store));
	}
	if (!w->was_open && !read_last(w, e))
		return false;
	w->was_open = true;
	return store_run_begin(w->store, w->started_us, w->version, e) == STORE_OK;
}

/* Rows of another configuration follow: none of the old one's are left. */
static bool change_config(struct writer *w, const struct config *config, int64_t since_us, struct err *e)
{
	if (store_reload(w->store, config, since_us, w->version, e) != STORE_OK)
		return false;
	pthread_mutex_lock(&w->mutex);
	w->config = config;
	pthread_mutex_unlock(&w->mutex);
	eventfd_write(w->event_fd, 1);
	return true;
}

/* Looked at once a chunk, which is much smaller than a step. */
static void look_at_log(struct writer *w)
{
	int64_t over = store_log_bytes(w->store) - w->log_bytes, step = w->log_bytes / 4;

	w->shed = over < 0 ? 0 : over < step ? 1 : over < 2 * step ? 2 : 3;
}

static bool write_chunk(struct writer *w, const struct queue_chunk *chunk, struct err *e)
{
	struct lost_rows shed = {.from_us = 0};
	struct record record;
	size_t at = 0, first = 0;

	if (chunk->config != w->config && chunk_next(chunk, &first, &record) && !change_config(w, chunk->config, record.ts_us, e))
		return false;
	if (store_begin(w->store, e) != STORE_OK)
		return false;
	look_at_log(w);
	while (chunk_next(chunk, &at, &record)) {
		if (w->shed >= shed_at[record.kind])
			lost_add(&shed, &record);
		else if (store_append(w->store, &record, e) != STORE_OK)
			return false;
	}
	if (store_commit(w->store, e) != STORE_OK)
		return false;
	pthread_mutex_lock(&w->mutex);
	queue_lose(&w->queue, &shed);
	pthread_mutex_unlock(&w->mutex);
	return true;
}

static void write_taken(struct writer *w)
{
	struct err e = {""};

	if (!open_store(w, &e)) {
		write_failed(w, &e);
		return;
	}
	while (w->taken.first) {
		if (!write_chunk(w, w->taken.first, &e)) {
			write_failed(w, &e);
			return;
		}
		w->write_error.text[0] = '\0';
		pthread_mutex_lock(&w->mutex);
		queue_free_first(&w->queue, &w->taken);
		pthread_mutex_unlock(&w->mutex);
		writer_tell_health(w);
	}
	w->write_error.text[0] = '\0';
}

/* Once the queue has room again, the history itself says what it lacks. */
static void write_gap(struct writer *w)
{
	struct record event = {.kind = RECORD_EVENT, .loop = NO_LOOP, .ts_us = clock_us(CLOCK_REALTIME)};
	struct lost_rows lost;
	struct err e = {""};

	pthread_mutex_lock(&w->mutex);
	bool any = w->shed == 0 && queue_is_easy(&w->queue) && queue_lost_take(&w->queue, &lost);

	pthread_mutex_unlock(&w->mutex);
	if (!any)
		return;
	event.event.severity = SEVERITY_WARNING;
	event.event.code = "history_gap";
	lost_text(&lost, event.event.message, sizeof(event.event.message));
	if (store_begin(w->store, &e) == STORE_OK && store_append(w->store, &event, &e) == STORE_OK &&
	    store_commit(w->store, &e) == STORE_OK)
		return;
	pthread_mutex_lock(&w->mutex);
	queue_lost_return(&w->queue, &lost);
	pthread_mutex_unlock(&w->mutex);
	write_failed(w, &e);
}

static void write_all(struct writer *w)
{
	pthread_mutex_lock(&w->mutex);
	queue_take(&w->queue, &w->taken);
	pthread_mutex_unlock(&w->mutex);
	write_taken(w);
	if (!failing(w))
		write_gap(w);
	writer_tell_health(w);
}

/* ---- the thread -------------------------------------------------------------------------- */

/* Under the mutex: when rows are to be written. */
static int64_t write_due_us(const struct writer *w)
{
	if (failing(w))
		return w->retry_us;
	if (w->queue.rows == 0)
		return lost_sum(&w->queue.lost) > 0 && w->shed == 0 ? 0 : INT64_MAX;
	return w->queue.rows >= WRITER_BATCH_ROWS ? 0 : w->first_row_us + COMMIT_AFTER_US;
}

static bool write_is_due(struct writer *w)
{
	pthread_mutex_lock(&w->mutex);
	bool due = w->stop || mono_us() >= write_due_us(w);

	pthread_mutex_unlock(&w->mutex);
	return due;
}

/* Step by step until there is no more to do, or rows are waiting; then goes on after them. */
static void maintain(struct writer *w)
{
	struct err e = {""};
	bool more = true;

	if (w->shed > 0) {
		store_log_reset(w->store);
		look_at_log(w);
	}
	while (more && w->shed == 0 && !write_is_due(w)) {
		if (store_maintain(w->store, clock_us(CLOCK_REALTIME), false, &more, &e) != STORE_OK)
			more = false;
	}
	if (e.text[0] && (store_gone(w->store) || store_damaged(w->store))) {
		write_failed(w, &e);
		e.text[0] = '\0';
	}
	w->maintain_error = e;
	if (!more || w->shed > 0)
		w->maintain_us = mono_us() + (w->shed > 0 ? LOG_RETRY_US : MAINTAIN_EVERY_US);
	writer_tell_health(w);
}

void writer_wait_readable(int fd, int64_t until_us)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	int64_t left_us = until_us - mono_us();
	int64_t left_ms = left_us <= 0 ? 0 : left_us < 3600000000 ? (left_us + 999) / 1000 : 3600000;
	eventfd_t count;

	if (poll(&readable, 1, (int)left_ms) > 0)
		eventfd_read(fd, &count);
}

/* Sleeps until there is something to do; true: to stop. */
static bool wait_for_work(struct writer *w)
{
	pthread_mutex_lock(&w->mutex);
	while (!w->stop) {
		int64_t due_us = write_due_us(w);

		if (!failing(w) && w->maintain_us < due_us)
			due_us = w->maintain_us;
		if (mono_us() >= due_us)
			break;
		pthread_mutex_unlock(&w->mutex);
		writer_wait_readable(w->wake_fd, due_us);
		pthread_mutex_lock(&w->mutex);
	}
	bool stop = w->stop;

	pthread_mutex_unlock(&w->mutex);
	return stop;
}

/* Half of the time for trying again what fails, most of the rest for upkeep. */
static void finish(struct writer *w)
{
	int64_t begin_us = w->stop_begin_us, length_us = w->stop_end_us - begin_us;
	int64_t now_us = clock_us(CLOCK_REALTIME);
	struct err e = {""};
	bool more = true;

	write_all(w);
	while (failing(w) && mono_us() + 100000 < begin_us + length_us / 2) {
		usleep(100000);
		write_all(w);
	}
	if (failing(w))
		log_error("history: rows are lost at the stop: %s", w->write_error.text);
	while (!failing(w) && more && mono_us() < begin_us + length_us * 3 / 4) {
		if (store_maintain(w->store, now_us, true, &more, &e) != STORE_OK)
			break;
	}
	if (w->store && store_run_end(w->store, now_us, &e) != STORE_OK)
		log_warning("history: %s", e.text);
	store_close(w->store);
	w->store = NULL;
}

void *writer_run(void *arg)
{
	struct writer *w = arg;

	while (!wait_for_work(w)) {
		if (write_is_due(w))
			write_all(w);
		else
			maintain(w);
	}
	finish(w);
	pthread_mutex_lock(&w->mutex);
	w->done = true;
	pthread_mutex_unlock(&w->mutex);
	eventfd_write(w->event_fd, 1);
	return NULL;
}

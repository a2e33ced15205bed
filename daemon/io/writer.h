/* The writer thread: takes records from the loop through a bounded queue and commits them to the store, 500 ms after a
 * batch's first row or at 10,000 rows. When the store fails it goes on trying; when the queue fills, samples give way
 * first, then points, setpoints and events last; what was lost is counted. The same where a reader holds a snapshot for so
 * long that the write-ahead log gets too big. */
#ifndef IO_WRITER_H
#define IO_WRITER_H

#include "core/err.h"
#include "core/record.h"
#include "store.h"

#include <stdbool.h>
#include <stdint.h>

struct writer;

/* What the loop should know; read with writer_health after the eventfd became readable. */
struct writer_health {
	bool degraded;
	char reason[256];
	uint64_t lost_rows;
};

struct writer_options {
	const char *path;
	const struct config *config;
	const char *version;
	struct store *store;     /* already open, or NULL: not openable yet, the writer goes on trying. Taken over. */
	const char *failure;     /* why store is NULL; NULL else */
	size_t queue_bytes;      /* 0: 16 MiB */
	int64_t log_bytes;       /* of the write-ahead log, beyond which samples are not stored; 0: 1 GiB */
};

/* NULL on failure; the store is closed then. The writer begins the run (where that is not done) and ends it. */
struct writer *writer_start(const struct writer_options *options, struct err *e);
int writer_eventfd(const struct writer *writer);               /* readable when the health changed */
void writer_health(struct writer *writer, struct writer_health *out); /* also empties the eventfd */
/* The newest setpoint of each loop, by its index in config, in a history that was opened late: once, to be freed by the
 * caller; NULL: nothing to tell. seq 0: none of this loop. Look after the health changed. */
struct writer_last {
	const struct config *config;
	struct writer_last_loop {
		int64_t seq, ts_us;
		struct pace_past past;
		bool counted;
		struct tally tally;    /* where counted */
	} loop[];
};
struct writer_last *writer_take_last(struct writer *writer);
/* From the loop only: records that follow have another configuration's indexes; the run ends with its last row and a new
 * one begins. The old configuration is in use until writer_config says otherwise. */
void writer_reload(struct writer *writer, const struct config *config);
/* The oldest configuration still in use. Look before writer_take_last, after the health changed. */
const struct config *writer_config(struct writer *writer);
/* From the loop only; copies. False: lost and counted. Never blocks on the disk. */
bool writer_put(struct writer *writer, const struct record *record);
/* Commits what is queued, ends the run, closes. After timeout_ms it gives up and leaks the thread; false then. NULL is fine. */
bool writer_stop(struct writer *writer, int timeout_ms);

#endif

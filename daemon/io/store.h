/* The history in SQLite: opens and migrates the file, appends rows in transactions, moves hot rows into the
 * signal-clustered tables, rolls up hours, deletes what has expired. Used by one thread at a time; knows no clock. */
#ifndef IO_STORE_H
#define IO_STORE_H

#include "core/err.h"
#include "core/pace.h"
#include "core/record.h"

#include <stdbool.h>
#include <stdint.h>

enum store_status {
	STORE_OK,
	STORE_FAILED,  /* cannot be opened or written now; the message says why */
	STORE_LOCKED,  /* another process has the file */
	STORE_NEWER    /* made by a newer program; untouched */
};

struct store;

/* Takes the lock FILE.lock, creates or migrates the file, registers the configuration's signals and loops. The
 * configuration must live as long as the store. A history that is damaged is set aside as FILE.corrupt-TIME, with its log,
 * and a new one begun: it has an event that says so, and the newest setpoint of each loop as far as it could be read. */
enum store_status store_open(struct store **out, const char *path, const struct config *config, int64_t now_us, struct err *e);
void store_close(struct store *store); /* NULL is fine */

/* The file at the path is no longer the one that is open: it was moved or deleted. Writing fails then; open it again. */
bool store_gone(const struct store *store);

/* SQLite has found the open file damaged. store_renew sets it aside and goes on in a new one, as store_open does; no run has
 * begun there. *e tells what was found damaged, and then why a new one cannot be had: the store can only be closed then. */
bool store_damaged(const struct store *store);
enum store_status store_renew(struct store *store, int64_t now_us, struct err *e);
/* For the log: what was set aside where; NULL: nothing was. */
const char *store_aside(const struct store *store);

/* Bytes of the write-ahead log. It grows while a reader holds on to an old state, because it cannot be begun anew then. */
int64_t store_log_bytes(const struct store *store);
/* Begins it anew and gives the space back, if no reader is in the way. */
void store_log_reset(struct store *store);

/* A run of the service: a row in runs. store_run_begin does nothing where this store has begun one. Runs that died are
 * given their end by the next begin: the stamp of the newest row stored. */
enum store_status store_run_begin(struct store *store, int64_t now_us, const char *version, struct err *e);
enum store_status store_run_end(struct store *store, int64_t now_us, struct err *e);

/* Goes on under another configuration, which must live from now on; the run ends and another begins. On failure all is as
 * before. */
enum store_status store_reload(struct store *store, const struct config *config, int64_t now_us, const char *version, struct err *e);

/* The newest setpoint of a loop (index into the configuration): seq 0 where there is none. */
enum store_status store_last_setpoint(struct store *store, uint32_t loop, int64_t *seq, int64_t *ts_us, struct err *e);

/* What a loop had done by its newest row: to go on from. */
bool store_last_total(struct store *store, uint32_t loop, struct tally *out);
/* How its machine was paced, where the configuration paces it; else nothing. Before this process has written anything. */
enum store_status store_past(struct store *store, uint32_t loop, struct pace_past *past, struct err *e);
/* The same by the name of any loop, beside an open store, from any thread, reading only; kept up until its last setpoint. */
void store_peek_past(const char *path, const char *loop, struct pace_past *past);

/* Beside an open store, from any thread, reading only: calls found with each loop that has setpoints in the file, and its
 * newest. Nothing where it cannot be read. */
void store_each_loop(const char *path, void (*found)(void *ctx, const char *loop, int64_t seq, int64_t ts_us), void *ctx);

/* In the same way: the newest accepted command of each kind, oldest first. loop NULL: of all loops. */
void store_each_command(const char *path, void (*found)(void *ctx, const char *loop, const struct command_record *command), void *ctx);
/* Alarms that are still listed, as their newest rows are. loop NULL: the site's. */
void store_each_alarm(const char *path, void (*found)(void *ctx, const char *loop, const struct alarm_row *row, int64_t since_us),
                      void *ctx);
/* The same for what loops have done. */
void store_each_total(const char *path, void (*found)(void *ctx, const char *loop, const struct tally *tally), void *ctx);

/* Appends, all in one transaction: begin, any number of appends, commit. After a failure all since begin is rolled
 * back, and may be tried again. */
enum store_status store_begin(struct store *store, struct err *e);
enum store_status store_append(struct store *store, const struct record *record, struct err *e);
enum store_status store_commit(struct store *store, struct err *e);
void store_rollback(struct store *store);

/* Moves hours that are complete (30 s after their end by now_us) out of the hot tables, rolls them up, then deletes what
 * has expired, one bounded step a call: *more says that there was work and another call is wanted, with the same now_us.
 * flush_all (clean stop, end of a replay): all up to now_us is moved, and the current hour as well is rolled up as far as
 * it goes; it is corrected when it is complete. A sample that comes for an hour rolled up already has the hour rolled up
 * again, and the ones behind it that its value reaches. A keep of 0 in the configuration means for ever. */
enum store_status store_maintain(struct store *store, int64_t now_us, bool flush_all, bool *more, struct err *e);

#endif

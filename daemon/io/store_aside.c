/* Damaged histories: judges whether a file that SQLite calls damaged is a history of this program, renames it with its
 * log, so that it can be salvaged by hand, and takes over from it what the service goes on from. What may be somebody
 * else's, or is a newer program's, is left as it is. */
#include "store_private.h"
#include "store_schema.h"

#include "core/stamp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_SIZE = 100, AT_VERSION = 60, AT_APPLICATION = 68, SUFFIXES = 3 };

/* The log first: a file without its log is as it was some time ago, a log without its file would get into the next one. */
static const char *const suffixes[SUFFIXES] = {"-wal", "-shm", ""};

/* ---- whose it is ------------------------------------------------------------------------ */

static bool read_header(sqlite3 *db, unsigned char header[HEADER_SIZE])
{
	sqlite3_file *file = NULL;

	return sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file && file->pMethods &&
	       file->pMethods->xRead(file, header, HEADER_SIZE, 0) == SQLITE_OK;
}

static uint32_t big_endian(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

enum store_status store_judge(struct store *store, struct err *e)
{
	unsigned char header[HEADER_SIZE];
	bool whole = read_header(store->db, header) && memcmp(header, "SQLite format 3", 16) == 0;
	int version = whole ? (int)big_endian(header + AT_VERSION) : 0;

	if (whole && big_endian(header + AT_APPLICATION) == APPLICATION_ID)
		store->ours = true;
	if (store->ours && version > store_schema_version) {
		err_set(e, "%s: damaged, and made by a newer version of this program (schema %d, this one knows %d)", store->path,
		        version, store_schema_version);
		return STORE_NEWER;
	}
	/* a whole header with another name in it is another program's; none at all is ours where there was a history */
	return store->ours || (!whole && store->was_here) ? STORE_OK : STORE_FAILED;
}

/* ---- out of the way --------------------------------------------------------------------- */

static bool move(const char *from, const char *to, const char *suffix)
{
	char *source = NULL, *target = NULL;
	bool ok = asprintf(&source, "%s%s", from, suffix) >= 0 && asprintf(&target, "%s%s", to, suffix) >= 0 &&
	          (rename(source, target) == 0 || (errno == ENOENT && suffix[0]));
	int cause = errno;

	free(source);
	free(target);
	errno = cause;
	return ok;
}

/* All or nothing. */
static bool move_all(const char *from, const char *to)
{
	for (int i = 0; i < SUFFIXES; i++) {
		if (move(from, to, suffixes[i]))
			continue;
		int cause = errno;

		while (--i >= 0)
			move(to, from, suffixes[i]);
		errno = cause;
		return false;
	}
	return true;
}

/* Not the name of one that was set aside before. NULL: out of memory. */
static char *name_aside(const char *path, int64_t now_us)
{
	char stamp[STAMP_SIZE];
	char *name = NULL;

	for (;; now_us += 1000000) {
		stamp_format(now_us, stamp);
		/* 2026-01-31T12:00:00... without what separates */
		if (asprintf(&name, "%s.corrupt-%.4s%.2s%.5s%.2s%.2sZ", path, stamp, stamp + 5, stamp + 8, stamp + 14,
		             stamp + 17) < 0)
			return NULL;
		if (access(name, F_OK) != 0)
			return name;
		free(name);
	}
}

static void close_as_it_is(struct store *store)
{
	store_finalize(store);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(store->db);
	store->db = NULL;
}

enum store_status store_set_aside(struct store *store, int64_t now_us, char **name, struct err *e)
{
	close_as_it_is(store);
	*name = name_aside(store->path, now_us);
	if (*name && move_all(store->path, *name))
		return STORE_OK;
	err_set(e, "%s: is damaged and cannot be set aside: %s", store->path, *name ? strerror(errno) : "out of memory");
	return STORE_FAILED;
}

/* ---- what goes on ----------------------------------------------------------------------- */

static const char newest_sql[] =
    "SELECT ts_us, t_sink_out_c, t_sink_out_expected_c, hp_on, q_sink_kw, p_elec_kw, cop, objective, "
    "mode, quality, reason, valid_until_us, cause_us, seq FROM setpoint WHERE loop = ?1 "
    "ORDER BY ts_us DESC LIMIT 1";

static bool copy_row(struct store *store, sqlite3_stmt *from, int64_t loop_id)
{
	sqlite3_stmt *to = STORE_BIND(store, SQL_SETPOINT, loop_id);

	for (int i = 0; i < sqlite3_column_count(from); i++)
		sqlite3_bind_value(to, i + 2, sqlite3_column_value(from, i));
	return store_finish(to);
}

/* Loops one by one: what cannot be read of one says nothing about the next. False: cannot be written. */
static bool copy_newest(struct store *store, sqlite3 *damaged, size_t *n)
{
	sqlite3_stmt *loops = NULL, *newest = NULL;
	bool ok = true;
	int64_t id;

	if (sqlite3_prepare_v2(damaged, "SELECT id, name FROM loop ORDER BY id", -1, &loops, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(damaged, newest_sql, -1, &newest, NULL) == SQLITE_OK) {
		while (ok && sqlite3_step(loops) == SQLITE_ROW) {
			const char *name = (const char *)sqlite3_column_text(loops, 1);

			sqlite3_bind_int64(newest, 1, sqlite3_column_int64(loops, 0));
			if (name && sqlite3_step(newest) == SQLITE_ROW) {
				ok = store_loop_id(store, name, &id) && copy_row(store, newest, id);
				*n += ok;
			}
			sqlite3_reset(newest);
		}
	}
	sqlite3_finalize(loops);
	sqlite3_finalize(newest);
	return ok;
}

/* A file that has lost its end is read as far as it goes. */
static bool salvage(struct store *store, const char *name, size_t *n)
{
	sqlite3 *damaged = NULL;
	bool ok = true;

	if (sqlite3_open_v2(name, &damaged, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
		sqlite3_db_config(damaged, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
		ok = copy_newest(store, damaged, n);
	}
	sqlite3_close(damaged);
	return ok;
}

enum store_status store_take_over(struct store *store, const char *name, const char *why, int64_t now_us, struct err *e)
{
	struct record event = {.kind = RECORD_EVENT, .loop = NO_LOOP, .ts_us = now_us};
	size_t n = 0;

	if (store_begin(store, e) != STORE_OK)
		return STORE_FAILED;
	if (!salvage(store, name, &n)) {
		store_fail(store, "cannot take over the newest setpoints", e);
		store_rollback(store);
		return STORE_FAILED;
	}
	err_set(&store->aside, "damaged and set aside as %s, a new history is begun; the counts of %zu loops go on; %s", name, n,
	        why);
	event.event.severity = SEVERITY_ERROR;
	event.event.code = "history_corrupt";
	snprintf(event.event.message, sizeof(event.event.message), "%s", store->aside.text);
	if (store_append(store, &event, e) != STORE_OK)
		return STORE_FAILED;
	return store_commit(store, e);
}

bool store_damaged(const struct store *store)
{
	return store->damaged;
}

const char *store_aside(const struct store *store)
{
	return store->aside.text[0] ? store->aside.text : NULL;
}

/* What keeps the history small and quick: moves complete hours from the hot tables into the cold ones, has them rolled up,
 * and deletes what has expired, in this order and one bounded step at a time. Deletes nothing that is not rolled up. */
#include "store_private.h"

enum { MOVE_ROWS = 60000, EXPIRE_ROWS = 20000 };
#define MINUTE_US INT64_C(60000000)

static int64_t min_us(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Where the hours that are complete end. */
static int64_t complete_us(int64_t now_us)
{
	return (now_us - GRACE_US) / HOUR_US * HOUR_US;
}

/* ---- hot to cold ------------------------------------------------------------------------ */

static const struct hot {
	enum store_statement slice, due, move, clear; /* due: SQL_COUNT where nothing is rolled up */
} hot_tables[HOT_COUNT] = {
	[HOT_SAMPLE] = {SQL_SAMPLE_SLICE, SQL_SAMPLE_DUE, SQL_SAMPLE_MOVE, SQL_SAMPLE_CLEAR},
	[HOT_POINT] = {SQL_POINT_SLICE, SQL_COUNT, SQL_POINT_MOVE, SQL_POINT_CLEAR},
};

/* The end of a slice of about MOVE_ROWS rows; rows of one stamp stay together. */
static bool slice_end(struct store *store, const struct hot *hot, int64_t end_us, int64_t *slice_us)
{
	sqlite3_stmt *row = STORE_BIND(store, hot->slice, end_us, MOVE_ROWS);
	int rc = sqlite3_step(row);

	*slice_us = rc == SQLITE_ROW ? sqlite3_column_int64(row, 0) + 1 : end_us;
	sqlite3_reset(row);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static enum store_status move_hot(struct store *store, enum hot_table table, int64_t end_us, bool *worked, struct err *e)
{
	const struct hot *hot = &hot_tables[table];
	int64_t slice_us;

	if (end_us <= store->moved_us[table])
		return STORE_OK;
	if (!slice_end(store, hot, end_us, &slice_us) || (hot->due != SQL_COUNT && !STORE_RUN(store, hot->due, slice_us)) ||
	    !STORE_RUN(store, hot->move, slice_us) || !STORE_RUN(store, hot->clear, slice_us) ||
	    !STORE_RUN(store, SQL_PROGRESS_SET, (int64_t)table, slice_us))
		return store_fail(store, "cannot move an hour", e);
	if (store_commit(store, e) != STORE_OK)
		return STORE_FAILED;
	store->moved_us[table] = slice_us;
	*worked = true;
	return STORE_OK;
}

static enum store_status move_all(struct store *store, int64_t now_us, bool flush_all, bool *worked, struct err *e)
{
	int64_t end_us = flush_all ? now_us + 1 : complete_us(now_us);

	for (int i = 0; i < HOT_COUNT && !*worked; i++) {
		if (move_hot(store, (enum hot_table)i, end_us, worked, e) != STORE_OK)
			return STORE_FAILED;
	}
	return STORE_OK;
}

/* ---- expiry ----------------------------------------------------------------------------- */

enum keep { KEEP_SAMPLES, KEEP_POINTS, KEEP_HOURLY };

static const struct expiry {
	enum keep keep;
	enum store_statement keys, save, remove; /* save: SQL_COUNT where nothing is saved */
} expiries[] = {
	{KEEP_SAMPLES, SQL_KEYS_SIGNAL, SQL_EXPIRE_SAMPLE_SAVE, SQL_EXPIRE_SAMPLE},
	{KEEP_POINTS, SQL_KEYS_POINT, SQL_COUNT, SQL_EXPIRE_POINT},
	{KEEP_POINTS, SQL_KEYS_LOOP, SQL_COUNT, SQL_EXPIRE_TECHNOLOGY},
	{KEEP_HOURLY, SQL_KEYS_SIGNAL, SQL_COUNT, SQL_EXPIRE_HOUR},
	{KEEP_HOURLY, SQL_KEYS_LOOP, SQL_COUNT, SQL_EXPIRE_SETPOINT},
	{KEEP_HOURLY, SQL_KEYS_NONE, SQL_COUNT, SQL_EXPIRE_EVENT},
	{KEEP_HOURLY, SQL_KEYS_NONE, SQL_COUNT, SQL_EXPIRE_COMMAND},
	{KEEP_HOURLY, SQL_KEYS_LOOP, SQL_COUNT, SQL_EXPIRE_TOTAL},
	{KEEP_HOURLY, SQL_KEYS_NONE, SQL_COUNT, SQL_EXPIRE_ALARM},
};

/* Removes what lies before the cut under one key after the other, until *budget rows are gone. */
static bool expire_keys(struct store *store, const struct expiry *expiry, int64_t cut_us, int *budget)
{
	sqlite3_stmt *key = store->statement[expiry->keys];
	int rc = SQLITE_DONE;
	bool ok = true;

	while (ok && *budget > 0 && (rc = sqlite3_step(key)) == SQLITE_ROW) {
		int64_t a = sqlite3_column_int64(key, 0), b = sqlite3_column_int64(key, 1);

		ok = (expiry->save == SQL_COUNT || STORE_RUN(store, expiry->save, a, b, cut_us, *budget)) &&
		     STORE_RUN(store, expiry->remove, a, b, cut_us, *budget);
		*budget -= sqlite3_changes(store->db);
	}
	sqlite3_reset(key);
	return ok && (rc == SQLITE_DONE || rc == SQLITE_ROW);
}

/* A pass over all keys once a minute, longer where there is much to remove. Samples of hours that are not complete, and
 * so not rolled up, stay. */
static enum store_status expire(struct store *store, int64_t now_us, bool *worked, struct err *e)
{
	const struct config *config = store->config;
	const int64_t keep_us[] = {
		[KEEP_SAMPLES] = config->keep_samples_us,
		[KEEP_POINTS] = config->keep_points_us,
		[KEEP_HOURLY] = config->keep_hourly_us,
	};
	int64_t minute_us = now_us / MINUTE_US * MINUTE_US;
	int budget = EXPIRE_ROWS;

	if (minute_us == store->expired_us)
		return STORE_OK;
	for (size_t i = 0; i < sizeof(expiries) / sizeof(expiries[0]) && budget > 0; i++) {
		int64_t keep = keep_us[expiries[i].keep];
		int64_t cut_us = min_us(now_us - keep, complete_us(now_us));

		if (keep > 0 && !expire_keys(store, &expiries[i], cut_us, &budget))
			return store_fail(store, "cannot delete what has expired", e);
	}
	if (store_commit(store, e) != STORE_OK)
		return STORE_FAILED;
	if (budget > 0)
		store->expired_us = minute_us;
	*worked = budget < EXPIRE_ROWS;
	return STORE_OK;
}

/* ---- one step --------------------------------------------------------------------------- */

static enum store_status roll(struct store *store, int64_t now_us, bool flush_all, bool *worked, struct err *e)
{
	enum store_status status = store_roll(store, now_us, flush_all, worked, e);

	return status == STORE_OK && *worked ? store_commit(store, e) : status;
}

/* Each of the three commits where it has done something. */
static enum store_status step(struct store *store, int64_t now_us, bool flush_all, bool *worked, struct err *e)
{
	enum store_status status = move_all(store, now_us, flush_all, worked, e);

	if (status == STORE_OK && !*worked)
		status = roll(store, now_us, flush_all, worked, e);
	if (status == STORE_OK && !*worked)
		status = expire(store, now_us, worked, e);
	return status;
}

enum store_status store_maintain(struct store *store, int64_t now_us, bool flush_all, bool *more, struct err *e)
{
	bool worked = false;
	enum store_status status = store_begin(store, e);

	if (status != STORE_OK)
		return status;
	status = step(store, now_us, flush_all, &worked, e);
	store_rollback(store);
	if (status == STORE_OK)
		*more = worked;
	return status;
}

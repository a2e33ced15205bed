/* Rolls up the hours in hour_due, oldest first. An hour is due when samples of it came, or when the value in force at its
 * start may have changed; every hour hands its last value on to the next one in this way, so that late samples are
 * followed as far as they reach and a value that never becomes stale has a row for every hour. Hours whose samples have
 * expired keep their row. Signals no longer in the configuration hand nothing on, and neither does an hour of a clock that
 * was never set: it is unknown which hour came next. */
#include "store_hour.h"
#include "store_private.h"

#include "core/stamp.h"

enum { STEP_HOURS = 1000, STEP_SAMPLES = 50000 };

struct due {
	int64_t hour_us, signal;
	bool carried;         /* no new samples: only its start may have changed */
	int64_t stale_us;
	bool active;
	int64_t expired_us;   /* newest sample of the signal that has expired; -1: none */
	int64_t now_us;
};

static bool complete(const struct due *due)
{
	return due->hour_us + HOUR_US <= due->now_us;
}

/* The next hour due behind *due: 1, none: 0, failed: -1. */
static int next_due(struct store *store, bool flush_all, struct due *due)
{
	int64_t last_us = flush_all ? due->now_us : due->now_us - HOUR_US - GRACE_US;
	sqlite3_stmt *row = STORE_BIND(store, SQL_DUE_NEXT, last_us, flush_all ? due->now_us : INT64_MAX, due->hour_us, due->signal);
	int rc = sqlite3_step(row);

	if (rc == SQLITE_ROW) {
		due->hour_us = sqlite3_column_int64(row, 0);
		due->signal = sqlite3_column_int64(row, 1);
		due->carried = sqlite3_column_int(row, 2) != 0;
		due->stale_us = sqlite3_column_int64(row, 3);
		due->active = sqlite3_column_int(row, 4) != 0;
		due->expired_us = sqlite3_column_int64(row, 5);
	}
	sqlite3_reset(row);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

static bool exists(struct store *store, int64_t signal, int64_t hour_us)
{
	sqlite3_stmt *row = STORE_BIND(store, SQL_HOUR_EXISTS, signal, hour_us);
	bool found = sqlite3_step(row) == SQLITE_ROW;

	sqlite3_reset(row);
	return found;
}

static bool add_rows(sqlite3_stmt *row, struct hour_sum *hour)
{
	int rc;

	while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
		bool null = sqlite3_column_type(row, 2) == SQLITE_NULL;

		hour_add(hour, sqlite3_column_int64(row, 0), null ? QUALITY_BAD : (enum quality)sqlite3_column_int(row, 1),
			 sqlite3_column_double(row, 2));
	}
	sqlite3_reset(row);
	return rc == SQLITE_DONE;
}

static bool put_hour(struct store *store, const struct due *due, const struct hour_sum *hour, double mean)
{
	sqlite3_stmt *statement = STORE_BIND(store, SQL_HOUR_PUT, due->signal, due->hour_us, hour->n);

	sqlite3_bind_double(statement, 4, hour->min);
	sqlite3_bind_double(statement, 5, mean);
	sqlite3_bind_double(statement, 6, hour->max);
	sqlite3_bind_double(statement, 7, hour->last);
	return store_finish(statement);
}

/* Sums up the hour, up to now where it has not ended, and stores the result. */
static bool roll_hour(struct store *store, const struct due *due, struct hour_sum *hour)
{
	int64_t end_us = due->hour_us + HOUR_US;
	int64_t until_us = complete(due) ? end_us : due->now_us;
	double mean;

	hour_begin(hour, due->hour_us, until_us, due->stale_us);
	if (!add_rows(STORE_BIND(store, SQL_HOUR_CARRY, due->signal, due->hour_us), hour) ||
	    !add_rows(STORE_BIND(store, SQL_HOUR_SAMPLES, due->signal, due->hour_us, complete(due) ? end_us : until_us + 1), hour))
		return false;
	if (hour_end(hour, &mean))
		return put_hour(store, due, hour, mean);
	return STORE_RUN(store, SQL_HOUR_DELETE, due->signal, due->hour_us);
}

/* The next hour depends on this one through the value in force between them only: it does where this hour has new
 * samples, or has none and hands on what it was handed. */
static bool next_depends(struct store *store, const struct due *due, const struct hour_sum *hour)
{
	if (due->carried && hour->samples > 0)
		return false;
	return (due->active && due->hour_us >= STAMP_MIN_US && hour_reaches_on(hour)) || exists(store, due->signal, due->hour_us + HOUR_US);
}

static bool roll_due(struct store *store, const struct due *due, int64_t *samples)
{
	struct hour_sum hour;

	if (due->hour_us <= due->expired_us && exists(store, due->signal, due->hour_us))
		return STORE_RUN(store, SQL_DUE_DONE, due->hour_us, due->signal);
	if (!roll_hour(store, due, &hour))
		return false;
	*samples += hour.samples;
	if (!complete(due))
		return STORE_RUN(store, SQL_DUE_ROLLED, due->hour_us, due->signal, due->now_us);
	return STORE_RUN(store, SQL_DUE_DONE, due->hour_us, due->signal) &&
	       (!next_depends(store, due, &hour) || STORE_RUN(store, SQL_DUE_CARRY, due->hour_us + HOUR_US, due->signal));
}

/* An hour that would have expired at once: on to the first that is kept. */
static bool skip_due(struct store *store, const struct due *due, int64_t first_us)
{
	return STORE_RUN(store, SQL_DUE_DONE, due->hour_us, due->signal) &&
	       (!due->active || due->hour_us < STAMP_MIN_US || STORE_RUN(store, SQL_DUE_CARRY, first_us, due->signal));
}

enum store_status store_roll(struct store *store, int64_t now_us, bool flush_all, bool *worked, struct err *e)
{
	struct due due = {.hour_us = INT64_MIN, .now_us = now_us};
	int64_t keep_us = store->config->keep_hourly_us;
	int64_t first_us = keep_us > 0 && now_us > keep_us ? (now_us - keep_us) / HOUR_US * HOUR_US : 0;
	int64_t samples = 0, hours = 0;
	int found = 0;

	while (samples < STEP_SAMPLES && hours < STEP_HOURS && (found = next_due(store, flush_all, &due)) > 0) {
		if (!(due.hour_us < first_us ? skip_due(store, &due, first_us) : roll_due(store, &due, &samples))) {
			found = -1;
			break;
		}
		hours++;
	}
	if (found < 0)
		return store_fail(store, "cannot roll up an hour", e);
	*worked = hours > 0;
	return STORE_OK;
}

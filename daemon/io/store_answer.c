/* Totals and alarms in the store: written by upsert, a row for a loop's day and for each time an alarm was raised. Totals are
 * read when a process goes on from what another one left. */
#include "store_private.h"

#include "core/alarm.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- totals ------------------------------------------------------------------------------ */

enum { COLUMN_SUMS = 5 }; /* after loop, day_us, ts_us and since_us */

static int bind_sums(sqlite3_stmt *statement, int column, const struct sums *sums)
{
	for (const struct field *field = sums_fields; field->name; field++)
		sqlite3_bind_double(statement, column++, *(const double *)(const void *)((const char *)sums + field->offset));
	return column;
}

static int read_sums(sqlite3_stmt *statement, int column, struct sums *sums)
{
	for (const struct field *field = sums_fields; field->name; field++)
		*(double *)(void *)((char *)sums + field->offset) = sqlite3_column_double(statement, column++);
	return column;
}

bool store_append_totals(struct store *store, const struct record *record)
{
	assert(record->loop < store->config->n_loops);
	const struct tally *t = &record->totals;
	sqlite3_stmt *statement =
	    STORE_BIND(store, SQL_TOTAL, store->loop_id[record->loop], t->day_us, record->ts_us, t->since_us);

	bind_sums(statement, bind_sums(statement, COLUMN_SUMS, &t->total), &t->today);
	return store_finish(statement);
}

void store_read_total(sqlite3_stmt *row, struct tally *out)
{
	*out = (struct tally){.day_us = sqlite3_column_int64(row, 1), .since_us = sqlite3_column_int64(row, 3)};
	read_sums(row, read_sums(row, COLUMN_SUMS - 1, &out->total), &out->today);
}

bool store_last_total(struct store *store, uint32_t loop, struct tally *out)
{
	assert(loop < store->config->n_loops);
	sqlite3_stmt *statement = STORE_BIND(store, SQL_LAST_TOTAL, store->loop_id[loop]);
	bool found = sqlite3_step(statement) == SQLITE_ROW;

	if (found)
		store_read_total(statement, out);
	sqlite3_reset(statement);
	return found;
}

/* ---- alarms ------------------------------------------------------------------------------ */

static int64_t alarm_loop(const struct store *store, uint32_t loop)
{
	return loop == NO_LOOP ? 0 : store->loop_id[loop];
}

static void bind_moment(sqlite3_stmt *statement, int column, int64_t us)
{
	if (us == NO_TIME)
		sqlite3_bind_null(statement, column);
	else
		sqlite3_bind_int64(statement, column, us);
}

bool store_append_alarm(struct store *store, const struct record *record)
{
	const struct alarm_row *row = &record->alarm;
	sqlite3_stmt *statement = STORE_BIND(store, SQL_ALARM, alarm_loop(store, record->loop), record->ts_us);

	sqlite3_bind_text(statement, 3, row->code, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, alarm_priority_text[row->priority], -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, row->text, -1, SQLITE_STATIC);
	bind_moment(statement, 6, row->cleared_us);
	bind_moment(statement, 7, row->acknowledged_us);
	sqlite3_bind_text(statement, 8, row->who, -1, SQLITE_STATIC);
	return store_finish(statement);
}

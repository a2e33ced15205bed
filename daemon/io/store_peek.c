/* A look into the history beside its open store, for questions that do not wait for the writer: reads only, never blocks on
 * a lock. */
#include "store_private.h"

static const char newest_sql[] = "SELECT l.name, s.seq, s.ts_us FROM loop l CROSS JOIN setpoint s ON s.loop = l.id "
				 "AND s.ts_us = (SELECT max(ts_us) FROM setpoint WHERE loop = l.id)";

void store_each_loop(const char *path, void (*found)(void *ctx, const char *loop, int64_t seq, int64_t ts_us), void *ctx)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *newest = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, newest_sql, -1, &newest, NULL) == SQLITE_OK) {
		while (sqlite3_step(newest) == SQLITE_ROW)
			found(ctx, (const char *)sqlite3_column_text(newest, 0), sqlite3_column_int64(newest, 1),
			      sqlite3_column_int64(newest, 2));
	}
	sqlite3_finalize(newest);
	sqlite3_close(db);
}

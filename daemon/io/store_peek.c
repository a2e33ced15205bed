/* A look into the history's setpoints, totals, commands and alarms; also beside its open store, for questions that do not wait
 * for the writer: reads only, never blocks on a lock. */
#include "store_private.h"

#include "core/alarm.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

static const char totals_sql[] = "SELECT " TOTAL_COLUMNS ", l.name FROM loop l CROSS JOIN total t ON t.loop = l.id "
				 "AND t.day_us = (SELECT day_us FROM total WHERE loop = l.id ORDER BY ts_us DESC LIMIT 1)";

void store_each_total(const char *path, void (*found)(void *ctx, const char *loop, const struct tally *tally), void *ctx)
{
	enum { COLUMN_NAME = 18 };
	sqlite3 *db = NULL;
	sqlite3_stmt *newest = NULL;
	struct tally tally;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, totals_sql, -1, &newest, NULL) == SQLITE_OK) {
		while (sqlite3_step(newest) == SQLITE_ROW) {
			store_read_total(newest, &tally);
			found(ctx, (const char *)sqlite3_column_text(newest, COLUMN_NAME), &tally);
		}
	}
	sqlite3_finalize(newest);
	sqlite3_close(db);
}

/* The day before the newest, and the one in force where that day begins. */
static const char past_sql[] =
	"WITH this AS (SELECT id, (SELECT max(ts_us) FROM setpoint WHERE loop = l.id) - 86400000000 AS day_us FROM loop l WHERE name = ?1) "
	"SELECT s.ts_us, s.hp_on, s.t_sink_out_c, s.technology FROM this CROSS JOIN setpoint s ON s.loop = this.id AND s.ts_us >= "
	"coalesce((SELECT max(ts_us) FROM setpoint WHERE loop = this.id AND ts_us <= this.day_us), 0) ORDER BY s.ts_us";

static void add_past(sqlite3_stmt *row, struct pace_past *past)
{
	const char *technology = (const char *)sqlite3_column_text(row, 3);

	pace_past_add(past, sqlite3_column_int64(row, 0), sqlite3_column_int(row, 1) != 0,
	              sqlite3_column_type(row, 2) == SQLITE_NULL ? NAN : sqlite3_column_double(row, 2));
	snprintf(past->technology, sizeof(past->technology), "%s", technology ? technology : "");
}

static bool read_past(sqlite3 *db, const char *loop, struct pace_past *past)
{
	sqlite3_stmt *rows = NULL;
	int rc = sqlite3_prepare_v2(db, past_sql, -1, &rows, NULL);

	pace_past_init(past);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(rows, 1, loop, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(rows);
		if (rc == SQLITE_ROW)
			add_past(rows, past);
	}
	sqlite3_finalize(rows);
	return rc == SQLITE_DONE;
}

/* The newest stamp that a process left while it kept its setpoints up. */
static const char alive_sql[] = "SELECT max(coalesce((SELECT max(ts_us) FROM sample_hot), 0), "
				"coalesce((SELECT ended_us FROM run ORDER BY id DESC LIMIT 1), 0))";

static bool read_alive(sqlite3 *db, struct pace_past *past)
{
	sqlite3_stmt *newest = NULL;
	bool found = sqlite3_prepare_v2(db, alive_sql, -1, &newest, NULL) == SQLITE_OK && sqlite3_step(newest) == SQLITE_ROW;

	if (found && sqlite3_column_int64(newest, 0) > past->alive_us)
		past->alive_us = sqlite3_column_int64(newest, 0);
	sqlite3_finalize(newest);
	return found;
}

enum store_status store_past(struct store *store, uint32_t loop, struct pace_past *past, struct err *e)
{
	const struct loop_config *config = &store->config->loops[loop];

	pace_past_init(past);
	if (!pace_is_configured(&config->pace) || (read_past(store->db, config->name, past) && read_alive(store->db, past)))
		return STORE_OK;
	return store_fail(store, "cannot read the setpoints of the last day", e);
}

void store_peek_past(const char *path, const char *loop, struct pace_past *past)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK || !read_past(db, loop, past))
		pace_past_init(past);
	sqlite3_close(db);
}

/* ---- commands --------------------------------------------------------------------------- */

static const char commands_sql[] = "SELECT l.name, c.command, c.value, c.until_us, c.who, c.command_id FROM command c LEFT JOIN loop l "
				   "ON l.id = c.loop WHERE c.id IN (SELECT max(id) FROM command GROUP BY loop, command) ORDER BY c.id";

static void column_copy(sqlite3_stmt *row, int column, char out[COMMAND_TEXT_MAX])
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	snprintf(out, COMMAND_TEXT_MAX, "%s", text ? text : "");
}

/* False: a kind that this program does not know. */
static bool read_command(sqlite3_stmt *row, struct command_record *out)
{
	const char *kind = (const char *)sqlite3_column_text(row, 1);
	int i = 0;

	while (kind && i < COMMAND_KIND_COUNT && strcmp(kind, command_text[i]) != 0)
		i++;
	if (!kind || i == COMMAND_KIND_COUNT)
		return false;
	out->kind = (enum command_kind)i;
	out->until_us = sqlite3_column_type(row, 3) == SQLITE_NULL ? NO_TIME : sqlite3_column_int64(row, 3);
	column_copy(row, 2, out->value);
	column_copy(row, 4, out->who);
	column_copy(row, 5, out->id);
	return true;
}

void store_each_command(const char *path, void (*found)(void *ctx, const char *loop, const struct command_record *command), void *ctx)
{
	struct command_record command;
	sqlite3 *db = NULL;
	sqlite3_stmt *rows = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, commands_sql, -1, &rows, NULL) == SQLITE_OK) {
		while (sqlite3_step(rows) == SQLITE_ROW)
			if (read_command(rows, &command))
				found(ctx, (const char *)sqlite3_column_text(rows, 0), &command);
	}
	sqlite3_finalize(rows);
	sqlite3_close(db);
}

/* ---- alarms ----------------------------------------------------------------------------- */

static const char alarms_sql[] = "SELECT r.since_us, r.cleared_us, r.acknowledged_us, r.text, r.who, r.code, l.name FROM alarm r "
                                 "LEFT JOIN loop l ON l.id = r.loop WHERE (r.cleared_us IS NULL OR r.acknowledged_us IS NULL) "
                                 "AND (r.loop = 0 OR l.name IS NOT NULL) "
                                 "AND r.since_us = (SELECT max(since_us) FROM alarm WHERE loop = r.loop AND code = r.code)";

static int64_t moment(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? NO_TIME : sqlite3_column_int64(row, column);
}

/* False: a code that this program does not know. */
static bool read_alarm(sqlite3_stmt *row, struct alarm_row *out)
{
	const char *code = (const char *)sqlite3_column_text(row, 5);
	int i = 0;

	while (code && i < ALARM_CODES && strcmp(code, alarm_info[i].code) != 0)
		i++;
	if (!code || i == ALARM_CODES)
		return false;
	*out = (struct alarm_row){.code = alarm_info[i].code,
	                          .priority = alarm_info[i].priority,
	                          .cleared_us = moment(row, 1),
	                          .acknowledged_us = moment(row, 2)};
	snprintf(out->text, sizeof(out->text), "%s", (const char *)sqlite3_column_text(row, 3));
	snprintf(out->who, sizeof(out->who), "%s", (const char *)sqlite3_column_text(row, 4));
	return true;
}

void store_each_alarm(const char *path, void (*found)(void *ctx, const char *loop, const struct alarm_row *row, int64_t since_us),
                      void *ctx)
{
	struct alarm_row alarm;
	sqlite3 *db = NULL;
	sqlite3_stmt *rows = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, alarms_sql, -1, &rows, NULL) == SQLITE_OK) {
		while (sqlite3_step(rows) == SQLITE_ROW)
			if (read_alarm(rows, &alarm))
				found(ctx, (const char *)sqlite3_column_text(rows, 6), &alarm, sqlite3_column_int64(rows, 0));
	}
	sqlite3_finalize(rows);
	sqlite3_close(db);
}

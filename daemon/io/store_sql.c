/* The store's statements: their texts in one table, prepared once, and one way to run them and to report why one failed. */
#include "store_private.h"

#include <errno.h>
#include <string.h>

#define POINT_COLUMNS \
	"ratio, cause_us, t_sink_out_c, t_free_c, electrification, cop, q_sink_kw, p_elec_kw, cost_savings_eur_h, " \
	"cost_savings_pct, carbon_savings_kg_h, carbon_savings_pct, limited_by, t_source_out_c, t_supply_c, eta_lorenz, source_heat_kw, " \
	"units_on, extrapolated, technology, units, utilities, shortfall_kw"
#define POINT_INSERT(table) \
	"INSERT OR REPLACE INTO " table " (ts_us, loop, kind, " POINT_COLUMNS ") " \
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)"
/* The stamp of the last of at most ?4 rows that come first and lie before ?3. */
#define LAST_OF_STEP(table, key) \
	"(SELECT max(ts_us) FROM (SELECT ts_us FROM " table " WHERE " key " AND ts_us < ?3 ORDER BY ts_us LIMIT ?4))"
#define DUE_UPSERT " ON CONFLICT (hour_us, signal) DO UPDATE SET carried = min(carried, excluded.carried), rolled_us = 0"

static const char *const sql[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",

	[SQL_SAMPLE_HOT] = "INSERT OR REPLACE INTO sample_hot (ts_us, signal, value, quality) VALUES (?1, ?2, ?3, ?4)",
	[SQL_SAMPLE_COLD] = "INSERT OR REPLACE INTO sample_cold (ts_us, signal, value, quality) VALUES (?1, ?2, ?3, ?4)",
	[SQL_POINT_HOT] = POINT_INSERT("point_hot"),
	[SQL_POINT_COLD] = POINT_INSERT("point_cold"),
	[SQL_SETPOINT] = "INSERT OR REPLACE INTO setpoint (loop, ts_us, t_sink_out_c, t_sink_out_expected_c, hp_on, q_sink_kw, "
			 "p_elec_kw, cop, objective, mode, quality, reason, valid_until_us, cause_us, seq, controlled, technology) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
	[SQL_TECHNOLOGY] = "INSERT OR REPLACE INTO technology (loop, ts_us, objective, technology, rank, fits, reason, met, t_sink_out_c, "
			   "electrification, cop, q_sink_kw, p_elec_kw, source_heat_kw, cost_savings_eur_h, cost_savings_pct, "
			   "carbon_savings_kg_h, carbon_savings_pct, limited_by, extrapolated) "
			   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	[SQL_EVENT] = "INSERT INTO event (ts_us, loop, severity, code, message) VALUES (?1, ?2, ?3, ?4, ?5)",
	[SQL_COMMAND] = "INSERT INTO command (ts_us, loop, command, value, until_us, who, command_id) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_TOTAL] = "INSERT OR REPLACE INTO total (" TOTAL_COLUMNS ") "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
	[SQL_LAST_TOTAL] = "SELECT " TOTAL_COLUMNS " FROM total WHERE loop = ?1 ORDER BY ts_us DESC LIMIT 1",
	[SQL_ALARM] = "INSERT OR REPLACE INTO alarm (loop, since_us, code, priority, text, cleared_us, acknowledged_us, who) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[SQL_LAST_SETPOINT] = "SELECT seq, ts_us FROM setpoint WHERE loop = ?1 ORDER BY ts_us DESC LIMIT 1",

	[SQL_CONFIG_TEXT] = "INSERT OR IGNORE INTO config_text (hash, text) VALUES (?1, ?2)",
	[SQL_RUN_BEGIN] = "INSERT INTO run (started_us, version, config_hash) VALUES (?1, ?2, ?3)",
	[SQL_RUN_END] = "UPDATE run SET ended_us = max(started_us, ?2) WHERE id = ?1",
	/* The newest row stored is the last that is known of a run that died; device clocks may be ahead of ours. */
	[SQL_RUN_DIED] = "UPDATE run SET ended_us = max(started_us, min(?1, max("
			 "coalesce((SELECT max(ts_us) FROM sample_hot WHERE ts_us <= ?1), 0), "
			 "coalesce((SELECT max(ts_us) FROM point_hot WHERE ts_us <= ?1), 0), "
			 "coalesce((SELECT max(ts_us) FROM event WHERE ts_us <= ?1), 0), "
			 "coalesce((SELECT max(s.ts_us) FROM loop l CROSS JOIN setpoint s ON s.loop = l.id AND s.ts_us = "
			 "(SELECT max(ts_us) FROM setpoint WHERE loop = l.id AND ts_us <= ?1)), 0)))) WHERE ended_us IS NULL",

	[SQL_PROGRESS] = "SELECT ts_us FROM progress WHERE name = CASE ?1 WHEN 0 THEN 'sample' ELSE 'point' END",
	[SQL_PROGRESS_SET] = "UPDATE progress SET ts_us = ?2 WHERE name = CASE ?1 WHEN 0 THEN 'sample' ELSE 'point' END",
	[SQL_SAMPLE_SLICE] = "SELECT ts_us FROM sample_hot WHERE ts_us < ?1 ORDER BY ts_us LIMIT 1 OFFSET ?2",
	[SQL_SAMPLE_DUE] = "INSERT INTO hour_due (hour_us, signal, carried, rolled_us) "
			   "SELECT DISTINCT ts_us - ts_us % 3600000000, signal, 0, 0 FROM sample_hot WHERE ts_us < ?1" DUE_UPSERT,
	[SQL_SAMPLE_MOVE] = "INSERT OR REPLACE INTO sample_cold (signal, ts_us, value, quality) "
			    "SELECT signal, ts_us, value, quality FROM sample_hot WHERE ts_us < ?1 ORDER BY signal, ts_us",
	[SQL_SAMPLE_CLEAR] = "DELETE FROM sample_hot WHERE ts_us < ?1",
	[SQL_POINT_SLICE] = "SELECT ts_us FROM point_hot WHERE ts_us < ?1 ORDER BY ts_us LIMIT 1 OFFSET ?2",
	[SQL_POINT_MOVE] = "INSERT OR REPLACE INTO point_cold (loop, kind, ts_us, " POINT_COLUMNS ") "
			   "SELECT loop, kind, ts_us, " POINT_COLUMNS " FROM point_hot WHERE ts_us < ?1 ORDER BY loop, kind, ts_us",
	[SQL_POINT_CLEAR] = "DELETE FROM point_hot WHERE ts_us < ?1",

	[SQL_DUE_NEXT] = "SELECT d.hour_us, d.signal, d.carried, s.stale_us, s.active, coalesce(x.ts_us, -1) "
			 "FROM hour_due d CROSS JOIN signal s ON s.id = d.signal LEFT JOIN sample_expired x ON x.signal = d.signal "
			 "WHERE d.hour_us <= ?1 AND d.rolled_us < ?2 AND (d.hour_us, d.signal) > (?3, ?4) "
			 "ORDER BY d.hour_us, d.signal LIMIT 1",
	[SQL_DUE_SAMPLES] = "INSERT INTO hour_due (hour_us, signal, carried, rolled_us) VALUES (?1, ?2, 0, 0)" DUE_UPSERT,
	[SQL_DUE_CARRY] = "INSERT INTO hour_due (hour_us, signal, carried, rolled_us) VALUES (?1, ?2, 1, 0)" DUE_UPSERT,
	[SQL_DUE_ROLLED] = "UPDATE hour_due SET rolled_us = ?3 WHERE hour_us = ?1 AND signal = ?2",
	[SQL_DUE_DONE] = "DELETE FROM hour_due WHERE hour_us = ?1 AND signal = ?2",
	[SQL_HOUR_CARRY] = "SELECT ts_us, quality, value FROM (SELECT ts_us, quality, value FROM sample_cold "
			   "WHERE signal = ?1 AND ts_us < ?2 ORDER BY ts_us DESC LIMIT 1) UNION ALL "
			   "SELECT ts_us, quality, value FROM sample_expired WHERE signal = ?1 AND ts_us < ?2 "
			   "ORDER BY ts_us DESC LIMIT 1",
	[SQL_HOUR_SAMPLES] = "SELECT ts_us, quality, value FROM sample_cold WHERE signal = ?1 AND ts_us >= ?2 AND ts_us < ?3 "
			     "ORDER BY ts_us",
	[SQL_HOUR_EXISTS] = "SELECT 1 FROM sample_hour WHERE signal = ?1 AND hour_us = ?2",
	[SQL_HOUR_PUT] = "INSERT OR REPLACE INTO sample_hour (signal, hour_us, n, min, mean, max, last) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_HOUR_DELETE] = "DELETE FROM sample_hour WHERE signal = ?1 AND hour_us = ?2",

	[SQL_KEYS_SIGNAL] = "SELECT id, 0 FROM signal",
	[SQL_KEYS_POINT] = "SELECT l.id, k.id FROM loop l CROSS JOIN point_kind k",
	[SQL_KEYS_LOOP] = "SELECT id, 0 FROM loop",
	[SQL_KEYS_NONE] = "SELECT 0, 0",
	[SQL_EXPIRE_SAMPLE_SAVE] = "INSERT INTO sample_expired (signal, ts_us, value, quality) "
				   "SELECT signal, ts_us, value, quality FROM sample_cold WHERE signal = ?1 AND ts_us = "
				   LAST_OF_STEP("sample_cold", "signal = ?1")
				   " ON CONFLICT (signal) DO UPDATE SET ts_us = excluded.ts_us, value = excluded.value, "
				   "quality = excluded.quality WHERE excluded.ts_us > sample_expired.ts_us",
	[SQL_EXPIRE_SAMPLE] = "DELETE FROM sample_cold WHERE signal = ?1 AND ts_us <= "
			      LAST_OF_STEP("sample_cold", "signal = ?1"),
	[SQL_EXPIRE_POINT] = "DELETE FROM point_cold WHERE loop = ?1 AND kind = ?2 AND ts_us <= "
			     LAST_OF_STEP("point_cold", "loop = ?1 AND kind = ?2"),
	[SQL_EXPIRE_HOUR] = "DELETE FROM sample_hour WHERE signal = ?1 AND hour_us <= (SELECT max(hour_us) FROM "
			    "(SELECT hour_us FROM sample_hour WHERE signal = ?1 AND hour_us < ?3 ORDER BY hour_us LIMIT ?4))",
	/* The newest stays whatever its age: seq continues from it. */
	[SQL_EXPIRE_SETPOINT] = "DELETE FROM setpoint WHERE loop = ?1 AND ts_us <= " LAST_OF_STEP("setpoint", "loop = ?1")
				" AND ts_us < (SELECT max(ts_us) FROM setpoint WHERE loop = ?1)",
	[SQL_EXPIRE_TECHNOLOGY] = "DELETE FROM technology WHERE loop = ?1 AND ts_us <= " LAST_OF_STEP("technology", "loop = ?1"),
	[SQL_EXPIRE_TOTAL] = "DELETE FROM total WHERE loop = ?1 AND day_us <= (SELECT max(day_us) FROM "
			     "(SELECT day_us FROM total WHERE loop = ?1 AND day_us < ?3 ORDER BY day_us LIMIT ?4)) "
			     "AND ts_us < (SELECT max(ts_us) FROM total WHERE loop = ?1)",
	[SQL_EXPIRE_ALARM] = "DELETE FROM alarm WHERE (loop, code, since_us) IN (SELECT loop, code, since_us FROM alarm "
			     "WHERE since_us < ?3 AND cleared_us IS NOT NULL ORDER BY since_us LIMIT ?4)",
	[SQL_EXPIRE_EVENT] = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE ts_us < ?3 ORDER BY ts_us LIMIT ?4)",
	/* The newest of each kind stays: it is in force. */
	[SQL_EXPIRE_COMMAND] = "DELETE FROM command WHERE id IN (SELECT id FROM command c WHERE ts_us < ?3 AND id < "
			       "(SELECT max(id) FROM command d WHERE d.loop IS c.loop AND d.command = c.command) ORDER BY id LIMIT ?4)",
};

bool store_prepare(struct store *store, struct err *e)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		if (sqlite3_prepare_v3(store->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statement[i], NULL) != SQLITE_OK) {
			store_fail(store, "cannot prepare a statement", e);
			return false;
		}
	}
	return true;
}

void store_finalize(struct store *store)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(store->statement[i]);
		store->statement[i] = NULL;
	}
}

enum store_status store_fail(struct store *store, const char *doing, struct err *e)
{
	int rc = sqlite3_errcode(store->db) & 0xff;
	store->damaged = store->damaged || rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
	int cause = rc == SQLITE_IOERR || rc == SQLITE_CANTOPEN ? sqlite3_system_errno(store->db) : 0;

	if (cause)
		err_set(e, "%s: %s: %s (%s)", store->path, doing, sqlite3_errmsg(store->db), strerror(cause));
	else
		err_set(e, "%s: %s: %s", store->path, doing, sqlite3_errmsg(store->db));
	return STORE_FAILED;
}

sqlite3_stmt *store_bind(struct store *store, enum store_statement which, const int64_t *values, int n)
{
	sqlite3_stmt *statement = store->statement[which];

	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(statement, i + 1, values[i]);
	return statement;
}

bool store_finish(sqlite3_stmt *statement)
{
	int rc = sqlite3_step(statement);

	/* the reset repeats the step's error, and so keeps it as the last one */
	sqlite3_reset(statement);
	return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

bool store_run(struct store *store, enum store_statement which, const int64_t *values, int n)
{
	return store_finish(store_bind(store, which, values, n));
}

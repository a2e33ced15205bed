/* The history: opens the file, registers the configuration's signals and loops, keeps the runs and the transactions. */
#include "store_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- open and close --------------------------------------------------------------------- */

/* Runs a statement made for this once that returns an id. */
static bool register_name(struct store *store, const char *sql, const char *name, const char *unit, int64_t stale_us, int64_t *id)
{
	sqlite3_stmt *statement = NULL;
	bool ok = false;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK) {
		store_bind_text(statement, 1, name);
		store_bind_text(statement, 2, unit);
		sqlite3_bind_int64(statement, 3, stale_us);
		ok = sqlite3_step(statement) == SQLITE_ROW;
		*id = ok ? sqlite3_column_int64(statement, 0) : 0;
		/* a RETURNING statement has only finished when it says so */
		ok = ok && sqlite3_step(statement) == SQLITE_DONE;
	}
	sqlite3_finalize(statement);
	return ok;
}

static const char loop_sql[] = "INSERT INTO loop (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id";

bool store_loop_id(struct store *store, const char *name, int64_t *id)
{
	return register_name(store, loop_sql, name, NULL, 0, id);
}

/* Fills ids that are as many as the configuration has signals and loops. */
static bool register_all(struct store *store, const struct config *config, int64_t *signal_id, int64_t *loop_id)
{
	static const char *const signal_sql = "INSERT INTO signal (name, unit, stale_us, active) VALUES (?1, ?2, ?3, 1) "
					      "ON CONFLICT (name, unit) DO UPDATE SET stale_us = excluded.stale_us, active = 1 "
					      "RETURNING id";
	static const char *const kind_sql = "INSERT INTO point_kind (name) VALUES (?1) "
					    "ON CONFLICT (name) DO UPDATE SET name = name RETURNING id";

	if (sqlite3_exec(store->db, "UPDATE signal SET active = 0", NULL, NULL, NULL) != SQLITE_OK)
		return false;
	for (size_t i = 0; i < config->n_signals; i++) {
		const struct signal_config *signal = &config->signals[i];

		if (!register_name(store, signal_sql, signal->name, signal->unit->name, signal->stale_after_us,
				   &signal_id[i]))
			return false;
	}
	for (size_t i = 0; i < config->n_loops; i++) {
		if (!store_loop_id(store, config->loops[i].name, &loop_id[i]))
			return false;
	}
	for (size_t i = 0; i < POINT_COUNT; i++) {
		if (!register_name(store, kind_sql, point_kind_text[i], NULL, 0, &store->kind_id[i]))
			return false;
	}
	return true;
}

static bool read_progress(struct store *store)
{
	for (int64_t i = 0; i < HOT_COUNT; i++) {
		sqlite3_stmt *statement = STORE_BIND(store, SQL_PROGRESS, i);
		bool ok = sqlite3_step(statement) == SQLITE_ROW;

		if (ok)
			store->moved_us[i] = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
		if (!ok)
			return false;
	}
	return true;
}

static enum store_status fill(struct store *store, struct err *e)
{
	enum store_status status = store_file_open(store, e);

	if (status != STORE_OK)
		return status;
	if (!store_prepare(store, e) || store_begin(store, e) != STORE_OK)
		return STORE_FAILED;
	if (!register_all(store, store->config, store->signal_id, store->loop_id) || !read_progress(store)) {
		store_fail(store, "cannot register the configuration", e);
		store_rollback(store);
		return STORE_FAILED;
	}
	return store_commit(store, e);
}

/* What of the store belongs to the file. */
static void forget_file(struct store *store)
{
	store->ours = store->damaged = false;
	store->run_id = store->expired_us = 0;
}

enum store_status store_renew(struct store *store, int64_t now_us, struct err *e)
{
	struct err why = *e;
	char *name = NULL;
	enum store_status status = store_judge(store, e);

	if (status == STORE_OK)
		status = store_set_aside(store, now_us, &name, e);
	if (status == STORE_OK) {
		forget_file(store);
		status = fill(store, e);
	}
	if (status == STORE_OK)
		status = store_take_over(store, name, why.text, now_us, e);
	free(name);
	return status;
}

static enum store_status open_or_renew(struct store *store, int64_t now_us, struct err *e)
{
	enum store_status status = store_file_lock(store, e);

	if (status != STORE_OK)
		return status;
	status = fill(store, e);
	if (status == STORE_FAILED && store->damaged)
		status = store_renew(store, now_us, e);
	/* the lock file goes on telling that there was a history here only where that is so */
	if (status == STORE_FAILED && !store->was_here && !store->ours && ftruncate(store->lock_fd, 0) != 0)
		err_set(e, "%s: its lock file cannot be written: %s", store->path, strerror(errno));
	return status;
}

enum store_status store_open(struct store **out, const char *path, const struct config *config, int64_t now_us, struct err *e)
{
	struct store *store = calloc(1, sizeof(*store));
	enum store_status status = STORE_FAILED;

	if (store) {
		store->lock_fd = -1;
		store->config = config;
		store->path = strdup(path);
		store->signal_id = calloc(config->n_signals + 1, sizeof(int64_t));
		store->loop_id = calloc(config->n_loops + 1, sizeof(int64_t));
	}
	if (store && store->path && store->signal_id && store->loop_id)
		status = open_or_renew(store, now_us, e);
	else
		err_set(e, "%s: out of memory", path);
	if (status == STORE_OK)
		*out = store;
	else
		store_close(store);
	return status;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_finalize(store);
	sqlite3_close(store->db);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store->loop_id);
	free(store->signal_id);
	free(store->path);
	free(store);
}

/* ---- runs ------------------------------------------------------------------------------- */

static bool run_begin(struct store *store, int64_t now_us, const char *version)
{
	sqlite3_stmt *text = store->statement[SQL_CONFIG_TEXT];
	sqlite3_stmt *run = store->statement[SQL_RUN_BEGIN];

	if (!STORE_RUN(store, SQL_RUN_DIED, now_us))
		return false;
	store_bind_text(text, 1, store->config->hash);
	store_bind_text(text, 2, store->config->text ? store->config->text : "");
	if (!store_finish(text))
		return false;
	sqlite3_bind_int64(run, 1, now_us);
	store_bind_text(run, 2, version);
	store_bind_text(run, 3, store->config->hash);
	return store_finish(run);
}

enum store_status store_run_begin(struct store *store, int64_t now_us, const char *version, struct err *e)
{
	int64_t id;

	if (store->run_id)
		return STORE_OK;
	if (store_begin(store, e) != STORE_OK)
		return STORE_FAILED;
	if (!run_begin(store, now_us, version)) {
		store_fail(store, "cannot record the run", e);
		store_rollback(store);
		return STORE_FAILED;
	}
	id = sqlite3_last_insert_rowid(store->db);
	if (store_commit(store, e) != STORE_OK)
		return STORE_FAILED;
	store->run_id = id;
	return STORE_OK;
}

enum store_status store_run_end(struct store *store, int64_t now_us, struct err *e)
{
	if (!store->run_id)
		return STORE_OK;
	if (!STORE_RUN(store, SQL_RUN_END, store->run_id, now_us))
		return store_fail(store, "cannot record the end of the run", e);
	store->run_id = 0;
	return STORE_OK;
}

/* ---- another configuration -------------------------------------------------------------- */

static enum store_status reload(struct store *store, int64_t *signal_id, int64_t *loop_id, int64_t now_us, const char *version,
				struct err *e)
{
	int64_t run_id;

	if (store_begin(store, e) != STORE_OK)
		return STORE_FAILED;
	if (!register_all(store, store->config, signal_id, loop_id) ||
	    (store->run_id && !STORE_RUN(store, SQL_RUN_END, store->run_id, now_us)) || !run_begin(store, now_us, version)) {
		store_fail(store, "cannot register the configuration", e);
		store_rollback(store);
		return STORE_FAILED;
	}
	run_id = sqlite3_last_insert_rowid(store->db);
	if (store_commit(store, e) != STORE_OK)
		return STORE_FAILED;
	store->run_id = run_id;
	return STORE_OK;
}

static void swap_ids(int64_t **a, int64_t **b)
{
	int64_t *swap = *a;

	*a = *b;
	*b = swap;
}

enum store_status store_reload(struct store *store, const struct config *config, int64_t now_us, const char *version, struct err *e)
{
	const struct config *before = store->config;
	int64_t *signal_id = calloc(config->n_signals + 1, sizeof(int64_t)), *loop_id = calloc(config->n_loops + 1, sizeof(int64_t));
	enum store_status status = STORE_FAILED;

	store->config = config;
	if (signal_id && loop_id)
		status = reload(store, signal_id, loop_id, now_us, version, e);
	else
		err_set(e, "%s: out of memory", store->path);
	if (status == STORE_OK) {
		swap_ids(&store->signal_id, &signal_id);
		swap_ids(&store->loop_id, &loop_id);
	} else {
		store->config = before;
	}
	free(signal_id);
	free(loop_id);
	return status;
}

/* ---- rows ------------------------------------------------------------------------------- */

enum store_status store_last_setpoint(struct store *store, uint32_t loop, int64_t *seq, int64_t *ts_us, struct err *e)
{
	assert(loop < store->config->n_loops);
	sqlite3_stmt *statement = STORE_BIND(store, SQL_LAST_SETPOINT, store->loop_id[loop]);
	int rc = sqlite3_step(statement);

	*seq = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	*ts_us = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 1) : 0;
	sqlite3_reset(statement);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? STORE_OK : store_fail(store, "cannot read the newest setpoint", e);
}

enum store_status store_begin(struct store *store, struct err *e)
{
	if (store_gone(store)) {
		err_set(e, "%s: has been moved or deleted", store->path);
		return STORE_FAILED;
	}
	store_rollback(store); /* where there was no memory for that before */
	return store_finish(store->statement[SQL_BEGIN]) ? STORE_OK : store_fail(store, "cannot begin to write", e);
}

enum store_status store_commit(struct store *store, struct err *e)
{
	if (store_finish(store->statement[SQL_COMMIT]))
		return STORE_OK;
	store_fail(store, "cannot commit", e);
	store_rollback(store);
	return STORE_FAILED;
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

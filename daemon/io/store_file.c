/* The history's file: takes FILE.lock, creates the file 0640, checks whose it is, sets it up and migrates it, each step of
 * the schema in one transaction. Refuses what another process has locked, what a newer program has made (and leaves that
 * untouched), and files that are no history. */
#include "store_private.h"
#include "store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
	FILE_MODE = 0640,            /* -wal and -shm get the mode of the file */
	BUSY_MS = 500,
	WAL_KEPT_BYTES = 16 << 20,
	CHECKED_BYTES = 16 << 20,    /* a file of this size is read in a moment also from a slow card */
};

static enum store_status fail_errno(struct err *e, const char *path, const char *doing)
{
	err_set(e, "%s: %s: %s", path, doing, strerror(errno));
	return STORE_FAILED;
}

static enum store_status locked(int fd, const char *path, struct err *e)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid = n > 0 ? strtol(text, NULL, 10) : 0;

	if (pid > 0)
		err_set(e, "%s: in use by process %ld", path, pid);
	else
		err_set(e, "%s: in use by another process", path);
	return STORE_LOCKED;
}

/* The lock ends with the process, whatever it dies of; the file stays, with the pid of its last holder where that had a
 * history here. */
static enum store_status take_lock(struct store *store, const char *lock_path, struct err *e)
{
	char text[32];

	store->lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	if (store->lock_fd < 0 && errno == ENOENT) {
		err_set(e, "%s: its folder does not exist", store->path);
		return STORE_FAILED;
	}
	if (store->lock_fd < 0)
		return fail_errno(e, lock_path, "cannot open the lock file");
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? locked(store->lock_fd, store->path, e) : fail_errno(e, lock_path, "cannot lock");
	store->was_here = pread(store->lock_fd, text, 1, 0) == 1;
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(store->lock_fd, 0) != 0 || pwrite(store->lock_fd, text, (size_t)n, 0) != n)
		return fail_errno(e, lock_path, "cannot write");
	return STORE_OK;
}

enum store_status store_file_lock(struct store *store, struct err *e)
{
	char *lock_path;
	enum store_status status;
	struct stat st;

	if (stat(store->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_set(e, "%s: is %s, not a file", store->path, S_ISDIR(st.st_mode) ? "a folder" : "something special");
		return STORE_FAILED;
	}
	if (asprintf(&lock_path, "%s.lock", store->path) < 0)
		return fail_errno(e, store->path, "cannot lock");
	status = take_lock(store, lock_path, e);
	free(lock_path);
	return status;
}

/* Closing a descriptor drops SQLite's locks of this process, so an existing file is not opened here. */
static enum store_status create_file(struct store *store, struct err *e)
{
	int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

	if (fd < 0)
		return errno == EEXIST ? STORE_OK : fail_errno(e, store->path, "cannot create");
	int rc = fchmod(fd, FILE_MODE);

	close(fd);
	return rc == 0 ? STORE_OK : fail_errno(e, store->path, "cannot set its mode");
}

static bool read_int(struct store *store, const char *sql, int *value)
{
	sqlite3_stmt *statement;
	bool ok = false;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
		*value = sqlite3_column_int(statement, 0);
		ok = true;
	}
	sqlite3_finalize(statement);
	return ok;
}

/* Reads only. Closing must not write either, not even somebody else's log into the file, until all is found well. */
static enum store_status check_owner(struct store *store, int *version, struct err *e)
{
	int application, user_version, objects;

	sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (!read_int(store, "PRAGMA application_id", &application) || !read_int(store, "PRAGMA user_version", &user_version) ||
	    !read_int(store, "SELECT count(*) FROM sqlite_master", &objects))
		return store_fail(store, "cannot read", e);
	if (application != APPLICATION_ID && (application != 0 || user_version != 0 || objects != 0)) {
		err_set(e, "%s: is a database of another program, not a history", store->path);
		return STORE_FAILED;
	}
	if (user_version > store_schema_version) {
		err_set(e, "%s: made by a newer version of this program (schema %d, this one knows %d)", store->path, user_version,
			store_schema_version);
		return STORE_NEWER;
	}
	*version = user_version;
	store->ours = application == APPLICATION_ID;
	return STORE_OK;
}

/* The check tells an error of reading in the same words as damage, but for its number. */
static bool is_damage(const char *finding)
{
	const char *number = strstr(finding, "error code");

	number = number ? strpbrk(number, "0123456789") : NULL;
	return !number || (atoi(number) & 0xff) == SQLITE_CORRUPT;
}

/* Damage that nobody has run into yet; only where it costs little. */
static enum store_status check_pages(struct store *store, struct err *e)
{
	sqlite3_stmt *check = NULL;
	enum store_status status = STORE_OK;

	if (!store->ours || store->identity.st_size > CHECKED_BYTES)
		return STORE_OK;
	if (sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &check, NULL) != SQLITE_OK || sqlite3_step(check) != SQLITE_ROW) {
		status = store_fail(store, "cannot check", e);
	} else {
		const char *finding = (const char *)sqlite3_column_text(check, 0);

		if (!finding || strcmp(finding, "ok") != 0) {
			err_set(e, "%s: %s", store->path, finding ? finding : "out of memory");
			store->damaged = finding && is_damage(finding);
			status = STORE_FAILED;
		}
	}
	sqlite3_finalize(check);
	return status;
}

static bool run_sql(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Readers without write access to the folder need -wal and -shm to stay when the last connection closes. */
static enum store_status set_up(struct store *store, struct err *e)
{
	sqlite3_stmt *statement = NULL;
	char limit[64];
	int on = 1;

	sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	snprintf(limit, sizeof(limit), "PRAGMA journal_size_limit = %d", WAL_KEPT_BYTES);
	if (!run_sql(store, "PRAGMA journal_mode = WAL") || !run_sql(store, "PRAGMA synchronous = FULL") ||
	    !run_sql(store, "PRAGMA secure_delete = OFF") || !run_sql(store, limit))
		return store_fail(store, "cannot set up", e);
	const char *mode = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode", -1, &statement, NULL) == SQLITE_OK &&
					   sqlite3_step(statement) == SQLITE_ROW ?
				   (const char *)sqlite3_column_text(statement, 0) :
				   NULL;
	bool wal = mode && strcmp(mode, "wal") == 0;

	if (!mode)
		store_fail(store, "cannot set up", e);
	sqlite3_finalize(statement);
	if (mode && !wal)
		err_set(e, "%s: the file system cannot share a write-ahead log (is it a network drive?)", store->path);
	return wal ? STORE_OK : STORE_FAILED;
}

/* Each step in one transaction. At the end the file's own header says whose it is, also where its log gets lost. */
static enum store_status migrate(struct store *store, int version, struct err *e)
{
	char stamp[96], doing[64];
	int before = version;

	for (; version < store_schema_version; version++) {
		snprintf(doing, sizeof(doing), "cannot migrate to schema %d", version + 1);
		snprintf(stamp, sizeof(stamp), "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, version + 1);
		if (!run_sql(store, "BEGIN IMMEDIATE"))
			return store_fail(store, doing, e);
		if (!run_sql(store, store_schema[version]) || !run_sql(store, stamp) || !run_sql(store, "COMMIT")) {
			store_fail(store, doing, e);
			store_rollback(store);
			return STORE_FAILED;
		}
	}
	if (version != before)
		sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	store->ours = true;
	return STORE_OK;
}

static enum store_status open_database(struct store *store, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK) {
		if (!store->db)
			err_set(e, "%s: out of memory", store->path);
		return store->db ? store_fail(store, "cannot open", e) : STORE_FAILED;
	}
	if (sqlite3_db_readonly(store->db, "main")) {
		err_set(e, "%s: cannot be written: %s", store->path, strerror(EACCES));
		return STORE_FAILED;
	}
	sqlite3_busy_timeout(store->db, BUSY_MS);
	if (stat(store->path, &store->identity) != 0)
		return fail_errno(e, store->path, "cannot examine");
	return STORE_OK;
}

enum store_status store_file_open(struct store *store, struct err *e)
{
	enum store_status status;
	int version = 0;

	if ((status = create_file(store, e)) != STORE_OK || (status = open_database(store, e)) != STORE_OK ||
	    (status = check_owner(store, &version, e)) != STORE_OK || (status = check_pages(store, e)) != STORE_OK ||
	    (status = set_up(store, e)) != STORE_OK)
		return status;
	return migrate(store, version, e);
}

int64_t store_log_bytes(const struct store *store)
{
	char *path;
	struct stat st = {.st_size = 0};

	if (asprintf(&path, "%s-wal", store->path) < 0)
		return 0;
	if (stat(path, &st) != 0)
		st.st_size = 0;
	free(path);
	return st.st_size;
}

void store_log_reset(struct store *store)
{
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

bool store_gone(const struct store *store)
{
	struct stat st;

	return stat(store->path, &st) != 0 || st.st_dev != store->identity.st_dev || st.st_ino != store->identity.st_ino;
}

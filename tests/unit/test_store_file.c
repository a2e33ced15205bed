/* The history's file among others: locks, foreign and newer files, rights, readers of the group, and kill -9. */
#include "store_fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHER_ID = 12345 };

static void cannot_open(struct fixture *f, const char *path, enum store_status status, const char *words)
{
	struct err e = {""};

	assert_int_equal(store_open(&f->store, path, &f->config, T0, &e), status);
	assert_null(f->store);
	if (!strstr(e.text, path) || !strstr(e.text, words))
		fail_msg("\"%s\" does not speak of %s: %s", e.text, path, words);
}

static void make_database(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void refuses_what_is_no_history(void **state)
{
	struct fixture *f = *state;
	char path[PATH_SIZE];

	cannot_open(f, f->dir, STORE_FAILED, "is a folder");
	snprintf(path, sizeof(path), "%s/none/history.db", f->dir);
	cannot_open(f, path, STORE_FAILED, "folder does not exist");
	snprintf(path, sizeof(path), "%s/text", f->dir);
	FILE *out = fopen(path, "w");

	for (int i = 0; i < 200; i++)
		fputs("this is no database\n", out);
	fclose(out);
	cannot_open(f, path, STORE_FAILED, "not a database");
	snprintf(path, sizeof(path), "%s/foreign.db", f->dir);
	make_database(path, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
	cannot_open(f, path, STORE_FAILED, "of another program");
	expect(path, "SELECT name FROM sqlite_master", "theirs\n");
	snprintf(path, sizeof(path), "%s/application.db", f->dir);
	make_database(path, "PRAGMA application_id = 7");
	cannot_open(f, path, STORE_FAILED, "of another program");
}

/* With an unfinished log beside it, as a killed newer program leaves it: neither may be touched. */
static void leaves_a_newer_file_as_it_is(void **state)
{
	struct fixture *f = *state;
	char wal[PATH_SIZE + 8];
	size_t len[2], wal_len[2];
	char *before, *after, *wal_before, *wal_after;
	int keep = 1;
	sqlite3 *db;

	fixture_open(f);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_close(f);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE later (x); PRAGMA user_version = 9999", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	before = slurp(f->path, &len[0]);
	wal_before = slurp(wal, &wal_len[0]);
	assert_true(wal_len[0] > 0);
	cannot_open(f, f->path, STORE_NEWER, "newer version");
	after = slurp(f->path, &len[1]);
	wal_after = slurp(wal, &wal_len[1]);
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(before, after, len[0]);
	assert_int_equal(wal_len[0], wal_len[1]);
	assert_memory_equal(wal_before, wal_after, wal_len[0]);
	free(before);
	free(after);
	free(wal_before);
	free(wal_after);
}

static void one_process_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct store *first;
	char pid[32];

	fixture_open(f);
	first = f->store;
	f->store = NULL;
	snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	cannot_open(f, f->path, STORE_LOCKED, pid);
	store_close(first);
	fixture_open(f);
}

static void deleted_under_the_program(void **state)
{
	struct fixture *f = *state;
	struct err e;

	fixture_open(f);
	assert_false(store_gone(f->store));
	assert_int_equal(unlink(f->path), 0);
	assert_true(store_gone(f->store));
	assert_int_equal(store_begin(f->store, &e), STORE_FAILED);
	assert_non_null(strstr(e.text, "moved or deleted"));
}

static unsigned mode_of(const char *path, const char *suffix)
{
	char name[PATH_SIZE + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

static void files_are_for_owner_and_group(void **state)
{
	static const mode_t masks[] = {0, 022, 077};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		mode_t before = umask(masks[i]);

		snprintf(f->path, sizeof(f->path), "%s/mask%zu.db", f->dir, i);
		fixture_open(f);
		fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
		umask(before);
		assert_int_equal(mode_of(f->path, ""), 0640);
		assert_int_equal(mode_of(f->path, "-wal"), 0640);
		assert_int_equal(mode_of(f->path, "-shm"), 0640);
		fixture_close(f);
		assert_int_equal(mode_of(f->path, "-wal"), 0640);
		assert_int_equal(mode_of(f->path, "-shm"), 0640);
	}
}

/* Runs what in a child of another user; its exit code. */
static int as_other_user(gid_t gid, int (*what)(struct fixture *), struct fixture *f)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(OTHER_ID, OTHER_ID, OTHER_ID) != 0)
			_exit(99);
		_exit(what(f));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int count_samples(struct fixture *f)
{
	sqlite3 *db;
	sqlite3_stmt *row;
	char name[PATH_SIZE + 8];

	snprintf(name, sizeof(name), "%s/new", f->dir);
	if (open(name, O_WRONLY | O_CREAT, 0600) >= 0 || open(f->path, O_WRONLY) >= 0)
		return 97;
	if (sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM samples", -1, &row, NULL) != SQLITE_OK || sqlite3_step(row) != SQLITE_ROW)
		return 96;
	return sqlite3_column_int(row, 0);
}

static void the_group_reads_without_writing(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(f->dir, 0, OTHER_ID), 0);
	assert_int_equal(chmod(f->dir, 02750), 0);
	fixture_open(f);
	for (int i = 0; i < 5; i++)
		fixture_sample(f, 0, T0 + i, 1, QUALITY_GOOD);
	assert_int_equal(as_other_user(OTHER_ID, count_samples, f), 5);
	fixture_sample(f, 0, T0 + 10, 1, QUALITY_GOOD);
	assert_int_equal(as_other_user(OTHER_ID, count_samples, f), 6);
	fixture_close(f);
	assert_int_equal(as_other_user(OTHER_ID, count_samples, f), 6);
	/* and nobody else does */
	assert_int_equal(as_other_user(OTHER_ID + 1, count_samples, f), 96);
}

static int open_denied(struct fixture *f)
{
	struct store *store;
	struct err e = {""};

	if (store_open(&store, f->path, &f->config, T0, &e) != STORE_FAILED)
		return 1;
	return strstr(e.text, f->path) && strstr(e.text, "Permission denied") ? 0 : 2;
}

static void a_folder_without_rights(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_int_equal(as_other_user(OTHER_ID, open_denied, f), 0);
}

/* ---- kill -9 ----------------------------------------------------------------------------- */

/* Appends and keeps house until it is killed; says after each commit up to where. */
static void load(struct fixture *f, int out)
{
	struct err e;
	bool more;

	fixture_open(f);
	for (int64_t batch = 1;; batch++) {
		if (store_begin(f->store, &e) != STORE_OK)
			_exit(1);
		for (int64_t i = 0; i < 100; i++) {
			struct record r = sample_of((uint32_t)(i % SIGNALS), T0 + ((batch - 1) * 100 + i) * SECOND, (double)i, QUALITY_GOOD);

			if (store_append(f->store, &r, &e) != STORE_OK)
				_exit(2);
		}
		if (store_commit(f->store, &e) != STORE_OK)
			_exit(3);
		if (write(out, &batch, sizeof(batch)) != sizeof(batch))
			_exit(4);
		if (store_maintain(f->store, T0 + batch * 100 * SECOND, false, &more, &e) != STORE_OK)
			_exit(5);
	}
}

/* Kills a child that runs the load after so long; the number of batches it had committed. */
static int64_t kill_after(struct fixture *f, useconds_t delay_us)
{
	int fds[2], status;
	int64_t batches = 0, committed = 0;

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();

	if (pid == 0)
		load(f, fds[1]);
	close(fds[1]);
	usleep(delay_us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(fds[0], &batches, sizeof(batches)) == sizeof(batches))
		committed = batches;
	close(fds[0]);
	return committed;
}

static void survives_being_killed(void **state)
{
	struct fixture *f = *state;

	srand(1);
	for (int i = 0; i < 15; i++) {
		/* the first ones hit the creation of the file */
		useconds_t delay_us = i < 8 ? (useconds_t)(rand() % 8000) : (useconds_t)(rand() % 300000);

		snprintf(f->path, sizeof(f->path), "%s/killed%d.db", f->dir, i);
		int64_t committed = kill_after(f, delay_us);

		fixture_open(f);
		expect(f->path, "PRAGMA integrity_check", "ok\n");
		int64_t rows = ask_int(f->path, "SELECT count(*) FROM samples");

		assert_true(rows == committed * 100 || rows == (committed + 1) * 100);
		fixture_maintain(f, T0 + rows * SECOND + 2 * HOUR, false);
		assert_int_equal(ask_int(f->path, "SELECT coalesce(sum(n), 0) FROM samples_hourly"), rows);
		fixture_close(f);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(refuses_what_is_no_history),
		TEST(leaves_a_newer_file_as_it_is),
		TEST(one_process_at_a_time),
		TEST(deleted_under_the_program),
		TEST(files_are_for_owner_and_group),
		TEST(the_group_reads_without_writing),
		TEST(a_folder_without_rights),
		TEST(survives_being_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Damaged histories: what is set aside under which name, what goes on in the new file, and what is left alone because it
 * may be somebody else's. The damage is done to real files, closed and in use. */
#include "io/writer.h"
#include "store_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, LAST_SEQ = 700, SAMPLES_MADE = 20000 };
#define NAME "history.db.corrupt-20260105T000000Z"

static int count_aside(struct fixture *f)
{
	DIR *dir = opendir(f->dir);
	int n = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name);

		n += strstr(entry->d_name, ".corrupt-") != NULL && entry->d_name[len - 1] == 'Z';
	}
	closedir(dir);
	return n;
}

static void make_history(struct fixture *f)
{
	fixture_open(f);
	for (int64_t batch = 0; batch < 10; batch++) {
		struct record records[SAMPLES_MADE / 10 + LAST_SEQ / 10];
		size_t n = 0;

		for (int64_t i = batch * SAMPLES_MADE / 10; i < (batch + 1) * SAMPLES_MADE / 10; i++)
			records[n++] = sample_of((uint32_t)(i % SIGNALS), T0 + i * SECOND, (double)i, QUALITY_GOOD);
		for (int64_t i = batch * LAST_SEQ / 10; i < (batch + 1) * LAST_SEQ / 10; i++)
			records[n++] = setpoint_of((uint32_t)(i % LOOPS), T0 + i * SECOND, i + 1);
		fixture_append(f, records, n);
	}
	fixture_maintain(f, T0 + 3 * HOUR, false);
	fixture_close(f);
}

static int64_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void overwrite(const char *path, int64_t at, int64_t len, int byte)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0640);

	assert_true(fd >= 0);
	for (int64_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)(byte >= 0 ? byte : rand());

		assert_int_equal(pwrite(fd, &c, 1, at + i), 1);
	}
	close(fd);
}

/* A leaf of the samples: the first page of that kind behind the middle. */
static int64_t leaf_page(const char *path)
{
	return ask_int(
	    path, "SELECT pageno FROM dbstat WHERE name = 'sample_cold' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 20");
}

static void damage_header(const char *path)
{
	overwrite(path, 0, 100, -1);
}

static void damage_first_page(const char *path)
{
	overwrite(path, 0, PAGE, -1);
}

static void damage_middle(const char *path)
{
	overwrite(path, (leaf_page(path) - 1) * PAGE, PAGE, -1);
}

static void damage_half(const char *path)
{
	assert_int_equal(truncate(path, size_of(path) / 2), 0);
}

static void damage_half_a_page(const char *path)
{
	assert_int_equal(truncate(path, size_of(path) - 3 * PAGE - 700), 0);
}

static void damage_zeros(const char *path)
{
	overwrite(path, 0, size_of(path), 0);
}

static void damage_all(const char *path)
{
	overwrite(path, 0, size_of(path), -1);
}

static const struct damage {
	const char *name;
	void (*make)(const char *path);
	bool counts_go_on; /* the setpoints can be read for certain */
} damages[] = {
    {"header overwritten", damage_header, false},
    {"first page overwritten", damage_first_page, false},
    {"page in the middle overwritten", damage_middle, true},
    {"cut to half", damage_half, false},
    {"end cut off", damage_half_a_page, false},
    {"zeros", damage_zeros, false},
    {"garbage", damage_all, false},
};

/* The new history works, says what happened, and the old one is whole beside it. */
static void check_new(struct fixture *f, const struct damage *damage, const char *before, size_t before_len)
{
	char aside[PATH_SIZE + 64];
	int64_t seq, ts_us;
	size_t len;
	struct err e = {""};

	assert_int_equal(count_aside(f), 1);
	snprintf(aside, sizeof(aside), "%s/" NAME, f->dir);
	char *after = slurp(aside, &len);

	assert_int_equal(len, before_len);
	assert_memory_equal(after, before, len);
	free(after);
	expect(f->path, "SELECT severity, code, ts_us, message LIKE '%" NAME "%' FROM events",
	       "error|history_corrupt|1767571200000000|1\n");
	assert_non_null(store_aside(f->store));
	assert_int_equal(store_last_setpoint(f->store, 1, &seq, &ts_us, &e), STORE_OK);
	print_message("%s: seq goes on from %d\n", damage->name, (int)seq);
	assert_true(seq == 0 || (seq == LAST_SEQ && ts_us == T0 + (LAST_SEQ - 1) * SECOND));
	assert_true(!damage->counts_go_on || seq == LAST_SEQ);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 0);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_maintain(f, T0 + 4 * HOUR, false);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
}

static void damaged_files_are_set_aside(void **state)
{
	struct fixture *f = *state;
	char dir[sizeof(f->dir)];

	memcpy(dir, f->dir, sizeof(dir));
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		size_t len;

		snprintf(f->dir, sizeof(f->dir), "%.200s/%zu", dir, i);
		assert_int_equal(mkdir(f->dir, 0750), 0);
		snprintf(f->path, sizeof(f->path), "%s/history.db", f->dir);
		make_history(f);
		damages[i].make(f->path);
		char *before = slurp(f->path, &len);

		fixture_open(f);
		check_new(f, &damages[i], before, len);
		fixture_close(f);
		free(before);
		/* and only once */
		fixture_open(f);
		assert_null(store_aside(f->store));
		assert_int_equal(count_aside(f), 1);
		fixture_close(f);
	}
	memcpy(f->dir, dir, sizeof(dir));
}

/* As after kill -9: most of it is in the log, which is damaged or goes along. */
static void make_unfinished(struct fixture *f, char *dir)
{
	char command[8 * PATH_SIZE];

	fixture_open(f);
	for (int i = 0; i < 50; i++) {
		struct record records[] = {sample_of(0, T0 + i, i, QUALITY_GOOD), setpoint_of(0, T0 + i, i + 1)};

		fixture_append(f, records, 2);
	}
	snprintf(dir, PATH_SIZE, "%s/left", f->dir);
	snprintf(command, sizeof(command), "mkdir '%s' && cp '%s' '%s-wal' '%s-shm' '%s.lock' '%s'", dir, f->path, f->path,
	         f->path, f->path, dir);
	assert_int_equal(system(command), 0);
	fixture_close(f);
	snprintf(f->path, sizeof(f->path), "%.200s/history.db", dir);
}

/* SQLite takes a log that is none for the rest of an older one: what was in the file is kept. */
static void a_log_of_garbage(void **state)
{
	struct fixture *f = *state;
	char dir[PATH_SIZE], wal[PATH_SIZE + 8];

	make_unfinished(f, dir);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	overwrite(wal, 0, size_of(wal), -1);
	fixture_open(f);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 1);
}

static void a_log_cut_short_loses_its_end_only(void **state)
{
	struct fixture *f = *state;
	char dir[PATH_SIZE], wal[PATH_SIZE + 8];

	make_unfinished(f, dir);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(truncate(wal, size_of(wal) * 3 / 4), 0);
	fixture_open(f);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	assert_null(store_aside(f->store));
	int64_t seq = ask_int(f->path, "SELECT max(seq) FROM setpoints");

	assert_in_range(seq, 1, 49);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), seq);
}

static void the_log_goes_along(void **state)
{
	struct fixture *f = *state;
	char dir[PATH_SIZE], wal[PATH_SIZE + 8], aside[PATH_SIZE + 64];
	size_t len[2];

	make_unfinished(f, dir);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	overwrite(f->path, 0, PAGE, 0);
	/* the first page is in the log as well, if it was ever changed: the header of the log goes too */
	overwrite(wal, 8, 4, 0);
	char *before = slurp(wal, &len[0]);

	fixture_open(f);
	assert_non_null(store_aside(f->store));
	snprintf(aside, sizeof(aside), "%.200s/" NAME "-wal", dir);
	char *after = slurp(aside, &len[1]);

	assert_int_equal(len[0], len[1]);
	assert_memory_equal(before, after, len[0]);
	free(before);
	free(after);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
}

/* ---- what is left alone ------------------------------------------------------------------ */

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* Refused each time, with those words, and not a byte changed. */
static void is_left(struct fixture *f, enum store_status status, const char *words)
{
	size_t len[2];
	char *before = slurp(f->path, &len[0]), *after;
	struct err e = {""};

	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_open(&f->store, f->path, &f->config, T0, &e), status);
		if (!strstr(e.text, words))
			fail_msg("\"%s\" does not say \"%s\"", e.text, words);
	}
	after = slurp(f->path, &len[1]);
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(before, after, len[0]);
	assert_int_equal(count_aside(f), 0);
	free(before);
	free(after);
	unlink(f->path);
}

#define FILLED                                                                                                     \
	"CREATE TABLE theirs (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) " \
	"INSERT INTO theirs SELECT randomblob(50) FROM n"

static void what_is_not_ours_is_left(void **state)
{
	struct fixture *f = *state;

	overwrite(f->path, 0, 9000, 'x');
	is_left(f, STORE_FAILED, "not a database");
	run_sql(f->path, FILLED);
	is_left(f, STORE_FAILED, "of another program");
	run_sql(f->path, FILLED);
	damage_half(f->path);
	is_left(f, STORE_FAILED, "malformed");
	run_sql(f->path, "PRAGMA application_id = 77; " FILLED);
	damage_half(f->path);
	is_left(f, STORE_FAILED, "malformed");
}

static void not_even_where_a_history_was(void **state)
{
	struct fixture *f = *state;

	make_history(f);
	unlink(f->path);
	run_sql(f->path, FILLED);
	is_left(f, STORE_FAILED, "of another program");
	run_sql(f->path, FILLED);
	damage_half(f->path);
	is_left(f, STORE_FAILED, "malformed");
}

static void a_newer_one_is_left_though_damaged(void **state)
{
	struct fixture *f = *state;

	make_history(f);
	run_sql(f->path, "PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)");
	damage_half(f->path);
	is_left(f, STORE_NEWER, "newer version");
}

/* ---- in use ------------------------------------------------------------------------------ */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* On another connection, so that the writer has to read the file again. */
static void spoil(struct fixture *f)
{
	int64_t pages = ask_int(f->path, "PRAGMA page_count");

	run_sql(f->path, "PRAGMA wal_checkpoint(TRUNCATE); UPDATE progress SET ts_us = ts_us; PRAGMA wal_checkpoint(TRUNCATE)");
	overwrite(f->path, PAGE, (pages - 1) * PAGE, -1);
}

static void damaged_while_in_use(void **state)
{
	struct fixture *f = *state;
	struct writer_options options = {.path = f->path, .config = &f->config, .version = "1.0"};
	struct writer_health health = {.degraded = true};
	struct err e;

	make_history(f);
	assert_int_equal(store_open(&options.store, f->path, &f->config, T0, &e), STORE_OK);
	struct writer *w = writer_start(&options, &e);
	struct record r = setpoint_of(0, T0 + DAY, LAST_SEQ + 1);

	assert_non_null(w);
	assert_true(writer_put(w, &r));
	for (double end = seconds() + 10; seconds() < end && ask_int(f->path, "SELECT max(seq) FROM setpoints") <= LAST_SEQ;)
		usleep(10000);
	spoil(f);
	for (int64_t i = 2; i < 100; i++) {
		r = setpoint_of(0, T0 + DAY + i, LAST_SEQ + i);
		assert_true(writer_put(w, &r));
	}
	for (double end = seconds() + 10; seconds() < end && (count_aside(f) == 0 || health.degraded); usleep(10000))
		writer_health(w, &health);
	assert_int_equal(count_aside(f), 1);
	assert_false(health.degraded);
	assert_int_equal(health.lost_rows, 0);
	assert_true(writer_stop(w, 5000));
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	expect(f->path, "SELECT severity, code FROM events", "error|history_corrupt\n");
	/* none of those that waited is lost */
	assert_int_equal(ask_int(f->path, "SELECT count(DISTINCT seq) FROM setpoints WHERE seq > 701"), 98);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs WHERE ended IS NOT NULL"), 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(damaged_files_are_set_aside),        TEST(a_log_of_garbage),
	    TEST(a_log_cut_short_loses_its_end_only), TEST(the_log_goes_along),
	    TEST(what_is_not_ours_is_left),           TEST(not_even_where_a_history_was),
	    TEST(a_newer_one_is_left_though_damaged), TEST(damaged_while_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

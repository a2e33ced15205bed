/* Migrations, with one of the tests' own behind those of the project: every older file becomes a new one with all that is in
 * it, and kill -9 or a power loss in the middle leaves the old file or the new one. LORENZ_TEST_SEED repeats a run. */
#include "fault_vfs.h"
#include "io/store_schema.h"
#include "store_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned seed;

static bool is_long(void)
{
	const char *value = getenv("LORENZ_TEST_LONG");

	return value && *value;
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	char *error = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
	sqlite3_close(db);
}

static void step(const char *path, int to)
{
	char stamp[128];

	run_sql(path, store_schema[to - 1]);
	snprintf(stamp, sizeof(stamp), "PRAGMA application_id = 0x4c5a4844; PRAGMA user_version = %d", to);
	run_sql(path, stamp);
}

/* A history as the program of that time has left it, filled when it was new. */
static void make_old(const char *path, int version, int samples)
{
	char sql[1024];

	run_sql(path, "PRAGMA journal_mode = WAL");
	step(path, 1);
	snprintf(
	    sql, sizeof(sql),
	    "BEGIN; INSERT INTO signal VALUES (1, 'market.electricity.price', 'EUR/MWh', 0, 1), (2, 'gone', 'kW', 0, 0);"
	    "INSERT INTO loop VALUES (1, 'a'), (2, 'gone');"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	    "INSERT INTO sample_cold SELECT 1 + i %% 2, %lld + i * 1000000, i / 7.0, 2 FROM n ORDER BY 1, 2;"
	    "INSERT INTO sample_hour VALUES (1, %lld, 3, 1, 2, 3, 3);"
	    "INSERT INTO event (ts_us, loop, severity, code, message) VALUES (%lld, 2, 'info', 'test', 'old');"
	    "INSERT INTO setpoint VALUES (1, %lld, 99.5, 99.5, 1, 100, 30, 3.3, 'cost', 'auto', 2, 'optimum', NULL, NULL, 4711);"
	    "UPDATE progress SET ts_us = %lld; COMMIT",
	    samples, (long long)(T0 - 90 * DAY), (long long)(T0 - DAY), (long long)T0, (long long)T0, (long long)T0);
	run_sql(path, sql);
	for (int to = 2; to <= version; to++)
		step(path, to);
}

static const char contents_sql[] =
    "SELECT (SELECT count(*) || ' ' || total(ts_us) || ' ' || total(value) || ' ' || max(signal) FROM samples),"
    "(SELECT count(*) || ' ' || max(mean) FROM samples_hourly), (SELECT count(*) || max(message) || max(loop) FROM events),"
    "(SELECT count(*) || ' ' || max(seq) || max(loop) || max(t_sink_out_c) FROM setpoints), (SELECT max(ts_us) FROM progress)";

static void every_old_file_is_migrated_whole(void **state)
{
	struct fixture *f = *state;

	assert_true(store_schema_version >= 2);
	for (int version = 1; version <= store_schema_version; version++) {
		int64_t seq, ts_us;
		struct err e;

		snprintf(f->path, sizeof(f->path), "%s/%d.db", f->dir, version);
		make_old(f->path, version, 5000);
		char *before = ask(f->path, contents_sql);

		fixture_open(f);
		expect(f->path, contents_sql, before);
		free(before);
		assert_int_equal(ask_int(f->path, "PRAGMA user_version"), store_schema_version);
		assert_int_equal(ask_int(f->path, "SELECT count(*) FROM sample_cold WHERE source = 7"), 5000);
		assert_int_equal(store_last_setpoint(f->store, 0, &seq, &ts_us, &e), STORE_OK);
		assert_int_equal(seq, 4711);
		fixture_sample(f, 0, T0 + HOUR, 1, QUALITY_GOOD);
		fixture_maintain(f, T0 + 3 * HOUR, false);
		assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 5001);
		fixture_close(f);
	}
}

/* Old or new, and all there; then it opens. True: new. */
static bool old_or_new(struct fixture *f, const char *before)
{
	bool is_new = ask_int(f->path, "PRAGMA user_version") == store_schema_version;

	assert_true(is_new || ask_int(f->path, "PRAGMA user_version") == store_schema_version - 1);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM pragma_table_info('sample_cold') WHERE name = 'source'"), is_new);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM sqlite_master WHERE name = 'moving'"), 0);
	expect(f->path, contents_sql, before);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	return is_new;
}

static void copy_template(struct fixture *f, const char *template, int i)
{
	char command[3 * PATH_SIZE];

	snprintf(f->path, sizeof(f->path), "%s/copy%d.db", f->dir, i);
	snprintf(command, sizeof(command), "cp '%s' '%s'", template, f->path);
	assert_int_equal(system(command), 0);
}

static void drop_copy(struct fixture *f)
{
	char command[2 * PATH_SIZE];

	snprintf(command, sizeof(command), "rm -f '%s'*", f->path);
	assert_int_equal(system(command), 0);
}

/* In a child, which is killed after so long. */
static void open_and_kill(struct fixture *f, useconds_t after_us)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct err e;

		_exit(store_open(&f->store, f->path, &f->config, T0, &e) == STORE_OK ? 0 : 1);
	}
	usleep(after_us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

/* How long a whole one takes, in us, with a little more. */
static useconds_t whole_us(struct fixture *f, const char *template)
{
	struct timespec begin, end;

	copy_template(f, template, -1);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	fixture_open(f);
	clock_gettime(CLOCK_MONOTONIC, &end);
	fixture_close(f);
	drop_copy(f);
	return (useconds_t)((end.tv_sec - begin.tv_sec) * 1100000 + (end.tv_nsec - begin.tv_nsec) / 900);
}

static void killed_in_the_middle(void **state)
{
	struct fixture *f = *state;
	int kills = is_long() ? 50 : 8, n_new = 0;
	char template[PATH_SIZE];

	memcpy(template, f->path, sizeof(template));
	make_old(template, store_schema_version - 1, is_long() ? 500000 : 30000);
	char *before = ask(template, contents_sql);
	useconds_t longest_us = whole_us(f, template);

	for (int i = 0; i < kills; i++) {
		copy_template(f, template, i);
		open_and_kill(f, (useconds_t)((unsigned)rand_r(&seed) % longest_us));
		n_new += old_or_new(f, before);
		fixture_open(f);
		assert_null(store_aside(f->store));
		assert_true(old_or_new(f, before));
		fixture_close(f);
		drop_copy(f);
	}
	print_message("%d kills within %.2f s, %d of them left the new file\n", kills, (double)longest_us * 1e-6, n_new);
	free(before);
}

static void power_lost_in_the_middle(void **state)
{
	struct fixture *f = *state;
	int cuts = is_long() ? 200 : 12, n_new = 0, n_cut = 0;
	char template[PATH_SIZE];
	struct err e;

	memcpy(template, f->path, sizeof(template));
	make_old(template, store_schema_version - 1, 3000);
	char *before = ask(template, contents_sql);

	for (int i = 0; i < cuts; i++) {
		copy_template(f, template, i);
		fault_vfs_cut(1 + rand_r(&seed) % 170);
		if (store_open(&f->store, f->path, &f->config, T0, &e) == STORE_OK)
			fixture_close(f);
		n_cut += fault_vfs_fired();
		fault_vfs_heal(&seed);
		n_new += old_or_new(f, before);
		fixture_open(f);
		assert_null(store_aside(f->store));
		assert_true(old_or_new(f, before));
		fixture_close(f);
		drop_copy(f);
	}
	print_message("%d of %d opens cut off, %d left the new file\n", n_cut, cuts, n_new);
	free(before);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(every_old_file_is_migrated_whole),
	    TEST(killed_in_the_middle),
	    TEST(power_lost_in_the_middle),
	};
	const char *given = getenv("LORENZ_TEST_SEED");

	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	print_message("seed %u\n", seed);
	fault_vfs_install();
	fixture_in_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

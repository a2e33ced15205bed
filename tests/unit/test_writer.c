/* The writer thread: how soon rows are on the disk, what it says and does when it cannot write, what gives way when the
 * queue is full, and that a stop loses nothing. */
#include "io/writer.h"
#include "io/writer_queue.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int64_t utc_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static struct writer *start_with(struct fixture *f, struct writer_options options)
{
	struct err e;

	options.path = f->path;
	options.config = &f->config;
	options.version = "1.0";
	if (store_open(&options.store, f->path, &f->config, utc_us(), &e) != STORE_OK)
		options.failure = "the folder is not there";
	struct writer *w = writer_start(&options, &e);

	assert_non_null(w);
	return w;
}

static struct writer *start(struct fixture *f, size_t queue_bytes)
{
	return start_with(f, (struct writer_options){.queue_bytes = queue_bytes});
}

/* Waits for the health to be that, as the loop does; false after five seconds. */
static bool becomes(struct writer *w, bool degraded, struct writer_health *health)
{
	for (double end = seconds() + 5 * slow_factor(); seconds() < end;) {
		struct pollfd fd = {.fd = writer_eventfd(w), .events = POLLIN};

		writer_health(w, health);
		if (health->degraded == degraded)
			return true;
		poll(&fd, 1, 1000);
	}
	return false;
}

static bool appears(struct fixture *f, const char *sql, int64_t n, double timeout_s)
{
	for (double end = seconds() + timeout_s * slow_factor(); seconds() < end; usleep(5000)) {
		if (ask_int(f->path, sql) == n)
			return true;
	}
	return false;
}

/* A connection that keeps everybody from writing. */
static sqlite3 *hold(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void a_setpoint_is_there_within_a_second(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	struct writer_health health;

	for (int i = 0; i < 3; i++) {
		struct record r = setpoint_of(0, T0 + i, i);
		double begin = seconds();

		assert_true(writer_put(w, &r));
		assert_true(appears(f, "SELECT count(*) FROM setpoints", i + 1, 1));
		assert_true(i == 0 || seconds() - begin > 0.3);
	}
	writer_health(w, &health);
	assert_false(health.degraded);
	assert_true(writer_stop(w, 5000));
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs WHERE started <= ended AND version = '1.0'"), 1);
}

static void ten_thousand_rows_do_not_wait(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	double begin = seconds();

	for (int i = 0; i < 10000; i++) {
		struct record r = sample_of(0, T0 + i, i, QUALITY_GOOD);

		assert_true(writer_put(w, &r));
	}
	double put = seconds();

	assert_true(appears(f, "SELECT count(*) FROM samples", 10000, 5));
	print_message("put %.0f ns a row, on the disk %.0f ms later\n", (put - begin) * 1e5, (seconds() - put) * 1e3);
	assert_true(writer_stop(w, 5000));
}

static int64_t log_bytes(struct fixture *f)
{
	char *path;
	struct stat st = {.st_size = 0};

	assert_true(asprintf(&path, "%s-wal", f->path) > 0);
	stat(path, &st);
	free(path);
	return st.st_size;
}

/* A connection that holds on to what it has seen. */
static sqlite3 *snapshot(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM samples", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

/* Setpoints go on while the log is too big for samples; when the reader leaves, all does, and the gap is told. */
static void a_reader_does_not_fill_the_disk(void **state)
{
	enum { LIMIT = 1 << 20, ROUNDS = 60, SAMPLES = 1000 };
	struct fixture *f = *state;
	struct writer *w = start_with(f, (struct writer_options){.log_bytes = LIMIT});
	struct writer_health health;
	struct record first = setpoint_of(0, T0, 1);
	int64_t biggest = 0, ts_us = T0;

	assert_true(writer_put(w, &first));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 5));
	sqlite3 *reader = snapshot(f->path);

	for (int round = 0; round < ROUNDS; round++) {
		struct record setpoint = setpoint_of(0, ++ts_us, round + 2);

		for (int i = 0; i < SAMPLES; i++) {
			struct record r = sample_of((uint32_t)(i % SIGNALS), ++ts_us, i, QUALITY_GOOD);

			assert_true(writer_put(w, &r));
		}
		assert_true(writer_put(w, &setpoint));
		usleep(20000);
		biggest = log_bytes(f) > biggest ? log_bytes(f) : biggest;
	}
	assert_true(becomes(w, true, &health));
	assert_non_null(strstr(health.reason, "reader"));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", ROUNDS + 1, 5));
	assert_true(ask_int(f->path, "SELECT count(*) FROM samples") < ROUNDS * SAMPLES);
	print_message("log at most %.1f MiB\n", (double)biggest / (1 << 20));
	assert_true(biggest < 2 * LIMIT);

	sqlite3_close(reader);
	assert_true(appears(f, "SELECT count(*) FROM events WHERE code = 'history_gap' AND message LIKE '%samples lost%'", 1, 10));
	assert_true(becomes(w, false, &health));
	assert_int_equal(health.lost_rows + (uint64_t)ask_int(f->path, "SELECT count(*) FROM samples"), ROUNDS * SAMPLES);
	struct record late = sample_of(0, ++ts_us, 1, QUALITY_GOOD);

	assert_true(writer_put(w, &late));
	assert_true(appears(f, "SELECT count(*) FROM samples WHERE ts_us = (SELECT max(ts_us) FROM samples) AND value = 1", 1, 5));
	assert_true(writer_stop(w, 5000));
}

static void a_stop_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	int64_t now_us = utc_us();

	for (int i = 0; i < 100000; i++) {
		struct record r = sample_of((uint32_t)(i % SIGNALS), now_us - SECOND + i, i, QUALITY_GOOD);

		assert_true(writer_put(w, &r));
	}
	double begin = seconds();

	assert_true(writer_stop(w, (int)(5000 * slow_factor())));
	print_message("stopped after %.0f ms with 100,000 rows\n", (seconds() - begin) * 1e3);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 100000);
	/* the hour that is not over is rolled up as well */
	assert_int_equal(ask_int(f->path, "SELECT sum(n) FROM samples_hourly"), 100000);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs WHERE ended IS NOT NULL"), 1);
	assert_true(writer_stop(NULL, 0));
}

static void opens_when_the_folder_comes(void **state)
{
	struct fixture *f = *state;
	struct writer_health health;
	struct record r = setpoint_of(0, T0, 1);
	int64_t before_us = utc_us();

	snprintf(f->path, sizeof(f->path), "%s/later/history.db", f->dir);
	struct writer *w = start(f, 0);

	assert_true(becomes(w, true, &health));
	assert_true(strstr(health.reason, "folder") != NULL);
	assert_true(writer_put(w, &r));
	usleep(1200000);
	char folder[PATH_SIZE];

	snprintf(folder, sizeof(folder), "%s/later", f->dir);
	assert_int_equal(mkdir(folder, 0750), 0);
	assert_true(becomes(w, false, &health));
	assert_int_equal(health.lost_rows, 0);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM setpoints"), 1);
	/* the run began when the service did */
	assert_true(ask_int(f->path, "SELECT started_us FROM runs") - before_us < SECOND);
	assert_true(writer_stop(w, 5000));
}

/* The loop is told where the count of a history that opens late stands, once, and nothing of its own rows. */
static void a_late_history_tells_its_last_setpoints(void **state)
{
	struct fixture *f = *state;
	struct writer_health health;
	struct record r = setpoint_of(0, T0 + SECOND, 1), old[] = {setpoint_of(0, T0, 41)};
	char away[PATH_SIZE + 8];

	f->loops[0].pace = (struct pace_config){.ramp_k_s = INFINITY, .min_on_us = SECOND};
	fixture_open(f);
	fixture_append(f, old, 1);
	fixture_close(f);
	snprintf(away, sizeof(away), "%s.away", f->path);
	assert_int_equal(rename(f->path, away), 0);
	assert_int_equal(mkdir(f->path, 0750), 0);
	struct writer *w = start(f, 0);

	assert_true(becomes(w, true, &health));
	assert_null(writer_take_last(w));
	assert_true(writer_put(w, &r));
	/* in one go: the writer would begin a new history in a gap */
	assert_int_equal(renameat2(AT_FDCWD, away, AT_FDCWD, f->path, RENAME_EXCHANGE), 0);
	assert_true(becomes(w, false, &health));
	struct writer_last *last = writer_take_last(w);

	assert_non_null(last);
	assert_int_equal(last->loop[0].seq, 41);
	assert_int_equal(last->loop[0].ts_us, T0);
	assert_true(last->loop[0].past.on && last->loop[0].past.since_us == T0);
	assert_int_equal(last->loop[1].seq, 0);
	free(last);
	assert_null(writer_take_last(w));
	assert_true(writer_stop(w, 5000));
}

static void goes_on_when_the_lock_is_gone(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	struct writer_health health;
	struct record r = setpoint_of(1, T0, 1);

	assert_true(writer_put(w, &r));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 1));
	sqlite3 *db = hold(f->path);

	r = setpoint_of(1, T0 + 1, 2);
	assert_true(writer_put(w, &r));
	assert_true(becomes(w, true, &health));
	assert_true(strstr(health.reason, "locked") != NULL);
	sqlite3_close(db);
	assert_true(becomes(w, false, &health));
	assert_string_equal(health.reason, "");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM setpoints"), 2);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM events"), 0);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs"), 1);
	assert_true(writer_stop(w, 5000));
}

/* Puts such rows until one is refused; how many were taken. */
static int64_t fill(struct writer *w, struct record r)
{
	int64_t n = 0;

	for (; n < 100000; n++) {
		r.ts_us++;
		if (r.kind == RECORD_SETPOINT)
			r.setpoint.ts_us = r.ts_us;
		if (!writer_put(w, &r))
			return n;
	}
	fail_msg("the queue has no end");
	return n;
}

static void samples_give_way_first(void **state)
{
	enum { QUEUE = 256 << 10 };
	struct fixture *f = *state;
	struct writer *w = start(f, QUEUE);
	struct record sample = sample_of(0, T0, 1, QUALITY_GOOD), point = {.kind = RECORD_POINT, .ts_us = T0 + SECOND};
	struct record first = setpoint_of(0, T0, 0);
	struct writer_health health;

	assert_true(writer_put(w, &first));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 2));
	sqlite3 *db = hold(f->path);
	int64_t samples = fill(w, sample), points = fill(w, point);

	assert_false(writer_put(w, &sample));
	int64_t setpoints = fill(w, setpoint_of(0, T0 + 2 * SECOND, 1));

	assert_false(writer_put(w, &point));
	assert_in_range(samples * (int64_t)record_size(&sample), QUEUE * 55 / 100, QUEUE * 60 / 100);
	assert_in_range(points * (int64_t)record_size(&point), QUEUE * 18 / 100, QUEUE * 20 / 100);
	assert_in_range(setpoints * (int64_t)record_size(&first), QUEUE * 18 / 100, QUEUE * 20 / 100);
	assert_true(becomes(w, true, &health));
	sqlite3_close(db);
	assert_true(becomes(w, false, &health));
	assert_int_equal(health.lost_rows, 5);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), samples);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM operating_points"), points);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM setpoints"), setpoints + 1);
	expect(f->path, "SELECT loop, severity, code, substr(message, 1, 40) FROM events",
	       "null|warning|history_gap|2 samples, 2 points, 1 setpoints lost, s\n");
	assert_true(writer_stop(w, 5000));
}

static void a_deleted_file_is_made_anew(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	struct writer_health health;
	struct record r = setpoint_of(0, T0, 1);

	assert_true(writer_put(w, &r));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 1));
	assert_int_equal(unlink(f->path), 0);
	r = setpoint_of(0, T0 + 1, 2);
	assert_true(writer_put(w, &r));
	assert_true(becomes(w, true, &health));
	assert_true(strstr(health.reason, "deleted") != NULL);
	assert_true(becomes(w, false, &health));
	expect(f->path, "SELECT seq FROM setpoints", "2\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs"), 1);
	assert_true(writer_stop(w, 5000));
}

static void a_stop_does_not_wait_for_a_lock(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f, 0);
	struct record r = setpoint_of(0, T0, 1);
	double begin;

	assert_true(writer_put(w, &r));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 1));
	sqlite3 *db = hold(f->path);

	r = setpoint_of(0, T0 + 1, 2);
	assert_true(writer_put(w, &r));
	begin = seconds();
	assert_true(writer_stop(w, 3000));
	assert_true(seconds() - begin < 3);
	sqlite3_close(db);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM setpoints"), 1);
}

static void write_file(const char *path, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	char block[4096] = "";

	for (size_t i = 0; i < size && write(fd, block, sizeof(block)) > 0; i += sizeof(block))
		continue;
	close(fd);
}

static void a_full_disk_is_told_and_survived(void **state)
{
	struct fixture *f = *state;
	struct writer_health health;
	char disk[PATH_SIZE], ballast[PATH_SIZE];

	snprintf(disk, sizeof(disk), "%s/disk", f->dir);
	snprintf(f->path, sizeof(f->path), "%s/disk/history.db", f->dir);
	snprintf(ballast, sizeof(ballast), "%s/disk/ballast", f->dir);
	assert_int_equal(mkdir(disk, 0750), 0);
	if (mount("tmpfs", disk, "tmpfs", 0, "size=8m") != 0) {
		print_message("cannot mount a small disk here\n");
		skip();
	}
	struct writer *w = start(f, 0);
	struct record r = setpoint_of(0, T0, 1);

	assert_true(writer_put(w, &r));
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 1));
	write_file(ballast, 16 << 20);
	for (int i = 0; i < 20000; i++) {
		r = sample_of(0, T0 + i, i, QUALITY_GOOD);
		assert_true(writer_put(w, &r));
	}
	assert_true(becomes(w, true, &health));
	assert_true(strstr(health.reason, "full") != NULL || strstr(health.reason, "No space") != NULL);
	print_message("%s\n", health.reason);
	assert_int_equal(unlink(ballast), 0);
	assert_true(becomes(w, false, &health));
	assert_int_equal(health.lost_rows, 0);
	assert_true(writer_stop(w, 5000));
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 20000);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	assert_int_equal(umount(disk), 0);
}

static void memory_goes_back_after_a_burst(void **state)
{
	struct queue_chain taken = {0};
	struct queue queue;
	struct record r = sample_of(0, T0, 1, QUALITY_GOOD), back;
	size_t chunks = 0, rows = 0, at;

	(void)state;
	queue_init(&queue, 0);
	for (; queue_put(&queue, &r); rows++)
		r.ts_us++;
	assert_in_range(rows * record_size(&r), 9 << 20, 10 << 20);
	assert_false(queue_is_easy(&queue));
	queue_take(&queue, &taken);
	assert_int_equal(queue.rows, 0);
	for (int64_t expected = T0; taken.first; chunks++) {
		for (at = 0; chunk_next(taken.first, &at, &back); expected++)
			assert_true(back.ts_us == expected);
		queue_free_first(&queue, &taken);
	}
	assert_in_range(chunks, 38, 42);
	assert_int_equal(queue.used_bytes, 0);
	assert_null(queue.chain.first);
	assert_int_equal(queue.lost_total, 1);
	queue_done(&queue, &taken);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_setpoint_is_there_within_a_second),
		TEST(ten_thousand_rows_do_not_wait),
		TEST(a_stop_loses_nothing),
		TEST(a_reader_does_not_fill_the_disk),
		TEST(opens_when_the_folder_comes),
		TEST(a_late_history_tells_its_last_setpoints),
		TEST(goes_on_when_the_lock_is_gone),
		TEST(samples_give_way_first),
		TEST(a_deleted_file_is_made_anew),
		TEST(a_stop_does_not_wait_for_a_lock),
		TEST(a_full_disk_is_told_and_survived),
		TEST(memory_goes_back_after_a_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

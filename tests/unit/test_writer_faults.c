/* The writer while its disk or its memory fails for a while: health says so and says when it is over, and what was put in
 * the meantime is stored then. And the upkeep of a large history: rows are not kept waiting by what expires. */
#include "fault_vfs.h"
#include "io/writer.h"
#include "store_fixture.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct writer *start(struct fixture *f)
{
	struct writer_options options = {.path = f->path, .config = &f->config, .version = "1.0"};
	struct err e;

	assert_int_equal(store_open(&options.store, f->path, &f->config, T0, &e), STORE_OK);
	struct writer *w = writer_start(&options, &e);

	assert_non_null(w);
	return w;
}

static bool becomes(struct writer *w, bool degraded, struct writer_health *health, double timeout_s)
{
	for (double end = seconds() + timeout_s; seconds() < end;) {
		struct pollfd fd = {.fd = writer_eventfd(w), .events = POLLIN};

		writer_health(w, health);
		if (health->degraded == degraded)
			return true;
		poll(&fd, 1, 100);
	}
	return false;
}

static bool appears(struct fixture *f, const char *sql, int64_t n, double timeout_s)
{
	for (double end = seconds() + timeout_s; seconds() < end; usleep(5000)) {
		if (ask_int(f->path, sql) == n)
			return true;
	}
	return false;
}

static void put_setpoint(struct writer *w, int64_t seq)
{
	struct record r = setpoint_of(0, T0 + seq, seq);

	assert_true(writer_put(w, &r));
}

static void end_fault(void)
{
	unsigned none = 0;

	fault_vfs_heal(&none);
	fault_memory_heal();
}

/* One fault from its beginning to its end. ops 0: no memory. */
static void a_fault_that_lasts(struct fixture *f, unsigned ops, const char *name)
{
	struct writer_health health;
	struct writer *w = start(f);
	int64_t seq = 0;

	put_setpoint(w, ++seq);
	assert_true(appears(f, "SELECT count(*) FROM setpoints", seq, 10));
	if (ops)
		fault_vfs_fail(ops, 1, true);
	else
		fault_memory_fail(1, true);
	put_setpoint(w, ++seq);
	if (!becomes(w, true, &health, 20))
		fail_msg("%s: health does not say so", name);
	print_message("%s: %s\n", name, health.reason);
	assert_true(strstr(health.reason, f->path) != NULL);
	for (int i = 0; i < 100; i++)
		put_setpoint(w, ++seq);
	end_fault();
	if (!becomes(w, false, &health, 20))
		fail_msg("%s: health does not say that it is over: %s", name, health.reason);
	assert_int_equal(health.lost_rows, 0);
	assert_true(appears(f, "SELECT count(*) FROM setpoints", seq, 20));
	assert_true(writer_stop(w, 10000));
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM runs WHERE ended IS NOT NULL"), 1);
}

static void health_says_when_it_fails_and_when_it_works(void **state)
{
	static const enum fault_op ops[] = {OP_SYNC, OP_WRITE, OP_SHM_LOCK};
	struct fixture *f = *state;
	const char *value = getenv("LORENZ_TEST_LONG");
	size_t n = value && *value ? sizeof(ops) / sizeof(ops[0]) : 1;
	char path[PATH_SIZE];

	fault_vfs_spare_me(true);
	memcpy(path, f->path, sizeof(path));
	for (size_t i = 0; i < n; i++) {
		snprintf(f->path, sizeof(f->path), "%.200s%zu", path, i);
		a_fault_that_lasts(f, OPS(ops[i]), fault_op_text[ops[i]]);
	}
	memcpy(f->path, path, sizeof(path));
	a_fault_that_lasts(f, 0, "memory");
}

/* ---- the queue's own memory -------------------------------------------------------------- */

static bool no_memory;

void *__real_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	if (no_memory) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return __real_mmap(at, len, protection, flags, fd, offset);
}

/* Rows are refused and counted as where the queue is full; with memory again the gap is told. */
static void no_memory_for_the_queue(void **state)
{
	struct fixture *f = *state;
	struct writer *w = start(f);
	struct writer_health health;
	struct record r = sample_of(0, T0, 1, QUALITY_GOOD);
	uint64_t lost = 0;
	int64_t put = 0;

	no_memory = true;
	while (lost < 100 && put < 1000000) {
		r.ts_us++;
		if (writer_put(w, &r))
			put++;
		else
			lost++;
	}
	no_memory = false;
	assert_int_equal(lost, 100);
	put_setpoint(w, 1);
	assert_true(
	    appears(f, "SELECT count(*) FROM events WHERE code = 'history_gap' AND message LIKE '%samples lost%'", 1, 20));
	assert_true(becomes(w, false, &health, 20));
	assert_true(health.lost_rows >= lost);
	assert_true(appears(f, "SELECT count(*) FROM setpoints", 1, 10));
	assert_true(writer_stop(w, 10000));
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), put);
}

/* ---- upkeep ------------------------------------------------------------------------------ */

static void in_small_steps(struct fixture *f)
{
	struct err e;
	bool more = true;

	fixture_open(f);
	for (int i = 0; i < 5; i++) {
		int64_t before = ask_int(f->path, "SELECT count(*) FROM sample_cold");

		assert_int_equal(store_maintain(f->store, T0, false, &more, &e), STORE_OK);
		assert_true(more);
		assert_in_range(before - ask_int(f->path, "SELECT count(*) FROM sample_cold"), 1, 20000);
	}
	fixture_close(f);
}

/* Months of samples to delete at once, as after a shorter keep in the configuration: in small steps, between which rows
 * are written. */
static void setpoints_go_on_while_much_expires(void **state)
{
	enum { OLD = 600000, A_TIME = 20000 };
	struct fixture *f = *state;
	struct record *records = malloc(A_TIME * sizeof(*records));
	double slowest = 0;
	int64_t seq = 0;

	assert_non_null(records);
	fixture_open(f);
	for (int64_t i = 0; i < OLD; i += A_TIME) {
		for (int64_t k = 0; k < A_TIME; k++)
			records[k] = sample_of((uint32_t)(k % SIGNALS), T0 - 90 * DAY + (i + k) * SECOND, 1, QUALITY_GOOD);
		fixture_append(f, records, A_TIME);
	}
	free(records);
	fixture_maintain(f, T0, false);
	fixture_close(f);
	f->config.keep_samples_us = DAY;
	in_small_steps(f);
	struct writer *w = start(f);

	do {
		double begin = seconds();

		put_setpoint(w, ++seq);
		assert_true(appears(f, "SELECT count(*) FROM setpoints", seq, 10));
		slowest = seconds() - begin > slowest ? seconds() - begin : slowest;
	} while (ask_int(f->path, "SELECT count(*) FROM sample_cold") > 0 && seq < 200);
	print_message("%d setpoints while %d rows expired, the slowest was stored after %.2f s\n", (int)seq, OLD, slowest);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 0);
	assert_true(slowest < 5);
	assert_true(writer_stop(w, 10000));
}

/* Time goes by, a day after the other: what expires makes room for what comes. */
static void the_size_settles(void **state)
{
	enum { DAYS = 12, SETTLED = 4, EVERY_S = 20 };
	struct fixture *f = *state;
	struct record records[3600 / EVERY_S * (SIGNALS + 1)];
	int64_t pages[DAYS];

	f->config.keep_samples_us = f->config.keep_points_us = DAY;
	f->config.keep_hourly_us = 2 * DAY;
	fixture_open(f);
	for (int64_t hour = 0; hour < 24 * DAYS; hour++) {
		size_t n = 0;

		for (int64_t at_us = T0 + hour * HOUR; at_us < T0 + (hour + 1) * HOUR; at_us += EVERY_S * SECOND) {
			for (uint32_t i = 0; i < SIGNALS; i++)
				records[n++] = sample_of(i, at_us, (double)hour, QUALITY_GOOD);
			records[n++] = setpoint_of(0, at_us, at_us / SECOND);
		}
		fixture_append(f, records, n);
		fixture_maintain(f, T0 + (hour + 1) * HOUR + 60 * SECOND, false);
		if (hour % 24 == 23)
			pages[hour / 24] = ask_int(f->path, "PRAGMA page_count");
	}
	print_message("pages after each day:");
	for (int i = 0; i < DAYS; i++)
		print_message(" %d", (int)pages[i]);
	print_message("\n");
	assert_in_range(pages[DAYS - 1], 1, pages[SETTLED] * 105 / 100);
	/* and not by keeping nothing */
	assert_in_range(ask_int(f->path, "SELECT count(*) FROM samples"), 23 * 3600 / EVERY_S * SIGNALS,
	                26 * 3600 / EVERY_S * SIGNALS);
	assert_in_range(ask_int(f->path, "SELECT count(*) FROM setpoints"), 47 * 3600 / EVERY_S, 50 * 3600 / EVERY_S);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(health_says_when_it_fails_and_when_it_works),
	    TEST(no_memory_for_the_queue),
	    TEST(setpoints_go_on_while_much_expires),
	    TEST(the_size_settles),
	};

	fault_memory_install();
	fault_vfs_install();
	fixture_in_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every operation on the disk and every allocation of SQLite fails in turn, once and for good, while a history is made,
 * filled, looked after, reloaded and closed: nothing crashes, each step says that it failed or has done all, a step that
 * failed can be tried again as soon as the fault is over, and nothing that was committed is lost or there twice. */
#include "fault_vfs.h"
#include "store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 4, BATCH_SAMPLES = 12, TRIES_IN_FAULT = 3 };

struct run {
	struct fixture *f;
	int64_t batch; /* under way */
	bool more;
};

/* ---- steps ------------------------------------------------------------------------------- */

static enum store_status do_open(struct run *run, struct err *e)
{
	return store_open(&run->f->store, run->f->path, &run->f->config, T0, e);
}

static enum store_status do_begin_run(struct run *run, struct err *e)
{
	return store_run_begin(run->f->store, T0, "1.0", e);
}

static enum store_status do_batch(struct run *run, struct err *e)
{
	struct store *store = run->f->store;
	int64_t at_us = T0 + run->batch * HOUR;
	struct record point = {.kind = RECORD_POINT, .ts_us = at_us};
	enum store_status status = store_begin(store, e);

	for (int64_t i = 0; i < BATCH_SAMPLES && status == STORE_OK; i++) {
		struct record r = sample_of((uint32_t)(i % SIGNALS), at_us + i * SECOND, (double)i, QUALITY_GOOD);

		status = store_append(store, &r, e);
	}
	struct record rest[] = {point, setpoint_of(0, at_us, run->batch + 1), event_of(1, at_us, "batch")};

	for (size_t i = 0; i < 3 && status == STORE_OK; i++)
		status = store_append(store, &rest[i], e);
	return status == STORE_OK ? store_commit(store, e) : status;
}

static enum store_status do_maintain(struct run *run, struct err *e)
{
	return store_maintain(run->f->store, T0 + run->batch * HOUR + HOUR / 60, false, &run->more, e);
}

static enum store_status do_reload(struct run *run, struct err *e)
{
	return store_reload(run->f->store, &run->f->config, T0 + HOUR, "1.0", e);
}

static enum store_status do_last(struct run *run, struct err *e)
{
	int64_t seq = -1, ts_us;
	enum store_status status = store_last_setpoint(run->f->store, 0, &seq, &ts_us, e);

	assert_true(status != STORE_OK || seq == run->batch + 1);
	return status;
}

static enum store_status do_end_run(struct run *run, struct err *e)
{
	return store_run_end(run->f->store, T0 + 2 * DAY, e);
}

/* ---- tries ------------------------------------------------------------------------------- */

static void end_fault(void)
{
	unsigned none = 0;

	fault_vfs_heal(&none);
	fault_memory_heal();
}

/* Again until it is done; a fault that lasts ends after some tries. What fails without a fault is not forgiven. */
static void try(struct run *run, enum store_status (*step)(struct run *, struct err *))
{
	for (int tries = 0;; tries++) {
		struct err e = {""};
		enum store_status status = step(run, &e);

		if (status == STORE_OK)
			return;
		assert_int_equal(status, STORE_FAILED);
		assert_true(e.text[0] != '\0');
		if (!fault_vfs_fired() && !fault_memory_fired())
			fail_msg("without a fault: %s", e.text);
		if (tries == TRIES_IN_FAULT)
			end_fault();
		if (tries > TRIES_IN_FAULT)
			fail_msg("after the fault: %s", e.text);
	}
}

static void run_all(struct fixture *f)
{
	struct run run = {.f = f};

	try(&run, do_open);
	try(&run, do_begin_run);
	for (run.batch = 0; run.batch < BATCHES; run.batch++) {
		try(&run, do_batch);
		try(&run, do_last);
		for (run.more = true; run.more;)
			try(&run, do_maintain);
		if (run.batch == 1)
			try(&run, do_reload);
		if (run.batch == 2)
			store_log_reset(f->store);
	}
	try(&run, do_end_run);
	fixture_close(f);
}

static void check_rows(struct fixture *f)
{
	DIR *dir = opendir(f->dir);

	end_fault();
	fixture_open(f);
	fixture_maintain(f, T0 + BATCHES * HOUR + HOUR / 60, false);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	expect(
	    f->path,
	    "SELECT (SELECT count(*) FROM samples), (SELECT count(*) FROM operating_points), "
	    "(SELECT count(*) FROM setpoints), (SELECT count(*) FROM events), (SELECT count(*) FROM samples_hourly WHERE n = 3), "
	    "(SELECT count(*) FROM runs), (SELECT count(*) FROM runs WHERE ended IS NOT NULL)",
	    "48|4|4|4|16|2|2\n");
	fixture_close(f);
	for (struct dirent *entry; (entry = readdir(dir));) {
		char name[2 * PATH_SIZE];

		if (strstr(entry->d_name, ".corrupt-"))
			fail_msg("a fault was taken for damage: %s", entry->d_name);
		snprintf(name, sizeof(name), "%s/%.200s", f->dir, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(name);
	}
	closedir(dir);
}

static bool is_long(void)
{
	const char *value = getenv("LORENZ_TEST_LONG");

	return value && *value;
}

/* One kind of operation after the other from the first one given; the last one is any. */
static void every_operation_fails(struct fixture *f, bool lasts, int first, int last)
{
	for (int op = first; op <= last; op++) {
		int64_t n = 1;
		bool fired = true;

		for (; fired; n += 1 + (is_long() ? 0 : rand() % 4)) {
			fault_vfs_fail(op < OP_COUNT ? OPS(op) : OPS_ALL, n, lasts);
			run_all(f);
			fired = fault_vfs_fired();
			check_rows(f);
		}
		print_message("%s: up to the %dth\n", op < OP_COUNT ? fault_op_text[op] : "any", (int)n - 1);
	}
}

static void an_operation_fails_once(void **state)
{
	every_operation_fails(*state, false, is_long() ? 0 : OP_COUNT, OP_COUNT);
}

static void an_operation_fails_for_good(void **state)
{
	every_operation_fails(*state, true, 0, is_long() ? OP_COUNT : OP_COUNT - 1);
}

/* In short: one in so many. */
static void every_allocation_fails(struct fixture *f, bool lasts)
{
	int64_t n = 1, runs = 0, step = is_long() ? 1 : 131;

	for (bool fired = true; fired; n += 1 + rand() % (int)(2 * step - 1), runs++) {
		fault_memory_fail(n, lasts);
		run_all(f);
		fired = fault_memory_fired();
		check_rows(f);
	}
	print_message("%d of about %d allocations\n", (int)runs, (int)n);
}

static void an_allocation_fails_once(void **state)
{
	every_allocation_fails(*state, false);
}

static void allocations_fail_for_good(void **state)
{
	every_allocation_fails(*state, true);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(an_operation_fails_once),
	    TEST(an_operation_fails_for_good),
	    TEST(an_allocation_fails_once),
	    TEST(allocations_fail_for_good),
	};

	const char *given = getenv("LORENZ_TEST_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

	print_message("seed %u\n", seed);
	srand(seed);
	fault_memory_install();
	fault_vfs_install();
	fixture_in_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Power losses at random moments, while rows come, hours are moved, rolled up and expire, the log is begun anew, the file
 * is made, opened and closed: afterwards the file opens as it is, is whole, and holds all that was committed. What was not
 * synced reaches the disk in part, in any order, torn into sectors. LORENZ_TEST_SEED repeats a run. */
#include "fault_vfs.h"
#include "store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_SAMPLES = 40, CUTS_A_FILE = 25, LOG_PAGES = 30 };
#define STEP   (10 * 60 * SECOND)
#define KEEP   (6 * HOUR)
#define KEEP_2 (2 * DAY)

static unsigned seed;

static int64_t chance(int64_t below)
{
	return rand_r(&seed) % below;
}

/* Batch k is at this time: a setpoint with seq k, samples and points beside it, an event. */
static int64_t batch_us(int64_t k)
{
	return T0 + k * STEP;
}

static enum store_status append_batch(struct store *store, int64_t k, struct err *e)
{
	struct record records[BATCH_SAMPLES + 4], point = {.kind = RECORD_POINT, .ts_us = batch_us(k)};
	enum store_status status = store_begin(store, e);
	size_t n = 0;

	for (; n < BATCH_SAMPLES; n++)
		records[n] = sample_of((uint32_t)(n % SIGNALS), batch_us(k) + (int64_t)n * SECOND, (double)k, QUALITY_GOOD);
	records[n++] = point;
	records[n++] = setpoint_of(0, batch_us(k), k);
	records[n++] = setpoint_of(1, batch_us(k), k);
	records[n++] = event_of(NO_LOOP, batch_us(k), "batch");
	for (size_t i = 0; i < n && status == STORE_OK; i++)
		status = store_append(store, &records[i], e);
	return status == STORE_OK ? store_commit(store, e) : status;
}

/* Works until the power goes. *acked: the newest batch that is committed for certain. */
static void work(struct fixture *f, int64_t *acked)
{
	struct err e;
	bool more = true;

	while (!fault_vfs_fired()) {
		if (!f->store && store_open(&f->store, f->path, &f->config, T0, &e) != STORE_OK)
			break;
		if (append_batch(f->store, *acked + 1, &e) != STORE_OK)
			break;
		++*acked;
		more = true;
		while (more && store_maintain(f->store, batch_us(*acked) + HOUR / 120, false, &more, &e) == STORE_OK)
			continue;
		if (chance(20) == 0)
			store_log_reset(f->store);
		if (chance(40) == 0)
			fixture_close(f);
	}
	assert_true(fault_vfs_fired());
	fixture_close(f);
}

static void none_aside(struct fixture *f)
{
	DIR *dir = opendir(f->dir);

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (strstr(entry->d_name, ".corrupt-"))
			fail_msg("%s", entry->d_name);
	closedir(dir);
}

static int64_t count_from(struct fixture *f, const char *what, int64_t from_us)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s %lld", what, (long long)from_us);
	return ask_int(f->path, sql);
}

/* All rows of the batches that have not expired, each once; the hours that are over rolled up from all of them. */
static void check_rows(struct fixture *f, int64_t last)
{
	int64_t now_us = batch_us(last) + HOUR / 120, first = last * STEP > KEEP ? last - KEEP / STEP + 1 : 1;
	int64_t over_us = (now_us - 30 * SECOND) / HOUR * HOUR, begun_us = T0 + HOUR;

	if (last == 0)
		return;
	fixture_maintain(f, now_us, false);
	assert_int_equal(count_from(f, "samples WHERE ts_us >=", batch_us(first)), (last - first + 1) * BATCH_SAMPLES);
	assert_int_equal(count_from(f, "operating_points WHERE ts_us >=", batch_us(first)), last - first + 1);
	assert_int_equal(count_from(f, "setpoints WHERE loop = 'b' AND ts_us >=", batch_us(first)), last - first + 1);
	assert_int_equal(count_from(f, "events WHERE ts_us >=", batch_us(first)), last - first + 1);
	/* the first hour has no batch 0, and the ones that begin to expire have been rolled up before */
	int64_t from_us = over_us - 30 * HOUR > begun_us ? over_us - 30 * HOUR : begun_us, hours = (over_us - from_us) / HOUR;

	if (hours > 0)
		assert_int_equal(count_from(f, "samples_hourly WHERE n = 60 AND hour_us >=", from_us), hours * SIGNALS);
}

/* The newest batch in the file; it is the last one that was committed, or the one after it. */
static int64_t check_file(struct fixture *f, int64_t acked)
{
	fixture_open(f);
	none_aside(f);
	expect(f->path, "PRAGMA integrity_check", "ok\n");
	int64_t last = ask_int(f->path, "SELECT coalesce(max(seq), 0) FROM setpoints");

	if (last != acked && last != acked + 1)
		fail_msg("committed up to %d, in the file up to %d", (int)acked, (int)last);
	check_rows(f, last);
	if (chance(2))
		fixture_close(f);
	return last;
}

static void new_file(struct fixture *f, int n)
{
	fixture_close(f);
	snprintf(f->path, sizeof(f->path), "%s/%d.db", f->dir, n);
}

static void whole_after_every_cut(void **state)
{
	struct fixture *f = *state;
	const char *long_form = getenv("LORENZ_TEST_LONG"), *given = getenv("LORENZ_TEST_SEED");
	int cuts = long_form && *long_form ? 1000 : 100;
	int64_t last = 0, batches = 0, late = 0;

	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	print_message("seed %u, %d cuts\n", seed, cuts);
	f->config.keep_samples_us = f->config.keep_points_us = KEEP;
	f->config.keep_hourly_us = KEEP_2;
	for (int i = 0; i < cuts; i++) {
		if (i % CUTS_A_FILE == 0) {
			new_file(f, i);
			batches += last;
			last = 0;
		}
		int64_t acked = last;

		fixture_close(f);
		/* into the making and opening of the file, or anywhere */
		fault_vfs_cut(1 + chance(i % CUTS_A_FILE < 5 ? 60 : 1500));
		work(f, &acked);
		fault_vfs_heal(&seed);
		last = check_file(f, acked);
		late += last - acked;
	}
	print_message("%d batches; %d of the batches under way when the power went were there\n", (int)(batches + last),
	              (int)late);
}

/* The log goes into the file often, as it does under more load. */
static int often(sqlite3 *db, const char **error, const struct sqlite3_api_routines *routines)
{
	(void)error;
	(void)routines;
	return sqlite3_wal_autocheckpoint(db, LOG_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(whole_after_every_cut, fixture_setup, fixture_teardown),
	};

	sqlite3_auto_extension((void (*)(void))often);
	fault_vfs_install();
	fixture_in_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

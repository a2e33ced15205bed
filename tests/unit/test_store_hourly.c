/* Roll-up and retention: what an hour says, against its definition written down a second time on a grid of seconds. */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hour_is(struct fixture *f, uint32_t signal, int64_t hour_us, const char *answer)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT n, min, mean, max, last FROM samples_hourly WHERE signal = '%s' AND hour_us = %lld",
		 f->signals[signal].name, (long long)hour_us);
	expect(f->path, sql, answer);
}

static void holds_until_the_next_sample(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0 + HOUR / 2, 10, QUALITY_GOOD);
	fixture_sample(f, 0, T0 + HOUR * 3 / 4, 30, QUALITY_UNCERTAIN);
	fixture_sample(f, 0, T0 + 2 * HOUR + HOUR / 4, -2, QUALITY_GOOD);
	fixture_maintain(f, T0 + 3 * HOUR + 31 * SECOND, false);
	hour_is(f, 0, T0 - HOUR, "");
	hour_is(f, 0, T0, "2|10|20|30|30\n");
	hour_is(f, 0, T0 + HOUR, "0|30|30|30|30\n");
	hour_is(f, 0, T0 + 2 * HOUR, "1|-2|6|30|-2\n");
	hour_is(f, 0, T0 + 3 * HOUR, "");
	expect(f->path, "SELECT hour, unit FROM samples_hourly LIMIT 1", "2026-01-05T00:00:00Z|EUR/MWh\n");
}

static void stale_and_bad_end_the_hold(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 3, T0 + HOUR - 300 * SECOND, 7, QUALITY_GOOD);        /* reaches 300 s into the next hour */
	fixture_sample(f, 3, T0 + HOUR + 600 * SECOND, 5, QUALITY_GOOD);        /* for 300 s, until the bad one */
	fixture_sample(f, 3, T0 + HOUR + 900 * SECOND, 999, QUALITY_BAD);
	fixture_sample(f, 2, T0 + 10 * SECOND, 1, QUALITY_BAD);                 /* only bad: no row */
	fixture_sample(f, 1, T0 + HOUR - 90 * SECOND, 4, QUALITY_GOOD);         /* stale exactly at the hour: nothing left */
	fixture_maintain(f, T0 + 5 * HOUR, false);
	hour_is(f, 3, T0, "1|7|7|7|7\n");
	hour_is(f, 3, T0 + HOUR, "1|5|6|7|5\n");
	hour_is(f, 3, T0 + 2 * HOUR, "");
	hour_is(f, 2, T0, "");
	hour_is(f, 1, T0, "1|4|4|4|4\n");
	hour_is(f, 1, T0 + HOUR, "");
}

static void a_carried_value_replaced_at_once_does_not_count(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0, 100, QUALITY_GOOD);
	fixture_sample(f, 0, T0 + HOUR, 1, QUALITY_GOOD);
	fixture_maintain(f, T0 + 2 * HOUR + 31 * SECOND, false);
	hour_is(f, 0, T0 + HOUR, "1|1|1|1|1\n");
}

static void waits_thirty_seconds(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_maintain(f, T0 + HOUR + 29 * SECOND, false);
	hour_is(f, 0, T0, "");
	fixture_sample(f, 0, T0 + HOUR / 2, 3, QUALITY_GOOD);
	fixture_maintain(f, T0 + HOUR + 30 * SECOND, false);
	hour_is(f, 0, T0, "2|1|2|3|3\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM sample_hot"), 0);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM sample_cold"), 2);
}

static void a_flush_rolls_up_what_there_is_and_is_corrected(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_sample(f, 0, T0 + HOUR / 4, 3, QUALITY_GOOD);
	for (int i = 0; i < 3; i++) {
		fixture_maintain(f, T0 + HOUR / 2, true);
		hour_is(f, 0, T0, "2|1|2|3|3\n");
	}
	fixture_close(f);
	fixture_open(f);
	fixture_sample(f, 0, T0 + HOUR / 2, 5, QUALITY_GOOD);
	fixture_maintain(f, T0 + HOUR * 3 / 4, false);
	hour_is(f, 0, T0, "2|1|2|3|3\n");
	fixture_maintain(f, T0 + HOUR + 30 * SECOND, false);
	hour_is(f, 0, T0, "3|1|3.5|5|5\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 3);
}

static void a_sample_at_the_very_end_of_a_replay(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0 + HOUR / 2, 8, QUALITY_GOOD);
	fixture_maintain(f, T0 + HOUR / 2, true);
	hour_is(f, 0, T0, "1|8|8|8|8\n");
}

static void late_samples_are_followed_as_far_as_they_reach(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_sample(f, 0, T0 + 4 * HOUR + HOUR / 2, 9, QUALITY_GOOD);
	fixture_maintain(f, T0 + 6 * HOUR, false);
	hour_is(f, 0, T0 + 4 * HOUR, "1|1|5|9|9\n");
	fixture_sample(f, 0, T0 + HOUR + HOUR / 2, 3, QUALITY_GOOD);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 3);
	fixture_maintain(f, T0 + 6 * HOUR, false);
	hour_is(f, 0, T0, "1|1|1|1|1\n");
	hour_is(f, 0, T0 + HOUR, "1|1|2|3|3\n");
	hour_is(f, 0, T0 + 3 * HOUR, "0|3|3|3|3\n");
	hour_is(f, 0, T0 + 4 * HOUR, "1|3|6|9|9\n");
	/* a bad one takes the rows behind it away */
	fixture_sample(f, 0, T0 + 2 * HOUR, 0, QUALITY_BAD);
	fixture_maintain(f, T0 + 6 * HOUR, false);
	hour_is(f, 0, T0 + 2 * HOUR, "");
	hour_is(f, 0, T0 + 3 * HOUR, "");
	hour_is(f, 0, T0 + 4 * HOUR, "1|9|9|9|9\n");
	/* the same stamp again: the newest wins, in the samples too */
	fixture_sample(f, 0, T0 + 2 * HOUR, 6, QUALITY_GOOD);
	fixture_maintain(f, T0 + 6 * HOUR, false);
	hour_is(f, 0, T0 + 3 * HOUR, "0|6|6|6|6\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 4);
}

static void a_signal_that_is_gone_is_not_carried_on(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_sample(f, 0, T0, 1, QUALITY_GOOD);
	fixture_close(f);
	f->config.signals = f->signals + 1;
	f->config.n_signals = SIGNALS - 1;
	fixture_open(f);
	fixture_maintain(f, T0 + 10 * HOUR, false);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples_hourly"), 1);
	f->config.signals = f->signals;
	f->config.n_signals = SIGNALS;
}

/* ---- against the definition, second by second ---------------------------------------------- */

enum { HOURS = 14, SECONDS = HOURS * 3600 };

struct grid {
	bool there[SECONDS], good[SECONDS];
	double value[SECONDS];
};
struct hour_row {
	int n;
	double min, mean, max, last;
	bool any;
};

static struct hour_row by_definition(const struct grid *g, int hour, int stale_s)
{
	struct hour_row row = {.min = INFINITY, .max = -INFINITY};
	double sum = 0;
	int weight = 0, newest = -1;

	for (int s = 0; s < (hour + 1) * 3600; s++) {
		if (g->there[s])
			newest = s;
		if (s < hour * 3600)
			continue;
		bool sampled = g->there[s] && g->good[s];
		bool in_force = newest >= 0 && g->good[newest] && (stale_s == 0 || s < newest + stale_s);

		row.n += sampled;
		weight += in_force;
		if (!in_force)
			continue;
		sum += g->value[newest];
		row.min = fmin(row.min, g->value[newest]);
		row.max = fmax(row.max, g->value[newest]);
		row.last = g->value[newest];
		row.any = true;
	}
	row.mean = sum / weight;
	return row;
}

static void compare_hour(sqlite3_stmt *query, const char *signal, int hour, const struct hour_row *expected)
{
	sqlite3_bind_text(query, 1, signal, -1, SQLITE_STATIC);
	sqlite3_bind_int64(query, 2, T0 + hour * HOUR);
	int rc = sqlite3_step(query);

	if ((rc == SQLITE_ROW) != expected->any)
		fail_msg("%s, hour %d: %s", signal, hour, expected->any ? "no row" : "a row too many");
	if (rc == SQLITE_ROW) {
		assert_int_equal(sqlite3_column_int(query, 0), expected->n);
		check_double(sqlite3_column_double(query, 1), expected->min, 0, 0);
		check_double(sqlite3_column_double(query, 2), expected->mean, 1e-12, 1e-12);
		check_double(sqlite3_column_double(query, 3), expected->max, 0, 0);
		check_double(sqlite3_column_double(query, 4), expected->last, 0, 0);
	}
	sqlite3_reset(query);
}

static void compare_all(struct fixture *f, const struct grid *grids)
{
	sqlite3 *db;
	sqlite3_stmt *query;

	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT n, min, mean, max, last FROM samples_hourly WHERE signal = ? AND hour_us = ?",
					    -1, &query, NULL),
			 SQLITE_OK);
	for (int signal = 0; signal < SIGNALS; signal++) {
		for (int hour = 0; hour < HOURS; hour++) {
			struct hour_row row = by_definition(&grids[signal], hour, (int)(f->signals[signal].stale_after_us / SECOND));

			compare_hour(query, f->signals[signal].name, hour, &row);
		}
	}
	sqlite3_finalize(query);
	sqlite3_close(db);
}

/* One sample at a random second: mostly about now, one in five up to six hours late, one in eight bad. */
static void random_sample(struct fixture *f, struct grid *grids, int now_s)
{
	int late = rand() % 5 ? rand() % 60 : rand() % (6 * 3600);
	int s = now_s - late < 0 ? 0 : now_s - late;
	uint32_t signal = (uint32_t)(rand() % SIGNALS);
	bool good = rand() % 8 != 0;
	double value = (rand() % 2001 - 1000) / 7.0;
	struct record r = sample_of(signal, T0 + s * SECOND, value, good ? (rand() % 2 ? QUALITY_GOOD : QUALITY_UNCERTAIN) : QUALITY_BAD);
	struct err e;

	grids[signal].there[s] = true;
	grids[signal].good[s] = good;
	grids[signal].value[s] = value;
	assert_int_equal(store_append(f->store, &r, &e), STORE_OK);
}

/* Bursts and silences, with upkeep, flushes and restarts in between. */
static void random_history(struct fixture *f, struct grid *grids)
{
	struct err e;

	for (int now_s = 0; now_s < SECONDS; now_s += 1 + rand() % (rand() % 6 ? 900 : 9000)) {
		assert_int_equal(store_begin(f->store, &e), STORE_OK);
		for (int i = rand() % 40; i > 0; i--)
			random_sample(f, grids, now_s);
		assert_int_equal(store_commit(f->store, &e), STORE_OK);
		if (rand() % 2)
			fixture_maintain(f, T0 + now_s * SECOND, rand() % 4 == 0);
		if (rand() % 10 == 0) {
			fixture_close(f);
			fixture_open(f);
		}
	}
}

static void random_histories_agree_with_the_definition(void **state)
{
	struct fixture *f = *state;
	struct grid *grids = malloc(SIGNALS * sizeof(*grids));

	assert_non_null(grids);
	for (unsigned seed = 1; seed <= 25; seed++) {
		srand(seed);
		memset(grids, 0, SIGNALS * sizeof(*grids));
		snprintf(f->path, sizeof(f->path), "%s/random%u.db", f->dir, seed);
		fixture_open(f);
		random_history(f, grids);
		fixture_maintain(f, T0 + HOURS * HOUR + 60 * SECOND, false);
		compare_all(f, grids);
		fixture_close(f);
	}
	free(grids);
}

/* ---- retention --------------------------------------------------------------------------- */

static void samples_expire_after_they_are_rolled_up(void **state)
{
	struct fixture *f = *state;

	f->config.keep_samples_us = 2 * HOUR;
	f->config.keep_hourly_us = 10 * DAY;
	fixture_open(f);
	/* all come long after they should have expired, and still have their hours */
	for (int i = 0; i < 100; i++)
		fixture_sample(f, 1, T0 + i * 60 * SECOND, i, QUALITY_GOOD);
	fixture_sample(f, 0, T0, 42, QUALITY_GOOD);
	fixture_maintain(f, T0 + DAY, false);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 0);
	hour_is(f, 1, T0, "60|0|29.5|59|59\n");
	/* in force for ever, though its sample has gone */
	hour_is(f, 0, T0 + 20 * HOUR, "0|42|42|42|42\n");
	fixture_maintain(f, T0 + DAY + 5 * HOUR, false);
	hour_is(f, 0, T0 + DAY + 3 * HOUR, "0|42|42|42|42\n");
	/* a late one does not spoil an hour whose samples have gone */
	fixture_sample(f, 1, T0 + 30 * SECOND, 1000, QUALITY_GOOD);
	fixture_maintain(f, T0 + DAY + 5 * HOUR + 60 * SECOND, false);
	hour_is(f, 1, T0, "60|0|29.5|59|59\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 0);
	fixture_maintain(f, T0 + 10 * DAY + HOUR / 2, false);
	hour_is(f, 1, T0, "");
	hour_is(f, 1, T0 + HOUR, "40|60|79.7407407407|99|99\n");
}

static void the_rest_expires_too_but_for_the_last_setpoint(void **state)
{
	struct fixture *f = *state;
	struct record records[] = {
		setpoint_of(0, T0, 1),
		setpoint_of(0, T0 + HOUR, 2),
		setpoint_of(1, T0 + HOUR, 7),
		event_of(NO_LOOP, T0, "old"),
		event_of(0, T0 + 20 * DAY, "new"),
		{.kind = RECORD_POINT, .ts_us = T0},
		{.kind = RECORD_POINT, .ts_us = T0 + 20 * DAY},
		{.kind = RECORD_TECHNOLOGY, .ts_us = T0, .technology = {"cost", {.technology = "mvr", .rank = 1}}},
		{.kind = RECORD_TECHNOLOGY, .ts_us = T0 + 20 * DAY, .technology = {"cost", {.technology = "mvr", .rank = 1}}},
	};
	int64_t seq, ts_us;
	struct err e;

	f->config.keep_points_us = DAY;
	f->config.keep_hourly_us = 10 * DAY;
	fixture_open(f);
	fixture_append(f, records, sizeof(records) / sizeof(records[0]));
	fixture_maintain(f, T0 + 20 * DAY + 2 * HOUR, false);
	expect(f->path, "SELECT loop, seq FROM setpoints ORDER BY loop", "a|2\nb|7\n");
	expect(f->path, "SELECT loop, message FROM events", "a|new\n");
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM operating_points"), 1);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM technologies"), 1);
	assert_int_equal(store_last_setpoint(f->store, 0, &seq, &ts_us, &e), STORE_OK);
	assert_int_equal(seq, 2);
}

static void a_large_hour_goes_in_bounded_steps(void **state)
{
	struct fixture *f = *state;
	struct err e;
	bool more = true;
	int steps = 0;

	fixture_open(f);
	assert_int_equal(store_begin(f->store, &e), STORE_OK);
	for (int i = 0; i < 90000; i++) {
		struct record r = sample_of((uint32_t)(i % SIGNALS), T0 + i * (HOUR / 90000), i, QUALITY_GOOD);

		assert_int_equal(store_append(f->store, &r, &e), STORE_OK);
	}
	assert_int_equal(store_commit(f->store, &e), STORE_OK);
	for (; more; steps++) {
		assert_int_equal(store_maintain(f->store, T0 + HOUR + 60 * SECOND, false, &more, &e), STORE_OK);
		/* never twice, never missing, at any moment */
		assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 90000);
	}
	assert_in_range(steps, 4, 10);
	hour_is(f, 3, T0, "22500|3|44999.5000167|89999|89999\n");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(holds_until_the_next_sample),
		TEST(stale_and_bad_end_the_hold),
		TEST(a_carried_value_replaced_at_once_does_not_count),
		TEST(waits_thirty_seconds),
		TEST(a_flush_rolls_up_what_there_is_and_is_corrected),
		TEST(a_sample_at_the_very_end_of_a_replay),
		TEST(late_samples_are_followed_as_far_as_they_reach),
		TEST(a_signal_that_is_gone_is_not_carried_on),
		TEST(random_histories_agree_with_the_definition),
		TEST(samples_expire_after_they_are_rolled_up),
		TEST(the_rest_expires_too_but_for_the_last_setpoint),
		TEST(a_large_hour_goes_in_bounded_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

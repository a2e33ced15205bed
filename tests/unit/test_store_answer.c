/* Totals and alarms in the history: a row for each day and each occurrence, what a new process goes on from, old files, and
 * what expires. */
#include "store_fixture.h"

#include "core/alarm.h"
#include "io/store_schema.h"

#include <stdio.h>
#include <string.h>

static struct record totals_of(uint32_t loop, int64_t ts_us, int64_t day_us, double heat_kwh)
{
	struct record r = {.kind = RECORD_TOTALS, .loop = loop, .ts_us = ts_us};

	r.totals = (struct tally){
	    .since_us = T0 - DAY, .day_us = day_us, .total = {heat_kwh, 2, 3, 4, 5, 6, NAN}, .today = {7, 8, -9, 10, 11, 12, 13}};
	return r;
}

static struct record alarm_of(uint32_t loop, enum alarm_code code, int64_t since_us, int64_t cleared_us, int64_t acknowledged_us)
{
	struct record r = {.kind = RECORD_ALARM, .loop = loop, .ts_us = since_us};

	r.alarm = (struct alarm_row){.code = alarm_info[code].code,
	                             .priority = alarm_info[code].priority,
	                             .cleared_us = cleared_us,
	                             .acknowledged_us = acknowledged_us};
	snprintf(r.alarm.text, sizeof(r.alarm.text), "text of %s", alarm_info[code].code);
	snprintf(r.alarm.who, sizeof(r.alarm.who), "%s", acknowledged_us == NO_TIME ? "" : "ann");
	return r;
}

static void a_row_for_each_day(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
	    totals_of(0, T0 + HOUR, T0, 100.123456789012345),
	    totals_of(0, T0 + 2 * HOUR, T0, 200),
	    totals_of(0, T0 + DAY + HOUR, T0 + DAY, 300),
	};
	struct tally t;

	fixture_open(f);
	assert_false(store_last_total(f->store, 0, &t));
	fixture_append(f, records, 1);
	assert_true(store_last_total(f->store, 0, &t));
	check_double(t.total.heat_kwh, 100.123456789012345, 0, 0); /* to the last bit */
	fixture_append(f, records + 1, 2);
	expect(f->path,
	       "SELECT day, loop, heat_kwh, day_heat_kwh, day_cost_savings_eur, measured_h, day_measured_h, carbon_emitted_kg IS NULL, "
	       "day_carbon_emitted_kg, since FROM totals "
	       "ORDER BY day_us",
	       "2026-01-05T00:00:00.000000Z|a|200|7|-9|6|12|1|13|2026-01-04T00:00:00.000000Z\n"
	       "2026-01-06T00:00:00.000000Z|a|300|7|-9|6|12|1|13|2026-01-04T00:00:00.000000Z\n");
	fixture_close(f);
	fixture_open(f);
	assert_true(store_last_total(f->store, 0, &t));
	assert_int_equal(t.day_us, T0 + DAY);
	assert_int_equal(t.since_us, T0 - DAY);
	check_double(t.total.heat_kwh, 300, 0, 0);
	check_double(t.total.measured_h, 6, 0, 0);
	check_double(t.today.on_h, 11, 0, 0);
	check_double(t.today.carbon_emitted_kg, 13, 0, 0);
	check_double(t.total.carbon_emitted_kg, 0, 0, 0);
	assert_false(store_last_total(f->store, 1, &t));
}

static void on_total(void *ctx, const char *loop, const struct tally *tally)
{
	char *text = ctx;

	sprintf(text + strlen(text), "%s %g %g;", loop, tally->total.heat_kwh, tally->today.on_h);
}

static void totals_beside_the_open_store(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
	    totals_of(0, T0 + HOUR, T0, 100),
	    totals_of(1, T0 + HOUR, T0, 50),
	    totals_of(1, T0 + DAY, T0 + DAY, 60),
	};
	char text[256] = "";

	fixture_open(f);
	fixture_append(f, records, 3);
	store_each_total(f->path, on_total, text);
	assert_string_equal(text, "a 100 11;b 60 11;");
	store_each_total("/nonexistent/x.db", on_total, text);
}

struct listed {
	char text[512];
};

static void on_alarm(void *ctx, const char *loop, const struct alarm_row *row, int64_t since_us)
{
	struct listed *l = ctx;

	sprintf(l->text + strlen(l->text), "%s %s %d %d %d %s;", loop ? loop : "-", row->code, (int)((since_us - T0) / SECOND),
	        row->cleared_us != NO_TIME, row->acknowledged_us != NO_TIME, row->who);
}

static void what_is_still_listed(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
	    alarm_of(0, ALARM_TRIPPED, T0, NO_TIME, NO_TIME),
	    alarm_of(0, ALARM_TRIPPED, T0, T0 + SECOND, NO_TIME), /* the same one */
	    alarm_of(0, ALARM_TRIPPED, T0 + 9 * SECOND, NO_TIME, T0 + 10 * SECOND),
	    alarm_of(0, ALARM_NO_DECISION, T0, T0 + SECOND, T0 + SECOND), /* done */
	    alarm_of(1, ALARM_NOT_FOLLOWED, T0 + SECOND, T0 + 2 * SECOND, NO_TIME),
	    alarm_of(NO_LOOP, ALARM_HISTORY, T0 + 3 * SECOND, NO_TIME, NO_TIME),
	};
	struct listed l = {""};

	fixture_open(f);
	fixture_append(f, records, sizeof(records) / sizeof(records[0]));
	expect(f->path,
	       "SELECT ts, loop, code, priority, text, cleared, acknowledged, acknowledged_by FROM alarms WHERE code IN "
	       "('tripped', 'history') ORDER BY ts_us",
	       "2026-01-05T00:00:00.000000Z|a|tripped|high|text of tripped|2026-01-05T00:00:01.000000Z|null|null\n"
	       "2026-01-05T00:00:03.000000Z|null|history|medium|text of history|null|null|null\n"
	       "2026-01-05T00:00:09.000000Z|a|tripped|high|text of tripped|null|2026-01-05T00:00:10.000000Z|ann\n");
	fixture_close(f);
	fixture_open(f);
	store_each_alarm(f->path, on_alarm, &l);
	assert_string_equal(l.text, "- history 3 0 0 ;a tripped 9 0 1 ann;b not_followed 1 1 0 ;");
}

static void expiry_leaves_what_counting_goes_on_from(void **state)
{
	struct fixture *f = *state;
	const struct record records[] = {
	    totals_of(0, T0 + HOUR, T0, 1),
	    totals_of(0, T0 + DAY, T0 + DAY, 2),
	    totals_of(1, T0 + 15 * DAY, T0 + 15 * DAY, 3),
	    totals_of(1, T0, T0, 1),
	    alarm_of(0, ALARM_TRIPPED, T0, T0 + SECOND, NO_TIME),
	    alarm_of(0, ALARM_NO_DECISION, T0, NO_TIME, NO_TIME),
	};

	f->config.keep_hourly_us = 10 * DAY;
	fixture_open(f);
	fixture_append(f, records, sizeof(records) / sizeof(records[0]));
	fixture_maintain(f, T0 + 20 * DAY, false);
	expect(f->path, "SELECT loop, heat_kwh FROM totals ORDER BY loop", "a|2\nb|3\n");
	expect(f->path, "SELECT code FROM alarms", "no_decision\n"); /* it is still active */
}

/* A history of each earlier schema becomes one of this, with all it had. */
static void old_files_are_taken_along(void **state)
{
	struct fixture *f = *state;

	for (int version = 1; version < store_schema_version; version++) {
		sqlite3 *db;
		char stamp[160];
		struct record totals = totals_of(0, T0, T0, 5);

		snprintf(f->path, sizeof(f->path), "%s/old%d.db", f->dir, version);
		assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
		for (int i = 0; i < version; i++)
			assert_int_equal(sqlite3_exec(db, store_schema[i], NULL, NULL, NULL), SQLITE_OK);
		snprintf(stamp, sizeof(stamp),
		         "INSERT INTO loop VALUES (7, 'b'); PRAGMA user_version = %d; PRAGMA application_id = %d", version,
		         0x4c5a4844);
		assert_int_equal(sqlite3_exec(db, stamp, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		fixture_open(f);
		fixture_append(f, &totals, 1);
		assert_int_equal(ask_int(f->path, "SELECT count(*) FROM totals"), 1);
		assert_int_equal(ask_int(f->path, "SELECT id FROM loop WHERE name = 'b'"), 7);
		assert_int_equal(ask_int(f->path, "PRAGMA user_version"), store_schema_version);
		fixture_close(f);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_row_for_each_day),        TEST(totals_beside_the_open_store),
	    TEST(what_is_still_listed),      TEST(expiry_leaves_what_counting_goes_on_from),
	    TEST(old_files_are_taken_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

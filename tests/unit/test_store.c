/* The history's contract: what its views say, how they are reached, and what stays over a restart. */
#include "core/config_machines.h"
#include "store_fixture.h"

#include "io/store_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct record point_of(uint32_t loop, int64_t ts_us, enum point_kind kind)
{
	struct record r = {.kind = RECORD_POINT, .loop = loop, .ts_us = ts_us};

	r.point.kind = kind;
	r.point.ratio = 2.2;
	r.point.cause_us = NO_TIME;
	r.point.point = (struct point){
		.t_sink_out_c = 111.4,
		.t_free_c = INFINITY,
		.electrification = 0.3202998,
		.cop = NAN,
		.q_sink_kw = 1537.4390243902,
		.p_elec_kw = 530,
		.cost_savings_eur_h = 22.3,
		.cost_savings_pct = 7.8,
		.carbon_savings_kg_h = -0.00000001,
		.carbon_savings_pct = 11.1,
		.limited_by = "none",
	};
	return r;
}

static struct record point_with_more(uint32_t loop, int64_t ts_us, enum point_kind kind)
{
	struct record r = point_of(loop, ts_us, kind);

	r.point.has_more = true;
	r.point.more = (struct point_more){
		.t_source_out_c = 8.0000001,
		.t_supply_c = 114,
		.eta_lorenz = NAN,
		.source_heat_kw = 1007,
		.units_on = 2,
		.extrapolated = true,
		.running = 5,
		.has_electric_boiler = true,
		.n_utilities = 3,
		.utility_kw = {120.5, 0, 33},
		.shortfall_kw = 4.5,
		.technology = "hp_isobutane",
	};
	return r;
}

static void views_say_what_was_appended(void **state)
{
	struct unit_config units[] = {{.name = "hp1"}, {.name = "hp2"}, {.name = "hp3"}};
	struct utility_config utilities[] = {{.name = "chp"}};
	struct machines_config machines = {.units = units, .n_units = 3, .utilities = utilities, .n_utilities = 1};
	struct fixture *f = *state;
	struct record records[] = {
		sample_of(1, T0 + 1, 14.95, QUALITY_GOOD),     sample_of(1, T0 + SECOND, -300, QUALITY_BAD),
		sample_of(3, T0, 4800.1234567, QUALITY_UNCERTAIN), point_of(0, T0 + 5, POINT_CARBON_BREAK_EVEN),
		setpoint_of(1, T0 + 6, 41),                    event_of(NO_LOOP, T0 + 7, "it's \"so\" \xc3\xa4"),
		event_of(1, T0 + 8, "of b"),              point_with_more(1, T0 + 9, POINT_COST_OPTIMAL),
	};

	f->loops[1].machines = &machines;
	fixture_open(f);
	fixture_append(f, records, sizeof(records) / sizeof(records[0]));
	expect(f->path, "SELECT sum(value) FROM operating_points, json_each(utilities)", "153.5\n");
	for (int hot = 1; hot >= 0; hot--) {
		expect(f->path, "SELECT * FROM samples ORDER BY ts_us",
		       "2026-01-05T00:00:00.000000Z|1767571200000000|loops.b.sink.duty|4800.1234567|kW|uncertain\n"
		       "2026-01-05T00:00:00.000001Z|1767571200000001|loops.a.source.t_in|14.95|degC|good\n"
		       "2026-01-05T00:00:01.000000Z|1767571201000000|loops.a.source.t_in|-300|degC|bad\n");
		expect(f->path, "SELECT * FROM operating_points ORDER BY ts_us",
		       "2026-01-05T00:00:00.000005Z|1767571200000005|a|carbon_break_even|111.4|null|0.3203|null|1537.439024|530|22.3|"
		       "7.8|0|11.1|none|2.2|null|null|null|null|null|null|null|null|null|null|null|null\n"
		       "2026-01-05T00:00:00.000009Z|1767571200000009|b|cost_optimal|111.4|null|0.3203|null|1537.439024|530|22.3|"
		       "7.8|0|11.1|none|2.2|null|null|8|114|null|1007|2|1|hp1,hp3|{\"boiler\":120.5,\"electric_boiler\":0.0,\"chp\":33.0}|4.5|hp_isobutane\n");
		assert_int_equal(ask_int(f->path, "SELECT count(*) FROM sample_hot") > 0, hot);
		fixture_maintain(f, T0 + 3 * HOUR, false);
	}
	expect(f->path, "SELECT * FROM setpoints",
	       "2026-01-05T00:00:00.000006Z|1767571200000006|b|111.123457|null|1|1537.4|530|2.9|temperature|cost|auto|uncertain|64|optimum|"
	       "2026-01-05T00:02:00.000006Z|2026-01-05T00:00:00.000005Z|1767571200000005|41|null\n");
	expect(f->path, "SELECT * FROM events",
	       "2026-01-05T00:00:00.000007Z|1767571200000007|null|warning|test|it's \"so\" \xc3\xa4\n"
	       "2026-01-05T00:00:00.000008Z|1767571200000008|b|warning|test|of b\n");
}

static void every_field_is_a_column(void **state)
{
	struct fixture *f = *state;
	char sql[256];

	fixture_open(f);
	for (const struct field *field = setpoint_fields; field->name; field++) {
		snprintf(sql, sizeof(sql), "SELECT \"%s\" FROM setpoints LIMIT 0", field->name);
		expect(f->path, sql, "");
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('setpoints') WHERE name = '%s'", field->name);
		assert_int_equal(ask_int(f->path, sql), 1);
	}
	for (const struct field *field = point_more_fields; field->name; field++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('operating_points') WHERE name = '%s'", field->name);
		assert_int_equal(ask_int(f->path, sql), 1);
	}
	for (const struct field *field = point_fields; field->name; field++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('operating_points') WHERE name = '%s'", field->name);
		assert_int_equal(ask_int(f->path, sql), 1);
	}
}

/* A ranking is as many rows; of a technology that does not fit it says why. */
static void rankings_are_rows(void **state)
{
	struct fixture *f = *state;
	struct record records[] = {
	    {.kind = RECORD_TECHNOLOGY,
	     .ts_us = T0,
	     .technology = {"cost",
	                    {.technology = "resistive",
	                     .rank = 1,
	                     .fits = true,
	                     .met = true,
	                     .t_sink_out_c = 80,
	                     .electrification = 1,
	                     .cop = 0.95,
	                     .q_sink_kw = 95,
	                     .p_elec_kw = 100,
	                     .cost_savings_eur_h = 1.0000001,
	                     .cost_savings_pct = 2,
	                     .carbon_savings_kg_h = NAN,
	                     .carbon_savings_pct = NAN,
	                     .limited_by = "target"}}},
	    {.kind = RECORD_TECHNOLOGY,
	     .ts_us = T0,
	     .technology = {"cost", {.technology = "mvr", .rank = 2, .reason = "the source is too cold for it", .cop = NAN, .limited_by = "inlet"}}},
	};

	fixture_open(f);
	fixture_append(f, records, 2);
	expect(f->path, "SELECT * FROM technologies ORDER BY rank",
	       "2026-01-05T00:00:00.000000Z|1767571200000000|a|cost|1|resistive|1|null|1|80|1|0.95|95|100|0|1|2|null|null|target|0\n"
	       "2026-01-05T00:00:00.000000Z|1767571200000000|a|cost|2|mvr|0|the source is too cold for it|0|0|0|null|0|0|0|0|0|0|0|inlet|0\n");
	for (const struct field *field = technology_fields; field->name; field++) {
		char sql[160];

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM pragma_table_info('technologies') WHERE name = '%s'", field->name);
		assert_int_equal(ask_int(f->path, sql), 1);
	}
}

static void any_tool_can_read(void **state)
{
	struct fixture *f = *state;
	char command[PATH_SIZE + 128], line[128] = "";

	fixture_open(f);
	fixture_sample(f, 1, T0, 14.5, QUALITY_GOOD);
	snprintf(command, sizeof(command), "sqlite3 -readonly '%s' \"SELECT ts, signal, value FROM samples\"", f->path);
	FILE *out = popen(command, "r");

	assert_non_null(out);
	char *read = fgets(line, sizeof(line), out);

	if (pclose(out) == 127 << 8)
		skip();
	assert_non_null(read);
	assert_string_equal(line, "2026-01-05T00:00:00.000000Z|loops.a.source.t_in|14.5\n");
}

static void the_newest_of_one_stamp_wins(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	for (int i = 0; i < 3; i++) {
		fixture_sample(f, 0, T0, i, QUALITY_GOOD);
		fixture_sample(f, 0, T0, i + 10, QUALITY_UNCERTAIN);
		char answer[64];

		snprintf(answer, sizeof(answer), "1767571200000000|%d|uncertain\n", i + 10);
		expect(f->path, "SELECT ts_us, value, quality FROM samples", answer);
		fixture_maintain(f, T0 + (2 + i) * HOUR, i == 1);
	}
}

static void plan_has(const char *path, const char *sql, const char *part)
{
	char *plan, text[512];

	snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
	plan = ask(path, text);
	if (!strstr(plan, part) || strstr(plan, "SCAN r"))
		fail_msg("%s\nis planned\n%swithout %s", sql, plan, part);
	free(plan);
}

static void filters_reach_the_primary_keys(void **state)
{
	static const struct {
		const char *sql, *hot, *cold;
	} rows[] = {
		{"SELECT * FROM samples WHERE signal = 'x' AND ts_us >= 5 AND ts_us < 7", "SEARCH r USING PRIMARY KEY (ts_us>? AND ts_us<?)",
		 "SEARCH r USING PRIMARY KEY (signal=? AND ts_us>? AND ts_us<?)"},
		{"SELECT avg(value) FROM samples WHERE signal = 'x' AND ts_us >= 5", "SEARCH r USING PRIMARY KEY (ts_us>?)",
		 "SEARCH r USING PRIMARY KEY (signal=? AND ts_us>?)"},
		{"SELECT * FROM samples WHERE ts_us >= 5 ORDER BY ts_us", "SEARCH r USING PRIMARY KEY (ts_us>?)",
		 "SEARCH r USING PRIMARY KEY (signal=? AND ts_us>?)"},
		{"SELECT * FROM operating_points WHERE loop = 'a' AND kind = 'k' AND ts_us >= 5", "SEARCH r USING PRIMARY KEY (ts_us>?)",
		 "SEARCH r USING PRIMARY KEY (loop=? AND kind=? AND ts_us>?)"},
		{"SELECT * FROM setpoints WHERE loop = 'a' AND ts_us >= 5", "SEARCH r USING PRIMARY KEY (loop=? AND ts_us>?)", ""},
		{"SELECT * FROM samples_hourly WHERE signal = 'a' AND hour_us >= 5", "SEARCH r USING PRIMARY KEY (signal=? AND hour_us>?)", ""},
		{"SELECT * FROM events WHERE ts_us >= 5", "SEARCH r USING INDEX event_ts (ts_us>?)", ""},
	};
	struct fixture *f = *state;

	fixture_open(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_has(f->path, rows[i].sql, rows[i].hot);
		plan_has(f->path, rows[i].sql, rows[i].cold);
	}
}

static void a_failed_batch_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct record r = sample_of(0, T0, 1, QUALITY_GOOD);
	struct err e;

	fixture_open(f);
	assert_int_equal(store_begin(f->store, &e), STORE_OK);
	assert_int_equal(store_append(f->store, &r, &e), STORE_OK);
	store_rollback(f->store);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 0);
	fixture_append(f, &r, 1);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), 1);
}

static void a_restart_goes_on(void **state)
{
	struct fixture *f = *state;
	struct record records[] = {setpoint_of(0, T0, 7), setpoint_of(0, T0 + 5, 8), setpoint_of(1, T0, 3)};
	int64_t seq = -1, ts_us = -1;
	struct err e;

	fixture_open(f);
	assert_int_equal(store_last_setpoint(f->store, 0, &seq, &ts_us, &e), STORE_OK);
	assert_int_equal(seq, 0);
	fixture_append(f, records, 3);
	fixture_close(f);
	f->signals[0].unit = unit_find(DIM_ENERGY_PRICE, "ct/kWh");
	fixture_open(f);
	assert_int_equal(store_last_setpoint(f->store, 0, &seq, &ts_us, &e), STORE_OK);
	assert_int_equal(seq, 8);
	assert_true(ts_us == T0 + 5);
	/* another unit is another series under the same name */
	fixture_sample(f, 0, T0, 4.5, QUALITY_GOOD);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM signal WHERE name = 'market.electricity.price'"), 2);
	expect(f->path, "SELECT value, unit FROM samples", "4.5|ct/kWh\n");
}

static void runs_begin_end_and_die(void **state)
{
	struct fixture *f = *state;
	struct record r = event_of(NO_LOOP, T0 + 2 * HOUR + 5 * SECOND, "last sign of life");
	struct err e;

	fixture_open(f);
	assert_int_equal(store_run_begin(f->store, T0, "1.0", &e), STORE_OK);
	assert_int_equal(store_run_begin(f->store, T0 + 1, "1.0", &e), STORE_OK);
	assert_int_equal(store_run_end(f->store, T0 + HOUR, &e), STORE_OK);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(store_run_begin(f->store, T0 + 2 * HOUR, "1.1", &e), STORE_OK);
	fixture_append(f, &r, 1);
	fixture_close(f);
	expect(f->path, "SELECT ended FROM runs", "2026-01-05T01:00:00.000000Z\nnull\n");
	f->config.text = "site: other\n";
	memcpy(f->config.hash, "fedcba9876543210", 16);
	fixture_open(f);
	assert_int_equal(store_run_begin(f->store, T0 + 3 * HOUR, "1.1", &e), STORE_OK);
	expect(f->path, "SELECT started, ended, version, config_hash, config FROM runs",
	       "2026-01-05T00:00:00.000000Z|2026-01-05T01:00:00.000000Z|1.0|0123456789abcdef|site: test\n\n"
	       "2026-01-05T02:00:00.000000Z|2026-01-05T02:00:05.000000Z|1.1|0123456789abcdef|site: test\n\n"
	       "2026-01-05T03:00:00.000000Z|null|1.1|fedcba9876543210|site: other\n\n");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A figure for people; nothing is asserted of a shared machine but that all arrives. */
static void many_samples(void **state)
{
	enum { BATCHES = 100, BATCH = 10000, MANY = 200 };
	struct fixture *f = *state;
	struct signal_config *signals = calloc(MANY, sizeof(*signals));
	static char names[MANY][16];
	struct err e;

	assert_non_null(signals);
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "signal.%d", i);
		signals[i] = f->signals[0];
		signals[i].name = names[i];
	}
	f->config.signals = signals;
	f->config.n_signals = MANY;
	fixture_open(f);
	double begin = seconds();

	for (int b = 0; b < BATCHES; b++) {
		assert_int_equal(store_begin(f->store, &e), STORE_OK);
		for (int i = 0; i < BATCH; i++) {
			struct record r = sample_of((uint32_t)(i % MANY), T0 + (b * BATCH + i) * (HOUR / (BATCHES * BATCH)), i * 0.1, QUALITY_GOOD);

			assert_int_equal(store_append(f->store, &r, &e), STORE_OK);
		}
		assert_int_equal(store_commit(f->store, &e), STORE_OK);
	}
	double appended = seconds(), longest = 0;
	bool more = true;
	int steps = 0;

	for (double last = appended; more; steps++) {
		assert_int_equal(store_maintain(f->store, T0 + HOUR + 30 * SECOND, false, &more, &e), STORE_OK);
		longest = fmax(longest, seconds() - last);
		last = seconds();
	}
	print_message("appended %.0f samples/s; moved and rolled up %.0f samples/s in %d steps, the longest %.0f ms\n",
		      BATCHES * BATCH / (appended - begin), BATCHES * BATCH / (seconds() - appended), steps, longest * 1e3);
	assert_int_equal(ask_int(f->path, "SELECT count(*) FROM samples"), BATCHES * BATCH);
	assert_int_equal(ask_int(f->path, "SELECT sum(n) FROM samples_hourly"), BATCHES * BATCH);
	fixture_close(f);
	free(signals);
}

/* ---- what a restart goes on with --------------------------------------------------------- */

static void append_turn(struct fixture *f, uint32_t loop, int64_t ts_us, bool on, double t_c)
{
	struct record r = setpoint_of(loop, ts_us, ts_us / SECOND);

	r.setpoint.hp_on = on;
	r.setpoint.t_sink_out_c = t_c;
	if (on)
		snprintf(r.setpoint.technology, TECHNOLOGY_NAME_SIZE, "at%g", t_c);
	fixture_append(f, &r, 1);
}

static void check_past(const struct pace_past *past)
{
	assert_true(past->on);
	check_near(past->t_k, 95 + 273.15);
	assert_true(past->since_us == T0 + 30 * HOUR);
	assert_int_equal(past->n_starts, 3);
	assert_string_equal(past->technology, "at95");
	assert_true(past->starts_us[0] == T0 + 6 * HOUR && past->starts_us[1] == T0 + 20 * HOUR);
}

/* The last day; what was in force where it begins counts as begun there, too long ago to matter. */
static void how_a_machine_was_paced(void **state)
{
	struct fixture *f = *state;
	struct pace_past past;
	struct err e;

	f->loops[0].pace = f->loops[1].pace = (struct pace_config){.ramp_k_s = INFINITY};
	f->loops[0].pace.max_starts = 4;
	fixture_open(f);
	assert_int_equal(store_past(f->store, 0, &past, &e), STORE_OK);
	assert_true(past.since_us == NO_TIME && past.n_starts == 0 && !past.on);
	append_turn(f, 0, T0, true, 90);
	append_turn(f, 0, T0 + HOUR, false, NAN);
	append_turn(f, 0, T0 + 5 * HOUR, true, 90);
	append_turn(f, 0, T0 + 6 * HOUR, true, 91);
	append_turn(f, 0, T0 + 19 * HOUR, false, NAN);
	append_turn(f, 0, T0 + 20 * HOUR, true, 90);
	append_turn(f, 0, T0 + 21 * HOUR, false, NAN);
	append_turn(f, 0, T0 + 30 * HOUR, true, 94);
	append_turn(f, 0, T0 + 30 * HOUR - 12 * HOUR, true, 90); /* out of order: the time counts */
	append_turn(f, 0, T0 + 29 * HOUR + 59 * 60 * SECOND, false, NAN);
	append_turn(f, 0, T0 + 30 * HOUR + 60 * SECOND, true, 95);
	append_turn(f, 1, T0 + 30 * HOUR, true, 50);
	assert_int_equal(store_past(f->store, 0, &past, &e), STORE_OK);
	check_past(&past);
	store_peek_past(f->path, "a", &past);
	check_past(&past);
	assert_int_equal(store_past(f->store, 1, &past, &e), STORE_OK);
	assert_true(past.since_us == NO_TIME); /* its configuration does not pace it */
	store_peek_past(f->path, "b", &past);
	assert_true(past.on && past.since_us == T0 + 30 * HOUR && past.n_starts == 1);
	store_peek_past(f->path, "unknown", &past);
	assert_true(past.since_us == NO_TIME);
	store_peek_past("/nowhere/at all", "a", &past);
	assert_true(past.since_us == NO_TIME);
}

/* A file of every schema before is taken on with what is in it. */
static void old_schemas_are_migrated(void **state)
{
	struct fixture *f = *state;
	char sql[128];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = 1", 0x4c5a4844);
	assert_int_equal(sqlite3_exec(db, store_schema[0], NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO loop VALUES (7, 'a'); INSERT INTO setpoint VALUES "
	                                  "(7, 1767571200000000, 90, 90, 1, 1000, 350, 2.9, 'cost', 'auto', 2, 'optimum', 1, 1, 41)",
	                              NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	fixture_open(f);
	append_turn(f, 0, T0 + HOUR, true, 95);
	expect(f->path, "SELECT loop, t_sink_out_c, controlled, seq FROM setpoints ORDER BY ts_us",
	       "a|90|null|41\na|95|temperature|1767574800\n");
	assert_int_equal(ask_int(f->path, "PRAGMA user_version"), store_schema_version);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(views_say_what_was_appended),
		TEST(every_field_is_a_column),
		TEST(rankings_are_rows),
		TEST(any_tool_can_read),
		TEST(the_newest_of_one_stamp_wins),
		TEST(filters_reach_the_primary_keys),
		TEST(a_failed_batch_leaves_nothing),
		TEST(a_restart_goes_on),
		TEST(runs_begin_end_and_die),
		TEST(how_a_machine_was_paced),
		TEST(old_schemas_are_migrated),
		TEST(many_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

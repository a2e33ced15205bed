/* See store_fixture.h. */
#include "store_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	enum dimension dimension;
	const char *unit;
	int64_t stale_us;
} signal_rows[SIGNALS] = {
	{"market.electricity.price", DIM_ENERGY_PRICE, "EUR/MWh", 0},
	{"loops.a.source.t_in", DIM_TEMPERATURE, "degC", 90 * SECOND},
	{"loops.a.source.t_out", DIM_TEMPERATURE, "degC", 3 * HOUR},
	{"loops.b.sink.duty", DIM_POWER, "kW", 600 * SECOND},
};

static bool in_memory;

void fixture_in_memory(void)
{
	in_memory = true;
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "%s/lorenz-store-XXXXXX", in_memory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/history.db", f->dir);
	for (size_t i = 0; i < SIGNALS; i++) {
		f->signals[i].name = signal_rows[i].name;
		f->signals[i].unit = unit_find(signal_rows[i].dimension, signal_rows[i].unit);
		f->signals[i].stale_after_us = signal_rows[i].stale_us;
		assert_non_null(f->signals[i].unit);
	}
	f->loops[0].name = "a";
	f->loops[1].name = "b";
	f->config = (struct config){
		.site = "test",
		.signals = f->signals,
		.n_signals = SIGNALS,
		.loops = f->loops,
		.n_loops = LOOPS,
		.text = "site: test\n",
		.hash = "0123456789abcdef",
	};
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char command[PATH_SIZE + 16];

	store_close(f->store);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	int rc = system(command);

	free(f);
	return rc;
}

void fixture_open(struct fixture *f)
{
	struct err e;

	if (store_open(&f->store, f->path, &f->config, T0, &e) != STORE_OK)
		fail_msg("%s", e.text);
}

void fixture_close(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

void fixture_maintain(struct fixture *f, int64_t now_us, bool flush_all)
{
	struct err e;
	bool more = true;

	for (int i = 0; more; i++) {
		if (store_maintain(f->store, now_us, flush_all, &more, &e) != STORE_OK)
			fail_msg("%s", e.text);
		assert_true(i < 100000);
	}
}

struct record sample_of(uint32_t signal, int64_t ts_us, double value, enum quality quality)
{
	struct record r = {.kind = RECORD_SAMPLE, .loop = NO_LOOP, .ts_us = ts_us};

	r.sample.signal = signal;
	r.sample.value = value;
	r.sample.quality = quality;
	return r;
}

struct record setpoint_of(uint32_t loop, int64_t ts_us, int64_t seq)
{
	struct record r = {.kind = RECORD_SETPOINT, .loop = loop, .ts_us = ts_us};

	r.setpoint = (struct setpoint){
		.ts_us = ts_us,
		.t_sink_out_c = 111.1234567,
		.t_sink_out_expected_c = NAN,
		.hp_on = true,
		.q_sink_kw = 1537.4,
		.p_elec_kw = 530.0,
		.cop = 2.9,
		.objective = OBJECTIVE_COST,
		.mode = MODE_AUTO,
		.quality = QUALITY_UNCERTAIN,
		.reason = REASON_OPTIMUM,
		.valid_until_us = ts_us + 120 * SECOND,
		.cause_us = ts_us - 1,
		.seq = seq,
	};
	return r;
}

struct record event_of(uint32_t loop, int64_t ts_us, const char *message)
{
	struct record r = {.kind = RECORD_EVENT, .loop = loop, .ts_us = ts_us};

	r.event.severity = SEVERITY_WARNING;
	r.event.code = "test";
	snprintf(r.event.message, sizeof(r.event.message), "%s", message);
	return r;
}

void fixture_append(struct fixture *f, const struct record *records, size_t n)
{
	struct err e = {""};
	bool ok = store_begin(f->store, &e) == STORE_OK;

	for (size_t i = 0; ok && i < n; i++)
		ok = store_append(f->store, &records[i], &e) == STORE_OK;
	if (!ok || store_commit(f->store, &e) != STORE_OK)
		fail_msg("%s", e.text);
}

void fixture_sample(struct fixture *f, uint32_t signal, int64_t ts_us, double value, enum quality quality)
{
	struct record r = sample_of(signal, ts_us, value, quality);

	fixture_append(f, &r, 1);
}

static void print_column(FILE *out, sqlite3_stmt *row, int i)
{
	if (sqlite3_column_type(row, i) == SQLITE_NULL)
		fputs("null", out);
	else if (sqlite3_column_type(row, i) == SQLITE_FLOAT)
		fprintf(out, "%.12g", sqlite3_column_double(row, i));
	else
		fputs((const char *)sqlite3_column_text(row, i), out);
}

char *ask(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *row;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int rc;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(row); i++) {
			if (i)
				fputc('|', out);
			print_column(out, row, i);
		}
		fputc('\n', out);
	}
	if (rc != SQLITE_DONE)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	fclose(out);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return text;
}

void expect(const char *path, const char *sql, const char *answer)
{
	char *text = ask(path, sql);

	if (strcmp(text, answer) != 0)
		fail_msg("%s\nanswers\n%s\nnot\n%s", sql, text, answer);
	free(text);
}

int64_t ask_int(const char *path, const char *sql)
{
	char *text = ask(path, sql);
	int64_t value = strtoll(text, NULL, 10);

	free(text);
	return value;
}

char *slurp(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	struct stat st;

	assert_non_null(in);
	assert_int_equal(fstat(fileno(in), &st), 0);
	char *text = malloc((size_t)st.st_size + 1);

	assert_non_null(text);
	*len = fread(text, 1, (size_t)st.st_size, in);
	text[*len] = '\0';
	fclose(in);
	return text;
}

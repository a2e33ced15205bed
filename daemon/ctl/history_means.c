/* Samples as time-weighted means over steps of equal length, with the very sums of the hourly roll-up. One signal after
 * the other, so that memory does not grow with the time asked for. A value in force makes rows until the end asked for,
 * without one until the last sample. */
#include "command.h"
#include "history.h"
#include "io/store_hour.h"

#include <sqlite3.h>
#include <string.h>

static const struct column columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},         {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"signal", CELL_TEXT, "signal", NULL, 0, 0}, {"n", CELL_INTEGER, "n", NULL, 0, 0},
    {"min", CELL_NUMBER, "min", NULL, 3, 0},     {"mean", CELL_NUMBER, "mean", NULL, 3, 0},
    {"max", CELL_NUMBER, "max", NULL, 3, 0},     {"last", CELL_NUMBER, "last", NULL, 3, 0},
    {"unit", CELL_TEXT, "unit", NULL, 0, 0},
};
enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct sample {
	int64_t ts_us;
	enum quality quality;
	double value;
};

/* One signal in one unit. */
struct series {
	const struct history_query *query;
	struct table *table;
	const char *signal, *unit;
	int64_t stale_us;
	struct sample held; /* the newest so far */
	bool any;
	struct hour_sum step;
	bool open;
};

static int64_t step_begin(int64_t ts_us, int64_t every_us)
{
	int64_t rest = ts_us % every_us;

	return ts_us - (rest < 0 ? rest + every_us : rest);
}

static void open_step(struct series *s, int64_t from_us)
{
	int64_t until_us = from_us + s->query->every_us;

	if (until_us > s->query->to_us)
		until_us = s->query->to_us;
	if (from_us < s->query->from_us)
		from_us = s->query->from_us;
	hour_begin(&s->step, from_us, until_us, s->stale_us);
	if (s->any)
		hour_add(&s->step, s->held.ts_us, s->held.quality, s->held.value);
	s->open = true;
}

static void close_step(struct series *s)
{
	int64_t begin_us = step_begin(s->step.from_us, s->query->every_us);
	double mean;

	s->open = false;
	if (!hour_end(&s->step, &mean))
		return;
	table_row(s->table, (const struct cell[N_COLUMNS]){
	                        {.present = true, .ts_us = begin_us},
	                        {.present = true, .integer = begin_us},
	                        {.present = true, .text = s->signal},
	                        {.present = true, .integer = s->step.n},
	                        cell_number(s->step.min),
	                        cell_number(mean),
	                        cell_number(s->step.max),
	                        cell_number(s->step.last),
	                        {.present = true, .text = s->unit},
	                    });
}

/* Closes every step that ends by then; skips those in which nothing is in force. */
static void advance(struct series *s, int64_t until_us)
{
	while (s->open && s->step.until_us <= until_us) {
		int64_t next_us = s->step.until_us;
		bool goes_on;

		close_step(s);
		goes_on = hour_reaches_on(&s->step);
		if (goes_on && next_us < until_us)
			open_step(s, next_us);
	}
}

static void take(struct series *s, const struct sample *sample)
{
	if (sample->ts_us >= s->query->from_us) {
		advance(s, sample->ts_us);
		if (!s->open)
			open_step(s, step_begin(sample->ts_us, s->query->every_us));
		hour_add(&s->step, sample->ts_us, sample->quality, sample->value);
	}
	s->held = *sample;
	s->any = true;
}

static enum quality quality_parse(const char *text)
{
	for (size_t i = 0; text && i < QUALITY_COUNT; i++)
		if (strcmp(quality_text[i], text) == 0)
			return (enum quality)i;
	return QUALITY_BAD;
}

/* All rows of a statement that selects ts_us, value, quality. */
static int take_all(sqlite3 *db, struct series *s, const char *sql)
{
	sqlite3_stmt *statement = history_prepare(db, s->query, sql);
	int result;

	if (!statement)
		return EXIT_FAILED;
	sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, ":name"), s->signal, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, ":unit"), s->unit, -1, SQLITE_STATIC);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		take(s, &(struct sample){
		            .ts_us = sqlite3_column_int64(statement, 0),
		            .value = sqlite3_column_double(statement, 1),
		            .quality = quality_parse((const char *)sqlite3_column_text(statement, 2)),
		        });
	}
	sqlite3_finalize(statement);
	return history_result(db, s->query, result);
}

static int write_series(sqlite3 *db, struct series *s)
{
	int code = take_all(db, s,
	                    "SELECT ts_us, value, quality FROM samples WHERE signal = :name AND unit = :unit AND ts_us < :from"
	                    " ORDER BY ts_us DESC LIMIT 1");

	if (code == EXIT_DONE && s->any && s->query->from_us < s->query->to_us)
		open_step(s, step_begin(s->query->from_us, s->query->every_us));
	if (code == EXIT_DONE)
		code =
		    take_all(db, s,
		             "SELECT ts_us, value, quality FROM samples WHERE signal = :name AND unit = :unit AND ts_us >= :from"
		             " AND ts_us < :to ORDER BY ts_us");
	if (s->query->to_us < INT64_MAX)
		advance(s, s->query->to_us);
	if (s->open)
		close_step(s);
	return code;
}

/* A value is not in force in the future. */
static void clamp_to_now(struct history_query *query)
{
	if (query->to_us < INT64_MAX && query->to_us > query->now_us)
		query->to_us = query->now_us + 1;
}

int history_means(sqlite3 *db, const struct history_query *asked)
{
	struct history_query query = *asked;
	struct table_options options = {.format = query.format};
	sqlite3_stmt *signals = history_prepare(
	    db, &query, "SELECT name, unit, stale_us FROM signal WHERE :signal IS NULL OR name = :signal ORDER BY name, unit");
	struct table *table;
	int result, code = EXIT_DONE;

	if (!signals)
		return EXIT_FAILED;
	clamp_to_now(&query);
	table = table_new(stdout, &options, columns, N_COLUMNS);
	while (code == EXIT_DONE && (result = sqlite3_step(signals)) == SQLITE_ROW) {
		struct series series = {
		    .query = &query,
		    .table = table,
		    .signal = (const char *)sqlite3_column_text(signals, 0),
		    .unit = (const char *)sqlite3_column_text(signals, 1),
		    .stale_us = sqlite3_column_int64(signals, 2),
		};

		code = write_series(db, &series);
	}
	if (code == EXIT_DONE)
		code = history_result(db, &query, result);
	table_done(table);
	sqlite3_finalize(signals);
	return code;
}

/* `lorenzctl replay`: the service's engine over a file of samples, on the file's own time; no broker, no clock. What the
 * heat pump would have done is integrated piecewise: between two rows also at every moment at which the engine decides
 * by itself (a value turns stale, a ramp steps). */
#include "archive.h"
#include "command.h"
#include "core/engine.h"
#include "feed.h"
#include "io/config_yaml.h"
#include "options.h"
#include "progress.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct replay_values {
	const char *config, *data, *db;
	bool stale, json, csv;
};

#define AT(member) offsetof(struct replay_values, member)
static const struct option options[] = {
    {.name = "config",
     .argument = "FILE",
     .type = OPTION_TEXT,
     .offset = AT(config),
     .required = true,
     .help = "the service's configuration"},
    {.name = "data",
     .argument = "CSV",
     .type = OPTION_TEXT,
     .offset = AT(data),
     .required = true,
     .help = "the samples; - is standard input"},
    {.name = "db",
     .argument = "FILE",
     .type = OPTION_TEXT,
     .offset = AT(db),
     .help = "writes the history into this new database"},
    {.name = "stale", .type = OPTION_FLAG, .offset = AT(stale), .help = "values turn stale as configured (they hold for ever)"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "an array with one object per loop"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(csv), .help = "a row per loop"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "replay",
    .synopsis = "--config FILE --data CSV [--db FILE] [--stale]",
    .about = "Runs the service's engine over recorded samples and sums up what the heat pump would have done.",
    .notes = "CSV: a header with ts (RFC 3339) and names of live signals, values in each signal's configured unit. An empty\n"
             "field is no update, lines with # are comments. A row holds until the next; the last row only ends the run.\n"
             "Sums run over the setpoint as it is paced. Time without a valid decision, or with the fallback, counts in hours\n"
             "only. updates are recomputations; starts_per_day_max is the most in any 24 hours. --db refuses a file that exists; "
             "a replay that fails leaves none behind.",
    .options = options,
};

static const int64_t DAY_US = INT64_C(86400000000);

struct totals {
	double hours, on_hours;
	double cost_reference_eur, cost_savings_eur; /* NaN: not configured */
	double carbon_reference_kg, carbon_savings_kg;
	double heat_kwh, electricity_kwh;
	struct starts {
		uint64_t n, most; /* in all; in any 24 hours */
		int64_t *day_us;  /* those of the last 24 hours, a ring */
		size_t first, len, size;
	} starts;
};

struct replay {
	struct config *config;
	struct engine *engine;
	struct archive *archive; /* NULL: none */
	struct totals *totals;   /* by loop */
	int64_t now_us;
	uint64_t fields, accepted;
	uint32_t field;          /* the signal of the field that is being applied */
};

/* ---- the run ---------------------------------------------------------------------------- */

static struct instant at(int64_t ts_us)
{
	return (struct instant){.mono_us = ts_us, .utc_us = ts_us};
}

static void on_record(void *ctx, const struct record *record)
{
	struct replay *r = ctx;

	if (record->kind == RECORD_SAMPLE && record->sample.signal == r->field)
		r->accepted += record->sample.quality != QUALITY_BAD;
	if (r->archive)
		archive_put(r->archive, record, r->now_us);
}

/* Hours with nothing to compare with count nothing. */
static double known(double value)
{
	return isnan(value) ? 0 : value;
}

static void integrate_loop(const struct engine *engine, uint32_t loop, double hours, struct totals *totals)
{
	struct loop_now now;

	engine_loop_now(engine, loop, &now);
	totals->hours += hours;
	if (!now.valid)
		return;
	totals->cost_reference_eur += known(now.cost_reference_eur_h) * hours;
	totals->carbon_reference_kg += known(now.carbon_reference_kg_h) * hours;
	if (now.on || now.makes_power) {
		totals->cost_savings_eur += known(now.cost_savings_eur_h) * hours;
		totals->carbon_savings_kg += known(now.carbon_savings_kg_h) * hours;
	}
	if (!now.on)
		return;
	totals->on_hours += hours;
	totals->heat_kwh += now.q_sink_kw * hours;
	totals->electricity_kwh += now.p_elec_kw * hours;
}

static void integrate(struct replay *r, int64_t until_us)
{
	double hours = (double)(until_us - r->now_us) / 3600e6;

	for (size_t i = 0; i < r->config->n_loops; i++)
		integrate_loop(r->engine, (uint32_t)i, hours, &r->totals[i]);
	r->now_us = until_us;
}

static void starts_grow(struct starts *s)
{
	size_t size = s->size ? 2 * s->size : 8;
	int64_t *day_us = xrealloc(NULL, size * sizeof(*day_us));

	for (size_t i = 0; i < s->len; i++)
		day_us[i] = s->day_us[(s->first + i) % s->size];
	free(s->day_us);
	*s = (struct starts){.n = s->n, .most = s->most, .day_us = day_us, .len = s->len, .size = size};
}

static void count_start(struct starts *s, int64_t now_us)
{
	while (s->len > 0 && s->day_us[s->first] <= now_us - DAY_US) {
		s->first = (s->first + 1) % s->size;
		s->len--;
	}
	if (s->len == s->size)
		starts_grow(s);
	s->day_us[(s->first + s->len++) % s->size] = now_us;
	s->most = s->len > s->most ? s->len : s->most;
	s->n++;
}

static void run_engine(struct replay *r)
{
	struct loop_now now;

	while (engine_run(r->engine, at(r->now_us), SIZE_MAX) > 0)
		;
	for (size_t i = 0; i < r->config->n_loops; i++) {
		engine_loop_now(r->engine, (uint32_t)i, &now);
		if (now.starts > r->totals[i].starts.n)
			count_start(&r->totals[i].starts, r->now_us);
	}
}

/* To the next row's time, with a stop wherever the engine wants one. */
static void advance(struct replay *r, int64_t until_us)
{
	for (;;) {
		int64_t next_us = engine_next_us(r->engine);

		if (next_us <= r->now_us || next_us >= until_us)
			break;
		integrate(r, next_us);
		run_engine(r);
	}
	integrate(r, until_us);
}

static void apply(struct replay *r, const struct feed *feed, const struct feed_row *row)
{
	for (size_t i = 0; i < row->csv.n; i++) {
		const char *text = row->csv.field[i];

		if (i == feed->ts_column || !*text)
			continue;
		r->fields++;
		r->field = feed->signal[i];
		engine_field(r->engine, at(row->ts_us), feed->signal[i], text);
	}
	r->field = UINT32_MAX;
	run_engine(r);
}

static bool replay_init(struct replay *r, const struct replay_values *values, int64_t start_us)
{
	struct engine_options engine_options = {.startup_us = 0, .staleness = values->stale, .live = false};
	struct engine_hooks hooks = {.ctx = r, .record = on_record};

	r->now_us = start_us;
	if (values->db) {
		r->archive = archive_new(values->db, r->config, start_us);
		if (!r->archive)
			return false;
	}
	r->engine = engine_new(r->config, &engine_options, &hooks, at(start_us));
	if (!r->engine)
		fputs("lorenzctl: out of memory\n", stderr);
	return r->engine != NULL;
}

/* Each row is applied once the next one is known, since the last one only ends the run. */
static bool run_rows(struct replay *r, struct feed *feed, struct feed_row *row)
{
	struct progress progress;
	enum csv_status status;

	progress_init(&progress, feed->size);
	for (size_t i = 0;; i ^= 1) {
		status = feed_next(feed, &row[i ^ 1]);
		if (status != CSV_ROW || (r->archive && archive_failed(r->archive)))
			break;
		apply(r, feed, &row[i]);
		advance(r, row[i ^ 1].ts_us);
		progress_update(&progress, feed->csv.bytes);
	}
	progress_done(&progress);
	return status == CSV_END;
}

static bool run_feed(struct replay *r, const struct replay_values *values, struct feed *feed)
{
	struct feed_row row[2] = {0};
	enum csv_status status = feed_next(feed, &row[0]);
	bool good = status == CSV_ROW && replay_init(r, values, row[0].ts_us);

	if (status == CSV_END)
		fprintf(stderr, "%s: holds no rows\n", feed->path);
	good = good && run_rows(r, feed, row);
	if (r->archive)
		good = archive_finish(r->archive, r->now_us, good) && good;
	csv_row_done(&row[0].csv);
	csv_row_done(&row[1].csv);
	return good;
}

/* ---- what is told ----------------------------------------------------------------------- */

static const struct column columns[] = {
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"hours", CELL_NUMBER, "hours", "h", 1, 0},
    {"on_hours", CELL_NUMBER, "on", "h", 1, 0},
    {"updates", CELL_INTEGER, "updates", NULL, 0, 0},
    {"cost_reference_eur", CELL_NUMBER, "cost ref.", "EUR", 0, 0},
    {"cost_savings_eur", CELL_NUMBER, "saved", "EUR", 0, 0},
    {"carbon_reference_kg", CELL_NUMBER, "carbon ref.", "t", 1, 1e-3},
    {"carbon_savings_kg", CELL_NUMBER, "saved", "t", 1, 1e-3},
    {"heat_kwh", CELL_NUMBER, "heat", "MWh", 1, 1e-3},
    {"electricity_kwh", CELL_NUMBER, "electricity", "MWh", 1, 1e-3},
    {"starts", CELL_INTEGER, "starts", NULL, 0, 0},
    {"starts_per_day_max", CELL_INTEGER, "a day", NULL, 0, 0},
};
enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void write_totals(const struct replay *r, enum format format)
{
	struct table_options table_options = {.format = format, .exact = true};
	struct table *table = table_new(stdout, &table_options, columns, N_COLUMNS);

	for (size_t i = 0; i < r->config->n_loops; i++) {
		const struct totals *t = &r->totals[i];
		struct loop_now now;

		engine_loop_now(r->engine, (uint32_t)i, &now);
		table_row(table, (const struct cell[N_COLUMNS]){
		                     {.present = true, .text = r->config->loops[i].name},
		                     cell_number(t->hours),
		                     cell_number(t->on_hours),
		                     {.present = true, .integer = (int64_t)now.updates},
		                     cell_number(t->cost_reference_eur),
		                     cell_number(t->cost_savings_eur),
		                     cell_number(t->carbon_reference_kg),
		                     cell_number(t->carbon_savings_kg),
		                     cell_number(t->heat_kwh),
		                     cell_number(t->electricity_kwh),
		                     {.present = true, .integer = (int64_t)t->starts.n},
		                     {.present = true, .integer = (int64_t)t->starts.most},
		                 });
	}
	table_done(table);
}

/* A vote is fed by its members, or as a whole. */
static bool is_fed(const struct feed *feed, size_t i)
{
	const struct signal_config *signal = &feed->config->signals[i];

	return feed->fed[i] || signal->vote || (signal->group != NO_GROUP && feed->fed[signal->group]);
}

/* Signals that the file does not feed: bad for ever, unless on_bad says otherwise. */
static void tell_missing(const struct feed *feed)
{
	size_t told = 0, more = 0;

	for (size_t i = 0; i < feed->config->n_signals; i++) {
		if (is_fed(feed, i))
			continue;
		if (told++ < 5)
			fprintf(stderr, "%s: no column for %s: counts as never received\n", feed->path,
			        feed->config->signals[i].name);
		else
			more++;
	}
	if (more > 0)
		fprintf(stderr, "%s: no column for %zu more signals\n", feed->path, more);
}

static void tell_rejected(const struct replay *r, const struct feed *feed)
{
	if (r->fields > r->accepted)
		fprintf(stderr, "%s: %llu of %llu fields rejected: unreadable, out of range or filtered\n", feed->path,
		        (unsigned long long)(r->fields - r->accepted), (unsigned long long)r->fields);
}

/* ---- the command ------------------------------------------------------------------------ */

static struct totals *totals_new(const struct config *config)
{
	struct totals *totals = xrealloc(NULL, config->n_loops * sizeof(*totals));

	for (size_t i = 0; i < config->n_loops; i++) {
		const struct input *slot = config->loops[i].slot;
		bool cost = slot[SLOT_ELEC_PRICE].kind != INPUT_ABSENT && slot[SLOT_FUEL_PRICE].kind != INPUT_ABSENT;
		bool carbon = slot[SLOT_ELEC_CARBON].kind != INPUT_ABSENT && slot[SLOT_FUEL_CARBON].kind != INPUT_ABSENT;

		totals[i] = (struct totals){
		    .cost_reference_eur = cost ? 0 : NAN,
		    .cost_savings_eur = cost ? 0 : NAN,
		    .carbon_reference_kg = carbon ? 0 : NAN,
		    .carbon_savings_kg = carbon ? 0 : NAN,
		};
	}
	return totals;
}

static int replay_config(const struct replay_values *values, struct config *config, enum format format)
{
	struct replay r = {.config = config};
	struct feed feed;
	bool good;

	if (!feed_open(&feed, values->data, config))
		return EXIT_FAILED;
	tell_missing(&feed);
	r.totals = totals_new(config);
	good = run_feed(&r, values, &feed);
	if (good) {
		write_totals(&r, format);
		tell_rejected(&r, &feed);
		good = output_flush(stdout);
	}
	engine_free(r.engine);
	for (size_t i = 0; i < config->n_loops; i++)
		free(r.totals[i].starts.day_us);
	free(r.totals);
	feed_close(&feed);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int replay(const struct replay_values *values)
{
	enum format format;
	struct config *config;
	int code;

	if (!format_choose(values->json, values->csv, &format))
		return EXIT_WRONG_USAGE;
	config = config_load(values->config, stderr);
	if (!config)
		return EXIT_BAD_CONFIG;
	code = replay_config(values, config, format);
	config_free(config);
	return code;
}

int command_replay(int argc, char **argv)
{
	struct replay_values values = {0};

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		return replay(&values);
	case OPTIONS_HELP:
		return EXIT_DONE;
	case OPTIONS_BAD:
		break;
	}
	return EXIT_WRONG_USAGE;
}

/* `lorenzctl history`: its options, and times as people say them. */
#include "history.h"

#include "command.h"
#include "core/record.h"
#include "core/stamp.h"
#include "io/clock.h"
#include "options.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

struct history_values {
	const char *db, *what, *from, *to;
	const char *filter[FILTER_COUNT];
	double every_us, limit;
	bool json, csv;
};

#define AT(member) offsetof(struct history_values, member)
static const struct option options[] = {
    {.name = "KIND",
     .type = OPTION_WORD,
     .offset = AT(what),
     .required = true,
     .help = "setpoints, samples, points, technologies, events, hourly, totals, alarms, commands or runs"},
    {.name = "db", .argument = "FILE", .type = OPTION_TEXT, .offset = AT(db), .required = true, .help = "the service's database"},
    {.name = "loop",
     .argument = "NAME",
     .type = OPTION_TEXT,
     .offset = AT(filter[FILTER_LOOP]),
     .help = "of setpoints, points, technologies, events, totals, alarms and commands"},
    {.name = "signal",
     .argument = "NAME",
     .type = OPTION_TEXT,
     .offset = AT(filter[FILTER_SIGNAL]),
     .help = "of samples and hourly"},
    {.name = "kind",
     .argument = "KIND",
     .type = OPTION_TEXT,
     .offset = AT(filter[FILTER_KIND]),
     .help = "of points: cost_optimal, …"},
    {.name = "from",
     .argument = "T",
     .type = OPTION_TEXT,
     .offset = AT(from),
     .help = "RFC 3339, a date (UTC), now, or relative: -24h"},
    {.name = "to", .argument = "T", .type = OPTION_TEXT, .offset = AT(to), .help = "the same; itself not included"},
    {.name = "every",
     .argument = "TIME",
     .type = OPTION_QUANTITY,
     .offset = AT(every_us),
     .dimension = DIM_TIME,
     .range = {1, 1e15, false},
     .help = "one row for each step of this length: 1h"},
    {.name = "limit",
     .argument = "N",
     .type = OPTION_NUMBER,
     .offset = AT(limit),
     .range = {1, 1e15, false},
     .help = "only the newest N rows"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "an array with one object per row, all columns"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(csv), .help = "all columns"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "history",
    .synopsis = "--db FILE KIND [--loop NAME] [--signal NAME] [--from T] [--to T] [--every TIME]",
    .about = "Reads what the service has stored, also while it runs. Rows come in the order of time.",
    .notes = "--every counts steps from 1970 UTC. samples: for each signal the mean weighted by time (a value holds until\n"
             "the next or until it is stale, a bad one ends the hold; the value in force at the step's start counts), min,\n"
             "max, last, and n, the samples in the step; ordered by signal, unit and time. setpoints, points and technologies:\n"
             "the last row in each step, for each loop (and kind, or rank); steps without a row are left out.",
    .options = options,
};

/* ---- times ------------------------------------------------------------------------------ */

static bool parse_relative(const char *text, int64_t now_us, int64_t *ts_us)
{
	double back_us;

	if (text[0] != '-' || !quantity_parse(text + 1, DIM_TIME, &back_us, NULL, NULL) || !(fabs(back_us) < 1e17))
		return false;
	*ts_us = now_us - (int64_t)back_us;
	return true;
}

static bool parse_time(const char *text, int64_t now_us, int64_t *ts_us)
{
	char day[40];

	if (strcmp(text, "now") == 0) {
		*ts_us = now_us;
		return true;
	}
	if (stamp_parse(text, ts_us) || parse_relative(text, now_us, ts_us))
		return true;
	return strlen(text) == strlen("2026-01-31") && snprintf(day, sizeof(day), "%sT00:00:00Z", text) > 0 &&
	       stamp_parse(day, ts_us);
}

static bool take_time(const char *option, const char *text, int64_t now_us, int64_t *ts_us)
{
	if (!text || parse_time(text, now_us, ts_us))
		return true;
	fprintf(stderr, "--%s: \"%.80s\" is no time; write 2026-01-31T12:00:00Z, 2026-01-31, now or -24h\n", option, text);
	return false;
}

/* ---- the query -------------------------------------------------------------------------- */

static const struct history_kind *find_kind(const char *name)
{
	struct nearest nearest;
	char hint[64];

	nearest_init(&nearest, name);
	for (const struct history_kind *kind = history_kinds; kind->name; kind++) {
		if (strcmp(kind->name, name) == 0)
			return kind;
		nearest_try(&nearest, kind->name);
	}
	fprintf(stderr, "%s: is not stored%s\n", name, nearest_hint(&nearest, "", hint, sizeof(hint)));
	return NULL;
}

static bool check_point_kind(const char *name)
{
	struct nearest nearest;
	char hint[64];

	if (!name)
		return true;
	nearest_init(&nearest, name);
	for (size_t i = 0; i < POINT_COUNT; i++) {
		if (strcmp(point_kind_text[i], name) == 0)
			return true;
		nearest_try(&nearest, point_kind_text[i]);
	}
	fprintf(stderr, "--kind: %s is no kind of point%s\n", name, nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

static bool take_filters(const struct history_values *values, struct history_query *query)
{
	bool good = check_point_kind(values->filter[FILTER_KIND]);

	for (size_t i = 0; i < FILTER_COUNT; i++) {
		query->filter[i] = values->filter[i];
		if (!values->filter[i] || query->kind->filter[i])
			continue;
		fprintf(stderr, "--%s: does not apply to %s\n", filter_column[i], query->kind->name);
		good = false;
	}
	return good;
}

static bool take_steps(const struct history_values *values, struct history_query *query)
{
	query->every_us = isnan(values->every_us) ? 0 : (int64_t)values->every_us;
	query->limit = isnan(values->limit) ? 0 : (int64_t)values->limit;
	if (query->every_us > 0 && !query->kind->group) {
		fprintf(stderr, "--every: does not apply to %s\n", query->kind->name);
		return false;
	}
	if (query->every_us > 0 && query->limit > 0 && query->kind->averages) {
		fputs("--limit: cannot be given together with --every for samples\n", stderr);
		return false;
	}
	return true;
}

static bool query_init(const struct history_values *values, struct history_query *query)
{
	bool good;

	*query =
	    (struct history_query){.path = values->db, .from_us = INT64_MIN, .to_us = INT64_MAX, .now_us = clock_now().utc_us};
	query->kind = find_kind(values->what);
	good = format_choose(values->json, values->csv, &query->format);
	good &= take_time("from", values->from, query->now_us, &query->from_us);
	good &= take_time("to", values->to, query->now_us, &query->to_us);
	if (!query->kind)
		return false;
	good &= take_filters(values, query);
	good &= take_steps(values, query);
	return good;
}

static int history(const struct history_values *values)
{
	struct history_query query;
	sqlite3 *db = NULL;
	int code;

	if (!query_init(values, &query))
		return EXIT_WRONG_USAGE;
	code = history_open(query.path, &db);
	if (code == EXIT_DONE)
		code = query.every_us > 0 && query.kind->averages ? history_means(db, &query) : history_rows(db, &query);
	sqlite3_close(db);
	return code == EXIT_DONE && !output_flush(stdout) ? EXIT_FAILED : code;
}

int command_history(int argc, char **argv)
{
	struct history_values values = {0};

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		return history(&values);
	case OPTIONS_HELP:
		return EXIT_DONE;
	case OPTIONS_BAD:
		break;
	}
	return EXIT_WRONG_USAGE;
}

/* The header is matched against the sorted names of the signals, so that a plant of ten thousand loops opens at once. */
#include "feed.h"

#include "core/record.h"
#include "core/stamp.h"
#include "inputs.h"
#include "options.h"
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ------------------------------------------------------------------------------ */

struct name {
	const char *text;
	uint32_t signal;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static struct name *sorted_names(const struct config *config)
{
	struct name *names = xrealloc(NULL, config->n_signals * sizeof(*names));

	for (size_t i = 0; i < config->n_signals; i++)
		names[i] = (struct name){config->signals[i].name, (uint32_t)i};
	qsort(names, config->n_signals, sizeof(*names), compare_names);
	return names;
}

/* ---- the header ------------------------------------------------------------------------- */

static bool is_other_input(struct config *config, const char *name)
{
	struct input_walk walk = {.config = config};
	struct named_input found;

	while (input_next(&walk, &found))
		if (input_is_named(&found, name))
			return true;
	return false;
}

static void unknown_column(const struct feed *feed, uint64_t line, const char *column)
{
	struct nearest nearest;
	char hint[INPUT_NAME_MAX + 32];

	if (is_other_input(feed->config, column)) {
		fprintf(stderr,
		        "%s:%llu: column %s: is not a live signal in the configuration; only live signals can be replayed\n",
		        feed->path, (unsigned long long)line, column);
		return;
	}
	nearest_init(&nearest, column);
	nearest_try(&nearest, "ts");
	for (size_t i = 0; i < feed->config->n_signals; i++)
		nearest_try(&nearest, feed->config->signals[i].name);
	fprintf(stderr, "%s:%llu: column \"%s\": the configuration has no such signal%s\n", feed->path, (unsigned long long)line,
	        column, nearest_hint(&nearest, "", hint, sizeof(hint)));
}

static bool match_column(struct feed *feed, const struct csv_row *header, size_t column, const struct name *names)
{
	struct name key = {.text = header->field[column]};
	const struct name *found = bsearch(&key, names, feed->config->n_signals, sizeof(*names), compare_names);
	bool is_ts = strcmp(key.text, "ts") == 0;

	if (!found && !is_ts) {
		unknown_column(feed, header->line, key.text);
		return false;
	}
	if (is_ts ? feed->ts_column < header->n : feed->fed[found->signal]) {
		fprintf(stderr, "%s:%llu: column %s: is given twice\n", feed->path, (unsigned long long)header->line, key.text);
		return false;
	}
	if (is_ts) {
		feed->ts_column = column;
	} else {
		feed->signal[column] = found->signal;
		feed->fed[found->signal] = true;
	}
	return true;
}

static bool match_header(struct feed *feed, const struct csv_row *header)
{
	struct name *names = sorted_names(feed->config);
	bool good = true;

	feed->n_columns = feed->ts_column = header->n;
	feed->signal = xrealloc(NULL, header->n * sizeof(*feed->signal));
	feed->fed = xrealloc(NULL, feed->config->n_signals * sizeof(*feed->fed));
	memset(feed->fed, 0, feed->config->n_signals * sizeof(*feed->fed));
	for (size_t i = 0; i < header->n; i++) {
		feed->signal[i] = UINT32_MAX;
		good &= match_column(feed, header, i, names);
	}
	if (feed->ts_column == header->n) {
		fprintf(stderr, "%s:%llu: the header has no column ts\n", feed->path, (unsigned long long)header->line);
		good = false;
	}
	free(names);
	return good;
}

static bool complain(const struct feed *feed, const struct csv_row *row, const char *what)
{
	fprintf(stderr, "%s:%llu: %s\n", feed->path, (unsigned long long)row->line, what);
	return false;
}

static bool read_header(struct feed *feed)
{
	struct csv_row header = {0};
	struct err e;
	bool good = false;

	switch (csv_next(&feed->csv, &header, &e)) {
	case CSV_ROW:
		good = match_header(feed, &header);
		break;
	case CSV_END:
		fprintf(stderr, "%s: holds no header\n", feed->path);
		break;
	case CSV_BAD:
		complain(feed, &header, e.text);
		break;
	}
	csv_row_done(&header);
	return good;
}

bool feed_open(struct feed *feed, const char *path, struct config *config)
{
	struct stat status;

	*feed = (struct feed){.path = path, .config = config, .last_us = NO_TIME};
	feed->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (feed->fd < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	if (fstat(feed->fd, &status) == 0 && S_ISREG(status.st_mode))
		feed->size = (uint64_t)status.st_size;
	csv_init(&feed->csv, feed->fd);
	if (read_header(feed))
		return true;
	feed_close(feed);
	return false;
}

void feed_close(struct feed *feed)
{
	csv_done(&feed->csv);
	free(feed->signal);
	free(feed->fed);
	feed->signal = NULL;
	feed->fed = NULL;
	if (feed->fd >= 0)
		close(feed->fd);
	feed->fd = -1;
}

/* ---- rows ------------------------------------------------------------------------------- */

static bool read_time(struct feed *feed, struct feed_row *row)
{
	const char *text = row->csv.field[feed->ts_column];
	char stamp[STAMP_SIZE], what[256];

	if (!stamp_parse(text, &row->ts_us)) {
		snprintf(what, sizeof(what), "ts: \"%.80s\" is no RFC 3339 time", text);
		return complain(feed, &row->csv, what);
	}
	if (feed->last_us != NO_TIME && row->ts_us <= feed->last_us) {
		snprintf(what, sizeof(what), "ts: %.80s is not after the row before, %s", text,
		         stamp_format(feed->last_us, stamp));
		return complain(feed, &row->csv, what);
	}
	feed->last_us = row->ts_us;
	return true;
}

enum csv_status feed_next(struct feed *feed, struct feed_row *row)
{
	struct err e;
	enum csv_status status = csv_next(&feed->csv, &row->csv, &e);
	char what[96];

	if (status == CSV_BAD)
		complain(feed, &row->csv, e.text);
	if (status != CSV_ROW)
		return status;
	if (row->csv.n != feed->n_columns) {
		snprintf(what, sizeof(what), "%zu fields where the header has %zu", row->csv.n, feed->n_columns);
		complain(feed, &row->csv, what);
		return CSV_BAD;
	}
	return read_time(feed, row) ? CSV_ROW : CSV_BAD;
}

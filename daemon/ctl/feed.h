/* A file of samples for the replay: which column is which signal, and its rows in the order of time. Refuses columns that
 * are no signals, and times that are unreadable, repeated or go backwards, with FILE:LINE on standard error. */
#ifndef CTL_FEED_H
#define CTL_FEED_H

#include "core/config.h"
#include "csv.h"

#include <stdbool.h>
#include <stdint.h>

struct feed_row {
	int64_t ts_us;
	struct csv_row csv;
};

struct feed {
	const char *path;
	struct config *config;
	int fd;
	struct csv csv;
	uint32_t *signal; /* by column; UINT32_MAX for ts */
	size_t n_columns, ts_column;
	bool *fed;       /* by signal: it has a column */
	int64_t last_us; /* NO_TIME: no row yet */
	uint64_t size;   /* of the file; 0: unknown */
};

/* Opens and reads the header. */
bool feed_open(struct feed *feed, const char *path, struct config *config);
void feed_close(struct feed *feed);
/* CSV_BAD: a line has been written to standard error. row is used again by the next call with the same row. */
enum csv_status feed_next(struct feed *feed, struct feed_row *row);

#endif

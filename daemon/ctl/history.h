/* What `lorenzctl history` is asked, and the database it reads: read-only, through the views, while the service runs,
 * after it stopped, and by users who may not write. */
#ifndef CTL_HISTORY_H
#define CTL_HISTORY_H

#include "table.h"

#include <stdbool.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

enum filter { FILTER_LOOP, FILTER_SIGNAL, FILTER_KIND, FILTER_COUNT };
extern const char *const filter_column[FILTER_COUNT]; /* also the option's name */

struct history_kind {
	const char *name; /* on the command line */
	const char *view;
	const char *time; /* column to filter and sort by */
	bool filter[FILTER_COUNT];
	bool averages;     /* --every: time-weighted means, else the last row in each step */
	const char *group; /* --every: a series for each; NULL: --every does not apply */
	const struct column *columns;
	size_t n_columns;
	const char *within; /* orders rows of one time; NULL: nothing */
};
extern const struct history_kind history_kinds[]; /* ends with a NULL name */

struct history_query {
	const char *path;
	const struct history_kind *kind;
	const char *filter[FILTER_COUNT]; /* NULL: any */
	int64_t from_us, to_us;           /* [from, to); INT64_MIN and INT64_MAX: open */
	int64_t every_us;                 /* 0: every row */
	int64_t limit;                    /* the newest so many; 0: all */
	int64_t now_us;
	enum format format;
};

/* An exit code; on failure a line has been written to standard error. */
int history_open(const char *path, struct sqlite3 **db);
int history_rows(struct sqlite3 *db, const struct history_query *query);
int history_means(struct sqlite3 *db, const struct history_query *query);

/* Prepares and binds :from, :to, :every, :limit and the filters, as far as the statement has them; NULL with a line on
 * standard error. */
struct sqlite3_stmt *history_prepare(struct sqlite3 *db, const struct history_query *query, const char *sql);
/* The exit code for the result of the last step. */
int history_result(struct sqlite3 *db, const struct history_query *query, int result);

#endif

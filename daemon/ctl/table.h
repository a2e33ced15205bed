/* Rows of typed cells to a table for people, JSON or CSV. JSON and CSV stream; the table for people looks at its first
 * rows for the widths and streams from there on, so that memory is bounded. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum format { FORMAT_PEOPLE, FORMAT_JSON, FORMAT_CSV };
/* From the options --json and --csv; false with a line on standard error where both are given. */
bool format_choose(bool json, bool csv, enum format *format);

enum cell_type { CELL_TEXT, CELL_NUMBER, CELL_INTEGER, CELL_BOOL, CELL_TIME };

struct column {
	const char *name; /* in JSON and CSV; NULL: only for people */
	enum cell_type type;
	const char *title; /* for people; NULL: only in JSON and CSV */
	const char *unit;  /* for people; NULL: none */
	int decimals;      /* of a number, for people */
	double factor;     /* people's number = number * factor; 0: 1 */
};

struct cell {
	bool present; /* false: null, empty, - */
	union {
		const char *text;
		double number; /* NaN and Inf are null */
		int64_t integer;
		bool flag;
		int64_t ts_us;
	};
};

static inline struct cell cell_number(double value)
{
	return (struct cell){.present = true, .number = value};
}

/* NULL is null. */
static inline struct cell cell_text(const char *value)
{
	return (struct cell){.present = value != NULL, .text = value};
}

bool cell_is_null(const struct column *column, const struct cell *cell);

struct table;

struct table_options {
	enum format format;
	bool exact; /* 17 digits instead of six decimals, in JSON and CSV */
	bool flip;  /* for people: a line per column, its first column heading the others; keeps all rows */
};

struct table *table_new(FILE *out, const struct table_options *options, const struct column *columns, size_t n_columns);
void table_row(struct table *table, const struct cell *cells);
void table_done(struct table *table); /* writes what is left and frees; NULL is fine */

/* Everything went out; else false with a line on standard error. */
bool output_flush(FILE *out);

/* Out of memory ends the program with a line on standard error. */
void *xrealloc(void *memory, size_t size);

#endif

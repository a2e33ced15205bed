/* Reads a table of comma separated values (RFC 4180) row by row: a BOM, CRLF, blank lines and lines that begin with # are
 * skipped over, a last line may lack its end. Refuses a row longer than CSV_ROW_MAX, a NUL, and quotes that do not end, so
 * that memory is bounded however large the file is. */
#ifndef CTL_CSV_H
#define CTL_CSV_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_ROW_MAX = 4 * 1024 * 1024 };

struct csv_row {
	uint64_t line; /* where it begins, from 1 */
	size_t n;
	const char **field; /* without quotes and without blanks around */
	size_t fields_size;
	char *text;
	size_t text_size, text_len;
};

struct csv {
	int fd;
	uint64_t line;  /* being read */
	uint64_t bytes; /* read so far */
	unsigned char *buffer;
	size_t at, end;
	int failed; /* errno of a read that failed */
};

void csv_init(struct csv *csv, int fd); /* does not own fd */
void csv_done(struct csv *csv);

enum csv_status { CSV_ROW, CSV_END, CSV_BAD };
/* CSV_BAD: row->line says where, e what. The row's memory is used again by the next call with the same row. */
enum csv_status csv_next(struct csv *csv, struct csv_row *row, struct err *e);
void csv_row_done(struct csv_row *row);

#endif

/* One byte after another through a small machine; the fields of a row lie NUL-terminated in one growing text, and are
 * pointed at once the row is complete. */
#include "csv.h"

#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 * 1024, AT_END = -1 };

void csv_init(struct csv *csv, int fd)
{
	*csv = (struct csv){.fd = fd, .line = 1, .buffer = xrealloc(NULL, BUFFER_SIZE)};
}

void csv_done(struct csv *csv)
{
	free(csv->buffer);
	csv->buffer = NULL;
}

void csv_row_done(struct csv_row *row)
{
	free(row->field);
	free(row->text);
	*row = (struct csv_row){0};
}

static bool refill(struct csv *csv)
{
	ssize_t n;

	do
		n = read(csv->fd, csv->buffer, BUFFER_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		csv->failed = errno;
	if (n <= 0)
		return false;
	csv->at = 0;
	csv->end = (size_t)n;
	csv->bytes += (uint64_t)n;
	return true;
}

static int peek(struct csv *csv)
{
	if (csv->at == csv->end && !refill(csv))
		return AT_END;
	return csv->buffer[csv->at];
}

static int next_byte(struct csv *csv)
{
	int c = peek(csv);

	if (c == AT_END)
		return c;
	csv->at++;
	csv->line += c == '\n';
	return c;
}

static void skip_line(struct csv *csv)
{
	int c;

	do
		c = next_byte(csv);
	while (c != '\n' && c != AT_END);
}

static void skip_bom(struct csv *csv)
{
	if (csv->bytes == 0 && peek(csv) == 0xef && csv->end - csv->at >= 3 &&
	    memcmp(csv->buffer + csv->at, "\xef\xbb\xbf", 3) == 0)
		csv->at += 3;
}

static bool put(struct csv_row *row, char c, struct err *e)
{
	if (row->text_len == row->text_size) {
		if (row->text_size >= CSV_ROW_MAX) {
			err_set(e, "the row is longer than %d bytes", CSV_ROW_MAX);
			return false;
		}
		row->text_size = row->text_size ? row->text_size * 2 : 4096;
		row->text = xrealloc(row->text, row->text_size);
	}
	row->text[row->text_len++] = c;
	return true;
}

/* From after the opening quote to after the closing one. */
static bool read_quoted(struct csv *csv, struct csv_row *row, struct err *e)
{
	for (;;) {
		int c = next_byte(csv);

		if (c == AT_END || c == '\0') {
			err_set(e, c == AT_END ? "a quote is not closed" : "a NUL byte");
			return false;
		}
		if (c == '"') {
			if (peek(csv) != '"')
				return true;
			next_byte(csv);
		}
		if (!put(row, (char)c, e))
			return false;
	}
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void trim_end(struct csv_row *row, size_t from)
{
	while (row->text_len > from && is_blank(row->text[row->text_len - 1]))
		row->text_len--;
}

static void skip_blanks(struct csv *csv)
{
	while (is_blank(peek(csv)))
		next_byte(csv);
}

static bool ends_field(int c)
{
	return c == ',' || c == '\n' || c == AT_END;
}

static bool read_plain(struct csv *csv, struct csv_row *row, struct err *e)
{
	size_t begin = row->text_len;

	while (!ends_field(peek(csv))) {
		int c = next_byte(csv);

		if (c == '"' || c == '\0') {
			err_set(e, c == '"' ? "a quote in the middle of a field" : "a NUL byte");
			return false;
		}
		if (!put(row, (char)c, e))
			return false;
	}
	trim_end(row, begin);
	return true;
}

static bool read_field(struct csv *csv, struct csv_row *row, struct err *e)
{
	skip_blanks(csv);
	if (peek(csv) != '"')
		return read_plain(csv, row, e) && put(row, '\0', e);
	next_byte(csv);
	if (!read_quoted(csv, row, e))
		return false;
	skip_blanks(csv);
	if (!ends_field(peek(csv))) {
		err_set(e, "text after a closing quote");
		return false;
	}
	return put(row, '\0', e);
}

static void point_at_fields(struct csv_row *row)
{
	const char *text = row->text;

	if (row->n > row->fields_size) {
		row->fields_size = row->n;
		row->field = xrealloc(row->field, row->n * sizeof(*row->field));
	}
	for (size_t i = 0; i < row->n; i++) {
		row->field[i] = text;
		text += strlen(text) + 1;
	}
}

/* Over comments and lines of blanks, to the first byte of a row; false at the end. */
static bool find_row(struct csv *csv)
{
	for (;;) {
		skip_blanks(csv);
		switch (peek(csv)) {
		case AT_END:
			return false;
		case '#':
			skip_line(csv);
			break;
		case '\n':
			next_byte(csv);
			break;
		default:
			return true;
		}
	}
}

enum csv_status csv_next(struct csv *csv, struct csv_row *row, struct err *e)
{
	int c;

	row->n = row->text_len = 0;
	skip_bom(csv);
	if (find_row(csv)) {
		row->line = csv->line;
		do {
			if (!read_field(csv, row, e))
				return CSV_BAD;
			row->n++;
			c = next_byte(csv);
		} while (c == ',');
	}
	if (csv->failed) {
		row->line = csv->line;
		err_set(e, "%s", strerror(csv->failed));
		return CSV_BAD;
	}
	if (row->n == 0)
		return CSV_END;
	point_at_fields(row);
	return CSV_ROW;
}

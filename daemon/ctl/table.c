/* JSON through json_out, so that numbers look as in the payloads; CSV after RFC 4180 with LF. For people null is "-",
 * and control characters that came out of a payload or a database are shown as "?". */
#include "table.h"

#include "core/json_out.h"
#include "core/stamp.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_FOR_WIDTHS = 256, CELL_TEXT_MAX = 1024, JSON_START = 8192 };

struct table {
	FILE *out;
	struct table_options options;
	const struct column *columns;
	size_t n_columns;
	uint64_t rows;
	char **kept;          /* people: rendered cells, row by row */
	size_t n_kept;        /* rows */
	int *width;           /* people: by column, once known */
	bool widths_known;
	char *json;
	size_t json_size;
};

void *xrealloc(void *memory, size_t size)
{
	void *grown = realloc(memory, size ? size : 1);

	if (!grown) {
		fputs("lorenzctl: out of memory\n", stderr);
		exit(1);
	}
	return grown;
}

bool format_choose(bool json, bool csv, enum format *format)
{
	if (json && csv) {
		fputs("--csv: cannot be given together with --json\n", stderr);
		return false;
	}
	*format = json ? FORMAT_JSON : csv ? FORMAT_CSV : FORMAT_PEOPLE;
	return true;
}

bool output_flush(FILE *out)
{
	if (fflush(out) == 0 && !ferror(out))
		return true;
	fprintf(stderr, "standard output: %s\n", strerror(errno));
	return false;
}

struct table *table_new(FILE *out, const struct table_options *options, const struct column *columns, size_t n_columns)
{
	struct table *t = xrealloc(NULL, sizeof(*t));

	*t = (struct table){.out = out, .options = *options, .columns = columns, .n_columns = n_columns};
	t->width = xrealloc(NULL, n_columns * sizeof(*t->width));
	if (options->format == FORMAT_JSON) {
		t->json_size = JSON_START;
		t->json = xrealloc(NULL, t->json_size);
		fputc('[', out);
	}
	return t;
}

static bool is_null(const struct column *column, const struct cell *cell)
{
	return !cell->present || (column->type == CELL_NUMBER && !isfinite(cell->number)) || (column->type == CELL_TEXT && !cell->text);
}

/* ---- JSON ------------------------------------------------------------------------------- */

static void json_cell(struct json_out *json, const struct column *column, const struct cell *cell)
{
	if (is_null(column, cell)) {
		json_out_null(json, column->name);
		return;
	}
	switch (column->type) {
	case CELL_TEXT:
		json_out_text(json, column->name, cell->text);
		break;
	case CELL_NUMBER:
		json_out_number(json, column->name, cell->number);
		break;
	case CELL_INTEGER:
		json_out_integer(json, column->name, cell->integer);
		break;
	case CELL_BOOL:
		json_out_bool(json, column->name, cell->flag);
		break;
	case CELL_TIME:
		json_out_time(json, column->name, cell->ts_us);
		break;
	}
}

static void json_row(struct table *t, const struct cell *cells)
{
	struct json_out json;

	for (;;) {
		json_out_init(&json, t->json, t->json_size);
		json.exact = t->options.exact;
		json_out_object(&json, NULL);
		for (size_t i = 0; i < t->n_columns; i++)
			if (t->columns[i].name)
				json_cell(&json, &t->columns[i], &cells[i]);
		json_out_object_end(&json);
		if (!json.full)
			break;
		t->json_size *= 2;
		t->json = xrealloc(t->json, t->json_size);
	}
	fputs(t->rows ? ",\n " : "\n ", t->out);
	fwrite(json.text, 1, json.len, t->out);
}

/* ---- CSV -------------------------------------------------------------------------------- */

static void csv_text(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void csv_cell(const struct table *t, const struct column *column, const struct cell *cell)
{
	char text[64];

	if (is_null(column, cell))
		return;
	switch (column->type) {
	case CELL_TEXT:
		csv_text(t->out, cell->text);
		break;
	case CELL_NUMBER:
		number_format(text, cell->number, t->options.exact);
		fputs(text, t->out);
		break;
	case CELL_INTEGER:
		fprintf(t->out, "%lld", (long long)cell->integer);
		break;
	case CELL_BOOL:
		fputs(cell->flag ? "true" : "false", t->out);
		break;
	case CELL_TIME:
		fputs(stamp_format(cell->ts_us, text), t->out);
		break;
	}
}

static void csv_header(const struct table *t)
{
	const char *comma = "";

	for (size_t i = 0; i < t->n_columns; i++) {
		if (!t->columns[i].name)
			continue;
		fprintf(t->out, "%s%s", comma, t->columns[i].name);
		comma = ",";
	}
	fputc('\n', t->out);
}

static void csv_row(const struct table *t, const struct cell *cells)
{
	const char *comma = "";

	if (t->rows == 0)
		csv_header(t);
	for (size_t i = 0; i < t->n_columns; i++) {
		if (!t->columns[i].name)
			continue;
		fputs(comma, t->out);
		csv_cell(t, &t->columns[i], &cells[i]);
		comma = ",";
	}
	fputc('\n', t->out);
}

/* ---- people ----------------------------------------------------------------------------- */

/* Columns on a terminal: UTF-8 continuation bytes take none. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void render_text(const char *from, char text[CELL_TEXT_MAX])
{
	size_t n = 0;

	for (; *from && n + 1 < CELL_TEXT_MAX; from++)
		text[n++] = (unsigned char)*from < 0x20 || *from == 0x7f ? '?' : *from;
	text[n] = '\0';
}

static void render_time(int64_t ts_us, char text[CELL_TEXT_MAX])
{
	stamp_format(ts_us, text);
	if (ts_us % 1000000 == 0)
		strcpy(strchr(text, '.'), "Z");
}

static void render(const struct column *column, const struct cell *cell, char text[CELL_TEXT_MAX])
{
	if (is_null(column, cell)) {
		strcpy(text, "-");
		return;
	}
	switch (column->type) {
	case CELL_TEXT:
		render_text(cell->text, text);
		break;
	case CELL_NUMBER:
		snprintf(text, CELL_TEXT_MAX, "%.*f", column->decimals, cell->number * (column->factor != 0 ? column->factor : 1) + 0.0);
		if (strspn(text, "-0.") == strlen(text) && text[0] == '-')
			memmove(text, text + 1, strlen(text));
		break;
	case CELL_INTEGER:
		snprintf(text, CELL_TEXT_MAX, "%lld", (long long)cell->integer);
		break;
	case CELL_BOOL:
		strcpy(text, cell->flag ? "yes" : "no");
		break;
	case CELL_TIME:
		render_time(cell->ts_us, text);
		break;
	}
}

static bool is_right(const struct column *column)
{
	return column->type == CELL_NUMBER || column->type == CELL_INTEGER;
}

static void put_aligned(FILE *out, const char *text, int width, bool right)
{
	int pad = width - text_width(text);

	if (right && pad > 0)
		fprintf(out, "%*s", pad, "");
	fputs(text, out);
	if (!right && pad > 0)
		fprintf(out, "%*s", pad, "");
}

static void keep_row(struct table *t, const struct cell *cells)
{
	char text[CELL_TEXT_MAX];
	char **row;

	t->kept = xrealloc(t->kept, (t->n_kept + 1) * t->n_columns * sizeof(*t->kept));
	row = t->kept + t->n_kept++ * t->n_columns;
	for (size_t i = 0; i < t->n_columns; i++) {
		render(&t->columns[i], &cells[i], text);
		row[i] = strcpy(xrealloc(NULL, strlen(text) + 1), text);
	}
}

static void drop_rows(struct table *t)
{
	for (size_t i = 0; i < t->n_kept * t->n_columns; i++)
		free(t->kept[i]);
	t->n_kept = 0;
}

/* The last column on a line gets no trailing blanks. */
static void put_line(const struct table *t, const char *const *texts)
{
	size_t last = t->n_columns;
	const char *gap = "";

	while (last > 0 && !t->columns[last - 1].title)
		last--;
	for (size_t i = 0; i < last; i++) {
		if (!t->columns[i].title)
			continue;
		fputs(gap, t->out);
		put_aligned(t->out, texts[i], i + 1 == last && !is_right(&t->columns[i]) ? 0 : t->width[i], is_right(&t->columns[i]));
		gap = "  ";
	}
	fputc('\n', t->out);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void put_heading(const struct table *t)
{
	const char **texts = xrealloc(NULL, t->n_columns * sizeof(*texts));
	bool units = false;

	for (size_t i = 0; i < t->n_columns; i++)
		texts[i] = or_empty(t->columns[i].title);
	put_line(t, texts);
	for (size_t i = 0; i < t->n_columns; i++) {
		texts[i] = or_empty(t->columns[i].unit);
		units = units || *texts[i];
	}
	if (units)
		put_line(t, texts);
	free(texts);
}

static void find_widths(struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		int title = text_width(or_empty(t->columns[i].title)), unit = text_width(or_empty(t->columns[i].unit));

		t->width[i] = title > unit ? title : unit;
		for (size_t row = 0; row < t->n_kept; row++) {
			int width = text_width(t->kept[row * t->n_columns + i]);

			t->width[i] = width > t->width[i] ? width : t->width[i];
		}
	}
	t->widths_known = true;
}

static void put_kept(struct table *t)
{
	if (!t->widths_known) {
		find_widths(t);
		put_heading(t);
	}
	for (size_t row = 0; row < t->n_kept; row++)
		put_line(t, (const char *const *)t->kept + row * t->n_columns);
	drop_rows(t);
}

static int flipped_width(const struct table *t, size_t row)
{
	int width = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		int w = t->columns[i].title ? text_width(t->kept[row * t->n_columns + i]) : 0;

		width = w > width ? w : width;
	}
	return width;
}

static void put_flipped(struct table *t)
{
	int title = 0, unit = 0;

	find_widths(t);
	for (size_t i = 0; i < t->n_columns; i++) {
		int w = text_width(or_empty(t->columns[i].title)), u = text_width(or_empty(t->columns[i].unit));

		title = w > title ? w : title;
		unit = u > unit ? u : unit;
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		if (!t->columns[i].title)
			continue;
		put_aligned(t->out, t->columns[i].title, title, false);
		fputs("  ", t->out);
		put_aligned(t->out, or_empty(t->columns[i].unit), unit, false);
		for (size_t row = 0; row < t->n_kept; row++) {
			fputs("  ", t->out);
			put_aligned(t->out, t->kept[row * t->n_columns + i], flipped_width(t, row), true);
		}
		fputc('\n', t->out);
	}
	drop_rows(t);
}

static void people_row(struct table *t, const struct cell *cells)
{
	keep_row(t, cells);
	if (!t->options.flip && (t->widths_known || t->n_kept == ROWS_FOR_WIDTHS))
		put_kept(t);
}

/* ---- any -------------------------------------------------------------------------------- */

void table_row(struct table *t, const struct cell *cells)
{
	switch (t->options.format) {
	case FORMAT_PEOPLE:
		people_row(t, cells);
		break;
	case FORMAT_JSON:
		json_row(t, cells);
		break;
	case FORMAT_CSV:
		csv_row(t, cells);
		break;
	}
	t->rows++;
}

static void finish(struct table *t)
{
	switch (t->options.format) {
	case FORMAT_PEOPLE:
		if (t->options.flip)
			put_flipped(t);
		else
			put_kept(t);
		break;
	case FORMAT_JSON:
		fputs(t->rows ? "\n]\n" : "]\n", t->out);
		break;
	case FORMAT_CSV:
		if (t->rows == 0)
			csv_header(t);
		break;
	}
}

void table_done(struct table *t)
{
	if (!t)
		return;
	finish(t);
	drop_rows(t);
	free(t->kept);
	free(t->width);
	free(t->json);
	free(t);
}

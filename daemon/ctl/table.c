/* JSON through json_out, so that numbers look as in the payloads; CSV after RFC 4180 with LF, null is an empty field. */
#include "table.h"

#include "core/json_out.h"
#include "core/stamp.h"
#include "table_people.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_START = 8192 };

struct table {
	FILE *out;
	struct table_options options;
	const struct column *columns;
	size_t n_columns;
	uint64_t rows;
	struct people people;
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

bool cell_is_null(const struct column *column, const struct cell *cell)
{
	return !cell->present || (column->type == CELL_NUMBER && !isfinite(cell->number)) ||
	       (column->type == CELL_TEXT && !cell->text);
}

/* ---- JSON ------------------------------------------------------------------------------- */

static void json_cell(struct json_out *json, const struct column *column, const struct cell *cell)
{
	if (cell_is_null(column, cell)) {
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

	if (cell_is_null(column, cell))
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

	for (size_t i = 0; i < t->n_columns; i++) {
		if (!t->columns[i].name)
			continue;
		fputs(comma, t->out);
		csv_cell(t, &t->columns[i], &cells[i]);
		comma = ",";
	}
	fputc('\n', t->out);
}

/* ---- any -------------------------------------------------------------------------------- */

struct table *table_new(FILE *out, const struct table_options *options, const struct column *columns, size_t n_columns)
{
	struct table *t = xrealloc(NULL, sizeof(*t));

	*t = (struct table){.out = out, .options = *options, .columns = columns, .n_columns = n_columns};
	switch (options->format) {
	case FORMAT_PEOPLE:
		people_init(&t->people, out, options->flip, columns, n_columns);
		break;
	case FORMAT_JSON:
		t->json_size = JSON_START;
		t->json = xrealloc(NULL, t->json_size);
		fputc('[', out);
		break;
	case FORMAT_CSV:
		csv_header(t);
		break;
	}
	return t;
}

void table_row(struct table *t, const struct cell *cells)
{
	switch (t->options.format) {
	case FORMAT_PEOPLE:
		people_row(&t->people, cells);
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
		people_done(&t->people);
		break;
	case FORMAT_JSON:
		fputs(t->rows ? "\n]\n" : "]\n", t->out);
		break;
	case FORMAT_CSV:
		break;
	}
}

void table_done(struct table *t)
{
	if (!t)
		return;
	finish(t);
	free(t->json);
	free(t);
}

/* Texts are rendered row by row and kept until the widths are known. Null is "-"; control characters that came out of a
 * payload or a database are shown as "?". */
#include "table_people.h"

#include "core/stamp.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_FOR_WIDTHS = 256, CELL_TEXT_MAX = 1024, GAP = 2 };

void people_init(struct people *people, FILE *out, bool flip, const struct column *columns, size_t n_columns)
{
	*people = (struct people){.out = out, .flip = flip, .columns = columns, .n_columns = n_columns};
	people->width = xrealloc(NULL, n_columns * sizeof(*people->width));
}

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
	if (cell_is_null(column, cell)) {
		strcpy(text, "-");
		return;
	}
	switch (column->type) {
	case CELL_TEXT:
		render_text(cell->text, text);
		break;
	case CELL_NUMBER:
		snprintf(text, CELL_TEXT_MAX, "%.*f", column->decimals,
		         cell->number * (column->factor != 0 ? column->factor : 1) + 0.0);
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

/* One line: blanks are owed until a text follows, so that none end it. */
struct line {
	FILE *out;
	int blanks;
};

static void put_text(struct line *line, const char *text)
{
	if (!*text)
		return;
	fprintf(line->out, "%*s%s", line->blanks, "", text);
	line->blanks = 0;
}

static void put_aligned(struct line *line, const char *text, int width, bool right)
{
	int pad = width - text_width(text);

	pad = pad > 0 ? pad : 0;
	line->blanks += right ? pad : 0;
	put_text(line, text);
	line->blanks += (right ? 0 : pad) + GAP;
}

static void keep_row(struct people *p, const struct cell *cells)
{
	char text[CELL_TEXT_MAX];
	char **row;

	p->kept = xrealloc(p->kept, (p->n_kept + 1) * p->n_columns * sizeof(*p->kept));
	row = p->kept + p->n_kept++ * p->n_columns;
	for (size_t i = 0; i < p->n_columns; i++) {
		render(&p->columns[i], &cells[i], text);
		row[i] = strcpy(xrealloc(NULL, strlen(text) + 1), text);
	}
}

static void drop_rows(struct people *p)
{
	for (size_t i = 0; i < p->n_kept * p->n_columns; i++)
		free(p->kept[i]);
	p->n_kept = 0;
}

static void put_line(const struct people *p, const char *const *texts)
{
	struct line line = {.out = p->out};

	for (size_t i = 0; i < p->n_columns; i++)
		if (p->columns[i].title)
			put_aligned(&line, texts[i], p->width[i], is_right(&p->columns[i]));
	fputc('\n', p->out);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void put_heading(const struct people *p)
{
	const char **texts = xrealloc(NULL, p->n_columns * sizeof(*texts));
	bool units = false;

	for (size_t i = 0; i < p->n_columns; i++)
		texts[i] = or_empty(p->columns[i].title);
	put_line(p, texts);
	for (size_t i = 0; i < p->n_columns; i++) {
		texts[i] = or_empty(p->columns[i].unit);
		units = units || *texts[i];
	}
	if (units)
		put_line(p, texts);
	free(texts);
}

static void find_widths(struct people *p)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		int title = text_width(or_empty(p->columns[i].title)), unit = text_width(or_empty(p->columns[i].unit));

		p->width[i] = title > unit ? title : unit;
		for (size_t row = 0; row < p->n_kept; row++) {
			int width = text_width(p->kept[row * p->n_columns + i]);

			p->width[i] = width > p->width[i] ? width : p->width[i];
		}
	}
	p->widths_known = true;
}

static void put_kept(struct people *p)
{
	if (!p->widths_known) {
		find_widths(p);
		put_heading(p);
	}
	for (size_t row = 0; row < p->n_kept; row++)
		put_line(p, (const char *const *)p->kept + row * p->n_columns);
	drop_rows(p);
}

static int flipped_width(const struct people *p, size_t row)
{
	int width = 0;

	for (size_t i = 0; i < p->n_columns; i++) {
		int w = p->columns[i].title ? text_width(p->kept[row * p->n_columns + i]) : 0;

		width = w > width ? w : width;
	}
	return width;
}

static void put_flipped(struct people *p)
{
	int title = 0, unit = 0;

	find_widths(p);
	for (size_t i = 0; i < p->n_columns; i++) {
		int w = text_width(or_empty(p->columns[i].title)), u = text_width(or_empty(p->columns[i].unit));

		title = w > title ? w : title;
		unit = u > unit ? u : unit;
	}
	for (size_t i = 0; i < p->n_columns; i++) {
		struct line line = {.out = p->out};

		if (!p->columns[i].title)
			continue;
		put_aligned(&line, p->columns[i].title, title, false);
		put_aligned(&line, or_empty(p->columns[i].unit), unit, false);
		for (size_t row = 0; row < p->n_kept; row++)
			put_aligned(&line, p->kept[row * p->n_columns + i], flipped_width(p, row), true);
		fputc('\n', p->out);
	}
	drop_rows(p);
}

void people_row(struct people *p, const struct cell *cells)
{
	keep_row(p, cells);
	if (!p->flip && (p->widths_known || p->n_kept == ROWS_FOR_WIDTHS))
		put_kept(p);
}

void people_done(struct people *p)
{
	if (p->flip)
		put_flipped(p);
	else
		put_kept(p);
	free(p->kept);
	free(p->width);
	*p = (struct people){0};
}

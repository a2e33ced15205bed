/* The page around the frame: title, legend, axes; then what is drawn over numbers. Beside labels, chart_labels.c. */
#include "chart_draw.h"

#include <math.h>

enum {
	WIDTH = 820,
	FRAME_HEIGHT = 340,
	LEFT = 76,
	RIGHT = 24,
	LEGEND_LINE = 22,
	SWATCH = 26,
	GAP = 22,
	FONT = 13,
	SMALL_FONT = 12,
	SUBTITLE_MAX = 512
};

/* ---- the page --------------------------------------------------------------------------- */

static void page_begin(const struct plot *p)
{
	fprintf(p->out,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
	        "role=\"img\">\n<title>",
	        p->width, p->height, p->width, p->height);
	svg_escaped(p->out, p->chart->title ? p->chart->title : "chart");
	fputs("</title>\n"
	      "<style>text{font:13px 'DejaVu Sans',Helvetica,Arial,sans-serif;fill:#404040}.title{font-size:16px;fill:#202020}"
	      ".small{font-size:12px;fill:#606060}.halo{font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:4px}"
	      ".grid{stroke:#e4e4e4}.frame{stroke:#606060}.line{fill:none;stroke-width:2.4;stroke-linejoin:round}</style>\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
	      p->out);
}

/* Where the text's next line ends that is not wider than the page: at a blank, unless there is none. */
static size_t line_length(const struct plot *p, const char *text)
{
	size_t best = 0, n = 0;
	char line[SUBTITLE_MAX];

	for (; text[n] && n + 1 < sizeof(line); n++) {
		line[n] = text[n];
		line[n + 1] = '\0';
		if (best > 0 && svg_text_width(line, SMALL_FONT) > p->width - 20 - RIGHT)
			return best;
		if (text[n + 1] == ' ' || text[n + 1] == '\0')
			best = n + 1;
	}
	return best > 0 ? best : n;
}

/* Title and subtitle, which takes as many lines as it needs; put: not only measured. Returns where they end. */
static double lay_titles(const struct plot *p, bool put)
{
	double y = p->chart->title ? 30 : 4;
	char line[SUBTITLE_MAX];

	if (p->chart->title && put)
		svg_text(p->out, 20, y, "start", " class=\"title\"", p->chart->title);
	for (const char *rest = p->chart->subtitle; rest && *rest;) {
		size_t n = line_length(p, rest);

		y += rest == p->chart->subtitle ? 20 : 16;
		snprintf(line, sizeof(line), "%.*s", (int)n, rest);
		if (put)
			svg_text(p->out, 20, y, "start", " class=\"small\"", line);
		rest += n + (rest[n] == ' ');
	}
	return y + 8;
}

static const char *dashes(enum chart_mark mark)
{
	switch (mark) {
	case CHART_DASHED:
		return " stroke-dasharray=\"7 4\"";
	case CHART_DOTTED:
		return " stroke-dasharray=\"2 3\" stroke-width=\"1.6\"";
	case CHART_AREA:
	case CHART_LINE:
		break;
	}
	return "";
}

static void put_swatch(const struct plot *p, const struct chart_series *series, double x, double y)
{
	const char *colour = chart_colours[series->colour];
	const char *fill = series->mark == CHART_DASHED ? "#ffffff" : colour;

	if (series->mark == CHART_AREA)
		fprintf(p->out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%d\" height=\"12\" fill=\"%s\"/>\n", x, y - 11, SWATCH - 6,
		        colour);
	else if (p->chart->labels)
		fprintf(p->out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"5\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
		        x + 10, y - 5, fill, colour);
	else
		fprintf(p->out, "<path class=\"line\" d=\"M%.2f %.2fh%d\" stroke=\"%s\"%s/>\n", x, y - 5, SWATCH - 4, colour,
		        dashes(series->mark));
}

/* Side by side as long as there is room; put: not only measured. Returns where it ends. */
static double lay_legend(const struct plot *p, bool put)
{
	double x = 20, y = lay_titles(p, false) + LEGEND_LINE - 4;

	for (size_t s = 0; s < p->chart->n_series; s++) {
		const struct chart_series *series = &p->chart->series[s];
		const char *name = series->legend ? series->legend : series->name;
		double width = SWATCH + svg_text_width(name, FONT) + GAP;

		if (!*name)
			continue;
		if (x > 20 && x + width - GAP > p->width - RIGHT) {
			x = 20;
			y += LEGEND_LINE;
		}
		if (put) {
			put_swatch(p, series, x, y);
			svg_text(p->out, x + SWATCH, y, "start", "", name);
		}
		x += width;
	}
	return y + 16;
}

static void put_legend(const struct plot *p)
{
	fputs("<g id=\"legend\">\n", p->out);
	lay_legend(p, true);
	fputs("</g>\n", p->out);
}

/* ---- axes ------------------------------------------------------------------------------- */

static void put_tick(FILE *out, double x, double y, const char *anchor, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.10g", value);
	svg_text(out, x, y, anchor, "", text);
}

void plot_axis_x(const struct plot *p)
{
	double value;

	fputs("<g id=\"x-axis\">\n", p->out);
	for (int i = 0; axis_tick(&p->x, i, &value); i++) {
		double px = axis_px(&p->x, value);

		bool zero = p->chart->labels && value == 0;

		svg_line(p->out, px, p->top, px, p->bottom, zero ? " class=\"frame\"" : " class=\"grid\"");
		svg_line(p->out, px, p->bottom, px, p->bottom + 5, " class=\"frame\"");
		put_tick(p->out, px, p->bottom + 20, "middle", value);
	}
	fputs("</g>\n", p->out);
	svg_text(p->out, (p->left + p->right) / 2, p->bottom + 44, "middle", "",
	         p->chart->labels ? p->chart->y_title : p->chart->x_title);
}

static void put_axis_y(const struct plot *p)
{
	double middle = (p->top + p->bottom) / 2, value;
	char rotate[64];

	fputs("<g id=\"y-axis\">\n", p->out);
	for (int i = 0; axis_tick(&p->y, i, &value); i++) {
		double px = axis_px(&p->y, value);

		svg_line(p->out, p->left, px, p->right, px, value == 0 ? " class=\"frame\"" : " class=\"grid\"");
		svg_line(p->out, p->left - 5, px, p->left, px, " class=\"frame\"");
		put_tick(p->out, p->left - 9, px + 4.5, "end", value);
	}
	fputs("</g>\n", p->out);
	snprintf(rotate, sizeof(rotate), " transform=\"rotate(-90 18 %.2f)\"", middle);
	svg_text(p->out, 18, middle, "middle", rotate, p->chart->y_title);
}

static void put_frame(const struct plot *p)
{
	svg_line(p->out, p->left, p->bottom, p->right, p->bottom, " class=\"frame\"");
	svg_line(p->out, p->left, p->top, p->left, p->bottom, " class=\"frame\"");
}

/* ---- over numbers ----------------------------------------------------------------------- */

static void put_name(const struct plot *p, const char *name)
{
	fputs("<title>", p->out);
	svg_escaped(p->out, name);
	fputs("</title></path>\n", p->out);
}

static void put_line(const struct plot *p, const struct chart_series *series)
{
	const double *x = series_x(p->chart, series);
	bool pen = false;

	fprintf(p->out, "<path class=\"line\" stroke=\"%s\"%s d=\"", chart_colours[series->colour], dashes(series->mark));
	for (size_t i = 0; i < series_n(p->chart, series); i++) {
		if (isfinite(series->y[i]))
			fprintf(p->out, "%c%.2f %.2f", pen ? 'L' : 'M', axis_px(&p->x, x[i]), axis_px(&p->y, series->y[i]));
		pen = isfinite(series->y[i]);
	}
	fputs("\">", p->out);
	put_name(p, series->name);
}

/* From first up to, not including, end: forward along the upper edge, back along the lower. */
static void put_area_part(const struct plot *p, size_t s, size_t first, size_t end)
{
	const struct chart *c = p->chart;

	for (size_t i = first; i < end; i++)
		fprintf(p->out, "%c%.2f %.2f", i == first ? 'M' : 'L', axis_px(&p->x, c->x[i]),
		        axis_px(&p->y, plot_stack(c, s, i) + c->series[s].y[i]));
	for (size_t i = end; i-- > first;)
		fprintf(p->out, "L%.2f %.2f", axis_px(&p->x, c->x[i]), axis_px(&p->y, plot_stack(c, s, i)));
	fputc('Z', p->out);
}

static void put_area(const struct plot *p, size_t s)
{
	const struct chart_series *series = &p->chart->series[s];

	fprintf(p->out, "<path class=\"area\" fill=\"%s\" d=\"", chart_colours[series->colour]);
	for (size_t first = 0, end; first < p->chart->n; first = end + 1) {
		for (end = first; end < p->chart->n && isfinite(series->y[end]); end++)
			;
		if (end > first)
			put_area_part(p, s, first, end);
	}
	fputs("\">", p->out);
	put_name(p, series->name);
}

static void put_notes(const struct plot *p)
{
	for (size_t i = 0; i < p->chart->n_notes; i++) {
		const struct chart_note *note = &p->chart->notes[i];
		double x = axis_px(&p->x, note->x), y = p->top + 16 + 17 * (double)i;
		bool left = x + svg_text_width(note->text, 12) > p->right - 6;

		svg_line(p->out, x, p->top, x, p->bottom, " stroke=\"#202020\" stroke-dasharray=\"2 3\"");
		svg_text(p->out, left ? x - 6 : x + 6, y, left ? "end" : "start", " class=\"halo\"", note->text);
	}
}

void plot_over_numbers(struct plot *p)
{
	const struct chart *c = p->chart;
	double low, high;

	plot_range_x(c, &low, &high);
	p->x = axis_fit(low, high, !c->x);
	plot_range(c, &low, &high);
	p->y = axis_fit(low, high, true);
	p->x.low_px = p->left;
	p->x.high_px = p->right;
	p->y.low_px = p->bottom;
	p->y.high_px = p->top;
	plot_axis_x(p);
	put_axis_y(p);
	for (size_t s = 0; s < c->n_series; s++)
		if (c->series[s].mark == CHART_AREA)
			put_area(p, s);
	for (size_t s = 0; s < c->n_series; s++)
		if (c->series[s].mark != CHART_AREA)
			put_line(p, &c->series[s]);
	put_frame(p);
	put_notes(p);
	plot_points(p);
}

void chart_svg(FILE *out, const struct chart *chart)
{
	struct plot p = {.out = out, .chart = chart, .width = WIDTH, .left = LEFT, .right = WIDTH - RIGHT};

	p.top = lay_legend(&p, false);
	p.bottom = p.top + (chart->labels ? labels_height(chart) : FRAME_HEIGHT);
	p.height = p.bottom + 60;
	if (chart->labels)
		p.left = labels_left(chart);
	page_begin(&p);
	lay_titles(&p, true);
	put_legend(&p);
	if (chart->labels)
		plot_over_labels(&p);
	else
		plot_over_numbers(&p);
	fputs("</svg>\n", out);
}

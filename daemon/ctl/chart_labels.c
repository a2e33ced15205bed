/* A row for each label: dots on a line from the least to the greatest, or stacked bars. The values' axis lies below. */
#include "chart_draw.h"

#include <math.h>

enum { ROW = 22, LABEL_GAP = 12, DOT = 5 };

double labels_height(const struct chart *chart)
{
	return ROW * (double)(chart->n ? chart->n : 1) + 8;
}

double labels_left(const struct chart *chart)
{
	double width = 40;

	for (size_t i = 0; i < chart->n; i++)
		width = fmax(width, svg_text_width(chart->labels[i], 13));
	return 20 + fmin(width, 300) + LABEL_GAP;
}

static double row_px(const struct plot *p, size_t i)
{
	return p->top + 4 + ROW * ((double)i + 0.5);
}

static void put_bars(const struct plot *p, size_t i)
{
	for (size_t s = 0; s < p->chart->n_series; s++) {
		const struct chart_series *series = &p->chart->series[s];
		double from, to;

		if (series->mark != CHART_AREA || !isfinite(series->y[i]))
			continue;
		from = axis_px(&p->x, plot_stack(p->chart, s, i));
		to = axis_px(&p->x, plot_stack(p->chart, s, i) + series->y[i]);
		fprintf(p->out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>\n", fmin(from, to),
		        row_px(p, i) - 7, fabs(to - from), 14, chart_colours[series->colour]);
	}
}

/* What links the dots of one row. */
static void put_link(const struct plot *p, size_t i)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t s = 0; s < p->chart->n_series; s++) {
		const struct chart_series *series = &p->chart->series[s];

		if (series->mark == CHART_AREA)
			return;
		if (isfinite(series->y[i])) {
			low = fmin(low, series->y[i]);
			high = fmax(high, series->y[i]);
		}
	}
	if (low < high)
		svg_line(p->out, axis_px(&p->x, low), row_px(p, i), axis_px(&p->x, high), row_px(p, i),
		         " stroke=\"#b0b0b0\" stroke-width=\"2\"");
}

static void put_dots(const struct plot *p, size_t i)
{
	for (size_t s = 0; s < p->chart->n_series; s++) {
		const struct chart_series *series = &p->chart->series[s];
		const char *colour = chart_colours[series->colour];

		if (series->mark == CHART_AREA || !isfinite(series->y[i]))
			continue;
		fprintf(p->out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
		        axis_px(&p->x, series->y[i]), row_px(p, i), DOT, series->mark == CHART_DASHED ? "#ffffff" : colour,
		        colour);
	}
}

void plot_over_labels(struct plot *p)
{
	double low, high;

	plot_range(p->chart, &low, &high);
	p->x = axis_fit(low, high, true);
	p->x.low_px = p->left;
	p->x.high_px = p->right;
	plot_axis_x(p);
	svg_line(p->out, p->left, p->top, p->left, p->bottom, " class=\"frame\"");
	fputs("<g id=\"labels\">\n", p->out);
	for (size_t i = 0; i < p->chart->n; i++)
		svg_text(p->out, p->left - LABEL_GAP, row_px(p, i) + 4.5, "end", "", p->chart->labels[i]);
	fputs("</g>\n<g id=\"rows\">\n", p->out);
	for (size_t i = 0; i < p->chart->n; i++) {
		put_bars(p, i);
		put_link(p, i);
		put_dots(p, i);
	}
	fputs("</g>\n", p->out);
}

/* What the parts of a chart share: axes with round ticks, elements of SVG, and where things are. Pixels grow to the right and
 * downwards. */
#ifndef CTL_CHART_DRAW_H
#define CTL_CHART_DRAW_H

#include "chart.h"

struct axis {
	double low, high;       /* what it shows */
	double step;            /* between ticks, which are its multiples */
	double low_px, high_px; /* where low and high are */
};

/* Some six round ticks; round_out: low and high become ticks. What is not finite, or no range, gets one of its own. */
struct axis axis_fit(double low, double high, bool round_out);
double axis_px(const struct axis *axis, double value);
/* The ticks one by one, from i = 0; false: no more. */
bool axis_tick(const struct axis *axis, int i, double *value);

struct plot {
	FILE *out;
	const struct chart *chart;
	double width, height;
	double left, right, top, bottom; /* of the frame */
	struct axis x, y;                /* beside labels y is not used */
};

extern const char *const chart_colours[]; /* by enum chart_colour */

/* attributes: more of the element, " class='x'"; "" for none. */
void svg_text(FILE *out, double x, double y, const char *anchor, const char *attributes, const char *text);
void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *attributes);
void svg_escaped(FILE *out, const char *text);
/* About how wide a text is, px. */
double svg_text_width(const char *text, double font_px);

/* How many values a series has, and what they lie over. */
size_t series_n(const struct chart *chart, const struct chart_series *series);
const double *series_x(const struct chart *chart, const struct chart_series *series);
/* The least and greatest of what a series of lines, or the stack of areas, reaches. */
void plot_range(const struct chart *chart, double *low, double *high);
/* The same of what they lie over. */
void plot_range_x(const struct chart *chart, double *low, double *high);
/* Where the areas before series s end for value i, on the side of zero that the series' own value is. */
double plot_stack(const struct chart *chart, size_t s, size_t i);

void plot_axis_x(const struct plot *plot);
void plot_over_numbers(struct plot *plot);
void plot_over_labels(struct plot *plot);
void plot_points(const struct plot *plot);
/* What the frame needs beside labels. */
double labels_height(const struct chart *chart);
double labels_left(const struct chart *chart);

#endif

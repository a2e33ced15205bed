/* Charts as SVG 1.1, without a library: lines and stacked areas over a number, points with a text among them, or dots and stacked
 * bars in a row for each label. Colours are those of Okabe and Ito, which colour-blind people tell apart, and lines differ in
 * their dashes too. A value that is not finite is a gap. */
#ifndef CTL_CHART_H
#define CTL_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum chart_mark {
	CHART_AREA,   /* stacked on the areas before it; negative values below zero. Beside labels: a bar */
	CHART_LINE,   /* beside labels: a dot */
	CHART_DASHED, /* beside labels: a hollow dot */
	CHART_DOTTED, /* a thin line; not beside labels */
};

enum chart_colour { CHART_BLUE, CHART_VERMILION, CHART_GREEN, CHART_PURPLE, CHART_ORANGE, CHART_SKY, CHART_GREY, CHART_BLACK };

struct chart_series {
	const char *name;
	enum chart_mark mark;
	enum chart_colour colour;
	const double *y; /* n values */
	const double *x; /* of a line that goes its own way, n_own values as in y; NULL: the chart's */
	size_t n_own;
	const char *legend; /* NULL: its name; "": the legend leaves it out */
};

/* A dot with a text beside it, over numbers. */
struct chart_point {
	double x, y;
	enum chart_colour colour;
	const char *text;
	bool hollow;
};

/* An upright line with a text. */
struct chart_note {
	double x;
	const char *text;
};

struct chart {
	const char *title, *subtitle; /* NULL: none */
	const char *x_title, *y_title;
	size_t n;
	const double *x;           /* rising or falling; not looked at beside labels; NULL, with n 0: each series has its own */
	const char *const *labels; /* NULL: none */
	const struct chart_series *series;
	size_t n_series;
	const struct chart_note *notes;
	size_t n_notes;
	const struct chart_point *points;
	size_t n_points;
	bool zero; /* the axis of y shows it */
};

/* Texts are UTF-8; what is none, or is not allowed in XML, comes out as "?". */
void chart_svg(FILE *out, const struct chart *chart);

#endif

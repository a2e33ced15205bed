/* Dots with texts, each text on the first side of its dot where it covers no other and stays in the frame. */
#include "chart_draw.h"

#include <math.h>

enum { DOT = 5, TEXT_FONT = 12, BOXES_MAX = 64 };

struct box {
	double left, right, top, bottom;
};

/* What has been taken so far: all dots, then texts. */
struct taken {
	struct box box[BOXES_MAX];
	size_t n;
};

static void take(struct taken *taken, struct box box)
{
	if (taken->n < BOXES_MAX)
		taken->box[taken->n++] = box;
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->left < b->right && a->right > b->left && a->top < b->bottom && a->bottom > b->top;
}

static bool is_on_line(const struct plot *p, const struct box *box)
{
	for (size_t s = 0; s < p->chart->n_series; s++) {
		const struct chart_series *series = &p->chart->series[s];

		for (size_t i = 0; i < series_n(p->chart, series); i++) {
			double x = axis_px(&p->x, series_x(p->chart, series)[i]), y = axis_px(&p->y, series->y[i]);

			if (x > box->left && x < box->right && y > box->top && y < box->bottom)
				return true;
		}
	}
	return false;
}

static bool is_free(const struct plot *p, const struct taken *taken, const struct box *box)
{
	if (box->left < p->left || box->right > p->right || box->top < p->top || box->bottom > p->bottom)
		return false;
	for (size_t i = 0; i < taken->n; i++)
		if (overlap(box, &taken->box[i]))
			return false;
	return !is_on_line(p, box);
}

/* Of a text that begins at x, or ends there, on a base line. */
static struct box text_box(const char *text, double x, double y, bool left)
{
	double width = svg_text_width(text, TEXT_FONT);

	return (struct box){left ? x - width : x, left ? x : x + width, y - TEXT_FONT, y + 3};
}

/* Right, left, then further and further above and below; a text that is not beside its dot gets a line to it. */
static void put_point_text(const struct plot *p, struct taken *taken, double x, double y, const char *text)
{
	static const int PLACES = 28;
	struct box box;
	double dx = 10, dy = 4;

	for (int i = 0; i < PLACES; i++) {
		int step = (i + 2) / 4;

		dx = (i % 2 == 0 ? 1 : -1) * (step == 0 ? 10 : 8 + 4 * step);
		dy = 4 + (i % 4 < 2 ? -18 : 18) * step;
		box = text_box(text, x + dx, y + dy, dx < 0);
		if (is_free(p, taken, &box))
			break;
		if (i + 1 == PLACES)
			dx = 10, dy = 4;
	}
	take(taken, text_box(text, x + dx, y + dy, dx < 0));
	if (dy < 0 || dy > 4)
		svg_line(p->out, x, y, x + dx, y + dy - 4, " stroke=\"#909090\"");
	svg_text(p->out, x + dx, y + dy, dx < 0 ? "end" : "start", " class=\"halo\"", text);
}

void plot_points(const struct plot *p)
{
	const struct chart *c = p->chart;
	struct taken taken = {.n = 0};

	if (c->n_points == 0)
		return;
	for (size_t i = 0; i < c->n_points; i++) {
		double x = axis_px(&p->x, c->points[i].x), y = axis_px(&p->y, c->points[i].y);

		take(&taken, (struct box){x - DOT, x + DOT, y - DOT, y + DOT});
	}
	fputs("<g id=\"points\">\n", p->out);
	for (size_t i = 0; i < c->n_points; i++) {
		double x = axis_px(&p->x, c->points[i].x), y = axis_px(&p->y, c->points[i].y);
		const char *colour = chart_colours[c->points[i].colour];

		if (!isfinite(x) || !isfinite(y))
			continue;
		fprintf(p->out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"/>\n", x,
		        y, DOT, c->points[i].hollow ? "#ffffff" : colour, c->points[i].hollow ? colour : "#ffffff");
		put_point_text(p, &taken, x, y, c->points[i].text);
	}
	fputs("</g>\n", p->out);
}

/* Axes and elements of SVG. */
#include "chart_draw.h"

#include "core/utf8.h"

#include <math.h>
#include <string.h>

const char *const chart_colours[] = {
    [CHART_BLUE] = "#0072b2",   [CHART_VERMILION] = "#d55e00", [CHART_GREEN] = "#009e73", [CHART_PURPLE] = "#aa4499",
    [CHART_ORANGE] = "#e69f00", [CHART_SKY] = "#56b4e9",       [CHART_GREY] = "#999999",  [CHART_BLACK] = "#202020",
};

/* ---- axes ------------------------------------------------------------------------------- */

static double round_step(double range)
{
	static const double ROUND[] = {1, 2, 2.5, 5, 10};
	double wanted = range / 6, decade = pow(10, floor(log10(wanted)));

	for (size_t i = 0; i < sizeof(ROUND) / sizeof(ROUND[0]); i++)
		if (ROUND[i] * decade >= wanted * (1 - 1e-9))
			return ROUND[i] * decade;
	return 10 * decade;
}

struct axis axis_fit(double low, double high, bool round_out)
{
	struct axis axis = {.low = fmin(low, high), .high = fmax(low, high)};

	if (!isfinite(low) || !isfinite(high))
		axis.low = 0, axis.high = 1;
	if (axis.high - axis.low <= 1e-9 * fmax(fabs(axis.low), fabs(axis.high))) {
		double margin = axis.low != 0 ? fabs(axis.low) / 10 : 1;

		axis.low -= margin;
		axis.high += margin;
	}
	axis.step = round_step(axis.high - axis.low);
	if (round_out) {
		axis.low = axis.step * floor(axis.low / axis.step + 1e-9);
		axis.high = axis.step * ceil(axis.high / axis.step - 1e-9);
	}
	return axis;
}

double axis_px(const struct axis *axis, double value)
{
	return axis->low_px + (value - axis->low) / (axis->high - axis->low) * (axis->high_px - axis->low_px);
}

bool axis_tick(const struct axis *axis, int i, double *value)
{
	double tick = axis->step * (ceil(axis->low / axis->step - 1e-9) + i);

	*value = fabs(tick) < 1e-9 * axis->step ? 0 : tick;
	return tick <= axis->high + 1e-9 * axis->step;
}

/* ---- elements --------------------------------------------------------------------------- */

static void put_char(FILE *out, const char *s, size_t n)
{
	switch (*s) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	default:
		fwrite(s, 1, n, out);
	}
}

/* XML 1.0 takes no control characters, and not U+FFFE and U+FFFF. */
static bool is_allowed(const char *s, size_t n)
{
	uint32_t point = n ? utf8_point(s, n) : 0;

	return point >= 0x20 && point != 0x7f && point != 0xfffe && point != 0xffff;
}

void svg_escaped(FILE *out, const char *text)
{
	size_t n;

	for (const char *end = text + strlen(text); text < end; text += n) {
		n = utf8_char(text, (size_t)(end - text));
		if (is_allowed(text, n))
			put_char(out, text, n);
		else
			fputc('?', out);
		n = n ? n : 1;
	}
}

void svg_text(FILE *out, double x, double y, const char *anchor, const char *attributes, const char *text)
{
	fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\"%s>", x, y, anchor, attributes);
	svg_escaped(out, text);
	fputs("</text>\n", out);
}

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *attributes)
{
	fprintf(out, "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"%s/>\n", x1, y1, x2, y2, attributes);
}

double svg_text_width(const char *text, double font_px)
{
	static const double WIDTH_OF_A_CHARACTER = 0.56;
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n * font_px * WIDTH_OF_A_CHARACTER;
}

/* ---- what is to be shown ---------------------------------------------------------------- */

double plot_stack(const struct chart *chart, size_t s, size_t i)
{
	bool below = chart->series[s].y[i] < 0;
	double sum = 0;

	for (size_t k = 0; k < s; k++)
		if (chart->series[k].mark == CHART_AREA && (chart->series[k].y[i] < 0) == below &&
		    isfinite(chart->series[k].y[i]))
			sum += chart->series[k].y[i];
	return sum;
}

size_t series_n(const struct chart *chart, const struct chart_series *series)
{
	return series->x ? series->n_own : chart->n;
}

const double *series_x(const struct chart *chart, const struct chart_series *series)
{
	return series->x ? series->x : chart->x;
}

static void widen(double value, double *low, double *high)
{
	if (!isfinite(value))
		return;
	*low = fmin(*low, value);
	*high = fmax(*high, value);
}

void plot_range_x(const struct chart *chart, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < chart->n; i++)
		widen(chart->x[i], low, high);
	for (size_t s = 0; s < chart->n_series; s++)
		for (size_t i = 0; chart->series[s].x && i < chart->series[s].n_own; i++)
			if (isfinite(chart->series[s].y[i]))
				widen(chart->series[s].x[i], low, high);
	for (size_t i = 0; i < chart->n_points; i++)
		widen(chart->points[i].x, low, high);
}

void plot_range(const struct chart *chart, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t s = 0; s < chart->n_series; s++) {
		bool area = chart->series[s].mark == CHART_AREA;

		for (size_t i = 0; i < series_n(chart, &chart->series[s]); i++) {
			double y = chart->series[s].y[i] + (area ? plot_stack(chart, s, i) : 0);

			if (!isfinite(y))
				continue;
			*low = fmin(*low, area || chart->zero ? fmin(y, 0) : y);
			*high = fmax(*high, area || chart->zero ? fmax(y, 0) : y);
		}
	}
	for (size_t i = 0; i < chart->n_points; i++)
		widen(chart->points[i].y, low, high);
}

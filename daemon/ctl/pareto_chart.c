/* The front as a line of cost over CO2 with the marked points on it, and where all other heats would be. */
#include "chart.h"
#include "core/frame.h"
#include "core/machines.h"
#include "pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FINE = 401, TEXT_MAX = 320 };
static const double LEAST_WIDTH = 0.2; /* of the chart that the front takes, or it is looked at closely */

/* What a chart's figures are per hour, times that; in a year thousands. */
struct scale {
	double factor;
	const char *cost, *cost_unit, *carbon, *carbon_unit;
};

struct track {
	double x[FINE], y[FINE];
};

static void put(struct track *track, size_t i, const struct frame *frame, const struct scale *scale, double q_kw, double p_kw)
{
	struct breakdown b = breakdown_at(frame, q_kw, p_kw);

	track->x[i] = b.part[CARBON_TOTAL] * scale->factor;
	track->y[i] = b.part[COST_TOTAL] * scale->factor;
}

/* What saves more carbon than was asked for is beyond a jump of the front: a gap. */
static void trace_front(const struct frame *frame, const struct scale *scale, struct track *track)
{
	struct lorenz_case_point *points = xrealloc(NULL, FINE * sizeof(*points));
	enum lorenz_status status = machines_pareto(frame, FINE, points);

	for (size_t i = 0; i < FINE; i++) {
		double first, step;

		put(track, i, frame, scale, status == LORENZ_OK ? points[i].q_kw : NAN, points[i].p_kw);
		first = points[0].savings_carbon;
		step = (points[FINE - 1].savings_carbon - first) / (FINE - 1);
		if (points[i].savings_carbon > first + ((double)i + 0.5) * step)
			track->y[i] = NAN;
	}
	free(points);
}

/* From none to all; what the machines cannot do is a gap. */
static void trace_all(const struct frame *frame, const struct scale *scale, struct track *track)
{
	for (size_t i = 0; i < FINE; i++) {
		double q_kw = frame_curve(frame)->q_total_kw * (double)i / (FINE - 1), p_kw = frame_power_kw(frame, q_kw);

		if (frame_limit_at(frame, q_kw) != LORENZ_LIMIT_NONE || frame->outside)
			p_kw = NAN;
		put(track, i, frame, scale, q_kw, p_kw);
	}
}

static const char *const mark_text[FRONT_MARK_COUNT] = {
    [FRONT_REFERENCE] = "boilers alone",     [FRONT_COST] = "cost optimum", [FRONT_CARBON] = "CO₂ optimum",
    [FRONT_NO_EXTRA_COST] = "no extra cost", [FRONT_CAP] = "CO₂ cap",       [FRONT_BLEND] = "blend optimum",
};

static enum chart_colour colour_of(unsigned marks)
{
	static const enum chart_colour colour[FRONT_MARK_COUNT] = {
	    [FRONT_REFERENCE] = CHART_BLACK,     [FRONT_COST] = CHART_BLUE,  [FRONT_CARBON] = CHART_VERMILION,
	    [FRONT_NO_EXTRA_COST] = CHART_GREEN, [FRONT_CAP] = CHART_ORANGE, [FRONT_BLEND] = CHART_PURPLE,
	};
	size_t i = 0;

	while (!(marks >> i & 1))
		i++;
	return colour[i];
}

static void describe_point(const struct front_row *row, char text[TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < FRONT_MARK_COUNT; i++)
		if (row->marks >> i & 1)
			len += (size_t)snprintf(text + len, TEXT_MAX - len, "%s%s", len > 0 ? ", " : "", mark_text[i]);
	if (row->point.q_sink_kw > 0)
		snprintf(text + len, TEXT_MAX - len, ", %.1f °C", row->point.t_sink_out_c);
	else if (!(row->marks & 1U << FRONT_REFERENCE))
		snprintf(text + len, TEXT_MAX - len, ", off");
}

static size_t fill_points(const struct front *front, const struct scale *scale, struct chart_point points[FRONT_MARK_COUNT],
                          char text[FRONT_MARK_COUNT][TEXT_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < front->n; i++) {
		const struct front_row *row = &front->row[i];

		if (row->marks == 0 || isnan(row->breakdown.part[COST_TOTAL]))
			continue;
		describe_point(row, text[n]);
		points[n] =
		    (struct chart_point){row->breakdown.part[CARBON_TOTAL] * scale->factor,
		                         row->breakdown.part[COST_TOTAL] * scale->factor, colour_of(row->marks), text[n], false};
		n++;
	}
	return n;
}

/* ---- what is in the picture ------------------------------------------------------------- */

struct window {
	double x_low, x_high, y_low, y_high;
};

static bool is_inside(const struct window *w, double x, double y)
{
	return x >= w->x_low && x <= w->x_high && y >= w->y_low && y <= w->y_high;
}

static void widen(struct window *w, double x, double y)
{
	*w = (struct window){fmin(w->x_low, x), fmax(w->x_high, x), fmin(w->y_low, y), fmax(w->y_high, y)};
}

/* All points, unless the front would be too small to see: then it and as much again on all sides. */
static struct window choose_window(const struct chart_point *points, size_t n, const struct track *front)
{
	struct window near = {INFINITY, -INFINITY, INFINITY, -INFINITY}, all;
	double dx, dy;

	for (size_t i = 0; i < FINE; i++)
		if (isfinite(front->y[i]))
			widen(&near, front->x[i], front->y[i]);
	all = near;
	for (size_t i = 0; i < n; i++)
		widen(&all, points[i].x, points[i].y);
	dx = near.x_high - near.x_low;
	dy = near.y_high - near.y_low;
	if (!(dx > 0 && dy > 0) || dx >= LEAST_WIDTH * (all.x_high - all.x_low))
		return all;
	return (struct window){near.x_low - dx, near.x_high + dx, near.y_low - dy, near.y_high + dy};
}

/* Points outside move to the edge, hollow and with their figures; what the lines have there is left out. */
static void clip(const struct window *w, const struct scale *scale, struct chart_point *points, size_t n, char text[][TEXT_MAX],
                 struct track *track)
{
	for (size_t i = 0; i < n; i++) {
		struct chart_point *p = &points[i];
		size_t len = strlen(text[i]);

		if (is_inside(w, p->x, p->y))
			continue;
		snprintf(text[i] + len, TEXT_MAX - len, ", outside: %.5g %s, %.5g %s", p->y, scale->cost_unit, p->x,
		         scale->carbon_unit);
		p->x = fmin(fmax(p->x, w->x_low), w->x_high);
		p->y = fmin(fmax(p->y, w->y_low), w->y_high);
		p->hollow = true;
	}
	for (size_t i = 0; i < FINE; i++)
		if (!is_inside(w, track->x[i], track->y[i]))
			track->y[i] = NAN;
}

static void describe_case(const struct front *front, char text[TEXT_MAX])
{
	const struct frame *f = &front->frame;
	const struct lorenz_rates *cost = &f->rates[MERIT_COST], *carbon = &f->rates[MERIT_CARBON];

	snprintf(text, TEXT_MAX,
	         "%s%ssource %.4g °C, sink from %.4g to %.4g °C, %.7g kW, electricity %.4g EUR/MWh and %.4g kg/MWh, "
	         "heat of the boiler %.4g EUR/MWh and %.4g kg/MWh",
	         front->loop ? front->loop : "", front->loop ? ": " : "", k_to_c(f->machines.plant.source.t_in_k),
	         k_to_c(f->curve.t_in_k), k_to_c(f->curve.t_target_k), f->curve.q_total_kw, cost->elec, carbon->elec, cost->heat,
	         carbon->heat);
}

void front_chart(const struct front *front, const char *title, double hours_a, FILE *out)
{
	const struct scale hourly = {1, "cost, EUR/h", "EUR/h", "CO₂, kg/h", "kg/h"};
	const struct scale yearly = {hours_a / 1000, "cost, 1000 EUR/a", "kEUR/a", "CO₂, t/a", "t/a"};
	const struct scale *scale = isnan(hours_a) ? &hourly : &yearly;
	struct window window;
	char text[FRONT_MARK_COUNT][TEXT_MAX], subtitle[TEXT_MAX];
	struct track *tracks = xrealloc(NULL, 2 * sizeof(*tracks));
	struct chart_point points[FRONT_MARK_COUNT];
	const struct chart_series series[] = {
	    {"any heat from the heat pump, from none to all", CHART_LINE, CHART_GREY, tracks[0].y, tracks[0].x, FINE, NULL},
	    {"least cost for that CO₂", CHART_LINE, CHART_BLUE, tracks[1].y, tracks[1].x, FINE, NULL},
	};
	struct chart chart = {
	    .title = title ? title : "Cost against CO₂",
	    .subtitle = subtitle,
	    .x_title = scale->carbon,
	    .y_title = scale->cost,
	    .series = series,
	    .n_series = 2,
	    .points = points,
	};

	describe_case(front, subtitle);
	trace_all(&front->frame, scale, &tracks[0]);
	trace_front(&front->frame, scale, &tracks[1]);
	chart.n_points = fill_points(front, scale, points, text);
	window = choose_window(points, chart.n_points, &tracks[1]);
	clip(&window, scale, points, chart.n_points, text, &tracks[0]);
	chart_svg(out, &chart);
	free(tracks);
}

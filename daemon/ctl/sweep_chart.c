/* Which series of a sweep make a chart, and what is written on it. */
#include "chart.h"
#include "sweep.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 24, TEXT_MAX = 384, NAME_MAX_LEN = 80 };

/* ---- series ----------------------------------------------------------------------------- */

enum where { AT_OPTIMUM, AT_BREAK_EVEN, AT_OUTLET, ALONE };

struct series_spec {
	const char *name;
	enum chart_mark mark;
	enum chart_colour colour;
	enum merit merit; /* whose inputs it needs, and whose point it is */
	enum where where;
	size_t member;            /* of struct point; else */
	enum breakdown_part part; /* BREAKDOWN_COUNT: a member */
	bool both;                /* needs prices and carbon */
};

#define MEMBER(name_, mark_, colour_, merit_, where_, member_)                                                 \
	{                                                                                                      \
		name_, mark_, colour_, merit_, where_, offsetof(struct point, member_), BREAKDOWN_COUNT, false \
	}
#define PART(name_, mark_, colour_, where_, part_)                         \
	{                                                                  \
		name_, mark_, colour_, MERIT_COST, where_, 0, part_, false \
	}

static const struct series_spec outlet_series[] = {
    MEMBER("cost optimum", CHART_LINE, CHART_BLUE, MERIT_COST, AT_OPTIMUM, t_sink_out_c),
    MEMBER("cost break-even", CHART_DASHED, CHART_BLUE, MERIT_COST, AT_BREAK_EVEN, t_sink_out_c),
    MEMBER("CO₂ optimum", CHART_LINE, CHART_VERMILION, MERIT_CARBON, AT_OPTIMUM, t_sink_out_c),
    MEMBER("CO₂ break-even", CHART_DASHED, CHART_VERMILION, MERIT_CARBON, AT_BREAK_EVEN, t_sink_out_c),
    MEMBER("blend optimum", CHART_LINE, CHART_PURPLE, MERIT_BLEND, AT_OPTIMUM, t_sink_out_c),
    MEMBER("blend break-even", CHART_DASHED, CHART_PURPLE, MERIT_BLEND, AT_BREAK_EVEN, t_sink_out_c),
    {.name = NULL},
};
static const struct series_spec savings_series[] = {
    MEMBER("cost, at its optimum", CHART_LINE, CHART_BLUE, MERIT_COST, AT_OPTIMUM, cost_savings_pct),
    MEMBER("CO₂, at its optimum", CHART_LINE, CHART_VERMILION, MERIT_CARBON, AT_OPTIMUM, carbon_savings_pct),
    {"CO₂, at the cost optimum", CHART_DASHED, CHART_VERMILION, MERIT_COST, AT_OPTIMUM,
     offsetof(struct point, carbon_savings_pct), BREAKDOWN_COUNT, true},
    {.name = NULL},
};
static const struct series_spec outlet_savings_series[] = {
    MEMBER("cost", CHART_LINE, CHART_BLUE, MERIT_COST, AT_OUTLET, cost_savings_pct),
    MEMBER("CO₂", CHART_LINE, CHART_VERMILION, MERIT_CARBON, AT_OUTLET, carbon_savings_pct),
    {.name = NULL},
};
static const struct series_spec cost_series[] = {
    PART("electricity", CHART_AREA, CHART_SKY, AT_OPTIMUM, COST_ELEC),
    PART("fuel", CHART_AREA, CHART_ORANGE, AT_OPTIMUM, COST_FUEL),
    PART("CO₂ allowances", CHART_AREA, CHART_GREY, AT_OPTIMUM, COST_ALLOWANCES),
    PART("boiler alone", CHART_DASHED, CHART_BLACK, ALONE, COST_TOTAL),
    {.name = NULL},
};
static const struct series_spec carbon_series[] = {
    PART("electricity", CHART_AREA, CHART_SKY, AT_OPTIMUM, CARBON_ELEC),
    PART("fuel", CHART_AREA, CHART_ORANGE, AT_OPTIMUM, CARBON_FUEL),
    PART("boiler alone", CHART_DASHED, CHART_BLACK, ALONE, CARBON_TOTAL),
    {.name = NULL},
};

static const struct {
	const char *word, *title, *y_title;
	const struct series_spec *series, *over_outlet; /* NULL: there is none */
} charts[SWEEP_CHART_COUNT] = {
    [CHART_OF_OUTLET] = {"outlet", "Optimal and break-even outlet of the heat pump", "outlet of the heat pump, °C", outlet_series,
                         NULL},
    [CHART_OF_SAVINGS] = {"savings", "Savings against the boiler alone", "saved, %", savings_series, outlet_savings_series},
    [CHART_OF_COST] = {"cost", "Cost by energy source", NULL, cost_series, cost_series},
    [CHART_OF_CARBON] = {"carbon", "CO₂ by energy source", NULL, carbon_series, carbon_series},
};

static bool is_present(const struct sweep *sweep, enum merit merit)
{
	return sweep->solved[0].evaluation.merit[merit].present;
}

/* Whose optimum parts are shown at. */
static enum merit merit_of_parts(const struct sweep *sweep)
{
	return is_present(sweep, MERIT_COST) ? MERIT_COST : MERIT_CARBON;
}

static const struct point *point_of(const struct sweep *sweep, const struct solved *s, const struct series_spec *spec)
{
	enum merit merit = spec->part == BREAKDOWN_COUNT ? spec->merit : merit_of_parts(sweep);

	if (sweep->over.kind == OVER_OUTLET)
		return &s->at;
	return spec->where == AT_BREAK_EVEN ? &s->evaluation.merit[merit].break_even : &s->evaluation.merit[merit].optimal;
}

static double value_of(const struct sweep *sweep, const struct solved *s, const struct series_spec *spec)
{
	const struct point *point = point_of(sweep, s, spec);

	if (spec->part == BREAKDOWN_COUNT)
		return *(const double *)(const void *)((const char *)point + spec->member);
	if (spec->where == ALONE)
		return breakdown_at(&s->frame, 0, 0).part[spec->part];
	return breakdown_at(&s->frame, point->q_sink_kw, point->p_elec_kw).part[spec->part];
}

static bool any_allowances(const struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->values.n; i++)
		if (breakdown_at(&sweep->solved[i].frame, 0, 0).part[COST_ALLOWANCES] != 0)
			return true;
	return false;
}

static bool is_wanted(const struct sweep *sweep, const struct series_spec *spec)
{
	if (spec->part == BREAKDOWN_COUNT)
		return is_present(sweep, spec->merit) && (!spec->both || is_present(sweep, MERIT_CARBON));
	return spec->part != COST_ALLOWANCES || any_allowances(sweep);
}

/* ---- which chart ------------------------------------------------------------------------ */

static bool check_chart(const struct sweep *sweep, enum sweep_chart chart)
{
	const char *lacks = NULL;

	if (chart == CHART_OF_OUTLET && sweep->over.kind == OVER_OUTLET)
		lacks = "another --over than outlet";
	else if (chart == CHART_OF_COST && !is_present(sweep, MERIT_COST))
		lacks = "the prices of electricity and fuel";
	else if (chart == CHART_OF_CARBON && !is_present(sweep, MERIT_CARBON))
		lacks = "the carbon intensities of electricity and fuel";
	if (lacks)
		fprintf(stderr, "--chart: %s needs %s\n", charts[chart].word, lacks);
	return !lacks;
}

bool sweep_chart_choose(const char *word, const struct sweep *sweep, enum sweep_chart *chart)
{
	struct nearest nearest;
	char hint[64];

	if (!word) {
		*chart = sweep->over.kind != OVER_OUTLET ? CHART_OF_OUTLET
		         : is_present(sweep, MERIT_COST) ? CHART_OF_COST
		                                         : CHART_OF_CARBON;
		return true;
	}
	nearest_init(&nearest, word);
	for (size_t i = 0; i < SWEEP_CHART_COUNT; i++) {
		if (strcmp(charts[i].word, word) == 0) {
			*chart = (enum sweep_chart)i;
			return check_chart(sweep, *chart);
		}
		nearest_try(&nearest, charts[i].word);
	}
	fprintf(stderr, "--chart: %s is none of outlet, savings, cost, carbon%s\n", word,
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

/* ---- what is written on it -------------------------------------------------------------- */

struct text {
	char text[TEXT_MAX];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->text + t->len, sizeof(t->text) - t->len, format, args);
	va_end(args);
	if (n > 0)
		t->len += (size_t)n < sizeof(t->text) - t->len ? (size_t)n : sizeof(t->text) - t->len - 1;
}

/* Of the first value; what the sweep goes over is left out. */
static void describe_case(const struct sweep *sweep, struct text *t)
{
	const struct point_inputs *in = &sweep->solved[0].evaluation.inputs;
	enum slot over = sweep->over.slot;

	if (sweep->solved[0].loop)
		add(t, "%s: ", sweep->solved[0].loop);
	if (over != SLOT_SOURCE_T_IN)
		add(t, "source %.4g °C, ", in->source_t_in_c);
	add(t, "sink");
	if (over != SLOT_SINK_T_IN)
		add(t, " from %.4g", in->sink_t_in_c);
	if (over != SLOT_SINK_T_TARGET)
		add(t, " to %.4g", in->sink_t_target_c);
	add(t, " °C");
	if (over != SLOT_SINK_DUTY && over != SLOT_SINK_HEAT_CAPACITY_RATE)
		add(t, ", %.7g kW", in->duty_kw);
	if (over != SLOT_ETA && !isnan(in->eta_lorenz))
		add(t, ", η %.3g", in->eta_lorenz);
}

static void describe_pair(struct text *t, const char *what, double elec, double heat, const char *unit, bool show_elec,
                          bool show_heat)
{
	if (show_elec && show_heat)
		add(t, ", %selectricity %.4g and heat %.4g %s", what, elec, heat, unit);
	else if (show_elec || show_heat)
		add(t, ", %s%s %.4g %s", what, show_elec ? "electricity" : "heat", show_elec ? elec : heat, unit);
}

static void describe_rates(const struct sweep *sweep, enum sweep_chart chart, struct text *t)
{
	const struct point_inputs *in = &sweep->solved[0].evaluation.inputs;
	enum slot over = sweep->over.slot;
	bool boiler = over == SLOT_BOILER_EFFICIENCY;
	bool price = over == SLOT_FUEL_PRICE || over == SLOT_FUEL_ADDERS || over == SLOT_FUEL_CO2_PRICE;

	if (is_present(sweep, MERIT_COST) && chart != CHART_OF_CARBON)
		describe_pair(t, "", in->price_elec_eur_mwh, in->price_heat_eur_mwh, "EUR/MWh", over > SLOT_ELEC_ADDERS,
		              !price && !boiler);
	if (is_present(sweep, MERIT_CARBON) && chart != CHART_OF_COST)
		describe_pair(t, "CO₂ of ", in->carbon_elec_kg_mwh, in->carbon_heat_kg_mwh, "kg/MWh", over != SLOT_ELEC_CARBON,
		              over != SLOT_FUEL_CARBON && !boiler);
}

static const char *unit_text(const struct unit *unit)
{
	static const char *const shown[][2] = {{"degC", "°C"}, {"degF", "°F"}, {"1", ""}};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcmp(unit->name, shown[i][0]) == 0)
			return shown[i][1];
	return unit->name;
}

static void x_title(const struct sweep *sweep, struct text *t)
{
	const char *unit = unit_text(sweep->values.unit);

	add(t, "%s%s%s", sweep->over.title, *unit ? ", " : "", unit);
}

/* Amounts in a year are shown in thousands. */
static const char *y_title(enum sweep_chart chart, double hours_a)
{
	if (charts[chart].y_title)
		return charts[chart].y_title;
	if (chart == CHART_OF_COST)
		return isnan(hours_a) ? "cost, EUR/h" : "cost, 1000 EUR/a";
	return isnan(hours_a) ? "CO₂, kg/h" : "CO₂, t/a";
}

/* Optimum and break-even on a chart over the outlet. */
static size_t notes(const struct sweep *sweep, enum sweep_chart chart, struct chart_note note[2], struct text text[2])
{
	enum merit merit = chart == CHART_OF_CARBON || !is_present(sweep, MERIT_COST) ? MERIT_CARBON : MERIT_COST;
	const struct point *points[2] = {&sweep->solved[0].evaluation.merit[merit].optimal,
	                                 &sweep->solved[0].evaluation.merit[merit].break_even};
	static const char *const names[2] = {"optimum", "break-even"};

	if (sweep->over.kind != OVER_OUTLET || sweep->values.label)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		add(&text[i], "%s%s %.1f °C", chart == CHART_OF_SAVINGS ? merit == MERIT_COST ? "cost " : "CO₂ " : "", names[i],
		    points[i]->t_sink_out_c);
		note[i] = (struct chart_note){points[i]->t_sink_out_c, text[i].text};
	}
	return 2;
}

/* ---- the chart -------------------------------------------------------------------------- */

static size_t fill_series(const struct sweep *sweep, enum sweep_chart chart, double factor, struct chart_series *series)
{
	const struct series_spec *spec = sweep->over.kind == OVER_OUTLET ? charts[chart].over_outlet : charts[chart].series;
	size_t n = 0;

	for (; spec->name; spec++) {
		double *y;

		if (!is_wanted(sweep, spec))
			continue;
		y = xrealloc(NULL, sweep->values.n * sizeof(*y));
		for (size_t i = 0; i < sweep->values.n; i++)
			y[i] = value_of(sweep, &sweep->solved[i], spec) * factor;
		series[n++] = (struct chart_series){.name = spec->name, .mark = spec->mark, .colour = spec->colour, .y = y};
	}
	return n;
}

/* ---- Jensen's model beside the constant --------------------------------------------------- */

struct names {
	char text[SERIES_MAX][NAME_MAX_LEN];
};

static double optimum_value(const struct beside *beside, size_t i, const struct series_spec *spec)
{
	const struct point *optimal = &beside->solved[i].evaluation.merit[spec->merit].optimal;

	return *(const double *)(const void *)((const char *)optimal + spec->member);
}

/* Over the Lorenz efficiency at that optimum: within what the model was made for, or beyond it and up to there. */
static void fill_beside(const struct beside *beside, const struct series_spec *spec, bool beyond, double *x, double *y)
{
	for (size_t i = 0; i < BESIDE_VALUES; i++) {
		const struct point_more *more = &beside->solved[i].more.optimal[spec->merit];

		x[i] = more->eta_lorenz;
		y[i] = isfinite(x[i]) && more->extrapolated == beyond ? optimum_value(beside, i, spec) : NAN;
	}
	for (size_t i = 0; beyond && i + 1 < BESIDE_VALUES; i++)
		if (!isfinite(y[i]) && isfinite(y[i + 1]) && isfinite(x[i])) {
			y[i] = optimum_value(beside, i, spec);
			break;
		}
}

/* Two lines for each optimum, of which the first is in the legend. */
static size_t put_beside(const struct beside *beside, const struct series_spec *spec, bool listed, char (*names)[NAME_MAX_LEN],
                         struct chart_series *series)
{
	static const enum chart_colour colours[LORENZ_FLUID_COUNT] = {
	    [LORENZ_FLUID_AMMONIA] = CHART_GREEN, [LORENZ_FLUID_ISOBUTANE] = CHART_PURPLE};

	for (int beyond = 0; beyond < 2; beyond++) {
		double *x = xrealloc(NULL, BESIDE_VALUES * sizeof(*x)), *y = xrealloc(NULL, BESIDE_VALUES * sizeof(*y));

		fill_beside(beside, spec, beyond, x, y);
		snprintf(names[beyond], NAME_MAX_LEN, "%s, Jensen, %s%s", spec->name, beside->name,
		         beyond ? ", extrapolated" : "");
		series[beyond] = (struct chart_series){
		    .name = names[beyond],
		    .legend = listed && !beyond ? beside->legend : "",
		    .mark = beyond ? CHART_DOTTED : CHART_LINE,
		    .colour = colours[beside->fluid],
		    .y = y,
		    .x = x,
		    .n_own = BESIDE_VALUES,
		};
	}
	return 2;
}

static size_t add_beside(const struct sweep *sweep, enum sweep_chart chart, struct names *names, struct chart_series *series)
{
	size_t n = 0;

	for (size_t k = 0; k < sweep->n_beside; k++) {
		bool listed = true;

		for (const struct series_spec *spec = charts[chart].series; spec->name; spec++) {
			if (spec->part != BREAKDOWN_COUNT || spec->where != AT_OPTIMUM || spec->both || !is_wanted(sweep, spec))
				continue;
			n += put_beside(&sweep->beside[k], spec, listed, &names->text[n], &series[n]);
			listed = false;
		}
	}
	return n;
}

/* With its value, unless every label says it already. */
static char **fill_labels(const struct sweep *sweep)
{
	const struct value_list *values = &sweep->values;
	char **labels = xrealloc(NULL, values->n * sizeof(*labels));

	for (size_t i = 0; i < values->n; i++) {
		struct text t = {.len = 0};

		add(&t, "%s  %.4g", values->label[i], values->shown[i]);
		labels[i] = strcpy(xrealloc(NULL, t.len + 1), t.text);
	}
	return labels;
}

static void draw(const struct sweep *sweep, struct chart *c, FILE *out)
{
	char **labels = sweep->values.label ? fill_labels(sweep) : NULL;

	c->n = sweep->values.n;
	c->x = sweep->values.shown;
	c->labels = (const char *const *)labels;
	chart_svg(out, c);
	for (size_t i = 0; labels && i < c->n; i++)
		free(labels[i]);
	free(labels);
}

void sweep_chart(const struct sweep *sweep, enum sweep_chart chart, const char *title, double hours_a, FILE *out)
{
	bool parts = chart == CHART_OF_COST || chart == CHART_OF_CARBON;
	struct text subtitle = {.len = 0}, x = {.len = 0}, own_title = {.len = 0}, note_text[2] = {{.len = 0}, {.len = 0}};
	struct chart_series series[SERIES_MAX];
	struct names names;
	struct chart_note note[2];
	struct chart c = {.title = own_title.text, .subtitle = subtitle.text, .x_title = x.text, .series = series, .notes = note};

	add(&own_title, "%s", title ? title : charts[chart].title);
	if (!title && parts && sweep->over.kind != OVER_OUTLET)
		add(&own_title, ", at the optimum by %s", merit_text[merit_of_parts(sweep)]);
	describe_case(sweep, &subtitle);
	describe_rates(sweep, chart, &subtitle);
	if (sweep->n_beside > 0)
		add(&subtitle, "; Jensen's model at isentropic efficiencies of 0.6 to 0.9, dotted above the 130 °C of its fit");
	x_title(sweep, &x);
	c.y_title = y_title(chart, hours_a);
	c.zero = chart == CHART_OF_SAVINGS;
	c.n_notes = notes(sweep, chart, note, note_text);
	c.n_series = fill_series(sweep, chart, parts && !isnan(hours_a) ? hours_a / 1000 : 1, series);
	c.n_series += add_beside(sweep, chart, &names, series + c.n_series);
	draw(sweep, &c, out);
	for (size_t i = 0; i < c.n_series; i++) {
		free((void *)(uintptr_t)series[i].x);
		free((void *)(uintptr_t)series[i].y);
	}
}

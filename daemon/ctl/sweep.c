/* `lorenzctl sweep`: one loop solved for each value of one input; a table, JSON or CSV, and a chart. Takes the options of solve,
 * whose rows are used as they are. */
#include "sweep.h"

#include "command.h"
#include "io/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct sweep_values, member)

enum { STEPS = 20, STEPS_MAX = 9999 };

static const struct option first_options[] = {
    {.name = "what is varied", .type = OPTION_HEADING},
    {.name = "over", .argument = "NAME", .type = OPTION_TEXT, .offset = AT(over), .required = true, .help = "what, see below"},
    {.name = "from", .argument = "Q", .type = OPTION_TEXT, .offset = AT(from), .help = "first value, with its unit"},
    {.name = "to", .argument = "Q", .type = OPTION_TEXT, .offset = AT(to), .help = "last value"},
    {.name = "steps",
     .argument = "N",
     .type = OPTION_NUMBER,
     .offset = AT(steps),
     .range = {1, STEPS_MAX, false},
     .help = "steps between them (20): one value more than that"},
    {.name = "values",
     .argument = "FILE",
     .type = OPTION_TEXT,
     .offset = AT(values),
     .help = "instead: a table with the columns label,value"},
    {.name = NULL},
};

static const struct option last_options[] = {
    {.name = "svg", .argument = "FILE", .type = OPTION_TEXT, .offset = AT(svg), .help = "a chart as well"},
    {.name = "chart", .argument = "WHAT", .type = OPTION_TEXT, .offset = AT(chart), .help = "outlet, savings, cost or carbon"},
    {.name = "beside",
     .argument = "FLUID",
     .type = OPTION_LIST,
     .offset = AT(beside),
     .help = "in a chart over eta, the optimum by Jensen's model as the\n"
             "                              isentropic efficiency goes from 0.6 to 0.9, over the\n"
             "                              Lorenz efficiency that it has there: ammonia, isobutane;\n"
             "                              may be given again"},
    {.name = "title", .argument = "TEXT", .type = OPTION_TEXT, .offset = AT(title), .help = "of the chart"},
    {.name = NULL},
};

static const struct command_spec sweep_spec = {
    .name = "sweep",
    .synopsis = "--over NAME --from Q --to Q [--steps N] CASE [--svg FILE]\n"
                "--over NAME --from Q --to Q [--steps N] --config FILE [--loop NAME] [--set NAME=Q …]\n"
                "--over NAME --values FILE …",
    .about = "Operating points over a range of one input, and a chart of them: how optimum, break-even, savings, cost and CO2\n"
             "move with a price, a temperature or an efficiency. The rest is given as for solve.",
    .notes =
        "--over takes the name of an option that describes the case (source, sink-in, eta, elec-price …), with --config\n"
        "that of an input (market.electricity.price), or one of\n"
        "  ratio         price of electricity to price of useful heat; sets that of electricity\n"
        "  carbon-ratio  the same of carbon intensities\n"
        "  carbon-value  with --carbon-value, or a loop whose objective is blend\n"
        "  outlet        where the heat pump's outlet is: cost and CO2 by energy source at each; from the sink's inlet\n"
        "                to its target if nothing else is said\n"
        "Charts: outlet: optimum and break-even; savings; cost, carbon: by energy source, at the optimum by cost (by carbon\n"
        "without prices). --json gives an array with one object per value, --csv a row per value and point.",
};

/* ---- preparing -------------------------------------------------------------------------- */

static bool check_values_form(const struct sweep_values *v)
{
	const char *given = v->from ? "from" : v->to ? "to" : !isnan(v->steps) ? "steps" : NULL;

	if (!v->values || !given)
		return true;
	fprintf(stderr, "--%s: cannot be given together with --values\n", given);
	return false;
}

/* Asked when the loop's range is known, for the outlet. */
static bool find_values(const struct sweep_values *v, const char *from, const char *to, struct sweep *sweep)
{
	if (v->values)
		return values_table(&sweep->over, v->values, &sweep->values);
	return values_range(&sweep->over, v->from ? v->from : from, v->to ? v->to : to, isnan(v->steps) ? STEPS : v->steps,
	                    &sweep->values);
}

/* The outlet's range unless it is given: all of the curve. */
static bool find_outlets(const struct sweep_values *v, struct sweep *sweep)
{
	char from[40], to[40];
	struct solved solved;
	struct err e;

	if (!solve_loop(sweep->loop, &sweep->from, &solved, &e)) {
		fprintf(stderr, "sweep: %s\n", e.text);
		return false;
	}
	snprintf(from, sizeof(from), "%.12g degC", solved.evaluation.inputs.sink_t_in_c);
	snprintf(to, sizeof(to), "%.12g degC", solved.evaluation.inputs.sink_t_target_c);
	return find_values(v, from, to, sweep);
}

static bool prepare_case(struct sweep_values *v, struct sweep *sweep)
{
	bool outlet;

	if (!over_find(v->over, NULL, NULL, &sweep->over))
		return false;
	outlet = sweep->over.kind == OVER_OUTLET;
	if (!outlet && !find_values(v, NULL, NULL, sweep))
		return false;
	over_prepare_case(&sweep->over, outlet ? NAN : sweep->values.value[0], &v->solve);
	sweep->loop = &sweep->built.loop;
	return solve_case_build(&v->solve, &sweep->built) && (!outlet || find_outlets(v, sweep));
}

static bool prepare_config(struct sweep_values *v, struct sweep *sweep)
{
	bool outlet;

	sweep->loop = solve_config_loop(&v->solve, sweep->config);
	if (!sweep->loop || !over_find(v->over, sweep->config, sweep->loop, &sweep->over))
		return false;
	outlet = sweep->over.kind == OVER_OUTLET;
	if (!outlet && !find_values(v, NULL, NULL, sweep))
		return false;
	if (!over_prepare_config(&sweep->over, outlet ? NAN : sweep->values.value[0], sweep->config, sweep->loop))
		return false;
	v->solve.loop = sweep->loop->name;
	return solve_config_signals(&v->solve, sweep->config) && (!outlet || find_outlets(v, sweep));
}

static int prepare(struct sweep_values *v, struct sweep *sweep)
{
	int code = EXIT_WRONG_USAGE;
	bool good;

	if (v->solve.config) {
		sweep->config = solve_config_load(&v->solve, &code);
		if (!sweep->config)
			return code;
	}
	sweep->from = (struct inputs_from){solve_read_substitute, sweep->config, clock_now().utc_us};
	good = v->solve.config ? prepare_config(v, sweep) : prepare_case(v, sweep);
	if (good)
		sweep->swept =
		    (struct swept){sweep->over.name, sweep->values.unit, sweep->over.kind == OVER_OUTLET, sweep->values.label};
	return good ? EXIT_DONE : EXIT_WRONG_USAGE;
}

/* ---- solving ---------------------------------------------------------------------------- */

static void complain_value(const struct sweep *sweep, size_t i, const char *what)
{
	const struct unit *unit = sweep->values.unit;
	const char *name = strcmp(unit->name, "1") == 0 ? "" : unit->name;

	fprintf(stderr, "--over %s: at %.10g%s%s: %s\n", sweep->over.name, sweep->values.shown[i], *name ? " " : "", name, what);
}

static bool solve_values(struct sweep *sweep)
{
	struct err e;

	sweep->solved = xrealloc(NULL, sweep->values.n * sizeof(*sweep->solved));
	for (size_t i = 0; i < sweep->values.n; i++) {
		if (!over_solve(&sweep->over, sweep->values.value[i], &sweep->from, sweep->loop, &sweep->solved[i], &e)) {
			complain_value(sweep, i, e.text);
			return false;
		}
		sweep->solved[i].value = sweep->values.shown[i];
		sweep->solved[i].label = sweep->values.label ? sweep->values.label[i] : NULL;
	}
	return true;
}

/* ---- beside the constant efficiency ------------------------------------------------------ */

static bool check_beside(const struct sweep_values *v, const struct sweep *sweep)
{
	bool fits = sweep->over.kind == OVER_SLOT && sweep->over.slot == SLOT_ETA && !sweep->values.label;

	if (v->beside.n == 0 || (fits && v->svg && v->beside.n <= LORENZ_FLUID_COUNT))
		return true;
	fprintf(stderr, "--beside: %s\n",
	        !fits     ? "needs --over eta, from one value to another"
	        : !v->svg ? "needs --svg"
	                  : "is given too often; there are ammonia and isobutane");
	return false;
}

static bool solve_beside(const struct sweep_values *v, const struct inputs_from *from, struct beside *beside)
{
	static const double LOW = 0.6, HIGH = 0.9;
	struct solve_values values = v->solve;
	struct err e;

	values.slot[SLOT_ETA] = NAN;
	values.jensen = beside->name;
	for (size_t i = 0; i < BESIDE_VALUES; i++) {
		struct solve_case built;

		values.slot[SLOT_MODEL_ISENTROPIC] = LOW + (HIGH - LOW) * (double)i / (BESIDE_VALUES - 1);
		if (!solve_case_build(&values, &built))
			return false;
		if (!solve_loop(&built.loop, from, &beside->solved[i], &e)) {
			fprintf(stderr, "--beside %s: %s\n", beside->name, e.text);
			return false;
		}
		beside->solved[i].machines = NULL; /* gone with the case */
	}
	return true;
}

static bool fill_beside(const struct sweep_values *v, struct sweep *sweep)
{
	sweep->beside = xrealloc(NULL, v->beside.n * sizeof(*sweep->beside));
	for (; sweep->n_beside < v->beside.n; sweep->n_beside++) {
		struct beside *beside = &sweep->beside[sweep->n_beside];

		beside->name = v->beside.text[sweep->n_beside];
		snprintf(beside->legend, sizeof(beside->legend), "optima by Jensen's model, %s", beside->name);
		if (!solve_fluid("beside", beside->name, &beside->fluid) || !solve_beside(v, &sweep->from, beside))
			return false;
	}
	return true;
}

/* ---- output ----------------------------------------------------------------------------- */

static bool write_chart(const struct sweep_values *v, const struct sweep *sweep, enum sweep_chart chart)
{
	FILE *out = fopen(v->svg, "we");
	bool good = out != NULL;

	if (out) {
		sweep_chart(sweep, chart, v->title, v->solve.investment.hours_a, out);
		good = !ferror(out);
		good = fclose(out) == 0 && good;
	}
	if (!good)
		fprintf(stderr, "--svg %s: %s\n", v->svg, strerror(errno));
	return good;
}

static int write_all(const struct sweep_values *v, const struct sweep *sweep, enum format format)
{
	struct points_output output = {
	    .out = stdout, .format = format, .many = true, .investment = v->solve.investment, .swept = &sweep->swept};
	enum sweep_chart chart;

	if (!sweep_chart_choose(v->chart, sweep, &chart))
		return EXIT_WRONG_USAGE;
	if (v->svg && !write_chart(v, sweep, chart))
		return EXIT_FAILED;
	if (format == FORMAT_PEOPLE)
		sweep_table(sweep, stdout);
	else
		points_write(&output, sweep->solved, sweep->values.n);
	return output_flush(stdout) ? EXIT_DONE : EXIT_FAILED;
}

static int run(struct sweep_values *v)
{
	struct sweep sweep = {.config = NULL};
	enum format format;
	int code;

	if (!format_choose(v->solve.json, v->solve.csv, &format) || !solve_check_form(&v->solve) || !check_values_form(v))
		return EXIT_WRONG_USAGE;
	code = prepare(v, &sweep);
	if (code == EXIT_DONE)
		code = check_beside(v, &sweep) && solve_values(&sweep) && fill_beside(v, &sweep) ? write_all(v, &sweep, format)
		                                                                                 : EXIT_WRONG_USAGE;
	free(sweep.beside);
	free(sweep.solved);
	values_done(&sweep.values);
	config_free(sweep.config);
	return code;
}

int command_sweep(int argc, char **argv)
{
	struct option *rows = solve_options_between(first_options, last_options);
	struct command_spec spec = sweep_spec;
	struct sweep_values values = {.over = NULL};
	int code = EXIT_DONE;

	spec.options = rows;
	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		code = run(&values);
		break;
	case OPTIONS_HELP:
		break;
	case OPTIONS_BAD:
		code = EXIT_WRONG_USAGE;
		break;
	}
	options_done(&spec, &values);
	free(rows);
	return code;
}

/* `lorenzctl pareto`: the points of least cost for given carbon, as a table, JSON or CSV, and a chart. Takes the options of
 * solve, whose rows are used as they are. */
#include "pareto.h"

#include "command.h"
#include "io/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct pareto_values, member)

enum { POINTS = 11, POINTS_MAX = 1000 };

static const struct option first_options[] = {
    {.name = "the front", .type = OPTION_HEADING},
    {.name = "points",
     .argument = "N",
     .type = OPTION_NUMBER,
     .offset = AT(points),
     .range = {2, POINTS_MAX, false},
     .help = "from optimum to optimum, in even steps of CO2 (11)"},
    {.name = "carbon-cap",
     .argument = "RATE",
     .type = OPTION_QUANTITY,
     .offset = AT(carbon_cap_kg_h),
     .dimension = DIM_MASS_RATE,
     .range = {0, 1e9, false},
     .help = "marks the least cost under it: 950kg/h (the loop's\n"
             "                              own, if its objective has one)"},
    {.name = NULL},
};

static const struct option last_options[] = {
    {.name = "json", .type = OPTION_FLAG, .offset = AT(solve.json), .help = "an array with one object per row, with 17 digits"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(solve.csv), .help = "a line per row"},
    {.name = "svg", .argument = "FILE", .type = OPTION_TEXT, .offset = AT(svg), .help = "a chart as well"},
    {.name = "title", .argument = "TEXT", .type = OPTION_TEXT, .offset = AT(title), .help = "of the chart"},
    {.name = NULL},
};

static const struct command_spec pareto_spec = {
    .name = "pareto",
    .synopsis = "[--points N] CASE [--svg FILE]\n"
                "[--points N] --config FILE [--loop NAME] [--set NAME=Q …] [--svg FILE]",
    .about = "Cost against carbon: from the operating point of least cost to that of least CO2 the points of least cost for\n"
             "their CO2, and what each tonne saved on the way costs. The rest is given as for solve, prices and carbon\n"
             "intensities both.",
    .notes = "Marked are both optima; the point of most CO2 saved at no extra cost against the boilers alone; with\n"
             "--carbon-cap the least cost under it; with --carbon-value, or a loop whose objective is blend, the best at that\n"
             "price. `abatement` is what a tonne costs between a row and the one before: at a carbon value above it the\n"
             "lower row is the better one. Where units or limits make the front jump, it has fewer rows. A limit on the power\n"
             "that is paid already (demand) counts for all points, unless the cost optimum itself goes beyond it.",
};

/* ---- the loop --------------------------------------------------------------------------- */

/* By the names of the options, or of the configuration. */
static bool check_rates(const struct pareto_values *v, const struct loop_config *loop)
{
	static const enum slot needed[] = {SLOT_ELEC_PRICE, SLOT_FUEL_PRICE, SLOT_ELEC_CARBON, SLOT_FUEL_CARBON};
	bool good = true;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		enum slot slot = needed[i];

		if (loop->slot[slot].kind != INPUT_ABSENT)
			continue;
		if (v->solve.config)
			fprintf(stderr, "loops.%s.%s: is not configured", loop->name, slot_info[slot].path);
		else
			fprintf(stderr, "--%s: is missing", solve_option_name(slot));
		fputs("; cost against carbon needs prices and carbon intensities\n", stderr);
		good = false;
	}
	return good;
}

static int write_chart(const struct pareto_values *v, const struct front *front)
{
	FILE *out = fopen(v->svg, "we");
	bool good = out != NULL;

	if (out) {
		front_chart(front, v->title, v->solve.investment.hours_a, out);
		good = !ferror(out);
		good = fclose(out) == 0 && good;
	}
	if (!good)
		fprintf(stderr, "--svg %s: %s\n", v->svg, strerror(errno));
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int answer(const struct pareto_values *v, struct loop_config *loop, const struct inputs_from *from, enum format format)
{
	struct machines_config plain = {.model = NULL}; /* what the closed form could solve as well */
	size_t n = isnan(v->points) ? POINTS : (size_t)v->points;
	struct front front;
	struct err e;
	int code;

	if (!check_rates(v, loop))
		return EXIT_WRONG_USAGE;
	loop->machines = loop->machines ? loop->machines : &plain;
	if (!front_build(loop, from, v->carbon_cap_kg_h, n, &front, &e)) {
		fprintf(stderr, "%s%s: %s\n", loop->name ? "loops." : "", loop->name ? loop->name : "pareto", e.text);
		return EXIT_WRONG_USAGE;
	}
	code = v->svg ? write_chart(v, &front) : EXIT_DONE;
	if (code == EXIT_DONE) {
		front_table(&front, format, &v->solve.investment, stdout);
		code = output_flush(stdout) ? EXIT_DONE : EXIT_FAILED;
	}
	front_done(&front);
	return code;
}

static int run_case(const struct pareto_values *v, enum format format)
{
	const struct inputs_from from = {.utc_us = clock_now().utc_us};
	struct solve_case built;

	return solve_case_build(&v->solve, &built) ? answer(v, &built.loop, &from, format) : EXIT_WRONG_USAGE;
}

static int run_config(struct pareto_values *v, enum format format)
{
	int code;
	struct config *config = solve_config_load(&v->solve, &code);
	const struct inputs_from from = {solve_read_substitute, config, clock_now().utc_us};
	struct loop_config *loop;

	if (!config)
		return code;
	loop = solve_config_loop(&v->solve, config);
	if (loop)
		v->solve.loop = loop->name;
	code = loop && solve_config_signals(&v->solve, config) ? answer(v, loop, &from, format) : EXIT_WRONG_USAGE;
	config_free(config);
	return code;
}

static int run(struct pareto_values *v)
{
	enum format format;

	if (!format_choose(v->solve.json, v->solve.csv, &format) || !solve_check_form(&v->solve))
		return EXIT_WRONG_USAGE;
	if (!isnan(v->points) && v->points != floor(v->points)) {
		fprintf(stderr, "--points: %.10g is not a whole number\n", v->points);
		return EXIT_WRONG_USAGE;
	}
	return v->solve.config ? run_config(v, format) : run_case(v, format);
}

int command_pareto(int argc, char **argv)
{
	struct option *rows = solve_options_between(first_options, last_options);
	struct command_spec spec = pareto_spec;
	struct pareto_values values = {.svg = NULL};
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

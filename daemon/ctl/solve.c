/* `lorenzctl solve`: its options, and which of its two forms is meant. */
#include "solve.h"

#include "command.h"

#include <math.h>
#include <string.h>

#define AT(member) offsetof(struct solve_values, member)
#define HEADING(title)                                \
	{                                             \
		.name = title, .type = OPTION_HEADING \
	}
#define SLOT_OPTION(option, argument_name, slot_name, help_text)                                                       \
	{                                                                                                              \
		.name = option, .argument = argument_name, .type = OPTION_SLOT, .offset = AT(slot), .slot = slot_name, \
		.help = help_text                                                                                      \
	}

const struct option solve_options[] = {
    HEADING("a case on the command line"),
    SLOT_OPTION("source", "T", SLOT_SOURCE_T_IN, "source inlet: 15degC"),
    SLOT_OPTION("source-out", "T", SLOT_SOURCE_T_OUT, "source outlet (the inlet)"),
    SLOT_OPTION("sink-in", "T", SLOT_SINK_T_IN, "sink inlet: 55degC"),
    SLOT_OPTION("target", "T", SLOT_SINK_T_TARGET, "sink target: 230degC"),
    SLOT_OPTION("duty", "Q", SLOT_SINK_DUTY, "heat from inlet to target: 4800kW"),
    SLOT_OPTION("heat-capacity-rate", "C", SLOT_SINK_HEAT_CAPACITY_RATE, "of the sink stream, instead of --duty: 26.7kW/K"),
    SLOT_OPTION("eta", "E", SLOT_ETA, "Lorenz efficiency: 0.55"),
    {.name = "jensen",
     .argument = "FLUID",
     .type = OPTION_TEXT,
     .offset = AT(jensen),
     .help = "instead: the generic model of Jensen et al. 2018, with\n"
             "                              ammonia or isobutane"},
    SLOT_OPTION("isentropic", "E", SLOT_MODEL_ISENTROPIC, "of --jensen, the compressor's efficiency (0.8)"),
    SLOT_OPTION("pinch", "DT", SLOT_MODEL_PINCH, "of --jensen, in its heat exchangers (5K)"),
    SLOT_OPTION("elec-price", "PRICE", SLOT_ELEC_PRICE, "132EUR/MWh; with --fuel-price the points by cost"),
    SLOT_OPTION("elec-adders", "PRICE", SLOT_ELEC_ADDERS, "grid fees, levies and taxes on top (0)"),
    SLOT_OPTION("fuel-price", "PRICE", SLOT_FUEL_PRICE, "60EUR/MWh"),
    SLOT_OPTION("fuel-adders", "PRICE", SLOT_FUEL_ADDERS, "levies on top (0)"),
    SLOT_OPTION("elec-carbon", "CARBON", SLOT_ELEC_CARBON, "406kg/MWh; with --fuel-carbon the points by carbon"),
    SLOT_OPTION("fuel-carbon", "CARBON", SLOT_FUEL_CARBON, "213.7kg/MWh"),
    SLOT_OPTION("co2-price", "PRICE", SLOT_FUEL_CO2_PRICE, "of allowances for the fuel: 70EUR/t (0)"),
    {.name = "carbon-value",
     .argument = "PRICE",
     .type = OPTION_QUANTITY,
     .offset = AT(carbon_value_eur_t),
     .dimension = DIM_MASS_PRICE,
     .range = {0, INFINITY, true},
     .help = "adds the points by cost and carbon at this price: 100EUR/t"},
    SLOT_OPTION("boiler-efficiency", "E", SLOT_BOILER_EFFICIENCY, "of what the heat pump replaces (1)"),
    SLOT_OPTION("capacity", "Q", SLOT_CAPACITY, "largest heat of the heat pump (unlimited)"),
    SLOT_OPTION("min-load", "SHARE", SLOT_MIN_LOAD, "smallest load, of --capacity: 20% (0)"),
    SLOT_OPTION("p-elec-max", "P", SLOT_P_ELEC_MAX, "largest electric power (unlimited)"),
    SLOT_OPTION("t-max", "T", SLOT_T_MAX, "highest sink outlet (unlimited)"),
    SLOT_OPTION("min-lift", "DT", SLOT_MIN_LIFT, "the mean lift is never counted smaller: 10K (0)"),
    SLOT_OPTION("cop-max", "COP", SLOT_COP_MAX, "the COP is never counted larger (unlimited)"),
    HEADING("a configured loop"),
    {.name = "config", .argument = "FILE", .type = OPTION_TEXT, .offset = AT(config), .help = "the service's configuration"},
    {.name = "loop", .argument = "NAME", .type = OPTION_TEXT, .offset = AT(loop), .help = "only this loop (all of them)"},
    {.name = "set",
     .argument = "NAME=Q",
     .type = OPTION_LIST,
     .offset = AT(set),
     .help = "an input by its name in the configuration, may be given\n"
             "                              again: market.electricity.price=120EUR/MWh (all loops\n"
             "                              that share it), loops.dryer1.sink.t_in=60degC"},
    HEADING("what it is worth in a year"),
    {.name = "hours",
     .argument = "H",
     .type = OPTION_NUMBER,
     .offset = AT(investment.hours_a),
     .range = {0, 8784, false},
     .help = "hours of operation in a year: 6000"},
    {.name = "capex",
     .argument = "PRICE",
     .type = OPTION_QUANTITY,
     .offset = AT(investment.capex_eur_kw),
     .dimension = DIM_POWER_PRICE,
     .range = {0, INFINITY, false},
     .help = "investment per kW of heat: 500EUR/kW"},
    {.name = "years",
     .argument = "N",
     .type = OPTION_NUMBER,
     .offset = AT(investment.years),
     .range = {0, 1000, true},
     .help = "of the net present value: 10"},
    {.name = "discount",
     .argument = "RATE",
     .type = OPTION_QUANTITY,
     .offset = AT(investment.discount),
     .dimension = DIM_ONE,
     .range = {-1, 10, true},
     .help = "a year: 7%"},
    HEADING("output"),
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "the operating_points payload, with 17 digits"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(csv), .help = "a row for each point"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "solve",
    .synopsis = "--source T --sink-in T --target T --duty Q (--eta E | --jensen FLUID)\n"
                "      (--elec-price PRICE --fuel-price PRICE | --elec-carbon CARBON --fuel-carbon CARBON) …\n"
                "--config FILE [--loop NAME] [--set NAME=Q …]",
    .about = "Optimal and break-even operating points of a heat pump: of a case given here, or of a configured\n"
             "loop at given inputs (what the service would do if). Every quantity carries its unit: 15degC, 4.8MW.",
    .notes = "With --config every live signal needs a --set, unless the configuration has a substitute for it (on_bad);\n"
             "available is then true. --json gives an array with one object per loop, with --loop that one; `setpoint`\n"
             "is what the service would publish.",
    .options = solve_options,
};

const char *solve_option_name(enum slot slot)
{
	for (const struct option *row = solve_options; row->name; row++)
		if (row->type == OPTION_SLOT && row->slot == slot)
			return row->name;
	return NULL;
}

static size_t count(const struct option *rows)
{
	size_t n = 0;

	while (rows[n].name)
		n++;
	return n;
}

static bool has_row(const struct option *rows, const char *name)
{
	while (rows->name && strcmp(rows->name, name) != 0)
		rows++;
	return rows->name;
}

struct option *solve_options_between(const struct option *first, const struct option *last)
{
	size_t n = count(first);
	struct option *rows = xrealloc(NULL, (n + count(solve_options) + count(last) + 1) * sizeof(*rows));

	memcpy(rows, first, n * sizeof(*rows));
	for (const struct option *row = solve_options; row->name; row++)
		if (!has_row(last, row->name))
			rows[n++] = *row;
	memcpy(rows + n, last, (count(last) + 1) * sizeof(*rows));
	return rows;
}

bool solve_check_form(const struct solve_values *values)
{
	bool good = true;

	for (const struct option *row = solve_options; values->config && row->name; row++) {
		if (row->type != OPTION_SLOT || isnan(values->slot[row->slot]))
			continue;
		fprintf(stderr, "--%s: cannot be given with --config; use --set with a name of the configuration\n", row->name);
		good = false;
	}
	if (values->config && values->jensen) {
		fputs("--jensen: cannot be given with --config; a loop has its model there\n", stderr);
		good = false;
	}
	if (values->config && !isnan(values->carbon_value_eur_t)) {
		fputs("--carbon-value: cannot be given with --config\n", stderr);
		good = false;
	}
	if (!values->config && (values->loop || values->set.n > 0)) {
		fprintf(stderr, "--%s: needs --config\n", values->loop ? "loop" : "set");
		good = false;
	}
	return good;
}

static int solve(const struct solve_values *values)
{
	struct points_output output = {.out = stdout, .investment = values->investment};
	int code;

	if (!format_choose(values->json, values->csv, &output.format) || !solve_check_form(values))
		return EXIT_WRONG_USAGE;
	code = values->config ? solve_config(values, &output) : solve_case(values, &output);
	return code == EXIT_DONE && !output_flush(stdout) ? EXIT_FAILED : code;
}

int command_solve(int argc, char **argv)
{
	struct solve_values values = {0};
	int code = EXIT_DONE;

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		code = solve(&values);
		break;
	case OPTIONS_HELP:
		break;
	case OPTIONS_BAD:
		code = EXIT_WRONG_USAGE;
		break;
	}
	options_done(&spec, &values);
	return code;
}

/* A value goes into the loop as a constant in the place of what is there. A ratio does so by the price, or the carbon
 * intensity, of electricity that belongs to it. */
#include "sweep_over.h"

#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALUES_MAX = 10000 };

/* ---- by name ---------------------------------------------------------------------------- */

/* What has none goes by its name. */
static const char *const slot_title[SLOT_INFO_COUNT] = {
    [SLOT_ELEC_PRICE] = "price of electricity",
    [SLOT_ELEC_FLOOR] = "floor under the price of electricity",
    [SLOT_ELEC_FACTOR] = "factor on the price of electricity",
    [SLOT_ELEC_ADDERS] = "adders on electricity",
    [SLOT_ELEC_CARBON] = "carbon intensity of electricity",
    [SLOT_FUEL_PRICE] = "price of the fuel",
    [SLOT_FUEL_ADDERS] = "adders on the fuel",
    [SLOT_FUEL_CARBON] = "carbon intensity of the fuel",
    [SLOT_FUEL_CO2_PRICE] = "price of CO2 allowances",
    [SLOT_BOILER_EFFICIENCY] = "efficiency of the boiler",
    [SLOT_DEMAND_SITE_POWER] = "power of the site",
    [SLOT_DEMAND_PEAK] = "peak so far",
    [SLOT_DEMAND_PRICE] = "price of the peak",
    [SLOT_DEMAND_HOURS] = "hours that the peak is paid over",
    [SLOT_SOURCE_T_IN] = "source inlet",
    [SLOT_SOURCE_T_OUT] = "source outlet",
    [SLOT_SINK_T_IN] = "sink inlet",
    [SLOT_SINK_T_TARGET] = "sink target",
    [SLOT_SINK_DUTY] = "heat demand",
    [SLOT_SINK_HEAT_CAPACITY_RATE] = "heat capacity rate of the sink",
    [SLOT_ETA] = "Lorenz efficiency",
    [SLOT_T_MAX] = "highest outlet of the heat pump",
    [SLOT_CAPACITY] = "capacity of the heat pump",
    [SLOT_MIN_LOAD] = "smallest load of the heat pump",
    [SLOT_P_ELEC_MAX] = "largest electric power",
    [SLOT_MIN_LIFT] = "smallest lift",
    [SLOT_COP_MAX] = "largest COP",
    [SLOT_SOURCE_HEAT_CAPACITY_RATE] = "heat capacity rate of the source",
    [SLOT_SOURCE_T_OUT_MIN] = "lowest source outlet",
    [SLOT_SOURCE_COOLING_MAX] = "largest cooling of the source",
    [SLOT_BODY_HEAT_CAPACITY_RATE] = "heat capacity rate of the body behind the source",
    [SLOT_BODY_COOLING_MAX] = "largest cooling of the body behind the source",
    [SLOT_SOURCE_PRICE] = "price of source heat",
    [SLOT_SOURCE_CARBON] = "carbon of source heat",
    [SLOT_MODEL_PINCH] = "pinch in the heat pump",
    [SLOT_MODEL_ISENTROPIC] = "isentropic efficiency",
    [SLOT_MODEL_HEAT_LOSS] = "heat loss of the compressor",
    [SLOT_MODEL_FRACTION] = "fraction of the Carnot COP",
    [SLOT_APPROACH_SINK] = "approach on the sink side",
    [SLOT_APPROACH_SOURCE] = "approach on the source side",
    [SLOT_BOILER_CAPACITY] = "capacity of the boiler",
    [SLOT_ELECTRIC_BOILER_EFFICIENCY] = "efficiency of the electric boiler",
    [SLOT_ELECTRIC_BOILER_CAPACITY] = "capacity of the electric boiler",
    [SLOT_DIRECT_PINCH] = "pinch of direct exchange",
    [SLOT_AVAILABLE] = "available",
    [SLOT_T_SOURCE_MIN] = "coldest source",
    [SLOT_T_SOURCE_MAX] = "hottest source",
    [SLOT_AMBIENT] = "ambient",
    [SLOT_T_AMBIENT_MIN] = "coldest ambient",
    [SLOT_SOURCE_RATE_MIN] = "smallest heat capacity rate of the source",
    [SLOT_SINK_RATE_MIN] = "smallest heat capacity rate of the sink",
};

static const struct over special[] = {
    {"ratio", OVER_RATIO, SLOT_ELEC_PRICE, DIM_ONE, {0, 0, false}, "price of electricity to price of heat"},
    {"carbon-ratio", OVER_CARBON_RATIO, SLOT_ELEC_CARBON, DIM_ONE, {0, 0, false}, "carbon of electricity to carbon of heat"},
    {"carbon-value", OVER_CARBON_VALUE, SLOT_COUNT, DIM_MASS_PRICE, {0, INFINITY, true}, "value of carbon in the blend"},
    {"outlet", OVER_OUTLET, SLOT_COUNT, DIM_TEMPERATURE, {T_SANE_LOW_K, T_SANE_HIGH_K, false}, "outlet of the heat pump"},
};
enum { N_SPECIAL = sizeof(special) / sizeof(special[0]) };

static bool find_option(const char *name, enum slot *slot)
{
	for (const struct option *row = solve_options; row->name; row++)
		if (row->type == OPTION_SLOT && strcmp(row->name, name) == 0) {
			*slot = row->slot;
			return true;
		}
	return false;
}

static bool unknown_option(const char *name)
{
	struct nearest nearest;
	char hint[160];

	nearest_init(&nearest, name);
	for (const struct option *row = solve_options; row->name; row++)
		if (row->type == OPTION_SLOT)
			nearest_try(&nearest, row->name);
	for (size_t i = 0; i < N_SPECIAL; i++)
		nearest_try(&nearest, special[i].name);
	fprintf(stderr, "--over %s: is nothing that a case can be swept over%s\n", name,
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

bool over_find(const char *name, struct config *config, const struct loop_config *loop, struct over *over)
{
	enum slot slot;

	for (size_t i = 0; i < N_SPECIAL; i++)
		if (strcmp(special[i].name, name) == 0) {
			*over = special[i];
			return true;
		}
	if (config ? !solve_config_find(config, loop, "--over", name, &slot) : !find_option(name, &slot))
		return config ? false : unknown_option(name);
	if (slot_info[slot].is_switch) {
		fprintf(stderr, "--over %s: is a switch\n", name);
		return false;
	}
	*over = (struct over){name,
	                      config ? OVER_INPUT : OVER_SLOT,
	                      slot,
	                      slot_info[slot].dimension,
	                      slot_range(slot),
	                      (config && strstr(name, ".curve.")) || !slot_title[slot] ? name : slot_title[slot]};
	return true;
}

/* ---- values ----------------------------------------------------------------------------- */

static bool parse(const struct over *over, const char *text, double *value, const struct unit **unit, struct err *e)
{
	return quantity_parse(text, over->dimension, value, unit, e) &&
	       (!(over->range.low < over->range.high) || range_check(over->range, *value, text, *unit, e));
}

static bool parse_end(const struct over *over, const char *option, const char *text, double *value, const struct unit **unit)
{
	struct err e;

	if (!text) {
		fprintf(stderr, "--%s: is missing\n", option);
		return false;
	}
	if (parse(over, text, value, unit, &e))
		return true;
	fprintf(stderr, "--%s: %s\n", option, e.text);
	return false;
}

static bool check_steps(double steps)
{
	if (steps == floor(steps))
		return true;
	fprintf(stderr, "--steps: %.10g is not a whole number\n", steps);
	return false;
}

bool values_range(const struct over *over, const char *from, const char *to, double steps, struct value_list *list)
{
	const struct unit *unit, *unit_to;
	double low, high;
	bool good = parse_end(over, "from", from, &low, &unit);

	good &= parse_end(over, "to", to, &high, &unit_to);
	good &= check_steps(steps);
	if (good && low == high) {
		fputs("--to: is the same as --from\n", stderr);
		good = false;
	}
	if (!good)
		return false;
	*list = (struct value_list){.n = (size_t)steps + 1, .unit = unit};
	list->value = xrealloc(NULL, list->n * sizeof(*list->value));
	list->shown = xrealloc(NULL, list->n * sizeof(*list->shown));
	low = unit_from_internal(unit, low);
	high = unit_from_internal(unit, high);
	for (size_t i = 0; i < list->n; i++) {
		list->shown[i] = (low * (steps - (double)i) + high * (double)i) / steps;
		list->value[i] = unit_to_internal(unit, list->shown[i]);
	}
	return true;
}

static bool is_header(const struct csv_row *row)
{
	return row->n == 2 && strcmp(row->field[0], "label") == 0 && strcmp(row->field[1], "value") == 0;
}

static bool append(const struct over *over, const struct csv_row *row, struct value_list *list, struct err *e)
{
	const struct unit *unit;
	double value;

	if (row->n != 2) {
		err_set(e, "is not of the form LABEL,VALUE");
		return false;
	}
	if (list->n == VALUES_MAX) {
		err_set(e, "is one row too many: at most %d", VALUES_MAX);
		return false;
	}
	if (!parse(over, row->field[1], &value, &unit, e))
		return false;
	list->value = xrealloc(list->value, (list->n + 1) * sizeof(*list->value));
	list->shown = xrealloc(list->shown, (list->n + 1) * sizeof(*list->shown));
	list->label = xrealloc(list->label, (list->n + 1) * sizeof(*list->label));
	list->unit = list->n == 0 ? unit : list->unit;
	list->value[list->n] = value;
	list->shown[list->n] = unit_from_internal(list->unit, value);
	list->label[list->n++] = strcpy(xrealloc(NULL, strlen(row->field[0]) + 1), row->field[0]);
	return true;
}

/* All rows, or the first one that is wrong. */
static bool read_rows(const struct over *over, struct csv *csv, struct csv_row *row, struct value_list *list, struct err *e)
{
	enum csv_status status = csv_next(csv, row, e);

	if (status != CSV_BAD && (status == CSV_END || !is_header(row))) {
		err_set(e, "the first row is not label,value");
		return false;
	}
	while (status == CSV_ROW && (status = csv_next(csv, row, e)) == CSV_ROW)
		if (!append(over, row, list, e))
			return false;
	if (status == CSV_END && list->n == 0)
		err_set(e, "no values");
	return status == CSV_END && list->n > 0;
}

bool values_table(const struct over *over, const char *path, struct value_list *list)
{
	struct csv_row row = {0};
	struct csv csv;
	struct err e;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0) {
		fprintf(stderr, "--values %s: %s\n", path, strerror(errno));
		return false;
	}
	*list = (struct value_list){0};
	csv_init(&csv, fd);
	good = read_rows(over, &csv, &row, list, &e);
	if (!good) {
		fprintf(stderr, "%s:%llu: %s\n", path, (unsigned long long)row.line, e.text);
		values_done(list);
	}
	csv_row_done(&row);
	csv_done(&csv);
	close(fd);
	return good;
}

void values_done(struct value_list *list)
{
	for (size_t i = 0; i < list->n && list->label; i++)
		free(list->label[i]);
	free(list->label);
	free(list->shown);
	free(list->value);
	*list = (struct value_list){0};
}

/* ---- into the loop ---------------------------------------------------------------------- */

static void make_constant(struct input *input, double value)
{
	*input = (struct input){.kind = INPUT_CONSTANT, .shared = input->shared, .value = value};
}

void over_prepare_case(const struct over *over, double value, struct solve_values *values)
{
	switch (over->kind) {
	case OVER_SLOT:
		values->slot[over->slot] = value;
		break;
	case OVER_RATIO:
	case OVER_CARBON_RATIO:
		values->slot[over->slot] = 0;
		break;
	case OVER_CARBON_VALUE:
		values->carbon_value_eur_t = value;
		break;
	case OVER_INPUT:
	case OVER_OUTLET:
		break;
	}
}

bool over_prepare_config(const struct over *over, double value, struct config *config, struct loop_config *loop)
{
	switch (over->kind) {
	case OVER_INPUT:
		return solve_config_replace(config, over->name, value);
	case OVER_RATIO:
	case OVER_CARBON_RATIO:
		make_constant(&loop->slot[over->slot], 0);
		return true;
	case OVER_CARBON_VALUE:
		if (loop->objective == OBJECTIVE_BLEND)
			return true;
		fprintf(stderr, "--over carbon-value: the objective of loop %s is not blend\n", loop->name);
		return false;
	case OVER_SLOT:
	case OVER_OUTLET:
		break;
	}
	return true;
}

/* The price, or carbon intensity, of electricity that makes the ratio, given what heat costs now; a tariff's floor and factor
 * would move it away from there. */
static bool set_ratio(const struct over *over, double ratio, const struct inputs_from *from, struct loop_config *loop,
                      struct err *e)
{
	bool cost = over->kind == OVER_RATIO;
	double adders = 0, heat;
	struct loop_inputs inputs;
	struct frame frame;

	inputs_gather(loop, from->read, from->ctx, from->utc_us, &inputs, NULL);
	if (!frame_build(loop, &inputs, &frame, e))
		return false;
	heat = frame.rates[cost ? MERIT_COST : MERIT_CARBON].heat;
	if (!(heat > 0)) {
		err_set(e, "there is no ratio where heat %s", cost ? "has no price above 0" : "has no carbon intensity above 0");
		return false;
	}
	if (cost) {
		adders = frame.prices.elec_adders_eur_mwh;
		loop->slot[SLOT_ELEC_FLOOR] = loop->slot[SLOT_ELEC_FACTOR] = (struct input){.kind = INPUT_ABSENT};
	}
	make_constant(&loop->slot[over->slot], ratio * heat - adders);
	return true;
}

bool over_solve(const struct over *over, double value, const struct inputs_from *from, struct loop_config *loop,
                struct solved *out, struct err *e)
{
	bool good = true;

	switch (over->kind) {
	case OVER_SLOT:
		make_constant(over->slot < SLOT_COUNT ? &loop->slot[over->slot]
		                                      : &loop->machines->single[over->slot - SLOT_MACHINES],
		              value);
		break;
	case OVER_INPUT:
		solve_config_replace(from->ctx, over->name, value);
		break;
	case OVER_RATIO:
	case OVER_CARBON_RATIO:
		good = set_ratio(over, value, from, loop, e);
		break;
	case OVER_CARBON_VALUE:
		loop->carbon_value_eur_t = value;
		break;
	case OVER_OUTLET:
		return solve_outlet(loop, from, value, out, e);
	}
	return good && solve_loop(loop, from, out, e);
}

/* A case from the command line as a loop of constants, so that it goes the way of the service. What is missing or
 * contradicts itself is told by the names of the options, all of it at once. */
#include "command.h"
#include "io/clock.h"
#include "solve.h"

#include <math.h>
#include <string.h>

static bool given(const struct solve_values *values, enum slot slot)
{
	return !isnan(values->slot[slot]);
}

static bool complain(bool wrong, enum slot slot, const char *what)
{
	if (wrong)
		fprintf(stderr, "--%s: %s\n", solve_option_name(slot), what);
	return !wrong;
}

static bool check_missing(const struct solve_values *values)
{
	static const enum slot required[] = {SLOT_SOURCE_T_IN, SLOT_SINK_T_IN, SLOT_SINK_T_TARGET};
	bool duty = given(values, SLOT_SINK_DUTY), rate = given(values, SLOT_SINK_HEAT_CAPACITY_RATE);
	bool good = true;

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		good &= complain(!given(values, required[i]), required[i], "is missing");
	good &= complain(!given(values, SLOT_ETA) && !values->jensen, SLOT_ETA, "is missing (or --jensen)");
	good &= complain(!duty && !rate, SLOT_SINK_DUTY, "is missing (or --heat-capacity-rate)");
	good &= complain(duty && rate, SLOT_SINK_HEAT_CAPACITY_RATE, "cannot be given together with --duty");
	return good;
}

bool solve_fluid(const char *option, const char *name, enum lorenz_fluid *fluid)
{
	static const char *const fluids[LORENZ_FLUID_COUNT] = {"ammonia", "isobutane"};
	struct nearest nearest;
	char hint[64];

	nearest_init(&nearest, name);
	for (size_t i = 0; i < LORENZ_FLUID_COUNT; i++) {
		*fluid = (enum lorenz_fluid)i;
		if (strcmp(fluids[i], name) == 0)
			return true;
		nearest_try(&nearest, fluids[i]);
	}
	fprintf(stderr, "--%s: %s is none of ammonia, isobutane%s\n", option, name,
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

/* The model stands for the efficiency, and its parameters for nothing without it. */
static bool check_model(const struct solve_values *values)
{
	static const enum slot parameters[] = {SLOT_MODEL_ISENTROPIC, SLOT_MODEL_PINCH};
	enum lorenz_fluid fluid;
	bool good = true;

	if (values->jensen) {
		good = solve_fluid("jensen", values->jensen, &fluid);
		return complain(given(values, SLOT_ETA), SLOT_ETA, "cannot be given together with --jensen") && good;
	}
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		good &= complain(given(values, parameters[i]), parameters[i], "needs --jensen");
	return good;
}

/* An option that means nothing without another one. */
static const struct need {
	enum slot slot, needs;
	enum slot or_else; /* satisfied by this one too; the same as needs: by nothing else */
} needs[] = {
    {SLOT_ELEC_PRICE, SLOT_FUEL_PRICE, SLOT_FUEL_PRICE},
    {SLOT_FUEL_PRICE, SLOT_ELEC_PRICE, SLOT_ELEC_PRICE},
    {SLOT_ELEC_CARBON, SLOT_FUEL_CARBON, SLOT_FUEL_CARBON},
    {SLOT_FUEL_CARBON, SLOT_ELEC_CARBON, SLOT_FUEL_CO2_PRICE},
    {SLOT_ELEC_ADDERS, SLOT_ELEC_PRICE, SLOT_ELEC_PRICE},
    {SLOT_FUEL_ADDERS, SLOT_FUEL_PRICE, SLOT_FUEL_PRICE},
    {SLOT_FUEL_CO2_PRICE, SLOT_FUEL_CARBON, SLOT_FUEL_CARBON},
    {SLOT_FUEL_CO2_PRICE, SLOT_FUEL_PRICE, SLOT_FUEL_PRICE},
    {SLOT_MIN_LOAD, SLOT_CAPACITY, SLOT_CAPACITY},
};

static bool check_needs(const struct solve_values *values)
{
	bool cost = given(values, SLOT_ELEC_PRICE) || given(values, SLOT_FUEL_PRICE);
	bool carbon = given(values, SLOT_ELEC_CARBON) || given(values, SLOT_FUEL_CARBON);
	bool good = true;

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const struct need *n = &needs[i];

		if (!given(values, n->slot) || given(values, n->needs) || given(values, n->or_else))
			continue;
		fprintf(stderr, "--%s: is missing; --%s needs it\n", solve_option_name(n->needs), solve_option_name(n->slot));
		good = false;
	}
	if (!cost && !carbon) {
		fputs("--elec-price: is missing; needed are --elec-price and --fuel-price, or --elec-carbon and --fuel-carbon\n",
		      stderr);
		return false;
	}
	if (!isnan(values->carbon_value_eur_t) && !(cost && carbon)) {
		fputs("--carbon-value: needs both the prices and the carbon intensities\n", stderr);
		return false;
	}
	return good;
}

static double celsius(const struct solve_values *values, enum slot slot)
{
	return k_to_c(values->slot[slot]);
}

static bool check_order(const struct solve_values *values, enum slot low, enum slot high, bool equal_is_wrong,
                        const char *relation)
{
	double a = values->slot[low], b = values->slot[high];

	if (isnan(a) || isnan(b) || (equal_is_wrong ? a < b : a <= b))
		return true;
	fprintf(stderr, "--%s: %.10g degC %s --%s %.10g degC\n", solve_option_name(low), celsius(values, low), relation,
	        solve_option_name(high), celsius(values, high));
	return false;
}

static bool check_temperatures(const struct solve_values *values)
{
	bool cooled = given(values, SLOT_SOURCE_T_OUT);
	bool good = check_order(values, SLOT_SINK_T_IN, SLOT_SINK_T_TARGET, false, "is above");

	good &= check_order(values, SLOT_SOURCE_T_OUT, SLOT_SOURCE_T_IN, false, "is above");
	good &= check_order(values, cooled ? SLOT_SOURCE_T_OUT : SLOT_SOURCE_T_IN, SLOT_SINK_T_TARGET, true, "is not below");
	return good;
}

static void build_loop(const struct solve_values *values, struct loop_config *loop)
{
	bool cost = given(values, SLOT_ELEC_PRICE);

	*loop = (struct loop_config){
	    .objective = !isnan(values->carbon_value_eur_t) ? OBJECTIVE_BLEND
	                 : cost                             ? OBJECTIVE_COST
	                                                    : OBJECTIVE_CARBON,
	    .carbon_value_eur_t = values->carbon_value_eur_t,
	    .mode = MODE_AUTO,
	    .min_k = -INFINITY,
	    .max_k = INFINITY,
	    .off_value_k = NAN,
	};
	for (size_t i = 0; i < SLOT_COUNT; i++)
		if (given(values, (enum slot)i))
			loop->slot[i] = (struct input){.kind = INPUT_CONSTANT, .value = values->slot[i]};
}

static void build_model(const struct solve_values *values, struct solve_case *out)
{
	enum lorenz_fluid fluid;

	if (!values->jensen || !solve_fluid("jensen", values->jensen, &fluid))
		return;
	out->model = lorenz_efficiency_jensen(fluid);
	out->machines = (struct machines_config){.model = &out->model};
	for (size_t i = 0; i < MACHINES_SINGLE; i++)
		if (given(values, (enum slot)(SLOT_MACHINES + i)))
			out->machines.single[i] =
			    (struct input){.kind = INPUT_CONSTANT, .value = values->slot[SLOT_MACHINES + i]};
	out->loop.machines = &out->machines;
}

bool solve_case_build(const struct solve_values *values, struct solve_case *out)
{
	bool good = check_missing(values);

	good &= check_model(values);
	good &= check_needs(values);
	good &= check_temperatures(values);
	if (!good)
		return false;
	build_loop(values, &out->loop);
	build_model(values, out);
	return true;
}

int solve_case(const struct solve_values *values, const struct points_output *output)
{
	const struct inputs_from from = {.utc_us = clock_now().utc_us};
	struct solve_case built;
	struct solved solved;
	struct err e;

	if (!solve_case_build(values, &built))
		return EXIT_WRONG_USAGE;
	if (!solve_loop(&built.loop, &from, &solved, &e)) {
		fprintf(stderr, "solve: %s\n", e.text);
		return EXIT_WRONG_USAGE;
	}
	points_write(output, &solved, 1);
	return EXIT_DONE;
}

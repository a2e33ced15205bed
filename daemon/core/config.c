/* The texts and tables of the configuration that the rest of the daemon shares. Holds no rule of the file's form. */
#include "config.h"

#include "names.h"
#include "arena.h"
#include "config_rows.h"

const char *const objective_text[OBJECTIVE_COUNT] = {
    [OBJECTIVE_COST] = "cost",
    [OBJECTIVE_CARBON] = "carbon",
    [OBJECTIVE_COST_BREAK_EVEN] = "cost_break_even",
    [OBJECTIVE_CARBON_BREAK_EVEN] = "carbon_break_even",
    [OBJECTIVE_BLEND] = "blend",
    [OBJECTIVE_CARBON_AT_NO_COST] = "carbon_at_no_cost",
    [OBJECTIVE_COST_UNDER_CARBON_CAP] = "cost_under_carbon_cap",
    [OBJECTIVE_ELECTRIFY_AT_NO_CARBON] = "electrify_at_no_carbon",
};

const char *const mode_text[MODE_COUNT] = {
    [MODE_AUTO] = "auto",
    [MODE_MANUAL] = "manual",
    [MODE_OFF] = "off",
    [MODE_ADVISORY] = "advisory",
};

/* Sane is what a plant could have; it is there to catch a wrong unit or a broken sensor, not to judge a design. */
const struct slot_info slot_info[SLOT_INFO_COUNT] = {
    [SLOT_ELEC_PRICE] = {"market.electricity.price", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_ELEC_FLOOR] = {"market.electricity.floor", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_ELEC_FACTOR] = {"market.electricity.factor", DIM_ONE, -1, 10, false, false},
    [SLOT_ELEC_ADDERS] = {"market.electricity.adders", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_ELEC_CARBON] = {"market.electricity.carbon", DIM_CARBON, -1e5, 1e5, false, false},
    [SLOT_FUEL_PRICE] = {"market.fuel.price", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_FUEL_ADDERS] = {"market.fuel.adders", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_FUEL_CARBON] = {"market.fuel.carbon", DIM_CARBON, 0, 1e5, false, false},
    [SLOT_FUEL_CO2_PRICE] = {"market.fuel.co2_price", DIM_MASS_PRICE, 0, 1e5, false, false},
    [SLOT_BOILER_EFFICIENCY] = {"market.fuel.boiler_efficiency", DIM_ONE, 0, 1.2, true, false},
    [SLOT_DEMAND_SITE_POWER] = {"demand.site_power", DIM_POWER, -1e9, 1e9, false, false},
    [SLOT_DEMAND_PEAK] = {"demand.peak_so_far", DIM_POWER, 0, 1e9, false, false},
    [SLOT_DEMAND_PRICE] = {"demand.price", DIM_POWER_PRICE, 0, 1e6, false, false},
    [SLOT_DEMAND_HOURS] = {"demand.hours", DIM_TIME, 60e6, 8784 * 3600e6, false, false},
    [SLOT_SOURCE_T_IN] = {"source.t_in", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SOURCE_T_OUT] = {"source.t_out", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SINK_T_IN] = {"sink.t_in", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SINK_T_TARGET] = {"sink.t_target", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SINK_DUTY] = {"sink.duty", DIM_POWER, 0, 1e9, false, false},
    [SLOT_SINK_HEAT_CAPACITY_RATE] = {"sink.heat_capacity_rate", DIM_HEAT_CAPACITY_RATE, 0, 1e9, false, false},
    [SLOT_ETA] = {"heat_pump.lorenz_efficiency", DIM_ONE, 0, 1, true, false},
    [SLOT_T_MAX] = {"heat_pump.t_max", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_CAPACITY] = {"heat_pump.capacity", DIM_POWER, 0, 1e9, true, false},
    [SLOT_MIN_LOAD] = {"heat_pump.min_load", DIM_ONE, 0, 1, false, false},
    [SLOT_P_ELEC_MAX] = {"heat_pump.p_elec_max", DIM_POWER, 0, 1e9, false, false},
    [SLOT_MIN_LIFT] = {"heat_pump.min_lift", DIM_TEMPERATURE_DIFF, 0, 500, false, false},
    [SLOT_COP_MAX] = {"heat_pump.cop_max", DIM_ONE, 1, 1000, false, false},
    [SLOT_AVAILABLE] = {"heat_pump.available", DIM_ONE, 0, 1, false, true},
    [SLOT_T_SOURCE_MIN] = {"heat_pump.envelope.t_source_min", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_T_SOURCE_MAX] = {"heat_pump.envelope.t_source_max", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_AMBIENT] = {"heat_pump.envelope.ambient", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_T_AMBIENT_MIN] = {"heat_pump.envelope.t_ambient_min", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SOURCE_RATE_MIN] = {"heat_pump.envelope.source_rate_min", DIM_HEAT_CAPACITY_RATE, 0, 1e9, false, false},
    [SLOT_SINK_RATE_MIN] = {"heat_pump.envelope.sink_rate_min", DIM_HEAT_CAPACITY_RATE, 0, 1e9, false, false},
    [SLOT_RUNNING] = {"feedback.running", DIM_ONE, 0, 1, false, true},
    [SLOT_REMOTE] = {"feedback.remote", DIM_ONE, 0, 1, false, true},
    [SLOT_TRIP] = {"feedback.trip", DIM_ONE, 0, 1, false, true},
    [SLOT_PERMIT] = {"feedback.permit", DIM_ONE, 0, 1, false, true},
    [SLOT_T_SINK_OUT] = {"feedback.t_sink_out", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_Q_SOURCE] = {"feedback.q_source", DIM_POWER, -1e9, 1e9, false, false},
    [SLOT_Q_SINK] = {"feedback.q_sink", DIM_POWER, -1e9, 1e9, false, false},
    [SLOT_P_ELEC] = {"feedback.p_elec", DIM_POWER, -1e9, 1e9, false, false},
    [SLOT_SOURCE_HEAT_CAPACITY_RATE] = {"source.heat_capacity_rate", DIM_HEAT_CAPACITY_RATE, 0, 1e9, false, false},
    [SLOT_SOURCE_T_OUT_MIN] = {"source.t_out_min", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_SOURCE_COOLING_MAX] = {"source.cooling_max", DIM_TEMPERATURE_DIFF, 0, 500, false, false},
    [SLOT_BODY_HEAT_CAPACITY_RATE] = {"source.body.heat_capacity_rate", DIM_HEAT_CAPACITY_RATE, 0, 1e12, true, false},
    [SLOT_BODY_COOLING_MAX] = {"source.body.cooling_max", DIM_TEMPERATURE_DIFF, 0, 500, false, false},
    [SLOT_SOURCE_PRICE] = {"source.price", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_SOURCE_CARBON] = {"source.carbon", DIM_CARBON, -1e5, 1e5, false, false},
    [SLOT_MODEL_PINCH] = {"heat_pump.lorenz_efficiency.pinch", DIM_TEMPERATURE_DIFF, 0, 100, false, false},
    [SLOT_MODEL_ISENTROPIC] = {"heat_pump.lorenz_efficiency.isentropic", DIM_ONE, 0, 1, true, false},
    [SLOT_MODEL_HEAT_LOSS] = {"heat_pump.lorenz_efficiency.heat_loss", DIM_ONE, 0, 0.99, false, false},
    [SLOT_MODEL_FRACTION] = {"heat_pump.lorenz_efficiency.fraction", DIM_ONE, 0, 1, true, false},
    [SLOT_APPROACH_SINK] = {"heat_pump.approach_sink", DIM_TEMPERATURE_DIFF, 0, 100, false, false},
    [SLOT_APPROACH_SOURCE] = {"heat_pump.approach_source", DIM_TEMPERATURE_DIFF, 0, 100, false, false},
    [SLOT_BOILER_CAPACITY] = {"boiler.capacity", DIM_POWER, 0, 1e9, false, false},
    [SLOT_ELECTRIC_BOILER_EFFICIENCY] = {"electric_boiler.efficiency", DIM_ONE, 0, 1, true, false},
    [SLOT_ELECTRIC_BOILER_CAPACITY] = {"electric_boiler.capacity", DIM_POWER, 0, 1e9, false, false},
    [SLOT_ELECTRIC_BOILER_P_ELEC] = {"electric_boiler.p_elec", DIM_POWER, -1e9, 1e9, false, false},
    [SLOT_DIRECT_PINCH] = {"direct_exchange.pinch", DIM_TEMPERATURE_DIFF, 0, 200, true, false},
    [SLOT_UNIT_CAPACITY] = {"capacity", DIM_POWER, 0, 1e9, false, false},
    [SLOT_UNIT_MIN_LOAD] = {"min_load", DIM_ONE, 0, 1, false, false},
    [SLOT_UNIT_COP_FACTOR] = {"cop_factor", DIM_ONE, 0, 2, true, false},
    [SLOT_UNIT_RUNNING_HOURS] = {"running_hours", DIM_TIME, 0, 1000 * 8760 * 3600e6, false, false},
    [SLOT_UNIT_AVAILABLE] = {"available", DIM_ONE, 0, 1, false, true},
    [SLOT_UTILITY_CAPACITY] = {"capacity", DIM_POWER, 0, 1e9, false, false},
    [SLOT_UTILITY_EFFICIENCY] = {"efficiency", DIM_ONE, 0, 1.2, true, false},
    [SLOT_UTILITY_ELECTRIC_EFFICIENCY] = {"electric_efficiency", DIM_ONE, 0, 1, false, false},
    [SLOT_UTILITY_PRICE] = {"price", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_UTILITY_CARBON] = {"carbon", DIM_CARBON, -1e5, 1e5, false, false},
    [SLOT_FLOW_MASS] = {"mass_flow", DIM_MASS_RATE, 0, 1e12, false, false},
    [SLOT_FLOW_VOLUME] = {"volume_flow", DIM_VOLUME_RATE, 0, 1e9, false, false},
    [SLOT_FLOW_CP] = {"cp", DIM_HEAT_CAPACITY, 0, 100, true, false},
    [SLOT_FLOW_DENSITY] = {"density", DIM_DENSITY, 0, 1e5, true, false},
    [SLOT_FLOW_LATENT_HEAT] = {"latent_heat", DIM_SPECIFIC_HEAT, 0, 1e5, true, false},
    [SLOT_TECHNOLOGY_ETA] = {"lorenz_efficiency", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_MODEL_PINCH] = {"lorenz_efficiency.pinch", DIM_TEMPERATURE_DIFF, 0, 100, false, false},
    [SLOT_TECHNOLOGY_MODEL_ISENTROPIC] = {"lorenz_efficiency.isentropic", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_MODEL_HEAT_LOSS] = {"lorenz_efficiency.heat_loss", DIM_ONE, 0, 0.99, false, false},
    [SLOT_TECHNOLOGY_MODEL_FRACTION] = {"lorenz_efficiency.fraction", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_EFFICIENCY] = {"efficiency", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_FRACTION] = {"fraction", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_ELEC_SHARE] = {"elec_share", DIM_ONE, 0, 1, false, false},
    [SLOT_TECHNOLOGY_SOURCE_SHARE] = {"source_share", DIM_ONE, 0, 100, true, false},
    [SLOT_TECHNOLOGY_ROUND_TRIP] = {"round_trip", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_STORED_PRICE] = {"stored_price", DIM_ENERGY_PRICE, -1e5, 1e5, false, false},
    [SLOT_TECHNOLOGY_STORED_CARBON] = {"stored_carbon", DIM_CARBON, -1e5, 1e5, false, false},
    [SLOT_TECHNOLOGY_SECOND_LAW] = {"second_law", DIM_ONE, 0, 1, true, false},
    [SLOT_TECHNOLOGY_T_AMBIENT] = {"t_ambient", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_TECHNOLOGY_PINCH] = {"pinch", DIM_TEMPERATURE_DIFF, 0, 200, true, false},
    [SLOT_TECHNOLOGY_T_MAX] = {"t_max", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_TECHNOLOGY_T_TARGET_MIN] = {"t_target_min", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_TECHNOLOGY_T_SOURCE_MIN] = {"t_source_min", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_TECHNOLOGY_T_SOURCE_MAX] = {"t_source_max", DIM_TEMPERATURE, T_SANE_LOW_K, T_SANE_HIGH_K, false, false},
    [SLOT_TECHNOLOGY_CAPACITY] = {"capacity", DIM_POWER, 0, 1e9, true, false},
    [SLOT_TECHNOLOGY_MIN_LOAD] = {"min_load", DIM_ONE, 0, 1, false, false},
    [SLOT_TECHNOLOGY_P_ELEC_MAX] = {"p_elec_max", DIM_POWER, 0, 1e9, false, false},
    [SLOT_TECHNOLOGY_AVAILABLE] = {"available", DIM_ONE, 0, 1, false, true},
};

void config_free(struct config *config)
{
	if (config)
		arena_free(config->arena);
}

static bool match_loops(const struct config *config, const struct config *other, uint32_t *at)
{
	struct names names;
	bool ok = names_init(&names, other->n_loops);

	for (size_t i = 0; ok && i < other->n_loops; i++)
		names_add(&names, other->loops[i].name);
	for (size_t i = 0; ok && i < config->n_loops; i++)
		at[i] = names_find(&names, config->loops[i].name);
	names_done(&names);
	return ok;
}

static bool match_signals(const struct config *config, const struct config *other, uint32_t *at)
{
	struct names names;
	bool ok = names_init(&names, other->n_signals);

	for (size_t i = 0; ok && i < other->n_signals; i++)
		names_add(&names, other->signals[i].name);
	for (size_t i = 0; ok && i < config->n_signals; i++)
		at[i] = names_find(&names, config->signals[i].name);
	names_done(&names);
	return ok;
}

bool config_match(const struct config *config, const struct config *other, uint32_t *loops, uint32_t *signals)
{
	return match_loops(config, other, loops) && match_signals(config, other, signals);
}

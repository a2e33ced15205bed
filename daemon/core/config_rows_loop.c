/* The keys of a loop. */
#include "config_rows_words.h"

#define WAIT   .dimension = DIM_TIME, .range = {0, 86400 * S, false}
#define MACHINES_INPUT(which)  .type = ROW_MACHINES_INPUT, .slot = (which)
#define SEGMENT(which, member) .type = ROW_INPUT, .slot = (which), .offset = offsetof(struct segment_config, member)

#define FLOW(member)           .offset = offsetof(struct loop_config, flow[member])
#define FLOW_OF_SEGMENT        .offset = offsetof(struct segment_config, flow)

/* How much heat a stream is, by what flows; to be told where its struct flow_config is. */
#define FLOW_ROWS(...)                                                                                                           \
	{"mass_flow", ROW_FLOW_INPUT, .slot = SLOT_FLOW_MASS, __VA_ARGS__, .help = "Of the stream, with medium or cp."},         \
	    {"volume_flow", ROW_FLOW_INPUT, .slot = SLOT_FLOW_VOLUME, __VA_ARGS__,                                               \
	     .help = "Instead of mass_flow. Of water it counts at the inlet temperature, unless density says otherwise."},       \
	    {"medium", ROW_MEDIUM, .choices = media, __VA_ARGS__,                                                                \
	     .help = "What flows: liquid water (0 to 200 degC) or dry air (-50 to 1000 degC), whose cp is built in."},           \
	    {"cp", ROW_FLOW_INPUT, .slot = SLOT_FLOW_CP, __VA_ARGS__, .help = "Heat capacity of what flows, instead of medium."}, \
	{"density", ROW_FLOW_INPUT, .slot = SLOT_FLOW_DENSITY, __VA_ARGS__, .derived = "that of water",                          \
	 .help = "For volume_flow, where it is measured; of normal cubic metres of air 1.293 kg/m3."}

static const struct choice modes[] = {{"auto", MODE_AUTO}, {"advisory", MODE_ADVISORY}, {0}};
static const struct choice bad_thens[] = {{"off", BAD_THEN_OFF}, {"fallback", BAD_THEN_FALLBACK}, {0}};
static const struct choice objectives[] = {
    {"cost", OBJECTIVE_COST},
    {"carbon", OBJECTIVE_CARBON},
    {"cost_break_even", OBJECTIVE_COST_BREAK_EVEN},
    {"carbon_break_even", OBJECTIVE_CARBON_BREAK_EVEN},
    {"blend", OBJECTIVE_BLEND},
    {"carbon_at_no_cost", OBJECTIVE_CARBON_AT_NO_COST},
    {"cost_under_carbon_cap", OBJECTIVE_COST_UNDER_CARBON_CAP},
    {"electrify_at_no_carbon", OBJECTIVE_ELECTRIFY_AT_NO_CARBON},
    {0},
};
static const struct choice media[] = {{"water", MEDIUM_WATER}, {"air", MEDIUM_AIR}, {0}};

static const struct row body_rows[] = {
    {"heat_capacity_rate", MACHINES_INPUT(SLOT_BODY_HEAT_CAPACITY_RATE), .help = "Of the whole body's flow."},
    FLOW_ROWS(FLOW(FLOW_BODY)),
    {"cooling_max", MACHINES_INPUT(SLOT_BODY_COOLING_MAX), .required = true, .help = "By how much it may be cooled."},
    {0},
};

static const struct row estimate_rows[] = {
    {"smoothing", ROW_DURATION, LOOP(rate_smoothing_us), .dimension = DIM_TIME, .range = {S, A, false}, .required = true,
     .help = "Time constant of the estimate, in time at steady load."},
    {"steady_for", ROW_DURATION, LOOP(rate_steady_us), .dimension = DIM_TIME, .range = {S, A, false}, .derived = "10 min",
     .help = "Temperatures and heat have to stay within a tenth for that long."},
    {0},
};

static const struct row source_rows[] = {
    {"t_in", INPUT(SLOT_SOURCE_T_IN), .required = true, .help = "The heat source where it enters the evaporator."},
    {"t_out", INPUT(SLOT_SOURCE_T_OUT), .derived = "same as t_in", .help = "The heat source where it leaves the evaporator."},
    {"heat_capacity_rate", MACHINES_INPUT(SLOT_SOURCE_HEAT_CAPACITY_RATE), .derived = "not known: t_out counts as given",
     .help = "Of the stream through the evaporator, instead of t_out: its outlet then follows from the heat taken. Or by what flows:"},
    FLOW_ROWS(FLOW(FLOW_SOURCE)),
    {"estimate_rate", ROW_MAP, .children = estimate_rows,
     .help = "The heat_capacity_rate is estimated from t_out and feedback.q_source, or q_sink and p_elec."},
    {"t_out_min", MACHINES_INPUT(SLOT_SOURCE_T_OUT_MIN), .derived = "none", .help = "Lowest outlet of that stream."},
    {"cooling_max", MACHINES_INPUT(SLOT_SOURCE_COOLING_MAX), .derived = "none", .help = "Largest cooling of that stream."},
    {"body", ROW_MAP, .children = body_rows, .help = "The river, lake or network that the stream is drawn from."},
    {"price", MACHINES_INPUT(SLOT_SOURCE_PRICE), .derived = "0 EUR/MWh",
     .help = "Of heat taken from the source: bought, or power forgone; negative where cooling is useful."},
    {"carbon", MACHINES_INPUT(SLOT_SOURCE_CARBON), .derived = "0 kg/MWh",
     .help = "Of that heat: what making or forgoing it emits; negative where cooling spares emissions."},
    {0},
};

static const struct row sink_rows[] = {
    {"t_in", INPUT(SLOT_SINK_T_IN),
     .help = "The heated stream where it enters. May be absent where the curve says where it begins."},
    {"t_target", INPUT(SLOT_SINK_T_TARGET), .help = "What the stream has to reach, by heat pump and boiler together."},
    {"duty", INPUT(SLOT_SINK_DUTY), .help = "Total heat from t_in to t_target, heat pump and boiler together."},
    {"heat_capacity_rate", INPUT(SLOT_SINK_HEAT_CAPACITY_RATE), .help = "Of the stream, instead of duty. Or by what flows:"},
    FLOW_ROWS(FLOW(FLOW_SINK)),
    {"curve", ROW_CURVE, .children = segment_rows,
     .help = "Segments in heating order, instead of t_target and duty; each with its heat and either t_out or latent; at most 32."},
    {0},
};

static const struct row envelope_rows[] = {
    {"capacity", ROW_SOURCE_TABLE, LOOP(envelope.capacity), .dimension = DIM_POWER, .range = {0, 1e9, false}, .derived = "none",
     .help = "Largest heat over source.t_in, at most 16 points, straight between them, the edges hold: [[-10 degC, 1.2 MW], "
             "[10 degC, 2 MW]]. The smaller of this and capacity counts; units get its share of their sum. Where it is 0 kW the "
             "heat pump is off."},
    {"t_max", ROW_SOURCE_TABLE, LOOP(envelope.t_max), SANE_T, .derived = "none",
     .help = "Highest sink outlet, the same way; the lower of this and heat_pump.t_max counts."},
    {"t_source_min", INPUT(SLOT_T_SOURCE_MIN), .derived = "none", .help = "Off while source.t_in is below."},
    {"t_source_max", INPUT(SLOT_T_SOURCE_MAX), .derived = "none", .help = "Off while source.t_in is above."},
    {"ambient", INPUT(SLOT_AMBIENT), .help = "Of the machine, where that is not its source."},
    {"t_ambient_min", INPUT(SLOT_T_AMBIENT_MIN), .derived = "none", .help = "Off while ambient is below."},
    {"source_rate_min", INPUT(SLOT_SOURCE_RATE_MIN), .derived = "none",
     .help = "Least flow of the source, as its heat capacity rate: off below."},
    {"sink_rate_min", INPUT(SLOT_SINK_RATE_MIN), .derived = "none",
     .help = "Least flow of the sink, as its heat capacity rate: given, or duty over temperature rise; of a curve the least."},
    {"hysteresis", ROW_QUANTITY, LOOP(envelope.hysteresis_k), .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 100, false},
     .fallback = "0 K", .help = "So far inside again a temperature has to be before the heat pump may run."},
    {"rate_hysteresis", ROW_QUANTITY, LOOP(envelope.rate_hysteresis), .dimension = DIM_ONE, .range = {0, 1, false},
     .fallback = "0", .help = "The same of a flow, as a share of its limit."},
    {0},
};

static const struct row heat_pump_rows[] = {
    {"lorenz_efficiency", ROW_EFFICIENCY, .slot = SLOT_ETA, .offset = offsetof(struct loop_config, slot[SLOT_ETA]),
     .help = "COP divided by the Lorenz COP of the log-mean temperatures. Or a mapping with model: see the end. Required, unless "
             "there are technologies that all know their own."},
    {"approach_sink", MACHINES_INPUT(SLOT_APPROACH_SINK), .derived = "none",
     .help = "Of a loop between the machine and the heated stream, which is that much hotter. With an approach lorenz_efficiency is "
             "the machine's own, between the loops."},
    {"approach_source", MACHINES_INPUT(SLOT_APPROACH_SOURCE), .derived = "none", .help = "Of a loop between the source and the machine, which is that much colder."},
    {"t_max", INPUT(SLOT_T_MAX), .help = "Highest sink outlet."},
    {"capacity", INPUT(SLOT_CAPACITY), .derived = "unlimited", .help = "Largest heat."},
    {"min_load", INPUT(SLOT_MIN_LOAD), .fallback = "0", .help = "Smallest heat, as a share of capacity."},
    {"p_elec_max", INPUT(SLOT_P_ELEC_MAX), .derived = "unlimited", .help = "Largest electric power: grid connection or motor."},
    {"min_lift", INPUT(SLOT_MIN_LIFT), .fallback = "0 K", .help = "The mean lift is never counted smaller than this."},
    {"cop_max", INPUT(SLOT_COP_MAX), .help = "No COP above this is believed."},
    {"available", INPUT(SLOT_AVAILABLE), .derived = "true",
     .help = "Whether the heat pump may be asked to run: 1/0 or true/false."},
    {"envelope", ROW_MAP, .children = envelope_rows,
     .help = "What its maker allows over the source's temperature, and where it must not run at all; reason envelope."},
    {"units", ROW_UNITS, .children = unit_rows,
     .help = "The machines it is made of, at most 8, each with its capacity; instead of capacity and min_load."},
    {0},
};

static const struct row boiler_rows[] = {
    {"capacity", MACHINES_INPUT(SLOT_BOILER_CAPACITY), .derived = "unlimited", .help = "Largest heat; 0: there is none."},
    {0},
};

static const struct row electric_boiler_rows[] = {
    {"efficiency", MACHINES_INPUT(SLOT_ELECTRIC_BOILER_EFFICIENCY), .derived = "1", .help = "Useful heat per electricity."},
    {"capacity", MACHINES_INPUT(SLOT_ELECTRIC_BOILER_CAPACITY), .required = true, .help = "Largest heat."},
    {"p_elec", MACHINES_INPUT(SLOT_ELECTRIC_BOILER_P_ELEC), .derived = "not known",
     .help = "Its measured power, a part of demand.site_power: that much it may draw whatever the peak."},
    {0},
};

static const struct row direct_exchange_rows[] = {
    {"pinch", MACHINES_INPUT(SLOT_DIRECT_PINCH), .required = true, .help = "Least difference of temperatures in the exchanger."},
    {0},
};

static const struct row bad_inputs_rows[] = {
    {"hold", ROW_DURATION, LOOP(hold_us), WAIT, .fallback = "0 s",
     .help = "The last decision stays that long; not where the heat pump is not known to be available."},
    {"then", ROW_CHOICE, LOOP(bad_then), .choices = bad_thens, .fallback = "off", .help = "What is asked for after that."},
    {0},
};

static const struct row setpoint_rows[] = {
    {"deadband", ROW_DEADBAND, .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 100, false}, .fallback = "0.5 K",
     .help = "A smaller change of the temperature is not published; 0 K: every recomputation is. A share: the temperature stays "
             "while it loses less of the savings than that."},
    {"ramp", ROW_QUANTITY, LOOP(pace.ramp_k_s), .dimension = DIM_TEMPERATURE_RATE, .range = {0, 1000, true}, .derived = "at once",
     .help = "The temperature moves no faster, in steps of the deadband or of a second."},
    {"min_on", ROW_DURATION, LOOP(pace.min_on_us), WAIT, .fallback = "0 s",
     .help = "Once on it stays on that long, unless a limit or an interlock forbids it."},
    {"min_off", ROW_DURATION, LOOP(pace.min_off_us), WAIT, .fallback = "0 s", .help = "Once off it stays off that long."},
    {"max_starts", ROW_COUNT, LOOP(pace.max_starts), .range = {1, PACE_STARTS_MAX, false}, .derived = "no limit",
     .help = "Starts in any 24 hours."},
    {"start_above", ROW_THRESHOLD, LOOP(pace.start_above), .derived = "any gain",
     .help = "It starts where it saves at least that much: EUR/h, with objective carbon kg/h, or a share of the reference."},
    {"stop_below", ROW_THRESHOLD, LOOP(pace.stop_below), .derived = "no gain",
     .help = "It stops where it saves less than that; not above start_above."},
    {"change_above", ROW_THRESHOLD, LOOP(pace.change_above), .fallback = "1 %",
     .help = "Of technologies, another one takes over where it saves at least that much more than the one that runs; that is a stop and "
             "a start."},
    {"start_delay", ROW_DURATION, LOOP(pace.start_delay_us), WAIT, .fallback = "0 s",
     .help = "Starting must have been worth while for that long."},
    {"stop_delay", ROW_DURATION, LOOP(pace.stop_delay_us), WAIT, .fallback = "0 s",
     .help = "Running must not have been worth while for that long."},
    {"bad_inputs", ROW_MAP, .children = bad_inputs_rows, .help = "What is asked for while there is no valid decision."},
    {"fallback", ROW_QUANTITY, LOOP(fallback_k), SANE_T, .help = "Temperature to run at without a valid decision."},
    {"min", ROW_QUANTITY, LOOP(min_k), SANE_T, .help = "Lowest temperature to ask for."},
    {"max", ROW_QUANTITY, LOOP(max_k), SANE_T, .help = "Highest temperature to ask for."},
    {"off_value", ROW_QUANTITY, LOOP(off_value_k), SANE_T, .derived = "the sink inlet",
     .help = "Temperature to publish while the heat pump should not run."},
    {"valid_for", ROW_DURATION, LOOP(valid_for_us), .dimension = DIM_TIME, .range = {S, A, false}, .fallback = "2 min",
     .help = "A setpoint is valid that long, and is said again when half of it is gone."},
    {0},
};

static const struct row source_check_rows[] = {
    {"tolerance", ROW_QUANTITY, LOOP(source_tolerance_k), .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 500, false},
     .fallback = "2 K", .help = "source.t_out may read that far above source.t_in, as it does where the machine is idle."},
    {"then", ROW_CHOICE, LOOP(source_then), .choices = doubts, .fallback = "bad",
     .help = "Further above: no decision (bad), or one with t_out as t_in (uncertain)."},
    {0},
};

static const struct row target_check_rows[] = {
    {"margin", ROW_QUANTITY, LOOP(target_margin_k), .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 500, false},
     .fallback = "0 K", .help = "The target has to be at least that far above the sink inlet."},
    {"then", ROW_CHOICE, LOOP(target_then), .choices = doubts, .fallback = "bad",
     .help = "Nearer: no decision (bad), or an uncertain one; a target below the inlet allows none."},
    {0},
};

static const struct row check_rows[] = {
    {"source", ROW_MAP, .children = source_check_rows, .help = "The source is cooled, not heated."},
    {"target", ROW_MAP, .children = target_check_rows, .help = "The sink is heated."},
    {0},
};

static const struct row feedback_rows[] = {
    {"running", INPUT(SLOT_RUNNING), .help = "The heat pump runs: 1/0 or true/false."},
    {"remote", INPUT(SLOT_REMOTE), .derived = "true", .help = "It takes setpoints; false: it is under local control, setpoints are advice."},
    {"trip", INPUT(SLOT_TRIP), .derived = "false", .help = "It has tripped: off until this is false again."},
    {"permit", INPUT(SLOT_PERMIT), .derived = "true", .help = "It may run; false: off."},
    {"t_sink_out", INPUT(SLOT_T_SINK_OUT), .help = "Its measured sink outlet."},
    {"q_sink", INPUT(SLOT_Q_SINK), .help = "Its measured heat."},
    {"p_elec", INPUT(SLOT_P_ELEC), .help = "Its measured electric power."},
    {"q_source", INPUT(SLOT_Q_SOURCE), .help = "Its measured heat from the source."},
    {"balance", ROW_QUANTITY, LOOP(balance), .dimension = DIM_ONE, .range = {0, 1, true}, .fallback = "10 %",
     .help = "Where q_sink, q_source and p_elec disagree by more than that share of q_sink, what is measured is uncertain."},
    {"follow_within", ROW_DURATION, LOOP(follow_within_us), .dimension = DIM_TIME, .range = {S, A, false}, .fallback = "10 min",
     .help = "Where the plant does something else for that long, an alarm says so."},
    {"follow_tolerance", ROW_QUANTITY, LOOP(follow_tolerance_k), .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 100, true},
     .fallback = "2 K", .help = "So far from what is expected the outlet counts as followed."},
    {0},
};

const struct row loop_rows[] = {
    {"market", ROW_MAP, .children = market_rows, .like = "market",
     .help = "Prices and carbon of this loop alone: an entry given here replaces the whole entry of the common market."},
    {"source", ROW_MAP, .children = source_rows, .required = true, .help = "Where the heat comes from."},
    {"sink", ROW_MAP, .children = sink_rows, .required = true, .help = "Where the heat goes."},
    {"heat_pump", ROW_MAP, .children = heat_pump_rows, .help = "The machine; required unless the loop lists technologies."},
    {"boiler", ROW_MAP, .children = boiler_rows,
     .help = "The boiler of market.fuel. Where all utilities together cannot carry the demand, the heat pump has to."},
    {"electric_boiler", ROW_MAP, .children = electric_boiler_rows,
     .help = "Makes heat beside the boiler of market.fuel, the cheaper one first."},
    {"utilities", ROW_UTILITIES, .children = utility_rows,
     .help = "Further boilers and CHP, at most 6; what the heat pump does not make comes from the cheapest."},
    {"technologies", ROW_TECHNOLOGIES, .children = technology_rows,
     .help = "What could make the heat in the place of one heat pump, at most 8: names, or mappings with figures of their own. Each is "
             "looked at where it saves most; the best one runs. A figure that is not given is that of heat_pump, where it has one, else "
             "that of technologies.yaml."},
    {"direct_exchange", ROW_MAP, .children = direct_exchange_rows,
     .help = "A counter-current exchanger between source and sink before the heat pump. Without heat_capacity_rate or a flow of the source it is only "
             "advised."},
    {"objective", ROW_CHOICE, LOOP(objective), .choices = objectives, .fallback = "cost",
     .help = "The operating point to ask for. The last three: most carbon saved that costs nothing, least cost with no more than "
             "carbon_cap or carbon_budget emitted, most heat from the heat pump that emits nothing more."},
    {"carbon_value", ROW_QUANTITY, LOOP(carbon_value_eur_t), .dimension = DIM_MASS_PRICE, .range = {0, 1e5, false},
     .help = "For blend: what a tonne is worth to the plant, on top of allowances already in the cost."},
    {"carbon_cap", ROW_QUANTITY, LOOP(carbon_cap_kg_h), .dimension = DIM_MASS_RATE, .range = {0, 1e9, false},
     .help = "For cost_under_carbon_cap: what the loop may emit, heat pump and boilers together."},
    {"carbon_budget", ROW_QUANTITY, LOOP(carbon_budget_kg), .dimension = DIM_MASS, .range = {0, 1e9, false},
     .help = "The same in a day, by the site's clock: what is left of it is spread over the rest of the day."},
    {"mode", ROW_CHOICE, LOOP(mode), .choices = modes, .fallback = "auto",
     .help = "advisory: all is computed, stored and published, marked for SCADA to ignore."},
    {"setpoint", ROW_MAP, .children = setpoint_rows, .help = "How the result becomes a setpoint."},
    {"checks", ROW_MAP, .children = check_rows, .help = "Inputs that must not contradict each other."},
    {"feedback", ROW_MAP, .children = feedback_rows,
     .help = "What the plant answers. No decision waits for it; but a trip, no permit and local control count."},
    {0},
};

const struct row segment_rows[] = {
    {"t_in", SEGMENT(SLOT_SINK_T_IN, t_in), .derived = "the outlet of the segment before, first sink.t_in",
     .help = "Where the segment begins."},
    {"t_out", SEGMENT(SLOT_SINK_T_TARGET, t_out), .help = "Where a sensible segment ends."},
    {"latent", SEGMENT(SLOT_SINK_T_TARGET, t_out), .help = "Temperature of a latent segment, instead of t_out."},
    {"duty", SEGMENT(SLOT_SINK_DUTY, duty), .help = "Heat of the segment."},
    {"heat_capacity_rate", SEGMENT(SLOT_SINK_HEAT_CAPACITY_RATE, rate), .help = "Of a sensible segment, instead of duty. Or by what flows:"},
    FLOW_ROWS(FLOW_OF_SEGMENT),
    {"latent_heat", ROW_FLOW_INPUT, .slot = SLOT_FLOW_LATENT_HEAT, FLOW_OF_SEGMENT, .derived = "that of water, to 300 degC",
     .help = "Of what evaporates or condenses in a latent segment, instead of cp."},
    {0},
};

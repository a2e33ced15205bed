/* Every key of the configuration. What can be said about one key alone stands here; what needs two is in config_check. */
#include "config_rows.h"

#define MS     1e3
#define S      1e6
#define A      (365 * 86400e6)
#define KEEP   .dimension = DIM_TIME, .range = {0, 1000 * A, true}
#define WAIT   .dimension = DIM_TIME, .range = {0, 86400 * S, false}
#define SANE_T .dimension = DIM_TEMPERATURE, .range = {T_SANE_LOW_K, T_SANE_HIGH_K, false}

#define AT(member)             .offset = offsetof(struct config_root, config.member)
#define LOOP(member)           .offset = offsetof(struct loop_config, member)
#define SIGNAL(member)         .offset = offsetof(struct signal_config, member)
#define FILTER(member)         .offset = offsetof(struct signal_reading, filter.member)
#define INPUT(which)           .type = ROW_INPUT, .slot = (which), .offset = offsetof(struct loop_config, slot[which])
#define MACHINES_INPUT(which)  .type = ROW_MACHINES_INPUT, .slot = (which)
#define ADDER(member)          .offset = offsetof(struct adder, member)
#define ADDER_INPUT            .type = ROW_INPUT, .slot = SLOT_ELEC_ADDERS, .offset = offsetof(struct adder, add)
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

_Static_assert(sizeof(enum objective) == sizeof(int) && sizeof(enum mode) == sizeof(int) &&
                   sizeof(enum time_format) == sizeof(int) && sizeof(enum doubt) == sizeof(int) &&
                   sizeof(enum bad_then) == sizeof(int) && sizeof(enum medium) == sizeof(int),
               "choices are written as int");

static const struct choice versions[] = {{"5", 5}, {"3.1.1", 311}, {0}};
static const struct choice switches[] = {{"false", 0}, {"true", 1}, {0}};
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
static const struct choice time_formats[] = {
    {"rfc3339", TIME_RFC3339}, {"unix_s", TIME_UNIX_S},   {"unix_ms", TIME_UNIX_MS},
    {"unix_us", TIME_UNIX_US}, {"unix_ns", TIME_UNIX_NS}, {0},
};

static const struct choice media[] = {{"water", MEDIUM_WATER}, {"air", MEDIUM_AIR}, {0}};

static const struct choice doubts[] = {{"bad", DOUBT_BAD}, {"uncertain", DOUBT_UNCERTAIN}, {0}};

static const struct row tls_rows[] = {
    {"ca", ROW_TEXT, AT(mqtt.ca), .derived = "the system's certificates",
     .help = "File of the authority that signed the broker's certificate."},
    {"cert", ROW_TEXT, AT(mqtt.cert), .help = "File of the client certificate, where the broker wants one."},
    {"key", ROW_TEXT, AT(mqtt.key), .help = "File of the client certificate's key."},
    {0},
};

static const struct row mqtt_rows[] = {
    {"url", ROW_URL, AT(mqtt), .fallback = "mqtt://127.0.0.1:1883",
     .help =
         "mqtt://HOST[:PORT] or, with TLS, mqtts://HOST[:PORT]; the broker's certificate must match HOST. Ports 1883 and 8883."},
    {"version", ROW_CHOICE, AT(mqtt.version), .choices = versions, .fallback = "5", .help = "Version of MQTT."},
    {"keepalive", ROW_SECONDS, AT(mqtt.keepalive_s), .dimension = DIM_TIME, .range = {5 * S, 65535 * S, false},
     .fallback = "30 s", .help = "A connection that was silent for that long is tested; whole seconds."},
    {"client_id", ROW_TEXT, AT(mqtt.client_id), .derived = "lorenzd-<site>",
     .help = "Two clients with one id throw each other out."},
    {"username", ROW_TEXT, AT(mqtt.username), .help = "Account at the broker."},
    {"password_file", ROW_TEXT, AT(mqtt.password_file),
     .help = "File whose first line is the password. Relative: in $CREDENTIALS_DIRECTORY, else in the configuration's folder. So "
             "are the files of tls."},
    {"tls", ROW_MAP, .children = tls_rows, .help = "Files for mqtts; without use with mqtt."},
    {"prefix", ROW_TOPIC, AT(mqtt.prefix), .derived = "lorenz/<site>",
     .help = "Everything that is published is below this topic."},
    {0},
};

static const struct row publish_rows[] = {
    {"interval", ROW_DURATION, AT(publish_interval_us), .dimension = DIM_TIME, .range = {0, A, false}, .fallback = "1 s",
     .help =
         "operating_points and state of a loop are published and stored at most once in that time; setpoints always at once."},
    {0},
};

static const struct row commands_rows[] = {
    {"enabled", ROW_CHOICE, AT(commands_enabled), .choices = switches, .fallback = "false",
     .help = "Whether operators may command loops over MQTT: <prefix>/<loop>/cmd and <prefix>/cmd. Who may publish there is the "
             "broker's to say."},
    {0},
};

static const struct row keep_rows[] = {
    {"samples", ROW_DURATION, AT(keep_samples_us), KEEP, .fallback = "90 d", .help = "Inputs as received."},
    {"points", ROW_DURATION, AT(keep_points_us), KEEP, .fallback = "1 a", .help = "Operating points."},
    {"hourly", ROW_DURATION, AT(keep_hourly_us), KEEP, .fallback = "10 a",
     .help = "Hourly means of the inputs, setpoints, totals, alarms, commands, events and runs."},
    {0},
};

static const struct row store_rows[] = {
    {"path", ROW_TEXT, AT(store_path), .fallback = "history.db",
     .help = "The SQLite file. Relative: in $STATE_DIRECTORY, else in the working directory."},
    {"keep", ROW_MAP, .children = keep_rows, .help = "How long the history is kept; a year is 365 days."},
    {0},
};

const struct row adder_rows[] = {
    {"add", ADDER_INPUT, .required = true, .help = "What is added."},
    {"from", ROW_CLOCK, ADDER(from_min), .fallback = "00:00", .help = "Since that time of the day, HH:MM."},
    {"to", ROW_CLOCK, ADDER(to_min), .fallback = "24:00", .help = "Until that time; before from: over midnight."},
    {"days", ROW_DAYS, ADDER(days), .fallback = "mon-sun", .help = "Days on which it begins: mon-fri or sat,sun."},
    {"zone", ROW_ZONE, ADDER(zone), .derived = "the site's zone", .help = "Zone of these times: Europe/Berlin."},
    {0},
};

static const struct row electricity_rows[] = {
    {"price", INPUT(SLOT_ELEC_PRICE), .help = "Price of electricity, usually the spot price; may be negative."},
    {"floor", INPUT(SLOT_ELEC_FLOOR), .derived = "none", .help = "The price with its factor counts as this where it is lower."},
    {"factor", INPUT(SLOT_ELEC_FACTOR), .fallback = "0", .help = "The supplier's share on top of the price: price * (1 + factor)."},
    {"adders", INPUT(SLOT_ELEC_ADDERS), .children = adder_rows, .fallback = "0 EUR/MWh",
     .help = "Grid fees, levies and taxes without VAT, on top of the price, also of a negative one. Or a list by time of use: "
             "all that are in force count."},
    {"carbon", INPUT(SLOT_ELEC_CARBON), .help = "Carbon intensity of the grid."},
    {0},
};

static const struct row fuel_rows[] = {
    {"price", INPUT(SLOT_FUEL_PRICE), .help = "Price of the fuel; price, carbon and boiler_efficiency on one heating value."},
    {"adders", INPUT(SLOT_FUEL_ADDERS), .fallback = "0 EUR/MWh",
     .help = "Grid fees, levies and taxes without VAT, on top of the price."},
    {"carbon", INPUT(SLOT_FUEL_CARBON), .help = "Carbon that burning the fuel sets free."},
    {"co2_price", INPUT(SLOT_FUEL_CO2_PRICE), .fallback = "0 EUR/t",
     .help = "Price of an allowance for the fuel's carbon, part of its cost."},
    {"boiler_efficiency", INPUT(SLOT_BOILER_EFFICIENCY), .fallback = "1",
     .help = "Useful heat per fuel of the boiler; above 1 for a condensing one on the lower heating value."},
    {0},
};

static const struct row market_rows[] = {
    {"electricity", ROW_MAP, .children = electricity_rows, .help = "What the heat pump uses."},
    {"fuel", ROW_MAP, .children = fuel_rows, .help = "What the boiler uses that makes the rest of the heat."},
    {0},
};

static const struct row demand_rows[] = {
    {"site_power", INPUT(SLOT_DEMAND_SITE_POWER), .help = "What the site draws at the meter, heat pumps included."},
    {"peak_so_far", INPUT(SLOT_DEMAND_PEAK),
     .help = "The highest power of the billing period, which is paid already: heat pumps stay below it."},
    {"price", INPUT(SLOT_DEMAND_PRICE), .derived = "a hard limit",
     .help = "Price of a higher peak: it is passed where that pays within hours."},
    {"hours", INPUT(SLOT_DEMAND_HOURS), .fallback = "1 h", .help = "For how long a higher peak would be of use in the billing period."},
    {0},
};

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
    {"heat_pump", ROW_MAP, .children = heat_pump_rows, .required = true, .help = "The machine."},
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

const struct row config_rows[] = {
    {"site", ROW_NAME, AT(site), .required = true, .help = "Name of the plant, part of topics and of the client id."},
    {"zone", ROW_ZONE, AT(zone), .fallback = "UTC", .help = "Time zone of the site, for its days and tariffs: Europe/Berlin."},
    {"mqtt", ROW_MAP, .children = mqtt_rows, .help = "The broker."},
    {"publish", ROW_MAP, .children = publish_rows, .help = "How often results are told."},
    {"commands", ROW_MAP, .children = commands_rows, .help = "Manual, off and the like, by MQTT."},
    {"store", ROW_MAP, .children = store_rows, .help = "The history."},
    {"market", ROW_MAP, .offset = offsetof(struct config_root, common), .children = market_rows,
     .help = "Prices and carbon of every loop that has none of its own. The objective says which are needed."},
    {"demand", ROW_MAP, .offset = offsetof(struct config_root, common), .children = demand_rows,
     .help = "The charge on the site's highest power, of which heat pumps are a part."},
    {"loops", ROW_LOOPS, .children = loop_rows, .required = true,
     .help = "The heat pumps by name ([a-z0-9_-]+, but not status heartbeat health cmd summary alarms)."},
    {0},
};

static const struct row time_rows[] = {
    {"pointer", ROW_POINTER, SIGNAL(time_pointer), .required = true, .help = "Where the time is in the payload."},
    {"format", ROW_CHOICE, SIGNAL(time_format), .required = true, .choices = time_formats, .help = "How the time is written."},
    {0},
};

static const struct row max_rate_rows[] = {
    {"change", ROW_DIFFERENCE, FILTER(max_change), .required = true, .range = {0, 1e9, true}, .help = "Largest change"},
    {"per", ROW_DURATION, FILTER(per_us), .required = true, .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .help = "in this time; as much at once, and twice as much in twice the time."},
    {0},
};

static const struct row spike_rows[] = {
    {"window", ROW_NUMBER, FILTER(spike_window), .range = {3, 63, false}, .derived = "7",
     .help = "Values looked at, the newest among them; the first ones pass."},
    {"threshold", ROW_NUMBER, FILTER(spike_threshold), .range = {0, 1000, true}, .derived = "4",
     .help = "A spike is further from their median than this many scaled median absolute deviations (Hampel),"},
    {"smallest", ROW_DIFFERENCE, FILTER(spike_smallest), .range = {0, 1e9, true},
     .derived = "2 K of temperatures, else 1 % of the median", .help = "and further than this."},
    {0},
};

const struct row signal_rows[] = {
    {"topic", ROW_TOPIC, SIGNAL(topic), .required = true,
     .help = "MQTT topic without wildcards; several signals may read the same."},
    {"unit", ROW_UNIT, SIGNAL(unit), .derived = "1 where the quantity has no dimension, else required",
     .help = "Unit of the value."},
    {"pointer", ROW_POINTER, SIGNAL(pointer), .derived = "the payload is the number",
     .help = "Where the value is in a JSON payload (RFC 6901: /a/0)."},
    {"time", ROW_MAP, .children = time_rows, .help = "The value's time in a JSON payload; default: the time of arrival."},
    {"valid", ROW_VALID, .help = "[low, high] in the signal's unit; a value outside is bad."},
    {"text", ROW_CHOICE, SIGNAL(text), .choices = no_yes, .fallback = "false",
     .help = "true: a number in a JSON payload may come in quotes (\"21.5\")."},
    {"quality", ROW_MAP, .children = quality_rows, .help = "What the payload says of the value's quality; default: it is good."},
    {"series", ROW_SERIES, .children = series_rows,
     .help = "The payload is a forward curve: the value in force changes with the time, without a message. Instead of pointer, "
             "time, quality and stale_after."},
    {"stale_after", ROW_DURATION, SIGNAL(stale_after_us), .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .derived = "never stale", .help = "A value older than this no longer counts."},
    {"scale", ROW_NUMBER, SIGNAL(scale), .range = {-1e12, 1e12, false}, .fallback = "1",
     .help = "value * scale + offset, before the unit."},
    {"offset", ROW_NUMBER, SIGNAL(offset), .range = {-1e12, 1e12, false}, .fallback = "0", .help = "See scale."},
    {"tag", ROW_TEXT, SIGNAL(tag), .help = "The plant's own name, for people."},
    {"on_bad", ROW_ON_BAD, .fallback = "stop",
     .help = "When the value is missing, bad or stale: stop (the loop has no decision), hold (the last good value) or a quantity "
             "to use instead."},
    {"sentinels", ROW_SENTINELS, .offset = offsetof(struct signal_reading, filter), .derived = "none",
     .help = "Payload values, before scale, that stand for a fault (at most 16); such a value is bad."},
    {"max_rate", ROW_MAP, .children = max_rate_rows,
     .help = "A value that changed faster is bad; the last good one counts on, uncertain, until it is stale."},
    {"spikes", ROW_MAP, .children = spike_rows,
     .help = "A value far from its neighbours in time is bad; the last good one counts on, uncertain, until it is stale."},
    {"frozen_after", ROW_DURATION, FILTER(frozen_after_us), .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .derived = "never", .help = "Messages with one and the same value for that long: the sensor is frozen."},
    {"frozen", ROW_CHOICE, FILTER(frozen), .choices = doubts, .derived = "bad", .help = "What a frozen value is."},
    {"smoothing", ROW_DURATION, FILTER(smoothing_us), .dimension = DIM_TIME, .range = {MS, A, false}, .derived = "none",
     .help = "Time constant of a first-order filter for what the loops see; stored is what was received."},
    {0},
};

const struct row vote_rows[] = {
    {"any_of", ROW_MEMBERS, .required = true, .children = signal_rows, .like = "a signal",
     .help = "2 to 16 signals for one quantity; the median of the good ones counts, else of the uncertain ones."},
    {"disagreement", ROW_DIFFERENCE, .offset = offsetof(struct signal_reading, vote.disagreement), .range = {0, 1e9, true},
     .derived = "none", .help = "Where the values that count are further apart, the result is uncertain."},
    {"tag", ROW_TEXT, SIGNAL(tag), .help = "The plant's own name for them all."},
    {"on_bad", ROW_ON_BAD, .fallback = "stop", .help = "As of a signal, when none of them can be used."},
    {0},
};

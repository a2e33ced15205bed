/* The configuration as the programs use it: checked, complete, in internal units, immutable.
 * Strings and arrays live in one arena that config_free releases. */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "err.h"
#include "units.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum input_kind { INPUT_ABSENT, INPUT_CONSTANT, INPUT_SIGNAL };

/* A quantity of the configuration that may be live. */
struct input {
	enum input_kind kind : 8;
	bool shared : 1; /* the loop has no market entry of its own here: the common one counts */
	uint32_t signal; /* index into config.signals */
	double value;    /* constant, internal unit */
};

/* What a loop is computed from. The order is that of the configuration; slot_info has the names. */
enum slot {
	SLOT_ELEC_PRICE,
	SLOT_ELEC_FLOOR,
	SLOT_ELEC_FACTOR,
	SLOT_ELEC_ADDERS,
	SLOT_ELEC_CARBON,
	SLOT_FUEL_PRICE,
	SLOT_FUEL_ADDERS,
	SLOT_FUEL_CARBON,
	SLOT_FUEL_CO2_PRICE,
	SLOT_BOILER_EFFICIENCY,
	SLOT_DEMAND_SITE_POWER,
	SLOT_DEMAND_PEAK,
	SLOT_DEMAND_PRICE,
	SLOT_DEMAND_HOURS,
	SLOT_SOURCE_T_IN,
	SLOT_SOURCE_T_OUT,
	SLOT_SINK_T_IN,
	SLOT_SINK_T_TARGET,
	SLOT_SINK_DUTY,
	SLOT_SINK_HEAT_CAPACITY_RATE,
	SLOT_ETA,
	SLOT_T_MAX,
	SLOT_CAPACITY,
	SLOT_MIN_LOAD,
	SLOT_P_ELEC_MAX,
	SLOT_MIN_LIFT,
	SLOT_COP_MAX,
	SLOT_AVAILABLE,
	SLOT_T_SOURCE_MIN, /* of the operating envelope */
	SLOT_T_SOURCE_MAX,
	SLOT_AMBIENT,
	SLOT_T_AMBIENT_MIN,
	SLOT_SOURCE_RATE_MIN,
	SLOT_SINK_RATE_MIN,
	SLOT_DECIDED_END, /* what follows tells what the plant does; nothing is computed from it */
	SLOT_RUNNING = SLOT_DECIDED_END,
	SLOT_REMOTE,
	SLOT_TRIP,
	SLOT_PERMIT,
	SLOT_T_SINK_OUT,
	SLOT_Q_SINK,
	SLOT_P_ELEC,
	SLOT_Q_SOURCE,
	SLOT_COUNT,
	/* of the general case; their inputs are in struct machines_config, which only loops have that use it */
	SLOT_MACHINES = SLOT_COUNT,
	SLOT_SOURCE_HEAT_CAPACITY_RATE = SLOT_MACHINES,
	SLOT_SOURCE_T_OUT_MIN,
	SLOT_SOURCE_COOLING_MAX,
	SLOT_BODY_HEAT_CAPACITY_RATE,
	SLOT_BODY_COOLING_MAX,
	SLOT_SOURCE_PRICE,
	SLOT_SOURCE_CARBON,
	SLOT_MODEL_PINCH,
	SLOT_MODEL_ISENTROPIC,
	SLOT_MODEL_HEAT_LOSS,
	SLOT_MODEL_FRACTION,
	SLOT_APPROACH_SINK,
	SLOT_APPROACH_SOURCE,
	SLOT_BOILER_CAPACITY,
	SLOT_ELECTRIC_BOILER_EFFICIENCY,
	SLOT_ELECTRIC_BOILER_CAPACITY,
	SLOT_ELECTRIC_BOILER_P_ELEC,
	SLOT_DIRECT_PINCH,
	SLOT_UNIT, /* of each unit */
	SLOT_UNIT_CAPACITY = SLOT_UNIT,
	SLOT_UNIT_MIN_LOAD,
	SLOT_UNIT_COP_FACTOR,
	SLOT_UNIT_RUNNING_HOURS,
	SLOT_UNIT_AVAILABLE,
	SLOT_UTILITY, /* of each utility */
	SLOT_UTILITY_CAPACITY = SLOT_UTILITY,
	SLOT_UTILITY_EFFICIENCY,
	SLOT_UTILITY_ELECTRIC_EFFICIENCY,
	SLOT_UTILITY_PRICE,
	SLOT_UTILITY_CARBON,
	SLOT_FLOW, /* of each stream told by what flows */
	SLOT_FLOW_MASS = SLOT_FLOW,
	SLOT_FLOW_VOLUME,
	SLOT_FLOW_CP,
	SLOT_FLOW_DENSITY,
	SLOT_FLOW_LATENT_HEAT,
	SLOT_TECHNOLOGY, /* of each technology */
	SLOT_TECHNOLOGY_ETA = SLOT_TECHNOLOGY,
	SLOT_TECHNOLOGY_MODEL, /* its parameters, in the order of those above */
	SLOT_TECHNOLOGY_MODEL_PINCH = SLOT_TECHNOLOGY_MODEL,
	SLOT_TECHNOLOGY_MODEL_ISENTROPIC,
	SLOT_TECHNOLOGY_MODEL_HEAT_LOSS,
	SLOT_TECHNOLOGY_MODEL_FRACTION,
	SLOT_TECHNOLOGY_EFFICIENCY,
	SLOT_TECHNOLOGY_FRACTION,
	SLOT_TECHNOLOGY_ELEC_SHARE,
	SLOT_TECHNOLOGY_SOURCE_SHARE,
	SLOT_TECHNOLOGY_ROUND_TRIP,
	SLOT_TECHNOLOGY_STORED_PRICE,
	SLOT_TECHNOLOGY_STORED_CARBON,
	SLOT_TECHNOLOGY_SECOND_LAW,
	SLOT_TECHNOLOGY_T_AMBIENT,
	SLOT_TECHNOLOGY_PINCH,
	SLOT_TECHNOLOGY_T_MAX,
	SLOT_TECHNOLOGY_T_TARGET_MIN,
	SLOT_TECHNOLOGY_T_SOURCE_MIN,
	SLOT_TECHNOLOGY_T_SOURCE_MAX,
	SLOT_TECHNOLOGY_CAPACITY,
	SLOT_TECHNOLOGY_MIN_LOAD,
	SLOT_TECHNOLOGY_P_ELEC_MAX,
	SLOT_TECHNOLOGY_AVAILABLE,
	SLOT_INFO_COUNT
};

struct slot_info {
	const char *path; /* below the loop: "market.electricity.price", "sink.t_in"; of an entry of a list, or a stream: below that */
	enum dimension dimension;
	double low, high; /* sane range in internal units, ends included */
	bool low_open;    /* but for low itself */
	bool is_switch;   /* available: 1/0, true/false */
};
extern const struct slot_info slot_info[SLOT_INFO_COUNT];

enum on_bad { ON_BAD_STOP, ON_BAD_HOLD, ON_BAD_SUBSTITUTE };
enum time_format { TIME_NONE, TIME_RFC3339, TIME_UNIX_S, TIME_UNIX_MS, TIME_UNIX_US, TIME_UNIX_NS, TIME_LOCAL };

/* Where a forward curve is in its payload. Pointers are RFC 6901, NULL: none. Either items (each with start and value) or
 * starts and values, arrays side by side. */
struct series_config {
	const char *items;                          /* "": the payload itself */
	const char *start, *end, *value, *or_value; /* in an item; or_value (beside values: an array) where value is null */
	const char *starts, *values;
	const char *area_at, *area; /* only the items where that text is there */
	int keyed;                  /* bool: items is an object, its keys are the starts */
	enum time_format format;
	const struct zone *zone; /* of TIME_LOCAL; else NULL or without use */
	int64_t step_us;         /* how long the last interval is; 0: as long as the one before */
	int preset;              /* what it began as, for who prints it */
};

enum quality_format { QUALITY_LISTS, QUALITY_OPC_UA, QUALITY_OPC_DA };

struct words {
	const char **at;
	size_t n;
};

/* What a payload says of its value's quality. */
struct quality_config {
	const char *pointer; /* NULL: nothing */
	enum quality_format format;
	struct words good, uncertain; /* of QUALITY_LISTS; anything else is bad */
	int absent;                   /* enum quality, where nothing or null is there */
};

enum doubt { DOUBT_BAD, DOUBT_UNCERTAIN }; /* what a suspicion makes of a value */

/* How a signal's values are judged one after another; 0: not at all. Differences in internal units. */
struct filter_config {
	const double *sentinels; /* raw, before scale and offset: stand for a fault */
	size_t n_sentinels;
	double max_change; /* in per_us, up or down */
	int64_t per_us;
	int64_t frozen_after_us;
	enum doubt frozen;
	double spike_window, spike_threshold; /* values; scaled median absolute deviations */
	double spike_smallest;                /* NaN: as spike_smallest() says */
	int64_t smoothing_us;                 /* time constant */
};

/* Redundant sensors in place of one signal. */
struct vote_config {
	uint32_t first, n;   /* its members: config.signals[first .. first + n) */
	double disagreement; /* internal unit; INFINITY: any spread will do */
};

struct signal_config {
	const char *name;        /* as in the configuration: loops.dryer1.source.t_in */
	const char *topic;       /* NULL: voted */
	const char *pointer;     /* RFC 6901, NULL: the payload itself */
	const char *tag;         /* NULL: none */
	const struct unit *unit; /* never NULL */
	enum slot slot;          /* what it is read for: its dimension and sane range */
	bool is_switch;
	const char *time_pointer;     /* with time_format; NULL without */
	enum time_format time_format; /* TIME_NONE: arrival time */
	double valid_low, valid_high; /* in unit, after scale and offset; -INFINITY/INFINITY: none */
	double scale, offset;         /* value * scale + offset, before the unit */
	int64_t stale_after_us;       /* 0: never stale */
	enum on_bad on_bad;
	double substitute; /* internal unit */
	int text;          /* bool: numbers may come as strings */
	struct quality_config quality;
	const struct series_config *series; /* NULL: one value a message */
	const struct filter_config *filter; /* NULL: none */
	const struct vote_config *vote;     /* NULL: a signal of its own */
	uint32_t group;                     /* of a member: the voted signal; else NO_GROUP */
};
enum { NO_GROUP = UINT32_MAX };

enum medium { MEDIUM_NONE, MEDIUM_WATER, MEDIUM_AIR };
enum { FLOW_INPUTS = SLOT_INFO_COUNT - SLOT_FLOW };

/* How much heat a stream is, told by how much flows of what. */
struct flow_config {
	enum medium medium;
	struct input input[FLOW_INPUTS]; /* by slot, from SLOT_FLOW on */
};
enum flow_of { FLOW_SINK, FLOW_SOURCE, FLOW_BODY, FLOW_COUNT };

/* Its heat is duty, or rate (sensible ones), or follows from flow. */
struct segment_config {
	bool latent;
	struct input t_in;  /* absent: the previous segment's outlet (first: sink.t_in) */
	struct input t_out; /* latent: its temperature */
	struct input duty;
	struct input rate; /* heat-capacity rate */
	struct flow_config *flow;
};

/* Something on top of the price of electricity at certain times of certain days, by the clock on the wall. */
struct adder {
	struct input add;
	int from_min, to_min;    /* of the day; from above to: over midnight, the days are those on which it begins */
	unsigned days;           /* bit 0: Monday */
	const struct zone *zone; /* NULL while loading: the site's */
};

enum objective {
	OBJECTIVE_COST,
	OBJECTIVE_CARBON,
	OBJECTIVE_COST_BREAK_EVEN,
	OBJECTIVE_CARBON_BREAK_EVEN,
	OBJECTIVE_BLEND,
	OBJECTIVE_CARBON_AT_NO_COST,
	OBJECTIVE_COST_UNDER_CARBON_CAP,
	OBJECTIVE_ELECTRIFY_AT_NO_CARBON,
	OBJECTIVE_COUNT
};
enum mode { MODE_AUTO, MODE_MANUAL, MODE_OFF, MODE_ADVISORY, MODE_COUNT };
extern const char *const objective_text[OBJECTIVE_COUNT];
extern const char *const mode_text[MODE_COUNT];

/* The best of one under a constraint on another. */
static inline bool objective_is_constrained(enum objective objective)
{
	return objective >= OBJECTIVE_CARBON_AT_NO_COST;
}

/* What running has to earn: nothing, a share of the reference, or so much an hour in the objective's own unit. */
enum threshold_kind { THRESHOLD_NONE, THRESHOLD_SHARE, THRESHOLD_RATE };
struct threshold {
	enum threshold_kind kind;
	enum dimension dimension; /* of a rate: of money or of mass */
	double value;
};

/* How fast and how often a machine may be asked for something else. */
enum { PACE_STARTS_MAX = 24 };
struct pace_config {
	double ramp_k_s; /* INFINITY: none */
	double step_k;   /* of the ramp */
	int64_t min_on_us, min_off_us;
	int max_starts; /* in any 24 h; 0: no limit */
	struct threshold start_above, stop_below;
	struct threshold change_above; /* what another technology has to earn more */
	int64_t start_delay_us, stop_delay_us;
};

/* Of the heat pump as a whole, over the source's inlet temperature. */
enum { SOURCE_TABLE_MAX = 16 };
struct source_table {
	size_t n;
	double t_k[SOURCE_TABLE_MAX], value[SOURCE_TABLE_MAX]; /* internal units; t_k rises */
};
struct envelope_config {
	const struct source_table *capacity, *t_max; /* NULL: no limit */
	double hysteresis_k;
	double rate_hysteresis; /* as a share of the limit */
};

enum bad_then { BAD_THEN_OFF, BAD_THEN_FALLBACK };

/* Of the technologies that a loop lists. */
enum { TECHNOLOGIES_MAX = 8, TECHNOLOGY_NAME_SIZE = 32, NO_TECHNOLOGY = 255 /* in the place of an index */ };

struct loop_config {
	const char *name;
	struct input slot[SLOT_COUNT];
	struct segment_config *curve; /* NULL: t_target and how much heat */
	size_t n_curve;
	struct flow_config *flow[FLOW_COUNT]; /* NULL: not told by what flows */
	struct machines_config *machines; /* NULL: one machine, boiler and source of which nothing more is said */
	struct adder *adders; /* beside the slot: by time of use; NULL: none */
	size_t n_adders;
	enum objective objective;
	double carbon_value_eur_t;
	double carbon_cap_kg_h; /* NaN: none */
	double carbon_budget_kg; /* of a day; NaN: none */
	enum mode mode; /* auto or advisory */
	double deadband_k;
	double deadband_share; /* of the savings, instead, while it runs; 0: none */
	double min_k, max_k;   /* of the setpoint; -INFINITY/INFINITY: none */
	double off_value_k;    /* NaN: the sink inlet */
	int64_t valid_for_us;
	double source_tolerance_k; /* how far source.t_out may read above source.t_in */
	enum doubt source_then;
	double target_margin_k; /* how far the target has to be above the inlet */
	enum doubt target_then;
	int64_t follow_within_us; /* of feedback */
	double balance; /* how far measured energies may disagree, as a share of the heat to the sink */
	double follow_tolerance_k;
	struct envelope_config envelope;
	int64_t rate_smoothing_us; /* of the source's heat-capacity rate, estimated; 0: it is not */
	int64_t rate_steady_us;
	struct pace_config pace;
	int64_t hold_us; /* what was decided, after the inputs became bad */
	enum bad_then bad_then;
	double fallback_k; /* NaN: none */
	double manual_k;   /* never configured, an operator's; NaN: none */
};

struct mqtt_settings {
	const char *host;
	int port;
	bool tls;
	int version; /* 5 or 311 */
	int keepalive_s;
	const char *client_id;
	const char *username;        /* NULL: none */
	const char *password_file;   /* NULL: none */
	const char *ca, *cert, *key; /* NULL: none */
	const char *prefix;          /* without a trailing slash */
};

struct config {
	struct arena *arena;
	const char *site;
	const struct zone *zone; /* of the site, for its days; never NULL */
	struct mqtt_settings mqtt;
	int64_t publish_interval_us;
	int commands_enabled;           /* 0 or 1 */
	const char *command_filters[2]; /* what to subscribe for commands; NULL where not enabled */
	const char *store_path;
	int64_t keep_samples_us, keep_points_us, keep_hourly_us;
	struct signal_config *signals;
	size_t n_signals;
	struct loop_config *loops;
	size_t n_loops;
	const char *text; /* the file's text, for the history */
	char hash[17];    /* of the text, hexadecimal */
};

/* What an objective cannot do without: the path of an input that the loop does not have; NULL: nothing is missing. */
const char *config_objective_lacks(const struct loop_config *loop, enum objective objective);

/* Where the loops and the signals of the same names stand in another configuration: by index, UINT32_MAX where not. False:
 * out of memory. */
bool config_match(const struct config *config, const struct config *other, uint32_t *loops, uint32_t *signals);
void config_free(struct config *config); /* NULL is fine */
/* The reference of all keys: path, type, unit, range, default, help; from the same rows that check. */
void config_print_reference(FILE *out);

#endif

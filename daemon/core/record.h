/* What the engine decides and what the history keeps, with one table of fields each: payloads, columns and tables for
 * people are all made from it. NaN and NO_TIME stand for null. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_TIME INT64_MIN

enum quality { QUALITY_BAD, QUALITY_UNCERTAIN, QUALITY_GOOD, QUALITY_COUNT };
extern const char *const quality_text[QUALITY_COUNT];
extern const int quality_code[QUALITY_COUNT]; /* 0, 64, 192 */

enum reason {
	REASON_STARTUP,
	REASON_OPTIMUM,
	REASON_BREAK_EVEN,
	REASON_LIMITED,
	REASON_NOT_BENEFICIAL,
	REASON_UNAVAILABLE,
	REASON_DEMAND,
	REASON_TRIPPED,
	REASON_LOCAL,
	REASON_BAD_INPUT,
	REASON_HOLD,
	REASON_FALLBACK,
	REASON_START_ABOVE,
	REASON_START_DELAY,
	REASON_STOP_DELAY,
	REASON_MIN_ON,
	REASON_MIN_OFF,
	REASON_MAX_STARTS,
	REASON_RAMP,
	REASON_MANUAL,
	REASON_SOURCE,
	REASON_ENVELOPE,
	REASON_NEEDED,
	REASON_NO_TECHNOLOGY,
	REASON_HEAT_TO_POWER,
	REASON_COUNT
};
extern const char *const reason_text[REASON_COUNT];

/* What a setpoint's temperature stands for: on a latent segment it is the heat that is to be controlled. */
enum controlled { CONTROLLED_TEMPERATURE, CONTROLLED_HEAT, CONTROLLED_COUNT };
extern const char *const controlled_text[CONTROLLED_COUNT];

/* MERIT_BLEND: the loop's own objective where it is blend or under a constraint. */
enum merit { MERIT_COST, MERIT_CARBON, MERIT_BLEND, MERIT_COUNT };
extern const char *const merit_text[MERIT_COUNT];

enum point_kind {
	POINT_COST_OPTIMAL,
	POINT_COST_BREAK_EVEN,
	POINT_CARBON_OPTIMAL,
	POINT_CARBON_BREAK_EVEN,
	POINT_BLEND_OPTIMAL,
	POINT_BLEND_BREAK_EVEN,
	POINT_GOAL_OPTIMAL, /* under a constraint */
	POINT_COUNT
};
extern const char *const point_kind_text[POINT_COUNT];

struct point {
	double t_sink_out_c;
	double t_free_c;
	double electrification;
	double cop;
	double q_sink_kw;
	double p_elec_kw;
	double cost_savings_eur_h;
	double cost_savings_pct;
	double carbon_savings_kg_h;
	double carbon_savings_pct;
	const char *limited_by;    /* static text; NULL: no such point */
};

/* What the general case adds to a point. */
enum { POINT_UTILITIES_MAX = 8 };
struct point_more {
	double t_source_out_c;
	double t_supply_c;         /* what a loop between heat pump and stream has to supply */
	double eta_lorenz;         /* NaN when off or without a lift */
	double source_heat_kw;
	int64_t units_on;          /* NO_TIME: there are no units */
	bool extrapolated;         /* the efficiency is outside the range its model was made for */
	bool has_electric_boiler;  /* among the utilities, after the boiler */
	uint8_t n_utilities;
	unsigned running;          /* bit i: the i-th unit of the configuration */
	double utility_kw[POINT_UTILITIES_MAX];
	double shortfall_kw;       /* what nobody makes; NaN: the demand is carried */
	char technology[TECHNOLOGY_NAME_SIZE]; /* empty: the loop lists none, or none fits */
};

/* What the technologies of a loop would do for an objective, best first. */
struct technology_row {
	char technology[TECHNOLOGY_NAME_SIZE];
	int64_t rank;          /* from 1 */
	bool fits;
	const char *reason;    /* why it does not, static; NULL where it fits */
	bool met;              /* the objective's constraint, where it has one */
	double t_sink_out_c, electrification, cop, q_sink_kw, p_elec_kw, source_heat_kw;
	double cost_savings_eur_h, cost_savings_pct, carbon_savings_kg_h, carbon_savings_pct;
	const char *limited_by; /* static */
	bool extrapolated;
	/* not told */
	uint8_t index;         /* in the loop's list */
	bool makes_power;      /* and no heat */
	double t_source_out_c;
	bool idle;             /* it would fit, but saves nothing, or less is needed than it makes */
	double shortfall_kw;   /* what nobody makes beside it */
	double value;          /* what it is ranked by */
};

struct setpoint {
	int64_t ts_us;
	double t_sink_out_c;
	double t_sink_out_expected_c;
	bool hp_on;
	enum controlled controlled;
	char technology[TECHNOLOGY_NAME_SIZE]; /* empty: the loop lists none, or nothing is to run */
	double q_sink_kw;
	double p_elec_kw;
	double cop;
	enum objective objective;
	enum mode mode;
	enum quality quality;
	enum reason reason;
	int64_t valid_until_us;
	int64_t cause_us;          /* NO_TIME: none */
	int64_t seq;
};

/* What a heat pump has done; of a number that is not known nothing is counted. */
struct sums {
	double heat_kwh, electricity_kwh;    /* only ever rise */
	double cost_savings_eur, carbon_savings_kg;
	double on_h;
	double measured_h;                   /* of all hours those in which heat and power were measured */
	double carbon_emitted_kg;            /* heat pump and boilers together, where a budget asks for it; may fall */
};
struct tally {
	int64_t since_us;                    /* when counting began */
	int64_t day_us;                      /* midnight at the site, UTC */
	struct sums total, today;
};

/* One field of a payload and column of a view. */
enum field_type { FIELD_NUMBER, FIELD_TEXT, FIELD_BOOL, FIELD_INTEGER, FIELD_TIME, FIELD_OBJECTIVE, FIELD_MODE, FIELD_QUALITY, FIELD_QUALITY_CODE, FIELD_REASON, FIELD_CONTROLLED, FIELD_NAME /* text in the struct itself; empty is null */ };
struct field {
	const char *name;
	enum field_type type;
	size_t offset;
};
extern const struct field point_fields[];    /* the point's payload, in order; ends with a NULL name */
extern const struct field point_more_fields[]; /* what follows those, where there is more; ends with a NULL name */
extern const struct field technology_fields[]; /* of a ranking's entry; ends with a NULL name */
extern const struct field sums_fields[];     /* ends with a NULL name */
extern const struct field setpoint_fields[]; /* the setpoint's payload, in order; ends with a NULL name */

/* Numbers leave the program with at most this many decimals, in payloads and in the history alike. */
enum { NUMBER_DECIMALS = 6 };
double number_round(double value);

/* ---- rows of the history ---------------------------------------------------------------- */

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_COUNT };
extern const char *const severity_text[SEVERITY_COUNT];

/* What an operator may ask for; the first ones stay in force, the others are done at once. */
enum command_kind {
	COMMAND_MODE,
	COMMAND_TEMPERATURE,
	COMMAND_OBJECTIVE,
	COMMAND_CARBON_VALUE,
	COMMAND_SETTING_COUNT,
	COMMAND_ACKNOWLEDGE = COMMAND_SETTING_COUNT,
	COMMAND_KIND_COUNT
};
extern const char *const command_text[COMMAND_KIND_COUNT];

enum { COMMAND_TEXT_MAX = 65 };
struct command_record {
	enum command_kind kind;
	int64_t until_us;             /* when it ends by itself; NO_TIME: when told otherwise */
	char value[COMMAND_TEXT_MAX]; /* empty: as configured again */
	char id[COMMAND_TEXT_MAX], who[COMMAND_TEXT_MAX];
};

enum record_kind {
	RECORD_SAMPLE,
	RECORD_POINT,
	RECORD_TECHNOLOGY,
	RECORD_SETPOINT,
	RECORD_COMMAND,
	RECORD_EVENT,
	RECORD_TOTALS,
	RECORD_ALARM,
	RECORD_KINDS
};
enum alarm_priority { PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH, PRIORITY_COUNT };
extern const char *const alarm_priority_text[PRIORITY_COUNT];

/* An alarm from when it is raised until it is over and acknowledged. */
enum { ALARM_TEXT_SIZE = 160, ALARM_WHO_SIZE = 64 };
struct alarm_row {
	const char *code;                    /* static */
	enum alarm_priority priority;
	int64_t cleared_us, acknowledged_us; /* NO_TIME: not yet */
	char who[ALARM_WHO_SIZE];            /* acknowledged it */
	char text[ALARM_TEXT_SIZE];
};

enum { EVENT_MESSAGE_MAX = 400, NO_LOOP = UINT32_MAX };

struct record {
	enum record_kind kind;
	uint32_t loop;             /* of points, setpoints, events (NO_LOOP: the service) */
	int64_t ts_us;
	union {
		struct { uint32_t signal; enum quality quality; double value; /* in the signal's unit */ } sample;
		struct { enum point_kind kind; double ratio; int64_t cause_us; struct point point; bool has_more; struct point_more more; /* last */ } point;
		struct { const char *objective; /* static */ struct technology_row row; } technology;
		struct setpoint setpoint;
		struct command_record command; /* as accepted; loop NO_LOOP: of all loops */
		struct { enum severity severity; const char *code; /* static */ char message[EVENT_MESSAGE_MAX]; } event;
		struct tally totals;
		struct alarm_row alarm; /* ts_us: when it was raised */
	};
};
/* Bytes of the record that matter: an event ends with its text. Copying that many keeps it whole. */
size_t record_size(const struct record *record);

#endif

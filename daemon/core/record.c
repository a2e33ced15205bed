/* Texts and field tables of what is decided and kept: payloads, columns and tables for people follow these rows.
 * Refuses nothing; the order of a table is the order of its payload. */
#include "record.h"

#include <math.h>
#include <string.h>

const char *const quality_text[QUALITY_COUNT] = {
	[QUALITY_BAD] = "bad",
	[QUALITY_UNCERTAIN] = "uncertain",
	[QUALITY_GOOD] = "good",
};

/* As OPC counts: bad, uncertain, good. */
const int quality_code[QUALITY_COUNT] = {
	[QUALITY_BAD] = 0,
	[QUALITY_UNCERTAIN] = 64,
	[QUALITY_GOOD] = 192,
};

const char *const reason_text[REASON_COUNT] = {
	[REASON_STARTUP] = "startup",
	[REASON_OPTIMUM] = "optimum",
	[REASON_BREAK_EVEN] = "break_even",
	[REASON_LIMITED] = "limited",
	[REASON_NOT_BENEFICIAL] = "not_beneficial",
	[REASON_UNAVAILABLE] = "unavailable",
	[REASON_DEMAND] = "demand",
	[REASON_TRIPPED] = "tripped",
	[REASON_LOCAL] = "local",
	[REASON_BAD_INPUT] = "bad_input",
	[REASON_HOLD] = "hold",
	[REASON_FALLBACK] = "fallback",
	[REASON_START_ABOVE] = "start_above",
	[REASON_START_DELAY] = "start_delay",
	[REASON_STOP_DELAY] = "stop_delay",
	[REASON_MIN_ON] = "min_on",
	[REASON_MIN_OFF] = "min_off",
	[REASON_MAX_STARTS] = "max_starts",
	[REASON_RAMP] = "ramp",
	[REASON_MANUAL] = "manual",
	[REASON_SOURCE] = "source",
	[REASON_ENVELOPE] = "envelope",
	[REASON_NEEDED] = "needed",
	[REASON_NO_TECHNOLOGY] = "no_technology",
	[REASON_HEAT_TO_POWER] = "heat_to_power",
};

const char *const controlled_text[CONTROLLED_COUNT] = {
	[CONTROLLED_TEMPERATURE] = "temperature",
	[CONTROLLED_HEAT] = "heat",
};

const char *const point_kind_text[POINT_COUNT] = {
	[POINT_COST_OPTIMAL] = "cost_optimal",
	[POINT_COST_BREAK_EVEN] = "cost_break_even",
	[POINT_CARBON_OPTIMAL] = "carbon_optimal",
	[POINT_CARBON_BREAK_EVEN] = "carbon_break_even",
	[POINT_BLEND_OPTIMAL] = "blend_optimal",
	[POINT_BLEND_BREAK_EVEN] = "blend_break_even",
	[POINT_GOAL_OPTIMAL] = "goal_optimal",
};

const char *const severity_text[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

const char *const command_text[COMMAND_KIND_COUNT] = {
	[COMMAND_MODE] = "mode",
	[COMMAND_TEMPERATURE] = "temperature",
	[COMMAND_OBJECTIVE] = "objective",
	[COMMAND_CARBON_VALUE] = "carbon_value",
	[COMMAND_ACKNOWLEDGE] = "acknowledge",
};

const char *const alarm_priority_text[PRIORITY_COUNT] = {
	[PRIORITY_LOW] = "low",
	[PRIORITY_MEDIUM] = "medium",
	[PRIORITY_HIGH] = "high",
};

#define POINT(member, type) {#member, type, offsetof(struct point, member)}
const struct field point_fields[] = {
	POINT(t_sink_out_c, FIELD_NUMBER),
	POINT(t_free_c, FIELD_NUMBER),
	POINT(electrification, FIELD_NUMBER),
	POINT(cop, FIELD_NUMBER),
	POINT(q_sink_kw, FIELD_NUMBER),
	POINT(p_elec_kw, FIELD_NUMBER),
	POINT(cost_savings_eur_h, FIELD_NUMBER),
	POINT(cost_savings_pct, FIELD_NUMBER),
	POINT(carbon_savings_kg_h, FIELD_NUMBER),
	POINT(carbon_savings_pct, FIELD_NUMBER),
	POINT(limited_by, FIELD_TEXT),
	{NULL, FIELD_NUMBER, 0},
};

#define MORE(member, type) {#member, type, offsetof(struct point_more, member)}
const struct field point_more_fields[] = {
	MORE(t_source_out_c, FIELD_NUMBER),
	MORE(t_supply_c, FIELD_NUMBER),
	MORE(eta_lorenz, FIELD_NUMBER),
	MORE(source_heat_kw, FIELD_NUMBER),
	MORE(units_on, FIELD_INTEGER),
	MORE(extrapolated, FIELD_BOOL),
	MORE(technology, FIELD_NAME),
	{NULL, FIELD_NUMBER, 0},
};

#define TECHNOLOGY(member, type) {#member, type, offsetof(struct technology_row, member)}
const struct field technology_fields[] = {
	TECHNOLOGY(technology, FIELD_NAME),
	TECHNOLOGY(rank, FIELD_INTEGER),
	TECHNOLOGY(fits, FIELD_BOOL),
	TECHNOLOGY(reason, FIELD_TEXT),
	TECHNOLOGY(met, FIELD_BOOL),
	TECHNOLOGY(t_sink_out_c, FIELD_NUMBER),
	TECHNOLOGY(electrification, FIELD_NUMBER),
	TECHNOLOGY(cop, FIELD_NUMBER),
	TECHNOLOGY(q_sink_kw, FIELD_NUMBER),
	TECHNOLOGY(p_elec_kw, FIELD_NUMBER),
	TECHNOLOGY(source_heat_kw, FIELD_NUMBER),
	TECHNOLOGY(cost_savings_eur_h, FIELD_NUMBER),
	TECHNOLOGY(cost_savings_pct, FIELD_NUMBER),
	TECHNOLOGY(carbon_savings_kg_h, FIELD_NUMBER),
	TECHNOLOGY(carbon_savings_pct, FIELD_NUMBER),
	TECHNOLOGY(limited_by, FIELD_TEXT),
	TECHNOLOGY(extrapolated, FIELD_BOOL),
	{NULL, FIELD_NUMBER, 0},
};

#define SETPOINT(name, type, member) {name, type, offsetof(struct setpoint, member)}
const struct field setpoint_fields[] = {
	SETPOINT("ts", FIELD_TIME, ts_us),
	SETPOINT("t_sink_out_c", FIELD_NUMBER, t_sink_out_c),
	SETPOINT("t_sink_out_expected_c", FIELD_NUMBER, t_sink_out_expected_c),
	SETPOINT("hp_on", FIELD_BOOL, hp_on),
	SETPOINT("q_sink_kw", FIELD_NUMBER, q_sink_kw),
	SETPOINT("p_elec_kw", FIELD_NUMBER, p_elec_kw),
	SETPOINT("cop", FIELD_NUMBER, cop),
	SETPOINT("controlled", FIELD_CONTROLLED, controlled),
	SETPOINT("technology", FIELD_NAME, technology),
	SETPOINT("objective", FIELD_OBJECTIVE, objective),
	SETPOINT("mode", FIELD_MODE, mode),
	SETPOINT("quality", FIELD_QUALITY, quality),
	SETPOINT("quality_code", FIELD_QUALITY_CODE, quality),
	SETPOINT("reason", FIELD_REASON, reason),
	SETPOINT("valid_until", FIELD_TIME, valid_until_us),
	SETPOINT("cause_ts", FIELD_TIME, cause_us),
	SETPOINT("cause_us", FIELD_INTEGER, cause_us),
	SETPOINT("seq", FIELD_INTEGER, seq),
	{NULL, FIELD_NUMBER, 0},
};

double number_round(double value)
{
	_Static_assert(NUMBER_DECIMALS == 6, "scale");
	/* Above the bound neighbouring doubles are further apart than the last decimal. */
	const double scale = 1e6, bound = 9e9;

	if (!(fabs(value) < bound))
		return value;
	/* + 0.0 turns a negative zero into zero */
	return nearbyint(value * scale) / scale + 0.0;
}

size_t record_size(const struct record *record)
{
	switch (record->kind) {
	case RECORD_SAMPLE:
		return offsetof(struct record, sample) + sizeof(record->sample);
	case RECORD_POINT:
		return record->point.has_more ? offsetof(struct record, point) + sizeof(record->point) : offsetof(struct record, point.more);
	case RECORD_TECHNOLOGY:
		return offsetof(struct record, technology) + sizeof(record->technology);
	case RECORD_SETPOINT:
		return offsetof(struct record, setpoint) + sizeof(record->setpoint);
	case RECORD_COMMAND:
		return offsetof(struct record, command) + sizeof(record->command);
	case RECORD_TOTALS:
		return offsetof(struct record, totals) + sizeof(record->totals);
	case RECORD_ALARM:
		return offsetof(struct record, alarm) + sizeof(record->alarm);
	case RECORD_KINDS:
		break;
	case RECORD_EVENT:
		return offsetof(struct record, event.message) + strnlen(record->event.message, EVENT_MESSAGE_MAX - 1) + 1;
	}
	return sizeof(*record);
}

/* Alarms as operators know them (ISA-18.2): raised, acknowledged, over; one is listed until it is over and acknowledged. One
 * table says what each means and what to do. Knows no engine: who finds out tells it. */
#ifndef CORE_ALARM_H
#define CORE_ALARM_H

#include "json_out.h"
#include "record.h"

enum alarm_code {
	/* of a loop */
	ALARM_TRIPPED,
	ALARM_NO_DECISION,
	ALARM_NOT_FOLLOWED,
	ALARM_FEEDBACK_BAD,
	ALARM_IMPLAUSIBLE,
	ALARM_INPUT_REPLACED,
	ALARM_SHORTFALL,
	ALARM_CARBON_SPENT,
	ALARM_LOOP_CODES,
	/* of the site */
	ALARM_HISTORY = ALARM_LOOP_CODES,
	ALARM_BROKER_LOST,
	ALARM_TOPIC_REFUSED,
	ALARM_CLOCK,
	ALARM_DEMAND_EXCEEDED,
	ALARM_CODES
};

struct alarm_info {
	const char *code;
	enum alarm_priority priority;
	const char *over; /* code of the event that it is over, the code being that it is raised; NULL: others tell it */
	const char *text, *cause, *remedy;
};
extern const struct alarm_info alarm_info[ALARM_CODES];

struct alarm {
	int64_t since_us;                    /* raised, the last time; NO_TIME: never */
	int64_t cleared_us, acknowledged_us; /* NO_TIME: not since then */
	uint64_t count;                      /* times raised since it was last not listed */
	bool recorded;                       /* this time has a row in the history */
	char *text;                          /* what is wrong now; NULL: what the table says */
	char *who;                           /* acknowledged it */
};

struct alarms {
	const struct config *config;
	struct alarm **of_loop; /* each loop's codes; NULL: never raised one */
	struct alarm site[ALARM_CODES - ALARM_LOOP_CODES];
	size_t active, unacknowledged;
};

bool alarms_init(struct alarms *alarms, const struct config *config); /* false: out of memory */
void alarms_done(struct alarms *alarms);
/* What a loop or the site has in another configuration; it leaves from there. */
void alarms_adopt(struct alarms *alarms, uint32_t loop, struct alarms *from, uint32_t from_loop);
/* loop: NO_LOOP for the site's codes. The record's row, of the occurrence as it is now. */
const struct alarm *alarms_find(const struct alarms *alarms, uint32_t loop, enum alarm_code code);
void alarms_record(struct alarms *alarms, uint32_t loop, enum alarm_code code, struct record *out);
/* True where that is news. text (NULL: none) is copied, also where the alarm was there already. */
bool alarms_raise(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us, const char *text);
bool alarms_clear(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us);
bool alarms_acknowledge(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us, const char *who);
/* Goes on from an occurrence of an earlier process that was still listed. */
void alarms_resume(struct alarms *alarms, uint32_t loop, const struct alarm_row *row, int64_t since_us);

bool alarm_is_active(const struct alarm *alarm);
bool alarm_is_listed(const struct alarm *alarm);
/* By its id, "dryer1.tripped" or "history": false where there is no such thing. */
bool alarms_parse_id(const struct alarms *alarms, const char *id, uint32_t *loop, enum alarm_code *code);
/* The payload: the most urgent first, as many as fit; `omitted` counts the rest. */
void alarms_write(const struct alarms *alarms, int64_t ts_us, struct json_out *out);

#endif

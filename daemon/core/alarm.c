/* A place for every alarm that can be, so that raising and clearing cost nothing; the list is made when it is published. */
#include "alarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED_MAX = 300 }; /* in one payload */

const struct alarm_info alarm_info[ALARM_CODES] = {
    [ALARM_TRIPPED] = {"tripped", PRIORITY_HIGH, "trip_over", "the heat pump has tripped",
                       "feedback.trip is true: a protection of the machine has stopped it.",
                       "Find out at the machine what tripped and reset it there; setpoints resume by themselves."},
    [ALARM_NO_DECISION] =
        {"no_decision", PRIORITY_HIGH, NULL, "no valid decision",
         "An input is missing, stale, out of range or contradicts another one; the heat pump is off, held or at its fallback.",
         "See reason in <loop>/state: repair the sensor, its gateway or the feed of the price; or give the input an on_bad."},
    [ALARM_NOT_FOLLOWED] =
        {"not_followed", PRIORITY_MEDIUM, "followed", "the plant does not follow the setpoint",
         "For follow_within the heat pump has been on or off, or its outlet elsewhere than asked.",
         "Look whether SCADA hands the setpoint on, the machine is in remote, and its own limits are configured here."},
    [ALARM_FEEDBACK_BAD] = {"feedback_bad", PRIORITY_LOW, NULL, "the plant's answer cannot be read",
                            "A signal under feedback is missing, stale or out of range; decisions go on without it.",
                            "Repair the sensor or its gateway, or take the signal out of the configuration."},
    [ALARM_IMPLAUSIBLE] = {"implausible", PRIORITY_LOW, "plausible", "measured heat and power contradict each other",
                           "What is measured cannot be: a COP of 1 or less or beyond Carnot's, or heat and power that do not balance.",
                           "Check the meters of heat and power, their units and which circuits they cover."},
    [ALARM_INPUT_REPLACED] = {"input_replaced", PRIORITY_LOW, NULL, "decisions rest on a held or substituted input",
                              "An input is missing, stale or bad, and its on_bad has something to go on with.",
                              "See <loop>/state for the input and repair it before its value is too far from the truth."},
    [ALARM_SHORTFALL] = {"shortfall", PRIORITY_HIGH, "demand_carried", "heat pump and utilities together cannot carry the demand",
                         "The demand is above what the boilers can make beside the heat pump as it is asked to run.",
                         "Lower the demand or make another boiler available; check the capacities configured here."},
    [ALARM_CARBON_SPENT] = {"carbon_spent", PRIORITY_MEDIUM, "carbon_budget", "today's carbon budget is spent",
                            "Heat pump and boilers have emitted carbon_budget since midnight at the site.",
                            "Nothing: as much carbon is saved as can be until midnight. If it happens often, the budget is too small."},
    [ALARM_HISTORY] = {"history", PRIORITY_MEDIUM, NULL, "the history is not written",
                       "The disk is full or failing, the file is gone, or a reader holds on to it.",
                       "See reason in health; make room, end the reader. Rows wait in memory until it fills."},
    [ALARM_BROKER_LOST] = {"broker_lost", PRIORITY_MEDIUM, NULL, "the broker was lost",
                           "The connection to the MQTT broker broke; this can be read once it is back.",
                           "Look at the broker and the network; SCADA has to fall back when valid_until has passed."},
    [ALARM_TOPIC_REFUSED] = {"topic_refused", PRIORITY_MEDIUM, NULL, "the broker refuses topics",
                             "The broker's access list does not allow a subscription or a publication.",
                             "See rejected_topics in health and extend the access list of the service's user."},
    [ALARM_CLOCK] = {"clock", PRIORITY_MEDIUM, NULL, "the system clock is wrong",
                     "The clock was never set, or is behind stamps that were given before.",
                     "Set the clock, best by NTP. Ages and deadlines do not depend on it, stamps and tariffs do."},
    [ALARM_DEMAND_EXCEEDED] =
        {"demand_exceeded", PRIORITY_MEDIUM, "demand_kept", "the site draws more than the peak that is paid",
         "demand.site_power is above demand.peak_so_far: consumers other than heat pumps, or a meter that lags.",
         "Shed load; heat pumps have been reduced already. Check peak_so_far where the month has just begun."},
};

/* ---- places ------------------------------------------------------------------------------ */

static const struct alarm never = {.since_us = NO_TIME, .cleared_us = NO_TIME, .acknowledged_us = NO_TIME};

bool alarms_init(struct alarms *alarms, const struct config *config)
{
	*alarms = (struct alarms){.config = config, .of_loop = calloc(config->n_loops, sizeof(struct alarm *))};
	for (size_t i = 0; i < ALARM_CODES - ALARM_LOOP_CODES; i++)
		alarms->site[i] = never;
	return alarms->of_loop != NULL;
}

static void free_texts(struct alarm *first, size_t n)
{
	for (size_t i = 0; first && i < n; i++) {
		free(first[i].text);
		free(first[i].who);
	}
}

void alarms_done(struct alarms *alarms)
{
	for (size_t i = 0; alarms->of_loop && i < alarms->config->n_loops; i++) {
		free_texts(alarms->of_loop[i], ALARM_LOOP_CODES);
		free(alarms->of_loop[i]);
	}
	free_texts(alarms->site, ALARM_CODES - ALARM_LOOP_CODES);
	free(alarms->of_loop);
	*alarms = (struct alarms){0};
}

/* NULL: of a loop that has never raised one. */
static struct alarm *place(struct alarms *alarms, uint32_t loop, enum alarm_code code)
{
	if (loop == NO_LOOP)
		return &alarms->site[code - ALARM_LOOP_CODES];
	return alarms->of_loop[loop] ? &alarms->of_loop[loop][code] : NULL;
}

/* NULL: out of memory. */
static struct alarm *make_place(struct alarms *alarms, uint32_t loop, enum alarm_code code)
{
	struct alarm *made;

	if (place(alarms, loop, code))
		return place(alarms, loop, code);
	made = malloc(ALARM_LOOP_CODES * sizeof(*made));
	for (size_t i = 0; made && i < ALARM_LOOP_CODES; i++)
		made[i] = never;
	alarms->of_loop[loop] = made;
	return made ? &made[code] : NULL;
}

const struct alarm *alarms_find(const struct alarms *alarms, uint32_t loop, enum alarm_code code)
{
	if (loop == NO_LOOP)
		return &alarms->site[code - ALARM_LOOP_CODES];
	return alarms->of_loop[loop] ? &alarms->of_loop[loop][code] : &never;
}

bool alarm_is_active(const struct alarm *a)
{
	return a->since_us != NO_TIME && a->cleared_us == NO_TIME;
}

bool alarm_is_listed(const struct alarm *a)
{
	return a->since_us != NO_TIME && (a->cleared_us == NO_TIME || a->acknowledged_us == NO_TIME);
}

static void uncount(struct alarms *alarms, const struct alarm *a)
{
	alarms->active -= alarm_is_active(a);
	alarms->unacknowledged -= alarm_is_listed(a) && a->acknowledged_us == NO_TIME;
}

static void count(struct alarms *alarms, const struct alarm *a)
{
	alarms->active += alarm_is_active(a);
	alarms->unacknowledged += alarm_is_listed(a) && a->acknowledged_us == NO_TIME;
}

static void adopt(struct alarms *alarms, struct alarm *to, size_t n, struct alarm *left)
{
	for (size_t i = 0; to && i < n; i++)
		uncount(alarms, &to[i]);
	free_texts(to, n);
	for (size_t i = 0; left && i < n; i++)
		count(alarms, &left[i]);
}

void alarms_adopt(struct alarms *alarms, uint32_t loop, struct alarms *from, uint32_t from_loop)
{
	if (loop != NO_LOOP) {
		adopt(alarms, alarms->of_loop[loop], ALARM_LOOP_CODES, from->of_loop[from_loop]);
		free(alarms->of_loop[loop]);
		alarms->of_loop[loop] = from->of_loop[from_loop];
		from->of_loop[from_loop] = NULL;
		return;
	}
	adopt(alarms, alarms->site, ALARM_CODES - ALARM_LOOP_CODES, from->site);
	memcpy(alarms->site, from->site, sizeof(alarms->site));
	for (size_t i = 0; i < ALARM_CODES - ALARM_LOOP_CODES; i++)
		from->site[i] = never;
}

/* ---- changes ----------------------------------------------------------------------------- */

/* Kept from one time to the next, so that what flaps asks nobody for memory. */
static void keep_text(char **to, size_t size, const char *text)
{
	if (!*to && text)
		*to = malloc(size);
	if (*to)
		snprintf(*to, size, "%.*s", (int)size - 1, text ? text : "");
}

bool alarms_raise(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us, const char *text)
{
	struct alarm *a = make_place(alarms, loop, code);
	bool listed = a && alarm_is_listed(a);

	if (!a)
		return false;
	keep_text(&a->text, ALARM_TEXT_SIZE, text);
	if (alarm_is_active(a))
		return false;
	uncount(alarms, a);
	a->count = listed ? a->count + 1 : 1;
	a->since_us = utc_us;
	a->recorded = false;
	a->cleared_us = a->acknowledged_us = NO_TIME;
	count(alarms, a);
	return true;
}

bool alarms_clear(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us)
{
	struct alarm *a = place(alarms, loop, code);

	if (!a || !alarm_is_active(a))
		return false;
	uncount(alarms, a);
	a->cleared_us = utc_us > a->since_us ? utc_us : a->since_us;
	count(alarms, a);
	return true;
}

bool alarms_acknowledge(struct alarms *alarms, uint32_t loop, enum alarm_code code, int64_t utc_us, const char *who)
{
	struct alarm *a = place(alarms, loop, code);

	if (!a || !alarm_is_listed(a) || a->acknowledged_us != NO_TIME)
		return false;
	uncount(alarms, a);
	a->acknowledged_us = utc_us;
	keep_text(&a->who, ALARM_WHO_SIZE, who);
	count(alarms, a);
	return true;
}

void alarms_resume(struct alarms *alarms, uint32_t loop, const struct alarm_row *row, int64_t since_us)
{
	enum alarm_code code = loop == NO_LOOP ? ALARM_LOOP_CODES : (enum alarm_code)0;
	enum alarm_code end = loop == NO_LOOP ? ALARM_CODES : ALARM_LOOP_CODES;
	struct alarm *a;

	while (code < end && strcmp(alarm_info[code].code, row->code) != 0)
		code++;
	a = code < end ? make_place(alarms, loop, code) : NULL;
	if (!a || alarm_is_listed(a))
		return;
	*a = (struct alarm){.since_us = since_us,
	                    .cleared_us = row->cleared_us,
	                    .acknowledged_us = row->acknowledged_us,
	                    .count = 1,
	                    .recorded = true,
	                    .text = a->text,
	                    .who = a->who};
	keep_text(&a->text, ALARM_TEXT_SIZE, row->text);
	keep_text(&a->who, ALARM_WHO_SIZE, row->who);
	count(alarms, a);
}

/* ---- what is told ------------------------------------------------------------------------ */

static const char *text_of(const struct alarm *a, enum alarm_code code)
{
	return a->text && a->text[0] ? a->text : alarm_info[code].text;
}

void alarms_record(struct alarms *alarms, uint32_t loop, enum alarm_code code, struct record *out)
{
	struct alarm *a = make_place(alarms, loop, code);

	if (!a)
		return;
	a->recorded = true;
	*out = (struct record){.kind = RECORD_ALARM, .loop = loop, .ts_us = a->since_us};
	out->alarm.code = alarm_info[code].code;
	out->alarm.priority = alarm_info[code].priority;
	out->alarm.cleared_us = a->cleared_us;
	out->alarm.acknowledged_us = a->acknowledged_us;
	snprintf(out->alarm.text, sizeof(out->alarm.text), "%s", text_of(a, code));
	snprintf(out->alarm.who, sizeof(out->alarm.who), "%s", a->who && a->acknowledged_us != NO_TIME ? a->who : "");
}

bool alarms_parse_id(const struct alarms *alarms, const char *id, uint32_t *loop, enum alarm_code *code)
{
	const char *dot = strchr(id, '.');
	enum alarm_code end = dot ? ALARM_LOOP_CODES : ALARM_CODES;
	uint32_t i = 0;

	while (dot && i < alarms->config->n_loops &&
	       (strncmp(alarms->config->loops[i].name, id, (size_t)(dot - id)) != 0 || alarms->config->loops[i].name[dot - id]))
		i++;
	if (dot && i == alarms->config->n_loops)
		return false;
	for (enum alarm_code c = dot ? (enum alarm_code)0 : ALARM_LOOP_CODES; c < end; c++) {
		if (strcmp(alarm_info[c].code, dot ? dot + 1 : id) != 0)
			continue;
		*loop = dot ? i : NO_LOOP;
		*code = c;
		return true;
	}
	return false;
}

static void write_one(const struct alarms *alarms, uint32_t loop, enum alarm_code code, struct json_out *out)
{
	const struct alarm *a = alarms_find(alarms, loop, code);
	const char *name = loop == NO_LOOP ? NULL : alarms->config->loops[loop].name;
	char id[160];

	snprintf(id, sizeof(id), "%s%s%s", name ? name : "", name ? "." : "", alarm_info[code].code);
	json_out_object(out, NULL);
	json_out_text(out, "id", id);
	json_out_text(out, "loop", name);
	json_out_text(out, "code", alarm_info[code].code);
	json_out_text(out, "priority", alarm_priority_text[alarm_info[code].priority]);
	json_out_text(out, "text", text_of(a, code));
	json_out_bool(out, "active", alarm_is_active(a));
	json_out_bool(out, "acknowledged", a->acknowledged_us != NO_TIME);
	json_out_time(out, "since", a->since_us);
	json_out_time(out, "cleared", a->cleared_us);
	json_out_time(out, "acknowledged_at", a->acknowledged_us);
	json_out_text(out, "acknowledged_by", a->acknowledged_us != NO_TIME && a->who && a->who[0] ? a->who : NULL);
	json_out_integer(out, "count", (int64_t)a->count);
	json_out_object_end(out);
}

/* What the list still has room for, and how many that are listed did not fit. */
struct list {
	const struct alarms *alarms;
	struct json_out *out;
	size_t room, omitted;
};

static void write_listed(struct list *list, uint32_t loop, enum alarm_code code, enum alarm_priority priority)
{
	if (alarm_info[code].priority != priority || !alarm_is_listed(alarms_find(list->alarms, loop, code)))
		return;
	if (list->room == 0) {
		list->omitted++;
		return;
	}
	write_one(list->alarms, loop, code, list->out);
	list->room--;
}

static void write_priority(struct list *list, enum alarm_priority priority)
{
	for (uint32_t loop = 0; loop < list->alarms->config->n_loops; loop++)
		for (int code = 0; code < ALARM_LOOP_CODES && list->alarms->of_loop[loop]; code++)
			write_listed(list, loop, (enum alarm_code)code, priority);
	for (int code = ALARM_LOOP_CODES; code < ALARM_CODES; code++)
		write_listed(list, NO_LOOP, (enum alarm_code)code, priority);
}

void alarms_write(const struct alarms *alarms, int64_t ts_us, struct json_out *out)
{
	struct list list = {.alarms = alarms, .out = out, .room = LISTED_MAX};

	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	json_out_integer(out, "active", (int64_t)alarms->active);
	json_out_integer(out, "unacknowledged", (int64_t)alarms->unacknowledged);
	json_out_array(out, "alarms");
	for (int priority = PRIORITY_COUNT - 1; priority >= 0; priority--)
		write_priority(&list, (enum alarm_priority)priority);
	json_out_array_end(out);
	json_out_integer(out, "omitted", (int64_t)list.omitted);
	json_out_object_end(out);
}

/* Alarms of the engine and of its rim: each change is a row of the history, and where nothing else tells it an event; the
 * list and the summary are published at most once an interval. */
#include "engine_internal.h"

#include <stdio.h>
#include <string.h>

static const int64_t SITE_MIN_US = 1000000;

void alarm_site_news(struct engine *e)
{
	int64_t interval_us = e->config->publish_interval_us > SITE_MIN_US ? e->config->publish_interval_us : SITE_MIN_US;
	int64_t due_us = e->site_us == NO_TIME ? e->now.mono_us : e->site_us + interval_us;

	if (e->options.live && deadlines_get(&e->deadlines, id_site(e)) == INT64_MAX)
		deadlines_set(&e->deadlines, id_site(e), due_us > e->now.mono_us ? due_us : e->now.mono_us);
}

void alarm_site_due(struct engine *e)
{
	e->site_us = e->now.mono_us;
	if (e->alarms_news)
		engine_announce(e, TOPIC_ALARMS, NO_LOOP);
	if (e->alarms_news || e->summary_news)
		engine_announce(e, TOPIC_SUMMARY, NO_LOOP);
	e->alarms_news = e->summary_news = false;
}

static void news(struct engine *e)
{
	e->alarms_news = true;
	alarm_site_news(e);
}

static void store(struct engine *e, uint32_t loop, enum alarm_code code)
{
	struct record record;

	alarms_record(&e->alarms, loop, code, &record);
	emit(e, &record);
}

static void tell(struct engine *e, uint32_t loop, enum alarm_code code, bool raised)
{
	const struct alarm_info *info = &alarm_info[code];
	const struct alarm *a = alarms_find(&e->alarms, loop, code);
	const char *name = loop == NO_LOOP ? "" : e->config->loops[loop].name,
	           *text = a->text && a->text[0] ? a->text : info->text;
	char message[EVENT_MESSAGE_MAX];

	snprintf(message, sizeof(message), "%s%s%s%s", name, *name ? ": " : "", raised ? "" : "over: ", text);
	emit_event(e, loop, e->now.utc_us, raised && info->priority != PRIORITY_LOW ? SEVERITY_WARNING : SEVERITY_INFO,
	           raised ? info->code : info->over, message);
}

/* In the history at most so often a minute, as all that flaps, but each row of it gets its end; the list follows every
 * change. */
void alarm_set(struct engine *e, uint32_t loop, enum alarm_code code, bool active, const char *text)
{
	struct ratelim *tellings = loop == NO_LOOP ? &e->site_tellings : &e->loops[loop].answer.tellings;
	uint32_t held_back;
	bool may_tell, changed = active ? alarms_raise(&e->alarms, loop, code, e->now.utc_us, text)
	                      : alarms_clear(&e->alarms, loop, code, e->now.utc_us);

	if (!changed)
		return;
	news(e);
	if (!e->options.live)
		return;
	may_tell = ratelim_take(tellings, e->now.mono_us, &held_back);
	if (active ? may_tell : alarms_find(&e->alarms, loop, code)->recorded)
		store(e, loop, code);
	if (may_tell && alarm_info[code].over)
		tell(e, loop, code, active);
}

void engine_alarm(struct engine *e, struct instant now, enum alarm_code code, bool active, const char *text)
{
	engine_at(e, now);
	alarm_set(e, NO_LOOP, code, active, text);
}

void engine_retire(struct engine *e, struct instant now, uint32_t loop)
{
	engine_at(e, now);
	for (enum alarm_code code = 0; code < ALARM_LOOP_CODES; code++)
		alarm_set(e, loop, code, false, NULL);
}

void engine_resume_alarm(struct engine *e, uint32_t loop, const struct alarm_row *row, int64_t since_us)
{
	alarms_resume(&e->alarms, loop, row, since_us);
	news(e);
}

/* ---- acknowledging ----------------------------------------------------------------------- */

static bool acknowledge(struct engine *e, uint32_t loop, enum alarm_code code, const char *who)
{
	char message[EVENT_MESSAGE_MAX];
	const char *name = loop == NO_LOOP ? NULL : e->config->loops[loop].name;

	if (!alarms_acknowledge(&e->alarms, loop, code, e->now.utc_us, who))
		return false;
	store(e, loop, code);
	snprintf(message, sizeof(message), "%s%s%s: acknowledged by %.100s", name ? name : "", name ? "." : "",
	         alarm_info[code].code, who);
	emit_event(e, loop, e->now.utc_us, SEVERITY_INFO, "alarm_acknowledged", message);
	news(e);
	return true;
}

static size_t acknowledge_all(struct engine *e, uint32_t only, const char *who)
{
	size_t n = 0;

	for (uint32_t i = 0; i < e->config->n_loops; i++)
		for (enum alarm_code code = 0; code < ALARM_LOOP_CODES && (only == NO_LOOP || only == i); code++)
			n += acknowledge(e, i, code, who);
	for (enum alarm_code code = ALARM_LOOP_CODES; code < ALARM_CODES && only == NO_LOOP; code++)
		n += acknowledge(e, NO_LOOP, code, who);
	return n;
}

/* Of a loop its code will do. */
static bool find(const struct engine *e, uint32_t only, const char *text, uint32_t *loop, enum alarm_code *code)
{
	char id[2 * COMMAND_TEXT_MAX + 128];

	if (only == NO_LOOP)
		return alarms_parse_id(&e->alarms, text, loop, code);
	if (alarms_parse_id(&e->alarms, text, loop, code))
		return *loop == only;
	snprintf(id, sizeof(id), "%s.%s", e->config->loops[only].name, text);
	return alarms_parse_id(&e->alarms, id, loop, code);
}

bool engine_acknowledge(struct engine *e, uint32_t only, const struct command_record *wish, struct err *why)
{
	const char *who = *wish->who ? wish->who : "somebody";
	enum alarm_code code;
	uint32_t loop;

	if (strcmp(wish->value, "all") == 0) {
		err_set(why, "there is no alarm to acknowledge");
		return acknowledge_all(e, only, who) > 0;
	}
	if (!find(e, only, wish->value, &loop, &code)) {
		err_set(why, "there is no alarm %s", wish->value);
		return false;
	}
	err_set(why, "%s is not listed, or acknowledged already", wish->value);
	return acknowledge(e, loop, code, who);
}

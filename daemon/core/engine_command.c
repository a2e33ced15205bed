/* What operators want: a command is judged against every loop that it is for, then put in force for all of them or for
 * none, answered, told as an event and recorded, so that a restart goes on under it. A wish may end by itself. */
#include "engine_internal.h"

#include "hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct override *wishes_of(const struct engine *e, uint32_t i)
{
	return e->loops[i].operated ? &e->loops[i].operated->wishes : &e->site_wishes;
}

/* ---- putting in force ------------------------------------------------------------------- */

static bool operate(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];

	if (loop->operated)
		return true;
	loop->operated = malloc(sizeof(*loop->operated));
	if (!loop->operated)
		return false;
	override_init(&loop->operated->wishes);
	loop->operated->config = e->config->loops[i];
	return true;
}

/* NO_TIME: not before it is told otherwise. UTC may be set meanwhile: engine_at comes here again then. */
static void arm_end(struct engine *e, uint32_t i)
{
	int64_t next_us = override_next_us(&e->loops[i].operated->wishes);

	if (next_us == INT64_MAX)
		deadlines_clear(&e->deadlines, id_wish(e, i));
	else
		deadlines_set(&e->deadlines, id_wish(e, i), e->now.mono_us + (next_us - e->now.utc_us));
}

/* After wishes or configuration have changed. */
static void renew_operated(struct engine *e, uint32_t i)
{
	struct operated *operated = e->loops[i].operated;

	operated->config = e->config->loops[i];
	override_apply(&operated->wishes, &operated->config);
	e->loops[i].state_seen = 0;
	arm_end(e, i);
	engine_mark(e, i);
}

static void put(struct engine *e, uint32_t i, const struct override *wishes)
{
	if (!operate(e, i))
		return;
	e->loops[i].operated->wishes = *wishes;
	renew_operated(e, i);
}

/* ---- judging ---------------------------------------------------------------------------- */

/* Where the machine is now, so that taking it over by hand moves nothing. */
static bool find_manual(const struct engine *e, uint32_t i, struct override *wishes, struct err *err)
{
	const struct pace *pace = &e->loops[i].pace;

	if (!isnan(wishes->manual_k))
		return true;
	if (!pace->on) {
		err_set(err, "%s: it is off and no manual temperature is known: command temperature first", e->config->loops[i].name);
		return false;
	}
	wishes->manual_k = pace->t_k;
	return true;
}

/* Limits that are signals hold all the same, from moment to moment. */
static bool check_temperature(const struct loop_config *config, double t_k, struct err *err)
{
	const struct input *t_max = &config->slot[SLOT_T_MAX];
	double high_k = fmin(config->max_k, t_max->kind == INPUT_CONSTANT ? t_max->value : INFINITY);

	if (isnan(t_k) || (t_k >= config->min_k && t_k <= high_k && range_has(slot_range(SLOT_T_MAX), t_k)))
		return true;
	err_set(err, "%s: %.10g degC is outside the limits of the setpoint or the machine [%.10g degC, %.10g degC]", config->name,
	        k_to_c(t_k), k_to_c(fmax(config->min_k, T_SANE_LOW_K)), k_to_c(fmin(high_k, T_SANE_HIGH_K)));
	return false;
}

static bool check_objective(const struct loop_config *config, struct err *err)
{
	const char *lacks = config_objective_lacks(config, config->objective);

	if (lacks)
		err_set(err, "%s: %s needs %s, which is not configured", config->name, objective_text[config->objective], lacks);
	else if (config->objective == OBJECTIVE_BLEND && !(config->carbon_value_eur_t > 0))
		err_set(err, "%s: blend needs a carbon value above 0: command carbon_value first", config->name);
	else if (config->objective == OBJECTIVE_COST_UNDER_CARBON_CAP && isnan(config->carbon_cap_kg_h) && isnan(config->carbon_budget_kg))
		err_set(err, "%s: cost_under_carbon_cap needs a carbon_cap or carbon_budget, which is not configured", config->name);
	else
		return true;
	return false;
}

/* The loop's wishes as they would be; false: the loop cannot have that. resumed: what was manual before stays manual, also
 * where the machine has gone off meanwhile. */
static bool judge(const struct engine *e, uint32_t i, const struct command_record *wish, bool resumed, struct override *out, struct err *err)
{
	struct loop_config config = e->config->loops[i];

	*out = *wishes_of(e, i);
	if (!override_set(out, wish, err))
		return false;
	if (out->has_mode && out->mode == MODE_MANUAL && !find_manual(e, i, out, err) && !resumed)
		return false;
	override_apply(out, &config);
	return check_temperature(&config, out->manual_k, err) && check_objective(&config, err);
}

static bool judge_all(struct engine *e, uint32_t loop, const struct command_record *wish, struct err *err)
{
	struct override ignored = e->site_wishes;

	if (loop == NO_LOOP && !override_set(&ignored, wish, err))
		return false;
	for (uint32_t i = loop == NO_LOOP ? 0 : loop; i < (loop == NO_LOOP ? e->config->n_loops : loop + 1); i++) {
		if (!judge(e, i, wish, false, &ignored, err))
			return false;
		if (!operate(e, i)) {
			err_set(err, "out of memory");
			return false;
		}
	}
	return true;
}

static void put_all(struct engine *e, uint32_t loop, const struct command_record *wish, bool resumed)
{
	struct override wishes;

	if (loop == NO_LOOP)
		override_set(&e->site_wishes, wish, NULL);
	for (uint32_t i = loop == NO_LOOP ? 0 : loop; i < (loop == NO_LOOP ? e->config->n_loops : loop + 1); i++)
		if (judge(e, i, wish, resumed, &wishes, NULL))
			put(e, i, &wishes);
}

static bool check_times(const struct engine *e, const struct command *command, struct err *err)
{
	char stamp[STAMP_SIZE];

	if ((command->expires_us != NO_TIME || command->wish.until_us != NO_TIME) && e->clock == CLOCK_UNSET)
		err_set(err, "the system clock is not set: nothing with a time can be taken");
	else if (command->expires_us != NO_TIME && e->now.utc_us >= command->expires_us)
		err_set(err, "expired at %s", stamp_format(command->expires_us, stamp));
	else if (command->wish.until_us != NO_TIME && e->now.utc_us >= command->wish.until_us)
		err_set(err, "until: %s is over", stamp_format(command->wish.until_us, stamp));
	else
		return true;
	return false;
}

/* ---- telling ---------------------------------------------------------------------------- */

static const char *loop_name(const struct engine *e, uint32_t loop)
{
	return loop == NO_LOOP ? "all loops" : e->config->loops[loop].name;
}

static void wish_text(const struct command_record *wish, char *text, size_t size)
{
	char until[STAMP_SIZE] = "";

	if (wish->until_us != NO_TIME)
		stamp_format(wish->until_us, until);
	snprintf(text, size, "%s %s%s%s", command_text[wish->kind], *wish->value ? wish->value : "as configured", *until ? " until " : "", until);
}

static const char *who_of(const struct command *command)
{
	return *command->wish.who ? command->wish.who : "somebody";
}

static void tell_accepted(struct engine *e, uint32_t loop, const struct command *command)
{
	char message[EVENT_MESSAGE_MAX], wish[160];

	wish_text(&command->wish, wish, sizeof(wish));
	snprintf(message, sizeof(message), "%s: %s, commanded by %s (id %s)", loop_name(e, loop), wish, who_of(command), command->id);
	emit_event(e, loop, e->now.utc_us, SEVERITY_INFO, "command_accepted", message);
}

/* Anybody may send what is refused, as often as they like. */
static void tell_refused(struct engine *e, uint32_t loop, const struct command *command, const char *why)
{
	char message[EVENT_MESSAGE_MAX], before_it[64] = "";
	uint32_t held_back;

	if (!ratelim_take(&e->refusals, e->now.mono_us, &held_back))
		return;
	if (held_back > 0)
		snprintf(before_it, sizeof(before_it), " (after %u others that were not told)", held_back);
	snprintf(message, sizeof(message), "%s: command of %s (id %s) refused: %.200s; nothing changes%s", loop_name(e, loop), who_of(command),
	         *command->id ? command->id : "missing", why, before_it);
	emit_event(e, loop, e->now.utc_us, SEVERITY_WARNING, "command_refused", message);
}

static void record_command(struct engine *e, uint32_t loop, const struct command *command)
{
	struct record record = {.kind = RECORD_COMMAND, .loop = loop, .ts_us = e->now.utc_us, .command = command->wish};

	emit(e, &record);
}

static void write_answer(const struct engine *e, uint32_t loop, const struct command *command, bool accepted, const char *why, struct json_out *ack)
{
	json_out_object(ack, NULL);
	json_out_time(ack, "ts", e->now.utc_us);
	json_out_text(ack, "id", *command->id ? command->id : NULL);
	json_out_text(ack, "loop", loop == NO_LOOP ? NULL : e->config->loops[loop].name);
	json_out_text(ack, "result", accepted ? "accepted" : "refused");
	json_out_text(ack, "why", accepted ? NULL : why);
	json_out_object_end(ack);
}

/* ---- the same command again ------------------------------------------------------------- */

/* By the loop's name: another configuration may have it elsewhere. */
static uint64_t answer_key(const struct engine *e, uint32_t loop, const char *id)
{
	const char *name = loop_name(e, loop);

	return hash_fnv1a(id, strlen(id)) ^ hash_fnv1a(name, strlen(name)) * UINT64_C(0x9E3779B97F4A7C15);
}

static const struct answer *find_answer(const struct engine *e, uint32_t loop, const char *id)
{
	uint64_t key = answer_key(e, loop, id);

	for (size_t i = 0; i < ANSWERS_KEPT; i++)
		if (e->answers[i].given && e->answers[i].key == key)
			return &e->answers[i];
	return NULL;
}

static void keep_answer(struct engine *e, uint32_t loop, const char *id, bool accepted, const char *why)
{
	struct answer *answer = &e->answers[e->n_answers++ % ANSWERS_KEPT];

	*answer = (struct answer){.key = answer_key(e, loop, id), .given = true, .accepted = accepted};
	snprintf(answer->why, sizeof(answer->why), "%.*s", (int)sizeof(answer->why) - 1, why);
}

/* ---- the outside ------------------------------------------------------------------------ */

static bool carry_out(struct engine *e, uint32_t loop, const struct command *command, struct err *why)
{
	if (!check_times(e, command, why))
		return false;
	if (command->wish.kind == COMMAND_ACKNOWLEDGE)
		return engine_acknowledge(e, loop, &command->wish, why);
	if (!judge_all(e, loop, &command->wish, why))
		return false;
	put_all(e, loop, &command->wish, false);
	return true;
}

static bool take(struct engine *e, uint32_t loop, const struct command *command, struct err *why)
{
	const struct answer *before = find_answer(e, loop, command->id);
	bool accepted;

	if (before) {
		err_set(why, "%s", before->why);
		return before->accepted;
	}
	accepted = carry_out(e, loop, command, why);
	if (accepted) {
		record_command(e, loop, command);
		tell_accepted(e, loop, command);
	} else {
		tell_refused(e, loop, command, why->text);
	}
	keep_answer(e, loop, command->id, accepted, why->text);
	return accepted;
}

void engine_command(struct engine *e, struct instant now, uint32_t loop, const void *payload, size_t len, bool retained, struct json_out *ack)
{
	struct command command;
	struct err why = {""};
	bool readable, accepted = false;

	engine_at(e, now);
	readable = command_decode(payload, len, &command, &why);
	if (retained)
		err_set(&why, "a retained message is no command: it would be carried out again at every start");
	if (readable && !retained)
		accepted = take(e, loop, &command, &why);
	else
		tell_refused(e, loop, &command, why.text);
	write_answer(e, loop, &command, accepted, why.text, ack);
}

void engine_resume_wish(struct engine *e, uint32_t loop, const struct command_record *wish)
{
	struct command_record back = {.kind = wish->kind, .until_us = NO_TIME};
	bool over = wish->until_us != NO_TIME && e->now.utc_us >= wish->until_us;

	if (wish->kind != COMMAND_ACKNOWLEDGE)
		put_all(e, loop, over ? &back : wish, true);
}

void engine_resume_command(struct engine *e, uint32_t loop, const struct command_record *wish)
{
	keep_answer(e, loop, wish->id, true, "");
	engine_resume_wish(e, loop, wish);
}

bool engine_was_commanded(const struct engine *e)
{
	return e->n_answers > 0;
}

/* ---- ends ------------------------------------------------------------------------------- */

void loop_end_wishes(struct engine *e, uint32_t i)
{
	char message[EVENT_MESSAGE_MAX];
	enum command_kind ended;

	if (!e->loops[i].operated)
		return;
	while (override_expire(&e->loops[i].operated->wishes, e->now.utc_us, &ended)) {
		snprintf(message, sizeof(message), "%s: the time of a command is over: %s is as configured again", e->config->loops[i].name,
		         command_text[ended]);
		emit_event(e, i, e->now.utc_us, SEVERITY_INFO, "command_ended", message);
	}
	renew_operated(e, i);
}

void engine_clock_moved_wishes(struct engine *e)
{
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		if (e->loops[i].operated)
			arm_end(e, i);
}

/* Nobody can take back what is commanded where commands are no longer enabled, and a restart would not find it. */
static void end_all_wishes(struct engine *e, uint32_t i)
{
	struct operated *operated = e->loops[i].operated;
	char message[EVENT_MESSAGE_MAX];

	if (operated && !override_is_empty(&operated->wishes)) {
		snprintf(message, sizeof(message), "%s: commands are no longer enabled: all is as configured again", e->config->loops[i].name);
		emit_event(e, i, e->now.utc_us, SEVERITY_WARNING, "command_ended", message);
	}
	free(operated);
	e->loops[i].operated = NULL;
}

/* A wish that the new configuration cannot fulfil ends. */
static void adopt_loop_wishes(struct engine *e, uint32_t i)
{
	struct command_record back = {.kind = COMMAND_OBJECTIVE, .until_us = NO_TIME};
	struct override wishes = *wishes_of(e, i);
	struct operated *operated;
	char message[EVENT_MESSAGE_MAX];
	struct err why;

	put(e, i, &wishes);
	operated = e->loops[i].operated;
	if (!operated || check_objective(&operated->config, &why))
		return;
	override_set(&operated->wishes, &back, NULL);
	renew_operated(e, i);
	snprintf(message, sizeof(message), "%.300s; the objective is as configured", why.text);
	emit_event(e, i, e->now.utc_us, SEVERITY_WARNING, "command_ended", message);
}

void engine_adopt_wishes(struct engine *e, const struct engine *old)
{
	bool enabled = e->config->commands_enabled;

	if (enabled) {
		e->site_wishes = old->site_wishes;
		memcpy(e->answers, old->answers, sizeof(e->answers));
		e->n_answers = old->n_answers;
		e->refusals = old->refusals;
	}
	for (uint32_t i = 0; i < e->config->n_loops; i++) {
		if (!enabled)
			end_all_wishes(e, i);
		else if (!override_is_empty(wishes_of(e, i)) || e->loops[i].operated)
			adopt_loop_wishes(e, i);
	}
}

void loop_write_wishes(const struct engine *e, uint32_t i, struct json_out *out)
{
	const struct override *wishes = wishes_of(e, i);
	int64_t next_us = override_next_us(wishes);

	if (override_is_empty(wishes)) {
		json_out_null(out, "commanded");
		return;
	}
	json_out_object(out, "commanded");
	json_out_text(out, "mode", wishes->has_mode ? mode_text[wishes->mode] : NULL);
	json_out_number(out, "temperature_c", k_to_c(wishes->manual_k));
	json_out_text(out, "objective", wishes->has_objective ? objective_text[wishes->objective] : NULL);
	json_out_number(out, "carbon_value_eur_t", wishes->carbon_value_eur_t);
	json_out_time(out, "until", next_us == INT64_MAX ? NO_TIME : next_us);
	json_out_object_end(out);
}

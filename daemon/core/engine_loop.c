/* One loop: what of its decisions is news to SCADA and the history, and what is told where there is none. */
#include "engine_internal.h"

#include "hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_SIZE = 320 };

/* ---- points and state, on change -------------------------------------------------------- */

uint64_t fingerprint_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 29);
}

uint64_t fingerprint_fields(uint64_t hash, const struct field *fields, const void *base)
{
	for (; fields->name; fields++) {
		uint64_t word = 0;

		if (fields->type == FIELD_NAME) {
			hash = fingerprint_mix(hash, hash_fnv1a((const char *)base + fields->offset, TECHNOLOGY_NAME_SIZE));
			continue;
		}
		memcpy(&word, (const char *)base + fields->offset, fields->type == FIELD_BOOL ? sizeof(bool) : sizeof(word));
		hash = fingerprint_mix(hash, word);
	}
	return hash;
}

static uint64_t mix_number(uint64_t hash, double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof(word));
	return fingerprint_mix(hash, word);
}

static uint64_t mix_point(uint64_t hash, const struct point_more *more)
{
	hash = fingerprint_mix(fingerprint_fields(hash, point_more_fields, more), more->running);
	for (size_t i = 0; i < POINT_UTILITIES_MAX; i++)
		hash = mix_number(hash, more->utility_kw[i]);
	return mix_number(hash, more->shortfall_kw);
}

static uint64_t mix_more(uint64_t hash, const struct evaluation_more *more)
{
	hash = fingerprint_fields(hash, more_inputs_fields, &more->inputs);
	hash = fingerprint_fields(hash, direct_fields, &more->direct);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++)
		hash = mix_point(mix_point(hash, &more->optimal[merit]), &more->break_even[merit]);
	return hash;
}

/* Never 0; 1 where there are no points. */
static uint64_t points_fingerprint(const struct evaluation *evaluation)
{
	uint64_t hash = 1;

	if (!evaluation)
		return hash;
	hash = fingerprint_fields(hash, point_inputs_fields, &evaluation->inputs);
	if (evaluation->more)
		hash = mix_more(hash, evaluation->more);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!evaluation->merit[merit].present)
			continue;
		hash = fingerprint_fields(hash, point_fields, &evaluation->merit[merit].optimal);
		hash = fingerprint_fields(hash, point_fields, &evaluation->merit[merit].break_even);
		hash = fingerprint_mix(hash, evaluation->merit[merit].is_goal + 2U * evaluation->merit[merit].met);
	}
	return hash | 2;
}

static uint64_t mix_pacing(uint64_t hash, const struct loop *loop)
{
	uint64_t target;

	memcpy(&target, &loop->pace.target_k, sizeof(target));
	hash = fingerprint_mix(fingerprint_mix(hash, target), (uint64_t)loop->pace.since_us);
	return fingerprint_mix(fingerprint_mix(hash, loop->pace.starts), (uint64_t)loop->next_us) | 1;
}

/* Signals' versions only rise, so their sum tells every change. */
static uint64_t state_fingerprint(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);
	uint64_t sum = 1 + e->loops[i].quality;

	for (size_t k = 0; k < signals.n; k++)
		sum += (uint64_t)plant_version(e->plant, signals.at[k]) * QUALITY_COUNT;
	return pace_is_configured(&e->config->loops[i].pace) ? mix_pacing(sum, &e->loops[i]) : sum;
}

/* Where the decision is lost, rows of nulls end what the last points began. */
static void record_points(struct engine *e, uint32_t i)
{
	static const struct point none = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
	const struct loop *loop = &e->loops[i];
	struct record record = {.kind = RECORD_POINT, .loop = i, .ts_us = loop->points_ts_us};

	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		const struct evaluation_more *more = loop->points_valid ? loop->evaluation.more : NULL;

		if (!loop->evaluation.merit[merit].present)
			continue;
		record.point.ratio = loop->points_valid ? loop->evaluation.merit[merit].ratio : NAN;
		record.point.cause_us = loop->points_cause_us;
		record.point.has_more = more != NULL;
		record.point.kind = loop->evaluation.merit[merit].is_goal ? POINT_GOAL_OPTIMAL : (enum point_kind)(2 * merit);
		record.point.point = loop->points_valid ? loop->evaluation.merit[merit].optimal : none;
		if (more)
			record.point.more = more->optimal[merit];
		emit(e, &record);
		if (loop->evaluation.merit[merit].is_goal)
			continue;
		record.point.kind = (enum point_kind)(2 * merit + 1);
		record.point.point = loop->points_valid ? loop->evaluation.merit[merit].break_even : none;
		if (more)
			record.point.more = more->break_even[merit];
		emit(e, &record);
	}
}

/* Allocated the first time that there is more; without memory for it the rest is told alone. */
static void keep_evaluation(struct loop *loop, const struct evaluation *evaluation)
{
	struct evaluation_more *kept = loop->evaluation.more;

	if (evaluation->more && !kept)
		kept = malloc(sizeof(*kept));
	if (evaluation->more && kept)
		*kept = *evaluation->more;
	else if (!evaluation->more) {
		free(kept);
		kept = NULL;
	}
	loop->evaluation = *evaluation;
	loop->evaluation.more = kept;
}

static void publish_points(struct engine *e, uint32_t i, const struct evaluation *evaluation)
{
	struct loop *loop = &e->loops[i];
	uint64_t fingerprint = points_fingerprint(evaluation);

	if (fingerprint == loop->points_seen)
		return;
	loop->points_seen = fingerprint;
	loop->points_valid = evaluation != NULL;
	loop->points_ts_us = loop->ts_us;
	loop->points_cause_us = loop->cause_us;
	loop->payloads_us = e->now.mono_us;
	if (evaluation)
		keep_evaluation(loop, evaluation);
	record_points(e, i);
	engine_announce(e, TOPIC_POINTS, i);
}

static void publish_state(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	uint64_t fingerprint = state_fingerprint(e, i);

	if (fingerprint == loop->state_seen)
		return;
	loop->state_seen = fingerprint;
	loop->payloads_us = e->now.mono_us;
	engine_announce(e, TOPIC_STATE, i);
}

/* The first at once, then the newest at most once per interval; frame NULL: there is no valid decision. */
static void publish_payloads(struct engine *e, uint32_t i, const struct loop_inputs *inputs, const struct frame *frame)
{
	struct loop *loop = &e->loops[i];
	struct evaluation evaluation;
	struct evaluation_more more;
	struct err ignored;

	if (!e->hooks.record && !e->hooks.publish)
		return;
	if (loop->payloads_us != NO_TIME && e->now.mono_us < loop->payloads_us + e->config->publish_interval_us) {
		deadlines_set(&e->deadlines, id_payloads(e, i), loop->payloads_us + e->config->publish_interval_us);
		return;
	}
	publish_points(e, i, frame && evaluate(loop_config(e, i), inputs, frame, &evaluation, &more, &ignored) ? &evaluation : NULL);
	publish_state(e, i);
	technologies_publish(e, i, frame);
	answer_publish(e, i, frame);
}

/* ---- the setpoint ----------------------------------------------------------------------- */

static void renew(struct engine *e, uint32_t i)
{
	int64_t valid_us = e->config->loops[i].valid_for_us;

	e->loops[i].setpoint.valid_until_us = e->now.utc_us + valid_us;
	if (e->options.live)
		deadlines_set(&e->deadlines, id_validity(e, i), e->now.mono_us + valid_us / 2);
	engine_announce(e, TOPIC_SETPOINT, i);
}

static bool same_temperature(double a_k, double b_k)
{
	return a_k == b_k || (isnan(a_k) && isnan(b_k));
}

/* The decision has kept the published temperature where the deadband lets it, so any other one is news. */
static bool is_news(const struct engine *e, uint32_t i, const struct setpoint *next)
{
	const struct loop *loop = &e->loops[i];
	const struct setpoint *last = &loop->setpoint;

	return !loop->published || next->hp_on != last->hp_on || next->quality != last->quality || next->reason != last->reason ||
	       next->mode != last->mode || strcmp(next->technology, last->technology) != 0 || next->objective != last->objective || e->config->loops[i].deadband_k <= 0 ||
	       !same_temperature(loop->decision.t_k, loop->published_k);
}

static void publish_setpoint(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	struct record record = {.kind = RECORD_SETPOINT, .loop = i, .ts_us = loop->ts_us};
	struct setpoint next = decision_setpoint(loop_config(e, i), &loop->decision, loop->quality);

	answer_mark(e, i, &next);
	if (!is_news(e, i, &next))
		return;
	next.ts_us = loop->ts_us;
	next.cause_us = loop->cause_us;
	next.seq = ++loop->seq;
	loop->setpoint = next;
	loop->published_k = loop->decision.t_k;
	loop->published = true;
	renew(e, i);
	record.setpoint = loop->setpoint;
	emit(e, &record);
}

/* ---- the decision ----------------------------------------------------------------------- */

static int64_t newest_sample_us(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);
	int64_t newest = NO_TIME;

	for (size_t k = 0; k < signals.n; k++)
		if (!slot_is_measured(e->config->signals[signals.at[k]].slot) && plant_ts_us(e->plant, signals.at[k]) > newest)
			newest = plant_ts_us(e->plant, signals.at[k]);
	return newest;
}

/* Room for it is made when a loop lacks a decision, or lacks it in more words than before. */
static void remember_why(struct loop *loop, const char *why)
{
	size_t len = strnlen(why, WHY_SIZE - 1);
	char *room = loop->why;

	if (!room || strlen(room) < len)
		room = realloc(loop->why, len + 1);
	if (!room)
		return;
	memcpy(room, why, len);
	room[len] = '\0';
	loop->why = room;
}

static const struct basis_words {
	enum severity severity;
	const char *code, *done;
} basis_words[BASIS_COUNT] = {
	[BASIS_INPUTS] = {SEVERITY_INFO, "loop_good", ""},
	[BASIS_HOLD] = {SEVERITY_WARNING, "loop_hold", "the last setpoint is held"},
	[BASIS_FALLBACK] = {SEVERITY_WARNING, "loop_fallback", "the fallback is asked for"},
	[BASIS_HAND] = {SEVERITY_WARNING, "loop_manual", "the manual temperature is asked for"},
	[BASIS_NONE] = {SEVERITY_WARNING, "loop_bad", "heat pump off"},
};

static void tell(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	const struct basis_words *words = &basis_words[loop->basis];
	const char *name = e->config->loops[i].name;
	char message[EVENT_MESSAGE_MAX], before_it[64] = "";
	uint32_t held_back;

	if (!ratelim_take(&loop->tellings, e->now.mono_us, &held_back))
		return;
	if (held_back > 0)
		snprintf(before_it, sizeof(before_it), " (after %u changes that were not told)", held_back);
	if (loop->basis == BASIS_INPUTS)
		snprintf(message, sizeof(message), "%s: valid decisions again, quality %s%s", name, quality_text[loop->quality], before_it);
	else
		snprintf(message, sizeof(message), "%s: no valid decision: %s; %s%s", name, loop->why ? loop->why : "", words->done, before_it);
	loop->told = loop->basis;
	emit_event(e, i, e->now.utc_us, words->severity, words->code, message);
}

static void tell_doubt(struct engine *e, uint32_t i)
{
	char message[EVENT_MESSAGE_MAX];
	uint32_t held_back;

	if (!ratelim_take(&e->loops[i].tellings, e->now.mono_us, &held_back))
		return;
	if (e->loops[i].doubted)
		snprintf(message, sizeof(message), "%s: inputs contradict each other: %s; decisions go on, uncertain",
		         e->config->loops[i].name, e->loops[i].why ? e->loops[i].why : "");
	else
		snprintf(message, sizeof(message), "%s: inputs agree again", e->config->loops[i].name);
	emit_event(e, i, e->now.utc_us, e->loops[i].doubted ? SEVERITY_WARNING : SEVERITY_INFO,
	           e->loops[i].doubted ? "loop_contradiction" : "loop_agreement", message);
}

static enum quality quality_of(const struct loop *loop, enum quality inputs)
{
	switch (loop->basis) {
	case BASIS_INPUTS:
		return inputs;
	case BASIS_HOLD:
	case BASIS_FALLBACK:
	case BASIS_HAND:
		return QUALITY_UNCERTAIN;
	case BASIS_NONE:
	case BASIS_COUNT:
		break;
	}
	return QUALITY_BAD;
}

/* before: what the decision that was published rests on. */
static void become(struct engine *e, uint32_t i, enum basis before, const struct sight *sight)
{
	struct loop *loop = &e->loops[i];
	bool decided = loop->basis == BASIS_INPUTS, was_doubted = loop->doubted;

	loop->quality = quality_of(loop, sight->quality);
	loop->doubted = decided && sight->frame.checked != QUALITY_GOOD;
	if (!decided || loop->doubted || loop->decision.reason == REASON_NO_TECHNOLOGY)
		remember_why(loop, sight->why.text);
	if (loop->basis != before)
		tell(e, i);
	if (decided && loop->doubted != was_doubted)
		tell_doubt(e, i);
	if (decided)
		tell_machine(e, i, &sight->inputs);
}

static void account(struct loop *loop, const struct frame *frame)
{
	point_savings(frame, loop->decision.q_kw, loop->decision.p_kw, &loop->savings);
	loop->savings.cost_savings_eur_h += loop->decision.made_eur_h;
	loop->savings.carbon_savings_kg_h += loop->decision.made_kg_h;
	loop->reference_eur_h = frame_reference(frame, MERIT_COST);
	loop->reference_kg_h = frame_reference(frame, MERIT_CARBON);
}

/* Also while a substitute would allow a decision: the first one is not to be made on values that are about to come. What
 * runs on from before a reload is stopped all the same. */
static bool starting(const struct engine *e, uint32_t i)
{
	const struct loop *loop = &e->loops[i];

	return !loop->settled && e->now.mono_us < e->started_us + e->options.startup_us && loop_awaits(e, i) &&
	       !(loop->published && loop_must_stop(e, i));
}

/* Now; but after the one before, and not before what caused it, whatever the clock says. */
static int64_t next_stamp(struct engine *e, const struct loop *loop)
{
	int64_t ts_us = e->now.utc_us > loop->ts_us ? e->now.utc_us : loop->ts_us + 1;

	if (loop->cause_us > ts_us)
		ts_us = loop->cause_us;
	if (ts_us > e->stamped_us)
		e->stamped_us = ts_us;
	return ts_us;
}

void loop_recompute(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	enum basis before = loop->basis;
	struct sight sight;

	answer_read(e, i);
	learn_follow(e, i);
	if (starting(e, i))
		return;
	loop_look(e, i, &sight);
	loop->settled = true;
	loop->updates++;
	loop->cause_us = newest_sample_us(e, i);
	loop->ts_us = next_stamp(e, loop);
	loop_decide(e, i, &sight);
	if (sight.valid)
		account(loop, &sight.frame);
	become(e, i, before, &sight);
	publish_setpoint(e, i);
	answer_decided(e, i, &sight);
	publish_payloads(e, i, &sight.inputs, sight.valid ? &sight.frame : NULL);
}

void loop_payloads_due(struct engine *e, uint32_t i)
{
	struct sight sight;

	if (e->loops[i].dirty)
		return; /* it is about to be recomputed, and publishes then */
	loop_look(e, i, &sight);
	publish_payloads(e, i, &sight.inputs, sight.valid ? &sight.frame : NULL);
}

void loop_keep_valid(struct engine *e, uint32_t i)
{
	if (e->loops[i].basis != e->loops[i].told)
		tell(e, i); /* it was held back while the loop flapped */
	renew(e, i);
}

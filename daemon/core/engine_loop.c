/* One loop: from the plant's present values to a decision, and what of it is news to SCADA and the history. */
#include "engine_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_SIZE = 320 };

static void announce(struct engine *e, enum topic_kind kind, uint32_t loop)
{
	if (e->hooks.publish)
		e->hooks.publish(e->hooks.ctx, kind, loop);
}

/* ---- points and state, on change -------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 29);
}

static uint64_t mix_fields(uint64_t hash, const struct field *fields, const void *base)
{
	for (; fields->name; fields++) {
		uint64_t word = 0;

		memcpy(&word, (const char *)base + fields->offset, fields->type == FIELD_BOOL ? sizeof(bool) : sizeof(word));
		hash = mix(hash, word);
	}
	return hash;
}

/* Never 0; 1 where there are no points. */
static uint64_t points_fingerprint(const struct evaluation *evaluation)
{
	uint64_t hash = 1;

	if (!evaluation)
		return hash;
	hash = mix_fields(hash, point_inputs_fields, &evaluation->inputs);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!evaluation->merit[merit].present)
			continue;
		hash = mix_fields(hash, point_fields, &evaluation->merit[merit].optimal);
		hash = mix_fields(hash, point_fields, &evaluation->merit[merit].break_even);
	}
	return hash | 2;
}

/* Signals' versions only rise, so their sum tells every change. */
static uint64_t state_fingerprint(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);
	uint64_t sum = 1 + e->loops[i].quality;

	for (size_t k = 0; k < signals.n; k++)
		sum += (uint64_t)plant_version(e->plant, signals.at[k]) * QUALITY_COUNT;
	return sum;
}

/* Where the decision is lost, rows of nulls end what the last points began. */
static void record_points(struct engine *e, uint32_t i)
{
	static const struct point none = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
	const struct loop *loop = &e->loops[i];
	struct record record = {.kind = RECORD_POINT, .loop = i, .ts_us = loop->points_ts_us};

	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!loop->evaluation.merit[merit].present)
			continue;
		record.point.ratio = loop->points_valid ? loop->evaluation.merit[merit].ratio : NAN;
		record.point.cause_us = loop->points_cause_us;
		record.point.kind = (enum point_kind)(2 * merit);
		record.point.point = loop->points_valid ? loop->evaluation.merit[merit].optimal : none;
		emit(e, &record);
		record.point.kind = (enum point_kind)(2 * merit + 1);
		record.point.point = loop->points_valid ? loop->evaluation.merit[merit].break_even : none;
		emit(e, &record);
	}
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
		loop->evaluation = *evaluation;
	record_points(e, i);
	announce(e, TOPIC_POINTS, i);
}

static void publish_state(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	uint64_t fingerprint = state_fingerprint(e, i);

	if (fingerprint == loop->state_seen)
		return;
	loop->state_seen = fingerprint;
	loop->payloads_us = e->now.mono_us;
	announce(e, TOPIC_STATE, i);
}

/* The first at once, then the newest at most once per interval; frame NULL: there is no valid decision. */
static void publish_payloads(struct engine *e, uint32_t i, const struct loop_inputs *inputs, const struct frame *frame)
{
	struct loop *loop = &e->loops[i];
	struct evaluation evaluation;
	struct err ignored;

	if (!e->hooks.record && !e->hooks.publish)
		return;
	if (loop->payloads_us != NO_TIME && e->now.mono_us < loop->payloads_us + e->config->publish_interval_us) {
		deadlines_set(&e->deadlines, id_payloads(e, i), loop->payloads_us + e->config->publish_interval_us);
		return;
	}
	publish_points(e, i, frame && evaluate(&e->config->loops[i], inputs, frame, &evaluation, &ignored) ? &evaluation : NULL);
	publish_state(e, i);
}

/* ---- the setpoint ----------------------------------------------------------------------- */

static void renew(struct engine *e, uint32_t i)
{
	int64_t valid_us = e->config->loops[i].valid_for_us;

	e->loops[i].setpoint.valid_until_us = e->now.utc_us + valid_us;
	if (e->options.live)
		deadlines_set(&e->deadlines, id_validity(e, i), e->now.mono_us + valid_us / 2);
	announce(e, TOPIC_SETPOINT, i);
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
	       next->mode != last->mode || next->objective != last->objective || e->config->loops[i].deadband_k <= 0 ||
	       !same_temperature(loop->decision.t_k, loop->published_k);
}

static void publish_setpoint(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	struct record record = {.kind = RECORD_SETPOINT, .loop = i, .ts_us = loop->ts_us};
	struct setpoint next = decision_setpoint(&e->config->loops[i], &loop->decision, loop->quality);

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

static bool awaits(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	for (size_t k = 0; k < signals.n; k++)
		if (plant_awaited(e->plant, signals.at[k]))
			return true;
	return false;
}

static bool all_received(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	for (size_t k = 0; k < signals.n; k++)
		if (!plant_received(e->plant, signals.at[k]))
			return false;
	return true;
}

static int64_t newest_sample_us(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);
	int64_t newest = NO_TIME;

	for (size_t k = 0; k < signals.n; k++)
		if (plant_ts_us(e->plant, signals.at[k]) > newest)
			newest = plant_ts_us(e->plant, signals.at[k]);
	return newest;
}

/* The inlet while it can be read, for the off value; else NaN. */
static double inlet_k(const struct engine *e, const struct loop_config *config)
{
	const struct input *inlet = &config->slot[SLOT_SINK_T_IN];
	double t_k;

	if (config->n_curve > 0 && config->curve[0].latent)
		inlet = &config->curve[0].t_out;
	else if (config->n_curve > 0 && config->curve[0].t_in.kind != INPUT_ABSENT)
		inlet = &config->curve[0].t_in;
	if (inlet->kind == INPUT_CONSTANT)
		return inlet->value;
	if (inlet->kind == INPUT_SIGNAL && plant_read(e->plant, inlet->signal, &t_k) != QUALITY_BAD)
		return t_k;
	return NAN;
}

/* Gathers and checks; false with the reason where no decision is possible. */
static bool look(const struct engine *e, uint32_t i, struct loop_inputs *inputs, struct frame *frame, enum quality *quality,
                 struct err *why)
{
	const struct loop_config *config = &e->config->loops[i];
	uint32_t bad = 0;
	char words[256];

	*quality = inputs_gather(config, plant_read, e->plant, inputs, &bad);
	if (*quality == QUALITY_GOOD && e->clock == CLOCK_UNSET)
		*quality = QUALITY_UNCERTAIN;
	if (*quality != QUALITY_BAD) {
		if (!frame_build(config, inputs, frame, why))
			return false;
		*quality = frame->checked < *quality ? frame->checked : *quality;
		return true;
	}
	plant_why(e->plant, bad, words, sizeof(words));
	err_set(why, "%s: %s", e->config->signals[bad].name, words);
	return false;
}

/* Allocated the first time a loop lacks a decision. */
static void remember_why(struct loop *loop, const char *why)
{
	if (!loop->why)
		loop->why = malloc(WHY_SIZE);
	if (loop->why)
		snprintf(loop->why, WHY_SIZE, "%.*s", WHY_SIZE - 1, why);
}

static void tell(struct engine *e, uint32_t i, bool bad)
{
	struct loop *loop = &e->loops[i];
	const char *name = e->config->loops[i].name;
	char message[EVENT_MESSAGE_MAX], before_it[64] = "";
	uint32_t held_back;

	if (!ratelim_take(&loop->tellings, e->now.mono_us, &held_back))
		return;
	if (held_back > 0)
		snprintf(before_it, sizeof(before_it), " (after %u changes that were not told)", held_back);
	if (bad)
		snprintf(message, sizeof(message), "%s: no valid decision: %s; heat pump off%s", name, loop->why ? loop->why : "", before_it);
	else
		snprintf(message, sizeof(message), "%s: valid decisions again, quality %s%s", name, quality_text[loop->quality], before_it);
	loop->told_bad = bad;
	emit_event(e, i, e->now.utc_us, bad ? SEVERITY_WARNING : SEVERITY_INFO, bad ? "loop_bad" : "loop_good", message);
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

/* why: words where the quality is bad, or where inputs contradict each other; else NULL. */
static void become(struct engine *e, uint32_t i, enum quality quality, const char *why)
{
	struct loop *loop = &e->loops[i];
	bool was_bad = loop->published && loop->quality == QUALITY_BAD, bad = quality == QUALITY_BAD;
	bool was_doubted = loop->doubted;

	loop->quality = quality;
	loop->doubted = why && !bad;
	if (why)
		remember_why(loop, why);
	if (bad != was_bad)
		tell(e, i, bad);
	if (loop->doubted != was_doubted && !bad)
		tell_doubt(e, i);
}

static void account(struct loop *loop, const struct frame *frame)
{
	point_savings(frame, loop->decision.q_kw, loop->decision.p_kw, &loop->savings);
	loop->reference_eur_h = frame->rates[MERIT_COST].heat * frame->curve.q_total_kw / 1000;
	loop->reference_kg_h = frame->rates[MERIT_CARBON].heat * frame->curve.q_total_kw / 1000;
}

/* Also while a substitute would allow a decision: the first one is not to be made on values that are about to come. */
static bool starting(const struct engine *e, uint32_t i)
{
	return !e->loops[i].settled && e->now.mono_us < e->started_us + e->options.startup_us && awaits(e, i);
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
	const struct loop_config *config = &e->config->loops[i];
	struct loop *loop = &e->loops[i];
	struct kept kept = {.on = loop->setpoint.hp_on, .t_k = loop->published ? loop->published_k : NAN};
	struct loop_inputs inputs;
	struct frame frame;
	enum quality quality;
	struct err why;
	bool valid = look(e, i, &inputs, &frame, &quality, &why) && decide(config, &frame, kept, &loop->decision, &why);

	if (starting(e, i))
		return;
	loop->settled = true;
	loop->updates++;
	loop->cause_us = newest_sample_us(e, i);
	loop->ts_us = next_stamp(e, loop);
	if (valid)
		account(loop, &frame);
	else
		decide_off(config, inlet_k(e, config), kept, loop->decided || all_received(e, i) ? REASON_BAD_INPUT : REASON_STARTUP,
		           &loop->decision);
	loop->decided |= valid;
	become(e, i, valid ? quality : QUALITY_BAD, valid && frame.checked == QUALITY_GOOD ? NULL : why.text);
	publish_setpoint(e, i);
	publish_payloads(e, i, &inputs, valid ? &frame : NULL);
}

void loop_payloads_due(struct engine *e, uint32_t i)
{
	struct loop_inputs inputs;
	struct frame frame;
	enum quality quality;
	struct err why;
	bool valid;

	if (e->loops[i].dirty)
		return; /* it is about to be recomputed, and publishes then */
	valid = look(e, i, &inputs, &frame, &quality, &why);
	publish_payloads(e, i, &inputs, valid ? &frame : NULL);
}

void loop_keep_valid(struct engine *e, uint32_t i)
{
	bool bad = e->loops[i].quality == QUALITY_BAD;

	if (bad != e->loops[i].told_bad)
		tell(e, i, bad); /* it was held back while the loop flapped */
	renew(e, i);
}

/* Messages mark loops dirty; engine_run recomputes each dirty loop once and publishes what changed. Deadlines (a value
 * turns stale, a setpoint's validity runs out, a held-back payload may go, a ramp steps or a wait ends, the start is over)
 * sit in one heap. */
#include "engine_internal.h"

#include "payload.h"
#include "payload_answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const topic_kind_text[TOPIC_KIND_COUNT] = {"setpoint", "operating_points", "state", "actual", "totals", "technologies", "summary", "alarms"};

/* ---- the dirty queue -------------------------------------------------------------------- */

void engine_mark(struct engine *e, uint32_t loop)
{
	if (e->loops[loop].dirty)
		return;
	e->loops[loop].dirty = true;
	e->queue[(e->queue_first + e->queue_n++) % e->config->n_loops] = loop;
}

static uint32_t take_dirty(struct engine *e)
{
	uint32_t loop = e->queue[e->queue_first];

	e->queue_first = (e->queue_first + 1) % e->config->n_loops;
	e->queue_n--;
	e->loops[loop].dirty = false;
	return loop;
}

void engine_announce(struct engine *e, enum topic_kind kind, uint32_t loop)
{
	if (e->hooks.publish)
		e->hooks.publish(e->hooks.ctx, kind, loop);
}

void engine_mark_all(struct engine *e)
{
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		engine_mark(e, i);
}

static void mark_unsettled(struct engine *e)
{
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		if (!e->loops[i].settled)
			engine_mark(e, i);
}

/* ---- what the plant tells --------------------------------------------------------------- */

void emit_event(struct engine *e, uint32_t loop, int64_t ts_us, enum severity severity, const char *code, const char *message)
{
	struct record record = {.kind = RECORD_EVENT, .loop = loop, .ts_us = ts_us};

	record.event.severity = severity;
	record.event.code = code;
	snprintf(record.event.message, sizeof(record.event.message), "%s", message);
	emit(e, &record);
}

static void on_sample(void *ctx, uint32_t signal, int64_t ts_us, double value, enum quality quality)
{
	struct engine *e = ctx;
	struct record record = {.kind = RECORD_SAMPLE, .loop = NO_LOOP, .ts_us = ts_us};

	record.sample.signal = signal;
	record.sample.quality = quality == QUALITY_GOOD && e->clock == CLOCK_UNSET ? QUALITY_UNCERTAIN : quality;
	record.sample.value = value;
	emit(e, &record);
}

static void on_changed(void *ctx, uint32_t signal)
{
	struct engine *e = ctx;
	struct neighbours loops = graph_loops(&e->graph, signal);

	for (size_t i = 0; i < loops.n; i++) {
		if (slot_is_measured(e->config->signals[signal].slot))
			answer_changed(e, loops.at[i]);
		else
			engine_mark(e, loops.at[i]);
	}
}

static void on_stale_at(void *ctx, uint32_t signal, int64_t mono_us)
{
	struct engine *e = ctx;

	deadlines_set(&e->deadlines, signal, mono_us);
}

/* An event of a loop's own signal is the loop's; of a shared one, the service's. */
static void on_event(void *ctx, uint32_t signal, int64_t ts_us, enum severity severity, const char *code, const char *message)
{
	struct engine *e = ctx;
	struct neighbours loops = graph_loops(&e->graph, signal);
	bool own = strncmp(e->config->signals[signal].name, "loops.", 6) == 0 && loops.n > 0;

	emit_event(e, own ? loops.at[0] : NO_LOOP, ts_us, severity, code, message);
}

/* ---- life ------------------------------------------------------------------------------- */

static void init_loop(struct loop *loop)
{
	*loop = (struct loop){.ts_us = NO_TIME, .cause_us = NO_TIME, .payloads_us = NO_TIME, .published_k = NAN, .quality = QUALITY_GOOD,
	                      .bad_since_us = NO_TIME, .next_us = INT64_MAX, .technology = NO_TECHNOLOGY, .decision = {.technology = NO_TECHNOLOGY}};
	pace_init(&loop->pace);
}

struct engine *engine_new(const struct config *config, const struct engine_options *options, const struct engine_hooks *hooks,
                          struct instant now)
{
	struct engine *e = calloc(1, sizeof(*e));
	struct plant_hooks plant_hooks = {.ctx = e, .sample = on_sample, .changed = on_changed, .stale_at = on_stale_at, .event = on_event};

	if (!e)
		return NULL;
	*e = (struct engine){.config = config, .options = *options, .hooks = *hooks, .started_us = now.mono_us, .now = now,
	                     .offset_us = now.utc_us - now.mono_us, .stamped_us = NO_TIME, .site_us = NO_TIME, .alarms_news = true};
	e->plant = plant_new(config, options->staleness, &plant_hooks);
	e->loops = calloc(config->n_loops, sizeof(*e->loops));
	e->queue = calloc(config->n_loops, sizeof(*e->queue));
	if (!e->plant || !e->loops || !e->queue || !graph_init(&e->graph, config) || !alarms_init(&e->alarms, config) ||
	    !deadlines_init(&e->deadlines, id_count(e))) {
		engine_free(e);
		return NULL;
	}
	totals_begin(e);
	override_init(&e->site_wishes);
	for (uint32_t i = 0; i < config->n_loops; i++) {
		init_loop(&e->loops[i]);
		answer_init(e, i);
	}
	alarm_site_news(e);
	mark_unsettled(e);
	if (options->startup_us > 0)
		deadlines_set(&e->deadlines, id_startup(e), now.mono_us + options->startup_us);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	plant_free(e->plant);
	for (size_t i = 0; e->loops && i < e->config->n_loops; i++) {
		free(e->loops[i].why);
		free(e->loops[i].operated);
		free(e->loops[i].answer.actual);
		free(e->loops[i].answer.learning);
		free(e->loops[i].evaluation.more);
		free(e->loops[i].ranking.told);
	}
	alarms_done(&e->alarms);
	graph_done(&e->graph);
	deadlines_done(&e->deadlines);
	free(e->loops);
	free(e->queue);
	free(e);
}

void engine_resume(struct engine *e, uint32_t loop, int64_t seq, int64_t ts_us)
{
	e->loops[loop].seq += seq;
	if (ts_us > e->loops[loop].ts_us)
		e->loops[loop].ts_us = ts_us;
	if (ts_us > e->stamped_us)
		e->stamped_us = ts_us;
}

void engine_resume_pace(struct engine *e, uint32_t loop, const struct pace_past *past)
{
	bool was_on = e->loops[loop].pace.on;

	pace_resume(&e->loops[loop].pace, past, e->config->loops[loop].valid_for_us, e->offset_us, e->now.mono_us);
	if (e->loops[loop].pace.on && !was_on)
		e->loops[loop].technology = technology_index(&e->config->loops[loop], past->technology);
}

/* ---- another configuration -------------------------------------------------------------- */

/* All but what depends on indexes. The state names signals and units, so it is told anew. */
static void adopt_loop(struct engine *e, uint32_t i, struct engine *old, uint32_t from)
{
	int64_t due_us = deadlines_get(&old->deadlines, id_validity(old, from));
	bool dirty = e->loops[i].dirty;

	e->loops[i] = old->loops[from];
	e->loops[i].dirty = dirty;
	e->loops[i].settled = false;
	e->loops[i].state_seen = 0;
	e->loops[i].units_out = 0; /* they may be others */
	old->loops[from].why = NULL;
	old->loops[from].operated = NULL;
	old->loops[from].answer.actual = NULL;
	old->loops[from].answer.learning = NULL;
	old->loops[from].evaluation.more = NULL;
	old->loops[from].ranking.told = NULL;
	technologies_adopt(e, i, old, from);
	answer_adopt(e, i, old, from);
	if (due_us != INT64_MAX)
		deadlines_set(&e->deadlines, id_validity(e, i), due_us);
}

void engine_adopt(struct engine *e, struct instant now, struct engine *old, const uint32_t *loops, const uint32_t *signals)
{
	e->offset_us = old->offset_us;
	e->stamped_us = old->stamped_us;
	e->day_us = old->day_us;
	e->clock = old->clock;
	engine_at(e, now);
	plant_adopt(e->plant, now, old->plant, signals, now.mono_us + e->options.startup_us,
	            now.mono_us >= old->started_us + old->options.startup_us);
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		if (loops[i] != NO_LOOP)
			adopt_loop(e, i, old, loops[i]);
	engine_adopt_wishes(e, old);
	alarms_adopt(&e->alarms, NO_LOOP, &old->alarms, NO_LOOP);
	totals_day_due(e);
}

void engine_last(const struct engine *e, uint32_t loop, int64_t *seq, int64_t *ts_us)
{
	*seq = e->loops[loop].seq;
	*ts_us = e->loops[loop].ts_us;
}

bool engine_awaits(const struct engine *e, uint32_t signal)
{
	return plant_awaited(e->plant, signal);
}

static void on_deadline(struct engine *e, uint32_t id)
{
	if (id < e->config->n_signals)
		plant_expire(e->plant, e->now, id);
	else if (id < id_payloads(e, 0))
		loop_keep_valid(e, id - id_validity(e, 0));
	else if (id < id_pace(e, 0))
		loop_payloads_due(e, id - id_payloads(e, 0));
	else if (id < id_wish(e, 0))
		engine_mark(e, id - id_pace(e, 0));
	else if (id < id_tariff(e, 0))
		loop_end_wishes(e, id - id_wish(e, 0));
	else if (id < id_follow(e, 0))
		engine_mark(e, id - id_tariff(e, 0));
	else if (id < id_totals(e, 0))
		answer_follow_due(e, id - id_follow(e, 0));
	else if (id < id_startup(e))
		totals_due(e, id - id_totals(e, 0));
	else if (id == id_startup(e))
		mark_unsettled(e);
	else if (id == id_site(e))
		alarm_site_due(e);
	else
		totals_day_due(e);
}

/* ---- the outside ------------------------------------------------------------------------ */

void engine_message(struct engine *e, struct instant now, const char *topic, const void *payload, size_t len, bool retained)
{
	engine_at(e, now);
	plant_message(e->plant, now, topic, payload, len, retained);
}

void engine_field(struct engine *e, struct instant now, uint32_t signal, const char *text)
{
	engine_at(e, now);
	plant_field(e->plant, now, signal, text);
}

size_t engine_run(struct engine *e, struct instant now, size_t max_loops)
{
	uint32_t id;

	engine_at(e, now);
	while (deadlines_pop(&e->deadlines, now.mono_us, &id))
		on_deadline(e, id);
	plant_settle(e->plant, now);
	for (; e->queue_n > 0 && max_loops > 0; max_loops--)
		loop_recompute(e, take_dirty(e));
	return e->queue_n;
}

int64_t engine_next_us(const struct engine *e)
{
	return e->queue_n > 0 ? NO_TIME : deadlines_next_us(&e->deadlines);
}

static const char *state_reason(const struct engine *e, const struct loop *loop)
{
	if (loop->basis != BASIS_INPUTS || loop->doubted || loop->decision.reason == REASON_NO_TECHNOLOGY)
		return loop->why;
	return e->clock == CLOCK_UNSET ? "the system clock is not set" : NULL;
}

static int64_t utc_of(const struct engine *e, int64_t mono_us)
{
	return mono_us == NO_TIME || mono_us == INT64_MAX ? NO_TIME : mono_us + e->offset_us;
}

static void encode_pacing(const struct engine *e, const struct loop *loop, struct json_out *out)
{
	json_out_object(out, "pacing");
	json_out_number(out, "t_target_c", k_to_c(loop->pace.target_k));
	json_out_time(out, "since", utc_of(e, loop->pace.since_us));
	json_out_integer(out, "starts_24h", pace_starts_day(&loop->pace, e->now.mono_us));
	json_out_time(out, "next", utc_of(e, loop->next_us));
	json_out_object_end(out);
}

static void encode_state(const struct engine *e, uint32_t i, struct json_out *out)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	json_out_object(out, NULL);
	json_out_time(out, "ts", e->loops[i].ts_us);
	json_out_text(out, "quality", quality_text[e->loops[i].quality]);
	json_out_text(out, "reason", state_reason(e, &e->loops[i]));
	if (pace_is_configured(&e->config->loops[i].pace))
		encode_pacing(e, &e->loops[i], out);
	loop_write_wishes(e, i, out);
	json_out_object(out, "inputs");
	for (size_t k = 0; k < signals.n; k++)
		plant_write(e->plant, signals.at[k], out);
	json_out_object_end(out);
	json_out_object_end(out);
}

static bool encode_loop(const struct engine *e, enum topic_kind kind, uint32_t i, struct json_out *out)
{
	const struct loop *loop = &e->loops[i];

	if (!loop->published)
		return false;
	switch (kind) {
	case TOPIC_SETPOINT:
		payload_setpoint(out, &loop->setpoint);
		break;
	case TOPIC_POINTS:
		json_out_object(out, NULL);
		payload_points(out, loop->points_ts_us, loop->points_cause_us, loop->points_valid ? &loop->evaluation : NULL,
		               machines_of_loop(loop_config(e, i)), NULL);
		json_out_object_end(out);
		break;
	case TOPIC_STATE:
		encode_state(e, i, out);
		break;
	case TOPIC_ACTUAL:
		if (loop->answer.actual_ts_us == NO_TIME)
			return false;
		payload_actual(out, loop->answer.actual_ts_us, &loop->answer.feedback, loop->answer.actual, loop->answer.deviates_us == NO_TIME);
		break;
	case TOPIC_TOTALS:
		payload_totals(out, loop->answer.totals_ts_us, &e->config->loops[i], &loop->answer.totals);
		break;
	case TOPIC_TECHNOLOGIES:
		if (!loop->ranking.told)
			return false;
		payload_technologies(out, loop->ranking.ts_us, loop->ranking.cause_us, loop->ranking.valid ? loop->ranking.told : NULL);
		break;
	case TOPIC_SUMMARY:
	case TOPIC_ALARMS:
	case TOPIC_KIND_COUNT:
		return false;
	}
	return true;
}

bool engine_encode(const struct engine *e, enum topic_kind kind, uint32_t i, struct json_out *out)
{
	if (kind == TOPIC_SUMMARY)
		totals_write_summary(e, out);
	else if (kind == TOPIC_ALARMS)
		alarms_write(&e->alarms, e->now.utc_us, out);
	else
		return encode_loop(e, kind, i, out);
	return true;
}

unsigned engine_valid_for_s(const struct engine *e, uint32_t loop, int64_t utc_us)
{
	int64_t left_us = e->loops[loop].setpoint.valid_until_us - utc_us;

	return left_us > 1000000 ? (unsigned)(left_us / 1000000) : 1;
}

void engine_loop_now(const struct engine *e, uint32_t i, struct loop_now *out)
{
	const struct loop *loop = &e->loops[i];

	*out = (struct loop_now){
		.valid = loop->published && loop->quality != QUALITY_BAD && !isnan(loop->decision.q_kw),
		.on = loop->decision.on && !feedback_is_local(&loop->answer.feedback),
		.makes_power = loop->decision.reason == REASON_HEAT_TO_POWER && !feedback_is_local(&loop->answer.feedback),
		.starts = loop->pace.starts,
		.q_sink_kw = loop->decision.q_kw,
		.p_elec_kw = loop->decision.p_kw,
		.cost_reference_eur_h = loop->reference_eur_h,
		.cost_savings_eur_h = loop->savings.cost_savings_eur_h,
		.carbon_reference_kg_h = loop->reference_kg_h,
		.carbon_savings_kg_h = loop->savings.carbon_savings_kg_h,
		.updates = loop->updates,
	};
}

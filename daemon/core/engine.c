/* Messages mark loops dirty; engine_run recomputes each dirty loop once and publishes what changed. Deadlines (a value
 * turns stale, a setpoint's validity runs out, a held-back payload may go, the start is over) sit in one heap. */
#include "engine.h"

#include "deadline.h"
#include "graph.h"
#include "payload.h"
#include "plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const topic_kind_text[TOPIC_KIND_COUNT] = {"setpoint", "operating_points", "state"};

struct loop {
	struct setpoint setpoint;        /* the newest published */
	struct decision decision;        /* as it runs, also where not published */
	struct evaluation evaluation;    /* valid where points_valid */
	struct point savings;            /* of the decision */
	double reference_eur_h, reference_kg_h;
	int64_t ts_us;                   /* of the last decision; strictly rising */
	int64_t points_ts_us, cause_us;
	int64_t payloads_us;             /* monotonic: when points or state were last published */
	uint64_t points_seen, state_seen; /* fingerprints of what was last published; 0: nothing */
	uint64_t points_now, state_now;
	uint64_t updates;
	enum quality quality;
	bool dirty, published, points_valid;
};

struct engine {
	const struct config *config;
	struct engine_options options;
	struct engine_hooks hooks;
	struct plant *plant;
	struct graph graph;
	struct deadlines deadlines;
	struct loop *loops;
	uint32_t *queue;                 /* a ring of dirty loops */
	size_t queue_first, queue_n;
	int64_t started_us;              /* monotonic */
	struct instant now;              /* of the call that is running */
};

/* ---- deadlines: ids are signals, then three ranges ------------------------------------- */

static uint32_t id_validity(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + loop);
}

static uint32_t id_payloads(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + e->config->n_loops + loop);
}

static uint32_t id_startup(const struct engine *e)
{
	return (uint32_t)(e->config->n_signals + 2 * e->config->n_loops);
}

/* ---- the dirty queue -------------------------------------------------------------------- */

static void mark(struct engine *e, uint32_t loop)
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

static void mark_unpublished(struct engine *e)
{
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		if (!e->loops[i].published)
			mark(e, i);
}

/* ---- what the plant tells --------------------------------------------------------------- */

static void emit(struct engine *e, const struct record *record)
{
	if (e->hooks.record)
		e->hooks.record(e->hooks.ctx, record);
}

static void emit_event(struct engine *e, uint32_t loop, int64_t ts_us, enum severity severity, const char *code, const char *message)
{
	struct record record = {.kind = RECORD_EVENT, .loop = loop, .ts_us = ts_us};

	record.event.severity = severity;
	record.event.code = code;
	snprintf(record.event.message, sizeof(record.event.message), "%s", message);
	emit(e, &record);
}

static void on_sample(void *ctx, uint32_t signal, int64_t ts_us, double value, enum quality quality)
{
	struct record record = {.kind = RECORD_SAMPLE, .loop = NO_LOOP, .ts_us = ts_us};

	record.sample.signal = signal;
	record.sample.quality = quality;
	record.sample.value = value;
	emit(ctx, &record);
}

static void on_changed(void *ctx, uint32_t signal)
{
	struct engine *e = ctx;
	struct neighbours loops = graph_loops(&e->graph, signal);

	for (size_t i = 0; i < loops.n; i++)
		mark(e, loops.at[i]);
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

struct engine *engine_new(const struct config *config, const struct engine_options *options, const struct engine_hooks *hooks,
                          struct instant now)
{
	struct engine *e = calloc(1, sizeof(*e));
	struct plant_hooks plant_hooks = {.ctx = e, .sample = on_sample, .changed = on_changed, .stale_at = on_stale_at, .event = on_event};

	if (!e)
		return NULL;
	*e = (struct engine){.config = config, .options = *options, .hooks = *hooks, .started_us = now.mono_us, .now = now};
	e->plant = plant_new(config, options->staleness, &plant_hooks);
	e->loops = calloc(config->n_loops, sizeof(*e->loops));
	e->queue = calloc(config->n_loops, sizeof(*e->queue));
	if (!e->plant || !e->loops || !e->queue || !graph_init(&e->graph, config) ||
	    !deadlines_init(&e->deadlines, config->n_signals + 2 * config->n_loops + 1)) {
		engine_free(e);
		return NULL;
	}
	for (uint32_t i = 0; i < config->n_loops; i++)
		e->loops[i] = (struct loop){.ts_us = NO_TIME, .cause_us = NO_TIME, .payloads_us = NO_TIME, .quality = QUALITY_GOOD};
	mark_unpublished(e);
	if (options->startup_us > 0)
		deadlines_set(&e->deadlines, id_startup(e), now.mono_us + options->startup_us);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	plant_free(e->plant);
	graph_done(&e->graph);
	deadlines_done(&e->deadlines);
	free(e->loops);
	free(e->queue);
	free(e);
}

void engine_resume(struct engine *e, uint32_t loop, int64_t seq, int64_t ts_us)
{
	e->loops[loop].setpoint.seq = seq;
	e->loops[loop].ts_us = ts_us;
}

/* ---- fingerprints ----------------------------------------------------------------------- */

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

static uint64_t points_fingerprint(const struct loop *loop)
{
	uint64_t hash = 1;

	if (!loop->points_valid)
		return hash;
	hash = mix_fields(hash, point_inputs_fields, &loop->evaluation.inputs);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!loop->evaluation.merit[merit].present)
			continue;
		hash = mix_fields(hash, point_fields, &loop->evaluation.merit[merit].optimal);
		hash = mix_fields(hash, point_fields, &loop->evaluation.merit[merit].break_even);
	}
	return hash | 1;
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

/* ---- publishing ------------------------------------------------------------------------- */

static void announce(struct engine *e, enum topic_kind kind, uint32_t loop)
{
	if (e->hooks.publish)
		e->hooks.publish(e->hooks.ctx, kind, loop);
}

static void record_points(struct engine *e, uint32_t i)
{
	const struct loop *loop = &e->loops[i];
	struct record record = {.kind = RECORD_POINT, .loop = i, .ts_us = loop->points_ts_us};

	if (!loop->points_valid)
		return;
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!loop->evaluation.merit[merit].present)
			continue;
		record.point.ratio = loop->evaluation.merit[merit].ratio;
		record.point.cause_us = loop->cause_us;
		record.point.kind = (enum point_kind)(2 * merit);
		record.point.point = loop->evaluation.merit[merit].optimal;
		emit(e, &record);
		record.point.kind = (enum point_kind)(2 * merit + 1);
		record.point.point = loop->evaluation.merit[merit].break_even;
		emit(e, &record);
	}
}

/* Points and state go out on change: the first at once, then the newest at most once per interval. */
static void publish_payloads(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	int64_t due_us = loop->payloads_us == NO_TIME ? NO_TIME : loop->payloads_us + e->config->publish_interval_us;

	if (loop->points_now == loop->points_seen && loop->state_now == loop->state_seen)
		return;
	if (e->now.mono_us < due_us) {
		deadlines_set(&e->deadlines, id_payloads(e, i), due_us);
		return;
	}
	loop->payloads_us = e->now.mono_us;
	if (loop->points_now != loop->points_seen) {
		loop->points_seen = loop->points_now;
		record_points(e, i);
		announce(e, TOPIC_POINTS, i);
	}
	if (loop->state_now != loop->state_seen) {
		loop->state_seen = loop->state_now;
		announce(e, TOPIC_STATE, i);
	}
}

static void keep_valid(struct engine *e, uint32_t i)
{
	int64_t valid_us = e->config->loops[i].valid_for_us;

	e->loops[i].setpoint.valid_until_us = e->now.utc_us + valid_us;
	if (e->options.republish)
		deadlines_set(&e->deadlines, id_validity(e, i), e->now.mono_us + valid_us / 2);
	announce(e, TOPIC_SETPOINT, i);
}

static bool setpoint_differs(const struct loop_config *config, const struct loop *loop, const struct setpoint *next)
{
	const struct setpoint *last = &loop->setpoint;

	if (!loop->published || next->hp_on != last->hp_on || next->mode != last->mode || next->quality != last->quality ||
	    next->objective != last->objective || next->reason != last->reason || config->deadband_k <= 0)
		return true;
	if (isnan(next->t_sink_out_c) || isnan(last->t_sink_out_c))
		return isnan(next->t_sink_out_c) != isnan(last->t_sink_out_c);
	return fabs(next->t_sink_out_c - last->t_sink_out_c) >= config->deadband_k - 1e-9;
}

static void publish_setpoint(struct engine *e, uint32_t i)
{
	const struct loop_config *config = &e->config->loops[i];
	struct loop *loop = &e->loops[i];
	const struct decision *decision = &loop->decision;
	struct record record = {.kind = RECORD_SETPOINT, .loop = i, .ts_us = loop->ts_us};
	struct setpoint next = {
		.ts_us = loop->ts_us,
		.t_sink_out_c = k_to_c(decision->t_k),
		.t_sink_out_expected_c = k_to_c(decision->t_expected_k),
		.hp_on = decision->on,
		.q_sink_kw = decision->q_kw,
		.p_elec_kw = decision->p_kw,
		.cop = decision->cop,
		.objective = config->objective,
		.mode = config->mode,
		.quality = loop->quality,
		.reason = decision->reason,
		.cause_us = loop->cause_us,
		.seq = loop->setpoint.seq + 1,
	};

	if (!setpoint_differs(config, loop, &next))
		return;
	loop->setpoint = next;
	loop->published = true;
	keep_valid(e, i);
	record.setpoint = loop->setpoint;
	emit(e, &record);
}

/* ---- recomputing ------------------------------------------------------------------------ */

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

/* The inlet while it can be read, for the off value. */
static double inlet_k(struct engine *e, const struct loop_config *config)
{
	const struct input *inlet = &config->slot[SLOT_SINK_T_IN];
	double t_k;

	if (inlet->kind == INPUT_ABSENT && config->n_curve > 0)
		inlet = config->curve[0].latent ? &config->curve[0].t_out : &config->curve[0].t_in;
	if (inlet->kind == INPUT_CONSTANT)
		return inlet->value;
	if (inlet->kind == INPUT_SIGNAL && plant_read(e->plant, inlet->signal, &t_k) != QUALITY_BAD)
		return t_k;
	return NAN;
}

static void decide_bad(struct engine *e, uint32_t i, const char *why)
{
	const struct loop_config *config = &e->config->loops[i];
	struct loop *loop = &e->loops[i];
	enum reason reason = all_received(e, i) ? REASON_BAD_INPUT : REASON_STARTUP;
	double kept_k = loop->published ? loop->setpoint.t_sink_out_c + 273.15 : NAN;
	char message[EVENT_MESSAGE_MAX];

	decide_off(config, inlet_k(e, config), kept_k, reason, &loop->decision);
	loop->points_valid = false;
	if (!loop->published || loop->quality != QUALITY_BAD) {
		snprintf(message, sizeof(message), "%s: no valid decision: %.300s; heat pump off", config->name, why);
		emit_event(e, i, e->now.utc_us, SEVERITY_WARNING, "loop_bad", message);
	}
	loop->quality = QUALITY_BAD;
}

static void decide_well(struct engine *e, uint32_t i, const struct frame *frame, enum quality quality)
{
	const struct loop_config *config = &e->config->loops[i];
	struct loop *loop = &e->loops[i];
	double q_kw = frame->curve.q_total_kw;
	char message[EVENT_MESSAGE_MAX];

	decide(config, frame, loop->published ? loop->setpoint.t_sink_out_c + 273.15 : NAN, &loop->decision);
	point_savings(frame, loop->decision.q_kw, loop->decision.p_kw, &loop->savings);
	loop->reference_eur_h = frame->rates[MERIT_COST].heat * q_kw / 1000;
	loop->reference_kg_h = frame->rates[MERIT_CARBON].heat * q_kw / 1000;
	loop->points_valid = true;
	if (loop->published && loop->quality == QUALITY_BAD) {
		snprintf(message, sizeof(message), "%s: decisions again, %s", config->name, quality_text[quality]);
		emit_event(e, i, e->now.utc_us, SEVERITY_INFO, "loop_good", message);
	}
	loop->quality = quality;
}

/* A decision on the present inputs; why says what is wrong where there is none. */
static bool compute(struct engine *e, uint32_t i, struct err *why)
{
	const struct loop_config *config = &e->config->loops[i];
	struct loop_inputs inputs;
	struct frame frame;
	uint32_t bad = 0;
	enum quality quality = inputs_gather(config, plant_read, e->plant, &inputs, &bad);
	char words[256];

	if (quality == QUALITY_BAD) {
		plant_why(e->plant, bad, words, sizeof(words));
		err_set(why, "%s: %s", e->config->signals[bad].name, words);
		return false;
	}
	if (!frame_build(config, &inputs, &frame, why) || !evaluate(config, &inputs, &frame, &e->loops[i].evaluation, why))
		return false;
	decide_well(e, i, &frame, quality);
	return true;
}

static bool starting(const struct engine *e, uint32_t i)
{
	return !e->loops[i].published && e->now.mono_us < e->started_us + e->options.startup_us && !all_received(e, i);
}

static void recompute(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	struct err why;

	if (!compute(e, i, &why)) {
		if (starting(e, i))
			return;
		decide_bad(e, i, why.text);
	}
	loop->updates++;
	loop->ts_us = e->now.utc_us > loop->ts_us ? e->now.utc_us : loop->ts_us + 1;
	loop->points_ts_us = loop->ts_us;
	loop->cause_us = newest_sample_us(e, i);
	loop->points_now = points_fingerprint(loop);
	loop->state_now = state_fingerprint(e, i);
	publish_setpoint(e, i);
	publish_payloads(e, i);
}

static void on_deadline(struct engine *e, uint32_t id)
{
	if (id < e->config->n_signals)
		plant_expire(e->plant, e->now, id);
	else if (id < id_payloads(e, 0))
		keep_valid(e, id - id_validity(e, 0));
	else if (id < id_startup(e))
		publish_payloads(e, id - id_payloads(e, 0));
	else
		mark_unpublished(e);
}

/* ---- the outside ------------------------------------------------------------------------ */

void engine_message(struct engine *e, struct instant now, const char *topic, const void *payload, size_t len, bool retained)
{
	e->now = now;
	plant_message(e->plant, now, topic, payload, len, retained);
}

void engine_field(struct engine *e, struct instant now, uint32_t signal, const char *text)
{
	e->now = now;
	plant_field(e->plant, now, signal, text);
}

size_t engine_run(struct engine *e, struct instant now, size_t max_loops)
{
	uint32_t id;

	e->now = now;
	while (deadlines_pop(&e->deadlines, now.mono_us, &id))
		on_deadline(e, id);
	for (; e->queue_n > 0 && max_loops > 0; max_loops--)
		recompute(e, take_dirty(e));
	return e->queue_n;
}

int64_t engine_next_us(const struct engine *e)
{
	return e->queue_n > 0 ? NO_TIME : deadlines_next_us(&e->deadlines);
}

static void encode_state(const struct engine *e, uint32_t i, struct json_out *out)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	json_out_object(out, NULL);
	json_out_time(out, "ts", e->loops[i].ts_us);
	json_out_text(out, "quality", quality_text[e->loops[i].quality]);
	json_out_object(out, "inputs");
	for (size_t k = 0; k < signals.n; k++)
		plant_write(e->plant, signals.at[k], out);
	json_out_object_end(out);
	json_out_object_end(out);
}

bool engine_encode(const struct engine *e, enum topic_kind kind, uint32_t i, struct json_out *out)
{
	const struct loop *loop = &e->loops[i];

	if (!loop->published)
		return false;
	switch (kind) {
	case TOPIC_SETPOINT:
		payload_setpoint(out, &loop->setpoint);
		break;
	case TOPIC_POINTS:
		payload_points(out, NULL, loop->points_ts_us, loop->cause_us, loop->points_valid ? &loop->evaluation : NULL, NULL);
		break;
	case TOPIC_STATE:
		encode_state(e, i, out);
		break;
	case TOPIC_KIND_COUNT:
		return false;
	}
	return true;
}

unsigned engine_valid_for_s(const struct engine *e, uint32_t loop)
{
	return (unsigned)((e->config->loops[loop].valid_for_us + 999999) / 1000000);
}

void engine_loop_now(const struct engine *e, uint32_t i, struct loop_now *out)
{
	const struct loop *loop = &e->loops[i];

	*out = (struct loop_now){
		.valid = loop->published && loop->quality != QUALITY_BAD,
		.on = loop->decision.on,
		.q_sink_kw = loop->decision.q_kw,
		.p_elec_kw = loop->decision.p_kw,
		.cost_reference_eur_h = loop->reference_eur_h,
		.cost_savings_eur_h = loop->savings.cost_savings_eur_h,
		.carbon_reference_kg_h = loop->reference_kg_h,
		.carbon_savings_kg_h = loop->savings.carbon_savings_kg_h,
		.updates = loop->updates,
	};
}

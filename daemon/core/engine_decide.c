/* One loop's decision: what its inputs are, what is wanted on them or, where they are bad, without them, and what the pacing
 * makes of that. Bad inputs hold the last decision for a while where that is configured, then ask for the fallback or for
 * off; a machine that is not known to be available is off at once. */
#include "engine_internal.h"
#include "technologies.h"

#include "envelope.h"

#include <math.h>

/* ---- the inputs ------------------------------------------------------------------------- */

bool loop_awaits(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	for (size_t k = 0; k < signals.n; k++)
		if (!slot_is_measured(e->config->signals[signals.at[k]].slot) && plant_awaited(e->plant, signals.at[k]))
			return true;
	return false;
}

static bool all_received(const struct engine *e, uint32_t i)
{
	struct neighbours signals = graph_signals(&e->graph, i);

	for (size_t k = 0; k < signals.n; k++)
		if (!slot_is_answer(e->config->signals[signals.at[k]].slot) && !plant_received(e->plant, signals.at[k]))
			return false;
	return true;
}

/* A quantity while it can be read; else NaN. */
static double read_input_now(const struct engine *e, const struct input *input)
{
	double value;

	switch (input->kind) {
	case INPUT_CONSTANT:
		return input->value;
	case INPUT_SIGNAL:
		return plant_read(e->plant, input->signal, &value) != QUALITY_BAD ? value : NAN;
	case INPUT_ABSENT:
		break;
	}
	return NAN;
}

static double inlet_k(const struct engine *e, const struct loop_config *config)
{
	const struct input *inlet = &config->slot[SLOT_SINK_T_IN];

	if (config->n_curve > 0 && config->curve[0].latent)
		inlet = &config->curve[0].t_out;
	else if (config->n_curve > 0 && config->curve[0].t_in.kind != INPUT_ABSENT)
		inlet = &config->curve[0].t_in;
	return read_input_now(e, inlet);
}

static bool is_available(const struct engine *e, uint32_t i)
{
	const struct loop_config *config = &e->config->loops[i];
	enum reason reason;
	const struct input *available = &config->slot[SLOT_AVAILABLE];

	return !answer_stops(e, i, &reason) && !e->loops[i].outside && (available->kind == INPUT_ABSENT || read_input_now(e, available) > 0);
}

bool loop_must_stop(const struct engine *e, uint32_t i)
{
	const struct input *available = &e->config->loops[i].slot[SLOT_AVAILABLE];
	enum reason reason;

	return answer_stops(e, i, &reason) || loop_config(e, i)->mode == MODE_OFF || read_input_now(e, available) <= 0;
}

static bool t_max_is_known(const struct engine *e, const struct loop_config *config)
{
	const struct input *t_max = &config->slot[SLOT_T_MAX];

	return t_max->kind == INPUT_ABSENT || !isnan(read_input_now(e, t_max));
}

void loop_look(const struct engine *e, uint32_t i, struct sight *sight)
{
	const struct loop_config *config = loop_config(e, i);
	uint32_t bad = 0;
	char words[256];

	sight->quality = inputs_gather(config, plant_read, e->plant, e->now.utc_us, &sight->inputs, &bad);
	sight->inputs.outside = envelope_outside(config, &sight->inputs, e->loops[i].outside);
	if (sight->quality == QUALITY_BAD) {
		plant_why(e->plant, bad, words, sizeof(words));
		err_set(&sight->why, "%s: %s", e->config->signals[bad].name, words);
		sight->valid = false;
		return;
	}
	if (sight->quality == QUALITY_GOOD && e->clock == CLOCK_UNSET)
		sight->quality = QUALITY_UNCERTAIN;
	answer_inputs(e, i, &sight->inputs);
	budget_inputs(e, i, &sight->inputs);
	learn_inputs(e, i, &sight->inputs);
	if (e->loops[i].pace.on)
		sight->inputs.technology = e->loops[i].technology;
	sight->valid = frame_build(config, &sight->inputs, &sight->frame, &sight->why);
	if (sight->valid && sight->frame.checked < sight->quality)
		sight->quality = sight->frame.checked;
	if (sight->valid && sight->frame.general && sight->frame.machines.ranking.n > 0 && sight->frame.machines.technology == NO_TECHNOLOGY)
		technologies_why(&sight->frame.machines.ranking, objective_merit(config->objective), &sight->why);
	if (sight->valid && answer_stops(e, i, &sight->frame.stopped))
		sight->frame.available = false;
}

/* ---- without a valid decision ----------------------------------------------------------- */

/* What an operator asks for, or where it is; NaN: off, and nothing is asked for. */
static double by_hand_k(const struct loop_config *config, const struct pace *pace)
{
	return isnan(config->manual_k) ? pace->target_k : config->manual_k;
}

static enum basis basis_without(const struct engine *e, uint32_t i, int64_t *until_us)
{
	const struct loop_config *config = loop_config(e, i);
	const struct loop *loop = &e->loops[i];

	*until_us = INT64_MAX;
	if (!is_available(e, i) || config->mode == MODE_OFF)
		return BASIS_NONE;
	if (config->mode == MODE_MANUAL)
		return t_max_is_known(e, config) && !isnan(by_hand_k(config, &loop->pace)) ? BASIS_HAND : BASIS_NONE;
	if (e->now.mono_us < loop->bad_since_us + config->hold_us) {
		*until_us = loop->bad_since_us + config->hold_us;
		return loop->decided ? BASIS_HOLD : BASIS_NONE;
	}
	return config->bad_then == BAD_THEN_FALLBACK && t_max_is_known(e, config) ? BASIS_FALLBACK : BASIS_NONE;
}

static enum reason reason_without(const struct engine *e, uint32_t i, enum basis basis)
{
	static const enum reason reasons[BASIS_COUNT] = {[BASIS_INPUTS] = REASON_BAD_INPUT,
	                                                 [BASIS_HOLD] = REASON_HOLD,
	                                                 [BASIS_FALLBACK] = REASON_FALLBACK,
	                                                 [BASIS_HAND] = REASON_MANUAL,
	                                                 [BASIS_NONE] = REASON_BAD_INPUT};

	return basis == BASIS_NONE && !e->loops[i].decided && !all_received(e, i) ? REASON_STARTUP : reasons[basis];
}

/* Within what can be known of the bounds without the inputs; off where they contradict each other. */
static enum basis want_without(const struct engine *e, uint32_t i, struct wanted *out, int64_t *until_us)
{
	static const enum pace_rule rules[BASIS_COUNT] = {
	    [BASIS_INPUTS] = PACE_OFF, [BASIS_HOLD] = PACE_AS_IS, [BASIS_FALLBACK] = PACE_FREE,
	    [BASIS_HAND] = PACE_FREE, [BASIS_NONE] = PACE_OFF};
	const struct loop_config *config = loop_config(e, i);
	double envelope_k = envelope_t_max_k(config, read_input_now(e, &config->slot[SLOT_SOURCE_T_IN]));
	double high_k = fmin(fmin(config->max_k, envelope_k), read_input_now(e, &config->slot[SLOT_T_MAX]));
	enum basis basis = basis_without(e, i, until_us);

	if (config->min_k > high_k)
		basis = BASIS_NONE;
	*out = (struct wanted){
	    .rule = rules[basis],
	    .on = basis == BASIS_FALLBACK,
	    .reason = reason_without(e, i, basis),
	    .t_k = config->fallback_k,
	    .low_k = config->min_k,
	    .high_k = high_k,
	    .from_k = isnan(config->off_value_k) ? inlet_k(e, config) : config->off_value_k,
	    .stay_k = NAN,
	    .gain = NAN,
	};
	return basis;
}

/* By hand: what is best has no say, limits and interlocks have. */
static void want_by_hand(const struct loop_config *config, const struct pace *pace, struct wanted *wanted)
{
	double t_k = by_hand_k(config, pace);

	if (config->mode == MODE_OFF || (config->mode == MODE_MANUAL && isnan(t_k))) {
		wanted->rule = PACE_OFF;
		wanted->reason = REASON_MANUAL;
	} else if (config->mode == MODE_MANUAL && wanted->rule != PACE_OFF) {
		wanted->on = true;
		wanted->reason = REASON_MANUAL;
		wanted->t_k = t_k;
		wanted->stay_k = wanted->gain = NAN;
	}
}

/* ---- what is applied -------------------------------------------------------------------- */

/* What is held is said as it was; a bound that moved it leaves its power unknown, as it is with the fallback. */
static struct decision without_inputs(const struct loop *loop, const struct applied *applied)
{
	struct decision d = loop->decision;

	if (loop->basis == BASIS_HOLD && (!applied->on || applied->t_k == d.t_k)) {
		d.reason = applied->reason;
		return d;
	}
	return (struct decision){.on = true,
	                         .reason = applied->reason,
	                         .t_k = applied->t_k,
	                         .t_expected_k = NAN,
	                         .q_kw = NAN,
	                         .p_kw = NAN,
	                         .cop = NAN,
	                         .technology = loop->technology};
}

static void apply(struct engine *e, uint32_t i, const struct sight *sight, const struct decision *best,
                  const struct applied *applied)
{
	const struct loop_config *config = loop_config(e, i);
	struct loop *loop = &e->loops[i];
	struct kept said = {.on = loop->setpoint.hp_on, .t_k = loop->published ? loop->published_k : NAN};

	if (!applied->on && loop->basis != BASIS_HOLD) {
		decide_off(config, sight->valid ? frame_curve(&sight->frame)->t_in_k : inlet_k(e, config), said, applied->reason,
		           &loop->decision);
		if (applied->reason == REASON_HEAT_TO_POWER) {
			loop->decision.technology = best->technology;
			loop->decision.made_eur_h = best->made_eur_h;
			loop->decision.made_kg_h = best->made_kg_h;
		}
	} else if (!sight->valid) {
		loop->decision = without_inputs(loop, applied);
	} else if (best->on && applied->t_k == best->t_k) {
		loop->decision = *best;
		loop->decision.reason = applied->reason;
	} else {
		decide_at(config, &sight->frame, applied->t_k, applied->reason, &loop->decision);
	}
}

/* ---- another technology ----------------------------------------------------------------- */

static bool chooses(const struct loop_config *config, const struct sight *sight)
{
	return sight->valid && sight->frame.general && sight->frame.machines.ranking.n > 0 && config->mode != MODE_MANUAL;
}

/* What runs and fits no longer goes off at once. */
static void drop(const struct loop_config *config, struct pace *pace, const struct sight *sight, int64_t now_us)
{
	const struct wanted off = {.rule = PACE_OFF, .reason = REASON_UNAVAILABLE};

	if (sight->valid && sight->frame.general && sight->frame.machines.must_stop)
		pace_step(&config->pace, pace, &off, now_us);
}

/* Another technology is a stop of this one, which runs on at its best until it may stop; and not begun before the other one may
 * start. False: this one stays. */
static bool give_way(const struct loop_config *config, const struct pace *pace, const struct sight *sight, int64_t now_us,
                     struct wanted *wanted, int64_t *until_us)
{
	const struct machines *m = &sight->frame.machines;
	int64_t start_us = pace_next_start_us(&config->pace, pace);

	if (!pace->on || !chooses(config, sight) || m->next == m->technology)
		return false;
	if (!wanted->on)
		return true;
	if (start_us > now_us) {
		*until_us = start_us < *until_us ? start_us : *until_us;
		return false;
	}
	wanted->on = false;
	wanted->stay_k = wanted->t_k;
	return true;
}

/* ---- the whole -------------------------------------------------------------------------- */

/* What is wanted on what is seen, or without. */
static void want(struct engine *e, uint32_t i, struct sight *sight, struct decision *best, struct wanted *wanted, int64_t *until_us)
{
	const struct loop_config *config = loop_config(e, i);
	struct loop *loop = &e->loops[i];
	struct kept aimed = {.on = loop->pace.on, .t_k = loop->pace.target_k};

	loop->outside = sight->inputs.outside;
	sight->valid = sight->valid && decide(config, &sight->frame, aimed, best, wanted, &sight->why);
	loop->basis = BASIS_INPUTS;
	if (sight->valid) {
		loop->decided = true;
		loop->bad_since_us = NO_TIME;
	} else {
		if (loop->bad_since_us == NO_TIME)
			loop->bad_since_us = e->now.mono_us;
		loop->basis = want_without(e, i, wanted, until_us);
	}
	want_by_hand(config, &loop->pace, wanted);
}

static void keep_technology(struct loop *loop)
{
	if (!loop->pace.on)
		loop->technology = NO_TECHNOLOGY;
	else if (loop->basis == BASIS_INPUTS)
		loop->technology = loop->decision.technology;
}

void loop_decide(struct engine *e, uint32_t i, struct sight *sight)
{
	const struct loop_config *config = loop_config(e, i);
	struct loop *loop = &e->loops[i];
	struct decision best = {0};
	struct wanted wanted;
	struct applied applied;
	int64_t until_us = INT64_MAX;
	bool leaves;

	drop(config, &loop->pace, sight, e->now.mono_us);
	want(e, i, sight, &best, &wanted, &until_us);
	leaves = give_way(config, &loop->pace, sight, e->now.mono_us, &wanted, &until_us);
	applied = pace_step(&config->pace, &loop->pace, &wanted, e->now.mono_us);
	if (leaves && !applied.on) {
		technologies_become(config, &sight->inputs, &sight->frame, sight->frame.machines.next);
		want(e, i, sight, &best, &wanted, &until_us);
		applied = pace_step(&config->pace, &loop->pace, &wanted, e->now.mono_us);
	}
	apply(e, i, sight, &best, &applied);
	keep_technology(loop);
	loop->next_us = applied.next_us < until_us ? applied.next_us : until_us;
	if (loop->next_us == INT64_MAX)
		deadlines_clear(&e->deadlines, id_pace(e, i));
	else
		deadlines_set(&e->deadlines, id_pace(e, i), loop->next_us);
}

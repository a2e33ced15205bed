/* The plant's answer to one loop: a trip or a missing permit is off, local control makes advice of a setpoint, what is
 * measured is published beside it, and where the plant does something else for too long an alarm says so. Also the loop's
 * part of the site's power, which nobody may be able to read off a meter. */
#include "engine_internal.h"

#include "hash.h"
#include "tariff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t AGAIN_US = 60000000;

void answer_init(struct engine *e, uint32_t i)
{
	struct feedback_state *a = &e->loops[i].answer;

	a->cost = a->carbon = (struct lorenz_rates){NAN, NAN};
	a->emissions.base_kg_h = NAN;
	a->flow_us = e->now.mono_us;
	a->totals_ts_us = a->actual_ts_us = NO_TIME;
	a->deviates_us = NO_TIME;
	a->window_us = e->now.mono_us;
	a->others_kw = NAN;
	totals_init(&a->totals, e->now.utc_us, e->day_us);
}

/* The loop has been copied, and is decided anew soon. */
void answer_adopt(struct engine *e, uint32_t i, struct engine *old, uint32_t from)
{
	struct feedback_state *a = &e->loops[i].answer;

	if (e->config->loops[i].slot[SLOT_DEMAND_SITE_POWER].kind == INPUT_ABSENT)
		a->pending_kw = 0;
	e->pending_kw += a->pending_kw;
	a->actual_seen = 0;
	alarms_adopt(&e->alarms, i, &old->alarms, from);
	if (e->options.live)
		deadlines_set(&e->deadlines, id_totals(e, i), e->now.mono_us);
}

void answer_read(struct engine *e, uint32_t i)
{
	feedback_read(&e->config->loops[i], plant_read, e->plant, &e->loops[i].answer.feedback);
}

bool answer_stops(const struct engine *e, uint32_t i, enum reason *reason)
{
	return feedback_stops(&e->loops[i].answer.feedback, reason);
}

bool answer_is_acted_on(const struct engine *e, uint32_t i)
{
	return loop_config(e, i)->mode != MODE_ADVISORY && !feedback_is_local(&e->loops[i].answer.feedback);
}

void answer_mark(const struct engine *e, uint32_t i, struct setpoint *setpoint)
{
	enum reason reason = setpoint->reason;

	if (!feedback_is_local(&e->loops[i].answer.feedback))
		return;
	setpoint->mode = MODE_ADVISORY;
	if (setpoint->quality != QUALITY_BAD && reason != REASON_TRIPPED && reason != REASON_UNAVAILABLE)
		setpoint->reason = REASON_LOCAL;
}

/* ---- its part of the site's power -------------------------------------------------------- */

static double clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

/* Measured, or between the least and the most that was expected of late: a machine takes its time, and so does a meter. */
static struct own_range own_range(const struct feedback_state *a)
{
	if (!isnan(a->feedback.p_elec_kw))
		return (struct own_range){a->feedback.p_elec_kw, a->feedback.p_elec_kw};
	return (struct own_range){fmin(a->own[0].low_kw, a->own[1].low_kw), fmax(a->own[0].high_kw, a->own[1].high_kw)};
}

/* What others draw moves no further from the last estimate than the range makes it; at first all that can be is theirs. */
void answer_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs)
{
	const struct feedback_state *a = &e->loops[i].answer;
	double site_kw = inputs->slot[SLOT_DEMAND_SITE_POWER];
	struct own_range own = own_range(a);
	double others_kw = isnan(a->others_kw) ? INFINITY : a->others_kw;

	if (isnan(site_kw))
		return;
	inputs->own_kw = site_kw - clamp(others_kw, site_kw - own.high_kw, site_kw - own.low_kw);
	inputs->reserved_kw = fmax(e->pending_kw - a->pending_kw, 0);
}

static void widen(struct own_range *range, double p_kw)
{
	range->low_kw = fmin(range->low_kw, p_kw);
	range->high_kw = fmax(range->high_kw, p_kw);
}

static void note_own(struct engine *e, uint32_t i, const struct loop_inputs *inputs)
{
	struct feedback_state *a = &e->loops[i].answer;
	double site_kw = inputs->slot[SLOT_DEMAND_SITE_POWER], before_kw = a->pending_kw;
	double p_kw = answer_is_acted_on(e, i) ? e->loops[i].decision.p_kw : 0; /* advice draws no power */

	if (e->now.mono_us - a->window_us >= e->config->loops[i].follow_within_us) {
		a->own[1] = a->own[0];
		a->own[0] = (struct own_range){p_kw, p_kw};
		a->window_us = e->now.mono_us;
	}
	widen(&a->own[0], isnan(p_kw) ? 0 : p_kw);
	a->others_kw = site_kw - inputs->own_kw;
	a->pending_kw = fmax(p_kw - inputs->own_kw, 0);
	e->pending_kw += a->pending_kw - before_kw;
}

static void look_at_demand(struct engine *e, const struct loop_inputs *inputs)
{
	double site_kw = inputs->slot[SLOT_DEMAND_SITE_POWER], peak_kw = inputs->slot[SLOT_DEMAND_PEAK];
	char text[ALARM_TEXT_SIZE];

	snprintf(text, sizeof(text), "the site draws %.4g kW, the peak that is paid is %.4g kW", site_kw, peak_kw);
	alarm_set(e, NO_LOOP, ALARM_DEMAND_EXCEEDED, site_kw > peak_kw, text);
}

/* ---- does it follow ---------------------------------------------------------------------- */

static void check_follow(struct engine *e, uint32_t i)
{
	const struct loop_config *config = loop_config(e, i);
	struct loop *loop = &e->loops[i];
	struct feedback_state *a = &loop->answer;
	int64_t due_us;
	struct err why;

	if (!loop->published || !answer_is_acted_on(e, i) ||
	    !feedback_deviates(config, &a->feedback, &loop->decision, &why)) {
		a->deviates_us = NO_TIME;
		deadlines_clear(&e->deadlines, id_follow(e, i));
		alarm_set(e, i, ALARM_NOT_FOLLOWED, false, NULL);
		return;
	}
	if (a->deviates_us == NO_TIME)
		a->deviates_us = e->now.mono_us;
	due_us = a->deviates_us + config->follow_within_us;
	if (e->now.mono_us >= due_us)
		alarm_set(e, i, ALARM_NOT_FOLLOWED, true, why.text);
	else
		deadlines_set(&e->deadlines, id_follow(e, i), due_us);
}

void answer_follow_due(struct engine *e, uint32_t i)
{
	check_follow(e, i);
}

/* ---- alarms of the loop ------------------------------------------------------------------ */

static void look_at_feedback(struct engine *e, uint32_t i)
{
	const struct feedback *f = &e->loops[i].answer.feedback;
	char text[ALARM_TEXT_SIZE] = "", words[256];
	bool bad = f->quality == QUALITY_BAD &&
	           !(plant_awaited(e->plant, f->worst) && e->now.mono_us < e->started_us + e->options.startup_us);

	if (bad) {
		plant_why(e->plant, f->worst, words, sizeof(words));
		snprintf(text, sizeof(text), "%.60s: %.90s", e->config->signals[f->worst].name, words);
	}
	alarm_set(e, i, ALARM_FEEDBACK_BAD, bad, text);
	alarm_set(e, i, ALARM_TRIPPED, f->trip == SAID_YES, NULL);
}

/* The first input that on_bad stands in for. */
static bool find_replaced(const struct engine *e, uint32_t i, char *text, size_t size)
{
	struct neighbours signals = graph_signals(&e->graph, i);
	char words[256];

	for (size_t k = 0; k < signals.n; k++) {
		const struct signal_config *signal = &e->config->signals[signals.at[k]];

		if (slot_is_answer(signal->slot) || !plant_is_bad(e->plant, signals.at[k]))
			continue;
		plant_why(e->plant, signals.at[k], words, sizeof(words));
		snprintf(text, size, "%.60s: %.90s", signal->name, words);
		return true;
	}
	return false;
}

/* Of the demand that is there, beside the heat pump as it is asked to run. */
static void look_at_shortfall(struct engine *e, uint32_t i, const struct sight *sight)
{
	double q_kw = e->loops[i].decision.q_kw, duty_kw = sight->valid ? sight->frame.curve.q_total_kw : NAN;
	double short_kw = sight->valid ? frame_shortfall_kw(&sight->frame, q_kw) : 0;
	char text[ALARM_TEXT_SIZE] = "";

	if (short_kw > 0)
		snprintf(text, sizeof(text), "%.4g kW of %.4g kW are not made: the heat pump makes %.4g kW, the utilities as much as they can",
		         short_kw, duty_kw, q_kw);
	alarm_set(e, i, ALARM_SHORTFALL, short_kw > 0, text);
}

static void look_at_decision(struct engine *e, uint32_t i, const struct sight *sight)
{
	const struct loop *loop = &e->loops[i];
	char text[ALARM_TEXT_SIZE] = "";
	bool bad = loop->basis != BASIS_INPUTS;

	snprintf(text, sizeof(text), "%.*s", (int)sizeof(text) - 1, bad ? sight->why.text : "");
	alarm_set(e, i, ALARM_NO_DECISION, bad, text);
	alarm_set(e, i, ALARM_INPUT_REPLACED,
	          !bad && loop->quality == QUALITY_UNCERTAIN && find_replaced(e, i, text, sizeof(text)), text);
}

/* ---- after a decision, after a measurement ----------------------------------------------- */

/* Where time alone changes something: a tariff at its edge, what is left of a budget, a load that has been steady for long enough. */
static void plan(struct engine *e, uint32_t i)
{
	const struct loop_config *config = &e->config->loops[i];
	int64_t until_us = tariff_until_us(config->adders, config->n_adders, e->now.utc_us);

	if ((budget_counts(e, i) || learn_counts(e, i)) && e->now.utc_us + AGAIN_US < until_us)
		until_us = e->now.utc_us + AGAIN_US;
	if (until_us != INT64_MAX)
		deadlines_set(&e->deadlines, id_tariff(e, i), e->now.mono_us + (until_us - e->now.utc_us));
}

void answer_decided(struct engine *e, uint32_t i, const struct sight *sight)
{
	static const struct lorenz_rates none = {NAN, NAN};
	struct feedback_state *a = &e->loops[i].answer;
	double q_kw = e->loops[i].decision.q_kw;

	a->cost = sight->valid ? frame_rates(&sight->frame, MERIT_COST, q_kw) : none;
	a->carbon = sight->valid ? frame_rates(&sight->frame, MERIT_CARBON, q_kw) : none;
	if (sight->valid && !isnan(loop_config(e, i)->carbon_budget_kg))
		a->emissions = frame_emissions(&sight->frame, q_kw);
	plan(e, i);
	if (!isnan(sight->inputs.slot[SLOT_DEMAND_SITE_POWER]) && !isnan(sight->inputs.slot[SLOT_DEMAND_PEAK])) {
		note_own(e, i, &sight->inputs);
		look_at_demand(e, &sight->inputs);
	} else if (e->config->loops[i].slot[SLOT_DEMAND_SITE_POWER].kind == INPUT_ABSENT) {
		alarm_set(e, NO_LOOP, ALARM_DEMAND_EXCEEDED, false, NULL); /* of a configuration before */
	}
	look_at_decision(e, i, sight);
	look_at_shortfall(e, i, sight);
	budget_look(e, i, &sight->inputs);
	look_at_feedback(e, i);
	check_follow(e, i);
	totals_follow(e, i);
}

/* What is measured decides nothing, so nothing is decided anew; the payloads come when their interval is over. */
void answer_changed(struct engine *e, uint32_t i)
{
	struct loop *loop = &e->loops[i];
	int64_t due_us = loop->payloads_us + e->config->publish_interval_us;

	answer_read(e, i);
	if (learn_follow(e, i))
		engine_mark(e, i);
	if (!loop->published || loop->dirty)
		return;
	look_at_feedback(e, i);
	check_follow(e, i);
	totals_follow(e, i);
	if (deadlines_get(&e->deadlines, id_payloads(e, i)) == INT64_MAX)
		deadlines_set(&e->deadlines, id_payloads(e, i), due_us > e->now.mono_us ? due_us : e->now.mono_us);
}

/* ---- the measured point ------------------------------------------------------------------ */

static uint64_t fingerprint(const struct feedback *f, const struct actual *a, bool deviates)
{
	const struct {
		double number[6];
		unsigned state[7];
	} all = {{a->t_sink_out_c, a->q_sink_kw, a->p_elec_kw, a->cop, a->cost_savings_eur_h, a->carbon_savings_kg_h},
	         {a->quality, f->running, f->remote, f->trip, f->permit, deviates, a->reason[0] != '\0'}};

	return (hash_fnv1a(all.number, sizeof(all.number)) ^ hash_fnv1a(all.state, sizeof(all.state)) << 1) | 1;
}

/* It was measured under a configuration before. */
static void take_back(struct engine *e, uint32_t i)
{
	if (e->loops[i].answer.actual_ts_us == NO_TIME)
		return;
	e->loops[i].answer.actual_ts_us = NO_TIME;
	alarm_set(e, i, ALARM_IMPLAUSIBLE, false, NULL);
	engine_announce(e, TOPIC_ACTUAL, i);
}

void answer_publish(struct engine *e, uint32_t i, const struct frame *frame)
{
	struct feedback_state *a = &e->loops[i].answer;
	struct actual actual;
	uint64_t seen;

	if (!a->feedback.configured) {
		take_back(e, i);
		return;
	}
	feedback_actual(loop_config(e, i), &a->feedback, frame, &actual);
	alarm_set(e, i, ALARM_IMPLAUSIBLE, actual.reason[0] != '\0', actual.reason);
	seen = fingerprint(&a->feedback, &actual, a->deviates_us != NO_TIME);
	if (!a->actual)
		a->actual = malloc(sizeof(*a->actual));
	if (!a->actual || seen == a->actual_seen)
		return;
	a->actual_seen = seen;
	*a->actual = actual;
	a->actual_ts_us = e->now.utc_us;
	e->loops[i].payloads_us = e->now.mono_us;
	engine_announce(e, TOPIC_ACTUAL, i);
}

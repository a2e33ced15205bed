/* What the heat pumps have done: flows counted up to now whenever they change, each minute into the history and out to SCADA,
 * at midnight a new day. And the sums of the site. */
#include "engine_internal.h"

#include "tariff.h"

#include <math.h>
#include <string.h>

static const int64_t TOLD_EVERY_US = 60000000, SPREAD_US = 250000;

/* A little different for each, so that thousands of loops do not speak all at once. */
static void tell_again(struct engine *e, uint32_t i)
{
	deadlines_set(&e->deadlines, id_totals(e, i), e->now.mono_us + TOLD_EVERY_US + i % 64 * SPREAD_US);
}

/* ---- the flow ---------------------------------------------------------------------------- */

/* Somebody acts on the setpoint, as far as one knows. */
static bool is_asked(const struct engine *e, uint32_t i)
{
	const struct loop *loop = &e->loops[i];
	const struct feedback *f = &loop->answer.feedback;

	return loop->published && loop->decision.on && answer_is_acted_on(e, i) && f->trip != SAID_YES && f->running != SAID_NO;
}

static double measured_or(double measured, double expected)
{
	return isnan(measured) ? expected : fmax(measured, 0);
}

static double emitted_kg_h(const struct frame_emissions *e, const struct flow *flow)
{
	return e->base_kg_h - lorenz_savings(e->rates, fmin(flow->q_kw, e->demand_kw), flow->p_kw);
}

/* Of that of the heat pump nothing is known here: what was decided counts. */
static bool makes_power(const struct engine *e, uint32_t i)
{
	const struct loop *loop = &e->loops[i];

	return loop->published && loop->decision.reason == REASON_HEAT_TO_POWER && answer_is_acted_on(e, i);
}

static struct flow flow_now(const struct engine *e, uint32_t i)
{
	const struct loop *loop = &e->loops[i];
	const struct feedback_state *a = &loop->answer;
	const struct feedback *f = &a->feedback;
	bool asked = is_asked(e, i);
	struct flow flow = {
	    .q_kw = measured_or(f->q_sink_kw, asked ? loop->decision.q_kw : 0),
	    .p_kw = measured_or(f->p_elec_kw, asked ? loop->decision.p_kw : 0),
	    .on = f->running == SAID_NOTHING ? asked : f->running == SAID_YES,
	    .measured = !isnan(f->q_sink_kw) && !isnan(f->p_elec_kw),
	};

	if (!isnan(loop_config(e, i)->carbon_budget_kg))
		flow.emitted_kg_h = emitted_kg_h(&a->emissions, &flow);
	if (f->trip == SAID_YES || feedback_is_local(f))
		return flow;
	flow.eur_h = lorenz_savings(a->cost, flow.q_kw, flow.p_kw);
	flow.kg_h = lorenz_savings(a->carbon, flow.q_kw, flow.p_kw);
	if (makes_power(e, i)) {
		flow.eur_h += loop->decision.made_eur_h;
		flow.kg_h += loop->decision.made_kg_h;
		flow.emitted_kg_h -= loop->decision.made_kg_h;
	}
	return flow;
}

/* The day's totals are of use beyond being told. */
static bool is_counted(const struct engine *e, uint32_t i)
{
	return e->options.live || !isnan(loop_config(e, i)->carbon_budget_kg);
}

static void count(struct engine *e, uint32_t i)
{
	struct feedback_state *a = &e->loops[i].answer;

	totals_add(&a->totals, &a->flow, e->now.mono_us - a->flow_us);
	a->flow_us = e->now.mono_us;
}

static bool flows(const struct flow *flow)
{
	return flow->on || flow->q_kw > 0 || flow->p_kw > 0 || (isfinite(flow->emitted_kg_h) && flow->emitted_kg_h != 0) ||
	       (isfinite(flow->eur_h) && flow->eur_h != 0) || (isfinite(flow->kg_h) && flow->kg_h != 0);
}

/* Bit by bit: a NaN that stays is no news. */
static bool same_flow(const struct flow *a, const struct flow *b)
{
	return memcmp(&a->q_kw, &b->q_kw, sizeof(double)) == 0 && memcmp(&a->p_kw, &b->p_kw, sizeof(double)) == 0 &&
	       memcmp(&a->eur_h, &b->eur_h, sizeof(double)) == 0 && memcmp(&a->kg_h, &b->kg_h, sizeof(double)) == 0 &&
	       memcmp(&a->emitted_kg_h, &b->emitted_kg_h, sizeof(double)) == 0 && a->on == b->on && a->measured == b->measured;
}

void totals_follow(struct engine *e, uint32_t i)
{
	struct feedback_state *a = &e->loops[i].answer;
	struct flow flow = flow_now(e, i);

	if (!is_counted(e, i) || (a->totals_ts_us != NO_TIME && same_flow(&flow, &a->flow)))
		return;
	count(e, i);
	a->flow = flow;
	if (!e->options.live)
		return;
	e->summary_news = true;
	alarm_site_news(e);
	if (a->totals_ts_us == NO_TIME)
		totals_due(e, i);
	else if (deadlines_get(&e->deadlines, id_totals(e, i)) == INT64_MAX)
		tell_again(e, i);
}

/* ---- what is told ------------------------------------------------------------------------ */

static void store(struct engine *e, uint32_t i)
{
	struct record record = {.kind = RECORD_TOTALS, .loop = i, .ts_us = e->now.utc_us};

	record.totals = e->loops[i].answer.totals;
	if (isnan(loop_config(e, i)->carbon_budget_kg))
		record.totals.total.carbon_emitted_kg = record.totals.today.carbon_emitted_kg = NAN;
	emit(e, &record);
}

void totals_due(struct engine *e, uint32_t i)
{
	struct feedback_state *a = &e->loops[i].answer;

	if (!e->loops[i].published || !e->options.live)
		return;
	count(e, i);
	a->totals_ts_us = e->now.utc_us;
	store(e, i);
	engine_announce(e, TOPIC_TOTALS, i);
	e->summary_news = true;
	alarm_site_news(e);
	if (flows(&a->flow))
		tell_again(e, i);
}

void engine_finish(struct engine *e, struct instant now)
{
	engine_at(e, now);
	for (uint32_t i = 0; i < e->config->n_loops; i++)
		if (flows(&e->loops[i].answer.flow))
			totals_due(e, i);
}

/* ---- days -------------------------------------------------------------------------------- */

/* A clock that is set back a little past midnight does not begin the day before anew. */
static void find_day(struct engine *e)
{
	int64_t day_us = day_begin_us(e->config->zone, e->now.utc_us), end_us = day_end_us(e->config->zone, e->now.utc_us);

	if (e->day_us < day_us || e->day_us > end_us)
		e->day_us = day_us;
	deadlines_set(&e->deadlines, id_day(e), e->now.mono_us + (end_us - e->now.utc_us));
}

void totals_begin(struct engine *e)
{
	find_day(e);
}

void totals_day_due(struct engine *e)
{
	find_day(e);
	for (uint32_t i = 0; i < e->config->n_loops; i++) {
		struct feedback_state *a = &e->loops[i].answer;

		if (a->totals.day_us == e->day_us)
			continue;
		count(e, i);
		if (a->totals_ts_us != NO_TIME)
			store(e, i);
		totals_day(&a->totals, e->day_us);
		totals_due(e, i);
		if (budget_counts(e, i))
			engine_mark(e, i);
	}
}

/* ---- over restarts ----------------------------------------------------------------------- */

void engine_resume_totals(struct engine *e, uint32_t loop, const struct tally *before)
{
	struct feedback_state *a = &e->loops[loop].answer;

	count(e, loop);
	totals_resume(&a->totals, before);
	if (e->options.live)
		deadlines_set(&e->deadlines, id_totals(e, loop), e->now.mono_us);
}

const struct tally *engine_totals(const struct engine *e, uint32_t loop)
{
	return &e->loops[loop].answer.totals;
}

/* ---- the site ---------------------------------------------------------------------------- */

struct site_sums {
	size_t on, bad, local;
	struct flow flow;
	struct sums total, today;
};

static double plus(double sum, double more)
{
	return isnan(more) ? sum : sum + more;
}

static void add_loop(const struct engine *e, const struct loop *loop, struct site_sums *s)
{
	bool budgeted = !isnan(e->config->loops[loop - e->loops].carbon_budget_kg);
	const struct feedback_state *a = &loop->answer;

	s->on += a->flow.on;
	s->bad += loop->published && loop->quality == QUALITY_BAD;
	s->local += feedback_is_local(&a->feedback);
	s->flow.q_kw = plus(s->flow.q_kw, a->flow.q_kw);
	s->flow.p_kw = plus(s->flow.p_kw, a->flow.p_kw);
	s->flow.eur_h = plus(s->flow.eur_h, a->flow.eur_h);
	s->flow.kg_h = plus(s->flow.kg_h, a->flow.kg_h);
	sums_add(&s->total, &a->totals.total);
	if (a->totals.day_us == e->day_us)
		sums_add(&s->today, &a->totals.today);
	if (!budgeted) /* a sum of some loops alone would say nothing of the site */
		s->total.carbon_emitted_kg = s->today.carbon_emitted_kg = NAN;
}

void totals_write_summary(const struct engine *e, struct json_out *out)
{
	struct site_sums s = {0};

	for (uint32_t i = 0; i < e->config->n_loops; i++)
		add_loop(e, &e->loops[i], &s);
	json_out_object(out, NULL);
	json_out_time(out, "ts", e->now.utc_us);
	json_out_integer(out, "loops", (int64_t)e->config->n_loops);
	json_out_integer(out, "loops_on", (int64_t)s.on);
	json_out_integer(out, "loops_bad", (int64_t)s.bad);
	json_out_integer(out, "loops_local", (int64_t)s.local);
	json_out_number(out, "q_sink_kw", s.flow.q_kw);
	json_out_number(out, "p_elec_kw", s.flow.p_kw);
	json_out_number(out, "cost_savings_eur_h", s.flow.eur_h);
	json_out_number(out, "carbon_savings_kg_h", s.flow.kg_h);
	json_out_object(out, "total");
	json_out_fields(out, sums_fields, &s.total);
	json_out_object_end(out);
	json_out_object(out, "today");
	json_out_time(out, "since", e->day_us);
	json_out_fields(out, sums_fields, &s.today);
	json_out_object_end(out);
	json_out_integer(out, "alarms_active", (int64_t)e->alarms.active);
	json_out_integer(out, "alarms_unacknowledged", (int64_t)e->alarms.unacknowledged);
	json_out_object_end(out);
}

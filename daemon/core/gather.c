/* Collects what a loop needs to know at one moment from its constants and live signals, with the worst quality among them. */
#include "evaluate.h"

#include "config_flow.h"
#include "envelope.h"
#include "tariff.h"

#include <math.h>

static const double HOURS_OF_DAY = 24; /* that is about to begin, for who knows no time */

struct gathering {
	read_signal *read;
	void *ctx;
	enum quality worst;
	uint32_t bad;
};

static double gather(struct gathering *g, const struct input *input)
{
	double value;
	enum quality quality;

	switch (input->kind) {
	case INPUT_ABSENT:
		return NAN;
	case INPUT_CONSTANT:
		return input->value;
	case INPUT_SIGNAL:
		break;
	}
	quality = g->read(g->ctx, input->signal, &value);
	if (quality < g->worst) {
		g->worst = quality;
		g->bad = input->signal;
	}
	return quality == QUALITY_BAD ? NAN : value;
}

static struct flow_values gather_flow(struct gathering *g, const struct flow_config *flow)
{
	struct flow_values values = {.medium = flow->medium};

	for (size_t i = 0; i < FLOW_INPUTS; i++)
		values.at[i] = gather(g, &flow->input[i]);
	return values;
}

/* Says of the first fault where it is. */
static void place_fault(struct flow_fault *fault, const char *where, size_t segment)
{
	if (fault->is && !fault->where) {
		fault->where = where;
		fault->segment = segment;
	}
}

static double gather_heat(struct gathering *g, const struct segment_config *segment, double t_in_k, double t_out_k,
                          struct flow_fault *fault)
{
	struct flow_values flow;

	if (segment->duty.kind != INPUT_ABSENT)
		return gather(g, &segment->duty);
	if (!segment->flow)
		return gather(g, &segment->rate) * (t_out_k - t_in_k);
	flow = gather_flow(g, segment->flow);
	return segment->latent ? flow_latent_kw(&flow, t_out_k, fault)
	                       : flow_rate_kw_k(&flow, t_in_k, t_out_k, fault) * (t_out_k - t_in_k);
}

static void gather_curve(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	double t_k = out->slot[SLOT_SINK_T_IN];

	for (size_t i = 0; i < loop->n_curve; i++) {
		const struct segment_config *segment = &loop->curve[i];
		double t_out_k = gather(g, &segment->t_out);

		if (segment->latent)
			t_k = t_out_k;
		else if (segment->t_in.kind != INPUT_ABSENT)
			t_k = gather(g, &segment->t_in);
		out->segment[i] = (struct lorenz_segment){t_k, t_out_k, gather_heat(g, segment, t_k, t_out_k, &out->fault)};
		place_fault(&out->fault, "sink.curve", i);
		t_k = t_out_k;
	}
	out->n_segments = loop->n_curve;
}

/* A unit or technology that cannot be seen to be available is not, and the others go on. */
static double gather_available(struct gathering *g, const struct input *input)
{
	struct gathering own = {.read = g->read, .ctx = g->ctx, .worst = QUALITY_GOOD};
	double value = gather(&own, input);

	if (own.worst != QUALITY_GOOD && g->worst == QUALITY_GOOD)
		g->worst = QUALITY_UNCERTAIN;
	return own.worst == QUALITY_BAD ? 0 : value;
}

static bool is_switch(enum slot slot)
{
	return slot == SLOT_UNIT_AVAILABLE || slot == SLOT_TECHNOLOGY_AVAILABLE;
}

static void gather_machines(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	struct machines_place place;

	for (size_t k = 0; machines_place(machines_of_loop(loop), k, &place); k++)
		out->machines[k] = is_switch(place.slot) ? gather_available(g, place.input) : gather(g, place.input);
}

/* Heat-capacity rates that follow from what flows, in the place of those that are given. The outlet of a source is not known
 * before its load: what it carries there counts as at its inlet. */
static void gather_flows(struct gathering *g, const struct loop_config *loop, struct loop_inputs *out)
{
	static const enum slot slots[FLOW_COUNT] = {
	    [FLOW_SINK] = SLOT_SINK_HEAT_CAPACITY_RATE,
	    [FLOW_SOURCE] = SLOT_SOURCE_HEAT_CAPACITY_RATE,
	    [FLOW_BODY] = SLOT_BODY_HEAT_CAPACITY_RATE,
	};

	for (enum flow_of of = FLOW_SINK; of < FLOW_COUNT; of++) {
		double from_k = out->slot[of == FLOW_SINK ? SLOT_SINK_T_IN : SLOT_SOURCE_T_IN];
		double to_k = of == FLOW_SINK ? out->slot[SLOT_SINK_T_TARGET] : from_k;
		double *rate = of == FLOW_SINK ? &out->slot[slots[of]] : &out->machines[slots[of] - SLOT_MACHINES];
		struct flow_values flow;

		if (!loop->flow[of])
			continue;
		flow = gather_flow(g, loop->flow[of]);
		*rate = flow_rate_kw_k(&flow, from_k, to_k, &out->fault);
		place_fault(&out->fault, flow_of_text[of], SIZE_MAX);
	}
}

/* Those in force alone: what the others say does not matter now. */
static double gather_adders(struct gathering *g, const struct loop_config *loop, int64_t utc_us)
{
	double sum = 0;

	for (size_t i = 0; i < loop->n_adders; i++)
		if (tariff_in_force(&loop->adders[i], utc_us))
			sum += gather(g, &loop->adders[i].add);
	return sum;
}

void budget_spread(const struct loop_config *loop, double left_kg, double hours, struct loop_inputs *out)
{
	out->carbon_left_kg = left_kg;
	out->carbon_cap_kg_h = fmin(loop->carbon_cap_kg_h, fmax(left_kg, 0) / hours); /* of a NaN and a number the number */
	if (isnan(left_kg))
		out->carbon_cap_kg_h = loop->carbon_cap_kg_h;
}

enum quality inputs_gather(const struct loop_config *loop, read_signal *read, void *ctx, int64_t utc_us, struct loop_inputs *out,
                           uint32_t *bad)
{
	struct gathering g = {.read = read, .ctx = ctx, .worst = QUALITY_GOOD};

	out->own_kw = 0;
	out->technology = NO_TECHNOLOGY;
	out->reserved_kw = 0;
	out->source_rate_spread = NAN;
	out->source_rate_windows = NO_TIME;
	budget_spread(loop, loop->carbon_budget_kg, HOURS_OF_DAY, out);
	for (size_t i = 0; i < SLOT_DECIDED_END; i++)
		out->slot[i] = gather(&g, &loop->slot[i]);
	out->adders_eur_mwh = gather_adders(&g, loop, utc_us);
	out->fault = (struct flow_fault){0};
	gather_curve(&g, loop, out);
	gather_machines(&g, loop, out);
	gather_flows(&g, loop, out);
	out->outside = envelope_outside(loop, out, 0);
	if (bad && g.worst == QUALITY_BAD)
		*bad = g.bad;
	return g.worst;
}

/* Readings of the plant's answer. A measurement that cannot be or does not balance lowers the point's quality, and is never
 * hidden. */
#include "feedback.h"

#include "crosscheck.h"
#include "frame.h"

#include <math.h>
#include <stdio.h>

#define ACTUAL(member)                                                 \
	{                                                              \
#member, FIELD_NUMBER, offsetof(struct actual, member) \
	}
const struct field actual_fields[] = {
    ACTUAL(t_sink_out_c),       ACTUAL(q_sink_kw),           ACTUAL(p_elec_kw),       ACTUAL(cop),
    ACTUAL(cost_savings_eur_h), ACTUAL(carbon_savings_kg_h), {NULL, FIELD_NUMBER, 0},
};

struct reading {
	const struct loop_config *loop;
	read_signal *read;
	void *ctx;
	struct feedback *out;
};

static double measured(const struct reading *r, enum slot slot)
{
	const struct input *input = &r->loop->slot[slot];
	double value = NAN;
	enum quality quality;

	if (input->kind == INPUT_ABSENT)
		return NAN;
	r->out->configured = true;
	if (input->kind == INPUT_CONSTANT)
		return input->value;
	quality = r->read(r->ctx, input->signal, &value);
	if (quality < r->out->quality) {
		r->out->quality = quality;
		r->out->worst = input->signal;
	}
	return quality == QUALITY_BAD ? NAN : value;
}

static enum said said(const struct reading *r, enum slot slot)
{
	double value = measured(r, slot);

	return isnan(value) ? SAID_NOTHING : value != 0 ? SAID_YES : SAID_NO;
}

void feedback_read(const struct loop_config *loop, read_signal *read, void *ctx, struct feedback *out)
{
	const struct reading r = {.loop = loop, .read = read, .ctx = ctx, .out = out};

	*out = (struct feedback){.quality = QUALITY_GOOD};
	out->running = said(&r, SLOT_RUNNING);
	out->remote = said(&r, SLOT_REMOTE);
	out->trip = said(&r, SLOT_TRIP);
	out->permit = said(&r, SLOT_PERMIT);
	out->t_sink_out_k = measured(&r, SLOT_T_SINK_OUT);
	out->q_sink_kw = measured(&r, SLOT_Q_SINK);
	out->p_elec_kw = measured(&r, SLOT_P_ELEC);
	out->q_source_kw = measured(&r, SLOT_Q_SOURCE);
}

bool feedback_stops(const struct feedback *f, enum reason *reason)
{
	if (f->trip != SAID_YES && f->permit != SAID_NO)
		return false;
	*reason = f->trip == SAID_YES ? REASON_TRIPPED : REASON_UNAVAILABLE;
	return true;
}

bool feedback_is_local(const struct feedback *f)
{
	return f->remote == SAID_NO;
}

bool feedback_deviates(const struct loop_config *loop, const struct feedback *f, const struct decision *d, struct err *e)
{
	double t_k = f->t_sink_out_k, expected_k = d->t_expected_k;

	if (d->on && f->running == SAID_NO)
		err_set(e, "the heat pump is asked to run and does not");
	else if (!d->on && f->running == SAID_YES)
		err_set(e, "the heat pump is asked to be off and runs");
	else if (d->on && fabs(t_k - expected_k) > loop->follow_tolerance_k)
		err_set(e, "t_sink_out is %.4g degC, expected %.4g degC", k_to_c(t_k), k_to_c(expected_k));
	else
		return false;
	return true;
}

/* Heat that is driven by heat, or is power itself, keeps none of the bounds of a heat pump. */
static bool is_heat_pump(const struct loop_config *loop, const struct frame *frame)
{
	if (!frame)
		return !loop->machines || loop->machines->n_technologies == 0;
	return !frame->general || frame->machines.efficiency.model != LORENZ_MODEL_SHARES;
}

/* The means of what the machine does, where they are known. */
static enum quality check(const struct loop_config *loop, const struct feedback *f, const struct frame *frame, struct err *why)
{
	struct measured m = {.q_sink_kw = f->q_sink_kw, .q_source_kw = f->q_source_kw, .p_elec_kw = f->p_elec_kw,
	                     .t_source_mean_k = NAN, .t_sink_mean_k = NAN};
	double q_kw = frame ? fmin(f->q_sink_kw, frame_curve(frame)->q_total_kw) : NAN;

	if (q_kw > 0) {
		m.t_source_mean_k = frame->t_source_mean_k;
		m.t_sink_mean_k = q_kw / lorenz_curve_phi(frame_curve(frame), q_kw);
	}
	return is_heat_pump(loop, frame) ? crosscheck_measured(&m, loop->balance, why) : QUALITY_GOOD;
}

static void actual_savings(const struct feedback *f, const struct frame *frame, struct actual *a)
{
	bool idle = f->running == SAID_NO && !(f->q_sink_kw > 0) && !(f->p_elec_kw > 0);
	struct point point = {.cost_savings_eur_h = 0, .carbon_savings_kg_h = 0};

	if (f->trip != SAID_YES && !feedback_is_local(f) && !idle) {
		point.cost_savings_eur_h = point.carbon_savings_kg_h = NAN;
		if (frame)
			point_savings(frame, a->q_sink_kw, a->p_elec_kw, &point);
	}
	a->cost_savings_eur_h = point.cost_savings_eur_h;
	a->carbon_savings_kg_h = point.carbon_savings_kg_h;
}

void feedback_actual(const struct loop_config *loop, const struct feedback *f, const struct frame *frame, struct actual *out)
{
	struct err why = {""};
	enum quality checked = check(loop, f, frame, &why);

	*out = (struct actual){
	    .t_sink_out_c = k_to_c(f->t_sink_out_k),
	    .q_sink_kw = f->q_sink_kw,
	    .p_elec_kw = f->p_elec_kw,
	    .cop = f->p_elec_kw > 0 && f->q_sink_kw > 0 ? f->q_sink_kw / f->p_elec_kw : NAN,
	    .quality = checked < f->quality ? checked : f->quality,
	};
	actual_savings(f, frame, out);
	snprintf(out->reason, sizeof(out->reason), "%.*s", (int)sizeof(out->reason) - 1, why.text);
}

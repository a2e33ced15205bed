/* A loop with constant or substituted inputs goes the way of the service: gather, evaluate, decide. */
#include "solve_loop.h"

#include "core/frame.h"

#include <math.h>

struct point point_at(const struct frame *frame, double t_c, double q_kw, double p_kw)
{
	struct point point = {
	    .t_sink_out_c = t_c,
	    .t_free_c = NAN,
	    .electrification = lorenz_electrification(q_kw, frame->curve.q_total_kw),
	    .cop = q_kw > 0 && p_kw > 0 ? q_kw / p_kw : NAN,
	    .q_sink_kw = q_kw,
	    .p_elec_kw = p_kw,
	};

	point_savings(frame, q_kw, p_kw, &point);
	return point;
}

bool solve_loop(const struct loop_config *loop, const struct inputs_from *from, struct solved *out, struct err *e)
{
	struct loop_inputs inputs;
	struct frame frame;
	struct evaluation evaluation;
	struct evaluation_more more;
	struct decision decision;
	struct wanted wanted;
	enum quality quality = inputs_gather(loop, from->read, from->ctx, from->utc_us, &inputs, NULL);

	if (!frame_build(loop, &inputs, &frame, e) || !evaluate(loop, &inputs, &frame, &evaluation, &more, e) ||
	    !decide(loop, &frame, (struct kept){.t_k = NAN}, &decision, &wanted, e))
		return false;
	*out = (struct solved){.loop = loop->name, .machines = machines_of_loop(loop), .evaluation = evaluation, .frame = frame};
	if (evaluation.more)
		out->more = more;
	envelope_words(&inputs, inputs.outside, out->outside);
	out->setpoint = decision_setpoint(loop, &decision, quality);
	out->at = point_at(&frame, out->setpoint.t_sink_out_c, decision.q_kw, decision.p_kw);
	if (frame.general)
		machines_at(&frame, decision.q_kw, &out->at_more);
	out->at_kind = loop->name ? "setpoint" : NULL;
	return true;
}

bool solve_outlet(const struct loop_config *loop, const struct inputs_from *from, double t_out_k, struct solved *out,
                  struct err *e)
{
	static const double ROUNDING_K = 1e-9; /* of a temperature that went through degC */
	const struct frame *frame = &out->frame;
	const struct lorenz_curve *curve;
	double q_kw;

	if (!solve_loop(loop, from, out, e))
		return false;
	curve = frame_curve(frame);
	if (t_out_k < curve->t_in_k - ROUNDING_K || t_out_k > curve->t_target_k + ROUNDING_K) {
		err_set(e, "is not between the inlet, %.10g degC, and the target, %.10g degC", k_to_c(curve->t_in_k),
		        k_to_c(curve->t_target_k));
		return false;
	}
	q_kw = frame_q_kw(frame, t_out_k);
	out->at = point_at(frame, k_to_c(t_out_k), q_kw, frame_power_kw(frame, q_kw));
	out->at.limited_by = frame->outside ? "envelope" : lorenz_limit_text(frame_limit_at(frame, q_kw));
	if (frame->general)
		machines_at(frame, q_kw, &out->at_more);
	out->at_kind = "outlet";
	return true;
}

/* ---- its points ------------------------------------------------------------------------- */

static const char *const kind_title[POINT_COUNT] = {
    [POINT_COST_OPTIMAL] = "cost optimum",     [POINT_COST_BREAK_EVEN] = "cost break-even",
    [POINT_CARBON_OPTIMAL] = "carbon optimum", [POINT_CARBON_BREAK_EVEN] = "carbon break-even",
    [POINT_BLEND_OPTIMAL] = "blend optimum",   [POINT_BLEND_BREAK_EVEN] = "blend break-even",
    [POINT_GOAL_OPTIMAL] = "goal optimum",
};

size_t solved_points(const struct solved *s, struct named_point points[NAMED_POINTS_MAX])
{
	size_t n = 0;

	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		const struct evaluation *e = &s->evaluation;
		const struct point_more *optimal = e->more ? &s->more.optimal[merit] : NULL;
		const struct point_more *break_even = e->more ? &s->more.break_even[merit] : NULL;
		size_t kind;

		if (!e->merit[merit].present)
			continue;
		kind = e->merit[merit].is_goal ? POINT_GOAL_OPTIMAL : 2 * (size_t)merit;
		points[n++] = (struct named_point){point_kind_text[kind], kind_title[kind], &e->merit[merit].optimal, optimal};
		if (kind == POINT_GOAL_OPTIMAL)
			continue;
		points[n++] = (struct named_point){point_kind_text[kind + 1], kind_title[kind + 1], &e->merit[merit].break_even,
		                                   break_even};
	}
	if (s->at_kind)
		points[n++] = (struct named_point){s->at_kind, s->at_kind, &s->at, s->evaluation.more ? &s->at_more : NULL};
	return n;
}

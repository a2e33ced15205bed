/* Below the peak that is paid electricity costs its price, beyond it that much more as the higher peak costs per hour of use.
 * Savings are concave in heat, so the optimum is the one at the plain price where that stays below the peak, the one at the
 * higher price where that goes beyond, and else the peak itself. Carbon and objectives under a constraint know no price of power: for them the peak is a limit. */
#include "demand.h"

#include "condition.h"
#include "frame.h"

#include <math.h>

static const double KW_PER_MW = 1000, US_PER_H = 3600e6;
static const double SLACK_KW = 1e-6; /* of rounding: no power to run on */

/* The peak less what the site draws without this heat pump, and less what others have been promised. */
double demand_paid_kw(const struct loop_inputs *inputs)
{
	double free_kw = inputs->slot[SLOT_DEMAND_PEAK] - inputs->slot[SLOT_DEMAND_SITE_POWER] - inputs->reserved_kw;

	if (isnan(free_kw))
		return INFINITY;
	return inputs->own_kw + free_kw > SLACK_KW ? inputs->own_kw + free_kw : 0;
}

static double beyond_eur_mwh(const double *slot)
{
	double price_eur_kw = slot[SLOT_DEMAND_PRICE];

	return isnan(price_eur_kw) ? INFINITY : price_eur_kw * KW_PER_MW / (slot[SLOT_DEMAND_HOURS] / US_PER_H);
}

/* The power of the optimum at the rates in frame->at, whatever is paid. */
static double wanted_kw(const struct frame *frame, enum merit merit)
{
	const struct frame_bounds bounds = {.t_max_k = INFINITY};
	struct lorenz_operation operation;
	struct err ignored;

	return frame_operate(frame, merit, &bounds, &operation, &ignored) ? operation.optimal.p_kw : 0;
}

static void resolve(struct frame *frame, enum merit merit)
{
	struct lorenz_rates *at = &frame->at[merit];

	if (isfinite(at->elec) && isfinite(at->heat))
		frame->held[merit] = wanted_kw(frame, merit) > frame->demand_kw;
	if (frame->held[merit] && merit != MERIT_CARBON && !frame_is_constrained(frame, merit) && isfinite(frame->demand_eur_mwh)) {
		at->elec += frame->demand_eur_mwh;
		if (wanted_kw(frame, merit) > frame->demand_kw) {
			frame->held[merit] = false;
			return;
		}
		*at = frame->rates[merit];
	}
	frame->bound_kw[merit] = frame->demand_kw;
}

static void resolve_all(struct frame *frame)
{
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		frame->at[merit] = frame->rates[merit];
		frame->bound_kw[merit] = INFINITY;
		frame->held[merit] = false;
		if (isfinite(frame->demand_kw))
			resolve(frame, merit);
	}
}

/* An electric boiler is not counted on for more than it draws already and the heat pump leaves of the paid power. With less of
 * the boiler the heat pump makes more, or as much, so each round leaves the boiler less; what is left after the last is there
 * in any case. */
static void hold_boiler(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame)
{
	enum { ROUNDS = 8 };
	enum merit merit = objective_merit(loop->objective);
	double drawn_kw = fmax(machines_boiler_draws_kw(inputs), 0), before_kw = INFINITY, left_kw = frame->demand_kw;

	if (!frame->general || !frame->machines.has_electric_boiler || !isfinite(frame->demand_kw))
		return;
	for (int i = 0; i < ROUNDS && left_kw < before_kw - SLACK_KW; i++) {
		before_kw = left_kw;
		machines_hold_boiler(frame, drawn_kw + left_kw);
		resolve_all(frame);
		left_kw = fmin(left_kw, fmax(frame->demand_kw - wanted_kw(frame, merit), 0));
	}
	if (left_kw < before_kw - SLACK_KW) {
		machines_hold_boiler(frame, drawn_kw + left_kw);
		resolve_all(frame);
	}
}

void demand_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame)
{
	frame->demand_kw = demand_paid_kw(inputs);
	frame->demand_eur_mwh = beyond_eur_mwh(inputs->slot);
	resolve_all(frame);
	hold_boiler(loop, inputs, frame);
}

double demand_cost_eur_h(const struct frame *frame, double p_kw)
{
	if (!(p_kw > frame->demand_kw) || !isfinite(frame->demand_eur_mwh))
		return 0;
	return frame->demand_eur_mwh * (p_kw - frame->demand_kw) / KW_PER_MW;
}

/* Each question once for the closed form and once for the general case. */
#include "frame.h"

#include "demand.h"

#include <math.h>

struct frame_bounds frame_bounds_of(const struct frame *f)
{
	return (struct frame_bounds){.t_max_k = f->outside ? f->curve.t_in_k - 1 : INFINITY};
}

const struct lorenz_curve *frame_curve(const struct frame *f)
{
	return f->general ? &f->machines.rest : &f->curve;
}

double frame_t_k(const struct frame *f, double q_kw)
{
	return lorenz_curve_t_k(frame_curve(f), q_kw);
}

double frame_q_kw(const struct frame *f, double t_k)
{
	return lorenz_curve_q_kw(frame_curve(f), t_k);
}

double frame_power_kw(const struct frame *f, double q_kw)
{
	if (f->general)
		return machines_power_kw(f, q_kw);
	return lorenz_power_kw(&f->curve, f->t_source_mean_k, &f->machine, q_kw);
}

double frame_savings(const struct frame *f, enum merit merit, double q_kw, double p_kw)
{
	if (f->general)
		return machines_savings(f, merit, f->at[merit].elec, q_kw, p_kw);
	return lorenz_savings(f->at[merit], q_kw, p_kw);
}

bool frame_is_constrained(const struct frame *f, enum merit merit)
{
	return f->general && merit == MERIT_BLEND && f->machines.own.kind >= LORENZ_GOAL_CARBON_FREE;
}

bool frame_pays(const struct frame *f, enum merit merit, double q_kw, double p_kw)
{
	if (frame_is_constrained(f, merit))
		return machines_pays(f, q_kw, p_kw);
	return frame_need_kw(f) > 0 || frame_savings(f, merit, q_kw, p_kw) > 0;
}

double frame_need_kw(const struct frame *f)
{
	return f->general ? f->machines.need_kw : 0;
}

double frame_shortfall_kw(const struct frame *f, double q_kw)
{
	return f->general ? machines_short_kw(&f->machines, fmax(f->machines.rest.q_total_kw - q_kw, 0)) : 0;
}

double frame_reference(const struct frame *f, enum merit merit)
{
	if (f->general && machines_short_kw(&f->machines, f->curve.q_total_kw) > 0)
		return NAN;
	if (f->general)
		return machines_avoided(f, merit, f->curve.q_total_kw, f->curve.q_total_kw);
	return f->rates[merit].heat * f->curve.q_total_kw / 1000;
}

static struct lorenz_rates rates_near(const struct frame *f, enum merit merit, double q_kw)
{
	double near_kw = q_kw > 0 ? q_kw : f->curve.q_total_kw / 100;
	struct lorenz_rates source;

	if (!f->general || !(near_kw > 0))
		return f->rates[merit];
	source = machines_source_rates(f, merit);
	return (struct lorenz_rates){
	    .elec = f->rates[merit].elec + source.elec,
	    .heat = 1000 * machines_avoided(f, merit, f->machines.rest.q_total_kw, near_kw) / near_kw - source.heat,
	};
}

struct lorenz_rates frame_rates(const struct frame *f, enum merit merit, double q_kw)
{
	return frame_need_kw(f) > 0 ? (struct lorenz_rates){NAN, NAN} : rates_near(f, merit, q_kw);
}

struct frame_emissions frame_emissions(const struct frame *f, double q_kw)
{
	double rest_kw = frame_curve(f)->q_total_kw;

	return (struct frame_emissions){
	    .demand_kw = rest_kw,
	    .base_kg_h = f->general ? machines_avoided(f, MERIT_CARBON, rest_kw, rest_kw) : f->rates[MERIT_CARBON].heat * rest_kw / 1000,
	    .rates = rates_near(f, MERIT_CARBON, q_kw),
	};
}

/* ---- bounds ----------------------------------------------------------------------------- */

static struct lorenz_machine bounded(const struct frame *f, enum merit merit, const struct frame_bounds *bounds)
{
	struct lorenz_machine machine = f->machine;

	if (bounds->by_temperature) {
		machine.q_min_kw = 0;
		machine.q_max_kw = INFINITY;
		machine.p_max_kw = f->bound_kw[merit]; /* no machine knows what the site has paid for */
	} else {
		machine.p_max_kw = fmin(machine.p_max_kw, f->bound_kw[merit]);
	}
	machine.t_max_k = fmin(machine.t_max_k, bounds->t_max_k);
	return machine;
}

double frame_top_kw(const struct frame *f, enum merit merit, const struct frame_bounds *bounds, enum lorenz_limit *limit)
{
	struct lorenz_machine machine;

	if (f->general)
		return machines_top_kw(f, merit, bounds, limit);
	machine = bounded(f, merit, bounds);
	return lorenz_q_max_kw(&f->curve, f->t_source_mean_k, &machine, limit);
}

double frame_load_kw(const struct frame *f, double q_kw, double most_kw)
{
	return f->general ? machines_load_kw(f, q_kw, most_kw) : fmax(q_kw, f->machine.q_min_kw);
}

double frame_least_kw(const struct frame *f)
{
	return f->general ? machines_load_kw(f, 0, INFINITY) : f->machine.q_min_kw;
}

enum lorenz_limit frame_limit_at(const struct frame *f, double q_kw)
{
	enum lorenz_limit limit = LORENZ_LIMIT_NONE;

	if (f->general)
		return machines_limit_at(f, q_kw);
	if (q_kw > lorenz_q_max_kw(&f->curve, f->t_source_mean_k, &f->machine, &limit))
		return limit;
	return q_kw > 0 && q_kw < f->machine.q_min_kw ? LORENZ_LIMIT_MIN_LOAD : LORENZ_LIMIT_NONE;
}

double frame_capacity_kw(const struct frame *f)
{
	double kw = f->machine.q_max_kw;

	if (f->general)
		kw = machines_capacity_kw(f);
	return isfinite(kw) ? kw : NAN;
}

bool frame_buys_peak(const struct frame *f)
{
	return f->at[MERIT_COST].elec > f->rates[MERIT_COST].elec;
}

bool frame_source_is_spent(const struct frame *f)
{
	return f->general && machines_source_kw(f, NULL) <= 0;
}

/* ---- points ----------------------------------------------------------------------------- */

static struct lorenz_point point_of(const struct lorenz_case_point *from)
{
	return (struct lorenz_point){
	    .q_kw = from->q_kw,
	    .t_out_k = from->t_out_k,
	    .t_free_k = from->t_free_k,
	    .electrification = from->electrification,
	    .cop = from->cop,
	    .p_kw = from->p_kw,
	    .savings = from->savings,
	    .limited_by = from->limited_by,
	    .overlap = from->overlap,
	};
}

static enum lorenz_status operate_general(const struct frame *f, enum merit merit, const struct frame_bounds *bounds,
                                          struct lorenz_operation *out, struct lorenz_solution *solution)
{
	enum lorenz_status status = machines_solve(f, merit, bounds, solution);

	if (status == LORENZ_OK)
		*out = (struct lorenz_operation){
		    .ratio = lorenz_ratio(f->at[merit]),
		    .optimal = point_of(&solution->optimal),
		    .break_even = point_of(&solution->break_even),
		    .break_even_free = point_of(&solution->break_even_free),
		};
	return status;
}

bool frame_solve(const struct frame *f, enum merit merit, const struct frame_bounds *bounds, struct lorenz_operation *out,
                 struct lorenz_solution *solution, struct err *e)
{
	struct lorenz_machine machine = bounded(f, merit, bounds);
	enum lorenz_status status = f->general ? operate_general(f, merit, bounds, out, solution)
	                                       : lorenz_operate(&f->curve, f->t_source_mean_k, &machine, f->at[merit], out);

	return status == LORENZ_OK || frame_refused(status, f->t_source_mean_k, f->curve.t_in_k, f->curve.t_target_k, e);
}

bool frame_operate(const struct frame *f, enum merit merit, const struct frame_bounds *bounds, struct lorenz_operation *out,
                   struct err *e)
{
	struct lorenz_solution ignored;

	return frame_solve(f, merit, bounds, out, &ignored, e);
}

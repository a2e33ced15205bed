/* What is asked of a frame, whichever way its points are computed: by the closed form for one machine of constant
 * efficiency, or as the general case. Deadband, minimum load, pacing, manual and demand bounds know the frame only
 * through these. */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "evaluate.h"

/* What bounds a point. */
struct frame_bounds {
	double t_max_k;      /* of the outlet, beside the machine's own */
	bool by_temperature; /* only what bounds temperatures: the source's limits and the power that is paid among them, but
	                      * neither capacity nor the machine's own power */
};

/* Of its points: none, or outside its envelope that nothing can be below the inlet. */
struct frame_bounds frame_bounds_of(const struct frame *frame);
/* What the heat pump heats. */
const struct lorenz_curve *frame_curve(const struct frame *frame);
double frame_t_k(const struct frame *frame, double q_kw);      /* outlet at a heat */
double frame_q_kw(const struct frame *frame, double t_k);      /* most heat at no more than that outlet */
double frame_power_kw(const struct frame *frame, double q_kw); /* NaN: not possible */
/* At the rates that the optimum is looked for at; in the merit's own unit an hour. */
double frame_savings(const struct frame *frame, enum merit merit, double q_kw, double p_kw);
/* A heat is of use. */
bool frame_pays(const struct frame *frame, enum merit merit, double q_kw, double p_kw);
bool frame_is_constrained(const struct frame *frame, enum merit merit);
/* Heat that the utilities cannot make; 0 where they can carry the demand alone. */
double frame_need_kw(const struct frame *frame);
/* What nobody makes beside that heat from the heat pump. */
double frame_shortfall_kw(const struct frame *frame, double q_kw);
/* What all of the demand costs or emits without a heat pump, an hour; NaN where it cannot do without. */
double frame_reference(const struct frame *frame, enum merit merit);
/* Rates that tell the savings near that heat; NaN where there is nothing to compare with. */
struct lorenz_rates frame_rates(const struct frame *frame, enum merit merit, double q_kw);
/* What an hour emits near that heat, of which no more than the demand is of use: base less what the rates save. */
struct frame_emissions {
	double demand_kw, base_kg_h;
	struct lorenz_rates rates;
};
struct frame_emissions frame_emissions(const struct frame *frame, double q_kw);
/* Most heat under the bounds; *limit (may be NULL): which. */
double frame_top_kw(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, enum lorenz_limit *limit);
/* The least heat from q_kw on that the machines can make, not above most_kw: below q_kw only where there is none. */
double frame_load_kw(const struct frame *frame, double q_kw, double most_kw);
double frame_least_kw(const struct frame *frame); /* the minimum load */
/* The bound that is in that heat's way, whatever is paid for power. */
enum lorenz_limit frame_limit_at(const struct frame *frame, double q_kw);
double frame_capacity_kw(const struct frame *frame); /* NaN: unlimited */
/* By cost more power pays than what is paid already. */
bool frame_buys_peak(const struct frame *frame);
/* The source's own limits leave nothing to take. */
bool frame_source_is_spent(const struct frame *frame);
/* Optimum and break-even; a refusal is put into words. */
bool frame_operate(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, struct lorenz_operation *out,
                   struct err *e);

/* The same; in the general case *solution gets all that is known of the points. */
bool frame_solve(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, struct lorenz_operation *out,
                 struct lorenz_solution *solution, struct err *e);

#endif

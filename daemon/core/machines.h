/* The general case behind a loop's frame: efficiency models, a source that cools, approaches, units, utilities in merit
 * order, direct exchange. Built of the loop's inputs and asked through the frame (core/frame.h). */
#ifndef CORE_MACHINES_H
#define CORE_MACHINES_H

#include "config_machines.h"
#include "json_out.h"
#include "record.h"

#include <lorenz/case.h>

struct frame;
struct loop_inputs;
struct frame_bounds;
struct evaluation_more;

/* The technologies that a loop lists, for each objective that is there, best first. */
struct ranking {
	size_t n; /* 0: it lists none */
	bool present[MERIT_COUNT];
	bool is_goal; /* of MERIT_BLEND: under a constraint */
	struct technology_row row[MERIT_COUNT][TECHNOLOGIES_MAX];
};

/* cost, carbon, blend or goal */
static inline const char *ranking_objective(const struct ranking *ranking, enum merit merit)
{
	return merit == MERIT_BLEND && ranking->is_goal ? "goal" : merit_text[merit];
}

/* plant's pointers are of use while it is built; what is asked later sets its own, so that a frame may be copied. */
struct machines {
	struct lorenz_case plant; /* with the technology that counts */
	struct lorenz_case base;  /* without, of a loop that lists some */
	struct lorenz_efficiency efficiency;
	struct lorenz_curve rest; /* what the heat pump heats: the curve after direct exchange */
	struct lorenz_direct_savings direct;
	double need_kw; /* of the heat pump, for the utilities cannot make it */
	struct lorenz_goal own;                    /* of MERIT_BLEND */
	uint8_t unit_of[UNITS_MAX];                /* which of the configured ones each of plant.units is */
	double utility_elec[LORENZ_UTILITIES_MAX]; /* electricity that each takes for its heat, kW per kW */
	bool has_electric_boiler;
	struct ranking ranking;
	uint8_t technology; /* that plant has; NO_TECHNOLOGY: none fits, or none are listed */
	uint8_t next;       /* that is to take over */
	bool must_stop;     /* what runs fits no longer: technology is another one already */
};

/* Into frame->machines, where curve, machine bounds and rates are there already. False, with words, where the inputs allow
 * no decision. */
bool machines_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, struct err *e);

/* A unit that does not run whatever is best: it is not available, or has no capacity. */
bool machines_unit_is_out(const struct loop_inputs *inputs, size_t unit);
/* Capacity of all units together, whether they are available or not. */
double machines_units_kw(const struct machines_config *config, const struct loop_inputs *inputs);
/* What the electric boiler is measured to draw; 0: not known. */
double machines_boiler_draws_kw(const struct loop_inputs *inputs);
/* Of the electric boiler no more counts than what that power makes. */
void machines_hold_boiler(struct frame *frame, double p_kw);
/* A model with those of its parameters that are given; NaN: not. From SLOT_MODEL_PINCH on. */
struct lorenz_efficiency machines_model(const struct lorenz_efficiency *model, const double *parameters);
/* The heat pump's; a constant NaN where it has none. */
struct lorenz_efficiency machines_efficiency(const struct machines_config *config, const struct loop_inputs *inputs);

/* The functions of core/frame.h in the general case. */
enum lorenz_status machines_solve(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds,
                                  struct lorenz_solution *out);
enum lorenz_status machines_point_at(const struct frame *frame, double q_kw, struct lorenz_case_point *out);
double machines_power_kw(const struct frame *frame, double q_kw);
enum lorenz_limit machines_limit_at(const struct frame *frame, double q_kw);
/* What an hour costs or emits with that heat from the heat pump, after direct exchange. */
struct lorenz_breakdown machines_breakdown(const struct frame *frame, enum merit merit, double q_kw, double p_kw);
double machines_avoided(const struct frame *frame, enum merit merit, double from_kw, double q_kw);
/* What the source's heat costs or emits, per heat delivered and per electricity. */
struct lorenz_rates machines_source_rates(const struct frame *frame, enum merit merit);
double machines_savings(const struct frame *frame, enum merit merit, double elec, double q_kw, double p_kw);
double machines_top_kw(const struct frame *frame, enum merit merit, const struct frame_bounds *bounds, enum lorenz_limit *limit);
/* Of a loop's objective under a constraint: whether it holds there, and whether that heat is of use. */
bool machines_meets(const struct frame *frame, double q_kw, double p_kw);
bool machines_pays(const struct frame *frame, double q_kw, double p_kw);
/* What nobody makes of that demand without the heat pump; 0 where it is no more than rounding. */
double machines_short_kw(const struct machines *m, double demand_kw);
double machines_capacity_kw(const struct frame *frame);
/* What the heat pump may take from the source; *limit (may be NULL): what bounds that. */
double machines_source_kw(const struct frame *frame, enum lorenz_limit *limit);
double machines_load_kw(const struct frame *frame, double q_kw, double most_kw);

/* n >= 2 points of least cost for given carbon, from the cost optimum to the carbon optimum, and what goals of one's own ask
 * for. Power that is paid already is a limit for all of them, unless the cost optimum goes beyond it. */
enum lorenz_status machines_pareto(const struct frame *frame, size_t n, struct lorenz_case_point *out);
enum lorenz_status machines_goals(const struct frame *frame, const struct lorenz_goal *goals, size_t n,
                                  struct lorenz_solution *out);
/* The loop as it is whatever technology counts. */
const struct lorenz_case *machines_base(const struct frame *frame);

/* What payloads tell beyond the closed form: of the inputs, and of a point. */
void machines_more(const struct loop_inputs *inputs, const struct frame *frame, struct evaluation_more *out);
void machines_point(const struct frame *frame, const struct lorenz_case_point *from, struct point_more *to);
/* The same at a heat; NaN where that is not possible. */
void machines_at(const struct frame *frame, double q_kw, struct point_more *to);
/* What a utility is called in results. */
const char *machines_utility_name(const struct machines_config *config, bool has_electric_boiler, size_t i);
/* What each makes of the rest, {"boiler": kW, …}; config may be NULL, or be a newer one than the point's: names are missing then. */
void machines_write_utilities(struct json_out *out, const char *key, const struct machines_config *config,
                              const struct point_more *point);
enum { MACHINES_TEXT_MAX = 2048 }; /* eight names of 100 characters, and their numbers */
const char *machines_utilities_text(const struct machines_config *config, const struct point_more *point, bool exact,
                                    char text[MACHINES_TEXT_MAX]);
/* Names of the units that run, "hp1,hp2"; NULL: there are no units. */
const char *machines_units_text(const struct machines_config *config, const struct point_more *point, char text[MACHINES_TEXT_MAX]);

#endif

/* From a loop's inputs to its operating points: the one place where plant quantities meet liblorenz. Pure; the service,
 * the replay and `lorenzctl solve` all come through here. */
#ifndef CORE_EVALUATE_H
#define CORE_EVALUATE_H

#include "config.h"
#include "flow.h"
#include "machines.h"
#include "record.h"

#include <lorenz/lorenz.h>

#include <math.h>

/* The values of one moment, internal units; NaN: absent. */
struct loop_inputs {
	double slot[SLOT_DECIDED_END];
	double adders_eur_mwh;     /* by time of use, beside the slot */
	double own_kw;             /* of the site's power, this heat pump's own: 0 unless the caller knows better */
	uint8_t technology;        /* that runs; NO_TECHNOLOGY: none */
	double reserved_kw;        /* other heat pumps were allowed that much more than the site's power shows yet */
	unsigned outside;          /* of the operating envelope, as core/envelope.h tells it: without hysteresis unless the caller knows better */
	double source_rate_spread; /* of the estimated heat-capacity rate's windows, as a share; NaN: not known */
	int64_t source_rate_windows; /* NO_TIME: it is not estimated */
	double carbon_cap_kg_h;    /* in force; NaN: none */
	double carbon_left_kg;     /* of the day's budget; NaN: there is none */
	double machines[MACHINES_INPUTS_MAX]; /* by place, where the loop has machines */
	struct flow_fault fault;   /* of streams told by what flows */
	size_t n_segments;         /* 0: one sensible stream from the slots */
	struct lorenz_segment segment[LORENZ_SEGMENTS_MAX];
};

/* Reads one live signal: its value in internal units where the quality is not bad. */
typedef enum quality read_signal(void *ctx, uint32_t signal, double *internal);

/* Collects a loop's inputs at a time (tariffs follow it); the result is the worst quality among them. *bad (may be NULL) gets the first bad signal.
 * Bad inputs are NaN in out. */
enum quality inputs_gather(const struct loop_config *loop, read_signal *read, void *ctx, int64_t utc_us, struct loop_inputs *out,
                           uint32_t *bad);

/* The cap in force, where that much is left of a budget (NaN: there is none) for so many hours. */
void budget_spread(const struct loop_config *loop, double left_kg, double hours, struct loop_inputs *out);

/* What the points are computed from, ready for the library; asked through core/frame.h. */
struct frame {
	struct lorenz_curve curve;
	double t_source_mean_k;
	struct lorenz_machine machine;
	struct lorenz_prices prices;              /* NaN where absent */
	struct lorenz_rates rates[MERIT_COUNT];   /* NaN where the inputs for it are absent */
	double demand_kw;                         /* power that is paid already; INFINITY: any */
	double demand_eur_mwh;                    /* on top of the price of electricity beyond it; INFINITY: never beyond */
	struct lorenz_rates at[MERIT_COUNT];      /* those that the optimum is looked for at: beyond that power with its price */
	double bound_kw[MERIT_COUNT];             /* of power: what is paid, or INFINITY where more of it pays */
	bool held[MERIT_COUNT];                   /* without that bound it would be more */
	bool available;
	enum reason stopped;                      /* why, where it is not */
	unsigned outside;                         /* of the operating envelope */
	bool general;                             /* machines is there and counts */
	struct machines machines;
	enum quality checked;                     /* uncertain: inputs contradict each other, as far as the loop tolerates that */
};

/* Inputs are within their sane ranges already; what contradicts another one is refused, or makes the frame uncertain. e says
 * why. */
bool frame_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *out, struct err *e);

/* Its inputs are there for that objective. */
bool frame_has(const struct loop_config *loop, const struct frame *frame, enum merit merit);

/* What the library refused, in words; false. */
bool frame_refused(enum lorenz_status status, double t_source_k, double t_in_k, double t_target_k, struct err *e);

/* The `inputs` of a points payload, in its units. */
struct point_inputs {
	double source_t_in_c, source_t_out_c, sink_t_in_c, sink_t_target_c, duty_kw;
	double price_elec_eur_mwh, price_heat_eur_mwh, carbon_elec_kg_mwh, carbon_heat_kg_mwh;
	double eta_lorenz, t_max_c, capacity_kw, p_elec_max_kw, min_load_kw, demand_kw;
	bool available, overlap;
	const char *envelope; /* the limit that keeps the heat pump off; NULL: none */
};
extern const struct field point_inputs_fields[];

/* The same of the general case. */
struct more_inputs {
	double source_heat_capacity_rate_kw_k, source_t_out_min_c, source_cooling_max_kw, source_price_eur_mwh;
	double source_carbon_kg_mwh;
	double body_heat_capacity_rate_kw_k, body_cooling_max_k;
	double approach_sink_k, approach_source_k;
	double direct_pinch_k, boiler_kw, electric_boiler_kw;
	double carbon_cap_kg_h, carbon_left_kg;
	double source_rate_spread;
	int64_t source_rate_windows;
	int64_t units_available;
};
extern const struct field more_inputs_fields[];

/* What direct exchange makes before the heat pump, and what that saves. */
struct direct_point {
	double q_kw, t_sink_out_c, t_source_out_c, cost_savings_eur_h, carbon_savings_kg_h;
	bool advised; /* the source's flow is not known: so much would be possible, and nothing is counted */
};
extern const struct field direct_fields[];

/* What the general case adds. */
struct evaluation_more {
	struct more_inputs inputs;
	struct direct_point direct;
	struct point_more optimal[MERIT_COUNT], break_even[MERIT_COUNT];
	bool has_direct;
};

struct evaluation {
	struct evaluation_more *more; /* whose it is says who fills it; NULL: there is no more */
	struct point_inputs inputs;
	struct {
		bool present;
		bool is_goal; /* of a constrained objective, in the place of blend; it has no break-even */
		bool met;     /* its constraint can be */
		double ratio;
		struct point optimal, break_even;
	} merit[MERIT_COUNT];
};

/* All points of a loop, what the general case adds into *more; blend only where the loop's objective is blend. False only where the library refuses. */
bool evaluate(const struct loop_config *loop, const struct loop_inputs *inputs, const struct frame *frame, struct evaluation *out,
              struct evaluation_more *more, struct err *e);

/* Cost and carbon savings of q_kw at p_kw and the percentages of the reference for the full duty, into the point; NaN where the
 * plant cannot do without the heat pump. */
void point_savings(const struct frame *frame, double q_kw, double p_kw, struct point *point);

/* NaN: an input that is absent. */
static inline double input_or(double value, double fallback)
{
	return isnan(value) ? fallback : value;
}

static inline double k_to_c(double t_k)
{
	return t_k - 273.15;
}

#endif

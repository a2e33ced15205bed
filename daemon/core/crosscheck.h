/* Values of one loop that must not contradict each other: inputs among themselves, and measured heat, power and temperatures
 * against the laws. Judges in words and quality; decides nothing. */
#ifndef CORE_CROSSCHECK_H
#define CORE_CROSSCHECK_H

#include "config.h"
#include "record.h"

/* Where source and sink begin and end; NaN: absent, not checked. */
struct ends {
	double t_source_in_k, t_source_out_k, t_sink_in_k, t_target_k;
};

/* The source is cooled, the sink heated, as far as the loop's checks demand. Good, or else why. */
enum quality crosscheck_inputs(const struct loop_config *loop, struct ends ends, struct err *why);

/* Measured at the heat pump; NaN: not measured. */
struct measured {
	double q_sink_kw, q_source_kw, p_elec_kw;
	double t_source_mean_k, t_sink_mean_k; /* log means */
};

/* Bad where it cannot be (a COP beyond Carnot's), uncertain where it is unlikely (energy that does not balance within that
 * share of q_sink, a COP of 1 or less). An idle machine is not judged. */
enum quality crosscheck_measured(const struct measured *measured, double balance_share, struct err *why);

#endif

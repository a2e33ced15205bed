/* From the operating points to the setpoint: the temperature to control on, what the machine will reach, the deadband. */
#ifndef CORE_CONDITION_H
#define CORE_CONDITION_H

#include "evaluate.h"

/* A setpoint's variable part; temperatures in K, NaN: none. */
struct decision {
	bool on;
	enum reason reason;
	double t_k;           /* to control on */
	double t_expected_k;  /* what the machine reaches */
	double q_kw, p_kw;
	double cop;           /* NaN when off */
};

/* The best decision for the loop's objective. kept_k: the temperature last published; where it lies within the deadband
 * of the best one and inside all bounds it is kept and the rest computed at it. NaN: none.
 * False where the library refuses the inputs; e says why. */
bool decide(const struct loop_config *loop, const struct frame *frame, double kept_k, struct decision *out, struct err *e);
/* Off, for a reason. t_off_k: the inlet, or NaN while unknown; the loop's off_value goes first. */
void decide_off(const struct loop_config *loop, double t_off_k, double kept_k, enum reason reason, struct decision *out);

/* The fields of a setpoint that follow from a decision; stamps and seq are NO_TIME, for the caller to set. */
struct setpoint decision_setpoint(const struct loop_config *loop, const struct decision *decision, enum quality quality);

#endif

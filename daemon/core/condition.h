/* From the operating points to what is wanted, and from what the pacing lets through to the setpoint: the temperature to
 * control on, what the machine will reach, the deadband. */
#ifndef CORE_CONDITION_H
#define CORE_CONDITION_H

#include "evaluate.h"
#include "pace.h"

/* A setpoint's variable part; temperatures in K, NaN: none. */
struct decision {
	bool on;
	enum reason reason;
	double t_k;           /* to control on */
	double t_expected_k;  /* what the machine reaches */
	double q_kw, p_kw;
	double cop;           /* NaN when off */
	enum controlled controlled;
	uint8_t technology;   /* NO_TECHNOLOGY: nothing is to run, or none are listed */
	double made_eur_h, made_kg_h; /* what heat to power saves beside; else 0 */
};

/* What was aimed at last while on, or published while off. */
struct kept {
	bool on;
	double t_k;           /* NaN: nothing, or null */
};

enum merit objective_merit(enum objective objective); /* what it is best in */

/* The best decision for the loop's objective, and what the pacing has to know of it. A temperature kept while on or off
 * stays where it lies within the deadband of the new one (and, while on, inside all bounds and of use); the rest is then
 * computed at it. False where the library refuses the inputs; e says why. */
bool decide(const struct loop_config *loop, const struct frame *frame, struct kept kept, struct decision *out,
            struct wanted *wanted, struct err *e);
/* On at another temperature within the bounds, whatever that earns. */
void decide_at(const struct loop_config *loop, const struct frame *frame, double t_k, enum reason reason, struct decision *out);
/* Off, for a reason. t_off_k: the inlet, or NaN while unknown; the loop's off_value goes first. */
void decide_off(const struct loop_config *loop, double t_off_k, struct kept kept, enum reason reason, struct decision *out);

/* The fields of a setpoint that follow from a decision; stamps and seq are NO_TIME, for the caller to set. */
struct setpoint decision_setpoint(const struct loop_config *loop, const struct decision *decision, enum quality quality);

#endif

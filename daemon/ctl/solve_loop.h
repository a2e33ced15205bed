/* One loop's points at given inputs, and what its cost and CO2 are counted from. */
#ifndef CTL_SOLVE_LOOP_H
#define CTL_SOLVE_LOOP_H

#include "breakdown.h"
#include "core/condition.h"
#include "core/envelope.h"
#include "core/evaluate.h"

/* A loop with its inputs worked out. */
struct solved {
	const char *loop;                       /* NULL: a case from the command line, which has no setpoint */
	const struct machines_config *machines; /* NULL: none */
	struct evaluation evaluation;
	struct evaluation_more more; /* the evaluation's, where that has more */
	struct frame frame;
	char outside[ENVELOPE_TEXT_MAX]; /* of the operating envelope, in words; "": inside */
	struct setpoint setpoint;
	const char *at_kind;       /* "setpoint", "outlet": of a given one; NULL: none */
	struct point at;           /* savings there */
	struct point_more at_more; /* where the evaluation has more */
	double value;              /* of what a sweep goes over, in its unit */
	const char *label;         /* of that value; NULL: none */
};

/* How inputs are read, as in inputs_gather, and for when: tariffs go by the time. */
struct inputs_from {
	read_signal *read;
	void *ctx;
	int64_t utc_us;
};

/* Of a heat that takes that power. */
struct point point_at(const struct frame *frame, double t_c, double q_kw, double p_kw);

/* A message names what is wrong. */
bool solve_loop(const struct loop_config *loop, const struct inputs_from *from, struct solved *out, struct err *e);
/* The same, and the point at a sink outlet between inlet and target, which no bound moves: `limited_by` names the bound that is
 * in its way. */
bool solve_outlet(const struct loop_config *loop, const struct inputs_from *from, double t_out_k, struct solved *out,
                  struct err *e);

/* The points of a loop in their order, then the one at a given outlet or setpoint. */
struct named_point {
	const char *kind, *title;
	const struct point *point;
	const struct point_more *more; /* NULL: none */
};
enum { NAMED_POINTS_MAX = POINT_COUNT + 1 };
size_t solved_points(const struct solved *solved, struct named_point points[NAMED_POINTS_MAX]);

#endif

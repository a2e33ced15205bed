/* The charge on a site's highest power: how much a heat pump may draw without raising it, and whether raising it pays. */
#ifndef CORE_DEMAND_H
#define CORE_DEMAND_H

#include "evaluate.h"

/* What the loop's inputs say of it, into the frame; rates and machine are there already. */
void demand_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame);
/* Power that may be drawn without raising the peak; INFINITY: any. */
double demand_paid_kw(const struct loop_inputs *inputs);
/* EUR/h that p_kw beyond the paid power costs. */
double demand_cost_eur_h(const struct frame *frame, double p_kw);

#endif

/* What the tests of the engine ask of the newest setpoint of the published spray dryer. */
#ifndef TESTS_DRYER_CHECKS_H
#define TESTS_DRYER_CHECKS_H

#include "check.h"
#include "world.h"

static const double T_OPT_C = 111.05; /* 288.15 K * 2.2/(2.2 - 0.55) */

static inline void check_bad(const struct world *w, enum reason reason)
{
	const struct setpoint *sp = world_setpoint(w);

	assert_int_equal(sp->quality, QUALITY_BAD);
	assert_int_equal(sp->reason, reason);
	assert_false(sp->hp_on);
	check_double(sp->q_sink_kw, 0, 0, 0);
	check_double(sp->p_elec_kw, 0, 0, 0);
	check_double(sp->cop, NAN, 0, 0);
}

static inline void check_running(const struct world *w, enum quality quality, double t_c)
{
	const struct setpoint *sp = world_setpoint(w);

	assert_int_equal(sp->quality, quality);
	assert_true(sp->hp_on);
	check_double(sp->t_sink_out_c, t_c, 0, 0.02);
}

#endif

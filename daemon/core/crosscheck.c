/* Each check is one comparison with its words. */
#include "crosscheck.h"

#include <math.h>

static double to_c(double t_k)
{
	return t_k - 273.15;
}

static enum quality quality_of(enum doubt doubt)
{
	return doubt == DOUBT_BAD ? QUALITY_BAD : QUALITY_UNCERTAIN;
}

enum quality crosscheck_inputs(const struct loop_config *loop, struct ends ends, struct err *why)
{
	enum quality quality = QUALITY_GOOD;

	if (loop->target_margin_k > 0 && ends.t_target_k - ends.t_sink_in_k < loop->target_margin_k) {
		err_set(why, "sink.t_target: %.4g degC is less than %g K above the sink inlet, %.4g degC", to_c(ends.t_target_k),
		        loop->target_margin_k, to_c(ends.t_sink_in_k));
		quality = quality_of(loop->target_then);
	}
	if (quality != QUALITY_BAD && ends.t_source_out_k > ends.t_source_in_k + loop->source_tolerance_k) {
		err_set(why, "source.t_out: %.4g degC is above source.t_in, %.4g degC: a heat pump cools its source",
		        to_c(ends.t_source_out_k), to_c(ends.t_source_in_k));
		quality = quality_of(loop->source_then);
	}
	return quality;
}

/* ---- measured --------------------------------------------------------------------------- */

static bool beyond_carnot(const struct measured *m, struct err *why)
{
	double lift_k = m->t_sink_mean_k - m->t_source_mean_k, cop = m->q_sink_kw / m->p_elec_kw;
	double limit = m->t_sink_mean_k / lift_k;

	if (!(lift_k > 0) || !(cop > limit))
		return false;
	err_set(why, "measured COP %.3g is above %.3g, Carnot's from %.4g to %.4g degC", cop, limit, to_c(m->t_source_mean_k),
	        to_c(m->t_sink_mean_k));
	return true;
}

static bool unbalanced(const struct measured *m, double share, struct err *why)
{
	double missing_kw = m->q_sink_kw - (m->q_source_kw + m->p_elec_kw);

	if (!(fabs(missing_kw) > share * fabs(m->q_sink_kw)))
		return false;
	err_set(why, "measured heat %.4g kW is %.3g kW %s source and electricity together", m->q_sink_kw, fabs(missing_kw),
	        missing_kw > 0 ? "above" : "below");
	return true;
}

enum quality crosscheck_measured(const struct measured *m, double balance_share, struct err *why)
{
	if (!(m->q_sink_kw > 0) || !(m->p_elec_kw > 0))
		return QUALITY_GOOD;
	if (beyond_carnot(m, why))
		return QUALITY_BAD;
	if (unbalanced(m, balance_share, why))
		return QUALITY_UNCERTAIN;
	if (m->q_sink_kw <= m->p_elec_kw) {
		err_set(why, "measured COP %.3g is not above 1", m->q_sink_kw / m->p_elec_kw);
		return QUALITY_UNCERTAIN;
	}
	return QUALITY_GOOD;
}

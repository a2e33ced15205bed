/* Direct heat exchange ahead of the heat pump: the largest heat that a pinch anywhere in a counter-current exchanger allows,
 * and what is left of the demand. */
#include "model.h"

/* Heat Q is allowed if Q <= h(q) = q + C (T_in - dT_min - T_sink(q)) for all q up to Q. h is straight in each segment and falls
 * where the curve jumps: inside a segment where h rises its begin counts, where it falls only T_sink <= T_in - dT_min does,
 * which bounds the heat already. */
static double pinch_kw(const struct lorenz_curve *curve, double t_pinch_k, double c_kw_k)
{
	double q_kw = lorenz_curve_q_kw(curve, t_pinch_k);

	for (size_t i = 0; i < curve->n; i++) {
		const struct lorenz_curve_segment *seg = &curve->seg[i];

		if (seg->q_begin_kw >= q_kw)
			break;
		q_kw = lz_min(q_kw, lz_max(seg->q_begin_kw + c_kw_k * (t_pinch_k - seg->t_in_k), seg->q_begin_kw));
	}
	return q_kw;
}

enum lorenz_status lorenz_direct_exchange(const struct lorenz_curve *curve, const struct lorenz_source *source, double dt_min_k,
                                          struct lorenz_direct *out)
{
	enum lorenz_status status = lorenz_source_check(source);
	double t_pinch_k = source->t_in_k - dt_min_k, q_kw;

	if (status != LORENZ_OK)
		return status;
	if (!isfinite(dt_min_k))
		return LORENZ_NOT_FINITE;
	if (!(dt_min_k > 0))
		return LORENZ_APPROACH;
	out->advised = !(source->c_kw_k < INFINITY);
	q_kw = out->advised ? lorenz_curve_q_kw(curve, t_pinch_k) : pinch_kw(curve, t_pinch_k, source->c_kw_k);
	out->q_kw = lz_min(q_kw, lorenz_source_heat_max_kw(source, NULL));
	out->t_sink_out_k = lorenz_curve_t_k(curve, out->q_kw);
	out->t_source_out_k = out->advised ? source->t_out_k : source->t_in_k - out->q_kw / source->c_kw_k;
	return LORENZ_OK;
}

void lorenz_curve_rest(const struct lorenz_curve *curve, double q_kw, struct lorenz_curve *rest)
{
	struct lorenz_segment segments[LORENZ_SEGMENTS_MAX];
	double t_in_k = lorenz_curve_t_k(curve, q_kw), t_target_k = curve->t_target_k;
	size_t n = 0;

	if (!(q_kw > 0)) {
		*rest = *curve;
		return;
	}
	for (size_t i = 0; i < curve->n; i++) {
		const struct lorenz_curve_segment *seg = &curve->seg[i];
		double taken_kw = lz_max(q_kw - seg->q_begin_kw, 0);

		if (taken_kw < seg->q_kw)
			segments[n++] =
			    (struct lorenz_segment){taken_kw > 0 ? t_in_k : seg->t_in_k, seg->t_out_k, seg->q_kw - taken_kw};
	}
	if (n == 0)
		segments[n++] = (struct lorenz_segment){t_target_k, t_target_k, 0};
	lorenz_curve_init(rest, segments, n, NULL);
	rest->t_target_k = t_target_k;
}

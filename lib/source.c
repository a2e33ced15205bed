/* A heat source: its checks, what may be taken from it, what is left after a part was taken. */
#include "model.h"

struct lorenz_source lorenz_source_steady(double t_in_k)
{
	return (struct lorenz_source){
	    .t_in_k = t_in_k,
	    .t_out_k = t_in_k,
	    .c_kw_k = INFINITY,
	    .cooling_max_kw = INFINITY,
	    .body_c_kw_k = INFINITY,
	    .body_cooling_max_k = INFINITY,
	};
}

enum lorenz_status lorenz_source_check(const struct lorenz_source *s)
{
	bool finite = s->c_kw_k < INFINITY;

	if (!isfinite(s->t_in_k) || (!finite && !isfinite(s->t_out_k)) || !isfinite(s->t_out_min_k) || isnan(s->c_kw_k) ||
	    isnan(s->cooling_max_kw) || isnan(s->body_c_kw_k) || isnan(s->body_cooling_max_k))
		return LORENZ_NOT_FINITE;
	if (!(s->t_in_k > 0) || (!finite && !(s->t_out_k > 0 && s->t_out_k <= s->t_in_k)))
		return LORENZ_SOURCE_TEMPERATURE;
	if (!(s->c_kw_k > 0 && s->body_c_kw_k > 0))
		return LORENZ_SOURCE_FLOW;
	return s->t_out_min_k >= 0 && s->cooling_max_kw >= 0 && s->body_cooling_max_k >= 0 ? LORENZ_OK : LORENZ_SOURCE_LIMIT;
}

double lorenz_source_heat_max_kw(const struct lorenz_source *s, enum lorenz_limit *limit)
{
	enum lorenz_limit by = s->cooling_max_kw < INFINITY ? LORENZ_LIMIT_SOURCE_COOLING : LORENZ_LIMIT_NONE;
	double heat_kw = s->cooling_max_kw;

	if (s->c_kw_k < INFINITY && s->t_out_min_k > 0 && s->c_kw_k * (s->t_in_k - s->t_out_min_k) < heat_kw) {
		heat_kw = lz_max(s->c_kw_k * (s->t_in_k - s->t_out_min_k), 0);
		by = LORENZ_LIMIT_SOURCE_OUTLET;
	}
	if (s->body_c_kw_k < INFINITY && s->body_c_kw_k * s->body_cooling_max_k < heat_kw) {
		heat_kw = s->body_c_kw_k * s->body_cooling_max_k;
		by = LORENZ_LIMIT_SOURCE_BODY;
	}
	if (limit)
		*limit = by;
	return heat_kw;
}

double lorenz_source_c_kw_k(double q_kw, double p_kw, double t_in_k, double t_out_k)
{
	return q_kw > p_kw && t_in_k > t_out_k && t_out_k > 0 && p_kw >= 0 ? (q_kw - p_kw) / (t_in_k - t_out_k) : NAN;
}

struct lorenz_source lorenz_source_after(const struct lorenz_source *source, double heat_kw)
{
	struct lorenz_source after = *source;

	after.t_in_k -= heat_kw / source->c_kw_k;
	after.cooling_max_kw = lz_max(source->cooling_max_kw - heat_kw, 0);
	if (source->body_c_kw_k < INFINITY)
		after.body_cooling_max_k = lz_max(source->body_cooling_max_k - heat_kw / source->body_c_kw_k, 0);
	return after;
}

/* The sink curve: checks the segments, sums heat and Phi = integral of dQ/T before each, and finds points on it by heat,
 * by temperature, by Phi and by mean temperature. Refuses a curve that falls; drops segments without duty. */
#include "internal.h"

static bool is_latent(const struct lorenz_curve_segment *seg)
{
	return seg->c_kw_k == INFINITY;
}

static enum lorenz_status check_segment(const struct lorenz_segment *seg, double t_before_k)
{
	if (!isfinite(seg->t_in_k) || !isfinite(seg->t_out_k) || !isfinite(seg->q_kw))
		return LORENZ_NOT_FINITE;
	if (!(seg->t_in_k > 0 && seg->t_out_k > 0))
		return LORENZ_SINK_TEMPERATURE;
	if (seg->t_out_k < seg->t_in_k || seg->t_in_k < t_before_k)
		return LORENZ_TARGET_BELOW_INLET;
	return seg->q_kw < 0 ? LORENZ_SEGMENT_DUTY : LORENZ_OK;
}

static enum lorenz_status check_segments(const struct lorenz_segment *segments, size_t n, size_t *bad)
{
	double t_before_k = 0, q_kw = 0, phi_kw_k = 0;

	for (size_t i = 0; i < n; i++) {
		enum lorenz_status status = check_segment(&segments[i], t_before_k);

		q_kw += segments[i].q_kw;
		phi_kw_k += segments[i].q_kw / segments[i].t_in_k;
		if (status == LORENZ_OK && !(q_kw < INFINITY && phi_kw_k < INFINITY))
			status = LORENZ_NOT_FINITE;
		if (status != LORENZ_OK) {
			if (bad)
				*bad = i;
			return status;
		}
		t_before_k = segments[i].t_out_k;
	}
	return LORENZ_OK;
}

/* Phi of the segment's first q_kw, dt_k above its inlet: C ln(T/T_in), or q/T where it is latent. */
static double segment_phi(const struct lorenz_curve_segment *seg, double q_kw, double dt_k)
{
	return is_latent(seg) ? q_kw / seg->t_in_k : seg->c_kw_k * log1p(dt_k / seg->t_in_k);
}

static void append(struct lorenz_curve *curve, const struct lorenz_segment *from)
{
	struct lorenz_curve_segment *seg = &curve->seg[curve->n++];

	seg->t_in_k = from->t_in_k;
	seg->t_out_k = from->t_out_k;
	seg->q_kw = from->q_kw;
	seg->c_kw_k = from->t_out_k > from->t_in_k ? from->q_kw / (from->t_out_k - from->t_in_k) : INFINITY;
	seg->q_begin_kw = curve->q_total_kw;
	seg->phi_begin_kw_k = curve->phi_total_kw_k;
	curve->q_total_kw += seg->q_kw;
	curve->phi_total_kw_k += segment_phi(seg, seg->q_kw, seg->t_out_k - seg->t_in_k);
}

enum lorenz_status lorenz_curve_init(struct lorenz_curve *curve, const struct lorenz_segment *segments, size_t n, size_t *bad)
{
	enum lorenz_status status;

	if (n == 0 || n > LORENZ_SEGMENTS_MAX)
		return LORENZ_SEGMENT_COUNT;
	status = check_segments(segments, n, bad);
	if (status != LORENZ_OK)
		return status;
	curve->n = 0;
	curve->t_in_k = segments[0].t_in_k;
	curve->t_target_k = segments[n - 1].t_out_k;
	curve->q_total_kw = 0;
	curve->phi_total_kw_k = 0;
	for (size_t i = 0; i < n; i++) {
		if (segments[i].q_kw > 0)
			append(curve, &segments[i]);
	}
	return LORENZ_OK;
}

static struct lz_state segment_end(const struct lorenz_curve *curve, size_t i)
{
	const struct lorenz_curve_segment *seg = &curve->seg[i];

	if (i + 1 == curve->n)
		return (struct lz_state){curve->q_total_kw, seg->t_out_k, curve->phi_total_kw_k};
	return (struct lz_state){seg[1].q_begin_kw, seg->t_out_k, seg[1].phi_begin_kw_k};
}

struct lz_state lz_curve_at_q(const struct lorenz_curve *curve, double q_kw)
{
	const struct lorenz_curve_segment *seg = curve->seg;
	double dq_kw, dt_k;

	if (!(q_kw > 0))
		return lz_curve_begin(curve);
	if (q_kw >= curve->q_total_kw)
		return lz_curve_end(curve);
	for (size_t left = curve->n - 1; left > 0 && q_kw > seg[1].q_begin_kw; left--)
		seg++;
	dq_kw = q_kw - seg->q_begin_kw;
	dt_k = lz_min(dq_kw / seg->c_kw_k, seg->t_out_k - seg->t_in_k);
	return (struct lz_state){q_kw, seg->t_in_k + dt_k, seg->phi_begin_kw_k + segment_phi(seg, dq_kw, dt_k)};
}

struct lz_state lz_curve_at_t(const struct lorenz_curve *curve, double t_k)
{
	const struct lorenz_curve_segment *seg = curve->seg;
	size_t n = 0;
	double dq_kw, dt_k;

	while (n < curve->n && (seg[n].t_in_k < t_k || (is_latent(&seg[n]) && seg[n].t_in_k == t_k)))
		n++;
	if (n == 0)
		return lz_curve_begin(curve);
	seg += n - 1;
	dt_k = t_k - seg->t_in_k;
	dq_kw = seg->c_kw_k * dt_k;
	if (t_k >= seg->t_out_k || !(dq_kw < seg->q_kw))
		return segment_end(curve, n - 1);
	return (struct lz_state){seg->q_begin_kw + dq_kw, t_k, seg->phi_begin_kw_k + segment_phi(seg, dq_kw, dt_k)};
}

/* The largest z in [0, z_max] with z - tau ln(1 + z) = e, e > 0 and the left side above e at z_max. It is convex and the
 * start is not below the root, so Newton's steps fall towards it and cannot pass: ln(1 + z) <= z (2 + z)/(2 + 2z) makes the
 * start the root of a quadratic. Within SURE of the root one more step would change nothing. */
static double solve_convex(double tau, double e, double z_max)
{
	static const double SURE = 1e-9;
	enum { STEPS_MAX = 50 };
	double a = 2 - tau, b = tau + e - 1, z = z_max;

	if (a > 0) {
		double root = sqrt(b * b + 2 * e * a);

		z = lz_min(z, b > 0 ? (b + root) / a : 2 * e / (root - b));
	}
	for (int i = 0; i < STEPS_MAX; i++) {
		double step = (z - tau * log1p(z) - e) * (1 + z) / (1 + z - tau);

		if (!(step > 0))
			break;
		z -= step;
		if (step <= SURE * z)
			break;
	}
	return lz_max(z, 0);
}

/* Inside segment i, where the excess is reached: its heat from the segment's inlet on. */
static double segment_q_at_excess(const struct lorenz_curve_segment *seg, double t_k, double d_kw)
{
	double tau = t_k / seg->t_in_k, c_t_kw = seg->c_kw_k * seg->t_in_k, z;

	if (is_latent(seg) || !(c_t_kw < INFINITY))
		return tau < 1 ? d_kw / (1 - tau) : seg->q_kw;
	if (d_kw > 0)
		return c_t_kw * solve_convex(tau, d_kw / c_t_kw, (seg->t_out_k - seg->t_in_k) / seg->t_in_k);
	z = (t_k - seg->t_in_k) / seg->t_in_k;
	return z > 0 ? c_t_kw * lz_log_mean_inverse_m1(z) : 0;
}

/* q - t Phi(q) is convex and 0 at 0: it stays at or below any excess >= 0 up to one q and above it from there on. */
struct lz_state lz_curve_at_excess(const struct lorenz_curve *curve, double t_k, double excess_kw)
{
	for (size_t i = 0; i < curve->n; i++) {
		const struct lorenz_curve_segment *seg = &curve->seg[i];
		struct lz_state end = segment_end(curve, i);
		double d_kw, dq_kw, q_kw, t_out_k;

		if (!(end.q_kw - t_k * end.phi_kw_k > excess_kw))
			continue;
		d_kw = lz_max(excess_kw - (seg->q_begin_kw - t_k * seg->phi_begin_kw_k), 0);
		dq_kw = lz_min(segment_q_at_excess(seg, t_k, d_kw), seg->q_kw);
		q_kw = seg->q_begin_kw + dq_kw;
		t_out_k = lz_min(seg->t_in_k + dq_kw / seg->c_kw_k, seg->t_out_k);
		return (struct lz_state){q_kw, t_out_k, (q_kw - excess_kw) / t_k};
	}
	return lz_curve_end(curve);
}

double lz_curve_q_of_phi(const struct lorenz_curve *curve, double phi_kw_k)
{
	for (size_t i = 0; i < curve->n; i++) {
		const struct lorenz_curve_segment *seg = &curve->seg[i];
		double d_kw_k = phi_kw_k - seg->phi_begin_kw_k, dq_kw;

		if (phi_kw_k >= segment_end(curve, i).phi_kw_k)
			continue;
		dq_kw = is_latent(seg) ? d_kw_k * seg->t_in_k : seg->c_kw_k * seg->t_in_k * expm1(d_kw_k / seg->c_kw_k);
		return seg->q_begin_kw + lz_min(dq_kw, seg->q_kw);
	}
	return curve->q_total_kw;
}

double lorenz_curve_t_k(const struct lorenz_curve *curve, double q_kw)
{
	return isnan(q_kw) ? NAN : lz_curve_at_q(curve, q_kw).t_k;
}

double lorenz_curve_q_kw(const struct lorenz_curve *curve, double t_k)
{
	return isnan(t_k) ? NAN : lz_curve_at_t(curve, t_k).q_kw;
}

double lorenz_curve_phi(const struct lorenz_curve *curve, double q_kw)
{
	return isnan(q_kw) ? NAN : lz_curve_at_q(curve, q_kw).phi_kw_k;
}

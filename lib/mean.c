/* The scalar formulas: log means, COPs and efficiencies, free temperatures, and the closed-form inverse of the log mean.
 * Source: J.V.M. Walden, R. Padulles, doi 10.1016/j.enconman.2024.118983; equation numbers are the paper's.
 * Each refuses (NaN) what lies outside its domain. */
#include "internal.h"

double lorenz_log_mean(double a_k, double b_k)
{
	double low = lz_min(a_k, b_k), high = lz_max(a_k, b_k);
	double z = (high - low) / low;

	if (!(a_k > 0 && b_k > 0 && high < INFINITY))
		return NAN;
	if (z == 0)
		return low;
	return (high - low) / (z < INFINITY ? log1p(z) : log(high) - log(low));
}

static bool is_lift(double t_high_k, double t_low_k)
{
	return t_low_k > 0 && t_high_k > t_low_k && t_high_k < INFINITY;
}

double lorenz_cop(double t_sink_mean_k, double t_source_mean_k)
{
	return is_lift(t_sink_mean_k, t_source_mean_k) ? t_sink_mean_k / (t_sink_mean_k - t_source_mean_k) : NAN;
}

double lorenz_efficiency(double cop, double t_sink_mean_k, double t_source_mean_k)
{
	return cop >= 0 ? cop / lorenz_cop(t_sink_mean_k, t_source_mean_k) : NAN;
}

double lorenz_carnot_cop(double t_sink_out_k, double t_source_in_k)
{
	return lorenz_cop(t_sink_out_k, t_source_in_k);
}

double lorenz_carnot_efficiency(double cop, double t_sink_out_k, double t_source_in_k)
{
	return lorenz_efficiency(cop, t_sink_out_k, t_source_in_k);
}

double lorenz_electrification(double q_kw, double q_total_kw)
{
	if (!(q_kw >= 0 && q_kw <= q_total_kw))
		return NAN;
	return q_kw > 0 ? q_kw / q_total_kw : 0;
}

/* T r/(r - eta), written so that it ends in T, not in NaN, as r grows without bound. */
double lorenz_t_optimal_free(double t_source_mean_k, double ratio, double eta)
{
	if (!(t_source_mean_k > 0 && ratio >= 0 && eta > 0 && eta <= 1))
		return NAN;
	return ratio > eta ? t_source_mean_k * (1 + eta / (ratio - eta)) : INFINITY;
}

double lorenz_t_break_even_free(double t_source_mean_k, double t_in_k, double ratio, double eta)
{
	double t_mean_k = lorenz_t_optimal_free(t_source_mean_k, ratio, eta);

	if (!(t_in_k > 0 && t_mean_k > t_in_k))
		return NAN;
	return t_in_k * (1 + lz_log_mean_inverse_m1((t_mean_k - t_in_k) / t_in_k));
}

double lorenz_t_break_even_carnot(double t_source_in_k, double ratio, double eta_carnot)
{
	return lorenz_t_optimal_free(t_source_in_k, ratio, eta_carnot);
}

/* Newton's steps for x - 1 = c ln x from an asymptotic start: nearly straight where x is large. */
static double inverse_m1_far(double c)
{
	enum { STEPS = 5 };
	double log_c = log(c);
	double x = c * (log_c + log(log_c));

	if (x == INFINITY)
		return INFINITY;
	for (int i = 0; i < STEPS; i++)
		x = (1 + c * (log(x) - 1)) / (1 - c / x);
	return x - 1;
}

/* x = -c W_{-1}(-exp(-1/c)/c) is smooth at c = 1, where it begins 1 + 2z + ... A rational start, fitted to 6.5e-7 of x - 1
 * for z up to FITTED_TO, and one step of Halley's on x - 1 - c ln x = 0, which cubes that; rounding leaves 4e-16 of x. */
double lz_log_mean_inverse_m1(double z)
{
	static const double FITTED_TO = 7;
	double c = 1 + z, zz = z * z, x, f, d;

	if (z > FITTED_TO)
		return inverse_m1_far(c);
	x = 1 + z * ((2.000001296010352 + 2.243003769170135 * z) + zz * (0.5712176775107265 + 0.02441937452036139 * z)) /
	            ((1 + 0.7881909506181445 * z) + zz * (0.13387786056956408 + 0.003481464241772182 * z));
	f = x - 1 - c * log(x);
	d = x - c;
	return x - 1 - 2 * f * d * x / (2 * d * d - f * c);
}

double lorenz_log_mean_inverse(double c)
{
	return c > 1 ? 1 + lz_log_mean_inverse_m1(c - 1) : NAN;
}

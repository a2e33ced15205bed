/* Efficiency models: their checks and the power that each asks for per heat delivered, which unlike the COP stays finite where
 * source and sink overlap. Every model answers within its domain; outside, edges hold and the answer is flagged. */
#include "model.h"

static const double JENSEN_LIFT_MIN_K = 10, JENSEN_SINK_MAX_K = 403.15;

struct lorenz_efficiency lorenz_efficiency_constant(double eta)
{
	return (struct lorenz_efficiency){.model = LORENZ_MODEL_CONSTANT, .of.eta = eta};
}

struct lorenz_efficiency lorenz_efficiency_carnot(double fraction)
{
	return (struct lorenz_efficiency){.model = LORENZ_MODEL_CARNOT, .of.carnot = fraction};
}

struct lorenz_efficiency lorenz_efficiency_shares(double elec, double source)
{
	return (struct lorenz_efficiency){.model = LORENZ_MODEL_SHARES, .of.shares = {elec, source}};
}

/* Table 1 of Jensen et al. 2018. */
struct lorenz_efficiency lorenz_efficiency_jensen(enum lorenz_fluid fluid)
{
	static const struct lorenz_jensen published[LORENZ_FLUID_COUNT] = {
	    [LORENZ_FLUID_AMMONIA] = {0.2, 0.2, 0.016, 0.0014, -0.0015, 0.039, 5, 0.8, 0},
	    [LORENZ_FLUID_ISOBUTANE] = {-0.0011, 0.3, 2.4, 0.0035, -0.0033, 0.053, 5, 0.8, 0},
	};

	return (struct lorenz_efficiency){.model = LORENZ_MODEL_JENSEN, .of.jensen = published[fluid]};
}

/* ---- checks ----------------------------------------------------------------------------- */

static bool is_efficiency(double eta)
{
	return eta > 0 && eta <= 1;
}

static enum lorenz_status check_efficiency(double eta)
{
	if (!isfinite(eta))
		return LORENZ_NOT_FINITE;
	return is_efficiency(eta) ? LORENZ_OK : LORENZ_EFFICIENCY;
}

static enum lorenz_status check_jensen(const struct lorenz_jensen *j)
{
	if (!isfinite(j->a + j->b + j->c_k + j->d_per_k + j->e_per_k + j->f + j->pinch_k + j->isentropic + j->heat_loss))
		return LORENZ_NOT_FINITE;
	if (!is_efficiency(j->isentropic))
		return LORENZ_EFFICIENCY;
	return j->pinch_k >= 0 && j->heat_loss >= 0 && j->heat_loss < 1 ? LORENZ_OK : LORENZ_MODEL;
}

static enum lorenz_status check_polynomial(const struct lorenz_polynomial *p)
{
	double sum = p->t_ref_k;

	for (int i = 0; i < LORENZ_POLYNOMIAL_TERMS; i++) {
		for (int j = 0; j < LORENZ_POLYNOMIAL_TERMS; j++)
			sum += p->coefficient[i][j];
	}
	if (!isfinite(sum) || isnan(p->t_min_k) || isnan(p->t_max_k) || isnan(p->lift_min_k) || isnan(p->lift_max_k))
		return LORENZ_NOT_FINITE;
	return p->t_min_k <= p->t_max_k && p->lift_min_k <= p->lift_max_k ? LORENZ_OK : LORENZ_MODEL;
}

static enum lorenz_status check_axis(const double *axis, size_t n)
{
	if (n == 0 || n > LORENZ_TABLE_MAX)
		return LORENZ_MODEL;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(axis[i]))
			return LORENZ_NOT_FINITE;
		if (i > 0 && !(axis[i] > axis[i - 1]))
			return LORENZ_MODEL;
	}
	return LORENZ_OK;
}

static enum lorenz_status check_table(const struct lorenz_eta_table *t)
{
	enum lorenz_status status = check_axis(t->t_k, t->n_t);

	if (status == LORENZ_OK)
		status = check_axis(t->lift_k, t->n_lift);
	for (size_t i = 0; status == LORENZ_OK && i < t->n_t; i++) {
		for (size_t j = 0; status == LORENZ_OK && j < t->n_lift; j++)
			status = check_efficiency(t->eta[i][j]);
	}
	return status;
}

static enum lorenz_status check_shares(const struct lorenz_shares *s)
{
	if (!isfinite(s->elec) || !isfinite(s->source))
		return LORENZ_NOT_FINITE;
	return s->elec >= 0 && s->source >= 0 && s->elec + s->source > 0 ? LORENZ_OK : LORENZ_MODEL;
}

enum lorenz_status lorenz_efficiency_check(const struct lorenz_efficiency *efficiency)
{
	switch (efficiency->model) {
	case LORENZ_MODEL_CONSTANT:
		return check_efficiency(efficiency->of.eta);
	case LORENZ_MODEL_JENSEN:
		return check_jensen(&efficiency->of.jensen);
	case LORENZ_MODEL_POLYNOMIAL:
		return check_polynomial(&efficiency->of.polynomial);
	case LORENZ_MODEL_TABLE:
		return check_table(&efficiency->of.table);
	case LORENZ_MODEL_CARNOT:
		return check_efficiency(efficiency->of.carnot);
	case LORENZ_MODEL_SHARES:
		return check_shares(&efficiency->of.shares);
	case LORENZ_MODEL_COUNT:
		break;
	}
	return LORENZ_MODEL;
}

/* ---- what they say ---------------------------------------------------------------------- */

static double hold(double value, double low, double high, bool *outside)
{
	*outside |= !(value >= low && value <= high);
	return lz_min(lz_max(value, low), high);
}

/* Horner's rule in both variables. */
static double polynomial_eta(const struct lorenz_polynomial *p, double t_k, double lift_k, bool *outside)
{
	double dt_k = hold(t_k, p->t_min_k, p->t_max_k, outside) - p->t_ref_k, eta = 0;

	lift_k = hold(lift_k, p->lift_min_k, p->lift_max_k, outside);
	for (int i = LORENZ_POLYNOMIAL_TERMS - 1; i >= 0; i--) {
		const double *c = p->coefficient[i];

		eta = eta * dt_k + (c[0] + lift_k * (c[1] + lift_k * (c[2] + lift_k * c[3])));
	}
	*outside |= eta > 1;
	return lz_min(eta, 1);
}

/* The cell that value is in, and where in it: 0 to 1. */
static size_t cell(const double *axis, size_t n, double value, double *part, bool *outside)
{
	size_t i = 0;

	*part = 0;
	value = hold(value, axis[0], axis[n - 1], outside);
	while (i + 2 < n && value > axis[i + 1])
		i++;
	if (n > 1)
		*part = (value - axis[i]) / (axis[i + 1] - axis[i]);
	return i;
}

static double table_eta(const struct lorenz_eta_table *t, double t_k, double lift_k, bool *outside)
{
	double u, v;
	size_t i = cell(t->t_k, t->n_t, t_k, &u, outside), j = cell(t->lift_k, t->n_lift, lift_k, &v, outside);
	size_t i1 = i + (t->n_t > 1), j1 = j + (t->n_lift > 1);

	return (1 - u) * ((1 - v) * t->eta[i][j] + v * t->eta[i][j1]) + u * ((1 - v) * t->eta[i1][j] + v * t->eta[i1][j1]);
}

/* Power by a Lorenz efficiency (Eqs. 5, 8). */
static double lorenz_power(double eta, double lift_k, double t_k)
{
	return eta > 0 ? lz_max(lift_k, 0) / (eta * t_k) : NAN;
}

/* The product of two factors over the mean lift, multiplied out so that nothing is divided by it. */
static double jensen_power(const struct lorenz_jensen *j, const struct lorenz_temperatures *at, double lift_k, bool *outside)
{
	double glide_k = at->sink_out_k - at->sink_in_k, x_k = at->sink_out_k - at->source_out_k + 2 * j->pinch_k;
	double sink_k = j->a * x_k + j->b * glide_k + j->c_k, source_k = 0.5 * (at->source_in_k - at->source_out_k);
	double returned = j->d_per_k * x_k + j->e_per_k * glide_k + j->f;
	double inner_lift_k = lift_k + sink_k + source_k + 2 * j->pinch_k;
	double work = j->isentropic * (1 - returned) * (at->sink_mean_k + sink_k + j->pinch_k);
	double cop = work / inner_lift_k + 1 - j->isentropic - j->heat_loss;

	*outside |= lift_k < JENSEN_LIFT_MIN_K || at->sink_out_k > JENSEN_SINK_MAX_K;
	if (!(inner_lift_k > 0))
		return 0;
	return cop > 0 ? 1 / cop : NAN;
}

double lz_specific_power(const struct lorenz_efficiency *efficiency, const struct lorenz_temperatures *at, double min_lift_k,
                         bool *outside)
{
	double t_k = at->sink_mean_k, lift_k = lz_max(t_k - at->source_mean_k, min_lift_k);

	switch (efficiency->model) {
	case LORENZ_MODEL_CONSTANT:
		return lorenz_power(efficiency->of.eta, lift_k, t_k);
	case LORENZ_MODEL_JENSEN:
		return jensen_power(&efficiency->of.jensen, at, lift_k, outside);
	case LORENZ_MODEL_POLYNOMIAL:
		return lorenz_power(polynomial_eta(&efficiency->of.polynomial, t_k, lift_k, outside), lift_k, t_k);
	case LORENZ_MODEL_TABLE:
		return lorenz_power(table_eta(&efficiency->of.table, t_k, lift_k, outside), lift_k, t_k);
	case LORENZ_MODEL_CARNOT:
		return lorenz_power(efficiency->of.carnot, lz_max(at->sink_out_k - at->source_in_k, min_lift_k), at->sink_out_k);
	case LORENZ_MODEL_SHARES:
		return efficiency->of.shares.elec;
	case LORENZ_MODEL_COUNT:
		break;
	}
	return NAN;
}

double lorenz_efficiency_cop(const struct lorenz_efficiency *efficiency, const struct lorenz_temperatures *at, bool *extrapolated)
{
	bool outside = false;
	double power = lz_specific_power(efficiency, at, 0, &outside);

	if (extrapolated)
		*extrapolated = outside;
	return efficiency->model == LORENZ_MODEL_JENSEN && power > 1 ? NAN : 1 / power;
}

/* ---- part load -------------------------------------------------------------------------- */

enum lorenz_status lorenz_part_load_check(const struct lorenz_part_load *part_load)
{
	if (part_load->n > LORENZ_PART_LOAD_MAX)
		return LORENZ_PART_LOAD;
	for (size_t i = 0; i < part_load->n; i++) {
		double share = part_load->share[i], factor = part_load->factor[i];

		if (!isfinite(share) || !isfinite(factor))
			return LORENZ_NOT_FINITE;
		if (!(share >= 0 && share <= 1 && factor > 0 && factor <= LZ_FACTOR_MAX) ||
		    (i > 0 && share <= part_load->share[i - 1]))
			return LORENZ_PART_LOAD;
	}
	return LORENZ_OK;
}

double lorenz_part_load_factor(const struct lorenz_part_load *part_load, double share)
{
	const double *x = part_load->share, *y = part_load->factor;
	size_t n = part_load->n, i = 0;

	if (n == 0)
		return 1;
	if (share <= x[0])
		return y[0];
	if (share >= x[n - 1])
		return y[n - 1];
	while (share > x[i + 1])
		i++;
	return y[i] + (y[i + 1] - y[i]) * ((share - x[i]) / (x[i + 1] - x[i]));
}

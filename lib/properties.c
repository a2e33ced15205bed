/* Mean heat capacities are differences of enthalpy; the heat of evaporation follows from the slope of the vapour pressure
 * (Clapeyron). */
#include <lorenz/properties.h>

#include <math.h>
#include <stdbool.h>

/* The rounding of degC to K is no way out. */
static bool within(double t_k, double low_k, double high_k)
{
	static const double ROUNDING_K = 1e-9;

	return t_k >= low_k - ROUNDING_K && t_k <= high_k + ROUNDING_K;
}

/* Between temperatures that are nearly the same: over half a kelvin around them. */
static double mean_slope(double (*enthalpy)(double t_k), double from_k, double to_k)
{
	static const double LEAST_K = 0.5;

	if (fabs(to_k - from_k) < LEAST_K) {
		double mean_k = (from_k + to_k) / 2;

		from_k = mean_k - LEAST_K / 2;
		to_k = mean_k + LEAST_K / 2;
	}
	return (enthalpy(to_k) - enthalpy(from_k)) / (to_k - from_k);
}

/* ---- water: IAPWS SR1-86(1992), its equations 1 to 4 ------------------------------------ */

static const double T_CRITICAL_K = 647.096, P_CRITICAL_KPA = 22064, RHO_CRITICAL_KG_M3 = 322;

struct term {
	double factor, power;
};

static double sum_of(const struct term *term, int n, double x)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += term[i].factor * pow(x, term[i].power);
	return sum;
}
#define SUM(terms, x) sum_of((terms), (int)(sizeof(terms) / sizeof((terms)[0])), (x))

/* dp/dT along the vapour pressure curve, kPa/K. */
static double pressure_slope(double t_k)
{
	static const struct term terms[] = {{-7.85951783, 1},  {1.84408259, 1.5}, {-11.7866497, 3},
	                                    {22.6807411, 3.5}, {-15.9618719, 4},  {1.80122502, 7.5}};
	static const struct term slopes[] = {{-7.85951783, 0},        {1.84408259 * 1.5, 0.5}, {-11.7866497 * 3, 2},
	                                     {22.6807411 * 3.5, 2.5}, {-15.9618719 * 4, 3},    {1.80122502 * 7.5, 6.5}};
	double tau = 1 - t_k / T_CRITICAL_K, ln_p = T_CRITICAL_K / t_k * SUM(terms, tau);

	return -P_CRITICAL_KPA * exp(ln_p) / t_k * (ln_p + SUM(slopes, tau));
}

static double liquid_density(double t_k)
{
	static const struct term terms[] = {{1.99274064, 1. / 3},   {1.09965342, 2. / 3},   {-0.510839303, 5. / 3},
	                                    {-1.75493479, 16. / 3}, {-45.5170352, 43. / 3}, {-6.74694450e5, 110. / 3}};

	return RHO_CRITICAL_KG_M3 * (1 + SUM(terms, 1 - t_k / T_CRITICAL_K));
}

static double steam_density(double t_k)
{
	static const struct term terms[] = {{-2.03150240, 2. / 6},  {-2.68302940, 4. / 6},  {-5.38626492, 8. / 6},
	                                    {-17.2991605, 18. / 6}, {-44.7586581, 37. / 6}, {-63.9201063, 71. / 6}};

	return RHO_CRITICAL_KG_M3 * exp(SUM(terms, 1 - t_k / T_CRITICAL_K));
}

static double liquid_enthalpy(double t_k)
{
	static const struct term terms[] = {{-1135.905627715, 0}, {-5.65134998e-8, -19}, {2690.66631, 1},
	                                    {127.287297, 4.5},    {-135.003439, 5},      {0.981825814, 54.5}};

	return SUM(terms, t_k / T_CRITICAL_K) + t_k / liquid_density(t_k) * pressure_slope(t_k);
}

double lorenz_water_cp_kj_kg_k(double t_from_k, double t_to_k)
{
	if (!within(t_from_k, LORENZ_WATER_T_MIN_K, LORENZ_WATER_T_MAX_K) ||
	    !within(t_to_k, LORENZ_WATER_T_MIN_K, LORENZ_WATER_T_MAX_K))
		return NAN;
	return mean_slope(liquid_enthalpy, t_from_k, t_to_k);
}

double lorenz_water_density_kg_m3(double t_k)
{
	return within(t_k, LORENZ_WATER_T_MIN_K, LORENZ_WATER_T_MAX_K) ? liquid_density(t_k) : NAN;
}

double lorenz_water_evaporation_kj_kg(double t_k)
{
	if (!within(t_k, LORENZ_WATER_T_MIN_K, LORENZ_EVAPORATION_T_MAX_K))
		return NAN;
	return t_k * pressure_slope(t_k) * (1 / steam_density(t_k) - 1 / liquid_density(t_k));
}

/* ---- air: NASA/TP-2002-211556, species Air ---------------------------------------------- */

static double air_enthalpy(double t_k)
{
	static const double R_KJ_KG_K = 8.314510 / 28.9651159, T_MIDDLE_K = 1000;
	static const double low[8] = {1.009950160e+04, -1.968275610e+02, 5.009155110e+00, -5.761013730e-03,
	                              1.066859930e-05, -7.940297970e-09, 2.185231910e-12, -1.767967310e+02};
	static const double high[8] = {2.415214430e+05, -1.257874600e+03, 5.144558670e+00, -2.138541790e-04,
	                               7.065227840e-08, -1.071483490e-11, 6.577800150e-16, 6.462263190e+03};
	const double *a = t_k < T_MIDDLE_K ? low : high;

	return R_KJ_KG_K * (-a[0] / t_k + a[1] * log(t_k) + a[7] +
	                    t_k * (a[2] + t_k * (a[3] / 2 + t_k * (a[4] / 3 + t_k * (a[5] / 4 + t_k * a[6] / 5)))));
}

double lorenz_air_cp_kj_kg_k(double t_from_k, double t_to_k)
{
	if (!within(t_from_k, LORENZ_AIR_T_MIN_K, LORENZ_AIR_T_MAX_K) || !within(t_to_k, LORENZ_AIR_T_MIN_K, LORENZ_AIR_T_MAX_K))
		return NAN;
	return mean_slope(air_enthalpy, t_from_k, t_to_k);
}

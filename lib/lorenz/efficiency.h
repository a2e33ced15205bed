/* Efficiency models: the COP of a heat pump as a function of the temperatures it works between, and of its load.
 *
 * A model is a plain tagged union: fill it, or take one of the functions below, and let lorenz_efficiency_check refuse
 * what is out of its domain. Temperatures are in kelvin. Sources: J.V.M. Walden, R. Padulles 2024 (Lorenz efficiency);
 * J.K. Jensen et al. 2018, "Heat pump COP, part 2", doi 10.18462/iir.gl.2018.1386 (generic COP of real cycles). */
#ifndef LORENZ_EFFICIENCY_H
#define LORENZ_EFFICIENCY_H

#include "lorenz/lorenz.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LORENZ_POLYNOMIAL_TERMS = 4, LORENZ_TABLE_MAX = 16, LORENZ_PART_LOAD_MAX = 8 };

enum lorenz_model {
	LORENZ_MODEL_CONSTANT,   /* Lorenz efficiency eta */
	LORENZ_MODEL_JENSEN,     /* the generic COP of Jensen et al. */
	LORENZ_MODEL_POLYNOMIAL, /* Lorenz efficiency over mean sink temperature and mean lift */
	LORENZ_MODEL_TABLE,      /* the same, bilinear */
	LORENZ_MODEL_CARNOT,     /* a fraction of T_out/(T_out - T_src,in) */
	LORENZ_MODEL_SHARES,     /* electricity and source heat per heat delivered, whatever the temperatures */
	LORENZ_MODEL_COUNT
};

/* Coefficients of the fluid, and of the machine. Fitted for lifts of 10 K and more and sinks up to about 130 degC. */
struct lorenz_jensen {
	double a, b, c_k;           /* mean difference of the sink's heat exchanger: a x + b dT_sink + c, K */
	double d_per_k, e_per_k, f; /* compressor work that the expansion would give back: d x + e dT_sink + f */
	double pinch_k;             /* >= 0; 5 K */
	double isentropic;          /* isentropic efficiency, (0, 1]; 0.8 */
	double heat_loss;           /* of the compressor, per work, [0, 1); 0 */
};

enum lorenz_fluid { LORENZ_FLUID_AMMONIA, LORENZ_FLUID_ISOBUTANE, LORENZ_FLUID_COUNT };

/* eta = sum of coefficient[i][j] (t_sink_mean - t_ref)^i lift^j; t_ref 273.15 for coefficients in degC. Outside the limits
 * the edge holds, flagged; an eta above 1 counts as 1, flagged; one not above 0 is not possible. */
struct lorenz_polynomial {
	double coefficient[LORENZ_POLYNOMIAL_TERMS][LORENZ_POLYNOMIAL_TERMS];
	double t_ref_k;
	double t_min_k, t_max_k;       /* of the mean sink temperature; -INFINITY, INFINITY: none */
	double lift_min_k, lift_max_k; /* of the mean lift */
};

/* Axes rise strictly; one value makes the axis a constant. Edges hold, flagged. eta in (0, 1]. */
struct lorenz_eta_table {
	size_t n_t, n_lift;
	double t_k[LORENZ_TABLE_MAX];                   /* mean sink temperature */
	double lift_k[LORENZ_TABLE_MAX];                /* mean lift */
	double eta[LORENZ_TABLE_MAX][LORENZ_TABLE_MAX]; /* [t][lift] */
};

/* kW per kW delivered. Direct electric: elec 1/efficiency >= 1, source 0. Heat-driven: a small elec, source above 0. */
struct lorenz_shares {
	double elec;
	double source;
};

struct lorenz_efficiency {
	enum lorenz_model model;
	union {
		double eta;    /* (0, 1] */
		double carnot; /* fraction, (0, 1] */
		struct lorenz_jensen jensen;
		struct lorenz_polynomial polynomial;
		struct lorenz_eta_table table;
		struct lorenz_shares shares;
	} of;
};

struct lorenz_efficiency lorenz_efficiency_constant(double eta);
/* The published coefficients with a pinch of 5 K, an isentropic efficiency of 0.8 and no heat loss. */
struct lorenz_efficiency lorenz_efficiency_jensen(enum lorenz_fluid fluid);
struct lorenz_efficiency lorenz_efficiency_carnot(double fraction);
struct lorenz_efficiency lorenz_efficiency_shares(double elec, double source);
/* LORENZ_NOT_FINITE, LORENZ_EFFICIENCY (an efficiency or fraction outside (0, 1]), LORENZ_MODEL (any other parameter). */
enum lorenz_status lorenz_efficiency_check(const struct lorenz_efficiency *efficiency);

/* What a model sees: both streams at inlet, outlet and log mean. */
struct lorenz_temperatures {
	double sink_in_k, sink_out_k, sink_mean_k;
	double source_in_k, source_out_k, source_mean_k;
};
/* COP by a checked model. INFINITY where the source's mean is not below the sink's; NaN where the model says that it is not
 * possible (Jensen: below 1). *extrapolated (may be NULL): outside the range the model was made for. */
double lorenz_efficiency_cop(const struct lorenz_efficiency *efficiency, const struct lorenz_temperatures *at,
                             bool *extrapolated);

/* Factor on the COP over the load share, straight between points; edges hold. n 0: 1 at any load. */
struct lorenz_part_load {
	size_t n;
	double share[LORENZ_PART_LOAD_MAX];  /* rising strictly, [0, 1] */
	double factor[LORENZ_PART_LOAD_MAX]; /* (0, 2] */
};
/* LORENZ_NOT_FINITE, LORENZ_PART_LOAD. */
enum lorenz_status lorenz_part_load_check(const struct lorenz_part_load *part_load);
double lorenz_part_load_factor(const struct lorenz_part_load *part_load, double share);

#ifdef __cplusplus
}
#endif
#endif

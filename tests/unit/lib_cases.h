/* The paper's dryer and a curve with steam, for the tests of single cases. */
#ifndef TESTS_LIB_CASES_H
#define TESTS_LIB_CASES_H

#include "check.h"

#include <lorenz/lorenz.h>

static const double T_SOURCE_K = 288.15, T_IN_K = 328.15, T_TARGET_K = 503.15, Q_KW = 4800, ETA = 0.55;

static inline struct lorenz_curve curve_of(const struct lorenz_segment *segments, size_t n)
{
	struct lorenz_curve curve;

	assert_int_equal(lorenz_curve_init(&curve, segments, n, NULL), LORENZ_OK);
	return curve;
}

static inline struct lorenz_curve dryer(void)
{
	return curve_of(&(struct lorenz_segment){T_IN_K, T_TARGET_K, Q_KW}, 1);
}

/* 55-110 degC sensible, 120 degC steam, 125-180 degC sensible. */
static inline struct lorenz_curve steam(void)
{
	const struct lorenz_segment segments[] = {{328.15, 383.15, 1000}, {393.15, 393.15, 1500}, {398.15, 453.15, 800}};

	return curve_of(segments, 3);
}

static inline struct lorenz_operation operate(const struct lorenz_curve *curve, const struct lorenz_machine *machine, double elec,
                                              double heat)
{
	struct lorenz_operation op;

	assert_int_equal(lorenz_operate(curve, T_SOURCE_K, machine, (struct lorenz_rates){elec, heat}, &op), LORENZ_OK);
	return op;
}

static inline struct lorenz_operation operate_dryer(double elec, double heat)
{
	struct lorenz_curve curve = dryer();
	struct lorenz_machine machine = lorenz_machine_unbounded(ETA);

	return operate(&curve, &machine, elec, heat);
}

/* Rates whose T* is t_k: r = eta t/(t - T_src). */
static inline double ratio_for(double t_k)
{
	return ETA * t_k / (t_k - T_SOURCE_K);
}

static inline void check_off_at(const struct lorenz_point *point, double t_in_k)
{
	check_near(point->q_kw, 0);
	check_near(point->t_out_k, t_in_k);
	check_near(point->electrification, 0);
	check_near(point->p_kw, 0);
	check_near(point->savings, 0);
	assert_true(isnan(point->cop));
	assert_int_equal(point->limited_by, LORENZ_LIMIT_INLET);
	assert_false(point->overlap);
}

static inline void check_off(const struct lorenz_point *point)
{
	check_off_at(point, T_IN_K);
}

static inline void check_full(const struct lorenz_point *point)
{
	check_near(point->q_kw, Q_KW);
	check_near(point->t_out_k, T_TARGET_K);
	check_near(point->electrification, 1);
	assert_true(point->savings > 0);
	assert_int_equal(point->limited_by, LORENZ_LIMIT_TARGET);
}

#endif

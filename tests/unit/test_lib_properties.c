/* Properties of the operating points on 100,000 seeded random cases: no neighbour is better, savings are zero at the
 * break-even, every bound is obeyed, points are monotone in efficiency and ratio, and neither cutting a segment in two nor
 * the scale of heat and rates matters. */
#include "check.h"

#include <lorenz/lorenz.h>

enum { CASES = 100000, NEIGHBOURS = 20, SEGMENTS = 6 };

/* Of the greatest heat or of what it is worth: rounding, not a difference. */
static const double TINY = 1e-11;

struct random_case {
	struct lorenz_segment segment[SEGMENTS];
	size_t n;
	double t_source_k;
	struct lorenz_machine machine;
	struct lorenz_rates rates;
	struct lorenz_curve curve;
	struct lorenz_operation op;
};

/* xorshift64*, seeded by main; 53 bits. */
static uint64_t random_state;

static double uniform(double low, double high)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return low + (high - low) * (double)((random_state * 2685821657736338717ULL) >> 11) * 0x1p-53;
}

static bool chance(double p)
{
	return uniform(0, 1) < p;
}

static void random_curve(struct random_case *c)
{
	double t_k = uniform(290, 450);

	c->n = 1 + (size_t)uniform(0, SEGMENTS);
	for (size_t i = 0; i < c->n; i++) {
		double gap_k = i > 0 && chance(0.3) ? uniform(0, 30) : 0,
		       dt_k = chance(0.3) ? 0 : exp(uniform(log(1e-3), log(200)));

		t_k += gap_k;
		c->segment[i] = (struct lorenz_segment){t_k, t_k + dt_k, chance(0.03) ? 0 : exp(uniform(0, log(1e4)))};
		t_k += dt_k;
	}
}

static void random_machine(struct random_case *c, double q_total_kw)
{
	struct lorenz_machine *m = &c->machine;

	*m = lorenz_machine_unbounded(uniform(0.2, 1));
	if (chance(0.3))
		m->q_min_kw = uniform(0, 0.5) * q_total_kw;
	if (chance(0.3))
		m->q_max_kw = uniform(0, 1.2) * q_total_kw;
	if (chance(0.3))
		m->p_max_kw = uniform(0, 0.5) * q_total_kw;
	if (chance(0.3))
		m->t_max_k = uniform(280, 600);
	if (chance(0.2))
		m->cop_max = uniform(1, 20);
	if (chance(0.2))
		m->min_lift_k = uniform(0, chance(0.2) ? 500 : 60);
}

static void random_rates(struct random_case *c)
{
	c->rates = (struct lorenz_rates){uniform(1, 300), uniform(10, 150)};
	if (chance(0.15))
		c->rates.elec = -c->rates.elec;
	if (chance(c->rates.elec < 0 ? 0.4 : 0.03))
		c->rates.heat = -c->rates.heat;
}

static struct lorenz_operation operate(const struct random_case *c, const struct lorenz_curve *curve, struct lorenz_rates rates,
                                       double eta)
{
	struct lorenz_machine machine = c->machine;
	struct lorenz_operation op;

	machine.eta = eta;
	assert_int_equal(lorenz_operate(curve, c->t_source_k, &machine, rates, &op), LORENZ_OK);
	return op;
}

static void random_case(struct random_case *c)
{
	random_curve(c);
	assert_int_equal(lorenz_curve_init(&c->curve, c->segment, c->n, NULL), LORENZ_OK);
	random_machine(c, c->curve.q_total_kw);
	random_rates(c);
	do {
		c->t_source_k = c->curve.t_in_k - uniform(-40, 120);
	} while (c->t_source_k >= c->curve.t_target_k);
	c->op = operate(c, &c->curve, c->rates, c->machine.eta);
}

static void for_each_case(uint64_t seed, int cases, void (*check)(const struct random_case *))
{
	struct random_case c;

	random_state = seed;
	for (int i = 0; i < cases; i++) {
		random_case(&c);
		check(&c);
	}
}

static double savings_at(const struct random_case *c, double q_kw)
{
	return lorenz_savings(c->rates, q_kw, lorenz_power_kw(&c->curve, c->t_source_k, &c->machine, q_kw));
}

/* What rounding may be worth, in savings. */
static double worth(const struct random_case *c)
{
	return TINY * (fabs(c->rates.heat) + fabs(c->rates.elec)) * c->curve.q_total_kw / 1e3;
}

static bool is_on(const struct lorenz_point *point)
{
	return point->limited_by != LORENZ_LIMIT_INLET;
}

/* ---- the optimum ------------------------------------------------------------------------ */

static bool allowed(const struct random_case *c, double q_kw)
{
	return q_kw == 0 ||
	       (q_kw >= c->machine.q_min_kw && q_kw <= lorenz_q_max_kw(&c->curve, c->t_source_k, &c->machine, NULL) &&
	        lorenz_power_kw(&c->curve, c->t_source_k, &c->machine, q_kw) <= q_kw);
}

static void check_neighbours(const struct random_case *c)
{
	double q_total_kw = c->curve.q_total_kw, best = c->op.optimal.savings;

	assert_true(best >= 0);
	for (int i = 0; i < NEIGHBOURS; i++) {
		double q_kw =
		    i % 2 ? uniform(0, q_total_kw) : c->op.optimal.q_kw + q_total_kw * uniform(-1, 1) * pow(10, -i / 2.0);

		q_kw = fmin(fmax(q_kw, 0), q_total_kw);
		if (allowed(c, q_kw))
			assert_true(savings_at(c, q_kw) <= best + worth(c));
	}
}

static void test_no_better_neighbour(void **state)
{
	(void)state;
	for_each_case(1, CASES, check_neighbours);
}

static void check_point(const struct random_case *c, const struct lorenz_point *point, bool bounded)
{
	const struct lorenz_machine *m = &c->machine;
	double tiny_kw = TINY * c->curve.q_total_kw;

	assert_true(isfinite(point->q_kw) && isfinite(point->t_out_k) && isfinite(point->p_kw) && isfinite(point->savings));
	assert_true(point->electrification >= 0 && point->electrification <= 1);
	if (!is_on(point)) {
		assert_true(point->q_kw == 0 && point->p_kw == 0 && point->savings == 0 && isnan(point->cop));
		check_near(point->t_out_k, c->curve.t_in_k);
		return;
	}
	assert_true(point->q_kw > 0 && point->q_kw <= c->curve.q_total_kw);
	check_double(point->p_kw, lorenz_power_kw(&c->curve, c->t_source_k, m, point->q_kw), 1e-9, tiny_kw);
	check_double(point->t_out_k, lorenz_curve_t_k(&c->curve, point->q_kw), 0, 1e-8);
	check_double(point->savings, lorenz_savings(c->rates, point->q_kw, point->p_kw), 0, worth(c));
	assert_true(point->p_kw <= point->q_kw * (1 + 1e-9));
	assert_true(point->overlap == (c->curve.t_in_k < c->t_source_k));
	if (!bounded)
		return;
	assert_true(point->q_kw >= m->q_min_kw && point->q_kw <= m->q_max_kw);
	assert_true(point->p_kw <= m->p_max_kw + tiny_kw && point->t_out_k <= m->t_max_k + 1e-9);
}

/* limited_by tells the truth. */
static void check_reason(const struct random_case *c, const struct lorenz_point *point)
{
	const double at[LORENZ_LIMIT_COUNT] = {
	    [LORENZ_LIMIT_NONE] = 0,
	    [LORENZ_LIMIT_INLET] = point->q_kw,
	    [LORENZ_LIMIT_TARGET] = point->q_kw - c->curve.q_total_kw,
	    [LORENZ_LIMIT_CAPACITY] = point->q_kw - c->machine.q_max_kw,
	    [LORENZ_LIMIT_P_ELEC_MAX] = point->p_kw - c->machine.p_max_kw,
	    [LORENZ_LIMIT_T_MAX] = fmin(lorenz_curve_q_kw(&c->curve, c->machine.t_max_k) - point->q_kw, 1),
	    [LORENZ_LIMIT_COP_1] = point->p_kw - point->q_kw,
	    [LORENZ_LIMIT_MIN_LOAD] = point->q_kw - c->machine.q_min_kw,
	};

	check_double(at[point->limited_by], 0, 0, TINY * fmax(c->curve.q_total_kw, 1));
}

static void check_bounds(const struct random_case *c)
{
	check_point(c, &c->op.optimal, true);
	check_point(c, &c->op.break_even, true);
	check_point(c, &c->op.break_even_free, false);
	check_reason(c, &c->op.optimal);
	check_reason(c, &c->op.break_even);
	check_reason(c, &c->op.break_even_free);
	if (c->rates.heat > 0) {
		assert_true(c->op.break_even.q_kw >= c->op.optimal.q_kw);
		assert_true(c->op.break_even_free.q_kw >= c->op.break_even.q_kw * (1 - 1e-12));
	}
}

static void test_bounds_are_obeyed(void **state)
{
	(void)state;
	for_each_case(2, CASES, check_bounds);
}

/* ---- the break-even --------------------------------------------------------------------- */

static void check_break_even(const struct random_case *c)
{
	const struct lorenz_point *point = &c->op.break_even_free;
	double q_kw = point->q_kw, past_kw = q_kw * (1 + 1e-6);

	if (!is_on(point))
		return;
	assert_true(savings_at(c, q_kw) >= -worth(c));
	if (point->limited_by == LORENZ_LIMIT_NONE) {
		check_double(savings_at(c, q_kw), 0, 0, worth(c));
		if (past_kw <= c->curve.q_total_kw)
			assert_true(savings_at(c, past_kw) <= worth(c));
		check_double(point->cop, c->op.ratio, 1e-9, 0);
	}
}

static void test_nothing_is_saved_at_the_break_even(void **state)
{
	(void)state;
	for_each_case(3, CASES, check_break_even);
}

/* ---- monotone --------------------------------------------------------------------------- */

/* A minimum load or a guard may switch the machine on or off; where it runs both times, more efficiency means no less heat. */
static void check_eta(const struct random_case *c)
{
	double eta = c->machine.eta + (1 - c->machine.eta) * uniform(0, 1);
	struct lorenz_operation better = operate(c, &c->curve, c->rates, eta);

	if (!(c->rates.elec > 0 && c->rates.heat > 0))
		return;
	assert_true(better.optimal.savings >= c->op.optimal.savings - worth(c));
	assert_true(better.break_even_free.q_kw >= c->op.break_even_free.q_kw * (1 - 1e-9));
	assert_true(better.optimal.q_kw >= c->op.optimal.q_kw * (1 - 1e-9));
}

static void test_monotone_in_efficiency(void **state)
{
	(void)state;
	for_each_case(4, CASES, check_eta);
}

static void check_ratio(const struct random_case *c)
{
	struct lorenz_rates dearer = {c->rates.elec * uniform(1, 2), c->rates.heat};
	struct lorenz_operation worse;

	if (!(c->rates.elec > 0 && c->rates.heat > 0))
		return;
	worse = operate(c, &c->curve, dearer, c->machine.eta);
	assert_true(worse.optimal.savings <= c->op.optimal.savings + worth(c));
	assert_true(worse.optimal.q_kw <= c->op.optimal.q_kw * (1 + 1e-9));
	assert_true(worse.break_even_free.q_kw <= c->op.break_even_free.q_kw * (1 + 1e-9));
}

static void test_monotone_in_ratio(void **state)
{
	(void)state;
	for_each_case(5, CASES, check_ratio);
}

/* ---- what must not matter --------------------------------------------------------------- */

static void check_same_point(const struct random_case *c, const struct lorenz_point *a, const struct lorenz_point *b,
                             double scale)
{
	double q_kw = 1e-6 * c->curve.q_total_kw;

	/* Flat savings leave the heat of an optimum open within the root of rounding: compare what it earns as well. */
	check_double(a->savings, b->savings, 0, worth(c));
	if (is_on(a) == is_on(b))
		check_double(a->q_kw / scale, b->q_kw, 0, q_kw);
	else
		assert_true(fabs(a->savings) + fabs(b->savings) <= worth(c) || a->limited_by == b->limited_by);
}

static void check_split(const struct random_case *c)
{
	struct lorenz_segment split[SEGMENTS + 1];
	struct lorenz_curve curve;
	struct lorenz_operation op;
	size_t at = (size_t)uniform(0, (double)c->n);
	double share = uniform(0, 1);

	for (size_t i = 0; i <= c->n; i++)
		split[i] = c->segment[i > at ? i - 1 : i];
	split[at].q_kw = share * c->segment[at].q_kw;
	split[at + 1].q_kw = c->segment[at].q_kw - split[at].q_kw;
	split[at].t_out_k = split[at + 1].t_in_k =
	    c->segment[at].t_in_k + share * (c->segment[at].t_out_k - c->segment[at].t_in_k);
	assert_int_equal(lorenz_curve_init(&curve, split, c->n + 1, NULL), LORENZ_OK);
	check_double(curve.phi_total_kw_k, c->curve.phi_total_kw_k, 1e-10, 0);
	op = operate(c, &curve, c->rates, c->machine.eta);
	check_same_point(c, &op.optimal, &c->op.optimal, 1);
	check_same_point(c, &op.break_even, &c->op.break_even, 1);
	check_same_point(c, &op.break_even_free, &c->op.break_even_free, 1);
}

static void test_a_cut_segment_changes_nothing(void **state)
{
	(void)state;
	for_each_case(6, CASES, check_split);
}

/* k times the heat at 1/k of the rates. */
static void check_scale(const struct random_case *c)
{
	struct random_case big = *c;
	double k = exp(uniform(log(1e-6), log(1e6)));

	for (size_t i = 0; i < c->n; i++)
		big.segment[i].q_kw *= k;
	big.machine.q_min_kw *= k;
	big.machine.q_max_kw *= k;
	big.machine.p_max_kw *= k;
	assert_int_equal(lorenz_curve_init(&big.curve, big.segment, big.n, NULL), LORENZ_OK);
	big.op = operate(&big, &big.curve, (struct lorenz_rates){c->rates.elec / k, c->rates.heat / k}, c->machine.eta);
	check_same_point(c, &big.op.optimal, &c->op.optimal, k);
	check_same_point(c, &big.op.break_even, &c->op.break_even, k);
	check_same_point(c, &big.op.break_even_free, &c->op.break_even_free, k);
}

static void test_scale_does_not_matter(void **state)
{
	(void)state;
	for_each_case(7, CASES, check_scale);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_better_neighbour),
	    cmocka_unit_test(test_bounds_are_obeyed),
	    cmocka_unit_test(test_nothing_is_saved_at_the_break_even),
	    cmocka_unit_test(test_monotone_in_efficiency),
	    cmocka_unit_test(test_monotone_in_ratio),
	    cmocka_unit_test(test_a_cut_segment_changes_nothing),
	    cmocka_unit_test(test_scale_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

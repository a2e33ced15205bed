/* Utilities that cannot carry the demand alone: the heat pump makes at least what they cannot, and where both together cannot
 * either, the most that it can. Against closed forms of the dryer and against dense grids of random plants. */
#include "lib_cases.h"
#include "lib_random_case.h"

enum { PLANTS = 500, PLANTS_LONG = 20000, GRID = 300, NEIGHBOURS = 24 };

static const struct lorenz_goal goals[] = {
    {.kind = LORENZ_GOAL_COST},
    {.kind = LORENZ_GOAL_CARBON},
    {.kind = LORENZ_GOAL_BLEND, .carbon_value_eur_t = 90},
    {.kind = LORENZ_GOAL_CARBON_FREE},
    {.kind = LORENZ_GOAL_ELECTRIFY},
};
enum { GOALS = sizeof(goals) / sizeof(goals[0]) };

/* ---- the dryer -------------------------------------------------------------------------- */

struct dryer_case {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in;
};

/* The published case; its cost optimum is at 1537 kW. */
static void dryer_of(struct dryer_case *d, double boiler_kw)
{
	d->curve = dryer();
	d->efficiency = lorenz_efficiency_constant(ETA);
	d->in = lorenz_case_simple(&d->curve, &d->efficiency, lorenz_source_steady(T_SOURCE_K), (struct lorenz_merit){132, 406},
	                           (struct lorenz_merit){60, 213.7});
	d->in.utilities.unit[0].capacity_kw = boiler_kw;
}

static struct lorenz_solution solve_one(const struct lorenz_case *c, struct lorenz_goal goal)
{
	struct lorenz_solution found;

	assert_int_equal(lorenz_case_solve(c, &goal, 1, &found), LORENZ_OK);
	return found;
}

static void test_a_boiler_that_is_large_enough_changes_nothing(void **state)
{
	struct dryer_case unlimited, enough, spare;
	struct lorenz_solution a, b, c;

	(void)state;
	dryer_of(&unlimited, INFINITY);
	dryer_of(&enough, Q_KW);
	dryer_of(&spare, Q_KW - 1000);
	for (int g = 0; g < GOALS; g++) {
		a = solve_one(&unlimited.in, goals[g]);
		b = solve_one(&enough.in, goals[g]);
		check_double(b.optimal.q_kw, a.optimal.q_kw, 1e-12, 0);
		check_double(b.break_even.q_kw, a.break_even.q_kw, 1e-12, 0);
		check_near(b.optimal.shortfall_kw, 0);
	}
	c = solve_one(&spare.in, goals[0]); /* 1000 kW are needed, 1537 kW are best anyway */
	check_double(c.optimal.q_kw, solve_one(&unlimited.in, goals[0]).optimal.q_kw, 1e-6, 0);
	assert_int_equal(c.optimal.limited_by, LORENZ_LIMIT_NONE);
	check_near(c.optimal.shortfall_kw, 0);
}

static void test_the_heat_pump_makes_what_the_boiler_cannot(void **state)
{
	struct dryer_case d;
	struct lorenz_solution found;
	struct lorenz_case_point least, even;

	(void)state;
	dryer_of(&d, 3000);
	found = solve_one(&d.in, goals[0]);
	check_near(found.optimal.q_kw, 1800);
	check_near(found.optimal.utility_kw[0], 3000);
	check_near(found.optimal.shortfall_kw, 0);
	assert_int_equal(found.optimal.limited_by, LORENZ_LIMIT_UTILITIES);
	/* against the boiler at its capacity: nothing of its 3000 kW is saved, and the power is to be paid */
	check_double(found.optimal.savings, -132 * found.optimal.p_kw / 1e3, 1e-12, 0);
	/* the break-even costs as much as the least that carries the demand */
	assert_int_equal(lorenz_case_at(&d.in, 1800, &least), LORENZ_OK);
	assert_int_equal(lorenz_case_at(&d.in, found.break_even.q_kw * (1 + 1e-9), &even), LORENZ_OK);
	assert_true(found.break_even.q_kw >= 1800 && even.savings_cost <= least.savings_cost);
	dryer_of(&d, 0);
	check_near(solve_one(&d.in, goals[0]).optimal.q_kw, Q_KW);
}

/* Dear power makes the least that is needed the best; cheaper power makes more. */
static void test_the_least_is_no_more_than_a_bound(void **state)
{
	struct dryer_case d;
	struct lorenz_solution found;

	(void)state;
	dryer_of(&d, 3000);
	d.in.elec.cost = 1000;
	check_near(solve_one(&d.in, goals[0]).optimal.q_kw, 1800);
	d.in.elec.cost = 100; /* T* = 288.15 r/(r - eta), r = 100/60 */
	found = solve_one(&d.in, goals[0]);
	check_double(found.optimal.t_out_k, T_SOURCE_K * (100.0 / 60) / (100.0 / 60 - ETA), 0, 1e-3);
	assert_true(found.optimal.q_kw > 1800);
	assert_int_equal(found.optimal.limited_by, LORENZ_LIMIT_NONE);
}

/* A free break-even, too, costs as much as the least that carries the demand, whatever holds the machine back. */
static void test_the_free_break_even_counts_from_the_least(void **state)
{
	static const double most_kw[] = {1000, 2000};
	struct lorenz_case_point least, even;
	struct lorenz_solution found;
	struct dryer_case d;

	(void)state;
	for (int i = 0; i < 2; i++) {
		dryer_of(&d, 3000);
		d.in.elec.cost = 105;
		d.in.limits.q_max_kw = most_kw[i];
		found = solve_one(&d.in, goals[0]);
		check_near(found.break_even.q_kw, most_kw[i]);
		assert_int_equal(found.break_even_free.limited_by, LORENZ_LIMIT_NONE);
		assert_true(found.break_even_free.q_kw > 2000);
		assert_int_equal(lorenz_case_at(&d.in, 1800, &least), LORENZ_OK);
		assert_int_equal(lorenz_case_at(&d.in, found.break_even_free.q_kw, &even), LORENZ_OK);
		check_double(even.savings_cost, least.savings_cost, 1e-9, 0);
	}
}

static void test_where_nobody_can_the_most_runs(void **state)
{
	struct dryer_case d;
	struct lorenz_solution found;

	(void)state;
	dryer_of(&d, 3000);
	d.in.limits.q_max_kw = 1000;
	for (int g = 0; g < GOALS; g++) {
		found = solve_one(&d.in, goals[g]);
		check_near(found.optimal.q_kw, 1000);
		check_near(found.optimal.shortfall_kw, 800);
		assert_int_equal(found.optimal.limited_by, LORENZ_LIMIT_CAPACITY);
		assert_true(found.met);
	}
	d.in.limits.q_min_kw = 1100; /* it cannot run at all */
	found = solve_one(&d.in, goals[0]);
	check_near(found.optimal.q_kw, 0);
	check_near(found.optimal.shortfall_kw, 1800);
}

/* A carbon cap counts what is emitted, whatever there is to compare with. */
static void test_a_cap_beside_a_small_boiler(void **state)
{
	struct lorenz_goal cap = {.kind = LORENZ_GOAL_CARBON_CAP};
	struct lorenz_case_point least;
	struct lorenz_solution found;
	struct dryer_case d;

	(void)state;
	dryer_of(&d, 3000);
	assert_int_equal(lorenz_case_at(&d.in, 1800, &least), LORENZ_OK);
	/* between what is emitted at the least heat and at the best */
	cap.carbon_cap_kg_h = 213.7 * 3 + 406 * least.p_kw / 1e3 -
	                      0.5 * (solve_one(&d.in, goals[1]).optimal.savings_carbon - least.savings_carbon);
	found = solve_one(&d.in, cap);
	assert_true(found.met && found.optimal.q_kw > 1800);
	check_double(213.7 * found.optimal.utility_kw[0] / 1e3 + 406 * found.optimal.p_kw / 1e3, cap.carbon_cap_kg_h, 1e-7, 0);
	cap.carbon_cap_kg_h = 0;
	assert_false(solve_one(&d.in, cap).met);
}

/* ---- random plants ---------------------------------------------------------------------- */

static int plants(void)
{
	return getenv("LORENZ_TEST_LONG") ? PLANTS_LONG : PLANTS;
}

/* All utilities have a capacity, together less than the demand more often than not. */
static void shrink(struct random_plant *p)
{
	struct lorenz_utilities *u = &p->in.utilities;

	for (size_t i = 0; i < u->n; i++)
		u->unit[i].capacity_kw = uniform(0, 1.3) / (double)u->n * p->curve.q_total_kw;
	if (chance(0.3))
		p->in.limits.q_max_kw = uniform(0.1, 0.9) * p->curve.q_total_kw;
}

static double rest_kw(const struct random_plant *p)
{
	struct lorenz_direct_savings direct;

	assert_int_equal(lorenz_case_direct(&p->in, &direct), LORENZ_OK);
	return p->curve.q_total_kw - (direct.direct.advised ? 0 : direct.direct.q_kw);
}

/* Computed here from what is asked of the plant at one heat: what an hour costs, emits, and lacks. */
struct told {
	bool allowed;
	double q_kw, short_kw, cost, carbon;
};

static struct told tell(const struct random_plant *p, double q_kw, double demand_kw)
{
	double made_kw[LORENZ_UTILITIES_MAX];
	struct lorenz_case_point point;
	struct told t;

	assert_int_equal(lorenz_case_at(&p->in, q_kw, &point), LORENZ_OK);
	t = (struct told){
	    .allowed = point.limited_by == LORENZ_LIMIT_NONE || !(q_kw > 0),
	    .q_kw = point.q_kw,
	    .short_kw = lorenz_utilities_dispatch(&p->in.utilities, fmax(demand_kw - q_kw, 0), made_kw),
	    .cost = p->in.elec.cost * point.p_kw / 1e3 + p->in.source_heat.cost * point.source_heat_kw / 1e3,
	    .carbon = p->in.elec.carbon * point.p_kw / 1e3 + p->in.source_heat.carbon * point.source_heat_kw / 1e3,
	};
	for (size_t i = 0; i < p->in.utilities.n; i++) {
		t.cost += p->in.utilities.unit[i].cost * made_kw[i] / 1e3;
		t.carbon += p->in.utilities.unit[i].carbon * made_kw[i] / 1e3;
	}
	return t;
}

/* The smaller the better. */
static double burden(const struct lorenz_goal *goal, const struct told *t)
{
	switch (goal->kind) {
	case LORENZ_GOAL_COST:
	case LORENZ_GOAL_CARBON_CAP:
		return t->cost;
	case LORENZ_GOAL_CARBON:
	case LORENZ_GOAL_CARBON_FREE:
		return t->carbon;
	case LORENZ_GOAL_BLEND:
		return t->cost + t->carbon * goal->carbon_value_eur_t / 1e3;
	case LORENZ_GOAL_ELECTRIFY:
		return -t->q_kw;
	case LORENZ_GOAL_COUNT:
		break;
	}
	return NAN;
}

/* No more than what the least heat that carries the demand costs or emits. */
static bool holds(const struct lorenz_goal *goal, const struct told *t, const struct told *least, double slack)
{
	if (goal->kind == LORENZ_GOAL_CARBON_FREE)
		return t->cost <= least->cost + slack;
	return goal->kind != LORENZ_GOAL_ELECTRIFY || t->carbon <= least->carbon + slack;
}

static double need_kw(const struct random_plant *p, double demand_kw)
{
	double need_kw = demand_kw;

	for (size_t i = 0; i < p->in.utilities.n; i++)
		need_kw -= p->in.utilities.unit[i].capacity_kw;
	return fmax(need_kw, 0);
}

/* No allowed heat lacks less, but for what a grid cannot find. */
static void check_shortfall(const struct random_plant *p, const struct told *best, double demand_kw)
{
	for (int k = 0; k <= GRID; k++) {
		struct told t = tell(p, demand_kw * k / GRID, demand_kw);

		assert_true(!t.allowed || best->short_kw <= t.short_kw + 1e-6 * demand_kw);
	}
}

static void check_no_better(const struct random_plant *p, const struct lorenz_goal *goal, const struct told *best, double demand_kw)
{
	double worth = 1e-9 * (fabs(p->in.elec.cost) + fabs(p->in.elec.carbon) + 500) * demand_kw / 1e3, tiny_kw = 1e-6 * demand_kw;
	double slack = goal->kind == LORENZ_GOAL_ELECTRIFY ? tiny_kw : worth;
	struct told need = tell(p, need_kw(p, demand_kw), demand_kw);

	for (int k = 1; k <= GRID + NEIGHBOURS; k++) {
		double near_kw = demand_kw * uniform(-1, 1) * pow(10, (GRID - k) / 2.0);
		struct told t = tell(p, fmax(k <= GRID ? demand_kw * (k - uniform(0, 1)) / GRID : best->q_kw + near_kw, 0), demand_kw);

		/* where something else than the need bounds the least heat, that is not known here */
		if (!t.allowed || t.short_kw > 0 || best->short_kw > tiny_kw ||
		    (goal->kind >= LORENZ_GOAL_CARBON_FREE && (!need.allowed || !holds(goal, &t, &need, -worth))))
			continue;
		if (burden(goal, &t) < burden(goal, best) - slack)
			fail_msg("goal %d: %.12g at %.12g kW beats %.12g at %.12g kW of %g, %.12g are needed, model %d, %zu units",
			         goal->kind, burden(goal, &t), t.q_kw, burden(goal, best), best->q_kw, demand_kw, need.q_kw,
			         p->efficiency.model, p->in.units.n);
	}
}

static void check_plant(const struct random_plant *p)
{
	struct lorenz_solution found[GOALS];
	double demand_kw = rest_kw(p);

	assert_int_equal(lorenz_case_solve(&p->in, goals, GOALS, found), LORENZ_OK);
	for (int g = 0; g < GOALS; g++) {
		struct told best = tell(p, found[g].optimal.q_kw, demand_kw);

		check_double(best.short_kw, found[g].optimal.shortfall_kw, 0, 1e-9 * demand_kw);
		check_shortfall(p, &best, demand_kw);
		check_no_better(p, &goals[g], &best, demand_kw);
	}
}

static void test_no_other_heat_carries_the_demand_better(void **state)
{
	struct random_plant p;

	(void)state;
	random_seed(31);
	for (int i = 0; i < plants(); i++) {
		random_plant(&p);
		shrink(&p);
		check_plant(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_boiler_that_is_large_enough_changes_nothing),
	    cmocka_unit_test(test_the_heat_pump_makes_what_the_boiler_cannot),
	    cmocka_unit_test(test_the_least_is_no_more_than_a_bound),
	    cmocka_unit_test(test_the_free_break_even_counts_from_the_least),
	    cmocka_unit_test(test_where_nobody_can_the_most_runs),
	    cmocka_unit_test(test_a_cap_beside_a_small_boiler),
	    cmocka_unit_test(test_no_other_heat_carries_the_demand_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Technologies for many goals at once on seeded random plants: each against the general case solved alone with its machine,
 * against itself for one goal, and its ranking against the definition. */
#include "lib_random_case.h"

#include <lorenz/technology.h>

enum { PLANTS = 150, TECHNOLOGIES = 9, GOALS = 6, GRID = 40 };

/* Another machine: bounds and units of a plant that is drawn for them, at the size of this one. */
struct machine {
	struct lorenz_limits limits;
	struct lorenz_units units;
};

static void random_machine(const struct random_plant *p, struct machine *m)
{
	struct random_plant other;
	double scale;

	random_plant(&other);
	scale = p->curve.q_total_kw / other.curve.q_total_kw;
	m->limits = other.in.limits;
	m->limits.q_min_kw *= scale, m->limits.q_max_kw *= scale, m->limits.p_max_kw *= scale;
	m->units = other.in.units;
	for (size_t i = 0; i < m->units.n; i++)
		m->units.unit[i].capacity_kw *= scale;
}

/* Utilities that mostly cannot carry the demand. */
static void shrink(struct random_plant *p)
{
	for (size_t i = 0; i < p->in.utilities.n; i++)
		p->in.utilities.unit[i].capacity_kw = uniform(0, 1) * p->curve.q_total_kw / (double)p->in.utilities.n;
}

static void random_list(const struct random_plant *p, const struct machine *own, struct lorenz_technology list[TECHNOLOGIES])
{
	list[0] = lorenz_technology_default(LORENZ_VAPOUR_COMPRESSION);
	list[0].efficiency = p->efficiency;
	list[1] = lorenz_technology_default(LORENZ_INVERSE_BRAYTON);
	list[1].efficiency.of.eta = uniform(0.3, 0.7);
	list[2] = lorenz_technology_default(LORENZ_DIRECT_ELECTRIC);
	list[3] = lorenz_technology_default(LORENZ_CALORIC);
	list[4] = lorenz_technology_default(LORENZ_DIRECT_EXCHANGE);
	list[5] = lorenz_technology_default(LORENZ_HEAT_STORAGE);
	list[5].efficiency = lorenz_efficiency_shares(uniform(0, 0.1), 1);
	list[5].stored = (struct lorenz_merit){uniform(0, 40), uniform(0, 200)};
	list[5].round_trip = uniform(0.5, 1);
	list[6] = list[7] = list[8] = list[0];
	list[6].limits = &own->limits;
	list[7].units = &own->units;
	list[8].limits = &own->limits;
	list[8].units = &own->units;
}

static void random_goals(const struct random_plant *p, struct lorenz_goal goals[GOALS])
{
	static const enum lorenz_goal_kind kinds[GOALS] = {LORENZ_GOAL_COST,       LORENZ_GOAL_CARBON,
	                                                   LORENZ_GOAL_BLEND,      LORENZ_GOAL_CARBON_FREE,
	                                                   LORENZ_GOAL_CARBON_CAP, LORENZ_GOAL_ELECTRIFY};

	for (int i = 0; i < GOALS; i++)
		goals[i] = (struct lorenz_goal){kinds[i], uniform(0, 200), p->curve.q_total_kw * uniform(0, 0.3)};
}

/* No allowed heat of a grid leaves less undone, or as little and costs less: found on the technology's own machine, one by one.
 */
static void check_grid(const struct lorenz_case *own, const struct lorenz_goal *goal, const struct lorenz_technology_result *got)
{
	double total_kw = own->curve->q_total_kw, tiny_kw = 1e-6 * total_kw;
	double worth = 1e-9 * (fabs(own->elec.cost) + fabs(own->elec.carbon) + 500) * total_kw / 1e3;

	for (int k = 0; k < GRID; k++) {
		struct lorenz_case_point point;

		assert_int_equal(lorenz_case_at(own, total_kw * (k + uniform(0, 1)) / GRID, &point), LORENZ_OK);
		if (point.limited_by != LORENZ_LIMIT_NONE)
			continue;
		assert_true(point.shortfall_kw >= got->point.shortfall_kw - tiny_kw);
		if (goal->kind == LORENZ_GOAL_COST && point.shortfall_kw <= got->point.shortfall_kw)
			assert_true(point.savings_cost <= got->point.savings_cost + worth);
		if (goal->kind == LORENZ_GOAL_CARBON && point.shortfall_kw <= got->point.shortfall_kw)
			assert_true(point.savings_carbon <= got->point.savings_carbon + worth);
	}
}

static void check_alone(const struct random_plant *p, const struct lorenz_technology *t, const struct lorenz_goal *goal,
                        const struct lorenz_technology_result *got)
{
	struct lorenz_case own = lorenz_technology_case(&p->in, t);
	struct lorenz_technology_result single;
	struct lorenz_solution alone;
	enum lorenz_status status = lorenz_technology_evaluate(&p->in, t, goal, &single);

	assert_int_equal(status, got->status);
	if (status == LORENZ_OK) {
		assert_int_equal(single.fit, got->fit);
		check_near(single.value, got->value);
		check_near(single.point.q_kw, got->point.q_kw);
		check_near(single.break_even.q_kw, got->break_even.q_kw);
	}
	if (got->fit != LORENZ_FIT_OK && got->fit != LORENZ_FIT_SAVES_NOTHING)
		return;
	if (got->fit == LORENZ_FIT_SAVES_NOTHING && t->kind == LORENZ_DIRECT_EXCHANGE)
		return;
	assert_int_equal(lorenz_case_solve(&own, goal, 1, &alone), LORENZ_OK);
	check_near(alone.optimal.q_kw, got->point.q_kw);
	check_near(alone.break_even.q_kw, got->break_even.q_kw);
	if (got->fit == LORENZ_FIT_OK) {
		assert_int_equal(alone.met, got->met);
		check_near(alone.break_even_free.q_kw, got->break_even_free.q_kw);
		check_near(alone.optimal.savings_cost, got->point.savings_cost);
		check_near(alone.optimal.shortfall_kw, got->point.shortfall_kw);
		check_grid(&own, goal, got);
	}
}

static void check_ranking(const struct lorenz_technology_result *found, size_t goal)
{
	struct lorenz_technology_result ranked[TECHNOLOGIES];

	for (size_t i = 0; i < TECHNOLOGIES; i++)
		ranked[i] = found[i * GOALS + goal];
	lorenz_technology_rank(ranked, TECHNOLOGIES);
	for (size_t i = 1; i < TECHNOLOGIES; i++) {
		const struct lorenz_technology_result *a = &ranked[i - 1], *b = &ranked[i];
		bool a_fits = a->fit == LORENZ_FIT_OK, b_fits = b->fit == LORENZ_FIT_OK;

		assert_true(a_fits || !b_fits);
		if (!a_fits || !b_fits) {
			assert_true(a_fits || a->index < b->index);
			continue;
		}
		assert_true(a->point.shortfall_kw <= b->point.shortfall_kw * (1 + 1e-8));
		if (b->point.shortfall_kw - a->point.shortfall_kw > 1e-9 * b->point.shortfall_kw)
			continue;
		assert_true(a->met || !b->met);
		assert_true(a->met != b->met || a->value >= b->value);
		assert_true(a->met != b->met || a->value != b->value || a->index < b->index);
	}
}

static void test_each_is_what_it_is_alone(void **state)
{
	struct lorenz_technology_result found[TECHNOLOGIES * GOALS];
	struct lorenz_technology list[TECHNOLOGIES];
	struct lorenz_goal goals[GOALS];
	struct machine own;
	struct random_plant p;
	int fitting = 0, needed = 0;

	(void)state;
	random_seed(5);
	for (int i = 0; i < PLANTS; i++) {
		random_plant(&p);
		random_machine(&p, &own);
		if (i % 2 > 0)
			shrink(&p);
		random_list(&p, &own, list);
		random_goals(&p, goals);
		assert_int_equal(lorenz_technologies_solve(&p.in, list, TECHNOLOGIES, goals, GOALS, found), LORENZ_OK);
		for (size_t k = 0; k < TECHNOLOGIES * GOALS; k++) {
			assert_int_equal(found[k].index, k / GOALS);
			check_alone(&p, &list[k / GOALS], &goals[k % GOALS], &found[k]);
			fitting += found[k].fit == LORENZ_FIT_OK;
			needed += found[k].point.limited_by == LORENZ_LIMIT_UTILITIES;
		}
		for (size_t g = 0; g < GOALS; g++)
			check_ranking(found, g);
	}
	assert_true(fitting > PLANTS * GOALS && needed > PLANTS / 2);
}

/* ---- by hand ---------------------------------------------------------------------------- */

static const double ZERO_K = 273.15;

struct plant {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in;
};

/* 1000 kW from 400 to 600 degC; electricity 60 EUR/MWh and 100 kg/MWh, heat 60 and 220. */
static void plant(struct plant *p)
{
	const struct lorenz_segment segment = {ZERO_K + 400, ZERO_K + 600, 1000};

	assert_int_equal(lorenz_curve_init(&p->curve, &segment, 1, NULL), LORENZ_OK);
	p->efficiency = lorenz_efficiency_constant(0.5);
	p->in = lorenz_case_simple(&p->curve, &p->efficiency, lorenz_source_steady(ZERO_K + 360), (struct lorenz_merit){60, 100},
	                           (struct lorenz_merit){60, 220});
}

static struct lorenz_technology storage(void)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_HEAT_STORAGE);

	t.efficiency = lorenz_efficiency_shares(0.05, 1);
	t.stored = (struct lorenz_merit){20, 40};
	t.round_trip = 0.8;
	return t;
}

static void test_storage_costs_what_was_put_in(void **state)
{
	struct lorenz_technology t = storage();
	struct lorenz_technology_result result;
	struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct plant p;

	(void)state;
	plant(&p);
	p.in.source.cooling_max_kw = 1; /* of another source */
	p.in.source_heat.cost = 1000;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_OK);
	check_near(result.point.q_kw, 1000);
	check_near(result.point.p_kw, 50);
	check_near(result.point.source_heat_kw, 1000);
	check_near(result.point.savings_cost, 60 - 3 - 20 / 0.8);
	check_near(result.point.savings_carbon, 220 - 5 - 40 / 0.8);
	t.round_trip = 1.01;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_TECHNOLOGY);
	t = lorenz_technology_default(LORENZ_HEAT_STORAGE);
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_NOT_FINITE);
	t = storage();
	p.in.direct_dt_min_k = 5;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_TECHNOLOGY);
}

static void test_a_machine_of_its_own(void **state)
{
	struct lorenz_technology t = storage();
	struct lorenz_limits own = lorenz_limits_none();
	struct lorenz_units none = {.n = 0};
	struct lorenz_technology_result result;
	struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct plant p;

	(void)state;
	plant(&p);
	p.in.limits.q_max_kw = 100;
	p.in.units = (struct lorenz_units){1, {{.capacity_kw = 150, .factor = 1}}};
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_OK);
	check_near(result.point.q_kw, 100);
	own.q_max_kw = 400;
	t.limits = &own;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_OK);
	check_near(result.point.q_kw, 150);
	t.units = &none;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_OK);
	check_near(result.point.q_kw, 400);
	t.unavailable = true;
	assert_int_equal(lorenz_technology_evaluate(&p.in, &t, &cost, &result), LORENZ_OK);
	assert_int_equal(result.fit, LORENZ_FIT_UNAVAILABLE);
	check_near(result.point.q_kw, 0);
}

/* Storage saves 1000 kW x 165 kg/MWh at most, of 220 kg/h. */
static void test_a_constraint_that_is_met_comes_first(void **state)
{
	struct lorenz_technology list[2] = {lorenz_technology_default(LORENZ_DIRECT_ELECTRIC), storage()};
	const struct lorenz_goal goals[2] = {{.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = 60},
	                                     {.kind = LORENZ_GOAL_ELECTRIFY}};
	struct lorenz_technology_result found[4], ranked[2];
	struct plant p;

	(void)state;
	plant(&p);
	p.in.elec.cost = 20;
	list[1].stored.cost = 30;
	assert_int_equal(lorenz_technologies_solve(&p.in, list, 2, goals, 2, found), LORENZ_OK);
	assert_false(found[0].met); /* 100 kg/h is above the cap; it saves 40 EUR/h */
	assert_true(found[2].met);
	check_near(found[0].value, 120);
	check_near(found[2].value, 60 - 1 - 37.5);
	ranked[0] = found[0];
	ranked[1] = found[2];
	lorenz_technology_rank(ranked, 2);
	assert_int_equal(ranked[0].index, 1);
	check_near(found[1].value, 1000);
	check_near(found[1].break_even.q_kw, 0);
}

static void test_one_that_is_refused_does_not_stop_the_others(void **state)
{
	struct lorenz_technology list[3] = {lorenz_technology_default(LORENZ_INVERSE_BRAYTON),
	                                    lorenz_technology_default(LORENZ_HEAT_TO_POWER), storage()};
	const struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct lorenz_technology_result found[3];
	struct lorenz_goal many[LORENZ_TECHNOLOGY_GOALS_MAX + 1] = {{.kind = LORENZ_GOAL_COST}};
	struct plant p;

	(void)state;
	plant(&p);
	p.in.source.c_kw_k = 4;
	p.in.source.t_out_min_k = ZERO_K + 150;
	list[1].efficiency_claimed = 0.6;
	assert_int_equal(lorenz_technologies_solve(&p.in, list, 3, &cost, 1, found), LORENZ_OK);
	assert_int_equal(found[0].fit, LORENZ_FIT_REFUSED);
	assert_int_equal(found[0].status, LORENZ_NOT_FINITE);
	assert_int_equal(found[1].status, LORENZ_ABOVE_CARNOT);
	check_near(found[1].point.utility_kw[0], 1000);
	assert_int_equal(found[2].fit, LORENZ_FIT_OK);
	assert_int_equal(lorenz_technologies_solve(&p.in, list, 3, many, LORENZ_TECHNOLOGY_GOALS_MAX + 1, found), LORENZ_GOAL);
	p.in.elec.cost = NAN;
	assert_int_equal(lorenz_technologies_solve(&p.in, list, 3, &cost, 1, found), LORENZ_NOT_FINITE);
}

/* Boilers of 600 kW: the one that makes the other 400 goes first, whatever it costs. */
static void test_heat_that_is_needed_comes_first(void **state)
{
	struct lorenz_technology list[2] = {storage(), lorenz_technology_default(LORENZ_DIRECT_ELECTRIC)};
	struct lorenz_limits small = lorenz_limits_none();
	const struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct lorenz_technology_result found[2];
	struct plant p;

	(void)state;
	plant(&p);
	p.in.utilities.unit[0].capacity_kw = 600;
	p.in.elec.cost = 500;
	small.q_max_kw = 300;
	list[0].limits = &small;
	assert_int_equal(lorenz_technologies_solve(&p.in, list, 2, &cost, 1, found), LORENZ_OK);
	check_near(found[0].point.shortfall_kw, 100);
	check_double(found[1].point.q_kw, 400, 1e-9, 0);
	assert_true(found[0].value > found[1].value);
	lorenz_technology_rank(found, 2);
	assert_int_equal(found[0].kind, LORENZ_DIRECT_ELECTRIC);
}

/* Power from waste heat meets a cap that heat alone does not have to. */
static void test_power_under_a_constraint(void **state)
{
	struct lorenz_technology t = lorenz_technology_default(LORENZ_HEAT_TO_POWER);
	struct lorenz_goal goals[3] = {{.kind = LORENZ_GOAL_CARBON_FREE},
	                               {.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = 215},
	                               {.kind = LORENZ_GOAL_ELECTRIFY}};
	struct lorenz_technology_result found[3];
	struct plant p;

	(void)state;
	plant(&p);
	p.in.source.cooling_max_kw = 250;
	p.in.source_heat.cost = 30;
	t.efficiency_claimed = 0.4; /* 100 kW: 6 EUR/h and 10 kg/h for 7.5 EUR/h */
	assert_int_equal(lorenz_technologies_solve(&p.in, &t, 1, goals, 3, found), LORENZ_OK);
	assert_int_equal(found[0].fit, LORENZ_FIT_SAVES_NOTHING);
	assert_int_equal(found[1].fit, LORENZ_FIT_OK);
	assert_true(found[1].met);
	check_near(found[1].value, -1.5);
	assert_int_equal(found[2].fit, LORENZ_FIT_SAVES_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_is_what_it_is_alone),
	    cmocka_unit_test(test_storage_costs_what_was_put_in),
	    cmocka_unit_test(test_a_machine_of_its_own),
	    cmocka_unit_test(test_a_constraint_that_is_met_comes_first),
	    cmocka_unit_test(test_one_that_is_refused_does_not_stop_the_others),
	    cmocka_unit_test(test_heat_that_is_needed_comes_first),
	    cmocka_unit_test(test_power_under_a_constraint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

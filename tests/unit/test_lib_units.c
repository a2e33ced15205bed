/* Several units: which run at what share, and the large plants that the literature tells of. */
#include "check.h"

#include <lorenz/case.h>

static const struct lorenz_goal COST = {.kind = LORENZ_GOAL_COST};

static struct lorenz_units equal_units(size_t n, double capacity_kw, double min_share)
{
	struct lorenz_units units = {.n = n};

	for (size_t i = 0; i < n; i++)
		units.unit[i] = (struct lorenz_unit){.capacity_kw = capacity_kw, .min_share = min_share, .factor = 1};
	return units;
}

static struct lorenz_commitment commit(const struct lorenz_units *units, double q_kw)
{
	struct lorenz_commitment found = {0};

	assert_true(lorenz_units_commit(units, q_kw, &found));
	return found;
}

/* ---- who runs --------------------------------------------------------------------------- */

static void test_the_fewest_run_and_wear_is_levelled(void **state)
{
	struct lorenz_units units = equal_units(4, 1000, 0.3);

	(void)state;
	units.unit[0].running_hours = 9000;
	units.unit[1].running_hours = 100;
	units.unit[2].running_hours = 5000;
	units.unit[3].preference = 1;
	assert_int_equal(commit(&units, 700).running, 0x2);
	assert_int_equal(commit(&units, 1500).running, 0x6);
	assert_int_equal(commit(&units, 2500).running, 0x7);
	assert_int_equal(commit(&units, 4000).running, 0xf);
	check_near(commit(&units, 1500).share, 0.75);
	assert_false(lorenz_units_commit(&units, 299, &(struct lorenz_commitment){0}));
	assert_false(lorenz_units_commit(&units, 4001, &(struct lorenz_commitment){0}));
	assert_false(lorenz_units_commit(&units, 0, &(struct lorenz_commitment){0}));
}

/* Best at half load: two at half are better than one at full. */
static void test_a_part_load_curve_decides_before_the_number(void **state)
{
	struct lorenz_units units = equal_units(3, 1000, 0.2);

	(void)state;
	for (size_t i = 0; i < units.n; i++)
		units.unit[i].part_load = (struct lorenz_part_load){3, {0.2, 0.5, 1}, {0.8, 1.1, 0.9}};
	assert_int_equal(commit(&units, 1000).n_running, 2);
	check_near(commit(&units, 1000).factor, 1.1);
	assert_int_equal(commit(&units, 500).n_running, 1);
	assert_int_equal(commit(&units, 3000).n_running, 3);
	check_near(commit(&units, 3000).factor, 0.9);
}

static void test_different_units_share_one_load_share(void **state)
{
	struct lorenz_units units = equal_units(2, 1000, 0.5);
	struct lorenz_commitment both;

	(void)state;
	units.unit[1].capacity_kw = 300;
	units.unit[1].factor = 0.9;
	assert_int_equal(commit(&units, 200).running, 0x2);
	assert_int_equal(commit(&units, 600).running, 0x1);
	both = commit(&units, 1200);
	assert_int_equal(both.running, 0x3);
	check_near(both.factor, 1300 / (1000 + 300 / 0.9));
	assert_false(lorenz_units_commit(&units, 400, &(struct lorenz_commitment){0}));
}

/* ---- large plants ----------------------------------------------------------------------- */

struct plant {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in;
};

static void district_heating(struct plant *p, double q_mw, double source_c, double eta)
{
	const struct lorenz_segment network = {273.15 + 50, 273.15 + 90, 1e3 * q_mw};

	assert_int_equal(lorenz_curve_init(&p->curve, &network, 1, NULL), LORENZ_OK);
	p->efficiency = lorenz_efficiency_constant(eta);
	p->in = lorenz_case_simple(&p->curve, &p->efficiency, lorenz_source_steady(273.15 + source_c),
	                           (struct lorenz_merit){60, 100}, (struct lorenz_merit){55, 220});
}

static struct lorenz_solution solve(const struct lorenz_case *c)
{
	struct lorenz_solution found;

	assert_int_equal(lorenz_case_solve(c, &COST, 1, &found), LORENZ_OK);
	return found;
}

/* 300 m3/s, of which 10 m3/s run through the evaporators and cool by kelvins while the river may cool by 0.1 K: 126 MW. */
static void test_two_units_on_a_river(void **state)
{
	const double water_kw_k = 4190;
	struct lorenz_case_point point;
	struct plant p;

	(void)state;
	district_heating(&p, 200, 12, 0.55);
	p.in.units = equal_units(2, 82500, 0.4);
	p.in.source.c_kw_k = 10 * water_kw_k;
	p.in.source.body_c_kw_k = 300 * water_kw_k;
	p.in.source.body_cooling_max_k = 0.1;
	point = solve(&p.in).optimal;
	check_near(point.q_kw, 165000);
	assert_int_equal(point.units.n_running, 2);
	assert_int_equal(point.limited_by, LORENZ_LIMIT_CAPACITY);
	assert_true(point.source_heat_kw < 125700);
	check_double(p.in.source.t_in_k - point.t_source_out_k, point.source_heat_kw / (10 * water_kw_k), 1e-9, 0);
	p.in.source.body_c_kw_k = 200 * water_kw_k;
	point = solve(&p.in).optimal;
	check_double(point.source_heat_kw, 83800, 1e-9, 0);
	assert_int_equal(point.limited_by, LORENZ_LIMIT_SOURCE_BODY);
	assert_int_equal(point.units.n_running, 2);
}

/* 20 MW of heat from 7 MW of electricity. */
static void test_20_mw_of_heat_from_7_mw(void **state)
{
	const double cop = 20.0 / 7;
	struct lorenz_case_point point;
	struct plant p;

	(void)state;
	district_heating(&p, 30, 8, 0.6);
	p.efficiency = lorenz_efficiency_constant(lorenz_efficiency(cop, 20e3 / lorenz_curve_phi(&p.curve, 20e3), 281.15));
	p.in.limits.p_max_kw = 7000;
	point = solve(&p.in).optimal;
	check_double(point.q_kw, 20e3, 1e-9, 0);
	check_double(point.cop, cop, 1e-9, 0);
	assert_int_equal(point.limited_by, LORENZ_LIMIT_P_ELEC_MAX);
}

/* Four of 44 MW: fewer run as the demand falls, none below the least load of one. */
static void test_units_are_shed_at_low_demand(void **state)
{
	static const struct {
		double demand_mw;
		int n_running;
	} days[] = {{180, 4}, {140, 4}, {120, 3}, {80, 2}, {44, 1}, {20, 1}, {14, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct lorenz_case_point point;
		struct plant p;

		district_heating(&p, days[i].demand_mw, 12, 0.55);
		p.in.units = equal_units(4, 44000, 0.4);
		point = solve(&p.in).optimal;
		assert_int_equal(point.units.n_running, days[i].n_running);
		check_double(point.q_kw, days[i].n_running > 0 ? fmin(days[i].demand_mw, 176) * 1e3 : 0, 1e-9, 0);
		if (days[i].n_running > 0)
			check_double(point.units.share, point.q_kw / (44000 * days[i].n_running), 1e-9, 0);
	}
}

/* The factor of what runs is on the COP, of a finite source as well. */
static void test_part_load_counts_in_the_cop(void **state)
{
	struct lorenz_case_point with, without;
	struct plant p;

	(void)state;
	district_heating(&p, 20, 12, 0.55);
	assert_int_equal(lorenz_case_at(&p.in, 10e3, &without), LORENZ_OK);
	p.in.units = equal_units(1, 20e3, 0.2);
	p.in.units.unit[0].part_load = (struct lorenz_part_load){2, {0.5, 1}, {0.8, 1}};
	assert_int_equal(lorenz_case_at(&p.in, 10e3, &with), LORENZ_OK);
	check_near(with.cop, 0.8 * without.cop);
	check_near(with.eta_lorenz, 0.8 * 0.55);
	p.in.source.c_kw_k = 1e3;
	assert_int_equal(lorenz_case_at(&p.in, 10e3, &with), LORENZ_OK);
	check_double(with.eta_lorenz, 0.8 * 0.55, 1e-9, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_fewest_run_and_wear_is_levelled),
	    cmocka_unit_test(test_a_part_load_curve_decides_before_the_number),
	    cmocka_unit_test(test_different_units_share_one_load_share),
	    cmocka_unit_test(test_part_load_counts_in_the_cop),
	    cmocka_unit_test(test_two_units_on_a_river),
	    cmocka_unit_test(test_20_mw_of_heat_from_7_mw),
	    cmocka_unit_test(test_units_are_shed_at_low_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

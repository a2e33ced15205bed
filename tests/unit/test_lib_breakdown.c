/* Cost and emissions by energy source: a case counted by hand, and that the sources add up to the rates and the savings. */
#include "check.h"

#include <lorenz/lorenz.h>

static const struct lorenz_prices prices = {
    .elec_eur_mwh = 90,
    .elec_adders_eur_mwh = 42,
    .fuel_eur_mwh = 30,
    .fuel_adders_eur_mwh = 6,
    .fuel_carbon_kg_mwh = 200,
    .co2_eur_t = 80,
    .boiler_efficiency = 0.8,
};

/* 1 of 5 MWh by the heat pump with 0.4 MWh of electricity; 4 MWh of useful heat are 5 MWh of fuel and 1 t of CO2. */
static void test_by_hand(void **state)
{
	struct lorenz_breakdown cost = lorenz_cost_breakdown(&prices, 5000, 1000, 400);
	struct lorenz_breakdown carbon = lorenz_carbon_breakdown(lorenz_carbon_rates(300, 200, 0.8), 5000, 1000, 400);

	(void)state;
	check_near(cost.elec, 52.8);
	check_near(cost.fuel, 180);
	check_near(cost.allowances, 80);
	check_near(cost.total, 312.8);
	check_near(carbon.elec, 120);
	check_near(carbon.fuel, 1000);
	check_near(carbon.allowances, 0);
	check_near(carbon.total, 1120);
}

static void check_adds_up(double elec_eur_mwh, double co2_eur_t, double share)
{
	struct lorenz_prices p = prices;
	struct lorenz_rates carbon = lorenz_carbon_rates(elec_eur_mwh * 3, p.fuel_carbon_kg_mwh, p.boiler_efficiency);
	const double q_total_kw = 4800, q_kw = share * q_total_kw, p_kw = q_kw / 2.7;
	struct lorenz_breakdown with, without;

	p.elec_eur_mwh = elec_eur_mwh;
	p.co2_eur_t = co2_eur_t;
	with = lorenz_cost_breakdown(&p, q_total_kw, q_kw, p_kw);
	without = lorenz_cost_breakdown(&p, q_total_kw, 0, 0);
	check_double(without.elec, 0, 0, 0);
	check_near(without.total, lorenz_cost_rates(&p).heat * q_total_kw / 1000);
	check_double(without.total - with.total, lorenz_savings(lorenz_cost_rates(&p), q_kw, p_kw), 1e-12, 1e-10);
	with = lorenz_carbon_breakdown(carbon, q_total_kw, q_kw, p_kw);
	without = lorenz_carbon_breakdown(carbon, q_total_kw, 0, 0);
	check_double(without.total - with.total, lorenz_savings(carbon, q_kw, p_kw), 1e-12, 1e-10);
}

static void test_adds_up(void **state)
{
	(void)state;
	for (double elec_eur_mwh = -150; elec_eur_mwh <= 300; elec_eur_mwh += 50)
		for (double co2_eur_t = 0; co2_eur_t <= 200; co2_eur_t += 40)
			for (double share = 0; share <= 1; share += 0.25)
				check_adds_up(elec_eur_mwh, co2_eur_t, share);
}

static void test_no_boiler_efficiency(void **state)
{
	struct lorenz_prices p = prices;

	(void)state;
	p.boiler_efficiency = 0;
	assert_true(isnan(lorenz_cost_breakdown(&p, 5000, 1000, 400).total));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_by_hand),
	    cmocka_unit_test(test_adds_up),
	    cmocka_unit_test(test_no_boiler_efficiency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

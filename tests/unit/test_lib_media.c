/* Water and air against tables that were made with other equations than those of the library, and the ends of what is
 * known. */
#include "check.h"

#include <lorenz/properties.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static double k(double t_c)
{
	return t_c + 273.15;
}

/* Perry's Chemical Engineers' Handbook, 9th edition, table 2-135 (IAPWS-95), saturated liquid, per mol. */
static void test_liquid_per_mol(void **state)
{
	static const double M_KG_MOL = 0.018015268;
	static const struct {
		double t_k, density_mol_l, enthalpy_kj_mol, cp_kj_mol_k;
	} rows[] = {
	    {280, 55.501, 0.51877, 0.075688}, {300, 55.315, 2.0279, 0.075320}, {320, 54.919, 3.5340, 0.075317},
	    {340, 54.371, 5.0419, 0.075456},  {360, 53.698, 6.5538, 0.075708}, {370, 53.321, 7.3121, 0.075883},
	    {380, 52.918, 8.0725, 0.076098},  {390, 52.490, 8.8354, 0.076357},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		double t_k = rows[i].t_k, from_k = rows[0].t_k;
		double rise_kj_mol = rows[i].enthalpy_kj_mol - rows[0].enthalpy_kj_mol;

		check_double(lorenz_water_density_kg_m3(t_k), rows[i].density_mol_l * M_KG_MOL * 1000, 1e-4, 0);
		check_double(lorenz_water_cp_kj_kg_k(t_k, t_k), rows[i].cp_kj_mol_k / M_KG_MOL, 1e-3, 0);
		check_double(lorenz_water_cp_kj_kg_k(from_k, t_k) * (t_k - from_k) * M_KG_MOL, rise_kj_mol, 1e-4, 1e-4);
		check_near(lorenz_water_cp_kj_kg_k(from_k, t_k), lorenz_water_cp_kj_kg_k(t_k, from_k));
	}
}

/* Steam tables as textbooks print them: enthalpy of the saturated liquid from 0.01 degC on, heat of evaporation. */
static void test_steam_table(void **state)
{
	static const struct {
		double t_c, liquid_kj_kg, evaporation_kj_kg;
	} rows[] = {
	    {5, 21.020, 2489.08},  {10, 42.021, 2477.18}, {25, 104.83, 2441.67}, {50, 209.34, 2381.96},
	    {75, 314.03, 2320.6},  {100, 419.17, 2256.4}, {150, 632.18, 2113.8}, {175, 741.02, 2031.7},
	    {200, 852.26, 1939.8}, {250, NAN, 1715.3},    {300, NAN, 1404.6},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		double t_k = k(rows[i].t_c), from_k = k(0.01);
		double liquid_kj_kg = lorenz_water_cp_kj_kg_k(from_k, t_k) * (t_k - from_k);

		check_double(liquid_kj_kg, rows[i].liquid_kj_kg, 2e-4, 0);
		check_double(lorenz_water_evaporation_kj_kg(t_k), rows[i].evaporation_kj_kg, 2e-4, 0);
	}
}

/* IAPWS-IF97, table 5: 300 K and 3 MPa. What pressure changes stays within what the header says. */
static void test_under_pressure(void **state)
{
	(void)state;
	check_double(lorenz_water_cp_kj_kg_k(300, 300), 4.17301218, 5e-3, 0);
	check_double(lorenz_water_density_kg_m3(300), 1 / 0.100215168e-2, 3e-3, 0);
	assert_true(lorenz_water_cp_kj_kg_k(300, 300) > 4.17301218);
}

/* NBS Circular 564 (1955), air as an ideal gas, as it is printed to three places. */
static void test_air(void **state)
{
	static const double rows[][2] = {
	    {250, 1.003}, {300, 1.005}, {350, 1.008}, {400, 1.013}, {450, 1.020}, {500, 1.029},  {550, 1.040},  {600, 1.051},
	    {650, 1.063}, {700, 1.075}, {750, 1.087}, {800, 1.099}, {900, 1.121}, {1000, 1.142}, {1200, 1.173},
	};
	double before_k = rows[0][0], sum = 0;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		double t_k = rows[i][0];

		check_double(lorenz_air_cp_kj_kg_k(t_k, t_k), rows[i][1], 2e-3, 0);
		sum += lorenz_air_cp_kj_kg_k(before_k, t_k) * (t_k - before_k);
		check_double(lorenz_air_cp_kj_kg_k(rows[0][0], t_k) * (t_k - rows[0][0]), sum, 1e-12, 1e-9);
		before_k = t_k;
	}
	/* over a dryer's 55 to 230 degC it rises by 2.4 %; the mean is that of a fine sum */
	sum = 0;
	for (double t_c = 55.5; t_c < 230; t_c++)
		sum += lorenz_air_cp_kj_kg_k(k(t_c), k(t_c));
	check_double(lorenz_air_cp_kj_kg_k(k(55), k(230)), sum / 175, 1e-6, 0);
	check_double(lorenz_air_cp_kj_kg_k(k(230), k(230)) / lorenz_air_cp_kj_kg_k(k(55), k(55)), 1.024, 0, 1e-3);
}

static void test_domains(void **state)
{
	static const double outside[] = {NAN, INFINITY, -INFINITY, 0, -5};

	(void)state;
	for (size_t i = 0; i < LENGTH(outside); i++) {
		assert_true(isnan(lorenz_water_cp_kj_kg_k(outside[i], 300)) && isnan(lorenz_water_cp_kj_kg_k(300, outside[i])));
		assert_true(isnan(lorenz_air_cp_kj_kg_k(outside[i], 300)) && isnan(lorenz_air_cp_kj_kg_k(300, outside[i])));
		assert_true(isnan(lorenz_water_density_kg_m3(outside[i])) && isnan(lorenz_water_evaporation_kj_kg(outside[i])));
	}
	assert_true(isfinite(lorenz_water_cp_kj_kg_k(k(0), k(200))) && isfinite(lorenz_water_cp_kj_kg_k(k(200), k(200))));
	assert_true(isnan(lorenz_water_cp_kj_kg_k(k(-0.01), k(20))) && isnan(lorenz_water_cp_kj_kg_k(k(20), k(200.01))));
	assert_true(isfinite(lorenz_water_density_kg_m3(k(0))) && isnan(lorenz_water_density_kg_m3(k(200.01))));
	assert_true(isfinite(lorenz_water_evaporation_kj_kg(k(300))) && isnan(lorenz_water_evaporation_kj_kg(k(300.01))));
	assert_true(isfinite(lorenz_air_cp_kj_kg_k(k(-50), k(1000))));
	assert_true(isnan(lorenz_air_cp_kj_kg_k(k(-50.01), k(20))) && isnan(lorenz_air_cp_kj_kg_k(k(20), k(1000.01))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_liquid_per_mol), cmocka_unit_test(test_steam_table),
	    cmocka_unit_test(test_under_pressure), cmocka_unit_test(test_air),
	    cmocka_unit_test(test_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The pair of rates that every objective comes down to. All on one heating value: fuel price, fuel carbon and boiler
 * efficiency must share it. A boiler efficiency that is not positive gives a NaN rate of heat. */
#include "lorenz/lorenz.h"

#include <math.h>

static const double KG_PER_T = 1000;

static double per_useful_heat(double per_fuel, double boiler_efficiency)
{
	return boiler_efficiency > 0 ? per_fuel / boiler_efficiency : NAN;
}

struct lorenz_rates lorenz_cost_rates(const struct lorenz_prices *prices)
{
	double co2_eur_mwh = prices->fuel_carbon_kg_mwh * prices->co2_eur_t / KG_PER_T;
	double fuel_eur_mwh = prices->fuel_eur_mwh + prices->fuel_adders_eur_mwh + co2_eur_mwh;

	return (struct lorenz_rates){
	    .elec = prices->elec_eur_mwh + prices->elec_adders_eur_mwh,
	    .heat = per_useful_heat(fuel_eur_mwh, prices->boiler_efficiency),
	};
}

struct lorenz_rates lorenz_carbon_rates(double elec_carbon_kg_mwh, double fuel_carbon_kg_mwh, double boiler_efficiency)
{
	return (struct lorenz_rates){
	    .elec = elec_carbon_kg_mwh,
	    .heat = per_useful_heat(fuel_carbon_kg_mwh, boiler_efficiency),
	};
}

struct lorenz_rates lorenz_blend_rates(struct lorenz_rates cost, struct lorenz_rates carbon, double carbon_value_eur_t)
{
	double eur_kg = carbon_value_eur_t / KG_PER_T;

	return (struct lorenz_rates){.elec = cost.elec + eur_kg * carbon.elec, .heat = cost.heat + eur_kg * carbon.heat};
}

double lorenz_ratio(struct lorenz_rates rates)
{
	return rates.heat > 0 ? rates.elec / rates.heat : NAN;
}

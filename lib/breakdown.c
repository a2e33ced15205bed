/* Cost and emissions of one moment by energy source: the heat pump's electricity, and the boiler's fuel with its allowances for
 * the heat that is left. The parts of the rates in rates.c, so that their sum and the savings agree. */
#include "lorenz/lorenz.h"

#include <math.h>

static const double MW_PER_KW = 1e-3, KG_PER_T = 1000;

static struct lorenz_breakdown breakdown(double elec, double fuel, double allowances)
{
	return (struct lorenz_breakdown){.elec = elec, .fuel = fuel, .allowances = allowances, .total = elec + fuel + allowances};
}

struct lorenz_breakdown lorenz_cost_breakdown(const struct lorenz_prices *prices, double q_total_kw, double q_kw, double p_kw)
{
	double efficiency = prices->boiler_efficiency > 0 ? prices->boiler_efficiency : NAN;
	double elec_mw = p_kw * MW_PER_KW, fuel_mw = (q_total_kw - q_kw) * MW_PER_KW / efficiency;

	return breakdown((prices->elec_eur_mwh + prices->elec_adders_eur_mwh) * elec_mw,
	                 (prices->fuel_eur_mwh + prices->fuel_adders_eur_mwh) * fuel_mw,
	                 prices->fuel_carbon_kg_mwh * prices->co2_eur_t / KG_PER_T * fuel_mw);
}

struct lorenz_breakdown lorenz_carbon_breakdown(struct lorenz_rates carbon, double q_total_kw, double q_kw, double p_kw)
{
	return breakdown(carbon.elec * p_kw * MW_PER_KW, carbon.heat * (q_total_kw - q_kw) * MW_PER_KW, 0);
}

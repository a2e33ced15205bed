/* From what flows to what it carries. A temperature that is absent itself is no fault here: its own signal is bad then. */
#include "flow.h"

#include <lorenz/properties.h>

#include <math.h>
#include <stdio.h>

static const double S_PER_H = 3600, C0_K = 273.15;

static double value(const struct flow_values *flow, enum slot slot)
{
	return flow->at[slot - SLOT_FLOW];
}

static double property_at(enum medium medium, enum property property, double t_k)
{
	if (medium == MEDIUM_AIR)
		return lorenz_air_cp_kj_kg_k(t_k, t_k);
	if (property == PROPERTY_EVAPORATION)
		return lorenz_water_evaporation_kj_kg(t_k);
	return property == PROPERTY_DENSITY ? lorenz_water_density_kg_m3(t_k) : lorenz_water_cp_kj_kg_k(t_k, t_k);
}

static void check(enum medium medium, enum property property, double t_k, struct flow_fault *fault)
{
	if (!fault->is && isfinite(t_k) && isnan(property_at(medium, property, t_k)))
		*fault = (struct flow_fault){.is = true, .medium = medium, .property = property, .t_k = t_k};
}

/* Whatever else leaves it unknown. */
static double known(double heat, struct flow_fault *fault)
{
	if (isnan(heat) && !fault->is)
		*fault = (struct flow_fault){.is = true};
	return heat;
}

static double mass_kg_s(const struct flow_values *flow, double t_k, struct flow_fault *fault)
{
	double density_kg_m3 = value(flow, SLOT_FLOW_DENSITY), mass_kg_h = value(flow, SLOT_FLOW_MASS);

	if (!isnan(mass_kg_h))
		return mass_kg_h / S_PER_H;
	if (isnan(density_kg_m3) && flow->medium == MEDIUM_WATER) {
		density_kg_m3 = lorenz_water_density_kg_m3(t_k);
		check(MEDIUM_WATER, PROPERTY_DENSITY, t_k, fault);
	}
	return value(flow, SLOT_FLOW_VOLUME) * density_kg_m3 / S_PER_H;
}

double flow_rate_kw_k(const struct flow_values *flow, double t_from_k, double t_to_k, struct flow_fault *fault)
{
	double cp_kj_kg_k = value(flow, SLOT_FLOW_CP);

	if (isnan(cp_kj_kg_k) && flow->medium != MEDIUM_NONE) {
		cp_kj_kg_k = flow->medium == MEDIUM_WATER ? lorenz_water_cp_kj_kg_k(t_from_k, t_to_k)
		                                          : lorenz_air_cp_kj_kg_k(t_from_k, t_to_k);
		check(flow->medium, PROPERTY_CP, t_from_k, fault);
		check(flow->medium, PROPERTY_CP, t_to_k, fault);
	}
	return known(mass_kg_s(flow, t_from_k, fault) * cp_kj_kg_k, fault);
}

double flow_latent_kw(const struct flow_values *flow, double t_k, struct flow_fault *fault)
{
	double heat_kj_kg = value(flow, SLOT_FLOW_LATENT_HEAT);

	if (isnan(heat_kj_kg) && flow->medium == MEDIUM_WATER) {
		heat_kj_kg = lorenz_water_evaporation_kj_kg(t_k);
		check(MEDIUM_WATER, PROPERTY_EVAPORATION, t_k, fault);
	}
	return known(mass_kg_s(flow, t_k, fault) * heat_kj_kg, fault);
}

/* ---- in words --------------------------------------------------------------------------- */

static const struct {
	const char *is, *give;
} property_text[PROPERTY_COUNT] = {
    [PROPERTY_CP] = {"heat capacity", "cp instead of medium"},
    [PROPERTY_DENSITY] = {"density", "density"},
    [PROPERTY_EVAPORATION] = {"heat of evaporation", "latent_heat instead of medium"},
};

static void domain_of(const struct flow_fault *fault, double *low_k, double *high_k)
{
	bool water = fault->medium == MEDIUM_WATER;

	*low_k = water ? LORENZ_WATER_T_MIN_K : LORENZ_AIR_T_MIN_K;
	*high_k = !water                                    ? LORENZ_AIR_T_MAX_K
	          : fault->property == PROPERTY_EVAPORATION ? LORENZ_EVAPORATION_T_MAX_K
	                                                    : LORENZ_WATER_T_MAX_K;
}

bool flow_refused(const struct flow_fault *fault, struct err *e)
{
	double low_k, high_k;
	char where[64];

	snprintf(where, sizeof(where), fault->segment == SIZE_MAX ? "%s" : "%s.%zu", fault->where, fault->segment);
	if (fault->medium == MEDIUM_NONE) {
		err_set(e, "%s: how much heat flows is not known: cp, latent_heat, density or a flow is missing", where);
		return false;
	}
	domain_of(fault, &low_k, &high_k);
	err_set(e, "%s: %s at %.4g degC: its %s is known from %.4g to %.4g degC only; give %s", where,
	        fault->medium == MEDIUM_WATER ? "water" : "air", fault->t_k - C0_K, property_text[fault->property].is,
	        low_k - C0_K, high_k - C0_K, property_text[fault->property].give);
	return false;
}

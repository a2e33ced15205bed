/* What a stream of water or air carries: heat capacity, density, heat of evaporation. Temperatures in K; NaN outside the
 * domain, never an extrapolation.
 *
 * Water: the equations for the saturation line of IAPWS SR1-86(1992) (W. Wagner, A. Pruss, J. Phys. Chem. Ref. Data 22
 * (1993) 783, doi 10.1063/1.555926). The liquid counts as saturated: under 40 bar its heat capacity is up to 0.7 %
 * smaller, its density up to 0.3 % larger. Sea water and brines are not water.
 * Air: dry and ideal, by the polynomials of NASA/TP-2002-211556 (B. McBride, M. Zehe, S. Gordon, 2002). Real air at 1 bar
 * has up to 0.5 % more heat capacity below 20 degC; humidity adds about 0.9 % for each 10 g/kg. */
#ifndef LORENZ_PROPERTIES_H
#define LORENZ_PROPERTIES_H

#define LORENZ_WATER_T_MIN_K       273.15  /* 0 degC */
#define LORENZ_WATER_T_MAX_K       473.15  /* 200 degC: of heat capacity and density */
#define LORENZ_EVAPORATION_T_MAX_K 573.15  /* 300 degC */
#define LORENZ_AIR_T_MIN_K         223.15  /* -50 degC */
#define LORENZ_AIR_T_MAX_K         1273.15 /* 1000 degC */

/* Heat capacity in kJ/(kg K), the mean from one temperature to the other: times their difference it is the difference of
 * enthalpies. The same temperature twice: that there. Within 0.3 % for water, 0.1 % for dry ideal air. */
double lorenz_water_cp_kj_kg_k(double t_from_k, double t_to_k);
double lorenz_air_cp_kj_kg_k(double t_from_k, double t_to_k);

double lorenz_water_density_kg_m3(double t_k);     /* of the liquid, within 0.01 % */
double lorenz_water_evaporation_kj_kg(double t_k); /* from saturated liquid to saturated steam, within 0.1 % */

#endif

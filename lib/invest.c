/* Investment figures from constant yearly savings. Refuses (NaN) a negative term and a discount rate of -100 % or less. */
#include "lorenz/lorenz.h"

#include <math.h>

/* Eq. 23 as an annuity: sum of (1 + i)^-k, k = 1..n, is (1 - (1 + i)^-n)/i, and n for i = 0. */
double lorenz_npv(double capex, double savings_a, double years, double discount_rate)
{
	double annuity = years;

	if (!(years >= 0) || !(discount_rate > -1))
		return NAN;
	if (discount_rate != 0)
		annuity = -expm1(-years * log1p(discount_rate)) / discount_rate;
	return savings_a * annuity - capex;
}

double lorenz_payback_a(double capex, double savings_a)
{
	return savings_a > 0 && capex >= 0 ? capex / savings_a : NAN;
}

/* What a point is worth in a year, and as an investment. */
#ifndef CTL_WORTH_H
#define CTL_WORTH_H

#include "core/record.h"

/* NaN: not given. */
struct investment {
	double hours_a;
	double capex_eur_kw; /* per kW of heat */
	double years;
	double discount;
};

struct worth {
	double cost_savings_eur_a, carbon_savings_kg_a, capex_eur, npv_eur, payback_a;
};
extern const struct field worth_fields[]; /* ends with a NULL name */

struct worth worth_of(const struct investment *investment, const struct point *point);
/* Anything of it is given. */
bool worth_is_asked(const struct investment *investment);

#endif

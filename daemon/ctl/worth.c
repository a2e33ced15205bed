/* Constant yearly savings against an investment per kW of heat. */
#include "worth.h"

#include <lorenz/lorenz.h>
#include <math.h>

#define WORTH_FIELD(member)                                           \
	{                                                             \
#member, FIELD_NUMBER, offsetof(struct worth, member) \
	}
const struct field worth_fields[] = {
    WORTH_FIELD(cost_savings_eur_a), WORTH_FIELD(carbon_savings_kg_a), WORTH_FIELD(capex_eur), WORTH_FIELD(npv_eur),
    WORTH_FIELD(payback_a),          {NULL, FIELD_NUMBER, 0},
};

/* At the break-even savings are zero but for rounding: what takes longer than this is never paid back, years. */
static const double PAYBACK_NEVER_A = 1e6;

struct worth worth_of(const struct investment *investment, const struct point *point)
{
	struct worth w = {
	    .cost_savings_eur_a = point->cost_savings_eur_h * investment->hours_a,
	    .carbon_savings_kg_a = point->carbon_savings_kg_h * investment->hours_a,
	    .capex_eur = investment->capex_eur_kw * point->q_sink_kw,
	};

	w.npv_eur = lorenz_npv(w.capex_eur, w.cost_savings_eur_a, investment->years, investment->discount);
	w.payback_a = lorenz_payback_a(w.capex_eur, w.cost_savings_eur_a);
	if (w.payback_a > PAYBACK_NEVER_A)
		w.payback_a = NAN;
	return w;
}

bool worth_is_asked(const struct investment *i)
{
	return !isnan(i->hours_a) || !isnan(i->capex_eur_kw) || !isnan(i->years) || !isnan(i->discount);
}

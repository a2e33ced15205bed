/* Utilities in merit order: what the heat is worth that they need not make, and who makes the rest. The order is that of
 * cost, also where carbon is counted: one plant runs one dispatch. */
#include "model.h"

static struct lorenz_utility utility(double capacity_kw, double cost, double carbon)
{
	return (struct lorenz_utility){.capacity_kw = capacity_kw, .cost = cost, .carbon = carbon};
}

struct lorenz_utility lorenz_utility_boiler(double capacity_kw, struct lorenz_merit fuel, double efficiency)
{
	double per_heat = efficiency > 0 ? 1 / efficiency : NAN;

	return utility(capacity_kw, fuel.cost * per_heat, fuel.carbon * per_heat);
}

struct lorenz_utility lorenz_utility_chp(double capacity_kw, struct lorenz_merit fuel, struct lorenz_merit elec, double eta_el,
                                         double eta_th)
{
	double per_heat = eta_th > 0 && eta_el >= 0 ? 1 / eta_th : NAN;

	return utility(capacity_kw, (fuel.cost - eta_el * elec.cost) * per_heat, (fuel.carbon - eta_el * elec.carbon) * per_heat);
}

enum lorenz_status lorenz_utilities_check(const struct lorenz_utilities *utilities, size_t *bad)
{
	if (utilities->n == 0 || utilities->n > LORENZ_UTILITIES_MAX)
		return LORENZ_UTILITY_COUNT;
	for (size_t i = 0; i < utilities->n; i++) {
		const struct lorenz_utility *u = &utilities->unit[i];
		bool finite = !isnan(u->capacity_kw) && isfinite(u->cost) && isfinite(u->carbon);

		if (finite && u->capacity_kw >= 0)
			continue;
		if (bad)
			*bad = i;
		return finite ? LORENZ_UTILITY : LORENZ_NOT_FINITE;
	}
	return LORENZ_OK;
}

void lz_merit_init(struct lz_merit_order *merit, const struct lorenz_utilities *utilities)
{
	double sum_kw = 0;

	merit->n = utilities->n;
	for (size_t i = 0; i < merit->n; i++) {
		size_t at = i;

		for (; at > 0 && utilities->unit[i].cost < utilities->unit[merit->step[at - 1].index].cost; at--)
			merit->step[at].index = merit->step[at - 1].index;
		merit->step[at].index = i;
	}
	for (size_t i = 0; i < merit->n; i++) {
		struct lz_merit_step *step = &merit->step[i];
		const struct lorenz_utility *u = &utilities->unit[step->index];

		step->begin_kw = sum_kw;
		sum_kw += u->capacity_kw;
		step->end_kw = sum_kw;
		step->rate = (struct lorenz_merit){u->cost, u->carbon};
	}
}

struct lorenz_merit lz_merit_between(const struct lz_merit_order *merit, double low_kw, double high_kw)
{
	struct lorenz_merit sum = {0, 0};

	for (size_t i = 0; i < merit->n; i++) {
		double q_kw = lz_min(high_kw, merit->step[i].end_kw) - lz_max(low_kw, merit->step[i].begin_kw);

		if (q_kw > 0) {
			sum.cost += merit->step[i].rate.cost * q_kw;
			sum.carbon += merit->step[i].rate.carbon * q_kw;
		}
	}
	return (struct lorenz_merit){sum.cost / LZ_KW_PER_MW, sum.carbon / LZ_KW_PER_MW};
}

double lz_merit_dispatch(const struct lz_merit_order *merit, double x_kw, double *q_kw)
{
	for (size_t i = 0; i < merit->n; i++) {
		const struct lz_merit_step *step = &merit->step[i];

		q_kw[step->index] = lz_max(lz_min(x_kw, step->end_kw) - step->begin_kw, 0);
	}
	return lz_max(x_kw - merit->step[merit->n - 1].end_kw, 0);
}

double lorenz_utilities_dispatch(const struct lorenz_utilities *utilities, double x_kw, double *q_kw)
{
	struct lz_merit_order merit;

	lz_merit_init(&merit, utilities);
	return lz_merit_dispatch(&merit, x_kw, q_kw);
}

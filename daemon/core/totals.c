/* Sums of flows over time. Heat and electricity only ever rise; savings may fall. */
#include "totals.h"

#include <math.h>

#define SUM(member)                                                  \
	{                                                            \
#member, FIELD_NUMBER, offsetof(struct sums, member) \
	}
const struct field sums_fields[] = {
    SUM(heat_kwh), SUM(electricity_kwh), SUM(cost_savings_eur),   SUM(carbon_savings_kg),
    SUM(on_h),     SUM(measured_h),      SUM(carbon_emitted_kg),   {NULL, FIELD_NUMBER, 0},
};

void totals_init(struct tally *totals, int64_t utc_us, int64_t day_us)
{
	*totals = (struct tally){.since_us = utc_us, .day_us = day_us};
}

static double known(double rate)
{
	return isfinite(rate) ? rate : 0;
}

void totals_add(struct tally *totals, const struct flow *flow, int64_t length_us)
{
	double hours = (double)length_us / 3600e6;
	const struct sums more = {
	    .heat_kwh = fmax(known(flow->q_kw), 0) * hours,
	    .electricity_kwh = fmax(known(flow->p_kw), 0) * hours,
	    .cost_savings_eur = known(flow->eur_h) * hours,
	    .carbon_savings_kg = known(flow->kg_h) * hours,
	    .on_h = flow->on ? hours : 0,
	    .measured_h = flow->measured ? hours : 0,
	    .carbon_emitted_kg = known(flow->emitted_kg_h) * hours,
	};

	if (length_us <= 0)
		return;
	sums_add(&totals->total, &more);
	sums_add(&totals->today, &more);
}

void totals_day(struct tally *totals, int64_t day_us)
{
	if (totals->day_us == day_us)
		return;
	totals->day_us = day_us;
	totals->today = (struct sums){0};
}

void totals_resume(struct tally *totals, const struct tally *before)
{
	sums_add(&totals->total, &before->total);
	if (before->day_us == totals->day_us)
		sums_add(&totals->today, &before->today);
	if (before->since_us < totals->since_us)
		totals->since_us = before->since_us;
}

void sums_add(struct sums *sums, const struct sums *more)
{
	sums->heat_kwh += more->heat_kwh;
	sums->electricity_kwh += more->electricity_kwh;
	sums->cost_savings_eur += more->cost_savings_eur;
	sums->carbon_savings_kg += more->carbon_savings_kg;
	sums->on_h += more->on_h;
	sums->measured_h += more->measured_h;
	sums->carbon_emitted_kg += more->carbon_emitted_kg;
}

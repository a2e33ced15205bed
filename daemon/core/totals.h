/* What a heat pump has done, summed up over time: since counting began and since midnight at the site. Pure: times come in,
 * a change of the flow is told before it happens. */
#ifndef CORE_TOTALS_H
#define CORE_TOTALS_H

#include "record.h"

/* What goes on now, until further notice. */
struct flow {
	double q_kw, p_kw; /* NaN: not known, counts nothing; never negative */
	double eur_h, kg_h;
	double emitted_kg_h; /* 0 where nobody asks */
	bool on;
	bool measured; /* heat and power both */
};

/* A fresh start at a time; day_us: midnight before it. */
void totals_init(struct tally *totals, int64_t utc_us, int64_t day_us);
/* The flow went on for that long. */
void totals_add(struct tally *totals, const struct flow *flow, int64_t length_us);
/* Another day has begun. */
void totals_day(struct tally *totals, int64_t day_us);
/* Goes on from what was counted before, by an earlier process. */
void totals_resume(struct tally *totals, const struct tally *before);
/* The sums of a site. */
void sums_add(struct sums *sums, const struct sums *more);

#endif

/* What electricity costs a plant: the supplier's formula on the market's price, and adders by time of use. Times are those of
 * a clock on the wall; the two nights a year when it is set are counted as it shows them. */
#ifndef CORE_TARIFF_H
#define CORE_TARIFF_H

#include "config.h"

enum { TARIFF_DAY_MIN = 24 * 60 };

/* max(floor, price * (1 + factor)); NaN for a price, floor or factor that is not there. */
double tariff_energy_eur_mwh(double price_eur_mwh, double floor_eur_mwh, double factor);
bool tariff_in_force(const struct adder *adder, int64_t utc_us);
/* Until when no adder begins or ends: at the latest when that has to be looked at again. INT64_MAX: for ever. */
int64_t tariff_until_us(const struct adder *adders, size_t n, int64_t utc_us);

/* Midnight on the wall of the day that utc_us lies in, and the next one, UTC. */
int64_t day_begin_us(const struct zone *zone, int64_t utc_us);
int64_t day_end_us(const struct zone *zone, int64_t utc_us);

#endif

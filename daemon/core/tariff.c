/* Windows of wall-clock time. Whether one is open follows from the wall clock alone; when that may change is the next edge on
 * the present offset, or the moment at which the offset itself changes. */
#include "tariff.h"

#include "zone.h"

#include <math.h>

#define MINUTE_US INT64_C(60000000)
#define DAY_US    INT64_C(86400000000)

double tariff_energy_eur_mwh(double price_eur_mwh, double floor_eur_mwh, double factor)
{
	double energy = isnan(factor) ? price_eur_mwh : price_eur_mwh * (1 + factor);

	return floor_eur_mwh > energy ? floor_eur_mwh : energy;
}

static int64_t local_us(const struct zone *zone, int64_t utc_us)
{
	return utc_us + zone_offset_us(zone, utc_us);
}

static int64_t floor_day(int64_t us)
{
	return us >= 0 ? us / DAY_US : -((-us + DAY_US - 1) / DAY_US);
}

/* 1970-01-01 was a Thursday. */
static bool has_day(const struct adder *adder, int64_t day)
{
	return adder->days & 1U << (unsigned)(((day + 3) % 7 + 7) % 7);
}

bool tariff_in_force(const struct adder *adder, int64_t utc_us)
{
	int64_t local = local_us(adder->zone, utc_us), day = floor_day(local);
	int64_t minute = (local - day * DAY_US) / MINUTE_US;

	if (adder->from_min < adder->to_min)
		return has_day(adder, day) && minute >= adder->from_min && minute < adder->to_min;
	return (has_day(adder, day) && minute >= adder->from_min) || (has_day(adder, day - 1) && minute < adder->to_min);
}

static int64_t min_us(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The next from, to or midnight on the wall. */
static int64_t edge_us(const struct adder *adder, int64_t utc_us)
{
	int64_t local = local_us(adder->zone, utc_us), day_us = floor_day(local) * DAY_US, next = day_us + DAY_US;
	int64_t from = day_us + adder->from_min * MINUTE_US, to = day_us + adder->to_min * MINUTE_US;

	if (from > local)
		next = min_us(next, from);
	if (to > local)
		next = min_us(next, to);
	return min_us(utc_us + next - local, zone_change_us(adder->zone, utc_us));
}

int64_t tariff_until_us(const struct adder *adders, size_t n, int64_t utc_us)
{
	int64_t until_us = INT64_MAX;

	for (size_t i = 0; i < n; i++)
		until_us = min_us(until_us, edge_us(&adders[i], utc_us));
	return until_us;
}

/* Where midnight is skipped, the day begins with the change; where it comes twice, with the first one. */
static int64_t midnight_us(const struct zone *zone, int64_t day)
{
	int64_t moments[2], utc_us = day * DAY_US - zone_offset_us(zone, day * DAY_US - DAY_US);

	if (zone_moments(zone, day * DAY_US, moments) > 0)
		return moments[0];
	return utc_us;
}

int64_t day_begin_us(const struct zone *zone, int64_t utc_us)
{
	return midnight_us(zone, floor_day(local_us(zone, utc_us)));
}

int64_t day_end_us(const struct zone *zone, int64_t utc_us)
{
	return midnight_us(zone, floor_day(local_us(zone, utc_us)) + 1);
}

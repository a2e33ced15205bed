/* Look-ups in the table of a zone. */
#include "zone.h"

#include <stdbool.h>

static const int32_t no_offset = 0;
const struct zone zone_utc = {.name = "UTC", .offset_s = &no_offset};

/* No wall clock is further from UTC than this. */
static const int64_t FURTHEST_US = INT64_C(26) * 3600 * 1000000;

/* How many changes have happened by then. */
static size_t changes_by(const struct zone *zone, int64_t utc_us)
{
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (zone->from_us[middle] <= utc_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t zone_offset_us(const struct zone *zone, int64_t utc_us)
{
	return zone->offset_s[changes_by(zone, utc_us)] * INT64_C(1000000);
}

int64_t zone_change_us(const struct zone *zone, int64_t utc_us)
{
	size_t next = changes_by(zone, utc_us);

	return next < zone->n ? zone->from_us[next] : INT64_MAX;
}

size_t zone_moments(const struct zone *zone, int64_t local_us, int64_t moments[2])
{
	size_t last = changes_by(zone, local_us + FURTHEST_US), n = 0;

	for (size_t k = changes_by(zone, local_us - FURTHEST_US); k <= last && n < 2; k++) {
		int64_t utc_us = local_us - zone->offset_s[k] * INT64_C(1000000);
		bool begun = k == 0 || utc_us >= zone->from_us[k - 1];

		if (begun && (k == zone->n || utc_us < zone->from_us[k]))
			moments[n++] = utc_us;
	}
	return n;
}

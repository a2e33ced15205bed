/* Bytes as a compiled time zone: refused, or a table that rises, whose walls lead back to the moments they were shown at. */
#include "fuzz.h"

#include "core/zone.h"

static void check_moment(const struct zone *zone, int64_t utc_us)
{
	int64_t moments[2] = {0, 0}, local_us = utc_us + zone_offset_us(zone, utc_us);
	size_t n = zone_moments(zone, local_us, moments);

	promise(n <= 2);
	for (size_t i = 0; i < n; i++)
		promise(moments[i] + zone_offset_us(zone, moments[i]) == local_us);
	promise(n < 2 || moments[0] < moments[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct err e = {""};
	const struct zone *zone = zone_parse(arena, "fuzzed", data, size, &e);

	promise((zone == NULL) == (e.text[0] != '\0'));
	for (size_t i = 0; zone && i < zone->n; i++) {
		promise(i == 0 || zone->from_us[i - 1] < zone->from_us[i]);
		promise(zone->offset_s[i + 1] >= -93600 && zone->offset_s[i + 1] <= 93600);
		check_moment(zone, zone->from_us[i]);
		check_moment(zone, zone->from_us[i] - 1);
	}
	arena_free(arena);
	return 0;
}

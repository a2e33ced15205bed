/* A time zone as a plain table of its changes, and what a clock on the wall there means. Knows no files: zone_parse takes the
 * bytes of a compiled zone (RFC 8536), which io reads. */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include "arena.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

struct zone {
	const char *name;
	size_t n;                /* changes */
	const int64_t *from_us;  /* UTC, rising */
	const int32_t *offset_s; /* east of UTC: n + 1 of them, the first one before the first change */
};
extern const struct zone zone_utc;

int64_t zone_offset_us(const struct zone *zone, int64_t utc_us);
/* When the offset changes next; INT64_MAX: never. */
int64_t zone_change_us(const struct zone *zone, int64_t utc_us);
/* The moments at which the wall shows local_us (microseconds since 1970 there), rising: none where it is skipped, two where
 * it is repeated. */
size_t zone_moments(const struct zone *zone, int64_t local_us, int64_t moments[2]);

/* In the arena, changes up to the year 2100; NULL with words where the bytes are none. */
struct zone *zone_parse(struct arena *arena, const char *name, const void *bytes, size_t len, struct err *e);

#endif

/* Time stamps: integer microseconds since 1970 UTC inside, RFC 3339 with microseconds outside. */
#ifndef CORE_STAMP_H
#define CORE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

enum { STAMP_SIZE = 32 };
/* "2026-01-31T12:00:00.000000Z", years 0000-9999; returns text. */
char *stamp_format(int64_t ts_us, char text[STAMP_SIZE]);
/* RFC 3339 with Z or an offset, seconds optional, any number of decimals (beyond microseconds cut off). */
bool stamp_parse(const char *text, int64_t *ts_us);
/* The same without Z or offset, or a date alone: microseconds since 1970 on the wall of a place that it does not tell. */
bool stamp_parse_local(const char *text, int64_t *local_us);
/* Days since 1970-01-01; month and day from 1. */
int64_t stamp_days(int64_t year, int64_t month, int64_t day);

/* 2000-01-01: a stamp before it comes from a clock that was never set. */
#define STAMP_MIN_US INT64_C(946684800000000)
/* 2020-01-01: our own clock was never set before it. */
#define CLOCK_SET_US INT64_C(1577836800000000)

/* One reading of the clocks: ages and deadlines by mono_us, stamps by utc_us. */
struct instant {
	int64_t mono_us;
	int64_t utc_us;
};

#endif

/* Payloads to curves: every shape and dialect, days of 23 and 25 hours, what is refused and with which words. */
#include "check.h"

#include "core/record.h"
#include "core/stamp.h"
#include "io/zone.h"
#include "series_signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t MINUTE_US = 60000000;
static const int64_t HOUR_US = INT64_C(3600000000);
static const int64_t DAY_US = INT64_C(86400000000);

static int64_t at(const char *stamp)
{
	int64_t ts_us;

	assert_true(stamp_parse(stamp, &ts_us));
	return ts_us;
}

static bool decode(const struct signal_config *signal, const char *payload, struct series *out, struct err *e)
{
	struct decoder decoder;
	bool ok;

	decoder_init(&decoder, payload, strlen(payload));
	ok = decode_series(&decoder, signal, out, e);
	decoder_done(&decoder);
	return ok;
}

static struct series read_curve(const char *keys, const char *payload)
{
	struct series_signal of = series_signal(keys);
	struct series series = {0};
	struct err e = {""};

	if (!decode(of.signal, payload, &series, &e))
		fail_msg("%s", e.text);
	series_signal_free(&of);
	return series;
}

struct expected {
	const char *start, *end;
	double value;
};

static void check_curve(const char *keys, const char *payload, size_t n, const struct expected *expected)
{
	struct series series = read_curve(keys, payload);

	assert_int_equal(series.n, n);
	for (size_t i = 0; i < n; i++) {
		char text[STAMP_SIZE];

		if (series.at[i].start_us != at(expected[i].start) || series.at[i].end_us != at(expected[i].end))
			fail_msg("interval %zu from %s is not %s to %s", i, stamp_format(series.at[i].start_us, text),
			         expected[i].start, expected[i].end);
		check_near(series.at[i].value, expected[i].value);
	}
	series_done(&series);
}

static void check_refused(const char *keys, const char *payload, const char *words)
{
	struct series_signal of = series_signal(keys);
	struct series series = {0};
	struct err e = {""};

	assert_false(decode(of.signal, payload, &series, &e));
	if (!strstr(e.text, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", payload, e.text, words);
	assert_int_equal(series.n, 0);
	assert_null(series.at);
	series_signal_free(&of);
}

#define CHECK(keys, payload, ...)                                                                      \
	check_curve(keys, payload, sizeof((struct expected[]){__VA_ARGS__}) / sizeof(struct expected), \
	            (struct expected[]){__VA_ARGS__})

/* ---- shapes ----------------------------------------------------------------------------- */

static void test_arrays(void **state)
{
	(void)state;
	CHECK("series: {starts: /t, values: /p, format: unix_s, step: 15 min}", "{\"t\": [0, 900, 1800], \"p\": [1, -2.5, 3]}",
	      {"1970-01-01T00:00Z", "1970-01-01T00:15Z", 1}, {"1970-01-01T00:15Z", "1970-01-01T00:30Z", -2.5},
	      {"1970-01-01T00:30Z", "1970-01-01T00:45Z", 3});
	CHECK("series: {starts: /t, values: /p, or_value: /f, format: unix_s}",
	      "{\"t\": [0, 900, 1800], \"p\": [1, null, null], \"f\": [7, 8, null]}",
	      {"1970-01-01T00:00Z", "1970-01-01T00:15Z", 1}, {"1970-01-01T00:15Z", "1970-01-01T00:30Z", 8});
}

static void test_lists(void **state)
{
	(void)state;
	/* newest first, an explicit end that leaves a hole, numbers in strings */
	CHECK("text: true, series: {start: from, end: to, value: p}",
	      "[{\"from\": \"2026-01-01T02:00Z\", \"to\": \"2026-01-01T03:00Z\", \"p\": \"3\"},"
	      "{\"from\": \"2026-01-01T00:00Z\", \"to\": \"2026-01-01T01:00Z\", \"p\": 1}]",
	      {"2026-01-01T00:00Z", "2026-01-01T01:00Z", 1}, {"2026-01-01T02:00Z", "2026-01-01T03:00Z", 3});
	/* pairs */
	CHECK("series: {items: /d, start: /0, value: /1, format: unix_ms}", "{\"d\": [[0, 5], [3600000, 6]]}",
	      {"1970-01-01T00:00Z", "1970-01-01T01:00Z", 5}, {"1970-01-01T01:00Z", "1970-01-01T02:00Z", 6});
	/* an end that reaches over the next start is cut there */
	CHECK("series: {start: s, end: e, value: v, format: unix_s}",
	      "[{\"s\": 0, \"e\": 7200, \"v\": 1}, {\"s\": 3600, \"e\": 7200, \"v\": 2}]",
	      {"1970-01-01T00:00Z", "1970-01-01T01:00Z", 1}, {"1970-01-01T01:00Z", "1970-01-01T02:00Z", 2});
	/* names with the signs that a pointer escapes, scale and offset */
	CHECK("scale: 10, offset: 1, series: {start: a~b/c, value: v, format: unix_s, step: 1 h}", "[{\"a~b/c\": 0, \"v\": 2}]",
	      {"1970-01-01T00:00Z", "1970-01-01T01:00Z", 21});
	/* said twice is said once; a hole said beside it does not take it away */
	CHECK("series: {start: s, value: v, format: unix_s, step: 1 h}",
	      "[{\"s\": 0, \"v\": 2}, {\"s\": 0, \"v\": 2}, {\"s\": 0, \"v\": null}]",
	      {"1970-01-01T00:00Z", "1970-01-01T01:00Z", 2});
}

static void test_keyed(void **state)
{
	(void)state;
	CHECK("series: {items: /p, keyed: true, format: local, zone: Europe/Berlin, step: 1 h}",
	      "{\"p\": {\"2026-01-01T01:00\": 2, \"2026-01-01 00:00:00\": 1}}", {"2025-12-31T23:00Z", "2026-01-01T00:00Z", 1},
	      {"2026-01-01T00:00Z", "2026-01-01T01:00Z", 2});
	CHECK("series: {keyed: true, value: eur, format: unix_s, step: 1 h}", "{\"3600\": {\"eur\": 2}, \"0\": {\"eur\": 1}}",
	      {"1970-01-01T00:00Z", "1970-01-01T01:00Z", 1}, {"1970-01-01T01:00Z", "1970-01-01T02:00Z", 2});
	CHECK("series: {keyed: true}", "{\"2026-01-01T00:00:00+01:00\": 4, \"2026-01-01T01:00:00+01:00\": 5}",
	      {"2025-12-31T23:00Z", "2026-01-01T00:00Z", 4}, {"2026-01-01T00:00Z", "2026-01-01T01:00Z", 5});
}

/* Hours until noon, then quarters; the last one as long as the one before. */
static void test_mixed_resolutions(void **state)
{
	(void)state;
	CHECK("series: {start: s, value: v}",
	      "[{\"s\": \"2025-09-30T21:00Z\", \"v\": 1}, {\"s\": \"2025-09-30T22:00Z\", \"v\": 2}, {\"s\": "
	      "\"2025-09-30T22:15Z\", \"v\": 3}]",
	      {"2025-09-30T21:00Z", "2025-09-30T22:00Z", 1}, {"2025-09-30T22:00Z", "2025-09-30T22:15Z", 2},
	      {"2025-09-30T22:15Z", "2025-09-30T22:30Z", 3});
}

static void test_holes(void **state)
{
	(void)state;
	CHECK("series: {start: s, value: v, format: unix_s}",
	      "[{\"s\": 0, \"v\": 1}, {\"s\": 900, \"v\": null}, {\"s\": 1800, \"v\": 3}, {\"s\": 2700, \"v\": null}]",
	      {"1970-01-01T00:00Z", "1970-01-01T00:15Z", 1}, {"1970-01-01T00:30Z", "1970-01-01T00:45Z", 3});
	/* days without an item are a hole, not a long interval */
	CHECK("series: {start: s, value: v, format: unix_s, step: 1 h}", "[{\"s\": 0, \"v\": 1}, {\"s\": 864000, \"v\": 2}]",
	      {"1970-01-01T00:00Z", "1970-01-02T01:00Z", 1}, {"1970-01-11T00:00Z", "1970-01-11T01:00Z", 2});
}

static void test_areas(void **state)
{
	(void)state;
	CHECK("series: {start: s, value: v, area_at: /a, area: DK2, format: unix_s}",
	      "[{\"s\": 0, \"a\": \"DK1\", \"v\": 1}, {\"s\": 0, \"a\": \"DK2\", \"v\": 2}, {\"s\": 900, \"a\": \"DK1\", \"v\": "
	      "3}, {\"s\": 900, \"a\": \"DK2\", \"v\": 4}]",
	      {"1970-01-01T00:00Z", "1970-01-01T00:15Z", 2}, {"1970-01-01T00:15Z", "1970-01-01T00:30Z", 4});
	check_refused("series: {start: s, value: v, format: unix_s}",
	              "[{\"s\": 0, \"a\": \"DK1\", \"v\": 1}, {\"s\": 0, \"a\": \"DK2\", \"v\": 2}, {\"s\": 900, \"v\": 2}]",
	              "two values for 1970-01-01T00:00:00.000000Z: 1 and 2; does the payload tell of several areas?");
	check_refused("series: {start: s, value: v, area_at: /a, area: SE3, format: unix_s}",
	              "[{\"s\": 0, \"a\": \"DK1\", \"v\": 1}]", "none of its 0 intervals has a value for SE3");
}

/* ---- what is refused -------------------------------------------------------------------- */

static void test_refused(void **state)
{
	static const char *const list = "series: {items: /d, start: s, end: e, value: v, format: unix_s}";
	static const char *const arrays = "series: {starts: /t, values: /p, format: unix_s}";

	(void)state;
	check_refused(list, "", "empty payload");
	check_refused(list, "{\"d\": [", "not valid JSON");
	check_refused(list, "{}", "nothing at pointer /d");
	check_refused(list, "{\"d\": 5}", "a number where a list of intervals is expected");
	check_refused(list, "{\"d\": []}", "none of its 0 intervals has a value");
	check_refused(list, "{\"d\": [{\"s\": 0, \"e\": 9, \"v\": null}]}", "none of its 1 intervals has a value");
	check_refused(list, "{\"d\": [{\"s\": 0, \"v\": 1}]}", "one interval without an end");
	check_refused(list, "{\"d\": [{\"s\": 0, \"e\": 0, \"v\": 1}]}",
	              "the interval of 1970-01-01T00:00:00.000000Z ends before it begins");
	check_refused(list, "{\"d\": [{\"s\": 0, \"e\": 9, \"v\": \"1\"}]}",
	              "interval 0: a string where a number is expected (text: true");
	check_refused(list, "{\"d\": [{\"s\": 0, \"e\": 9, \"v\": 1}, {\"v\": 1}]}", "interval 1: nothing at /s in it");
	check_refused(list, "{\"d\": [{\"s\": \"now\", \"e\": 9, \"v\": 1}]}", "interval 0:");
	check_refused(list, "{\"d\": [{\"s\": 1e300, \"e\": 9, \"v\": 1}]}", "no usable time");
	check_refused(list, "{\"d\": [3]}", "nothing at /s in it");
	check_refused(arrays, "{\"t\": [0, 900], \"p\": [1]}", "not two lists of one length");
	check_refused(arrays, "{\"t\": [0, 900]}", "nothing at pointer /p");
	check_refused(arrays, "{\"t\": 0, \"p\": 1}", "not two lists of one length");
	check_refused("series: {keyed: true}", "[1]", "an array where an object keyed by time is expected");
	check_refused("series: {keyed: true}", "{\"noon\": 1}", "its time is \"noon\" that is no RFC 3339 time");
	check_refused("series: {keyed: true, format: local, zone: UTC}", "{\"2026-01-01T00:00Z\": 1}",
	              "is no date and time without a zone");
	check_refused("scale: 1e12, series: {keyed: true}", "{\"2026-01-01T00:00Z\": 1e300}", "not a finite number");
}

/* ---- summer time ------------------------------------------------------------------------ */

static int64_t last_sunday(int year, int month)
{
	int64_t days = stamp_days(year, month, 31);

	while ((days + 4) % 7 != 0)
		days--;
	return days;
}

enum dialect { LOCAL_LIST, LOCAL_NEWEST_FIRST, LOCAL_WITH_ENDS, LOCAL_ARRAYS, OFFSET_KEYED, DIALECTS };
static const char *const dialect_keys[DIALECTS] = {
    [LOCAL_LIST] = "series: {start: s, value: v, format: local, zone: Europe/Berlin}",
    [LOCAL_NEWEST_FIRST] = "series: {start: s, value: v, format: local, zone: Europe/Berlin, step: 15 min}",
    [LOCAL_WITH_ENDS] = "series: {start: s, end: e, value: v, format: local, zone: Europe/Berlin}",
    [LOCAL_ARRAYS] = "series: {starts: /s, values: /v, format: local, zone: Europe/Berlin}",
    [OFFSET_KEYED] = "series: {keyed: true}",
};

/* A moment as the wall in Berlin shows it, with its offset where asked. */
static char *wall(const struct zone *zone, int64_t utc_us, bool offset, char text[STAMP_SIZE + 8])
{
	int64_t offset_us = zone_offset_us(zone, utc_us);

	stamp_format(utc_us + offset_us, text);
	if (offset)
		sprintf(text + 19, "+0%d:00", (int)(offset_us / HOUR_US));
	else
		text[19] = '\0';
	return text;
}

/* The quarters of a day in Berlin, each worth its number. */
static size_t write_day(char *out, enum dialect dialect, const struct zone *zone, int64_t from_us, int64_t quarters)
{
	char s[STAMP_SIZE + 8], e[STAMP_SIZE + 8];
	char *to = out;

	to += sprintf(to, "%s", dialect == OFFSET_KEYED ? "{" : dialect == LOCAL_ARRAYS ? "{\"s\": [" : "[");
	for (int64_t k = 0; k < quarters; k++) {
		int64_t i = dialect == LOCAL_NEWEST_FIRST ? quarters - 1 - k : k;
		const char *comma = k == 0 ? "" : ",";

		wall(zone, from_us + i * 15 * MINUTE_US, dialect == OFFSET_KEYED, s);
		wall(zone, from_us + (i + 1) * 15 * MINUTE_US, false, e);
		if (dialect == OFFSET_KEYED)
			to += sprintf(to, "%s\"%s\":%d", comma, s, (int)i);
		else if (dialect == LOCAL_ARRAYS)
			to += sprintf(to, "%s\"%s\"", comma, s);
		else if (dialect == LOCAL_WITH_ENDS)
			to += sprintf(to, "%s{\"s\":\"%s\",\"e\":\"%s\",\"v\":%d}", comma, s, e, (int)i);
		else
			to += sprintf(to, "%s{\"s\":\"%s\",\"v\":%d}", comma, s, (int)i);
	}
	for (int64_t k = 0; dialect == LOCAL_ARRAYS && k < quarters; k++)
		to += sprintf(to, "%s%d", k == 0 ? "], \"v\": [" : ",", (int)k);
	to += sprintf(to, "%s", dialect == OFFSET_KEYED ? "}" : dialect == LOCAL_ARRAYS ? "]}" : "]");
	return (size_t)(to - out);
}

static void check_day(enum dialect dialect, const struct zone *zone, int64_t day, int64_t quarters)
{
	static char payload[16384];
	int64_t moments[2];
	struct series series;

	assert_int_equal(zone_moments(zone, day * DAY_US, moments), 1);
	write_day(payload, dialect, zone, moments[0], quarters);
	series = read_curve(dialect_keys[dialect], payload);
	assert_int_equal(series.n, quarters);
	for (int64_t i = 0; i < quarters; i++) {
		assert_int_equal(series.at[i].start_us, moments[0] + i * 15 * MINUTE_US);
		assert_int_equal(series.at[i].end_us, moments[0] + (i + 1) * 15 * MINUTE_US);
		check_double(series.at[i].value, (double)i, 0, 0);
	}
	/* it ends where the next day begins */
	assert_int_equal(zone_moments(zone, (day + 1) * DAY_US, moments), 1);
	assert_int_equal(series.at[quarters - 1].end_us, moments[0]);
	series_done(&series);
}

static void test_summer_time(void **state)
{
	struct arena *arena = arena_new();
	const struct zone *zone = zone_load(arena, "Europe/Berlin", NULL);

	(void)state;
	for (int year = 2020; year <= 2030; year++) {
		for (enum dialect dialect = 0; dialect < DIALECTS; dialect++) {
			check_day(dialect, zone, last_sunday(year, 3), 92);
			check_day(dialect, zone, last_sunday(year, 10), 100);
			for (int64_t around = 1; around <= 2; around++) {
				check_day(dialect, zone, last_sunday(year, 3) + around, 96);
				check_day(dialect, zone, last_sunday(year, 10) - around, 96);
			}
		}
	}
	arena_free(arena);
}

/* A day of 24 naive hours in March: the one that no clock shows is left out. */
static void test_hour_that_is_not(void **state)
{
	(void)state;
	CHECK("series: {keyed: true, format: local, zone: Europe/Berlin, step: 1 h}",
	      "{\"2026-03-29T01:00\": 1, \"2026-03-29T02:00\": 2, \"2026-03-29T03:00\": 3}",
	      {"2026-03-29T00:00Z", "2026-03-29T01:00Z", 1}, {"2026-03-29T01:00Z", "2026-03-29T02:00Z", 3});
	/* ends counted without the wall's help */
	CHECK("series: {start: s, end: e, value: v, format: local, zone: Europe/Berlin}",
	      "[{\"s\": \"2026-03-29T01:45\", \"e\": \"2026-03-29T02:00\", \"v\": 1}, {\"s\": \"2026-03-29T03:00\", \"e\": "
	      "\"2026-03-29T03:15\", \"v\": 2}]",
	      {"2026-03-29T00:45Z", "2026-03-29T01:00Z", 1}, {"2026-03-29T01:00Z", "2026-03-29T01:15Z", 2});
}

/* What begins in the repeated hour is taken for its first time: nothing tells otherwise. */
static void test_begins_in_the_repeated_hour(void **state)
{
	(void)state;
	CHECK("series: {start: s, value: v, format: local, zone: Europe/Berlin, step: 15 min}",
	      "[{\"s\": \"2026-10-25T02:30\", \"v\": 1}, {\"s\": \"2026-10-25T02:45\", \"v\": 2}, {\"s\": \"2026-10-25T02:00\", "
	      "\"v\": 3}]",
	      {"2026-10-25T00:30Z", "2026-10-25T00:45Z", 1}, {"2026-10-25T00:45Z", "2026-10-25T01:00Z", 2},
	      {"2026-10-25T01:00Z", "2026-10-25T01:15Z", 3});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arrays),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_keyed),
	    cmocka_unit_test(test_mixed_resolutions),
	    cmocka_unit_test(test_holes),
	    cmocka_unit_test(test_areas),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_summer_time),
	    cmocka_unit_test(test_hour_that_is_not),
	    cmocka_unit_test(test_begins_in_the_repeated_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

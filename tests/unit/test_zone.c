/* Time zones: the tables against libc over a century, the European changes of 2020-2030 by their rule, walls that skip and
 * repeat an hour, files that are no zones. */
#include "check.h"

#include "core/stamp.h"
#include "io/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_US = INT64_C(3600000000);
static const int64_t DAY_US = INT64_C(86400000000);

static const struct zone *load(struct arena *arena, const char *name)
{
	struct err e = {""};
	const struct zone *zone = zone_load(arena, name, &e);

	if (!zone)
		fail_msg("%s", e.text);
	return zone;
}

/* 01:00 UTC of the last Sunday of the month. */
static int64_t european_change_us(int year, int month)
{
	int64_t days = stamp_days(year, month, 31);

	while ((days + 4) % 7 != 0)
		days--;
	return days * DAY_US + HOUR_US;
}

static void test_european_changes(void **state)
{
	struct arena *arena = arena_new();
	const struct zone *zone = load(arena, "Europe/Berlin");

	(void)state;
	for (int year = 2020; year <= 2030; year++) {
		int64_t begin_us = european_change_us(year, 3), end_us = european_change_us(year, 10), moments[2];

		assert_int_equal(zone_offset_us(zone, begin_us - 1), HOUR_US);
		assert_int_equal(zone_offset_us(zone, begin_us), 2 * HOUR_US);
		assert_int_equal(zone_offset_us(zone, end_us - 1), 2 * HOUR_US);
		assert_int_equal(zone_offset_us(zone, end_us), HOUR_US);
		assert_int_equal(zone_moments(zone, begin_us + HOUR_US, moments), 0);
		assert_int_equal(zone_moments(zone, begin_us + 2 * HOUR_US - 1, moments), 0);
		assert_int_equal(zone_moments(zone, begin_us + 2 * HOUR_US, moments), 1);
		assert_int_equal(moments[0], begin_us);
		assert_int_equal(zone_moments(zone, end_us + HOUR_US, moments), 2);
		assert_int_equal(moments[0], end_us - HOUR_US);
		assert_int_equal(moments[1], end_us);
		assert_int_equal(zone_moments(zone, end_us + 2 * HOUR_US, moments), 1);
		assert_int_equal(zone_moments(zone, end_us + HOUR_US - 1, moments), 1);
	}
	arena_free(arena);
}

/* Seeded; libc is the reference: it reads the same files with other code. */
static void test_against_libc(void **state)
{
	static const char *const names[] = {"Europe/Berlin",    "Europe/Dublin",       "Europe/London", "America/New_York",
	                                    "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata",  "Africa/Casablanca",
	                                    "Pacific/Apia",     "America/Santiago",    "Etc/UTC",       "CET"};
	uint64_t seed = 20261126;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct arena *arena = arena_new();
		const struct zone *zone = load(arena, names[i]);

		setenv("TZ", names[i], 1);
		tzset();
		for (int k = 0; k < 20000; k++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			/* 1930 to 2099 */
			time_t t = (time_t)(seed >> 31) % 5364662400 - 1262304000;
			int64_t utc_us = (int64_t)t * SECOND_US, local_us, moments[2];
			struct tm tm;
			size_t n;

			assert_non_null(localtime_r(&t, &tm));
			if (zone_offset_us(zone, utc_us) != tm.tm_gmtoff * SECOND_US)
				fail_msg("%s at %lld: %lld s, not %ld s", names[i], (long long)t,
				         (long long)(zone_offset_us(zone, utc_us) / SECOND_US), tm.tm_gmtoff);
			local_us = utc_us + zone_offset_us(zone, utc_us);
			n = zone_moments(zone, local_us, moments);
			assert_true(n == 1 || n == 2);
			assert_true(moments[0] == utc_us || (n == 2 && moments[1] == utc_us));
			assert_true(n == 1 || moments[0] < moments[1]);
		}
		arena_free(arena);
	}
	unsetenv("TZ");
}

static void test_utc(void **state)
{
	int64_t moments[2];

	(void)state;
	assert_ptr_equal(zone_load(NULL, "UTC", NULL), &zone_utc);
	assert_int_equal(zone_offset_us(&zone_utc, 12345), 0);
	assert_int_equal(zone_moments(&zone_utc, -5, moments), 1);
	assert_int_equal(moments[0], -5);
}

static void check_refused(const char *name, const char *words)
{
	struct arena *arena = arena_new();
	struct err e = {""};

	assert_null(zone_load(arena, name, &e));
	if (!strstr(e.text, words))
		fail_msg("\"%s\" does not say \"%s\"", e.text, words);
	arena_free(arena);
}

static void test_names(void **state)
{
	(void)state;
	check_refused("", "is not the name of a time zone");
	check_refused("../../etc/passwd", "is not the name of a time zone");
	check_refused("/etc/localtime", "is not the name of a time zone");
	check_refused("Europe/Berlln", "there is no time zone \"Europe/Berlln\"");
	check_refused("Europe", "there is no time zone");
}

static size_t read_file(const char *path, unsigned char *out, size_t size)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(out, 1, size, file);
	fclose(file);
	return len;
}

/* Cut anywhere or with any byte changed: refused, or a table that can be asked. */
static void test_broken_files(void **state)
{
	static unsigned char whole[16384], changed[16384];
	size_t len = read_file("/usr/share/zoneinfo/Europe/Berlin", whole, sizeof(whole));
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		struct arena *arena = arena_new();
		const struct zone *zone;
		int64_t moments[2];
		struct err e;

		refused += zone_parse(arena, "cut", whole, i, &e) == NULL;
		memcpy(changed, whole, len);
		changed[i] ^= 0xFF;
		zone = zone_parse(arena, "changed", changed, len, &e);
		if (zone) {
			for (size_t k = 1; k < zone->n; k++)
				assert_true(zone->from_us[k - 1] < zone->from_us[k]);
			zone_moments(zone, INT64_C(1767225600000000), moments);
		}
		arena_free(arena);
	}
	/* but for the rule at its end, which may be missing */
	assert_true(refused > len - 64);
}

/* A file of today's tools may hold no more than the rule. */
static void test_rule_alone(void **state)
{
	static const char header[20] = "TZif2";
	unsigned char file[512] = {0};
	const char *footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
	struct arena *arena = arena_new();
	const struct zone *zone;
	size_t at = 0;
	struct err e;

	(void)state;
	for (int body = 0; body < 2; body++) {
		memcpy(file + at, header, 20);
		file[at + 39] = 1; /* one type */
		file[at + 43] = 4; /* four characters */
		at += 44;
		memcpy(file + at, (unsigned char[]){0, 0, 14, 16, 0, 0, 'C', 'E', 'T', 0}, 10);
		at += 10;
	}
	memcpy(file + at, footer, strlen(footer));
	zone = zone_parse(arena, "rule", file, at + strlen(footer), &e);
	assert_non_null(zone);
	for (int year = 2020; year <= 2030; year++) {
		assert_int_equal(zone_offset_us(zone, european_change_us(year, 3) - 1), HOUR_US);
		assert_int_equal(zone_offset_us(zone, european_change_us(year, 3)), 2 * HOUR_US);
		assert_int_equal(zone_offset_us(zone, european_change_us(year, 10) - 1), 2 * HOUR_US);
		assert_int_equal(zone_offset_us(zone, european_change_us(year, 10)), HOUR_US);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_european_changes),
	    cmocka_unit_test(test_against_libc),
	    cmocka_unit_test(test_utc),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_broken_files),
	    cmocka_unit_test(test_rule_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Stamps and records: texts both ways, the tables of fields, the size of a record. */
#include "check.h"
#include "core/record.h"
#include "core/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void stamps_agree_with_the_c_library(void **state)
{
	char text[STAMP_SIZE], expected[64];
	int64_t back;

	(void)state;
	srand(1);
	for (int i = 0; i < 200000; i++) {
		int64_t s = ((int64_t)rand() << 31 | rand()) % INT64_C(253402300800) - (i % 2 ? 62167219200 : 0);
		int64_t us = rand() % 1000000;
		time_t t = (time_t)s;
		struct tm tm;

		if (s > INT64_C(253402300799))
			continue;
		gmtime_r(&t, &tm);
		size_t n = (size_t)snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year + 1900,
					    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)us);

		assert_int_equal(n, 27);
		assert_string_equal(stamp_format(s * 1000000 + us, text), expected);
		assert_true(stamp_parse(text, &back));
		assert_true(back == s * 1000000 + us);
	}
}

static void stamps_out_of_range_are_clamped(void **state)
{
	char text[STAMP_SIZE];

	(void)state;
	assert_string_equal(stamp_format(INT64_MAX, text), "9999-12-31T23:59:59.999999Z");
	assert_string_equal(stamp_format(INT64_MIN, text), "0000-01-01T00:00:00.000000Z");
	assert_string_equal(stamp_format(-1, text), "1969-12-31T23:59:59.999999Z");
}

static void stamps_are_read_as_rfc_3339_has_them(void **state)
{
	static const struct {
		const char *text, *same;
	} good[] = {
		{"2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000000Z"},
		{"2026-01-31t12:00:00z", "2026-01-31T12:00:00.000000Z"},
		{"2026-01-31 12:00:00.5Z", "2026-01-31T12:00:00.500000Z"},
		{"2026-01-31T12:00Z", "2026-01-31T12:00:00.000000Z"},
		{"2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456Z"},
		{"2026-01-31T12:00:00.000001+00:00", "2026-01-31T12:00:00.000001Z"},
		{"2026-01-01T01:30:00+02:00", "2025-12-31T23:30:00.000000Z"},
		{"2026-01-01T01:30:00-05:30", "2026-01-01T07:00:00.000000Z"},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
		{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
		{"1969-07-20T20:17:40Z", "1969-07-20T20:17:40.000000Z"},
	};
	static const char *const bad[] = {
		"", "2026", "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z",
		"2026-01-00T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
		"2026-01-31T12:00:61Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00Z ", " 2026-01-31T12:00:00Z",
		"2026-1-31T12:00:00Z", "+2026-01-31T12:00:00Z", "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+0200",
		"2026-01-31T12:00:00+02:00x", "2026-01-31_12:00:00Z", "2026-01-31T12:00.5Z", "20260131T120000Z",
	};
	char text[STAMP_SIZE];
	int64_t ts_us;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!stamp_parse(good[i].text, &ts_us))
			fail_msg("%s is refused", good[i].text);
		assert_string_equal(stamp_format(ts_us, text), good[i].same);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ts_us = 42;
		if (stamp_parse(bad[i], &ts_us))
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(ts_us, 42);
	}
}

static void numbers_round_as_they_are_printed(void **state)
{
	char printed[64], rounded[64];

	(void)state;
	check_double(number_round(111.1234567), 111.123457, 0, 0);
	check_double(number_round(NAN), NAN, 0, 0);
	check_double(number_round(INFINITY), INFINITY, 0, 0);
	check_double(number_round(1e300), 1e300, 0, 0);
	check_double(number_round(1234567890123.4567), 1234567890123.4567, 0, 0);
	assert_false(signbit(number_round(-0.0)));
	assert_false(signbit(number_round(-1e-9)));
	srand(2);
	for (int i = 0; i < 100000; i++) {
		double value = number_round((rand() - RAND_MAX / 2) * pow(10, rand() % 12 - 9));

		snprintf(printed, sizeof(printed), "%.6f", value);
		check_double(strtod(printed, NULL), value, 0, 0);
		snprintf(rounded, sizeof(rounded), "%.6f", number_round(value));
		assert_string_equal(printed, rounded);
	}
}

static void texts_are_complete(void **state)
{
	static const struct {
		const char *const *texts;
		size_t n;
	} tables[] = {
		{quality_text, QUALITY_COUNT},   {reason_text, REASON_COUNT}, {controlled_text, CONTROLLED_COUNT}, {point_kind_text, POINT_COUNT},
		{severity_text, SEVERITY_COUNT}, {objective_text, OBJECTIVE_COUNT}, {mode_text, MODE_COUNT},
	};

	(void)state;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (size_t i = 0; i < tables[t].n; i++) {
			assert_non_null(tables[t].texts[i]);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(tables[t].texts[i], tables[t].texts[k]);
		}
	}
	assert_int_equal(quality_code[QUALITY_GOOD], 192);
	assert_int_equal(quality_code[QUALITY_UNCERTAIN], 64);
	assert_int_equal(quality_code[QUALITY_BAD], 0);
}

static void fields_are_the_contract(void **state)
{
	static const char *const setpoint[] = {"ts",     "t_sink_out_c", "t_sink_out_expected_c", "hp_on",  "q_sink_kw",   "p_elec_kw",
					       "cop",    "controlled",   "technology",            "objective", "mode",   "quality",     "quality_code",
					       "reason", "valid_until",  "cause_ts",              "cause_us", "seq"};
	static const char *const point[] = {"t_sink_out_c", "t_free_c", "electrification", "cop", "q_sink_kw", "p_elec_kw",
					    "cost_savings_eur_h", "cost_savings_pct", "carbon_savings_kg_h", "carbon_savings_pct",
					    "limited_by"};
	size_t i;

	(void)state;
	for (i = 0; setpoint_fields[i].name; i++)
		assert_string_equal(setpoint_fields[i].name, setpoint[i]);
	assert_int_equal(i, sizeof(setpoint) / sizeof(setpoint[0]));
	for (i = 0; point_fields[i].name; i++)
		assert_string_equal(point_fields[i].name, point[i]);
	assert_int_equal(i, sizeof(point) / sizeof(point[0]));
}

static void a_copy_of_its_size_is_whole(void **state)
{
	struct record r = {.kind = RECORD_EVENT, .loop = 3, .ts_us = 5}, copy;

	(void)state;
	strcpy(r.event.message, "short");
	assert_int_equal(record_size(&r), offsetof(struct record, event.message) + 6);
	memset(&copy, 0xff, sizeof(copy));
	memcpy(&copy, &r, record_size(&r));
	assert_string_equal(copy.event.message, "short");
	memset(r.event.message, 'x', sizeof(r.event.message));
	assert_true(record_size(&r) <= sizeof(r));
	r.kind = RECORD_SAMPLE;
	assert_true(record_size(&r) <= 40);
	r.kind = RECORD_SETPOINT;
	assert_true(record_size(&r) >= offsetof(struct record, setpoint) + sizeof(struct setpoint));
	r = (struct record){.kind = RECORD_POINT};
	assert_true(record_size(&r) >= offsetof(struct record, point.point) + sizeof(struct point));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_agree_with_the_c_library),
		cmocka_unit_test(stamps_out_of_range_are_clamped),
		cmocka_unit_test(stamps_are_read_as_rfc_3339_has_them),
		cmocka_unit_test(numbers_round_as_they_are_printed),
		cmocka_unit_test(texts_are_complete),
		cmocka_unit_test(fields_are_the_contract),
		cmocka_unit_test(a_copy_of_its_size_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

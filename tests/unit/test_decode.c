/* Payloads to numbers and times: every shape a plant sends, every kind of junk with the words that it is refused with. */
#include "check.h"
#include "core/decode.h"
#include "core/record.h"

#include <stdlib.h>
#include <string.h>

static struct signal_config signal_at(const char *pointer)
{
	return (struct signal_config){.name = "s", .topic = "t", .pointer = pointer, .unit = unit_find(DIM_POWER, "kW"), .scale = 1};
}

static bool decode(const struct signal_config *signal, const char *bytes, size_t len, double *value, int64_t *ts_us, struct err *e)
{
	struct decoder decoder;
	bool ok;

	decoder_init(&decoder, bytes, len);
	ok = decode_signal(&decoder, signal, value, ts_us, e);
	decoder_done(&decoder);
	return ok;
}

static void check_value(const char *pointer, const char *payload, double expected)
{
	struct signal_config signal = signal_at(pointer);
	double value = NAN;
	int64_t ts_us;
	struct err e = {""};

	if (!decode(&signal, payload, strlen(payload), &value, &ts_us, &e))
		fail_msg("%s: %s", payload, e.text);
	check_double(value, expected, 0, 0);
	assert_int_equal(ts_us, NO_TIME);
}

static void check_refused(const char *pointer, const char *payload, const char *words)
{
	struct signal_config signal = signal_at(pointer);
	double value = 42;
	int64_t ts_us = 43;
	struct err e = {""};

	assert_false(decode(&signal, payload, strlen(payload), &value, &ts_us, &e));
	if (!strstr(e.text, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", payload, e.text, words);
	check_double(value, 42, 0, 0);
	assert_int_equal(ts_us, 43);
}

static void test_text(void **state)
{
	(void)state;
	check_value(NULL, "71.25", 71.25);
	check_value(NULL, " -5e-1\n", -0.5);
	check_value(NULL, "0", 0);
	check_refused(NULL, "12,5", "12,5");
	check_refused(NULL, "NaN", "NaN");
	check_refused(NULL, "1e309", "1e309");
	check_refused(NULL, "", "empty");
	check_refused(NULL, "0x1F", "0x1F");
	check_refused(NULL, "true", "true");
	check_refused(NULL, "{\"a\": 1}", "");
}

static void test_pointers(void **state)
{
	(void)state;
	check_value("", "12.5", 12.5);
	check_value("/a", "{\"a\": 1}", 1);
	check_value("/a/b/1", "{\"a\": {\"b\": [5, 6.5]}}", 6.5);
	check_value("/a~1b/m~0n", "{\"a/b\": {\"m~n\": 3}}", 3);
	check_value("/", "{\"\": 4}", 4);
	check_value("/0", "{\"0\": 7}", 7);
	check_refused("/a", "{\"b\": 1}", "nothing at pointer /a");
	check_refused("/a/01", "{\"a\": [1, 2]}", "nothing at pointer");
	check_refused("/a/-", "{\"a\": [1, 2]}", "nothing at pointer");
	check_refused("/a/2", "{\"a\": [1, 2]}", "nothing at pointer");
	check_refused("/a", "{\"a\": \"12.5\"}", "a string where a number is expected");
	check_refused("/a", "{\"a\": null}", "null where");
	check_refused("/a", "{\"a\": true}", "true or false where");
	check_refused("/a", "{\"a\": {}}", "an object where");
	check_refused("/a", "{\"a\": []}", "an array where");
}

static void test_not_json(void **state)
{
	(void)state;
	check_refused("/a", "{\"a\": 1", "not valid JSON");
	check_refused("/a", "{\"a\": NaN}", "not valid JSON");
	check_refused("/a", "{\"a\": 1e999}", "not valid JSON");
	check_refused("/a", "{\"a\": 1, \"a\": 2}", "not valid JSON");
	check_refused("/a", "{\"a\": 1} x", "not valid JSON");
	check_refused("/a", "{\"a\": \"\xc3\x28\"}", "not valid JSON");
	check_refused("/a", "{\"a\": 18446744073709551616}", "not valid JSON");
}

static void test_size_and_depth(void **state)
{
	size_t n = 1024 * 1024;
	char *big = malloc(n);
	struct signal_config signal = signal_at("/a"), text = signal_at(NULL);
	double value = 1;
	int64_t ts_us;
	struct err e;

	(void)state;
	memset(big, '[', n);
	assert_false(decode(&signal, big, 100000, &value, &ts_us, &e));
	assert_non_null(strstr(e.text, "not valid JSON"));
	assert_false(decode(&signal, big, n, &value, &ts_us, &e));
	assert_non_null(strstr(e.text, "1048576 bytes are more"));
	memset(big, '1', n);
	assert_false(decode(&text, big, 100000, &value, &ts_us, &e));
	assert_false(decode(&text, "1\0002", 3, &value, &ts_us, &e));
	free(big);
}

static void test_scale_and_offset(void **state)
{
	struct signal_config signal = signal_at(NULL);
	double value;
	int64_t ts_us;
	struct err e;

	(void)state;
	signal.scale = 0.1;
	signal.offset = -5;
	assert_true(decode(&signal, "250", 3, &value, &ts_us, &e));
	check_near(value, 20);
	signal.scale = 1e300;
	assert_false(decode(&signal, "1e300", 5, &value, &ts_us, &e));
	assert_non_null(strstr(e.text, "not a finite number"));
}

static void test_switch(void **state)
{
	static const struct { const char *pointer, *payload; double value; } good[] = {
		{NULL, "1", 1}, {NULL, "0", 0}, {NULL, "true", 1}, {NULL, "false", 0}, {"/a", "{\"a\": true}", 1}, {"/a", "{\"a\": 0}", 0},
	};
	static const char *const bad[] = {"2", "yes", "TRUE", "0.5", ""};
	struct signal_config signal;
	double value;
	int64_t ts_us;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		signal = signal_at(good[i].pointer);
		signal.is_switch = true;
		assert_true(decode(&signal, good[i].payload, strlen(good[i].payload), &value, &ts_us, &e));
		check_double(value, good[i].value, 0, 0);
	}
	signal = signal_at(NULL);
	signal.is_switch = true;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(decode(&signal, bad[i], strlen(bad[i]), &value, &ts_us, &e));
}

static void test_times(void **state)
{
	static const struct { enum time_format format; const char *payload; int64_t ts_us; } cases[] = {
		{TIME_RFC3339, "{\"v\": 1, \"ts\": \"2024-03-06T19:00:00.000Z\"}", 1709751600000000},
		{TIME_RFC3339, "{\"v\": 1, \"ts\": \"2024-03-06T20:00:00+01:00\"}", 1709751600000000},
		{TIME_RFC3339, "{\"v\": 1, \"ts\": \"2023-12-03T10:30Z\"}", 1701599400000000},
		{TIME_UNIX_S, "{\"v\": 1, \"ts\": 1709751600}", 1709751600000000},
		{TIME_UNIX_S, "{\"v\": 1, \"ts\": 1709751600.5}", 1709751600500000},
		{TIME_UNIX_MS, "{\"v\": 1, \"ts\": 1709751600123}", 1709751600123000},
		{TIME_UNIX_US, "{\"v\": 1, \"ts\": 1709751600123456}", 1709751600123456},
		{TIME_UNIX_NS, "{\"v\": 1, \"ts\": 1709751600123456789}", 1709751600123456},
	};
	static const struct { enum time_format format; const char *payload; } bad[] = {
		{TIME_RFC3339, "{\"v\": 1, \"ts\": \"yesterday\"}"}, {TIME_RFC3339, "{\"v\": 1, \"ts\": 1709751600}"},
		{TIME_RFC3339, "{\"v\": 1}"},                        {TIME_UNIX_S, "{\"v\": 1, \"ts\": \"1709751600\"}"},
		{TIME_UNIX_S, "{\"v\": 1, \"ts\": 1e300}"},          {TIME_UNIX_S, "{\"v\": 1, \"ts\": null}"},
		{TIME_UNIX_S, "{\"v\": 1, \"ts\": 9223372036854775807}"},
	};
	struct signal_config signal = signal_at("/v");
	double value;
	int64_t ts_us;
	struct err e;

	(void)state;
	signal.time_pointer = "/ts";
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		signal.time_format = cases[i].format;
		assert_true(decode(&signal, cases[i].payload, strlen(cases[i].payload), &value, &ts_us, &e));
		assert_int_equal(ts_us, cases[i].ts_us);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		signal.time_format = bad[i].format;
		assert_false(decode(&signal, bad[i].payload, strlen(bad[i].payload), &value, &ts_us, &e));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_size_and_depth),
		cmocka_unit_test(test_scale_and_offset),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Numbers and payloads as they leave the program. */
#include "check.h"
#include "core/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_number(double value, const char *expected)
{
	char text[40];

	assert_int_equal(number_format(text, value, false), strlen(expected));
	assert_string_equal(text, expected);
}

static void test_numbers_always_carry_a_point(void **state)
{
	(void)state;
	check_number(70, "70.0");
	check_number(0, "0.0");
	check_number(-0.0, "0.0");
	check_number(0.1, "0.1");
	check_number(-1.5, "-1.5");
	check_number(111.0634567891, "111.063457");
	check_number(1e-9, "0.0");
	check_number(-0.9999999, "-1.0");
	check_number(123456789.125, "123456789.125");
	check_number(5e15, "5000000000000000.0");
	check_number(1e300, "1.0000000000000001e+300");
}

static void test_exact_numbers_come_back(void **state)
{
	static const double values[] = {0.1, 1.0 / 3, 111.06345678912345, 5e-324, 1e22, -2.5, 70};
	char text[40];

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		number_format(text, values[i], true);
		check_double(strtod(text, NULL), values[i], 0, 0);
		assert_non_null(strpbrk(text, ".e"));
	}
	number_format(text, -0.0, true);
	assert_string_equal(text, "0.0");
}

/* What the payload says and what the history stores is one number. */
static void test_rounding_is_that_of_the_history(void **state)
{
	uint64_t seed = 3;
	char text[40];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double value;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		value = ((double)(seed >> 11) / 9007199254740992.0 - 0.5) * (i % 3 == 0 ? 2 : i % 3 == 1 ? 1000 : 1e7);
		number_format(text, value, false);
		check_double(strtod(text, NULL), number_round(value), 0, 0);
	}
}

static void test_strings_are_escaped(void **state)
{
	char text[128];
	struct json_out out;

	(void)state;
	json_out_init(&out, text, sizeof(text));
	json_out_object(&out, NULL);
	json_out_text(&out, "a\"b", "x\\y\n\x01z\xc3\xa4");
	json_out_number(&out, "n", NAN);
	json_out_time(&out, "t", NO_TIME);
	json_out_object_end(&out);
	assert_string_equal(text, "{\"a\\\"b\":\"x\\\\y\\u000a\\u0001z\xc3\xa4\",\"n\":null,\"t\":null}");
	assert_false(out.full);
}

static void test_a_full_buffer_says_so(void **state)
{
	char text[16];
	struct json_out out;

	(void)state;
	json_out_init(&out, text, sizeof(text));
	json_out_text(&out, NULL, "much too long for this buffer");
	assert_true(out.full);
}

static void test_setpoint(void **state)
{
	struct setpoint sp = {
		.ts_us = 1767225600000001, .t_sink_out_c = 111.0625, .t_sink_out_expected_c = 91.5, .hp_on = true, .q_sink_kw = 1000,
		.p_elec_kw = 350.25, .cop = NAN, .controlled = CONTROLLED_HEAT, .objective = OBJECTIVE_COST_BREAK_EVEN, .mode = MODE_AUTO, .quality = QUALITY_UNCERTAIN,
		.reason = REASON_BREAK_EVEN, .valid_until_us = 1767225720000001, .cause_us = 1767225599000000, .seq = 7,
	};
	char text[1024];
	struct json_out out;

	(void)state;
	json_out_init(&out, text, sizeof(text));
	payload_setpoint(&out, &sp);
	assert_string_equal(text, "{\"ts\":\"2026-01-01T00:00:00.000001Z\",\"t_sink_out_c\":111.0625,\"t_sink_out_expected_c\":91.5,"
	                          "\"hp_on\":true,\"q_sink_kw\":1000.0,\"p_elec_kw\":350.25,\"cop\":null,\"controlled\":\"heat\",\"technology\":null,\"objective\":\"cost_break_even\","
	                          "\"mode\":\"auto\",\"quality\":\"uncertain\",\"quality_code\":64,\"reason\":\"break_even\","
	                          "\"valid_until\":\"2026-01-01T00:02:00.000001Z\",\"cause_ts\":\"2025-12-31T23:59:59.000000Z\","
	                          "\"cause_us\":1767225599000000,\"seq\":7}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_always_carry_a_point),
		cmocka_unit_test(test_exact_numbers_come_back),
		cmocka_unit_test(test_rounding_is_that_of_the_history),
		cmocka_unit_test(test_strings_are_escaped),
		cmocka_unit_test(test_a_full_buffer_says_so),
		cmocka_unit_test(test_setpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

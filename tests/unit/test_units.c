/* The table of units against literature values, and the strict reading of numbers and quantities. */
#include "check.h"

#include "core/units.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void test_conversions(void **state)
{
	static const struct {
		const char *text;
		enum dimension dimension;
		double internal;
	} rows[] = {
	    {"0.95", DIM_ONE, 0.95},
	    {"0.95 1", DIM_ONE, 0.95},
	    {"20 %", DIM_ONE, 0.2},
	    {"20%", DIM_ONE, 0.2},
	    {"250 degC", DIM_TEMPERATURE, 523.15},
	    {"15degC", DIM_TEMPERATURE, 288.15},
	    {"-40 degC", DIM_TEMPERATURE, 233.15},
	    {"-40 degF", DIM_TEMPERATURE, 233.15},
	    {"32 degF", DIM_TEMPERATURE, 273.15},
	    {"212 degF", DIM_TEMPERATURE, 373.15},
	    {"300 K", DIM_TEMPERATURE, 300},
	    {"0.5 K", DIM_TEMPERATURE_DIFF, 0.5},
	    {"500 W", DIM_POWER, 0.5},
	    {"4800 kW", DIM_POWER, 4800},
	    {"4.8 MW", DIM_POWER, 4800},
	    {"3.6 GJ/h", DIM_POWER, 1000},
	    {"-12.5 EUR/MWh", DIM_ENERGY_PRICE, -12.5},
	    {"0.132 EUR/kWh", DIM_ENERGY_PRICE, 132},
	    {"13.2 ct/kWh", DIM_ENERGY_PRICE, 132},
	    {"10 EUR/GJ", DIM_ENERGY_PRICE, 36},
	    {"80 EUR/t", DIM_MASS_PRICE, 80},
	    {"0.08 EUR/kg", DIM_MASS_PRICE, 80},
	    {"406 g/kWh", DIM_CARBON, 406},
	    {"406 kg/MWh", DIM_CARBON, 406},
	    {"0.406 t/MWh", DIM_CARBON, 406},
	    {"56 kg/GJ", DIM_CARBON, 201.6},
	    {"500 W/K", DIM_HEAT_CAPACITY_RATE, 0.5},
	    {"26.7 kW/K", DIM_HEAT_CAPACITY_RATE, 26.7},
	    {"250 MW/K", DIM_HEAT_CAPACITY_RATE, 250e3},
	    {"5 t/h", DIM_MASS_RATE, 5000},
	    {"2 kg/s", DIM_MASS_RATE, 7200},
	    {"120 kg/h", DIM_MASS_RATE, 120},
	    {"36 m3/h", DIM_VOLUME_RATE, 36},
	    {"6 m3/s", DIM_VOLUME_RATE, 21600},
	    {"10 l/s", DIM_VOLUME_RATE, 36},
	    {"4.19 kJ/(kg K)", DIM_HEAT_CAPACITY, 4.19},
	    {"1006 J/(kg K) ", DIM_HEAT_CAPACITY, 1.006},
	    {"2257 kJ/kg", DIM_SPECIFIC_HEAT, 2257},
	    {"1.293 kg/m3", DIM_DENSITY, 1.293},
	    {"7 us", DIM_TIME, 7},
	    {"250 ms", DIM_TIME, 250e3},
	    {"30 s", DIM_TIME, 30e6},
	    {"2 min", DIM_TIME, 120e6},
	    {"2 h", DIM_TIME, 7200e6},
	    {"90 d", DIM_TIME, 90 * 86400e6},
	    {"10 a", DIM_TIME, 3650 * 86400e6},
	    {"500 EUR/kW", DIM_POWER_PRICE, 500},
	    {"500000 EUR/MW", DIM_POWER_PRICE, 500},
	    {" \t4.8e3\n kW \r\n", DIM_POWER, 4800},
	    {"+5. K", DIM_TEMPERATURE, 5},
	    {".5E+1 K", DIM_TEMPERATURE, 5},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct err e = {""};
		double value = NAN;

		if (!quantity_parse(rows[i].text, rows[i].dimension, &value, NULL, &e))
			fail_msg("%s: %s", rows[i].text, e.text);
		check_near(value, rows[i].internal);
	}
}

static void test_every_unit(void **state)
{
	const struct unit *unit;
	size_t internal[DIM_COUNT] = {0};

	(void)state;
	for (size_t i = 0; (unit = unit_at(i)) != NULL; i++) {
		char text[64];
		const struct unit *found = NULL;
		struct err e = {""};
		double value;

		snprintf(text, sizeof(text), "12.5 %s", unit->name);
		assert_true(quantity_parse(text, unit->dimension, &value, &found, &e));
		assert_ptr_equal(found, unit);
		assert_ptr_equal(unit_find(unit->dimension, unit->name), unit);
		check_near(unit_from_internal(unit, value), 12.5);
		check_near(unit_to_internal(unit, 12.5), value);
		internal[unit->dimension] += unit == unit_internal(unit->dimension);
		if (unit == unit_internal(unit->dimension))
			assert_true(unit->factor == 1 && unit->offset == 0);
		if (unit != unit_find(DIM_TIME, "us"))
			assert_non_null(strstr(dimension_units(unit->dimension), unit->name));
	}
	for (size_t i = 0; i < DIM_COUNT; i++)
		assert_int_equal(internal[i], 1);
}

static void test_quantities_refused(void **state)
{
	static const struct {
		const char *text;
		enum dimension dimension;
		const char *message;
	} rows[] = {
	    {"250", DIM_TEMPERATURE, "250 has no unit; a temperature is written in degC, degF or K"},
	    {" 250 ", DIM_TEMPERATURE, "250 has no unit; a temperature is written in degC, degF or K"},
	    {"4.8 mW", DIM_POWER, "\"mW\" is not a unit known here; a power is written in W, kW, MW or GJ/h"},
	    {"5 degC", DIM_TEMPERATURE_DIFF, "degC is the unit of a temperature; a temperature difference is written in K"},
	    {"5 kW", DIM_TEMPERATURE, "kW is the unit of a power; a temperature is written in degC, degF or K"},
	    {"5 m3/h", DIM_MASS_RATE, "m3/h is the unit of a volume per time; a mass per time is written in kg/h, t/h or kg/s"},
	    {"4.19", DIM_HEAT_CAPACITY, "4.19 has no unit; a heat capacity is written in kJ/(kg K) or J/(kg K)"},
	    {"4.19 kW/K", DIM_HEAT_CAPACITY,
	     "kW/K is the unit of a heat capacity rate; a heat capacity is written in kJ/(kg K) or J/(kg K)"},
	    {"5 kW", DIM_ONE, "kW is the unit of a power; a number is written in 1 or %"},
	    {"12,5 kW", DIM_POWER, "\"12,5 kW\" has a comma; numbers are written as 12.5"},
	    {"1,000.5 kW", DIM_POWER, "\"1,000.5 kW\" has a comma; numbers are written as 12.5"},
	    {"kW", DIM_POWER, "\"kW\" is not a decimal number"},
	    {"", DIM_POWER, "no number is given"},
	    {" \n", DIM_POWER, "no number is given"},
	    {"0x10 kW", DIM_POWER, "\"x10 kW\" is not a unit known here; a power is written in W, kW, MW or GJ/h"},
	    {"nan K", DIM_TEMPERATURE, "\"nan K\" is not a decimal number"},
	    {"1e309 K", DIM_TEMPERATURE, "\"1e309 K\" is too large a number"},
	    {"1e308 MW", DIM_POWER, "\"1e308 MW\" is too large"},
	    {"5 kW of heat that nobody could ever want to have", DIM_POWER,
	     "\"5 kW of heat that nobody could ever want to have\" is not a quantity; a power is written in W, kW, MW or GJ/h"},
	    {"5 kW 6", DIM_POWER, "\"kW 6\" is not a unit known here; a power is written in W, kW, MW or GJ/h"},
	    {"1e K", DIM_TEMPERATURE, "\"e K\" is not a unit known here; a temperature is written in degC, degF or K"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct err e = {""};
		const struct unit *unit = NULL;
		double value = 42;

		assert_false(quantity_parse(rows[i].text, rows[i].dimension, &value, &unit, &e));
		assert_string_equal(e.text, rows[i].message);
		assert_true(value == 42 && !unit);
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
	    {"0", 0},
	    {"-0.5", -0.5},
	    {"+7", 7},
	    {".5", 0.5},
	    {"5.", 5},
	    {"1e3", 1000},
	    {"1E-3", 0.001},
	    {" 12.5\r\n", 12.5},
	    {"007", 7},
	    {"1e-400", 0},
	    {"1.7976931348623157e308", DBL_MAX},
	    {"4.9e-324", 4.9e-324},
	    {"0.1", 0.1},
	};
	static const struct {
		const char *text;
		const char *message;
	} bad[] = {
	    {"", "no number is given"},
	    {"12,5", "\"12,5\" has a comma; numbers are written as 12.5"},
	    {"0x10", "\"0x10\" is not a decimal number"},
	    {"nan", "\"nan\" is not a decimal number"},
	    {"NaN", "\"NaN\" is not a decimal number"},
	    {"inf", "\"inf\" is not a decimal number"},
	    {"-Infinity", "\"-Infinity\" is not a decimal number"},
	    {"1e309", "\"1e309\" is too large a number"},
	    {"-1e309", "\"-1e309\" is too large a number"},
	    {"12.5 kW", "\"12.5 kW\" is not a decimal number"},
	    {"1 2", "\"1 2\" is not a decimal number"},
	    {"1e", "\"1e\" is not a decimal number"},
	    {"1e+", "\"1e+\" is not a decimal number"},
	    {"1.2.3", "\"1.2.3\" is not a decimal number"},
	    {"--1", "\"--1\" is not a decimal number"},
	    {"- 1", "\"- 1\" is not a decimal number"},
	    {".", "\".\" is not a decimal number"},
	    {"e5", "\"e5\" is not a decimal number"},
	    {"true", "\"true\" is not a decimal number"},
	    {"12\x01", "\"12 \" is not a decimal number"},
	    {"\xff", "\"?\" is not a decimal number"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct err e = {""};
		double value = NAN;

		if (!number_parse(rows[i].text, &value, &e))
			fail_msg("%s: %s", rows[i].text, e.text);
		check_double(value, rows[i].value, 0, 0);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct err e = {""};
		double value = 42;

		assert_false(number_parse(bad[i].text, &value, &e));
		assert_string_equal(e.text, bad[i].message);
		assert_true(value == 42);
	}
}

static void test_dimensions(void **state)
{
	(void)state;
	assert_null(unit_find(DIM_TEMPERATURE_DIFF, "degC"));
	assert_null(unit_find(DIM_TEMPERATURE, "kW"));
	assert_null(unit_find(DIM_TEMPERATURE, ""));
	assert_ptr_not_equal(unit_find(DIM_TEMPERATURE, "K"), unit_find(DIM_TEMPERATURE_DIFF, "K"));
	for (size_t i = 0; i < DIM_COUNT; i++) {
		assert_non_null(dimension_text((enum dimension)i));
		assert_non_null(dimension_units((enum dimension)i));
	}
}

/* A message cut off stays one line of valid UTF-8, and a missing place for it is no harm. */
static void test_messages(void **state)
{
	char text[600];
	struct err e;
	double value;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 90; i < 110; i++)
		memcpy(text + i * 2, "\xc3\xa4", 2);
	assert_false(number_parse(text, &value, &e));
	assert_false(number_parse("x", &value, NULL));
	err_set(&e, "a\nb\tc%s", "\xf0\x9f\x92");
	assert_string_equal(e.text, "a b c???");
	memset(text, 'y', 510);
	strcpy(text + 510, "\xc3\xa4");
	err_set(&e, "%s", text);
	assert_int_equal(strlen(e.text), 511);
	assert_int_equal(e.text[510], '?');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_conversions), cmocka_unit_test(test_every_unit), cmocka_unit_test(test_quantities_refused),
	    cmocka_unit_test(test_numbers),     cmocka_unit_test(test_dimensions), cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

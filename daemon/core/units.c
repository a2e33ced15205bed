/* Units and the strict reading of numbers and quantities. strtod is only given what the grammar here let through, so
 * neither hexadecimal nor NaN nor a locale's comma can pass; what overflows is refused. */
#include "units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT_NAME_MAX = 31 };

static const struct {
	const char *text;
	const char *units;
} dimensions[DIM_COUNT] = {
    [DIM_ONE] = {"a number", "1 or %"},
    [DIM_TEMPERATURE] = {"a temperature", "degC, degF or K"},
    [DIM_TEMPERATURE_DIFF] = {"a temperature difference", "K"},
    [DIM_POWER] = {"a power", "W, kW, MW or GJ/h"},
    [DIM_ENERGY_PRICE] = {"an energy price", "EUR/MWh, EUR/kWh, ct/kWh or EUR/GJ"},
    [DIM_MASS_PRICE] = {"a price per mass", "EUR/t or EUR/kg"},
    [DIM_CARBON] = {"a carbon intensity", "g/kWh, kg/MWh, t/MWh or kg/GJ"},
    [DIM_HEAT_CAPACITY_RATE] = {"a heat capacity rate", "W/K, kW/K or MW/K"},
    [DIM_TIME] = {"a duration", "us, ms, s, min, h, d or a"},
    [DIM_POWER_PRICE] = {"a price per power", "EUR/kW or EUR/MW"},
    [DIM_TEMPERATURE_RATE] = {"a rate of temperature", "K/min, K/s or K/h"},
    [DIM_MONEY_RATE] = {"money per time", "EUR/h"},
    [DIM_MASS_RATE] = {"a mass per time", "kg/h, t/h or kg/s"},
    [DIM_VOLUME_RATE] = {"a volume per time", "m3/h, m3/s or l/s"},
    [DIM_HEAT_CAPACITY] = {"a heat capacity", "kJ/(kg K) or J/(kg K)"},
    [DIM_SPECIFIC_HEAT] = {"a heat per mass", "kJ/kg"},
    [DIM_DENSITY] = {"a density", "kg/m3"},
    [DIM_PER_TEMPERATURE] = {"a number per temperature difference", "1/K"},
    [DIM_MASS] = {"a mass", "kg or t"},
};

/* Of each dimension the internal unit comes first. The year is 365 days: it is for keeping data, not for calendars. */
static const struct unit units[] = {
    {"1", DIM_ONE, 1, 0},
    {"%", DIM_ONE, 0.01, 0},
    {"K", DIM_TEMPERATURE, 1, 0},
    {"degC", DIM_TEMPERATURE, 1, 273.15},
    {"degF", DIM_TEMPERATURE, 5.0 / 9.0, 459.67 * 5.0 / 9.0},
    {"K", DIM_TEMPERATURE_DIFF, 1, 0},
    {"kW", DIM_POWER, 1, 0},
    {"W", DIM_POWER, 1e-3, 0},
    {"MW", DIM_POWER, 1e3, 0},
    {"GJ/h", DIM_POWER, 1e6 / 3600, 0},
    {"EUR/MWh", DIM_ENERGY_PRICE, 1, 0},
    {"EUR/kWh", DIM_ENERGY_PRICE, 1e3, 0},
    {"ct/kWh", DIM_ENERGY_PRICE, 10, 0},
    {"EUR/GJ", DIM_ENERGY_PRICE, 3.6, 0},
    {"EUR/t", DIM_MASS_PRICE, 1, 0},
    {"EUR/kg", DIM_MASS_PRICE, 1e3, 0},
    {"kg/MWh", DIM_CARBON, 1, 0},
    {"g/kWh", DIM_CARBON, 1, 0},
    {"t/MWh", DIM_CARBON, 1e3, 0},
    {"kg/GJ", DIM_CARBON, 3.6, 0},
    {"kW/K", DIM_HEAT_CAPACITY_RATE, 1, 0},
    {"W/K", DIM_HEAT_CAPACITY_RATE, 1e-3, 0},
    {"MW/K", DIM_HEAT_CAPACITY_RATE, 1e3, 0},
    {"us", DIM_TIME, 1, 0},
    {"ms", DIM_TIME, 1e3, 0},
    {"s", DIM_TIME, 1e6, 0},
    {"min", DIM_TIME, 60e6, 0},
    {"h", DIM_TIME, 3600e6, 0},
    {"d", DIM_TIME, 86400e6, 0},
    {"a", DIM_TIME, 365 * 86400e6, 0},
    {"EUR/kW", DIM_POWER_PRICE, 1, 0},
    {"EUR/MW", DIM_POWER_PRICE, 1e-3, 0},
    {"K/s", DIM_TEMPERATURE_RATE, 1, 0},
    {"K/min", DIM_TEMPERATURE_RATE, 1.0 / 60, 0},
    {"K/h", DIM_TEMPERATURE_RATE, 1.0 / 3600, 0},
    {"EUR/h", DIM_MONEY_RATE, 1, 0},
    {"kg/h", DIM_MASS_RATE, 1, 0},
    {"t/h", DIM_MASS_RATE, 1e3, 0},
    {"kg/s", DIM_MASS_RATE, 3600, 0},
    {"m3/h", DIM_VOLUME_RATE, 1, 0},
    {"m3/s", DIM_VOLUME_RATE, 3600, 0},
    {"l/s", DIM_VOLUME_RATE, 3.6, 0},
    {"kJ/(kg K)", DIM_HEAT_CAPACITY, 1, 0},
    {"J/(kg K)", DIM_HEAT_CAPACITY, 1e-3, 0},
    {"kJ/kg", DIM_SPECIFIC_HEAT, 1, 0},
    {"kg/m3", DIM_DENSITY, 1, 0},
    {"1/K", DIM_PER_TEMPERATURE, 1, 0},
    {"kg", DIM_MASS, 1, 0},
    {"t", DIM_MASS, 1e3, 0},
};
enum { N_UNITS = sizeof(units) / sizeof(units[0]) };

const char *dimension_text(enum dimension dimension)
{
	return dimensions[dimension].text;
}

const char *dimension_units(enum dimension dimension)
{
	return dimensions[dimension].units;
}

const struct unit *unit_at(size_t i)
{
	return i < N_UNITS ? &units[i] : NULL;
}

const struct unit *unit_find(enum dimension dimension, const char *name)
{
	for (size_t i = 0; i < N_UNITS; i++) {
		if (units[i].dimension == dimension && strcmp(units[i].name, name) == 0)
			return &units[i];
	}
	return NULL;
}

const struct unit *unit_internal(enum dimension dimension)
{
	for (size_t i = 0; i < N_UNITS; i++) {
		if (units[i].dimension == dimension)
			return &units[i];
	}
	return NULL;
}

double unit_to_internal(const struct unit *unit, double value)
{
	return value * unit->factor + unit->offset;
}

double unit_from_internal(const struct unit *unit, double value)
{
	return (value - unit->offset) / unit->factor;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

static const char *skip_digits(const char *s)
{
	while (is_digit(*s))
		s++;
	return s;
}

/* The end of the decimal number that s begins with; s itself where there is none. */
static const char *scan_number(const char *s)
{
	const char *begin = s + (*s == '+' || *s == '-');
	const char *end = skip_digits(begin);
	size_t digits = (size_t)(end - begin);

	if (*end == '.') {
		const char *fraction = end + 1;

		end = skip_digits(fraction);
		digits += (size_t)(end - fraction);
	}
	if (digits == 0)
		return s;
	if (*end == 'e' || *end == 'E') {
		const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');

		if (is_digit(*exponent))
			end = skip_digits(exponent);
	}
	return end;
}

/* What is wrong with a text that begins with no number, or has one followed by rest. */
static void explain(const char *text, const char *number_end, struct err *e)
{
	const char *s = skip_blanks(text);

	if (!*s)
		err_set(e, "no number is given");
	else if (number_end > s && *number_end == ',' && is_digit(number_end[1]))
		err_set(e, "\"%.100s\" has a comma; numbers are written as 12.5", s);
	else
		err_set(e, "\"%.100s\" is not a decimal number", s);
}

/* The number that text begins with, in *value; its end, or NULL with a message. */
static const char *read_number(const char *text, double *value, struct err *e)
{
	const char *s = skip_blanks(text);
	const char *end = scan_number(s);
	double number;

	if (end == s || (*end == ',' && is_digit(end[1]))) {
		explain(text, end, e);
		return NULL;
	}
	number = strtod(s, NULL);
	if (!isfinite(number)) {
		err_set(e, "\"%.100s\" is too large a number", s);
		return NULL;
	}
	*value = number;
	return end;
}

bool number_parse(const char *text, double *value, struct err *e)
{
	double number;
	const char *end = read_number(text, &number, e);

	if (!end)
		return false;
	if (*skip_blanks(end)) {
		explain(text, end, e);
		return false;
	}
	*value = number;
	return true;
}

static const char *foreign_dimension(const char *name)
{
	for (size_t i = 0; i < N_UNITS; i++) {
		if (strcmp(units[i].name, name) == 0)
			return dimensions[units[i].dimension].text;
	}
	return NULL;
}

static void explain_unit(const char *number, int number_len, const char *name, enum dimension dimension, struct err *e)
{
	const char *foreign = foreign_dimension(name);
	const char *what = dimensions[dimension].text;
	const char *in = dimensions[dimension].units;

	if (!*name)
		err_set(e, "%.*s has no unit; %s is written in %s", number_len, number, what, in);
	else if (foreign)
		err_set(e, "%s is the unit of %s; %s is written in %s", name, foreign, what, in);
	else
		err_set(e, "\"%s\" is not a unit known here; %s is written in %s", name, what, in);
}

/* The rest of text without the blanks around it; false where it is longer than any unit. */
static bool read_unit_name(const char *text, char name[UNIT_NAME_MAX + 1])
{
	const char *begin = skip_blanks(text);
	size_t len = strlen(begin);

	while (len > 0 && is_blank(begin[len - 1]))
		len--;
	if (len > UNIT_NAME_MAX)
		return false;
	memcpy(name, begin, len);
	name[len] = '\0';
	return true;
}

bool quantity_parse(const char *text, enum dimension dimension, double *value, const struct unit **unit, struct err *e)
{
	char name[UNIT_NAME_MAX + 1];
	double number;
	const char *begin = skip_blanks(text);
	const char *end = read_number(text, &number, e);
	const struct unit *found;

	if (!end)
		return false;
	if (!read_unit_name(end, name)) {
		err_set(e, "\"%.100s\" is not a quantity; %s is written in %s", begin, dimensions[dimension].text,
		        dimensions[dimension].units);
		return false;
	}
	found = unit_find(dimension, *name || dimension != DIM_ONE ? name : "1");
	if (!found) {
		explain_unit(begin, (int)(end - begin > 60 ? 60 : end - begin), name, dimension, e);
		return false;
	}
	number = unit_to_internal(found, number);
	if (!isfinite(number)) {
		err_set(e, "\"%.100s\" is too large", begin);
		return false;
	}
	*value = number;
	if (unit)
		*unit = found;
	return true;
}

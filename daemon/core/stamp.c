/* RFC 3339 stamps from and to microseconds since 1970, in the proleptic Gregorian calendar, without libc's time zones.
 * Days and dates after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". Formatting clamps to the years
 * 0000-9999; parsing refuses dates that do not exist and anything behind the stamp. */
#include "stamp.h"

#include <stddef.h>

static const int64_t second_us = 1000000;
static const int64_t day_us = 86400 * INT64_C(1000000);
static const int64_t stamp_min_us = INT64_C(-62167219200) * 1000000;          /* 0000-01-01T00:00:00 */
static const int64_t stamp_max_us = INT64_C(253402300800) * 1000000 - 1;      /* 9999-12-31T23:59:59.999999 */

int64_t stamp_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted + (shifted < 10 ? 3 : -9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* Writes width digits and the character behind them. */
static char *put_digits(char *at, int64_t value, int width, char behind)
{
	for (int i = width - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	at[width] = behind;
	return at + width + 1;
}

char *stamp_format(int64_t ts_us, char text[STAMP_SIZE])
{
	int64_t ts = ts_us < stamp_min_us ? stamp_min_us : ts_us > stamp_max_us ? stamp_max_us : ts_us;
	int64_t days = (ts - (ts < 0 ? day_us - 1 : 0)) / day_us;
	int64_t in_day_us = ts - days * day_us;
	int64_t seconds = in_day_us / second_us;
	int64_t year, month, day;
	char *at = text;

	date_from_days(days, &year, &month, &day);
	at = put_digits(at, year, 4, '-');
	at = put_digits(at, month, 2, '-');
	at = put_digits(at, day, 2, 'T');
	at = put_digits(at, seconds / 3600, 2, ':');
	at = put_digits(at, seconds / 60 % 60, 2, ':');
	at = put_digits(at, seconds % 60, 2, '.');
	at = put_digits(at, in_day_us % second_us, 6, 'Z');
	*at = '\0';
	return text;
}

static bool get_digits(const char **at, int width, int64_t *value)
{
	int64_t v = 0;

	for (int i = 0; i < width; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*at += width;
	*value = v;
	return true;
}

static bool get_char(const char **at, const char *any_of)
{
	for (; *any_of; any_of++) {
		if (**at == *any_of) {
			(*at)++;
			return true;
		}
	}
	return false;
}

static bool get_date(const char **at, int64_t *days)
{
	static const int64_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year, month, day;

	if (!get_digits(at, 4, &year) || !get_char(at, "-") || !get_digits(at, 2, &month) || !get_char(at, "-") ||
	    !get_digits(at, 2, &day) || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (day > month_days[month - 1] + (month == 2 && leap))
		return false;
	*days = stamp_days(year, month, day);
	return true;
}

static bool get_fraction(const char **at, int64_t *fraction_us)
{
	int64_t value = 0, digit, place = second_us / 10;
	const char *begin = *at;

	while (get_digits(at, 1, &digit)) {
		value += digit * place;
		place /= 10;
	}
	*fraction_us = value;
	return *at > begin;
}

/* A leap second (60) counts as the first of the next minute. */
static bool get_time(const char **at, int64_t *in_day_us)
{
	int64_t hour, minute, second = 0, fraction_us = 0;

	if (!get_digits(at, 2, &hour) || !get_char(at, ":") || !get_digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (get_char(at, ":")) {
		if (!get_digits(at, 2, &second) || second > 60)
			return false;
		if (get_char(at, ".") && !get_fraction(at, &fraction_us))
			return false;
	}
	*in_day_us = ((hour * 60 + minute) * 60 + second) * second_us + fraction_us;
	return true;
}

static bool get_offset(const char **at, int64_t *offset_us)
{
	int64_t hour, minute;

	if (get_char(at, "Zz")) {
		*offset_us = 0;
		return true;
	}
	bool west = **at == '-';

	if (!get_char(at, "+-") || !get_digits(at, 2, &hour) || !get_char(at, ":") || !get_digits(at, 2, &minute) || hour > 23 ||
	    minute > 59)
		return false;
	*offset_us = (hour * 60 + minute) * 60 * second_us * (west ? -1 : 1);
	return true;
}

bool stamp_parse(const char *text, int64_t *ts_us)
{
	int64_t days, in_day_us, offset_us;

	if (!get_date(&text, &days) || !get_char(&text, "Tt ") || !get_time(&text, &in_day_us) || !get_offset(&text, &offset_us) ||
	    *text != '\0')
		return false;
	*ts_us = days * day_us + in_day_us - offset_us;
	return true;
}

bool stamp_parse_local(const char *text, int64_t *local_us)
{
	int64_t days, in_day_us = 0;

	if (!get_date(&text, &days) || (*text && (!get_char(&text, "Tt ") || !get_time(&text, &in_day_us))) || *text != '\0')
		return false;
	*local_us = days * day_us + in_day_us;
	return true;
}

/* A compiled time zone (RFC 8536, version 2 and later) into a table. The rule at its end ("CET-1CEST,M3.5.0,M10.5.0/3") is
 * written out to the year 2100; where it names days otherwise than as Mm.w.d, the last offset stays. */
#include "zone.h"

#include "stamp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_SIZE = 44, CHANGES_MAX = 4096, LAST_YEAR = 2100 };

struct bytes {
	const unsigned char *at;
	size_t left;
};

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static int64_t big_endian(const unsigned char *at, size_t width)
{
	uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | at[i];
	return (int64_t)value;
}

static const unsigned char *take(struct bytes *in, size_t n)
{
	const unsigned char *at = in->at;

	if (n > in->left)
		return NULL;
	in->at += n;
	in->left -= n;
	return at;
}

static bool take_header(struct bytes *in, struct counts *counts)
{
	const unsigned char *at = take(in, HEADER_SIZE);
	size_t *const into[] = {&counts->isut, &counts->isstd, &counts->leap, &counts->time, &counts->type, &counts->chars};

	if (!at || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
		return false;
	for (size_t i = 0; i < 6; i++) {
		int64_t count = big_endian(at + 20 + 4 * i, 4);

		if (count < 0 || count > CHANGES_MAX)
			return false;
		*into[i] = (size_t)count;
	}
	return true;
}

static size_t body_size(const struct counts *c, size_t width)
{
	return c->time * width + c->time + c->type * 6 + c->chars + c->leap * (width + 4) + c->isstd + c->isut;
}

/* ---- the rule at the end ---------------------------------------------------------------- */

struct rule_day {
	int64_t month, week, weekday, at_s; /* at_s: of the day, on the wall before the change */
};

struct rule {
	int64_t standard_s, summer_s; /* east of UTC */
	struct rule_day begin, end;   /* of summer time */
	bool changes;
};

static bool get_number(const char **at, int64_t most, int64_t *value)
{
	char *end;
	long number;

	if (**at < '0' || **at > '9')
		return false;
	number = strtol(*at, &end, 10);
	*at = end;
	*value = number;
	return number <= most;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool get_clock(const char **at, int64_t most_hours, int64_t *seconds)
{
	int64_t hours, minutes = 0, rest = 0, sign = 1;

	if (**at == '-' || **at == '+')
		sign = *(*at)++ == '-' ? -1 : 1;
	if (!get_number(at, most_hours, &hours))
		return false;
	if (**at == ':' && (++*at, !get_number(at, 59, &minutes)))
		return false;
	if (**at == ':' && (++*at, !get_number(at, 59, &rest)))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60 + rest);
	return true;
}

static bool skip_name(const char **at)
{
	size_t n = **at == '<' ? strcspn(*at, ">") + 1 : strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	if (n < 3 || n > strlen(*at))
		return false;
	*at += n;
	return true;
}

static bool get_day(const char **at, struct rule_day *day)
{
	*day = (struct rule_day){.at_s = 7200};
	if (strncmp(*at, ",M", 2) != 0)
		return false;
	*at += 2;
	if (!get_number(at, 12, &day->month) || day->month < 1 || *(*at)++ != '.' || !get_number(at, 5, &day->week) ||
	    day->week < 1 || *(*at)++ != '.' || !get_number(at, 6, &day->weekday))
		return false;
	return **at != '/' || (++*at, get_clock(at, 167, &day->at_s));
}

/* False: not understood as a whole; what is in force at the end of the table stays then. */
static bool rule_parse(const char *text, struct rule *rule)
{
	int64_t west_s;

	*rule = (struct rule){0};
	if (!skip_name(&text) || !get_clock(&text, 24, &west_s))
		return false;
	rule->standard_s = -west_s;
	if (!*text)
		return true;
	rule->changes = true;
	rule->summer_s = rule->standard_s + 3600;
	if (!skip_name(&text))
		return false;
	if (*text != ',') {
		if (!get_clock(&text, 24, &west_s))
			return false;
		rule->summer_s = -west_s;
	}
	return get_day(&text, &rule->begin) && get_day(&text, &rule->end) && !*text;
}

static int64_t rule_us(const struct rule_day *day, int64_t year, int64_t offset_s)
{
	int64_t first = stamp_days(year, day->month, 1);
	int64_t next = day->month == 12 ? stamp_days(year + 1, 1, 1) : stamp_days(year, day->month + 1, 1);
	int64_t found = first + (day->weekday - (first + 4) % 7 + 7) % 7 + 7 * (day->week - 1);

	if (found >= next)
		found -= 7;
	return (found * 86400 + day->at_s - offset_s) * 1000000;
}

/* ---- the table -------------------------------------------------------------------------- */

struct table {
	int64_t *from_us;
	int32_t *offset_s;
	size_t n, room;
};

static void add(struct table *t, int64_t from_us, int64_t offset_s)
{
	if (t->n == t->room || (t->n > 0 && from_us <= t->from_us[t->n - 1]))
		return;
	t->from_us[t->n++] = from_us;
	t->offset_s[t->n] = (int32_t)offset_s;
}

static void add_rule(struct table *t, const char *text)
{
	struct rule rule;

	if (!rule_parse(text, &rule) || !rule.changes)
		return;
	for (int64_t year = 1970; year < LAST_YEAR; year++) {
		int64_t begin_us = rule_us(&rule.begin, year, rule.standard_s), end_us = rule_us(&rule.end, year, rule.summer_s);
		bool summer_first = begin_us < end_us;

		add(t, summer_first ? begin_us : end_us, summer_first ? rule.summer_s : rule.standard_s);
		add(t, summer_first ? end_us : begin_us, summer_first ? rule.standard_s : rule.summer_s);
	}
}

/* Times in seconds beyond what microseconds hold are those of "since ever". */
static int64_t to_us(int64_t seconds)
{
	const int64_t most = INT64_C(9000000000000);

	return (seconds < -most ? -most : seconds > most ? most : seconds) * 1000000;
}

static bool add_changes(struct table *t, const unsigned char *body, const struct counts *c)
{
	const unsigned char *which = body + c->time * 8, *types = which + c->time;

	t->offset_s[0] = (int32_t)big_endian(types, 4);
	for (size_t i = 0; i < c->time; i++) {
		int64_t offset_s;

		if (which[i] >= c->type)
			return false;
		offset_s = big_endian(types + which[i] * 6, 4);
		if (offset_s < -93600 || offset_s > 93600)
			return false;
		add(t, to_us(big_endian(body + i * 8, 8)), offset_s);
	}
	return t->offset_s[0] >= -93600 && t->offset_s[0] <= 93600;
}

/* The line between the two line feeds at the end; "" where it does not fit. */
static void footer(const struct bytes *in, char text[128])
{
	const unsigned char *end = in->left > 1 && in->at[0] == '\n' ? memchr(in->at + 1, '\n', in->left - 1) : NULL;
	size_t len = end ? (size_t)(end - in->at) - 1 : 0;

	if (len > 127)
		len = 0;
	memcpy(text, in->at + 1, len);
	text[len] = '\0';
}

struct zone *zone_parse(struct arena *arena, const char *name, const void *bytes, size_t len, struct err *e)
{
	struct bytes in = {bytes, len};
	struct counts counts;
	const unsigned char *body = NULL;
	struct table t;
	struct zone *zone;
	char rule[128] = "";

	if (take_header(&in, &counts) && take(&in, body_size(&counts, 4)) && take_header(&in, &counts) && counts.type > 0)
		body = take(&in, body_size(&counts, 8));
	if (body) {
		t = (struct table){.room = counts.time + 2 * (LAST_YEAR - 1970)};
		t.from_us = arena_alloc(arena, t.room * sizeof(*t.from_us));
		t.offset_s = arena_alloc(arena, (t.room + 1) * sizeof(*t.offset_s));
	}
	if (!body || !add_changes(&t, body, &counts)) {
		err_set(e, "the file of time zone %.60s is not a compiled zone of version 2 or later", name);
		return NULL;
	}
	if (in.left > 1)
		footer(&in, rule);
	add_rule(&t, rule);
	zone = arena_alloc(arena, sizeof(*zone));
	*zone =
	    (struct zone){.name = arena_text(arena, name, strlen(name)), .n = t.n, .from_us = t.from_us, .offset_s = t.offset_s};
	return zone;
}

/* JSON text by hand: jansson prints 0.1 as 0.10000000000000001 and 70.0 may become 70; SCADA types a tag by what it
 * sees first, so a floating value always carries its point. */
#include "json_out.h"

#include "stamp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void json_out_init(struct json_out *out, char *text, size_t size)
{
	*out = (struct json_out){.text = text, .size = size};
	if (size > 0)
		text[0] = '\0';
}

static void put(struct json_out *out, const char *text, size_t len)
{
	if (out->len + len >= out->size) {
		out->full = true;
		return;
	}
	memcpy(out->text + out->len, text, len);
	out->len += len;
	out->text[out->len] = '\0';
}

static void put_text(struct json_out *out, const char *text)
{
	put(out, text, strlen(text));
}

/* The next byte that must be escaped, or the end. */
static size_t plain_run(const char *text)
{
	size_t n = 0;

	while ((unsigned char)text[n] >= 0x20 && text[n] != '"' && text[n] != '\\' && text[n] != 0x7f)
		n++;
	return n;
}

static void put_quoted(struct json_out *out, const char *text)
{
	char escape[8];

	put(out, "\"", 1);
	for (;;) {
		size_t n = plain_run(text);

		put(out, text, n);
		text += n;
		if (!*text)
			break;
		if (*text == '"' || *text == '\\')
			snprintf(escape, sizeof(escape), "\\%c", *text);
		else
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)*text);
		put_text(out, escape);
		text++;
	}
	put(out, "\"", 1);
}

static void begin(struct json_out *out, const char *key)
{
	if (out->comma)
		put(out, ",", 1);
	out->comma = true;
	if (key) {
		put_quoted(out, key);
		put(out, ":", 1);
	}
}

static void open_with(struct json_out *out, const char *key, const char *bracket)
{
	begin(out, key);
	put(out, bracket, 1);
	out->comma = false;
}

static void close_with(struct json_out *out, const char *bracket)
{
	put(out, bracket, 1);
	out->comma = true;
}

void json_out_object(struct json_out *out, const char *key)
{
	open_with(out, key, "{");
}

void json_out_object_end(struct json_out *out)
{
	close_with(out, "}");
}

void json_out_array(struct json_out *out, const char *key)
{
	open_with(out, key, "[");
}

void json_out_array_end(struct json_out *out)
{
	close_with(out, "]");
}

static size_t digits(char *end, uint64_t value)
{
	size_t n = 0;

	do {
		*--end = (char)('0' + value % 10);
		value /= 10;
		n++;
	} while (value > 0);
	return n;
}

/* A rounded number of at most six decimals by integer arithmetic, trailing zeros cut to one; |value| < 9e9. */
static size_t format_fixed(char text[40], double value)
{
	int64_t micro = llround(number_round(value) * 1e6);
	uint64_t size = micro < 0 ? -(uint64_t)micro : (uint64_t)micro;
	char whole[24], decimals[] = "000000";
	size_t n = digits(whole + sizeof(whole), size / 1000000), len = 0, last = 5;

	digits(decimals + 6, size % 1000000);
	while (last > 0 && decimals[last] == '0')
		last--;
	if (micro < 0)
		text[len++] = '-';
	memcpy(text + len, whole + sizeof(whole) - n, n);
	len += n;
	text[len++] = '.';
	memcpy(text + len, decimals, last + 1);
	len += last + 1;
	text[len] = '\0';
	return len;
}

size_t number_format(char text[40], double value, bool exact)
{
	size_t len;

	if (!exact && fabs(value) < 9e9)
		return format_fixed(text, value);
	len = (size_t)snprintf(text, 40, "%.17g", value + 0.0); /* turns a negative zero into zero */
	if (!strpbrk(text, ".e")) {
		memcpy(text + len, ".0", 3);
		len += 2;
	}
	return len;
}

void json_out_number(struct json_out *out, const char *key, double value)
{
	char text[40];

	if (!isfinite(value)) {
		json_out_null(out, key);
		return;
	}
	begin(out, key);
	put(out, text, number_format(text, value, out->exact));
}

void json_out_integer(struct json_out *out, const char *key, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)value);

	begin(out, key);
	put(out, text, (size_t)n);
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
	begin(out, key);
	put_text(out, value ? "true" : "false");
}

void json_out_text(struct json_out *out, const char *key, const char *value)
{
	if (!value) {
		json_out_null(out, key);
		return;
	}
	begin(out, key);
	put_quoted(out, value);
}

void json_out_time(struct json_out *out, const char *key, int64_t ts_us)
{
	char text[STAMP_SIZE];

	json_out_text(out, key, ts_us == NO_TIME ? NULL : stamp_format(ts_us, text));
}

void json_out_null(struct json_out *out, const char *key)
{
	begin(out, key);
	put(out, "null", 4);
}

static void write_field(struct json_out *out, const struct field *field, const void *at)
{
	switch (field->type) {
	case FIELD_NUMBER:
		json_out_number(out, field->name, *(const double *)at);
		break;
	case FIELD_TEXT:
		json_out_text(out, field->name, *(const char *const *)at);
		break;
	case FIELD_BOOL:
		json_out_bool(out, field->name, *(const bool *)at);
		break;
	case FIELD_INTEGER:
		if (*(const int64_t *)at == NO_TIME)
			json_out_null(out, field->name);
		else
			json_out_integer(out, field->name, *(const int64_t *)at);
		break;
	case FIELD_TIME:
		json_out_time(out, field->name, *(const int64_t *)at);
		break;
	case FIELD_OBJECTIVE:
		json_out_text(out, field->name, objective_text[*(const enum objective *)at]);
		break;
	case FIELD_MODE:
		json_out_text(out, field->name, mode_text[*(const enum mode *)at]);
		break;
	case FIELD_QUALITY:
		json_out_text(out, field->name, quality_text[*(const enum quality *)at]);
		break;
	case FIELD_QUALITY_CODE:
		json_out_integer(out, field->name, quality_code[*(const enum quality *)at]);
		break;
	case FIELD_REASON:
		json_out_text(out, field->name, reason_text[*(const enum reason *)at]);
		break;
	case FIELD_NAME:
		json_out_text(out, field->name, *(const char *)at ? at : NULL);
		break;
	case FIELD_CONTROLLED:
		json_out_text(out, field->name, controlled_text[*(const enum controlled *)at]);
		break;
	}
}

void json_out_fields(struct json_out *out, const struct field *fields, const void *base)
{
	for (; fields->name; fields++)
		write_field(out, fields, (const char *)base + fields->offset);
}

/* jansson does the JSON: of Debian's parsers the one that refuses NaN, duplicates, trailing bytes and bad UTF-8, and
 * limits nesting. Numbers as text are parsed by number_parse, as strictly. */
#include "decode_internal.h"

#include "record.h"
#include "stamp.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void decoder_init(struct decoder *decoder, const void *bytes, size_t len)
{
	*decoder = (struct decoder){.bytes = bytes, .len = len};
}

void decoder_done(struct decoder *decoder)
{
	json_decref(decoder->root);
	decoder->root = NULL;
}

static json_t *parse(struct decoder *decoder)
{
	json_error_t error;

	if (decoder->parsed)
		return decoder->root;
	decoder->parsed = true;
	decoder->root = json_loadb(decoder->bytes, decoder->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!decoder->root)
		snprintf(decoder->json_error, sizeof(decoder->json_error), "not valid JSON: %.70s", error.text);
	return decoder->root;
}

/* ---- RFC 6901 --------------------------------------------------------------------------- */

/* The next reference token without its escapes; NULL when it is longer than any key we could have. */
static const char *token_next(const char *pointer, char *token, size_t size)
{
	size_t n = 0;

	for (pointer++; *pointer && *pointer != '/'; pointer++) {
		char c = *pointer;

		if (c == '~')
			c = *++pointer == '1' ? '/' : '~';
		if (n + 1 >= size)
			return NULL;
		token[n++] = c;
	}
	token[n] = '\0';
	return pointer;
}

static bool array_index(const char *token, size_t *index)
{
	size_t value = 0, n = strlen(token);

	if (n == 0 || n > 9 || (n > 1 && token[0] == '0') || strspn(token, "0123456789") != n)
		return false;
	for (; *token; token++)
		value = value * 10 + (size_t)(*token - '0');
	*index = value;
	return true;
}

static const json_t *child(const json_t *node, const char *token)
{
	size_t index;

	if (json_is_array(node))
		return array_index(token, &index) ? json_array_get(node, index) : NULL;
	return json_object_get(node, token);
}

const json_t *decode_at(const json_t *node, const char *pointer)
{
	char token[256];

	while (node && *pointer) {
		pointer = token_next(pointer, token, sizeof(token));
		if (!pointer)
			return NULL;
		node = child(node, token);
	}
	return node;
}

const json_t *decode_root(struct decoder *decoder, struct err *e)
{
	json_t *root = parse(decoder);

	if (!root)
		err_set(e, "%s", decoder->json_error);
	return root;
}

static const json_t *find(struct decoder *decoder, const char *pointer, struct err *e)
{
	const json_t *root = decode_root(decoder, e), *node;

	if (!root)
		return NULL;
	node = decode_at(root, pointer);
	if (!node)
		err_set(e, "nothing at pointer %.80s", pointer);
	return node;
}

const char *decode_type_text(const json_t *node)
{
	switch (json_typeof(node)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "unknown";
}

/* ---- values ----------------------------------------------------------------------------- */

static bool switch_number(double number, double *value, struct err *e)
{
	if (number != 0 && number != 1) {
		err_set(e, "%g is neither 0 nor 1", number);
		return false;
	}
	*value = number;
	return true;
}

static bool json_value(const json_t *node, const struct signal_config *signal, double *value, struct err *e)
{
	if (signal->is_switch && json_is_boolean(node)) {
		*value = json_is_true(node) ? 1 : 0;
		return true;
	}
	if (signal->text && json_is_string(node))
		return decode_text(json_string_value(node), json_string_length(node), signal, value, e);
	if (!json_is_number(node)) {
		err_set(e, "%s where a number is expected%s", decode_type_text(node),
		        json_is_string(node) ? " (text: true lets it be one)" : "");
		return false;
	}
	if (signal->is_switch)
		return switch_number(json_number_value(node), value, e);
	*value = json_number_value(node);
	return true;
}

bool decode_text(const char *bytes, size_t len, const struct signal_config *signal, double *value, struct err *e)
{
	char text[64];
	double number;

	if (len >= sizeof(text) || memchr(bytes, '\0', len)) {
		err_set(e, "%zu bytes that are no number", len);
		return false;
	}
	memcpy(text, bytes, len);
	text[len] = '\0';
	if (signal->is_switch && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
		*value = text[0] == 't' ? 1 : 0;
		return true;
	}
	if (!number_parse(text, &number, e))
		return false;
	if (signal->is_switch)
		return switch_number(number, value, e);
	*value = number;
	return true;
}

static bool scaled(double raw, const struct signal_config *signal, double *value, struct err *e)
{
	raw = raw * signal->scale + signal->offset;
	if (!isfinite(raw)) {
		err_set(e, "not a finite number after scale and offset");
		return false;
	}
	*value = raw;
	return true;
}

bool decode_number(const json_t *node, const struct signal_config *signal, double *value, struct err *e)
{
	double raw;

	return json_value(node, signal, &raw, e) && scaled(raw, signal, value, e);
}

/* ---- times ------------------------------------------------------------------------------ */

/* Of an integer without a detour, as a double has no microseconds of a nanosecond count. */
static const struct unix_format {
	int64_t num, den; /* microseconds a unit */
} unix_formats[] = {
    [TIME_UNIX_S] = {1000000, 1},
    [TIME_UNIX_MS] = {1000, 1},
    [TIME_UNIX_US] = {1, 1},
    [TIME_UNIX_NS] = {1, 1000},
};

static bool unix_usable(double number, const struct unix_format *unit)
{
	return fabs(number * (double)unit->num / (double)unit->den) < 2.5e17;
}

static bool unix_time(const json_t *node, const struct unix_format *unit, int64_t *ts_us, struct err *e)
{
	double number = json_number_value(node);

	if (!json_is_number(node) || !unix_usable(number, unit)) {
		err_set(e, "%s that is no usable time", decode_type_text(node));
		return false;
	}
	if (json_is_integer(node))
		*ts_us = json_integer_value(node) / unit->den * unit->num;
	else
		*ts_us = (int64_t)floor(number * (double)unit->num / (double)unit->den);
	return true;
}

static bool rfc3339_time(const char *text, int64_t *ts_us, struct err *e)
{
	if (text && stamp_parse(text, ts_us))
		return true;
	err_set(e, "its time is %s%.40s%s that is no RFC 3339 time", text ? "\"" : "no string", text ? text : "",
	        text ? "\"" : "");
	return false;
}

bool decode_stamp(const json_t *node, enum time_format format, int64_t *ts_us, struct err *e)
{
	if (format == TIME_RFC3339)
		return rfc3339_time(json_string_value(node), ts_us, e);
	return unix_time(node, &unix_formats[format], ts_us, e);
}

bool decode_stamp_text(const char *text, enum time_format format, int64_t *ts_us, struct err *e)
{
	double number;

	if (format == TIME_RFC3339)
		return rfc3339_time(text, ts_us, e);
	if (!number_parse(text, &number, e) || !unix_usable(number, &unix_formats[format])) {
		err_set(e, "\"%.40s\" is no usable time", text);
		return false;
	}
	*ts_us = (int64_t)floor(number * (double)unix_formats[format].num / (double)unix_formats[format].den);
	return true;
}

static bool decode_time(struct decoder *decoder, const struct signal_config *signal, int64_t *ts_us, struct err *e)
{
	const json_t *node;

	*ts_us = NO_TIME;
	if (signal->time_format == TIME_NONE)
		return true;
	node = find(decoder, signal->time_pointer, e);
	return node && decode_stamp(node, signal->time_format, ts_us, e);
}

bool decode_size_ok(const struct decoder *decoder, struct err *e)
{
	if (decoder->len > 0 && decoder->len <= PAYLOAD_MAX)
		return true;
	err_set(e, decoder->len ? "%zu bytes are more than a payload may have" : "empty payload", decoder->len);
	return false;
}

bool decode_signal(struct decoder *decoder, const struct signal_config *signal, double *value, int64_t *ts_us, struct err *e)
{
	double raw = NAN;
	int64_t ts = NO_TIME;

	if (!decode_size_ok(decoder, e))
		return false;
	if (signal->pointer) {
		const json_t *node = find(decoder, signal->pointer, e);

		if (!node || !json_value(node, signal, &raw, e))
			return false;
	} else if (!decode_text(decoder->bytes, decoder->len, signal, &raw, e)) {
		return false;
	}
	if (!scaled(raw, signal, &raw, e) || !decode_time(decoder, signal, &ts, e))
		return false;
	*value = raw;
	*ts_us = ts;
	return true;
}

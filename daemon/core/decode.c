/* jansson does the JSON: of Debian's parsers the one that refuses NaN, duplicates, trailing bytes and bad UTF-8, and
 * limits nesting. Numbers as text are parsed by number_parse, as strictly. */
#include "decode.h"

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

static const json_t *resolve(const json_t *node, const char *pointer)
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

static const json_t *find(struct decoder *decoder, const char *pointer, struct err *e)
{
	json_t *root = parse(decoder);
	const json_t *node;

	if (!root) {
		err_set(e, "%s", decoder->json_error);
		return NULL;
	}
	node = resolve(root, pointer);
	if (!node)
		err_set(e, "nothing at pointer %.80s", pointer);
	return node;
}

static const char *type_text(const json_t *node)
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
	if (!json_is_number(node)) {
		err_set(e, "%s where a number is expected", type_text(node));
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

/* ---- times ------------------------------------------------------------------------------ */

static bool unix_time(const json_t *node, int64_t per_unit_num, int64_t per_unit_den, int64_t *ts_us, struct err *e)
{
	double us = json_number_value(node) * (double)per_unit_num / (double)per_unit_den;

	if (!json_is_number(node) || !(fabs(us) < 2.5e17)) {
		err_set(e, "%s that is no usable time", type_text(node));
		return false;
	}
	if (json_is_integer(node))
		*ts_us = json_integer_value(node) / per_unit_den * per_unit_num;
	else
		*ts_us = (int64_t)floor(us);
	return true;
}

static bool rfc3339_time(const json_t *node, int64_t *ts_us, struct err *e)
{
	if (json_is_string(node) && stamp_parse(json_string_value(node), ts_us))
		return true;
	err_set(e, "its time is %s that is no RFC 3339 time", type_text(node));
	return false;
}

static bool decode_time(struct decoder *decoder, const struct signal_config *signal, int64_t *ts_us, struct err *e)
{
	const json_t *node;

	*ts_us = NO_TIME;
	if (signal->time_format == TIME_NONE)
		return true;
	node = find(decoder, signal->time_pointer, e);
	if (!node)
		return false;
	switch (signal->time_format) {
	case TIME_NONE:
		break;
	case TIME_RFC3339:
		return rfc3339_time(node, ts_us, e);
	case TIME_UNIX_S:
		return unix_time(node, 1000000, 1, ts_us, e);
	case TIME_UNIX_MS:
		return unix_time(node, 1000, 1, ts_us, e);
	case TIME_UNIX_US:
		return unix_time(node, 1, 1, ts_us, e);
	case TIME_UNIX_NS:
		return unix_time(node, 1, 1000, ts_us, e);
	}
	return true;
}

bool decode_signal(struct decoder *decoder, const struct signal_config *signal, double *value, int64_t *ts_us, struct err *e)
{
	double raw = NAN;
	int64_t ts = NO_TIME;

	if (decoder->len == 0 || decoder->len > PAYLOAD_MAX) {
		err_set(e, decoder->len ? "%zu bytes are more than a payload may have" : "empty payload", decoder->len);
		return false;
	}
	if (signal->pointer) {
		const json_t *node = find(decoder, signal->pointer, e);

		if (!node || !json_value(node, signal, &raw, e))
			return false;
	} else if (!decode_text(decoder->bytes, decoder->len, signal, &raw, e)) {
		return false;
	}
	raw = raw * signal->scale + signal->offset;
	if (!isfinite(raw)) {
		err_set(e, "not a finite number after scale and offset");
		return false;
	}
	if (!decode_time(decoder, signal, &ts, e))
		return false;
	*value = raw;
	*ts_us = ts;
	return true;
}

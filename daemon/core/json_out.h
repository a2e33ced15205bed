/* Writes JSON into a buffer of fixed size: numbers never in a locale, never without a decimal point, null where there is
 * none. Cuts nothing: when the buffer is too small, `full` is set and the text must not be used. */
#ifndef CORE_JSON_OUT_H
#define CORE_JSON_OUT_H

#include "record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_out {
	char *text;
	size_t size, len;
	bool full;
	bool exact;   /* 17 significant digits instead of at most NUMBER_DECIMALS decimals */
	bool comma;   /* the next member or element needs one */
};

void json_out_init(struct json_out *out, char *text, size_t size);
/* key NULL: an element of an array, or the outermost value. */
void json_out_object(struct json_out *out, const char *key);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out, const char *key);
void json_out_array_end(struct json_out *out);
void json_out_number(struct json_out *out, const char *key, double value);      /* NaN, Inf: null */
void json_out_integer(struct json_out *out, const char *key, int64_t value);
void json_out_bool(struct json_out *out, const char *key, bool value);
void json_out_text(struct json_out *out, const char *key, const char *value);   /* NULL: null */
void json_out_time(struct json_out *out, const char *key, int64_t ts_us);       /* NO_TIME: null */
void json_out_null(struct json_out *out, const char *key);
/* The members of a struct by its table of fields. */
void json_out_fields(struct json_out *out, const struct field *fields, const void *base);

/* A number as the payloads write it, without a terminator's space counted: returns its length. */
size_t number_format(char text[40], double value, bool exact);

#endif

/* What the decoders share: decode.c (one value), decode_series.c (a forward curve), decode_quality.c (what a payload says of
 * itself). For core/decode*.c alone. */
#ifndef CORE_DECODE_INTERNAL_H
#define CORE_DECODE_INTERNAL_H

#include "decode.h"

struct json_t;

/* False with words where the payload is empty or too large. */
bool decode_size_ok(const struct decoder *decoder, struct err *e);
/* The whole payload as JSON; NULL with words. */
const struct json_t *decode_root(struct decoder *decoder, struct err *e);
/* Where an RFC 6901 pointer leads; NULL: nowhere. */
const struct json_t *decode_at(const struct json_t *node, const char *pointer);
/* "an object", "null" */
const char *decode_type_text(const struct json_t *node);
/* Number (or switch, or number in a string where the signal allows it), with scale and offset. */
bool decode_number(const struct json_t *node, const struct signal_config *signal, double *value, struct err *e);
/* Of every format but local. */
bool decode_stamp(const struct json_t *node, enum time_format format, int64_t *ts_us, struct err *e);
/* "1711065600" of such a format, as keys of an object write it. */
bool decode_stamp_text(const char *text, enum time_format format, int64_t *ts_us, struct err *e);

#endif

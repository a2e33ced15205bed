/* Payload bytes to a number and a time, for one signal. Everything that plants send instead of a number is refused with
 * words: NaN, a decimal comma, junk, the wrong type, JSON that is cut short or too deep. */
#ifndef CORE_DECODE_H
#define CORE_DECODE_H

#include "config.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAYLOAD_MAX = 256 * 1024 };

/* One message; JSON is parsed at most once however many signals read it. */
struct decoder {
	const char *bytes;
	size_t len;
	bool parsed;
	struct json_t *root;      /* NULL: not parsed or not JSON */
	char json_error[96];
};

void decoder_init(struct decoder *decoder, const void *bytes, size_t len);
void decoder_done(struct decoder *decoder);

/* The signal's value in its unit (scale and offset applied) and time (NO_TIME where the arrival counts). */
bool decode_signal(struct decoder *decoder, const struct signal_config *signal, double *value, int64_t *ts_us, struct err *e);
/* A bare number (0, 1, true, false for a switch) filling the text; no scale, no offset. */
bool decode_text(const char *bytes, size_t len, const struct signal_config *signal, double *value, struct err *e);

#endif

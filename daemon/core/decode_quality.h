/* What a payload says of its own quality, by the signal's quality mapping. What it says in no known way is bad. */
#ifndef CORE_DECODE_QUALITY_H
#define CORE_DECODE_QUALITY_H

#include "decode.h"
#include "record.h"

/* Good where the signal does not ask. e gets words where it is not good. */
enum quality decode_quality(struct decoder *decoder, const struct signal_config *signal, struct err *e);

#endif

/* A payload to a forward curve: lists of objects, arrays side by side, objects keyed by time, in any order. All of a payload or
 * nothing: what is not understood is refused with words. A null is a hole, not a zero. */
#ifndef CORE_DECODE_SERIES_H
#define CORE_DECODE_SERIES_H

#include "decode.h"
#include "series.h"

/* The signal has a series. out is empty before; on success it holds at least one interval, to be released by series_done. */
bool decode_series(struct decoder *decoder, const struct signal_config *signal, struct series *out, struct err *e);

#endif

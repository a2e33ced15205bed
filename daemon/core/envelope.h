/* The operating envelope of a heat pump: what its maker lets it do at the source's inlet temperature, and where it must not
 * run at all: a source or an ambient too cold or too hot, too little flow. Pure; who remembers where the heat pump was
 * outside before passes that in. */
#ifndef CORE_ENVELOPE_H
#define CORE_ENVELOPE_H

#include "config.h"

struct loop_inputs;

enum { ENVELOPE_TEXT_MAX = 200 };

/* The limits that the inputs are outside of: a bit each, 0: none. Of those that counted before, a value has to come back by
 * the hysteresis; what cannot be read (NaN) counts as it did before. */
unsigned envelope_outside(const struct loop_config *loop, const struct loop_inputs *inputs, unsigned before);
/* The key of the first of them, as "t_source_min"; NULL: none. */
const char *envelope_limit(unsigned outside);
/* The same with both values: "source.t_in is -12 degC, below heat_pump.envelope.t_source_min, -10 degC". Returns text. */
char *envelope_words(const struct loop_inputs *inputs, unsigned outside, char text[ENVELOPE_TEXT_MAX]);

/* At a source inlet; INFINITY: no limit. Where that is not known (NaN) the least of the table. */
double envelope_capacity_kw(const struct loop_config *loop, double t_source_k);
double envelope_t_max_k(const struct loop_config *loop, double t_source_k);

#endif

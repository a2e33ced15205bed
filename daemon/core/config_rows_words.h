/* What the rows are written with, for the files that hold rows. */
#ifndef CORE_CONFIG_ROWS_WORDS_H
#define CORE_CONFIG_ROWS_WORDS_H

#include "config_rows.h"

#define MS     1e3
#define S      1e6
#define A      (365 * 86400e6)
#define SANE_T .dimension = DIM_TEMPERATURE, .range = {T_SANE_LOW_K, T_SANE_HIGH_K, false}

#define LOOP(member) .offset = offsetof(struct loop_config, member)
#define INPUT(which) .type = ROW_INPUT, .slot = (which), .offset = offsetof(struct loop_config, slot[which])

extern const struct row market_rows[]; /* in struct loop_config */
extern const struct choice doubts[];   /* enum doubt */

#endif

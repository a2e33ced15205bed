/* The lists of scenarios, one file for each part of the daemon; each ends with a NULL name. */
#ifndef TESTS_SCENARIOS_H
#define TESTS_SCENARIOS_H

#include "scenario.h"

extern const struct scenario scenarios_pace[];   /* what the pacing makes of good inputs */
extern const struct scenario scenarios_inputs[]; /* inputs that are bad, late or gone; clocks, restarts, reloads */
extern const struct scenario scenarios_answer[]; /* what the plant answers, tariffs, the paid peak */
extern const struct scenario scenarios_seams[];  /* several of these at once */

#endif

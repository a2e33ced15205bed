/* The technologies that a loop lists, each at its own best point on the loop's inputs: their ranking, the one that is to run,
 * and the frame with its machine. */
#ifndef CORE_TECHNOLOGIES_H
#define CORE_TECHNOLOGIES_H

#include "evaluate.h"

/* Ranks them and gives the frame the machine of the one that counts: the one that runs as long as it fits, else the best. The
 * frame's base is there already. */
enum lorenz_status technologies_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame);
/* The frame with another one; NO_TECHNOLOGY: none that could make heat. */
void technologies_become(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, uint8_t index);
/* NO_TECHNOLOGY: none saves anything. */
uint8_t technologies_best(const struct ranking *ranking, enum merit merit);
/* Its row where it makes power of the source's heat, and that is of use; NULL: not so. */
const struct technology_row *technologies_power(const struct ranking *ranking, enum merit merit, uint8_t technology);
/* The best of those that make heat, if need be one that saves nothing. */
uint8_t technologies_best_heat(const struct ranking *ranking, enum merit merit);
/* Why none fits, in words. */
void technologies_why(const struct ranking *ranking, enum merit merit, struct err *why);
/* Its name, or nothing. */
void technology_write(const struct loop_config *loop, uint8_t index, char name[TECHNOLOGY_NAME_SIZE]);

#endif

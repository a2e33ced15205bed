/* Time zones by their names in the tz database ("Europe/Berlin"), read from the system's compiled files. */
#ifndef IO_ZONE_H
#define IO_ZONE_H

#include "core/zone.h"

/* In the arena; NULL with words: not such a name, no such zone. UTC needs no file. */
const struct zone *zone_load(struct arena *arena, const char *name, struct err *e);

#endif

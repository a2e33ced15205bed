/* From a document's tree to a checked configuration. */
#ifndef CORE_CONFIG_BUILD_H
#define CORE_CONFIG_BUILD_H

#include "config.h"
#include "config_errors.h"
#include "node.h"
#include "zone.h"

/* A time zone by its name, in the arena; NULL with words. */
typedef const struct zone *find_zone(struct arena *arena, const char *name, struct err *e);

/* NULL when anything is wrong; all of it is then in errors. The text is copied; root is marked, not kept. find NULL: no zones
 * but UTC. */
struct config *config_build(struct node *root, const char *text, size_t len, find_zone *find, struct config_errors *errors);

#endif

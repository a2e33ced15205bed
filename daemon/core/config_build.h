/* From a document's tree to a checked configuration. */
#ifndef CORE_CONFIG_BUILD_H
#define CORE_CONFIG_BUILD_H

#include "config.h"
#include "config_errors.h"
#include "node.h"

/* NULL when anything is wrong; all of it is then in errors. The text is copied; root is marked, not kept. */
struct config *config_build(struct node *root, const char *text, size_t len, struct config_errors *errors);

#endif

/* Reads a configuration file: YAML into nodes with line and column (libyaml), nodes into a checked configuration (core). */
#ifndef IO_CONFIG_YAML_H
#define IO_CONFIG_YAML_H

#include "core/config.h"
#include "core/config_errors.h"
#include "core/node.h"

#include <stdio.h>

/* NULL on failure; every error has then been written to errors, one line each: "FILE:LINE:COLUMN: path: what is wrong". */
struct config *config_load(const char *path, FILE *errors);
/* The document's tree, in the arena; NULL with the one error that ended the reading. */
struct node *yaml_read(struct arena *arena, const char *text, size_t len, struct config_errors *errors);

#endif

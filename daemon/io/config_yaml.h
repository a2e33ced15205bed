/* Reads a configuration file: YAML into nodes with line and column (libyaml), nodes into a checked configuration (core). */
#ifndef IO_CONFIG_YAML_H
#define IO_CONFIG_YAML_H

#include "core/config.h"

#include <stdio.h>

/* NULL on failure; every error has then been written to errors, one line each: "FILE:LINE:COLUMN: path: what is wrong". */
struct config *config_load(const char *path, FILE *errors);
/* The reference of all keys: path, type, unit, range, default, help; from the same rows that check. */
void config_print_reference(FILE *out);

#endif

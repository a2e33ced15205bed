/* For the tests of the configuration: texts loaded as files, and what was said about them without the file's name. */
#ifndef TESTS_CONFIG_FILE_H
#define TESTS_CONFIG_FILE_H

#include "core/config.h"
#include "io/config_yaml.h"

#include <stddef.h>

/* Writes the text to a file and loads that. *said (to be freed): the errors, "LINE:COLUMN: path: what" a line. */
struct config *load_text(const char *text, size_t len, char **said);
/* A whole file, to be freed; the test fails where it cannot be read. */
char *file_text(const char *path);

#endif

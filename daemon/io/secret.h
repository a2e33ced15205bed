/* Secrets in files: the broker's password, keys and certificates. */
#ifndef IO_SECRET_H
#define IO_SECRET_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a file that the configuration names lies: a relative name in $CREDENTIALS_DIRECTORY where it is there, else in the
 * folder of config_path. path has PATH_MAX bytes. */
bool secret_path(const char *config_path, const char *name, char *path, struct err *e);
/* The file's content as text without one trailing newline. The message names the file, never its
 * content. */
bool secret_read(const char *config_path, const char *name, char *out, size_t size, struct err *e);

#endif

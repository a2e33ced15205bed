/* A configuration with what it refers to outside: secrets read, files and folders resolved. Immutable; a reload makes another
 * one. */
#ifndef IO_SETTINGS_H
#define IO_SETTINGS_H

#include "core/config.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct settings {
	struct config *config;
	struct mqtt_settings mqtt;      /* paths resolved */
	const char *password;           /* NULL: none */
	char store_path[PATH_MAX];      /* relative: in $STATE_DIRECTORY, else the working directory */
	char password_text[1024], ca[PATH_MAX], cert[PATH_MAX], key[PATH_MAX];
	struct settings *next;          /* for who keeps several */
};

/* NULL on failure; every error has then been written to errors, one line each. */
struct settings *settings_load(const char *config_path, FILE *errors);
void settings_free(struct settings *settings); /* NULL is fine */
/* What may not change while the service runs; NULL: nothing of it differs. */
const char *settings_fixed_difference(const struct settings *a, const struct settings *b);
/* The same broker, in the same way. */
bool settings_same_connection(const struct settings *a, const struct settings *b);

#endif

/* All that is wrong with a configuration, found in one run and told in the order of the file. */
#ifndef CORE_CONFIG_ERRORS_H
#define CORE_CONFIG_ERRORS_H

#include "arena.h"
#include "node.h"

#include <stddef.h>

struct config_error {
	struct place place; /* line 0: the file as a whole */
	size_t order;       /* of arrival */
	const char *text;   /* "loops.dryer1.sink.t_in: what is wrong" */
};

struct config_errors {
	struct config_error *list;
	size_t n, size;
	struct arena *arena; /* of the texts */
};

void config_errors_init(struct config_errors *errors);
void config_errors_done(struct config_errors *errors);
/* path: dotted, "" for the file itself. */
__attribute__((format(printf, 4, 5))) void config_errors_add(struct config_errors *errors, struct place place, const char *path,
                                                             const char *format, ...);
void config_errors_sort(struct config_errors *errors);

#endif

/* A growing list of messages with their places. Each stays one line; none is dropped. */
#include "config_errors.h"

#include "err.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void config_errors_init(struct config_errors *errors)
{
	*errors = (struct config_errors){.arena = arena_new()};
}

void config_errors_done(struct config_errors *errors)
{
	arena_free(errors->arena);
	free(errors->list);
	*errors = (struct config_errors){0};
}

void config_errors_add(struct config_errors *errors, struct place place, const char *path, const char *format, ...)
{
	struct err what, e;
	va_list args;

	va_start(args, format);
	err_vset(&what, format, args);
	va_end(args);
	err_set(&e, "%s%s%s", path, *path ? ": " : "", what.text);
	if (errors->n == errors->size) {
		errors->size = errors->size ? 2 * errors->size : 16;
		errors->list = memory_grow(errors->list, errors->size, sizeof(*errors->list));
	}
	errors->list[errors->n] =
	    (struct config_error){.place = place, .order = errors->n, .text = arena_text(errors->arena, e.text, strlen(e.text))};
	errors->n++;
}

static int by_place(const void *a, const void *b)
{
	const struct config_error *x = a, *y = b;

	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.column != y->place.column)
		return x->place.column < y->place.column ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void config_errors_sort(struct config_errors *errors)
{
	if (errors->n > 1)
		qsort(errors->list, errors->n, sizeof(*errors->list), by_place);
}

/* Command lines by tables: from one row per option come the parser, its checks, its messages and the help text.
 * `--name value` and `--name=value` are the same; abbreviations are refused; every error is reported, one line each. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include "core/config_rows.h"
#include "core/nearest.h"
#include "core/units.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_TEXT,     /* const char *, NULL: not given */
	OPTION_LIST,     /* struct text_list, one entry for each time it is given */
	OPTION_NUMBER,   /* double without a unit, NaN: not given */
	OPTION_QUANTITY, /* double in the internal unit of its dimension, NaN: not given */
	OPTION_SLOT, /* the same for a loop's input, in double[SLOT_INFO_COUNT] at offset; dimension and range are the slot's */
	OPTION_WORD, /* const char *: an argument without dashes, in the order of the rows */
	OPTION_HEADING, /* a line of the help */
};

struct option {
	const char *name;     /* without dashes; NULL ends the table */
	const char *argument; /* for people; NULL: a flag */
	enum option_type type;
	size_t offset;
	const char *help;
	bool required;
	enum slot slot;           /* of OPTION_SLOT */
	enum dimension dimension; /* of OPTION_QUANTITY */
	struct range range;       /* of OPTION_NUMBER and OPTION_QUANTITY; zero: any */
};

struct text_list {
	const char **text;
	size_t n;
};

struct command_spec {
	const char *name;
	const char *synopsis; /* lines after "usage: lorenzctl NAME "; after a blank, more of one */
	const char *about;    /* what it does, for the help */
	const char *notes;    /* below the options; NULL: none */
	const struct option *options;
};

enum options_result { OPTIONS_OK, OPTIONS_HELP, OPTIONS_BAD };

/* Fills the struct that the rows' offsets point into, also where the result is OPTIONS_BAD. OPTIONS_HELP: the help has been
 * printed to out. Texts are borrowed from argv; lists are freed by options_done. */
enum options_result options_parse(const struct command_spec *spec, int argc, char **argv, void *values, FILE *out, FILE *errors);
void options_done(const struct command_spec *spec, void *values);
void options_help(const struct command_spec *spec, FILE *out);

/* "1.4 is outside (0, 1]" where value, written as text in unit, is not in the range. */
bool range_check(struct range range, double value, const char *text, const struct unit *unit, struct err *e);

/* ", did you mean X?" or nothing, into text. */
const char *nearest_hint(const struct nearest *nearest, const char *prefix, char *text, size_t size);

#endif

/* One walk over argv; every row says where its value goes and what it must be. A value that begins with two dashes is
 * taken for the next option, so `--from --to now` reports the value that is missing. */
#include "options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 64, HELP_COLUMN = 30 };

struct parse {
	const struct command_spec *spec;
	char *values;
	FILE *errors;
	bool given[OPTIONS_MAX]; /* by row */
	bool failed;
};

/* ---- words ------------------------------------------------------------------------------ */

bool range_check(struct range range, double value, const char *text, const struct unit *unit, struct err *e)
{
	char words[RANGE_TEXT_MAX];

	if (range_has(range, value))
		return true;
	err_set(e, "%.60s is outside %s", text, range_text(words, range, unit));
	return false;
}

const char *nearest_hint(const struct nearest *nearest, const char *prefix, char *text, size_t size)
{
	if (nearest->best)
		snprintf(text, size, ", did you mean %s%s?", prefix, nearest->best);
	else
		text[0] = '\0';
	return text;
}

/* ---- one value -------------------------------------------------------------------------- */

static bool is_any(struct range range)
{
	return !(range.low < range.high);
}

static bool parse_number(const char *text, const struct option *row, double *value, struct err *e)
{
	double number;

	if (!number_parse(text, &number, e))
		return false;
	if (!is_any(row->range) && !range_check(row->range, number, text, unit_internal(DIM_ONE), e))
		return false;
	*value = number;
	return true;
}

static bool parse_quantity(const char *text, enum dimension dimension, struct range range, double *value, struct err *e)
{
	const struct unit *unit;
	double quantity;

	if (!quantity_parse(text, dimension, &quantity, &unit, e))
		return false;
	if (!is_any(range) && !range_check(range, quantity, text, unit, e))
		return false;
	*value = quantity;
	return true;
}

static bool list_append(struct text_list *list, const char *text, struct err *e)
{
	const char **grown = realloc(list->text, (list->n + 1) * sizeof(*grown));

	if (!grown) {
		err_set(e, "out of memory");
		return false;
	}
	list->text = grown;
	list->text[list->n++] = text;
	return true;
}

static bool store_value(const struct option *row, void *at, const char *text, struct err *e)
{
	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_TEXT:
	case OPTION_WORD:
		*(const char **)at = text;
		return true;
	case OPTION_LIST:
		return list_append(at, text, e);
	case OPTION_NUMBER:
		return parse_number(text, row, at, e);
	case OPTION_QUANTITY:
		return parse_quantity(text, row->dimension, row->range, at, e);
	case OPTION_SLOT:
		return parse_quantity(text, slot_info[row->slot].dimension, slot_range(row->slot), (double *)at + row->slot, e);
	case OPTION_HEADING:
		break;
	}
	return false;
}

static const char *dashes(const struct option *row)
{
	return row->type == OPTION_WORD ? "" : "--";
}

/* Given again, the last one counts. */
static void take(struct parse *p, const struct option *row, const char *text)
{
	size_t i = (size_t)(row - p->spec->options);
	struct err e;

	if (!store_value(row, p->values + row->offset, text, &e)) {
		fprintf(p->errors, "%s%s: %s\n", dashes(row), row->name, e.text);
		p->failed = true;
	}
	p->given[i] = true;
}

/* ---- the walk --------------------------------------------------------------------------- */

static bool is_dashed(const struct option *row)
{
	return row->type != OPTION_WORD && row->type != OPTION_HEADING;
}

static const struct option *find_row(const struct command_spec *spec, const char *name, size_t len)
{
	for (const struct option *row = spec->options; row->name; row++)
		if (is_dashed(row) && strlen(row->name) == len && memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

static void unknown_option(struct parse *p, const char *name, size_t len)
{
	struct nearest nearest;
	char wanted[96], hint[160];

	snprintf(wanted, sizeof(wanted), "%.*s", (int)len, name);
	nearest_init(&nearest, wanted);
	nearest_try(&nearest, "help");
	for (const struct option *row = p->spec->options; row->name; row++)
		if (is_dashed(row))
			nearest_try(&nearest, row->name);
	fprintf(p->errors, "--%s: unknown option%s\n", wanted, nearest_hint(&nearest, "--", hint, sizeof(hint)));
	p->failed = true;
}

/* Takes the option at argv[i]; returns how many arguments it filled. */
static int take_option(struct parse *p, char **argv, int argc, int i)
{
	const char *name = argv[i] + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct option *row = find_row(p->spec, name, len);

	if (!row) {
		unknown_option(p, name, len);
		return !value && i + 1 < argc && argv[i + 1][0] != '-' ? 2 : 1;
	}
	if (row->type == OPTION_FLAG && !value) {
		take(p, row, NULL);
		return 1;
	}
	if (row->type != OPTION_FLAG && value) {
		take(p, row, value);
		return 1;
	}
	if (row->type == OPTION_FLAG || i + 1 >= argc || strncmp(argv[i + 1], "--", 2) == 0) {
		fprintf(p->errors, row->type == OPTION_FLAG ? "--%s: takes no value\n" : "--%s: its value is missing\n",
		        row->name);
		p->failed = true;
		p->given[row - p->spec->options] = true;
		return 1;
	}
	take(p, row, argv[i + 1]);
	return 2;
}

static void take_word(struct parse *p, const char *text)
{
	for (const struct option *row = p->spec->options; row->name; row++) {
		if (row->type != OPTION_WORD || p->given[row - p->spec->options])
			continue;
		take(p, row, text);
		return;
	}
	fprintf(p->errors, "%s: unexpected argument\n", text);
	p->failed = true;
}

static void slots_init(double slot[SLOT_INFO_COUNT])
{
	for (size_t i = 0; i < SLOT_INFO_COUNT; i++)
		slot[i] = NAN;
}

static void values_init(const struct command_spec *spec, char *values)
{
	for (const struct option *row = spec->options; row->name; row++) {
		if (row->type == OPTION_NUMBER || row->type == OPTION_QUANTITY)
			*(double *)(values + row->offset) = NAN;
		else if (row->type == OPTION_SLOT)
			slots_init((double *)(values + row->offset));
	}
}

static void check_required(struct parse *p)
{
	for (const struct option *row = p->spec->options; row->name; row++) {
		if (!row->required || p->given[row - p->spec->options])
			continue;
		fprintf(p->errors, "%s%s: is missing\n", dashes(row), row->name);
		p->failed = true;
	}
}

enum options_result options_parse(const struct command_spec *spec, int argc, char **argv, void *values, FILE *out, FILE *errors)
{
	struct parse p = {.spec = spec, .values = values, .errors = errors};
	bool only_words = false;

	values_init(spec, values);
	for (int i = 1; i < argc;) {
		if (!only_words && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
			options_help(spec, out);
			return OPTIONS_HELP;
		}
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			i++;
		} else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
			i += take_option(&p, argv, argc, i);
		} else {
			take_word(&p, argv[i++]);
		}
	}
	check_required(&p);
	return p.failed ? OPTIONS_BAD : OPTIONS_OK;
}

void options_done(const struct command_spec *spec, void *values)
{
	for (const struct option *row = spec->options; row->name; row++) {
		struct text_list *list = (struct text_list *)((char *)values + row->offset);

		if (row->type != OPTION_LIST)
			continue;
		free(list->text);
		*list = (struct text_list){0};
	}
}

/* ---- help ------------------------------------------------------------------------------- */

static void help_row(const struct option *row, FILE *out)
{
	int n = fprintf(out, "  %s%s%s%s", dashes(row), row->name, row->argument ? " " : "", row->argument ? row->argument : "");

	if (n < HELP_COLUMN)
		fprintf(out, "%*s%s\n", HELP_COLUMN - n, "", row->help);
	else
		fprintf(out, "\n%*s%s\n", HELP_COLUMN, "", row->help);
}

/* A line that begins with a blank goes on with the one before. */
static void help_usage(const struct command_spec *spec, FILE *out)
{
	const char *lead = "usage:";

	for (const char *line = spec->synopsis; *line;) {
		size_t len = strcspn(line, "\n");

		if (*line == ' ')
			fprintf(out, "         %.*s\n", (int)len, line);
		else
			fprintf(out, "%-6s lorenzctl %s %.*s\n", lead, spec->name, (int)len, line);
		lead = "";
		line += len + (line[len] == '\n');
	}
}

void options_help(const struct command_spec *spec, FILE *out)
{
	help_usage(spec, out);
	fprintf(out, "\n%s\n", spec->about);
	if (spec->options->type != OPTION_HEADING)
		fputc('\n', out);
	for (const struct option *row = spec->options; row->name; row++) {
		if (row->type == OPTION_HEADING)
			fprintf(out, "\n%s:\n", row->name);
		else
			help_row(row, out);
	}
	help_row(&(struct option){.name = "help", .type = OPTION_FLAG, .help = "this text"}, out);
	if (spec->notes)
		fprintf(out, "\n%s\n", spec->notes);
}

/* `lorenzctl alarms`: what each alarm means and what to do, from the table that the service raises them by. */
#include "command.h"
#include "core/alarm.h"
#include "options.h"
#include "table.h"

#include <string.h>

struct alarms_values {
	bool json, csv;
	const char *code;
};

#define AT(member) offsetof(struct alarms_values, member)
static const struct option options[] = {
    {.name = "CODE", .type = OPTION_WORD, .offset = AT(code), .help = "this one alone; default: all"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "an array with one object per alarm"},
    {.name = "csv", .type = OPTION_FLAG, .offset = AT(csv), .help = "a row per alarm"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "alarms",
    .synopsis = "[CODE]",
    .about = "Tells what each alarm means, what causes it and what to do. What is wrong now is in the topic <prefix>/alarms.",
    .options = options,
};

static const struct column columns[] = {
    {.name = "code", .type = CELL_TEXT}, {.name = "of", .type = CELL_TEXT},    {.name = "priority", .type = CELL_TEXT},
    {.name = "text", .type = CELL_TEXT}, {.name = "cause", .type = CELL_TEXT}, {.name = "remedy", .type = CELL_TEXT},
};
enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const char *of(enum alarm_code code)
{
	return code < ALARM_LOOP_CODES ? "loop" : "site";
}

/* A paragraph each: sentences do not fit into columns. */
static void tell(enum alarm_code code)
{
	const struct alarm_info *info = &alarm_info[code];

	printf("%s (%s, %s priority): %s\n  cause   %s\n  remedy  %s\n", info->code, of(code),
	       alarm_priority_text[info->priority], info->text, info->cause, info->remedy);
}

static void write_all(const char *wanted, enum format format)
{
	struct table_options table_options = {.format = format};
	struct table *table = format == FORMAT_PEOPLE ? NULL : table_new(stdout, &table_options, columns, N_COLUMNS);

	for (enum alarm_code code = 0; code < ALARM_CODES; code++) {
		const struct alarm_info *info = &alarm_info[code];

		if (wanted && strcmp(wanted, info->code) != 0)
			continue;
		if (table)
			table_row(table, (const struct cell[N_COLUMNS]){cell_text(info->code), cell_text(of(code)),
			                                                cell_text(alarm_priority_text[info->priority]),
			                                                cell_text(info->text), cell_text(info->cause), cell_text(info->remedy)});
		else
			tell(code);
	}
	table_done(table);
}

static bool is_code(const char *wanted)
{
	struct nearest nearest;
	char hint[64];

	nearest_init(&nearest, wanted);
	for (enum alarm_code code = 0; code < ALARM_CODES; code++) {
		if (strcmp(alarm_info[code].code, wanted) == 0)
			return true;
		nearest_try(&nearest, alarm_info[code].code);
	}
	fprintf(stderr, "%s: there is no such alarm%s\n", wanted, nearest_hint(&nearest, "", hint, sizeof(hint)));
	return false;
}

static int alarms(const struct alarms_values *values)
{
	enum format format;

	if (!format_choose(values->json, values->csv, &format) || (values->code && !is_code(values->code)))
		return EXIT_WRONG_USAGE;
	write_all(values->code, format);
	return output_flush(stdout) ? EXIT_DONE : EXIT_FAILED;
}

int command_alarms(int argc, char **argv)
{
	struct alarms_values values = {0};

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		return alarms(&values);
	case OPTIONS_HELP:
		return EXIT_DONE;
	case OPTIONS_BAD:
		break;
	}
	return EXIT_WRONG_USAGE;
}

/* Prints the reference of all keys for people, from the rows that check them. */
#include "config_rows.h"

#include <string.h>

static const char *const type_text[ROW_TYPE_COUNT] = {
    [ROW_MAP] = "a mapping",
    [ROW_LOOPS] = "a mapping of loops by name",
    [ROW_CURVE] = "a list",
    [ROW_TEXT] = "a text",
    [ROW_NAME] = "a name",
    [ROW_TOPIC] = "a topic",
    [ROW_POINTER] = "a JSON pointer",
    [ROW_CHOICE] = "one of",
    [ROW_NUMBER] = "a number",
    [ROW_QUANTITY] = "",
    [ROW_DURATION] = "",
    [ROW_SECONDS] = "",
    [ROW_URL] = "a URL",
    [ROW_INPUT] = "",
    [ROW_UNIT] = "a unit",
    [ROW_VALID] = "[low, high]",
    [ROW_ON_BAD] = "stop, hold or a quantity",
    [ROW_SENTINELS] = "a list of numbers",
    [ROW_DIFFERENCE] = "a difference of two of its values, with unit",
    [ROW_MEMBERS] = "a list of signals",
    [ROW_SERIES] = "a mapping",
    [ROW_MEMBER] = "a name or a JSON pointer",
    [ROW_ZONE] = "a time zone",
    [ROW_WORDS] = "a list",
    [ROW_CLOCK] = "a time of the day",
    [ROW_DAYS] = "days of the week",
    [ROW_COUNT] = "a whole number in ",
    [ROW_DEADBAND] = "a share (%) or ",
    [ROW_THRESHOLD] = "money per time (EUR/h), a mass per time (kg/h, t/h or kg/s) or a share of the reference (%)",
    [ROW_MACHINES_INPUT] = "",
    [ROW_EFFICIENCY] = "",
    [ROW_UNITS] = "a list",
    [ROW_UTILITIES] = "a list",
    [ROW_TECHNOLOGIES] = "a list of names or mappings",
    [ROW_PART_LOAD] = "a list of [share, factor]",
    [ROW_COEFFICIENTS] = "a list of lists of numbers",
    [ROW_AXIS] = "a list of ",
    [ROW_SOURCE_TABLE] = "a list of [temperature, value], each value ",
    [ROW_ETA] = "a list of lists of numbers",
    [ROW_FLOW_INPUT] = "",
    [ROW_MEDIUM] = "one of",
};

static bool is_input(const struct row *row)
{
	return row->type == ROW_INPUT || row->type == ROW_MACHINES_INPUT || row->type == ROW_FLOW_INPUT ||
	       row->type == ROW_EFFICIENCY;
}

/* Ranges of temperatures are told in degC, all others in the internal unit. */
static const struct unit *unit_for_people(enum dimension dimension)
{
	return dimension == DIM_TEMPERATURE ? unit_find(DIM_TEMPERATURE, "degC") : unit_internal(dimension);
}

static void print_quantity(FILE *out, enum dimension dimension, struct range range)
{
	char text[RANGE_TEXT_MAX];

	fprintf(out, "%s", dimension_text(dimension));
	if (dimension != DIM_ONE)
		fprintf(out, " (%s)", dimension_units(dimension));
	fprintf(out, " in %s", range_text(text, range, unit_for_people(dimension)));
}

static void print_type(FILE *out, const struct row *row)
{
	char text[RANGE_TEXT_MAX];

	fputs(type_text[row->type], out);
	if (is_input(row) && slot_info[row->slot].is_switch)
		fputs("true or false, or a signal", out);
	else if (is_input(row))
		print_quantity(out, slot_info[row->slot].dimension, slot_range(row->slot));
	else if (row->type == ROW_QUANTITY || row->type == ROW_DURATION || row->type == ROW_SECONDS || row->type == ROW_DEADBAND ||
	         row->type == ROW_AXIS || row->type == ROW_SOURCE_TABLE)
		print_quantity(out, row->dimension, row->range);
	else if (row->type == ROW_COUNT)
		fputs(range_text(text, row->range, unit_internal(DIM_ONE)), out);
	if (is_input(row) && !slot_info[row->slot].is_switch)
		fputs(row->type == ROW_EFFICIENCY ? ", or a signal, or a mapping" : row->children ? ", or a signal, or a list" : ", or a signal", out);
	for (const struct choice *choice = row->choices; choice && choice->text; choice++)
		fprintf(out, "%s%s", choice == row->choices ? " " : ", ", choice->text);
}

static void print_row(FILE *out, const struct row *row, const char *path)
{
	fprintf(out, "%s\n\t", path);
	print_type(out, row);
	if (row->required)
		fputs("; required", out);
	else if (row->fallback || row->derived)
		fprintf(out, "; default: %s", row->fallback ? row->fallback : row->derived);
	if (row->like)
		fprintf(out, "; keys as under %s", row->like);
	fprintf(out, "\n\t%s\n", row->help);
}

static const char *below(enum row_type type)
{
	return type == ROW_LOOPS ? ".<loop>." : type == ROW_CURVE || type == ROW_INPUT || type == ROW_UNITS || type == ROW_UTILITIES || type == ROW_TECHNOLOGIES ? ".<n>." : ".";
}

static void print_rows(FILE *out, const struct row *rows, const char *above)
{
	char path[128];

	for (const struct row *row = rows; row->key; row++) {
		snprintf(path, sizeof(path), "%s%s", above, row->key);
		print_row(out, row, path);
		if (!row->children || row->like)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", above, row->key, below(row->type));
		print_rows(out, row->children, path);
	}
}

void config_print_reference(FILE *out)
{
	print_rows(out, config_rows, "");
	fputs("\nA signal is a mapping of these keys in the place of the quantity:\n\n", out);
	print_rows(out, signal_rows, "");
	fputs("\nRedundant sensors are a mapping of these keys in the place of a signal:\n\n", out);
	print_rows(out, vote_rows, "");
	fputs("\nAn efficiency of temperatures is a mapping of model and the keys of that model in the place of the number:\n", out);
	for (const struct choice *model = models; model->text; model++) {
		fprintf(out, "\nmodel: %s\n\n", model->text);
		print_rows(out, model_rows[model->value], "");
	}
}

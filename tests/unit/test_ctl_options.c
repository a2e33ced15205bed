/* Command lines: every type of option, both ways to write it, and every error with its line. */
#include "check.h"
#include "ctl/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct values {
	bool flag;
	const char *text, *word;
	struct text_list list;
	double number, quantity;
	double slot[SLOT_INFO_COUNT];
};

#define AT(member) offsetof(struct values, member)
static const struct option options[] = {
    {.name = "things", .type = OPTION_HEADING},
    {.name = "flag", .type = OPTION_FLAG, .offset = AT(flag), .help = "a flag"},
    {.name = "text", .argument = "T", .type = OPTION_TEXT, .offset = AT(text), .help = "a text"},
    {.name = "list", .argument = "T", .type = OPTION_LIST, .offset = AT(list), .help = "a list"},
    {.name = "number", .argument = "N", .type = OPTION_NUMBER, .offset = AT(number), .range = {0, 10, true}, .help = "a number"},
    {.name = "quantity",
     .argument = "Q",
     .type = OPTION_QUANTITY,
     .offset = AT(quantity),
     .dimension = DIM_POWER,
     .help = "a power"},
    {.name = "eta", .argument = "E", .type = OPTION_SLOT, .offset = AT(slot), .slot = SLOT_ETA, .help = "an efficiency"},
    {.name = "target",
     .argument = "T",
     .type = OPTION_SLOT,
     .offset = AT(slot),
     .slot = SLOT_SINK_T_TARGET,
     .help = "a temperature"},
    {.name = "WORD", .type = OPTION_WORD, .offset = AT(word), .required = true, .help = "a word"},
    {.name = NULL},
};
static const struct command_spec spec = {.name = "test", .synopsis = "WORD", .about = "A test.", .options = options};

/* Parses a line of words; what went to standard error is in errors. */
static enum options_result parse(const char *line, struct values *values, char errors[2048])
{
	static char words[512];
	char *argv[64] = {"test"}, *save = NULL;
	int argc = 1;
	FILE *out = fopen("/dev/null", "w"), *err = fmemopen(errors, 2048, "w");
	enum options_result result;

	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	memset(values, 0, sizeof(*values));
	errors[0] = '\0';
	result = options_parse(&spec, argc, argv, values, out, err);
	fclose(out);
	fclose(err);
	return result;
}

static void test_values(void **state)
{
	struct values v;
	char errors[2048];

	(void)state;
	assert_int_equal(parse("w", &v, errors), OPTIONS_OK);
	assert_string_equal(v.word, "w");
	assert_false(v.flag);
	assert_null(v.text);
	assert_true(isnan(v.number) && isnan(v.quantity) && isnan(v.slot[SLOT_ETA]) && isnan(v.slot[SLOT_AVAILABLE]));

	assert_int_equal(
	    parse("--flag --text=a=b --list x w --list=y --number 2.5 --quantity -3MW --eta 55% --target=230degC", &v, errors),
	    OPTIONS_OK);
	assert_true(v.flag);
	assert_string_equal(v.text, "a=b");
	assert_int_equal(v.list.n, 2);
	assert_string_equal(v.list.text[0], "x");
	assert_string_equal(v.list.text[1], "y");
	check_near(v.number, 2.5);
	check_near(v.quantity, -3000);
	check_near(v.slot[SLOT_ETA], 0.55);
	check_near(v.slot[SLOT_SINK_T_TARGET], 503.15);
	options_done(&spec, &v);
	assert_int_equal(v.list.n, 0);

	assert_int_equal(parse("-- --flag", &v, errors), OPTIONS_OK);
	assert_string_equal(v.word, "--flag");
	assert_int_equal(parse("--nonsense --help", &v, errors), OPTIONS_HELP);
	assert_int_equal(parse("--text -24h w", &v, errors), OPTIONS_OK);
	assert_string_equal(v.text, "-24h");
}

static void test_errors(void **state)
{
	static const struct {
		const char *line, *errors;
	} cases[] = {
	    {"", "WORD: is missing\n"},
	    {"a b", "b: unexpected argument\n"},
	    {"w --flg", "--flg: unknown option, did you mean --flag?\n"},
	    {"w --zzzzzz 1", "--zzzzzz: unknown option\n"},
	    {"w --flag=1", "--flag: takes no value\n"},
	    {"w --text", "--text: its value is missing\n"},
	    {"w --text --flag", "--text: its value is missing\n"},
	    {"w --number 0", "--number: 0 is outside (0, 10]\n"},
	    {"w --number 5kW", "--number: \"5kW\" is not a decimal number\n"},
	    {"w --eta 1.4", "--eta: 1.4 is outside (0, 1]\n"},
	    {"w --eta 0", "--eta: 0 is outside (0, 1]\n"},
	    {"w --quantity 5", "--quantity: 5 has no unit; a power is written in W, kW, MW or GJ/h\n"},
	    {"--eta 2 --number x --flog", "--eta: 2 is outside (0, 1]\n--number: \"x\" is not a decimal number\n"
	                                  "--flog: unknown option, did you mean --flag?\nWORD: is missing\n"},
	};
	struct values v;
	char errors[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].line, &v, errors), OPTIONS_BAD);
		assert_string_equal(errors, cases[i].errors);
		options_done(&spec, &v);
	}
}

static void test_help(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	options_help(&spec, out);
	fclose(out);
	for (const struct option *row = options; row->name; row++)
		assert_non_null(strstr(text, row->help ? row->help : row->name));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

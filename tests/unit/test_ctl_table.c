/* Tables: the three formats of the same cells, nulls, quoting, widths, and rows beyond those that the widths are found from. */
#include "check.h"
#include "ctl/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"name", CELL_TEXT, "name", NULL, 0, 0},
    {"hidden", CELL_INTEGER, NULL, NULL, 0, 0},
    {"power_kw", CELL_NUMBER, "power", "MW", 2, 1e-3},
    {NULL, CELL_TEXT, "note", NULL, 0, 0},
    {"on", CELL_BOOL, "on", NULL, 0, 0},
    {"ts", CELL_TIME, "ts", NULL, 0, 0},
};
enum { N = sizeof(columns) / sizeof(columns[0]) };

static void put(struct table *table, const char *name, double power_kw)
{
	const struct cell cells[N] = {
	    {.present = name != NULL, .text = name}, {.present = true, .integer = 7},
	    {.present = true, .number = power_kw},   {.present = true, .text = "x"},
	    {.present = true, .flag = power_kw > 0}, {.present = power_kw > 0, .ts_us = 1500000},
	};

	table_row(table, cells);
}

static void check_output(struct table_options options, int rows, const char *want)
{
	static const struct {
		const char *name;
		double power_kw;
	} row[] = {{"a,\"b\"", 1234.5678}, {"\xc3\xa4\x1b[1m", -0.0001}, {NULL, NAN}};
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct table *table = table_new(out, &options, columns, N);

	for (int i = 0; i < rows; i++)
		put(table, row[i].name, row[i].power_kw);
	table_done(table);
	assert_true(output_flush(out));
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void test_csv(void **state)
{
	(void)state;
	check_output((struct table_options){.format = FORMAT_CSV}, 3,
	             "name,hidden,power_kw,on,ts\n"
	             "\"a,\"\"b\"\"\",7,1234.5678,true,1970-01-01T00:00:01.500000Z\n"
	             "\xc3\xa4\x1b[1m,7,-0.0001,false,\n"
	             ",7,,false,\n");
	check_output((struct table_options){.format = FORMAT_CSV}, 0, "name,hidden,power_kw,on,ts\n");
	check_output((struct table_options){.format = FORMAT_CSV, .exact = true}, 1,
	             "name,hidden,power_kw,on,ts\n\"a,\"\"b\"\"\",7,1234.5678,true,1970-01-01T00:00:01.500000Z\n");
}

static void test_json(void **state)
{
	(void)state;
	check_output(
	    (struct table_options){.format = FORMAT_JSON}, 3,
	    "[\n "
	    "{\"name\":\"a,\\\"b\\\"\",\"hidden\":7,\"power_kw\":1234.5678,\"on\":true,\"ts\":\"1970-01-01T00:00:01.500000Z\"},\n"
	    " {\"name\":\"\xc3\xa4\\u001b[1m\",\"hidden\":7,\"power_kw\":-0.0001,\"on\":false,\"ts\":null},\n"
	    " {\"name\":null,\"hidden\":7,\"power_kw\":null,\"on\":false,\"ts\":null}\n]\n");
	check_output((struct table_options){.format = FORMAT_JSON}, 0, "[]\n");
}

static void test_people(void **state)
{
	(void)state;
	check_output((struct table_options){.format = FORMAT_PEOPLE}, 3,
	             "name   power  note  on   ts\n"
	             "          MW\n"
	             "a,\"b\"   1.23  x     yes  1970-01-01T00:00:01.500000Z\n"
	             "\xc3\xa4?[1m   0.00  x     no   -\n"
	             "-          -  x     no   -\n");
	check_output((struct table_options){.format = FORMAT_PEOPLE}, 0, "name  power  note  on  ts\n         MW\n");
	check_output((struct table_options){.format = FORMAT_PEOPLE, .flip = true}, 2,
	             "name                             a,\"b\"  \xc3\xa4?[1m\n"
	             "power  MW                         1.23   0.00\n"
	             "note                                 x      x\n"
	             "on                                 yes     no\n"
	             "ts         1970-01-01T00:00:01.500000Z      -\n");
}

static void test_many_rows(void **state)
{
	char *text;
	size_t len, lines = 0;
	FILE *out = open_memstream(&text, &len);
	struct table_options options = {.format = FORMAT_PEOPLE};
	struct table *table = table_new(out, &options, columns, N);

	(void)state;
	for (int i = 0; i < 1000; i++)
		put(table, i < 900 ? "short" : "much longer than all before", i);
	table_done(table);
	fclose(out);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 1002);
	free(text);
}

/* A text larger than the first buffer comes out whole. */
static void test_long_text(void **state)
{
	char *name = malloc(100001), *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct table_options options = {.format = FORMAT_JSON};
	struct table *table = table_new(out, &options, columns, N);

	(void)state;
	memset(name, 'n', 100000);
	name[100000] = '\0';
	put(table, name, 1);
	table_done(table);
	fclose(out);
	assert_true(len > 100000);
	assert_non_null(strstr(text, "\"ts\":\"1970"));
	free(text);
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_csv),       cmocka_unit_test(test_json),      cmocka_unit_test(test_people),
	    cmocka_unit_test(test_many_rows), cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

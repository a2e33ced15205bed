/* The reader of comma separated values: what RFC 4180 says, what plants send instead, and random bytes in small pieces. */
#include "check.h"
#include "ctl/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pipe that the text comes out of; small texts only. */
static int text_fd(const char *text, size_t len)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, len), (ssize_t)len);
	close(fds[1]);
	return fds[0];
}

/* Rows as "line:a|b|c;" and at last "." or "!line:message". */
static char *read_all(const char *text, size_t len, char *out, size_t size)
{
	struct csv csv;
	struct csv_row row = {0};
	struct err e;
	enum csv_status status;
	int fd = text_fd(text, len);
	size_t n = 0;

	csv_init(&csv, fd);
	while ((status = csv_next(&csv, &row, &e)) == CSV_ROW) {
		n += (size_t)snprintf(out + n, size - n, "%d:", (int)row.line);
		for (size_t i = 0; i < row.n; i++)
			n += (size_t)snprintf(out + n, size - n, "%s%s", i ? "|" : "", row.field[i]);
		n += (size_t)snprintf(out + n, size - n, ";");
	}
	if (status == CSV_END)
		snprintf(out + n, size - n, ".");
	else
		snprintf(out + n, size - n, "!%d:%s", (int)row.line, e.text);
	csv_row_done(&row);
	csv_done(&csv);
	close(fd);
	return out;
}

static void test_rows(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
	    {"", "."},
	    {"\n\n \n", "."},
	    {"# only\n#comments", "."},
	    {"a,b\n1,2\n", "1:a|b;2:1|2;."},
	    {"a,b\r\n1,2\r\n", "1:a|b;2:1|2;."},
	    {"a,b\n1,2", "1:a|b;2:1|2;."},
	    {"\xef\xbb\xbf"
	     "a\n",
	     "1:a;."},
	    {"# x\n\na\n", "3:a;."},
	    {",\n", "1:|;."},
	    {"a,\n,b\n", "1:a|;2:|b;."},
	    {" a , b\t,c \n", "1:a|b|c;."},
	    {"\"a,b\",\"c\"\"d\",\"\"\n", "1:a,b|c\"d|;."},
	    {"\"a\nb\",c\nd,e\n", "1:a\nb|c;3:d|e;."},
	    {" \"a\" ,b\n", "1:a|b;."},
	    {"a,#b\n", "1:a|#b;."},
	    {"\"#a\"\n", "1:#a;."},
	    {"a\n\"b\n", "1:a;!2:a quote is not closed"},
	    {"a\nb\"c\n", "1:a;!2:a quote in the middle of a field"},
	    {"\"a\"b\n", "!1:text after a closing quote"},
	};
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(read_all(cases[i].text, strlen(cases[i].text), out, sizeof(out)), cases[i].rows);
	assert_string_equal(read_all("a\nb\0c\n", 6, out, sizeof(out)), "1:a;!2:a NUL byte");
}

static void test_long_row(void **state)
{
	char path[] = "/tmp/test_ctl_csv-XXXXXX";
	char *block = malloc(1 << 20);
	struct csv csv;
	struct csv_row row = {0};
	struct err e;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	memset(block, 'x', 1 << 20);
	for (int i = 0; i < 3; i++)
		assert_int_equal(write(fd, block, 1 << 20), 1 << 20);
	assert_int_equal(write(fd, "\n", 1), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(write(fd, block, 1 << 20), 1 << 20);
	lseek(fd, 0, SEEK_SET);
	csv_init(&csv, fd);
	assert_int_equal(csv_next(&csv, &row, &e), CSV_ROW);
	assert_int_equal(strlen(row.field[0]), 3 << 20);
	assert_int_equal(csv_next(&csv, &row, &e), CSV_BAD);
	assert_int_equal(row.line, 2);
	csv_row_done(&row);
	csv_done(&csv);
	close(fd);
	unlink(path);
	free(block);
}

/* Whatever comes, the reader ends, and its fields are texts. */
static void test_junk(void **state)
{
	static const char alphabet[] = "a1,\"\n\r# \t;\0\xef\xbb\xbf";
	char text[64], out[1024];
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand_r(&seed) % sizeof(text);

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[(size_t)rand_r(&seed) % (sizeof(alphabet) - 1)];
		read_all(text, len, out, sizeof(out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_long_row),
	    cmocka_unit_test(test_junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Secrets: where they are looked for, what is taken off, what is refused. */
#include "check.h"
#include "io/secret.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_ctl_secret-XXXXXX";

static void write_file(const char *name, const char *content, size_t len)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, len, file), len);
	fclose(file);
}

static bool read_secret(const char *name, char *out, size_t size, struct err *e)
{
	char config[PATH_MAX];

	snprintf(config, sizeof(config), "%s/lorenzd.yaml", folder);
	return secret_read(config, name, out, size, e);
}

static void test_content(void **state)
{
	static const struct {
		const char *content;
		size_t len;
		const char *secret, *wrong; /* NULL: the other */
	} cases[] = {
	    {"geheim", 6, "geheim", NULL},
	    {"geheim\n", 7, "geheim", NULL},
	    {"two\n\n", 5, "two\n", NULL},
	    {" blank ", 7, " blank ", NULL},
	    {"", 0, NULL, "is empty"},
	    {"\n", 1, NULL, "is empty"},
	    {"a\0b", 3, NULL, "holds a NUL byte"},
	    {"1234567890123456", 16, NULL, "is too long"},
	    {"123456789012345", 15, "123456789012345", NULL},
	};
	char out[16];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file("secret", cases[i].content, cases[i].len);
		strcpy(out, "before");
		assert_int_equal(read_secret("secret", out, sizeof(out), &e), cases[i].secret != NULL);
		assert_string_equal(out, cases[i].secret ? cases[i].secret : "before");
		if (cases[i].wrong)
			assert_non_null(strstr(e.text, cases[i].wrong));
	}
}

static void test_place(void **state)
{
	char path[PATH_MAX], out[64];
	struct err e;

	(void)state;
	write_file("here", "config", 6);
	snprintf(path, sizeof(path), "%s/credentials", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file("credentials/here", "credential", 10);

	assert_true(read_secret("here", out, sizeof(out), &e));
	assert_string_equal(out, "config");
	setenv("CREDENTIALS_DIRECTORY", path, 1);
	assert_true(read_secret("here", out, sizeof(out), &e));
	assert_string_equal(out, "credential");
	snprintf(path, sizeof(path), "%s/here", folder);
	assert_true(read_secret(path, out, sizeof(out), &e));
	assert_string_equal(out, "config");
	unsetenv("CREDENTIALS_DIRECTORY");

	assert_false(read_secret("nowhere", out, sizeof(out), &e));
	snprintf(path, sizeof(path), "%s/nowhere: No such file or directory", folder);
	assert_string_equal(e.text, path);
	assert_false(read_secret("credentials", out, sizeof(out), &e));
	assert_true(secret_path("lorenzd.yaml", "here", path, &e));
	assert_string_equal(path, "here");
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"secret", "here", "credentials/here", "credentials", ""};
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_content),
	    cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

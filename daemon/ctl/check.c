/* `lorenzctl check`: is this configuration what its writer means? Errors as of `lorenzd --check`; else a summary. */
#include "command.h"
#include "io/config_yaml.h"
#include "options.h"
#include "table.h"

struct check_values {
	bool keys;
	const char *file;
};

static const struct option options[] = {
    {.name = "FILE", .type = OPTION_WORD, .offset = offsetof(struct check_values, file), .help = "the configuration"},
    {.name = "keys",
     .type = OPTION_FLAG,
     .offset = offsetof(struct check_values, keys),
     .help = "instead: the reference of all keys with type, unit, range and default"},
    {.name = NULL},
};

static const struct command_spec spec = {
    .name = "check",
    .synopsis = "FILE\n--keys",
    .about = "Checks a configuration and says in short what it configures. All errors are reported in one run.",
    .options = options,
};

static void summary(const struct config *config, const char *path)
{
	const struct mqtt_settings *mqtt = &config->mqtt;
	size_t advisory = 0;

	for (size_t i = 0; i < config->n_loops; i++)
		advisory += config->loops[i].mode == MODE_ADVISORY;
	printf("%s: ok\n", path);
	printf("site     %s\n", config->site);
	printf("broker   %s:%d, %sMQTT %s, client %s, below %s\n", mqtt->host, mqtt->port, mqtt->tls ? "TLS, " : "",
	       mqtt->version == 5 ? "5" : "3.1.1", mqtt->client_id, mqtt->prefix);
	printf("store    %s\n", config->store_path);
	printf("loops    %zu (%zu advisory)\n", config->n_loops, advisory);
	printf("signals  %zu live\n", config->n_signals);
}

static int check(const struct check_values *values)
{
	struct config *config;

	if (values->keys == (values->file != NULL)) {
		fputs(values->keys ? "--keys: takes no FILE\n" : "FILE: is missing\n", stderr);
		return EXIT_WRONG_USAGE;
	}
	if (values->keys) {
		config_print_reference(stdout);
		return output_flush(stdout) ? EXIT_DONE : EXIT_FAILED;
	}
	config = config_load(values->file, stderr);
	if (!config)
		return EXIT_BAD_CONFIG;
	summary(config, values->file);
	config_free(config);
	return output_flush(stdout) ? EXIT_DONE : EXIT_FAILED;
}

int command_check(int argc, char **argv)
{
	struct check_values values = {0};

	switch (options_parse(&spec, argc, argv, &values, stdout, stderr)) {
	case OPTIONS_OK:
		return check(&values);
	case OPTIONS_HELP:
		return EXIT_DONE;
	case OPTIONS_BAD:
		break;
	}
	return EXIT_WRONG_USAGE;
}

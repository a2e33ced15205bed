/* lorenzd: the service. Parses its arguments, loads the configuration, runs until it is told to stop. */
#include "io/config_yaml.h"
#include "io/log.h"
#include "io/service.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EXIT_USAGE_ERROR = 64, EXIT_CONFIG_ERROR = 78 };

static const char usage_text[] =
	"usage: lorenzd --config FILE [--check] [--log-level LEVEL]\n"
	"\n"
	"Recomputes the optimal and the break-even operating points of heat pumps on every update of their inputs (MQTT),\n"
	"logs to SQLite and publishes setpoints. Runs in the foreground until SIGTERM.\n"
	"\n"
	"  -c, --config FILE      the configuration (YAML)\n"
	"      --check            check the configuration and exit\n"
	"  -l, --log-level LEVEL  error, warning, info (default) or debug\n"
	"  -V, --version          print the version and exit\n"
	"  -h, --help             print this and exit\n"
	"\n"
	"Exit codes: 0 done, 1 failed, 64 wrong usage, 78 configuration error or a database newer than the program.\n";

struct arguments {
	const char *config_path;
	bool check;
	enum log_level level;
};

/* -1: go on; else the exit code. */
static int parse_arguments(int argc, char **argv, struct arguments *out)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'C'}, {"log-level", required_argument, NULL, 'l'},
		{"version", no_argument, NULL, 'V'},      {"help", no_argument, NULL, 'h'},  {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:l:Vh", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			out->config_path = optarg;
			break;
		case 'C':
			out->check = true;
			break;
		case 'l':
			if (log_level_parse(optarg, &out->level))
				break;
			fprintf(stderr, "--log-level: %s is none of error, warning, info, debug\n", optarg);
			return EXIT_USAGE_ERROR;
		case 'V':
			puts("lorenzd " LORENZ_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE_ERROR;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: unexpected argument; see lorenzd --help\n", argv[optind]);
		return EXIT_USAGE_ERROR;
	}
	if (!out->config_path) {
		fputs("--config is missing; see lorenzd --help\n", stderr);
		return EXIT_USAGE_ERROR;
	}
	return -1;
}

static int check(const char *config_path)
{
	struct config *config = config_load(config_path, stderr);

	if (!config)
		return EXIT_CONFIG_ERROR;
	printf("%s: ok, %zu loop%s, %zu live signal%s\n", config_path, config->n_loops, config->n_loops == 1 ? "" : "s", config->n_signals,
	       config->n_signals == 1 ? "" : "s");
	config_free(config);
	return EXIT_SUCCESS;
}

static int run(const char *config_path)
{
	struct service_options options = {.config_path = config_path, .settings = settings_load(config_path, stderr), .version = LORENZ_VERSION};
	enum store_status status = STORE_OK;
	struct service *service;
	struct err e;
	bool ok;

	if (!options.settings)
		return EXIT_CONFIG_ERROR;
	service = service_new(&options, &status, &e);
	if (!service) {
		log_error("%s", e.text);
		return status == STORE_NEWER ? EXIT_CONFIG_ERROR : EXIT_FAILURE;
	}
	ok = service_run(service);
	service_free(service);
	log_info("stopped");
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.level = LOG_LEVEL_INFO};
	int status = parse_arguments(argc, argv, &arguments);

	if (status >= 0)
		return status;
	signal(SIGPIPE, SIG_IGN);
	umask(0027);
	log_init(arguments.level);
	return arguments.check ? check(arguments.config_path) : run(arguments.config_path);
}

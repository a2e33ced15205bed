/* lorenzctl: the engineer's tool. Finds the subcommand and hands over; each has a file of its own under ctl/. */
#include "ctl/command.h"
#include "ctl/options.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	command_run *run;
	const char *summary;
} commands[] = {
    {"solve", command_solve, "operating points of a case, or of a configured loop at given inputs"},
    {"sweep", command_sweep, "the same over a range of one input, with a chart"},
    {"pareto", command_pareto, "cost against carbon: what each tonne saved beyond the cost optimum costs"},
    {"check", command_check, "check a configuration"},
    {"replay", command_replay, "run the service's engine over a table of samples"},
    {"history", command_history, "read what the service has stored"},
    {"status", command_status, "what the running service says"},
    {"alarms", command_alarms, "what each alarm means and what to do"},
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void help(FILE *out)
{
	fputs("usage: lorenzctl COMMAND …\n\nThe engineer's tool for lorenzd: operating points of industrial heat pumps.\n\n",
	      out);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n  --help     this text; lorenzctl COMMAND --help tells more\n  --version\n\n"
	      "Exit codes: 0 done; 1 failed; 64 wrong usage; 78 configuration error, or a database newer than the program.\n",
	      out);
}

static int unknown(const char *name)
{
	struct nearest nearest;
	char hint[64];

	nearest_init(&nearest, name);
	for (size_t i = 0; i < N_COMMANDS; i++)
		nearest_try(&nearest, commands[i].name);
	fprintf(stderr, "%s: unknown %s%s\n", name, name[0] == '-' ? "option" : "command",
	        nearest_hint(&nearest, "", hint, sizeof(hint)));
	return EXIT_WRONG_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("lorenzctl: a command is missing; lorenzctl --help lists them\n", stderr);
		return EXIT_WRONG_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("lorenzctl " LORENZ_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}

/* The subcommands of lorenzctl. Each gets its own arguments (argv[0] is its name), writes its answer to standard output
 * and its errors to standard error, one line each, and returns the program's exit code. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_WRONG_USAGE = 64,
	EXIT_BAD_CONFIG = 78, /* or a database newer than the program */
};

typedef int command_run(int argc, char **argv);

command_run command_solve, command_sweep, command_pareto, command_check, command_replay, command_history, command_status, command_alarms;

#endif

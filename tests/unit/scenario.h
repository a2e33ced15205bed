/* Scenarios on virtual time: a plant in one block of defaults, a script of what happens, and the whole trajectory of its
 * setpoints as text. Each scenario overrides a few lines; the promises of the pacing are checked on all of them.
 *
 * The plant is the published spray dryer: topics elec, source, in; 60 EUR/MWh for the boiler's heat, 288 EUR/h in all.
 * The source is sent every 30 s with its last value, unless muted, since it turns stale after 60 s.
 *
 * A script has a line per happening, "H:MM:SS WHAT ARGUMENTS", in the order of time:
 *   TOPIC PAYLOAD      a live message; several of one moment are taken in one run of the engine
 *   retained TOPIC PAYLOAD
 *   mute               the source is no longer sent; unmute
 *   clock SECONDS      the system clock is set, by so much
 *   restart SECONDS    the process ends and begins anew that much later, with its history; inputs are lost
 *   reload KEYS        the configuration changes what is under setpoint
 *   end
 *
 * A trajectory has a line for each setpoint that changed in more than its temperature, and with all: each setpoint:
 *   "H:MM:SS on 111.1 optimum good", "0:10:00 off - startup bad" */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

struct scenario {
	const char *name;
	const char *setpoint;  /* keys under setpoint; NULL: none */
	const char *machine;   /* more keys under heat_pump, NULL: none */
	const char *price;     /* more keys of the price's signal */
	const char *electricity; /* more keys under market.electricity */
	const char *top;       /* more lines at the top */
	const char *feedback;  /* keys under feedback */
	const char *carbon;    /* of the grid, instead of 406 kg/MWh */
	const char *source;    /* more keys of the source's signal */
	const char *sink;      /* instead of the dryer's */
	const char *objective; /* instead of cost */
	const char *script;
	const char *trajectory;
	bool all;         /* every setpoint is in the trajectory */
	bool limits_move; /* a limit moves the temperature, or stops the machine: what the ramp and min_on say does not count */
	double utc_s;     /* where time begins, seconds since 1970; 0: 2026-01-01 */
};

/* Runs it and fails the test where the trajectory is another one or a promise is broken. */
void scenario_run(const struct scenario *scenario);

#endif

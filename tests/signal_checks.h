/* The published spray dryer with any keys for its source, and what the tests of its signals ask of it. */
#ifndef TESTS_SIGNAL_CHECKS_H
#define TESTS_SIGNAL_CHECKS_H

#include "dryer_checks.h"

#include <stdio.h>
#include <string.h>

static inline const char *dryer_yaml(const char *keys, const char *loop_extra)
{
	static const char *const format = "site: test\n"
	                                  "market:\n"
	                                  "  electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 406 kg/MWh}\n"
	                                  "  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"
	                                  "loops:\n"
	                                  "  dryer:\n"
	                                  "    source: {%s}\n"
	                                  "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55}\n"
	                                  "%s";
	static char yaml[4096];

	snprintf(yaml, sizeof(yaml), format, keys, loop_extra);
	return yaml;
}

/* The dryer with these keys of its source; price and air inlet are known. */
static inline struct world *dryer_with(const char *keys, const char *loop_extra)
{
	struct world *w = world_new(dryer_yaml(keys, loop_extra));

	world_queue(w, "t/in", "55");
	world_send(w, "p/elec", "132");
	return w;
}

static inline const struct record *last_sample(const struct world *w)
{
	assert_true(w->n_samples > 0);
	return &w->samples[(w->n_samples - 1) % 256];
}

static inline const char *state_of(struct world *w, double seconds)
{
	world_to(w, seconds);
	return world_payload(w, TOPIC_STATE, 0);
}

#define has(text, part) check_has((text), (part), __FILE__, __LINE__)
static inline void check_has(const char *text, const char *part, const char *file, int line)
{
	if (!strstr(text, part)) {
		print_error("%s:%d: no %s in %s\n", file, line, part, text);
		_fail(file, line);
	}
}

#endif

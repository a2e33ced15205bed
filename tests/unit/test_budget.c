/* A day's carbon budget on virtual time: the cap that what is left makes of the rest of the day, over midnight, on the days of
 * 23 and 25 hours, where it is spent, over a restart, by what is measured. Expected by hand from the published dryer: without a
 * heat pump 4800 kW * 213.7 kg/MWh, at 300 EUR/MWh the least cost. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double REFERENCE_KG_H = 4.8 * 213.7, HOUR_S = 3600;

#define DRYER(zone, loop)                                                                                                       \
	"site: test\nzone: " zone "\n"                                                                                          \
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}, carbon: 406 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: " \
	"213.7 kg/MWh}}\n"                                                                                                      \
	"commands: {enabled: true}\n"                                                                                           \
	"loops:\n"                                                                                                              \
	"  dryer:\n"                                                                                                            \
	"    source: {t_in: 15 degC}\n"                                                                                         \
	"    sink: {t_in: 55 degC, t_target: 230 degC, duty: {topic: d/duty, unit: kW}}\n"                                      \
	"    heat_pump: {lorenz_efficiency: 0.55}\n"                                                                            \
	"    objective: cost_under_carbon_cap\n"                                                                                \
	"    setpoint: {deadband: 0 K}\n" loop

/* A number of the newest points, NaN where null. */
static double told(struct world *w, const char *after, const char *key)
{
	const char *payload = world_payload(w, TOPIC_POINTS, 0), *at = after ? strstr(payload, after) : payload;
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = at ? strstr(at, quoted) : NULL;
	if (!at)
		fail_msg("no %s in %s", key, payload);
	at += strlen(quoted);
	return strncmp(at, "null", 4) == 0 ? NAN : strtod(at, NULL);
}

static double cap(struct world *w)
{
	return told(w, NULL, "carbon_cap_kg_h");
}

static double left(struct world *w)
{
	return told(w, NULL, "carbon_left_kg");
}

static double emits(struct world *w)
{
	return REFERENCE_KG_H - told(w, "\"goal\"", "carbon_savings_kg_h");
}

/* Hour by hour, so that each deadline comes at its time. */
static void pass(struct world *w, double from_h, double to_h)
{
	for (double h = from_h + 0.25; h <= to_h; h += 0.25)
		world_to(w, h * HOUR_S);
}

static struct world *start(const char *yaml)
{
	struct world *w = world_new(yaml);

	world_send(w, "d/duty", "4800");
	world_send(w, "p/elec", "300");
	return w;
}

static void test_the_budget_is_spread_over_the_day(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 23 t\n"));

	(void)state;
	check_double(cap(w), 23000.0 / 24, 1e-4, 0);
	check_double(emits(w), 23000.0 / 24, 1e-4, 0);
	pass(w, 0, 12);
	check_double(left(w), 11500, 1e-3, 0); /* what emits as much as the cap leaves the cap where it is */
	check_double(cap(w), 23000.0 / 24, 1e-3, 0);
	/* off for two hours: what the boiler emits beyond is missing in the ten that are left */
	world_command(w, 0, "{\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"}");
	pass(w, 12, 14);
	check_double(left(w), 11500 - 2 * REFERENCE_KG_H, 1e-3, 0);
	check_double(cap(w), (11500 - 2 * REFERENCE_KG_H) / 10, 1e-3, 0);
	world_command(w, 0, "{\"id\": \"2\", \"cmd\": \"mode\", \"value\": null}");
	pass(w, 14, 23.75);
	check_double(cap(w), (11500 - 2 * REFERENCE_KG_H) / 10, 2e-3, 0);
	check_double(left(w), cap(w) / 4, 1e-3, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"met\":true"));
	pass(w, 23.75, 24.25); /* another day */
	check_double(left(w), 23000 - emits(w) / 4, 1e-3, 0);
	check_double(cap(w), 23000.0 / 24, 1e-3, 0);
	assert_int_equal(world_events(w, "carbon_spent"), 0);
	world_free(w);
}

/* Half the duty emits less than the cap in any case: the cap rises. */
static void test_what_is_not_emitted_is_there_later(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 23 t\n"));

	(void)state;
	world_send(w, "d/duty", "2400");
	pass(w, 0, 12);
	check_double(cap(w), (23000 - 12 * REFERENCE_KG_H / 2) / 12, 1e-3, 0);
	world_send(w, "d/duty", "4800"); /* and now nothing binds */
	check_double(emits(w), REFERENCE_KG_H, 1e-6, 0);
	world_free(w);
}

static void test_a_rate_beside_the_budget(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 23 t\n    carbon_cap: 930 kg/h\n"));

	(void)state;
	check_double(cap(w), 930, 1e-9, 0);
	pass(w, 0, 6);
	check_double(left(w), 23000 - 6 * 930, 1e-3, 0);
	check_double(cap(w), 930, 1e-9, 0);
	world_free(w);
}

/* Where it is spent most carbon is saved, the constraint cannot be met, and it is told in words, until midnight. */
static void test_a_budget_that_is_spent(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 5 t\n"));
	double least = emits(w);

	(void)state;
	check_double(least, told(w, "\"carbon\"", "carbon_savings_kg_h") * -1 + REFERENCE_KG_H, 1e-6, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"met\":false"));
	assert_int_equal(world_events(w, "carbon_spent"), 0);
	pass(w, 0, 6);
	check_double(left(w), 5000 - 6 * least, 1e-3, 0);
	check_double(cap(w), 0, 0, 0);
	assert_int_equal(world_events(w, "carbon_spent"), 1);
	for (size_t i = 0; i < w->n_events; i++)
		if (strcmp(w->events[i].event.code, "carbon_spent") == 0)
			assert_non_null(strstr(w->events[i].event.message, "of today's 5000 kg are emitted, 18.5 h before midnight: most carbon is saved"));
	assert_int_equal(world_setpoint(w)->reason, REASON_LIMITED);
	pass(w, 6, 24.25);
	assert_int_equal(world_events(w, "carbon_budget"), 1);
	assert_true(left(w) > 4700);
	world_free(w);
}

/* Begins at an hour before midnight of the site's zone. */
static void test_days_of_23_and_25_hours(void **state)
{
	static const struct {
		int64_t begin_h; /* since the epoch of the world: 2026-03-28T23:00Z and 2026-10-24T22:00Z are midnight in Berlin */
		double hours;
	} days[] = {{(31 + 28 + 27) * 24 + 23, 23}, {(31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 23) * 24 + 22, 25}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world *w = world_new(DRYER("Europe/Berlin", "    carbon_budget: 23 t\n"));

		w->now.utc_us += days[i].begin_h * INT64_C(3600000000);
		world_send(w, "d/duty", "4800");
		world_send(w, "p/elec", "300");
		check_double(cap(w), 23000 / days[i].hours, 1e-4, 0);
		check_double(emits(w), fmin(23000 / days[i].hours, REFERENCE_KG_H), 1e-4, 0);
		world_free(w);
	}
}

static void test_it_goes_on_over_a_restart(void **state)
{
	const char *yaml = DRYER("UTC", "    carbon_budget: 23 t\n");
	struct world *w = start(yaml), *next;
	struct tally before;

	(void)state;
	pass(w, 0, 6);
	before = w->totals[(w->n_totals - 1) % 256].totals; /* the newest that the history has */
	check_double(before.today.carbon_emitted_kg, 6 * 23000.0 / 24, 2e-3, 0);
	next = world_new(yaml);
	next->now.utc_us = w->now.utc_us;
	next->now.mono_us += 1000000;
	engine_resume_totals(next->engine, 0, &before);
	world_send(next, "d/duty", "4800");
	world_send(next, "p/elec", "300");
	check_double(left(next), 23000 - before.today.carbon_emitted_kg, 1e-6, 0);
	check_double(cap(next), cap(w), 1e-3, 0);
	world_free(w);
	world_free(next);
}

/* What the meters say is what is counted. */
static void test_measured_heat_and_power_count(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 23 t\n"
	                                     "    feedback: {q_sink: {topic: hp/q, unit: kW}, p_elec: {topic: hp/p, unit: kW}}\n"));
	double emitted = REFERENCE_KG_H - 0.2137 * 1000 + 0.406 * 400;

	(void)state;
	world_send(w, "hp/q", "1000");
	world_send(w, "hp/p", "400");
	pass(w, 0, 4);
	check_double(left(w), 23000 - 4 * emitted, 1e-3, 0);
	check_double(told(w, NULL, "carbon_cap_kg_h"), (23000 - 4 * emitted) / 20, 1e-3, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_TOTALS, 0), "\"carbon_emitted_kg\":"));
	world_send(w, "hp/q", "9000"); /* more than the demand is of no use */
	pass(w, 4, 5);
	check_double(left(w), 23000 - 4 * emitted - 0.406 * 400, 1e-3, 0);
	world_free(w);
}

/* Bad inputs: the loop emits on, at what was last known. */
static void test_bad_inputs_count_on(void **state)
{
	struct world *w = start(DRYER("UTC", "    carbon_budget: 23 t\n"));
	double at = emits(w);

	(void)state;
	world_to(w, HOUR_S);
	world_send(w, "d/duty", "-1");
	assert_int_equal(world_setpoint(w)->reason, REASON_BAD_INPUT);
	pass(w, 1, 3);
	world_send(w, "d/duty", "4800");
	world_to(w, 3 * HOUR_S + 2);
	check_double(left(w), 23000 - at - 2 * REFERENCE_KG_H, 2e-3, 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_budget_is_spread_over_the_day),
	    cmocka_unit_test(test_what_is_not_emitted_is_there_later),
	    cmocka_unit_test(test_a_rate_beside_the_budget),
	    cmocka_unit_test(test_a_budget_that_is_spent),
	    cmocka_unit_test(test_days_of_23_and_25_hours),
	    cmocka_unit_test(test_it_goes_on_over_a_restart),
	    cmocka_unit_test(test_measured_heat_and_power_count),
	    cmocka_unit_test(test_bad_inputs_count_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

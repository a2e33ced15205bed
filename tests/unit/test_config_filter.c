/* The keys that say when a signal is to be trusted: what they become, and the exact words where they cannot be. */
#include "check.h"

#include "config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* source.t_in of the only loop begins in line 5, column 20. */
static char *document(const char *t_in, const char *loop_extra)
{
	static const char *const format = "site: x\n"
	                                  "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	                                  "loops:\n"
	                                  "  a:\n"
	                                  "    source: {t_in: %s}\n"
	                                  "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, available: {topic: ok}}\n"
	                                  "%s";
	char *text;

	assert_true(asprintf(&text, format, t_in, loop_extra) > 0);
	return text;
}

static struct config *accept(const char *t_in, const char *loop_extra)
{
	char *text = document(t_in, loop_extra), *said;
	struct config *config = load_text(text, strlen(text), &said);

	if (!config || *said)
		fail_msg("%s", said);
	free(said);
	free(text);
	return config;
}

static void refuse(const char *t_in, const char *loop_extra, const char *expected)
{
	char *text = document(t_in, loop_extra), *said;

	config_free(load_text(text, strlen(text), &said));
	assert_string_equal(said, expected);
	free(said);
	free(text);
}

static void test_filters(void **state)
{
	struct config *config =
	    accept("{topic: t, unit: degF, sentinels: [888.8, -999.9, 85.0, 65535], max_rate: {change: 5 K, per: 1 min}, "
	           "spikes: {window: 9, threshold: 3, smallest: 1 K}, frozen_after: 2 h, frozen: uncertain, smoothing: 30 s}",
	           "");
	const struct filter_config *filter = config->signals[0].filter;

	(void)state;
	assert_non_null(filter);
	assert_int_equal(filter->n_sentinels, 4);
	check_near(filter->sentinels[3], 65535);
	check_near(filter->max_change, 5);
	assert_int_equal(filter->per_us, 60000000);
	check_near(filter->spike_window, 9);
	check_near(filter->spike_threshold, 3);
	check_near(filter->spike_smallest, 1);
	assert_int_equal(filter->frozen_after_us, INT64_C(7200000000));
	assert_int_equal(filter->frozen, DOUBT_UNCERTAIN);
	assert_int_equal(filter->smoothing_us, 30000000);
	config_free(config);
}

static void test_defaults(void **state)
{
	struct config *config = accept("{topic: t, unit: degC, spikes: {}}", "");
	const struct filter_config *filter = config->signals[0].filter;

	(void)state;
	check_near(filter->spike_window, 7);
	check_near(filter->spike_threshold, 4);
	check_double(filter->spike_smallest, NAN, 0, 0);
	assert_int_equal(filter->n_sentinels, 0);
	assert_int_equal(filter->per_us + filter->frozen_after_us + filter->smoothing_us, 0);
	assert_int_equal(filter->frozen, DOUBT_BAD);
	config_free(config);
	config = accept("{topic: t, unit: degC}", "");
	assert_null(config->signals[0].filter);
	assert_null(config->signals[0].vote);
	assert_int_equal(config->signals[0].group, NO_GROUP);
	check_near(config->loops[0].source_tolerance_k, 2);
	assert_int_equal(config->loops[0].source_then, DOUBT_BAD);
	check_near(config->loops[0].target_margin_k, 0);
	config_free(config);
}

static void test_votes(void **state)
{
	struct config *config = accept(
	    "{any_of: [{topic: t1, unit: K, stale_after: 1 min}, {topic: t2, unit: degC, stale_after: 2 min, smoothing: 1 s}], "
	    "disagreement: 2 K, tag: TT, on_bad: 20 degC}",
	    "");
	const struct signal_config *voted = &config->signals[config->loops[0].slot[SLOT_SOURCE_T_IN].signal];

	(void)state;
	assert_int_equal(config->n_signals, 4);
	assert_string_equal(voted->name, "loops.a.source.t_in");
	assert_null(voted->topic);
	assert_string_equal(voted->tag, "TT");
	assert_string_equal(voted->unit->name, "K");
	assert_int_equal(voted->stale_after_us, 120000000);
	assert_int_equal(voted->on_bad, ON_BAD_SUBSTITUTE);
	check_near(voted->substitute, 293.15);
	assert_int_equal(voted->vote->n, 2);
	check_near(voted->vote->disagreement, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct signal_config *member = &config->signals[voted->vote->first + i];

		assert_string_equal(member->name, i ? "loops.a.source.t_in.any_of.1" : "loops.a.source.t_in.any_of.0");
		assert_int_equal(&config->signals[member->group] - voted, 0);
		assert_int_equal(member->filter != NULL, i);
	}
	config_free(config);
	config = accept("{any_of: [{topic: t1, unit: K, stale_after: 1 min}, {topic: t2, unit: degC}]}", "");
	voted = &config->signals[config->loops[0].slot[SLOT_SOURCE_T_IN].signal];
	assert_int_equal(voted->stale_after_us, 0);
	check_double(voted->vote->disagreement, INFINITY, 0, 0);
	config_free(config);
}

static void test_checks(void **state)
{
	struct config *config = accept(
	    "15 degC", "    checks: {source: {tolerance: 0.5 K, then: uncertain}, target: {margin: 10 K, then: uncertain}}\n");

	(void)state;
	check_near(config->loops[0].source_tolerance_k, 0.5);
	assert_int_equal(config->loops[0].source_then, DOUBT_UNCERTAIN);
	check_near(config->loops[0].target_margin_k, 10);
	assert_int_equal(config->loops[0].target_then, DOUBT_UNCERTAIN);
	config_free(config);
}

static const struct {
	const char *t_in, *expected;
} cases[] = {
    {"{topic: t, unit: degC, sentinels: 85}",
     "5:54: loops.a.source.t_in.sentinels: must be a list of 1 to 16 numbers as they stand in the payload\n"},
    {"{topic: t, unit: degC, sentinels: []}",
     "5:54: loops.a.source.t_in.sentinels: must be a list of 1 to 16 numbers as they stand in the payload\n"},
    {"{topic: t, unit: degC, sentinels: [1, 85 degC]}", "5:58: loops.a.source.t_in.sentinels: \"85 degC\" is not a decimal "
                                                        "number; sentinels are numbers as they stand in the payload\n"},
    {"{topic: t, unit: degC, max_rate: {change: 5 K}}", "5:53: loops.a.source.t_in.max_rate.per: is missing\n"},
    {"{topic: t, unit: degC, max_rate: {change: 5 degC, per: 1 min}}",
     "5:62: loops.a.source.t_in.max_rate.change: degC is the unit of a temperature; a temperature difference is written in K\n"},
    {"{topic: t, unit: degC, max_rate: {change: 0 K, per: 1 min}}",
     "5:62: loops.a.source.t_in.max_rate.change: 0 K is outside (0 K, 1000000000 K]\n"},
    {"{topic: t, unit: degC, spikes: {window: 7.5}}", "5:51: loops.a.source.t_in.spikes: window is a whole number of values\n"},
    {"{topic: t, unit: degC, spikes: {window: 2}}", "5:60: loops.a.source.t_in.spikes.window: 2 is outside [3, 63]\n"},
    {"{topic: t, unit: degC, frozen: bad}", "5:51: loops.a.source.t_in.frozen: nothing is frozen without frozen_after\n"},
    {"{topic: t, unit: degC, frozen_after: 1 h, frozen: stop}",
     "5:70: loops.a.source.t_in.frozen: \"stop\" is none of bad, uncertain\n"},
    {"{any_of: [{topic: t, unit: degC}]}", "5:29: loops.a.source.t_in.any_of: must be a list of 2 to 16 signals\n"},
    {"{any_of: {topic: t, unit: degC}}", "5:29: loops.a.source.t_in.any_of: must be a list of 2 to 16 signals\n"},
    {"{any_of: [{topic: t, unit: degC}, 15 degC]}",
     "5:54: loops.a.source.t_in.any_of.1: must be one signal (a mapping with topic)\n"},
    {"{any_of: [{topic: t, unit: degC}, {any_of: []}]}",
     "5:54: loops.a.source.t_in.any_of.1: must be one signal (a mapping with topic)\n"},
    {"{any_of: [{topic: t, unit: degC}, {topic: u}]}",
     "5:54: loops.a.source.t_in.any_of.1.unit: is missing; a temperature comes in degC, degF or K\n"},
    {"{any_of: [{topic: t, unit: degC}, {topic: u, unit: degC}], topic: v}",
     "5:79: loops.a.source.t_in.topic: unknown key \"topic\"; known here: any_of, disagreement, tag, on_bad\n"},
};

static void test_curves(void **state)
{
	static const char *const text =
	    "site: x\n"
	    "market:\n"
	    "  electricity: {price: {topic: p, unit: EUR/MWh, smoothing: 1 s, series: {preset: awattar}}}\n"
	    "  fuel: {price: {any_of: [{topic: p, unit: EUR/MWh}, {topic: q, unit: EUR/MWh, series: {preset: awattar}}]}}\n"
	    "loops:\n"
	    "  a:\n"
	    "    source: {t_in: 15 degC}\n"
	    "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	    "    heat_pump: {lorenz_efficiency: 0.55}\n";
	char *said;

	(void)state;
	config_free(load_text(text, strlen(text), &said));
	assert_string_equal(said,
	                    "3:61: market.electricity.price.smoothing: a forward curve (series) is not filtered: valid alone "
	                    "judges its values\n"
	                    "4:88: market.fuel.price.any_of.1.series: a forward curve cannot vote, only sensors can\n");
	free(said);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse(cases[i].t_in, "", cases[i].expected);
	refuse("15 degC", "    checks: {source: {then: stop}}\n",
	       "8:29: loops.a.checks.source.then: \"stop\" is none of bad, uncertain\n");
}

static void test_switches(void **state)
{
	static const char *const text =
	    "site: x\n"
	    "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	    "loops:\n"
	    "  a:\n"
	    "    source: {t_in: 15 degC}\n"
	    "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	    "    heat_pump: {lorenz_efficiency: 0.55, available: {topic: ok, smoothing: 1 s}}\n"
	    "  b:\n"
	    "    source: {t_in: 15 degC}\n"
	    "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	    "    heat_pump: {lorenz_efficiency: 0.55, available: {any_of: [{topic: ok}, {topic: ko}]}}\n";
	char *said;

	(void)state;
	config_free(load_text(text, strlen(text), &said));
	assert_string_equal(said, "7:76: loops.a.heat_pump.available.smoothing: a switch (1/0, true/false) is not filtered\n"
	                          "11:62: loops.b.heat_pump.available.any_of: a switch (1/0, true/false) cannot be voted\n");
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filters), cmocka_unit_test(test_defaults), cmocka_unit_test(test_votes),
	    cmocka_unit_test(test_checks),  cmocka_unit_test(test_refused),  cmocka_unit_test(test_switches),
	    cmocka_unit_test(test_curves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

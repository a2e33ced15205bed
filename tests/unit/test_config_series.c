/* The keys of forward curves and of quality: what they become, what is refused and with which words, that the annotated
 * configuration tells all of them. */
#include "check.h"

#include "config_file.h"
#include "core/config_rows.h"
#include "core/record.h"
#include "core/zone.h"
#include "series_signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void check_same(const char *a, const char *b)
{
	if (a != b && (!a || !b || strcmp(a, b) != 0))
		fail_msg("%s is not %s", a ? a : "nothing", b ? b : "nothing");
}

static void check_series(const char *keys, struct series_config expected)
{
	struct series_signal of = series_signal(keys);
	const struct series_config *series = of.signal->series;

	assert_non_null(series);
	check_same(series->items, expected.items);
	check_same(series->start, expected.start);
	check_same(series->end, expected.end);
	check_same(series->value, expected.value);
	check_same(series->or_value, expected.or_value);
	check_same(series->starts, expected.starts);
	check_same(series->values, expected.values);
	check_same(series->area_at, expected.area_at);
	check_same(series->area, expected.area);
	check_same(series->zone ? series->zone->name : NULL, expected.zone ? expected.zone->name : NULL);
	assert_int_equal(series->keyed, expected.keyed);
	assert_int_equal(series->format, expected.format);
	assert_int_equal(series->step_us, expected.step_us);
	series_signal_free(&of);
}

static void test_series(void **state)
{
	static const struct zone berlin = {.name = "Europe/Berlin"};
	const int64_t hour_us = INT64_C(3600000000);

	(void)state;
	check_series("series: {preset: energy_charts}",
	             (struct series_config){.starts = "/unix_seconds", .values = "/price", .format = TIME_UNIX_S});
	check_series("series: {items: /data, start: start_timestamp, end: end_timestamp, value: marketprice, format: unix_ms, "
	             "step: 1 h, zone: Europe/Berlin}",
	             (struct series_config){.items = "/data",
	                                    .start = "/start_timestamp",
	                                    .end = "/end_timestamp",
	                                    .value = "/marketprice",
	                                    .format = TIME_UNIX_MS,
	                                    .step_us = hour_us,
	                                    .zone = &berlin});
	check_series(
	    "series: {starts: /unix_seconds, values: /price, format: unix_s, step: 15 min}",
	    (struct series_config){.starts = "/unix_seconds", .values = "/price", .format = TIME_UNIX_S, .step_us = hour_us / 4});
	check_series("series: {items: /prices, keyed: true, format: local, zone: Europe/Berlin}",
	             (struct series_config){.items = "/prices", .value = "", .keyed = 1, .format = TIME_LOCAL, .zone = &berlin});
	/* a preset, and what is given beside it */
	check_series("series: {preset: energidataservice_spot, area: DK2, value: SpotPriceDKK, step: 2 h}",
	             (struct series_config){.items = "/records",
	                                    .start = "/HourUTC",
	                                    .value = "/SpotPriceDKK",
	                                    .area_at = "/PriceArea",
	                                    .area = "DK2",
	                                    .format = TIME_LOCAL,
	                                    .zone = &zone_utc,
	                                    .step_us = 2 * hour_us});
	check_series("series: {preset: nordpool, area: a/b~c}", (struct series_config){.items = "/multiAreaEntries",
	                                                                               .start = "/deliveryStart",
	                                                                               .end = "/deliveryEnd",
	                                                                               .value = "/entryPerArea/a~1b~0c",
	                                                                               .area = "a/b~c",
	                                                                               .format = TIME_RFC3339});
	check_series("series: {start: s, value: v}",
	             (struct series_config){.items = "", .start = "/s", .value = "/v", .format = TIME_RFC3339});
}

static void test_text_and_quality(void **state)
{
	struct series_signal of = series_signal("tag: T");

	(void)state;
	assert_null(of.signal->series);
	assert_null(of.signal->quality.pointer);
	assert_false(of.signal->text);
	series_signal_free(&of);
	of = series_signal("series: {preset: energyzero}");
	assert_true(of.signal->text);
	series_signal_free(&of);
	of = series_signal("pointer: /v, text: true, quality: {pointer: /q, good: [ok, 0], uncertain: [old]}");
	assert_true(of.signal->text);
	assert_string_equal(of.signal->quality.pointer, "/q");
	assert_int_equal(of.signal->quality.good.n, 2);
	assert_string_equal(of.signal->quality.good.at[1], "0");
	assert_string_equal(of.signal->quality.uncertain.at[0], "old");
	assert_int_equal(of.signal->quality.absent, QUALITY_BAD);
	series_signal_free(&of);
	of = series_signal("pointer: /v, quality: {pointer: /q, format: opcua}");
	assert_int_equal(of.signal->quality.format, QUALITY_OPC_UA);
	assert_int_equal(of.signal->quality.absent, QUALITY_GOOD);
	series_signal_free(&of);
}

static const struct {
	const char *keys, *words;
} refused[] = {
    {"series: {preset: energy_chart}", "price.series.preset: \"energy_chart\" is none of awattar, "},
    {"series: {preset: energy_chart}", "did you mean \"energy_charts\"?"},
    {"series: energy_charts", "price.series: must be a mapping with a preset or with keys of its own, not a plain value"},
    {"series: {}", "price.series: needs a preset, or items with start and value, or starts and values"},
    {"series: {start: s}", "price.series: needs a preset, or items with start and value, or starts and values"},
    {"series: {starts: /s}", "price.series: needs starts and values"},
    {"series: {preset: energy_charts, start: s}",
     "price.series: starts and values are one shape, items with start and value another"},
    {"series: {start: s, value: v, format: local}", "price.series.zone: is missing; local times need one, such as Europe/Berlin"},
    {"series: {start: s, value: v, format: local, zone: Europe/Berlln}",
     "price.series.zone: there is no time zone \"Europe/Berlln\" in "},
    {"series: {start: s, value: v, zone: ../x}", "price.series.zone: \"../x\" is not the name of a time zone"},
    {"series: {start: s, value: v, step: 1}", "price.series.step: 1 has no unit"},
    {"series: {start: s, value: v, stop: 1}", "price.series.stop: unknown key \"stop\", did you mean"},
    {"series: {preset: energidataservice_co2}", "price.series.area: is missing, such as DK1: the payload may tell of several"},
    {"series: {preset: nordpool}", "price.series.area: is missing"},
    {"series: {preset: awattar, area: AT}", "price.series.area: nothing in the payload tells of areas"},
    {"pointer: /p, series: {preset: awattar}", "price.pointer: has no meaning beside series"},
    {"stale_after: 1 h, series: {preset: awattar}", "price.stale_after: has no meaning beside series"},
    {"pointer: /v, quality: {pointer: /q}", "price.quality: does not say what good is: format, or a list good, or absent: good"},
    {"pointer: /v, quality: {format: opcua}", "price.quality.pointer: is missing"},
    {"pointer: /v, quality: {pointer: /q, format: opcua, good: [a]}",
     "price.quality: a format or lists of words (good, uncertain), not both"},
    {"pointer: /v, quality: {pointer: /q, good: ok}", "price.quality.good: must be a list of plain values, such as [ok, 0]"},
    {"pointer: /v, quality: {pointer: /q, good: [[a]]}", "price.quality.good: must be a plain value, not a list"},
    {"quality: {pointer: /q, format: opcua}", "price.quality: only a JSON payload tells of it"},
    {"pointer: /v, text: maybe", "price.text: \"maybe\" is none of false, true"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(refused); i++) {
		char text[1024], *said;
		struct config *config;

		snprintf(text, sizeof(text),
		         "site: x\nmarket: {electricity: {price: {topic: t, unit: EUR/MWh, %s}}, fuel: {price: 60 EUR/MWh}}\n"
		         "loops: {a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW},"
		         " heat_pump: {lorenz_efficiency: 0.55}}}\n",
		         refused[i].keys);
		config = load_text(text, strlen(text), &said);
		if (config || !strstr(said, refused[i].words))
			fail_msg("%s: \"%s\" does not say \"%s\"", refused[i].keys, said, refused[i].words);
		assert_int_equal(strncmp(said, "2:", 2), 0);
		free(said);
	}
}

/* Every key of a signal is told at the end of the annotated configuration, with its default, and so is every preset. */
static void check_told(const struct row *rows, const char *text)
{
	for (const struct row *row = rows; row->key; row++) {
		char key[80];

		snprintf(key, sizeof(key), "%s: %s", row->key, row->fallback ? row->fallback : "");
		if (!strstr(text, key))
			fail_msg("nothing tells of %s", key);
		for (const struct choice *choice = row->choices; choice && choice->text; choice++)
			if (!strstr(text, choice->text))
				fail_msg("nothing tells of %s", choice->text);
		if (row->children)
			check_told(row->children, text);
	}
}

static void test_annotated(void **state)
{
	char *text = file_text(PROJECT_DIR "/config/lorenzd.yaml");
	const char *keys = strstr(text, "# The keys of a live signal.");

	(void)state;
	assert_non_null(keys);
	check_told(signal_rows, keys);
	free(text);
}

static void test_example(void **state)
{
	char *text = file_text(PROJECT_DIR "/config/examples/day-ahead.yaml"), *said;
	struct config *config = load_text(text, strlen(text), &said);

	(void)state;
	if (!config)
		fail_msg("%s", said);
	assert_int_equal(config->n_signals, 5);
	config_free(config);
	free(said);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_series),    cmocka_unit_test(test_text_and_quality), cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_annotated), cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

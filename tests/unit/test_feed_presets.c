/* The presets: a small payload of each feed as its documentation prints it; and, where LORENZ_DATA_DIR names them, real ones. */
#include "check.h"

#include "config_file.h"
#include "core/decode_quality.h"
#include "core/stamp.h"
#include "series_signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t at(const char *stamp)
{
	int64_t ts_us;

	assert_true(stamp_parse(stamp, &ts_us));
	return ts_us;
}

static struct series read_curve(const char *keys, const char *payload)
{
	struct series_signal of = series_signal(keys);
	struct series series = {0};
	struct decoder decoder;
	struct err e = {""};

	decoder_init(&decoder, payload, strlen(payload));
	if (!decode_series(&decoder, of.signal, &series, &e))
		fail_msg("%s: %s", keys, e.text);
	decoder_done(&decoder);
	series_signal_free(&of);
	return series;
}

/* n intervals without a hole from the one stamp to the other, the first and the last of these values. */
struct curve_facts {
	size_t n;
	const char *from, *until;
	double first, last;
};

static void check_facts(const char *keys, const char *payload, struct curve_facts facts)
{
	struct series series = read_curve(keys, payload);

	assert_int_equal(series.n, facts.n);
	assert_int_equal(series.at[0].start_us, at(facts.from));
	assert_int_equal(series.at[series.n - 1].end_us, at(facts.until));
	check_near(series.at[0].value, facts.first);
	check_near(series.at[series.n - 1].value, facts.last);
	for (size_t i = 1; i < series.n; i++)
		assert_int_equal(series.at[i].start_us, series.at[i - 1].end_us);
	series_done(&series);
}

static void test_documented(void **state)
{
	static const struct {
		const char *keys, *payload;
		struct curve_facts facts;
	} cases[] = {
	    {"series: {preset: awattar}",
	     "{\"object\": \"list\", \"data\": [{\"start_timestamp\": 1428591600000, \"end_timestamp\": 1428595200000, "
	     "\"marketprice\": 42.09, \"unit\": \"Eur/MWh\"},"
	     "{\"start_timestamp\": 1428595200000, \"end_timestamp\": 1428598800000, \"marketprice\": -5.12, \"unit\": "
	     "\"Eur/MWh\"}]}",
	     {2, "2015-04-09T15:00Z", "2015-04-09T17:00Z", 42.09, -5.12}},
	    {"series: {preset: nordpool, area: DK1}",
	     "{\"currency\": \"EUR\", \"multiAreaEntries\": [{\"deliveryStart\": \"2024-12-03T23:00:00Z\", \"deliveryEnd\": "
	     "\"2024-12-04T00:00:00Z\", \"entryPerArea\": {\"DK1\": 62.8, \"SE3\": 1}},"
	     "{\"deliveryStart\": \"2024-12-04T00:00:00Z\", \"deliveryEnd\": \"2024-12-04T01:00:00Z\", \"entryPerArea\": "
	     "{\"DK1\": 60, \"SE3\": 2}}]}",
	     {2, "2024-12-03T23:00Z", "2024-12-04T01:00Z", 62.8, 60}},
	    {"series: {preset: evcc}",
	     "{\"rates\": [{\"start\": \"2025-12-16T00:00:00+01:00\", \"end\": \"2025-12-16T00:15:00+01:00\", \"value\": 0.2761},"
	     "{\"start\": \"2025-12-16T00:15:00+01:00\", \"end\": \"2025-12-16T00:30:00+01:00\", \"value\": 0.27}]}",
	     {2, "2025-12-15T23:00Z", "2025-12-15T23:30Z", 0.2761, 0.27}},
	    /* as evcc had it before: what is given beside the preset wins */
	    {"series: {preset: evcc, items: /result/rates, value: price}",
	     "{\"result\": {\"rates\": [{\"start\": \"2024-12-16T00:00:00+01:00\", \"end\": \"2024-12-16T01:00:00+01:00\", "
	     "\"price\": 0.2761}]}}",
	     {1, "2024-12-15T23:00Z", "2024-12-16T00:00Z", 0.2761, 0.2761}},
	    {"series: {preset: energy_charts}",
	     "{\"license_info\": \"\", \"unix_seconds\": [1759183200, 1759186800, 1759187700], \"price\": [95.1, -0.01, 90], "
	     "\"unit\": \"EUR / MWh\", \"deprecated\": false}",
	     {3, "2025-09-29T22:00Z", "2025-09-29T23:30Z", 95.1, 90}},
	    {"series: {preset: electricitymaps_forecast}",
	     "{\"zone\": \"DE\", \"forecast\": [{\"carbonIntensity\": 326, \"datetime\": \"2026-01-01T07:00:00.000Z\"}, "
	     "{\"carbonIntensity\": 297, \"datetime\": \"2026-01-01T08:00:00.000Z\"}], \"updatedAt\": "
	     "\"2026-01-01T06:55:00.000Z\"}",
	     {2, "2026-01-01T07:00Z", "2026-01-01T09:00Z", 326, 297}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_facts(cases[i].keys, cases[i].payload, cases[i].facts);
}

/* ---- real payloads ---------------------------------------------------------------------- */

/* To be freed; NULL where there are no data. */
static char *data_file(const char *name)
{
	const char *folder = getenv("LORENZ_DATA_DIR");
	char path[512];

	if (!folder || !*folder)
		return NULL;
	snprintf(path, sizeof(path), "%s/payloads/%s", folder, name);
	return file_text(path);
}

static void test_real(void **state)
{
	static const struct {
		const char *file, *keys;
		struct curve_facts facts;
	} cases[] = {
	    {"electricitymaps_latest_carbon_intensity.json",
	     "series: {preset: electricitymaps_latest}",
	     {1, "2024-03-06T19:00Z", "2024-03-06T20:00Z", 216, 216}},
	    {"electricitymaps_carbon_intensity_history.json",
	     "series: {preset: electricitymaps_history}",
	     {24, "2024-03-05T20:00Z", "2024-03-06T20:00Z", 599, 689}},
	    {"electricitymaps_legacy_response.json",
	     "series: {preset: electricitymaps_latest, items: /data}",
	     {1, "2023-10-02T08:00Z", "2023-10-02T09:00Z", 474, 474}},
	    {"carbonintensity_org_uk_national.json",
	     "series: {preset: carbonintensity_uk}",
	     {96, "2023-12-03T10:30Z", "2023-12-05T10:30Z", 206, 216}},
	    {"energidataservice_elspotprices.json",
	     "series: {preset: energidataservice_spot, area: DK1}",
	     {5, "2022-07-18T17:00Z", "2022-07-18T22:00Z", 53.669998, 469.859985}},
	    {"energidataservice_dayaheadprices_15min.json",
	     "series: {preset: energidataservice_dayahead, area: DK1}",
	     {17, "2022-07-18T17:00Z", "2022-07-18T21:15Z", 53.669998, 469.859985}},
	    {"energidataservice_co2emisprog.json",
	     "series: {preset: energidataservice_co2, area: DK2}",
	     {25, "2022-07-17T19:55Z", "2022-07-17T22:00Z", 111, 123}},
	    {"energycharts_co2eq_de.json",
	     "series: {preset: energy_charts_co2eq}",
	     {188, "2024-03-22T00:00Z", "2024-03-23T23:00Z", 322, 139.2}},
	    {"energyzero_electricity_hour.json",
	     "series: {preset: energyzero}",
	     {72, "2025-12-15T23:00Z", "2025-12-18T23:00Z", 0.077495, 0.08885}},
	    {"energyzero_gas_day.json",
	     "series: {preset: energyzero}",
	     {3, "2025-12-16T05:00Z", "2025-12-19T05:00Z", 0.269480343296, 0.263520982456}},
	    {"energyzero_gas_day.json",
	     "series: {preset: energyzero, items: /all_in}",
	     {3, "2025-12-16T05:00Z", "2025-12-19T05:00Z", 0.847640343296, 0.841680982456}},
	    {"powercast_price_DK1_2023-07-02.json",
	     "series: {start: timestamp, value: euro, format: unix_s}",
	     {24, "2023-07-02T00:00Z", "2023-07-03T00:00Z", 0.01, 19.969999}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *payload = data_file(cases[i].file);

		if (!payload)
			skip();
		check_facts(cases[i].keys, payload, cases[i].facts);
		free(payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documented),
	    cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

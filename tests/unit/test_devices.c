/* What gateways and devices send, and what it says of its own quality: OPC UA, OPC DA, EMQX Neuron, Tasmota, Shelly, plain
 * values; the real samples where LORENZ_DATA_DIR names them. */
#include "check.h"

#include "config_file.h"
#include "core/decode_quality.h"
#include "core/stamp.h"
#include "series_signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ----------------------------------------------------------------------------- */

static void check_reading(const char *keys, const char *payload, double expected, const char *stamp)
{
	struct series_signal of = series_signal(keys);
	struct decoder decoder;
	int64_t ts_us, expected_us;
	double value;
	struct err e = {""};

	decoder_init(&decoder, payload, strlen(payload));
	assert_int_equal(decode_quality(&decoder, of.signal, &e), QUALITY_GOOD);
	if (!decode_signal(&decoder, of.signal, &value, &ts_us, &e))
		fail_msg("%s: %s", keys, e.text);
	check_near(value, expected);
	if (stamp) {
		assert_true(stamp_parse(stamp, &expected_us));
		assert_int_equal(ts_us, expected_us);
	}
	decoder_done(&decoder);
	series_signal_free(&of);
}

static const char neuron_values[] = "{\"timestamp\": 1650006388943, \"node\": \"modbus\", \"group\": \"grp\", \"values\": "
                                    "{\"tag0\": 123.5}, \"errors\": {\"tag1\": 2014}}";
static const char neuron_tags[] = "{\"timestamp\": 1647497389075, \"node\": \"modbus\", \"group\": \"grp\", \"tags\": "
                                  "[{\"name\": \"tag0\", \"value\": 123}, {\"name\": \"tag1\", \"error\": 2014}]}";
static const char tasmota[] =
    "{\"Time\": \"2026-01-31T12:00:00\", \"DS18B20-1\": {\"Id\": \"01131B7F9D51\", \"Temperature\": 21.7}, \"TempUnit\": \"C\"}";

static void test_documented(void **state)
{
	(void)state;
	check_reading("tag: T", "71.25", 71.25, NULL);
	check_reading("pointer: /0", "[5, 6]", 5, NULL);
	check_reading("pointer: /v, text: true", "{\"v\": \"21.5\"}", 21.5, NULL);
	check_reading("pointer: \"\", text: true", "\"21.5\"", 21.5, NULL);
	check_reading(
	    "pointer: /values/tag0, time: {pointer: /timestamp, format: unix_ms}, quality: {pointer: /errors/tag0, absent: good}",
	    neuron_values, 123.5, "2022-04-15T07:06:28.943Z");
	check_reading("pointer: /tags/0/value, quality: {pointer: /tags/0/error, absent: good}", neuron_tags, 123, NULL);
	check_reading("pointer: /DS18B20-1/Temperature", tasmota, 21.7, NULL);
	check_reading("pointer: /v, quality: {pointer: /q, good: [true]}",
	              "{\"id\": \"Channel.Device.Tag\", \"v\": 42, \"q\": true, \"t\": 1642435875873}", 42, NULL);
}

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
	char *shelly = data_file("shelly_gen3_getstatus_2pm.json"), *opcua = data_file("opcua_publisher_sample_0.json.txt");

	(void)state;
	if (!shelly)
		skip();
	check_reading("pointer: /cover:0/temperature/tC, time: {pointer: /sys/unixtime, format: unix_s}", shelly, 52,
	              "2025-10-13T14:12:17Z");
	check_reading("pointer: /cover:0/apower", shelly, 0, NULL);
	check_reading("pointer: /number:200/value", shelly, 4, NULL);
	check_reading(
	    "pointer: \"/Messages/0/Payload/http:~1~1test.org~1UA~1Data~1#i=10846/Value\","
	    " time: {pointer: \"/Messages/0/Payload/http:~1~1test.org~1UA~1Data~1#i=10846/SourceTimestamp\", format: rfc3339},"
	    " quality: {pointer: \"/Messages/0/Payload/http:~1~1test.org~1UA~1Data~1#i=10846/StatusCode\", format: opcua}",
	    opcua, 251, "2020-03-24T23:30:55.989146Z");
	check_reading("pointer: \"/Messages/0/Payload/http:~1~1test.org~1UA~1Data~1#i=10845/Value\", quality: {pointer: "
	              "/Messages/0/Status, format: opcua}",
	              opcua, 99, NULL);
	free(shelly);
	free(opcua);
}

/* Sparkplug B is binary on the wire; what its specification prints is no JSON either: refused with words. */
static void test_sparkplug_is_refused(void **state)
{
	static const char *const files[] = {"sparkplug_b_payload_0.json.txt", "sparkplug_b_payload_2.json.txt",
	                                    "sparkplug_b_payload_4.json.txt"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *payload = data_file(files[i]);
		struct series_signal of;
		struct decoder decoder;
		int64_t ts_us;
		double value;
		struct err e = {""};

		if (!payload)
			skip();
		of = series_signal("pointer: /metrics/0/value");
		decoder_init(&decoder, payload, strlen(payload));
		assert_false(decode_signal(&decoder, of.signal, &value, &ts_us, &e));
		assert_non_null(strstr(e.text, "not valid JSON"));
		decoder_done(&decoder);
		series_signal_free(&of);
		free(payload);
	}
}

/* ---- quality ---------------------------------------------------------------------------- */

static void check_quality(const char *keys, const char *payload, enum quality expected, const char *words)
{
	struct series_signal of = series_signal(keys);
	struct decoder decoder;
	enum quality quality;
	struct err e = {""};

	decoder_init(&decoder, payload, strlen(payload));
	quality = decode_quality(&decoder, of.signal, &e);
	if (quality != expected)
		fail_msg("%s: %s is %s, not %s", keys, payload, quality_text[quality], quality_text[expected]);
	if (words && !strstr(e.text, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", payload, e.text, words);
	decoder_done(&decoder);
	series_signal_free(&of);
}

static void test_opcua(void **state)
{
	static const char *const keys = "pointer: /v, quality: {pointer: /s, format: opcua}";

	(void)state;
	check_quality(keys, "{\"s\": 0}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"s\": 10682368}", QUALITY_GOOD, NULL); /* 0x00A30000, GoodResultsMayBeIncomplete */
	check_quality(keys, "{}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"s\": null}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"s\": {}}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"s\": 1083179008}", QUALITY_UNCERTAIN,
	              "its source says that it is uncertain: 1083179008");                                     /* 0x40900000 */
	check_quality(keys, "{\"s\": 2147876864}", QUALITY_BAD, "its source says that it is bad: 2147876864"); /* 0x80060000 */
	check_quality(keys, "{\"s\": {\"Code\": 2150957056, \"Symbol\": \"BadSensorFailure\"}}", QUALITY_BAD,
	              "2150957056 BadSensorFailure");
	check_quality(keys, "{\"s\": {\"Code\": 1083179008}}", QUALITY_UNCERTAIN, NULL);
	check_quality(keys, "{\"s\": \"Good\"}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"s\": \"UncertainLastUsableValue\"}", QUALITY_UNCERTAIN, "UncertainLastUsableValue");
	check_quality(keys, "{\"s\": \"BadNoCommunication\"}", QUALITY_BAD, "BadNoCommunication");
	check_quality(keys, "{\"s\": 3221225472}", QUALITY_BAD, NULL); /* reserved */
	check_quality(keys, "{\"s\": -1}", QUALITY_BAD, NULL);
	check_quality(keys, "{\"s\": 4294967296}", QUALITY_BAD, NULL);
	check_quality(keys, "{\"s\": true}", QUALITY_BAD, "bad: true");
	check_quality(keys, "{\"s\": [0]}", QUALITY_BAD, "bad: an array");
	check_quality(keys, "junk", QUALITY_BAD, "not valid JSON");
	check_quality("pointer: /v, quality: {pointer: /s, format: opcua, absent: bad}", "{}", QUALITY_BAD, "bad: nothing");
}

static void test_opc_da(void **state)
{
	static const char *const keys = "pointer: /v, quality: {pointer: /q, format: opc_da}";

	(void)state;
	check_quality(keys, "{\"q\": 192}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"q\": 216}", QUALITY_GOOD, NULL); /* local override */
	check_quality(keys, "{\"q\": 68}", QUALITY_UNCERTAIN, NULL);
	check_quality(keys, "{\"q\": 24}", QUALITY_BAD, NULL);
	check_quality(keys, "{}", QUALITY_BAD, "bad: nothing");
}

static void test_lists(void **state)
{
	static const char *const keys = "pointer: /v, quality: {pointer: /q, good: [ok, 0, true], uncertain: [old, 1.5]}";

	(void)state;
	check_quality(keys, "{\"q\": \"ok\"}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"q\": 0.0}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"q\": true}", QUALITY_GOOD, NULL);
	check_quality(keys, "{\"q\": \"old\"}", QUALITY_UNCERTAIN, "uncertain: old");
	check_quality(keys, "{\"q\": 1.5}", QUALITY_UNCERTAIN, "uncertain: 1.5");
	check_quality(keys, "{\"q\": false}", QUALITY_BAD, "bad: false");
	check_quality(keys, "{\"q\": \"OK\"}", QUALITY_BAD, "bad: OK");
	check_quality(keys, "{\"q\": null}", QUALITY_BAD, "bad: null");
	check_quality(keys, "{}", QUALITY_BAD, "bad: nothing");
	check_quality("pointer: /v, quality: {pointer: /q, good: [ok], absent: uncertain}", "{}", QUALITY_UNCERTAIN,
	              "uncertain: nothing");
	check_quality("pointer: /values/tag1, quality: {pointer: /errors/tag1, absent: good}", neuron_values, QUALITY_BAD,
	              "bad: 2014");
	check_quality("pointer: /tags/1/value, quality: {pointer: /tags/1/error, absent: good}", neuron_tags, QUALITY_BAD,
	              "bad: 2014");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documented), cmocka_unit_test(test_real),   cmocka_unit_test(test_sparkplug_is_refused),
	    cmocka_unit_test(test_opcua),      cmocka_unit_test(test_opc_da), cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

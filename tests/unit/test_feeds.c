/* Forward curves in the engine, on virtual time: what is in force changes without a message, ends at once, survives refused
 * messages, clocks and configurations; what is stored of it. And signals that tell of their own quality. */
#include "dryer_checks.h"
#include "io/store_hour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_US = INT64_C(3600000000);
static const char *const hours = ", series: {start: s, value: v, format: unix_s, step: 1 h}";

/* A list of hours from one after the start of virtual time on; NaN: null. */
static char *hourly(char *out, int first, size_t n, const double *eur_mwh)
{
	char *to = out + sprintf(out, "[");

	for (size_t i = 0; i < n; i++) {
		to += sprintf(to, "%s{\"s\": %lld, \"v\": ", i ? "," : "",
		              (long long)(WORLD_EPOCH_US / SECOND_US) + 3600 * (first + (long long)i));
		to += isnan(eur_mwh[i]) ? sprintf(to, "null}") : sprintf(to, "%g}", eur_mwh[i]);
	}
	sprintf(to, "]");
	return out;
}

static void send_hours(struct world *w, int first, size_t n, const double *eur_mwh)
{
	char payload[4096];

	world_send(w, "p/elec", hourly(payload, first, n, eur_mwh));
}
#define SEND(w, first, ...) send_hours(w, first, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static struct world *dryer(const char *price_keys)
{
	struct world *w = world_dryer(price_keys, "", "");

	world_queue(w, "t/source", "15");
	world_send(w, "t/in", "55");
	return w;
}

/* The source would turn stale in a minute. */
static void to(struct world *w, double seconds)
{
	while (w->now.utc_us + 50 * SECOND_US < WORLD_EPOCH_US + (int64_t)(seconds * 1e6)) {
		world_to(w, (double)(w->now.mono_us / SECOND_US - 1) + 50);
		world_send(w, "t/source", "15");
	}
	world_to(w, seconds);
}

/* The newest sample of the price. */
static const struct record *price_sample(const struct world *w)
{
	for (size_t i = w->n_samples; i-- > 0;)
		if (strcmp(w->config->signals[w->samples[i % 256].sample.signal].name, "market.electricity.price") == 0)
			return &w->samples[i % 256];
	fail();
	return NULL;
}

static size_t price_samples(const struct world *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_samples; i++)
		n += strcmp(w->config->signals[w->samples[i % 256].sample.signal].name, "market.electricity.price") == 0;
	return n;
}

static void check_sample(const struct world *w, double hour, double value, enum quality quality)
{
	const struct record *record = price_sample(w);

	/* a microsecond later where a stamp is taken already */
	assert_in_range(record->ts_us - WORLD_EPOCH_US - (int64_t)(hour * (double)HOUR_US), 0, 1);
	check_near(record->sample.value, value);
	assert_int_equal(record->sample.quality, quality);
}

static void check_state(struct world *w, const char *what)
{
	if (!strstr(world_payload(w, TOPIC_STATE, 0), what))
		fail_msg("%s: no %s", world_payload(w, TOPIC_STATE, 0), what);
}

/* T* = T_src r/(r - eta) for the price, fuel at 60. */
static double optimum_c(double eur_mwh)
{
	double r = eur_mwh / 60;

	return 288.15 * r / (r - 0.55) - 273.15;
}

/* ---- boundaries ------------------------------------------------------------------------- */

static void test_boundary_without_a_message(void **state)
{
	struct world *w = dryer(hours);
	size_t messages;

	(void)state;
	to(w, 1800);
	SEND(w, 0, 132, 150, 120);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_sample(w, 0.5, 132, QUALITY_GOOD);
	check_state(w, "\"valid_until\":\"2026-01-01T01:00:00.000000Z\",\"curve_until\":\"2026-01-01T03:00:00.000000Z\"");
	to(w, 3599.9);
	messages = w->n_setpoints;
	world_to(w, 3600);
	assert_int_equal(w->n_setpoints, messages + 1);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	check_sample(w, 1, 150, QUALITY_GOOD);
	assert_int_equal(world_setpoint(w)->cause_us, WORLD_EPOCH_US + HOUR_US);
	to(w, 7200);
	check_running(w, QUALITY_GOOD, optimum_c(120));
	check_sample(w, 2, 120, QUALITY_GOOD);
	assert_int_equal(price_samples(w), 3);
	world_free(w);
}

static void test_end(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	SEND(w, 0, 132, 150);
	to(w, 7199.9);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	to(w, 7200);
	check_bad(w, REASON_BAD_INPUT);
	check_sample(w, 2, 150, QUALITY_BAD);
	check_state(w, "\"reason\":\"stale: its curve ended at 2026-01-01T02:00:00.000000Z\"");
	check_state(w, "\"valid_until\":null,\"curve_until\":\"2026-01-01T02:00:00.000000Z\"");
	assert_int_equal(world_events(w, "signal_stale"), 1);
	/* nothing more happens by itself, and what comes late counts at once */
	to(w, 9000);
	assert_int_equal(price_samples(w), 3);
	SEND(w, 2, 132);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_sample(w, 2.5, 132, QUALITY_GOOD);
	world_free(w);
}

static void test_hole(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	SEND(w, 0, 132, NAN, 150);
	to(w, 3600);
	check_bad(w, REASON_BAD_INPUT);
	check_sample(w, 1, 132, QUALITY_BAD);
	check_state(w, "stale: its curve says nothing until 2026-01-01T02:00:00.000000Z");
	to(w, 7200);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	check_sample(w, 2, 150, QUALITY_GOOD);
	world_free(w);
}

static void test_on_bad(void **state)
{
	struct world *hold = dryer(", series: {start: s, value: v, format: unix_s, step: 1 h}, on_bad: hold");
	struct world *other = dryer(", series: {start: s, value: v, format: unix_s, step: 1 h}, on_bad: 120 EUR/MWh");

	(void)state;
	SEND(hold, 0, 132);
	SEND(other, 0, 132);
	to(hold, 3600);
	to(other, 3600);
	check_running(hold, QUALITY_UNCERTAIN, T_OPT_C);
	check_state(hold, "stale: its curve ended at 2026-01-01T01:00:00.000000Z; holding the last good value 132 EUR/MWh");
	check_running(other, QUALITY_UNCERTAIN, optimum_c(120));
	world_free(hold);
	world_free(other);
}

/* It has spoken, so nobody waits for it. */
static void test_curve_of_another_day(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	SEND(w, -48, 132, 132);
	check_bad(w, REASON_BAD_INPUT);
	check_state(w, "stale: its curve ended at 2025-12-30T02:00:00.000000Z");
	assert_int_equal(price_samples(w), 0);
	SEND(w, 24, 132);
	check_state(w, "stale: its curve says nothing until 2026-01-02T00:00:00.000000Z");
	world_free(w);
}

/* The mean of an hour of what the history was given; NaN: there is none. */
static double hour_mean(const struct world *w, int hour)
{
	struct hour_sum sum;
	double mean;

	hour_begin(&sum, WORLD_EPOCH_US + hour * HOUR_US, WORLD_EPOCH_US + (hour + 1) * HOUR_US, 0);
	for (size_t i = 0; i < w->n_samples; i++) {
		const struct record *record = &w->samples[i % 256];

		if (strcmp(w->config->signals[record->sample.signal].name, "market.electricity.price") == 0 &&
		    record->ts_us < WORLD_EPOCH_US + (hour + 1) * HOUR_US)
			hour_add(&sum, record->ts_us, record->sample.quality, record->sample.value);
	}
	return hour_end(&sum, &mean) ? mean : NAN;
}

/* Quarters that come late, a hole of an hour and the end: each hour has the mean of what was in force in it. */
static void test_hourly_means(void **state)
{
	struct world *w = dryer(", series: {starts: /t, values: /p, format: unix_s, step: 15 min}");
	char payload[1024], *out = payload;

	(void)state;
	out += sprintf(out, "{\"t\": [");
	for (int i = 0; i < 16; i++)
		out += sprintf(out, "%s%lld", i ? "," : "", (long long)(WORLD_EPOCH_US / SECOND_US) + i * 900);
	out += sprintf(out, "], \"p\": [");
	for (int i = 0; i < 16; i++)
		out += i / 4 == 2 ? sprintf(out, ",null") : sprintf(out, "%s%d", i ? "," : "", 100 + 10 * i);
	sprintf(out, "]}");
	world_to(w, 1350);
	world_send(w, "p/elec", payload);
	world_to(w, 5 * 3600);
	check_near(hour_mean(w, 0), (7.5 * 110 + 15 * 120 + 15 * 130) / 37.5);
	check_near(hour_mean(w, 1), 155);
	check_double(hour_mean(w, 2), NAN, 0, 0);
	check_near(hour_mean(w, 3), 235);
	check_double(hour_mean(w, 4), NAN, 0, 0);
	world_free(w);
}

/* ---- messages --------------------------------------------------------------------------- */

static void test_delivered_again(void **state)
{
	struct world *w = dryer(hours);
	size_t setpoints;

	(void)state;
	SEND(w, 0, 132, 150);
	setpoints = w->n_setpoints;
	to(w, 600);
	SEND(w, 0, 132, 150);
	assert_int_equal(w->n_setpoints, setpoints);
	assert_int_equal(price_samples(w), 1);
	/* tomorrow's, then a correction of what is in force and of the next hour */
	SEND(w, 2, 120);
	check_state(w, "\"curve_until\":\"2026-01-01T03:00:00.000000Z\"");
	assert_int_equal(price_samples(w), 1);
	to(w, 1200);
	SEND(w, 0, 140, 145);
	check_running(w, QUALITY_GOOD, optimum_c(140));
	check_sample(w, 1.0 / 3, 140, QUALITY_GOOD);
	to(w, 3600);
	check_running(w, QUALITY_GOOD, optimum_c(145));
	/* a null takes nothing away */
	SEND(w, 1, NAN, NAN, 130);
	check_running(w, QUALITY_GOOD, optimum_c(145));
	to(w, 7200);
	check_running(w, QUALITY_GOOD, optimum_c(120));
	world_free(w);
}

static void test_refused_message(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	world_send(w, "p/elec", "{\"error\": 503}");
	check_bad(w, REASON_BAD_INPUT);
	check_state(w, "\"reason\":\"nothing at /s in it\"");
	SEND(w, 0, 132, 150);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "p/elec", "<html>");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_state(w, "\"quality\":\"good\"");
	to(w, 2);
	check_state(w, "\"rejected\":2,\"reason\":\"not valid JSON");
	world_send(w, "p/elec", "<html>");
	assert_int_equal(world_events(w, "series_refused"), 1);
	world_send(w, "p/elec", "[]");
	assert_int_equal(world_events(w, "series_refused"), 2);
	to(w, 3600);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	world_free(w);
}

static void test_retained(void **state)
{
	struct world *w = dryer(hours);
	char payload[512];

	(void)state;
	world_retained(w, "p/elec", hourly(payload, 0, 2, (double[]){132, 150}));
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_out_of_range(void **state)
{
	struct world *w = dryer(", valid: [-500, 1000], series: {start: s, value: v, format: unix_s, step: 1 h}");

	(void)state;
	SEND(w, 0, 132, 4000, 150);
	to(w, 3600);
	check_bad(w, REASON_BAD_INPUT);
	check_sample(w, 1, 4000, QUALITY_BAD);
	check_state(w, "4000 EUR/MWh is outside [-500, 1000]");
	SEND(w, 0, 132, 4000, 150);
	assert_int_equal(price_samples(w), 2);
	to(w, 7200);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	world_free(w);
}

static void test_too_many(void **state)
{
	struct world *w = dryer(", series: {starts: /t, values: /p, format: unix_s}");
	char *payload = malloc(200000), *to_ = payload;

	(void)state;
	to_ += sprintf(to_, "{\"t\": [");
	for (int i = 0; i < 5000; i++)
		to_ += sprintf(to_, "%s%lld", i ? "," : "", (long long)(WORLD_EPOCH_US / SECOND_US) + i * 60);
	to_ += sprintf(to_, "], \"p\": [");
	for (int i = 0; i < 5000; i++)
		to_ += sprintf(to_, "%s%d", i ? "," : "", 132);
	sprintf(to_, "]}");
	world_send(w, "p/elec", payload);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_state(w, "\"curve_until\":\"2026-01-03T20:16:00.000000Z\"");
	to(w, 2);
	check_state(w, "more than 4096 intervals: those from 2026-01-03T20:16:00.000000Z on are left out");
	free(payload);
	world_free(w);
}

/* ---- clocks ----------------------------------------------------------------------------- */

static void test_clock_is_set(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	SEND(w, -2, 110, 115, 132, 150);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	w->now.utc_us += HOUR_US;
	world_run(w);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	check_sample(w, 1, 150, QUALITY_GOOD);
	w->now.utc_us -= 2 * HOUR_US + HOUR_US / 2;
	world_run(w);
	check_running(w, QUALITY_GOOD, optimum_c(110));
	check_sample(w, -1.5, 110, QUALITY_GOOD);
	/* and goes on from there */
	world_to(w, 30);
	world_send(w, "t/source", "15");
	for (int i = 0; i < 36; i++) {
		world_to(w, 30 + 50 * (i + 1));
		world_send(w, "t/source", "15");
	}
	check_running(w, QUALITY_GOOD, optimum_c(115));
	check_sample(w, -1, 115, QUALITY_GOOD);
	w->now.utc_us -= 365 * 24 * HOUR_US;
	world_run(w);
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

static void test_clock_that_was_never_set(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	w->now.utc_us = INT64_C(86400000000);
	world_run(w);
	SEND(w, 0, 132, 150);
	check_bad(w, REASON_BAD_INPUT);
	w->now.utc_us = WORLD_EPOCH_US + 10 * SECOND_US;
	world_run(w);
	world_send(w, "t/source", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* UTC that is slewed while the monotonic clock is not: early looks look again. */
static void test_clocks_drift(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	SEND(w, 0, 132, 150);
	world_to(w, 20);
	w->now.utc_us -= SECOND_US / 2;
	world_run(w);
	for (int i = 1; i < 72; i++) {
		world_to(w, 50 * i);
		world_send(w, "t/source", "15");
	}
	world_to(w, 3600.4);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_to(w, 3600.5);
	check_running(w, QUALITY_GOOD, optimum_c(150));
	check_sample(w, 1, 150, QUALITY_GOOD);
	world_free(w);
}

/* The night of 25 hours in quarters, told in wall time; each quarter in force for its own fifteen minutes. */
static void test_night_of_25_hours(void **state)
{
	struct world *w = dryer(", series: {starts: /t, values: /p, format: local, zone: Europe/Berlin, step: 15 min}");
	char payload[8192], *out = payload;
	int64_t begin_us = INT64_C(1792879200000000); /* 2026-10-24T22:00Z */

	(void)state;
	out += sprintf(out, "{\"t\": [");
	for (int i = 0; i < 100; i++) {
		int shown = i < 12 ? i : i - 4;

		out += sprintf(out, "%s\"2026-10-25T%02d:%02d\"", i ? "," : "", shown / 4, shown % 4 * 15);
	}
	out += sprintf(out, "], \"p\": [");
	for (int i = 0; i < 100; i++)
		out += sprintf(out, "%s%d", i ? "," : "", 100 + i);
	sprintf(out, "]}");
	w->now.utc_us = begin_us;
	world_run(w);
	world_send(w, "p/elec", payload);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(price_sample(w)->ts_us, begin_us + i * 900 * SECOND_US);
		check_near(price_sample(w)->sample.value, 100 + i);
		for (int k = 0; k < 18; k++) {
			world_send(w, "t/source", "15");
			world_to(w, i * 900 + (k + 1) * 50);
		}
	}
	check_state(w, "\"curve_until\":\"2026-10-25T23:00:00.000000Z\"");
	world_free(w);
}

/* ---- another configuration -------------------------------------------------------------- */

static void test_reload(void **state)
{
	struct world *w = dryer(hours),
	             *next = world_dryer(", valid: [-500, 140], series: {start: s, value: v, format: unix_s, step: 1 h}", "", "");
	struct world *other = world_dryer(", series: {start: s, value: w, format: unix_s, step: 1 h}", "", "");
	uint32_t loops[1], signals[8];

	(void)state;
	SEND(w, 0, 132, 150, 120);
	to(w, 3000);
	assert_true(config_match(next->config, w->config, loops, signals));
	engine_adopt(next->engine, w->now, w->engine, loops, signals);
	next->now = w->now;
	world_run(next);
	check_state(next, "\"valid_until\":\"2026-01-01T01:00:00.000000Z\"");
	assert_int_equal(price_samples(next), 0);
	/* crosses the boundary by itself, under the new range */
	to(next, 3600);
	check_bad(next, REASON_BAD_INPUT);
	to(next, 7200);
	check_running(next, QUALITY_GOOD, optimum_c(120));
	/* read in another way: begins anew */
	assert_true(config_match(other->config, next->config, loops, signals));
	engine_adopt(other->engine, next->now, next->engine, loops, signals);
	other->now = next->now;
	world_run(other);
	to(other, 7206);
	check_bad(other, REASON_BAD_INPUT);
	world_free(w);
	world_free(next);
	world_free(other);
}

/* A field of a replayed table is a plain value. */
static void test_field(void **state)
{
	struct world *w = dryer(hours);

	(void)state;
	for (uint32_t i = 0; i < w->config->n_signals; i++)
		if (w->config->signals[i].series)
			engine_field(w->engine, w->now, i, "132");
	world_run(w);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	to(w, 86400);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* ---- quality ---------------------------------------------------------------------------- */

static void test_quality(void **state)
{
	struct world *w = dryer(", pointer: /v, quality: {pointer: /s, format: opcua}");

	(void)state;
	world_send(w, "p/elec", "{\"v\": 132}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "p/elec", "{\"v\": 132, \"s\": 1083179008}");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(price_sample(w)->sample.quality, QUALITY_UNCERTAIN);
	to(w, 2);
	check_state(w, "its source says that it is uncertain");
	world_send(w, "p/elec", "{\"v\": 131, \"s\": {\"Code\": 2150957056, \"Symbol\": \"BadSensorFailure\"}}");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(price_sample(w)->sample.quality, QUALITY_BAD);
	check_near(price_sample(w)->sample.value, 131);
	assert_int_equal(world_events(w, "signal_bad_quality"), 1);
	to(w, 4);
	check_state(w, "its source says that it is bad: 2150957056 BadSensorFailure");
	/* without a value it is as bad */
	world_send(w, "p/elec", "{\"s\": 2150957056}");
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "p/elec", "{\"v\": 132, \"s\": 0}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_quality_with_times(void **state)
{
	struct world *w = dryer(", pointer: /v, time: {pointer: /t, format: unix_s}, stale_after: 1 h, quality: {pointer: /s, "
	                        "good: [ok], uncertain: [old]}, on_bad: hold");

	(void)state;
	to(w, 100);
	world_send(w, "p/elec", "{\"v\": 132, \"s\": \"ok\", \"t\": 1767225690}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	/* an older bad one is kept in its place and moves nothing */
	world_send(w, "p/elec", "{\"v\": 500, \"s\": \"fault\", \"t\": 1767225680}");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(price_sample(w)->ts_us, WORLD_EPOCH_US + 80 * SECOND_US);
	assert_int_equal(price_sample(w)->sample.quality, QUALITY_BAD);
	world_send(w, "p/elec", "{\"v\": 500, \"s\": \"fault\", \"t\": 1767225695}");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	world_send(w, "p/elec", "{\"v\": 150, \"s\": \"old\", \"t\": 1767225696}");
	check_running(w, QUALITY_UNCERTAIN, optimum_c(150));
	/* an uncertain value grows old like any other */
	to(w, 96 + 3600);
	check_state(w, "stale: no value for 3600 s; holding");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_boundary_without_a_message),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_hole),
	    cmocka_unit_test(test_on_bad),
	    cmocka_unit_test(test_hourly_means),
	    cmocka_unit_test(test_curve_of_another_day),
	    cmocka_unit_test(test_delivered_again),
	    cmocka_unit_test(test_refused_message),
	    cmocka_unit_test(test_retained),
	    cmocka_unit_test(test_out_of_range),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_clock_is_set),
	    cmocka_unit_test(test_clock_that_was_never_set),
	    cmocka_unit_test(test_clocks_drift),
	    cmocka_unit_test(test_night_of_25_hours),
	    cmocka_unit_test(test_reload),
	    cmocka_unit_test(test_field),
	    cmocka_unit_test(test_quality),
	    cmocka_unit_test(test_quality_with_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tariffs: the formula, windows of wall-clock time against a plain look at every minute, days of 23, 24 and 25 hours; and how
 * they are written. */
#include "check.h"
#include "config_file.h"
#include "core/tariff.h"
#include "core/zone.h"
#include "io/zone.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000000)
#define DAY    (1440 * MINUTE)

static void test_energy(void **state)
{
	(void)state;
	check_near(tariff_energy_eur_mwh(100, NAN, NAN), 100);
	check_near(tariff_energy_eur_mwh(-100, NAN, 0), -100);
	check_near(tariff_energy_eur_mwh(100, NAN, 0.03), 103);
	check_near(tariff_energy_eur_mwh(-100, 0, 0.03), 0);
	check_near(tariff_energy_eur_mwh(5, 10, 0.5), 10);
	check_near(tariff_energy_eur_mwh(10, 10, 0.5), 15);
	check_double(tariff_energy_eur_mwh(NAN, 10, 0), NAN, 0, 0); /* no price is not the floor */
}

static const struct zone *zone_of(struct arena *arena, const char *name)
{
	struct err e;
	const struct zone *zone = zone_load(arena, name, &e);

	if (!zone)
		fail_msg("%s", e.text);
	return zone;
}

/* What the wall says, by the offset alone. */
static bool plainly_open(const struct adder *a, int64_t utc_us)
{
	int64_t local = utc_us + zone_offset_us(a->zone, utc_us), day = local / DAY, minute = local % DAY / MINUTE;
	bool today = a->days >> (day + 3) % 7 & 1, yesterday = a->days >> (day + 2) % 7 & 1;

	if (a->from_min < a->to_min)
		return today && minute >= a->from_min && minute < a->to_min;
	return (today && minute >= a->from_min) || (yesterday && minute < a->to_min);
}

/* Walks from edge to edge; in between nothing changes, and no step is beyond a day. */
static void walk(const struct adder *a, int64_t from_us, int64_t to_us)
{
	for (int64_t at = from_us, until; at < to_us; at = until) {
		until = tariff_until_us(a, 1, at);
		assert_true(until > at && until <= at + DAY + 120 * MINUTE);
		for (int64_t t = at; t < until; t += 7 * MINUTE)
			assert_int_equal(tariff_in_force(a, t), plainly_open(a, at));
		assert_int_equal(tariff_in_force(a, until - 1), plainly_open(a, at));
	}
}

static void test_windows_over_the_changes(void **state)
{
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"};
	struct arena *arena = arena_new();

	(void)state;
	srand(4);
	for (int i = 0; i < 200; i++) {
		struct adder a = {.from_min = rand() % 1440,
		                  .to_min = 1 + rand() % 1440,
		                  .days = (unsigned)rand() % 128,
		                  .zone = zone_of(arena, zones[i % 5])};
		int64_t year = INT64_C(1577836800000000) + rand() % 10 * 365 * DAY; /* 2020 on */

		if (a.from_min == a.to_min)
			continue;
		walk(&a, year + 80 * DAY, year + 95 * DAY);
		walk(&a, year + 290 * DAY, year + 310 * DAY);
	}
	arena_free(arena);
}

static void test_days_over_the_changes(void **state)
{
	struct arena *arena = arena_new();
	const struct zone *berlin = zone_of(arena, "Europe/Berlin"), *havana = zone_of(arena, "America/Havana");
	int short_days = 0, long_days = 0;

	(void)state;
	for (int64_t at = INT64_C(1577836800000000); at < INT64_C(1577836800000000) + 3652 * DAY; at += DAY / 2) {
		int64_t begin = day_begin_us(berlin, at), end = day_end_us(berlin, at);

		assert_true(begin <= at && at < end);
		assert_int_equal((begin + zone_offset_us(berlin, begin)) % DAY, 0);
		assert_int_equal(day_begin_us(berlin, end), end);
		assert_int_equal(day_begin_us(berlin, end - 1), begin);
		short_days += end - begin == DAY - 60 * MINUTE;
		long_days += end - begin == DAY + 60 * MINUTE;
	}
	assert_int_equal(short_days, 2 * 10);
	assert_int_equal(long_days, 2 * 10);
	/* there the clock goes from midnight to one: the day begins at one */
	for (int64_t at = INT64_C(1583884800000000); at < INT64_C(1584316800000000); at += 30 * MINUTE)
		assert_true(day_begin_us(havana, at) <= at && at < day_end_us(havana, at));
	arena_free(arena);
}

/* ---- how they are written ---------------------------------------------------------------- */

#define MARKET(adders)                                                                                          \
	"site: x\nmarket: {electricity: {price: 1 EUR/MWh, " adders "}, fuel: {price: 60 EUR/MWh}}\n"           \
	"loops: {a: {source: {t_in: 1 degC}, sink: {t_in: 10 degC, t_target: 60 degC, duty: 1 kW}, heat_pump: " \
	"{lorenz_efficiency: 0.5}}"

static struct config *accept(const char *text)
{
	char *said;
	struct config *config = load_text(text, strlen(text), &said);

	if (!config)
		fail_msg("%s", said);
	free(said);
	return config;
}

static void test_adders_as_written(void **state)
{
	struct config *config = accept(
	    "zone: Europe/Berlin\n" MARKET("adders: [{add: 38 EUR/MWh}, {from: 07:00, to: 20:00, days: mon-fri, add: 1.2 "
	                                   "ct/kWh}, "
	                                   "{from: '22:00', to: '06:00', days: 'sat, sun,wed', zone: UTC, add: {topic: t, unit: "
	                                   "EUR/MWh}}]") ", b: {market: {electricity: {adders: 5 EUR/MWh}}, source: {t_in: 1 "
	                                                 "degC}, sink: {t_in: 10 degC, t_target: 60 degC, duty: 1 kW}, "
	                                                 "heat_pump: {lorenz_efficiency: 0.5}}, c: {market: {electricity: "
	                                                 "{adders: [{days: fri-mon, add: 1 EUR/MWh}]}}, source: {t_in: 1 degC}, "
	                                                 "sink: {t_in: 10 degC, t_target: 60 degC, duty: 1 kW}, heat_pump: "
	                                                 "{lorenz_efficiency: 0.5}}}\n");
	const struct adder *a = config->loops[0].adders;

	(void)state;
	assert_int_equal(config->loops[0].n_adders, 3);
	check_near(a[0].add.value, 38);
	assert_int_equal(a[0].from_min, 0);
	assert_int_equal(a[0].to_min, 1440);
	assert_int_equal(a[0].days, 127);
	assert_string_equal(a[0].zone->name, "Europe/Berlin");
	check_near(a[1].add.value, 12);
	assert_int_equal(a[1].from_min, 420);
	assert_int_equal(a[1].days, 31);
	assert_int_equal(a[2].days, 32 + 64 + 4);
	assert_string_equal(a[2].zone->name, "UTC");
	assert_int_equal(a[2].add.kind, INPUT_SIGNAL);
	assert_string_equal(config->signals[0].name, "market.electricity.adders.2.add");
	assert_int_equal(config->loops[1].n_adders, 0); /* its own entry replaces the whole list */
	check_near(config->loops[1].slot[SLOT_ELEC_ADDERS].value, 5);
	assert_int_equal(config->loops[2].n_adders, 1);
	assert_int_equal(config->loops[2].adders[0].days, 16 + 32 + 64 + 1);
	config_free(config);
}

static void refuse(const char *text, const char *expected)
{
	char *said;

	assert_null(load_text(text, strlen(text), &said));
	if (!strstr(said, expected))
		fail_msg("%s is not in %s", expected, said);
	free(said);
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {MARKET("adders: []") "}", "2:50: market.electricity.adders: has 0 entries; 1 to 48 are possible"},
	    {MARKET("adders: [{from: 7:00, add: 1 EUR/MWh}]") "}",
	     "adders.0.from: \"7:00\" is not a time of the day: HH:MM, 00:00 to 24:00"},
	    {MARKET("adders: [{from: '24:01', add: 1 EUR/MWh}]") "}", "\"24:01\" is not a time of the day"},
	    {MARKET("adders: [{from: '07:60', add: 1 EUR/MWh}]") "}", "\"07:60\" is not a time of the day"},
	    {MARKET("adders: [{from: '0700x', add: 1 EUR/MWh}]") "}", "is not a time of the day"},
	    {MARKET("adders: [{from: '07:00', to: '07:00', add: 1 EUR/MWh}]") "}", "adders.0: from and to are the same time"},
	    {MARKET("adders: [{days: mo-fr, add: 1 EUR/MWh}]") "}",
	     "adders.0.days: \"mo-fr\" are no days of the week: mon-fri, or sat,sun"},
	    {MARKET("adders: [{days: 'sat,', add: 1 EUR/MWh}]") "}", "are no days of the week"},
	    {MARKET("adders: [{days: mon-, add: 1 EUR/MWh}]") "}", "are no days of the week"},
	    {MARKET("adders: [{from: '07:00'}]") "}", "adders.0.add: is missing"},
	    {MARKET("adders: [5 EUR/MWh]") "}", "adders.0: must be a mapping of keys, not a plain value"},
	    {MARKET("adders: [{zone: Europe/Dresden, add: 1 EUR/MWh}]") "}", "adders.0.zone: "},
	    {MARKET("floor: 5") "}", "market.electricity.floor: 5 has no unit"},
	    {MARKET("factor: -200 %") "}", "market.electricity.factor: -200 % is outside [-100 %, 1000 %]"},
	    {"zone: Mars/Base\n" MARKET("factor: 0") "}", "1:7: zone: "},
	    {"demand: {site_power: 1 kW}\n" MARKET("factor: 0") "}", "1:9: demand.peak_so_far: is missing"},
	    {"demand: {peak_so_far: 1 kW}\n" MARKET("factor: 0") "}", "1:9: demand.site_power: is missing"},
	    {"demand: {site_power: 1 kW, peak_so_far: 1 kW, hours: 2 h}\n" MARKET("factor: 0") "}",
	     "demand.hours: is of no use without a price"},
	    {"demand: {site_power: 1 kW, peak_so_far: 1 kW, price: 12 EUR/MWh}\n" MARKET("factor: 0") "}", "demand.price: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refuse(rows[i].text, rows[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_energy),
	    cmocka_unit_test(test_windows_over_the_changes),
	    cmocka_unit_test(test_days_over_the_changes),
	    cmocka_unit_test(test_adders_as_written),
	    cmocka_unit_test(test_what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

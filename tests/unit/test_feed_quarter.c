/* A real quarter of a year of day-ahead prices (LORENZ_DATA_DIR), delivered each noon for the day after in wall time, newest
 * first: at every quarter of an hour the price in force is the one of the table, over the night of 25 hours, too. */
#include "check.h"
#include "world.h"

#include "io/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 9000 };
static const int64_t QUARTER_US = INT64_C(900000000);
static const int64_t HOUR_US = INT64_C(3600000000);
static const int64_t DAY_US = INT64_C(86400000000);

struct row {
	int64_t ts_us;
	double eur_mwh;
};

static size_t read_rows(struct row *rows)
{
	const char *folder = getenv("LORENZ_DATA_DIR");
	char path[512], line[256];
	size_t n = 0;
	FILE *file;

	if (!folder || !*folder)
		return 0;
	snprintf(path, sizeof(path), "%s/dayahead_price_DE_15min_2025Q4.csv", folder);
	file = fopen(path, "r");
	assert_non_null(file);
	while (n < ROWS_MAX && fgets(line, sizeof(line), file)) {
		char *comma = strchr(line, ',');

		if (line[0] < '0' || line[0] > '9' || !comma)
			continue;
		*comma = '\0';
		assert_true(stamp_parse(line, &rows[n].ts_us));
		rows[n++].eur_mwh = strtod(comma + 1, NULL);
	}
	fclose(file);
	return n;
}

/* The rows of one day on the wall, the last one first. */
static size_t deliver(struct world *w, const struct zone *zone, const struct row *rows, size_t n, int64_t day)
{
	static char payload[32768];
	char *out = payload + sprintf(payload, "[");
	size_t quarters = 0;

	for (size_t i = n; i-- > 0;) {
		int64_t local_us = rows[i].ts_us + zone_offset_us(zone, rows[i].ts_us);
		char stamp[STAMP_SIZE];

		if (local_us < day * DAY_US || local_us >= (day + 1) * DAY_US)
			continue;
		out += sprintf(out, "%s{\"s\":\"%.19s\",\"v\":%.17g}", quarters++ ? "," : "", stamp_format(local_us, stamp),
		               rows[i].eur_mwh);
	}
	sprintf(out, "]");
	if (quarters > 0)
		world_send(w, "p/elec", payload);
	return quarters;
}

static void check_in_force(const struct world *w, const struct row *row)
{
	const struct record *newest = &w->samples[(w->n_samples - 1) % 256];

	assert_true(w->n_samples > 0);
	assert_int_equal(newest->ts_us, row->ts_us);
	check_double(newest->sample.value, row->eur_mwh, 1e-12, 1e-12);
	assert_int_equal(newest->sample.quality, QUALITY_GOOD);
}

static void test_quarter(void **state)
{
	static struct row rows[ROWS_MAX];
	struct world *w;
	struct arena *arena;
	const struct zone *zone;
	size_t n = read_rows(rows), longest = 0;

	(void)state;
	if (n == 0)
		skip();
	arena = arena_new();
	zone = zone_load(arena, "Europe/Berlin", NULL);
	w = world_dryer(", series: {start: s, value: v, format: local, zone: Europe/Berlin, step: 15 min}", "", "");
	w->now.utc_us = rows[0].ts_us;
	world_run(w);
	deliver(w, zone, rows, n, (rows[0].ts_us + 2 * HOUR_US) / DAY_US);
	for (size_t i = 0; i < n; i++) {
		int64_t local_us = rows[i].ts_us + zone_offset_us(zone, rows[i].ts_us);

		world_to(w, (double)(rows[i].ts_us - rows[0].ts_us) / 1e6);
		check_in_force(w, &rows[i]);
		if (local_us % DAY_US == 13 * HOUR_US) {
			size_t quarters = deliver(w, zone, rows, n, local_us / DAY_US + 1);

			longest = quarters > longest ? quarters : longest;
		}
		assert_true(i == 0 || rows[i].ts_us == rows[i - 1].ts_us + QUARTER_US);
	}
	assert_int_equal(longest, 100);
	assert_int_equal(world_events(w, "series_refused"), 0);
	arena_free(arena);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quarter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The settings that README.md advises, on measured data (LORENZ_DATA_DIR): how much of what is true they refuse, and how many
 * planted faults they catch. Prints the figures; fails where they get worse than what is written there. */
#include "check.h"

#include "core/crosscheck.h"
#include "core/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000000)

enum { VALUES_MAX = 4096 };

/* One column, batch by batch where there are several. */
struct column {
	double value[VALUES_MAX];
	int batch[VALUES_MAX];
	int n;
};

/* NULL: there are no data. */
static const char *folder(void)
{
	const char *value = getenv("LORENZ_DATA_DIR");

	return value && *value ? value : NULL;
}

/* ---- reading ---------------------------------------------------------------------------- */

static char *field(char *line, int index)
{
	char *start = line;

	for (; index > 0 && start; index--) {
		start = strchr(start, ',');
		start += start != NULL;
	}
	return start;
}

static int index_of(char *header, const char *name)
{
	char *rest = header, *found;
	int index = 0;

	header[strcspn(header, "\r\n")] = '\0';
	while ((found = strsep(&rest, ",")) != NULL) {
		if (strcmp(found, name) == 0)
			return index;
		index++;
	}
	fail_msg("no column %s", name);
	return -1;
}

static void read_column(const char *file, const char *name, bool batches, struct column *column)
{
	char path[512], line[1024];
	FILE *in;
	int index = -1;

	snprintf(path, sizeof(path), "%s/%s", folder(), file);
	in = fopen(path, "r");
	assert_non_null(in);
	column->n = 0;
	while (fgets(line, sizeof(line), in) && column->n < VALUES_MAX) {
		if (line[0] == '#')
			continue;
		if (index < 0) {
			index = index_of(line, name);
			continue;
		}
		column->batch[column->n] = batches ? atoi(line) : 0;
		column->value[column->n++] = strtod(field(line, index), NULL);
	}
	fclose(in);
}

/* ---- one run ---------------------------------------------------------------------------- */

struct settings {
	struct filter_config filter;
	const char *words;
};

static const double sentinels[] = {888.8, -88.8, -999.9, -9999, 85};

/* Slow temperatures, and ones that a valve or the sun moves. */
static const struct settings calm = {{.sentinels = sentinels,
                                      .n_sentinels = 4,
                                      .spike_window = 7,
                                      .spike_threshold = 4,
                                      .spike_smallest = 1,
                                      .max_change = 3,
                                      .per_us = MINUTE,
                                      .frozen_after_us = 150 * MINUTE},
                                     "calm"};
static const struct settings lively = {{.sentinels = sentinels,
                                        .n_sentinels = 4,
                                        .spike_window = 7,
                                        .spike_threshold = 4,
                                        .spike_smallest = 8,
                                        .max_change = 8,
                                        .per_us = MINUTE,
                                        .frozen_after_us = 150 * MINUTE},
                                       "lively"};

/* A value a minute; verdict[i] (may be NULL): what became of it, -1 a sentinel. Returns how many were refused. */
static int run(const struct settings *settings, const struct column *column, int *verdict)
{
	struct signal_config signal = {.unit = unit_find(DIM_TEMPERATURE, "degC"), .scale = 1, .filter = &settings->filter};
	struct filter *filter = NULL;
	int refused = 0;
	struct err e;

	for (int i = 0; i < column->n; i++) {
		int result;

		if (i == 0 || column->batch[i] != column->batch[i - 1]) {
			free(filter);
			filter = filter_new(&settings->filter);
			assert_non_null(filter);
		}
		result = filter_is_sentinel(&signal, column->value[i])
		             ? -1
		             : (int)filter_take(filter, &signal, i * MINUTE, column->value[i], &e);
		refused += result != VERDICT_PASS;
		if (verdict)
			verdict[i] = result;
	}
	free(filter);
	return refused;
}

static double share(int part, int of)
{
	return of > 0 ? 100.0 * part / of : 0;
}

/* ---- planted faults --------------------------------------------------------------------- */

static uint64_t seed;

static int below(int n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((seed >> 33) % (uint64_t)n);
}

static struct column faulty;

struct outcome {
	double caught;  /* per cent of the faults */
	double refused; /* per cent of the true values between them */
};

/* Single values off by that much, one in 20; 888.8 where size is 0. */
static struct outcome plant_singles(const struct settings *settings, const struct column *column, double size)
{
	static int verdict[VALUES_MAX];
	static bool planted[VALUES_MAX];
	int n = 0, caught = 0, refused;

	memset(planted, 0, sizeof(planted));
	faulty = *column;
	for (int i = 10; i + 20 < column->n; i += 20) {
		int at = i + below(10);

		if (column->batch[at] != column->batch[at - 10])
			continue;
		planted[at] = true;
		faulty.value[at] = size > 0 ? column->value[at] + (below(2) ? size : -size) : 888.8;
		n++;
	}
	refused = run(settings, &faulty, verdict);
	for (int i = 0; i < column->n; i++)
		caught += planted[i] && verdict[i] != VERDICT_PASS;
	return (struct outcome){share(caught, n), share(refused - caught, column->n - n)};
}

/* Two values in a row off, as a loose contact makes them. */
static double caught_pairs(const struct settings *settings, const struct column *column, double size)
{
	static int verdict[VALUES_MAX];
	int n = 0, caught = 0;

	faulty = *column;
	for (int i = 10; i + 20 < column->n; i += 20)
		faulty.value[i] = faulty.value[i + 1] = column->value[i] + size;
	run(settings, &faulty, verdict);
	for (int i = 10; i + 20 < column->n; i += 20, n += 2)
		caught += (verdict[i] != VERDICT_PASS) + (verdict[i + 1] != VERDICT_PASS);
	return share(caught, n);
}

/* Stuck for four hours, at 20 places; caught where it was told before they ended. */
static double caught_frozen(const struct settings *settings, const struct column *column)
{
	static int verdict[VALUES_MAX];
	int caught = 0;

	for (int k = 0; k < 20; k++) {
		int at = 60 + below(column->n - 400);
		bool told = false;

		faulty = *column;
		for (int i = at; i < at + 240; i++)
			faulty.value[i] = column->value[at];
		run(settings, &faulty, verdict);
		for (int i = at; i < at + 240; i++)
			told |= verdict[i] == VERDICT_FROZEN;
		caught += told;
	}
	return share(caught, 20);
}

/* ---- the trials ------------------------------------------------------------------------- */

struct trial {
	const char *file, *name;
	bool batches;
	const struct settings *settings;
	double refused_most, caught_least; /* per cent; of spikes of 20 K */
};

#define SOLAR "process_solar_thermal_1min_2018-06-18_19.csv"
#define DRYER "process_batch_dryer_batches_01-15.csv"

static const struct trial trials[] = {
    {SOLAR, "t_sensor2_degC", false, &calm, 0.1, 99},
    {SOLAR, "t_sensor3_degC", false, &calm, 0.1, 99},
    {SOLAR, "t_sensor4_degC", false, &calm, 0.1, 99},
    {SOLAR, "t_sensor1_collector_degC", false, &lively, 0.5, 95},
    {SOLAR, "t_sensor1_collector_degC", false, &calm, 5, 95}, /* the wrong one for it */
    {DRYER, "t_process_degC", true, &lively, 1, 90},
    {DRYER, "t_jacket_degC", true, &lively, 15, 60}, /* a controlled stream, moved by up to 43 K at once: not one to filter */
};

static void test_filters(void **state)
{
	static struct column column;

	(void)state;
	if (!folder())
		skip();
	printf("%-26s %-7s %6s %9s %9s | caught: %6s %6s %6s %6s %6s %6s\n", "column", "filter", "n", "refused %", "in faults",
	       "888.8", "5 K", "10 K", "20 K", "2x20 K", "frozen");
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		const struct trial *t = &trials[i];
		struct outcome twenty;
		double refused;

		seed = 1;
		read_column(t->file, t->name, t->batches, &column);
		refused = share(run(t->settings, &column, NULL), column.n);
		twenty = plant_singles(t->settings, &column, 20);
		printf("%-26s %-7s %6d %9.2f %9.2f | %14.1f %6.1f %6.1f %6.1f %6.1f %6.1f\n", t->name, t->settings->words,
		       column.n, refused, twenty.refused, plant_singles(t->settings, &column, 0).caught,
		       plant_singles(t->settings, &column, 5).caught, plant_singles(t->settings, &column, 10).caught,
		       twenty.caught, caught_pairs(t->settings, &column, 20),
		       t->batches ? NAN : caught_frozen(t->settings, &column));
		assert_true(column.n > 1000);
		assert_true(refused <= t->refused_most);
		assert_true(twenty.caught >= t->caught_least);
		assert_true(twenty.refused <= 2 * t->refused_most + 0.1);
		check_near(plant_singles(t->settings, &column, 0).caught, 100);
	}
}

/* ---- laboratory heat pumps -------------------------------------------------------------- */

static int judged(struct measured *points, int n, double q_factor, double p_factor)
{
	int told = 0;
	struct err e;

	for (int i = 0; i < n; i++) {
		struct measured m = points[i];

		m.q_sink_kw *= q_factor;
		m.p_elec_kw *= p_factor;
		told += crosscheck_measured(&m, 0.05, &e) != QUALITY_GOOD;
	}
	return told;
}

static void test_energy_balance(void **state)
{
	static const char *const file = "hp_nist7350_lab_four_temperatures.csv";
	static struct column q_sink, q_source, p_elec;
	static struct measured points[VALUES_MAX];

	(void)state;
	if (!folder())
		skip();
	read_column(file, "heat_condenser_kW", false, &q_sink);
	read_column(file, "heat_evaporator_kW", false, &q_source);
	read_column(file, "power_compressor_kW", false, &p_elec);
	for (int i = 0; i < q_sink.n; i++)
		points[i] = (struct measured){q_sink.value[i], q_source.value[i], p_elec.value[i], NAN, NAN};
	printf("NIST, %d points, balance within 5 %%: true ones told %d; condenser heat 10 %% high %d, 10 %% low %d\n", q_sink.n,
	       judged(points, q_sink.n, 1, 1), judged(points, q_sink.n, 1.1, 1), judged(points, q_sink.n, 0.9, 1));
	assert_int_equal(judged(points, q_sink.n, 1, 1), 0);
	assert_true(judged(points, q_sink.n, 1.1, 1) + judged(points, q_sink.n, 0.9, 1) >= q_sink.n);
}

static void test_carnot(void **state)
{
	static const char *const file = "hp_keymark_lab_brine_water_points.csv";
	static struct column heat, power, source, sink;
	static struct measured points[VALUES_MAX];

	(void)state;
	if (!folder())
		skip();
	read_column(file, "heat_kW", false, &heat);
	read_column(file, "power_kW", false, &power);
	read_column(file, "t_source_in_degC", false, &source);
	read_column(file, "t_sink_out_degC", false, &sink);
	for (int i = 0; i < heat.n; i++)
		points[i] =
		    (struct measured){heat.value[i], NAN, power.value[i], source.value[i] + 273.15, sink.value[i] + 273.15};
	printf("Keymark, %d points, COP between 1 and Carnot: true ones told %d; one of three phases measured %d; W for kW %d; "
	       "power 8x %d\n",
	       heat.n, judged(points, heat.n, 1, 1), judged(points, heat.n, 1, 1.0 / 3), judged(points, heat.n, 1, 1e-3),
	       judged(points, heat.n, 1, 8));
	assert_int_equal(judged(points, heat.n, 1, 1), 0);
	assert_int_equal(judged(points, heat.n, 1, 1e-3), heat.n);
	assert_true(judged(points, heat.n, 1, 8) >= heat.n * 0.99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filters),
	    cmocka_unit_test(test_energy_balance),
	    cmocka_unit_test(test_carnot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

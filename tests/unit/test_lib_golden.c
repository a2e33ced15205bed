/* Every row of the golden vectors, computed at 40 digits from the paper's equations. Tolerances: 1e-9 relative on clamped
 * results or 1e-9 K on temperatures, 1e-6 relative on free temperatures where r/eta - 1 < 1e-6. Where the optimum is searched
 * for (jensen.csv, finite_source.csv) it is flat: 1e-9 relative on savings, 1 mK, 1e-5 of the total on heat and power.
 * The files' rates are per kWh: a thousandth of savings comes out in the library's units. */
#include "check.h"

#include <lorenz/case.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 24, LINE_SIZE = 2048 };

static const double RELATIVE = 1e-9, KELVIN = 1e-9, PER_MWH = 1e3;

struct row {
	char line[LINE_SIZE];
	const char *field[FIELDS_MAX];
	int n;
};

static void split(struct row *row)
{
	char *rest = row->line;

	row->line[strcspn(row->line, "\r\n")] = '\0';
	row->n = 0;
	for (char *field; (field = strsep(&rest, ",")) && row->n < FIELDS_MAX;)
		row->field[row->n++] = field;
}

/* NaN where empty. */
static double number(const struct row *row, int i)
{
	char *end;
	double value = strtod(row->field[i], &end);

	assert_true(*end == '\0');
	return end == row->field[i] ? NAN : value;
}

static double number_or(const struct row *row, int i, double missing)
{
	double value = number(row, i);

	return isnan(value) ? missing : value;
}

static int for_each_row(const char *name, int n_fields, void (*test)(const struct row *))
{
	char path[512];
	struct row row;
	int rows = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/golden/%s", TESTS_DIR, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(row.line, sizeof(row.line), f));
	while (fgets(row.line, sizeof(row.line), f)) {
		split(&row);
		assert_int_equal(row.n, n_fields);
		test(&row);
		rows++;
	}
	fclose(f);
	return rows;
}

enum single_column {
	S_ID,
	S_T_SOURCE,
	S_T_IN,
	S_T_TARGET,
	S_Q_TOTAL,
	S_ETA,
	S_ELEC,
	S_HEAT,
	S_T_OPT_FREE,
	S_Q_OPT,
	S_T_OPT,
	S_R_E_OPT,
	S_COP_OPT,
	S_P_OPT,
	S_SAVINGS,
	S_SAVINGS_FRAC,
	S_T_BE_FREE,
	S_Q_BE,
	S_T_BE,
	S_R_E_BE,
	S_COLUMNS
};

static void check_single(const struct row *row)
{
	struct lorenz_segment segment = {number(row, S_T_IN), number(row, S_T_TARGET), number(row, S_Q_TOTAL)};
	struct lorenz_rates rates = {number(row, S_ELEC), number(row, S_HEAT)};
	struct lorenz_machine machine = lorenz_machine_unbounded(number(row, S_ETA));
	double near_eta = fabs(lorenz_ratio(rates) / machine.eta - 1), free_tolerance = near_eta < 1e-6 ? 1e-6 : RELATIVE;
	double total_kw = segment.q_kw, savings_scale = rates.heat * total_kw;
	struct lorenz_operation op;
	struct lorenz_curve curve;

	assert_int_equal(lorenz_curve_init(&curve, &segment, 1, NULL), LORENZ_OK);
	assert_int_equal(lorenz_operate(&curve, number(row, S_T_SOURCE), &machine, rates, &op), LORENZ_OK);
	check_double(op.optimal.t_free_k, number(row, S_T_OPT_FREE), free_tolerance, 0);
	check_double(op.optimal.q_kw, number(row, S_Q_OPT), RELATIVE, RELATIVE * total_kw);
	check_double(op.optimal.t_out_k, number(row, S_T_OPT), 0, KELVIN);
	check_double(op.optimal.electrification, number(row, S_R_E_OPT), 0, RELATIVE);
	check_double(op.optimal.cop, number(row, S_COP_OPT), RELATIVE, 0);
	check_double(op.optimal.p_kw, number(row, S_P_OPT), RELATIVE, RELATIVE * total_kw);
	check_double(op.optimal.savings * PER_MWH, number(row, S_SAVINGS), RELATIVE, 1e-12 * savings_scale);
	check_double(op.optimal.savings * PER_MWH / savings_scale, number(row, S_SAVINGS_FRAC), RELATIVE, 1e-12);
	check_double(op.break_even.t_free_k, number(row, S_T_BE_FREE), free_tolerance, 0);
	check_double(op.break_even_free.q_kw, number(row, S_Q_BE), RELATIVE, RELATIVE * total_kw);
	check_double(op.break_even_free.t_out_k, number(row, S_T_BE), 0, KELVIN);
	check_double(op.break_even.electrification, number(row, S_R_E_BE), 0, RELATIVE);
}

static void test_single_stream(void **state)
{
	(void)state;
	assert_int_equal(for_each_row("single_stream.csv", S_COLUMNS, check_single), 400);
}

enum curve_column {
	C_ID,
	C_CURVE,
	C_T_SOURCE,
	C_ETA,
	C_ELEC,
	C_HEAT,
	C_Q_MIN,
	C_Q_MAX,
	C_T_MAX,
	C_Q_OPT,
	C_COP_OPT,
	C_P_OPT,
	C_SAVINGS,
	C_Q_BE,
	C_COLUMNS
};

static size_t parse_curve(const char *text, struct lorenz_segment *segments)
{
	size_t n = 0;

	while (*text) {
		int used = 0;
		struct lorenz_segment *s = &segments[n++];

		assert_true(n <= LORENZ_SEGMENTS_MAX);
		assert_int_equal(sscanf(text, "%lf:%lf:%lf%n", &s->t_in_k, &s->t_out_k, &s->q_kw, &used), 3);
		text += used;
		text += *text == ';';
	}
	return n;
}

static void check_curve(const struct row *row)
{
	struct lorenz_segment segments[LORENZ_SEGMENTS_MAX];
	struct lorenz_rates rates = {number(row, C_ELEC), number(row, C_HEAT)};
	struct lorenz_machine machine = lorenz_machine_unbounded(number(row, C_ETA));
	struct lorenz_operation op;
	struct lorenz_curve curve;
	double scale;

	machine.q_min_kw = number_or(row, C_Q_MIN, 0);
	machine.q_max_kw = number_or(row, C_Q_MAX, INFINITY);
	machine.t_max_k = number_or(row, C_T_MAX, INFINITY);
	assert_int_equal(lorenz_curve_init(&curve, segments, parse_curve(row->field[C_CURVE], segments), NULL), LORENZ_OK);
	assert_int_equal(lorenz_operate(&curve, number(row, C_T_SOURCE), &machine, rates, &op), LORENZ_OK);
	scale = fabs(rates.heat) * curve.q_total_kw;
	check_double(op.optimal.q_kw, number(row, C_Q_OPT), RELATIVE, RELATIVE * curve.q_total_kw);
	check_double(op.optimal.cop, number(row, C_COP_OPT), RELATIVE, 0);
	check_double(op.optimal.p_kw, number(row, C_P_OPT), RELATIVE, 0);
	check_double(op.optimal.savings * PER_MWH, number(row, C_SAVINGS), RELATIVE, 1e-12 * scale);
	if (rates.elec > 0 && rates.heat > 0)
		check_double(op.break_even_free.q_kw, number(row, C_Q_BE), RELATIVE, RELATIVE * curve.q_total_kw);
	else
		assert_true(isnan(number(row, C_Q_BE)));
}

static void test_sink_curves(void **state)
{
	(void)state;
	assert_int_equal(for_each_row("sink_curves.csv", C_COLUMNS, check_curve), 300);
}

/* ---- the general case -------------------------------------------------------------------- */

static const double FLAT = 1e-5, FLAT_K = 1e-3;

static struct lorenz_case_point cost_optimum(const struct lorenz_case *c)
{
	const struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST};
	struct lorenz_solution solution;

	assert_int_equal(lorenz_case_solve(c, &cost, 1, &solution), LORENZ_OK);
	return solution.optimal;
}

static void check_on(const struct lorenz_case_point *point, bool on, double savings, double scale)
{
	assert_int_equal(point->limited_by != LORENZ_LIMIT_INLET, on);
	check_double(point->savings * PER_MWH, savings, RELATIVE, 1e-12 * scale);
}

enum jensen_column {
	J_ID,
	J_FLUID,
	J_C_IN,
	J_C_OUT,
	J_H_IN,
	J_H_TARGET,
	J_Q_TOTAL,
	J_ELEC,
	J_HEAT,
	J_COP_TARGET,
	J_ETA_TARGET,
	J_ON,
	J_T_OPT,
	J_Q_OPT,
	J_SAVINGS,
	J_COLUMNS
};

static void check_jensen(const struct row *row)
{
	struct lorenz_segment segment = {number(row, J_H_IN), number(row, J_H_TARGET), number(row, J_Q_TOTAL)};
	bool ammonia = strcmp(row->field[J_FLUID], "ammonia") == 0;
	struct lorenz_efficiency fluid = lorenz_efficiency_jensen(ammonia ? LORENZ_FLUID_AMMONIA : LORENZ_FLUID_ISOBUTANE);
	struct lorenz_source source = lorenz_source_steady(number(row, J_C_IN));
	struct lorenz_merit elec = {.cost = number(row, J_ELEC)}, heat = {.cost = number(row, J_HEAT)};
	struct lorenz_case_point point;
	struct lorenz_curve curve;
	struct lorenz_case c;

	assert_int_equal(lorenz_curve_init(&curve, &segment, 1, NULL), LORENZ_OK);
	source.t_out_k = number(row, J_C_OUT);
	c = lorenz_case_simple(&curve, &fluid, source, elec, heat);
	c.limits.q_min_kw = lorenz_curve_q_kw(&curve, source.t_in_k + 10);
	assert_int_equal(lorenz_case_at(&c, segment.q_kw, &point), LORENZ_OK);
	check_double(point.cop, number(row, J_COP_TARGET), RELATIVE, 0);
	check_double(point.eta_lorenz, number(row, J_ETA_TARGET), RELATIVE, 0);
	point = cost_optimum(&c);
	check_on(&point, number(row, J_ON) > 0, number_or(row, J_SAVINGS, 0), heat.cost * segment.q_kw);
	check_double(point.t_out_k, number_or(row, J_T_OPT, segment.t_in_k), 0, FLAT_K);
	check_double(point.q_kw, number_or(row, J_Q_OPT, 0), 0, FLAT * segment.q_kw);
}

static void test_jensen(void **state)
{
	(void)state;
	assert_int_equal(for_each_row("jensen.csv", J_COLUMNS, check_jensen), 80);
}

enum finite_column {
	F_ID,
	F_T_SOURCE_IN,
	F_C_SOURCE,
	F_T_SOURCE_OUT_MIN,
	F_T_IN,
	F_T_TARGET,
	F_Q_TOTAL,
	F_ETA,
	F_ELEC,
	F_HEAT,
	F_ON,
	F_Q_OPT,
	F_P_OPT,
	F_T_SOURCE_OUT,
	F_SAVINGS,
	F_COLUMNS
};

static void check_finite_source(const struct row *row)
{
	struct lorenz_segment segment = {number(row, F_T_IN), number(row, F_T_TARGET), number(row, F_Q_TOTAL)};
	struct lorenz_efficiency eta = lorenz_efficiency_constant(number(row, F_ETA));
	struct lorenz_source source = lorenz_source_steady(number(row, F_T_SOURCE_IN));
	struct lorenz_merit elec = {.cost = number(row, F_ELEC)}, heat = {.cost = number(row, F_HEAT)};
	struct lorenz_case_point point;
	struct lorenz_curve curve;
	struct lorenz_case c;

	assert_int_equal(lorenz_curve_init(&curve, &segment, 1, NULL), LORENZ_OK);
	source.c_kw_k = number(row, F_C_SOURCE);
	source.t_out_min_k = number_or(row, F_T_SOURCE_OUT_MIN, 0);
	c = lorenz_case_simple(&curve, &eta, source, elec, heat);
	point = cost_optimum(&c);
	check_on(&point, number(row, F_ON) > 0, number(row, F_SAVINGS), heat.cost * segment.q_kw);
	check_double(point.q_kw, number(row, F_Q_OPT), 0, FLAT * segment.q_kw);
	check_double(point.p_kw, number(row, F_P_OPT), 0, FLAT * segment.q_kw);
	check_double(point.t_source_out_k, number(row, F_T_SOURCE_OUT), 0, FLAT_K);
}

static void test_finite_source(void **state)
{
	(void)state;
	assert_int_equal(for_each_row("finite_source.csv", F_COLUMNS, check_finite_source), 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_single_stream),
	    cmocka_unit_test(test_sink_curves),
	    cmocka_unit_test(test_jensen),
	    cmocka_unit_test(test_finite_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Time for one complete set of operating points: the curve, and optimum and break-even for cost and for carbon, beside
 * libm's log in the same run: independent logs, which overlap in the processor, and logs that wait for the last one, as
 * those of one set mostly do. Inputs vary from set to set; the best of several repetitions counts. The general case beside
 * it: a varying efficiency, a finite source, four units with part-load curves, two utilities, three goals. */
#include <lorenz/technology.h>

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { CASES = 1024, PASSES = 20, GENERAL_PASSES = 1, REPETITIONS = 20, SEGMENTS = 8, UNITS = 4 };

struct bench_case {
	struct lorenz_segment one;
	struct lorenz_segment many[SEGMENTS];
	struct lorenz_machine machine;
	struct lorenz_rates cost, carbon;
	double t_source_k, x;
};

static struct bench_case cases[CASES];
static volatile double sink;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double uniform(double low, double high)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return low + (high - low) * (double)(state >> 11) * 0x1p-53;
}

/* Segments of a steam process: sensible ones with a latent one in the middle. */
static void fill_case(struct bench_case *c)
{
	double t_k = uniform(315, 335), step_k = uniform(15, 30);

	c->one = (struct lorenz_segment){t_k, uniform(500, 520), uniform(1000, 9000)};
	for (int i = 0; i < SEGMENTS; i++) {
		double next_k = i == SEGMENTS / 2 ? t_k : t_k + step_k;

		c->many[i] = (struct lorenz_segment){t_k, next_k, uniform(100, 900)};
		t_k = next_k;
	}
	c->machine = lorenz_machine_unbounded(uniform(0.5, 0.6));
	c->t_source_k = uniform(280, 300);
	c->cost = (struct lorenz_rates){uniform(125, 140), uniform(58, 62)};
	c->carbon = (struct lorenz_rates){uniform(390, 420), uniform(205, 220)};
	c->x = uniform(1, 3);
}

static double set_of_points(const struct bench_case *c, const struct lorenz_segment *segments, size_t n)
{
	struct lorenz_curve curve;
	struct lorenz_operation cost, carbon;

	if (lorenz_curve_init(&curve, segments, n, NULL) != LORENZ_OK ||
	    lorenz_operate(&curve, c->t_source_k, &c->machine, c->cost, &cost) != LORENZ_OK ||
	    lorenz_operate(&curve, c->t_source_k, &c->machine, c->carbon, &carbon) != LORENZ_OK)
		return NAN;
	return cost.optimal.savings + cost.break_even.t_out_k + carbon.optimal.savings + carbon.break_even.t_out_k;
}

static double run_log(const struct bench_case *c)
{
	return log(c->x);
}

/* The last result decides the argument, by an amount that is not there: the processor must wait for it. */
static double run_log_chain(const struct bench_case *c)
{
	static double last;

	return last = log(c->x + last * 1e-300);
}

static double run_one(const struct bench_case *c)
{
	return set_of_points(c, &c->one, 1);
}

static double run_many(const struct bench_case *c)
{
	return set_of_points(c, c->many, SEGMENTS);
}

static struct lorenz_units four_units(double q_total_kw)
{
	const struct lorenz_unit unit = {0.2 * q_total_kw, 0.3, 1, {3, {0.3, 0.7, 1}, {0.85, 1, 0.97}}, 0, 0};

	return (struct lorenz_units){.n = UNITS, .unit = {unit, unit, unit, unit}};
}

static const struct lorenz_goal goals[] = {
    {.kind = LORENZ_GOAL_COST}, {.kind = LORENZ_GOAL_CARBON}, {.kind = LORENZ_GOAL_BLEND, .carbon_value_eur_t = 80}};
enum { GOALS = sizeof(goals) / sizeof(goals[0]) };

static struct lorenz_case general_case(const struct bench_case *c, const struct lorenz_curve *curve,
                                       const struct lorenz_efficiency *efficiency)
{
	struct lorenz_case in = lorenz_case_simple(curve, efficiency, lorenz_source_steady(c->t_source_k),
	                                           (struct lorenz_merit){c->cost.elec, c->carbon.elec},
	                                           (struct lorenz_merit){c->cost.heat, c->carbon.heat});

	in.source.c_kw_k = curve->q_total_kw / 20;
	in.units = four_units(curve->q_total_kw);
	in.utilities.n = 2;
	in.utilities.unit[1] = lorenz_utility_boiler(0.3 * curve->q_total_kw, in.elec, 0.99);
	return in;
}

static double general_set(const struct bench_case *c, const struct lorenz_efficiency *efficiency)
{
	struct lorenz_solution found[GOALS];
	struct lorenz_curve curve;
	struct lorenz_case in;

	if (lorenz_curve_init(&curve, c->many, SEGMENTS, NULL) != LORENZ_OK)
		return NAN;
	in = general_case(c, &curve, efficiency);
	if (lorenz_case_solve(&in, goals, GOALS, found) != LORENZ_OK)
		return NAN;
	return found[0].optimal.savings + found[1].break_even.t_out_k + found[2].optimal.savings;
}

static double run_jensen(const struct bench_case *c)
{
	struct lorenz_efficiency efficiency = lorenz_efficiency_jensen(LORENZ_FLUID_AMMONIA);

	return general_set(c, &efficiency);
}

static double run_polynomial(const struct bench_case *c)
{
	static const struct lorenz_efficiency efficiency = {
	    LORENZ_MODEL_POLYNOMIAL, .of.polynomial = {{{0.45, 1e-3, -6e-6}, {-5e-4}}, 373.15, 300, 500, 10, 200}};

	return general_set(c, &efficiency);
}

/* Every technology with figures for all that it asks for and a window that lets it in; recompression alone stays out of a
 * process that is not latent. */
static struct lorenz_technology technology(enum lorenz_technology_kind kind)
{
	static const struct lorenz_polynomial brayton = {{{0.45, 1e-3, -6e-6}, {-5e-4}}, 373.15, 300, 500, 10, 200};
	struct lorenz_technology t = lorenz_technology_default(kind);

	t.t_source_min_k = t.t_target_min_k = 0;
	t.second_law = 0.5;
	t.t_ambient_k = 275;
	t.stored = (struct lorenz_merit){30, 50};
	t.round_trip = 0.8;
	if (kind == LORENZ_VAPOUR_COMPRESSION)
		t.efficiency = lorenz_efficiency_jensen(LORENZ_FLUID_AMMONIA);
	if (kind == LORENZ_INVERSE_BRAYTON)
		t.efficiency = (struct lorenz_efficiency){LORENZ_MODEL_POLYNOMIAL, .of.polynomial = brayton};
	if (kind == LORENZ_MVR)
		t.efficiency = lorenz_efficiency_constant(0.5);
	if (kind == LORENZ_TRANSFORMER || kind == LORENZ_HEAT_STORAGE)
		t.efficiency = lorenz_efficiency_shares(0.05, 2);
	return t;
}

static struct lorenz_technology technologies[LORENZ_TECHNOLOGY_COUNT];

/* Those from first to last, each at its best point for each goal. */
static double technology_set(const struct bench_case *c, int first, int last)
{
	struct lorenz_efficiency efficiency = lorenz_efficiency_constant(0.5);
	struct lorenz_technology_result found[LORENZ_TECHNOLOGY_COUNT * GOALS];
	struct lorenz_curve curve;
	struct lorenz_case in;
	double sum = 0;

	if (lorenz_curve_init(&curve, c->many, SEGMENTS, NULL) != LORENZ_OK)
		return NAN;
	in = general_case(c, &curve, &efficiency);
	if (lorenz_technologies_solve(&in, &technologies[first], (size_t)(last - first + 1), goals, GOALS, found) != LORENZ_OK)
		return NAN;
	for (int i = 0; i < (last - first + 1) * GOALS; i++)
		sum += found[i].point.savings;
	return sum;
}

static int only;

static double run_only(const struct bench_case *c)
{
	return technology_set(c, only, only);
}

static double run_technologies(const struct bench_case *c)
{
	return technology_set(c, 0, LORENZ_TECHNOLOGY_COUNT - 1);
}

/* ns per call, the best of the repetitions. */
static double measure(double (*run)(const struct bench_case *), int passes)
{
	double best = INFINITY;

	for (int r = 0; r < REPETITIONS; r++) {
		double sum = 0, begin = now_ns(), ns;

		for (int p = 0; p < passes; p++) {
			for (int i = 0; i < CASES; i++)
				sum += run(&cases[i]);
		}
		ns = (now_ns() - begin) / (passes * CASES);
		sink = sum;
		if (ns < best)
			best = ns;
	}
	return best;
}

int main(void)
{
	double log_ns, chain_ns, one_ns, many_ns, jensen_ns, polynomial_ns, technologies_ns, only_ns[LORENZ_TECHNOLOGY_COUNT];

	for (int i = 0; i < CASES; i++)
		fill_case(&cases[i]);
	for (int i = 0; i < LORENZ_TECHNOLOGY_COUNT; i++)
		technologies[i] = technology((enum lorenz_technology_kind)i);
	log_ns = measure(run_log, PASSES);
	chain_ns = measure(run_log_chain, PASSES);
	one_ns = measure(run_one, PASSES);
	many_ns = measure(run_many, PASSES);
	jensen_ns = measure(run_jensen, GENERAL_PASSES);
	polynomial_ns = measure(run_polynomial, GENERAL_PASSES);
	technologies_ns = measure(run_technologies, GENERAL_PASSES);
	for (only = 0; only < LORENZ_TECHNOLOGY_COUNT; only++)
		only_ns[only] = measure(run_only, GENERAL_PASSES);
	printf("log, independent         %8.2f ns\n", log_ns);
	printf("log, after the last one  %8.2f ns\n", chain_ns);
	printf("one stream, all points   %8.2f ns  %6.1f independent logs, %5.1f dependent ones\n", one_ns, one_ns / log_ns,
	       one_ns / chain_ns);
	printf("%d segments, all points   %8.2f ns  %6.1f independent logs, %5.1f dependent ones\n", SEGMENTS, many_ns,
	       many_ns / log_ns, many_ns / chain_ns);
	printf("general case, Jensen     %8.2f us  %6.0f independent logs\n", jensen_ns / 1e3, jensen_ns / log_ns);
	printf("general case, polynomial %8.2f us  %6.0f independent logs\n", polynomial_ns / 1e3, polynomial_ns / log_ns);
	printf("%d technologies           %8.2f us  %6.0f independent logs\n", LORENZ_TECHNOLOGY_COUNT, technologies_ns / 1e3,
	       technologies_ns / log_ns);
	for (int i = 0; i < LORENZ_TECHNOLOGY_COUNT; i++)
		printf("  %-28s %5.2f us\n", lorenz_technology_text((enum lorenz_technology_kind)i), only_ns[i] / 1e3);
	return isfinite(sink) ? 0 : 1;
}

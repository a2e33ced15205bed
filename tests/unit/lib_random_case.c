/* Random plants: curves with latent segments and jumps, every efficiency model, sources steady and finite, units, utilities,
 * rates of either sign. What does not pass the library's check is drawn again. */
#include "lib_random_case.h"

enum { SEGMENTS = 6, UNITS = 4 };

/* xorshift64*; 53 bits. */
static uint64_t random_state = 1;

void random_seed(uint64_t seed)
{
	random_state = seed;
}

double uniform(double low, double high)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return low + (high - low) * (double)((random_state * 2685821657736338717ULL) >> 11) * 0x1p-53;
}

bool chance(double p)
{
	return uniform(0, 1) < p;
}

static size_t pick(size_t n)
{
	return (size_t)uniform(0, (double)n);
}

static void random_curve(struct lorenz_curve *curve)
{
	struct lorenz_segment segment[SEGMENTS];
	double t_k = uniform(310, 370);
	size_t n = 1 + pick(SEGMENTS);

	for (size_t i = 0; i < n; i++) {
		double dt_k = chance(0.2) ? 0 : uniform(2, 60);

		t_k += i > 0 && chance(0.2) ? uniform(0, 20) : 0;
		segment[i] = (struct lorenz_segment){t_k, t_k + dt_k, exp(uniform(log(100), log(5000)))};
		t_k += dt_k;
	}
	assert_int_equal(lorenz_curve_init(curve, segment, n, NULL), LORENZ_OK);
}

static void random_polynomial(struct lorenz_polynomial *p)
{
	*p = (struct lorenz_polynomial){.t_ref_k = 373.15, .t_min_k = 300, .t_max_k = 480, .lift_min_k = 5, .lift_max_k = 150};
	p->coefficient[0][0] = uniform(0.35, 0.6);
	p->coefficient[1][0] = uniform(-2e-3, 1e-3);
	p->coefficient[0][1] = uniform(-1e-3, 2e-3);
	p->coefficient[0][2] = uniform(-1.5e-5, 0);
	p->coefficient[2][0] = uniform(-5e-6, 5e-6);
}

static void random_table(struct lorenz_eta_table *t)
{
	t->n_t = 1 + pick(5);
	t->n_lift = 1 + pick(5);
	for (size_t i = 0; i < t->n_t; i++)
		t->t_k[i] = (i > 0 ? t->t_k[i - 1] : 310) + uniform(10, 40);
	for (size_t j = 0; j < t->n_lift; j++)
		t->lift_k[j] = (j > 0 ? t->lift_k[j - 1] : 5) + uniform(8, 30);
	for (size_t i = 0; i < t->n_t; i++) {
		for (size_t j = 0; j < t->n_lift; j++)
			t->eta[i][j] = uniform(0.35, 0.7);
	}
}

static void random_efficiency(struct lorenz_efficiency *e)
{
	double kind = uniform(0, 1);

	if (kind < 0.25) {
		*e = lorenz_efficiency_constant(uniform(0.3, 0.7));
	} else if (kind < 0.5) {
		*e = lorenz_efficiency_jensen(chance(0.5) ? LORENZ_FLUID_AMMONIA : LORENZ_FLUID_ISOBUTANE);
	} else if (kind < 0.65) {
		e->model = LORENZ_MODEL_POLYNOMIAL;
		random_polynomial(&e->of.polynomial);
	} else if (kind < 0.9) {
		e->model = LORENZ_MODEL_TABLE;
		random_table(&e->of.table);
	} else {
		*e = lorenz_efficiency_carnot(uniform(0.3, 0.6));
	}
}

static struct lorenz_source random_source(double q_total_kw, double t_sink_in_k)
{
	struct lorenz_source s = lorenz_source_steady(t_sink_in_k - uniform(chance(0.1) ? -15 : 5, 60));

	if (chance(0.3)) {
		s.t_out_k -= uniform(0, 15);
		return s;
	}
	s.c_kw_k = q_total_kw / uniform(2, 60);
	if (chance(0.3))
		s.t_out_min_k = s.t_in_k - uniform(1, 40);
	if (chance(0.2))
		s.cooling_max_kw = uniform(0.1, 1) * q_total_kw;
	if (chance(0.2)) {
		s.body_c_kw_k = q_total_kw * uniform(1, 10);
		s.body_cooling_max_k = 0.1;
	}
	return s;
}

static void random_part_load(struct lorenz_part_load *p)
{
	p->n = pick(5);
	for (size_t i = 0; i < p->n; i++) {
		p->share[i] = (double)(i + 1) / (double)p->n;
		p->factor[i] = uniform(0.7, 1.1);
	}
}

static void random_units(struct lorenz_units *units, double q_total_kw)
{
	struct lorenz_unit equal = {.capacity_kw = uniform(0.1, 0.6) * q_total_kw, .min_share = uniform(0, 0.7), .factor = 1};
	bool different = chance(0.3);

	units->n = 1 + pick(UNITS);
	random_part_load(&equal.part_load);
	for (size_t i = 0; i < units->n; i++) {
		struct lorenz_unit *u = &units->unit[i];

		*u = equal;
		u->running_hours = uniform(0, 1e4);
		if (!different)
			continue;
		u->capacity_kw = uniform(0.1, 0.6) * q_total_kw;
		u->factor = uniform(0.8, 1.2);
		random_part_load(&u->part_load);
	}
}

static void random_utilities(struct lorenz_utilities *utilities, double q_total_kw, struct lorenz_merit elec)
{
	const struct lorenz_merit gas = {uniform(15, 80), 202}, wood = {uniform(20, 60), 10};

	utilities->n = 1 + pick(4);
	utilities->unit[0] = lorenz_utility_boiler(INFINITY, gas, 0.92);
	utilities->unit[1] = lorenz_utility_boiler(uniform(0.1, 0.8) * q_total_kw, elec, 0.98);
	utilities->unit[2] = lorenz_utility_chp(uniform(0.1, 0.8) * q_total_kw, gas, elec, 0.38, 0.45);
	utilities->unit[3] = lorenz_utility_boiler(uniform(0.1, 0.8) * q_total_kw, wood, 0.85);
}

static void random_limits(struct lorenz_limits *l, double q_total_kw)
{
	*l = lorenz_limits_none();
	if (chance(0.2))
		l->q_min_kw = uniform(0, 0.5) * q_total_kw;
	if (chance(0.3))
		l->q_max_kw = uniform(0.1, 1.2) * q_total_kw;
	if (chance(0.3))
		l->p_max_kw = uniform(0.02, 0.5) * q_total_kw;
	if (chance(0.3))
		l->t_max_k = uniform(340, 480);
	if (chance(0.1))
		l->cop_max = uniform(2, 12);
	if (chance(0.1))
		l->min_lift_k = uniform(0, 30);
}

static void draw(struct random_plant *p)
{
	struct lorenz_case *c = &p->in;
	double total_kw;

	random_curve(&p->curve);
	random_efficiency(&p->efficiency);
	total_kw = p->curve.q_total_kw;
	*c = (struct lorenz_case){.curve = &p->curve, .efficiency = &p->efficiency};
	c->source = random_source(total_kw, p->curve.t_in_k);
	c->elec = (struct lorenz_merit){uniform(chance(0.15) ? -120 : 20, 250), uniform(20, 500)};
	if (chance(0.2))
		c->source_heat = (struct lorenz_merit){uniform(-20, 30), uniform(0, 40)};
	random_limits(&c->limits, total_kw);
	if (chance(0.5))
		random_units(&c->units, total_kw);
	random_utilities(&c->utilities, total_kw, c->elec);
	if (chance(0.3))
		c->approach = (struct lorenz_approach){uniform(0, 8), uniform(0, 8),
		                                       p->efficiency.model != LORENZ_MODEL_JENSEN && chance(0.5)};
	if (chance(0.2))
		c->direct_dt_min_k = uniform(1, 8);
}

void random_plant(struct random_plant *p)
{
	do {
		draw(p);
	} while (lorenz_case_check(&p->in, NULL) != LORENZ_OK);
}

static void rough_table(struct lorenz_eta_table *t)
{
	t->n_t = 2;
	t->n_lift = 6 + pick(6);
	t->t_k[0] = 330;
	t->t_k[1] = 430;
	for (size_t j = 0; j < t->n_lift; j++) {
		t->lift_k[j] = (j > 0 ? t->lift_k[j - 1] : 10) + uniform(2, 8);
		t->eta[0][j] = uniform(0.45, 0.65);
		t->eta[1][j] = t->eta[0][j];
	}
}

static void rough_units(struct lorenz_units *units, double q_total_kw)
{
	units->n = 2 + pick(2);
	for (size_t i = 0; i < units->n; i++) {
		struct lorenz_unit *u = &units->unit[i];

		*u = (struct lorenz_unit){
		    .capacity_kw = uniform(0.2, 0.8) * q_total_kw, .min_share = 0.1, .factor = uniform(0.9, 1.1)};
		u->part_load =
		    (struct lorenz_part_load){3, {0.1, 0.5, 1}, {uniform(0.6, 1.2), uniform(0.6, 1.2), uniform(0.6, 1.2)}};
	}
}

void random_rough_plant(struct random_plant *p)
{
	do {
		draw(p);
		p->in.limits = lorenz_limits_none();
		p->in.direct_dt_min_k = 0;
		if (chance(0.5)) {
			p->efficiency.model = LORENZ_MODEL_TABLE;
			rough_table(&p->efficiency.of.table);
			p->in.units.n = 0;
		} else {
			rough_units(&p->in.units, p->curve.q_total_kw);
		}
	} while (lorenz_case_check(&p->in, NULL) != LORENZ_OK);
}

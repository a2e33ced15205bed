/* The library's general case from bytes: refused as a whole, or solved within all bounds and nowhere worse than at any other heat
 * that is allowed; the front of cost against carbon rises; technologies are ranked, and one alone is as it is in the list. Each
 * byte is a number within a range that is of use, the last sixteen stand for what is not. */
#include "fuzz.h"

#include <lorenz/technology.h>

#include <math.h>

enum { SEGMENTS = 8, UNITS = 4, UTILITIES = 4, GOALS = 4, TECHNOLOGIES = 4, FRONT = 3, GRID = 16, WORDS = 16 };

static const double NEAR = 1e-6, NEAR_K = 1e-6, TINY_KW = 1e-6;

struct script {
	const uint8_t *at;
	size_t left;
};

struct plant {
	struct lorenz_segment segment[SEGMENTS];
	size_t n_segments;
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case c;
	struct lorenz_goal goal[GOALS];
	size_t n_goals;
};

/* ---- a plant of bytes ------------------------------------------------------------------- */

static unsigned byte(struct script *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

static double number(struct script *in, double low, double high)
{
	const double words[WORDS] = {NAN,  INFINITY, -INFINITY, 0,    -0.0,     1,    -1,         1e-3,
	                             1e12, -1e12,    1e-6,      high, high * 2, -low, low - 1e-6, 273.15};
	unsigned value = byte(in);

	return value < 256 - WORDS ? low + (high - low) * value / (255 - WORDS) : words[value - (256 - WORDS)];
}

/* Mostly none. */
static double limit(struct script *in, double none, double low, double high)
{
	return byte(in) % 4 ? none : number(in, low, high);
}

static void take_curve(struct script *in, struct plant *p)
{
	double t_k = number(in, 260, 420);

	p->n_segments = 1 + byte(in) % SEGMENTS;
	for (size_t i = 0; i < p->n_segments; i++) {
		double next_k = byte(in) % 4 ? t_k + number(in, 1, 60) : t_k;

		p->segment[i] = (struct lorenz_segment){t_k, next_k, number(in, 0, 2000)};
		t_k = byte(in) % 4 ? next_k : next_k + number(in, 0, 20);
	}
}

static void take_polynomial(struct script *in, struct lorenz_polynomial *p)
{
	p->coefficient[0][0] = number(in, 0.2, 0.8);
	p->coefficient[0][1] = number(in, -2e-3, 2e-3);
	p->coefficient[1][0] = number(in, -2e-3, 2e-3);
	p->coefficient[1][1] = number(in, -1e-5, 1e-5);
	p->t_ref_k = number(in, 273.15, 373.15);
	p->t_min_k = limit(in, -INFINITY, 250, 350);
	p->t_max_k = limit(in, INFINITY, 350, 500);
	p->lift_min_k = limit(in, -INFINITY, 0, 30);
	p->lift_max_k = limit(in, INFINITY, 30, 200);
}

static void take_table(struct script *in, struct lorenz_eta_table *t)
{
	double t_k = number(in, 280, 380), lift_k = number(in, 5, 50);

	t->n_t = byte(in) % 4;
	t->n_lift = byte(in) % 4;
	for (size_t i = 0; i < t->n_t; i++, t_k += number(in, 1, 60))
		t->t_k[i] = t_k;
	for (size_t i = 0; i < t->n_lift; i++, lift_k += number(in, 1, 60))
		t->lift_k[i] = lift_k;
	for (size_t i = 0; i < t->n_t * t->n_lift; i++)
		t->eta[i / t->n_lift][i % t->n_lift] = number(in, 0.2, 0.8);
}

static struct lorenz_efficiency take_efficiency(struct script *in)
{
	struct lorenz_efficiency e = {.model = (enum lorenz_model)(byte(in) % (LORENZ_MODEL_COUNT + 1))};

	switch (e.model) {
	case LORENZ_MODEL_CONSTANT:
	case LORENZ_MODEL_CARNOT:
		e.of.eta = number(in, 0.2, 0.9);
		break;
	case LORENZ_MODEL_JENSEN:
		e = lorenz_efficiency_jensen(byte(in) % 2 ? LORENZ_FLUID_ISOBUTANE : LORENZ_FLUID_AMMONIA);
		e.of.jensen.pinch_k = number(in, 0, 10);
		e.of.jensen.isentropic = number(in, 0.4, 1);
		e.of.jensen.heat_loss = number(in, 0, 0.3);
		break;
	case LORENZ_MODEL_POLYNOMIAL:
		take_polynomial(in, &e.of.polynomial);
		break;
	case LORENZ_MODEL_TABLE:
		take_table(in, &e.of.table);
		break;
	case LORENZ_MODEL_SHARES:
		e.of.shares = (struct lorenz_shares){number(in, 0, 1.2), number(in, 0, 2)};
		break;
	case LORENZ_MODEL_COUNT:
		break;
	}
	return e;
}

static struct lorenz_source take_source(struct script *in)
{
	struct lorenz_source s = lorenz_source_steady(number(in, 260, 400));

	s.t_out_k = s.t_in_k - (byte(in) % 2 ? number(in, 0, 20) : 0);
	s.c_kw_k = byte(in) % 2 ? number(in, 1, 500) : INFINITY;
	s.t_out_min_k = limit(in, 0, 250, 330);
	s.cooling_max_kw = limit(in, INFINITY, 0, 5000);
	s.body_c_kw_k = limit(in, INFINITY, 1, 10000);
	s.body_cooling_max_k = limit(in, INFINITY, 0, 5);
	return s;
}

static struct lorenz_limits take_limits(struct script *in)
{
	struct lorenz_limits l = lorenz_limits_none();

	l.q_min_kw = limit(in, 0, 0, 1000);
	l.q_max_kw = limit(in, INFINITY, 0, 8000);
	l.p_max_kw = limit(in, INFINITY, 0, 2000);
	l.t_max_k = limit(in, INFINITY, 280, 500);
	l.cop_max = limit(in, INFINITY, 1, 20);
	l.min_lift_k = limit(in, 0, 0, 30);
	return l;
}

static struct lorenz_units take_units(struct script *in)
{
	struct lorenz_units u = {.n = byte(in) % (UNITS + 1)};

	for (size_t i = 0; i < u.n; i++) {
		struct lorenz_part_load *part = &u.unit[i].part_load;

		u.unit[i] = (struct lorenz_unit){.capacity_kw = number(in, 50, 3000),
		                                 .min_share = number(in, 0, 1),
		                                 .factor = byte(in) % 2 ? number(in, 0.5, 1.5) : 1,
		                                 .preference = (int)(byte(in) % 4),
		                                 .running_hours = number(in, 0, 10000)};
		part->n = byte(in) % 4;
		for (size_t k = 0; k < part->n; k++) {
			part->share[k] = (k > 0 ? part->share[k - 1] : 0) + number(in, 0.05, 0.4);
			part->factor[k] = number(in, 0.5, 1.2);
		}
	}
	return u;
}

static struct lorenz_merit take_merit(struct script *in, double cost, double carbon)
{
	return (struct lorenz_merit){number(in, -cost / 4, cost), number(in, 0, carbon)};
}

static struct lorenz_utilities take_utilities(struct script *in, struct lorenz_merit elec)
{
	struct lorenz_utilities u = {.n = byte(in) % (UTILITIES + 1)};

	for (size_t i = 0; i < u.n; i++) {
		double capacity_kw = limit(in, INFINITY, 0, 5000), efficiency = number(in, 0.3, 1.1);
		struct lorenz_merit fuel = take_merit(in, 100, 300);

		u.unit[i] = byte(in) % 3 ? lorenz_utility_boiler(capacity_kw, fuel, efficiency)
		                         : lorenz_utility_chp(capacity_kw, fuel, elec, number(in, 0.2, 0.5), efficiency);
	}
	return u;
}

static void take_goals(struct script *in, struct plant *p)
{
	p->n_goals = 1 + byte(in) % GOALS;
	for (size_t i = 0; i < p->n_goals; i++)
		p->goal[i] = (struct lorenz_goal){(enum lorenz_goal_kind)(byte(in) % (LORENZ_GOAL_COUNT + 1)), number(in, 0, 300),
		                                  number(in, 0, 2000)};
}

/* False where there is nothing to be asked. */
static bool take_plant(struct script *in, struct plant *p)
{
	take_curve(in, p);
	p->efficiency = take_efficiency(in);
	p->c = (struct lorenz_case){.curve = &p->curve, .efficiency = &p->efficiency, .source = take_source(in)};
	p->c.approach.sink_k = limit(in, 0, 0, 10);
	p->c.approach.source_k = limit(in, 0, 0, 10);
	p->c.approach.internal = byte(in) % 2;
	p->c.limits = take_limits(in);
	p->c.units = take_units(in);
	p->c.elec = take_merit(in, 300, 600);
	p->c.source_heat = byte(in) % 2 ? take_merit(in, 40, 100) : (struct lorenz_merit){0, 0};
	p->c.utilities = take_utilities(in, p->c.elec);
	p->c.direct_dt_min_k = limit(in, 0, 0.5, 10);
	take_goals(in, p);
	return lorenz_curve_init(&p->curve, p->segment, p->n_segments, NULL) == LORENZ_OK;
}

static struct lorenz_technology take_technology(struct script *in)
{
	struct lorenz_technology t =
	    lorenz_technology_default((enum lorenz_technology_kind)(byte(in) % (LORENZ_TECHNOLOGY_COUNT + 1)));

	if (byte(in) % 2)
		t.efficiency = take_efficiency(in);
	t.t_max_k = limit(in, t.t_max_k, 300, 600);
	t.t_target_min_k = limit(in, t.t_target_min_k, 300, 600);
	t.t_source_min_k = limit(in, t.t_source_min_k, 260, 400);
	t.dt_min_k = limit(in, t.dt_min_k, 0, 20);
	t.second_law = number(in, 0.1, 0.9);
	t.efficiency_claimed = limit(in, 0, 0, 0.5);
	t.t_ambient_k = limit(in, t.t_ambient_k, 250, 320);
	t.stored = take_merit(in, 50, 100);
	t.round_trip = number(in, 0.3, 1);
	t.unavailable = byte(in) % 16 == 15;
	return t;
}

/* ---- what is promised ------------------------------------------------------------------- */

/* What is bought and made in all: what a difference of savings has to be measured by, of cost or of carbon. */
static double scale_of(const struct lorenz_case *c, const struct lorenz_goal *goal, double q_kw, double p_kw)
{
	double weight_cost = goal->kind != LORENZ_GOAL_CARBON, weight_carbon = 1;
	double cost = fabs(c->elec.cost) * p_kw + fabs(c->source_heat.cost) * q_kw,
	       carbon = fabs(c->elec.carbon) * p_kw + fabs(c->source_heat.carbon) * q_kw;

	if (goal->kind == LORENZ_GOAL_COST)
		weight_carbon = 0;
	else if (goal->kind == LORENZ_GOAL_BLEND)
		weight_carbon = fabs(goal->carbon_value_eur_t) / 1000;
	for (size_t i = 0; i < c->utilities.n; i++) {
		cost += fabs(c->utilities.unit[i].cost) * c->curve->q_total_kw;
		carbon += fabs(c->utilities.unit[i].carbon) * c->curve->q_total_kw;
	}
	return (weight_cost * cost + weight_carbon * carbon) / 1000;
}

static double value_of(const struct lorenz_goal *goal, const struct lorenz_case_point *point)
{
	if (goal->kind == LORENZ_GOAL_COST)
		return point->savings_cost;
	if (goal->kind == LORENZ_GOAL_CARBON)
		return point->savings_carbon;
	return point->savings_cost + goal->carbon_value_eur_t / 1000 * point->savings_carbon;
}

static void check_point(const struct lorenz_case *c, const struct lorenz_case_point *point)
{
	const struct lorenz_limits *l = &c->limits;
	double total_kw = c->curve->q_total_kw, made_kw = point->q_kw + point->shortfall_kw;

	promise(point->q_kw >= 0 && point->q_kw <= total_kw * (1 + NEAR) && isfinite(point->t_out_k));
	promise(point->t_out_k >= c->curve->t_in_k - NEAR_K && point->t_out_k <= c->curve->t_target_k + NEAR_K);
	promise(isfinite(point->savings_cost) && isfinite(point->savings_carbon) && isfinite(point->savings));
	promise(point->shortfall_kw >= 0 && isfinite(point->p_kw) && isfinite(point->source_heat_kw));
	promise(point->electrification >= 0 && point->electrification <= 1 + NEAR);
	for (size_t i = 0; i < c->utilities.n; i++) {
		promise(point->utility_kw[i] >= 0 &&
		        point->utility_kw[i] <= c->utilities.unit[i].capacity_kw * (1 + NEAR) + TINY_KW);
		made_kw += point->utility_kw[i];
	}
	promise(made_kw <= total_kw * (1 + NEAR) + TINY_KW && made_kw >= -TINY_KW);
	if (point->q_kw == 0) {
		promise(isnan(point->cop) && point->p_kw == 0 && point->units.n_running == 0);
		return;
	}
	promise(point->p_kw >= 0 && (point->cop > 0 || point->p_kw == 0));
	promise(point->q_kw <= l->q_max_kw * (1 + NEAR) + TINY_KW && point->q_kw >= l->q_min_kw * (1 - NEAR) - TINY_KW);
	promise(point->p_kw <= l->p_max_kw * (1 + NEAR) + TINY_KW && point->t_out_k <= l->t_max_k * (1 + NEAR));
	promise(!(point->cop > l->cop_max * (1 + NEAR)));
	promise(c->units.n == 0 || (point->units.n_running > 0 && point->units.share <= 1 + NEAR));
}

static bool is_allowed(const struct lorenz_case *c, double q_kw, struct lorenz_case_point *at)
{
	return lorenz_case_at(c, q_kw, at) == LORENZ_OK && at->limited_by == LORENZ_LIMIT_NONE && !isnan(at->savings_cost);
}

/* No other heat that is allowed saves more; but for islands too small for the search's samples. */
static void check_best(const struct lorenz_case *c, const struct lorenz_goal *goal, const struct lorenz_case_point *best,
                       double most_kw)
{
	for (int i = 1; i <= GRID; i++) {
		double q_kw = most_kw * i / GRID, shore_kw = most_kw / (4 * GRID);
		struct lorenz_case_point at, shore;

		if (!is_allowed(c, q_kw - shore_kw, &shore) || !is_allowed(c, fmin(q_kw + shore_kw, most_kw), &shore) ||
		    !is_allowed(c, q_kw, &at))
			continue;
		if (at.shortfall_kw > best->shortfall_kw + TINY_KW)
			continue;
		promise(value_of(goal, &at) <=
		        value_of(goal, best) + NEAR * scale_of(c, goal, at.q_kw, fmax(at.p_kw, best->p_kw)));
	}
}

/* A polynomial or a table of any numbers may rise and fall between two samples of the search; the header says so. */
static bool is_smooth(const struct lorenz_efficiency *efficiency)
{
	return efficiency->model != LORENZ_MODEL_POLYNOMIAL && efficiency->model != LORENZ_MODEL_TABLE;
}

static void check_solve(const struct plant *p, bool right, double rest_kw)
{
	struct lorenz_solution found[GOALS], before[GOALS];
	enum lorenz_status status;

	memset(found, 0xA5, sizeof(found));
	memcpy(before, found, sizeof(found));
	status = lorenz_case_solve(&p->c, p->goal, p->n_goals, found);
	promise(right || status != LORENZ_OK);
	promise(!right || status == LORENZ_OK || status == LORENZ_GOAL);
	if (status != LORENZ_OK) {
		promise(memcmp(before, found, sizeof(found)) == 0);
		return;
	}
	for (size_t i = 0; i < p->n_goals; i++) {
		check_point(&p->c, &found[i].optimal);
		check_point(&p->c, &found[i].break_even);
		promise(found[i].break_even.q_kw == 0 || found[i].break_even.q_kw >= found[i].optimal.q_kw * (1 - NEAR));
		if (p->goal[i].kind <= LORENZ_GOAL_BLEND && is_smooth(&p->efficiency))
			check_best(&p->c, &p->goal[i], &found[i].optimal, rest_kw);
	}
}

static void check_front(const struct plant *p, bool right)
{
	const struct lorenz_goal cost = {.kind = LORENZ_GOAL_COST}, carbon = {.kind = LORENZ_GOAL_CARBON};
	struct lorenz_case_point point[FRONT];
	enum lorenz_status status = lorenz_case_pareto(&p->c, FRONT, point);

	promise(right == (status == LORENZ_OK));
	for (size_t i = 0; right && i < FRONT; i++) {
		check_point(&p->c, &point[i]);
		if (i == 0)
			continue;
		promise(point[i].savings_cost <=
		        point[i - 1].savings_cost +
		            NEAR * scale_of(&p->c, &cost, p->curve.q_total_kw, fmax(point[i].p_kw, point[i - 1].p_kw)));
		promise(point[i].savings_carbon >=
		        point[i - 1].savings_carbon -
		            NEAR * scale_of(&p->c, &carbon, p->curve.q_total_kw, fmax(point[i].p_kw, point[i - 1].p_kw)));
	}
}

static double check_direct(const struct plant *p, bool right)
{
	struct lorenz_direct_savings direct;

	if (lorenz_case_direct(&p->c, &direct) != LORENZ_OK) {
		promise(!right);
		return 0;
	}
	promise(direct.direct.q_kw >= 0 && direct.direct.q_kw <= p->curve.q_total_kw * (1 + NEAR));
	promise(isfinite(direct.cost) && isfinite(direct.carbon));
	return p->curve.q_total_kw - (direct.direct.advised ? 0 : direct.direct.q_kw);
}

/* ---- technologies ----------------------------------------------------------------------- */

static void check_result(const struct lorenz_technology_result *r)
{
	promise((r->fit == LORENZ_FIT_REFUSED) == (r->status != LORENZ_OK) && r->fit < LORENZ_FIT_COUNT);
	promise(isfinite(r->value) && isfinite(r->point.savings_cost) && isfinite(r->point.savings_carbon));
	promise(r->point.q_kw >= 0 && (r->fit == LORENZ_FIT_OK || r->point.q_kw == 0));
}

static void check_alone(const struct plant *p, const struct lorenz_technology *technology,
                        const struct lorenz_technology_result *listed)
{
	struct lorenz_technology_result alone;
	enum lorenz_status status = lorenz_technology_evaluate(&p->c, technology, &p->goal[0], &alone);

	promise(status == listed->status);
	if (status == LORENZ_OK)
		promise(alone.fit == listed->fit && fabs(alone.point.q_kw - listed->point.q_kw) <= NEAR * p->curve.q_total_kw);
}

static void check_technologies(const struct plant *p, struct script *in)
{
	struct lorenz_technology list[TECHNOLOGIES];
	struct lorenz_technology_result found[TECHNOLOGIES * GOALS], ranked[TECHNOLOGIES];
	size_t n = 1 + byte(in) % TECHNOLOGIES;

	for (size_t i = 0; i < n; i++)
		list[i] = take_technology(in);
	if (lorenz_technologies_solve(&p->c, list, n, p->goal, p->n_goals, found) != LORENZ_OK)
		return;
	for (size_t i = 0; i < n * p->n_goals; i++)
		check_result(&found[i]);
	for (size_t i = 0; i < n; i++)
		ranked[i] = found[i * p->n_goals];
	check_alone(p, &list[0], &ranked[0]);
	lorenz_technology_rank(ranked, n);
	for (size_t i = 1; i < n; i++)
		promise(ranked[i - 1].fit == LORENZ_FIT_OK || ranked[i].fit != LORENZ_FIT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script in = {data, size};
	struct plant p;
	bool right;

	if (!take_plant(&in, &p))
		return 0;
	right = lorenz_case_check(&p.c, NULL) == LORENZ_OK;
	check_solve(&p, right, check_direct(&p, right));
	check_front(&p, right);
	check_technologies(&p, &in);
	return 0;
}

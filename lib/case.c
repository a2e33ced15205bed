/* The general case from outside: checks, and solutions for goals, all on one evaluation of the plant. */
#include "model.h"

static const double KG_PER_T = 1000;

struct lorenz_limits lorenz_limits_none(void)
{
	return (struct lorenz_limits){
	    .q_max_kw = INFINITY,
	    .p_max_kw = INFINITY,
	    .t_max_k = INFINITY,
	    .cop_max = INFINITY,
	};
}

struct lorenz_case lorenz_case_simple(const struct lorenz_curve *curve, const struct lorenz_efficiency *efficiency,
                                      struct lorenz_source source, struct lorenz_merit elec, struct lorenz_merit heat)
{
	struct lorenz_case c = {
	    .curve = curve,
	    .efficiency = efficiency,
	    .source = source,
	    .limits = lorenz_limits_none(),
	    .elec = elec,
	};

	c.utilities.n = 1;
	c.utilities.unit[0] = (struct lorenz_utility){INFINITY, heat.cost, heat.carbon};
	return c;
}

/* ---- checks ----------------------------------------------------------------------------- */

static struct lorenz_machine machine_of(const struct lorenz_limits *l, double eta)
{
	return (struct lorenz_machine){
	    .eta = eta,
	    .q_min_kw = l->q_min_kw,
	    .q_max_kw = l->q_max_kw,
	    .p_max_kw = l->p_max_kw,
	    .t_max_k = l->t_max_k,
	    .cop_max = l->cop_max,
	    .min_lift_k = l->min_lift_k,
	};
}

static enum lorenz_status check_limits(const struct lorenz_limits *limits)
{
	struct lorenz_machine machine = machine_of(limits, 1);

	return lz_check(&machine, 1);
}

static enum lorenz_status check_approach(const struct lorenz_case *c)
{
	const struct lorenz_approach *a = &c->approach;

	if (!isfinite(a->sink_k) || !isfinite(a->source_k) || !isfinite(c->direct_dt_min_k))
		return LORENZ_NOT_FINITE;
	if (!(a->sink_k >= 0 && a->source_k >= 0 && c->direct_dt_min_k >= 0))
		return LORENZ_APPROACH;
	return a->internal && c->efficiency->model == LORENZ_MODEL_JENSEN ? LORENZ_APPROACH : LORENZ_OK;
}

/* A source that is at the highest sink temperature has nothing to lift, unless it gives its heat directly first. */
static enum lorenz_status check_lift(const struct lorenz_case *c)
{
	const struct lorenz_source *s = &c->source;
	bool finite = s->c_kw_k < INFINITY;
	double shift_k = c->approach.internal ? c->approach.source_k : 0, t_k = s->t_in_k;

	if (!(s->t_in_k > shift_k && (finite || s->t_out_k > shift_k)))
		return LORENZ_SOURCE_TEMPERATURE;
	if (!finite)
		t_k = lorenz_log_mean(s->t_in_k - shift_k, s->t_out_k - shift_k);
	if (c->efficiency->model == LORENZ_MODEL_SHARES || (finite && c->direct_dt_min_k > 0))
		return LORENZ_OK;
	return t_k >= c->curve->t_target_k + (c->approach.internal ? c->approach.sink_k : 0) ? LORENZ_SOURCE_ABOVE_TARGET
	                                                                                     : LORENZ_OK;
}

static enum lorenz_status check_rates(const struct lorenz_case *c)
{
	bool finite = isfinite(c->elec.cost + c->elec.carbon) && isfinite(c->source_heat.cost + c->source_heat.carbon);

	return finite ? LORENZ_OK : LORENZ_NOT_FINITE;
}

enum lorenz_status lorenz_case_check(const struct lorenz_case *c, size_t *bad)
{
	enum lorenz_status status = lorenz_efficiency_check(c->efficiency);

	if (status == LORENZ_OK)
		status = lorenz_source_check(&c->source);
	if (status == LORENZ_OK)
		status = check_limits(&c->limits);
	if (status == LORENZ_OK)
		status = check_approach(c);
	if (status == LORENZ_OK)
		status = check_lift(c);
	if (status == LORENZ_OK)
		status = lorenz_units_check(&c->units, bad);
	if (status == LORENZ_OK)
		status = lorenz_utilities_check(&c->utilities, bad);
	return status == LORENZ_OK ? check_rates(c) : status;
}

enum lorenz_status lz_goal_check(const struct lorenz_goal *goal)
{
	if ((unsigned)goal->kind >= LORENZ_GOAL_COUNT)
		return LORENZ_GOAL;
	if (goal->kind == LORENZ_GOAL_BLEND && !(goal->carbon_value_eur_t >= 0 && goal->carbon_value_eur_t < INFINITY))
		return LORENZ_GOAL;
	return goal->kind == LORENZ_GOAL_CARBON_CAP && !isfinite(goal->carbon_cap_kg_h) ? LORENZ_GOAL : LORENZ_OK;
}

/* ---- goals ------------------------------------------------------------------------------ */

static struct lz_aim aim_of(const struct lz_model *m, const struct lorenz_goal *goal)
{
	static const struct lz_form HEAT = {1, 0, 0}, COST = {0, 1, 0}, CARBON = {0, 0, 1};
	double carbon_kg_h = lz_merit_between(&m->site->merit, 0, m->site->x_kw).carbon;

	switch (goal->kind) {
	case LORENZ_GOAL_COST:
		return (struct lz_aim){.value = COST};
	case LORENZ_GOAL_CARBON:
		return (struct lz_aim){.value = CARBON};
	case LORENZ_GOAL_BLEND:
		return (struct lz_aim){.value = {0, 1, goal->carbon_value_eur_t / KG_PER_T}};
	case LORENZ_GOAL_CARBON_FREE:
		return (struct lz_aim){.value = CARBON, .constraint = COST, .constrained = true, .no_extra = true};
	case LORENZ_GOAL_CARBON_CAP:
		return (struct lz_aim){COST, CARBON, carbon_kg_h - goal->carbon_cap_kg_h, true, false};
	case LORENZ_GOAL_ELECTRIFY:
		return (struct lz_aim){.value = HEAT, .constraint = CARBON, .constrained = true, .no_extra = true};
	case LORENZ_GOAL_COUNT:
		break;
	}
	return (struct lz_aim){.value = {0, 0, 0}};
}

static void describe_at(const struct lz_model *m, double q_kw, const struct lz_form *value, enum lorenz_limit limit,
                        struct lorenz_case_point *point)
{
	struct lz_eval e;

	lz_evaluate(m, q_kw, &e);
	lz_describe(m, &e, point);
	point->savings = lz_value(value, q_kw, &e.savings);
	if (q_kw > 0)
		point->limited_by = limit;
}

/* ---- the closed form -------------------------------------------------------------------- */

static bool is_closed(const struct lz_model *m, const struct lz_aim *aim)
{
	return m->in->efficiency->model == LORENZ_MODEL_CONSTANT && !(m->source.c_kw_k < INFINITY) &&
	       m->heat_max_kw == INFINITY && m->site->fleet.n_sets == 0 && m->site->merit.n == 1 && m->site->need_kw == 0 &&
	       !aim->constrained;
}

static void from_closed(const struct lz_model *m, const struct lz_form *value, const struct lorenz_point *from,
                        struct lorenz_case_point *point)
{
	describe_at(m, from->q_kw, value, from->limited_by, point);
	point->t_free_k = from->t_free_k - m->site->sink_shift_k;
}

/* Source heat at a price is electricity and heat at other rates: S = (a_u - a_s) Q - (a_e - a_s) P. */
static void solve_closed(const struct lz_model *m, const struct lz_aim *aim, struct lorenz_solution *out)
{
	const struct lorenz_case *c = m->in;
	const struct lz_form *v = &aim->value;
	double source = v->cost * c->source_heat.cost + v->carbon * c->source_heat.carbon;
	const struct lorenz_merit *heat = &m->site->merit.step[0].rate;
	struct lorenz_rates rates = {v->cost * c->elec.cost + v->carbon * c->elec.carbon - source,
	                             v->cost * heat->cost + v->carbon * heat->carbon - source};
	struct lorenz_machine machine = machine_of(&c->limits, c->efficiency->of.eta);
	struct lorenz_operation op;

	machine.t_max_k += m->site->sink_shift_k;
	lorenz_operate(m->site->curve, m->source_mean_k, &machine, rates, &op);
	out->met = true;
	from_closed(m, v, &op.optimal, &out->optimal);
	from_closed(m, v, &op.break_even, &out->break_even);
	from_closed(m, v, &op.break_even_free, &out->break_even_free);
}

/* ---- the search ------------------------------------------------------------------------- */

struct work {
	struct lz_shared *shared;
	struct lz_model model, free_model;
	struct lz_profile profile;
	struct lz_descent descent;
	bool sampled, descending;
};

static void work_init(struct work *w, struct lz_shared *shared, const struct lorenz_case *c)
{
	w->shared = shared;
	lz_model_init(&w->model, &shared->site, c);
	w->free_model = w->model;
	w->free_model.free = true;
	w->sampled = w->descending = false;
}

/* The site's grid, unless that ends far above what the machine may do and has few heats where it counts. What the grid is depends
 * on the case alone, not on what was solved before. */
static const struct lz_profile *bounded(struct work *w)
{
	static const double FAR = 2;
	struct lz_grid *grid = &w->shared->grid;
	const struct lz_site *site = &w->shared->site;
	double high_kw = FAR * w->model.q_high_kw < site->q_high_kw ? w->model.q_high_kw : site->q_high_kw;

	if (w->sampled)
		return &w->profile;
	if (grid->n == 0 || grid->high_kw != high_kw)
		lz_grid_init(grid, site, high_kw, false);
	lz_profile_init(&w->profile, &w->model, grid);
	w->sampled = true;
	return &w->profile;
}

static struct lz_descent *unbounded(struct work *w)
{
	struct lz_grid *grid = &w->shared->free_grid;

	if (w->descending)
		return &w->descent;
	if (grid->n == 0)
		lz_grid_init(grid, &w->shared->site, w->shared->site.curve->q_total_kw, true);
	lz_descent_init(&w->descent, &w->free_model, grid, bounded(w));
	w->descending = true;
	return &w->descent;
}

static void break_evens(struct work *w, const struct lz_form *value, const struct lz_optimum *best, struct lorenz_solution *out)
{
	enum lorenz_limit limit = LORENZ_LIMIT_INLET;
	double q_kw = best->q_kw > 0 ? lz_break_even(bounded(w), value, best, &limit) : 0;

	if (q_kw == best->q_kw) {
		out->break_even = out->optimal;
		out->break_even.limited_by = q_kw > 0 ? limit : out->optimal.limited_by;
	} else {
		describe_at(&w->model, q_kw, value, limit, &out->break_even);
	}
	out->break_even_free = out->break_even;
	if (q_kw > 0 && (limit == LORENZ_LIMIT_NONE || limit == LORENZ_LIMIT_TARGET))
		return;
	q_kw = lz_break_even_free(unbounded(w), value, &limit);
	describe_at(&w->free_model, q_kw, value, limit, &out->break_even_free);
}

static void solve_searched(struct work *w, const struct lz_aim *aim, struct lorenz_solution *out)
{
	struct lz_optimum best;

	lz_optimise(bounded(w), aim, &best);
	out->met = best.met;
	describe_at(&w->model, best.q_kw, &aim->value, best.limit, &out->optimal);
	if (!aim->constrained) {
		break_evens(w, &aim->value, &best, out);
		return;
	}
	describe_at(&w->model, 0, &aim->value, LORENZ_LIMIT_INLET, &out->break_even);
	out->break_even_free = out->break_even;
}

static void solve(struct work *w, const struct lorenz_goal *goals, size_t n, struct lorenz_solution *out)
{
	for (size_t i = 0; i < n; i++) {
		struct lz_aim aim = aim_of(&w->model, &goals[i]);

		if (is_closed(&w->model, &aim))
			solve_closed(&w->model, &aim, &out[i]);
		else
			solve_searched(w, &aim, &out[i]);
	}
}

void lz_shared_init(struct lz_shared *shared, const struct lorenz_case *c)
{
	lz_site_init(&shared->site, c);
	shared->grid.n = shared->free_grid.n = 0;
}

void lz_solve(struct lz_shared *shared, const struct lorenz_case *c, const struct lorenz_goal *goals, size_t n,
              struct lorenz_solution *out)
{
	struct work w;

	work_init(&w, shared, c);
	solve(&w, goals, n, out);
}

enum lorenz_status lorenz_case_solve(const struct lorenz_case *c, const struct lorenz_goal *goals, size_t n,
                                     struct lorenz_solution *out)
{
	enum lorenz_status status = lorenz_case_check(c, NULL);
	struct lz_shared shared;

	for (size_t i = 0; status == LORENZ_OK && i < n; i++)
		status = lz_goal_check(&goals[i]);
	if (status != LORENZ_OK)
		return status;
	lz_shared_init(&shared, c);
	lz_solve(&shared, c, goals, n, out);
	return LORENZ_OK;
}

enum lorenz_status lorenz_case_at(const struct lorenz_case *c, double q_kw, struct lorenz_case_point *out)
{
	enum lorenz_status status = lorenz_case_check(c, NULL);
	struct lz_site site;
	struct lz_model m;
	struct lz_eval e;

	if (status == LORENZ_OK && isnan(q_kw))
		status = LORENZ_NOT_FINITE;
	if (status != LORENZ_OK)
		return status;
	lz_site_init(&site, c);
	lz_model_init(&m, &site, c);
	lz_evaluate(&m, lz_min(q_kw, site.curve->q_total_kw), &e);
	if (e.limit == LORENZ_LIMIT_MIN_LOAD && e.place.q_kw > m.q_high_kw) /* above all units, not between them */
		e.limit = m.high_limit;
	lz_describe(&m, &e, out);
	return LORENZ_OK;
}

enum lorenz_status lorenz_case_pareto(const struct lorenz_case *c, size_t n, struct lorenz_case_point *out)
{
	static const struct lz_form COST = {0, 1, 0}, CARBON = {0, 0, 1};
	enum lorenz_status status = n < 2 ? LORENZ_GOAL : lorenz_case_check(c, NULL);
	struct lz_optimum best;
	struct lz_shared shared;
	double first, last;
	struct work w;

	if (status != LORENZ_OK)
		return status;
	lz_shared_init(&shared, c);
	work_init(&w, &shared, c);
	lz_optimise(bounded(&w), &(struct lz_aim){.value = COST}, &best);
	describe_at(&w.model, best.q_kw, &COST, best.limit, &out[0]);
	first = out[0].savings_carbon;
	lz_optimise(bounded(&w), &(struct lz_aim){.value = CARBON}, &best);
	describe_at(&w.model, best.q_kw, &COST, best.limit, &out[n - 1]);
	last = out[n - 1].savings_carbon;
	for (size_t i = 1; i + 1 < n; i++) {
		double floor = first + (last - first) * (double)i / (double)(n - 1);

		lz_optimise(bounded(&w), &(struct lz_aim){COST, CARBON, floor, true, false}, &best);
		describe_at(&w.model, best.q_kw, &COST, best.limit, &out[i]);
	}
	return LORENZ_OK;
}

enum lorenz_status lorenz_case_direct(const struct lorenz_case *c, struct lorenz_direct_savings *out)
{
	enum lorenz_status status = lorenz_case_check(c, NULL);
	struct lz_site site;
	struct lorenz_merit saved;
	double used_kw, mw;

	if (status != LORENZ_OK)
		return status;
	lz_site_init(&site, c);
	used_kw = site.direct.advised ? 0 : site.direct.q_kw;
	mw = used_kw / LZ_KW_PER_MW;
	saved = lz_merit_between(&site.merit, c->curve->q_total_kw - used_kw, c->curve->q_total_kw);
	out->direct = site.direct;
	out->cost = saved.cost - c->source_heat.cost * mw;
	out->carbon = saved.carbon - c->source_heat.carbon * mw;
	return LORENZ_OK;
}

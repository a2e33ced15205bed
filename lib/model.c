/* The prepared plant, and its evaluation at one heat: which units, how much power, what comes from the source, what it saves,
 * and which bound is broken by how much. */
#include "model.h"

static const double SOURCE_OUT_LEAST_K = 1;

/* ---- preparing -------------------------------------------------------------------------- */

static void shift_curve(struct lorenz_curve *curve, const struct lorenz_curve *from, double shift_k)
{
	struct lorenz_segment segments[LORENZ_SEGMENTS_MAX];

	for (size_t i = 0; i < from->n; i++) {
		const struct lorenz_curve_segment *seg = &from->seg[i];

		segments[i] = (struct lorenz_segment){seg->t_in_k + shift_k, seg->t_out_k + shift_k, seg->q_kw};
	}
	if (from->n > 0)
		lorenz_curve_init(curve, segments, from->n, NULL);
	else
		*curve = *from;
	curve->t_in_k = from->t_in_k + shift_k;
	curve->t_target_k = from->t_target_k + shift_k;
}

/* The stream leaves what is left after direct exchange; an exchanger whose source has no known flow is only advised. */
static void exchange_first(struct lz_site *site, const struct lorenz_case *c)
{
	site->direct = (struct lorenz_direct){0, c->curve->t_in_k, c->source.t_in_k, false};
	if (c->direct_dt_min_k > 0)
		lorenz_direct_exchange(c->curve, &c->source, c->direct_dt_min_k, &site->direct);
	if (site->direct.advised || !(site->direct.q_kw > 0))
		return;
	lorenz_curve_rest(c->curve, site->direct.q_kw, &site->own);
	site->curve = &site->own;
}

static double need_kw(const struct lz_site *site)
{
	double need_kw = site->x_kw - site->merit.step[site->merit.n - 1].end_kw;

	return need_kw > LZ_EQUAL * site->x_kw ? need_kw : 0;
}

void lz_site_init(struct lz_site *site, const struct lorenz_case *c)
{
	site->curve = c->curve;
	site->sink_shift_k = c->approach.internal ? c->approach.sink_k : 0;
	exchange_first(site, c);
	if (site->sink_shift_k > 0) {
		struct lorenz_curve from = *site->curve;

		shift_curve(&site->own, &from, site->sink_shift_k);
		site->curve = &site->own;
	}
	site->x_kw = site->curve->q_total_kw;
	site->fleet.n_sets = 0;
	if (c->units.n > 0)
		lz_fleet_init(&site->fleet, &c->units);
	lz_merit_init(&site->merit, &c->utilities);
	site->need_kw = need_kw(site);
	site->q_high_kw = site->curve->q_total_kw;
	if (site->fleet.n_sets > 0)
		site->q_high_kw = lz_min(site->q_high_kw, site->fleet.set[site->fleet.n_sets - 1].capacity_kw);
}

static void upper_bound(struct lz_model *m)
{
	const struct lorenz_limits *limits = &m->in->limits;
	const struct lorenz_curve *curve = m->site->curve;
	double t_max_k = limits->t_max_k + m->site->sink_shift_k;

	m->q_high_kw = curve->q_total_kw;
	m->high_limit = LORENZ_LIMIT_TARGET;
	if (t_max_k < lz_curve_end(curve).t_k) {
		m->q_high_kw = lorenz_curve_q_kw(curve, t_max_k);
		m->high_limit = LORENZ_LIMIT_T_MAX;
	}
	if (limits->q_max_kw < m->q_high_kw) {
		m->q_high_kw = limits->q_max_kw;
		m->high_limit = LORENZ_LIMIT_CAPACITY;
	}
	if (m->site->q_high_kw < m->q_high_kw) {
		m->q_high_kw = m->site->q_high_kw;
		m->high_limit = LORENZ_LIMIT_CAPACITY;
	}
	if (m->in->exchanged_limit != LORENZ_LIMIT_NONE && m->in->exchanged_kw < m->q_high_kw) {
		m->q_high_kw = m->in->exchanged_kw;
		m->high_limit = m->in->exchanged_limit;
	}
}

static void leave_to_pump(struct lz_model *m)
{
	const struct lorenz_direct *direct = &m->site->direct;

	if (!direct->advised && direct->q_kw > 0)
		m->source = lorenz_source_after(&m->source, direct->q_kw);
	m->heat_max_kw = lorenz_source_heat_max_kw(&m->source, &m->heat_limit);
	m->source.t_in_k -= m->source_shift_k;
	m->source.t_out_k -= m->source_shift_k;
}

void lz_model_init(struct lz_model *m, const struct lz_site *site, const struct lorenz_case *c)
{
	m->in = c;
	m->site = site;
	m->source = c->source;
	m->source_shift_k = c->approach.internal ? c->approach.source_k : 0;
	m->free = false;
	leave_to_pump(m);
	m->source_mean_k = m->source.c_kw_k < INFINITY ? NAN : lorenz_log_mean(m->source.t_in_k, m->source.t_out_k);
	m->source_k_kw = 1 / m->source.c_kw_k;
	upper_bound(m);
}

/* ---- power ------------------------------------------------------------------------------ */

static double specific_power(const struct lz_model *m, struct lz_eval *e)
{
	const struct lorenz_limits *limits = &m->in->limits;
	double power;

	e->extrapolated = false;
	power = lz_specific_power(m->in->efficiency, &e->at, limits->min_lift_k, &e->extrapolated) / e->place.factor;
	return limits->cop_max < INFINITY ? lz_max(power, 1 / limits->cop_max) : power;
}

/* (a - b)/(2 atanh u) = mean u/atanh u, u = (a - b)/(a + b), as a series to 1e-16 where the two are near, as those of a source
 * are. */
static double near_log_mean(double a_k, double b_k)
{
	static const double NEAR = 0.0025;
	double u = (a_k - b_k) / (a_k + b_k), v = u * u;

	if (!(v < NEAR))
		return lorenz_log_mean(a_k, b_k);
	return 0.5 * (a_k + b_k) *
	       (1 - v * (1.0 / 3 + v * (4.0 / 45 + v * (44.0 / 945 + v * (428.0 / 14175 + v * (10196.0 / 467775 +
	                                                                                       v * (10719068.0 / 638512875)))))));
}

static void leave_source(const struct lz_model *m, struct lz_eval *e, double p_kw)
{
	e->at.source_out_k = m->source.t_in_k - (e->place.q_kw - p_kw) * m->source_k_kw;
	e->at.source_mean_k = near_log_mean(m->source.t_in_k, e->at.source_out_k);
}

/* Power that the source asks for which p_kw leaves; INFINITY: not possible. */
static double power_after(const struct lz_model *m, struct lz_eval *e, double p_kw)
{
	double power;

	leave_source(m, e, p_kw);
	power = specific_power(m, e);
	return isnan(power) ? INFINITY : e->place.q_kw * power;
}

static bool has_shares(const struct lz_model *m)
{
	return m->in->efficiency->model == LORENZ_MODEL_SHARES;
}

/* By the source's mean or its outlet. */
static bool is_implicit(const struct lz_model *m)
{
	enum lorenz_model model = m->in->efficiency->model;

	return m->source.c_kw_k < INFINITY && model != LORENZ_MODEL_SHARES && model != LORENZ_MODEL_CARNOT;
}

/* More heat than this leaves to the source cannot be taken. */
static double least_power_kw(const struct lz_model *m, double q_kw)
{
	return lz_max(0, q_kw - m->source.c_kw_k * (m->source.t_in_k - SOURCE_OUT_LEAST_K));
}

static bool has_kinks(const struct lz_model *m)
{
	const struct lorenz_limits *limits = &m->in->limits;

	return m->in->efficiency->model == LORENZ_MODEL_TABLE || limits->min_lift_k > 0 || limits->cop_max < INFINITY;
}

/* P on a source that P cools less: p - power_after(p) rises with p, so there is one root, kept in a bracket. The map itself
 * contracts by about the source's cooling over twice its temperature, so secants from two of its steps end soon: one more is
 * exact where the residual is small and the slope did not bend, as it does at a kink of the model. */
struct implicit {
	double low, high;
	double last, f_last, slope;
	double p;
	double sure_kw;
	int steps;
	bool found;
};

/* The start is a machine of a Lorenz efficiency of 0.5. */
static void implicit_begin(const struct lz_model *m, struct lz_eval *e, struct implicit *s)
{
	static const double SURE = 1e-8, SURE_BENT = 1e-10;
	double q_kw = e->place.q_kw, lift = lz_max(0.02, 1 - m->source.t_in_k / e->at.sink_mean_k);

	s->low = least_power_kw(m, q_kw);
	s->high = q_kw;
	s->last = lz_max(s->low, q_kw * lz_min(2 * lift, 1));
	s->f_last = s->last - power_after(m, e, s->last);
	s->p = s->last - s->f_last;
	s->slope = INFINITY;
	s->sure_kw = q_kw * (has_kinks(m) ? SURE_BENT : SURE);
	s->steps = 0;
	s->found = false;
}

static void implicit_step(const struct lz_model *m, struct lz_eval *e, struct implicit *s)
{
	static const double EXACT = 1e-13, ENOUGH = 4e-16;
	enum { STEPS_MAX = 100 };
	double q_kw = e->place.q_kw, p = s->p, f, slope, next;
	bool straight;

	s->found = true;
	if (s->steps++ == STEPS_MAX || !(s->high - s->low > ENOUGH * s->high))
		return;
	if (!(p >= s->low && p <= s->high))
		p = p > s->high && s->high == q_kw ? s->high : 0.5 * (s->low + s->high);
	f = p - power_after(m, e, p);
	s->p = p - f;
	if (f < 0 && p == q_kw)
		return;
	*(f < 0 ? &s->low : &s->high) = p;
	slope = (f - s->f_last) / (p - s->last);
	next = p - f / slope;
	straight = fabs(f) <= s->sure_kw && !(fabs(f) * fabs(slope - s->slope) > EXACT * q_kw);
	s->last = p, s->f_last = f, s->slope = slope;
	s->p = !straight || (next >= s->low && next <= s->high) ? next : p;
	s->found = straight;
}

/* ---- bounds ----------------------------------------------------------------------------- */

static void bound(struct lz_eval *e, double excess_kw, enum lorenz_limit limit)
{
	if (!(excess_kw > e->excess_kw))
		return;
	e->excess_kw = excess_kw;
	if (excess_kw > 0)
		e->limit = limit;
}

static void check_bounds(const struct lz_model *m, struct lz_eval *e)
{
	const struct lorenz_limits *limits = &m->in->limits;

	if (!isfinite(e->p_kw)) {
		bound(e, m->site->curve->q_total_kw, LORENZ_LIMIT_MODEL);
		return;
	}
	if (!has_shares(m))
		bound(e, e->p_kw - e->place.q_kw * (1 + LZ_EQUAL), LORENZ_LIMIT_COP_1);
	if (m->free)
		return;
	bound(e, e->p_kw - limits->p_max_kw, LORENZ_LIMIT_P_ELEC_MAX);
	bound(e, e->source_kw - m->heat_max_kw, m->heat_limit);
	bound(e, limits->q_min_kw - e->place.q_kw, LORENZ_LIMIT_MIN_LOAD);
	bound(e, e->place.q_kw - m->q_high_kw * (1 + LZ_EQUAL), m->high_limit);
}

/* ---- the whole -------------------------------------------------------------------------- */

static void commit(const struct lz_site *site, double q_kw, bool free, struct lz_place *place)
{
	struct lorenz_commitment units = {.factor = 1};

	place->off_kw = 0;
	if (site->fleet.n_sets > 0 && free)
		lz_fleet_nearest(&site->fleet, q_kw, &units);
	else if (site->fleet.n_sets > 0)
		place->off_kw = lz_fleet_commit(&site->fleet, q_kw, &units);
	place->running = units.running;
	place->share = units.share;
	place->factor = units.factor;
}

void lz_place_at(const struct lz_site *site, double q_kw, bool free, struct lz_place *place)
{
	struct lz_state at = lz_curve_at_q(site->curve, q_kw);

	place->q_kw = q_kw;
	place->kink = true;
	place->sink_out_k = at.t_k;
	place->sink_mean_k = q_kw / at.phi_kw_k;
	place->worth = lz_merit_between(&site->merit, site->x_kw - q_kw, site->x_kw);
	commit(site, q_kw, free, place);
}

static void save(const struct lz_model *m, struct lz_eval *e)
{
	const struct lorenz_case *in = m->in;
	double p_mw = e->p_kw / LZ_KW_PER_MW, source_mw = e->source_kw / LZ_KW_PER_MW;

	e->savings.cost = e->place.worth.cost - in->elec.cost * p_mw - in->source_heat.cost * source_mw;
	e->savings.carbon = e->place.worth.carbon - in->elec.carbon * p_mw - in->source_heat.carbon * source_mw;
}

/* Temperatures are those that the smallest heat would have. */
static void off(const struct lz_model *m, struct lz_eval *e)
{
	double t_in_k = m->site->curve->t_in_k, t_source_k = m->source.t_in_k;
	bool finite = m->source.c_kw_k < INFINITY;

	*e = (struct lz_eval){.place.kink = true, .limit = LORENZ_LIMIT_NONE, .excess_kw = -m->site->curve->q_total_kw};
	e->at = (struct lorenz_temperatures){
	    t_in_k, t_in_k, t_in_k, t_source_k, finite ? t_source_k : m->source.t_out_k, finite ? t_source_k : m->source_mean_k};
}

/* All but the power. False where that is not to be asked for. */
static bool stand_at(const struct lz_model *m, const struct lz_place *place, struct lz_eval *e)
{
	if (!(place->q_kw > 0)) {
		off(m, e);
		return false;
	}
	e->place = *place;
	e->excess_kw = -m->site->curve->q_total_kw;
	e->limit = LORENZ_LIMIT_NONE;
	e->extrapolated = false;
	e->at.sink_in_k = m->site->curve->t_in_k;
	e->at.sink_out_k = place->sink_out_k;
	e->at.sink_mean_k = place->sink_mean_k;
	e->at.source_in_k = m->source.t_in_k;
	if (place->factor > 0)
		return true;
	bound(e, place->off_kw, LORENZ_LIMIT_MIN_LOAD);
	e->p_kw = e->source_kw = e->savings.cost = e->savings.carbon = NAN;
	e->at.source_out_k = e->at.source_mean_k = NAN;
	return false;
}

static void explicit_power(const struct lz_model *m, struct lz_eval *e)
{
	double q_kw = e->place.q_kw;

	e->at.source_out_k = m->source.c_kw_k < INFINITY ? m->source.t_in_k : m->source.t_out_k;
	e->at.source_mean_k = m->source_mean_k;
	e->p_kw = q_kw * specific_power(m, e);
	e->source_kw = q_kw - e->p_kw;
	if (has_shares(m)) {
		e->source_kw = q_kw * m->in->efficiency->of.shares.source;
		e->at.source_out_k -= e->source_kw * m->source_k_kw;
	} else if (m->source.c_kw_k < INFINITY) {
		e->p_kw = lz_max(e->p_kw, least_power_kw(m, q_kw));
		e->source_kw = q_kw - e->p_kw;
		leave_source(m, e, lz_min(e->p_kw, q_kw));
	}
}

static void implicit_end(const struct lz_model *m, struct lz_eval *e, double p_kw)
{
	e->p_kw = p_kw;
	e->source_kw = e->place.q_kw - p_kw;
	if (p_kw <= e->place.q_kw)
		leave_source(m, e, p_kw);
}

/* The steps of several roots take turns: none waits for another's, and the processor does them side by side. */
static void implicit_powers(const struct lz_model *m, struct lz_eval *e, const bool *on, size_t n)
{
	struct implicit s[LZ_ABREAST];
	bool open = true;

	for (size_t i = 0; i < n; i++) {
		s[i].found = !on[i];
		if (on[i])
			implicit_begin(m, &e[i], &s[i]);
	}
	while (open) {
		open = false;
		for (size_t i = 0; i < n; i++) {
			if (!s[i].found)
				implicit_step(m, &e[i], &s[i]);
			open |= !s[i].found;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (on[i])
			implicit_end(m, &e[i], s[i].p);
	}
}

void lz_evaluate_places(const struct lz_model *m, const struct lz_place *place, size_t n, struct lz_eval *e)
{
	bool implicit = is_implicit(m), on[LZ_ABREAST] = {false};

	for (size_t i = 0; i < n; i++) {
		on[i] = stand_at(m, &place[i], &e[i]);
		if (on[i] && !implicit)
			explicit_power(m, &e[i]);
	}
	if (implicit)
		implicit_powers(m, e, on, n);
	for (size_t i = 0; i < n; i++) {
		if (!on[i])
			continue;
		check_bounds(m, &e[i]);
		save(m, &e[i]);
	}
}

void lz_evaluate(const struct lz_model *m, double q_kw, struct lz_eval *e)
{
	struct lz_place place = {.q_kw = 0};

	if (q_kw > 0)
		lz_place_at(m->site, q_kw, m->free, &place);
	lz_evaluate_places(m, &place, 1, e);
}

static int count(unsigned set)
{
	int n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

void lz_describe(const struct lz_model *m, const struct lz_eval *e, struct lorenz_case_point *point)
{
	double total_kw = m->in->curve->q_total_kw;
	double q_kw = e->place.q_kw;
	bool on = q_kw > 0;

	*point = (struct lorenz_case_point){.q_kw = q_kw, .p_kw = e->p_kw, .source_heat_kw = e->source_kw};
	point->t_out_k = e->at.sink_out_k - m->site->sink_shift_k;
	point->t_supply_k = point->t_out_k + m->in->approach.sink_k;
	point->electrification = on ? q_kw / total_kw : 0;
	point->cop = on ? q_kw / e->p_kw : NAN;
	point->t_source_out_k = e->at.source_out_k + m->source_shift_k;
	point->eta_lorenz = on ? lorenz_efficiency(point->cop, e->at.sink_mean_k, e->at.source_mean_k) : NAN;
	point->savings_cost = point->savings = e->savings.cost;
	point->savings_carbon = e->savings.carbon;
	point->t_free_k = NAN;
	point->limited_by = on ? e->limit : LORENZ_LIMIT_INLET;
	point->overlap = on && m->site->curve->t_in_k < m->source.t_in_k;
	point->extrapolated = on && e->extrapolated;
	point->units = (struct lorenz_commitment){e->place.running, count(e->place.running), e->place.share, e->place.factor};
	point->shortfall_kw = lz_merit_dispatch(&m->site->merit, lz_max(m->site->x_kw - q_kw, 0), point->utility_kw);
}

/* The best heat for a goal, and the heat where its merit is used up, on the samples of a plant. Every local maximum among the
 * samples that may still be the best is refined; where a constraint cuts one off, the cut is a candidate. */
#include "model.h"

static const double OPTIMUM_TOLERANCE = 1e-8, ROOT_TOLERANCE = 1e-14; /* of the demand */
static const double STEEPER_TABLE = 8;
static const double SLOPE_STEP = 1e-6; /* of the distance to the next node */

struct search {
	const struct lz_profile *profile;
	const struct lz_form *form;
	double level; /* that the form is compared with */
};

/* -INFINITY where that heat is not allowed. */
static double above(void *context, double q_kw)
{
	const struct search *s = context;
	struct lz_eval e;

	lz_evaluate(s->profile->model, q_kw, &e);
	return e.limit == LORENZ_LIMIT_NONE ? lz_value(s->form, q_kw, &e.savings) - s->level : -INFINITY;
}

static inline double node_value(const struct lz_form *form, const struct lz_node *node)
{
	return node->allowed ? lz_value(form, node->q_kw, &node->savings) : -INFINITY;
}

static double total_kw(const struct lz_profile *profile)
{
	return profile->model->site->curve->q_total_kw;
}

/* The heat between one that is at or above the level and one that is not; on the good side. */
static double cut(struct search *s, double good_kw, double f_good, double bad_kw, double f_bad)
{
	struct lz_bracket br = {good_kw, f_good, bad_kw, f_bad};

	if (f_good == 0)
		return good_kw;
	lz_root(above, s, &br, ROOT_TOLERANCE * total_kw(s->profile));
	return br.fb >= 0 ? br.b : br.a;
}

/* ---- candidates ------------------------------------------------------------------------- */

struct contest {
	const struct lz_profile *profile;
	const struct lz_aim *aim;
	struct lz_optimum best;
	double value[LZ_NODES_MAX];    /* of the nodes */
	double rise[LZ_NODES_MAX + 1]; /* from node i - 1 to node i, either way; 0 where that is not smooth */
};

static void enter(struct contest *c, double q_kw, double value, enum lorenz_limit limit)
{
	if (value > c->best.value)
		c->best = (struct lz_optimum){q_kw, value, limit, true};
}

static double constraint_at(const struct contest *c, double q_kw)
{
	struct search s = {c->profile, &c->aim->constraint, c->aim->floor};

	return above(&s, q_kw);
}

/* A refined maximum; where the constraint does not hold there, the cut on the way from the node, where it may. */
static void enter_refined(struct contest *c, const struct lz_node *node, double q_kw, double value)
{
	struct search constraint = {c->profile, &c->aim->constraint, c->aim->floor}, merit = {c->profile, &c->aim->value, 0};
	double f, f_node, cut_kw;

	if (!c->aim->constrained || (f = constraint_at(c, q_kw)) >= 0) {
		enter(c, q_kw, value, LORENZ_LIMIT_NONE);
		return;
	}
	f_node = node_value(&c->aim->constraint, node) - c->aim->floor;
	if (!(f_node >= 0) || f == -INFINITY)
		return;
	cut_kw = cut(&constraint, node->q_kw, f_node, q_kw, f);
	enter(c, cut_kw, above(&merit, cut_kw), LORENZ_LIMIT_CONSTRAINT);
}

/* Between node i and the next the value is taken to rise from neither by more than the steepest slope around would make it,
 * with a margin where the cells of a table leave few samples. */
static bool may_win(const struct contest *c, size_t i)
{
	const double *rise = &c->rise[i + 1];
	const struct lz_node *to = &c->profile->node[i + 1];
	double missing = c->best.value - lz_max(c->value[i], c->value[i + 1]), reach_kw = to->width_kw;

	if (c->profile->model->in->efficiency->model == LORENZ_MODEL_TABLE)
		reach_kw *= STEEPER_TABLE;
	return missing <= 0 || rise[0] * reach_kw >= missing * to->width_kw ||
	       (i > 0 && rise[-1] * reach_kw >= missing * to[-1].width_kw) ||
	       (i + 2 < c->profile->n && rise[1] * reach_kw >= missing * to[1].width_kw);
}

/* On one side of a node where the slope may jump: only if the value rises away from it, and falls again to the next. */
static void refine_side(struct contest *c, size_t i, size_t i_to)
{
	struct search s = {c->profile, &c->aim->value, 0};
	const struct lz_node *node = &c->profile->node[i], *to = &c->profile->node[i_to];
	double value = c->value[i], f_to = c->value[i_to];
	double near_kw = node->q_kw + SLOPE_STEP * (to->q_kw - node->q_kw), f_near;
	struct lz_triple t;

	f_near = above(&s, near_kw);
	if (!(f_near > value) || value + (f_near - value) / SLOPE_STEP < c->best.value)
		return;
	t = (struct lz_triple){node->q_kw, value, near_kw, f_near, to->q_kw, f_to};
	if (to->q_kw < node->q_kw)
		t = (struct lz_triple){to->q_kw, f_to, near_kw, f_near, node->q_kw, value};
	lz_maximum(above, &s, &t, OPTIMUM_TOLERANCE * total_kw(c->profile));
	enter_refined(c, node, t.x, t.fx);
}

static void refine_smooth(struct contest *c, size_t i)
{
	struct search s = {c->profile, &c->aim->value, 0};
	const struct lz_node *node = &c->profile->node[i];
	const double *f = &c->value[i];
	struct lz_triple t = {node[-1].q_kw, f[-1], node->q_kw, f[0], node[1].q_kw, f[1]};

	lz_maximum(above, &s, &t, OPTIMUM_TOLERANCE * total_kw(c->profile));
	enter_refined(c, node, t.x, t.fx);
}

/* Samples see a peak among them; beside a node where the slope may jump, the slope does. */
static void refine(struct contest *c, size_t i)
{
	const struct lz_node *node = &c->profile->node[i];
	const double *f = &c->value[i];

	if (!node->allowed)
		return;
	if (node->kink) {
		if (i > 0 && node[-1].allowed && f[-1] <= f[0] && may_win(c, i - 1))
			refine_side(c, i, i - 1);
		if (i + 1 < c->profile->n && node[1].allowed && f[1] <= f[0] && may_win(c, i))
			refine_side(c, i, i + 1);
		return;
	}
	if (f[-1] <= f[0] && f[1] <= f[0] && (may_win(c, i - 1) || may_win(c, i)))
		refine_smooth(c, i);
}

static bool is_met(const struct contest *c, const struct lz_node *node)
{
	return !c->aim->constrained || lz_value(&c->aim->constraint, node->q_kw, &node->savings) >= c->aim->floor;
}

static void enter_nodes(struct contest *c)
{
	double last = 0;

	for (size_t i = 0; i < c->profile->n; i++) {
		const struct lz_node *node = &c->profile->node[i];
		double value = node_value(&c->aim->value, node);

		c->value[i] = value;
		c->rise[i] = i > 0 && node->smooth ? fabs(value - last) : 0;
		last = value;
		if (value > c->best.value && is_met(c, node))
			enter(c, node->q_kw, value, i > 0 ? node->limit : LORENZ_LIMIT_INLET);
	}
}

/* Where the constraint begins or ends to hold between two nodes. */
static void enter_cuts(struct contest *c)
{
	struct search constraint = {c->profile, &c->aim->constraint, c->aim->floor}, merit = {c->profile, &c->aim->value, 0};

	for (size_t i = 0; i + 1 < c->profile->n; i++) {
		const struct lz_node *left = &c->profile->node[i], *right = left + 1;
		double f_left = node_value(&c->aim->constraint, left) - c->aim->floor,
		       f_right = node_value(&c->aim->constraint, right) - c->aim->floor, q_kw;

		if (!left->allowed || !right->allowed || (f_left >= 0) == (f_right >= 0))
			continue;
		q_kw = f_left >= 0 ? cut(&constraint, left->q_kw, f_left, right->q_kw, f_right)
		                   : cut(&constraint, right->q_kw, f_right, left->q_kw, f_left);
		enter(c, q_kw, above(&merit, q_kw), LORENZ_LIMIT_CONSTRAINT);
	}
}

/* The constraint may hold around its own maximum alone, between two nodes. */
static void enter_around(struct contest *c, const struct lz_optimum *nearest)
{
	struct search constraint = {c->profile, &c->aim->constraint, c->aim->floor}, merit = {c->profile, &c->aim->value, 0};
	const struct lz_node *node = c->profile->node;
	double f = nearest->value - c->aim->floor;
	size_t i = 0;

	if (!(f >= 0) || !(nearest->q_kw > 0))
		return;
	while (node[i + 1].q_kw < nearest->q_kw)
		i++;
	enter(c, nearest->q_kw, above(&merit, nearest->q_kw), LORENZ_LIMIT_CONSTRAINT);
	for (size_t side = i; side < i + 2; side++) {
		double f_side = node_value(&c->aim->constraint, &node[side]) - c->aim->floor, q_kw;

		if (f_side >= 0 || !node[side].allowed)
			continue;
		q_kw = cut(&constraint, nearest->q_kw, f, node[side].q_kw, f_side);
		enter(c, q_kw, above(&merit, q_kw), LORENZ_LIMIT_CONSTRAINT);
	}
}

static struct lz_optimum compete(const struct lz_profile *profile, const struct lz_aim *aim, const struct lz_optimum *nearest)
{
	struct contest c;

	c.profile = profile;
	c.aim = aim;
	c.best = (struct lz_optimum){0, -INFINITY, LORENZ_LIMIT_INLET, false};
	enter_nodes(&c);
	if (nearest) {
		enter_cuts(&c);
		enter_around(&c, nearest);
	}
	for (size_t i = 0; i < profile->n; i++)
		refine(&c, i);
	return c.best;
}

/* Where nothing meets the constraint, what comes nearest to it counts. */
void lz_optimise(const struct lz_profile *profile, const struct lz_aim *aim, struct lz_optimum *best)
{
	struct lz_aim constraint = {.value = aim->constraint}, under = *aim;
	struct lz_optimum nearest;

	if (!aim->constrained) {
		*best = compete(profile, aim, NULL);
		return;
	}
	if (aim->no_extra)
		under.floor = node_value(&aim->constraint, &profile->node[profile->first]);
	nearest = compete(profile, &constraint, NULL);
	*best = compete(profile, &under, &nearest);
	if (best->met)
		return;
	*best = nearest;
	best->met = false;
}

/* From the optimum on, or from the last node that loses nothing beyond it. */
double lz_break_even(const struct lz_profile *profile, const struct lz_form *value, const struct lz_optimum *best,
                     enum lorenz_limit *limit)
{
	struct search s = {profile, value, node_value(value, &profile->node[profile->first])};
	const struct lz_node *node = &profile->node[profile->n - 1];
	double good_kw = best->q_kw, f_good = best->value - s.level, f_node = node_value(value, node) - s.level;

	while (node > profile->node && node->q_kw > best->q_kw && !(f_node >= 0))
		f_node = node_value(value, --node) - s.level;
	*limit = LORENZ_LIMIT_NONE;
	if (node->q_kw >= best->q_kw)
		good_kw = node->q_kw, f_good = f_node, *limit = node->limit;
	if (!(f_good >= 0) || !(good_kw > 0)) {
		*limit = LORENZ_LIMIT_INLET;
		return 0;
	}
	if (node + 1 == profile->node + profile->n || !node[1].allowed)
		return good_kw;
	*limit = LORENZ_LIMIT_NONE;
	return cut(&s, good_kw, f_good, node[1].q_kw, node_value(value, &node[1]) - s.level);
}

double lz_break_even_free(struct lz_descent *descent, const struct lz_form *value, enum lorenz_limit *limit)
{
	const struct lz_node *node = descent->down.node;
	struct search s = {&descent->down, value, 0};
	size_t i = 0;

	if (s.profile->model->site->need_kw > 0)
		s.level = node_value(value, lz_descend_to_first(descent));
	while ((i < descent->down.n || lz_descend(descent)) && !(node_value(value, &node[i]) >= s.level))
		i++;
	*limit = LORENZ_LIMIT_INLET;
	if (i == descent->down.n || !(node[i].q_kw > 0))
		return 0;
	if (i == 0 || !node[i - 1].allowed) {
		*limit = i == 0 ? LORENZ_LIMIT_TARGET : node[i - 1].limit;
		return node[i].q_kw;
	}
	*limit = LORENZ_LIMIT_NONE;
	return cut(&s, node[i].q_kw, node_value(value, &node[i]) - s.level, node[i - 1].q_kw,
	           node_value(value, &node[i - 1]) - s.level);
}

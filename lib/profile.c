/* Samples of the plant over all heats that may be allowed. Whatever bends the savings (segments of the curve, units and their
 * part-load curves, utilities, cells of a table, guards) is a node, and so is every bound; between them each piece gets some
 * nodes of its own, so that more than one local maximum is seen. What a goal asks of the plant is all in here. */
#include "model.h"

#include <string.h>

enum { BREAKS_MAX = 1100, SAMPLES = 72, PIECE_MIN = 2, PIECE_MAX = 16, RESERVE = 160 };

static const double BESIDE = 1e-10, NARROW = 1e-8; /* relative */

/* ---- where the slope may jump ----------------------------------------------------------- */

struct breaks {
	size_t n;
	double q_kw[BREAKS_MAX];
	double high_kw;
};

static void add(struct breaks *breaks, double q_kw)
{
	if (q_kw > 0 && q_kw < breaks->high_kw && breaks->n < BREAKS_MAX)
		breaks->q_kw[breaks->n++] = q_kw;
}

/* Both sides of a range's end: just beyond it another set runs, and the power jumps. */
static void add_sets(struct breaks *breaks, const struct lz_fleet *fleet)
{
	for (size_t i = 0; i < fleet->n_sets; i++) {
		double high_kw = fleet->set[i].capacity_kw, low_kw = fleet->set[i].min_share * high_kw;

		add(breaks, low_kw);
		add(breaks, low_kw * (1 - BESIDE));
		add(breaks, high_kw);
		add(breaks, high_kw * (1 + BESIDE));
	}
	for (size_t i = 0; i < fleet->n_sets; i++) {
		const struct lz_set *set = &fleet->set[i];

		for (size_t u = 0; u < fleet->units->n; u++) {
			const struct lorenz_part_load *curve = &fleet->units->unit[u].part_load;

			for (size_t k = 0; k < curve->n && (set->running >> u & 1) && (!set->uniform || u == set->first); k++) {
				if (curve->share[k] > set->min_share)
					add(breaks, curve->share[k] * set->capacity_kw);
			}
		}
	}
}

/* D.L. Shell's, with M. Ciura's gaps. */
static void sort(struct breaks *breaks)
{
	static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
	double *q_kw = breaks->q_kw;
	size_t kept = 0;

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++) {
		for (size_t i = gaps[g]; i < breaks->n; i++) {
			double moved_kw = q_kw[i];
			size_t at = i;

			for (; at >= gaps[g] && q_kw[at - gaps[g]] > moved_kw; at -= gaps[g])
				q_kw[at] = q_kw[at - gaps[g]];
			q_kw[at] = moved_kw;
		}
	}
	for (size_t i = 0; i < breaks->n; i++) {
		if (kept == 0 || q_kw[i] > q_kw[kept - 1] * (1 + LZ_EQUAL))
			q_kw[kept++] = q_kw[i];
	}
	breaks->n = kept;
}

/* The last one is the upper end itself. Beyond a jump of the curve the power may jump as well. */
static void find_breaks(struct breaks *breaks, const struct lz_site *site, double high_kw)
{
	breaks->n = 0;
	breaks->high_kw = high_kw;
	for (size_t i = 1; i < site->curve->n; i++) {
		const struct lorenz_curve_segment *seg = &site->curve->seg[i];

		add(breaks, seg->q_begin_kw);
		if (seg->t_in_k > seg[-1].t_out_k)
			add(breaks, seg->q_begin_kw * (1 + BESIDE));
	}
	for (size_t i = 0; i < site->merit.n; i++)
		add(breaks, site->x_kw - site->merit.step[i].end_kw);
	add_sets(breaks, &site->fleet);
	if (breaks->n == BREAKS_MAX)
		breaks->n--;
	breaks->q_kw[breaks->n++] = breaks->high_kw;
	sort(breaks);
}

/* ---- the grid --------------------------------------------------------------------------- */

static void put(struct lz_grid *grid, size_t at, double q_kw, bool kink)
{
	lz_place_at(grid->site, q_kw, grid->free, &grid->place[at]);
	grid->place[at].kink = kink;
}

static void append_heat(struct lz_grid *grid, double q_kw, bool kink)
{
	grid->place[grid->n++] = (struct lz_place){.q_kw = q_kw, .kink = kink};
}

static void fill(struct lz_grid *grid, const struct breaks *breaks)
{
	size_t room = (LZ_NODES_MAX - RESERVE) / breaks->n, each = SAMPLES / breaks->n;
	double begin_kw = 0;

	each = each < PIECE_MIN || grid->free ? PIECE_MIN : each > PIECE_MAX ? PIECE_MAX : each;
	each = each < room ? each : room - 1;
	for (size_t i = 0; i < breaks->n; i++) {
		double step_kw = (breaks->q_kw[i] - begin_kw) / (double)(each + 1);

		for (size_t k = 1; k <= each && step_kw > NARROW * breaks->high_kw; k++)
			append_heat(grid, begin_kw + (double)k * step_kw, false);
		append_heat(grid, breaks->q_kw[i], true);
		begin_kw = breaks->q_kw[i];
	}
}

/* From the highest heat down to that one. */
static void place_down_to(struct lz_grid *grid, size_t at)
{
	while (grid->placed > at) {
		grid->placed--;
		put(grid, grid->placed, grid->place[grid->placed].q_kw, grid->place[grid->placed].kink);
	}
}

static unsigned running_at(const struct lz_fleet *fleet, double q_kw)
{
	struct lorenz_commitment units;

	return lz_fleet_commit(fleet, q_kw, &units) == 0 ? units.running : 0;
}

/* Where another set of units becomes the better one within both ranges, the savings have a dip between two peaks. A heat just
 * before it and one just beyond are enough to see both. */
static void narrow_switch(const struct lz_fleet *fleet, double *low_kw, double *high_kw, unsigned running)
{
	enum { STEPS = 8 };

	for (int i = 0; i < STEPS; i++) {
		double middle_kw = 0.5 * (*low_kw + *high_kw);

		*(running_at(fleet, middle_kw) == running ? low_kw : high_kw) = middle_kw;
	}
}

static void insert_place(struct lz_grid *grid, size_t at, double q_kw)
{
	if (grid->n == LZ_NODES_MAX)
		return;
	memmove(&grid->place[at + 1], &grid->place[at], (grid->n - at) * sizeof(grid->place[0]));
	put(grid, at, q_kw, true);
	grid->n++;
}

static void insert_switches(struct lz_grid *grid)
{
	for (size_t i = 1; i + 1 < grid->n && grid->site->fleet.n_sets > 1; i++) {
		double low_kw = grid->place[i].q_kw, high_kw = grid->place[i + 1].q_kw;
		unsigned running = grid->place[i].running;

		if (running == grid->place[i + 1].running || high_kw - low_kw < NARROW * grid->high_kw)
			continue;
		narrow_switch(&grid->site->fleet, &low_kw, &high_kw, running);
		if (high_kw < grid->place[i + 1].q_kw)
			insert_place(grid, i + 1, high_kw);
		if (low_kw > grid->place[i].q_kw)
			insert_place(grid, ++i, low_kw);
	}
}

void lz_grid_init(struct lz_grid *grid, const struct lz_site *site, double high_kw, bool free)
{
	struct breaks breaks;

	grid->site = site;
	grid->free = free;
	grid->high_kw = high_kw;
	grid->n = 0;
	append_heat(grid, 0, true);
	if (high_kw > 0) {
		find_breaks(&breaks, site, high_kw);
		fill(grid, &breaks);
	}
	grid->placed = grid->n;
	if (free)
		return;
	place_down_to(grid, 1);
	insert_switches(grid);
}

/* ---- nodes ------------------------------------------------------------------------------ */

static struct lz_node node_of(const struct lz_eval *e)
{
	return (struct lz_node){
	    .q_kw = e->place.q_kw,
	    .mean_k = e->at.sink_mean_k,
	    .lift_k = e->at.sink_mean_k - e->at.source_mean_k,
	    .excess_kw = e->excess_kw,
	    .savings = e->savings,
	    .limit = e->limit,
	    .allowed = e->limit == LORENZ_LIMIT_NONE,
	    .kink = e->place.kink,
	};
}

static struct lz_node sample(const struct lz_model *m, double q_kw)
{
	struct lz_eval e;

	lz_evaluate(m, q_kw, &e);
	return node_of(&e);
}

static void append(struct lz_profile *profile, const struct lz_place *place, size_t n)
{
	struct lz_eval e[LZ_ABREAST];

	for (size_t i = 0, some; i < n; i += some) {
		some = n - i < LZ_ABREAST ? n - i : LZ_ABREAST;
		lz_evaluate_places(profile->model, &place[i], some, e);
		for (size_t k = 0; k < some; k++)
			profile->node[profile->n++] = node_of(&e[k]);
	}
}

static size_t places_below(const struct lz_grid *grid, size_t from, double q_kw)
{
	size_t i = from;

	while (i < grid->n && grid->place[i].q_kw < q_kw * (1 - LZ_EQUAL))
		i++;
	return i;
}

/* Those of the grid below the upper end, that, and the least load. */
static void take_places(struct lz_profile *profile, const struct lz_grid *grid)
{
	double low_kw = profile->model->in->limits.q_min_kw, high_kw = profile->model->q_high_kw;
	size_t below = 1;

	append(profile, grid->place, 1);
	if (!(high_kw > 0))
		return;
	if (low_kw > 0 && low_kw < high_kw) {
		below = places_below(grid, 1, low_kw);
		append(profile, &grid->place[1], below - 1);
		profile->node[profile->n++] = sample(profile->model, low_kw);
		below += below < grid->n && grid->place[below].q_kw <= low_kw * (1 + LZ_EQUAL);
	}
	append(profile, &grid->place[below], places_below(grid, below, high_kw) - below);
	profile->node[profile->n++] = sample(profile->model, high_kw);
}

static void insert(struct lz_profile *profile, size_t at, struct lz_node node)
{
	if (profile->n == LZ_NODES_MAX)
		return;
	memmove(&profile->node[at + 1], &profile->node[at], (profile->n - at) * sizeof(node));
	profile->node[at] = node;
	profile->n++;
}

/* ---- bounds and kinks that depend on the power ------------------------------------------ */

enum crossing { CROSSING_BOUND, CROSSING_MEAN, CROSSING_LIFT };

struct crossing_of {
	const struct lz_model *m;
	enum crossing what;
	double level;
};

/* On a bound is allowed, not a root: another bound may be met further on. */
static double signed_excess(double excess)
{
	return excess > 0 ? excess : lz_min(excess, -LZ_EQUAL);
}

static double crossing(void *context, double q_kw)
{
	const struct crossing_of *c = context;
	struct lz_eval e;

	lz_evaluate(c->m, q_kw, &e);
	switch (c->what) {
	case CROSSING_BOUND:
		return signed_excess(e.excess_kw);
	case CROSSING_MEAN:
		return e.at.sink_mean_k - c->level;
	case CROSSING_LIFT:
		return e.at.sink_mean_k - e.at.source_mean_k - c->level;
	}
	return NAN;
}

static double tolerance_kw(const struct lz_model *m)
{
	return 1e-14 * m->site->curve->q_total_kw;
}

/* Between an allowed node and one that is not: the last allowed heat becomes a node. Edges of load ranges are nodes already. */
static size_t insert_bound(struct lz_profile *profile, size_t i)
{
	const struct lz_node *left = &profile->node[i], *right = left + 1, *bad = left->allowed ? right : left;
	struct crossing_of c = {profile->model, CROSSING_BOUND, 0};
	struct lz_bracket br;
	struct lz_node node;
	double good_kw;

	if (bad->limit == LORENZ_LIMIT_MIN_LOAD)
		return 0;
	br = (struct lz_bracket){left->q_kw, signed_excess(left->excess_kw), right->q_kw, signed_excess(right->excess_kw)};
	lz_root(crossing, &c, &br, tolerance_kw(profile->model));
	good_kw = left->allowed ? br.a : br.b;
	if (good_kw == left->q_kw || good_kw == right->q_kw)
		return 0;
	node = sample(profile->model, good_kw);
	insert(profile, i + 1, node);
	return 1;
}

static void insert_bounds(struct lz_profile *profile, size_t from)
{
	for (size_t i = from; i + 1 < profile->n; i++) {
		if (profile->node[i].allowed != profile->node[i + 1].allowed)
			i += insert_bound(profile, i);
	}
}

static double quantity(const struct lz_node *node, enum crossing what)
{
	return what == CROSSING_MEAN ? node->mean_k : node->lift_k;
}

static void insert_level(struct lz_profile *profile, size_t from, enum crossing what, double level)
{
	struct crossing_of c = {profile->model, what, level};

	for (size_t i = from; i + 1 < profile->n; i++) {
		const struct lz_node *left = &profile->node[i], *right = left + 1;
		double f_left = quantity(left, what) - level, f_right = quantity(right, what) - level;
		struct lz_bracket br;

		if (!(f_left * f_right < 0))
			continue;
		br = (struct lz_bracket){left->q_kw, f_left, right->q_kw, f_right};
		lz_root(crossing, &c, &br, 1e3 * tolerance_kw(profile->model));
		insert(profile, i + 1, sample(profile->model, br.a));
		i++;
	}
}

static void insert_levels(struct lz_profile *profile, size_t from, enum crossing what, const double *level, size_t n)
{
	for (size_t i = 0; i < n; i++)
		insert_level(profile, from, what, level[i]);
}

/* Where the efficiency model or a guard bends: at mean sink temperatures and mean lifts. */
static void insert_kinks(struct lz_profile *profile, size_t from)
{
	const struct lorenz_efficiency *efficiency = profile->model->in->efficiency;
	const struct lorenz_polynomial *p = &efficiency->of.polynomial;
	const struct lorenz_eta_table *t = &efficiency->of.table;

	if (efficiency->model == LORENZ_MODEL_TABLE) {
		insert_levels(profile, from, CROSSING_MEAN, t->t_k, t->n_t);
		insert_levels(profile, from, CROSSING_LIFT, t->lift_k, t->n_lift);
	}
	if (efficiency->model == LORENZ_MODEL_POLYNOMIAL) {
		insert_levels(profile, from, CROSSING_MEAN, (const double[]){p->t_min_k, p->t_max_k}, 2);
		insert_levels(profile, from, CROSSING_LIFT, (const double[]){p->lift_min_k, p->lift_max_k}, 2);
	}
	if (efficiency->model != LORENZ_MODEL_SHARES)
		insert_level(profile, from, CROSSING_LIFT, profile->model->in->limits.min_lift_k);
}

/* From node from on. */
static void insert_crossings(struct lz_profile *profile, size_t from)
{
	size_t n;

	insert_bounds(profile, from);
	n = profile->n;
	insert_kinks(profile, from);
	if (profile->n > n)
		insert_bounds(profile, from);
}

static double need_kw(const struct lz_profile *profile)
{
	return profile->model->site->need_kw * (1 - LZ_EQUAL);
}

/* Less heat than the utilities can make up for does not count; where no more is allowed, the most that is. */
static void find_first(struct lz_profile *profile)
{

	profile->first = 0;
	for (size_t i = 0; i < profile->n && profile->node[profile->first].q_kw < need_kw(profile); i++)
		if (profile->node[i].allowed)
			profile->first = i;
	for (size_t i = 0; i < profile->first; i++) {
		if (profile->node[i].allowed)
			profile->node[i].limit = LORENZ_LIMIT_UTILITIES;
		profile->node[i].allowed = false;
	}
}

/* An allowed node beside one that is not lies on the bound that the other breaks. */
static void name_bounds(struct lz_profile *profile)
{
	for (size_t i = 0; i < profile->n; i++) {
		struct lz_node *node = &profile->node[i];

		if (!node->allowed)
			continue;
		if (i + 1 < profile->n && !node[1].allowed)
			node->limit = node[1].limit;
		else if (i + 1 == profile->n)
			node->limit = profile->model->high_limit;
		else if (i > 0 && !node[-1].allowed)
			node->limit = node[-1].limit;
		node->kink |= node->limit != LORENZ_LIMIT_NONE;
	}
}

static void measure(struct lz_profile *profile)
{
	double jump_kw = NARROW * profile->model->site->curve->q_total_kw;
	struct lz_node *node = profile->node;

	for (size_t i = 1; i < profile->n; i++) {
		node[i].width_kw = node[i].q_kw - node[i - 1].q_kw;
		node[i].smooth = node[i - 1].allowed && node[i].allowed && node[i].width_kw > jump_kw;
	}
}

void lz_profile_init(struct lz_profile *profile, const struct lz_model *m, const struct lz_grid *grid)
{
	profile->model = m;
	profile->n = 0;
	take_places(profile, grid);
	insert_crossings(profile, 0);
	find_first(profile);
	name_bounds(profile);
	measure(profile);
}

void lz_descent_init(struct lz_descent *descent, const struct lz_model *free_model, struct lz_grid *free_grid,
                     const struct lz_profile *profile)
{
	descent->down.model = free_model;
	descent->down.n = 0;
	descent->grid = free_grid;
	descent->profile = profile;
	descent->high_kw = profile->node[profile->n - 1].q_kw * (1 + LZ_EQUAL);
	descent->grid_left = free_grid->n;
	descent->profile_left = profile->n;
}

bool lz_descend(struct lz_descent *descent)
{
	const struct lz_profile *above = descent->profile;
	struct lz_profile *down = &descent->down;
	size_t at = down->n;

	if (descent->grid_left > 0 && descent->grid->place[descent->grid_left - 1].q_kw > descent->high_kw) {
		place_down_to(descent->grid, --descent->grid_left);
		append(down, &descent->grid->place[descent->grid_left], 1);
	} else if (descent->profile_left > 0 && above->node[descent->profile_left - 1].allowed) {
		down->node[down->n++] = above->node[--descent->profile_left];
		if (descent->profile_left + 1 < above->n && above->node[descent->profile_left + 1].allowed)
			return true; /* between the two there is nothing more to find */
	} else if (descent->profile_left > 0) {
		down->node[down->n++] = sample(down->model, above->node[--descent->profile_left].q_kw);
	} else {
		return false;
	}
	if (at > 0)
		insert_crossings(down, at - 1);
	return true;
}

const struct lz_node *lz_descend_to_first(struct lz_descent *descent)
{
	const struct lz_profile *down = &descent->down;
	const struct lz_node *node = down->node, *first = NULL;

	for (; (node < down->node + down->n || lz_descend(descent)) && !(first && node->q_kw < need_kw(down)); node++)
		if (node->allowed)
			first = node;
	return first;
}

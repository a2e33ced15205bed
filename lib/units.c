/* Several units: which sets of them can make a heat, and with what factor on the COP. Units that are equal in all but
 * preference and hours are interchangeable, so that only the preferred ones of each kind make sets. */
#include "model.h"

static bool same_part_load(const struct lorenz_part_load *a, const struct lorenz_part_load *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->share[i] != b->share[i] || a->factor[i] != b->factor[i])
			return false;
	}
	return true;
}

static bool same_kind(const struct lorenz_unit *a, const struct lorenz_unit *b)
{
	return a->capacity_kw == b->capacity_kw && a->min_share == b->min_share && a->factor == b->factor &&
	       same_part_load(&a->part_load, &b->part_load);
}

static enum lorenz_status check_unit(const struct lorenz_unit *u)
{
	if (!isfinite(u->capacity_kw) || !isfinite(u->min_share) || !isfinite(u->factor) || !isfinite(u->running_hours))
		return LORENZ_NOT_FINITE;
	if (!(u->capacity_kw > 0 && u->min_share >= 0 && u->min_share <= 1 && u->factor > 0 && u->factor <= LZ_FACTOR_MAX &&
	      u->running_hours >= 0))
		return LORENZ_UNIT;
	return lorenz_part_load_check(&u->part_load);
}

enum lorenz_status lorenz_units_check(const struct lorenz_units *units, size_t *bad)
{
	if (units->n > LORENZ_UNITS_MAX)
		return LORENZ_UNIT_COUNT;
	for (size_t i = 0; i < units->n; i++) {
		enum lorenz_status status = check_unit(&units->unit[i]);

		if (status != LORENZ_OK) {
			if (bad)
				*bad = i;
			return status;
		}
	}
	return LORENZ_OK;
}

static bool runs_before(const struct lorenz_unit *a, const struct lorenz_unit *b)
{
	return a->preference != b->preference ? a->preference < b->preference : a->running_hours < b->running_hours;
}

static void order(struct lz_fleet *fleet, const struct lorenz_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		size_t at = i;

		for (; at > 0 && runs_before(&units->unit[i], &units->unit[fleet->order[at - 1]]); at--)
			fleet->order[at] = fleet->order[at - 1];
		fleet->order[at] = i;
	}
}

/* Whether every unit of the set has those of its kind that run before it in the set as well. */
static bool is_preferred(const struct lz_fleet *fleet, unsigned set)
{
	for (size_t i = 0; i < fleet->units->n; i++) {
		for (size_t j = 0; j < i && (set >> i & 1); j++) {
			if (!(set >> j & 1) && fleet->kind[j] == fleet->kind[i])
				return false;
		}
	}
	return true;
}

static double factor_at(const struct lz_fleet *fleet, const struct lz_set *set, double share)
{
	const struct lorenz_unit *unit = fleet->units->unit;
	double per_cop = 0;

	if (set->uniform)
		return unit[set->first].factor * lorenz_part_load_factor(&unit[set->first].part_load, share);
	for (size_t i = 0; i < fleet->units->n; i++) {
		if (set->running >> i & 1)
			per_cop += unit[i].capacity_kw / (unit[i].factor * lorenz_part_load_factor(&unit[i].part_load, share));
	}
	return set->capacity_kw / per_cop;
}

/* No load makes it better. */
static double best_factor(const struct lorenz_unit *unit)
{
	double best = unit->part_load.n > 0 ? unit->part_load.factor[0] : 1;

	for (size_t i = 1; i < unit->part_load.n; i++)
		best = lz_max(best, unit->part_load.factor[i]);
	return unit->factor * best;
}

static void add_set(struct lz_fleet *fleet, unsigned ordered)
{
	struct lz_set *set = &fleet->set[fleet->n_sets++];
	size_t kind = 0;
	bool flat = true;

	*set = (struct lz_set){.uniform = true};
	for (size_t i = 0; i < fleet->units->n; i++) {
		const struct lorenz_unit *u = &fleet->units->unit[fleet->order[i]];

		if (!(ordered >> i & 1))
			continue;
		set->uniform &= set->n_running == 0 || fleet->kind[i] == kind;
		kind = fleet->kind[i];
		set->first = fleet->order[i];
		set->running |= 1U << fleet->order[i];
		set->n_running++;
		set->capacity_kw += u->capacity_kw;
		set->min_share = lz_max(set->min_share, u->min_share);
		set->most = lz_max(set->most, best_factor(u));
		flat &= u->part_load.n == 0;
	}
	set->low_kw = set->min_share * set->capacity_kw * (1 - LZ_EQUAL);
	set->high_kw = set->capacity_kw * (1 + LZ_EQUAL);
	set->flat_factor = flat ? factor_at(fleet, set, 1) : NAN;
}

static int count(unsigned set)
{
	int n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

void lz_fleet_init(struct lz_fleet *fleet, const struct lorenz_units *units)
{
	unsigned all = (1U << units->n) - 1;

	fleet->units = units;
	fleet->n_sets = 0;
	order(fleet, units);
	for (size_t i = 0; i < units->n; i++) {
		fleet->kind[i] = i;
		for (size_t j = 0; j < i && fleet->kind[i] == i; j++) {
			if (same_kind(&units->unit[fleet->order[j]], &units->unit[fleet->order[i]]))
				fleet->kind[i] = fleet->kind[j];
		}
	}
	for (int n = 1; n <= (int)units->n; n++) {
		for (unsigned set = 1; set <= all; set++) {
			if (count(set) == n && is_preferred(fleet, set))
				add_set(fleet, set);
		}
	}
}

static void take(const struct lz_fleet *fleet, const struct lz_set *set, double share, struct lorenz_commitment *best)
{
	double factor;

	if (set->most <= best->factor)
		return;
	factor = isnan(set->flat_factor) ? factor_at(fleet, set, share) : set->flat_factor;
	if (factor > best->factor * (1 + LZ_EQUAL))
		*best = (struct lorenz_commitment){set->running, set->n_running, share, factor};
}

double lz_fleet_commit(const struct lz_fleet *fleet, double q_kw, struct lorenz_commitment *best)
{
	double off_kw = INFINITY;

	best->factor = 0;
	for (size_t i = 0; i < fleet->n_sets; i++) {
		const struct lz_set *set = &fleet->set[i];

		if (!(q_kw >= set->low_kw && q_kw <= set->high_kw))
			off_kw = lz_min(off_kw, q_kw < set->low_kw ? set->low_kw - q_kw : q_kw - set->high_kw);
		else if (set->most > best->factor)
			take(fleet, set, lz_min(q_kw / set->capacity_kw, 1), best);
	}
	return best->factor > 0 ? 0 : off_kw;
}

void lz_fleet_nearest(const struct lz_fleet *fleet, double q_kw, struct lorenz_commitment *best)
{
	double share;

	if (lz_fleet_commit(fleet, q_kw, best) == 0)
		return;
	for (size_t i = 0; i < fleet->n_sets; i++) {
		share = q_kw / fleet->set[i].capacity_kw;
		take(fleet, &fleet->set[i], lz_min(lz_max(share, fleet->set[i].min_share), 1), best);
	}
}

bool lorenz_units_commit(const struct lorenz_units *units, double q_kw, struct lorenz_commitment *out)
{
	struct lz_fleet fleet;
	struct lorenz_commitment best;

	lz_fleet_init(&fleet, units);
	if (!(q_kw > 0) || lz_fleet_commit(&fleet, q_kw, &best) != 0)
		return false;
	*out = best;
	return true;
}

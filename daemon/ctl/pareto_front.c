/* The rows of a front: even steps of carbon from the library, and the marked points where they belong among them. */
#include "core/condition.h"
#include "core/frame.h"
#include "core/machines.h"
#include "core/technologies.h"
#include "pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double KG_PER_T = 1000;
static const double SAME = 1e-6; /* of the demand: no two rows */

static const struct {
	const char *word, *title;
} marks[FRONT_MARK_COUNT] = {
    [FRONT_REFERENCE] = {"reference", "boilers alone"},
    [FRONT_COST] = {"cost_optimal", "cost optimum"},
    [FRONT_CARBON] = {"carbon_optimal", "CO2 optimum"},
    [FRONT_NO_EXTRA_COST] = {"no_extra_cost", "no extra cost"},
    [FRONT_CAP] = {"carbon_cap", "CO2 cap"},
    [FRONT_BLEND] = {"blend_optimal", "blend optimum"},
};

const char *front_words(unsigned set, bool people, char text[FRONT_WORDS_MAX])
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < FRONT_MARK_COUNT; i++)
		if (set >> i & 1)
			len += (size_t)snprintf(text + len, FRONT_WORDS_MAX - len, "%s%s",
			                        len == 0 ? ""
			                        : people ? ", "
			                                 : " ",
			                        people ? marks[i].title : marks[i].word);
	return text;
}

static void fill(const struct frame *frame, const struct lorenz_case_point *from, unsigned set, struct front_row *row)
{
	*row = (struct front_row){
	    .marks = set,
	    .point = point_at(frame, k_to_c(from->t_out_k), from->q_kw, from->p_kw),
	    .breakdown = breakdown_at(frame, from->q_kw, from->p_kw),
	    .abatement_eur_t = NAN,
	    .units_on = from->units.n_running,
	    .extrapolated = from->extrapolated,
	};
	row->point.limited_by = frame->outside ? "envelope" : lorenz_limit_text(from->limited_by);
}

/* Among the rows, less carbon below more; one that is there already is marked. */
static void insert(struct front *front, const struct lorenz_case_point *point, unsigned set)
{
	double same_kw = SAME * front->frame.curve.q_total_kw;
	struct front_row row;
	size_t i = 1;

	fill(&front->frame, point, set, &row);
	for (; i < front->n; i++) {
		if (fabs(front->row[i].point.q_sink_kw - row.point.q_sink_kw) <= same_kw) {
			front->row[i].marks |= set;
			return;
		}
	}
	while (i > 1 && front->row[i - 1].breakdown.part[CARBON_TOTAL] < row.breakdown.part[CARBON_TOTAL])
		i--;
	memmove(&front->row[i + 1], &front->row[i], (front->n++ - i) * sizeof(*front->row));
	front->row[i] = row;
}

/* What is asked for beside the optima. At no extra cost the price has to be one and the same for all power. */
static void insert_goals(const struct loop_config *loop, struct front *front)
{
	const struct lorenz_goal all[] = {
	    {.kind = LORENZ_GOAL_CARBON_FREE},
	    {.kind = LORENZ_GOAL_CARBON_CAP, .carbon_cap_kg_h = front->cap_kg_h},
	    {.kind = LORENZ_GOAL_BLEND, .carbon_value_eur_t = loop->carbon_value_eur_t},
	};
	static const enum front_mark mark[] = {FRONT_NO_EXTRA_COST, FRONT_CAP, FRONT_BLEND};
	const bool asked[] = {!frame_buys_peak(&front->frame), !isnan(front->cap_kg_h), loop->objective == OBJECTIVE_BLEND};
	struct lorenz_solution solution;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!asked[i] || machines_goals(&front->frame, &all[i], 1, &solution) != LORENZ_OK)
			continue;
		if (solution.met)
			insert(front, &solution.optimal, 1U << mark[i]);
		else
			front->cap_missed = true;
	}
}

static void fill_abatement(struct front *front)
{
	for (size_t i = 2; i < front->n; i++) {
		const double *a = front->row[i - 1].breakdown.part, *b = front->row[i].breakdown.part;

		front->row[i].abatement_eur_t = KG_PER_T * (b[COST_TOTAL] - a[COST_TOTAL]) / (a[CARBON_TOTAL] - b[CARBON_TOTAL]);
	}
}

static bool fill_rows(const struct loop_config *loop, size_t n, struct front *front, struct err *e)
{
	struct lorenz_case_point *points = xrealloc(NULL, n * sizeof(*points)), none = {.t_out_k = NAN, .cop = NAN};
	const struct frame *frame = &front->frame;
	enum lorenz_status status = machines_pareto(frame, n, points);

	if (status == LORENZ_OK) {
		front->row = xrealloc(NULL, (n + 1 + FRONT_MARK_COUNT) * sizeof(*front->row));
		front->n = 1;
		fill(frame, &none, 1U << FRONT_REFERENCE, &front->row[0]);
		for (size_t i = 0; i < n; i++)
			insert(front, &points[i], i == 0 ? 1U << FRONT_COST : i + 1 == n ? 1U << FRONT_CARBON : 0);
		insert_goals(loop, front);
		fill_abatement(front);
	}
	free(points);
	return status == LORENZ_OK ||
	       frame_refused(status, frame->machines.plant.source.t_in_k, frame->curve.t_in_k, frame->curve.t_target_k, e);
}

/* It makes no heat that could be more or less. */
static void leave_power_out(const struct loop_config *loop, const struct loop_inputs *inputs, struct front *front)
{
	const struct machines *m = &front->frame.machines;
	enum merit merit = objective_merit(loop->objective);
	const struct technology_row *power = m->ranking.n > 0 ? technologies_power(&m->ranking, merit, m->technology) : NULL;

	if (!power)
		return;
	snprintf(front->left_out, sizeof(front->left_out), "%s", power->technology);
	technologies_become(loop, inputs, &front->frame, technologies_best_heat(&m->ranking, merit));
}

bool front_build(const struct loop_config *loop, const struct inputs_from *from, double carbon_cap_kg_h, size_t n,
                 struct front *front, struct err *e)
{
	bool capped = loop->objective == OBJECTIVE_COST_UNDER_CARBON_CAP;
	struct loop_inputs inputs;

	*front = (struct front){
	    .loop = loop->name,
	    .cap_kg_h = isnan(carbon_cap_kg_h) && capped ? loop->carbon_cap_kg_h : carbon_cap_kg_h,
	    .value_eur_t = loop->objective == OBJECTIVE_BLEND ? loop->carbon_value_eur_t : NAN,
	};
	inputs_gather(loop, from->read, from->ctx, from->utc_us, &inputs, NULL);
	envelope_words(&inputs, inputs.outside, front->outside);
	if (!frame_build(loop, &inputs, &front->frame, e))
		return false;
	leave_power_out(loop, &inputs, front);
	return fill_rows(loop, n, front, e);
}

void front_done(struct front *front)
{
	free(front->row);
}

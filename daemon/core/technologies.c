/* Figures: a technology's own key, else the heat pump's where that has one, else the library's. Technologies are ranked at the
 * power that is paid; whether a higher peak pays is asked for the one that runs. */
#include "technologies.h"

#include "condition.h"
#include "demand.h"
#include "frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a technology's pointers point to. */
struct room {
	struct lorenz_limits limits;
	struct lorenz_units one; /* a machine of its own */
};

/* ---- figures ---------------------------------------------------------------------------- */

/* The inputs of a technology, from SLOT_TECHNOLOGY on. */
static const double *inputs_of(const struct machines_config *config, const struct loop_inputs *inputs, size_t index)
{
	return inputs->machines + MACHINES_SINGLE + config->n_units * UNIT_INPUTS + config->n_utilities * UTILITY_INPUTS +
	       index * TECHNOLOGY_INPUTS;
}

#define AT(which) (at[(which)-SLOT_TECHNOLOGY])

static bool is_known(const struct lorenz_efficiency *efficiency)
{
	return efficiency->model != LORENZ_MODEL_CONSTANT || !isnan(efficiency->of.eta);
}

static struct lorenz_efficiency lorenz_kind(const struct machines_config *config, const struct loop_inputs *inputs,
                                            const struct technology_config *t, const double *at)
{
	struct lorenz_efficiency of_heat_pump = machines_efficiency(config, inputs);

	if (t->model)
		return machines_model(t->model, &AT(SLOT_TECHNOLOGY_MODEL));
	if (!isnan(AT(SLOT_TECHNOLOGY_ETA)))
		return lorenz_efficiency_constant(AT(SLOT_TECHNOLOGY_ETA));
	return is_known(&of_heat_pump) ? of_heat_pump
	                               : lorenz_technology_default((enum lorenz_technology_kind)t->kind).efficiency;
}

static void set_efficiency(const struct machines_config *config, const struct loop_inputs *inputs,
                           const struct technology_config *t, const double *at, struct lorenz_technology *out)
{
	switch (out->kind) {
	case LORENZ_VAPOUR_COMPRESSION:
	case LORENZ_INVERSE_BRAYTON:
	case LORENZ_MVR:
		out->efficiency = lorenz_kind(config, inputs, t, at);
		break;
	case LORENZ_TRANSFORMER:
		out->efficiency = lorenz_efficiency_shares(AT(SLOT_TECHNOLOGY_ELEC_SHARE), AT(SLOT_TECHNOLOGY_SOURCE_SHARE));
		break;
	case LORENZ_HEAT_STORAGE:
		out->efficiency = lorenz_efficiency_shares(AT(SLOT_TECHNOLOGY_ELEC_SHARE), 1);
		break;
	case LORENZ_CALORIC:
		out->efficiency.of.carnot = input_or(AT(SLOT_TECHNOLOGY_FRACTION), out->efficiency.of.carnot);
		break;
	case LORENZ_DIRECT_ELECTRIC:
		out->efficiency = lorenz_efficiency_shares(1 / input_or(AT(SLOT_TECHNOLOGY_EFFICIENCY), 1), 0);
		break;
	case LORENZ_DIRECT_EXCHANGE:
	case LORENZ_HEAT_TO_POWER:
	case LORENZ_TECHNOLOGY_COUNT:
		break;
	}
}

static void set_figures(const double *at, struct lorenz_technology *out)
{
	out->t_max_k = input_or(AT(SLOT_TECHNOLOGY_T_MAX), out->t_max_k);
	out->t_target_min_k = input_or(AT(SLOT_TECHNOLOGY_T_TARGET_MIN), out->t_target_min_k);
	out->t_source_min_k = input_or(AT(SLOT_TECHNOLOGY_T_SOURCE_MIN), out->t_source_min_k);
	out->t_source_max_k = input_or(AT(SLOT_TECHNOLOGY_T_SOURCE_MAX), out->t_source_max_k);
	out->dt_min_k = input_or(AT(SLOT_TECHNOLOGY_PINCH), out->dt_min_k);
	out->second_law = input_or(AT(SLOT_TECHNOLOGY_SECOND_LAW), out->second_law);
	if (out->kind == LORENZ_HEAT_TO_POWER)
		out->efficiency_claimed = input_or(AT(SLOT_TECHNOLOGY_EFFICIENCY), 0);
	out->t_ambient_k = input_or(AT(SLOT_TECHNOLOGY_T_AMBIENT), out->t_ambient_k);
	out->stored = (struct lorenz_merit){AT(SLOT_TECHNOLOGY_STORED_PRICE), AT(SLOT_TECHNOLOGY_STORED_CARBON)};
	out->round_trip = input_or(AT(SLOT_TECHNOLOGY_ROUND_TRIP), out->round_trip);
}

/* What a technology has of the heat pump where it has no figures of its own. */
enum inherited {
	INHERITED_NOTHING,
	INHERITED_SIZE, /* capacity, power, highest outlet: it has no compressor */
	INHERITED_ALL,
};

static enum inherited inherited(enum lorenz_technology_kind kind)
{
	switch (kind) {
	case LORENZ_DIRECT_EXCHANGE:
	case LORENZ_HEAT_TO_POWER:
		return INHERITED_NOTHING;
	case LORENZ_TRANSFORMER:
	case LORENZ_DIRECT_ELECTRIC:
	case LORENZ_HEAT_STORAGE:
		return INHERITED_SIZE;
	case LORENZ_VAPOUR_COMPRESSION:
	case LORENZ_INVERSE_BRAYTON:
	case LORENZ_MVR:
	case LORENZ_CALORIC:
	case LORENZ_TECHNOLOGY_COUNT:
		break;
	}
	return INHERITED_ALL;
}

/* As one machine as large as all units, whichever of them can run. */
static void set_size(const struct machines_config *config, const struct loop_inputs *inputs, const struct frame *frame,
                     struct lorenz_technology *t, struct room *room)
{
	room->limits.q_min_kw = 0;
	if (config->n_units == 0)
		return;
	room->limits.q_max_kw = fmin(machines_units_kw(config, inputs), frame->machine.q_max_kw);
	room->one.n = 0;
	t->units = &room->one;
}

static void set_limits(const struct machines_config *config, const struct loop_inputs *inputs, const struct frame *frame,
                       const double *at, struct lorenz_technology *t, struct room *room)
{
	const struct lorenz_case *base = &frame->machines.base;
	enum inherited of_heat_pump = inherited(t->kind);
	double capacity_kw = AT(SLOT_TECHNOLOGY_CAPACITY), min_load = AT(SLOT_TECHNOLOGY_MIN_LOAD);
	struct lorenz_limits *limits = &room->limits;

	*limits = of_heat_pump == INHERITED_NOTHING ? lorenz_limits_none() : base->limits;
	if (of_heat_pump == INHERITED_SIZE)
		set_size(config, inputs, frame, t, room);
	if (!isnan(AT(SLOT_TECHNOLOGY_T_MAX)))
		limits->t_max_k = INFINITY;
	limits->p_max_kw = input_or(AT(SLOT_TECHNOLOGY_P_ELEC_MAX), limits->p_max_kw);
	t->unavailable = input_or(AT(SLOT_TECHNOLOGY_AVAILABLE), 1) == 0;
	t->limits = limits;
	if (isnan(capacity_kw)) {
		if (!isnan(min_load) && isfinite(limits->q_max_kw))
			limits->q_min_kw = min_load * limits->q_max_kw;
		t->unavailable |= of_heat_pump == INHERITED_ALL && config->n_units > 0 && base->units.n == 0;
		return;
	}
	limits->q_max_kw = capacity_kw;
	limits->q_min_kw = capacity_kw * input_or(min_load, of_heat_pump == INHERITED_ALL ? input_or(inputs->slot[SLOT_MIN_LOAD], 0) : 0);
	room->one.n = 0;
	t->units = &room->one;
}

static void technology_init(const struct machines_config *config, const struct loop_inputs *inputs, const struct frame *frame,
                            size_t index, struct lorenz_technology *out, struct room *room)
{
	const struct technology_config *t = &config->technologies[index];
	const double *at = inputs_of(config, inputs, index);

	*out = lorenz_technology_default((enum lorenz_technology_kind)t->kind);
	set_efficiency(config, inputs, t, at, out);
	set_figures(at, out);
	set_limits(config, inputs, frame, at, out, room);
}

/* ---- the ranking ------------------------------------------------------------------------ */

static double percent(double reference, double savings)
{
	return reference > 0 ? 100 * savings / reference : NAN;
}

static double if_known(const struct frame *frame, enum merit merit, double savings)
{
	bool priced = isfinite(frame->rates[merit].heat) && isfinite(frame->rates[merit].elec);

	return priced && !(frame_need_kw(frame) > 0) ? savings : NAN;
}

static struct technology_row row_of(const struct loop_config *loop, const struct frame *frame,
                                    const struct lorenz_technology_result *from, size_t rank)
{
	const struct lorenz_case_point *point = &from->point;
	bool fits = from->fit == LORENZ_FIT_OK, refused = from->fit == LORENZ_FIT_REFUSED;
	struct technology_row row = {
	    .rank = (int64_t)rank,
	    .fits = fits,
	    .reason = fits      ? NULL
	              : refused ? lorenz_status_text(from->status)
	                        : lorenz_fit_text(from->fit),
	    .met = from->met,
	    .t_sink_out_c = k_to_c(point->t_out_k),
	    .electrification = point->electrification,
	    .cop = isfinite(point->cop) ? point->cop : NAN,
	    .q_sink_kw = point->q_kw,
	    .p_elec_kw = point->p_kw,
	    .source_heat_kw = point->source_heat_kw,
	    .cost_savings_eur_h = if_known(frame, MERIT_COST, point->savings_cost),
	    .carbon_savings_kg_h = if_known(frame, MERIT_CARBON, point->savings_carbon),
	    .limited_by = lorenz_limit_text(point->limited_by),
	    .extrapolated = point->extrapolated,
	    .index = (uint8_t)from->index,
	    .idle = from->fit == LORENZ_FIT_SAVES_NOTHING || from->fit == LORENZ_FIT_BELOW_MIN_LOAD,
	    .shortfall_kw = point->shortfall_kw,
	    .value = from->value,
	    .makes_power = from->kind == LORENZ_HEAT_TO_POWER,
	    .t_source_out_c = k_to_c(point->t_source_out_k),
	};

	row.cost_savings_pct = percent(frame_reference(frame, MERIT_COST), row.cost_savings_eur_h);
	row.carbon_savings_pct = percent(frame_reference(frame, MERIT_CARBON), row.carbon_savings_kg_h);
	technology_write(loop, row.index, row.technology);
	return row;
}

static void rank(const struct loop_config *loop, struct frame *frame, enum merit merit, size_t goal, size_t n_goals,
                 const struct lorenz_technology_result *found)
{
	struct ranking *ranking = &frame->machines.ranking;
	struct lorenz_technology_result sorted[TECHNOLOGIES_MAX];

	for (size_t i = 0; i < ranking->n; i++)
		sorted[i] = found[i * n_goals + goal];
	lorenz_technology_rank(sorted, ranking->n);
	for (size_t i = 0; i < ranking->n; i++)
		ranking->row[merit][i] = row_of(loop, frame, &sorted[i], i + 1);
}

static size_t goals_of(const struct loop_config *loop, struct frame *frame, struct lorenz_goal goals[MERIT_COUNT])
{
	const struct lorenz_goal all[MERIT_COUNT] = {
	    {.kind = LORENZ_GOAL_COST}, {.kind = LORENZ_GOAL_CARBON}, frame->machines.own};
	size_t n = 0;

	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		frame->machines.ranking.present[merit] = frame_has(loop, frame, merit);
		if (frame->machines.ranking.present[merit])
			goals[n++] = all[merit];
	}
	return n;
}

static enum lorenz_status evaluate_all(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame)
{
	struct machines *m = &frame->machines;
	struct lorenz_technology_result found[TECHNOLOGIES_MAX * MERIT_COUNT];
	struct lorenz_technology list[TECHNOLOGIES_MAX];
	struct room rooms[TECHNOLOGIES_MAX];
	struct lorenz_goal goals[MERIT_COUNT];
	size_t n_goals = goals_of(loop, frame, goals), goal = 0;
	enum lorenz_status status;

	if (n_goals == 0)
		return LORENZ_OK;
	for (size_t i = 0; i < m->ranking.n; i++) {
		technology_init(loop->machines, inputs, frame, i, &list[i], &rooms[i]);
		rooms[i].limits.p_max_kw = fmin(rooms[i].limits.p_max_kw, demand_paid_kw(inputs));
	}
	status = lorenz_technologies_solve(&m->base, list, m->ranking.n, goals, n_goals, found);
	if (status != LORENZ_OK)
		return status;
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++)
		if (m->ranking.present[merit])
			rank(loop, frame, merit, goal++, n_goals, found);
	return LORENZ_OK;
}

uint8_t technologies_best(const struct ranking *ranking, enum merit merit)
{
	const struct technology_row *first = &ranking->row[merit][0];

	return ranking->n > 0 && ranking->present[merit] && first->fits ? first->index : NO_TECHNOLOGY;
}

void technologies_why(const struct ranking *ranking, enum merit merit, struct err *why)
{
	char text[300] = "";
	size_t len = 0;

	for (size_t i = 0; i < ranking->n && ranking->present[merit] && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s: %s", i > 0 ? "; " : "",
		                        ranking->row[merit][i].technology, ranking->row[merit][i].reason);
	err_set(why, "no technology fits: %s", text);
}

/* ---- which one counts ------------------------------------------------------------------- */

static const struct technology_row *row_with(const struct ranking *ranking, enum merit merit, uint8_t index)
{
	for (size_t i = 0; i < ranking->n && index != NO_TECHNOLOGY; i++)
		if (ranking->row[merit][i].index == index)
			return &ranking->row[merit][i];
	return NULL;
}

const struct technology_row *technologies_power(const struct ranking *ranking, enum merit merit, uint8_t technology)
{
	const struct technology_row *row = ranking->present[merit] ? row_with(ranking, merit, technology) : NULL;

	return row && row->fits && row->makes_power ? row : NULL;
}

uint8_t technologies_best_heat(const struct ranking *ranking, enum merit merit)
{
	for (size_t i = 0; i < ranking->n && ranking->present[merit]; i++)
		if ((ranking->row[merit][i].fits || ranking->row[merit][i].idle) && !ranking->row[merit][i].makes_power)
			return ranking->row[merit][i].index;
	return NO_TECHNOLOGY;
}

/* The first that could run, where none saves anything. */
static uint8_t best_idle(const struct ranking *ranking, enum merit merit)
{
	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->row[merit][i].idle)
			return ranking->row[merit][i].index;
	return NO_TECHNOLOGY;
}

/* What another one has to gain, in what they are ranked by. */
static double margin(const struct loop_config *loop, const struct frame *frame, enum merit merit)
{
	const struct threshold *least = &loop->pace.change_above;
	bool heat = merit == MERIT_BLEND && frame->machines.own.kind == LORENZ_GOAL_ELECTRIFY;
	double whole = heat ? frame->curve.q_total_kw : frame_reference(frame, merit);

	if (least->kind == THRESHOLD_SHARE)
		return least->value * fmax(whole, 0);
	return least->kind == THRESHOLD_RATE && !heat ? least->value : 0;
}

/* Another one takes over where it makes heat that is needed, or meets a constraint, as this one does not, or gains enough more. */
static bool is_better(const struct technology_row *best, const struct technology_row *running, double least)
{
	static const double NEAR = 1e-6;

	if (best->shortfall_kw < running->shortfall_kw * (1 - NEAR))
		return true;
	if (best->met != running->met)
		return best->met;
	return !running->fits || best->value - running->value > least;
}

static void choose(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame)
{
	struct machines *m = &frame->machines;
	enum merit merit = objective_merit(loop->objective);
	const struct technology_row *running =
	    m->ranking.present[merit] ? row_with(&m->ranking, merit, inputs->technology) : NULL;
	uint8_t best = technologies_best(&m->ranking, merit), chosen = best;

	if (best == NO_TECHNOLOGY && m->ranking.present[merit])
		chosen = best_idle(&m->ranking, merit);
	m->must_stop = running && !running->fits && !running->idle;
	m->next = chosen;
	if (running && !m->must_stop) {
		chosen = running->index;
		if (best == NO_TECHNOLOGY || !is_better(&m->ranking.row[merit][0], running, margin(loop, frame, merit)))
			m->next = chosen;
	}
	m->technology = chosen;
}

static void apply(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, uint8_t index)
{
	struct machines *m = &frame->machines;
	struct lorenz_technology technology;
	struct room room;

	m->technology = index;
	m->base.curve = &frame->curve;
	m->plant = m->base;
	m->need_kw = machines_short_kw(m, m->rest.q_total_kw);
	m->efficiency = lorenz_efficiency_shares(1, 0);
	if (index == NO_TECHNOLOGY) {
		m->plant.limits.t_max_k = 0;
		return;
	}
	technology_init(loop->machines, inputs, frame, index, &technology, &room);
	m->plant = lorenz_technology_case(&m->base, &technology);
	m->efficiency = technology.efficiency;
}

void technologies_become(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame, uint8_t index)
{
	apply(loop, inputs, frame, index);
	demand_build(loop, inputs, frame);
}

enum lorenz_status technologies_build(const struct loop_config *loop, const struct loop_inputs *inputs, struct frame *frame)
{
	struct machines *m = &frame->machines;
	enum lorenz_status status;

	m->base = m->plant;
	m->ranking.is_goal = objective_is_constrained(loop->objective);
	status = evaluate_all(loop, inputs, frame);
	if (status != LORENZ_OK)
		return status;
	choose(loop, inputs, frame);
	apply(loop, inputs, frame, m->technology);
	return LORENZ_OK;
}

void technology_write(const struct loop_config *loop, uint8_t index, char name[TECHNOLOGY_NAME_SIZE])
{
	const char *text = technology_name(loop, index);

	memset(name, 0, TECHNOLOGY_NAME_SIZE);
	if (text)
		snprintf(name, TECHNOLOGY_NAME_SIZE, "%s", text);
}

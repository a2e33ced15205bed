/* The ranking of a loop's technologies as news: published where any figure changes, stored where the order or what fits does. */
#include "engine_internal.h"

#include "hash.h"

#include <stdlib.h>
#include <string.h>

static uint64_t mix_order(uint64_t hash, const struct technology_row *row)
{
	hash = fingerprint_mix(hash, hash_fnv1a(row->technology, sizeof(row->technology)));
	return fingerprint_mix(hash, row->reason ? hash_fnv1a(row->reason, strlen(row->reason)) : 0);
}

/* Of all figures, or of the order alone. Never 0. */
static uint64_t fingerprint(const struct ranking *ranking, bool all)
{
	uint64_t hash = 1;

	for (enum merit merit = MERIT_COST; ranking && merit < MERIT_COUNT; merit++) {
		hash = fingerprint_mix(hash, ranking->present[merit] + 2U * ranking->is_goal);
		for (size_t i = 0; i < ranking->n && ranking->present[merit]; i++) {
			const struct technology_row *row = &ranking->row[merit][i];

			hash = all ? fingerprint_fields(hash, technology_fields, row) : mix_order(hash, row);
		}
	}
	return hash | 1;
}

static void record_rows(struct engine *e, uint32_t i)
{
	const struct ranking *ranking = e->loops[i].ranking.told;
	struct record record = {.kind = RECORD_TECHNOLOGY, .loop = i, .ts_us = e->loops[i].ranking.ts_us};

	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		record.technology.objective = ranking_objective(ranking, merit);
		for (size_t k = 0; k < ranking->n && ranking->present[merit]; k++) {
			record.technology.row = ranking->row[merit][k];
			emit(e, &record);
		}
	}
}

/* The loop lists none any more: what is retained is emptied. */
static void take_back(struct engine *e, uint32_t i)
{
	if (!e->loops[i].ranking.told)
		return;
	free(e->loops[i].ranking.told);
	e->loops[i].ranking = (struct ranking_state){0};
	engine_announce(e, TOPIC_TECHNOLOGIES, i);
}

static void tell(struct engine *e, uint32_t i, const struct ranking *ranking)
{
	struct loop *loop = &e->loops[i];
	struct ranking_state *r = &loop->ranking;
	uint64_t seen = fingerprint(ranking, true), order = fingerprint(ranking, false);

	if (!r->told)
		r->told = calloc(1, sizeof(*r->told));
	if (!r->told || seen == r->seen)
		return;
	r->seen = seen;
	r->valid = ranking != NULL;
	r->ts_us = loop->ts_us;
	r->cause_us = loop->cause_us;
	loop->payloads_us = e->now.mono_us;
	if (ranking)
		*r->told = *ranking;
	if (ranking && order != r->stored) {
		r->stored = order;
		record_rows(e, i);
	}
	engine_announce(e, TOPIC_TECHNOLOGIES, i);
}

void technologies_publish(struct engine *e, uint32_t i, const struct frame *frame)
{
	const struct machines_config *machines = e->config->loops[i].machines;

	if (!machines || machines->n_technologies == 0)
		take_back(e, i);
	else
		tell(e, i, frame ? &frame->machines.ranking : NULL);
}

/* By name, where the list may be another one. */
static uint8_t same_as(const struct loop_config *config, const struct loop_config *old, uint8_t index)
{
	const char *name = technology_name(old, index);

	return name ? technology_index(config, name) : NO_TECHNOLOGY;
}

void technologies_adopt(struct engine *e, uint32_t i, struct engine *old, uint32_t from)
{
	const struct loop_config *config = &e->config->loops[i], *before = &old->config->loops[from];
	struct loop *loop = &e->loops[i];

	loop->technology = same_as(config, before, loop->technology);
	loop->decision.technology = same_as(config, before, loop->decision.technology);
}

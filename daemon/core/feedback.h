/* What the plant answers to a setpoint: whether it may be asked at all, what it does, and whether that is what was asked.
 * What is not configured, or bad, says nothing. */
#ifndef CORE_FEEDBACK_H
#define CORE_FEEDBACK_H

#include "condition.h"
#include "evaluate.h"

enum said { SAID_NOTHING, SAID_NO, SAID_YES };

struct feedback {
	bool configured;
	enum said running, remote, trip, permit;
	double t_sink_out_k, q_sink_kw, p_elec_kw, q_source_kw; /* NaN: nothing */
	enum quality quality;                      /* the worst of what is configured */
	uint32_t worst;                            /* which signal that is, where not good */
};

static inline bool slot_is_measured(enum slot slot)
{
	return slot == SLOT_RUNNING || (slot >= SLOT_T_SINK_OUT && slot < SLOT_COUNT);
}

static inline bool slot_is_answer(enum slot slot)
{
	return slot >= SLOT_DECIDED_END && slot < SLOT_COUNT;
}

void feedback_read(const struct loop_config *loop, read_signal *read, void *ctx, struct feedback *out);
/* Tripped or without a permit: the reason for being off. */
bool feedback_stops(const struct feedback *feedback, enum reason *reason);
bool feedback_is_local(const struct feedback *feedback);
/* The plant does something else than the decision; e says what. */
bool feedback_deviates(const struct loop_config *loop, const struct feedback *feedback, const struct decision *decision,
                       struct err *e);

/* The measured point. */
struct actual {
	double t_sink_out_c, q_sink_kw, p_elec_kw, cop;
	double cost_savings_eur_h, carbon_savings_kg_h; /* 0 while tripped or under local control */
	enum quality quality;
	char reason[160]; /* what is wrong with the measurement; empty: nothing */
};
extern const struct field actual_fields[]; /* its numbers */
/* frame NULL: no valid decision, so nothing is known of savings. */
void feedback_actual(const struct loop_config *loop, const struct feedback *feedback, const struct frame *frame, struct actual *out);

#endif

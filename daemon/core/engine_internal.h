/* What engine.c (messages, deadlines, the queue of dirty loops), engine_decide.c (one loop's decision), engine_loop.c (what
 * is published of it) and engine_clock.c (the time of a call) share. */
#ifndef CORE_ENGINE_INTERNAL_H
#define CORE_ENGINE_INTERNAL_H

#include "alarm.h"
#include "command.h"
#include "config_rows.h"
#include "deadline.h"
#include "engine.h"
#include "feedback.h"
#include "frame.h"
#include "graph.h"
#include "learned.h"
#include "plant.h"
#include "ratelim.h"
#include "totals.h"

/* What the decision rests on: inputs, or without them what was decided last, what is configured, what an operator wants,
 * nothing. */
enum basis { BASIS_INPUTS, BASIS_HOLD, BASIS_FALLBACK, BASIS_HAND, BASIS_NONE, BASIS_COUNT };

/* A loop that operators have told something: their wishes, and its configuration with these in it. */
struct operated {
	struct override wishes;
	struct loop_config config;
};

/* Power of its own that a loop may have in the meter's reading: the least and the most expected of late. */
struct own_range {
	double low_kw, high_kw;
};

/* What a loop has learned of its plant. */
struct learning {
	struct steady steady;
	struct learned source_rate; /* kW/K */
};

/* What a loop knows of the plant's answer. */
struct feedback_state {
	struct feedback feedback;        /* as last read */
	uint64_t actual_seen;            /* fingerprint of what was last published; 0: nothing */
	int64_t actual_ts_us;
	struct actual *actual;           /* the newest published; NULL: never */
	struct lorenz_rates cost, carbon; /* in force; NaN: not known */
	struct frame_emissions emissions; /* as last known; NaN: never */
	struct learning *learning;       /* NULL: nothing */
	struct flow flow;
	int64_t flow_us;                 /* monotonic: up to where it is counted */
	struct tally totals;
	int64_t totals_ts_us;            /* as of then */
	int64_t deviates_us;             /* monotonic: something else than asked since; NO_TIME: no */
	struct own_range own[2];         /* in this window and in the one before */
	int64_t window_us;               /* monotonic: when this one began */
	double others_kw;                /* of the site's power, as last estimated; NaN: not yet */
	double pending_kw;               /* allowed, but not in the meter's reading yet */
	struct ratelim tellings;
};

/* What was last told of a loop's technologies. */
struct ranking_state {
	struct ranking *told; /* NULL: never anything */
	bool valid;           /* false: there was no valid decision */
	int64_t ts_us, cause_us;
	uint64_t seen, stored; /* fingerprints of what was published, and of the order in the history; 0: nothing */
};

struct loop {
	struct setpoint setpoint;        /* the newest published */
	double published_k;              /* its temperature, unrounded; NaN: none */
	struct decision decision;        /* as it runs, also where not published */
	struct pace pace;
	uint8_t technology;              /* that runs; NO_TECHNOLOGY: none, or none are listed */
	struct ranking_state ranking;
	struct operated *operated;       /* NULL: as configured */
	struct feedback_state answer;
	int64_t bad_since_us;            /* monotonic: there was no valid decision since; NO_TIME: there is one */
	int64_t next_us;                 /* monotonic: when the decision may change by itself; INT64_MAX: never */
	struct point savings;            /* of the decision */
	double reference_eur_h, reference_kg_h;
	struct evaluation evaluation;    /* the newest published, where points_valid */
	int64_t seq;                     /* of the last one published, or the history's where that was read since */
	int64_t ts_us;                   /* of the last decision; strictly rising */
	int64_t cause_us;                /* of the newest sample in it; NO_TIME: none */
	int64_t points_ts_us, points_cause_us;
	int64_t payloads_us;             /* monotonic: when points or state were last published; NO_TIME: never */
	uint64_t points_seen, state_seen; /* fingerprints of what was last published; 0: nothing */
	uint64_t updates;
	struct ratelim tellings;
	char *why;                       /* words on the newest lack of a decision or contradiction; NULL: never any */
	enum quality quality;
	enum basis basis, told;          /* told: what the newest event said */
	unsigned outside;                /* of the operating envelope */
	bool outside_told;
	unsigned units_out;              /* as told, by their place in the configuration */
	bool dirty, published, points_valid;
	bool settled;                    /* decided under this configuration */
	bool decided;                    /* there was a valid decision since the start */
	bool doubted;                    /* uncertain because inputs contradict each other */
};

/* A command answered lately: sent again, it gets the same answer and does nothing. */
enum { ANSWERS_KEPT = 64 };
struct answer {
	uint64_t key;
	bool given, accepted;
	char why[160];
};

struct engine {
	const struct config *config;
	struct engine_options options;
	struct engine_hooks hooks;
	struct plant *plant;
	struct graph graph;
	struct deadlines deadlines;
	struct loop *loops;
	uint32_t *queue;                 /* a ring of dirty loops */
	size_t queue_first, queue_n;
	int64_t started_us;              /* monotonic */
	struct instant now;              /* of the call that is running */
	int64_t offset_us;               /* of UTC to the monotonic clock, before it was set */
	int64_t stamped_us;              /* the newest stamp of any loop; NO_TIME: none */
	enum clock_state clock;
	struct ratelim clock_tellings;
	struct override site_wishes;     /* for loops that come later */
	struct answer answers[ANSWERS_KEPT];
	size_t n_answers;
	struct ratelim refusals;
	struct alarms alarms;
	struct ratelim site_tellings;
	int64_t site_us;                 /* monotonic: when alarms or summary were last published; NO_TIME: never */
	bool alarms_news, summary_news;
	int64_t day_us;                  /* midnight at the site that began the day counted, UTC */
	double pending_kw;               /* of all loops */
};

/* Ids of deadlines: signals first, then a range for each purpose. */
static inline uint32_t id_validity(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + loop);
}

static inline uint32_t id_payloads(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + e->config->n_loops + loop);
}

static inline uint32_t id_pace(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + 2 * e->config->n_loops + loop);
}

static inline uint32_t id_wish(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + 3 * e->config->n_loops + loop);
}

static inline uint32_t id_tariff(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + 4 * e->config->n_loops + loop);
}

static inline uint32_t id_follow(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + 5 * e->config->n_loops + loop);
}

static inline uint32_t id_totals(const struct engine *e, uint32_t loop)
{
	return (uint32_t)(e->config->n_signals + 6 * e->config->n_loops + loop);
}

static inline uint32_t id_startup(const struct engine *e)
{
	return (uint32_t)(e->config->n_signals + 7 * e->config->n_loops);
}

static inline uint32_t id_site(const struct engine *e)
{
	return id_startup(e) + 1;
}

static inline uint32_t id_day(const struct engine *e)
{
	return id_startup(e) + 2;
}

static inline size_t id_count(const struct engine *e)
{
	return id_startup(e) + 3;
}

static inline void emit(struct engine *e, const struct record *record)
{
	if (e->hooks.record)
		e->hooks.record(e->hooks.ctx, record);
}

void emit_event(struct engine *e, uint32_t loop, int64_t ts_us, enum severity severity, const char *code, const char *message);

/* The loop's configuration as operators have it. */
static inline const struct loop_config *loop_config(const struct engine *e, uint32_t loop)
{
	return e->loops[loop].operated ? &e->loops[loop].operated->config : &e->config->loops[loop];
}

void engine_mark(struct engine *e, uint32_t loop);
void engine_announce(struct engine *e, enum topic_kind kind, uint32_t loop);
void engine_mark_all(struct engine *e);
/* Every call from outside begins with the time. */
void engine_at(struct engine *e, struct instant now);

/* What a loop's inputs are now, and the words where no decision is possible on them or where they contradict each other. */
struct sight {
	bool valid;
	enum quality quality;
	struct loop_inputs inputs;
	struct frame frame;              /* where valid */
	struct err why;
};
void loop_look(const struct engine *e, uint32_t i, struct sight *sight);
bool loop_awaits(const struct engine *e, uint32_t i); /* signals that are new and have not come yet */
bool loop_must_stop(const struct engine *e, uint32_t i); /* at once, whatever is not known yet */
/* The loop's decision on what is seen, as paced; sets its basis and when it may change by itself. */
void loop_decide(struct engine *e, uint32_t i, struct sight *sight);

/* Another word, or a struct by its table, into a fingerprint. */
uint64_t fingerprint_mix(uint64_t hash, uint64_t word);
uint64_t fingerprint_fields(uint64_t hash, const struct field *fields, const void *base);
/* engine_technologies.c */
/* The ranking, where it is news; frame NULL: no valid decision. */
void technologies_publish(struct engine *e, uint32_t i, const struct frame *frame);
void technologies_adopt(struct engine *e, uint32_t i, struct engine *old, uint32_t from);
/* engine_command.c */
void loop_end_wishes(struct engine *e, uint32_t i);            /* whose time is over */
void engine_adopt_wishes(struct engine *e, const struct engine *old); /* under another configuration, after the loops */
void loop_write_wishes(const struct engine *e, uint32_t i, struct json_out *out); /* the state's member */
void engine_clock_moved_wishes(struct engine *e);
/* engine_answer.c: what the plant answers. */
void answer_init(struct engine *e, uint32_t i);
void answer_adopt(struct engine *e, uint32_t i, struct engine *old, uint32_t from);
/* Into what is seen: the heat pump's own part of the site's power; a trip or a missing permit. */
void answer_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs);
void answer_read(struct engine *e, uint32_t i);
bool answer_stops(const struct engine *e, uint32_t i, enum reason *reason);
/* Somebody acts on the setpoint: it is no advice. */
bool answer_is_acted_on(const struct engine *e, uint32_t i);
/* Under local control a setpoint is advice. */
void answer_mark(const struct engine *e, uint32_t i, struct setpoint *setpoint);
/* After each decision, and after each change of what is measured. */
void answer_decided(struct engine *e, uint32_t i, const struct sight *sight);
void answer_changed(struct engine *e, uint32_t i);
void answer_follow_due(struct engine *e, uint32_t i);
/* The measured point, where it is news; frame NULL: no valid decision. */
void answer_publish(struct engine *e, uint32_t i, const struct frame *frame);

/* engine_totals.c: what has been done, and the site's sums. */
void totals_begin(struct engine *e);
void totals_follow(struct engine *e, uint32_t i); /* the flow has changed */
void totals_due(struct engine *e, uint32_t i);
void totals_day_due(struct engine *e);
void totals_write_summary(const struct engine *e, struct json_out *out);

/* engine_budget.c: a day's carbon budget. */
/* It bounds the loop's decisions. */
bool budget_counts(const struct engine *e, uint32_t i);
/* What is left now, and the cap that makes of it, into what is seen. */
void budget_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs);
void budget_look(struct engine *e, uint32_t i, const struct loop_inputs *inputs);

/* engine_learn.c: what the plant's answer teaches. */
bool learn_counts(const struct engine *e, uint32_t i);
/* After what is measured was read; true where something has been learned. */
bool learn_follow(struct engine *e, uint32_t i);
void learn_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs);

/* engine_alarm.c */
/* Words from e, or none; loop NO_LOOP: of the site. */
void alarm_set(struct engine *e, uint32_t loop, enum alarm_code code, bool active, const char *text);
void alarm_site_news(struct engine *e);
void alarm_site_due(struct engine *e);
/* The alarm that the value names by its id or, for a loop, by its code; or "all" of them. False: there is none, why says so. */
bool engine_acknowledge(struct engine *e, uint32_t loop, const struct command_record *wish, struct err *why);

/* engine_tell.c: where it has changed, that a machine is outside its envelope, or which units are left out. */
void tell_machine(struct engine *e, uint32_t i, const struct loop_inputs *inputs);

/* Decides anew on the present inputs and publishes what changed. */
void loop_recompute(struct engine *e, uint32_t i);
/* Points and state that were held back for publish.interval may go. */
void loop_payloads_due(struct engine *e, uint32_t i);
/* The same setpoint with a new valid_until; and where the loop ended up, if flapping held that back. */
void loop_keep_valid(struct engine *e, uint32_t i);

#endif

/* The heart: samples in, decisions out, on a time that is handed in. No socket, file, clock or log in here, so the
 * service, the replay and the tests run the very same code. */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include "alarm.h"
#include "condition.h"
#include "config.h"
#include "evaluate.h"
#include "json_out.h"
#include "record.h"
#include "stamp.h"

struct engine;

enum topic_kind {
	TOPIC_SETPOINT,
	TOPIC_POINTS,
	TOPIC_STATE,
	TOPIC_ACTUAL,
	TOPIC_TOTALS,
	TOPIC_TECHNOLOGIES,
	TOPIC_LOOP_KINDS,
	TOPIC_SUMMARY = TOPIC_LOOP_KINDS, /* of the site: loop is NO_LOOP */
	TOPIC_ALARMS,
	TOPIC_KIND_COUNT
};
extern const char *const topic_kind_text[TOPIC_KIND_COUNT]; /* below <prefix>/<loop>/, or <prefix>/ */

/* Where decisions go. Both may be NULL. Called from inside the engine: must not call back into it. */
struct engine_hooks {
	void *ctx;
	void (*record)(void *ctx, const struct record *record);              /* a row for the history */
	void (*publish)(void *ctx, enum topic_kind kind, uint32_t loop);     /* engine_encode has news on this topic */
};

/* behind: earlier than a stamp given before, so that setpoints' stamps go on from that one. unset: before 2020. */
enum clock_state { CLOCK_OK, CLOCK_BEHIND, CLOCK_UNSET, CLOCK_STATE_COUNT };
extern const char *const clock_state_text[CLOCK_STATE_COUNT];

struct engine_options {
	int64_t startup_us;    /* how long a loop waits for inputs never received before it says so; 0: not at all */
	bool staleness;        /* false: values hold for ever */
	bool live;             /* somebody listens: valid_until is kept up; and UTC is a clock that may be wrong or be set */
};

struct engine *engine_new(const struct config *config, const struct engine_options *options, const struct engine_hooks *hooks,
                          struct instant now);
void engine_free(struct engine *engine); /* NULL is fine */

/* Continues a loop's count and stamps after those in the history; what was published before, while the history could not be
 * read, keeps its numbers. */
void engine_resume(struct engine *engine, uint32_t loop, int64_t seq, int64_t ts_us);

/* Goes on counting from what the history has. */
void engine_resume_totals(struct engine *engine, uint32_t loop, const struct tally *before);
/* An alarm of the history that was still listed; loop may be NO_LOOP. */
void engine_resume_alarm(struct engine *engine, uint32_t loop, const struct alarm_row *row, int64_t since_us);
/* The same for how its machine was paced. */
void engine_resume_pace(struct engine *engine, uint32_t loop, const struct pace_past *past);

/* Another configuration's engine hands over: loops and signals of the same name go on where they are, decisions follow with
 * the next run. Loops with new inputs keep their last setpoint until those came, as at a start. loops, signals: where they
 * were, from config_match. The old engine can only be freed then. */
void engine_adopt(struct engine *engine, struct instant now, struct engine *old, const uint32_t *loops, const uint32_t *signals);
/* The number and the stamp of the loop's newest setpoint. */
void engine_last(const struct engine *engine, uint32_t loop, int64_t *seq, int64_t *ts_us);
const struct tally *engine_totals(const struct engine *engine, uint32_t loop);
/* The signal is new to this engine and nothing has come yet. */
bool engine_awaits(const struct engine *engine, uint32_t signal);

/* One message. Decodes every signal of the topic, stores samples, marks the loops that depend on them. */
void engine_message(struct engine *engine, struct instant now, const char *topic, const void *payload, size_t len, bool retained);
/* One value as text in the signal's unit, sampled now (a field of a replayed table). */
void engine_field(struct engine *engine, struct instant now, uint32_t signal, const char *text);

/* A command of an operator for a loop, or for all of them (NO_LOOP). ack gets the answer's payload; a command that was answered
 * before is answered again and does nothing. */
void engine_command(struct engine *engine, struct instant now, uint32_t loop, const void *payload, size_t len, bool retained,
                    struct json_out *ack);
/* A command accepted before this process began, from the history, oldest first. */
void engine_resume_command(struct engine *engine, uint32_t loop, const struct command_record *wish);

/* The same for a loop that has been added: one to it or to all loops. */
void engine_resume_wish(struct engine *engine, uint32_t loop, const struct command_record *wish);

bool engine_was_commanded(const struct engine *engine);

/* Works off deadlines that are due and at most max_loops of the loops that changed. Returns how many are left. */
size_t engine_run(struct engine *engine, struct instant now, size_t max_loops);
/* When engine_run wants to be called next, monotonic; NO_TIME: at once, INT64_MAX: only on a message. */
int64_t engine_next_us(const struct engine *engine);

/* Something at the rim is wrong, or no longer: a code of the site. text may be NULL. */
void engine_alarm(struct engine *engine, struct instant now, enum alarm_code code, bool active, const char *text);
/* The loop leaves the configuration: its alarms are over. */
void engine_retire(struct engine *engine, struct instant now, uint32_t loop);
/* The service is about to end: the history gets the newest totals. */
void engine_finish(struct engine *engine, struct instant now);

/* What the system clock is worth, as of the last call. */
enum clock_state engine_clock(const struct engine *engine);

/* The newest payload of a topic; false while there is none. */
bool engine_encode(const struct engine *engine, enum topic_kind kind, uint32_t loop, struct json_out *out);
/* Whole seconds until the loop's setpoint expires, at least 1, for MQTT. */
unsigned engine_valid_for_s(const struct engine *engine, uint32_t loop, int64_t utc_us);

/* The loop as it runs now, for integration over time. */
struct loop_now {
	bool valid;                    /* false: no decision, or a fallback: no kW and no money below are known */
	bool on;
	bool makes_power;              /* another technology, of the source's heat, while that is off */
	uint64_t starts;
	double q_sink_kw, p_elec_kw;
	double cost_reference_eur_h, cost_savings_eur_h;     /* NaN where not configured */
	double carbon_reference_kg_h, carbon_savings_kg_h;
	uint64_t updates;              /* recomputations since the start */
};
void engine_loop_now(const struct engine *engine, uint32_t loop, struct loop_now *out);

#endif

/* What plant.c (states, changes), plant_take.c (messages), plant_judge.c, plant_vote.c, plant_series.c, plant_adopt.c and
 * plant_words.c (how a state is told) share. */
#ifndef CORE_PLANT_INTERNAL_H
#define CORE_PLANT_INTERNAL_H

#include "decode.h"
#include "filter.h"
#include "plant.h"
#include "ratelim.h"
#include "series.h"
#include "topics.h"

enum status {
	STATUS_NEVER, STATUS_GOOD, STATUS_RETAINED, STATUS_STALE, STATUS_UNREADABLE, STATUS_OUT_OF_RANGE, STATUS_BAD_TIME,
	/* by what their source says of them */
	STATUS_UNCERTAIN, STATUS_BAD_QUALITY,
	/* by filters: the last good value counts on after a spike and a change too fast */
	STATUS_SENTINEL, STATUS_SPIKE, STATUS_TOO_FAST, STATUS_FROZEN, STATUS_FROZEN_UNCERTAIN,
	/* of voted signals */
	STATUS_NO_MEMBER, STATUS_NO_GOOD_MEMBER, STATUS_DISAGREEMENT
};

struct status_info {
	const char *code;
	const char *words;   /* NULL: those of the rejection */
	enum quality quality;
};
extern const struct status_info status_info[];

enum { REJECTION_SIZE = 120 };

struct sample {
	double value;
	int64_t ts_us;            /* its own stamp */
	int64_t heard_us;         /* monotonic */
	int64_t born_us;          /* monotonic: when its age was 0 */
	enum quality said;        /* of it by its source */
};

/* A signal's forward curve. */
struct curve {
	struct series series;
	int64_t floor_us;         /* UTC: when the curve came or the clock was set; no sample of it is older */
	int64_t looked_us;        /* UTC: when that was last asked */
	int64_t in_force_us;      /* start of the interval whose value is taken; NO_TIME: none */
	double value;             /* that value */
};

struct signal {
	double good;              /* the last good value, smoothed, in unit; NaN: none yet */
	int64_t ts_us;            /* of the newest accepted sample; NO_TIME: none */
	int64_t born_us;          /* monotonic: when that one's age was 0 */
	int64_t since_us;         /* when the status changed; NO_TIME: never */
	uint64_t rejected;
	uint32_t version;
	struct ratelim tellings;
	enum status status;
	enum status accepted;     /* the status that the newest good sample brought */
	struct sample refused;    /* the newest message, where only its time was wrong: the clock may be; ts_us NO_TIME: none */
	enum quality said;        /* what the newest message says of its own quality */
	struct curve *curve;      /* NULL: not of a series, or nothing came */
	bool settled;             /* not waited for: known or missing since an earlier configuration */
	bool unsettled;           /* voted: among plant.unsettled */
	struct filter *filter;    /* NULL: none */
	char *rejection;          /* words on the newest rejection since the last accepted sample; NULL or empty: none */
};

struct plant {
	const struct config *config;
	struct plant_hooks hooks;
	bool staleness;
	int64_t again_until_us;   /* monotonic: retained messages of topics heard before are subscribed again for new signals */
	struct topics topics;
	struct signal *signals;
	uint32_t *unsettled;      /* voted signals of which a member has changed since the vote */
	size_t n_unsettled;
};

/* What loops see of a signal, after on_bad. */
enum quality plant_effective(const struct plant *plant, uint32_t signal, double *internal);

/* ---- plant.c: what the others move a signal by ---- */

/* What becomes of a readable value. */
struct judgement {
	enum status status;       /* STATUS_GOOD, or one by its source, sentinels, ranges and filters */
	double used;              /* what the loops are to see where it is accepted */
	struct err why;           /* words where it is not good */
};
/* A sample that is newer than what is known: accepted, or kept in the history alone. */
void plant_sample(struct plant *plant, struct instant now, uint32_t signal, struct sample sample, const struct judgement *judged);
/* Out of order: kept in its place in the history, moves nothing back. */
void plant_keep_late(struct plant *plant, uint32_t signal, int64_t ts_us, double value, bool good);
void plant_reject(struct plant *plant, struct instant now, uint32_t signal, enum status status, const char *words);
/* Ranges and stale_after may have changed: they count from now on. */
void plant_judge_anew(struct plant *plant, struct instant now, uint32_t signal);
/* What a vote has found. */
void plant_voted(struct plant *plant, struct instant now, uint32_t signal, enum status status, const char *words);
/* Of a curve: a value comes in force, accepted, or refused where it is out of range. */
void plant_in_force(struct plant *plant, struct instant now, uint32_t signal, int64_t ts_us, double value);
/* None is in force any more, or none yet. */
void plant_out_of_force(struct plant *plant, struct instant now, uint32_t signal);
/* A message that brings nothing; what is in force stays. */
void plant_refuse(struct plant *plant, struct instant now, uint32_t signal, const char *words);
/* Also of one that is taken in part. */
void plant_note(struct plant *plant, struct instant now, uint32_t signal, const char *words);

/* Monotonic: when the age of what is of ts_us was 0; what is ahead of the clock is born now. */
static inline int64_t born_us(struct instant now, int64_t ts_us)
{
	return now.mono_us - (now.utc_us > ts_us ? now.utc_us - ts_us : 0);
}

/* ---- plant_take.c ---- */

/* The clock was set: what was refused for its time alone may be taken; it ages from when it was heard at the latest. */
void plant_take_refused(struct plant *plant, struct instant now, uint32_t signal);

/* ---- plant_judge.c ---- */

void plant_judge(struct plant *plant, uint32_t signal, struct sample sample, struct judgement *out);
/* Without its neighbours in time: by sentinels and ranges. */
enum status plant_judge_alone(const struct signal_config *config, double value, struct err *e);

/* ---- plant_vote.c ---- */

size_t plant_votes(const struct config *config); /* how many signals are voted */
void plant_unsettle(struct plant *plant, uint32_t signal);
bool plant_vote_heard(const struct plant *plant, const struct vote_config *config); /* any of its members */

/* ---- plant_series.c ---- */

void plant_series_hear(struct plant *plant, struct instant now, uint32_t signal, struct decoder *decoder);
/* What is in force now, and when to look again. */
void plant_series_look(struct plant *plant, struct instant now, uint32_t signal);
void plant_series_clock_set(struct plant *plant, struct instant now, uint32_t signal);
bool plant_series_alike(const struct series_config *a, const struct series_config *b);
void plant_series_free(struct signal *signal);
/* Why nothing is in force, in words. */
void plant_series_why(const struct signal *signal, char *text, size_t size);
/* Its members of a state payload. */
void plant_series_write(const struct signal *signal, struct json_out *out);

/* ---- plant_words.c ---- */

enum { VALUE_SIZE = 48 };
/* "71.2 degC", "0.55"; returns text. */
char *value_text(char text[VALUE_SIZE], const struct signal_config *config, double value);

#endif

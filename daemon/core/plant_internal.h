/* What plant.c (messages, states, changes) and plant_words.c (how a state is told) share. */
#ifndef CORE_PLANT_INTERNAL_H
#define CORE_PLANT_INTERNAL_H

#include "filter.h"
#include "plant.h"
#include "ratelim.h"
#include "topics.h"

enum status {
	STATUS_NEVER, STATUS_GOOD, STATUS_RETAINED, STATUS_STALE, STATUS_UNREADABLE, STATUS_OUT_OF_RANGE, STATUS_BAD_TIME,
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

/* What becomes of a readable value. */
struct judgement {
	enum status status;       /* STATUS_GOOD, or one by sentinels, ranges and filters */
	double used;              /* what the loops are to see where it is accepted */
	struct err why;           /* words where it is not good */
};
void plant_judge(struct plant *plant, uint32_t signal, struct sample sample, struct judgement *out);
/* Without its neighbours in time: by sentinels and ranges. */
enum status plant_judge_alone(const struct signal_config *config, double value, struct err *e);
/* Ranges and stale_after may have changed: they count from now on. */
void plant_judge_anew(struct plant *plant, struct instant now, uint32_t signal);

size_t plant_votes(const struct config *config); /* how many signals are voted */
void plant_unsettle(struct plant *plant, uint32_t signal);
/* What a vote has found. */
void plant_voted(struct plant *plant, struct instant now, uint32_t signal, enum status status, const char *words);

enum { VALUE_SIZE = 48 };
/* "71.2 degC", "0.55"; returns text. */
char *value_text(char text[VALUE_SIZE], const struct signal_config *config, double value);

#endif

/* What plant.c (messages, states, changes) and plant_words.c (how a state is told) share. */
#ifndef CORE_PLANT_INTERNAL_H
#define CORE_PLANT_INTERNAL_H

#include "decode.h"
#include "plant.h"
#include "ratelim.h"
#include "series.h"
#include "topics.h"

enum status { STATUS_NEVER, STATUS_GOOD, STATUS_RETAINED, STATUS_STALE, STATUS_UNREADABLE, STATUS_OUT_OF_RANGE, STATUS_BAD_TIME, STATUS_UNCERTAIN, STATUS_BAD_QUALITY };

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
	double good;              /* the last good value, in unit; NaN: none yet */
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
	char *rejection;          /* words on the newest rejection since the last accepted sample; NULL or empty: none */
};

struct plant {
	const struct config *config;
	struct plant_hooks hooks;
	bool staleness;
	int64_t again_until_us;   /* monotonic: retained messages of topics heard before are subscribed again for new signals */
	struct topics topics;
	struct signal *signals;
};

/* What loops see of a signal, after on_bad. */
enum quality plant_effective(const struct plant *plant, uint32_t signal, double *internal);

/* ---- what plant.c lends to plant_series.c ---- */

/* A value comes in force: accepted, or refused where it is out of range. */
void plant_in_force(struct plant *plant, struct instant now, uint32_t signal, int64_t ts_us, double value);
/* None is in force any more, or none yet. */
void plant_out_of_force(struct plant *plant, struct instant now, uint32_t signal);
/* A message that brings nothing; what is in force stays. */
void plant_refuse(struct plant *plant, struct instant now, uint32_t signal, const char *words);
/* Also of one that is taken in part. */
void plant_note(struct plant *plant, struct instant now, uint32_t signal, const char *words);

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

enum { VALUE_SIZE = 48 };
/* "71.2 degC", "0.55"; returns text. */
char *value_text(char text[VALUE_SIZE], const struct signal_config *config, double value);

#endif

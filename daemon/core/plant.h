/* The newest sample of every signal with its quality and age. Decides what a value is worth (good, held, substituted,
 * stale, refused); knows nothing of loops but whom to tell. */
#ifndef CORE_PLANT_H
#define CORE_PLANT_H

#include "config.h"
#include "json_out.h"
#include "record.h"
#include "stamp.h"

struct plant;

struct plant_hooks {
	void *ctx;
	void (*sample)(void *ctx, uint32_t signal, int64_t ts_us, double value, enum quality quality);
	void (*changed)(void *ctx, uint32_t signal);                    /* value, quality or counters */
	void (*stale_at)(void *ctx, uint32_t signal, int64_t mono_us);  /* call plant_expire then; supersedes an earlier call */
	void (*event)(void *ctx, uint32_t signal, int64_t ts_us, enum severity severity, const char *code, const char *message);
};

struct plant *plant_new(const struct config *config, bool staleness, const struct plant_hooks *hooks);
void plant_free(struct plant *plant); /* NULL is fine */

/* Takes over what another configuration's plant knows of signals that have the same name (from[i] is the old index of signal
 * i, as of config_match) and are read in the same way; others begin anew, and until until_us (monotonic) retained messages of
 * topics already heard are for them alone. settled: those that never came are not waited for again. The old plant can only be
 * freed then. */
void plant_adopt(struct plant *plant, struct instant now, struct plant *old, const uint32_t *from, int64_t until_us, bool settled);

void plant_message(struct plant *plant, struct instant now, const char *topic, const void *payload, size_t len, bool retained);
void plant_field(struct plant *plant, struct instant now, uint32_t signal, const char *text);
/* The system clock was set. Ages go on as they were; stamps ahead of it count as of now, so that arrivals follow the clock;
 * messages that were refused for their time are judged again. */
void plant_clock_set(struct plant *plant, struct instant now);
void plant_expire(struct plant *plant, struct instant now, uint32_t signal);

/* Takes the votes of which a member has changed; to be called before loops read. */
void plant_settle(struct plant *plant, struct instant now);

/* What the loops see, after on_bad: a read_signal. */
enum quality plant_read(void *plant, uint32_t signal, double *internal);
bool plant_received(const struct plant *plant, uint32_t signal);        /* anything, even junk */
bool plant_awaited(const struct plant *plant, uint32_t signal);         /* nothing yet, since this configuration knows it */
bool plant_is_bad(const struct plant *plant, uint32_t signal);          /* before on_bad */
int64_t plant_ts_us(const struct plant *plant, uint32_t signal);        /* of the newest sample; NO_TIME: none */
uint32_t plant_version(const struct plant *plant, uint32_t signal);     /* rises with every change */
/* The signal's member of a state payload. */
void plant_write(const struct plant *plant, uint32_t signal, struct json_out *out);
/* Why the signal is not good, in words, with what is done about it. */
void plant_why(const struct plant *plant, uint32_t signal, char *text, size_t size);

#endif

/* Commands of operators: from a JSON payload to one wish with a value, and the sum of the wishes in force for a loop. Refuses
 * with words what cannot be read; whether a wish fits the loop is the engine's to judge. */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include "config.h"
#include "err.h"
#include "record.h"

/* As an operator sent it. Texts are valid UTF-8 without control characters; empty where not given. */
struct command {
	char id[COMMAND_TEXT_MAX];
	struct command_record wish;
	int64_t expires_us; /* not to be carried out after that; NO_TIME: any time */
};

/* False: e says why; id is given as far as it could be read. */
bool command_decode(const void *payload, size_t len, struct command *out, struct err *e);

/* What operators want of a loop instead of what is configured. */
struct override {
	bool has_mode, has_objective;
	enum mode mode;
	enum objective objective;
	double manual_k;                         /* NaN: none */
	double carbon_value_eur_t;               /* NaN: none */
	int64_t until_us[COMMAND_SETTING_COUNT]; /* UTC, of each setting; NO_TIME: until told otherwise */
};

void override_init(struct override *o);
bool override_is_empty(const struct override *o);
/* Puts a wish in force, or with an empty value takes it back. False where the value means nothing; e says why. */
bool override_set(struct override *o, const struct command_record *wish, struct err *e);
/* Ends one wish whose time is over; false: there is none. */
bool override_expire(struct override *o, int64_t utc_us, enum command_kind *ended);
/* UTC, when a wish ends next; INT64_MAX: none. */
int64_t override_next_us(const struct override *o);
/* The loop's configuration with the wishes put into it. */
void override_apply(const struct override *o, struct loop_config *config);

#endif

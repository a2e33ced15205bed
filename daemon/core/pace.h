/* From what is wanted to what is asked of the machine: hysteresis, minimum times, a number of starts, a ramp. Pure: the
 * configuration, a state, what is wanted and the time give what is applied and when to ask again. Whoever wants it (the
 * optimum, an operator, a fallback) comes through here; a limit or an interlock beats every wait. */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include "config.h"
#include "record.h"

enum pace_rule {
	PACE_FREE, /* on, off and the temperature as the configuration lets it */
	PACE_OFF,  /* off at once: tripped, no permit, no decision, a limit that nothing can satisfy */
	PACE_AS_IS /* what is applied stays: the inputs are bad and what was decided is held */
};

/* Temperatures in K. Where on is false only rule, reason, stay_k and the bounds count. */
struct wanted {
	enum pace_rule rule;
	bool on;
	enum reason reason;   /* of whoever wants it; told unless the pacing holds it back */
	double t_k;           /* within the bounds */
	double low_k, high_k; /* no temperature beyond these is ever applied, ramp or not */
	double from_k;        /* where a ramp begins that begins with a start, if below its end; NaN: there */
	double stay_k;        /* where to run while it may not go off yet; NaN: where it is */
	double gain;          /* what running earns, in the objective's unit per hour; NaN: not judged by that, and no delays */
	double reference;     /* what a share of the gain is a share of */
	enum dimension unit;  /* of the gain, money or mass per time: a threshold in the other one does not count */
};

struct applied {
	bool on;
	enum reason reason;
	double t_k;      /* NaN while off */
	int64_t next_us; /* when it may change by itself; INT64_MAX: never */
};

/* Monotonic times may be negative: what was before this process began. */
struct pace {
	bool on;
	double t_k;         /* applied; NaN while off */
	double target_k;    /* where the ramp leads; NaN while off */
	int64_t moved_us;   /* since when t_k is what it is or, where it was at rest, since when it has a target elsewhere */
	int64_t since_us;   /* on or off since; NO_TIME: longer than any minimum time */
	int64_t pending_us; /* it should start or stop since; NO_TIME: it should not */
	uint64_t starts;    /* ever */
	int64_t starts_us[PACE_STARTS_MAX]; /* the newest, by starts modulo */
};

/* What a history tells of a machine, UTC. */
struct pace_past {
	bool on;
	double t_k;
	int64_t since_us; /* NO_TIME: nothing is told */
	int64_t alive_us; /* until when what was said was kept up, at least */
	unsigned n_starts;
	int64_t starts_us[PACE_STARTS_MAX]; /* oldest first */
	char technology[TECHNOLOGY_NAME_SIZE]; /* that ran; empty: none is told */
};
void pace_past_init(struct pace_past *past);
/* A setpoint of the history, in the order of time; t_c NaN: null. */
void pace_past_add(struct pace_past *past, int64_t ts_us, bool on, double t_c);

bool pace_is_configured(const struct pace_config *config); /* else what is wanted is applied at once */
void pace_init(struct pace *pace);                         /* off, for longer than any minimum time */
/* Goes on from there; where it has acted already only the starts are counted in. offset_us: of UTC to the monotonic clock.
 * valid_for_us: what was said counts as dropped that long after it was kept up, and the machine as off since. */
void pace_resume(struct pace *pace, const struct pace_past *past, int64_t valid_for_us, int64_t offset_us, int64_t now_us);
struct applied pace_step(const struct pace_config *config, struct pace *pace, const struct wanted *wanted, int64_t now_us);
/* When another start is allowed by their number alone; not after now: at once. */
int64_t pace_next_start_us(const struct pace_config *config, const struct pace *pace);
/* Starts within the day before now, at most PACE_STARTS_MAX. */
unsigned pace_starts_day(const struct pace *pace, int64_t now_us);

#endif

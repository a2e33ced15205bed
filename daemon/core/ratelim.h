/* At most a number of tellings a minute, and a count of those held back: for events of something that flaps. Safe against
 * a clock that stands still or steps back. */
#ifndef CORE_RATELIM_H
#define CORE_RATELIM_H

#include <stdbool.h>
#include <stdint.h>

struct ratelim {
	int64_t minute_us;   /* monotonic, when the present minute began */
	uint32_t told;       /* in it */
	uint32_t held_back;  /* since the last telling */
};

enum { RATELIM_A_MINUTE = 10 };

/* True: tell, and *held_back others were not told before it. */
static inline bool ratelim_take(struct ratelim *r, int64_t mono_us, uint32_t *held_back)
{
	if (r->told == 0 || mono_us - r->minute_us >= 60000000) {
		r->minute_us = mono_us;
		r->told = 0;
	}
	if (r->told >= RATELIM_A_MINUTE) {
		r->held_back++;
		return false;
	}
	r->told++;
	*held_back = r->held_back;
	r->held_back = 0;
	return true;
}

#endif

/* The clocks, read in one place. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include "core/stamp.h"

#include <time.h>

static inline int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline struct instant clock_now(void)
{
	return (struct instant){.mono_us = clock_us(CLOCK_MONOTONIC), .utc_us = clock_us(CLOCK_REALTIME)};
}

#endif

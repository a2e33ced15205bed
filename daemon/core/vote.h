/* One value from several sensors of the same quantity: the median of those that are good. Pure. */
#ifndef CORE_VOTE_H
#define CORE_VOTE_H

#include "record.h"

struct ballot {
	double value;
	enum quality quality;
};

struct vote {
	enum quality quality; /* of those that count; bad: none does */
	double value;         /* their median; NaN where none counts */
	double spread;        /* from the lowest to the highest of them */
	size_t n;             /* how many */
};

enum { BALLOTS_MAX = 16 };

/* Good values count; where there is none, uncertain ones. */
struct vote vote_take(const struct ballot *ballots, size_t n);

#endif

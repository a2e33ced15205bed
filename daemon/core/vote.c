/* The median moves by no more than its neighbours in rank are apart when one sensor goes wrong. */
#include "vote.h"

#include <math.h>

static void insert(double *sorted, size_t n, double value)
{
	for (; n > 0 && sorted[n - 1] > value; n--)
		sorted[n] = sorted[n - 1];
	sorted[n] = value;
}

struct vote vote_take(const struct ballot *ballots, size_t n)
{
	struct vote vote = {.value = NAN};
	double sorted[BALLOTS_MAX];

	for (size_t i = 0; i < n; i++)
		if (ballots[i].quality > vote.quality)
			vote.quality = ballots[i].quality;
	for (size_t i = 0; i < n && vote.quality != QUALITY_BAD; i++)
		if (ballots[i].quality == vote.quality)
			insert(sorted, vote.n++, ballots[i].value);
	if (vote.n == 0)
		return vote;
	vote.value = sorted[(vote.n - 1) / 2] + (sorted[vote.n / 2] - sorted[(vote.n - 1) / 2]) / 2;
	vote.spread = sorted[vote.n - 1] - sorted[0];
	return vote;
}

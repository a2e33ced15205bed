/* Optimal string alignment distance (insert, delete, replace, swap neighbours) with three rows. Words longer than
 * WORD_MAX are near nothing, so that the work for a hostile key stays bounded. */
#include "nearest.h"

#include <string.h>

enum { WORD_MAX = 96 };

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= n_b; j++)
		last[j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			now[j] = min_size(min_size(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = min_size(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[n_b];
}

void nearest_init(struct nearest *nearest, const char *typed)
{
	*nearest = (struct nearest){.typed = typed, .distance = WORD_MAX};
}

/* Half of the word may be wrong; the beginning of a word counts as one slip. */
void nearest_try(struct nearest *nearest, const char *known)
{
	size_t n_typed = strlen(nearest->typed), n_known = strlen(known);
	size_t distance;

	if (n_typed > WORD_MAX || n_known > WORD_MAX || n_typed == 0)
		return;
	distance = edit_distance(nearest->typed, n_typed, known, n_known);
	if (n_typed > 2 && strncmp(nearest->typed, known, n_typed) == 0)
		distance = min_size(distance, 1);
	if (distance < nearest->distance && 2 * distance <= (n_typed > n_known ? n_typed : n_known)) {
		nearest->best = known;
		nearest->distance = distance;
	}
}

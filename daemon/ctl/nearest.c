/* Edit distance after Levenshtein with neighbouring letters swapped counted once. Words longer than WORD_MAX are compared
 * no further; a suggestion needs at least about two letters in three to be right. */
#include "nearest.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 96 };

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = min3(row[j], before[j - 2] + 1, row[j]);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

void nearest_init(struct nearest *nearest, const char *wanted)
{
	*nearest = (struct nearest){.wanted = wanted, .distance = strlen(wanted) / 3 + 2};
}

void nearest_offer(struct nearest *nearest, const char *known)
{
	size_t n = strlen(nearest->wanted), m = strlen(known), gap = n > m ? n - m : m - n, d;

	if (n > WORD_MAX || m > WORD_MAX || gap >= nearest->distance)
		return;
	d = distance(nearest->wanted, n, known, m);
	if (d < nearest->distance) {
		nearest->distance = d;
		nearest->best = known;
	}
}

const char *nearest_hint(const struct nearest *nearest, const char *prefix, char *text, size_t size)
{
	if (nearest->best)
		snprintf(text, size, ", did you mean %s%s?", prefix, nearest->best);
	else if (size > 0)
		text[0] = '\0';
	return text;
}

/* "did you mean": the known word that is fewest edits away from what was written. */
#ifndef CTL_NEAREST_H
#define CTL_NEAREST_H

#include <stddef.h>

/* Known words are offered one by one; the best that is near enough to be meant stays. */
struct nearest {
	const char *wanted;
	const char *best;    /* NULL: none is near enough */
	size_t distance;
};

void nearest_init(struct nearest *nearest, const char *wanted);
void nearest_offer(struct nearest *nearest, const char *known);
/* ", did you mean X?" or nothing, into text. */
const char *nearest_hint(const struct nearest *nearest, const char *prefix, char *text, size_t size);

#endif

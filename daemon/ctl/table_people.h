/* A table for people: columns aligned, numbers to the right, titles and units above. Looks at the first rows for the widths
 * and streams from there on; flipped, it has a line for each column and keeps all rows. */
#ifndef CTL_TABLE_PEOPLE_H
#define CTL_TABLE_PEOPLE_H

#include "table.h"

struct people {
	FILE *out;
	bool flip;
	const struct column *columns;
	size_t n_columns;
	char **kept;   /* rendered cells, row by row */
	size_t n_kept; /* rows */
	int *width;    /* by column, once known */
	bool widths_known;
};

void people_init(struct people *people, FILE *out, bool flip, const struct column *columns, size_t n_columns);
void people_row(struct people *people, const struct cell *cells);
void people_done(struct people *people); /* writes what is left and frees */

#endif

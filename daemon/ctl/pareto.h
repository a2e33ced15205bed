/* What `lorenzctl pareto` is asked, and the front that it found. */
#ifndef CTL_PARETO_H
#define CTL_PARETO_H

#include "solve.h"

struct pareto_values {
	struct solve_values solve; /* first: its options' offsets count from here */
	double points;
	double carbon_cap_kg_h; /* NaN: the loop's own, if it has one */
	const char *svg, *title;
};

/* What a row is beside being on the front. */
enum front_mark { FRONT_REFERENCE, FRONT_COST, FRONT_CARBON, FRONT_NO_EXTRA_COST, FRONT_CAP, FRONT_BLEND, FRONT_MARK_COUNT };
/* All that a row is in words, for people or not. */
enum { FRONT_WORDS_MAX = 128 };
const char *front_words(unsigned marks, bool people, char text[FRONT_WORDS_MAX]);

struct front_row {
	unsigned marks; /* bit by enum front_mark */
	struct point point;
	struct breakdown breakdown;
	double abatement_eur_t; /* against the row before; NaN: nothing to compare with */
	int units_on;
	bool extrapolated;
};

struct front {
	const char *loop; /* NULL: a case from the command line */
	struct frame frame;
	char outside[ENVELOPE_TEXT_MAX]; /* of the operating envelope, in words; "": inside */
	struct front_row *row;           /* the boilers alone, then from the cost optimum to the carbon optimum */
	size_t n;
	double cap_kg_h, value_eur_t; /* that are marked; NaN: none */
	bool cap_missed;              /* no point keeps it */
	char left_out[TECHNOLOGY_NAME_SIZE]; /* is best, but makes power and no heat; "": none */
};

/* The front of a loop in the general case, n points beside those that are marked; false with a message. */
bool front_build(const struct loop_config *loop, const struct inputs_from *from, double carbon_cap_kg_h, size_t n,
                 struct front *front, struct err *e);
void front_done(struct front *front);

void front_table(const struct front *front, enum format format, const struct investment *investment, FILE *out);
/* hours_a: NaN: by the hour. */
void front_chart(const struct front *front, const char *title, double hours_a, FILE *out);

#endif

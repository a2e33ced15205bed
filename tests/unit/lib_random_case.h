/* Seeded random plants of the general case, all features mixed, for the property tests. */
#ifndef TESTS_LIB_RANDOM_CASE_H
#define TESTS_LIB_RANDOM_CASE_H

#include "check.h"

#include <lorenz/case.h>

struct random_plant {
	struct lorenz_curve curve;
	struct lorenz_efficiency efficiency;
	struct lorenz_case in; /* points to the two above */
};

void random_seed(uint64_t seed);
double uniform(double low, double high);
bool chance(double p);
/* Fills *p, which must not be moved afterwards; the case passes lorenz_case_check. */
void random_plant(struct random_plant *p);
/* The same with what bends most: a table of many small cells, or units that all differ. */
void random_rough_plant(struct random_plant *p);

#endif

/* cmocka with one checked comparison of doubles: NaN never equals anything but NaN, nothing is rounded to float. And by how
 * much time-outs are stretched where programs run slowly. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

/* |a - b| <= absolute + relative * |b|; infinities must be equal, NaN must meet NaN. */
static inline void check_double_at(double a, double b, double relative, double absolute, const char *what, const char *file, int line)
{
	int same = isnan(b) ? isnan(a) : isinf(b) ? a == b : fabs(a - b) <= absolute + relative * fabs(b);

	if (!same) {
		print_error("%s:%d: %s is %.17g, not %.17g (off by %.3g)\n", file, line, what, a, b, a - b);
		_fail(file, line);
	}
}
#define check_double(a, b, relative, absolute) check_double_at((a), (b), (relative), (absolute), #a, __FILE__, __LINE__)
#define check_near(a, b) check_double_at((a), (b), 1e-12, 1e-12, #a, __FILE__, __LINE__)

/* LORENZ_TEST_SLOW, as for the system tests in Python; 1 if it is not set. */
static inline double slow_factor(void)
{
	const char *text = getenv("LORENZ_TEST_SLOW");

	return text ? strtod(text, NULL) : 1.0;
}

#endif

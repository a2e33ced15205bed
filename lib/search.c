/* Roots and maxima of functions of one variable, without derivatives. Both narrow a bracket that they are given and end after
 * a bounded number of steps. */
#include "model.h"

enum { ROOT_STEPS_MAX = 120, MAXIMUM_STEPS_MAX = 120 };

/* T.R. Chandrupatla, Advances in Engineering Software 28 (1997) 145: inverse quadratic interpolation where its criterion says
 * that it is safe, else bisection. a is the newest point, b the end on the other side, c the point that a replaced. */
void lz_root(lz_function *f, void *context, struct lz_bracket *bracket, double tolerance)
{
	double a = bracket->b, fa = bracket->fb, b = bracket->a, fb = bracket->fa, c, fc, t = 0.5;
	double sign = fb < 0 ? -1 : 1;

	for (int i = 0; i < ROOT_STEPS_MAX && fabs(b - a) > 2 * tolerance && fa != 0 && fb != 0; i++) {
		double x = a + t * (b - a), fx = f(context, x), limit, xi, phi;

		if ((fx < 0) == (fa < 0)) {
			c = a, fc = fa;
		} else {
			c = b, fc = fb;
			b = a, fb = fa;
		}
		a = x, fa = fx;
		limit = tolerance / fabs(b - a);
		xi = (a - b) / (c - b);
		phi = (fa - fb) / (fc - fb);
		t = 0.5;
		if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
			t = fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb));
		t = limit < 0.5 ? lz_min(lz_max(t, limit), 1 - limit) : 0.5;
	}
	if (fb == 0)
		a = b, fa = fb;
	else if (fa == 0)
		b = a, fb = fa;
	*bracket = (fa < 0 ? -1 : 1) == sign ? (struct lz_bracket){a, fa, b, fb} : (struct lz_bracket){b, fb, a, fa};
}

/* R.P. Brent, Algorithms for Minimization without Derivatives, ch. 5: x the best point, w the second, v the third. */
struct brent {
	double a, b, x, fx, w, fw, v, fv;
	double step, last_step;
};

/* The parabola through x, w, v has its peak this far from x; NaN or out of the bracket where it is of no use. */
static double parabola_step(const struct brent *s)
{
	double r = (s->x - s->w) * (s->fx - s->fv), q = (s->x - s->v) * (s->fx - s->fw);
	double p = (s->x - s->v) * q - (s->x - s->w) * r;

	return -0.5 * p / (q - r);
}

static double next_step(struct brent *s, double tolerance)
{
	static const double GOLDEN = 0.3819660112501051;
	double middle = 0.5 * (s->a + s->b), step = parabola_step(s);

	if (fabs(step) < 0.5 * fabs(s->last_step) && s->x + step > s->a && s->x + step < s->b) {
		s->last_step = s->step;
		if (s->x + step - s->a < 2 * tolerance || s->b - s->x - step < 2 * tolerance)
			step = copysign(tolerance, middle - s->x);
	} else {
		s->last_step = s->x < middle ? s->b - s->x : s->a - s->x;
		step = GOLDEN * s->last_step;
	}
	return fabs(step) < tolerance ? copysign(tolerance, step) : step;
}

static void take(struct brent *s, double u, double fu)
{
	if (fu >= s->fx) {
		*(u < s->x ? &s->b : &s->a) = s->x;
		s->v = s->w, s->fv = s->fw;
		s->w = s->x, s->fw = s->fx;
		s->x = u, s->fx = fu;
		return;
	}
	*(u < s->x ? &s->a : &s->b) = u;
	if (fu >= s->fw || s->w == s->x) {
		s->v = s->w, s->fv = s->fw;
		s->w = u, s->fw = fu;
	} else if (fu >= s->fv || s->v == s->x || s->v == s->w) {
		s->v = u, s->fv = fu;
	}
}

void lz_maximum(lz_function *f, void *context, struct lz_triple *t, double tolerance)
{
	bool left = t->fa >= t->fb;
	struct brent s = {.a = t->a, .b = t->b, .x = t->x, .fx = t->fx, .step = t->b - t->a, .last_step = 2 * (t->b - t->a)};

	s.w = left ? t->a : t->b, s.fw = left ? t->fa : t->fb;
	s.v = left ? t->b : t->a, s.fv = left ? t->fb : t->fa;
	for (int i = 0; i < MAXIMUM_STEPS_MAX; i++) {
		if (fabs(s.x - 0.5 * (s.a + s.b)) <= 2 * tolerance - 0.5 * (s.b - s.a))
			break;
		s.step = next_step(&s, tolerance);
		take(&s, s.x + s.step, f(context, s.x + s.step));
	}
	*t = (struct lz_triple){s.a, t->fa, s.x, s.fx, s.b, t->fb};
}

#include "core/compress/json_crush.h"

#include <math.h>

enum {
	FIGURES_SAMPLE = 4096, /* numbers from which the quantiles shown are taken */
	SPREAD_SAMPLE = 256, /* and those that only tell what is far */
	WINDOW = 5, /* numbers on either side of a step */
	FEW = 5, /* anomalies that are kept however few numbers there are */
	FEW_SHARE = 100, /* or one number in so many */
	MANY_SHARE = 20, /* of more than one number in so many the farthest are kept */
	ROWS_MIN = 8 /* fewer numbers have no anomalies */
};

#define MAD_TO_SIGMA 1.4826 /* of a normal distribution */
#define IQR_TO_SIGMA .7413
#define FAR 2.5 /* times the option's sigma, in robust deviations */
#define STEP 3 /* deviations of neighbours */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const struct vec *sorted, double share)
{
	const double *v = sorted->p;
	double at = share * (double)(sorted->n - 1);
	size_t i = (size_t)at;

	return i + 1 < sorted->n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[sorted->n - 1];
}

/* Spread numbers, transformed, in order; of each part of the list one, where a periodic list would not show. */
static void sample(const struct number *numbers, size_t n, size_t most, double (*f)(double, double),
		   double base, struct vec *out)
{
	size_t taken = n < most ? n : most;

	vec_clear(out);
	for (size_t i = 0; i < taken; i++) {
		size_t from = i * n / taken, to = (i + 1) * n / taken;

		*(double *)vec_push(out) = f(numbers[from + hash_mix(i, n) % (to - from)].value, base);
	}
	vec_sort(out, by_value);
}

static double plain(double x, double base)
{
	return x - base;
}

static double distance(double x, double base)
{
	return fabs(x - base);
}

static double logarithm(double x, double base)
{
	return log1p(x) - base;
}

static double log_distance(double x, double base)
{
	return fabs(logarithm(x, base));
}

/* ---- anomalies ---- */

struct spread {
	double center, deviation;
};

/* Median and deviation, neither of which a few numbers far away can change. */
static struct spread robust_spread(const struct number *numbers, size_t n, bool logs)
{
	struct spread s;
	struct vec v;
	double iqr;

	vec_init(&v, sizeof(double));
	sample(numbers, n, SPREAD_SAMPLE, logs ? logarithm : plain, 0, &v);
	s.center = quantile(&v, .5);
	iqr = quantile(&v, .75) - quantile(&v, .25);
	sample(numbers, n, SPREAD_SAMPLE, logs ? log_distance : distance, s.center, &v);
	s.deviation = fmax(MAD_TO_SIGMA * quantile(&v, .5), IQR_TO_SIGMA * iqr);
	vec_release(&v);
	return s;
}

static struct spread moments(const struct number *numbers, size_t n)
{
	double sum = 0, squares = 0;
	struct spread s;

	for (size_t i = 0; i < n; i++)
		sum += numbers[i].value;
	s.center = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (numbers[i].value - s.center) * (numbers[i].value - s.center);
	s.deviation = sqrt(squares / (double)n);
	return s;
}

struct far {
	double distance;
	uint32_t row;
};

static int by_distance(const void *a, const void *b)
{
	const struct far *x = a, *y = b;

	return x->distance > y->distance ? -1 : x->distance < y->distance;
}

static void find_far(const struct number *numbers, size_t n, struct spread s, double times, bool logs,
		     struct vec *out)
{
	double limit = s.deviation * times, d;

	vec_clear(out);
	for (size_t i = 0; i < n; i++) {
		d = logs ? log_distance(numbers[i].value, s.center) : distance(numbers[i].value, s.center);
		if (d > limit)
			*(struct far *)vec_push(out) = (struct far){ d, numbers[i].row };
	}
}

static bool has_logs(const struct number *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i].value < 0)
			return false;
	return true;
}

static void keep_far(struct rows *r, struct vec *far, size_t most)
{
	if (far->n > most)
		vec_sort(far, by_distance);
	for (size_t i = 0; i < far->n && i < most; i++)
		row_keep(r, ((const struct far *)vec_at(far, i))->row, REASON_ANOMALY);
}

static size_t share_of(size_t n, size_t share, size_t least)
{
	return n / share > least ? n / share : least;
}

/*
 * An anomaly is more than the option's sigma from the mean, as long as such numbers are rare: of a normal distribution
 * one in twenty is.  Where one huge number hides another, the mean and the deviation are of no use, but the median and
 * its deviation are; where a long tail is the rule (sizes, durations), logarithms tell.
 */
size_t numbers_keep_anomalies(struct rows *r, const struct number *numbers, size_t n, bool few_values)
{
	double sigma = r->c->s->config->sigma;
	size_t few = share_of(n, FEW_SHARE, FEW), found = 0;
	struct vec far;

	if (n < ROWS_MIN)
		return 0;
	vec_init(&far, sizeof(struct far));
	find_far(numbers, n, moments(numbers, n), sigma, false, &far);
	if (far.n <= few) {
		keep_far(r, &far, few);
		found = far.n;
	}
	if (!few_values) {
		find_far(numbers, n, robust_spread(numbers, n, false), FAR * sigma, false, &far);
		if (far.n > few && has_logs(numbers, n))
			find_far(numbers, n, robust_spread(numbers, n, true), FAR * sigma, true, &far);
		keep_far(r, &far, share_of(n, MANY_SHARE, FEW));
		found = far.n > found ? far.n : found;
	}
	vec_release(&far);
	return found;
}

/* ---- steps ---- */

static double mean_of(const struct number *numbers, size_t from, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += numbers[from + i].value;
	return sum / (double)n;
}

/* The noise of neighbours, which a step of the level hardly changes. */
static double noise(const struct number *numbers, size_t n)
{
	struct number *steps;
	struct spread s;
	struct vec v;

	vec_init(&v, sizeof(*steps));
	for (size_t i = 1; i < n; i++) {
		steps = vec_push(&v);
		steps->value = numbers[i].value - numbers[i - 1].value;
	}
	s = robust_spread(v.p, v.n, false);
	vec_release(&v);
	return s.deviation / sqrt(2);
}

void numbers_steps(const struct number *numbers, size_t n, struct vec *out)
{
	size_t last = 0;
	double limit, d;
	struct vec far;

	if (n < 4 * WINDOW)
		return;
	vec_init(&far, sizeof(struct far));
	limit = fmax(STEP * noise(numbers, n), moments(numbers, n).deviation / 2);
	for (size_t i = WINDOW; i + WINDOW <= n; i++) {
		d = fabs(mean_of(numbers, i, WINDOW) - mean_of(numbers, i - WINDOW, WINDOW));
		if (d <= limit)
			continue;
		if (far.n && i - last < WINDOW) { /* of one step the place where it is largest */
			struct far *f = vec_at(&far, far.n - 1);

			if (d > f->distance)
				*f = (struct far){ d, numbers[i].row };
		} else {
			*(struct far *)vec_push(&far) = (struct far){ d, numbers[i].row };
		}
		last = i;
	}
	vec_sort(&far, by_distance);
	for (size_t i = 0; i < far.n; i++)
		*(uint32_t *)vec_push(out) = ((const struct far *)vec_at(&far, i))->row;
	vec_release(&far);
}

/* ---- figures ---- */

void numbers_figures(const struct number *numbers, size_t n, struct figures *out)
{
	struct spread robust = robust_spread(numbers, n, false), rest;
	double limit = robust.deviation > 0 ? 2 * FAR * robust.deviation : INFINITY;
	struct vec sorted, near;

	*out = (struct figures){ .min = numbers[0].value, .max = numbers[0].value };
	vec_init(&sorted, sizeof(double));
	vec_init(&near, sizeof(*numbers));
	sample(numbers, n, FIGURES_SAMPLE, plain, 0, &sorted);
	out->median = quantile(&sorted, .5);
	out->p25 = quantile(&sorted, .25);
	out->p75 = quantile(&sorted, .75);
	for (size_t i = 0; i < n; i++) {
		out->min = fmin(out->min, numbers[i].value);
		out->max = fmax(out->max, numbers[i].value);
		if (distance(numbers[i].value, robust.center) <= limit)
			*(struct number *)vec_push(&near) = numbers[i];
	}
	out->outliers = n - near.n;
	rest = moments(near.p, near.n);
	out->mean = rest.center;
	out->stddev = rest.deviation;
	vec_release(&near);
	vec_release(&sorted);
}

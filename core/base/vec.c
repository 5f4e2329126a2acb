#include "core/base/vec.h"

#include <stdlib.h>

#include "core/base/error.h"

#define FIRST_CAP 8

void vec_init(struct vec *v, size_t size)
{
	assert(size > 0);
	*v = (struct vec){ .size = size };
}

void vec_release(struct vec *v)
{
	if (!v)
		return;
	free(v->p);
	*v = (struct vec){ .size = v->size };
}

void vec_clear(struct vec *v)
{
	v->n = 0;
}

void *vec_push(struct vec *v)
{
	size_t cap, bytes;

	if (v->n == v->cap) {
		cap = v->cap ? v->cap * 2 : FIRST_CAP;
		if (cap < v->cap || __builtin_mul_overflow(cap, v->size, &bytes))
			die_no_memory();
		v->p = xrealloc(v->p, bytes);
		v->cap = cap;
	}
	return memset((char *)v->p + v->n++ * v->size, 0, v->size);
}

struct sort {
	size_t size;
	int (*cmp)(const void *, const void *);
};

/* Sorts n elements at p with as much scratch space: each half, then both merged by way of scratch. */
static void merge_sort(const struct sort *s, char *p, size_t n, char *scratch)
{
	size_t half = n / 2;
	char *left = p, *right = p + half * s->size, *end = p + n * s->size, *middle = right, *out = scratch;

	if (n < 2)
		return;
	merge_sort(s, left, half, scratch);
	merge_sort(s, right, n - half, scratch);
	if (s->cmp(right - s->size, right) <= 0)
		return;
	while (left < middle && right < end) {
		char **from = s->cmp(left, right) <= 0 ? &left : &right;

		memcpy(out, *from, s->size);
		out += s->size;
		*from += s->size;
	}
	/* What is left on the right is in place already. */
	memcpy(out, left, (size_t)(middle - left));
	out += middle - left;
	memcpy(p, scratch, (size_t)(out - scratch));
}

void vec_sort(struct vec *v, int (*cmp)(const void *, const void *))
{
	const struct sort s = { v->size, cmp };
	char *scratch;

	if (v->n < 2)
		return;
	scratch = xmalloc(v->n * v->size);
	merge_sort(&s, v->p, v->n, scratch);
	free(scratch);
}

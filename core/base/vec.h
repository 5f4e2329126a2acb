/*
 * vec: a growing array of equal-sized elements, which it owns.  Element pointers are valid until the next
 * push.  Out of memory ends the program.
 */
#ifndef HEADROOM_BASE_VEC_H
#define HEADROOM_BASE_VEC_H

#include <assert.h>

#include "core/base/str.h"

struct vec {
	void *p;
	size_t n, cap, size;
};

void vec_init(struct vec *v, size_t size);
void vec_release(struct vec *v);
void vec_clear(struct vec *v);
void *vec_push(struct vec *v); /* a zeroed new element at the end */
void vec_sort(struct vec *v, int (*cmp)(const void *, const void *)); /* stable */

static inline void *vec_at(const struct vec *v, size_t i) /* i < n is asserted */
{
	assert(i < v->n);
	return (char *)v->p + i * v->size;
}

#endif

#include "core/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/error.h"

#define FIRST_CAP 64

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max < SIZE_MAX ? max : SIZE_MAX - 1 };
}

void buf_release(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->full = false;
	buf_cut(b, 0);
}

char *buf_room(struct buf *b, size_t n)
{
	size_t cap;

	if (b->full || n > b->max - b->n) {
		b->full = true;
		return NULL;
	}
	if (!b->p || n >= b->cap - b->n) {
		cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
		cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
		if (cap <= b->n + n)
			cap = b->n + n + 1;
		if (cap > b->max + 1)
			cap = b->max + 1;
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
		b->p[b->n] = '\0';
	}
	return b->p + b->n;
}

void buf_commit(struct buf *b, size_t n)
{
	assert(n < b->cap - b->n);
	b->n += n;
	b->p[b->n] = '\0';
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	size_t room = b->cap - b->n;
	bool done = false;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(b->p ? b->p + b->n : NULL, room, fmt, ap);
	if (b->p)
		b->p[b->n] = '\0';
	if (n >= 0 && buf_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
		done = true;
	}
	va_end(again);
	va_end(ap);
	return done;
}

void buf_cut(struct buf *b, size_t n)
{
	assert(n <= b->n);
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

const char *buf_c(const struct buf *b)
{
	return b->p ? b->p : "";
}

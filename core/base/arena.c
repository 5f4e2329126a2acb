#include "core/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/error.h"

/* Blocks double from the first size to the last; an object that fits in no block of its time gets its own. */
#ifdef DEBUG_ARENA
enum {
	FIRST_BLOCK = 0,
	LAST_BLOCK = 0
};
#else
enum {
	FIRST_BLOCK = 16 << 10,
	LAST_BLOCK = 1 << 20
};
#endif

struct arena_block {
	struct arena_block *next; /* the first block is the one being filled */
	size_t used, cap;
	max_align_t data[];
};

struct arena_cleanup {
	struct arena_cleanup *next;
	void (*fn)(void *);
	void *arg;
};

void arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

static void run_cleanups(struct arena *a)
{
	struct arena_cleanup *c;

	while ((c = a->cleanups)) {
		a->cleanups = c->next;
		c->fn(c->arg);
	}
}

static void free_blocks(struct arena_block *b)
{
	struct arena_block *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

void arena_release(struct arena *a)
{
	if (!a)
		return;
	run_cleanups(a);
	free_blocks(a->blocks);
	arena_init(a);
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = a->blocks;

	run_cleanups(a);
	if (keep && keep->cap > LAST_BLOCK)
		keep = NULL;
	free_blocks(keep ? keep->next : a->blocks);
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
	}
	a->blocks = keep;
	a->used = 0;
}

/* A block with room for size bytes; it becomes the one being filled unless the object is all it will ever
 * hold. */
static struct arena_block *add_block(struct arena *a, size_t size)
{
	struct arena_block *b, *head = a->blocks;
	size_t cap = head && head->cap <= LAST_BLOCK / 2 ? head->cap * 2 : head ? LAST_BLOCK : FIRST_BLOCK;

	if (cap < size)
		cap = size;
	if (cap > SIZE_MAX - sizeof(*b))
		die_no_memory();
	b = xmalloc(sizeof(*b) + cap);
	b->used = 0;
	b->cap = cap;
	if (head && cap == size) {
		b->next = head->next;
		head->next = b;
	} else {
		b->next = head;
		a->blocks = b;
	}
	return b;
}

static void *alloc_raw(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->blocks;
	size_t start = b ? (b->used + align - 1) & ~(align - 1) : 0;

	if (size == 0)
		size = 1;
	if (!b || start > b->cap || size > b->cap - start) {
		b = add_block(a, size);
		start = 0;
	}
	b->used = start + size;
	a->used += size;
	return (char *)b->data + start;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(alloc_raw(a, size), 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		die_no_memory();
	return arena_alloc(a, total);
}

char *arena_c(struct arena *a, str s)
{
	char *copy;

	if (s.n == SIZE_MAX)
		die_no_memory();
	copy = alloc_raw(a, s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

str arena_str(struct arena *a, str s)
{
	return (str){ arena_c(a, s), s.n };
}

str arena_printf(struct arena *a, const char *fmt, ...)
{
	char shorter[256];
	str out;
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(shorter, sizeof(shorter), fmt, ap);
	assert(n >= 0);
	if ((size_t)n < sizeof(shorter)) {
		out = arena_str(a, (str){ shorter, (size_t)n });
	} else {
		p = alloc_raw(a, (size_t)n + 1);
		vsnprintf(p, (size_t)n + 1, fmt, again);
		out = (str){ p, (size_t)n };
	}
	va_end(again);
	va_end(ap);
	return out;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct arena_cleanup *c = arena_alloc(a, sizeof(*c));

	*c = (struct arena_cleanup){ a->cleanups, fn, arg };
	a->cleanups = c;
}

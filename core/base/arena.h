/*
 * arena: memory named after a lifetime; objects are never freed one by one.
 * arena_defer runs cleanups in reverse order at reset and release.  With -DDEBUG_ARENA=1 every object is its
 * own malloc, so that sanitizers see overruns.  Out of memory ends the program.
 */
#ifndef HEADROOM_BASE_ARENA_H
#define HEADROOM_BASE_ARENA_H

#include "core/base/str.h"

struct arena_block;
struct arena_cleanup;

struct arena {
	struct arena_block *blocks;
	struct arena_cleanup *cleanups;
	size_t used; /* bytes handed out since the last reset */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);
void arena_reset(struct arena *a); /* keeps one block */
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t n, size_t size); /* n * size checked */
str arena_str(struct arena *a, str s); /* a copy, NUL-terminated behind its n bytes */
char *arena_c(struct arena *a, str s); /* the same as a C string */
str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

#endif

/*
 * buf: a growing byte string with a maximum it is born with.
 * Invariant: p is NULL or NUL-terminated at p[n].  An append that would pass the maximum appends nothing,
 * sets `full` and returns false; later appends keep failing until buf_clear.  Out of memory ends the program.
 * What is appended must not lie in the buf itself: growing moves it.
 */
#ifndef HEADROOM_BASE_BUF_H
#define HEADROOM_BASE_BUF_H

#include "core/base/str.h"

struct buf {
	char *p;
	size_t n, cap, max; /* cap counts the NUL, max does not */
	bool full;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empty and reusable, keeps its memory */
/* Room for n more bytes at the end, which buf_commit then counts (always call it, with 0 if none were
 * written); NULL past the maximum. */
char *buf_room(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_cut(struct buf *b, size_t n); /* shorten to n bytes */
const char *buf_c(const struct buf *b); /* never NULL */

static inline str buf_str(const struct buf *b) /* borrowed until the next change */
{
	return (str){ b->p, b->n };
}

static inline bool buf_add(struct buf *b, str s)
{
	if (s.n == 0)
		return !b->full;
	if (b->full || s.n >= b->cap - b->n) {
		if (!buf_room(b, s.n))
			return false;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
	return true;
}

static inline bool buf_add_c(struct buf *b, const char *c)
{
	return buf_add(b, str_c(c));
}

static inline bool buf_add_ch(struct buf *b, char c)
{
	return buf_add(b, (str){ &c, 1 });
}

#endif

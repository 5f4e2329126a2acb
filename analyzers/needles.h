/*
 * needles: finds which of many fixed texts occur in a line, in one walk.  A bitmap over three-byte windows sorts out nearly
 * every position; only where a window begins a known text is it compared.  ASCII case is ignored; texts are given in lower
 * case, at least three bytes each.
 */
#ifndef HEADROOM_ANALYZERS_NEEDLES_H
#define HEADROOM_ANALYZERS_NEEDLES_H

#include "core/base/str.h"

#define NEEDLES_MAX 320
#define NEEDLES_WORDS (NEEDLES_MAX / 64)

struct needle_set { /* which texts occur */
	uint64_t bits[NEEDLES_WORDS];
};

struct needles {
	uint64_t window[1 << 9]; /* bitmap over a 15-bit hash of three bytes */
	str text[NEEDLES_MAX];
	int16_t first[256]; /* texts by another hash of their three bytes */
	int16_t next[NEEDLES_MAX];
	int n;
};

void needles_init(struct needles *s);
/* Index of the text; the same text is added once. */
int needles_add(struct needles *s, str text);
void needles_find(const struct needles *s, str line, struct needle_set *out);

static inline bool needle_in(const struct needle_set *set, int index)
{
	return set->bits[index >> 6] >> (index & 63) & 1;
}

static inline void needle_put(struct needle_set *set, int index)
{
	set->bits[index >> 6] |= (uint64_t)1 << (index & 63);
}

static inline bool needles_meet(const struct needle_set *a, const struct needle_set *b)
{
	uint64_t any = 0;
	for (int i = 0; i < NEEDLES_WORDS; i++)
		any |= a->bits[i] & b->bits[i];
	return any != 0;
}

#endif

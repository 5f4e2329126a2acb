/*
 * bpe: counts the tokens of one piece by byte-pair merges, lowest rank first, the leftmost of equals.  A piece that is a
 * token is one token whatever the merges would give.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_BPE_H
#define HEADROOM_TOKEN_BPE_H

#include "core/base/str.h"

#define BPE_NONE UINT32_MAX

/* A packed table in place; borrowed. */
struct bpe {
	const unsigned char *table;
};

/* The rank of a token, or BPE_NONE. */
uint32_t bpe_rank(const struct bpe *b, const char *p, size_t n);
/* Tokens of a piece of any length, n > 0.  Time is n log n at worst. */
size_t bpe_count(const struct bpe *b, const char *p, size_t n);

/* Up to eight bytes as a number, the first lowest; 1 <= n <= 8. */
static inline uint64_t bpe_word(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	uint32_t low, high;

	if (n < 4)
		return s[0] | (uint64_t)s[n / 2] << n / 2 * 8 | (uint64_t)s[n - 1] << (n - 1) * 8;
	memcpy(&low, p, sizeof(low));
	memcpy(&high, p + n - 4, sizeof(high));
	return low | (uint64_t)high << (n - 4) * 8;
}

#endif

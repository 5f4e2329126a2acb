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

#define BPE_KEY 16 /* bytes of a short piece at most */

/* A short piece's bytes as numbers, the first lowest, zeros behind it. */
struct bpe_key {
	uint64_t low, high;
};

/* The rank of a token, or BPE_NONE.  `room` bytes may be read at p, at least n; with BPE_KEY of them it is faster. */
uint32_t bpe_rank(const struct bpe *b, const char *p, size_t n, size_t room);
/* Tokens of a piece of any length, n > 0.  Time is n log n at worst. */
size_t bpe_count(const struct bpe *b, const char *p, size_t n, size_t room);

extern const uint64_t bpe_key_masks[BPE_KEY + 1][2];

/* Of n <= BPE_KEY bytes. */
static inline struct bpe_key bpe_key(const char *p, size_t n, size_t room)
{
	struct bpe_key k = { 0, 0 };

	if (room < BPE_KEY) {
		memcpy(&k, p, n);
	} else {
		memcpy(&k, p, sizeof(k));
		k.low &= bpe_key_masks[n][0];
		k.high &= bpe_key_masks[n][1];
	}
	return k;
}

#endif

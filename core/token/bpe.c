#include "core/token/bpe.h"

#include <assert.h>

#include "core/base/arena.h"

/*
 * A packed table (pack_tables.js): a magic of 8 bytes, the number of tokens, 4 bytes of nothing, then for each length
 * from 0 to MAX_LENGTH a row.  The tokens of a length make a perfect hash table: the upper half of the hash names a
 * bucket, whose pilot, a 16-bit number, turns the lower half into a slot, which holds the token's bytes and its rank in
 * 3 bytes, or zeros and RANK_FREE.  So a look-up is two loads and one comparison.
 */
#define HEADER 16
#define MAX_LENGTH 128
#define RANK_BYTES 3
#define RANK_FREE 0xffffffu

struct row {
	uint32_t slots, buckets, pilots_at, slots_at;
};

/* clang-format off */
#define FIRST(n) (UINT64_MAX >> (8 - (n)) * 8)
#define LOW(n) { FIRST(n), 0 }
#define HIGH(n) { UINT64_MAX, FIRST(n) }
const uint64_t bpe_key_masks[BPE_KEY + 1][2] = {
	{ 0, 0 }, LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7), LOW(8),
	HIGH(1), HIGH(2), HIGH(3), HIGH(4), HIGH(5), HIGH(6), HIGH(7), HIGH(8),
};
/* clang-format on */

static inline uint64_t hash_word(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0xd6e8feb86659fd93ULL;
	return h ^ h >> 32;
}

/* 0 <= result < n */
static inline uint32_t scale(uint32_t x, uint32_t n)
{
	return (uint32_t)((uint64_t)x * n >> 32);
}

/* The one slot tokens of n bytes with this hash can be in, NULL if there are none of that length. */
static inline const unsigned char *slot_of(const struct bpe *b, uint64_t h, size_t n)
{
	struct row row;
	uint16_t pilot;
	uint32_t x;

	memcpy(&row, b->table + HEADER + n * sizeof(row), sizeof(row));
	if (row.slots == 0)
		return NULL;
	memcpy(&pilot, b->table + row.pilots_at + scale((uint32_t)(h >> 32), row.buckets) * sizeof(pilot),
	       sizeof(pilot));
	x = ((uint32_t)h ^ pilot * 0x9e3779b1u) * 0x85ebca6bu;
	x = (x ^ x >> 15) * 0xc2b2ae35u;
	return b->table + row.slots_at + (size_t)scale(x, row.slots) * (n + RANK_BYTES);
}

static inline uint32_t rank_in(const unsigned char *slot, size_t n)
{
	uint32_t rank = slot[n] | (uint32_t)slot[n + 1] << 8 | (uint32_t)slot[n + 2] << 16;

	return rank == RANK_FREE ? BPE_NONE : rank;
}

#define HASH_START(n) ((n)*0x9e3779b97f4a7c15ULL)

/* 1 <= n <= BPE_KEY.  Behind the last slot there is room for a key. */
static inline uint32_t rank_of_key(const struct bpe *b, struct bpe_key k, size_t n)
{
	uint64_t h = hash_word(HASH_START(n), k.low);
	const unsigned char *slot;
	struct bpe_key there;

	if (n > 8)
		h = hash_word(h, k.high);
	slot = slot_of(b, h, n);
	if (!slot)
		return BPE_NONE;
	there = bpe_key((const char *)slot, n, BPE_KEY);
	return there.low == k.low && there.high == k.high ? rank_in(slot, n) : BPE_NONE;
}

/* n > BPE_KEY */
static uint32_t rank_of_long(const struct bpe *b, const char *p, size_t n)
{
	uint64_t h = HASH_START(n), word;
	const unsigned char *slot;
	size_t i = 0;

	if (n > MAX_LENGTH)
		return BPE_NONE;
	for (; i + 8 <= n; i += 8) {
		memcpy(&word, p + i, sizeof(word));
		h = hash_word(h, word);
	}
	if (i < n) { /* the last bytes, of the last eight */
		memcpy(&word, p + n - 8, sizeof(word));
		h = hash_word(h, word >> (8 - (n - i)) * 8);
	}
	slot = slot_of(b, h, n);
	return slot && memcmp(slot, p, n) == 0 ? rank_in(slot, n) : BPE_NONE;
}

uint32_t bpe_rank(const struct bpe *b, const char *p, size_t n, size_t room)
{
	if (n == 0)
		return BPE_NONE;
	return n <= BPE_KEY ? rank_of_key(b, bpe_key(p, n, room), n) : rank_of_long(b, p, n);
}

/* ---- short pieces: look through all pairs for each merge ---- */

#define SHORT_PIECE 96

static size_t merge_short(const struct bpe *b, const char *p, size_t n)
{
	char text[SHORT_PIECE + BPE_KEY]; /* padded */
	uint8_t start[SHORT_PIECE + 1]; /* of the parts, then n */
	uint32_t rank[SHORT_PIECE]; /* of part i and the next as one token */
	size_t parts = n;

	assert(n > 0 && n <= SHORT_PIECE);
	memcpy(text, p, n);
	memset(text + n, 0, BPE_KEY);
	for (size_t i = 0; i <= n; i++)
		start[i] = (uint8_t)i;
	for (size_t i = 0; i + 1 < n; i++)
		rank[i] = bpe_rank(b, text + i, 2, BPE_KEY);
	while (parts > 1) {
		size_t best = 0;

		for (size_t i = 1; i + 1 < parts; i++)
			if (rank[i] < rank[best])
				best = i;
		if (rank[best] == BPE_NONE)
			break;
		parts--;
		for (size_t i = best + 1; i <= parts; i++)
			start[i] = start[i + 1];
		for (size_t i = best + 1; i + 1 < parts; i++)
			rank[i] = rank[i + 1];
		if (best + 1 < parts)
			rank[best] = bpe_rank(b, text + start[best], start[best + 2] - start[best], BPE_KEY);
		if (best > 0)
			rank[best - 1] = bpe_rank(b, text + start[best - 1],
						  start[best + 1] - start[best - 1], BPE_KEY);
	}
	return parts;
}

/* ---- long pieces: a heap of pairs, over windows ---- */

#define WINDOW 1024 /* bytes */
#define WINDOW_GROWTH 8

/* The merges of one window.  A part is named by the offset of its first byte. */
struct merge {
	uint32_t *next, *prev; /* neighbours of a part; next of the last is the window's length */
	uint32_t *rank; /* of a part with its next one; BPE_NONE also if it is no part any more */
	uint64_t *heap; /* rank, then offset: smallest first.  Outdated entries differ from rank[] */
	size_t heap_n;
};

static void heap_push(struct merge *m, uint64_t entry)
{
	size_t i = m->heap_n++;

	for (; i > 0 && m->heap[(i - 1) / 2] > entry; i = (i - 1) / 2)
		m->heap[i] = m->heap[(i - 1) / 2];
	m->heap[i] = entry;
}

static uint64_t heap_pop(struct merge *m)
{
	uint64_t top = m->heap[0], moved = m->heap[--m->heap_n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < m->heap_n) {
		if (child + 1 < m->heap_n && m->heap[child + 1] < m->heap[child])
			child++;
		if (m->heap[child] >= moved)
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = moved;
	return top;
}

static void rate(struct merge *m, const struct bpe *b, str window, uint32_t part)
{
	uint32_t middle = m->next[part];

	m->rank[part] = BPE_NONE;
	if (middle < window.n) {
		m->rank[part] = bpe_rank(b, window.p + part, m->next[middle] - part, window.n - part);
		if (m->rank[part] != BPE_NONE)
			heap_push(m, (uint64_t)m->rank[part] << 32 | part);
	}
}

static void merge_window(struct merge *m, const struct bpe *b, str window)
{
	m->heap_n = 0;
	for (uint32_t i = 0; i < window.n; i++) {
		m->next[i] = i + 1;
		m->prev[i] = i - 1;
	}
	for (uint32_t i = 0; i < window.n; i++)
		rate(m, b, window, i);
	while (m->heap_n > 0) {
		uint64_t entry = heap_pop(m);
		uint32_t part = (uint32_t)entry, gone;

		if (m->rank[part] != entry >> 32)
			continue;
		gone = m->next[part];
		m->rank[gone] = BPE_NONE;
		m->next[part] = m->next[gone];
		if (m->next[part] < window.n)
			m->prev[m->next[part]] = part;
		rate(m, b, window, part);
		if (part > 0)
			rate(m, b, window, m->prev[part]);
	}
}

/*
 * Tokens of a long piece, window by window, so that memory stays small.  Why that is exact: tokens are the merges of
 * their text if and only if each pair of neighbours is the merges of its own text, since the first merge across a
 * border would happen in that pair alone as well.  Within a window all pairs are; so two windows fit together where the
 * second begins with a token that the first has in the same place.  False if they do not.
 */
static bool merge_windows(struct merge *m, const struct bpe *b, str piece, size_t size, size_t *count)
{
	size_t tokens = 0, expected = 0; /* length of the token at the start, known from the window before */

	while (piece.n > 0) {
		str window = str_sub(piece, 0, size);
		size_t cut = window.n, part = 0;

		merge_window(m, b, window);
		if (expected && m->next[0] != expected)
			return false;
		if (window.n < piece.n)
			cut = window.n - size / 8; /* what comes behind may depend on bytes not seen */
		for (; part < window.n && m->next[part] <= cut; part = m->next[part])
			tokens++;
		if (part == 0)
			return false;
		expected = part < window.n ? m->next[part] - part : 0;
		piece = str_from(piece, part);
	}
	*count = tokens;
	return true;
}

static size_t merge_long(const struct bpe *b, const char *p, size_t n)
{
	for (size_t size = WINDOW;; size *= WINDOW_GROWTH) {
		struct arena a;
		struct merge m;
		size_t count;
		bool fits;

		if (size > n)
			size = n;
		arena_init(&a);
		m.next = arena_array(&a, size, sizeof(*m.next));
		m.prev = arena_array(&a, size, sizeof(*m.prev));
		m.rank = arena_array(&a, size, sizeof(*m.rank));
		m.heap = arena_array(&a, size,
				     3 * sizeof(*m.heap)); /* a pair of bytes each, two more a merge */
		fits = merge_windows(&m, b, (str){ p, n }, size, &count);
		arena_release(&a);
		if (fits)
			return count;
	}
}

size_t bpe_count(const struct bpe *b, const char *p, size_t n, size_t room)
{
	if (bpe_rank(b, p, n, room) != BPE_NONE)
		return 1;
	return n <= SHORT_PIECE ? merge_short(b, p, n) : merge_long(b, p, n);
}

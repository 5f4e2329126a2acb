/*
 * The kernel in plain C: eight bytes at a time in a 64-bit word.
 */
#include "core/json/jfill.h"
#include "core/json/jscan_kernels.h"

#include <stdint.h>
#include <string.h>

#define KERNEL
#define EACH_BYTE(c) ((unsigned char)(c)*0x0101010101010101ULL)

struct block {
	uint64_t word[8];
};

static inline struct block block_load(const char *p)
{
	struct block b;

	memcpy(b.word, p, sizeof(b.word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	for (int i = 0; i < 8; i++)
		b.word[i] = __builtin_bswap64(b.word[i]);
#endif
	return b;
}

/* Bit i = byte i of x is zero. */
static inline uint64_t zero_bytes(uint64_t x)
{
	const uint64_t low7 = EACH_BYTE(0x7f);

	x = ~(((x & low7) + low7) | x | low7); /* 0x80 in each zero byte */
	return (x >> 7) * 0x0102040810204080ULL >> 56; /* gathered in the top byte */
}

static inline uint64_t block_eq(const struct block *b, char c)
{
	uint64_t mask = 0;

	for (int i = 0; i < 8; i++)
		mask |= zero_bytes(b->word[i] ^ EACH_BYTE(c)) << 8 * i;
	return mask;
}

static inline uint64_t block_eq_lower(const struct block *b, char c)
{
	uint64_t mask = 0;

	for (int i = 0; i < 8; i++)
		mask |= zero_bytes((b->word[i] | EACH_BYTE(0x20)) ^ EACH_BYTE(c)) << 8 * i;
	return mask;
}

static inline uint64_t suspects(const char *p)
{
	const struct block here = block_load(p), behind1 = block_load(p - 1), behind2 = block_load(p - 2);

	return block_eq(&here, '"') & (~block_eq(&behind1, '\\') | block_eq(&behind2, '\\'));
}

static inline bool suspect_in_two(const char *p)
{
	return (suspects(p) | suspects(p + sizeof(struct block))) != 0;
}

static inline bool low_in_two(const char *p)
{
	const struct block a = block_load(p), b = block_load(p + sizeof(a));

	return (block_eq(&a, '\n') | block_eq(&a, '\0') | block_eq(&b, '\n') | block_eq(&b, '\0')) != 0;
}

static inline uint64_t prefix_xor(uint64_t x)
{
	for (int shift = 1; shift < 64; shift *= 2)
		x ^= x << shift;
	return x;
}

#include "core/json/jscan_body.inc"

static inline bool is_key(const struct jfill_key *key, const char *p, const char *end)
{
	return end - p > key->length && memcmp(p, key->quoted, key->length) == 0;
}

/* The kernel's own string_end is as quick. */
static inline const char *near_string_end(const char *p, const char *end)
{
	(void)p, (void)end;
	return NULL;
}

#include "core/json/jfill_body.inc"

static bool runs_here(void)
{
	return true;
}

const struct jscan jscan_swar = {
	"swar", runs_here, string_end, container_end, line_end, escape_saving, fill
};

/*
 * The kernel for any x86-64: SSE2, four registers a block.
 */
#include "core/json/jfill.h"
#include "core/json/jscan_kernels.h"

#ifdef __x86_64__

#include <emmintrin.h>
#include <stdint.h>

#define KERNEL

struct block {
	__m128i v[4];
};

static inline struct block block_load(const char *p)
{
	struct block b;

	for (int i = 0; i < 4; i++)
		b.v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
	return b;
}

static inline uint64_t eq16(__m128i v, __m128i c)
{
	return (uint64_t)(unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(v, c));
}

static inline uint64_t block_eq(const struct block *b, char ch)
{
	const __m128i c = _mm_set1_epi8(ch);

	return eq16(b->v[0], c) | eq16(b->v[1], c) << 16 | eq16(b->v[2], c) << 32 | eq16(b->v[3], c) << 48;
}

static inline uint64_t block_eq_lower(const struct block *b, char ch)
{
	const __m128i bit5 = _mm_set1_epi8(0x20);
	struct block lower;

	for (int i = 0; i < 4; i++)
		lower.v[i] = _mm_or_si128(b->v[i], bit5);
	return block_eq(&lower, ch);
}

static inline __m128i suspects16(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i here = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), quote);
	const __m128i behind1 =
		_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p - 1)), backslash);
	const __m128i behind2 =
		_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p - 2)), backslash);

	return _mm_andnot_si128(_mm_andnot_si128(behind2, behind1), here);
}

static inline bool suspect_in_two(const char *p)
{
	__m128i any = suspects16(p);

	for (int i = 1; i < 8; i++)
		any = _mm_or_si128(any, suspects16(p + 16 * i));
	return _mm_movemask_epi8(any) != 0;
}

static inline bool low_in_two(const char *p)
{
	const struct block a = block_load(p), b = block_load(p + sizeof(a));
	__m128i least = _mm_min_epu8(a.v[0], b.v[0]);

	for (int i = 1; i < 4; i++)
		least = _mm_min_epu8(least, _mm_min_epu8(a.v[i], b.v[i]));
	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(least, _mm_set1_epi8('\n')), least)) != 0;
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
	if (end - p < JFILL_QUOTED)
		return end - p > key->length && memcmp(p, key->quoted, key->length) == 0;
	const uint64_t low = eq16(_mm_loadu_si128((const __m128i *)(const void *)p),
				  _mm_loadu_si128((const __m128i *)(const void *)key->quoted));
	const uint64_t high = eq16(_mm_loadu_si128((const __m128i *)(const void *)(p + 16)),
				   _mm_loadu_si128((const __m128i *)(const void *)(key->quoted + 16)));

	return (~(uint32_t)(low | high << 16) & key->mask) == 0;
}

static inline const char *near_string_end(const char *p, const char *end)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');

	for (const char *far = p + 48; p < far && end - p >= 16; p += 16) {
		const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i either =
			_mm_or_si128(_mm_cmpeq_epi8(text, quote), _mm_cmpeq_epi8(text, backslash));
		const unsigned int found = (unsigned int)_mm_movemask_epi8(either);

		if (found) {
			p += __builtin_ctz(found);
			return *p == '"' ? p : NULL;
		}
	}
	return NULL;
}

#include "core/json/jfill_body.inc"

static bool runs_here(void)
{
	return true;
}

const struct jscan jscan_sse2 = {
	"sse2", runs_here, string_end, container_end, line_end, escape_saving, fill
};

#endif

/*
 * The kernel for processors with AVX2 and carry-less multiplication, compiled whatever the compiler's
 * target is.
 */
#include "core/json/jfill.h"
#include "core/json/jscan_kernels.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <stdint.h>

#define KERNEL __attribute__((target("avx2,pclmul,bmi,popcnt")))

struct block {
	__m256i v[2];
};

KERNEL static inline struct block block_load(const char *p)
{
	return (struct block){ { _mm256_loadu_si256((const __m256i *)(const void *)p),
				 _mm256_loadu_si256((const __m256i *)(const void *)(p + 32)) } };
}

KERNEL static inline uint64_t eq32(__m256i v, __m256i c)
{
	return (uint64_t)(unsigned int)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, c));
}

KERNEL static inline uint64_t block_eq(const struct block *b, char ch)
{
	const __m256i c = _mm256_set1_epi8(ch);

	return eq32(b->v[0], c) | eq32(b->v[1], c) << 32;
}

KERNEL static inline uint64_t block_eq_lower(const struct block *b, char ch)
{
	const __m256i bit5 = _mm256_set1_epi8(0x20);
	const struct block lower = { { _mm256_or_si256(b->v[0], bit5), _mm256_or_si256(b->v[1], bit5) } };

	return block_eq(&lower, ch);
}

KERNEL static inline __m256i suspects32(const char *p)
{
	const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
	const __m256i here = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)p), quote);
	const __m256i behind1 =
		_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(p - 1)), backslash);
	const __m256i behind2 =
		_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(p - 2)), backslash);

	return _mm256_andnot_si256(_mm256_andnot_si256(behind2, behind1), here);
}

KERNEL static inline bool suspect_in_two(const char *p)
{
	const __m256i any = _mm256_or_si256(_mm256_or_si256(suspects32(p), suspects32(p + 32)),
					    _mm256_or_si256(suspects32(p + 64), suspects32(p + 96)));

	return !_mm256_testz_si256(any, any);
}

KERNEL static inline bool low_in_two(const char *p)
{
	const struct block a = block_load(p), b = block_load(p + sizeof(a));
	const __m256i least =
		_mm256_min_epu8(_mm256_min_epu8(a.v[0], a.v[1]), _mm256_min_epu8(b.v[0], b.v[1]));

	return _mm256_movemask_epi8(
		       _mm256_cmpeq_epi8(_mm256_min_epu8(least, _mm256_set1_epi8('\n')), least)) != 0;
}

/* Carry-less multiplication by all ones adds up the bits without carrying: that is the running parity. */
KERNEL static inline uint64_t prefix_xor(uint64_t x)
{
	const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)x), _mm_set1_epi8(-1), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
}

#include "core/json/jscan_body.inc"

KERNEL static inline bool is_key(const struct jfill_key *key, const char *p, const char *end)
{
	if (end - p < JFILL_QUOTED)
		return end - p > key->length && memcmp(p, key->quoted, key->length) == 0;
	const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)p);
	const __m256i name = _mm256_loadu_si256((const __m256i *)(const void *)key->quoted);

	return (~(uint32_t)eq32(text, name) & key->mask) == 0;
}

KERNEL static inline const char *near_string_end(const char *p, const char *end)
{
	const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');

	for (const char *far = p + 64; p < far && end - p >= 32; p += 32) {
		const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)p);
		const __m256i either =
			_mm256_or_si256(_mm256_cmpeq_epi8(text, quote), _mm256_cmpeq_epi8(text, backslash));
		const unsigned int found = (unsigned int)_mm256_movemask_epi8(either);

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
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

const struct jscan jscan_avx2 = {
	"avx2", runs_here, string_end, container_end, line_end, escape_saving, fill
};

#endif

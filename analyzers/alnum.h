/*
 * alnum: which of sixteen bytes are letters and digits, or of some other range, for the few who look through every command
 * and every result.  Private to analyzers/, and only where there is SSE2.
 */
#ifndef HEADROOM_ANALYZERS_ALNUM_H
#define HEADROOM_ANALYZERS_ALNUM_H

#ifdef __SSE2__
#include <emmintrin.h>

/* The bytes of v from `low` up to low + span. */
static inline __m128i bytes_between(__m128i v, char low, char span)
{
	const __m128i above = _mm_sub_epi8(v, _mm_set1_epi8(low));
	return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(span)), above);
}

static inline __m128i bytes_alnum(__m128i v)
{
	const __m128i lower = _mm_or_si128(v, _mm_set1_epi8(0x20));
	return _mm_or_si128(bytes_between(lower, 'a', 'z' - 'a'), bytes_between(v, '0', '9' - '0'));
}
#endif

#endif

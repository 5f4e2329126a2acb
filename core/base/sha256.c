/*
 * SHA-256 after FIPS 180-4, section 6.2: once in portable C, once with the SHA instructions of x86, which are five
 * times as fast.  Which of them runs is settled before main().
 */
#include "core/base/sha256.h"

#include <assert.h>

enum {
	BLOCK = 64, /* bytes */
	WORDS = 8,
	ROUNDS = 64,
	LENGTH_AT = 56 /* in the last block */
};

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
/* clang-format off */
static const uint32_t k[ROUNDS] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t load(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void expand(uint32_t w[static ROUNDS], const unsigned char *p)
{
	for (int i = 0; i < 16; i++)
		w[i] = load(p + 4 * i);
	for (int i = 16; i < ROUNDS; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void blocks_portable(uint32_t state[static WORDS], const unsigned char *p, size_t n)
{
	uint32_t w[ROUNDS], s[WORDS], t1, t2;

	for (; n; n--, p += BLOCK) {
		expand(w, p);
		memcpy(s, state, sizeof(s));
		for (int i = 0; i < ROUNDS; i++) {
			t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
			     (s[6] ^ (s[4] & (s[5] ^ s[6]))) + k[i] + w[i];
			t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
			     ((s[0] & s[1]) | (s[2] & (s[0] | s[1])));
			memmove(s + 1, s, sizeof(*s) * (WORDS - 1));
			s[4] += t1;
			s[0] = t1 + t2;
		}
		for (int i = 0; i < WORDS; i++)
			state[i] += s[i];
	}
}

static void (*blocks)(uint32_t state[static WORDS], const unsigned char *p, size_t n) = blocks_portable;

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

#define KERNEL __attribute__((target("sha,sse4.1")))

KERNEL static __m128i load_words(const unsigned char *p)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), swap);
}

/* Words 16..19 behind the sixteen in a, b, c, d. */
KERNEL static __m128i next_words(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d);
}

/* The instructions want the state as (f e b a) and (h g d c), lowest word first. */
KERNEL static void blocks_sha(uint32_t state[static WORDS], const unsigned char *p, size_t n)
{
	__m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)state);
	__m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(state + 4));
	__m128i cdab = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
	__m128i w[4], abef0, cdgh0, sum, feba, dchg;

	for (; n; n--, p += BLOCK) {
		abef0 = abef;
		cdgh0 = cdgh;
		for (int i = 0; i < 4; i++)
			w[i] = load_words(p + 16 * i);
		for (int i = 0; i < 16; i++) { /* four rounds each */
			sum = _mm_add_epi32(w[i % 4],
					    _mm_load_si128((const __m128i *)(const void *)(k + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
			w[i % 4] = next_words(w[i % 4], w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
		}
		abef = _mm_add_epi32(abef, abef0);
		cdgh = _mm_add_epi32(cdgh, cdgh0);
	}
	feba = _mm_shuffle_epi32(abef, 0x1b);
	dchg = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

__attribute__((constructor)) static void select_blocks(void)
{
	const unsigned ssse3 = 1u << 9, sse41 = 1u << 19, sha = 1u << 29;
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (c & (ssse3 | sse41)) != (ssse3 | sse41))
		return;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && b & sha)
		blocks = blocks_sha;
}

#endif

void sha256(str data, unsigned char out[static SHA256_BYTES])
{
	/* The same of the square roots of the first eight primes. */
	uint32_t state[WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
				  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	unsigned char last[2 * BLOCK] = { 0 };
	size_t whole = data.n / BLOCK, rest = data.n % BLOCK, n = rest < LENGTH_AT ? 1 : 2;
	uint64_t bits = (uint64_t)data.n * 8;

	if (whole)
		blocks(state, (const unsigned char *)data.p, whole);
	if (rest)
		memcpy(last, data.p + whole * BLOCK, rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[n * BLOCK - 1 - i] = (unsigned char)(bits >> 8 * i);
	blocks(state, last, n);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hex(str data, char *out, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[SHA256_BYTES];

	assert(n % 2 == 0 && n <= 2 * SHA256_BYTES);
	sha256(data, sum);
	for (size_t i = 0; i < n; i++)
		out[i] = digits[i % 2 ? sum[i / 2] & 15 : sum[i / 2] >> 4];
	out[n] = '\0';
}

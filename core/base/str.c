#include "core/base/str.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_ieq(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

size_t str_chr(str s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

size_t str_rchr(str s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

#ifdef __SSE2__
#define SHORT_NEEDLE 32 /* longer ones are left to memmem, which no input makes quadratic */
#define STEP 16

/* Where the needle begins among the sixteen places from `at` on: only where its first and its last byte stand at their
 * distance is it compared. */
static inline size_t find_in_step(str s, str needle, size_t at)
{
	const char *p = s.p + at;
	const __m128i first = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p),
					     _mm_set1_epi8(needle.p[0]));
	const __m128i last =
		_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + needle.n - 1)),
			       _mm_set1_epi8(needle.p[needle.n - 1]));
	unsigned int both = (unsigned int)_mm_movemask_epi8(_mm_and_si128(first, last));

	for (; both; both &= both - 1)
		if (memcmp(p + __builtin_ctz(both), needle.p, needle.n) == 0)
			return at + (size_t)__builtin_ctz(both);
	return STR_NONE;
}

static size_t find_quickly(str s, str needle)
{
	size_t at = 0, stop = s.n - needle.n - (STEP - 1), hit; /* the last place where a step may begin */

	for (; at < stop; at += STEP) {
		hit = find_in_step(s, needle, at);
		if (hit != STR_NONE)
			return hit;
	}
	return find_in_step(s, needle, stop);
}
#endif

size_t str_find(str s, str needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return STR_NONE;
#ifdef __SSE2__
	if (needle.n <= SHORT_NEEDLE && s.n >= needle.n + STEP - 1)
		return find_quickly(s, needle);
#endif
	hit = memmem(s.p, s.n, needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : STR_NONE;
}

bool str_has_c(str s, const char *needle)
{
	return str_find(s, str_c(needle)) != STR_NONE;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

bool str_split(str *rest, char sep, str *piece)
{
	size_t end;

	if (!rest->p)
		return false;
	end = str_chr(*rest, sep);
	if (end == STR_NONE) {
		*piece = *rest;
		*rest = (str){ NULL, 0 };
	} else {
		*piece = str_sub(*rest, 0, end);
		*rest = str_from(*rest, end + 1);
	}
	return true;
}

bool str_line(str *rest, str *line)
{
	size_t end;

	if (rest->n == 0)
		return false;
	end = str_chr(*rest, '\n');
	if (end == STR_NONE) {
		*line = *rest;
		*rest = str_from(*rest, rest->n);
		return true;
	}
	*line = str_sub(*rest, 0, end && rest->p[end - 1] == '\r' ? end - 1 : end);
	*rest = str_from(*rest, end + 1);
	return true;
}

bool str_u64(str s, uint64_t *out)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

/* Words are read as little endian everywhere, or a hash kept in the store would change with the machine. */
static inline uint64_t load64(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static inline uint32_t load32(const char *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap32(word);
#endif
	return word;
}

uint64_t str_hash(str s)
{
	const char *p = s.p;
	uint64_t hash = 0, first = 0, last = 0;
	size_t n = s.n;

	for (; n > 16; p += 16, n -= 16)
		hash = hash_mix(load64(p), load64(p + 8) ^ hash);
	/* The last 1 to 16 bytes as two words that may overlap; the length tells "a" from "a\0". */
	if (n >= 8) {
		first = load64(p);
		last = load64(p + n - 8);
	} else if (n >= 4) {
		first = load32(p);
		last = load32(p + n - 4);
	} else if (n > 0) {
		first = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
			(unsigned char)p[n - 1];
	}
	return hash_mix(s.n, hash_mix(first, last ^ hash));
}

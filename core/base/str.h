/*
 * str: a borrowed run of bytes, pointer and length.  Not NUL-terminated, may hold any byte.
 * Who lends it says so where it is declared; a str never owns memory.
 */
#ifndef HEADROOM_BASE_STR_H
#define HEADROOM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
	const char *p;
	size_t n;
} str;

/* A string literal as a str; for variables use str_c. */
#define STR(literal) ((str){ (literal), sizeof(literal) - 1 })
/* For printf("%.*s", STR_ARG(s)); the length is cut at INT_MAX. */
#define STR_ARG(s) ((s).n > 0x7fffffff ? 0x7fffffff : (int)(s).n), ((s).p ? (s).p : "")
#define STR_NONE SIZE_MAX

/* Comparing and cutting is what parsers do all day, so these few are inline; the rest is in str.c. */

static inline str str_c(const char *c) /* c may be NULL: empty */
{
	return (str){ c, c ? strlen(c) : 0 };
}

static inline str str_sub(str s, size_t from, size_t n) /* clamped */
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (str){ from ? s.p + from : s.p, n }; /* s.p may be NULL only if from is 0 */
}

static inline str str_from(str s, size_t from) /* clamped */
{
	return str_sub(s, from, STR_NONE);
}

static inline bool str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_eq_c(str a, const char *c)
{
	/* most comparisons of long tables end at the first byte */
	return (a.n == 0 || (c && a.p[0] == c[0])) && str_eq(a, str_c(c));
}

static inline bool str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

static inline bool str_starts_c(str s, const char *prefix)
{
	return str_starts(s, str_c(prefix));
}

static inline bool str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

static inline bool str_ends_c(str s, const char *suffix)
{
	return str_ends(s, str_c(suffix));
}

bool str_ieq(str a, str b); /* ASCII case only */
int str_cmp(str a, str b); /* byte order, shorter first */
size_t str_chr(str s, char c); /* index or STR_NONE */
size_t str_rchr(str s, char c);
size_t str_find(str s, str needle); /* index or STR_NONE; empty needle: 0 */
bool str_has_c(str s, const char *needle);
str str_trim(str s); /* ASCII white space on both sides */
/* Cuts the next piece before `sep` off *rest; false when *rest is exhausted (p == NULL). */
bool str_split(str *rest, char sep, str *piece);
/* Next line without its \n or \r\n; a last line needs no \n. */
bool str_line(str *rest, str *line);
bool str_u64(str s, uint64_t *out); /* whole string, decimal, no overflow */

/* 64-bit hash (multiply and mix over 8-byte words); stable across runs and machines, not cryptographic. */
uint64_t str_hash(str s);

/* Two words into one: both halves of the 128-bit product folded together, so that every input bit counts. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
	a ^= 0xa0761d6478bd642fULL;
	b ^= 0xe7037ed1a0b428dbULL;
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 product = a;

	product *= b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
	uint64_t mid1 = (a >> 32) * (b & UINT32_MAX), mid2 = (a & UINT32_MAX) * (b >> 32);
	uint64_t carry = (low >> 32) + (mid1 & UINT32_MAX) + (mid2 & UINT32_MAX);

	high += (mid1 >> 32) + (mid2 >> 32) + (carry >> 32);
	return (low & UINT32_MAX) ^ (carry << 32) ^ high;
#endif
}

#endif

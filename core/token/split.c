#include "core/token/split.h"

#include <stdbool.h>
#include <string.h>

#include "core/token/classes.h"

/*
 * The patterns, as tiktoken 1.0.22 has them; the first alternative that matches wins, and each is greedy.  X is
 * [^\r\n\p{L}\p{N}], 's stands for (?i:'s|'t|'re|'ve|'m|'ll|'d), U for [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and L for
 * [\p{Ll}\p{Lm}\p{Lo}\p{M}].
 *
 *	o200k	X?U*L+'s?  X?U+L*'s?  \p{N}{1,3}  \x20?[^\s\p{L}\p{N}]+[\r\n/]*  \s*[\r\n]+  \s+(?!\S)  \s+
 *	cl100k	's  X?\p{L}+  \p{N}{1,3}  \x20?[^\s\p{L}\p{N}]+[\r\n]*  \s*[\r\n]+  \s+(?!\S)  \s+
 */

/* clang-format off */
#define O CLASS_OTHER
#define S CLASS_SPACE
#define R CLASS_NEWLINE
#define D CLASS_NUMBER
#define U CLASS_UPPER
#define L CLASS_LOWER
const uint8_t class_of_ascii[128] = {
	O, O, O, O, O, O, O, O, O, S, R, S, S, R, O, O,
	O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
	S, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
	D, D, D, D, D, D, D, D, D, D, O, O, O, O, O, O,
	O, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
	U, U, U, U, U, U, U, U, U, U, U, O, O, O, O, O,
	O, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O,
};
#undef O
#undef S
#undef R
#undef D
#undef U
#undef L
/* clang-format on */

/* Sets of classes, as bits. */
#define IN(class) (1u << (class))
#define SET_LETTER (IN(CLASS_LETTER) | IN(CLASS_LOWER) | IN(CLASS_UPPER))
#define SET_U (IN(CLASS_UPPER) | IN(CLASS_LETTER) | IN(CLASS_MARK))
#define SET_L (IN(CLASS_LOWER) | IN(CLASS_LETTER) | IN(CLASS_MARK))
#define SET_WORD (SET_LETTER | IN(CLASS_MARK))
#define SET_SYMBOL (IN(CLASS_OTHER) | IN(CLASS_MARK))
#define SET_SPACE (IN(CLASS_SPACE) | IN(CLASS_NEWLINE))
#define SET_X (IN(CLASS_OTHER) | IN(CLASS_MARK) | IN(CLASS_SPACE))

/* Behind the longest run of characters of the set. */
static inline const char *run(const char *p, const char *end, unsigned set)
{
	size_t len;

	while (p < end && IN(class_at(p, &len)) & set)
		p += len;
	return p;
}

/* Behind the contraction at p, which begins with its apostrophe, or p.  Of all letters only the long s (c5 bf) folds to
 * one of these. */
static const char *contraction_at(const char *p, const char *end)
{
	static const char pairs[][2] = { { 'r', 'e' }, { 'v', 'e' }, { 'l', 'l' } };
	size_t n = (size_t)(end - p);

	if (n < 2)
		return p;
	switch (p[1] | 0x20) {
	case 's':
	case 't':
	case 'm':
	case 'd':
		return p + 2;
	}
	if (n < 3)
		return p;
	if (p[1] == '\xc5' && p[2] == '\xbf')
		return p + 3;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if ((p[1] | 0x20) == pairs[i][0] && (p[2] | 0x20) == pairs[i][1])
			return p + 3;
	return p;
}

static inline const char *contraction(const char *p, const char *end)
{
	return p < end && *p == '\'' ? contraction_at(p, end) : p;
}

/* \p{N}{1,3} */
static const char *number(const char *p, const char *end)
{
	size_t len;

	for (int i = 0; i < 3 && p < end && class_at(p, &len) == CLASS_NUMBER; i++)
		p += len;
	return p;
}

/* The last three alternatives: up to the last line end of a run of white space; else without its last character, which
 * goes with what follows, unless nothing does or there is no other. */
static const char *space(const char *p, const char *end)
{
	const char *q = p, *line = NULL, *last = p;
	enum char_class class;
	size_t len;

	while (q < end && IN(class = class_at(q, &len)) & SET_SPACE) {
		last = q;
		q += len;
		if (class == CLASS_NEWLINE)
			line = q;
	}
	if (line)
		return line;
	return q == end || last == p ? q : last;
}

/* ---- ASCII, eight bytes at a time ---- */

#define EACH(byte) ((uint64_t)(byte)*0x0101010101010101ULL)

/* 80 in each byte that is a letter from a to z. */
static inline uint64_t small_letters(uint64_t word)
{
	uint64_t low = word & EACH(0x7f);

	return (low + EACH(0x80 - 'a')) & ~(low + EACH(0x7f - 'z')) & ~word & EACH(0x80);
}

/* Behind the ASCII letters at p: small ones, or with fold = 20 of either case. */
static inline const char *ascii_run(const char *p, const char *end, unsigned char fold)
{
	uint64_t word;

	while (end - p >= 8) {
		memcpy(&word, p, sizeof(word));
		word = small_letters(word | EACH(fold)) ^ EACH(0x80);
		if (word)
			return p + __builtin_ctzll(word) / 8;
		p += 8;
	}
	while (p < end && (*p | fold) >= 'a' && (*p | fold) <= 'z')
		p++;
	return p;
}

static inline bool ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* U*L+ or, where that fails, U+L*: behind it, or NULL.  Where no small letter follows the capitals, L+ is made of what
 * both sets share, so that the word ends behind the last of those. */
static const char *word_any(const char *p, const char *end)
{
	const char *q = p, *shared = NULL;
	enum char_class class = CLASS_OTHER;
	size_t len;

	while (q < end && IN(class = class_at(q, &len)) & SET_U) {
		q += len;
		if (class != CLASS_UPPER)
			shared = q;
	}
	if (q < end && class == CLASS_LOWER)
		return run(q, end, SET_L);
	return shared ? shared : q > p ? q : NULL;
}

/* The same; quickly if it is all ASCII, where both sets share nothing. */
static inline const char *word(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q >= 'A' && *q <= 'Z')
		q++;
	q = ascii_run(q, end, 0);
	if (q < end && !ascii(*q))
		return word_any(p, end);
	return q > p ? q : NULL;
}

/* The alternative of symbols, from the first of them; whether slashes may stand among the line ends behind. */
static const char *symbols(const char *p, const char *end, bool slash)
{
	p = run(p, end, SET_SYMBOL);
	while (p < end && (*p == '\n' || *p == '\r' || (slash && *p == '/')))
		p++;
	return p;
}

const char *split_o200k(const char *p, const char *end)
{
	size_t len;
	enum char_class class = class_at(p, &len);
	const char *q = NULL, *next = p + len;

	if (class == CLASS_NUMBER)
		return number(p, end);
	if (class == CLASS_NEWLINE)
		return space(p, end);
	/* A mark is an X, too; as such it would end the word in the same place. */
	if (IN(class) & SET_WORD)
		q = word(p, end);
	else if (next < end)
		q = word(next, end);
	if (q)
		return contraction(q, end);
	if (class == CLASS_OTHER)
		return symbols(p, end, true);
	if (*p == ' ' && next < end && class_at(next, &len) == CLASS_OTHER)
		return symbols(next, end, true);
	return space(p, end);
}

/* \p{L}* */
static inline const char *letters(const char *p, const char *end)
{
	p = ascii_run(p, end, 0x20);
	return p < end && !ascii(*p) ? run(p, end, SET_LETTER) : p;
}

const char *split_cl100k(const char *p, const char *end)
{
	size_t len, next_len;
	enum char_class class = class_at(p, &len), after = CLASS_NEWLINE;
	const char *next = p + len, *q = contraction(p, end);

	if (q > p)
		return q;
	if (IN(class) & SET_LETTER)
		return letters(next, end);
	if (class == CLASS_NUMBER)
		return number(p, end);
	if (next < end)
		after = class_at(next, &next_len);
	if (IN(class) & SET_X && IN(after) & SET_LETTER)
		return letters(next + next_len, end);
	if (IN(class) & SET_SYMBOL)
		return symbols(next, end, false);
	if (*p == ' ' && IN(after) & SET_SYMBOL)
		return symbols(next, end, false);
	return space(p, end);
}

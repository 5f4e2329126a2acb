/*
 * jwalk: what the two walkers, jget and jfill, share.  Private to core/json.
 */
#ifndef HEADROOM_JSON_JWALK_H
#define HEADROOM_JSON_JWALK_H

#include "core/json/jfill.h"

/* What a value is shows in its first byte. */
static inline enum jtype jwalk_type(const char *p, const char *end)
{
	static const unsigned char types[256] = {
		['"'] = J_STRING, ['{'] = J_OBJECT, ['['] = J_ARRAY,  ['t'] = J_TRUE,	['f'] = J_FALSE,
		['n'] = J_NULL,	  ['-'] = J_NUMBER, ['0'] = J_NUMBER, ['1'] = J_NUMBER, ['2'] = J_NUMBER,
		['3'] = J_NUMBER, ['4'] = J_NUMBER, ['5'] = J_NUMBER, ['6'] = J_NUMBER, ['7'] = J_NUMBER,
		['8'] = J_NUMBER, ['9'] = J_NUMBER,
	};

	return p < end ? (enum jtype)types[(unsigned char)*p] : J_NONE;
}

static inline bool jwalk_is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

static inline const char *jwalk_skip_digits(const char *p, const char *end)
{
	while (jwalk_is_digit(p, end))
		p++;
	return p;
}

/* Behind a number of JSON's grammar, NULL if there is none. */
static inline const char *jwalk_number_end(const char *p, const char *end)
{
	if (p < end && *p == '-')
		p++;
	if (!jwalk_is_digit(p, end))
		return NULL;
	p = *p == '0' ? p + 1 : jwalk_skip_digits(p, end);
	if (p < end && *p == '.') {
		if (!jwalk_is_digit(++p, end))
			return NULL;
		p = jwalk_skip_digits(p, end);
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (!jwalk_is_digit(p, end))
			return NULL;
		p = jwalk_skip_digits(p, end);
	}
	return p;
}

static inline const char *jwalk_word_end(const char *p, const char *end, str word)
{
	if ((size_t)(end - p) < word.n || memcmp(p, word.p, word.n) != 0)
		return NULL;
	return p + word.n;
}

static inline struct jval *jfill_slot(void *filled, const struct jfill_key *key)
{
	return (struct jval *)(void *)((char *)filled + key->offset);
}

/* Row + 1 of the next key that has one, found by its form; it is then among the guesses.  0 at the end. */
size_t jfill_search_key(const struct jfill_table *t, struct jit *it, uint8_t guesses[static JFILL_GUESSES]);
/* Stores the value the iterator stands before, or what is in it. */
void jfill_take_value(struct jfill *f, const struct jfill_key *key, struct jit *it, void *filled);
/* Puts the iterator before the value at p; white space there is not skipped, and false says that it is
 * none. */
bool jit_stand(struct jit *it, const char *p);

#endif

#include "core/json/jfill.h"

#include "core/json/jscan.h"
#include "core/json/jwalk.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- the usual forms, met without a call ---- */

#ifdef __SSE2__
static inline __m128i load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline unsigned int mask_of(__m128i v)
{
	return (unsigned int)_mm_movemask_epi8(v);
}
#endif

/* Whether the text at p begins with the key. */
static inline bool is_key(const struct jfill_key *key, const char *p, const char *end)
{
#ifdef __SSE2__
	if (end - p >= JFILL_QUOTED) {
		const unsigned int low = mask_of(_mm_cmpeq_epi8(load(p), load(key->quoted)));
		const unsigned int high = mask_of(_mm_cmpeq_epi8(load(p + 16), load(key->quoted + 16)));

		return (~(low | high << 16) & key->mask) == 0;
	}
#endif
	return end - p > key->length && memcmp(p, key->quoted, key->length) == 0;
}

/* The end of a string at p if that is near and no backslash is before it; else NULL: jit_value shall look. */
static inline const char *near_string_end(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	unsigned int found;

	for (const char *far = p + 48; p < far && end - p >= 16; p += 16) {
		found = mask_of(
			_mm_or_si128(_mm_cmpeq_epi8(load(p), quote), _mm_cmpeq_epi8(load(p), backslash)));
		if (found) {
			p += __builtin_ctz(found);
			return *p == '"' ? p : NULL;
		}
	}
#else
	(void)p, (void)end;
#endif
	return NULL;
}

/* Where the value of the next member is, if that member is the expected one, in compact form; else NULL. */
static inline const char *expect_key(const struct jit *it, const struct jfill_key *key)
{
	const char *p = it->p, *end = it->end;

	if (!it->first) {
		if (p >= end || *p != ',')
			return NULL;
		p++;
	}
	if (!is_key(key, p, end))
		return NULL;
	p += key->length;
	return jwalk_type(p, end) != J_NONE ? p : NULL;
}

/* ---- tables ---- */

static inline struct jval *slot(void *filled, const struct jfill_key *key)
{
	return (struct jval *)(void *)((char *)filled + key->offset);
}

/* Row + 1, 0 for a key that has none. */
static size_t find_row(const struct jfill_table *t, str raw_key)
{
	bool escaped = false;
	str name;

	do {
		for (size_t i = 0; i < t->n; i++) {
			name = (str){ t->keys[i].quoted + 1, t->keys[i].length - (size_t)3 };
			if (escaped ? jstr_eq(raw_key, name) : str_eq(raw_key, name))
				return i + 1;
		}
		escaped = !escaped && jstr_escaped(raw_key);
	} while (escaped);
	return 0;
}

/* Row + 1 of the next key that has one, found by its form; it is then among the guesses.  0 at the end. */
static size_t search_key(const struct jfill_table *t, struct jit *it, uint8_t guesses[static JFILL_GUESSES])
{
	size_t row = 0;

	while (row == 0) {
		if (!jit_key(it))
			return 0;
		row = find_row(t, it->key);
	}
	if (!memchr(guesses, (int)row, JFILL_GUESSES)) {
		memmove(guesses + 1, guesses, JFILL_GUESSES - 1);
		guesses[0] = (uint8_t)row;
	}
	return row;
}

/* Stores the value the iterator stands before, or what is in it. */
static void take_value(struct jfill *f, const struct jfill_key *key, struct jit *it, void *filled)
{
	struct jit child;

	if (key->enter) {
		key->enter(f, it);
		return;
	}
	if (key->inside && it->value.type == J_OBJECT && jit_enter(it, &child)) {
		jfill_walk(f, key->inside, &child, filled);
		jit_leave(it, &child);
	}
	jit_value(it);
	if (key->offset != JFILL_SKIP)
		*slot(filled, key) = it->value;
}

/* A string, number or word at p: what it is into *v, and the place behind it; NULL for containers and whatever else. */
static inline const char *take_scalar(struct jval *v, const char *p, const char *end)
{
	const char *stop;

	switch (jwalk_type(p, end)) {
	case J_STRING:
		stop = near_string_end(++p, end);
		*v = (struct jval){ { p, 0 }, J_STRING, stop != NULL };
		if (!stop)
			stop = jscan_current->string_end(p, end);
		v->raw.n = (size_t)(stop - p);
		return stop < end ? stop + 1 : NULL;
	case J_NUMBER:
		stop = jwalk_number_end(p, end);
		v->type = J_NUMBER;
		break;
	case J_TRUE:
		stop = jwalk_word_end(p, end, STR("true"));
		v->type = J_TRUE;
		break;
	case J_FALSE:
		stop = jwalk_word_end(p, end, STR("false"));
		v->type = J_FALSE;
		break;
	case J_NULL:
		stop = jwalk_word_end(p, end, STR("null"));
		v->type = J_NULL;
		break;
	default:
		return NULL;
	}
	if (stop)
		v->raw = (str){ p, (size_t)(stop - p) };
	return stop;
}

/* Takes the next member if it is one of those that came here before; its row + 1, or 0. */
static inline size_t take_guess(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled,
				const uint8_t guesses[static JFILL_GUESSES])
{
	const struct jfill_key *key;
	const char *p, *stop;
	struct jval v = { .plain = false };

	for (int i = 0; i < JFILL_GUESSES && guesses[i]; i++) {
		key = &t->keys[guesses[i] - 1];
		p = expect_key(it, key);
		if (!p)
			continue;
		it->first = false;
		stop = key->enter ? NULL : take_scalar(&v, p, it->end);
		if (stop) {
			it->p = stop;
			if (key->offset != JFILL_SKIP)
				*slot(filled, key) = v;
		} else {
			jit_stand(it, p);
			take_value(f, key, it, filled);
		}
		return guesses[i];
	}
	return 0;
}

void jfill_walk(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled)
{
	uint8_t(*next)[JFILL_GUESSES] = f->next[t->id];
	size_t row = 0, before;

	if (it->pending)
		jit_value(it);
	while (!f->stop && !it->done) {
		before = row;
		row = take_guess(f, t, it, filled, next[before]);
		if (row == 0) {
			row = search_key(t, it, next[before]);
			if (row == 0)
				return;
			take_value(f, &t->keys[row - 1], it, filled);
		}
	}
}

#include "core/json/jfill.h"

#include "core/json/jwalk.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- the usual forms, met without a call ---- */

/* Compares at least four bytes: words that overlap at the end. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
	uint64_t x, y;
	uint32_t v, w;

	if (n < sizeof(x)) {
		memcpy(&v, a, sizeof(v));
		memcpy(&w, b, sizeof(w));
		if (v != w)
			return false;
		memcpy(&v, a + n - sizeof(v), sizeof(v));
		memcpy(&w, b + n - sizeof(w), sizeof(w));
		return v == w;
	}
	for (size_t i = 0; i + sizeof(x) < n; i += sizeof(x)) {
		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		if (x != y)
			return false;
	}
	memcpy(&x, a + n - sizeof(x), sizeof(x));
	memcpy(&y, b + n - sizeof(y), sizeof(y));
	return x == y;
}

/* The end of a string at p if that is near and no backslash is before it; else NULL, and somebody else must look. */
static inline const char *short_string_end(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	unsigned int quotes, backslashes;
	__m128i bytes;

	for (int i = 0; i < 3 && end - p >= 16; i++, p += 16) {
		bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		quotes = (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote));
		backslashes = (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash));
		if (quotes | backslashes)
			return (backslashes & ((quotes & -quotes) - 1)) ? NULL : p + __builtin_ctz(quotes);
	}
#else
	(void)p, (void)end;
#endif
	return NULL;
}

/* Where the value of the next member is, if that member is the expected one, in compact form; else NULL. */
static inline const char *expect_key(const struct jit *it, str quoted)
{
	const char *p = it->p, *end = it->end;

	if (!it->first) {
		if (p >= end || *p != ',')
			return NULL;
		p++;
	}
	if ((size_t)(end - p) <= quoted.n || !same_bytes(p, quoted.p, quoted.n))
		return NULL;
	p += quoted.n;
	return jwalk_type(p, end) != J_NONE ? p : NULL;
}

/* ---- tables ---- */

/* A row's key without its quotes and colon. */
static str plain(const struct jfill_key *key)
{
	return str_sub(key->quoted, 1, key->quoted.n - 3);
}

static inline struct jval *slot(void *filled, const struct jfill_key *key)
{
	return (struct jval *)(void *)((char *)filled + key->offset);
}

/* Row + 1, 0 for a key that has none. */
static size_t find_row(const struct jfill_table *t, str raw_key)
{
	bool escaped = false;

	do {
		for (size_t i = 0; i < t->n; i++)
			if (escaped ? jstr_eq(raw_key, plain(&t->keys[i]))
				    : str_eq(raw_key, plain(&t->keys[i])))
				return i + 1;
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
static void take_member(struct jfill *f, const struct jfill_key *key, struct jit *it, void *filled)
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

/* Takes the next member if it is one of those that came here before; its row + 1, or 0. */
static inline size_t take_guess(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled,
				const uint8_t guesses[static JFILL_GUESSES])
{
	const struct jfill_key *key = NULL;
	const char *p = NULL, *stop;
	size_t row = 0;

	for (int i = 0; i < JFILL_GUESSES && guesses[i] && !p; i++) {
		row = guesses[i];
		key = &t->keys[row - 1];
		p = expect_key(it, key->quoted);
	}
	if (!p)
		return 0;
	it->first = false;
	stop = *p == '"' && !key->enter ? short_string_end(p + 1, it->end) : NULL;
	if (stop) {
		if (key->offset != JFILL_SKIP)
			*slot(filled, key) = (struct jval){ .raw = { p + 1, (size_t)(stop - p) - 1 },
							    .type = J_STRING,
							    .plain = true };
		it->p = stop + 1;
		return row;
	}
	jit_stand(it, p);
	take_member(f, key, it, filled);
	return row;
}

void jfill_walk(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled)
{
	uint8_t *guesses;
	size_t row = 0;

	if (it->pending)
		jit_value(it);
	while (!f->stop && !it->done) {
		guesses = f->next[t->id][row];
		row = take_guess(f, t, it, filled, guesses);
		if (row == 0) {
			row = search_key(t, it, guesses);
			if (row == 0)
				return;
			take_member(f, &t->keys[row - 1], it, filled);
		}
	}
}

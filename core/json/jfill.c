#include "core/json/jfill.h"

/* A row's key without its quotes and colon. */
static str plain(const struct jfill_key *key)
{
	return str_sub(key->quoted, 1, key->quoted.n - 3);
}

/* Row + 1, 0 for a key that has none. */
static size_t find_row(const struct jfill_table *t, str raw_key)
{
	bool escaped = false;

	do {
		for (size_t i = 0; i < t->n; i++)
			if (escaped ? jstr_eq(raw_key, plain(&t->keys[i])) : str_eq(raw_key, plain(&t->keys[i])))
				return i + 1;
		escaped = !escaped && jstr_escaped(raw_key);
	} while (escaped);
	return 0;
}

/* The next key that has a row, which is found behind that of row `last`; NULL at the end. */
static const struct jfill_key *next_key(struct jfill *f, const struct jfill_table *t, struct jit *it, size_t *last)
{
	uint8_t *guess = &f->next[t->id][*last];
	size_t row = *guess;

	if (row == 0 || !jit_expect(it, t->keys[row - 1].quoted)) {
		do {
			if (!jit_key(it))
				return NULL;
			row = find_row(t, it->key);
		} while (row == 0);
		*guess = (uint8_t)row;
	}
	*last = row;
	return &t->keys[row - 1];
}

void jfill_walk(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled)
{
	const struct jfill_key *key;
	struct jit child;
	size_t last = 0;

	while (!f->stop && (key = next_key(f, t, it, &last))) {
		if (key->enter) {
			key->enter(f, it);
			continue;
		}
		if (key->inside && it->value.type == J_OBJECT && jit_enter(it, &child)) {
			jfill_walk(f, key->inside, &child, filled);
			jit_leave(it, &child);
		}
		if (key->offset != JFILL_SKIP)
			*(struct jval *)(void *)((char *)filled + key->offset) = jit_value(it);
	}
}

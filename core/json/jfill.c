#include "core/json/jfill.h"

#include "core/json/jscan.h"
#include "core/json/jwalk.h"

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

size_t jfill_search_key(const struct jfill_table *t, struct jit *it, uint8_t guesses[static JFILL_GUESSES])
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

void jfill_take_value(struct jfill *f, const struct jfill_key *key, struct jit *it, void *filled)
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
		*jfill_slot(filled, key) = it->value;
}

void jfill_walk(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled)
{
	jscan_current->fill(f, t, it, filled);
}

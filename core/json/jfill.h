/*
 * jfill: fills structs of jvals from JSON objects in one walk, led by tables of keys.  Nested objects have
 * tables of their own and may fill the same struct.  Writers keep their keys in one order, mostly: which
 * key followed which is remembered, and tried first.  That makes a walk fast; it never changes what is
 * found.
 */
#ifndef HEADROOM_JSON_JFILL_H
#define HEADROOM_JSON_JFILL_H

#include "core/json/jget.h"

#define JFILL_TABLES 16
#define JFILL_KEYS 47 /* of one table */
#define JFILL_GUESSES 4
#define JFILL_QUOTED 32 /* bits of a mask, too */

struct jfill;
struct jfill_table;

struct jfill_key {
	char quoted[JFILL_QUOTED]; /* as it stands in compact text, "\"cwd\":", and NUL bytes */
	uint8_t length; /* of that */
	uint32_t mask; /* a bit for each of its bytes */
	size_t offset; /* of the struct jval the value goes to, or JFILL_SKIP */
	const struct jfill_table *inside; /* an object's own keys; the value is stored as well */
	void (*enter)(struct jfill *f, struct jit *it); /* takes the value instead */
};

/* A key worth a row only because it is usual: knowing what it looks like is faster than finding its end. */
#define JFILL_SKIP SIZE_MAX
/* Fills in the first three; of names longer than JFILL_QUOTED - 4 the compiler complains. */
#define JFILL_NAMED(name)                                      \
	.quoted = "\"" name "\":", .length = sizeof(name) + 2, \
	.mask = (uint32_t)((1ull << (sizeof(name) + 2)) - 1)

struct jfill_table {
	size_t id; /* below JFILL_TABLES, its own among the tables used with one jfill */
	const struct jfill_key *keys;
	size_t n;
};

/* Zeroed before its first use; may be used for one text after another. */
struct jfill {
	void *ctx; /* for the enter functions */
	bool stop; /* set by one of them: nothing more of this text is wanted */
	/* Of each table: [row + 1 of a key, 0 at the beginning] -> row + 1 of keys that came next, newest first. */
	uint8_t next[JFILL_TABLES][JFILL_KEYS + 1][JFILL_GUESSES];
};

/* Walks through the members of the object `it` is in; `filled` is the struct the offsets refer to. */
void jfill_walk(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled);

#endif

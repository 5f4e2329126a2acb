#include "core/base/map.h"

#include <stdlib.h>

#include "core/base/error.h"

/*
 * Both maps keep their entries in one array in insertion order, and a table of indices into it, twice as long
 * as the array can get, so that a probe soon meets an empty slot.  Nothing is ever removed one by one, so
 * there are no tombstones.
 */
#define FIRST_CAP 8
#define MAX_CAP ((size_t)1 << 31) /* slots hold index + 1 in 32 bits */

/* Doubles the entries and replaces the slots by empty ones, which the caller fills again. */
static void *grow(void *entries, size_t size, size_t *cap, uint32_t **slots, size_t *mask)
{
	size_t bytes;

	if (*cap >= MAX_CAP)
		die_no_memory();
	*cap = *cap ? *cap * 2 : FIRST_CAP;
	if (__builtin_mul_overflow(*cap, size, &bytes))
		die_no_memory();
	free(*slots);
	*slots = xcalloc(*cap * 2, sizeof(**slots));
	*mask = *cap * 2 - 1;
	return xrealloc(entries, bytes);
}

static void place(uint32_t *slots, size_t mask, uint64_t hash, size_t index)
{
	size_t i = hash & mask;

	while (slots[i])
		i = (i + 1) & mask;
	slots[i] = (uint32_t)index + 1;
}

static void clear_slots(uint32_t *slots, size_t mask)
{
	if (slots)
		memset(slots, 0, (mask + 1) * sizeof(*slots));
}

static uint64_t hash_key(uint64_t key)
{
	return hash_mix(key, 0);
}

void map64_init(struct map64 *m)
{
	*m = (struct map64){ 0 };
}

void map64_release(struct map64 *m)
{
	if (!m)
		return;
	free(m->entries);
	free(m->slots);
	map64_init(m);
}

void map64_clear(struct map64 *m)
{
	m->n = 0;
	clear_slots(m->slots, m->mask);
}

uint64_t *map64_get(const struct map64 *m, uint64_t key)
{
	uint32_t slot;

	if (m->n == 0)
		return NULL;
	for (size_t i = hash_key(key) & m->mask; (slot = m->slots[i]); i = (i + 1) & m->mask)
		if (m->entries[slot - 1].key == key)
			return &m->entries[slot - 1].value;
	return NULL;
}

uint64_t *map64_put(struct map64 *m, uint64_t key, bool *fresh)
{
	uint64_t *value = map64_get(m, key);

	if (fresh)
		*fresh = !value;
	if (value)
		return value;
	if (m->n == m->cap) {
		m->entries = grow(m->entries, sizeof(*m->entries), &m->cap, &m->slots, &m->mask);
		for (size_t i = 0; i < m->n; i++)
			place(m->slots, m->mask, hash_key(m->entries[i].key), i);
	}
	m->entries[m->n] = (struct map64_entry){ key, 0 };
	place(m->slots, m->mask, hash_key(key), m->n);
	return &m->entries[m->n++].value;
}

void map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

void map_release(struct map *m)
{
	if (!m)
		return;
	free(m->entries);
	free(m->slots);
	map_init(m);
}

void map_clear(struct map *m)
{
	m->n = 0;
	clear_slots(m->slots, m->mask);
}

static struct map_entry *find(const struct map *m, str key, uint64_t hash)
{
	uint32_t slot;

	if (m->n == 0)
		return NULL;
	for (size_t i = hash & m->mask; (slot = m->slots[i]); i = (i + 1) & m->mask) {
		struct map_entry *e = &m->entries[slot - 1];

		if (e->hash == hash && str_eq(e->key, key))
			return e;
	}
	return NULL;
}

void *map_get(const struct map *m, str key)
{
	struct map_entry *e = find(m, key, str_hash(key));

	return e ? e->value : NULL;
}

struct map_entry *map_put(struct map *m, str key, bool *fresh)
{
	uint64_t hash = str_hash(key);
	struct map_entry *e = find(m, key, hash);

	if (fresh)
		*fresh = !e;
	if (e)
		return e;
	if (m->n == m->cap) {
		m->entries = grow(m->entries, sizeof(*m->entries), &m->cap, &m->slots, &m->mask);
		for (size_t i = 0; i < m->n; i++)
			place(m->slots, m->mask, m->entries[i].hash, i);
	}
	m->entries[m->n] = (struct map_entry){ key, hash, NULL };
	place(m->slots, m->mask, hash, m->n);
	return &m->entries[m->n++];
}

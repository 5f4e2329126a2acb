/*
 * map64: 64-bit key -> 64-bit value.  map: byte string -> pointer; keys are borrowed, the caller keeps them
 * alive (an arena of the same lifetime).  Open addressing; iteration is in insertion order, so output stays
 * deterministic.
 */
#ifndef HEADROOM_BASE_MAP_H
#define HEADROOM_BASE_MAP_H

#include "core/base/str.h"

struct map64_entry {
	uint64_t key, value;
};
struct map64 {
	struct map64_entry *entries; /* insertion order */
	uint32_t *slots; /* index + 1, 0 = empty */
	size_t n, cap, mask;
};

void map64_init(struct map64 *m);
void map64_release(struct map64 *m);
void map64_clear(struct map64 *m);
uint64_t *map64_get(const struct map64 *m, uint64_t key); /* NULL if absent; valid until the next put */
/* Finds or adds (value 0); fresh may be NULL. */
uint64_t *map64_put(struct map64 *m, uint64_t key, bool *fresh);

struct map_entry {
	str key;
	uint64_t hash;
	void *value;
};
struct map {
	struct map_entry *entries; /* insertion order */
	uint32_t *slots;
	size_t n, cap, mask;
};

void map_init(struct map *m);
void map_release(struct map *m);
void map_clear(struct map *m);
void *map_get(const struct map *m, str key); /* NULL if absent */
/* Finds or adds (value NULL); fresh may be NULL; valid until the next put. */
struct map_entry *map_put(struct map *m, str key, bool *fresh);

#endif

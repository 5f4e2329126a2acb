/*
 * Lineages: one conversation with everything that continues or repeats it is one unit of evidence.
 */
#include "analyzers/study.h"
#include "core/base/fs.h"

#define KEYS_AT_ONCE 400000 /* keys held in memory; more are joined in several passes over hash classes */

struct unions {
	uint32_t *parent;
};

static uint32_t root_of(struct unions *u, uint32_t i)
{
	while (u->parent[i] != i) {
		u->parent[i] = u->parent[u->parent[i]];
		i = u->parent[i];
	}
	return i;
}

static void join(struct unions *u, uint32_t a, uint32_t b)
{
	a = root_of(u, a);
	b = root_of(u, b);
	if (a != b)
		u->parent[a < b ? b : a] = a < b ? a : b;
}

static void join_key(struct unions *u, struct map64 *keys, uint64_t key, uint32_t file)
{
	bool fresh = false;
	uint64_t *owner = map64_put(keys, key, &fresh);
	if (fresh)
		*owner = file;
	else
		join(u, (uint32_t)*owner, file);
}

static uint64_t session_of_path(str path)
{
	str base = path_base(path);
	return str_hash(str_ends_c(base, ".jsonl") ? str_sub(base, 0, base.n - 6) : base);
}

static enum status join_files(struct store *store, const struct file_row **rows, size_t n, struct unions *u,
			      unsigned class, unsigned classes, struct error *err)
{
	struct map64 keys;
	struct arena a;
	struct vec entries;
	struct buf packed;
	enum status st = STATUS_OK;
	map64_init(&keys);
	arena_init(&a);
	vec_init(&entries, sizeof(struct entry));
	buf_init(&packed, SIZE_MAX);
	for (uint32_t i = 0; i < n && st == STATUS_OK; i++) {
		if (class == 0) {
			join_key(u, &keys, session_of_path(rows[i]->path), i);
			if (rows[i]->parent.n)
				join_key(u, &keys, str_hash(rows[i]->parent), i);
		}
		for (uint32_t k = 0; k < rows[i]->segments && st == STATUS_OK; k++) {
			buf_clear(&packed);
			vec_clear(&entries);
			arena_reset(&a);
			st = store_segment_get(store, rows[i]->id, k, &packed, err);
			if (st != STATUS_OK || !digest_unpack(&a, buf_str(&packed), &entries))
				continue;
			for (size_t e = 0; e < entries.n; e++) {
				const struct entry *en = vec_at(&entries, e);
				bool keyed = en->kind == ENTRY_CALL || en->kind == ENTRY_SESSION;
				if (keyed && en->id % classes == class)
					join_key(u, &keys, en->id, i);
			}
		}
		if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	map64_release(&keys);
	arena_release(&a);
	vec_release(&entries);
	buf_release(&packed);
	return st;
}

/* The copy with the most calls first: it holds what the shorter ones repeat, with what came after. */
static int most_calls_first(const void *x, const void *y)
{
	const struct file_row *a = *(const struct file_row *const *)x, *b = *(const struct file_row *const *)y;
	return a->calls == b->calls ? str_cmp(a->path, b->path) : a->calls > b->calls ? -1 : 1;
}

enum status lineage_group(struct arena *a, struct store *store, const struct file_row **rows, size_t n, struct vec *out,
			  struct error *err)
{
	struct unions u = { .parent = arena_array(a, n + 1, sizeof(uint32_t)) };
	uint64_t calls = 0;
	for (uint32_t i = 0; i < n; i++) {
		u.parent[i] = i;
		calls += rows[i]->calls;
	}
	unsigned classes = 1 + (unsigned)(calls / KEYS_AT_ONCE);
	for (unsigned c = 0; c < classes; c++) {
		enum status st = join_files(store, rows, n, &u, c, classes, err);
		if (st != STATUS_OK)
			return st;
	}
	uint32_t *group = arena_array(a, n + 1, sizeof(uint32_t)), *size = arena_array(a, n + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
		size[root_of(&u, i)]++;
	for (uint32_t i = 0; i < n; i++) { /* a root is the lowest index of its set, so it comes first */
		uint32_t r = root_of(&u, i);
		if (r == i) {
			struct lineage_files *l = vec_push(out);
			l->rows = arena_array(a, size[i], sizeof(*l->rows));
			group[i] = (uint32_t)out->n - 1;
		}
		struct lineage_files *l = vec_at(out, group[r]);
		l->rows[l->n++] = rows[i];
	}
	for (size_t i = 0; i < out->n; i++) {
		struct lineage_files *l = vec_at(out, i);
		struct vec view = { .p = l->rows, .n = l->n, .cap = l->n, .size = sizeof(*l->rows) };
		vec_sort(&view, most_calls_first);
	}
	return STATUS_OK;
}

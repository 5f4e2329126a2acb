/*
 * Lineages: one conversation with everything that continues or repeats it is one unit of evidence.
 */
#include "analyzers/study.h"
#include "core/base/fs.h"
#include "core/base/work.h"

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
	struct buf packed;
	enum status st = STATUS_OK;
	map64_init(&keys);
	buf_init(&packed, SIZE_MAX);
	for (uint32_t i = 0; i < n && st == STATUS_OK; i++) {
		if (class == 0) {
			join_key(u, &keys, session_of_path(rows[i]->path), i);
			if (rows[i]->parent.n)
				join_key(u, &keys, str_hash(rows[i]->parent), i);
		}
		for (uint32_t k = 0; k < rows[i]->segments && st == STATUS_OK; k++) {
			size_t ids_n = 0;
			str part;
			if (!store_segment_held(store, rows[i]->id, k, &part)) {
				buf_clear(&packed);
				st = store_segment_get(store, rows[i]->id, k, &packed, err);
				part = buf_str(&packed);
			}
			const char *ids = st == STATUS_OK ? digest_ids(part, &ids_n) : NULL;
			for (size_t e = 0; e < ids_n; e++) {
				uint64_t id;
				memcpy(&id, ids + 8 * e, 8);
				if (id % classes == class)
					join_key(u, &keys, id, i);
			}
		}
		if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	map64_release(&keys);
	buf_release(&packed);
	return st;
}

/* The copy with the most calls first: it holds what the shorter ones repeat, with what came after. */
static int most_calls_first(const void *x, const void *y)
{
	const struct file_row *a = *(const struct file_row *const *)x,
			      *b = *(const struct file_row *const *)y;
	return a->calls == b->calls ? str_cmp(a->path, b->path) : a->calls > b->calls ? -1 : 1;
}

enum status lineage_group(struct arena *a, struct store *store, const struct file_row **rows, size_t n,
			  struct vec *out, struct error *err)
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
	uint32_t *group = arena_array(a, n + 1, sizeof(uint32_t)),
		 *size = arena_array(a, n + 1, sizeof(uint32_t));
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

/* ---- many lineages at once --------------------------------------------------------------------------------------- */

struct each {
	struct study *s;
	struct study *own; /* one a worker */
	const struct vec *groups;
	lineage_fn *fn;
	void *ctx;
	pthread_mutex_t lock; /* status and error */
	enum status status;
	struct error error;
};

static bool each_one(void *ctx, int worker, size_t item)
{
	struct each *e = ctx;
	struct error err = { 0 };
	struct study *own = &e->own[worker];
	own->lineage = (uint32_t)item;
	enum status st = work_interrupted()
				 ? error_set(&err, STATUS_INTERRUPTED, "interrupted; nothing was written")
				 : e->fn(e->ctx, own, worker, item, vec_at(e->groups, item), &err);
	if (st == STATUS_OK)
		return true;
	pthread_mutex_lock(&e->lock);
	if (e->status == STATUS_OK) {
		e->status = st;
		e->error = err;
	}
	pthread_mutex_unlock(&e->lock);
	return false;
}

static int by_lineage(const void *a, const void *b)
{
	uint32_t x = ((const struct evidence *)a)->lineage, y = ((const struct evidence *)b)->lineage;
	return x < y ? -1 : x > y;
}

static void join_study(struct study *s, struct study *own)
{
	for (size_t i = 0; i < own->evidence.n; i++)
		*(struct evidence *)vec_push(&s->evidence) = *(struct evidence *)vec_at(&own->evidence, i);
	s->sessions += own->sessions;
	s->calls += own->calls;
	s->failures += own->failures;
	for (int k = 0; k < FAIL_COUNT; k++)
		s->by_class[k] += own->by_class[k];
}

static void release_arena(void *arena)
{
	arena_release(arena);
}

enum status lineage_each(struct study *s, const struct vec *groups, lineage_fn *fn, void *ctx,
			 struct error *err)
{
	int jobs = s->jobs < 1 || groups->n < 2 ? 1 : s->jobs;
	struct each e = { .s = s, .groups = groups, .fn = fn, .ctx = ctx };
	pthread_mutex_t store_lock;
	pthread_mutex_init(&e.lock, NULL);
	pthread_mutex_init(&store_lock, NULL);
	e.own = arena_array(s->arena, (size_t)jobs, sizeof(*e.own));
	for (int i = 0; i < jobs; i++) {
		struct study *own = &e.own[i];
		*own = *s;
		own->arena =
			arena_alloc(s->arena, sizeof(*own->arena)); /* evidence lives as long as the study */
		arena_init(own->arena);
		arena_defer(s->arena, release_arena, own->arena);
		own->store_lock = &store_lock;
		own->sessions = own->calls = own->failures = 0;
		memset(own->by_class, 0, sizeof(own->by_class));
		vec_init(&own->evidence, sizeof(struct evidence));
		map64_init(&own->touched);
		map64_init(&own->seen);
	}
	work_run(jobs, groups->n, each_one, &e);
	for (int i = 0; i < jobs; i++) {
		join_study(s, &e.own[i]);
		vec_release(&e.own[i].evidence);
		map64_release(&e.own[i].touched);
		map64_release(&e.own[i].seen);
	}
	vec_sort(&s->evidence, by_lineage);
	pthread_mutex_destroy(&e.lock);
	pthread_mutex_destroy(&store_lock);
	if (e.status != STATUS_OK && err)
		*err = e.error;
	return e.status;
}

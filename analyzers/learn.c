#include "analyzers/learn.h"
#include "analyzers/recall.h"

#include "core/base/env.h"
#include "core/base/fs.h"

#define FOLDER_MOVES 2 /* single moves that make a folder worth asking for */

/* ---- whole folders ----------------------------------------------------------------------------------------------- */

/* A candidate seen as part of a folder's move: old = from/rest and now = to/rest. */
static bool moved_with(const struct candidate *c, str from, str to)
{
	const struct finding *f = &c->f;
	return c->reason == REASON_NONE && f->kind == KIND_PATH_MOVED && f->wrong.n > from.n &&
	       f->right.n > to.n && str_starts(f->wrong, from) && str_starts(f->right, to) &&
	       f->wrong.p[from.n] == '/' && str_eq(str_from(f->wrong, from.n), str_from(f->right, to.n));
}

static size_t count_moved_with(const struct vec *candidates, size_t n, str from, str to)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += moved_with(vec_at(candidates, i), from, to);
	return count;
}

/* The folder whose move explains the most candidates, the innermost of equals; false if no folder as a whole moved. */
static bool best_folder(struct tree *tree, const struct vec *candidates, size_t n, const struct candidate *c,
			str *from, str *to)
{
	size_t best = FOLDER_MOVES - 1;
	str a = c->f.wrong, b = c->f.right;
	while (a.n && b.n && str_eq(path_base(a), path_base(b))) {
		a = path_dir(a);
		b = path_dir(b);
		size_t count = a.n && b.n ? count_moved_with(candidates, n, a, b) : 0;
		str now;
		if (count <= best || !tree_is_gone(tree, a) ||
		    tree_history(tree, a, &now, NULL) != HISTORY_RENAMED || !str_eq(now, b))
			continue;
		best = count;
		*from = a;
		*to = b;
	}
	return best >= FOLDER_MOVES;
}

void fold_folders(struct study *s, struct tree *tree, struct vec *candidates)
{
	size_t n = candidates->n;
	for (size_t i = 0; i < n; i++) {
		struct candidate *c = vec_at(candidates, i);
		str from, to;
		if (c->reason != REASON_NONE || c->f.kind != KIND_PATH_MOVED ||
		    !best_folder(tree, candidates, n, c, &from, &to))
			continue;
		struct candidate folder = *c;
		folder.f.wrong = from = arena_str(s->arena, from);
		folder.f.right = to = arena_str(s->arena, to);
		vec_init(&folder.evidence, sizeof(const struct evidence *));
		for (size_t k = 0; k < n; k++) {
			struct candidate *o = vec_at(candidates, k);
			if (!moved_with(o, from, to))
				continue;
			for (size_t e = 0; e < o->evidence.n; e++)
				*(const struct evidence **)vec_push(&folder.evidence) =
					*(const struct evidence **)vec_at(&o->evidence, e);
			o->reason = REASON_WEAK;
			o->note = STR("told once for the whole folder");
		}
		*(struct candidate *)vec_push(candidates) = folder;
	}
}

/* ---- one project ------------------------------------------------------------------------------------------------- */

static void study_init(struct study *s, struct arena *a, const struct project *project, struct store *store,
		       const struct learn_input *in)
{
	memset(s, 0, sizeof(*s));
	s->arena = a;
	s->project = project;
	s->store = store;
	s->now = in->now;
	s->since = in->since;
	s->jobs = in->jobs;
	vec_init(&s->evidence, sizeof(struct evidence));
	vec_init(&s->lineages, sizeof(struct lineage));
	map64_init(&s->touched);
	map64_init(&s->seen);
}

static void study_release(struct study *s)
{
	vec_release(&s->evidence);
	vec_release(&s->lineages);
	map64_release(&s->touched);
	map64_release(&s->seen);
}

void learned_release(struct learned *l)
{
	for (size_t i = 0; i < l->learnings.n; i++)
		vec_release(&((struct learning *)vec_at(&l->learnings, i))->c.evidence);
	for (size_t i = 0; i < l->suppressed.n; i++)
		vec_release(&((struct learning *)vec_at(&l->suppressed, i))->c.evidence);
	vec_release(&l->learnings);
	vec_release(&l->suppressed);
	vec_release(&l->stale);
	vec_release(&l->decided);
	study_release(&l->study);
}

/* Evidence for something that was published earlier gets the time of its publication, to count what came after. */
static void published_times(const struct study *s, const struct vec *items, struct map64 *out)
{
	for (size_t i = 0; i < s->evidence.n; i++) {
		const struct evidence *e = vec_at(&s->evidence, i);
		for (size_t k = 0; k < items->n && e->wrong_key; k++) {
			const struct item_row *row = vec_at(items, k);
			if (row->verdict == VERDICT_PUBLISHED && str_eq(row->wrong, e->wrong)) {
				*map64_put(out, e->wrong_key, NULL) = (uint64_t)row->first_ms;
				if (e->right_key)
					*map64_put(out, e->right_key, NULL) = (uint64_t)row->first_ms;
			}
		}
	}
}

static void judge_all(struct study *s, struct tree *tree, const struct weights *w, struct vec *candidates)
{
	fold_folders(s, tree, candidates);
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *c = vec_at(candidates, i);
		verify(s, tree, c);
		c->f.text = finding_phrase(s->arena, c->f.kind, c->f.wrong, c->f.right, c->f.about);
		finding_id(c->f.id, c->f.kind, c->f.wrong);
		if (c->f.text.n == 0 || !is_safe(c))
			c->reason = REASON_UNSAFE;
		judge_evidence(s, w, c);
	}
}

static enum status read_sessions(struct study *s, const struct file_row **rows, size_t n,
				 const struct vec *items, struct weights *w, struct error *err)
{
	struct map64 published;
	struct arena scratch;
	struct vec groups;
	map64_init(&published);
	arena_init(&scratch);
	vec_init(&groups, sizeof(struct lineage_files));
	enum status st = lineage_group(&scratch, s->store, rows, n, &groups, err);
	if (st == STATUS_OK)
		st = drive(s, &groups, err);
	if (st == STATUS_OK) {
		published_times(s, items, &published);
		st = weigh(s, &groups, &published, w, err);
	}
	map64_release(&published);
	vec_release(&groups);
	arena_release(&scratch);
	return st;
}

enum status learn_project(struct arena *a, struct store *store, const struct project *project,
			  struct tree *tree, const struct file_row **rows, size_t n,
			  const struct learn_input *in, const struct vec *items, struct learned *out,
			  struct error *err)
{
	struct weights w;
	struct vec candidates;
	struct study *s = &out->study;
	study_init(s, a, project, store, in);
	vec_init(&out->learnings, sizeof(struct learning));
	vec_init(&out->suppressed, sizeof(struct learning));
	vec_init(&out->stale, sizeof(struct stale_rule));
	vec_init(&out->decided, sizeof(struct item_row));
	vec_init(&candidates, sizeof(struct candidate));
	weights_init(&w);
	uint64_t key = recall_key(s, rows, n, items);
	enum status st = STATUS_OK;
	if (!recall_load(s, &w, key)) {
		st = read_sessions(s, rows, n, items, &w, err);
		if (st == STATUS_OK)
			recall_save(s, &w, key);
	}
	if (st == STATUS_OK) {
		gather(s, &w, tree, &candidates);
		judge_all(s, tree, &w, &candidates);
		settle(s, tree, in, items, &candidates, out);
	}
	weights_release(&w);
	vec_release(&candidates); /* the learnings own the evidence lists now */
	return st;
}

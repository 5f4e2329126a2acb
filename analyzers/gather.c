/*
 * From evidence to candidates: one for each statement; paths with all that was found for them, permissions at the depth that
 * explains the refusals, searches with the folder that holds the hits.
 */
#include "analyzers/candidate.h"
#include "analyzers/similar.h"
#include "core/base/env.h"
#include "core/base/fs.h"

#define PATH_PUBLISH 0.75
#define UNIQUE_NAME 0.15
#define COMMON_NAME 0.15 /* times log2 of how often */
#define TOO_COMMON 5
#define AMBIGUOUS 0.1
#define MAJORITY 0.8
#define SEARCH_PATTERNS 3

static struct candidate *add(struct vec *out, enum finding_kind kind, str wrong, str right, str about)
{
	struct candidate *c = vec_push(out);
	c->f.kind = kind;
	c->f.wrong = wrong;
	c->f.right = right;
	c->f.about = about;
	c->f.target = finding_types[kind].target;
	vec_init(&c->evidence, sizeof(const struct evidence *));
	return c;
}

void candidates_release(struct vec *candidates)
{
	for (size_t i = 0; i < candidates->n; i++)
		vec_release(&((struct candidate *)vec_at(candidates, i))->evidence);
	vec_release(candidates);
}

static void attach(struct candidate *c, const struct evidence *e)
{
	*(const struct evidence **)vec_push(&c->evidence) = e;
}

struct cluster {
	str wrong;
	enum finding_kind kind;
	struct vec items; /* const struct evidence * */
};

static const struct evidence *item(const struct cluster *g, size_t i)
{
	return *(const struct evidence **)vec_at(&g->items, i);
}

static uint32_t lineages_of(const struct cluster *g, str right, bool any)
{
	struct map64 seen;
	map64_init(&seen);
	for (size_t i = 0; i < g->items.n; i++)
		if (any || str_eq(item(g, i)->right, right))
			map64_put(&seen, item(g, i)->lineage, NULL);
	uint32_t n = (uint32_t)seen.n;
	map64_release(&seen);
	return n;
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static double log2_of(size_t k)
{
	double bits = 0;
	for (; k > 1; k = (k + 1) / 2)
		bits += 1;
	return bits;
}

/* Points of one right side: the best that any detour gave it, and what the repository adds. */
static double score_of(const struct cluster *g, str right, struct tree *tree)
{
	double best = 0;
	bool hinted = false, found_by_search = false;
	for (size_t i = 0; i < g->items.n; i++) {
		const struct evidence *e = item(g, i);
		if (e->unsolved || !str_eq(e->right, right))
			continue;
		hinted |= e->hinted;
		found_by_search |= e->discovered;
		if (e->score > best)
			best = e->score;
	}
	if (best <= 0 && !hinted)
		return 0;
	if (hinted)
		return 1.0;
	/* many folders have a file of that name: that there is one elsewhere says little */
	bool generic = is_generic_name(path_base(right)) && str_ieq(path_base(right), path_base(g->wrong));
	if (tree_has_git(tree)) {
		size_t k = tree_count_base(tree, path_base(right), false, NULL);
		if (k <= 1)
			best += generic && !found_by_search ? 0 : UNIQUE_NAME;
		else if (!found_by_search) {
			if (k >= TOO_COMMON)
				return 0;
			best -= COMMON_NAME * log2_of(k);
		}
	}
	return best;
}

static void gather_path(struct study *s, struct tree *tree, const struct cluster *g, struct vec *out)
{
	struct vec rights; /* str */
	vec_init(&rights, sizeof(str));
	for (size_t i = 0; i < g->items.n; i++) {
		const struct evidence *e = item(g, i);
		bool known = e->unsolved;
		for (size_t k = 0; k < rights.n && !known; k++)
			known = str_eq(*(str *)vec_at(&rights, k), e->right);
		if (!known && tree_exists(tree, e->right) && tree_is_file(tree, e->right))
			*(str *)vec_push(&rights) = e->right;
	}
	str best = { NULL, 0 };
	double top = 0, second = 0;
	for (size_t k = 0; k < rights.n; k++) {
		str right = *(str *)vec_at(&rights, k);
		double score = score_of(g, right, tree);
		if (score > top) {
			second = top;
			top = score;
			best = right;
		} else if (score > second) {
			second = score;
		}
	}
	bool hinted = false, created = false;
	for (size_t i = 0; i < g->items.n; i++)
		if (!item(g, i)->unsolved && str_eq(item(g, i)->right, best)) {
			hinted |= item(g, i)->hinted;
			created |= item(g, i)->created;
		}
	bool paired = best.n && top >= PATH_PUBLISH && top - second > AMBIGUOUS &&
		      !(created && !tree_tracked(tree, best));
	vec_release(&rights);
	/* git decides, whatever the sessions found; the pair is kept for when git knows nothing */
	str now;
	char commit[41];
	enum history_kind history =
		tree_has_git(tree) ? tree_history(tree, g->wrong, &now, commit) : HISTORY_UNKNOWN;
	struct candidate *c;
	if (history == HISTORY_RENAMED && now.n) {
		c = add(out, KIND_PATH_MOVED, g->wrong, arena_str(s->arena, now), STR(""));
		c->f.proof = PROOF_GIT_RENAME;
		c->proof_detail = arena_str(s->arena, str_c(commit));
	} else if (paired) {
		c = add(out, KIND_PATH_NAME, g->wrong, best, STR(""));
		c->f.proof = hinted ? PROOF_HINT : tree_tracked(tree, best) ? PROOF_TRACKED : PROOF_STAT;
	} else {
		str only = STR(""), folded = STR("");
		str base = path_base(g->wrong);
		size_t same = tree_has_git(tree) ? tree_count_base(tree, base, false, &only) : 0;
		size_t like = tree_has_git(tree) ? tree_count_base(tree, base, true, &folded) : 0;
		bool unsolved_everywhere = !best.n;
		bool programs = true; /* a program that is not there may be installed or built at any time */
		for (size_t i = 0; i < g->items.n; i++)
			programs &= item(g, i)->program;
		if (programs)
			return;
		if (history == HISTORY_NEVER && unsolved_everywhere && !is_generic_name(base) &&
		    (same == 1 || (same == 0 && like == 1))) {
			/* never there, and exactly one tracked file has that name */
			c = add(out, KIND_PATH_NAME, g->wrong, arena_str(s->arena, same == 1 ? only : folded),
				STR(""));
			c->f.proof = PROOF_TRACKED;
			c->proposed = true;
		} else {
			c = add(out, history == HISTORY_REMOVED ? KIND_PATH_REMOVED : KIND_MISSING_PATH,
				g->wrong, STR(""), STR(""));
			c->f.proof = PROOF_STAT;
			if (history == HISTORY_REMOVED)
				c->proof_detail = arena_str(s->arena, str_c(commit));
			c->ambiguous = same == 1;
		}
	}
	/* a failure counts once, with the detour that led to this right side where there is one */
	for (size_t i = 0; i < g->items.n; i++) {
		const struct evidence *e = item(g, i);
		bool mine = e->unsolved;
		for (size_t k = 0; k < g->items.n && mine; k++) {
			const struct evidence *o = item(g, k);
			mine = o->unsolved || o->failed.id != e->failed.id || !str_eq(o->right, c->f.right);
		}
		if (mine || (!e->unsolved && str_eq(e->right, c->f.right)))
			attach(c, e);
	}
}

/* ---- searches ---------------------------------------------------------------------------------------------------- */

static void gather_search(struct study *s, const struct cluster *g, struct vec *out)
{
	(void)s;
	/* the deepest folder that holds the hits of at least MAJORITY of the searches */
	str best = { NULL, 0 };
	for (size_t i = 0; i < g->items.n; i++)
		for (str dir = item(g, i)->right;; dir = path_dir(dir)) {
			size_t inside = 0;
			for (size_t k = 0; k < g->items.n; k++)
				inside += path_within(item(g, k)->right, dir);
			if ((double)inside >= MAJORITY * (double)g->items.n) {
				if (!best.p || dir.n > best.n)
					best = dir;
				break;
			}
			if (dir.n == 0)
				break;
		}
	struct map64 patterns;
	map64_init(&patterns);
	struct candidate *c = add(out, KIND_SEARCH_SCOPE, g->wrong, best.n ? best : STR("."), STR(""));
	for (size_t i = 0; i < g->items.n; i++)
		if (best.p && path_within(item(g, i)->right, best)) {
			attach(c, item(g, i));
			map64_put(&patterns, str_hash(item(g, i)->extra), NULL);
		}
	if (patterns.n < SEARCH_PATTERNS)
		c->reason = REASON_WEAK;
	if (!best.n) { /* the root is no folder to name */
		c->reason = REASON_WEAK;
		c->note = STR("the hits are all over the project");
	}
	map64_release(&patterns);
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void gather_pairs(struct study *s, const struct cluster *g, struct vec *out)
{
	(void)s;
	uint32_t all = lineages_of(g, STR(""), true), most = 0;
	const struct evidence *top = item(g, 0);
	for (size_t i = 0; i < g->items.n; i++) {
		uint32_t n = lineages_of(g, item(g, i)->right, false);
		if (n > most) {
			most = n;
			top = item(g, i);
		}
	}
	struct candidate *c = add(out, g->kind, g->wrong, top->right, top->about);
	c->where = top->extra;
	for (size_t i = 0; i < g->items.n; i++)
		if (str_eq(item(g, i)->right, top->right)) {
			attach(c, item(g, i));
			if (item(g, i)->hinted)
				c->hinted = true;
		}
	if ((double)most < MAJORITY * (double)all) {
		c->reason = REASON_CONTRADICTED;
		c->note = STR("several forms worked");
	}
}

static unsigned words_in(str s)
{
	unsigned n = 1;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* The first n words. */
static str first_words(str s, unsigned n)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' && --n == 0)
			return str_sub(s, 0, i);
	return s;
}

/* True when this depth has refusals that differ in the very next word, and is never carried out. */
static bool broad_enough(const struct cluster *g, const struct weights *w)
{
	struct map64 children;
	map64_init(&children);
	for (size_t i = 0; i < g->items.n; i++)
		map64_put(&children, str_hash(first_words(item(g, i)->extra, words_in(g->wrong) + 1)), NULL);
	bool broad = children.n >= 2;
	map64_release(&children);
	const struct tally *t = weights_of(w, item(g, 0)->wrong_key);
	return broad && lineages_of(g, STR(""), true) >= 2 && (!t || t->worked == 0);
}

static void gather_permissions(const struct vec *clusters, const struct weights *w, struct vec *out)
{
	for (size_t i = 0; i < clusters->n; i++) {
		const struct cluster *g = vec_at(clusters, i);
		if (g->kind != KIND_PERMISSION)
			continue;
		/* the fullest request, unless a shorter one covers it */
		bool fullest = str_eq(item(g, 0)->extra, g->wrong), covered = false;
		bool broad = !fullest && broad_enough(g, w);
		for (size_t k = 0; k < clusters->n && !covered; k++) {
			const struct cluster *o = vec_at(clusters, k);
			if (o->kind != KIND_PERMISSION || k == i || words_in(o->wrong) >= words_in(g->wrong))
				continue;
			covered = str_starts(g->wrong, o->wrong) && g->wrong.p[o->wrong.n] == ' ' &&
				  broad_enough(o, w);
		}
		if (covered || (!fullest && !broad))
			continue;
		struct candidate *c = add(out, KIND_PERMISSION, g->wrong, STR(""), g->wrong);
		for (size_t k = 0; k < g->items.n; k++)
			attach(c, item(g, k));
	}
}

/* A relative path in a shell that had been left in a sub-folder: from the root it is right. */
static bool is_cwd_slip(struct tree *tree, const struct evidence *e)
{
	bool path = e->kind == KIND_MISSING_PATH || e->kind == KIND_PATH_NAME;
	return path && e->extra.n && tree_exists(tree, e->extra);
}

void gather(struct study *s, const struct weights *w, struct tree *tree, struct vec *candidates)
{
	struct map64 index;
	struct vec clusters;
	map64_init(&index);
	vec_init(&clusters, sizeof(struct cluster));
	for (size_t i = 0; i < s->evidence.n; i++) {
		const struct evidence *e = vec_at(&s->evidence, i);
		if (e->refuted || is_cwd_slip(tree, e))
			continue;
		enum finding_kind kind =
			finding_types[e->kind].section == SECTION_PATHS ? KIND_MISSING_PATH : e->kind;
		uint64_t *at = map64_put(&index, hash_mix((uint64_t)kind + 1, str_hash(e->wrong)), NULL);
		if (!*at) {
			struct cluster *fresh = vec_push(&clusters);
			fresh->wrong = e->wrong;
			fresh->kind = kind;
			vec_init(&fresh->items, sizeof(const struct evidence *));
			*at = clusters.n;
		}
		struct cluster *g = vec_at(&clusters, *at - 1);
		*(const struct evidence **)vec_push(&g->items) = e;
	}
	for (size_t i = 0; i < clusters.n; i++) {
		const struct cluster *g = vec_at(&clusters, i);
		if (g->kind == KIND_MISSING_PATH && tree_is_gone(tree, g->wrong) && tree_has_git(tree))
			tree_history_want(tree, g->wrong);
	}
	for (size_t i = 0; i < clusters.n; i++) {
		const struct cluster *g = vec_at(&clusters, i);
		if (g->kind == KIND_MISSING_PATH)
			gather_path(s, tree, g, candidates);
		else if (g->kind == KIND_SEARCH_SCOPE)
			gather_search(s, g, candidates);
		else if (g->kind != KIND_PERMISSION)
			gather_pairs(s, g, candidates);
	}
	gather_permissions(&clusters, w, candidates);
	for (size_t i = 0; i < clusters.n; i++)
		vec_release(&((struct cluster *)vec_at(&clusters, i))->items);
	vec_release(&clusters);
	map64_release(&index);
}

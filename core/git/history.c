/*
 * history: where paths that are not in HEAD went.
 *
 * One walk from HEAD backwards finds for each path the commit in which it vanished; comparing tree entries of a commit
 * and its parents, equal subtrees skipped, is much cheaper than a diff.  Then the same commits are visited once more
 * from there forwards: each rename on the way sets a new path to look for, until one is in HEAD.
 *
 * A path vanished in a commit when all its parents had it.  A merge that lacks what only some of its parents had merely
 * took over what the others did; it is blamed only if nothing else explains the loss.
 */
#include "core/git/repo.h"

#include "core/base/env.h"
#include "core/git/changes.h"

#define MAX_COMMITS 5000
#define MAX_US 2000000
#define SEARCH_US 1500000 /* of these for the way back */
#define MAX_PARENTS 16
#define MS_PER_S 1000

struct commit {
	git_oid id;
	int64_t time; /* ms */
};

enum stage {
	STAGE_SEARCH, /* for the commit in which it vanished */
	STAGE_FOLLOW, /* from that commit on */
	STAGE_DONE
};

struct quest {
	struct history *asked;
	enum stage stage;
	str path; /* asked for, later where the chain has led to */
	const char **parts; /* its components */
	size_t depth;
	size_t at; /* index of the commit in which it vanished last */
	unsigned parent; /* against which */
	bool lost; /* at and parent name a merge that lacks it, no better explanation was met yet */
};

struct walk {
	struct repo *repo;
	struct arena *a; /* for answers */
	struct arena scratch;
	struct quest *quests;
	size_t n, open; /* quests, and how many are still in the stage at hand */
	struct vec commits; /* struct commit, as walked: children first */
	int64_t deadline;
	bool complete;
};

/* A commit with its tree and those of its parents. */
struct step {
	git_tree *now, *before[MAX_PARENTS];
	git_oid parents[MAX_PARENTS];
	unsigned n;
};

static void set_path(struct walk *w, struct quest *q, str path)
{
	str rest = path, part;

	q->path = path;
	q->depth = 0;
	for (size_t i = 0; i < path.n; i++)
		q->depth += path.p[i] == '/';
	q->parts = arena_array(&w->scratch, q->depth + 1, sizeof(*q->parts));
	for (q->depth = 0; str_split(&rest, '/', &part); q->depth++)
		q->parts[q->depth] = arena_c(&w->scratch, part);
}

static bool in_head(struct walk *w, str path)
{
	const struct git_lib *git = w->repo->git;
	git_tree_entry *entry = NULL;
	bool found;

	if (path.n == 0)
		return true;
	found = git->tree_entry_bypath(&entry, w->repo->tree, arena_c(&w->scratch, path)) == 0;
	git->tree_entry_free(entry);
	return found;
}

/* ---- one commit ---- */

static void step_release(struct walk *w, struct step *s)
{
	for (unsigned i = 0; i < s->n; i++)
		w->repo->git->tree_free(s->before[i]);
	w->repo->git->tree_free(s->now);
}

/* False if objects are missing (shallow and partial clones). */
static bool step_load(struct walk *w, const git_oid *id, struct step *s, int64_t *time)
{
	const struct git_lib *git = w->repo->git;
	git_commit *commit;
	bool ok = true;

	*s = (struct step){ 0 };
	if (git->commit_lookup(&commit, w->repo->handle, id) != 0)
		return false;
	*time = git->commit_time(commit) * MS_PER_S;
	ok = git->commit_tree(&s->now, commit) == 0;
	for (unsigned i = 0; ok && i < git->commit_parentcount(commit) && i < MAX_PARENTS; i++) {
		s->parents[i] = *git->commit_parent_id(commit, i);
		s->before[i] = git_tree_of(w->repo, &s->parents[i]);
		ok = s->before[i] != NULL;
		s->n += ok;
	}
	git->commit_free(commit);
	if (!ok)
		step_release(w, s);
	return ok;
}

static git_tree *subtree(struct walk *w, const git_tree_entry *entry)
{
	git_tree *tree;

	if (w->repo->git->tree_entry_type(entry) != GIT_OBJECT_TREE ||
	    w->repo->git->tree_lookup(&tree, w->repo->handle, w->repo->git->tree_entry_id(entry)) != 0)
		return NULL;
	return tree;
}

static bool has(struct walk *w, const git_tree *tree, const char *const *parts, size_t depth)
{
	const git_tree_entry *entry = w->repo->git->tree_entry_byname(tree, parts[0]);
	git_tree *below;
	bool found;

	if (!entry || depth == 1)
		return entry != NULL;
	below = subtree(w, entry);
	if (!below)
		return false;
	found = has(w, below, parts + 1, depth - 1);
	w->repo->git->tree_free(below);
	return found;
}

/* True if the path is in `before` but not in `now`. */
static bool vanished(struct walk *w, const git_tree *now, const git_tree *before, const char *const *parts,
		     size_t depth)
{
	const struct git_lib *git = w->repo->git;
	const git_tree_entry *was = git->tree_entry_byname(before, parts[0]);
	const git_tree_entry *is = git->tree_entry_byname(now, parts[0]);
	git_tree *below_was, *below_is;
	bool gone;

	if (!was || (is && git->oid_cmp(git->tree_entry_id(was), git->tree_entry_id(is)) == 0))
		return false;
	if (depth == 1)
		return !is;
	below_was = subtree(w, was);
	if (!below_was)
		return false;
	below_is = is ? subtree(w, is) : NULL;
	if (below_is)
		gone = vanished(w, below_is, below_was, parts + 1, depth - 1);
	else
		gone = has(w, below_was, parts + 1, depth - 1);
	git->tree_free(below_is);
	git->tree_free(below_was);
	return gone;
}

/* True if the quest's path vanished here; a merge that only lacks it is remembered. */
static bool look(struct walk *w, struct quest *q, const struct step *s, size_t at)
{
	unsigned gone = 0, last = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (vanished(w, s->now, s->before[i], q->parts, q->depth)) {
			gone++;
			last = i;
		}
	}
	if (gone == 0 || (gone < s->n && q->lost))
		return false;
	q->at = at;
	q->parent = gone == s->n ? 0 : last;
	q->lost = gone < s->n;
	return !q->lost;
}

/* ---- backwards ---- */

/* Looks for all open quests in one commit; false if it cannot be read. */
static bool search_commit(struct walk *w, const git_oid *id)
{
	struct commit *commit;
	struct step s;
	int64_t time;
	size_t at = w->commits.n;

	if (!step_load(w, id, &s, &time))
		return false;
	commit = vec_push(&w->commits);
	*commit = (struct commit){ *id, time };
	for (size_t i = 0; i < w->n; i++) {
		if (w->quests[i].stage == STAGE_SEARCH && look(w, &w->quests[i], &s, at)) {
			w->quests[i].stage = STAGE_FOLLOW;
			w->open--;
		}
	}
	step_release(w, &s);
	return true;
}

static enum status search(struct walk *w, struct error *err)
{
	const struct git_lib *git = w->repo->git;
	git_revwalk *revwalk;
	int64_t deadline = w->deadline - (MAX_US - SEARCH_US);
	git_oid id;
	int rc;

	if (git->revwalk_new(&revwalk, w->repo->handle) != 0)
		return git_failed(w->repo, "walking the history", err);
	/* Unsorted means by date as the walk proceeds; every other order reads the whole history first. */
	git->revwalk_sorting(revwalk, GIT_SORT_NONE);
	rc = git->revwalk_push(revwalk, &w->repo->head);
	while (rc == 0 && w->open > 0 && w->commits.n < MAX_COMMITS && env_monotonic_us() < deadline) {
		rc = git->revwalk_next(&id, revwalk);
		if (rc == 0 && !search_commit(w, &id))
			rc = GIT_ENOTFOUND;
	}
	w->complete = rc == GIT_ITEROVER && git->repository_is_shallow(w->repo->handle) == 0;
	git->revwalk_free(revwalk);
	return STATUS_OK;
}

/* What the walk did not find: a merge may be to blame; or it never was; or nothing can be said. */
static void settle_search(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct quest *q = &w->quests[i];

		if (q->stage != STAGE_SEARCH)
			continue;
		q->stage = w->complete && q->lost ? STAGE_FOLLOW : STAGE_DONE;
		q->asked->kind = w->complete ? HISTORY_NEVER : HISTORY_UNKNOWN;
	}
}

/* ---- forwards ---- */

static void set_commit(struct walk *w, struct quest *q)
{
	const struct commit *commit = vec_at(&w->commits, q->at);

	w->repo->git->oid_tostr(q->asked->commit, sizeof(q->asked->commit), &commit->id);
	q->asked->time = commit->time;
}

static void done(struct walk *w, struct quest *q, enum history_kind kind)
{
	struct history *h = q->asked;

	q->stage = STAGE_DONE;
	h->kind = kind;
	if (kind == HISTORY_REMOVED)
		set_commit(w, q);
	if (kind == HISTORY_UNKNOWN) {
		h->commit[0] = '\0';
		h->time = 0;
	}
	w->open--;
}

/* The quest's path vanished in this commit: where did it go? */
static void follow(struct walk *w, struct quest *q, struct changes *c, const struct step *s)
{
	const struct commit *commit = vec_at(&w->commits, q->at);
	enum moved moved = MOVED_UNCLEAR;
	str to = { 0 };

	if (changes_load(c, &commit->id, &s->parents[q->parent]))
		moved = changes_find(c, w->a, q->path, &to);
	if (moved != MOVED_TO) {
		done(w, q, moved == MOVED_NOWHERE ? HISTORY_REMOVED : HISTORY_UNKNOWN);
		return;
	}
	if (q->asked->commit[0] == '\0')
		set_commit(w, q);
	q->lost = false;
	set_path(w, q, to);
	if (in_head(w, to)) {
		q->asked->now = to;
		done(w, q, HISTORY_RENAMED);
	}
}

static void follow_commit(struct walk *w, struct changes *c, size_t at)
{
	const struct commit *commit = vec_at(&w->commits, at);
	struct step s;
	int64_t time;

	if (!step_load(w, &commit->id, &s, &time))
		return;
	for (size_t i = 0; i < w->n; i++) {
		struct quest *q = &w->quests[i];

		if (q->stage != STAGE_FOLLOW || q->at < at)
			continue;
		if (q->at == at || look(w, q, &s, at))
			follow(w, q, c, &s);
	}
	step_release(w, &s);
}

static void follow_all(struct walk *w)
{
	struct changes c;
	size_t from = 0;

	w->open = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (w->quests[i].stage != STAGE_FOLLOW)
			continue;
		w->open++;
		if (w->quests[i].at >= from)
			from = w->quests[i].at + 1;
	}
	changes_init(&c, w->repo, w->deadline);
	for (size_t at = from; at-- > 0 && w->open > 0 && env_monotonic_us() < w->deadline;)
		follow_commit(w, &c, at);
	changes_release(&c);
	/* A chain that is lost in a merge, or for lack of time, proves nothing. */
	for (size_t i = 0; i < w->n; i++) {
		if (w->quests[i].stage == STAGE_FOLLOW)
			done(w, &w->quests[i], HISTORY_UNKNOWN);
	}
}

/* ---- the question ---- */

static void start(struct walk *w, struct history *asked)
{
	w->quests = arena_array(&w->scratch, w->n, sizeof(*w->quests));
	for (size_t i = 0; i < w->n; i++) {
		struct quest *q = &w->quests[i];
		struct history *h = q->asked = &asked[i];

		h->kind = HISTORY_NEVER;
		h->now = STR("");
		h->commit[0] = '\0';
		h->time = 0;
		q->stage = STAGE_DONE;
		if (!w->repo->tree)
			continue;
		if (in_head(w, h->path)) {
			h->kind = HISTORY_PRESENT;
			continue;
		}
		q->stage = STAGE_SEARCH;
		set_path(w, q, h->path);
		w->open++;
	}
}

enum status repo_history(struct repo *r, struct arena *a, struct history *asked, size_t n, struct error *err)
{
	struct walk w = { .repo = r, .a = a, .n = n, .deadline = env_monotonic_us() + MAX_US };
	enum status status = STATUS_OK;

	arena_init(&w.scratch);
	vec_init(&w.commits, sizeof(struct commit));
	start(&w, asked);
	if (w.open > 0)
		status = search(&w, err);
	if (status == STATUS_OK) {
		settle_search(&w);
		follow_all(&w);
	}
	vec_release(&w.commits);
	arena_release(&w.scratch);
	return status;
}

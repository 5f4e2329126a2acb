/*
 * repo: what the repository says about a path, by inspection only.  The only user of libgit2, which is loaded on first
 * use (dlopen), because loading it costs several milliseconds and most runs need none of it; where it is missing,
 * repo_open fails with a message and everything else goes on without git.
 * Paths given and returned are relative to the work tree's root, '/'-separated, without "./".
 */
#ifndef HEADROOM_GIT_REPO_H
#define HEADROOM_GIT_REPO_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/vec.h"

/* Identity of the repository a path lies in; found by reading .git files, without libgit2. */
struct repo_id {
	str root; /* work tree that holds the path, absolute and real */
	str common; /* git common directory, real: the same for all worktrees */
	str main_root; /* root of the main work tree; equals root for a bare or missing main tree */
};

/* Walks up from path (which need not exist: the nearest existing ancestor counts).  False: not in a repository. */
bool repo_identify(struct arena *a, str path, struct repo_id *out);
/* Roots of all work trees the repository knows (main, linked, and linked ones whose folder is gone but whose
 * administrative folder remains): appended to roots (vec of str). */
void repo_worktree_roots(struct arena *a, const struct repo_id *id, struct vec *roots);
/* Changes whenever HEAD, its branch or the index changes; 0 if unreadable.  Costs a few small reads and stats. */
uint64_t repo_fingerprint(const struct repo_id *id);

struct repo;

enum status repo_open(const struct repo_id *id, struct repo **out, struct error *err);
void repo_free(struct repo *r);

/* Hex object id of HEAD's commit, "" on an unborn branch. */
str repo_head(struct repo *r);
/* True if commit `ancestor` (hex) is HEAD or one of its ancestors. */
bool repo_descends(struct repo *r, str ancestor);
/* In the index (staged or committed). */
bool repo_tracked(struct repo *r, str path);
/* A folder with at least one tracked file below it ("" is true when anything is tracked). */
bool repo_tracked_dir(struct repo *r, str dir);
/* Excluded by .gitignore, info/exclude or core.excludesFile (the last from repository configuration only). */
bool repo_ignored(struct repo *r, str path);
/* All tracked paths, sorted; borrowed from r. */
const str *repo_files(struct repo *r, size_t *n);
/* Tracked files whose base name equals `base` (ASCII case ignored if fold): appended to out (vec of str). */
void repo_find_base(struct repo *r, str base, bool fold, struct vec *out);
/* Content of a path at HEAD; STATUS_NOT_FOUND if absent there. */
enum status repo_blob(struct repo *r, str path, struct buf *out, struct error *err);

/* True if a commit between `since` (hex, exclusive) and HEAD holds `path` with `text` in it and HEAD's does not hold
 * it any more; at most 1,000 commits are looked at. */
bool repo_text_removed(struct repo *r, str path, str text, str since);

enum history_kind {
	HISTORY_UNKNOWN, /* limits reached before an answer, or two targets are as good: nothing may be said */
	HISTORY_NEVER, /* no commit in reach of HEAD ever had it, and the walk was complete */
	HISTORY_PRESENT, /* in HEAD */
	HISTORY_RENAMED, /* was there; a chain of renames ends at a path in HEAD */
	HISTORY_REMOVED /* was there; deleted without a rename */
};

struct history {
	str path; /* asked */
	enum history_kind kind;
	str now; /* RENAMED: where the chain ends, tracked at HEAD */
	char commit[41]; /* RENAMED: the first rename of the chain; REMOVED: the deletion; else "" */
	int64_t time; /* of that commit, ms */
};

/* Fills kind, now (arena a), commit and time for n paths in one walk over at most 5,000 commits and 2 seconds.
 * Explicit diff options: rename detection on, similarity >= 60, limit 1,000, user configuration ignored.
 * A directory path is answered for the whole folder: RENAMED when at least 80 % of the tracked files below it
 * moved to one other folder keeping their relative names. */
enum status repo_history(struct repo *r, struct arena *a, struct history *asked, size_t n, struct error *err);

#endif

/*
 * git: an open repository, and what its files and its history share.  Private to core/git.
 */
#ifndef HEADROOM_GIT_GIT_H
#define HEADROOM_GIT_GIT_H

#include "core/git/lib.h"
#include "core/git/repo.h"

struct repo {
	const struct git_lib *git;
	git_repository *handle;
	git_index *index; /* lends the paths below; NULL if it cannot be read */
	git_tree *tree; /* of HEAD, NULL on an unborn branch */
	git_oid head;
	char head_hex[41];
	struct arena a;
	struct vec files; /* str, sorted */
	struct vec bases; /* struct base, in order of folded name, then of path; empty until asked for */
	bool listed;
};

/* The last error of libgit2 behind a message of ours. */
enum status git_failed(const struct repo *r, const char *doing, struct error *err);
git_tree *git_tree_of(const struct repo *r, const git_oid *commit); /* NULL if missing */

/* ---- similarity of two contents ---- */

struct signature {
	struct chunk *chunks; /* in order of hash, each once */
	size_t n;
	uint64_t bytes;
};

void signature_make(struct arena *a, str content, struct signature *out);
/* Percentage of the larger content that is found in the other. */
unsigned signature_compare(const struct signature *x, const struct signature *y);

/* ---- where a path went in one commit ---- */

enum moved {
	MOVED_NOWHERE,
	MOVED_TO,
	MOVED_UNCLEAR /* good candidates rival, or the time is up */
};

/* What one commit added and deleted against one parent. */
struct changes {
	struct repo *repo;
	git_odb *odb;
	int64_t deadline; /* monotonic, microseconds */
	bool late;
	git_diff *diff; /* lends the paths below */
	git_oid commit; /* whose changes these are */
	struct arena a; /* signatures of their contents */
	struct vec added, deleted; /* struct change, in order of path */
};

void changes_init(struct changes *c, struct repo *r, int64_t deadline);
void changes_release(struct changes *c);
/* Loads the changes of a commit unless they are loaded already; false if objects are missing. */
bool changes_load(struct changes *c, const git_oid *commit, const git_oid *parent);
/* Where `path`, a file or a folder that the commit deleted, went; the new path in a. */
enum moved changes_find(struct changes *c, struct arena *a, str path, str *to);

#endif

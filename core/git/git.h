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

#endif

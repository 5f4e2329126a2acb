/*
 * changes: what one commit added and deleted, and where a deleted path went.  Private to core/git.
 *
 * libgit2 can pair all files of a commit, at a cost that grows with the square of their number and cannot be
 * interrupted.  Here one deleted path is asked about, so it is compared with the added ones, and the good candidates
 * with the other deleted ones that might claim them.
 */
#ifndef HEADROOM_GIT_CHANGES_H
#define HEADROOM_GIT_CHANGES_H

#include "core/git/git.h"

struct change {
	str path; /* borrowed from the diff */
	git_oid blob;
	size_t size;
	git_object_t type; /* once the size is known; a submodule is no blob and found only if identical */
	struct signature *signature; /* NULL until needed */
};

/* What one commit added and deleted against one parent. */
struct changes {
	struct repo *repo;
	git_odb *odb;
	int64_t deadline; /* monotonic, microseconds */
	bool late;
	git_diff *diff; /* lends the paths below */
	git_oid commit, parent; /* whose changes these are */
	struct arena a; /* signatures of their contents */
	struct vec added, deleted; /* struct change, in order of path */
};

void changes_init(struct changes *c, struct repo *r, int64_t deadline);
void changes_release(struct changes *c);
/* Loads the changes of a commit unless they are loaded already; false if objects are missing. */
bool changes_load(struct changes *c, const git_oid *commit, const git_oid *parent);
struct change *changes_lookup(const struct vec *changes, str path); /* NULL if absent */
bool changes_identical(const struct changes *c, const struct change *x, const struct change *y);
bool changes_same_base(const struct change *x, const struct change *y);

/*
 * How much two files are one and the same: their similarity in thousandths, raised a little by what their names have
 * in common; 0 below the threshold, and for everything once the time is up.
 */
unsigned changes_score(struct changes *c, struct change *x, struct change *y);
#define SCORE_PERCENT 1000
#define SCORE_IDENTICAL (100 * SCORE_PERCENT)

enum moved {
	MOVED_NOWHERE,
	MOVED_TO,
	MOVED_UNCLEAR /* good candidates rival, or the time is up */
};

/* Where `path`, a file or a folder that the commit deleted, went; the new path in a. */
enum moved changes_find(struct changes *c, struct arena *a, str path, str *to);

#endif

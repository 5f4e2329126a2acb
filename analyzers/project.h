/*
 * project: which repository a path or a recorded working directory belongs to.  All work trees of a repository are one
 * project; a path is always told relative to its own work tree's root.  Folders recorded elsewhere (--moved-from) are read
 * as the root.  Nothing here decodes an agent's folder names.
 */
#ifndef HEADROOM_ANALYZERS_PROJECT_H
#define HEADROOM_ANALYZERS_PROJECT_H

#include "core/base/vec.h"
#include "core/git/repo.h"

struct project {
	struct arena *arena;
	str root; /* the work tree the user named; without git the folder itself */
	str main_root; /* of the main work tree: names the agent's memory folder */
	bool git, exists;
	struct repo_id id; /* if git */
	struct vec roots; /* str: every spelling of every root, normalised, longest first */
	struct vec spelled; /* str: the same as agents record them, to find their logs */
	struct vec moved; /* str: the --moved-from paths among them */
	char key[17]; /* 16 hex digits: the same for every work tree of the repository */
};

/* path: absolute or relative to the working directory; need not exist. */
void project_init(struct project *p, struct arena *a, str path, const struct vec *moved_from);
void project_release(struct project *p);
/* A path as recorded: "C:\\x\\y" of another machine becomes "/C:/x/y"; others are returned as they are. */
str project_portable(struct arena *a, str path);
/* True when the absolute path lies in the project; rel is relative to its work tree's root ("" for the root). */
bool project_owns(const struct project *p, str path, str *rel); /* path: portable */
/* Resolves a path as recorded (absolute, or relative to cwd) to its repository-relative form, normalised. */
bool project_resolve(const struct project *p, struct arena *a, str cwd, str path, str *rel);
/* The absolute path of a repository-relative one in the work tree the user works in. */
const char *project_path(const struct project *p, struct arena *a, str rel);

#endif

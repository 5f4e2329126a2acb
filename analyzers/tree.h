/*
 * tree: what the project itself says, by inspection only, never by running anything.  Existence, sizes and modes are looked up
 * fresh; what git says is remembered in the store as long as HEAD and the index stay the same, so that an unchanged
 * repository costs nothing (libgit2 is not even loaded).  All paths are repository-relative.
 */
#ifndef HEADROOM_ANALYZERS_TREE_H
#define HEADROOM_ANALYZERS_TREE_H

#include "analyzers/form.h"
#include "analyzers/project.h"
#include "core/store/store.h"

struct tree;

struct tree *tree_new(const struct project *p, struct store *store);
/* Saves what was learned about this state of the repository. */
void tree_free(struct tree *t);

const char *tree_path(const struct tree *t, struct arena *a, str path); /* absolute */
bool tree_exists(struct tree *t, str path); /* in exactly this spelling, also where case is folded */
bool tree_is_gone(struct tree *t, str path); /* not there, or a left-over folder without tracked files */
bool tree_is_dir(struct tree *t, str path);
bool tree_is_file(struct tree *t, str path);
bool tree_is_executable(struct tree *t, str path);
int64_t tree_size(struct tree *t, str path); /* bytes, -1 if it is no file */

bool tree_has_git(const struct tree *t);
bool tree_tracked(struct tree *t, str path); /* file, or folder with tracked files */
bool tree_ignored(struct tree *t, str path);
/* Number of tracked files with this base name; *only is the path when there is exactly one (fold: ASCII case). */
size_t tree_count_base(struct tree *t, str base, bool fold, str *only);
/* Answers for many paths cost one walk: ask for all first. */
void tree_history_want(struct tree *t, str path);
enum history_kind tree_history(struct tree *t, str path, str *now, char commit[41]);
str tree_head(struct tree *t); /* commit id, "" without git */
bool tree_descends(struct tree *t, str ancestor); /* HEAD does from this commit */
bool tree_same_as_head(struct tree *t, str path); /* the file holds exactly what HEAD has */
/* A commit after `since` held the file with this text in it; HEAD does not. */
bool tree_text_removed(struct tree *t, str path, str text, str since);

/* ---- manifests (inspect.c) --------------------------------------------------------------------------------------- */

/* The lockfile or manifest that says the project uses this tool, in dir or a folder above it: "" if none. */
str tree_evidence_of_tool(struct tree *t, str dir, str tool);
/* The project names this tool itself: in a manifest, a lockfile or among its installed programs. */
bool tree_names_tool(struct tree *t, str dir, str tool);
/* True if a runner ("make", "npm", "just"...) has this target in dir: 1 yes, 0 no, -1 cannot be told. */
int tree_has_target(struct tree *t, str dir, str runner, str target);
/* The manifest a program needs in its working directory ("go" -> go.mod) is in dir: 1, 0, or -1 for other programs. */
int tree_has_manifest(struct tree *t, str dir, str program);
/* The text stands in one of the project's example environment files or compose files. */
bool tree_mentions_variable(struct tree *t, str name);

#endif

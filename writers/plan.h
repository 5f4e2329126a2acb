/*
 * plan: what a run would do to files, then doing it.  All targets are planned and checked first; if one
 * refuses nothing is written.  Writing: lock, backup, temporary file in the same folder, fsync, compare the
 * file with the bytes that were read (STATUS_CHANGED if they differ), rename, fsync of the folder; mode and
 * owner are kept.
 */
#ifndef HEADROOM_WRITERS_PLAN_H
#define HEADROOM_WRITERS_PLAN_H

#include "core/base/buf.h"
#include "writers/writer.h"

enum plan_action {
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_UNCHANGED,
	ACTION_REFUSE,
	ACTION_COUNT
};
extern const char *const action_names[ACTION_COUNT];

struct plan_file {
	str path; /* absolute; symbolic links resolved; "" if this target has no file here */
	str shown; /* relative to the project root when inside, else with ~ */
	enum plan_action action;
	bool existed;
	bool remove; /* UPDATE: an earlier apply created the file and nothing else is in it: it is deleted */
	bool soft; /* REFUSE: skipped, not unsafe (the file would grow too long): the others are written */
	str before, after; /* whole contents; the same when refused */
	str reason; /* REFUSE: why, what to do */
	enum target target;
};

/* Reads the file, splices the block in ("" = take our block out; never creates a file for an empty block) and
 * checks limits.  Never fails: what cannot be done is ACTION_REFUSE with its reason. */
void plan_file_block(struct arena *a, const struct write_place *place, const struct writer *writer, str block,
		     struct plan_file *out);
/* Plans to take the block out of the other shared files of a writer that still hold one (vec of struct
 * plan_file, appended), such as .claude/CLAUDE.md once there is a CLAUDE.md.  None with place->local. */
void plan_strays(struct arena *a, const struct write_place *place, const struct writer *writer,
		 struct vec *files);
/* The bullets that stand in our block of a writer's file now (vec of struct marker_bullet, appended); none
 * without a block.  *path: the file, as in plan_file. */
void plan_current(struct arena *a, const struct write_place *place, const struct writer *writer,
		  struct vec *bullets, str *path);
/* Unified diff with three lines of context, "" when unchanged; names "a/<shown>" and "b/<shown>", /dev/null
 * for a created or deleted file; escape sequences of contents are kept out by the caller when it prints. */
str plan_diff(struct arena *a, const struct plan_file *file);

/* Applies all or nothing visible: STATUS_REFUSED if any file refuses, STATUS_CHANGED if one changed meanwhile
 * (files already renamed are put back), else the first I/O error.  home: $HEADROOM_HOME for lock and backups;
 * project: key the backups are filed under.  *changed counts the files whose bytes changed. */
enum status plan_apply(const char *home, str project, const struct plan_file *files, size_t n,
		       size_t *changed, struct error *err);
/* Reverts the last apply of this project that changed bytes.  A file nobody touched since is restored byte
 * for byte, or deleted if that apply created it; one that was edited outside the block keeps the edits; one
 * whose block was changed is STATUS_REFUSED, and nothing is written.  *restored = 0 with STATUS_OK when there
 * is nothing to undo.  told: a line about each file of that apply. */
enum status plan_undo(const char *home, str project, size_t *restored, struct buf *told, struct error *err);
/* Removes backups and left-over temporary files of a project. */
enum status plan_forget(const char *home, str project, struct error *err);

#endif

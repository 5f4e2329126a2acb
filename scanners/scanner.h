/*
 * scanner: how the logs of one agent are found and read.  A new agent is one file, one row in registry.c,
 * one fixture folder and one golden.  A scanner knows its agent's format and nothing of learning.
 */
#ifndef HEADROOM_SCANNERS_SCANNER_H
#define HEADROOM_SCANNERS_SCANNER_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/vec.h"
#include "core/model/event.h"
#include "core/model/transcript.h"

struct jsonl_stats;

/* One session log on disk. */
struct session_file {
	str path; /* absolute */
	str group; /* folder name the agent filed it under ("-home-u-app"), an opaque label */
	str parent; /* session id of the parent for a sub-agent's file, else "" */
	uint64_t device, inode, size;
	int64_t mtime_ns;
};

struct scan_roots {
	const char *override; /* --claude-dir and the like, NULL = the agent's own variables and defaults */
	int jobs; /* threads that may look through folders; 0 is one, too */
};

/* What is known of a finished or interrupted read. */
struct scan_stats {
	uint64_t bytes;
	uint32_t lines, skipped, unknown_kinds; /* lines skipped as broken; records of kinds never seen */
	bool partial; /* the last line is still being written */
};

struct scanner {
	const char *name; /* "claude" */
	const char *title; /* "Claude Code" */
	/* Folders looked at, for messages: appended to `dirs` (vec of str, arena a). */
	void (*roots)(struct arena *a, const struct scan_roots *roots, struct vec *dirs);
	/* Appends struct session_file for each log that can belong to one of the project roots (absolute
	 * normal paths; n = 0: every log).  A log "can belong" when its folder's name is the encoding of a
	 * root or starts with one; the caller confirms by the records' cwd. */
	enum status (*discover)(struct arena *a, const struct scan_roots *roots, const str *projects,
				size_t n, struct vec *files, struct error *err);
	/* A reader state that can be used for one file after another; free with close.  Without `usage` no EVENT_USAGE is
	 * told, and records that say nothing else are left as early as possible. */
	void *(*open)(bool usage);
	/* Starts a file at offset/line (0/1 for the beginning). */
	enum status (*start)(void *reader, const struct session_file *file, uint64_t offset, uint32_t line,
			     struct error *err);
	/* STATUS_OK with an event, STATUS_DONE at the end. */
	enum status (*next)(void *reader, struct event *event, struct error *err);
	/* Where a later run goes on. */
	void (*position)(void *reader, uint64_t *offset, uint32_t *line, struct scan_stats *stats);
	/* The n bytes before that place into out; false if they are no longer in memory. */
	bool (*tail)(void *reader, char *out, size_t n);
	void (*close)(void *reader);
	/* Where the agent keeps its per-project memory file for a repository's main root: "" if it has
	 * none. */
	str (*memory_file)(struct arena *a, const struct scan_roots *roots, str root);
	/* Tells a session log as what was sent and answered, piece by piece (core/model/transcript.h).  fn returns false
	 * to stop, which is STATUS_OK; NULL where an agent's logs do not say enough. */
	enum status (*transcript)(const struct session_file *file,
				  bool (*fn)(void *ctx, const struct piece *p), void *ctx,
				  struct scan_stats *stats, struct error *err);
};

extern const struct scanner *const scanners[]; /* NULL-terminated */
const struct scanner *scanner_by_name(str name); /* NULL if unknown */

#endif

/*
 * writer: where learnings of one target go for one agent, and how they look there.  A new one is one file and
 * one row in registry.c.  Writers see findings, not sessions.
 */
#ifndef HEADROOM_WRITERS_WRITER_H
#define HEADROOM_WRITERS_WRITER_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/vec.h"
#include "core/model/finding.h"

struct write_place { /* where the project is */
	str root; /* work tree the user works in, absolute and real; "" if gone */
	str memory_path; /* the agent's memory file for this repository, "" = none or disabled */
	str home, project; /* $HEADROOM_HOME and key of the backups, which tell what we created; may be "" */
	bool local; /* --local: the personal file instead of the shared one */
};

struct write_limits {
	size_t max_lines, max_bytes; /* of the whole file after writing, 0 = none */
};

struct writer {
	const char *name; /* "claude_md" */
	const char *agent; /* "claude" */
	enum target target;
	struct write_limits limits;
	/* Shared files below the root where an earlier run may have put the block, up to NULL; or NULL. */
	const char *const *places;
	/* The effective existing file, or the one to create, symbolic links not yet followed.
	 * STATUS_NOT_FOUND when this target has no file here (memory disabled, project gone). */
	enum status (*locate)(struct arena *a, const struct write_place *place, str *path, struct error *err);
	/* The block with markers, headings and bullets, LF; "" when items is empty.  Items are sorted here by
	 * section, then by their canonical key; PINNED texts verbatim. */
	str (*render)(struct arena *a, const struct finding *items, size_t n);
};

extern const struct writer writer_claude_md, writer_memory_md;
extern const struct writer *const writers[]; /* NULL-terminated */

#endif

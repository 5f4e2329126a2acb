/*
 * replace: the contents of several files at once, as far as a file system allows.  Everything new is written
 * to temporary files beside the old ones and synced before the first rename; each file is compared with what
 * it is expected to hold right before its rename; when one fails, those already renamed are put back.
 */
#ifndef HEADROOM_WRITERS_REPLACE_H
#define HEADROOM_WRITERS_REPLACE_H

#include <sys/types.h>

#include "core/base/arena.h"
#include "core/base/error.h"

struct change {
	str path; /* absolute, no symbolic link */
	str before, after; /* whole contents; ignored where the file does not exist */
	bool existed; /* false: there must be no file now */
	bool remains; /* false: the file is deleted */
	mode_t mode; /* of a new file, 0 = as the umask says; a file that exists keeps its own */
};

/* STATUS_CHANGED if a file holds something else than `before`; else the first error of the system.  *back is
 * false if that happened half-way and could not be undone: some files then hold `after`. */
enum status replace_files(const struct change *changes, size_t n, bool *back, struct error *err);
/* True if the file is in the state before (or after) the change. */
bool replace_is_before(const struct change *c);
bool replace_is_after(const struct change *c);
/* Syncs a folder where the file system can. */
enum status replace_sync_dir(const char *dir, struct error *err);
/* Name of the temporary file that process `pid` uses for a path. */
const char *replace_temp_name(struct arena *a, str path, long pid);

#endif

/*
 * manifest: the record of one apply, a text file in the folder of its backup:
 *
 *	headroom backup 1
 *	pid 4711
 *	state begun
 *	file 1 1 0 644 /home/ada/app/CLAUDE.md
 *
 * A file line says whether the file existed, whether it remains, whether an apply created it, and its mode;
 * control bytes and '%' of its path are written as %xx.
 */
#ifndef HEADROOM_WRITERS_MANIFEST_H
#define HEADROOM_WRITERS_MANIFEST_H

#include "writers/replace.h"

struct backup_file {
	struct change change; /* without contents, which stand in files of their own */
	bool ours; /* the file exists because an apply created it */
};

struct backup {
	const char *dir;
	long pid; /* process that works on it or did so last */
	bool done; /* else begun: files may be in either state */
	struct backup_file *files;
	size_t n;
};

/* Writes the manifest of b->dir, synced, as this process's. */
enum status manifest_write(struct backup *b, bool done, struct error *err);
/* STATUS_NOT_FOUND if the folder has none, STATUS_FAILED if it is damaged. */
enum status manifest_read(struct arena *a, const char *dir, struct backup *out, struct error *err);
/* Writes a whole file of mode 0600 and syncs it; flags: O_EXCL or O_TRUNC. */
enum status manifest_write_synced(const char *path, str bytes, int flags, struct error *err);

#endif

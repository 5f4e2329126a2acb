/*
 * backup: what each apply did, so that it can be undone and a run that was killed can be tidied up.
 *
 *	$HEADROOM_HOME/backups/<project>/<number>/manifest
 *	                                          0.before	whole contents; no such file where
 *	                                          0.after	there was none
 *
 * An entry is on disk, synced, before the first file changes ("begun") and marked "done" behind the last one.
 * All functions but backup_created expect the caller to hold the lock.  Strings live in the arena given.
 */
#ifndef HEADROOM_WRITERS_BACKUP_H
#define HEADROOM_WRITERS_BACKUP_H

#include "writers/manifest.h"

#define BACKUP_KEEP 20

enum status backup_begin(struct arena *a, const char *home, str project, const struct change *changes,
			 size_t n, struct backup *out, struct error *err);
/* The newest entry with the contents of its files; STATUS_DONE if there is none. */
enum status backup_last(struct arena *a, const char *home, str project, struct backup *out,
			struct error *err);
void backup_drop(const struct backup *b);
/* Removes what killed runs left: temporary files, entries that changed nothing or were never complete.  A
 * damaged entry stays for backup_last to complain about. */
enum status backup_recover(const char *home, str project, struct error *err);
/* True if the newest entry was left by a process that was killed. */
bool backup_unfinished(const char *home, str project);
/* Removes all entries but the newest `keep`; an error if none should be left and one is. */
enum status backup_rotate(const char *home, str project, size_t keep, struct error *err);
/* True if the newest entry that names the file says that an apply created it. */
bool backup_created(const char *home, str project, str path);

#endif

/*
 * lock: one writer at a time for everything below $HEADROOM_HOME.  The lock is the system's (fcntl) and dies
 * with the process that holds it; the file stays.
 */
#ifndef HEADROOM_WRITERS_LOCK_H
#define HEADROOM_WRITERS_LOCK_H

#include "core/base/error.h"

#define LOCK_WAIT_MS 5000

/* Creates the folder and takes its lock, waiting at most wait_ms; *fd is for lock_release. */
enum status lock_take(const char *home, int wait_ms, int *fd, struct error *err);
void lock_release(int fd);

#endif

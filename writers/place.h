/*
 * place: may this file be written?  Follows symbolic links, but only to a regular .md file of the same work
 * tree and never into .git; refuses whatever is no regular file.
 */
#ifndef HEADROOM_WRITERS_PLACE_H
#define HEADROOM_WRITERS_PLACE_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* The real name of `path`, a file below the folder `tree` that may be missing (with its folder).  Both are
 * absolute.  STATUS_REFUSED with the reason. */
enum status place_resolve(struct arena *a, str tree, str path, str *real, struct error *err);
/* STATUS_DENIED if the file, or the folder it would be created in, does not let us write. */
enum status place_writable(struct arena *a, str real, struct error *err);

#endif

/*
 * listing: what `ls -l` and `find` print.  A listing is names above all: they all stay; columns that nobody asked for go,
 * and that they went is told.  Private to the text compressor.
 */
#ifndef HEADROOM_COMPRESS_LISTING_H
#define HEADROOM_COMPRESS_LISTING_H

#include "core/compress/compress.h"
#include "core/compress/lines.h"

/* Is the text a listing, and which?  Then *shorter says whether out got a shorter form. */
bool listing_run(const struct lines *l, const struct squeeze *s, struct buf *out, bool *shorter);

#endif

/*
 * adaptive: how many of a list of things say what all of them say.  Near duplicates by SimHash, the knee of the curve of
 * distinct word bigrams (Kneedle), checked by compressibility (zlib's idea, measured with a cheap model).  Looks at
 * ADAPTIVE_SAMPLE evenly spread items at most, and at the beginning of each, so that its cost has a limit.
 */
#ifndef HEADROOM_COMPRESS_ADAPTIVE_H
#define HEADROOM_COMPRESS_ADAPTIVE_H

#include "core/base/arena.h"

#define ADAPTIVE_SAMPLE 100 /* items */

uint64_t simhash(str text); /* 64 bits of lower-case 4-grams, majority vote */
/* As in spec: n <= 8 gives n; few distinct groups give max(3, groups); else the knee, times bias, within [3, max]. */
size_t adaptive_count(struct arena *a, const str *items, size_t n, double bias, size_t max);

#endif

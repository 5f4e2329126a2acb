/*
 * split: cuts text into the pieces a vocabulary merges one by one, as the patterns of o200k_base and cl100k_base do.
 * Text is valid UTF-8.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_SPLIT_H
#define HEADROOM_TOKEN_SPLIT_H

#include <stddef.h>

/* Where the piece that begins at p ends; p < end. */
typedef const char *split_fn(const char *p, const char *end);
split_fn split_o200k, split_cl100k;

#endif

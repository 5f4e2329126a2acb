/*
 * vocabulary: exact token counts of whole texts: split, look the piece up among those met before, else merge.  Private
 * to core/token.
 */
#ifndef HEADROOM_TOKEN_VOCABULARY_H
#define HEADROOM_TOKEN_VOCABULARY_H

#include "core/token/token.h"

enum vocabulary {
	VOCABULARY_O200K,
	VOCABULARY_CL100K,
	VOCABULARY_COUNT
};

/* Any bytes; c may be NULL. */
size_t vocabulary_count(enum vocabulary v, struct token_cache *c, str text);

#endif

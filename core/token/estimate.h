/*
 * estimate: token counts where no vocabulary is known, from characters and what the text looks like.  Private to
 * core/token; token_estimate is in token.h.
 */
#ifndef HEADROOM_TOKEN_ESTIMATE_H
#define HEADROOM_TOKEN_ESTIMATE_H

#include "core/base/str.h"

/* Four characters a token, an East Asian one a token of its own: what Google states for Gemini. */
size_t estimate_flat(str text);

#endif

/*
 * waste: tokens of the original messages that say nothing, by kind.  A token counts once, in the order base64, html, json,
 * repetition, whitespace, dates; so the sum is never more than the tokens there are.
 */
#ifndef HEADROOM_COMPRESS_WASTE_H
#define HEADROOM_COMPRESS_WASTE_H

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/token/token.h"

enum waste_kind {
	WASTE_JSON,
	WASTE_HTML,
	WASTE_BASE64,
	WASTE_WHITESPACE,
	WASTE_DATE,
	WASTE_REPETITION,
	WASTE_COUNT
};
extern const char *const waste_names[WASTE_COUNT]; /* "json_bloat" ...; with "_tokens" behind in reports */

struct waste {
	size_t tokens[WASTE_COUNT];
	size_t total;
};

/* What is remembered from text to text of one conversation. */
struct waste_meter {
	const struct tokenizer *tokenizer;
	struct token_cache *cache;
	struct map64 seen; /* hash of a text or line -> 1 */
	struct waste waste;
};

void waste_init(struct waste_meter *m, const struct tokenizer *t, struct token_cache *c);
void waste_release(struct waste_meter *m);
/* tokens: how many the text has; dates: how many the aligner would move out of it. */
void waste_add(struct waste_meter *m, str text, size_t tokens, size_t dates);

#endif

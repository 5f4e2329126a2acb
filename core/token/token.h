/*
 * token: how many tokens a text is for a model.  Exact byte-pair encoding where the vocabulary is public, calibrated or
 * estimated elsewhere; which of them is always told.  Special-token text ("<|endoftext|>") is ordinary text.  A
 * tokenizer is const data shared by all threads; what a thread may cache is in its token_cache.
 */
#ifndef HEADROOM_TOKEN_TOKEN_H
#define HEADROOM_TOKEN_TOKEN_H

#include "core/base/str.h"

enum token_source {
	TOKEN_BPE,
	TOKEN_CALIBRATED, /* fitted on recorded usage of the model's generation */
	TOKEN_ESTIMATED,
	TOKEN_SOURCE_COUNT
};
extern const char *const token_source_names[TOKEN_SOURCE_COUNT]; /* "bpe" ... */

struct tokenizer; /* never freed */

/* By model name, provider prefixes ("openai/", "us.anthropic.") and dates included; never NULL. */
const struct tokenizer *tokenizer_for_model(str model);
/* "o200k_base", "cl100k_base"; NULL if unknown. */
const struct tokenizer *tokenizer_by_name(const char *name);
const char *tokenizer_name(const struct tokenizer *t);
enum token_source tokenizer_source(const struct tokenizer *t);

/* Remembers pieces met before; one a thread, or NULL for none. */
struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *c);

/* Bytes that are no UTF-8 count as U+FFFD, one for each maximal invalid run as WHATWG replaces them. */
size_t token_count(const struct tokenizer *t, struct token_cache *c, str text);
/* Without a vocabulary, for decisions that need no exact count. */
size_t token_estimate(str text);

#endif

/*
 * captured: request bodies as they were sent, one document or one a line.  Of the requests of one file those that begin
 * with all the messages of an earlier one are prompts of one conversation; each goes through the pipeline whole.  They carry
 * no times: each is taken to follow within the life of the provider's cache.
 */
#ifndef HEADROOM_SIMULATE_CAPTURED_H
#define HEADROOM_SIMULATE_CAPTURED_H

#include "core/simulate/conversation.h"

/* Appends struct conversation, each with its arena, to `out`; the caller releases them.  STATUS_PARSE names the place of
 * what is no request; lines that are none are counted in *skipped. */
enum status captured_read(str text, str source, const struct sim_options *o, struct token_cache *cache,
			  struct vec *out, uint32_t *skipped, struct error *err);

#endif

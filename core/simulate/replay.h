/*
 * replay: an agent's session sent once more, prompt by prompt.  What is new in a prompt goes through the pipeline once,
 * when it appears, as a proxy would have seen it, and stays what it became in all later prompts; so an earlier part of a
 * prompt never changes, and the provider's cache is hit as it was.  Context managers drop whole messages of a prompt that
 * is too long for its model; agents sum up before that, so none is replayed.  Nor is the
 * replacing of reads that are out of date, which looks across turns.
 */
#ifndef HEADROOM_SIMULATE_REPLAY_H
#define HEADROOM_SIMULATE_REPLAY_H

#include "core/model/transcript.h"
#include "core/simulate/conversation.h"

struct replay;

/* Fills c, which is initialised and outlives the replay; the cache is one thread's. */
struct replay *replay_new(struct conversation *c, const struct sim_options *o, struct token_cache *cache);
void replay_piece(struct replay *r, const struct piece *p);
/* Between two logs of one conversation: the threads of the one are not those of the other. */
void replay_next_log(struct replay *r);
void replay_free(struct replay *r);

#endif

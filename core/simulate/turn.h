/*
 * turn: what was added to a conversation since its last prompt, as a request in Anthropic's form, so that the pipeline
 * sees it as it would have seen it when it was new.
 *
 *	{"messages":[{"role":"assistant","content":[{"type":"tool_use",...}]},
 *	             {"role":"user","content":[{"type":"tool_result",...}]}]}
 */
#ifndef HEADROOM_SIMULATE_TURN_H
#define HEADROOM_SIMULATE_TURN_H

#include "core/base/buf.h"
#include "core/model/transcript.h"

struct turn {
	struct buf body;
	int role; /* of the open message: 'u', 'a', 0 for none */
	size_t pieces;
	size_t longest; /* bytes of its longest result as it is written; a token is no shorter than one */
	size_t waiting; /* calls in it without an answer */
	uint64_t answered; /* the last that has one */
};

void turn_init(struct turn *t);
void turn_release(struct turn *t);
void turn_clear(struct turn *t);
void turn_add(struct turn *t, const struct piece *p);
/* Closes the request; borrowed until the turn is changed. */
str turn_request(struct turn *t);

#endif

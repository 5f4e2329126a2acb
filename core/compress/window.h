/*
 * window: a conversation that is too long for its budget gives up whole units, the least wanted first: a call of tools
 * with every message that answers it, or a single message.  System texts, the newest turns of the user and the frozen
 * prefix stay.  What goes is stored as one JSON array of messages, and a message with a marker stands for it.
 */
#ifndef HEADROOM_COMPRESS_WINDOW_H
#define HEADROOM_COMPRESS_WINDOW_H

#include "core/compress/run.h"

/* Messages that go together. */
struct unit {
	uint32_t first; /* message */
	size_t tokens, messages;
	double score; /* the lowest goes first */
	bool tools; /* has calls or answers */
	bool stays;
};

struct window {
	struct run *run;
	uint32_t *unit_of; /* of each message */
	struct unit *units; /* in order of their first messages */
	size_t units_n;
	size_t budget;
};

void window_init(struct window *w, struct run *run);
/* The tail of the conversation that stays, from this message on: the last `turns` turns of the user; if there are fewer
 * of them, the last WINDOW_TAIL messages. */
size_t window_tail(const struct run *run, long turns);

#define WINDOW_TAIL 6

/* How dear each unit is, by six weighted scores between 0 and 1. */
void intelligent_score(struct window *w);

#endif

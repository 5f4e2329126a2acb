/*
 * request_read: what reads the objects of a request: messages, Responses items, content blocks and Gemini parts have some
 * of the same members, so that one reader serves them all; what a text in them is turns out at the end of the object, as
 * members come in any order.  Private to core/model.
 */
#ifndef HEADROOM_MODEL_REQUEST_READ_H
#define HEADROOM_MODEL_REQUEST_READ_H

#include "core/base/map.h"
#include "core/model/request.h"

/* Of a text whose object has not said yet what it is. */
#define PENDING SLOT_KIND_COUNT

struct reader {
	struct request *r;
	struct map64 ids; /* hash of an id -> index of its call + 1; ids may come again, the newest counts */
	struct map64 names; /* hash of a name -> oldest call without an answer + 1, newest << 32 */
	struct vec next; /* uint32_t for each call: the next one of its name + 1 */
	uint32_t message; /* being read */
	bool anthropic, gemini; /* shapes only they have were met */
	bool spoken; /* there is a text that is no list of messages */
	bool strange; /* something in the list is no message */
	bool full; /* a limit was reached */
};

/* An object being read: what its members said so far. */
struct frame {
	enum role role;
	str role_raw, type, id, call_id, name;
	struct jval arguments;
	uint32_t first; /* of its slots */
	bool is_call, is_result; /* the object itself */
	bool calls, answers; /* a block in it */
	bool error, block, thought, parts;
};

uint32_t reader_add(struct reader *rd, struct jval v, enum slot_kind kind); /* REQUEST_TOP at the limit */
str reader_string(struct jit *it); /* "" if the value is none */
/* The members of the object `it` walks through; depth is that of blocks within blocks. */
void reader_object(struct reader *rd, struct jit *it, struct frame *f, int depth);
/* What the object turned out to be, apart from its role. */
void reader_finish(struct reader *rd, struct frame *f, struct jval whole);
/* A string, or a list of blocks. */
void reader_content(struct reader *rd, struct jit *it, struct frame *f, int depth);
/* Slots from `first` on that are PENDING are of this kind. */
void reader_settle(struct reader *rd, uint32_t first, enum slot_kind kind);

#endif

/*
 * transcript: a recorded session as what the model was sent and what it answered, piece by piece in the order of the
 * log.  Scanners tell it, simulation replays it; neither knows the other.  Strings are borrowed until the next piece.
 */
#ifndef HEADROOM_MODEL_TRANSCRIPT_H
#define HEADROOM_MODEL_TRANSCRIPT_H

#include "core/model/event.h"

enum piece_kind {
	PIECE_USER, /* text of the user, or of the harness in their place */
	PIECE_ASSISTANT, /* text of the model */
	PIECE_THINKING,
	PIECE_CALL, /* a tool is called: `tool`, `call`, and its input as a JSON value */
	PIECE_RESULT, /* the text of its answer; several pieces if it has several texts */
	PIECE_IMAGE,
	PIECE_REQUEST, /* the model was asked with all that stands before; the pieces of its answer follow */
	PIECE_USAGE, /* a later, larger usage of the request `id` */
	PIECE_RESET, /* summed up or cleared: nothing before is sent any more */
	PIECE_KIND_COUNT
};

struct piece {
	enum piece_kind kind;
	bool prompt; /* USER, IMAGE: typed by a human, and not what the harness injects */
	bool string; /* text is what stands between the quotes of a JSON string; else it is a whole value */
	bool error; /* RESULT */
	bool complete; /* REQUEST, USAGE: the answer carries its stop reason, so that its output is final */
	bool forgets; /* REQUEST: of the thinking before, only what follows the last prompt is still sent */
	str thread; /* "" for the conversation itself, else a sub-agent's */
	str text; /* raw JSON, still escaped */
	uint64_t
		elided; /* bytes that were sent and are not in text, an estimate: the log keeps them back, or the line was
			  * too long to hold */
	str call, tool; /* ids are as the agent wrote them; a result names only its call */
	str id, model; /* REQUEST, USAGE */
	struct usage usage; /* REQUEST, USAGE */
	int64_t time; /* ms, 0 unknown */
	uint64_t record,
		parent; /* hashes of the ids of the record and of the nearest one above it that told a piece, 0
				  * for none: a prompt whose parent lies further back takes the conversation up again there */
};

#endif

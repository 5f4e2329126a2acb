/*
 * claude_call: Claude Code's tools and their inputs in the words of event.h.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_CALL_H
#define HEADROOM_SCANNERS_CLAUDE_CALL_H

#include "core/model/event.h"
#include "scanners/claude_record.h"

/* Fill the fields of e that CALL and USAGE document; they borrow from the record's line and from the
 * arena. */
void claude_call(struct arena *a, const struct claude_record *r, const struct claude_block *b,
		 struct event *e);
void claude_usage(struct arena *a, const struct claude_record *r, struct event *e);
struct usage claude_tokens(const struct claude_usage *u);

#endif

/*
 * claude_result: how Claude Code says that a call went well or not.  It knows the harness's own sentences,
 * at the very beginning of a result; what programs print is for others to judge.  Private to the Claude
 * scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_RESULT_H
#define HEADROOM_SCANNERS_CLAUDE_RESULT_H

#include "core/model/event.h"
#include "scanners/claude_record.h"

#define CLAUDE_HEAD_MAX ((size_t)4096)

/* Fills the fields of e that RESULT documents from one tool_result block; `head` is scratch space that
 * e->hint borrows from, born with CLAUDE_HEAD_MAX. */
void claude_result(const struct claude_record *r, const struct claude_block *b, struct buf *head,
		   struct event *e);

#endif

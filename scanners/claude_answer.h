/*
 * claude_answer: where Claude Code's log of an answer is not the answer.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_ANSWER_H
#define HEADROOM_SCANNERS_CLAUDE_ANSWER_H

#include "scanners/claude_record.h"

/* Bytes of thinking that the log keeps back, an estimate. */
uint64_t claude_hidden_thinking(const struct claude_block *b);
/* Whether the input of a call is there, and the model's own. */
bool claude_call_made(const struct claude_block *b);
/* Whether the thinking of earlier turns is not sent to this model again. */
bool claude_forgets_thinking(str model);

#endif

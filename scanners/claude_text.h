/*
 * claude_text: who speaks in a user record that answers no tool call.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_TEXT_H
#define HEADROOM_SCANNERS_CLAUDE_TEXT_H

#include "scanners/claude_record.h"

#define CLAUDE_TEXT_HEAD ((size_t)256) /* enough to tell, mostly */

/* Of several texts in a record the highest decides. */
enum claude_text {
	CLAUDE_TEXT_INJECTED, /* the harness, a hook, a command, the editor */
	CLAUDE_TEXT_PROMPT, /* a human */
	CLAUDE_TEXT_SUMMARY, /* what is left of a conversation that was summed up */
	CLAUDE_TEXT_INTERRUPT /* the human pressed escape */
};

/* Of a text block or of content that is a plain string; `scratch` was born with at least CLAUDE_TEXT_HEAD. */
enum claude_text claude_text(struct jval text, struct buf *scratch);
/* Whether a human can have written what the record says: no agent, and nothing that says otherwise. */
bool claude_is_human(const struct claude_record *record, str thread);

#endif

/*
 * claude_attachment: what Claude Code's attachment records put before the model.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_ATTACHMENT_H
#define HEADROOM_SCANNERS_CLAUDE_ATTACHMENT_H

#include "scanners/claude_record.h"

/* The value whose strings were sent, J_NONE if nothing was; *around: bytes of the harness's own sentences with it. */
struct jval claude_attachment(const struct claude_record *r, uint64_t *around);

#endif

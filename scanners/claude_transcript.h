/*
 * claude_transcript: a log of Claude Code as the requests it was written from.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_TRANSCRIPT_H
#define HEADROOM_SCANNERS_CLAUDE_TRANSCRIPT_H

#include "scanners/scanner.h"

/* The slot of struct scanner. */
enum status claude_transcript(const struct session_file *file, bool (*fn)(void *ctx, const struct piece *p),
			      void *ctx, struct scan_stats *stats, struct error *err);

#endif

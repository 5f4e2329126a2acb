/*
 * claude_files: where Claude Code keeps its logs and memory.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_FILES_H
#define HEADROOM_SCANNERS_CLAUDE_FILES_H

#include "scanners/scanner.h"

/* The slots of struct scanner. */
void claude_roots(struct arena *a, const struct scan_roots *roots, struct vec *dirs);
enum status claude_discover(struct arena *a, const struct scan_roots *roots, const str *projects, size_t n,
			    struct vec *files, struct error *err);
str claude_memory_file(struct arena *a, const struct scan_roots *roots, str root);

#endif

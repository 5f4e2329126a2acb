/*
 * search_lines: the lines grep, ripgrep and their like print: "path:12:content", "path:12:7:content", and around a match
 * "path-12-content", with "--" between groups.  Paths may have a Windows drive, dates and clock times in them.
 */
#ifndef HEADROOM_COMPRESS_SEARCH_LINES_H
#define HEADROOM_COMPRESS_SEARCH_LINES_H

#include "core/base/str.h"

struct hit {
	str path, number, content;
};

bool search_match(str line, struct hit *out);
/* A line around a match of `path`. */
bool search_context(str line, str path, struct hit *out);
/* What a compiler says, not what a search found: "x.c:1:2: error: ...", "x.py:1: AssertionError".  content: of a match. */
bool search_diagnostic(str content);

#endif

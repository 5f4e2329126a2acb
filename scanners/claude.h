/*
 * claude: Claude Code's session logs.  Only the pieces other files need: how it names project folders.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_H
#define HEADROOM_SCANNERS_CLAUDE_H

#include "scanners/scanner.h"

extern const struct scanner claude_scanner;

/* The folder name of a path: per UTF-16 unit everything outside [A-Za-z0-9] becomes '-'; over 200 units the
 * first 200, '-' and the base-36 of abs(int32 h), h = h * 31 + unit over the original. */
str claude_encode(struct arena *a, str path);

#endif

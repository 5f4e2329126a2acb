/*
 * similar: how much one path looks like a mistaken form of another.
 */
#ifndef HEADROOM_ANALYZERS_SIMILAR_H
#define HEADROOM_ANALYZERS_SIMILAR_H

#include "core/base/str.h"

/* Points for the base name alone: .55 equal, .50 equal but for case, .35 same stem, .40 a typo, 0 none. */
double similar_base(str wrong, str right);
/* Longest common subsequence of the directory components over the longer side's count; 1 when both are empty. */
double similar_dirs(str wrong, str right);
/* Optimal string alignment distance (edits and adjacent swaps), at most `limit` + 1. */
unsigned edit_distance(str a, str b, unsigned limit);
/* Base names that many folders have: "index.ts", "README.md", "__init__.py"; nothing follows from their being elsewhere. */
bool is_generic_name(str base);

#endif

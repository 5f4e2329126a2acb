/*
 * elide: makes a short, valid line of a huge one, in one pass and with bounded memory.  String values
 * longer than 16 KiB keep their first and last 8 KiB; an array is closed early once 256 KiB of it are kept.
 * Keys, small values and nesting stay.  Private to core/json; the caller feeds the line in pieces of any
 * size, without its newline.
 */
#ifndef HEADROOM_JSON_ELIDE_H
#define HEADROOM_JSON_ELIDE_H

#include "core/base/buf.h"

#define ELIDE_STRING_PART ((size_t)8 << 10)
#define ELIDE_ARRAY_MAX ((size_t)256 << 10)
#define ELIDE_DEPTH 64

struct elide {
	struct buf *out; /* `full` if even the short form is longer than its maximum */
	size_t depth;
	size_t array_start[ELIDE_DEPTH]; /* length of *out behind an opening bracket; 0 for an object */
	size_t dropping; /* depth of the array whose rest is dropped; 0: none */
	bool in_string, escaped;
	/* The string being read: its beginning goes to *out, the last bytes of the rest circle here. */
	size_t head, rest;
	char tail[ELIDE_STRING_PART];
	uint64_t elided;
};

void elide_begin(struct elide *e, struct buf *out);
void elide_feed(struct elide *e, const char *p, size_t n);
bool elide_complete(const struct elide *e); /* what was fed so far is balanced */

#endif

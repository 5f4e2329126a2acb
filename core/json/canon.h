/*
 * canon: JSON in one spelling: keys sorted by their UTF-8 bytes, the last of several members of one name, no white space,
 * strings with the escapes they need and no others.  Numbers keep their spelling: 1 and 1.0 are not the same.
 */
#ifndef HEADROOM_JSON_CANON_H
#define HEADROOM_JSON_CANON_H

#include "core/json/jget.h"

/* Appends the value; what is nested deeper than CANON_DEPTH stays as it is written.  Scratch is in a. */
#define CANON_DEPTH 64
void canon_add(struct buf *out, struct arena *a, struct jval v);

#endif

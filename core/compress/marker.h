/*
 * marker: the one text that says something was taken out and how to get it back:
 *
 *	[1000 items compressed to 15. Omitted: 12 error, 903 ok. Retrieve: hash=0123456789abcdef01234567. Expires in 60m.]
 *
 * The time is the configured one, never the time left, so that the bytes stay stable.  In JSON it is the last element
 * {"_headroom":"<marker>"} of an array or the member "_headroom" of an object.  The scanner knows the older documented
 * forms, too ("Retrieve more: hash=", "Retrieve full diff: hash=", "Retrieve original: hash=", "reference 'H'").
 */
#ifndef HEADROOM_COMPRESS_MARKER_H
#define HEADROOM_COMPRESS_MARKER_H

#include "core/base/buf.h"

#define MARKER_HASH 24 /* hex digits: the beginning of SHA-256 over the original's bytes */
#define MARKER_KEY "_headroom"

void marker_hash(str original, char out[static MARKER_HASH + 1]);
/* what: "90 lines compressed to 12", without full stop, no ']' in it. */
void marker_put(struct buf *out, str what, const char *hash, long ttl_seconds);

/* The next marker in *text that begins a line or a JSON string: its hash, lower case, into out; *text goes on behind it. */
bool marker_next(str *text, char out[static MARKER_HASH + 1]);
bool marker_in(str text);

#endif

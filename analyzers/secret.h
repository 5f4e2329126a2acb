/*
 * secret: recognises credentials by shape and by entropy.  Used twice: what is kept at rest is redacted, and a learning
 * with anything secret-like in a slot is dropped, never redacted and written.
 */
#ifndef HEADROOM_ANALYZERS_SECRET_H
#define HEADROOM_ANALYZERS_SECRET_H

#include "core/base/buf.h"

/* True for known key prefixes, private key headers, passwords in URLs, bearer values, and for words of 20 and more
 * characters whose letters and digits look random. */
bool secret_in(str text);
/* Copies text with every secret-like word replaced by REDACTED. */
void secret_redact(struct buf *out, str text);

#endif

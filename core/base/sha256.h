/*
 * sha256: FIPS 180-4.  Names contents, protects nothing.
 */
#ifndef HEADROOM_BASE_SHA256_H
#define HEADROOM_BASE_SHA256_H

#include "core/base/str.h"

#define SHA256_BYTES 32

void sha256(str data, unsigned char out[static SHA256_BYTES]);
/* The first n hex digits (n even, at most 64) and a NUL. */
void sha256_hex(str data, char *out, size_t n);

#endif

/*
 * mask: hashes that are equal for lines that say the same.  Masks are never shown, only compared.
 */
#ifndef HEADROOM_COMPRESS_MASK_H
#define HEADROOM_COMPRESS_MASK_H

#include "core/base/str.h"

/* Byte for byte, but for the time at the line's beginning. */
uint64_t mask_time(str line);
/* The same message: times, UUIDs, hexadecimal numbers and numbers do not count; words, file names, error codes
 * ("TS2345", "status 404") do. */
uint64_t mask_message(str line);
/* The same kind of line: nor do paths, identifiers, quoted text. */
uint64_t mask_kind(str line);

#endif

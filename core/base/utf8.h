/*
 * utf8: decoding, validation and making foreign text safe to show.
 */
#ifndef HEADROOM_BASE_UTF8_H
#define HEADROOM_BASE_UTF8_H

#include "core/base/buf.h"

/* Decodes one code point at s.p, sets its length in bytes; an invalid sequence gives U+FFFD and length 1. */
uint32_t utf8_decode(str s, size_t *len);
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(str s);
/* True for C0/C1 controls (tab and newline too), DEL, bidi controls, zero-width and other invisible format
 * characters, variation selectors, BOM, U+FFFD, private use, noncharacters, tag characters: whatever must
 * never reach a learning or a screen. */
bool utf8_is_unsafe(uint32_t cp);
bool utf8_has_unsafe(str s); /* also true for invalid UTF-8 */
/* Copies s for showing: unsafe characters as \u{X} or \xNN, invalid bytes as \xNN; keep_newlines passes \n
 * and \t. */
void utf8_escape(struct buf *out, str s, bool keep_newlines);
/* Columns that a text without controls takes on a terminal: two for wide East Asian characters and pictographs, none for
 * combining marks. */
size_t utf8_columns(str s);

#endif

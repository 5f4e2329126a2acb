/*
 * text: foreign text in the cells of a table or a screen: safe, and of a known width.
 */
#ifndef HEADROOM_TUI_TEXT_H
#define HEADROOM_TUI_TEXT_H

#include "core/base/buf.h"

/* Cells one code point takes: 0 for marks that stand on the one before, 2 for wide ones.  Ranges after Unicode 15.1,
 * EastAsianWidth.txt (W, F) and the combining blocks; knows no locale. */
int text_cell(uint32_t cp);
size_t text_width(str s);
/* s escaped, cut to at most `cells` with a '~' where something is missing. */
void text_fit(struct buf *out, str s, size_t cells);

#endif

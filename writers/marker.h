/*
 * marker: our block in somebody else's Markdown file.  The only marker parser.  A marker counts only when it
 * stands alone on its line (up to three blanks before it, white space and a CR behind it), outside fenced and
 * indented code and outside other HTML comments; markers quoted in prose or code are text.  Exactly one start
 * followed by one end is a block; anything else that is not "none" is broken and refused.
 */
#ifndef HEADROOM_WRITERS_MARKER_H
#define HEADROOM_WRITERS_MARKER_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/vec.h"

#define MARKER_START "<!-- headroom:learn:start -->"
#define MARKER_END "<!-- headroom:learn:end -->"

struct marker_span {
	bool found;
	size_t from, to; /* byte range of the block with both marker lines and the end marker's newline */
	str body; /* between the marker lines, borrowed */
	bool crlf; /* line ends the file uses where the block stands (or at its first line if none) */
};

/* STATUS_REFUSED with the line number when markers are broken, doubled or nested. */
enum status marker_find(str file, struct marker_span *span, struct error *err);
/* The bullets of a block body without their dash ("*" and "+" count too), in order, each with the section
 * heading above it; indented lines below a bullet belong to its text.  Added to out, borrowed from body. */
struct marker_bullet {
	str section, text;
};
void marker_bullets(str body, struct vec *out);
/* The file with its block replaced by `block` (LF, markers included; "" removes the block), appended if there
 * was none.  Everything outside is byte-identical, save the empty line that separates an appended block from
 * the text above; removing a block that stands last takes exactly this separator away again. */
void marker_splice(str file, const struct marker_span *span, str block, struct buf *out);

#endif

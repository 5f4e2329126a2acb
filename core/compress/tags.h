/*
 * tags: the parts of a text that stand in tags HTML does not know, such as <system-reminder>...</system-reminder> or
 * <tool_call id="1"/>: whoever wrote them expects to find them again, so a compressor of text keeps them byte for byte
 * (or, with tags_protect_only, only the tags).  Names are compared with their case; an element that is never closed, or
 * is closed without being open, is ordinary text.
 *
 *	struct tag_span span;
 *	for (size_t at = 0; tags_next(&spans, &at, &span);)
 *		... span.whole.p - text.p ...
 */
#ifndef HEADROOM_COMPRESS_TAGS_H
#define HEADROOM_COMPRESS_TAGS_H

#include "core/base/arena.h"

/* All borrowed from the text.  whole = open + inner + close; of a self-closing tag inner and close are empty. */
struct tag_span {
	str whole, open, inner, close;
};

struct tag_spans {
	const struct tag_span *at; /* in order, none inside of another */
	size_t n;
};

/* One pass over the text. */
void tags_find(struct arena *a, str text, struct tag_spans *out);
/* The spans from *at on, one by one; moves *at. */
bool tags_next(const struct tag_spans *spans, size_t *at, struct tag_span *out);

#endif

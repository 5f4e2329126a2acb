/*
 * lines: a text cut into lines, which of them stay, and how the rest is told.  Lines keep their own line ends, byte for
 * byte.  Knows nothing of what lines mean.
 */
#ifndef HEADROOM_COMPRESS_LINES_H
#define HEADROOM_COMPRESS_LINES_H

#include "core/base/buf.h"
#include "core/compress/relevance.h"

#define LINES_MAX (1u << 23) /* of one text; 4 bytes each */

struct lines {
	str text; /* borrowed */
	uint32_t *start; /* of line i; n + 1 of them */
	size_t n;
};

/* False if there are more than LINES_MAX lines or 4 GB of text. */
bool lines_cut(struct lines *l, struct arena *a, str text);

static inline str line_raw(const struct lines *l, size_t i) /* with its line end */
{
	return (str){ l->text.p + l->start[i], l->start[i + 1] - l->start[i] };
}

static inline str line_at(const struct lines *l, size_t i) /* without \n or \r\n */
{
	str line = line_raw(l, i);

	if (line.n && line.p[line.n - 1] == '\n')
		line.n -= line.n > 1 && line.p[line.n - 2] == '\r' ? 2 : 1;
	return line;
}

/* The line without terminal escape sequences: itself, or a copy in scratch that lasts until the next call. */
str line_plain(struct buf *scratch, str line);

/* Keeps whole what would cost about as much to tell as to show: gaps of one line, not longer than `bytes`. */
void lines_close_gaps(const struct lines *l, unsigned char *keep, size_t bytes);

/* Appends the lines whose keep is not 0; a line with times[i] > 1 gets " (xN)" (times may be NULL).  Each gap becomes
 * "[N lines omitted]".  Returns how many lines stayed. */
size_t lines_put(struct buf *out, const struct lines *l, const unsigned char *keep, const uint32_t *times);

/* The query without those anchors that stand in more than half of the texts: they tell none from another. */
void query_telling(struct query *out, struct arena *a, const struct query *q, const str *texts, size_t n);

void lines_end(struct buf *out); /* a newline, unless there is one or nothing */

/* "1,234" is not worth its tokens: "1 line", "5 lines". */
void put_count(struct buf *out, size_t n, const char *one, const char *many);

#endif

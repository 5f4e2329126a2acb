/*
 * html_write: what the Markdown of a page is written with.  Line feeds, blanks and markers are only wanted at first, and
 * written when text follows, so that nothing stands in vain.  Private to html_markdown.c and html_inline.c.
 */
#ifndef HEADROOM_COMPRESS_HTML_WRITE_H
#define HEADROOM_COMPRESS_HTML_WRITE_H

#include "core/compress/html.h"

#define HTML_COLUMNS 64 /* of a table */
#define HTML_LEVELS 16 /* lists and quotations that are told apart */

struct html_list {
	bool ordered;
	unsigned number; /* of the next item */
};

struct html_writer {
	const struct html_tree *tree;
	const struct compress_config *config;
	struct buf *out;
	struct buf scratch;
	size_t start; /* of what this writer wrote */
	unsigned newlines; /* wanted before the next text */
	bool blank; /* wanted, too */
	bool line_started; /* something but a prefix stands on this line */
	const char *marker; /* "- ", "## " in front of the next text */
	char number[16]; /* a marker */
	struct html_list lists[HTML_LEVELS];
	unsigned list_n, quotes;
	unsigned cells; /* > 0 inside a cell of a table that is written as one */
	unsigned row_cells, rows;
	uint16_t spans[HTML_COLUMNS]; /* rows that a cell above still reaches into, by column */
	unsigned span; /* columns of the open cell */
	bool in_heading;
	bool link_wanted, link_open;
	str href;
};

/* At least n line feeds before the next text; inside of what is one line a blank. */
void html_want_lines(struct html_writer *w, unsigned n);
void html_put_prefix(struct html_writer *w, bool item); /* of a line; item: it begins with a marker */
void html_flush(struct html_writer *w); /* writes what is wanted */
void html_put_run(struct html_writer *w, str s); /* as it is */
void html_put_text(struct html_writer *w, str raw,
		   bool verbatim); /* white space made single, references replaced */

/* Elements that are written at once, content included. */
void html_put_pre(struct html_writer *w, uint32_t node);
void html_put_code(struct html_writer *w, uint32_t node);
void html_put_image(struct html_writer *w, uint32_t node);

/* The sign behind a heading that links to itself: "#", a pilcrow ... */
bool html_is_permalink(const struct html_tree *t, uint32_t node);
void html_open_link(struct html_writer *w, uint32_t node);
void html_close_link(struct html_writer *w);

#endif

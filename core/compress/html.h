/*
 * html: what the files of html_*.c share.  A page becomes a flat tree (html_parse.c, as forgiving as browsers are), what
 * is no content is marked and the part to be told is chosen (html_content.c), and that is written as Markdown
 * (html_markdown.c).  Offsets are bytes of the page.  Everything lives in the arena.
 */
#ifndef HEADROOM_COMPRESS_HTML_H
#define HEADROOM_COMPRESS_HTML_H

#include "core/compress/compress.h"

#define HTML_MAX_BYTES ((size_t)1 << 30)
#define HTML_MAX_NODES ((size_t)8 << 20)
#define HTML_MAX_DEPTH 256 /* elements within each other; deeper ones become siblings */

/* Elements that something depends on; all others are OTHER. */
enum html_tag {
	TAG_TEXT, /* no element: a run of text */
	TAG_OTHER,
	TAG_A,
	TAG_ARTICLE,
	TAG_ASIDE,
	TAG_BLOCKQUOTE,
	TAG_BODY,
	TAG_BR,
	TAG_CODE, /* also kbd, samp, tt */
	TAG_DD,
	TAG_DEL, /* also s, strike */
	TAG_DIV,
	TAG_DT,
	TAG_FOOTER,
	TAG_FORM,
	TAG_H1,
	TAG_H2,
	TAG_H3,
	TAG_H4,
	TAG_H5,
	TAG_H6,
	TAG_HEAD,
	TAG_HEADER,
	TAG_HTML,
	TAG_IMG,
	TAG_LI,
	TAG_LIST, /* ul, menu */
	TAG_MAIN,
	TAG_META,
	TAG_OL,
	TAG_OPTION,
	TAG_P,
	TAG_PRE,
	TAG_SECTION,
	TAG_SUP,
	TAG_TABLE,
	TAG_TBODY, /* also thead, tfoot */
	TAG_TD, /* also th */
	TAG_TITLE,
	TAG_TR,
	TAG_COUNT
};

enum html_flag {
	HTML_VOID = 1, /* has no content */
	HTML_BLOCK = 2, /* stands on its own lines; closes a paragraph */
	HTML_RAW = 4, /* its content is text up to its end tag */
	HTML_DROP = 8, /* never content */
	HTML_SCOPE = 16, /* an end tag inside closes nothing outside */
	HTML_GROUP = 32 /* holds blocks: may be the part that is told */
};

struct html_element {
	const char *name;
	enum html_tag tag;
	unsigned flags;
};
/* By name, any case; NULL if HTML does not know it. */
const struct html_element *html_element(str name);

/* Stored in preorder; next is behind the last node inside. */
struct html_node {
	uint32_t start, end; /* the text; of an element what stands between < and >, name first */
	uint32_t parent, next;
	uint8_t tag, flags; /* of the element; no flags for text and what HTML does not know */
	bool verbatim; /* text without entities */
	bool dropped;
};

struct html_tree {
	str text;
	struct html_node *nodes; /* 0 is a root without a tag */
	uint32_t n;
	uint32_t elements;
};

/* False beyond HTML_MAX_BYTES and HTML_MAX_NODES. */
bool html_parse(struct arena *a, str text, struct html_tree *out);

/* The next attribute; *rest is what stands between < and > to begin with, the name of the element is skipped with
 * html_attributes.  The value is raw, "" if there is none. */
str html_attributes(const struct html_tree *t, uint32_t node);
bool html_attribute_next(str *rest, str *name, str *value);
/* The raw value of one of them; false if it is not there. */
bool html_attribute(const struct html_tree *t, uint32_t node, const char *name, str *value);

/* The character reference at the start of s ('&' first): its bytes into out and how many bytes of s it takes; 0 if it is
 * none. */
size_t html_entity(str s, char out[4], size_t *n);
/* Appends with references replaced and white space made single blanks, none at the ends. */
void html_decode(struct buf *out, str raw);

/* Marks what is no content and returns the node whose content is to be told, STR_NONE if there is none. */
size_t html_content(struct arena *a, struct html_tree *t);

struct html_meta {
	str title, author, date; /* decoded, "" if unknown */
};
void html_meta(struct arena *a, const struct html_tree *t, struct html_meta *out);

void html_markdown(const struct html_tree *t, uint32_t root, const struct compress_config *c,
		   struct buf *out);

static inline bool html_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static inline str html_text(const struct html_tree *t, uint32_t node)
{
	return str_sub(t->text, t->nodes[node].start, t->nodes[node].end - t->nodes[node].start);
}

#endif

/*
 * html: a page becomes the Markdown of its content.  Where no content is found, nothing is done.
 */
#include "core/compress/html.h"

enum {
	MIN_ELEMENTS = 3 /* of what is worth to be called a page */
};

static const double WORTH = .95; /* bytes after / before at most */

static bool nothing(struct squeezed *r, const char *reason)
{
	r->reason = reason;
	return false;
}

/* Whether the content opens with the title itself, as most articles do. */
static bool told_by_heading(str title, str body)
{
	str line;

	if (!str_line(&body, &line) || !str_starts_c(line, "# "))
		return false;
	line = str_from(line, 2);
	return line.n > 0 && str_starts(title, line);
}

static void put_head(const struct html_meta *m, str body, struct buf *out)
{
	if (m->title.n > 0 && !told_by_heading(m->title, body))
		buf_printf(out, "# %.*s\n\n", STR_ARG(m->title));
	if (m->author.n > 0)
		buf_printf(out, "Author: %.*s\n", STR_ARG(m->author));
	if (m->date.n > 0)
		buf_printf(out, "Date: %.*s\n", STR_ARG(m->date));
	if (m->author.n > 0 || m->date.n > 0)
		buf_add_ch(out, '\n');
}

static bool run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct html_tree tree;
	struct html_meta meta;
	struct buf body;
	size_t root;
	bool empty;

	*r = (struct squeezed){ .before = s->text.n };
	if (marker_in(s->text))
		return nothing(r, "compressed before");
	if (!html_parse(a, s->text, &tree))
		return nothing(r, "too large");
	if (tree.elements < MIN_ELEMENTS)
		return nothing(r, "no markup");
	root = html_content(a, &tree);
	if (root == STR_NONE)
		return nothing(r, "no content found");
	html_meta(a, &tree, &meta);
	buf_init(&body, SIZE_MAX);
	html_markdown(&tree, (uint32_t)root, s->config, &body);
	empty = str_trim(buf_str(&body)).n == 0;
	buf_clear(out);
	put_head(&meta, buf_str(&body), out);
	buf_add(out, buf_str(&body));
	buf_release(&body);
	if (empty)
		return nothing(r, "no content found");
	buf_add_c(out, "\n\n");
	marker_put(out, arena_printf(a, "%zu bytes of HTML compressed to %zu", s->text.n, out->n - 2),
		   s->hash, s->config->ccr_ttl_seconds);
	buf_add_ch(out, '\n');
	r->after = out->n;
	if (out->full || (double)out->n > WORTH * (double)s->text.n)
		return nothing(r, "little to gain");
	return true;
}

const struct compressor html_compressor = {
	.name = "html",
	.content = CONTENT_HTML,
	.enabled = offsetof(struct compress_config, html),
	.run = run,
};

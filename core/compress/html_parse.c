/*
 * html_parse: a page as a flat tree.  What HTML 5 prescribes for broken pages is followed where it changes what a reader
 * sees: implied end tags, end tags without a start, unquoted attributes, text in script and style.  What is never closed
 * (a comment, a quote, a title) ends where it hurts least.  One pass, no way back: cost is linear.
 */
#include "core/compress/html.h"

#include "core/base/vec.h"

enum {
	OTHER_LOOK = 32 /* open elements searched for one that HTML does not know */
};

struct parser {
	str text;
	struct vec *nodes;
	struct html_node *n; /* nodes->p */
	uint32_t open[HTML_MAX_DEPTH]; /* nodes whose content is being read */
	size_t depth;
	uint32_t open_tags[TAG_COUNT];
	uint32_t elements;
	/* searched for in vain, so not there any more: */
	bool no_comment_end, no_quote[2], no_end[TAG_COUNT];
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- the tree ---- */

static uint32_t add_node(struct parser *p, enum html_tag tag, unsigned flags, size_t start, size_t end)
{
	struct html_node *node = vec_push(p->nodes);

	p->n = p->nodes->p;
	*node = (struct html_node){ .start = (uint32_t)start,
				    .end = (uint32_t)end,
				    .parent = p->depth ? p->open[p->depth - 1] : 0,
				    .next = (uint32_t)p->nodes->n,
				    .tag = (uint8_t)tag,
				    .flags = (uint8_t)flags };
	return (uint32_t)p->nodes->n - 1;
}

static void add_text(struct parser *p, size_t start, size_t end, bool verbatim)
{
	uint32_t node;

	if (start == end)
		return;
	node = add_node(p, TAG_TEXT, 0, start, end);
	p->n[node].verbatim = verbatim;
}

static struct html_node *open_at(const struct parser *p, size_t depth)
{
	return &p->n[p->open[depth]];
}

static void close_to(struct parser *p, size_t depth)
{
	while (p->depth > depth) {
		struct html_node *node = open_at(p, --p->depth);

		node->next = (uint32_t)p->nodes->n;
		p->open_tags[node->tag]--;
	}
}

/* Start tags that end what is still open: `closes` up to, not beyond, an element of `limit`. */
static const struct implied {
	enum html_tag start, closes, limits[3];
} implied_ends[] = {
	{ TAG_A, TAG_A, { TAG_TD } },
	{ TAG_LI, TAG_LI, { TAG_LIST, TAG_OL } },
	{ TAG_DT, TAG_DD, { TAG_DIV } },
	{ TAG_DT, TAG_DT, { TAG_DIV } },
	{ TAG_DD, TAG_DT, { TAG_DIV } },
	{ TAG_DD, TAG_DD, { TAG_DIV } },
	{ TAG_OPTION, TAG_OPTION, { TAG_TEXT } },
	{ TAG_TD, TAG_TD, { TAG_TR, TAG_TABLE } },
	{ TAG_TR, TAG_TR, { TAG_TBODY, TAG_TABLE } },
	{ TAG_TBODY, TAG_TBODY, { TAG_TABLE } },
	{ TAG_BODY, TAG_HEAD, { TAG_TEXT } },
};

static void close_implied(struct parser *p, enum html_tag closes, const enum html_tag limits[3],
			  unsigned stop)
{
	for (size_t i = p->depth; p->open_tags[closes] > 0 && i-- > 1;) {
		struct html_node *node = open_at(p, i);

		if (node->tag == closes) {
			close_to(p, i);
			return;
		}
		if (node->flags & stop)
			return;
		for (size_t k = 0; k < 3 && limits[k]; k++)
			if (node->tag == limits[k])
				return;
	}
}

static void open_element(struct parser *p, const struct html_element *e, size_t start, size_t end)
{
	static const enum html_tag none[3] = { 0 };
	enum html_tag tag = e ? e->tag : TAG_OTHER;
	unsigned flags = e ? e->flags : 0;
	uint32_t node;

	if (flags & HTML_BLOCK)
		close_implied(p, TAG_P, none, HTML_SCOPE);
	for (size_t i = 0; i < sizeof(implied_ends) / sizeof(*implied_ends); i++)
		if (implied_ends[i].start == tag)
			close_implied(p, implied_ends[i].closes, implied_ends[i].limits, 0);
	node = add_node(p, tag, flags, start, end);
	p->elements++;
	if ((flags & HTML_VOID) || p->depth == HTML_MAX_DEPTH ||
	    (!e && end > start && p->text.p[end - 1] == '/'))
		return;
	p->open[p->depth++] = node;
	p->open_tags[tag]++;
}

static str name_at(str text, size_t start, size_t end)
{
	size_t i = start;

	while (i < end && !html_is_space(text.p[i]) && text.p[i] != '/' && text.p[i] != '>')
		i++;
	return str_sub(text, start, i - start);
}

static bool closes(const struct parser *p, const struct html_node *node, enum html_tag tag, str name)
{
	if (node->tag != tag)
		return false;
	return tag != TAG_OTHER || str_ieq(name_at(p->text, node->start, node->end), name);
}

static void close_element(struct parser *p, str name)
{
	const struct html_element *e = html_element(name);
	enum html_tag tag = e ? e->tag : TAG_OTHER;
	bool block = e && (e->flags & HTML_BLOCK), scope = e && (e->flags & HTML_SCOPE);
	size_t look = tag == TAG_OTHER ? OTHER_LOOK : HTML_MAX_DEPTH;

	/* pages say </body> and go on */
	if (p->open_tags[tag] == 0 || tag == TAG_BODY || tag == TAG_HTML)
		return;
	for (size_t i = p->depth; look-- > 0 && i-- > 1;) {
		struct html_node *node = open_at(p, i);

		if (closes(p, node, tag, name)) {
			close_to(p, i);
			return;
		}
		if ((!scope && tag != TAG_TABLE && tag != TAG_TR && tag != TAG_TBODY &&
		     (node->flags & HTML_SCOPE)) ||
		    (!block && e && (node->flags & HTML_BLOCK)))
			return;
		if (scope && tag == TAG_TD && node->tag == TAG_TABLE)
			return;
	}
}

/* ---- the text ---- */

/* Behind the '>' that ends the tag whose name starts at i; quotes count behind '='. */
static size_t tag_end(struct parser *p, size_t i)
{
	str t = p->text;
	char before = 0;

	for (; i < t.n && t.p[i] != '>'; i++) {
		char c = t.p[i];
		int kind = c == '"';

		if ((c == '"' || c == '\'') && before == '=' && !p->no_quote[kind]) {
			size_t n = str_chr(str_from(t, i + 1), c);

			p->no_quote[kind] = n == STR_NONE;
			i += n == STR_NONE ? 0 : n + 1;
		}
		before = html_is_space(c) ? before : c;
	}
	return i < t.n ? i + 1 : t.n;
}

/* The start of "</name" at or behind i; STR_NONE if there is none. */
static size_t find_end_tag(str t, size_t i, str name)
{
	for (; i < t.n; i++) {
		size_t n = str_chr(str_from(t, i), '<');

		if (n == STR_NONE)
			break;
		i += n;
		if (i + 2 + name.n < t.n && t.p[i + 1] == '/' && str_ieq(str_sub(t, i + 2, name.n), name) &&
		    !is_letter(t.p[i + 2 + name.n]))
			return i;
	}
	return STR_NONE;
}

/* The content of an element whose content is text; returns where its end tag starts. */
static size_t take_raw(struct parser *p, const struct html_element *e, size_t i, bool open)
{
	bool gentle =
		e->tag != TAG_OTHER; /* without an end tag it is taken for empty, not for all the rest */
	size_t end = gentle && p->no_end[e->tag] ? STR_NONE : find_end_tag(p->text, i, str_c(e->name));

	if (end == STR_NONE) {
		p->no_end[e->tag] = true;
		end = gentle ? i : p->text.n;
	}
	if (open)
		add_text(p, i, end, e->tag != TAG_TITLE);
	return end;
}

static size_t take_start_tag(struct parser *p, size_t i)
{
	size_t end = tag_end(p, i + 1), inner = end;
	const struct html_element *e = html_element(name_at(p->text, i + 1, end));

	if (inner > i + 1 && p->text.p[inner - 1] == '>')
		inner--;
	open_element(p, e, i + 1, inner);
	if (e && (e->flags & HTML_RAW))
		end = take_raw(p, e, end, p->open[p->depth - 1] == p->nodes->n - 1);
	return end;
}

static size_t behind(str t, size_t i, const char *what, bool *never)
{
	size_t n = *never ? STR_NONE : str_find(str_from(t, i), str_c(what));

	*never = n == STR_NONE;
	return n == STR_NONE ? STR_NONE : i + n + strlen(what);
}

/* "<!...": comments, CDATA, doctypes; also "<?...". */
static size_t take_declaration(struct parser *p, size_t i)
{
	str rest = str_from(p->text, i);
	bool missing = false;
	size_t end;

	if (str_starts_c(rest, "<!--")) {
		end = str_starts_c(rest, "<!-->") ? i + 5 : behind(p->text, i + 4, "-->", &p->no_comment_end);
		if (end != STR_NONE)
			return end;
	} else if (str_starts_c(rest, "<![CDATA[")) {
		end = behind(p->text, i + 9, "]]>", &missing);
		end = end == STR_NONE ? p->text.n : end;
		add_text(p, i + 9, missing ? end : end - 3, true);
		return end;
	}
	end = behind(p->text, i, ">", &missing);
	return end == STR_NONE ? p->text.n : end;
}

/* What begins with the '<' at i; returns where it ends, i if it is no markup. */
static size_t take_markup(struct parser *p, size_t i)
{
	char c = i + 1 < p->text.n ? p->text.p[i + 1] : '\0';
	size_t end;

	if (is_letter(c))
		return take_start_tag(p, i);
	if (c == '!' || c == '?')
		return take_declaration(p, i);
	if (c != '/' || i + 2 >= p->text.n || !is_letter(p->text.p[i + 2]))
		return i;
	end = tag_end(p, i + 2);
	close_element(p, name_at(p->text, i + 2, end));
	return end;
}

static void release(void *vec)
{
	vec_release(vec);
}

bool html_parse(struct arena *a, str text, struct html_tree *out)
{
	struct parser *p;
	size_t from = 0;

	if (text.n > HTML_MAX_BYTES)
		return false;
	p = arena_alloc(a, sizeof(*p));
	p->text = text;
	p->nodes = arena_alloc(a, sizeof(*p->nodes));
	vec_init(p->nodes, sizeof(struct html_node));
	arena_defer(a, release, p->nodes);
	p->open[p->depth++] = add_node(p, TAG_OTHER, 0, 0, 0);
	p->open_tags[TAG_OTHER]++;
	for (size_t i = 0; i < text.n && p->nodes->n < HTML_MAX_NODES;) {
		size_t n = str_chr(str_from(text, i), '<'), end;
		size_t at = n == STR_NONE ? text.n : i + n;

		/* a '<' that is no markup belongs to the text around it */
		end = at < text.n ? at + 1 : at;
		if (at < text.n && at + 1 < text.n &&
		    (is_letter(text.p[at + 1]) || strchr("/!?", text.p[at + 1]))) {
			add_text(p, from, at, false);
			from = at;
			end = take_markup(p, at);
			if (end > at)
				from = end;
			else
				end = at + 1;
		}
		i = end;
	}
	add_text(p, from, text.n, false);
	close_to(p, 0);
	*out = (struct html_tree){ .text = text, .n = (uint32_t)p->nodes->n, .elements = p->elements };
	out->nodes = p->nodes->p;
	return p->nodes->n < HTML_MAX_NODES;
}

/* ---- attributes ---- */

str html_attributes(const struct html_tree *t, uint32_t node)
{
	const struct html_node *n = &t->nodes[node];

	if (n->tag == TAG_TEXT)
		return STR("");
	return str_from(html_text(t, node), name_at(t->text, n->start, n->end).n);
}

bool html_attribute_next(str *rest, str *name, str *value)
{
	size_t i = 0, start;
	str s = *rest;

	while (i < s.n && (html_is_space(s.p[i]) || s.p[i] == '/'))
		i++;
	for (start = i; i < s.n && !html_is_space(s.p[i]) && s.p[i] != '/' && (s.p[i] != '=' || i == start);)
		i++;
	*name = str_sub(s, start, i - start);
	*value = STR("");
	while (i < s.n && html_is_space(s.p[i]))
		i++;
	if (i < s.n && s.p[i] == '=') {
		for (i++; i < s.n && html_is_space(s.p[i]);)
			i++;
		if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
			size_t n = str_chr(str_from(s, i + 1), s.p[i]);

			*value = str_sub(s, i + 1, n == STR_NONE ? s.n : n);
			i = n == STR_NONE ? s.n : i + n + 2;
		} else {
			for (start = i; i < s.n && !html_is_space(s.p[i]);)
				i++;
			*value = str_sub(s, start, i - start);
		}
	}
	*rest = str_from(s, i);
	return name->n > 0;
}

bool html_attribute(const struct html_tree *t, uint32_t node, const char *name, str *value)
{
	str rest = html_attributes(t, node), key;

	while (html_attribute_next(&rest, &key, value))
		if (str_ieq(key, str_c(name)))
			return true;
	return false;
}

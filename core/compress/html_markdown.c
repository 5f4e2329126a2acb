/*
 * html_markdown: writes a part of a page as Markdown: headings, lists, quotations, tables, links and code; emphasis is left
 * out.  One walk over the nodes in order; what an element needs at its end is done when the walk leaves it.
 */
#include <stdio.h>

#include "core/compress/html.h"

enum {
	INDENT = 2, /* blanks of a level of lists */
	LEVELS = 16, /* lists and quotations that are told apart */
	COLUMNS = 64, /* of a table */
	LANGUAGE_MAX = 24 /* bytes of the name behind a fence */
};

struct list {
	bool ordered;
	unsigned number; /* of the next item */
};

struct writer {
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
	struct list lists[LEVELS];
	unsigned list_n, quotes;
	unsigned cells; /* > 0 inside a cell of a table that is written as one */
	unsigned row_cells, rows;
	bool in_heading;
	bool link_wanted, link_open;
	str href;
};

/* ---- output ---- */

static void want_lines(struct writer *w, unsigned n)
{
	if (w->cells || w->in_heading || w->link_open) {
		w->blank = true;
		return;
	}
	if (n > w->newlines)
		w->newlines = n;
	w->blank = false;
}

static void put_prefix(struct writer *w, bool item)
{
	unsigned levels = w->list_n > LEVELS ? LEVELS : w->list_n;

	for (unsigned i = 0; i < w->quotes && i < LEVELS; i++)
		buf_add_c(w->out, "> ");
	if (levels > 0 && item)
		levels--;
	for (unsigned i = 0; i < levels * INDENT; i++)
		buf_add_ch(w->out, ' ');
}

/* Writes what was put off: line feeds, prefix, marker or blank. */
static void flush(struct writer *w)
{
	bool first = w->out->n == w->start;

	if (first || w->newlines > 0) {
		for (unsigned i = 0; !first && i < w->newlines; i++)
			buf_add_ch(w->out, '\n');
		put_prefix(w, w->marker != NULL);
		w->newlines = 0;
		w->line_started = false;
	}
	if (w->marker) {
		buf_add_c(w->out, w->marker);
		w->marker = NULL;
	} else if (w->blank && w->line_started) {
		buf_add_ch(w->out, ' ');
	}
	w->blank = false;
	w->line_started = true;
	if (w->link_wanted) {
		buf_add_ch(w->out, '[');
		w->link_wanted = false;
		w->link_open = true;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void put_run(struct writer *w, str s)
{
	if (s.n == 0)
		return;
	flush(w);
	if (!w->cells || str_chr(s, '|') == STR_NONE) {
		buf_add(w->out, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '|')
			buf_add_ch(w->out, '\\');
		buf_add_ch(w->out, s.p[i]);
	}
}

static void put_text(struct writer *w, str raw, bool verbatim)
{
	for (size_t i = 0, from; i < raw.n;) {
		char bytes[4];
		size_t n, used;

		for (from = i; i < raw.n && raw.p[i] && !is_blank(raw.p[i]) && raw.p[i] != '&';)
			i++;
		put_run(w, str_sub(raw, from, i - from));
		if (i == raw.n)
			break;
		if (raw.p[i] != '&' || verbatim) {
			if (raw.p[i] == '&')
				put_run(w, STR("&"));
			else
				w->blank = w->blank || raw.p[i];
			i++;
			continue;
		}
		used = html_entity(str_from(raw, i), bytes, &n);
		if (used == 0)
			put_run(w, STR("&"));
		else if (n == 2 && memcmp(bytes, "\xc2\xa0", 2) == 0) /* a blank that does not break */
			w->blank = true;
		else if (n == 1 && is_blank(bytes[0]))
			w->blank = true;
		else
			put_run(w, (str){ bytes, n });
		i += used ? used : 1;
	}
}

/* ---- code ---- */

static void gather_verbatim(struct writer *w, uint32_t node)
{
	const struct html_node *nodes = w->tree->nodes;

	buf_clear(&w->scratch);
	for (uint32_t i = node + 1; i < nodes[node].next; i = nodes[i].dropped ? nodes[i].next : i + 1) {
		str raw = html_text(w->tree, i);

		if (nodes[i].tag == TAG_BR)
			buf_add_ch(&w->scratch, '\n');
		if (nodes[i].tag != TAG_TEXT)
			continue;
		for (size_t k = 0, used, n; k < raw.n; k += used) {
			size_t run = str_chr(str_from(raw, k), '&');
			char bytes[4];

			used = nodes[i].verbatim || run == STR_NONE ? raw.n - k : run;
			buf_add(&w->scratch, str_sub(raw, k, used));
			if (used == 0 && (used = html_entity(str_from(raw, k), bytes, &n)) > 0)
				buf_add(&w->scratch, (str){ bytes, n });
			else if (used == 0 && (used = 1))
				buf_add_ch(&w->scratch, '&');
		}
	}
}

static size_t longest_ticks(str s)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* "language-c", "lang-c", "highlight-source-c", "brush: c" */
static str language_in(str classes)
{
	static const char *const heads[] = { "language-", "lang-", "highlight-source-", "brush:" };
	size_t at = STR_NONE, n = 0;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads) && at == STR_NONE; i++) {
		at = str_find(classes, str_c(heads[i]));
		if (at != STR_NONE)
			classes = str_trim(str_from(classes, at + strlen(heads[i])));
	}
	while (at != STR_NONE && n < classes.n && n < LANGUAGE_MAX && !is_blank(classes.p[n]) &&
	       !strchr(";`\"'", classes.p[n]))
		n++;
	return str_sub(classes, 0, n);
}

static str code_language(const struct html_tree *t, uint32_t pre)
{
	str classes, found = STR("");

	if (html_attribute(t, pre, "class", &classes))
		found = language_in(classes);
	for (uint32_t i = pre + 1; found.n == 0 && i < t->nodes[pre].next && i < pre + 4; i++)
		if (t->nodes[i].tag == TAG_CODE && html_attribute(t, i, "class", &classes))
			found = language_in(classes);
	if (found.n == 0 && html_attribute(t, t->nodes[pre].parent, "class", &classes))
		found = language_in(classes);
	return found;
}

static void put_fence(struct writer *w, size_t ticks)
{
	for (size_t i = 0; i < ticks; i++)
		buf_add_ch(w->out, '`');
}

static void put_pre(struct writer *w, uint32_t node)
{
	size_t ticks;
	str text, line;

	gather_verbatim(w, node);
	text = buf_str(&w->scratch);
	while (text.n > 0 && is_blank(text.p[text.n - 1]))
		text.n--;
	for (size_t n; (n = str_chr(text, '\n')) != STR_NONE && str_trim(str_sub(text, 0, n)).n == 0;)
		text = str_from(text, n + 1);
	if (text.n == 0)
		return;
	if (w->cells || w->in_heading) {
		put_text(w, text, true);
		return;
	}
	want_lines(w, 2);
	flush(w);
	ticks = longest_ticks(text) < 3 ? 3 : longest_ticks(text) + 1;
	put_fence(w, ticks);
	buf_add(w->out, code_language(w->tree, node));
	while (str_line(&text, &line)) {
		buf_add_ch(w->out, '\n');
		put_prefix(w, false);
		buf_add(w->out, line);
	}
	buf_add_ch(w->out, '\n');
	put_prefix(w, false);
	put_fence(w, ticks);
	want_lines(w, 2);
}

static void put_code(struct writer *w, uint32_t node)
{
	const char *quote;
	str text;

	gather_verbatim(w, node);
	text = str_trim(buf_str(&w->scratch));
	if (text.n == 0)
		return;
	if (is_blank(*buf_c(&w->scratch)))
		w->blank = true;
	quote = longest_ticks(text) ? "``" : "`";
	put_run(w, str_c(quote));
	w->blank = false;
	put_text(w, text, true);
	w->blank = false;
	put_run(w, str_c(quote));
}

/* ---- links, images ---- */

static bool holds_block(const struct html_tree *t, uint32_t node)
{
	for (uint32_t i = node + 1; i < t->nodes[node].next; i++)
		if (t->nodes[i].flags & HTML_BLOCK)
			return true;
	return false;
}

static bool starts_any(str s, const char *const *heads)
{
	for (; *heads; heads++)
		if (str_ieq(str_sub(s, 0, strlen(*heads)), str_c(*heads)))
			return true;
	return false;
}

/* The sign behind a heading that links to itself: "#", a pilcrow ... */
static bool is_permalink(const struct html_tree *t, uint32_t node)
{
	const struct html_node *n = &t->nodes[node];
	str href, text;

	if (n->next > node + 2 || !html_attribute(t, node, "href", &href) || !str_starts_c(href, "#"))
		return false;
	text = n->next == node + 2 && t->nodes[node + 1].tag == TAG_TEXT ? str_trim(html_text(t, node + 1))
									 : STR("");
	return text.n <= 1 || str_eq_c(text, "\xc2\xb6") || str_eq_c(text, "&para;") ||
	       str_eq_c(text, "&#182;") || str_eq_c(text, "\xc2\xa7") || str_eq_c(text, "&sect;");
}

static void open_link(struct writer *w, uint32_t node)
{
	static const char *const no_target[] = { "#", "javascript:", "data:", NULL };
	str href;

	if (!w->config->html_links || !html_attribute(w->tree, node, "href", &href))
		return;
	href = str_trim(href);
	if (href.n == 0 || starts_any(href, no_target) || holds_block(w->tree, node))
		return;
	w->href = href;
	w->link_wanted = true;
}

static void put_target(struct writer *w, str raw)
{
	bool angle;

	buf_clear(&w->scratch);
	html_decode(&w->scratch, raw);
	angle = str_chr(buf_str(&w->scratch), ' ') != STR_NONE ||
		str_chr(buf_str(&w->scratch), ')') != STR_NONE;
	buf_add_c(w->out, angle ? "(<" : "(");
	buf_add(w->out, buf_str(&w->scratch));
	buf_add_c(w->out, angle ? ">)" : ")");
}

static void close_link(struct writer *w)
{
	if (w->link_open) {
		buf_add_ch(w->out, ']');
		put_target(w, w->href);
	}
	w->link_open = w->link_wanted = false;
}

static void put_image(struct writer *w, uint32_t node)
{
	str alt = STR(""), source;

	if (!w->config->html_images || !html_attribute(w->tree, node, "src", &source) ||
	    str_starts_c(source, "data:"))
		return;
	if (!html_attribute(w->tree, node, "alt", &alt))
		alt = STR("");
	flush(w);
	buf_add_c(w->out, "![");
	html_decode(w->out, alt);
	buf_add_ch(w->out, ']');
	put_target(w, str_trim(source));
}

/* ---- tables ---- */

/* Whether a table is one, not a way to lay out a page: rows of several short cells. */
static bool is_data(const struct html_tree *t, uint32_t node)
{
	unsigned rows = 0, cells = 0, most = 0;

	for (uint32_t i = node + 1; i < t->nodes[node].next;
	     i = t->nodes[i].dropped ? t->nodes[i].next : i + 1) {
		uint8_t tag = t->nodes[i].tag;

		if (tag == TAG_TABLE || tag == TAG_PRE || tag == TAG_H1 || tag == TAG_H2)
			return false;
		if (tag == TAG_TR) {
			rows++;
			cells = 0;
		}
		cells += tag == TAG_TD;
		most = cells > most ? cells : most;
	}
	return rows > 0 && most > 1 && most <= COLUMNS;
}

static void close_row(struct writer *w)
{
	if (w->row_cells == 0)
		return;
	if (w->rows++ == 0) {
		buf_add_ch(w->out, '\n');
		put_prefix(w, false);
		buf_add_ch(w->out, '|');
		for (unsigned i = 0; i < w->row_cells; i++)
			buf_add_c(w->out, "---|");
	}
	w->row_cells = 0;
	want_lines(w, 1);
}

static void open_cell(struct writer *w)
{
	if (w->row_cells++ == 0) {
		want_lines(w, w->rows ? 1 : 2);
		w->blank = false;
		flush(w);
		buf_add_ch(w->out, '|');
	}
	w->cells++;
	buf_add_ch(w->out, ' ');
	w->line_started = false; /* no blank wanted before the text */
	w->blank = false;
}

static void close_cell(struct writer *w)
{
	w->cells--;
	w->blank = false;
	buf_add_c(w->out, " |");
}

/* ---- elements ---- */

static const char *const heading_markers[] = { "# ", "## ", "### ", "#### ", "##### ", "###### " };

static void open_item(struct writer *w)
{
	struct list *l = w->list_n && w->list_n <= LEVELS ? &w->lists[w->list_n - 1] : NULL;

	want_lines(w, 1);
	if (w->cells)
		return;
	w->marker = "- ";
	if (l && l->ordered) {
		snprintf(w->number, sizeof(w->number), "%u. ", l->number++);
		w->marker = w->number;
	}
}

static void open_list(struct writer *w, uint32_t node)
{
	bool ordered = w->tree->nodes[node].tag == TAG_OL;
	uint64_t start = 1;
	str value;

	want_lines(w, w->list_n ? 1 : 2);
	if (!ordered || !html_attribute(w->tree, node, "start", &value) || !str_u64(value, &start) ||
	    start > INT32_MAX)
		start = 1;
	if (w->list_n < LEVELS)
		w->lists[w->list_n] = (struct list){ ordered, (unsigned)start };
	w->list_n++;
}

static unsigned lines_around(const struct writer *w, uint8_t tag)
{
	if (w->list_n > 0)
		return 1;
	return tag == TAG_DIV || tag == TAG_TR || tag == TAG_TBODY || tag == TAG_TD || tag == TAG_DT ? 1 : 2;
}

/* What the walk does at an element; returns false when its content was dealt with. */
static bool enter(struct writer *w, uint32_t node, bool *data)
{
	const struct html_node *n = &w->tree->nodes[node];

	switch (n->tag) {
	case TAG_BR:
		want_lines(w, 1);
		return false;
	case TAG_IMG:
		put_image(w, node);
		return false;
	case TAG_PRE:
		put_pre(w, node);
		return false;
	case TAG_CODE:
		put_code(w, node);
		return false;
	case TAG_A:
		if (is_permalink(w->tree, node))
			return false;
		open_link(w, node);
		return true;
	case TAG_LIST:
	case TAG_OL:
		open_list(w, node);
		return true;
	case TAG_LI:
		open_item(w);
		return true;
	case TAG_DT:
		want_lines(w, 1);
		return true;
	case TAG_DD:
		want_lines(w, 1);
		w->marker = w->cells ? NULL : ": ";
		return true;
	case TAG_BLOCKQUOTE:
		want_lines(w, 2);
		w->quotes++;
		return true;
	case TAG_TABLE:
		*data = !w->cells && is_data(w->tree, node);
		if (*data && !w->config->html_tables)
			return false;
		want_lines(w, 2);
		w->rows = w->row_cells = 0;
		return true;
	case TAG_H1:
	case TAG_H2:
	case TAG_H3:
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
		want_lines(w, 2);
		w->marker = w->cells ? NULL : heading_markers[n->tag - TAG_H1];
		w->in_heading = true;
		return true;
	default:
		/* a paragraph or part at the start of a list item belongs to its line */
		if (n->flags & HTML_BLOCK && !w->marker)
			want_lines(w, lines_around(w, n->tag));
		return true;
	}
}

static void leave(struct writer *w, uint32_t node)
{
	const struct html_node *n = &w->tree->nodes[node];

	switch (n->tag) {
	case TAG_A:
		close_link(w);
		break;
	case TAG_LIST:
	case TAG_OL:
		w->list_n--;
		want_lines(w, w->list_n ? 1 : 2);
		break;
	case TAG_LI:
	case TAG_DD:
		w->marker = NULL; /* an empty item */
		want_lines(w, 1);
		break;
	case TAG_BLOCKQUOTE:
		w->quotes--;
		want_lines(w, 2);
		break;
	case TAG_H1:
	case TAG_H2:
	case TAG_H3:
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
		w->in_heading = false;
		w->marker = NULL;
		want_lines(w, 2);
		break;
	default:
		if (n->flags & HTML_BLOCK)
			want_lines(w, lines_around(w, n->tag));
	}
}

/* Inside the table at `table` that is written as one: its rows and cells.  Other elements are none of its business. */
static bool enter_table_part(struct writer *w, uint32_t node)
{
	uint8_t tag = w->tree->nodes[node].tag;

	if (tag == TAG_TD)
		open_cell(w);
	return tag == TAG_TD || tag == TAG_TR || tag == TAG_TBODY;
}

static void leave_table_part(struct writer *w, uint32_t node)
{
	uint8_t tag = w->tree->nodes[node].tag;

	if (tag == TAG_TD)
		close_cell(w);
	else if (tag == TAG_TR || tag == TAG_TBODY)
		close_row(w);
}

static bool is_part(uint8_t tag)
{
	return tag == TAG_TD || tag == TAG_TR || tag == TAG_TBODY;
}

static void walk(struct writer *w, uint32_t root)
{
	const struct html_node *nodes = w->tree->nodes;
	uint32_t open[HTML_MAX_DEPTH + 1],
		table = 0; /* table: the end of the one that is being written, 0 for none */
	size_t depth = 0;

	for (uint32_t i = root; i < nodes[root].next || depth > 0;) {
		bool data = false;

		while (depth > 0 && i >= nodes[open[depth - 1]].next) {
			uint32_t node = open[--depth];

			if (table && is_part(nodes[node].tag))
				leave_table_part(w, node);
			else
				leave(w, node);
			if (table && nodes[node].tag == TAG_TABLE)
				table = 0;
		}
		if (i >= nodes[root].next)
			break;
		if (nodes[i].dropped) {
			i = nodes[i].next;
		} else if (nodes[i].tag == TAG_TEXT) {
			/* blanks between cells are none */
			if (!table || w->cells || str_trim(html_text(w->tree, i)).n > 0)
				put_text(w, html_text(w->tree, i), nodes[i].verbatim);
			i++;
		} else if ((table && enter_table_part(w, i)) || enter(w, i, &data)) {
			if (data)
				table = nodes[i].next;
			if (nodes[i].next > i + 1)
				open[depth++] = i++;
			else if (table && is_part(nodes[i].tag))
				leave_table_part(w, i++);
			else
				leave(w, i++);
		} else {
			i = nodes[i].next;
		}
	}
}

void html_markdown(struct arena *a, const struct html_tree *t, uint32_t root, const struct compress_config *c,
		   struct buf *out)
{
	struct writer w = { .tree = t, .config = c, .out = out, .start = out->n };

	(void)a;
	buf_init(&w.scratch, t->text.n * 2 + 8);
	walk(&w, root);
	buf_release(&w.scratch);
}

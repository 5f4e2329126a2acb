/*
 * html_markdown: writes a part of a page as Markdown: headings, lists, quotations, tables, links and code; emphasis is left
 * out.  One walk over the nodes in order; what an element needs at its end is done when the walk leaves it.
 */
#include <stdio.h>

#include "core/compress/html_write.h"

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
	return rows > 0 && most > 1 && most <= HTML_COLUMNS;
}

/* Columns into which cells of the rows above reach stay empty, so that each cell stands below its heading. */
static void put_spanned(struct html_writer *w)
{
	while (w->row_cells < HTML_COLUMNS && w->spans[w->row_cells]) {
		w->spans[w->row_cells++]--;
		buf_add_c(w->out, "  |");
	}
}

static unsigned span_of(struct html_writer *w, uint32_t node, const char *name, unsigned most)
{
	uint64_t n;
	str value;

	if (!html_attribute(w->tree, node, name, &value) || !str_u64(value, &n) || n == 0)
		return 1;
	return n < most ? (unsigned)n : most;
}

static void close_row(struct html_writer *w)
{
	if (w->row_cells == 0)
		return;
	put_spanned(w);
	for (unsigned i = w->row_cells; i < HTML_COLUMNS; i++)
		w->spans[i] -= w->spans[i] > 0;
	if (w->rows++ == 0) {
		buf_add_ch(w->out, '\n');
		html_put_prefix(w, false);
		buf_add_ch(w->out, '|');
		for (unsigned i = 0; i < w->row_cells; i++)
			buf_add_c(w->out, "---|");
	}
	w->row_cells = 0;
	html_want_lines(w, 1);
}

static void open_cell(struct html_writer *w, uint32_t node)
{
	unsigned rows = span_of(w, node, "rowspan", UINT16_MAX);

	if (w->row_cells == 0) {
		html_want_lines(w, w->rows ? 1 : 2);
		w->blank = false;
		html_flush(w);
		buf_add_ch(w->out, '|');
	}
	put_spanned(w);
	w->span = w->row_cells < HTML_COLUMNS ? span_of(w, node, "colspan", HTML_COLUMNS - w->row_cells) : 1;
	for (unsigned i = 0; i < w->span && w->row_cells + i < HTML_COLUMNS; i++)
		w->spans[w->row_cells + i] = (uint16_t)(rows - 1);
	w->row_cells += w->span;
	w->cells++;
	buf_add_ch(w->out, ' ');
	w->line_started = false; /* no blank wanted before the text */
	w->blank = false;
}

static void close_cell(struct html_writer *w)
{
	w->cells--;
	w->blank = false;
	buf_add_c(w->out, " |");
	for (unsigned i = 1; i < w->span; i++)
		buf_add_c(w->out, "  |");
}

/* ---- elements ---- */

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | ' ') >= 'a' && (c | ' ') <= 'z');
}

/* "10<sup>6</sup>" is not 106; "1<sup>st</sup>" is 1st. */
static void open_power(struct html_writer *w, uint32_t node)
{
	const struct html_node *n = &w->tree->nodes[node], *first = n + 1;
	str text = n->next > node + 1 && first->tag == TAG_TEXT ? str_trim(html_text(w->tree, node + 1))
								: STR("");
	char before = w->out->n > w->start ? w->out->p[w->out->n - 1] : '\0';

	if (w->blank || w->newlines || !(is_word(before) || before == ')') || text.n == 0)
		return;
	if (text.n == 1 ? is_word(text.p[0]) : memchr("+-0123456789", text.p[0], 12) != NULL)
		html_put_run(w, STR("^"));
}

static const char *const heading_markers[] = { "# ", "## ", "### ", "#### ", "##### ", "###### " };

static void open_item(struct html_writer *w)
{
	struct html_list *l = w->list_n && w->list_n <= HTML_LEVELS ? &w->lists[w->list_n - 1] : NULL;

	html_want_lines(w, 1);
	if (w->cells)
		return;
	w->marker = "- ";
	if (l && l->ordered) {
		snprintf(w->number, sizeof(w->number), "%u. ", l->number++);
		w->marker = w->number;
	}
}

static void open_list(struct html_writer *w, uint32_t node)
{
	bool ordered = w->tree->nodes[node].tag == TAG_OL;
	uint64_t start = 1;
	str value;

	html_want_lines(w, w->list_n ? 1 : 2);
	if (!ordered || !html_attribute(w->tree, node, "start", &value) || !str_u64(value, &start) ||
	    start > INT32_MAX)
		start = 1;
	if (w->list_n < HTML_LEVELS)
		w->lists[w->list_n] = (struct html_list){ ordered, (unsigned)start };
	w->list_n++;
}

static unsigned lines_around(const struct html_writer *w, uint8_t tag)
{
	if (w->list_n > 0)
		return 1;
	return tag == TAG_DIV || tag == TAG_TR || tag == TAG_TBODY || tag == TAG_TD || tag == TAG_DT ? 1 : 2;
}

/* What the walk does at an element; returns false when its content was dealt with. */
static bool enter(struct html_writer *w, uint32_t node, bool *data)
{
	const struct html_node *n = &w->tree->nodes[node];

	switch (n->tag) {
	case TAG_BR:
		html_want_lines(w, 1);
		return false;
	case TAG_IMG:
		html_put_image(w, node);
		return false;
	case TAG_PRE:
		html_put_pre(w, node);
		return false;
	case TAG_CODE:
		html_put_code(w, node);
		return false;
	case TAG_A:
		if (html_is_permalink(w->tree, node))
			return false;
		html_open_link(w, node);
		return true;
	case TAG_DEL: /* what is no longer true */
		html_put_run(w, STR("~~"));
		return true;
	case TAG_SUP:
		open_power(w, node);
		return true;
	case TAG_LIST:
	case TAG_OL:
		open_list(w, node);
		return true;
	case TAG_LI:
		open_item(w);
		return true;
	case TAG_DT:
		html_want_lines(w, 1);
		return true;
	case TAG_DD:
		html_want_lines(w, 1);
		w->marker = w->cells ? NULL : ": ";
		return true;
	case TAG_BLOCKQUOTE:
		html_want_lines(w, 2);
		w->quotes++;
		return true;
	case TAG_TABLE:
		*data = !w->cells && is_data(w->tree, node);
		if (*data && !w->config->html_tables)
			return false;
		html_want_lines(w, 2);
		w->rows = w->row_cells = 0;
		memset(w->spans, 0, sizeof(w->spans));
		return true;
	case TAG_H1:
	case TAG_H2:
	case TAG_H3:
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
		html_want_lines(w, 2);
		w->marker = w->cells ? NULL : heading_markers[n->tag - TAG_H1];
		w->in_heading = true;
		return true;
	default:
		/* a paragraph or part at the start of a list item belongs to its line */
		if (n->flags & HTML_BLOCK && !w->marker)
			html_want_lines(w, lines_around(w, n->tag));
		return true;
	}
}

static void leave(struct html_writer *w, uint32_t node)
{
	const struct html_node *n = &w->tree->nodes[node];

	switch (n->tag) {
	case TAG_A:
		html_close_link(w);
		break;
	case TAG_DEL:
		w->blank = false;
		html_put_run(w, STR("~~"));
		break;
	case TAG_LIST:
	case TAG_OL:
		w->list_n--;
		html_want_lines(w, w->list_n ? 1 : 2);
		break;
	case TAG_LI:
	case TAG_DD:
		w->marker = NULL; /* an empty item */
		html_want_lines(w, 1);
		break;
	case TAG_BLOCKQUOTE:
		w->quotes--;
		html_want_lines(w, 2);
		break;
	case TAG_H1:
	case TAG_H2:
	case TAG_H3:
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
		w->in_heading = false;
		w->marker = NULL;
		html_want_lines(w, 2);
		break;
	default:
		if (n->flags & HTML_BLOCK)
			html_want_lines(w, lines_around(w, n->tag));
	}
}

/* Inside the table at `table` that is written as one: its rows and cells.  Other elements are none of its business. */
static bool enter_table_part(struct html_writer *w, uint32_t node)
{
	uint8_t tag = w->tree->nodes[node].tag;

	if (tag == TAG_TD)
		open_cell(w, node);
	return tag == TAG_TD || tag == TAG_TR || tag == TAG_TBODY;
}

static void leave_table_part(struct html_writer *w, uint32_t node)
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

static void walk(struct html_writer *w, uint32_t root)
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
				html_put_text(w, html_text(w->tree, i), nodes[i].verbatim);
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

void html_markdown(const struct html_tree *t, uint32_t root, const struct compress_config *c, struct buf *out)
{
	struct html_writer w = { .tree = t, .config = c, .out = out, .start = out->n };

	buf_init(&w.scratch, t->text.n * 2 + 8);
	walk(&w, root);
	buf_release(&w.scratch);
}

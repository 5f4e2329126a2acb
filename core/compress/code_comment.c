/*
 * code_comment: documentation and other comments outside of function bodies.  Of what is longer than it has to be, the
 * first line with words stays.
 */
#include "core/compress/code.h"

enum {
	COMMENT_LINES = 2 /* a comment that documents nothing and is not longer stays */
};

/* The lines of one comment, or of line comments below each other. */
struct run {
	uint32_t start, end; /* bytes */
	uint32_t lines;
	bool document;
};

static bool has_letters(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (unsigned char)c >= 0x80)
			return true;
	}
	return false;
}

static bool starts_line(str text, uint32_t at)
{
	while (at > 0 && (text.p[at - 1] == ' ' || text.p[at - 1] == '\t'))
		at--;
	return at == 0 || text.p[at - 1] == '\n';
}

static uint32_t line_end(str text, uint32_t at) /* of the line feed, or of the text */
{
	size_t n = str_chr(str_from(text, at), '\n');

	return n == STR_NONE ? (uint32_t)text.n : at + (uint32_t)n;
}

/* Documents for a reader, but not for a tool. */
static bool is_directive(str comment, uint32_t row)
{
	static const char *const heads[] = { "#!", "//go:", "// +build", "//export ", "//line " };

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (str_starts_c(comment, heads[i]))
			return true;
	return row < 2 && str_starts_c(comment, "#") && str_has_c(comment, "coding");
}

static bool is_document(str comment)
{
	return (str_starts_c(comment, "/**") && !str_starts_c(comment, "/**/")) ||
	       str_starts_c(comment, "/*!") || str_starts_c(comment, "///") || str_starts_c(comment, "//!");
}

/* The first line with words, without what decorates it; *more: there are others. */
static str first_words(str text, bool *more)
{
	str line, found = STR("");

	*more = false;
	while (str_line(&text, &line)) {
		if (!has_letters(line))
			continue;
		*more = found.n > 0;
		if (*more)
			break;
		found = line;
	}
	return found;
}

static str strip(str line, const char *marks)
{
	while (line.n > 0 && strchr(marks, line.p[0]) && line.p[0])
		line = str_from(line, 1);
	return str_trim(line);
}

static str shortened(struct arena *a, str head, str words, bool more, str tail)
{
	if (more)
		while (words.n > 0 && strchr(".\\", words.p[words.n - 1]) && words.p[words.n - 1])
			words.n--;
	return arena_printf(a, "%.*s%.*s%s%.*s", STR_ARG(head), STR_ARG(words), more ? "..." : "",
			    STR_ARG(tail));
}

static void add_edit(struct vec *edits, uint32_t start, uint32_t end, str text)
{
	*(struct code_edit *)vec_push(edits) = (struct code_edit){ start, end, -1, text };
}

/* Takes whole lines, the line feed included. */
static void remove_lines(const struct code_tree *t, uint32_t start, uint32_t end, struct vec *edits)
{
	uint32_t behind = line_end(t->text, end);

	if (!starts_line(t->text, start) || str_trim(str_sub(t->text, end, behind - end)).n > 0)
		return;
	while (start > 0 && t->text.p[start - 1] != '\n')
		start--;
	add_edit(edits, start, behind + (behind < t->text.n), STR(""));
}

static str short_block(struct arena *a, str comment)
{
	str head = str_sub(comment, 0, comment.p[2] == '*' || comment.p[2] == '!' ? 3 : 2), words;
	bool more;

	words = first_words(str_sub(comment, head.n, comment.n - head.n - 2), &more);
	return shortened(a, arena_printf(a, "%.*s ", STR_ARG(head)), strip(words, " \t*"), more, STR(" */"));
}

static void shorten(struct arena *a, const struct code_tree *t, const struct run *r, struct vec *edits)
{
	str comment = str_sub(t->text, r->start, r->end - r->start), text;
	bool more;

	if (str_starts_c(comment, "/*") && comment.n >= 4 && str_ends_c(comment, "*/"))
		text = short_block(a, comment);
	else
		text = shortened(a, STR(""), str_trim(first_words(comment, &more)), true, STR(""));
	if (text.n == strlen("...")) { /* a comment without words */
		remove_lines(t, r->start, r->end, edits);
		return;
	}
	if (text.n < comment.n)
		add_edit(edits, r->start, r->end, text);
}

static void treat(struct arena *a, const struct code_tree *t, const struct squeeze *s, const struct run *r,
		  struct vec *edits)
{
	const struct compress_config *c = s->config;

	/* what cgo compiles looks like a comment */
	if (t->language == LANGUAGE_GO && str_starts_c(str_trim(str_from(t->text, r->end)), "import \"C\""))
		return;
	if (r->document && c->code_docstrings == DOCSTRING_REMOVE)
		remove_lines(t, r->start, r->end, edits);
	else if (r->document ? c->code_docstrings == DOCSTRING_FIRST_LINE && r->lines > 1
			     : c->code_comments && r->lines > COMMENT_LINES)
		shorten(a, t, r, edits);
}

/* The comment at *node and, if it is a line comment, those on the lines below; moves *node behind. */
static struct run take_run(const struct code_tree *t, uint32_t *node)
{
	const struct code_node *n = &t->nodes[*node];
	struct run r = { n->start, n->end, n->last - n->row + 1, is_document(code_text(t, *node)) };
	bool line = !str_starts_c(code_text(t, *node), "/*");
	uint32_t row = n->last;

	for (*node = n->next; line && *node < t->n; *node = n->next) {
		str text = code_text(t, *node);

		n = &t->nodes[*node];
		if (n->role != ROLE_COMMENT || n->row != row + 1 || str_starts_c(text, "/*") ||
		    is_directive(text, n->row) || is_document(text) != r.document)
			break;
		row = n->last;
		r.end = n->end;
		r.lines++;
	}
	return r;
}

/* ---- documentation strings ---- */

/* The bytes of the quotes a string begins with, prefixes included. */
static size_t opening(str s, str *quotes)
{
	size_t n = 0, q;

	while (n < s.n && s.p[n] != '"' && s.p[n] != '\'')
		n++;
	q = n + 3 <= s.n && s.p[n + 1] == s.p[n] && s.p[n + 2] == s.p[n] ? 3 : 1;
	*quotes = str_sub(s, n, q);
	return n + q;
}

static void treat_docstring(struct arena *a, const struct code_tree *t, const struct squeeze *s,
			    uint32_t block, struct vec *edits)
{
	uint32_t doc = code_docstring(t, block), other;
	int mode = s->config->code_docstrings;
	str text, quotes, words, inner;
	size_t head;
	bool more;

	if (!doc || mode == DOCSTRING_FULL)
		return;
	text = code_text(t, doc);
	if (mode == DOCSTRING_REMOVE) {
		other = code_next(t, block, doc);
		while (other && t->nodes[other].role == ROLE_COMMENT)
			other = code_next(t, block, other);
		if (other || block == 0)
			remove_lines(t, t->nodes[doc].start, t->nodes[doc].end, edits);
		else
			add_edit(edits, t->nodes[doc].start, t->nodes[doc].end, STR("pass"));
		return;
	}
	head = opening(text, &quotes);
	if (t->nodes[doc].row == t->nodes[doc].last || text.n < head + quotes.n)
		return;
	inner = str_sub(text, head, text.n - head - quotes.n);
	words = str_trim(first_words(inner, &more));
	inner = shortened(a, str_sub(text, 0, head), words, more, quotes);
	if (words.n > 0 && inner.n < text.n)
		add_edit(edits, t->nodes[doc].start, t->nodes[doc].end, inner);
}

void code_comments(struct arena *a, const struct code_tree *t, const struct squeeze *s, struct vec *edits)
{
	uint32_t inside = 0; /* the end of the function body we are in */

	treat_docstring(a, t, s, 0, edits);
	for (uint32_t i = 1; i < t->n;) {
		const struct code_node *n = &t->nodes[i], *parent = &t->nodes[n->parent];
		struct run r;

		if (n->role == ROLE_BLOCK && (parent->role == ROLE_FUNCTION || parent->role == ROLE_CLASS)) {
			treat_docstring(a, t, s, i, edits);
			if (parent->role == ROLE_FUNCTION && n->next > inside)
				inside = n->next;
		}
		if (n->role != ROLE_COMMENT || i < inside || !starts_line(t->text, n->start) ||
		    is_directive(code_text(t, i), n->row)) {
			i++;
			continue;
		}
		r = take_run(t, &i);
		treat(a, t, s, &r, edits);
	}
}

/*
 * marker: finds, replaces, appends and removes our block.  Which lines are code or comment follows CommonMark
 * where it decides about whole lines: fences and HTML comments that start a line or a list item.
 */
#include "writers/marker.h"

#define CODE_INDENT 4 /* columns that make a line indented code, and the width of a tab */

/* A fenced block or comment that is open at the start of a line. */
struct region {
	char kind; /* '`' or '~': fence of that character; '!': comment; 0: none */
	size_t length; /* of the fence */
	size_t indent; /* column where the list item begins that holds it; a line left of it ends both */
};

enum line_kind {
	LINE_OTHER,
	LINE_START,
	LINE_END,
	LINE_KINDS
};

/* What was seen of one kind of marker: the first one's line, 1-based, and bytes; the line of a second one. */
struct mark {
	size_t line, from, to, again;
};

/* Width of the white space at the start of a line, from column `col`; *n is its length in bytes. */
static size_t indent_width(str line, size_t col, size_t *n)
{
	size_t from = col;

	for (*n = 0; *n < line.n && (line.p[*n] == ' ' || line.p[*n] == '\t'); ++*n)
		col += line.p[*n] == '\t' ? CODE_INDENT - col % CODE_INDENT : 1;
	return col - from;
}

static bool is_blank(str line)
{
	return str_trim(line).n == 0;
}

static size_t run_length(str s, char c)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == c)
		n++;
	return n;
}

/* Length of a list marker such as "-" or "12." at the start of s, if white space follows it; else 0. */
static size_t list_marker(str s)
{
	size_t n = 0;

	if (s.n > 1 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+')) {
		n = 1;
	} else {
		while (n < s.n && n < 9 && s.p[n] >= '0' && s.p[n] <= '9')
			n++;
		if (n == 0 || n >= s.n || (s.p[n] != '.' && s.p[n] != ')'))
			return 0;
		n++;
	}
	return n < s.n && (s.p[n] == ' ' || s.p[n] == '\t') ? n : 0;
}

/* True if `line`, which stands inside `open`, is its last line. */
static bool closes(const struct region *open, str line)
{
	size_t n, width = indent_width(line, 0, &n);
	str rest = str_from(line, n);

	if (open->kind == '!')
		return str_has_c(line, "-->");
	size_t run = run_length(rest, open->kind);
	return width < open->indent + CODE_INDENT && run >= open->length && is_blank(str_from(rest, run));
}

/* What a line opens when its content begins at column `col`. */
static struct region opened(str content, size_t col)
{
	struct region none = { 0 };
	char c = content.n > 0 ? content.p[0] : 0;

	if (str_starts_c(content, "<!--"))
		return str_has_c(content, "-->") ? none : (struct region){ .kind = '!', .indent = col };
	if (c != '`' && c != '~')
		return none;
	size_t run = run_length(content, c);
	if (run < 3 || (c == '`' && str_chr(str_from(content, run), '`') != STR_NONE))
		return none;
	return (struct region){ .kind = c, .length = run, .indent = col };
}

/* Classifies one line (without its line end) and keeps track of what is open. */
static enum line_kind read_line(struct region *open, str line)
{
	size_t n, col = 0, width = indent_width(line, 0, &n);

	if (open->kind && !is_blank(line) && width < open->indent)
		open->kind = 0;
	if (open->kind) {
		if (closes(open, line))
			open->kind = 0;
		return LINE_OTHER;
	}
	if (width >= CODE_INDENT)
		return LINE_OTHER;
	str content = str_from(line, n);
	if (str_eq_c(str_trim(content), MARKER_START))
		return LINE_START;
	if (str_eq_c(str_trim(content), MARKER_END))
		return LINE_END;
	for (size_t len; width < CODE_INDENT && (len = list_marker(content)) > 0;) {
		size_t after = col + width + len;

		content = str_from(content, len);
		width = indent_width(content, after, &n);
		content = str_from(content, n);
		/* Deeper white space belongs to the item's content: indented code. */
		col = after + (width > CODE_INDENT ? 1 : width);
		width = width > CODE_INDENT ? width - 1 : 0;
	}
	if (width < CODE_INDENT)
		*open = opened(content, col);
	return LINE_OTHER;
}

static str without_bom(str file)
{
	return str_starts_c(file, "\xef\xbb\xbf") ? str_from(file, 3) : file;
}

static void note(struct mark *m, size_t line, size_t from, size_t to)
{
	if (m->line == 0)
		*m = (struct mark){ .line = line, .from = from, .to = to };
	else if (m->again == 0)
		m->again = line;
}

static enum status judge(const struct mark *start, const struct mark *end, struct error *err)
{
	static const char remedy[] = "leave exactly one start line and one end line below it, or remove both";
	const char *what = NULL;
	size_t line = 0;

	if (start->again || end->again) {
		what = "a headroom:learn marker comes twice";
		line = start->again ? start->again : end->again;
	} else if (start->line && !end->line) {
		what = "headroom:learn:start without its end";
		line = start->line;
	} else if (end->line && !start->line) {
		what = "headroom:learn:end without its start";
		line = end->line;
	} else if (end->line < start->line) {
		what = "headroom:learn:end above its start";
		line = end->line;
	}
	return what ? error_set(err, STATUS_REFUSED, "line %zu: %s; %s", line, what, remedy) : STATUS_OK;
}

static bool ends_in_crlf(str line)
{
	return str_ends_c(line, "\r\n");
}

enum status marker_find(str file, struct marker_span *span, struct error *err)
{
	struct mark marks[LINE_KINDS] = { 0 };
	const struct mark *start = &marks[LINE_START], *end = &marks[LINE_END];
	struct region open = { 0 };
	str rest = without_bom(file), line;
	enum status status;

	for (size_t number = 1; rest.n > 0; number++) {
		size_t from = file.n - rest.n;

		str_line(&rest, &line);
		note(&marks[read_line(&open, line)], number, from, file.n - rest.n);
	}
	status = judge(start, end, err);
	if (status != STATUS_OK)
		return status;
	*span = (struct marker_span){ .found = start->line > 0 };
	if (span->found) {
		span->from = start->from;
		span->to = end->to;
		span->body = str_sub(file, start->to, end->from - start->to);
		span->crlf = ends_in_crlf(str_sub(file, 0, start->to));
	} else if (marks[LINE_OTHER].line > 0) {
		span->crlf = ends_in_crlf(str_sub(file, 0, marks[LINE_OTHER].to));
	}
	return STATUS_OK;
}

/* A line that carries a bullet on: indented, with something on it. */
static bool continues(str line)
{
	size_t n;

	return indent_width(line, 0, &n) >= 2 && !is_blank(line);
}

void marker_bullets(str body, struct vec *out)
{
	str section = STR(""), rest = body, line;

	while (str_line(&rest, &line)) {
		if (str_starts_c(line, "### ")) {
			section = str_trim(str_from(line, 4));
			continue;
		}
		if (list_marker(line) != 1)
			continue;
		str text = str_from(line, 2), ahead = rest;
		while (str_line(&ahead, &line) && continues(line)) {
			text.n = (size_t)(line.p + line.n - text.p);
			rest = ahead;
		}
		struct marker_bullet *b = vec_push(out);
		b->section = section;
		b->text = str_trim(text);
	}
}

static bool ends_line(str text)
{
	return text.n > 0 && text.p[text.n - 1] == '\n';
}

/* What stands between the text of a file and a block appended to it, by [CRLF][text ends its last line].
 * Text without its last newline gets one, and the blank in the empty line tells a later removal so. */
static const char *const separators[2][2] = {
	{ "\n \n", "\n" },
	{ "\r\n \r\n", "\r\n" },
};

/* Length of the separator at the end of the text above a block that stands last, 0 if there is none. */
static size_t separator_length(str text)
{
	for (int i = 0; i < 4; i++) {
		str sep = str_c(separators[i / 2][i % 2]);

		if (text.n > sep.n && str_ends(text, sep) &&
		    ends_line(str_sub(text, 0, text.n - sep.n)) == (i % 2 == 1))
			return sep.n;
	}
	return 0;
}

static void add_lines(struct buf *out, str block, bool crlf)
{
	str line;

	while (str_line(&block, &line)) {
		buf_add(out, line);
		buf_add_c(out, crlf ? "\r\n" : "\n");
	}
}

void marker_splice(str file, const struct marker_span *span, str block, struct buf *out)
{
	str before = file, after = STR("");

	if (span->found) {
		before = str_sub(file, 0, span->from);
		after = str_from(file, span->to);
		if (block.n == 0 && after.n == 0)
			before.n -= separator_length(without_bom(before));
	}
	buf_add(out, before);
	if (block.n > 0) {
		if (!span->found && without_bom(file).n > 0)
			buf_add_c(out, separators[span->crlf][ends_line(file)]);
		add_lines(out, block, span->crlf);
		/* An end marker that is the last line without newline stays so. */
		if (span->found && file.p[span->to - 1] != '\n' && !out->full)
			buf_cut(out, out->n - (span->crlf ? 2 : 1));
	}
	buf_add(out, after);
}

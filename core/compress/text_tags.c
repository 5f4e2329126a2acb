/*
 * Tags that are no HTML, such as <system-reminder> or <file path="x">, are some program's syntax: text between them is not
 * ours to shorten.
 */
#include "core/compress/text_units.h"

enum {
	OPEN_MAX = 64, /* tags open at a time */
	NAME_MAX_BYTES = 64,
	TAG_BYTES = 4096
};

/* The elements of HTML 5. */
static const char html_names[] =
	" a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code "
	"col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form "
	"h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark "
	"menu meta meter nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp "
	"script search section select slot small source span strong style sub summary sup svg table tbody td template "
	"textarea tfoot th thead time title tr track u ul var video wbr ";

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || c == ':';
}

static bool is_html(str name)
{
	char padded[NAME_MAX_BYTES + 2];

	padded[0] = ' ';
	for (size_t i = 0; i < name.n; i++)
		padded[i + 1] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | ' ') : name.p[i];
	padded[name.n + 1] = ' ';
	return str_find(STR(html_names), (str){ padded, name.n + 2 }) != STR_NONE;
}

struct tag {
	str name;
	size_t from, end;
	bool closing, alone; /* </x>, <x/> */
};

/* The tag that begins at `from`. */
static bool read_tag(str text, size_t from, struct tag *t)
{
	size_t i = from + 1, name, end;

	*t = (struct tag){ .from = from };
	t->closing = i < text.n && text.p[i] == '/';
	i += t->closing;
	for (name = i; i < text.n && i - name < NAME_MAX_BYTES && is_name(text.p[i]);)
		i++;
	t->name = str_sub(text, name, i - name);
	if (t->name.n == 0 || (text.p[name] >= '0' && text.p[name] <= '9') || i >= text.n ||
	    !memchr(" \t\r\n/>", text.p[i], 6))
		return false;
	end = str_chr(str_sub(text, i, TAG_BYTES), '>');
	if (end == STR_NONE)
		return false;
	t->end = i + end + 1;
	t->alone = text.p[t->end - 2] == '/';
	return !is_html(t->name);
}

/* Marks the units that meet [from, end). */
static void mark(struct vec *units, size_t from, size_t end)
{
	size_t low = 0, high = units->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (((struct unit *)vec_at(units, middle))->end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < units->n && ((struct unit *)vec_at(units, low))->from < end; low++)
		((struct unit *)vec_at(units, low))->traits |= UNIT_TAG;
}

void text_mark_tags(struct vec *units, str text, bool only_tags)
{
	struct tag open[OPEN_MAX], t;
	size_t n = 0, at = 0, next;

	while ((next = str_chr(str_from(text, at), '<')) != STR_NONE) {
		at += next + 1;
		if (!read_tag(text, at - 1, &t))
			continue;
		at = t.end;
		if (t.alone || only_tags) {
			mark(units, t.from, t.end);
			continue;
		}
		if (!t.closing) {
			if (n == OPEN_MAX) /* the outermost has no end, most likely */
				memmove(open, open + 1, --n * sizeof(*open));
			open[n++] = t;
			continue;
		}
		for (size_t k = n; k-- > 0;) {
			if (!str_eq(open[k].name, t.name))
				continue;
			mark(units, open[k].from, t.end);
			n = k;
			break;
		}
	}
}

#include "core/compress/lines.h"

static size_t count_lines(str text)
{
	size_t n = 0;

	for (const char *p = text.p, *end = p + text.n; p < end; n++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return n + 1;
		p++;
	}
	return n;
}

bool lines_cut(struct lines *l, struct arena *a, str text)
{
	size_t at = 0, end;

	*l = (struct lines){ .text = text };
	if (text.n > UINT32_MAX)
		return false;
	l->n = text.n ? count_lines(text) : 0;
	if (l->n > LINES_MAX)
		return false;
	l->start = arena_array(a, l->n + 1, sizeof(*l->start));
	for (size_t i = 1; i <= l->n; i++) {
		end = str_chr(str_from(text, at), '\n');
		at = end == STR_NONE ? text.n : at + end + 1;
		l->start[i] = (uint32_t)at;
	}
	return true;
}

/* Behind the escape sequence at s.p[i] (ECMA-48: CSI, OSC and other strings, two bytes otherwise). */
static size_t escape_end(str s, size_t i)
{
	char kind = i + 1 < s.n ? s.p[i + 1] : '\0';

	i += 2;
	if (kind == '[') {
		while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x40)
			i++;
		return i < s.n ? i + 1 : s.n;
	}
	if (kind == ']' || kind == 'P' || kind == '_' || kind == '^') {
		while (i < s.n && s.p[i] != '\a' && s.p[i] != '\033')
			i++;
		if (i < s.n && s.p[i] == '\033')
			i++;
		return i < s.n ? i + 1 : s.n;
	}
	return i < s.n ? i : s.n;
}

str line_plain(struct buf *scratch, str line)
{
	size_t at = 0, next = str_chr(line, '\033');

	if (next == STR_NONE)
		return line;
	buf_clear(scratch);
	while (next != STR_NONE) {
		buf_add(scratch, str_sub(line, at, next));
		at = escape_end(line, at + next);
		next = str_chr(str_from(line, at), '\033');
	}
	buf_add(scratch, str_from(line, at));
	return buf_str(scratch);
}

void lines_close_gaps(const struct lines *l, unsigned char *keep, size_t bytes)
{
	for (size_t i = 0; i < l->n; i++)
		if (!keep[i] && (i == 0 || keep[i - 1]) && (i + 1 == l->n || keep[i + 1]) &&
		    line_raw(l, i).n <= bytes)
			keep[i] = 1;
}

static bool is_common(const struct query *q, const str *texts, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += query_anchored(q, texts[i]);
	return found > n / 2;
}

void query_telling(struct query *out, struct arena *a, const struct query *q, const str *texts, size_t n)
{
	str *rare;

	*out = *q;
	if (q->anchors_n == 0 || !is_common(q, texts, n))
		return;
	rare = arena_array(a, q->anchors_n, sizeof(*rare));
	out->anchors = rare;
	out->anchors_n = 0;
	for (size_t k = 0; k < q->anchors_n; k++) {
		struct query one = *q;

		one.anchors = &q->anchors[k];
		one.anchors_n = 1;
		if (!is_common(&one, texts, n))
			rare[out->anchors_n++] = q->anchors[k];
	}
}

void lines_end(struct buf *out)
{
	if (out->n && out->p[out->n - 1] != '\n')
		buf_add_ch(out, '\n');
}

void put_count(struct buf *out, size_t n, const char *one, const char *many)
{
	buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

static void put_gap(struct buf *out, size_t n)
{
	if (n == 0)
		return;
	lines_end(out);
	buf_add_ch(out, '[');
	put_count(out, n, "line", "lines");
	buf_add(out, STR(" omitted]\n"));
}

size_t lines_put(struct buf *out, const struct lines *l, const unsigned char *keep, const uint32_t *times)
{
	size_t kept = 0, gap = 0;

	for (size_t i = 0; i < l->n; i++) {
		str raw, line;

		if (!keep[i]) {
			gap++;
			continue;
		}
		put_gap(out, gap);
		gap = 0;
		kept++;
		raw = line_raw(l, i);
		line = line_at(l, i);
		lines_end(out);
		buf_add(out, line);
		if (times && times[i] > 1)
			buf_printf(out, " (x%u)", times[i]);
		buf_add(out, str_from(raw, line.n));
	}
	put_gap(out, gap);
	return kept;
}

#include "core/compress/html_write.h"

enum {
	INDENT = 2 /* blanks of a level of lists */
};

void html_want_lines(struct html_writer *w, unsigned n)
{
	if (w->cells || w->in_heading || w->link_open) {
		w->blank = true;
		return;
	}
	if (n > w->newlines)
		w->newlines = n;
	w->blank = false;
}

void html_put_prefix(struct html_writer *w, bool item)
{
	unsigned levels = w->list_n > HTML_LEVELS ? HTML_LEVELS : w->list_n;

	for (unsigned i = 0; i < w->quotes && i < HTML_LEVELS; i++)
		buf_add_c(w->out, "> ");
	if (levels > 0 && item)
		levels--;
	for (unsigned i = 0; i < levels * INDENT; i++)
		buf_add_ch(w->out, ' ');
}

/* Writes what was put off: line feeds, prefix, marker or blank. */
void html_flush(struct html_writer *w)
{
	bool first = w->out->n == w->start;

	if (first || w->newlines > 0) {
		for (unsigned i = 0; !first && i < w->newlines; i++)
			buf_add_ch(w->out, '\n');
		html_put_prefix(w, w->marker != NULL);
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

void html_put_run(struct html_writer *w, str s)
{
	if (s.n == 0)
		return;
	html_flush(w);
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

void html_put_text(struct html_writer *w, str raw, bool verbatim)
{
	for (size_t i = 0, from; i < raw.n;) {
		char bytes[4];
		size_t n, used;

		for (from = i; i < raw.n && raw.p[i] && !html_is_space(raw.p[i]) && raw.p[i] != '&';)
			i++;
		html_put_run(w, str_sub(raw, from, i - from));
		if (i == raw.n)
			break;
		if (raw.p[i] != '&' || verbatim) {
			if (raw.p[i] == '&')
				html_put_run(w, STR("&"));
			else
				w->blank = w->blank || raw.p[i];
			i++;
			continue;
		}
		used = html_entity(str_from(raw, i), bytes, &n);
		if (used == 0)
			html_put_run(w, STR("&"));
		else if (n == 2 && memcmp(bytes, "\xc2\xa0", 2) == 0) /* a blank that does not break */
			w->blank = true;
		else if (n == 1 && html_is_space(bytes[0]))
			w->blank = true;
		else
			html_put_run(w, (str){ bytes, n });
		i += used ? used : 1;
	}
}

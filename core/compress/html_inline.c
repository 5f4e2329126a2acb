/*
 * html_inline: code, links and images.
 */
#include "core/compress/html_write.h"

enum {
	LANGUAGE_MAX = 24 /* bytes of the name behind a fence */
};

/* ---- code ---- */

static void gather_verbatim(struct html_writer *w, uint32_t node)
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
	while (at != STR_NONE && n < classes.n && n < LANGUAGE_MAX && !html_is_space(classes.p[n]) &&
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

static void put_fence(struct html_writer *w, size_t ticks)
{
	for (size_t i = 0; i < ticks; i++)
		buf_add_ch(w->out, '`');
}

void html_put_pre(struct html_writer *w, uint32_t node)
{
	size_t ticks;
	str text, line;

	gather_verbatim(w, node);
	text = buf_str(&w->scratch);
	while (text.n > 0 && html_is_space(text.p[text.n - 1]))
		text.n--;
	for (size_t n; (n = str_chr(text, '\n')) != STR_NONE && str_trim(str_sub(text, 0, n)).n == 0;)
		text = str_from(text, n + 1);
	if (text.n == 0)
		return;
	if (w->cells || w->in_heading) {
		html_put_text(w, text, true);
		return;
	}
	html_want_lines(w, 2);
	html_flush(w);
	ticks = longest_ticks(text) < 3 ? 3 : longest_ticks(text) + 1;
	put_fence(w, ticks);
	buf_add(w->out, code_language(w->tree, node));
	while (str_line(&text, &line)) {
		buf_add_ch(w->out, '\n');
		html_put_prefix(w, false);
		buf_add(w->out, line);
	}
	buf_add_ch(w->out, '\n');
	html_put_prefix(w, false);
	put_fence(w, ticks);
	html_want_lines(w, 2);
}

void html_put_code(struct html_writer *w, uint32_t node)
{
	const char *quote;
	str text;

	gather_verbatim(w, node);
	text = str_trim(buf_str(&w->scratch));
	if (text.n == 0)
		return;
	if (html_is_space(*buf_c(&w->scratch)))
		w->blank = true;
	quote = longest_ticks(text) ? "``" : "`";
	html_put_run(w, str_c(quote));
	w->blank = false;
	html_put_text(w, text, true);
	w->blank = false;
	html_put_run(w, str_c(quote));
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

bool html_is_permalink(const struct html_tree *t, uint32_t node)
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

void html_open_link(struct html_writer *w, uint32_t node)
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

static void put_target(struct html_writer *w, str raw)
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

void html_close_link(struct html_writer *w)
{
	if (w->link_open) {
		buf_add_ch(w->out, ']');
		put_target(w, w->href);
	}
	w->link_open = w->link_wanted = false;
}

void html_put_image(struct html_writer *w, uint32_t node)
{
	str alt = STR(""), source;

	if (!w->config->html_images || !html_attribute(w->tree, node, "src", &source) ||
	    str_starts_c(source, "data:"))
		return;
	if (!html_attribute(w->tree, node, "alt", &alt))
		alt = STR("");
	html_flush(w);
	buf_add_c(w->out, "![");
	html_decode(w->out, alt);
	buf_add_ch(w->out, ']');
	put_target(w, str_trim(source));
}

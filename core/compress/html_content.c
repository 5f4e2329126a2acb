/*
 * html_content: which part of a page is its content.  Dropped are elements that never hold any, what is hidden, and small
 * parts whose class says navigation; what is left of article or main, or the deepest element with nearly all the text that
 * is no link, is told.  Whenever that is unclear, more is told, not less.
 */
#include "core/compress/html.h"

/* Shares of the text. */
static const double MAIN_SHARE = .2, /* of the page, for <main> to be believed */
	ARTICLE_SHARE = .4, /* of the page, for <article> */
	KEEP_IN_MAIN = .95, KEEP_IN_PAGE = .85, /* for going on to a part of what was chosen */
	SMALL = .25, /* of the page: a part that its class may condemn */
	FORM_SHARE = .5, /* a form around so much is the page */
	LINKS = .9; /* of a part that is a menu */

enum {
	MENU_LINKS = 5, /* at least */
	MENU_TEXT = 30 /* bytes a link, on average, at most */
};

struct measure {
	uint32_t text, linked; /* bytes, blanks between words included */
	uint32_t links;
};

struct chooser {
	struct html_tree *tree;
	struct measure *m; /* by node */
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Words of class and id that stand for what surrounds content. */
static bool is_boilerplate(str word)
{
	static const char *const words[] = {
		"ad",	       "ads",	     "advert", "advertisement", "banner",     "breadcrumb",
		"breadcrumbs", "consent",    "cookie", "cookies",	"footer",     "masthead",
		"menu",	       "modal",	     "nav",    "navbar",	"navigation", "newsletter",
		"pager",       "pagination", "popup",  "promo",		"related",    "share",
		"sharing",     "sidebar",    "skip",   "social",	"sponsor",    "subscribe",
		"toolbar",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(word, str_c(words[i])))
			return true;
	return false;
}

static bool names_boilerplate(str names)
{
	for (size_t i = 0, from; i < names.n;) {
		while (i < names.n && !is_word(names.p[i]))
			i++;
		for (from = i; i < names.n && is_word(names.p[i]);)
			i++;
		if (i > from && is_boilerplate(str_sub(names, from, i - from)))
			return true;
	}
	return false;
}

/* "display:none" with blanks anywhere. */
static bool hides(str style)
{
	static const char *const hiding[] = { "display:none", "visibility:hidden" };
	char dense[256];
	size_t n = 0;
	str s;

	for (size_t i = 0; i < style.n && n < sizeof(dense); i++)
		if (is_word(style.p[i]) || style.p[i] == ':' || style.p[i] == '-' || style.p[i] == ';')
			dense[n++] = style.p[i] >= 'A' && style.p[i] <= 'Z' ? (char)(style.p[i] + 'a' - 'A')
									    : style.p[i];
	s = (str){ dense, n };
	return str_has_c(s, hiding[0]) || str_has_c(s, hiding[1]);
}

static bool is_role(str role, const char *const *roles)
{
	for (; *roles; roles++)
		if (str_ieq(role, str_c(*roles)))
			return true;
	return false;
}

/* Whether its attributes say that nobody reads it. */
static bool is_hidden(const struct html_tree *t, uint32_t node)
{
	static const char *const roles[] = { "navigation",  "search",	     "contentinfo", "dialog",
					     "alertdialog", "complementary", "menu",	    NULL };
	str rest = html_attributes(t, node), name, value;

	while (rest.n > 0 && html_attribute_next(&rest, &name, &value)) {
		if (str_ieq(name, STR("hidden")) && !str_ieq(value, STR("until-found")))
			return true;
		if (str_ieq(name, STR("aria-hidden")) && str_ieq(value, STR("true")))
			return true;
		if (str_ieq(name, STR("style")) && hides(value))
			return true;
		if (str_ieq(name, STR("role")) && is_role(value, roles))
			return true;
	}
	return false;
}

static bool is_main(const struct html_tree *t, uint32_t node)
{
	static const char *const roles[] = { "main", NULL };
	str value;

	if (t->nodes[node].tag == TAG_MAIN)
		return true;
	return t->nodes[node].tag == TAG_DIV && html_attribute(t, node, "role", &value) &&
	       is_role(value, roles);
}

/* Inside of the page, a header is that of the page; inside of an article it holds its title. */
static void drop_by_kind(struct html_tree *t)
{
	uint32_t main_end = 0;

	for (uint32_t i = 1; i < t->n;) {
		struct html_node *n = &t->nodes[i];
		bool inside = i < main_end;

		if (n->tag == TAG_TEXT) {
			i++;
			continue;
		}
		n->dropped = (n->flags & HTML_DROP) || (n->tag == TAG_HEADER && !inside);
		if (!n->dropped && n->tag != TAG_BODY && n->tag != TAG_HTML)
			n->dropped = is_hidden(t, i);
		if (!inside && !n->dropped && (n->tag == TAG_ARTICLE || is_main(t, i)))
			main_end = n->next;
		i = n->dropped ? n->next : i + 1;
	}
}

static uint32_t text_size(str s)
{
	while (s.n > 0 && html_is_space(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && html_is_space(s.p[s.n - 1]))
		s.n--;
	return (uint32_t)s.n;
}

static void measure(struct chooser *c)
{
	const struct html_node *nodes = c->tree->nodes;

	memset(c->m, 0, c->tree->n * sizeof(*c->m));
	for (uint32_t i = 1; i < c->tree->n; i = nodes[i].dropped ? nodes[i].next : i + 1)
		if (nodes[i].tag == TAG_TEXT)
			c->m[i].text = text_size(html_text(c->tree, i));
	for (uint32_t i = c->tree->n; i-- > 1;) {
		struct measure *m = &c->m[i], *up = &c->m[nodes[i].parent];

		if (nodes[i].dropped)
			continue;
		if (nodes[i].tag == TAG_A) {
			m->linked = m->text;
			m->links = m->text > 0;
		}
		up->text += m->text;
		up->linked += m->linked;
		up->links += m->links;
	}
}

static bool is_menu(const struct measure *m)
{
	return m->links >= MENU_LINKS && m->linked > LINKS * m->text && m->linked / m->links <= MENU_TEXT;
}

/* Forms, menus and small parts whose class condemns them, by their share of the page.  A page that is mostly links keeps
 * its lists of links. */
static void drop_by_share(struct chooser *c)
{
	struct html_tree *t = c->tree;
	double all = c->m[0].text;
	bool links = c->m[0].linked > c->m[0].text / 2;

	for (uint32_t i = 1; i < t->n;) {
		struct html_node *n = &t->nodes[i];
		const struct measure *m = &c->m[i];
		bool block = (n->flags & HTML_BLOCK) != 0;
		str value;

		if (n->tag != TAG_TEXT && !n->dropped && m->text < FORM_SHARE * all) {
			n->dropped = n->tag == TAG_FORM || (block && !links && is_menu(m));
			if (!n->dropped && block && m->text < SMALL * all)
				n->dropped =
					(html_attribute(t, i, "class", &value) && names_boilerplate(value)) ||
					(html_attribute(t, i, "id", &value) && names_boilerplate(value));
		}
		i = n->dropped ? n->next : i + 1;
	}
}

static uint32_t plain(const struct measure *m)
{
	return m->text - m->linked;
}

/* The largest element of a kind; 0 if there is none. */
static uint32_t largest(const struct chooser *c, bool main)
{
	const struct html_node *nodes = c->tree->nodes;
	uint32_t best = 0;

	for (uint32_t i = 1; i < c->tree->n; i = nodes[i].dropped ? nodes[i].next : i + 1) {
		if (nodes[i].dropped || (main ? !is_main(c->tree, i) : nodes[i].tag != TAG_ARTICLE))
			continue;
		if (!best || c->m[i].text > c->m[best].text)
			best = i;
	}
	return best;
}

/* Goes down while one part holds nearly all the text that is no link. */
static uint32_t descend(const struct chooser *c, uint32_t from, double share)
{
	const struct html_node *nodes = c->tree->nodes;
	double enough = share * plain(&c->m[from]);
	uint32_t at = from;

	for (uint32_t i = from + 1; i < nodes[at].next;) {
		const struct html_node *n = &nodes[i];

		if (n->dropped || n->tag == TAG_TEXT || plain(&c->m[i]) < enough) {
			i = n->next;
			continue;
		}
		if (n->tag != TAG_OTHER && !(n->flags & HTML_GROUP))
			break;
		at = i++;
	}
	return at;
}

size_t html_content(struct arena *a, struct html_tree *t)
{
	struct chooser c = { t, arena_array(a, t->n, sizeof(struct measure)) };
	uint32_t root;

	drop_by_kind(t);
	measure(&c);
	drop_by_share(&c);
	measure(&c);
	if (c.m[0].text == 0)
		return STR_NONE;
	root = largest(&c, true);
	if (root && c.m[root].text >= MAIN_SHARE * c.m[0].text)
		return descend(&c, root, KEEP_IN_MAIN);
	root = largest(&c, false);
	if (root && c.m[root].text >= ARTICLE_SHARE * c.m[0].text)
		return descend(&c, root, KEEP_IN_MAIN);
	if (plain(&c.m[0]) == 0)
		return 0;
	return descend(&c, 0, KEEP_IN_PAGE);
}

/* ---- what the head says ---- */

static str decoded(struct arena *a, str raw)
{
	struct buf b;
	str out;

	buf_init(&b, raw.n * 2 + 8);
	html_decode(&b, raw);
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void read_meta(struct arena *a, const struct html_tree *t, uint32_t node, struct html_meta *out,
		      str *og_title)
{
	str rest = html_attributes(t, node), name, value, key = STR(""), content = STR("");
	struct {
		const char *key;
		str *to;
	} rows[] = {
		{ "author", &out->author },
		{ "article:published_time", &out->date },
		{ "date", &out->date },
		{ "og:title", og_title },
	};

	while (html_attribute_next(&rest, &name, &value)) {
		if (str_ieq(name, STR("name")) || str_ieq(name, STR("property")))
			key = value;
		else if (str_ieq(name, STR("content")))
			content = value;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (str_ieq(key, str_c(rows[i].key)) && rows[i].to->n == 0)
			*rows[i].to = decoded(a, content);
}

void html_meta(struct arena *a, const struct html_tree *t, struct html_meta *out)
{
	str og_title = STR("");
	bool titled = false;

	*out = (struct html_meta){ STR(""), STR(""), STR("") };
	for (uint32_t i = 1; i < t->n; i++) {
		const struct html_node *n = &t->nodes[i];

		if (n->tag == TAG_META)
			read_meta(a, t, i, out, &og_title);
		if (n->tag != TAG_TITLE || titled || n->next == i + 1 || t->nodes[i + 1].tag != TAG_TEXT ||
		    t->nodes[n->parent].tag == TAG_OTHER)
			continue;
		out->title = decoded(a, html_text(t, i + 1));
		titled = true;
	}
	if (out->title.n == 0)
		out->title = og_title;
}

/*
 * html_elements: the elements of the HTML Living Standard (section 4 and its index), and those older pages use.
 */
#include "core/compress/html.h"

enum {
	V = HTML_VOID,
	B = HTML_BLOCK,
	R = HTML_RAW,
	D = HTML_DROP,
	S = HTML_SCOPE,
	G = HTML_GROUP
};

/* Sorted by name. */
/* clang-format off */
static const struct html_element elements[] = {
	{ "a", TAG_A, 0 },
	{ "abbr", TAG_OTHER, 0 },
	{ "acronym", TAG_OTHER, 0 },
	{ "address", TAG_OTHER, B },
	{ "applet", TAG_OTHER, D | S },
	{ "area", TAG_OTHER, V },
	{ "article", TAG_ARTICLE, B | G },
	{ "aside", TAG_ASIDE, B | D },
	{ "audio", TAG_OTHER, D },
	{ "b", TAG_OTHER, 0 },
	{ "base", TAG_OTHER, V },
	{ "bdi", TAG_OTHER, 0 },
	{ "bdo", TAG_OTHER, 0 },
	{ "big", TAG_OTHER, 0 },
	{ "blockquote", TAG_BLOCKQUOTE, B },
	{ "body", TAG_BODY, B | G },
	{ "br", TAG_BR, V },
	{ "button", TAG_OTHER, D | S },
	{ "canvas", TAG_OTHER, D },
	{ "caption", TAG_OTHER, B | S },
	{ "center", TAG_DIV, B | G },
	{ "cite", TAG_OTHER, 0 },
	{ "code", TAG_CODE, 0 },
	{ "col", TAG_OTHER, V },
	{ "colgroup", TAG_OTHER, D },
	{ "data", TAG_OTHER, 0 },
	{ "datalist", TAG_OTHER, D },
	{ "dd", TAG_DD, B },
	{ "del", TAG_DEL, 0 },
	{ "details", TAG_DIV, B },
	{ "dfn", TAG_OTHER, 0 },
	{ "dialog", TAG_OTHER, B | D },
	{ "dir", TAG_LIST, B },
	{ "div", TAG_DIV, B | G },
	{ "dl", TAG_DIV, B },
	{ "dt", TAG_DT, B },
	{ "em", TAG_OTHER, 0 },
	{ "embed", TAG_OTHER, V },
	{ "fieldset", TAG_DIV, B },
	{ "figcaption", TAG_DIV, B },
	{ "figure", TAG_DIV, B },
	{ "font", TAG_OTHER, 0 },
	{ "footer", TAG_FOOTER, B | D },
	{ "form", TAG_FORM, B | G },
	{ "frame", TAG_OTHER, V },
	{ "frameset", TAG_OTHER, D },
	{ "h1", TAG_H1, B },
	{ "h2", TAG_H2, B },
	{ "h3", TAG_H3, B },
	{ "h4", TAG_H4, B },
	{ "h5", TAG_H5, B },
	{ "h6", TAG_H6, B },
	{ "head", TAG_HEAD, B | D },
	{ "header", TAG_HEADER, B },
	{ "hgroup", TAG_DIV, B },
	{ "hr", TAG_OTHER, V | B },
	{ "html", TAG_HTML, B | G },
	{ "i", TAG_OTHER, 0 },
	{ "iframe", TAG_OTHER, R | D },
	{ "img", TAG_IMG, V },
	{ "input", TAG_OTHER, V },
	{ "ins", TAG_OTHER, 0 },
	{ "kbd", TAG_CODE, 0 },
	{ "label", TAG_OTHER, 0 },
	{ "legend", TAG_DIV, B },
	{ "li", TAG_LI, B },
	{ "link", TAG_OTHER, V },
	{ "main", TAG_MAIN, B | G },
	{ "map", TAG_OTHER, D },
	{ "mark", TAG_OTHER, 0 },
	{ "math", TAG_OTHER, 0 },
	{ "menu", TAG_LIST, B },
	{ "meta", TAG_META, V },
	{ "meter", TAG_OTHER, 0 },
	{ "nav", TAG_OTHER, B | D },
	{ "noembed", TAG_OTHER, R | D },
	{ "noframes", TAG_OTHER, R | D },
	{ "noscript", TAG_OTHER, D },
	{ "object", TAG_OTHER, D | S },
	{ "ol", TAG_OL, B },
	{ "optgroup", TAG_OTHER, D },
	{ "option", TAG_OPTION, D },
	{ "output", TAG_OTHER, 0 },
	{ "p", TAG_P, B },
	{ "param", TAG_OTHER, V },
	{ "picture", TAG_OTHER, 0 },
	{ "pre", TAG_PRE, B },
	{ "progress", TAG_OTHER, 0 },
	{ "q", TAG_OTHER, 0 },
	{ "rp", TAG_OTHER, 0 },
	{ "rt", TAG_OTHER, 0 },
	{ "ruby", TAG_OTHER, 0 },
	{ "s", TAG_DEL, 0 },
	{ "samp", TAG_CODE, 0 },
	{ "script", TAG_OTHER, R | D },
	{ "search", TAG_OTHER, B | D },
	{ "section", TAG_SECTION, B | G },
	{ "select", TAG_OTHER, D },
	{ "slot", TAG_OTHER, 0 },
	{ "small", TAG_OTHER, 0 },
	{ "source", TAG_OTHER, V },
	{ "span", TAG_OTHER, 0 },
	{ "strike", TAG_DEL, 0 },
	{ "strong", TAG_OTHER, 0 },
	{ "style", TAG_OTHER, R | D },
	{ "sub", TAG_OTHER, 0 },
	{ "summary", TAG_DIV, B },
	{ "sup", TAG_SUP, 0 },
	{ "svg", TAG_OTHER, D },
	{ "table", TAG_TABLE, B | S | G },
	{ "tbody", TAG_TBODY, B | G },
	{ "td", TAG_TD, B | S | G },
	{ "template", TAG_OTHER, D | S },
	{ "textarea", TAG_OTHER, R | D },
	{ "tfoot", TAG_TBODY, B },
	{ "th", TAG_TD, B | S },
	{ "thead", TAG_TBODY, B },
	{ "time", TAG_OTHER, 0 },
	{ "title", TAG_TITLE, R | D },
	{ "tr", TAG_TR, B | G },
	{ "track", TAG_OTHER, V },
	{ "tt", TAG_CODE, 0 },
	{ "u", TAG_OTHER, 0 },
	{ "ul", TAG_LIST, B },
	{ "var", TAG_OTHER, 0 },
	{ "video", TAG_OTHER, D },
	{ "wbr", TAG_OTHER, V },
	{ "xmp", TAG_PRE, B | R },
};
/* clang-format on */

enum {
	ELEMENTS = sizeof(elements) / sizeof(*elements),
	NAME_MAX_BYTES = 10 /* of "blockquote", "figcaption" */
};

const struct html_element *html_element(str name)
{
	char lower[NAME_MAX_BYTES + 1];
	size_t low = 0, high = ELEMENTS;

	if (name.n == 0 || name.n > NAME_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 'a' - 'A') : name.p[i];
	lower[name.n] = '\0';
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(lower, elements[middle].name);

		if (order == 0)
			return strlen(elements[middle].name) == name.n ? &elements[middle] : NULL;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

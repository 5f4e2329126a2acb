/*
 * The JSON compressor: a document, or lines that are objects.
 */
#include "core/compress/json_crush.h"

enum {
	LINES_MIN = 5, /* objects, one a line, that make a text NDJSON */
	WHAT_MAX = 512
};

static bool is_blank(str s)
{
	return str_trim(s).n == 0;
}

/* The one value the text consists of; J_NONE if it does not. */
static struct jval document(str text)
{
	struct jval v = jval_of(text);

	if ((v.type == J_OBJECT || v.type == J_ARRAY) &&
	    is_blank(str_from(text, (size_t)(v.raw.p - text.p) + v.raw.n)))
		return v;
	return (struct jval){ .type = J_NONE };
}

static bool read_lines(str text, struct vec *items)
{
	str rest = text, line;

	while (str_line(&rest, &line)) {
		struct jval v = document(line);
		struct item *i;

		if (is_blank(line))
			continue;
		if (v.type != J_OBJECT || items->n >= CRUSH_ITEMS_MAX)
			return false;
		i = vec_push(items);
		i->start = i->value = (uint32_t)(v.raw.p - text.p);
		i->end = i->start + (uint32_t)v.raw.n;
		i->type = J_OBJECT;
	}
	return items->n >= LINES_MIN;
}

static bool crush_lines(struct crush *c)
{
	struct vec items;
	struct buf what;
	bool done = false;

	vec_init(&items, sizeof(struct item));
	buf_init(&what, WHAT_MAX);
	if (!read_lines(c->s->text, &items)) {
		c->bad = true;
		goto out;
	}
	if (jget(item_value(c, vec_at(&items, items.n - 1)), MARKER_KEY).type != J_NONE ||
	    !walk_choose(c, items.p, items.n, &what))
		goto out;
	for (size_t i = 0; i < items.n; i++) {
		const struct item *line = vec_at(&items, i);

		if (!line->keep)
			continue;
		c->after++;
		walk_item(c, line, 0);
		buf_add_ch(c->out, '\n');
	}
	c->before = items.n;
	buf_add_ch(c->out, '{');
	walk_marker(c, buf_str(&what));
	buf_add_c(c->out, "}\n");
	done = true;
out:
	buf_release(&what);
	vec_release(&items);
	return done;
}

static bool crush(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct crush c = { .arena = a, .s = s, .out = out };
	size_t from = out->n;
	struct jval v;

	*r = (struct squeezed){ .reason = "larger than can be handled" };
	if (s->text.n >= CRUSH_TEXT_MAX)
		return false;
	v = document(s->text);
	if (v.type == J_NONE) {
		crush_lines(&c);
	} else {
		walk_value(&c, v, 0);
		walk_copy(&c, s->text.n);
	}
	r->reason = c.bad ? "no JSON" : "nothing to leave out";
	r->before = c.before;
	r->after = c.after;
	if (c.bad || c.before == 0 || out->full || out->n - from >= s->text.n)
		return false;
	r->reason = NULL;
	return true;
}

const struct compressor smart_crusher = {
	"smart_crusher",
	CONTENT_JSON,
	offsetof(struct compress_config, crush),
	crush,
};

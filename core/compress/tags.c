#include "core/compress/tags.h"

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/compress/html.h"

enum {
	NAME_MAX_BYTES = 128,
	TAG_MAX_BYTES = 4096 /* of one tag with its attributes */
};

struct mark {
	size_t start, end; /* of the tag, '<' and '>' included */
	uint64_t name; /* hash */
	size_t before; /* index + 1 of the open tag of this name below it, 0 for none */
};

static bool starts_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_name(char c)
{
	return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The tag at text[at], a '<': its name and where it ends; false if it is none, or one of HTML. */
static bool read_tag(str text, size_t at, str *name, size_t *end, bool *closing)
{
	size_t i = at + 1, stop = at + TAG_MAX_BYTES < text.n ? at + TAG_MAX_BYTES : text.n;
	char quote = 0;

	*closing = i < stop && text.p[i] == '/';
	i += *closing;
	*name = str_sub(text, i, 0);
	if (i >= stop || !starts_name(text.p[i]))
		return false;
	while (i < stop && in_name(text.p[i]))
		i++;
	name->n = i - (size_t)(name->p - text.p);
	if (i == stop || name->n > NAME_MAX_BYTES ||
	    !(is_space(text.p[i]) || text.p[i] == '>' || text.p[i] == '/'))
		return false;
	for (; i < stop && (quote || text.p[i] != '>'); i++) {
		if (quote ? text.p[i] == quote : text.p[i] == '"' || text.p[i] == '\'')
			quote = quote ? 0 : text.p[i];
		else if (!quote && text.p[i] == '<')
			return false;
	}
	*end = i + 1;
	return i < stop && !html_element(*name);
}

static void add_span(struct vec *spans, str text, struct mark open, size_t inner_end, size_t end)
{
	struct tag_span *s;

	/* what was found inside belongs to it */
	while (spans->n > 0 &&
	       ((struct tag_span *)vec_at(spans, spans->n - 1))->whole.p >= text.p + open.start)
		spans->n--;
	s = vec_push(spans);
	s->whole = str_sub(text, open.start, end - open.start);
	s->open = str_sub(text, open.start, open.end - open.start);
	s->inner = str_sub(text, open.end, inner_end - open.end);
	s->close = str_sub(text, inner_end, end - inner_end);
}

/* Closes the innermost open tag of this name and forgets those opened since. */
static void close_tag(struct map64 *last, struct vec *open, struct vec *spans, str text, uint64_t name,
		      size_t start, size_t end)
{
	uint64_t *at = map64_get(last, name);
	struct mark m;

	if (!at || *at == 0)
		return;
	m = *(struct mark *)vec_at(open, *at - 1);
	for (size_t keep = *at - 1; open->n > keep; open->n--) {
		const struct mark *gone = vec_at(open, open->n - 1);

		*map64_put(last, gone->name, NULL) = gone->before;
	}
	add_span(spans, text, m, start, end);
}

void tags_find(struct arena *a, str text, struct tag_spans *out)
{
	struct vec open, spans;
	struct map64 last; /* name -> index + 1 of the innermost open tag */

	vec_init(&open, sizeof(struct mark));
	vec_init(&spans, sizeof(struct tag_span));
	map64_init(&last);
	for (size_t i = 0, n; (n = str_chr(str_from(text, i), '<')) != STR_NONE;) {
		struct mark m = { .start = i + n };
		bool closing;
		str name;

		i += n + 1;
		if (!read_tag(text, m.start, &name, &m.end, &closing))
			continue;
		i = m.end;
		m.name = str_hash(name);
		if (closing) {
			close_tag(&last, &open, &spans, text, m.name, m.start, m.end);
		} else if (text.p[m.end - 2] == '/') {
			add_span(&spans, text, m, m.end, m.end);
		} else {
			uint64_t *at = map64_put(&last, m.name, NULL);

			m.before = *at;
			memcpy(vec_push(&open), &m, sizeof(m));
			*at = open.n;
		}
	}
	out->n = spans.n;
	out->at = NULL;
	if (spans.n > 0)
		out->at = memcpy(arena_array(a, spans.n, sizeof(*out->at)), spans.p,
				 spans.n * sizeof(*out->at));
	map64_release(&last);
	vec_release(&open);
	vec_release(&spans);
}

bool tags_next(const struct tag_spans *spans, size_t *at, struct tag_span *out)
{
	if (*at >= spans->n)
		return false;
	*out = spans->at[(*at)++];
	return true;
}

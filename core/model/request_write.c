/*
 * request_write: what slots mean, and writing a changed request as pieces of the original with new ones between them.
 */
#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/json/jput.h"
#include "core/model/request.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* ---- meaning ---- */

static size_t count(str text, str needle)
{
	size_t n = 0, at;

	for (; (at = str_find(text, needle)) != STR_NONE; n++)
		text = str_from(text, at + needle.n);
	return n;
}

/* Whether each U+FFFD stands in the string itself, as bytes or as an escape: then none replaces what has no meaning. */
static bool means_replacements(str raw, str text)
{
	size_t n = count(text, STR(REPLACEMENT)), own = 0;

	for (size_t i = 0; n > 0 && i + 5 < raw.n; i++) {
		if (raw.p[i] != '\\')
			continue;
		own += raw.p[i + 1] == 'u' && str_ieq(str_sub(raw, i + 2, 4), STR("fffd"));
		i++;
	}
	return n == own + count(raw, STR(REPLACEMENT));
}

str slot_text(const struct slot *s, struct arena *a, bool *exact)
{
	str text = s->string && !s->plain ? jstr_take(a, s->raw) : s->raw;

	*exact = utf8_valid(text) && (!s->string || s->plain || means_replacements(s->raw, text));
	return text;
}

str request_tool_name(const struct request *r, const struct slot *s)
{
	return s->call == REQUEST_TOP ? STR("") : request_call(r, s->call)->name;
}

/* ---- writing ---- */

/* Bytes [from, to) of the original, replaced by `text`. */
struct piece {
	size_t from, to;
	str text;
	bool string; /* text is to be escaped */
};

static void add_piece(struct vec *pieces, size_t from, size_t to, str text, bool string)
{
	*(struct piece *)vec_push(pieces) = (struct piece){ from, to, text, string };
}

static int by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static bool is_dropped(const struct request_change *c, uint32_t message)
{
	return c->dropped && message != REQUEST_TOP && c->dropped[message];
}

static size_t begin_of(const struct request *r, size_t i)
{
	return (size_t)(request_message(r, i)->raw.p - r->text.p);
}

static size_t end_of(const struct request *r, size_t i)
{
	return begin_of(r, i) + request_message(r, i)->raw.n;
}

/* Takes messages out, each with one of the separators beside it. */
static void drop_messages(const struct request *r, const struct request_change *c, struct vec *pieces)
{
	size_t n = r->messages.n, kept = n; /* the last one that stays */

	for (size_t i = n; i > 0 && kept == n; i--)
		if (!c->dropped[i - 1])
			kept = i - 1;
	for (size_t i = 0; i < n; i++) {
		if (!c->dropped[i])
			continue;
		if (kept == n || i > kept) {
			size_t from = kept == n ? begin_of(r, 0) : end_of(r, kept);

			add_piece(pieces, from, end_of(r, n - 1), (str){ NULL, 0 }, false);
			return;
		}
		add_piece(pieces, begin_of(r, i), begin_of(r, i + 1), (str){ NULL, 0 }, false);
	}
}

/* Puts the new message in front of the next one that stays, else behind the last one. */
static void insert_message(const struct request *r, const struct request_change *c, struct arena *a,
			   struct vec *pieces)
{
	const char *separator = r->lines ? "\n" : ",";
	size_t i = c->before, n = r->messages.n, at;

	while (i < n && c->dropped && c->dropped[i])
		i++;
	if (i < n) {
		at = begin_of(r, i);
		add_piece(pieces, at, at, arena_printf(a, "%.*s%s", STR_ARG(c->inserted), separator), false);
		return;
	}
	for (i = n; i > 0 && c->dropped && c->dropped[i - 1]; i--)
		;
	at = i ? end_of(r, i - 1) : n ? begin_of(r, 0) : (size_t)(r->list.p - r->text.p) + !r->lines;
	add_piece(pieces, at, at, arena_printf(a, "%s%.*s", i ? separator : "", STR_ARG(c->inserted)), false);
}

static void change_slots(const struct request *r, const struct request_change *c, struct vec *pieces)
{
	for (size_t i = 0; i < r->slots.n; i++) {
		const struct slot *s = request_slot(r, i);
		size_t from = (size_t)(s->raw.p - r->text.p), quote = s->string ? 1 : 0;

		if (c->texts[i].p && !is_dropped(c, s->message))
			add_piece(pieces, from - quote, from + s->raw.n + quote, c->texts[i], s->string);
	}
}

void request_write(const struct request *r, const struct request_change *c, struct buf *out)
{
	struct vec pieces;
	struct arena a;
	size_t at = 0;

	arena_init(&a);
	vec_init(&pieces, sizeof(struct piece));
	if (c->inserted.n)
		insert_message(r, c, &a, &pieces);
	if (c->texts)
		change_slots(r, c, &pieces);
	if (c->dropped)
		drop_messages(r, c, &pieces);
	vec_sort(&pieces, by_place);
	for (size_t i = 0; i < pieces.n; i++) {
		const struct piece *p = vec_at(&pieces, i);
		struct jput j;

		buf_add(out, str_sub(r->text, at, p->from - at));
		if (p->string) {
			jput_init(&j, out, false);
			jput_str(&j, p->text);
		} else {
			buf_add(out, p->text);
		}
		at = p->to;
	}
	buf_add(out, str_from(r->text, at));
	vec_release(&pieces);
	arena_release(&a);
}

#include "core/compress/retrieve.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/json/jget.h"

const char *const retrieve_kind_names[] = { "items", "entries", "lines", "paragraphs", "messages" };
static_assert(sizeof(retrieve_kind_names) / sizeof(*retrieve_kind_names) == RETRIEVE_KIND_COUNT,
	      "a name for each kind");

#define MAX_ITEMS ((size_t)1 << 22)

enum retrieve_kind retrieve_kind_of(str kind, str text)
{
	struct jval v = jval_of(text);
	bool whole = v.type != J_NONE && str_trim(text).n == v.raw.n;

	if (str_eq_c(kind, "messages") && v.type == J_ARRAY)
		return RETRIEVE_MESSAGES;
	if (whole && v.type == J_ARRAY)
		return RETRIEVE_ARRAY;
	if (whole && v.type == J_OBJECT)
		return RETRIEVE_OBJECT;
	return str_eq_c(kind, "text") ? RETRIEVE_PARAGRAPHS : RETRIEVE_LINES;
}

/* ---- items ---- */

static struct retrieve_item *add(struct vec *items, str text, bool json)
{
	struct retrieve_item *i = vec_push(items);

	*i = (struct retrieve_item){ .number = items->n - 1, .text = text, .json = json };
	return i;
}

static void split_json(str text, struct vec *items)
{
	struct jit it;

	for (jit_init(&it, jval_of(text)); items->n < MAX_ITEMS && jit_next(&it);) {
		bool string = it.value.type == J_STRING;
		str raw = string ? (str){ it.value.raw.p - 1, it.value.raw.n + 2 } : it.value.raw;

		add(items, raw, true)->key = it.key;
	}
}

static void split_lines(str text, struct vec *items)
{
	str line;

	while (items->n < MAX_ITEMS && str_line(&text, &line))
		add(items, line, false)->number++;
}

/* Runs of lines that are not empty. */
static void split_paragraphs(str text, struct vec *items)
{
	const char *from = NULL, *to = NULL;
	str line;

	while (str_line(&text, &line)) {
		if (str_trim(line).n == 0) {
			if (from && items->n < MAX_ITEMS)
				add(items, (str){ from, (size_t)(to - from) }, false);
			from = NULL;
			continue;
		}
		from = from ? from : line.p;
		to = line.p + line.n;
	}
	if (from && items->n < MAX_ITEMS)
		add(items, (str){ from, (size_t)(to - from) }, false);
}

static void split(enum retrieve_kind kind, str text, struct vec *items)
{
	if (kind == RETRIEVE_LINES)
		split_lines(text, items);
	else if (kind == RETRIEVE_PARAGRAPHS)
		split_paragraphs(text, items);
	else
		split_json(text, items);
}

/* ---- search ---- */

static int by_score(const void *a, const void *b)
{
	const struct retrieve_item *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Every item that has a word or an anchor of the query, best first. */
static void search(struct arena *a, str text, const struct vec *all, struct vec *found)
{
	size_t n = all->n;
	str *documents = arena_array(a, n, sizeof(*documents));
	float *scores = arena_array(a, n, sizeof(*scores));
	struct query q;

	query_init(&q, a, text);
	for (size_t i = 0; i < n; i++)
		documents[i] = ((struct retrieve_item *)vec_at(all, i))->text;
	if (n > 0)
		bm25(&q, documents, n, scores);
	for (size_t i = 0; i < n; i++) {
		struct retrieve_item item = *(struct retrieve_item *)vec_at(all, i);
		bool anchored = query_anchored(&q, item.text);

		item.score = scores[i];
		if (anchored)
			item.score = 1;
		if (item.score > 0)
			*(struct retrieve_item *)vec_push(found) = item;
	}
	vec_sort(found, by_score);
}

/* A line with those around it; its number becomes that of the first. */
static void widen(const struct vec *lines, struct retrieve_item *item)
{
	size_t at = item->number - 1, from = at > RETRIEVE_CONTEXT ? at - RETRIEVE_CONTEXT : 0;
	size_t last = lines->n - at > RETRIEVE_CONTEXT ? at + RETRIEVE_CONTEXT : lines->n - 1;
	str begin = ((struct retrieve_item *)vec_at(lines, from))->text;
	str end = ((struct retrieve_item *)vec_at(lines, last))->text;

	item->text = (str){ begin.p, (size_t)(end.p + end.n - begin.p) };
	item->number = from + 1;
}

/* Lines whose surroundings overlap are one result. */
static void join_lines(const struct vec *lines, struct vec *found)
{
	bool *shown = NULL;
	size_t n = 0;

	if (found->n == 0)
		return;
	shown = xcalloc(lines->n, sizeof(*shown));
	for (size_t i = 0; i < found->n; i++) {
		struct retrieve_item *item = vec_at(found, i);

		if (shown[item->number - 1])
			continue;
		for (size_t k = item->number - 1; k < lines->n && k <= item->number - 1 + RETRIEVE_CONTEXT;
		     k++)
			shown[k] = true;
		for (size_t k = item->number - 1, s = 0; s <= RETRIEVE_CONTEXT; s++, k--) {
			shown[k] = true;
			if (k == 0)
				break;
		}
		widen(lines, item);
		*(struct retrieve_item *)vec_at(found, n++) = *item;
	}
	found->n = n;
	free(shown);
}

void retrieve(struct arena *a, str text, str kind, str query, size_t offset, size_t limit,
	      struct retrieve_result *out)
{
	struct vec all, found;
	const struct vec *from;

	*out = (struct retrieve_result){ .kind = retrieve_kind_of(kind, text) };
	vec_init(&out->items, sizeof(struct retrieve_item));
	vec_init(&all, sizeof(struct retrieve_item));
	vec_init(&found, sizeof(struct retrieve_item));
	split(out->kind, text, &all);
	out->total = all.n;
	from = &all;
	if (query.n) {
		search(a, query, &all, &found);
		if (out->kind == RETRIEVE_LINES)
			join_lines(&all, &found);
		from = &found;
		limit = limit ? limit : RETRIEVE_RESULTS;
	}
	out->matches = from->n;
	for (size_t i = offset; i < from->n && (limit == 0 || i - offset < limit); i++)
		*(struct retrieve_item *)vec_push(&out->items) = *(struct retrieve_item *)vec_at(from, i);
	vec_release(&found);
	vec_release(&all);
}

#include "core/compress/json_crush.h"

enum {
	SMALL = 256, /* bytes; shorter arrays and objects are not worth a marker */
	KINDS = 4, /* of items: objects and arrays, strings, numbers, literals */
	KEYS_FEW = 8, /* objects with as many members are walked through, not chosen from */
	KEYS_SMALL = 64, /* in objects with as many, small values stay */
	OBJECT_MIN = 800, /* bytes, some 200 tokens */
	TOKEN = 4, /* bytes, about */
	MARKER_LENGTH = 72, /* of a marker without its `what` */
	WHAT_MAX = 512
};

static str text_of(const struct crush *c)
{
	return c->s->text;
}

struct jval item_value(const struct crush *c, const struct item *i)
{
	size_t quote = i->type == J_STRING;

	return (struct jval){ .raw = str_sub(text_of(c), i->value + quote, i->end - i->value - 2 * quote),
			      .type = (enum jtype)i->type };
}

void walk_copy(struct crush *c, size_t to)
{
	if (to > c->done)
		buf_add(c->out, str_sub(text_of(c), c->done, to - c->done));
	c->done = to;
}

void walk_marker(struct crush *c, str what)
{
	buf_add_c(c->out, "\"" MARKER_KEY "\":\"");
	marker_put(c->out, what, c->s->hash, c->s->config->ccr_ttl_seconds);
	buf_add_ch(c->out, '"');
}

/* ---- reading ---- */

static bool read_items(struct crush *c, struct jval list, struct vec *items)
{
	const char *base = text_of(c).p;
	struct jit it;

	jit_init(&it, list);
	while (jit_key(&it)) {
		struct item *i = vec_push(items);

		i->value = (uint32_t)(it.p - base);
		i->start = list.type == J_OBJECT ? (uint32_t)(it.key.p - 1 - base) : i->value;
		i->type = (uint8_t)it.value.type;
		jit_value(&it);
		i->end = (uint32_t)(it.p - base);
		if (items->n > CRUSH_ITEMS_MAX)
			return false;
	}
	c->bad = c->bad || !jit_ok(&it);
	return jit_ok(&it);
}

/* Whether the list was shortened before: by us, or by somebody who tells it in our way. */
static bool has_marker(const struct crush *c, const struct item *items, size_t n)
{
	const struct item *last = n ? &items[n - 1] : NULL;

	if (!last)
		return false;
	if (last->start < last->value)
		return str_starts(item_text(c, last), STR("\"" MARKER_KEY "\""));
	return last->type == J_OBJECT && jget(item_value(c, last), MARKER_KEY).type != J_NONE;
}

/* ---- choosing ---- */

static size_t kind_of(enum jtype type)
{
	return type == J_OBJECT || type == J_ARRAY ? 0 : type == J_STRING ? 1 : type == J_NUMBER ? 2 : 3;
}

/* Items that are not up for choice: what objects are made for is looked up by name. */
static bool stays(const struct crush *c, const struct item *i, size_t n)
{
	return i->start < i->value && n <= KEYS_SMALL && kind_of((enum jtype)i->type) != 0 &&
	       i->end - i->value <= (size_t)c->s->config->object_value_tokens * TOKEN;
}

static size_t least_rows(const struct crush *c, const struct item *first, size_t kind)
{
	size_t least = (size_t)c->s->config->min_items, max = (size_t)c->s->config->max_items;

	if (first->start < first->value && kind == 0 && max + 1 > least)
		return max + 1; /* the parts of an object, not rows of a table */
	return least;
}

static void init_rows(struct rows *r, struct crush *c, struct item *items, size_t n, size_t kind)
{
	static const enum jtype types[KINDS] = { J_OBJECT, J_STRING, J_NUMBER, J_NULL };
	uint32_t *at = arena_array(c->arena, n, sizeof(*at));

	*r = (struct rows){ .c = c, .items = items, .at = at, .type = types[kind] };
	for (size_t i = 0; i < n; i++)
		if (kind_of((enum jtype)items[i].type) == kind && !stays(c, &items[i], n))
			at[r->n++] = (uint32_t)i;
	r->reasons = arena_array(c->arena, r->n, 1);
}

static size_t mark_kept(struct item *items, size_t n, const struct rows *groups, size_t groups_n)
{
	size_t kept = n;

	for (size_t i = 0; i < n; i++)
		items[i].keep = true;
	for (size_t g = 0; g < groups_n; g++)
		for (size_t row = 0; row < groups[g].n; row++)
			if (!groups[g].reasons[row]) {
				items[groups[g].at[row]].keep = false;
				kept--;
			}
	return kept;
}

bool walk_choose(struct crush *c, struct item *items, size_t n, struct buf *what)
{
	size_t counts[KINDS] = { 0 }, groups_n = 0, kept;
	struct rows groups[KINDS];

	if (n <= KEYS_FEW || n < (size_t)c->s->config->min_items)
		return false;
	for (size_t i = 0; i < n; i++)
		counts[kind_of((enum jtype)items[i].type)] += !stays(c, &items[i], n);
	for (size_t kind = 0; kind < KINDS; kind++) {
		if (counts[kind] == 0 || counts[kind] < least_rows(c, &items[0], kind))
			continue;
		init_rows(&groups[groups_n], c, items, n, kind);
		rows_pick(&groups[groups_n++]);
	}
	kept = mark_kept(items, n, groups, groups_n);
	if (kept < n && !c->bad)
		summary_put(what, groups, groups_n, n, kept);
	for (size_t g = 0; g < groups_n; g++)
		fields_release(groups[g].fields);
	return kept < n && !c->bad;
}

/* Whether what is left out is more than the marker costs. */
static bool is_worth_it(const struct item *items, size_t n, size_t what)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++)
		out += items[i].keep ? 0 : items[i].end - items[i].start + 1;
	return out > 2 * (what + MARKER_LENGTH);
}

/* ---- output ---- */

/* Takes the white space between tokens out of what was appended since `from`: it costs a fifth of the tokens. */
static void compact(struct buf *out, size_t from)
{
	char *p = out->p + from, *to = p, *end = out->p + out->n;
	bool inside = false;

	for (; p < end; p++) {
		if (!inside && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
			continue;
		if (*p == '"')
			inside = !inside;
		*to++ = *p;
		if (inside && *p == '\\' && p + 1 < end)
			*to++ = *++p;
	}
	buf_cut(out, (size_t)(to - out->p));
}

void walk_item(struct crush *c, const struct item *i, size_t depth)
{
	size_t from = c->out->n;

	c->done = i->start;
	walk_value(c, item_value(c, i), depth + 1);
	walk_copy(c, i->end);
	compact(c->out, from);
}

/* The members of a row whose key is not among the constants. */
static void put_rest(struct crush *c, const struct item *i, const struct vec *constants)
{
	size_t from = c->out->n;
	bool first = true;
	struct jit it;

	buf_add_ch(c->out, '{');
	jit_init(&it, item_value(c, i));
	while (jit_next(&it)) {
		bool constant = false;

		for (size_t k = 0; k < constants->n && !constant; k++)
			constant = str_eq(*(const str *)vec_at(constants, k), it.key);
		if (constant)
			continue;
		if (!first)
			buf_add_ch(c->out, ',');
		first = false;
		buf_add(c->out, (str){ it.key.p - 1, (size_t)(it.p - it.key.p + 1) });
	}
	buf_add_ch(c->out, '}');
	compact(c->out, from);
	c->done = i->end;
}

static str member(str key, struct jval v)
{
	const char *end = v.raw.p + v.raw.n + (v.type == J_STRING);

	return (str){ key.p - 1, (size_t)(end - key.p + 1) };
}

/* Keys of members that are the same in all items, in the order of the first one; appends the members to out. */
static void find_constants(const struct crush *c, const struct item *items, size_t n, struct vec *keys,
			   struct buf *out)
{
	struct jit it, other;

	for (size_t i = 0; i < n; i++)
		if (items[i].type != J_OBJECT)
			return;
	jit_init(&it, item_value(c, &items[0]));
	while (jit_next(&it) && keys->n < COLUMNS_MAX) {
		size_t same = 1;

		for (; same < n; same++) {
			bool found = false;

			jit_init(&other, item_value(c, &items[same]));
			while (!found && jit_next(&other))
				found = str_eq(other.key, it.key) && other.value.type == it.value.type &&
					str_eq(other.value.raw, it.value.raw);
			if (!found)
				break;
		}
		if (same < n)
			continue;
		*(str *)vec_push(keys) = it.key;
		buf_printf(out, "%s%.*s", out->n ? "," : "", STR_ARG(member(it.key, it.value)));
	}
}

static void put_list(struct crush *c, struct jval list, const struct item *items, size_t n, str what,
		     size_t depth, const struct vec *constants)
{
	bool object = list.type == J_OBJECT;

	for (size_t i = 0; i < n; i++) {
		if (!items[i].keep)
			continue;
		if (constants->n)
			put_rest(c, &items[i], constants);
		else
			walk_item(c, &items[i], depth);
		buf_add_ch(c->out, ',');
	}
	if (!object)
		buf_add_ch(c->out, '{');
	walk_marker(c, what);
	if (!object)
		buf_add_ch(c->out, '}');
}

static void put_chosen(struct crush *c, struct jval list, const struct item *items, size_t n, str what,
		       size_t depth)
{
	size_t start = (size_t)(list.raw.p - text_of(c).p);
	struct vec constants;
	struct buf members;

	vec_init(&constants, sizeof(str));
	buf_init(&members, SIZE_MAX);
	if (c->s->config->factor_constants && list.type == J_ARRAY)
		find_constants(c, items, n, &constants, &members);
	walk_copy(c, start);
	if (constants.n)
		buf_printf(c->out, "{\"_constant\":{%s},\"items\":", buf_c(&members));
	walk_copy(c, start + 1);
	put_list(c, list, items, n, what, depth, &constants);
	c->done = start + list.raw.n - 1;
	if (constants.n) {
		walk_copy(c, start + list.raw.n);
		buf_add_ch(c->out, '}');
	}
	buf_release(&members);
	vec_release(&constants);
}

/* ---- recursion ---- */

static bool may_choose(struct jval list, size_t n)
{
	return list.type == J_ARRAY || (n > KEYS_FEW && list.raw.n >= OBJECT_MIN);
}

void walk_value(struct crush *c, struct jval v, size_t depth)
{
	struct vec items;
	struct buf what;
	size_t kept = 0;

	if ((v.type != J_ARRAY && v.type != J_OBJECT) || v.raw.n < SMALL || depth > CRUSH_DEPTH || c->bad)
		return;
	vec_init(&items, sizeof(struct item));
	buf_init(&what, WHAT_MAX);
	if (!read_items(c, v, &items) || has_marker(c, items.p, items.n))
		goto out;
	if (may_choose(v, items.n) && walk_choose(c, items.p, items.n, &what) &&
	    is_worth_it(items.p, items.n, what.n)) {
		for (size_t i = 0; i < items.n; i++)
			kept += ((struct item *)vec_at(&items, i))->keep;
		c->before += items.n;
		c->after += kept;
		put_chosen(c, v, items.p, items.n, buf_str(&what), depth);
		goto out;
	}
	for (size_t i = 0; i < items.n; i++)
		walk_value(c, item_value(c, vec_at(&items, i)), depth + 1);
out:
	buf_release(&what);
	vec_release(&items);
}

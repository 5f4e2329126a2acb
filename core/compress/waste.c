#include "core/compress/waste.h"

#include <assert.h>

#include "core/base/buf.h"
#include "core/compress/adaptive.h"
#include "core/json/jget.h"

const char *const waste_names[] = { "json_bloat", "html_noise",	  "base64",
				    "whitespace", "dynamic_date", "repetition" };
static_assert(sizeof(waste_names) / sizeof(*waste_names) == WASTE_COUNT, "a name for each kind");

enum {
	JSON_MIN_TOKENS = 500, /* smaller blocks are no bloat */
	BASE64_MIN = 200, /* characters in a run */
	REPEAT_MIN_TOKENS = 20,
	REPEAT_MIN_BYTES = 60, /* a line with that many tokens is longer */
	NEAR_BITS = 3, /* SimHash distance of near duplicates */
	BANDS = 4, /* of 16 bits: two hashes that near are equal in one of them */
	MAX_DEPTH = 8, /* of JSON that is looked into */
	MAX_TAG = 2000, /* bytes */
	STRUCTURAL_TAGS = 3, /* that make a text a page */
	BLANK_RUN = 4,
	NEWLINE_RUN = 3
};

/* ---- counting ---- */

static size_t count(struct waste_meter *m, str text)
{
	return text.n ? token_count(m->tokenizer, m->cache, text) : 0;
}

/* Takes tokens of a text for a kind, as far as nothing else has them. */
static void book(struct waste_meter *m, enum waste_kind kind, size_t n, size_t *left)
{
	if (n > *left)
		n = *left;
	*left -= n;
	m->waste.tokens[kind] += n;
	m->waste.total += n;
}

void waste_init(struct waste_meter *m, const struct tokenizer *t, struct token_cache *c)
{
	*m = (struct waste_meter){ .tokenizer = t, .cache = c };
	map64_init(&m->seen);
}

void waste_release(struct waste_meter *m)
{
	map64_release(&m->seen);
}

/* ---- base64 ---- */

static bool is_base64(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
	       c == '/';
}

/* Long runs with both cases and digits; hashes are shorter or have one case, paths have many slashes. */
static bool is_encoded(str run)
{
	size_t upper = 0, lower = 0, digits = 0, slashes = 0;

	for (size_t i = 0; i < run.n; i++) {
		upper += run.p[i] >= 'A' && run.p[i] <= 'Z';
		lower += run.p[i] >= 'a' && run.p[i] <= 'z';
		digits += run.p[i] >= '0' && run.p[i] <= '9';
		slashes += run.p[i] == '/';
	}
	return upper > run.n / 20 && lower > run.n / 20 && digits > 0 && slashes < run.n / 16;
}

/* Appends the runs to out. */
static void find_base64(str text, struct buf *out)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = at;

		while (end < text.n && is_base64(text.p[end]))
			end++;
		while (end > at && end < text.n && text.p[end] == '=')
			end++;
		if (end - at >= BASE64_MIN && is_encoded(str_sub(text, at, end - at)))
			buf_add(out, str_sub(text, at, end - at));
		at = end + 1;
	}
}

/* ---- HTML ---- */

static const char *const noise[] = { "script", "style", "nav", "footer", NULL };
static const char *const structural[] = { "html",  "head",    "body",	 "div",	   "span",   "script",
					  "style", "link",    "meta",	 "nav",	   "header", "main",
					  "aside", "article", "section", "footer", NULL };

static bool tag_is(str text, size_t at, const char *const *names)
{
	for (; *names; names++) {
		size_t n = strlen(*names);
		char after = at + n < text.n ? text.p[at + n] : '>';

		if (str_ieq(str_sub(text, at, n), str_c(*names)) && strchr(" \t\r\n/>", after))
			return true;
	}
	return false;
}

/* Behind the tag or comment at `at`, which is a '<'; 0 if it is none. */
static size_t tag_end(str text, size_t at)
{
	str rest = str_sub(text, at, MAX_TAG);
	char c = rest.n > 1 ? rest.p[1] : ' ';
	size_t end;

	if (str_starts_c(rest, "<!--")) {
		end = str_find(str_from(text, at), STR("-->"));
		return end == STR_NONE ? text.n : at + end + 3;
	}
	if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!'))
		return 0;
	end = str_chr(rest, '>');
	return end == STR_NONE ? 0 : at + end + 1;
}

static bool is_page(str text)
{
	size_t tags = 0;

	for (size_t at = 0; tags < STRUCTURAL_TAGS; at++) {
		size_t next = str_chr(str_from(text, at), '<');

		if (next == STR_NONE)
			return false;
		at += next;
		tags += tag_is(text, at + 1, structural) && tag_end(text, at) > 0;
	}
	return true;
}

/* Where the body of a noisy element ends, as seen from behind its opening tag. */
static size_t body_end(str text, size_t at, str name)
{
	for (size_t i = at; i < text.n; i++) {
		size_t next = str_find(str_from(text, i), STR("</"));

		if (next == STR_NONE)
			return text.n;
		i += next;
		if (str_ieq(str_sub(text, i + 2, name.n), name))
			return i;
	}
	return text.n;
}

static void find_html(str text, struct buf *out)
{
	size_t fence = str_find(text, STR("```"));

	if (!is_page(text))
		return;
	for (size_t at = 0; at < text.n;) {
		size_t next = str_chr(str_from(text, at), '<'), end;

		if (next == STR_NONE)
			return;
		at += next;
		if (fence != STR_NONE && at > fence) { /* go on behind the fence */
			size_t closing = str_find(str_from(text, fence + 3), STR("```"));

			if (closing == STR_NONE)
				return;
			at = fence + 3 + closing + 3;
			closing = str_find(str_from(text, at), STR("```"));
			fence = closing == STR_NONE ? STR_NONE : at + closing;
			continue;
		}
		end = tag_end(text, at);
		if (end == 0) {
			at++;
			continue;
		}
		for (size_t i = 0; noise[i]; i++) {
			const char *one[] = { noise[i], NULL };

			if (tag_is(text, at + 1, one))
				end = body_end(text, end, str_c(noise[i]));
		}
		buf_add(out, str_sub(text, at, end - at));
		at = end;
	}
}

/* ---- JSON ---- */

static void compact(struct buf *out, struct jval v, int depth);

static void compact_members(struct buf *out, struct jval v, const struct map64 *constants, int depth)
{
	bool first = true;
	struct jit it;

	jit_init(&it, v);
	buf_add_ch(out, v.type == J_OBJECT ? '{' : '[');
	while (jit_next(&it)) {
		if (constants && map64_get(constants, hash_mix(str_hash(it.key), str_hash(it.value.raw))))
			continue;
		if (!first)
			buf_add_ch(out, ',');
		first = false;
		if (it.object) {
			buf_add_ch(out, '"');
			buf_add(out, it.key);
			buf_add_c(out, "\":");
		}
		compact(out, it.value, depth + 1);
	}
	buf_add_ch(out, v.type == J_OBJECT ? '}' : ']');
}

/* Members all rows have with the same value: key and value hashed -> rows.  Only those of all rows are kept. */
static void find_constants(struct jval array, struct map64 *constants)
{
	struct map64 counts;
	struct jit rows, it;
	size_t n = 0;

	map64_init(&counts);
	jit_init(&rows, array);
	for (; jit_next(&rows); n++) {
		jit_init(&it, rows.value);
		while (it.object && jit_next(&it))
			++*map64_put(&counts, hash_mix(str_hash(it.key), str_hash(it.value.raw)), NULL);
	}
	for (size_t i = 0; n > 2 && i < counts.n; i++)
		if (counts.entries[i].value == n)
			map64_put(constants, counts.entries[i].key, NULL);
	map64_release(&counts);
}

/* Each distinct row once, without what is the same in all of them but the first. */
static void compact_rows(struct buf *out, struct jval v, int depth)
{
	struct map64 constants, seen;
	struct jit it;
	bool first = true, fresh;

	map64_init(&constants);
	map64_init(&seen);
	find_constants(v, &constants);
	jit_init(&it, v);
	buf_add_ch(out, '[');
	while (jit_next(&it)) {
		map64_put(&seen, str_hash(it.value.raw), &fresh);
		if (!fresh)
			continue;
		if (!first)
			buf_add_ch(out, ',');
		compact_members(out, it.value, first ? NULL : &constants, depth + 1);
		first = false;
	}
	buf_add_ch(out, ']');
	map64_release(&seen);
	map64_release(&constants);
}

static bool holds_rows(struct jval v)
{
	struct jit it;
	size_t n = 0;

	if (v.type != J_ARRAY)
		return false;
	for (jit_init(&it, v); jit_next(&it); n++)
		if (it.value.type != J_OBJECT)
			return false;
	return n > 1;
}

static void compact(struct buf *out, struct jval v, int depth)
{
	if (v.type == J_STRING) {
		buf_add_ch(out, '"');
		buf_add(out, v.raw);
		buf_add_ch(out, '"');
	} else if (depth >= MAX_DEPTH || (v.type != J_ARRAY && v.type != J_OBJECT)) {
		buf_add(out, v.raw);
	} else if (holds_rows(v)) {
		compact_rows(out, v, depth);
	} else {
		compact_members(out, v, NULL, depth);
	}
}

static size_t json_bloat(struct waste_meter *m, str text, size_t tokens, struct buf *space)
{
	str trimmed = str_trim(text);
	struct jval v;
	size_t after;

	if (tokens <= JSON_MIN_TOKENS || trimmed.n == 0 || (trimmed.p[0] != '{' && trimmed.p[0] != '['))
		return 0;
	v = jval_of(trimmed);
	if (v.raw.n != trimmed.n)
		return 0;
	buf_clear(space);
	compact(space, v, 0);
	after = count(m, buf_str(space));
	return after < tokens ? tokens - after : 0;
}

/* ---- repetition ---- */

/* Was this, or something nearly the same, met before?  Remembers it. */
static bool met(struct waste_meter *m, str line)
{
	uint64_t hash = simhash(line);
	bool near = false;

	for (int b = 0; b < BANDS; b++) {
		uint64_t band = (hash >> (16 * b) & 0xffff) | (uint64_t)(b + 1) << 32;
		bool fresh;
		uint64_t *last = map64_put(&m->seen, band, &fresh);

		near = near || (!fresh && __builtin_popcountll(*last ^ hash) <= NEAR_BITS);
		*last = hash;
	}
	return near;
}

static size_t repetition(struct waste_meter *m, str text, size_t tokens)
{
	uint64_t whole = str_hash(text) | 1;
	bool fresh;
	size_t n = 0;
	str line;

	map64_put(&m->seen, hash_mix(whole, text.n), &fresh);
	if (!fresh)
		return tokens >= REPEAT_MIN_TOKENS ? tokens : 0;
	while (str_line(&text, &line)) {
		size_t of_line;

		if (line.n < REPEAT_MIN_BYTES || !met(m, line))
			continue;
		of_line = count(m, line);
		n += of_line >= REPEAT_MIN_TOKENS ? of_line : 0;
	}
	return n;
}

/* ---- white space ---- */

/* The text with runs shortened; false if there are none.  What begins a line is its indentation, and stays. */
static bool normalise(str text, struct buf *out)
{
	bool found = false;
	size_t newlines = 0;

	for (size_t at = 0; at < text.n;) {
		size_t end = at;
		bool starts = at == 0 || text.p[at - 1] == '\n';

		while (end < text.n && (text.p[end] == ' ' || text.p[end] == '\t'))
			end++;
		if (end - at >= BLANK_RUN && !starts) {
			buf_add_ch(out, ' ');
			found = true;
		} else {
			buf_add(out, str_sub(text, at, end - at));
		}
		if (end == text.n)
			break;
		newlines = text.p[end] == '\n' ? newlines + 1 : end == at ? 0 : newlines;
		if (newlines >= NEWLINE_RUN)
			found = true;
		else
			buf_add_ch(out, text.p[end]);
		at = end + 1;
	}
	return found;
}

static size_t whitespace(struct waste_meter *m, str text, size_t tokens, struct buf *space)
{
	size_t after;

	buf_clear(space);
	if (!normalise(text, space))
		return 0;
	after = count(m, buf_str(space));
	return after < tokens ? tokens - after : 0;
}

void waste_add(struct waste_meter *m, str text, size_t tokens, size_t dates)
{
	size_t left = tokens;
	struct buf space;

	buf_init(&space, SIZE_MAX);
	find_base64(text, &space);
	book(m, WASTE_BASE64, count(m, buf_str(&space)), &left);
	buf_clear(&space);
	find_html(text, &space);
	book(m, WASTE_HTML, count(m, buf_str(&space)), &left);
	book(m, WASTE_JSON, json_bloat(m, text, tokens, &space), &left);
	book(m, WASTE_REPETITION, repetition(m, text, tokens), &left);
	book(m, WASTE_WHITESPACE, whitespace(m, text, tokens, &space), &left);
	book(m, WASTE_DATE, dates, &left);
	buf_release(&space);
}

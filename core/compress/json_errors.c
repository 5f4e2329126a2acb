#include "core/compress/json_crush.h"

#include "core/base/map.h"

enum {
	ALL_KEPT = 32, /* as many rows that tell errors are all kept */
	DISTINCT_SHARE = 8, /* distinct ones up to one row in so many */
	MASKED_SHARE = 4, /* the same, distinct but for numbers and ids */
	HINTS_SHARE = 4 /* more hints than one row in so many are none */
};

/* How rows that tell errors are compared. */
enum compare {
	COMPARE_ROWS,
	COMPARE_TEXTS, /* without ids, times and figures */
	COMPARE_MASKED /* and without the numbers in texts */
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A hash that words with digits in them do not change: "request 17 failed" is "request 18 failed". */
static uint64_t masked_hash(str s)
{
	uint64_t hash = 0;
	size_t i = 0, start;
	bool number;

	while (i < s.n) {
		start = i;
		number = false;
		for (; i < s.n && is_word(s.p[i]); i++)
			number = number || is_digit(s.p[i]);
		if (i == start)
			hash = hash_mix(hash, (unsigned char)s.p[i++]);
		else
			hash = hash_mix(hash, number ? '#' : str_hash(str_sub(s, start, i - start)));
	}
	return hash;
}

struct signature {
	enum compare compare;
	uint64_t hash;
};

static bool is_text(const struct column *c, str s)
{
	return c->error_key || c->label_key || str_chr(s, ' ') != STR_NONE || tells_error(s);
}

static void sign_cell(struct fields *f, struct column *c, struct jval v, size_t row, void *ctx)
{
	struct signature *s = ctx;
	bool masked = s->compare == COMPARE_MASKED;
	uint64_t hash = 0;

	(void)f, (void)row;
	if (!c || v.type == J_OBJECT || v.type == J_ARRAY || c->dated)
		return;
	if (v.type == J_STRING && is_text(c, v.raw))
		hash = masked ? masked_hash(v.raw) : str_hash(v.raw);
	else if (!c->many && (!masked || c->status_key || c->error_key))
		hash = str_hash(v.raw);
	else
		return;
	s->hash = hash_mix(s->hash, hash_mix(str_hash(c->key), hash));
}

static uint64_t sign_row(struct rows *r, size_t row, enum compare compare)
{
	struct signature s = { compare, 0 };
	str text = item_text(r->c, row_item(r, row));

	if (compare == COMPARE_ROWS || (r->type == J_STRING && compare == COMPARE_TEXTS))
		return str_hash(text);
	if (r->type == J_STRING)
		return masked_hash(text);
	fields_walk_row(r->fields, row, false, sign_cell, &s);
	return s.hash;
}

/* Appends the first row of each distinct error; false as soon as there are more than `most`. */
static bool distinct(struct rows *r, const struct vec *errors, enum compare compare, size_t most,
		     struct vec *out)
{
	struct map64 seen;
	bool fresh;

	vec_clear(out);
	map64_init(&seen);
	for (size_t i = 0; i < errors->n && out->n <= most; i++) {
		const struct evidence *e = vec_at(errors, i);

		map64_put(&seen, sign_row(r, e->row, compare), &fresh);
		if (fresh)
			*(uint32_t *)vec_push(out) = e->row;
	}
	map64_release(&seen);
	return out->n <= most;
}

/* Leaves those of at least this strength. */
static void sift(struct vec *errors, bool text)
{
	struct evidence *e = errors->p;
	size_t n = 0;

	for (size_t i = 0; i < errors->n; i++)
		if (e[i].strong || (text && e[i].text))
			e[n++] = e[i];
	errors->n = n;
}

static size_t count_hints(const struct vec *errors)
{
	const struct evidence *e = errors->p;
	size_t n = 0;

	for (size_t i = 0; i < errors->n; i++)
		n += !e[i].strong && !e[i].text;
	return n;
}

static size_t share_of(size_t n, size_t share)
{
	return n / share > ALL_KEPT ? n / share : ALL_KEPT;
}

/*
 * Few errors are all kept.  Of many, those that say something else; if there are still many that is so but for numbers,
 * and if even then nearly every text has the word, it is what these texts are about, and only rows that are labelled as
 * errors count.
 */
static void choose_errors(struct rows *r, struct vec *errors, struct vec *chosen)
{
	if (distinct(r, errors, COMPARE_ROWS, ALL_KEPT, chosen) ||
	    distinct(r, errors, COMPARE_TEXTS, share_of(r->n, DISTINCT_SHARE), chosen) ||
	    distinct(r, errors, COMPARE_MASKED, share_of(r->n, MASKED_SHARE), chosen))
		return;
	sift(errors, false);
	distinct(r, errors, COMPARE_MASKED, SIZE_MAX - 1, chosen);
}

void errors_keep(struct rows *r, struct vec *errors)
{
	struct vec chosen;

	if (count_hints(errors) > r->n / HINTS_SHARE)
		sift(errors, true);
	r->errors = errors->n;
	if (!r->c->s->config->preserve_errors || errors->n == 0)
		return;
	vec_init(&chosen, sizeof(uint32_t));
	choose_errors(r, errors, &chosen);
	for (size_t i = 0; i < chosen.n; i++)
		row_keep(r, *(const uint32_t *)vec_at(&chosen, i), REASON_ERROR);
	vec_release(&chosen);
}

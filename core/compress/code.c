/*
 * code: shortens source code to imports, types, signatures, error handlers and the beginnings of bodies.  What comes
 * out is parsed again: a function whose shorter form the parser likes less than the original stays whole.
 */
#include "core/compress/code.h"

enum {
	BYTES_PER_TOKEN = 4, /* of source code, about */
	ROUNDS = 6, /* of parsing what came out */
	NAMED = 6, /* bodies in the marker */
	HEAD = 4096, /* bytes by which a language is guessed */
	ERRORS_PER_LINE = 4 /* so many lines must be right for each wrong one */
};

static const double WORTH = .95; /* bytes after / before at most */

struct draft {
	struct arena *arena;
	const struct squeeze *squeeze;
	struct code_tree tree;
	struct code_functions functions;
	struct vec edits;
	bool no_comments;
};

static int by_place(const void *a, const void *b)
{
	const struct code_edit *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end != y->end ? (x->end > y->end ? -1 : 1) : 0;
}

/* Sorts and removes edits inside of others. */
static void settle(struct vec *edits)
{
	struct code_edit *e = edits->p;
	uint32_t behind = 0;
	size_t n = 0;

	vec_sort(edits, by_place);
	for (size_t i = 0; i < edits->n; i++) {
		if (i > 0 && e[i].start < behind)
			continue;
		behind = e[i].end;
		e[n++] = e[i];
	}
	edits->n = n;
}

static void collect(struct draft *d)
{
	vec_clear(&d->edits);
	for (size_t i = 0; i < d->functions.n; i++)
		d->functions.at[i].folded = false;
	code_fold(d->arena, &d->tree, d->squeeze, &d->functions, &d->edits);
	if (!d->no_comments)
		code_comments(d->arena, &d->tree, d->squeeze, &d->edits);
	settle(&d->edits);
}

static void apply(const struct draft *d, struct buf *out)
{
	const struct code_edit *e = d->edits.p;
	str text = d->tree.text;
	size_t at = 0;

	buf_clear(out);
	for (size_t i = 0; i < d->edits.n; i++) {
		buf_add(out, str_sub(text, at, e[i].start - at));
		buf_add(out, e[i].text);
		at = e[i].end;
	}
	buf_add(out, str_from(text, at));
}

/* Withdraws the last edit at or before this byte of the output; false if there is none. */
static bool withdraw(struct draft *d, uint32_t at)
{
	const struct code_edit *e = d->edits.p, *suspect = NULL;
	int64_t shift = 0;

	for (size_t i = 0; i < d->edits.n && (int64_t)e[i].start + shift <= at; i++) {
		suspect = &e[i];
		shift += (int64_t)e[i].text.n - (int64_t)(e[i].end - e[i].start);
	}
	if (!suspect && d->edits.n > 0)
		suspect = &e[0];
	if (!suspect)
		return false;
	if (suspect->function < 0)
		d->no_comments = true;
	else
		d->functions.at[suspect->function].whole = true;
	return true;
}

/* Edits the text until the parser finds no more errors in it than in the original. */
static bool settle_draft(struct draft *d, struct buf *out)
{
	struct code_tree again;

	for (int round = 0; round < ROUNDS; round++) {
		collect(d);
		apply(d, out);
		if (out->full || (double)out->n > WORTH * (double)d->tree.text.n)
			return false;
		if (!code_check(d->arena, d->tree.language, buf_str(out), &again))
			return false;
		if (again.errors <= d->tree.errors)
			return true;
		if (!withdraw(d, again.first_error))
			return false;
	}
	return false;
}

static size_t count_folded(const struct code_functions *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->at[i].folded;
	return n;
}

static void put_marker(const struct draft *d, size_t folded, struct buf *out)
{
	const struct squeeze *s = d->squeeze;
	struct buf what;
	size_t named = 0;

	buf_init(&what, SIZE_MAX);
	if (folded)
		buf_printf(&what, "%zu of %zu bodies compressed", folded, d->functions.n);
	else
		buf_add_c(&what, "Comments compressed");
	for (size_t i = 0; i < d->functions.n && named < NAMED; i++) {
		if (!d->functions.at[i].folded || d->functions.at[i].name.n == 0)
			continue;
		buf_add_c(&what, named++ ? ", " : ": ");
		buf_add(&what, d->functions.at[i].name);
		buf_add_c(&what, "()");
	}
	if (named == NAMED && folded > NAMED)
		buf_add_c(&what, " ...");
	if (out->n > 0 && out->p[out->n - 1] != '\n')
		buf_add_ch(out, '\n');
	buf_add_c(out, code_comment_sign(d->tree.language));
	buf_add_ch(out, ' ');
	marker_put(out, buf_str(&what), s->hash, s->config->ccr_ttl_seconds);
	buf_add_ch(out, '\n');
	buf_release(&what);
}

/* The beginning of a text, whole lines, without the comment it may begin with. */
static str head_of(str text)
{
	size_t end;

	text = str_trim(text);
	end = str_starts_c(text, "/*") ? str_find(text, STR("*/")) : STR_NONE;
	text = str_from(text, end == STR_NONE ? 0 : end + 2);
	end = str_rchr(str_sub(text, 0, HEAD), '\n');
	return str_sub(text, 0, text.n <= HEAD || end == STR_NONE ? HEAD : end);
}

static bool is_wrong(const struct code_tree *t)
{
	return t->errors * ERRORS_PER_LINE > t->rows;
}

/* The language whose parser likes the beginning best. */
static enum language guess(struct arena *a, str text)
{
	enum language best = LANGUAGE_NONE;
	size_t fewest = SIZE_MAX;
	str head = head_of(text);
	struct code_tree t;

	for (enum language l = LANGUAGE_NONE + 1; l < LANGUAGE_COUNT; l++) {
		if (!code_parse(a, l, head, &t) || is_wrong(&t) || t.errors >= fewest)
			continue;
		best = l;
		fewest = t.errors;
	}
	return best;
}

/* What the words say, or else what the parsers say. */
static bool parse(struct arena *a, str text, struct code_tree *out)
{
	double confidence;
	enum language language = detect_language(text, &confidence);

	if (language != LANGUAGE_NONE && code_parse(a, language, text, out) && !is_wrong(out))
		return true;
	return code_parse(a, guess(a, text), text, out) && !is_wrong(out);
}

static bool nothing(struct squeezed *r, const char *reason)
{
	r->reason = reason;
	return false;
}

static bool run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct draft d = { .arena = a, .squeeze = s };
	size_t folded;
	bool done;

	*r = (struct squeezed){ 0 };
	if (s->text.n / BYTES_PER_TOKEN < (size_t)s->config->code_min_tokens)
		return nothing(r, "too short");
	if (marker_in(s->text))
		return nothing(r, "compressed before");
	if (!code_available(LANGUAGE_PYTHON))
		return nothing(r, "built without parsers");
	if (!parse(a, s->text, &d.tree))
		return nothing(r, "does not parse");
	code_rank(a, &d.tree, s, &d.functions);
	vec_init(&d.edits, sizeof(struct code_edit));
	done = settle_draft(&d, out);
	vec_release(&d.edits);
	if (!done)
		return nothing(r, "little to gain");
	folded = count_folded(&d.functions);
	put_marker(&d, folded, out);
	r->before = d.functions.n;
	r->after = d.functions.n - folded;
	if (out->full || (double)out->n > WORTH * (double)s->text.n)
		return nothing(r, "little to gain");
	return true;
}

const struct compressor code_compressor = {
	.name = "code_aware",
	.content = CONTENT_CODE,
	.enabled = offsetof(struct compress_config, code),
	.run = run,
};

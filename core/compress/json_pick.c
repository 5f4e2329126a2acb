#include "core/compress/json_crush.h"

#include "core/base/map.h"
#include "core/compress/adaptive.h"

enum {
	ANCHOR_SHARE = 5, /* what the query names stands in at most one row in so many */
	NEAR_MAX = 256, /* kept rows a further one is compared with */
	TRIES = 8, /* rows looked at for one that is unlike those kept */
	MARKER_COST = 200 /* bytes of rows that are as many tokens as a marker, whose hash is dear */
};

/* ---- what must stay ---- */

static void keep_edges(struct rows *r)
{
	const struct compress_config *config = r->c->s->config;
	size_t first = (size_t)config->keep_first, last = (size_t)config->keep_last;

	for (size_t i = 0; i < first && i < r->n; i++)
		row_keep(r, i, REASON_EDGE);
	for (size_t i = 0; i < last && i < r->n; i++)
		row_keep(r, r->n - 1 - i, REASON_EDGE);
}

static bool is_member(const struct item *i)
{
	return i->start < i->value;
}

/* The key of a member, with its quotes. */
static str member_key(const struct rows *r, size_t row)
{
	const struct item *i = row_item(r, row);
	str text = str_trim(str_sub(r->c->s->text, i->start, i->value - i->start));

	return str_trim(str_sub(text, 0, text.n - 1)); /* without the colon */
}

static void keep_string_errors(struct rows *r)
{
	struct vec errors;
	struct buf scratch;

	vec_init(&errors, sizeof(struct evidence));
	buf_init(&scratch, SIZE_MAX);
	for (size_t row = 0; row < r->n; row++) {
		const struct item *i = row_item(r, row);
		struct jval v = item_value(r->c, i);
		str text = v.raw;

		if (str_chr(text, '\\') != STR_NONE) {
			buf_clear(&scratch);
			jstr_head(&scratch, text, TEXT_MAX);
			text = buf_str(&scratch);
		}
		if (tells_error(text) || (is_member(i) && text.n && tells_error(member_key(r, row))))
			*(struct evidence *)vec_push(&errors) =
				(struct evidence){ (uint32_t)row, false, true };
	}
	errors_keep(r, &errors);
	buf_release(&scratch);
	vec_release(&errors);
}

/* Strings that are far longer or shorter than the others. */
static void keep_odd_lengths(struct rows *r)
{
	struct number *lengths = arena_array(r->c->arena, r->n, sizeof(*lengths));

	for (size_t row = 0; row < r->n; row++)
		lengths[row] =
			(struct number){ (double)item_value(r->c, row_item(r, row)).raw.n, (uint32_t)row };
	numbers_keep_anomalies(r, lengths, r->n, false);
}

/* What the query names literally: searched in all rows at once.  A name that many rows have is none. */
static void keep_named(struct rows *r, str name, struct vec *hits)
{
	const struct crush *c = r->c;
	size_t max = (size_t)c->s->config->max_items;
	size_t most = r->n / ANCHOR_SHARE > max ? r->n / ANCHOR_SHARE : max, row = 0, at, found;
	str text = c->s->text;

	vec_clear(hits);
	if (name.n == 0)
		return;
	for (at = row_item(r, 0)->start; row < r->n; at = row_item(r, row)->start) {
		found = str_find(str_sub(text, at, row_item(r, r->n - 1)->end - at), name);
		if (found == STR_NONE)
			break;
		while (row < r->n && row_item(r, row)->end <= at + found)
			row++;
		if (row == r->n)
			break;
		if (anchor_in(name, item_text(c, row_item(r, row)))) {
			*(uint32_t *)vec_push(hits) = (uint32_t)row;
			if (hits->n > most)
				return;
		}
		if (++row == r->n)
			break;
	}
	for (size_t i = 0; i < hits->n; i++)
		row_keep(r, *(const uint32_t *)vec_at(hits, i), REASON_ANCHOR);
}

static void keep_anchored(struct rows *r)
{
	const struct query *q = r->c->s->query;
	struct vec hits;

	vec_init(&hits, sizeof(uint32_t));
	for (size_t i = 0; i < q->anchors_n; i++)
		keep_named(r, q->anchors[i], &hits);
	vec_release(&hits);
}

static void take_numbers(struct rows *r, struct vec *numbers)
{
	for (size_t row = 0; row < r->n; row++) {
		struct number *n = vec_push(numbers);

		*n = (struct number){ jval_f64(item_value(r->c, row_item(r, row)), 0), (uint32_t)row };
	}
}

static void keep_column_anomalies(struct rows *r, struct fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct column *c = f->columns[i];

		if (c->numbers.n * 2 > c->n && c->values_n > 1)
			numbers_keep_anomalies(r, c->numbers.p, c->numbers.n, !c->many);
	}
}

/* Whatever the limit is.  numbers: of a list of numbers. */
static void keep_needed(struct rows *r, struct vec *numbers)
{
	struct figures *figures;

	keep_edges(r);
	if (r->type == J_OBJECT) {
		r->fields = fields_read(r);
		errors_keep(r, &r->fields->errors);
		keep_column_anomalies(r, r->fields);
	} else if (r->type == J_STRING) {
		keep_string_errors(r);
		keep_odd_lengths(r);
	} else if (r->type == J_NUMBER) {
		take_numbers(r, numbers);
		numbers_keep_anomalies(r, numbers->p, numbers->n, false);
		figures = arena_alloc(r->c->arena, sizeof(*figures));
		numbers_figures(numbers->p, numbers->n, figures);
		r->figures = figures;
	}
	keep_anchored(r);
}

/* ---- what fills the rest ---- */

/* Rows in the order in which they are wanted. */
struct wanted {
	struct vec rows; /* of uint32_t */
	size_t next;
};

enum {
	WANT_RELEVANT, /* to the query */
	WANT_SCORED, /* highest */
	WANT_STEPS, /* of a series */
	WANT_COUNT
};

struct scored {
	double score;
	uint32_t row;
};

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return x->score > y->score ? -1 : x->score < y->score;
}

static void want_best(struct vec *scored, struct wanted *w)
{
	vec_sort(scored, by_score);
	for (size_t i = 0; i < scored->n; i++)
		*(uint32_t *)vec_push(&w->rows) = ((const struct scored *)vec_at(scored, i))->row;
}

static void want_relevant(const struct rows *r, const str *texts, struct wanted *w)
{
	const struct query *q = r->c->s->query;
	double threshold = r->c->s->config->relevance_threshold;
	float *scores;
	struct vec best;

	if (q->words_n == 0)
		return;
	scores = arena_array(r->c->arena, r->n, sizeof(*scores));
	bm25(q, texts, r->n, scores);
	vec_init(&best, sizeof(struct scored));
	for (size_t row = 0; row < r->n; row++)
		if (scores[row] > 0 && (double)scores[row] >= threshold)
			*(struct scored *)vec_push(&best) =
				(struct scored){ (double)scores[row], (uint32_t)row };
	want_best(&best, w);
	vec_release(&best);
}

static void want_scored(const struct rows *r, struct wanted *w)
{
	const struct column *c;
	struct vec best;
	bool descending = false;

	c = r->fields ? fields_score(r->fields, &descending) : NULL;
	if (!c)
		return;
	vec_init(&best, sizeof(struct scored));
	for (size_t i = 0; i < c->numbers.n; i++) {
		const struct number *n = vec_at(&c->numbers, i);

		*(struct scored *)vec_push(&best) = (struct scored){ n->value, n->row };
	}
	want_best(&best, w);
	vec_release(&best);
}

static void want_steps(const struct rows *r, const struct vec *numbers, struct wanted *w)
{
	if (r->type == J_NUMBER)
		numbers_steps(numbers->p, numbers->n, &w->rows);
	if (!r->fields || !fields_temporal(r->fields))
		return;
	for (size_t i = 0; i < r->fields->n; i++) {
		const struct column *c = r->fields->columns[i];

		if (c->many && c->numbers.n == r->n)
			numbers_steps(c->numbers.p, c->numbers.n, &w->rows);
	}
}

/* Places spread over the list, so that a longer beginning of their sequence is the same, only denser. */
struct places {
	size_t n, k, anchors, front, middle, back; /* how many of each are still to come */
	size_t next_front, next_back;
};

static double van_der_corput(size_t k)
{
	double result = 0, digit = .5;

	for (; k; k /= 2, digit /= 2)
		result += (double)(k % 2) * digit;
	return result;
}

static bool asks_for(const struct query *q, const char *words)
{
	str list = str_c(words), word;

	while (str_split(&list, ' ', &word))
		for (size_t i = 0; i < q->words_n; i++)
			if (str_eq(q->words[i], word))
				return true;
	return false;
}

/* Where the rows that stand for their place stand: search results begin with the best, logs end with the newest. */
static void init_places(struct places *p, const struct rows *r)
{
	static const double weights[][2] = { /* front, back */
					     { .5, .4 },
					     { .75, .15 },
					     { .15, .75 },
					     { .45, .45 }
	};
	const struct compress_config *config = r->c->s->config;
	double slots = (double)config->max_items * config->anchor_budget, front, back;
	size_t kind = 0, edges = (size_t)(config->keep_first + config->keep_last), n;
	bool descending;

	if (r->fields && fields_score(r->fields, &descending))
		kind = 1;
	else if (r->fields && fields_temporal(r->fields))
		kind = fields_category(r->fields) ? 2 : 3;
	front = weights[kind][0];
	back = weights[kind][1];
	if (asks_for(r->c->s->query, "latest recent last newest current now")) {
		front -= .15;
		back += .15;
	}
	if (asks_for(r->c->s->query, "first oldest earliest original initial beginning")) {
		front += .15;
		back -= .15;
	}
	slots = slots < (double)config->anchor_min ? (double)config->anchor_min : slots;
	slots = slots > (double)config->anchor_max ? (double)config->anchor_max : slots;
	n = slots > (double)edges ? (size_t)slots - edges : 0;
	*p = (struct places){ .n = r->n, .k = 1, .anchors = n };
	p->front = front > 0 ? (size_t)(front * (double)n + .5) : 0;
	p->back = back > 0 ? (size_t)(back * (double)n + .5) : 0;
	p->next_front = (size_t)config->keep_first;
	p->next_back = (size_t)config->keep_last;
}

static size_t next_place(struct places *p)
{
	if (p->front && p->next_front < p->n) {
		p->front--;
		return p->next_front++;
	}
	if (p->back && p->next_back < p->n) {
		p->back--;
		return p->n - 1 - p->next_back++;
	}
	return (size_t)(van_der_corput(p->k++) * (double)p->n);
}

/* What is kept, to be unlike it. */
struct likeness {
	struct map64 same;
	uint64_t near[NEAR_MAX];
	size_t near_n;
	int bits;
};

static void note_row(struct likeness *l, str text)
{
	map64_put(&l->same, str_hash(text), NULL);
	if (l->near_n < NEAR_MAX)
		l->near[l->near_n++] = simhash(text);
}

static bool is_like_kept(const struct likeness *l, str text)
{
	uint64_t hash;

	if (map64_get(&l->same, str_hash(text)))
		return true;
	hash = simhash(text);
	for (size_t i = 0; i < l->near_n; i++)
		if (__builtin_popcountll(l->near[i] ^ hash) <= l->bits)
			return true;
	return false;
}

static bool take_row(struct rows *r, size_t row, struct likeness *l, const str *texts)
{
	if (r->reasons[row] || is_like_kept(l, texts[row]))
		return false;
	note_row(l, texts[row]);
	row_keep(r, row, REASON_FILL);
	return true;
}

static bool take_wanted(struct rows *r, struct wanted *w, struct likeness *l, const str *texts)
{
	for (size_t tries = 0; w->next < w->rows.n && tries < TRIES; tries++)
		if (take_row(r, *(const uint32_t *)vec_at(&w->rows, w->next++), l, texts))
			return true;
	return false;
}

/* The kinds of wanted rows take turns with places, so that no kind crowds the others out. */
static void fill(struct rows *r, struct wanted wanted[static WANT_COUNT], size_t limit, const str *texts)
{
	struct likeness l = { .bits = (int)r->c->s->config->dedup_bits };
	struct places places;
	size_t tries = 0;

	map64_init(&l.same);
	for (size_t row = 0; row < r->n; row++)
		if (r->reasons[row])
			note_row(&l, texts[row]);
	init_places(&places, r);
	while (r->kept < limit && tries < TRIES * limit && tries < 4 * r->n) {
		for (size_t i = 0; i < WANT_COUNT && r->kept < limit; i++)
			take_wanted(r, &wanted[i], &l, texts);
		if (r->kept < limit)
			take_row(r, next_place(&places), &l, texts);
		tries++;
	}
	map64_release(&l.same);
}

/* ---- the choice ---- */

static void keep_all(struct rows *r)
{
	for (size_t row = 0; row < r->n; row++)
		row_keep(r, row, REASON_FILL);
}

static bool has_signal(const struct rows *r)
{
	const uint8_t signals = REASON_ERROR | REASON_ANOMALY | REASON_RARE;
	bool descending;

	for (size_t row = 0; row < r->n; row++)
		if (r->reasons[row] & signals)
			return true;
	return fields_score(r->fields, &descending) != NULL;
}

/* Rows that cost as much as the marker does, which counts as items, too: but at most half of those allowed. */
static size_t marker_rows(const struct rows *r, const str *texts, size_t max)
{
	size_t bytes = 1, cost = r->type == J_NUMBER ? 2 * MARKER_COST : MARKER_COST, rows;

	for (size_t row = 0; row < r->n; row++)
		bytes += texts[row].n + 1;
	rows = (cost * r->n + bytes - 1) / bytes;
	return rows < max / 2 ? rows : max / 2;
}

static size_t limit_of(const struct rows *r, const str *texts)
{
	const struct squeeze *s = r->c->s;
	size_t max = (size_t)s->config->max_items;

	return adaptive_count(r->c->arena, texts, r->n, s->bias > 0 ? s->bias : 1,
			      max - marker_rows(r, texts, max));
}

void rows_pick(struct rows *r)
{
	struct wanted wanted[WANT_COUNT];
	struct vec numbers;
	size_t limit;
	str *texts;

	vec_init(&numbers, sizeof(struct number));
	keep_needed(r, &numbers);
	texts = arena_array(r->c->arena, r->n, sizeof(*texts));
	for (size_t row = 0; row < r->n; row++)
		texts[row] = item_text(r->c, row_item(r, row));
	limit = limit_of(r, texts);
	if (r->fields && !r->c->s->config->sample_unique && fields_unique(r->fields) && !has_signal(r)) {
		keep_all(r);
	} else if (r->kept < limit) {
		for (size_t i = 0; i < WANT_COUNT; i++) {
			vec_init(&wanted[i].rows, sizeof(uint32_t));
			wanted[i].next = 0;
		}
		want_relevant(r, texts, &wanted[WANT_RELEVANT]);
		want_scored(r, &wanted[WANT_SCORED]);
		want_steps(r, &numbers, &wanted[WANT_STEPS]);
		fill(r, wanted, limit, texts);
		for (size_t i = 0; i < WANT_COUNT; i++)
			vec_release(&wanted[i].rows);
	}
	vec_release(&numbers);
}

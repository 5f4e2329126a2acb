#include "core/compress/json_crush.h"

#include <math.h>

#include "core/base/map.h"

enum {
	ELEMENTS_MAX = 8, /* of an array in a row that are fields */
	LABEL_MAX = 24, /* bytes; longer strings are prose, in which "error" need not tell one */
	ROWS_MIN = 10, /* fewer rows have no rarities */
	RARE_MAX = 16, /* rows kept as rare, or a share of all */
	RARE_SHARE = 50, /* one row in so many */
	RARE_EXAMPLES = 3, /* of something less rare */
	CLIENT_ERROR = 400, /* of HTTP */
	SERVER_ERROR = 500,
	STATUS_END = 600
};

#define RARE_FIELD .2 /* share of the rows that have it */
#define USUAL_FIELD .8
#define DOMINANT .9
#define VALUES_RARE 10 /* distinct values of which one can be rare */

/* ---- columns ---- */

static bool key_among(str key, const char *names)
{
	str list = str_c(names), name;

	while (str_split(&list, ',', &name))
		if (name.n && str_ieq(key, str_trim(name)))
			return true;
	return false;
}

/* "error", "lastError", "error_message", "failed": something there tells an error. */
static bool is_error_key(str key)
{
	static const char *const words[] = { "error", "exception", "failure", "failed", "fatal" };

	if (key_among(key, "err,errors,errno,fault,panic,crash,traceback"))
		return true;
	for (size_t i = 0; i < key.n; i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
			str word = str_sub(key, i, strlen(words[k]));
			bool begins = i == 0 || key.p[i - 1] == '_' || key.p[i - 1] == '-' ||
				      (key.p[i] >= 'A' && key.p[i] <= 'Z');

			if (begins && str_ieq(word, str_c(words[k])))
				return true;
		}
	return false;
}

static struct column *add_column(struct fields *f, struct column like)
{
	const struct compress_config *config = f->rows->c->s->config;
	struct column *c;

	if (f->n == COLUMNS_MAX) {
		f->full = true;
		return NULL;
	}
	c = arena_alloc(f->rows->c->arena, sizeof(*c));
	*c = like;
	c->error_key = is_error_key(like.key);
	c->label_key =
		key_among(like.key, "level,severity,status,state,result,outcome,log_level,loglevel,lvl,type,"
				    "phase,conclusion,kind,reason,error_type,category");
	c->status_key =
		key_among(like.key, "status,status_code,statuscode,http_status,httpstatus,response_code,"
				    "http_code,http_status_code");
	c->preserved = key_among(like.key, config->preserve_fields);
	vec_init(&c->numbers, sizeof(struct number));
	vec_init(&c->hashes, sizeof(uint64_t));
	f->columns[f->n++] = c;
	return c;
}

static bool is_column(const struct column *c, uint32_t parent, str key, uint32_t index)
{
	return c->parent == parent && c->index == index && str_eq(c->key, key);
}

/* *last: column + 1 of the cell before; rows mostly have their fields in one order. */
static struct column *find_column(struct fields *f, uint32_t *last, struct column like, bool learn)
{
	uint32_t *follower = *last ? &f->columns[*last - 1]->follower : &f->first;
	uint64_t *known, hash;

	if (*follower && is_column(f->columns[*follower - 1], like.parent, like.key, like.index)) {
		*last = *follower;
		return f->columns[*last - 1];
	}
	hash = hash_mix(hash_mix(like.parent, like.index), str_hash(like.key));
	known = map64_get(f->by_key, hash);
	if (!known) {
		if (!learn || !add_column(f, like))
			return NULL;
		known = map64_put(f->by_key, hash, NULL);
		*known = f->n;
	}
	if (!is_column(f->columns[*known - 1], like.parent, like.key, like.index))
		return NULL;
	*last = *follower = (uint32_t)*known;
	return f->columns[*last - 1];
}

/* ---- walking through rows ---- */

struct walk {
	struct fields *f;
	size_t row;
	bool learn;
	uint32_t last;
	cell_fn *fn;
	void *ctx;
};

static void walk_texts(struct walk *w, struct jit *it, size_t depth)
{
	struct jit child;

	while (jit_key(it)) {
		if (depth < TEXT_DEPTH && jit_enter(it, &child)) {
			walk_texts(w, &child, depth + 1);
			jit_leave(it, &child);
		} else {
			struct jval v = jit_value(it);

			if (v.type == J_STRING)
				w->fn(w->f, NULL, v, w->row, w->ctx);
		}
	}
}

/* A container not walked through yet, as its first two bytes, which show an empty one. */
static struct jval container(const struct jit *it)
{
	return (struct jval){ .raw = { it->p, it->end - it->p < 2 ? 1 : 2 }, .type = it->value.type };
}

static void walk_cells(struct walk *w, struct jit *it, uint32_t parent, size_t depth)
{
	struct column *column;
	struct jit child;
	uint32_t index = 0, own;
	bool known;

	while (jit_key(it)) {
		struct column like = { .key = it->key, .parent = parent, .index = it->object ? 0 : ++index };

		/* a row may be a long array, but of one in a row the first elements are enough */
		known = it->object || index <= ELEMENTS_MAX || parent == 0;
		column = known ? find_column(w->f, &w->last, like, w->learn) : NULL;
		own = w->last;
		if (jit_enter(it, &child)) {
			if (column)
				w->fn(w->f, column, container(it), w->row, w->ctx);
			if (column && depth < FIELD_DEPTH)
				walk_cells(w, &child, own, depth + 1);
			else
				walk_texts(w, &child, depth + 1);
			jit_leave(it, &child);
		} else {
			struct jval v = jit_value(it);

			if (!it->bad && (column || v.type == J_STRING))
				w->fn(w->f, column, v, w->row, w->ctx);
		}
	}
	w->f->rows->c->bad = w->f->rows->c->bad || it->bad;
}

void fields_walk_row(struct fields *f, size_t row, bool learn, cell_fn *fn, void *ctx)
{
	struct walk w = { .f = f, .row = row, .learn = learn, .fn = fn, .ctx = ctx };
	struct jit it;

	jit_init(&it, item_value(f->rows->c, row_item(f->rows, row)));
	walk_cells(&w, &it, 0, 0);
}

str fields_text(struct fields *f, struct jval v)
{
	if (str_chr(v.raw, '\\') == STR_NONE)
		return v.raw;
	buf_clear(f->scratch);
	jstr_head(f->scratch, v.raw, TEXT_MAX);
	return buf_str(f->scratch);
}

/* ---- what a cell tells ---- */

struct study {
	bool text, strong, hint; /* of an error, in this row */
};

static bool is_nothing(str s)
{
	return s.n == 0 || key_among(s, "0,none,null,nil,no,false,ok,n/a,-,success,undefined,{},[],unknown");
}

static bool is_truthy(struct jval v)
{
	switch (v.type) {
	case J_STRING:
		return !is_nothing(v.raw);
	case J_NUMBER:
		return jval_f64(v, 0) != 0;
	case J_ARRAY:
	case J_OBJECT:
		return v.raw.n < 2 || (v.raw.p[1] != ']' && v.raw.p[1] != '}');
	default:
		return v.type == J_TRUE;
	}
}

static void count_kind(struct column *c, enum jtype type, uint32_t row)
{
	if (c->kinds[type] < EXAMPLES)
		c->kind_rows[type][c->kinds[type]] = row;
	c->kinds[type]++;
}

/* The entry of a value, NULL once there are too many. */
static struct value *count_value(struct column *c, str raw, uint64_t hash, uint32_t row, bool *fresh)
{
	struct value *v;
	size_t i = 0;

	*fresh = false;
	while (i < c->values_n && c->values[i].hash != hash)
		i++;
	if (i == VALUES_MAX) {
		c->many = true;
		return NULL;
	}
	v = &c->values[i];
	if (i == c->values_n) {
		*v = (struct value){ .hash = hash, .raw = raw };
		c->values_n++;
		*fresh = true;
	}
	if (v->n < EXAMPLES)
		v->rows[v->n] = row;
	v->n++;
	return v;
}

static bool is_dated(str s) /* 2026-02-01 */
{
	if (s.n < 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i != 4 && i != 7 && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

static void study_text(struct fields *f, struct column *c, struct jval v, struct value *known, bool fresh,
		       struct study *s)
{
	bool tells = known && !fresh ? known->error : tells_error(fields_text(f, v));

	if (known)
		known->error = tells;
	if (!tells && c->error_key)
		tells = !is_nothing(v.raw);
	if (tells && (c->error_key || c->label_key || v.raw.n <= LABEL_MAX))
		s->strong = true;
	else if (tells)
		s->text = true;
}

static void study_number(struct column *c, struct jval v, uint32_t row, struct study *s)
{
	struct number *n = vec_push(&c->numbers);

	*n = (struct number){ jval_f64(v, 0), row };
	if (!isfinite(n->value))
		c->numbers.n--;
	else if (c->status_key && n->value >= SERVER_ERROR && n->value < STATUS_END)
		s->strong = true;
	else if ((c->status_key && n->value >= CLIENT_ERROR && n->value < SERVER_ERROR) ||
		 (c->error_key && n->value != 0))
		s->hint = true;
}

static void study_scalar(struct fields *f, struct column *c, struct jval v, uint32_t row, struct study *s)
{
	size_t quote = v.type == J_STRING;
	str raw = { v.raw.p - quote, v.raw.n + 2 * quote };
	bool exact = !f->rows->c->s->config->sample_unique, fresh = false;
	uint64_t hash = !c->many || exact ? str_hash(raw) : 0;
	struct value *known = c->many ? NULL : count_value(c, raw, hash, row, &fresh);

	if (exact)
		*(uint64_t *)vec_push(&c->hashes) = hash;
	if (v.type == J_STRING) {
		c->spaced += str_chr(v.raw, ' ') != STR_NONE;
		c->dated += is_dated(v.raw);
		study_text(f, c, v, known, fresh, s);
	} else if (v.type == J_NUMBER) {
		study_number(c, v, row, s);
	} else if (v.type == J_TRUE && c->error_key) {
		s->hint = true;
	}
}

static void study_cell(struct fields *f, struct column *c, struct jval v, size_t row, void *ctx)
{
	struct study *s = ctx;

	if (!c) { /* a string deep inside */
		s->text = s->text || tells_error(fields_text(f, v));
		return;
	}
	if (c->last != row + 1) {
		if (c->n < EXAMPLES)
			c->rows[c->n] = (uint32_t)row;
		c->n++;
		c->last = (uint32_t)row + 1;
	}
	count_kind(c, v.type, (uint32_t)row);
	if (c->preserved && is_truthy(v))
		row_keep(f->rows, row, REASON_FIELD);
	if (v.type != J_OBJECT && v.type != J_ARRAY)
		study_scalar(f, c, v, (uint32_t)row, s);
	else if (c->error_key && is_truthy(v))
		s->strong = true;
}

/* ---- rare things ---- */

struct rarity {
	uint32_t n;
	const uint32_t *rows; /* the first of them */
	bool all; /* of them, as far as they are known; else a few */
};

static int by_count(const void *a, const void *b)
{
	const struct rarity *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

static void add_rarity(struct vec *out, uint32_t n, const uint32_t *rows)
{
	struct rarity *r = vec_push(out);

	*r = (struct rarity){ n, rows, n <= EXAMPLES };
}

static void find_rare_values(const struct column *c, size_t rows, struct vec *out)
{
	uint32_t most = 0, few = rows / 100 ? (uint32_t)(rows / 100) : 1;

	for (size_t i = 0; i < c->values_n; i++)
		most = c->values[i].n > most ? c->values[i].n : most;
	for (size_t i = 0; i < c->values_n; i++) {
		const struct value *v = &c->values[i];

		if (v->n < most && !v->error && (v->n <= few || most >= DOMINANT * c->n))
			add_rarity(out, v->n, v->rows);
	}
}

static void find_rare_kinds(const struct column *c, struct vec *out)
{
	uint32_t most = 0;

	for (size_t k = 0; k <= J_OBJECT; k++)
		most = c->kinds[k] > most ? c->kinds[k] : most;
	for (size_t k = 0; k <= J_OBJECT; k++)
		if (c->kinds[k] && c->kinds[k] < most && most >= DOMINANT * c->n)
			add_rarity(out, c->kinds[k], c->kind_rows[k]);
}

static void keep_rare(struct fields *f)
{
	size_t rows = f->rows->n, left = rows / RARE_SHARE > RARE_MAX ? rows / RARE_SHARE : RARE_MAX;
	struct vec found;

	if (rows < ROWS_MIN)
		return;
	vec_init(&found, sizeof(struct rarity));
	for (size_t i = 0; i < f->n; i++) {
		const struct column *c = f->columns[i];

		/* keys that are data tell nothing, nor does the length of an array */
		if (c->n < RARE_FIELD * (double)rows && !f->full && c->index == 0)
			add_rarity(&found, c->n, c->rows);
		if (c->n < USUAL_FIELD * (double)rows)
			continue;
		if (!c->many && c->values_n >= 2 && c->values_n <= VALUES_RARE)
			find_rare_values(c, rows, &found);
		else if (c->many)
			find_rare_kinds(c, &found);
	}
	vec_sort(&found, by_count);
	for (size_t i = 0; i < found.n && left; i++) {
		const struct rarity *r = vec_at(&found, i);

		for (size_t k = 0; k < r->n && k < (r->all ? EXAMPLES : RARE_EXAMPLES) && left; k++) {
			left -= !(f->rows->reasons[r->rows[k]] & REASON_RARE);
			row_keep(f->rows, r->rows[k], REASON_RARE);
		}
	}
	vec_release(&found);
}

/* ---- reading ---- */

struct fields *fields_read(struct rows *r)
{
	struct fields *f = arena_alloc(r->c->arena, sizeof(*f));

	f->rows = r;
	f->by_key = arena_alloc(r->c->arena, sizeof(*f->by_key));
	f->scratch = arena_alloc(r->c->arena, sizeof(*f->scratch));
	map64_init(f->by_key);
	buf_init(f->scratch, SIZE_MAX);
	vec_init(&f->errors, sizeof(struct evidence));
	for (size_t row = 0; row < r->n; row++) {
		struct study s = { false, false, false };

		fields_walk_row(f, row, true, study_cell, &s);
		if (s.text || s.strong || s.hint)
			*(struct evidence *)vec_push(&f->errors) =
				(struct evidence){ (uint32_t)row, s.strong, s.text };
	}
	keep_rare(f);
	return f;
}

void fields_release(struct fields *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++) {
		vec_release(&f->columns[i]->numbers);
		vec_release(&f->columns[i]->hashes);
	}
	vec_release(&f->errors);
	map64_release(f->by_key);
	buf_release(f->scratch);
}

/* ---- what the columns are ---- */

bool fields_temporal(const struct fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct column *c = f->columns[i];
		const struct number *first = c->numbers.n ? vec_at(&c->numbers, 0) : NULL;

		if (c->dated * 2 > f->rows->n)
			return true;
		if (first && c->numbers.n * 2 > f->rows->n &&
		    ((first->value >= 1e9 && first->value <= 2e9) ||
		     (first->value >= 1e12 && first->value <= 2e12)))
			return true;
	}
	return false;
}

/* Share of the neighbours for which the second number is larger (direction 1) or smaller (-1) than the first. */
static double share_of_steps(const struct vec *numbers, double direction)
{
	const struct number *n = numbers->p;
	size_t hits = 0;

	for (size_t i = 1; i < numbers->n; i++)
		hits += (n[i].value - n[i - 1].value) * direction > 0;
	return numbers->n > 1 ? (double)hits / (double)(numbers->n - 1) : 0;
}

/* How much a column looks like a score: by its range, its order and its fractions. */
static double likeness_to_score(const struct column *c, bool *descending)
{
	const struct number *n = c->numbers.p;
	double min = n[0].value, max = n[0].value, likeness;
	size_t fractions = 0;

	for (size_t i = 0; i < c->numbers.n; i++) {
		min = n[i].value < min ? n[i].value : min;
		max = n[i].value > max ? n[i].value : max;
		fractions += n[i].value != floor(n[i].value);
	}
	*descending = share_of_steps(&c->numbers, -1) > .7;
	if (share_of_steps(&c->numbers, 1) > .8 || min < -1 || max > 100 || min == max)
		return 0;
	likeness = min < 0 ? .35 : max <= 1 ? .4 : max <= 10 ? .3 : .25;
	return likeness + (*descending ? .3 : 0) + ((double)fractions > .3 * (double)c->numbers.n ? .1 : 0);
}

const struct column *fields_score(const struct fields *f, bool *descending)
{
	const struct column *found = NULL;
	double likeness, best = .4;
	bool down;

	for (size_t i = 0; i < f->n; i++) {
		const struct column *c = f->columns[i];

		if (!c->many || c->numbers.n < .9 * (double)f->rows->n || c->numbers.n < 2)
			continue;
		likeness = likeness_to_score(c, &down);
		if (likeness >= best && (!found || likeness > best)) {
			found = c;
			best = likeness;
			*descending = down;
		}
	}
	return found;
}

static bool is_category(const struct fields *f, const struct column *c)
{
	return c->parent == 0 && !c->many && c->values_n >= 1 && c->kinds[J_STRING] * 2 > f->rows->n;
}

const struct column *fields_category(const struct fields *f)
{
	static const char *const names[] = { "type",	  "status", "kind",   "category", "level",
					     "severity",  "state",  "phase",  "action",	  "event_type",
					     "log_level", "result", "outcome" };
	const struct column *c;

	for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
		for (size_t i = 0; i < f->n; i++)
			if (is_category(f, f->columns[i]) && str_eq_c(f->columns[i]->key, names[k]))
				return f->columns[i];
	for (size_t i = 0; i < f->n; i++) {
		c = f->columns[i];
		if (is_category(f, c) && c->values_n > 1)
			return c;
	}
	return NULL;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double distinct_share(struct column *c)
{
	const uint64_t *h = c->hashes.p;
	size_t distinct = 0;

	vec_sort(&c->hashes, by_hash);
	for (size_t i = 0; i < c->hashes.n; i++)
		distinct += i == 0 || h[i] != h[i - 1];
	return c->hashes.n ? (double)distinct / (double)c->hashes.n : 0;
}

bool fields_unique(const struct fields *f)
{
	const struct compress_config *config = f->rows->c->s->config;
	double share, most = 0, least = 1;

	for (size_t i = 0; i < f->n; i++) {
		if (f->columns[i]->hashes.n == 0 || f->columns[i]->values_n == 1)
			continue;
		share = distinct_share(f->columns[i]);
		most = share > most ? share : most;
		least = share < least ? share : least;
	}
	return most > config->similarity && least >= config->uniqueness;
}

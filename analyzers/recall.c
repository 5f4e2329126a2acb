#include "analyzers/recall.h"

#include <stdio.h>

#include "analyzers/bytes.h"

#define RECALL_MAX (32u << 20)

static str scope_of(const struct study *s, char out[32])
{
	snprintf(out, 32, "project:%s", s->project->key);
	return str_c(out);
}

uint64_t recall_key(const struct study *s, const struct file_row **rows, size_t n, const struct vec *items)
{
	uint64_t h = hash_mix(DIGEST_VERSION, (uint64_t)s->since);
	for (size_t i = 0; i < n; i++) {
		h = hash_mix(h, (uint64_t)rows[i]->id);
		h = hash_mix(h, rows[i]->size ^ (rows[i]->offset << 20));
		h = hash_mix(h, (uint64_t)rows[i]->mtime_ns);
		h = hash_mix(h, rows[i]->tail_hash);
	}
	for (size_t i = 0; i < s->project->roots.n; i++)
		h = hash_mix(h, str_hash(*(str *)vec_at(&s->project->roots, i)));
	for (size_t i = 0; i < items->n; i++) {
		const struct item_row *row = vec_at(items, i);
		if (row->verdict == VERDICT_PUBLISHED)
			h = hash_mix(hash_mix(h, str_hash(row->wrong)), (uint64_t)row->first_ms);
	}
	return h;
}

static void put_text(struct buf *b, str s)
{
	put_u64(b, s.n);
	buf_add(b, s);
}

static void put_ref(struct buf *b, const struct call_ref *r)
{
	put_i64(b, r->file);
	put_raw64(b, r->id);
	put_u64(b, r->offset);
	put_u64(b, r->result_offset);
	put_u64(b, r->line);
	put_u64(b, r->result_line);
	put_i64(b, r->time);
}

static void put_evidence(struct buf *b, const struct evidence *e)
{
	unsigned flags = (unsigned)e->hinted | (unsigned)e->discovered << 1 | (unsigned)e->tainted << 2 |
			 (unsigned)e->created << 3 | (unsigned)e->unsolved << 4 | (unsigned)e->refuted << 5 |
			 (unsigned)e->program << 6;
	put_u64(b, e->kind);
	put_u64(b, e->class);
	put_u64(b, flags);
	put_text(b, e->wrong);
	put_text(b, e->right);
	put_text(b, e->about);
	put_text(b, e->extra);
	put_raw64(b, e->wrong_key);
	put_raw64(b, e->right_key);
	put_u64(b, e->lineage);
	put_ref(b, &e->failed);
	put_ref(b, &e->fixed);
	put_u64(b, e->tokens);
	put_i64(b, (int64_t)(e->weight * 1000));
	put_i64(b, (int64_t)(e->score * 100000));
}

void recall_save(struct study *s, const struct weights *w, uint64_t key)
{
	struct buf b;
	char scope[32];
	buf_init(&b, RECALL_MAX);
	put_raw64(&b, key);
	put_u64(&b, s->sessions);
	put_u64(&b, s->calls);
	put_u64(&b, s->failures);
	for (int k = 0; k < FAIL_COUNT; k++)
		put_u64(&b, s->by_class[k]);
	put_u64(&b, s->lineages.n);
	for (size_t i = 0; i < s->lineages.n; i++) {
		const struct lineage *l = vec_at(&s->lineages, i);
		put_i64(&b, l->first_ms);
		put_i64(&b, l->last_ms);
		put_u64(&b, l->files);
		put_u64(&b, l->calls);
	}
	put_u64(&b, s->evidence.n);
	for (size_t i = 0; i < s->evidence.n; i++)
		put_evidence(&b, vec_at(&s->evidence, i));
	put_u64(&b, w->tallies.n);
	for (size_t i = 0; i < w->tallies.n; i++) {
		const struct tally *t = vec_at(&w->tallies, i);
		put_raw64(&b, t->key);
		put_i64(&b, t->since);
		put_u64(&b, t->worked);
		put_u64(&b, t->failed);
		put_u64(&b, t->worked_lineages);
		put_u64(&b, t->failed_lineages);
		put_i64(&b, t->last_worked);
		put_i64(&b, t->last_failed);
		put_i64(&b, t->published);
		put_u64(&b, t->later_worked);
		put_u64(&b, t->later_failed);
	}
	/* losing it costs time, not truth */
	if (!b.full)
		store_doc_put(s->store, scope_of(s, scope), STR("evidence"), buf_str(&b), NULL);
	buf_release(&b);
}

static str get_text(struct study *s, struct bytes *in)
{
	uint64_t n = get_u64(in);
	if (n > (uint64_t)(in->end - in->p)) {
		in->bad = true;
		return STR("");
	}
	str text = arena_str(s->arena, (str){ in->p, (size_t)n });
	in->p += n;
	return text;
}

static void get_ref(struct bytes *in, struct call_ref *r)
{
	r->file = get_i64(in);
	r->id = get_raw64(in);
	r->offset = get_u64(in);
	r->result_offset = get_u64(in);
	r->line = (uint32_t)get_u64(in);
	r->result_line = (uint32_t)get_u64(in);
	r->time = get_i64(in);
}

static void get_evidence(struct study *s, struct bytes *in, struct evidence *e)
{
	uint64_t kind = get_u64(in), class = get_u64(in), flags = get_u64(in);
	in->bad |= kind >= KIND_COUNT || class >= FAIL_COUNT;
	e->kind = in->bad ? KIND_RETRY : (enum finding_kind)kind;
	e->class = in->bad ? FAIL_NONE : (enum failure) class;
	e->hinted = flags & 1;
	e->discovered = flags >> 1 & 1;
	e->tainted = flags >> 2 & 1;
	e->created = flags >> 3 & 1;
	e->unsolved = flags >> 4 & 1;
	e->refuted = flags >> 5 & 1;
	e->program = flags >> 6 & 1;
	e->wrong = get_text(s, in);
	e->right = get_text(s, in);
	e->about = get_text(s, in);
	e->extra = get_text(s, in);
	e->wrong_key = get_raw64(in);
	e->right_key = get_raw64(in);
	e->lineage = (uint32_t)get_u64(in);
	get_ref(in, &e->failed);
	get_ref(in, &e->fixed);
	e->tokens = (uint32_t)get_u64(in);
	e->weight = (float)get_i64(in) / 1000;
	e->score = (float)get_i64(in) / 100000;
	in->bad |= e->lineage >= s->lineages.n;
}

static void get_all(struct study *s, struct weights *w, struct bytes *in)
{
	s->sessions = (uint32_t)get_u64(in);
	s->calls = (uint32_t)get_u64(in);
	s->failures = (uint32_t)get_u64(in);
	for (int k = 0; k < FAIL_COUNT; k++)
		s->by_class[k] = (uint32_t)get_u64(in);
	for (uint64_t n = get_u64(in); n && !in->bad; n--) {
		struct lineage *l = vec_push(&s->lineages);
		l->first_ms = get_i64(in);
		l->last_ms = get_i64(in);
		l->files = (uint32_t)get_u64(in);
		l->calls = (uint32_t)get_u64(in);
	}
	for (uint64_t n = get_u64(in); n && !in->bad; n--)
		get_evidence(s, in, vec_push(&s->evidence));
	for (uint64_t n = get_u64(in); n && !in->bad; n--) {
		struct tally *t = vec_push(&w->tallies);
		t->key = get_raw64(in);
		t->since = get_i64(in);
		t->worked = (uint32_t)get_u64(in);
		t->failed = (uint32_t)get_u64(in);
		t->worked_lineages = (uint32_t)get_u64(in);
		t->failed_lineages = (uint32_t)get_u64(in);
		t->last_worked = get_i64(in);
		t->last_failed = get_i64(in);
		t->published = get_i64(in);
		t->later_worked = (uint32_t)get_u64(in);
		t->later_failed = (uint32_t)get_u64(in);
		*map64_put(&w->index, t->key, NULL) = w->tallies.n;
	}
}

bool recall_load(struct study *s, struct weights *w, uint64_t key)
{
	struct buf b;
	char scope[32];
	buf_init(&b, RECALL_MAX);
	bool found = store_doc_get(s->store, scope_of(s, scope), STR("evidence"), &b, NULL) == STATUS_OK;
	struct bytes in = { .p = b.p, .end = b.p + b.n };
	found = found && get_raw64(&in) == key && !in.bad;
	if (found)
		get_all(s, w, &in);
	if (found && in.bad) { /* a damaged document: as if it were not there */
		s->sessions = s->calls = s->failures = 0;
		memset(s->by_class, 0, sizeof(s->by_class));
		vec_clear(&s->lineages);
		vec_clear(&s->evidence);
		vec_clear(&w->tallies);
		map64_clear(&w->index);
		found = false;
	}
	buf_release(&b);
	return found;
}

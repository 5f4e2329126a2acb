/*
 * The packed form of digest segments.  Layout: version byte, number of ids and the ids (call and session ids, so that
 * copies of a conversation are found without unpacking), number of entries, then per entry a presence mask and only what
 * differs from zero or from the entry before, numbers as LEB128 varints (signed ones zigzag), strings through a
 * dictionary of the segment: 0 = empty, k = the k-th string met, k = next = new, length and bytes follow.
 */
#include "analyzers/bytes.h"
#include "analyzers/digest.h"

struct packer {
	struct buf *out;
	struct map strings;
};

static void put_str(struct packer *p, str s)
{
	if (s.n == 0) {
		put_u64(p->out, 0);
		return;
	}
	bool fresh = false;
	struct map_entry *e = map_put(&p->strings, s, &fresh);
	if (fresh)
		e->value = (void *)(uintptr_t)p->strings.n;
	put_u64(p->out, (uintptr_t)e->value);
	if (fresh) {
		put_u64(p->out, s.n);
		buf_add(p->out, s);
	}
}

enum {
	HAS_MESSAGE = 1,
	HAS_TOKENS = 2,
	HAS_PATTERN = 4,
	HAS_FAILURE = 8,
	HAS_HITS = 16,
	HAS_THREAD = 32,
	HAS_RESULT = 64,
	HAS_TIMEOUT = 128
};

static void pack_entry(struct packer *p, const struct entry *e, const struct entry *before)
{
	unsigned mask = 0;
	mask |= e->message ? HAS_MESSAGE : 0;
	mask |= e->out_tokens || e->context_tokens ? HAS_TOKENS : 0;
	mask |= e->pattern.n ? HAS_PATTERN : 0;
	mask |= e->class || e->slot.n || e->hint.n || e->exit_code != -1 || e->segment != -1 ? HAS_FAILURE
											     : 0;
	mask |= e->hits.n ? HAS_HITS : 0;
	mask |= e->thread ? HAS_THREAD : 0;
	mask |= e->outcome != OUTCOME_NONE ? HAS_RESULT : 0;
	mask |= e->timeout_ms ? HAS_TIMEOUT : 0;
	put_u64(p->out, (uint64_t)e->kind << 8 | mask);
	put_i64(p->out, e->time - before->time);
	put_i64(p->out, (int64_t)(e->offset - before->offset));
	put_i64(p->out, (int64_t)e->line - (int64_t)before->line);
	put_u64(p->out, e->flags);
	put_str(p, e->cwd);
	if (mask & HAS_THREAD)
		put_raw64(p->out, e->thread);
	if (e->kind != ENTRY_CALL)
		return;
	put_u64(p->out, (uint64_t)e->tool << 8 | e->outcome);
	put_raw64(p->out, e->input);
	put_str(p, e->arg);
	if (mask & HAS_MESSAGE)
		put_raw64(p->out, e->message);
	if (mask & HAS_TOKENS) {
		put_u64(p->out, e->out_tokens);
		put_u64(p->out, e->context_tokens);
	}
	if (mask & HAS_PATTERN)
		put_str(p, e->pattern);
	if (mask & HAS_RESULT) {
		put_i64(p->out, (int64_t)(e->result_offset - e->offset));
		put_i64(p->out, (int64_t)e->result_line - (int64_t)e->line);
		put_u64(p->out, e->result_bytes);
	}
	if (mask & HAS_FAILURE) {
		put_u64(p->out, e->class);
		put_i64(p->out, e->exit_code);
		put_i64(p->out, e->segment);
		put_str(p, e->slot);
		put_str(p, e->hint);
	}
	if (mask & HAS_TIMEOUT)
		put_i64(p->out, e->timeout_ms);
	if (mask & HAS_HITS) {
		put_str(p, e->hit_dir);
		put_u64(p->out, e->hits.n);
		buf_add(p->out, e->hits);
	}
}

static bool has_id(const struct entry *e)
{
	return e->kind == ENTRY_SESSION || e->kind == ENTRY_CALL;
}

void digest_flush(struct digest *d, bool all, struct buf *out)
{
	size_t n = all || d->entries.n < DIGEST_SEGMENT ? d->entries.n : DIGEST_SEGMENT;
	struct packer p = { .out = out };
	map_init(&p.strings);
	buf_add_ch(out, DIGEST_VERSION);
	uint64_t ids = 0;
	for (size_t i = 0; i < n; i++)
		ids += has_id(vec_at(&d->entries, i));
	put_u64(out, ids);
	for (size_t i = 0; i < n; i++)
		if (has_id(vec_at(&d->entries, i)))
			put_raw64(out, ((const struct entry *)vec_at(&d->entries, i))->id);
	put_u64(out, n);
	struct entry zero = { 0 };
	for (size_t i = 0; i < n; i++)
		pack_entry(&p, vec_at(&d->entries, i), i ? vec_at(&d->entries, i - 1) : &zero);
	map_release(&p.strings);
	if (all) {
		vec_clear(&d->entries);
		return;
	}
	/* carry the younger half over into a fresh arena by way of its own packed form */
	struct buf rest;
	buf_init(&rest, SIZE_MAX);
	memmove(d->entries.p, vec_at(&d->entries, n), (d->entries.n - n) * sizeof(struct entry));
	d->entries.n -= n;
	d->full = false;
	digest_flush(d, true, &rest);
	arena_reset(&d->arena);
	map64_clear(&d->pending);
	map64_clear(&d->messages);
	d->last_miss = 0;
	digest_resume(d, buf_str(&rest));
	buf_release(&rest);
}

struct unpacker {
	struct bytes in;
	const char *ids;
	uint64_t ids_n; /* not yet taken */
	struct vec strings; /* str */
	struct arena *arena;
};

static str get_bytes(struct unpacker *u, uint64_t n)
{
	if (n > (uint64_t)(u->in.end - u->in.p)) {
		u->in.bad = true;
		return (str){ NULL, 0 };
	}
	str s = arena_str(u->arena, (str){ u->in.p, (size_t)n });
	u->in.p += n;
	return s;
}

static str get_str(struct unpacker *u)
{
	uint64_t k = get_u64(&u->in);
	if (k == 0 || u->in.bad)
		return (str){ NULL, 0 };
	if (k <= u->strings.n)
		return *(str *)vec_at(&u->strings, k - 1);
	if (k != u->strings.n + 1) {
		u->in.bad = true;
		return (str){ NULL, 0 };
	}
	str s = get_bytes(u, get_u64(&u->in));
	*(str *)vec_push(&u->strings) = s;
	return s;
}

static uint32_t limited(struct unpacker *u, uint64_t v, uint64_t limit)
{
	if (v >= limit) {
		u->in.bad = true;
		return 0;
	}
	return (uint32_t)v;
}

static void unpack_entry(struct unpacker *u, struct entry *e, const struct entry *before)
{
	uint64_t head = get_u64(&u->in);
	unsigned mask = head & 0xff;
	e->kind = (enum entry_kind)limited(u, head >> 8, ENTRY_COUNT);
	e->exit_code = e->segment = -1;
	e->time = before->time + get_i64(&u->in);
	e->offset = before->offset + (uint64_t)get_i64(&u->in);
	e->line = (uint32_t)(before->line + get_i64(&u->in));
	e->flags = (uint32_t)get_u64(&u->in);
	e->cwd = get_str(u);
	if (mask & HAS_THREAD)
		e->thread = get_raw64(&u->in);
	if (has_id(e) && u->ids_n) {
		memcpy(&e->id, u->ids, 8);
		u->ids += 8;
		u->ids_n--;
	}
	if (e->kind != ENTRY_CALL)
		return;
	uint64_t kinds = get_u64(&u->in);
	e->tool = (enum tool)limited(u, kinds >> 8, TOOL_COUNT);
	e->outcome = (enum outcome)limited(u, kinds & 0xff, OUTCOME_COUNT);
	e->input = get_raw64(&u->in);
	e->arg = get_str(u);
	if (mask & HAS_MESSAGE)
		e->message = get_raw64(&u->in);
	if (mask & HAS_TOKENS) {
		e->out_tokens = (uint32_t)get_u64(&u->in);
		e->context_tokens = (uint32_t)get_u64(&u->in);
	}
	if (mask & HAS_PATTERN)
		e->pattern = get_str(u);
	if (mask & HAS_RESULT) {
		e->result_offset = e->offset + (uint64_t)get_i64(&u->in);
		e->result_line = (uint32_t)(e->line + get_i64(&u->in));
		e->result_bytes = (uint32_t)get_u64(&u->in);
	}
	if (mask & HAS_FAILURE) {
		e->class = (enum failure)limited(u, get_u64(&u->in), FAIL_COUNT);
		e->exit_code = (int)get_i64(&u->in);
		e->segment = (int)get_i64(&u->in);
		e->slot = get_str(u);
		e->hint = get_str(u);
	}
	if (mask & HAS_TIMEOUT)
		e->timeout_ms = get_i64(&u->in);
	if (mask & HAS_HITS) {
		e->hit_dir = get_str(u);
		e->hits = get_bytes(u, get_u64(&u->in));
	}
}

/* Steps over version and ids; false if they are damaged. */
static bool open_segment(struct unpacker *u, str packed)
{
	u->in.p = packed.p;
	u->in.end = packed.p + packed.n;
	if (packed.n < 3 || *u->in.p++ != DIGEST_VERSION)
		return false;
	u->ids_n = get_u64(&u->in);
	if (u->in.bad || u->ids_n > (uint64_t)(u->in.end - u->in.p) / 8)
		return false;
	u->ids = u->in.p;
	u->in.p += u->ids_n * 8;
	return true;
}

const char *digest_ids(str packed, size_t *n)
{
	struct unpacker u = { .ids = NULL };
	*n = 0;
	if (!open_segment(&u, packed))
		return NULL;
	*n = (size_t)u.ids_n;
	return u.ids;
}

bool digest_unpack(struct arena *a, str packed, struct vec *out)
{
	struct unpacker u = { .arena = a };
	if (!open_segment(&u, packed))
		return false;
	vec_init(&u.strings, sizeof(str));
	uint64_t n = get_u64(&u.in);
	struct entry before = { 0 };
	size_t start = out->n;
	for (uint64_t i = 0; i < n && !u.in.bad; i++) {
		struct entry *e = vec_push(out);
		unpack_entry(&u, e, &before);
		before = *e;
	}
	vec_release(&u.strings);
	if (u.in.bad)
		out->n = start;
	return !u.in.bad;
}

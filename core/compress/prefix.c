#include "core/compress/align.h"

#include "core/base/sha256.h"
#include "core/json/canon.h"

enum {
	SCORE_WHOLE = 100
};

/* Messages up to the first that is none of the system's, that one included. */
static size_t prefix_length(const struct request *r)
{
	size_t n = 0;

	while (n < r->messages.n && request_message(r, n)->role == ROLE_SYSTEM)
		n++;
	return n < r->messages.n ? n + 1 : n;
}

/* [system text beside the messages, system messages ..., first message] */
static void hash_prefix(const struct request *r, char *hash)
{
	size_t n = prefix_length(r);
	const char *between = "[";
	struct arena a;
	struct buf b;

	arena_init(&a);
	buf_init(&b, SIZE_MAX);
	if (r->system.type != J_NONE) {
		buf_add_c(&b, "[{\"content\":");
		canon_add(&b, &a, r->system);
		buf_add_c(&b, ",\"role\":\"system\"}");
		between = ",";
	}
	for (size_t i = 0; i < n; i++, between = ",") {
		buf_add_c(&b, between);
		canon_add(&b, &a, jval_of(request_message(r, i)->raw));
	}
	buf_add_c(&b, b.n ? "]" : "[]");
	sha256_hex(buf_str(&b), hash, PREFIX_HASH);
	buf_release(&b);
	arena_release(&a);
}

/* What a slot says apart from what the aligner moved to its end. */
static str stable_text(const struct run *run, size_t slot)
{
	return run->stable.p && run->stable_slot == slot ? run->stable : run->texts[slot].now;
}

static bool is_prefix_changed(const struct run *run)
{
	size_t n = prefix_length(run->r);

	if (run->out->messages_dropped)
		return true;
	for (size_t i = 0; i < run->r->slots.n; i++) {
		const struct slot *s = request_slot(run->r, i);

		if (run->texts[i].now.p && (s->message == REQUEST_TOP || s->message < n))
			return true;
	}
	return false;
}

/* The result written anew, without what the aligner moved. */
static void hash_changed(struct run *run, char *hash)
{
	struct request_change change = { .dropped = run->out->messages_dropped ? run->dropped : NULL,
					 .inserted = run->inserted,
					 .before = run->before };
	str *texts = arena_array(run->a, run->r->slots.n, sizeof(*texts));
	struct request r;
	struct error err;
	struct buf b;

	for (size_t i = 0; i < run->r->slots.n; i++)
		texts[i] = stable_text(run, i);
	change.texts = texts;
	buf_init(&b, REQUEST_MAX_BYTES);
	request_write(run->r, &change, &b);
	if (!b.full && request_parse(buf_str(&b), &r, &err) == STATUS_OK) {
		hash_prefix(&r, hash);
		request_release(&r);
	} else {
		hash_prefix(run->r, hash);
	}
	buf_release(&b);
}

void prefix_measure(struct run *run)
{
	int score = SCORE_WHOLE;

	for (size_t i = 0; i < run->r->slots.n; i++) {
		str now = stable_text(run, i);

		if (request_slot(run->r, i)->kind == SLOT_SYSTEM)
			score -= SCORE_WHOLE - align_score(now.p ? now : run->texts[i].text);
	}
	run->out->cache_alignment_score = score > 0 ? score : 0;
	if (is_prefix_changed(run))
		hash_changed(run, run->out->stable_prefix_hash);
	else
		hash_prefix(run->r, run->out->stable_prefix_hash);
}

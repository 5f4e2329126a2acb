#include "core/simulate/captured.h"

#include <stdlib.h>

#include "core/base/work.h"

/* A list of messages, each by the hash of all up to it, and what they cost. */
struct sent {
	struct vec hashes; /* uint64_t */
	uint64_t tokens;
};

/* A conversation that may go on. */
struct open {
	struct conversation *c;
	struct sent ran;
	struct sent *sides; /* one a configuration */
};

struct reader {
	const struct sim_options *o;
	struct token_cache *cache;
	str source;
	struct vec *out;
	struct vec open; /* struct open */
	struct map64 last; /* hash of a conversation's last prompt -> index + 1 in open */
};

/* ---- what two prompts share ---- */

static void sent_release(struct sent *s)
{
	vec_release(&s->hashes);
}

static struct sent sent_of(const struct request *r, uint64_t tokens)
{
	struct sent s = { .tokens = tokens };
	uint64_t hash = 0;

	vec_init(&s.hashes, sizeof(uint64_t));
	for (size_t i = 0; i < r->messages.n; i++)
		*(uint64_t *)vec_push(&s.hashes) = hash =
			hash_mix(hash, str_hash(request_message(r, i)->raw));
	return s;
}

static size_t same_messages(const struct sent *a, const struct sent *b)
{
	size_t n = 0;

	while (n < a->hashes.n && n < b->hashes.n &&
	       *(uint64_t *)vec_at(&a->hashes, n) == *(uint64_t *)vec_at(&b->hashes, n))
		n++;
	return n;
}

/* All of the earlier prompt, or as large a part of it as messages are the same; models count differently. */
static uint64_t shared_tokens(const struct sent *before, const struct sent *now)
{
	size_t same = same_messages(before, now);

	uint64_t shared = before->hashes.n ? before->tokens * same / before->hashes.n : 0;

	return shared < now->tokens ? shared : now->tokens;
}

/* Providers other than Anthropic keep prefixes without being asked. */
static bool keeps_prefix(const struct request *r)
{
	return r->format != REQUEST_ANTHROPIC || str_find(r->text, STR("\"cache_control\"")) != STR_NONE;
}

/* ---- conversations ---- */

static struct open *begin_conversation(struct reader *in)
{
	struct arena *a = xcalloc(1, sizeof(*a));
	struct conversation *c;
	struct open *open = vec_push(&in->open);

	arena_init(a);
	c = arena_alloc(a, sizeof(*c));
	conversation_init(c, a, in->o->configs_n);
	c->source = arena_str(a, in->source);
	*(struct conversation **)vec_push(in->out) = c;
	open->c = c;
	open->sides = arena_array(a, in->o->configs_n, sizeof(*open->sides));
	return open;
}

/* The conversation this request goes on with: its last prompt is the beginning of this one, the longer the better. */
static struct open *conversation_of(struct reader *in, const struct sent *now)
{
	for (size_t i = now->hashes.n; i > 0; i--) {
		const uint64_t *at = map64_get(&in->last, *(uint64_t *)vec_at(&now->hashes, i - 1));

		if (at && *at)
			return vec_at(&in->open, *at - 1);
	}
	return begin_conversation(in);
}

/* ---- a request ---- */

static struct sent run_side(struct reader *in, struct open *open, size_t config, const struct request *r,
			    const struct pipeline_options *po, uint64_t before)
{
	struct pipeline_result result;
	struct request after;
	struct sent s;

	if (pipeline_run(r, &in->o->configs[config].config, po, &result, NULL) != STATUS_OK)
		return sent_of(r, before);
	conversation_note(open->c, config, &result);
	conversation_compare(open->c, in->o, config, r->text, buf_str(&result.bytes));
	if (result.changed && request_parse(buf_str(&result.bytes), &after, NULL) == STATUS_OK) {
		s = sent_of(&after, result.tokens_after);
		request_release(&after);
	} else {
		s = sent_of(r, result.tokens_after);
	}
	pipeline_result_release(&result);
	return s;
}

/* From now on it ends with this prompt. */
static void go_on(struct reader *in, const struct open *open, const struct sent *now)
{
	const struct vec *before = &open->ran.hashes;
	size_t index = (size_t)(open - (const struct open *)in->open.p);

	if (before->n)
		*map64_put(&in->last, *(uint64_t *)vec_at(before, before->n - 1), NULL) = 0;
	if (now->hashes.n)
		*map64_put(&in->last, *(uint64_t *)vec_at(&now->hashes, now->hashes.n - 1), NULL) = index + 1;
}

static void replace(struct sent *old, struct sent now)
{
	if (old->hashes.size)
		sent_release(old);
	*old = now;
}

static void take_request(struct reader *in, const struct request *r)
{
	static const struct compress_config measure = { .mode = MODE_AUDIT };
	struct pipeline_options po = { .model = in->o->model,
				       .prices = in->o->prices,
				       .pretend = true,
				       .caches = &in->cache,
				       .measure_waste = true };
	struct pipeline_result result;
	struct sim_tokens *tokens;
	struct open *open;
	struct prompt *p;
	struct sent now;

	if (pipeline_run(r, &measure, &po, &result, NULL) != STATUS_OK)
		return;
	now = sent_of(r, result.tokens_before);
	open = conversation_of(in, &now);
	p = conversation_prompt(open->c, &tokens);
	p->model = in->o->model.n ? arena_str(open->c->arena, in->o->model)
				  : jstr_copy(open->c->arena, r->model);
	p->cached = keeps_prefix(r);
	p->ran.all = (uint32_t)result.tokens_before;
	p->ran.shared = open->ran.hashes.n ? (uint32_t)shared_tokens(&open->ran, &now) : 0;
	for (int i = 0; i < BLOCK_COUNT; i++)
		p->blocks[i] = (uint32_t)result.blocks[i];
	open->c->source_of_tokens = result.source;
	open->c->waste = result.waste; /* of the last prompt, which holds the earlier ones */
	po.measure_waste = false;
	for (size_t i = 0; i < in->o->configs_n; i++) {
		struct sent side = run_side(in, open, i, r, &po, result.tokens_before);

		tokens[i].all = (uint32_t)side.tokens;
		tokens[i].shared =
			open->sides[i].hashes.n ? (uint32_t)shared_tokens(&open->sides[i], &side) : 0;
		replace(&open->sides[i], side);
	}
	go_on(in, open, &now);
	replace(&open->ran, now);
	pipeline_result_release(&result);
}

/* The request in a document of a log of requests: the document itself, or a member of it. */
static bool find_request(str text, struct request *r, struct error *err)
{
	static const char *const members[] = { "request", "body", "request_body", "payload" };
	struct jval document = jval_of(text);

	if (request_parse(text, r, err) == STATUS_OK)
		return true;
	if (document.type != J_OBJECT || document.raw.n != str_trim(text).n)
		return false; /* several documents, one a line */
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		struct jval v = jget(document, members[i]);

		if (v.type == J_OBJECT && request_parse(v.raw, r, NULL) == STATUS_OK)
			return true;
	}
	return false;
}

static size_t take_lines(struct reader *in, str text, uint32_t *skipped)
{
	struct request r;
	size_t n = 0;
	str line;

	while (!work_interrupted() && str_line(&text, &line)) {
		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (!find_request(line, &r, NULL)) {
			(*skipped)++;
			continue;
		}
		take_request(in, &r);
		request_release(&r);
		n++;
	}
	return n;
}

static void close_all(struct reader *in)
{
	for (size_t i = 0; i < in->open.n; i++) {
		struct open *open = vec_at(&in->open, i);

		sent_release(&open->ran);
		for (size_t k = 0; k < in->o->configs_n; k++)
			if (open->sides[k].hashes.size)
				sent_release(&open->sides[k]);
	}
	map64_release(&in->last);
	vec_release(&in->open);
}

enum status captured_read(str text, str source, const struct sim_options *o, struct token_cache *cache,
			  struct vec *out, uint32_t *skipped, struct error *err)
{
	struct reader in = { .o = o, .cache = cache, .source = source, .out = out };
	enum status status = STATUS_OK;
	struct error why = { 0 };
	struct request r;
	uint32_t broken = 0;

	vec_init(&in.open, sizeof(struct open));
	map64_init(&in.last);
	/* lines of messages are one request, lines of requests are many */
	if (find_request(text, &r, &why)) {
		take_request(&in, &r);
		request_release(&r);
	} else if (take_lines(&in, text, &broken) == 0) {
		status = error_set(err, STATUS_PARSE, "%.*s: no request: %s", STR_ARG(source), why.message);
	} else {
		*skipped += broken;
	}
	close_all(&in);
	return status;
}

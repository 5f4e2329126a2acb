#include "core/simulate/replay.h"

#include <stdlib.h>

#include "core/simulate/turn.h"
#include "core/token/price.h"

#define QUERY_MAX 4096 /* bytes of the user's newest text that compressors see */

/* How much a prompt that ends here holds. */
struct held {
	uint64_t tokens;
	uint64_t blocks[BLOCK_COUNT];
	size_t at; /* in replay.sides: tokens under each configuration */
};

/* A record, behind which a prompt of the user may take the conversation up again. */
struct place {
	uint64_t record;
	size_t turn; /* index in thread.turns of what was held after the turn it belongs to */
};

/* The conversation itself, or a sub-agent's. */
struct thread {
	str name;
	struct turn turn; /* what came since the last prompt */
	struct held now; /* up to where it was counted */
	struct held
		sent; /* what the last prompt and the next have in common: all of the last, unless it was left */
	bool asked; /* there was one */
	struct buf query; /* the user's newest text */
	struct vec places; /* struct place */
	struct vec turns; /* struct held */
	str model; /* of the last request */
};

struct replay {
	struct conversation *c;
	const struct sim_options *o;
	struct token_cache *cache;
	struct map threads; /* name -> struct thread * */
	struct vec sides; /* uint64_t: rows of o->configs_n */
	struct map64 known; /* request id -> index + 1 of its prompt */
	struct waste_meter waste;
	bool metered;
	uint64_t log;
};

struct replay *replay_new(struct conversation *c, const struct sim_options *o, struct token_cache *cache)
{
	struct replay *r = xcalloc(1, sizeof(*r));

	*r = (struct replay){ .c = c, .o = o, .cache = cache };
	map_init(&r->threads);
	vec_init(&r->sides, sizeof(uint64_t));
	map64_init(&r->known);
	return r;
}

void replay_next_log(struct replay *r)
{
	for (size_t i = 0; i < r->threads.n; i++) {
		struct thread *t = r->threads.entries[i].value;

		turn_release(&t->turn);
		buf_release(&t->query);
		vec_release(&t->places);
		vec_release(&t->turns);
		free(t);
	}
	map_clear(&r->threads);
	vec_clear(&r->sides);
	r->log++;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	replay_next_log(r);
	if (r->metered) {
		r->c->waste = r->waste.waste;
		waste_release(&r->waste);
	}
	map_release(&r->threads);
	vec_release(&r->sides);
	map64_release(&r->known);
	free(r);
}

/* ---- what a prompt holds ---- */

static uint64_t side_of(const struct replay *r, const struct held *h, size_t config)
{
	return *(uint64_t *)vec_at(&r->sides, h->at + config);
}

/* A copy with a row of its own. */
static struct held hold(struct replay *r, const struct held *h)
{
	struct held copy = *h;
	size_t n = r->o->configs_n;

	copy.at = r->sides.n;
	for (size_t i = 0; i < n; i++)
		vec_push(&r->sides);
	for (size_t i = 0; i < n && h->tokens; i++)
		*(uint64_t *)vec_at(&r->sides, copy.at + i) = side_of(r, h, i);
	return copy;
}

static struct thread *thread_named(struct replay *r, str name)
{
	struct thread *t = map_get(&r->threads, name);

	if (t)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->name = arena_str(r->c->arena, name);
	turn_init(&t->turn);
	buf_init(&t->query, QUERY_MAX);
	vec_init(&t->places, sizeof(struct place));
	vec_init(&t->turns, sizeof(struct held));
	t->now = hold(r, &(struct held){ .tokens = 0 });
	t->sent = hold(r, &t->now);
	map_put(&r->threads, t->name, NULL)->value = t;
	return t;
}

/* ---- counting and compressing what is new ---- */

static void add_blocks(struct held *h, const size_t blocks[BLOCK_COUNT])
{
	for (int i = 0; i < BLOCK_COUNT; i++)
		h->blocks[i] += blocks[i];
}

static void compress(struct replay *r, struct thread *t, const struct request *request,
		     struct pipeline_options *o, size_t before)
{
	for (size_t i = 0; i < r->o->configs_n; i++) {
		const struct compress_config *config = &r->o->configs[i].config;
		uint64_t *side = vec_at(&r->sides, t->now.at + i);
		struct pipeline_result result;

		if (t->turn.longest < (size_t)config->min_tokens_to_crush ||
		    pipeline_run(request, config, o, &result, NULL) != STATUS_OK) {
			*side += before;
			continue;
		}
		*side += result.tokens_after - PIPELINE_REPLY_TOKENS;
		conversation_note(r->c, i, &result);
		conversation_compare(r->c, r->o, i, request->text, buf_str(&result.bytes));
		pipeline_result_release(&result);
	}
}

/* Counts a request that is one turn; the tokens that prime the reply are the prompt's, not the turn's. */
static void count_turn(struct replay *r, struct thread *t, const struct request *request)
{
	static const struct compress_config measure = { .mode = MODE_AUDIT };
	struct pipeline_options o = { .model = t->model,
				      .prices = r->o->prices,
				      .query = buf_str(&t->query),
				      .model_limit =
					      REQUEST_MAX_BYTES, /* of the conversation, not of a turn */
				      .pretend = true,
				      .caches = &r->cache,
				      .meter = &r->waste };
	struct pipeline_result result;

	if (!r->metered)
		waste_init(&r->waste, price_tokenizer(r->o->prices, t->model), r->cache);
	r->metered = true;
	if (pipeline_run(request, &measure, &o, &result, NULL) != STATUS_OK)
		return;
	r->c->source_of_tokens = result.source;
	result.blocks[BLOCK_OVERHEAD] -= PIPELINE_REPLY_TOKENS;
	t->now.tokens += result.tokens_before - PIPELINE_REPLY_TOKENS;
	add_blocks(&t->now, result.blocks);
	o.meter = NULL;
	compress(r, t, request, &o, result.tokens_before - PIPELINE_REPLY_TOKENS);
	pipeline_result_release(&result);
}

/* What came since the last turn is one, and is held now. */
static void take_turn(struct replay *r, struct thread *t)
{
	str text = turn_request(&t->turn);
	struct request request;

	if (text.n && request_parse(text, &request, NULL) == STATUS_OK) {
		count_turn(r, t, &request);
		request_release(&request);
	} else if (text.n) {
		r->c->lost++;
	}
	turn_clear(&t->turn);
	*(struct held *)vec_push(&t->turns) = hold(r, &t->now);
}

/* ---- prompts ---- */

static uint32_t narrow(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* 0 for none. */
static uint64_t id_of(const struct piece *piece)
{
	return piece->id.n ? str_hash(piece->id) : 0;
}

static void take_usage(struct prompt *p, const struct piece *piece)
{
	p->recorded |= piece->usage.input + piece->usage.cache_read + piece->usage.cache_write > 0;
	p->complete |= piece->complete;
	if (piece->usage.output >= p->usage.output)
		p->usage = piece->usage;
}

static void begin_prompt(struct replay *r, struct thread *t, const struct piece *piece)
{
	str model = r->o->model.n ? r->o->model : piece->model;
	struct sim_tokens *tokens;
	struct prompt *p;

	if (!str_eq(t->model, model))
		t->model = arena_str(r->c->arena, model);
	take_turn(r, t);
	p = conversation_prompt(r->c, &tokens);
	p->id = id_of(piece);
	p->thread = hash_mix(r->log, str_hash(t->name));
	p->time = piece->time;
	p->model = t->model;
	p->cached = true;
	p->ran = (struct sim_tokens){ narrow(t->now.tokens + PIPELINE_REPLY_TOKENS), narrow(t->sent.tokens) };
	for (int i = 0; i < BLOCK_COUNT; i++)
		p->blocks[i] = narrow(t->now.blocks[i]);
	p->blocks[BLOCK_OVERHEAD] += PIPELINE_REPLY_TOKENS;
	for (size_t i = 0; i < r->o->configs_n; i++) {
		tokens[i].all = narrow(side_of(r, &t->now, i) + PIPELINE_REPLY_TOKENS);
		tokens[i].shared = narrow(side_of(r, &t->sent, i));
	}
	take_usage(p, piece);
	if (p->id)
		*map64_put(&r->known, p->id, NULL) = r->c->prompts.n;
	t->sent = hold(r, &t->now);
	t->asked = true;
}

static void add_usage(struct replay *r, const struct piece *piece)
{
	const uint64_t *at = map64_get(&r->known, id_of(piece));

	if (at)
		take_usage(vec_at(&r->c->prompts, *at - 1), piece);
}

/* ---- pieces ---- */

static void remember(struct thread *t, uint64_t record)
{
	const struct place *last = t->places.n ? vec_at(&t->places, t->places.n - 1) : NULL;

	if (record && (!last || last->record != record))
		*(struct place *)vec_push(&t->places) = (struct place){ record, t->turns.n };
}

/* The user takes the conversation up again behind an earlier record: what came later is not sent any more. */
static void go_back(struct replay *r, struct thread *t, uint64_t parent)
{
	for (size_t i = t->places.n; parent && i > 0; i--) {
		const struct place p = *(const struct place *)vec_at(&t->places, i - 1);

		if (p.record != parent)
			continue;
		if (p.turn + 1 >= t->turns.n)
			return;
		t->now = hold(r, vec_at(&t->turns, p.turn));
		if (t->sent.tokens > t->now.tokens)
			t->sent = hold(r, &t->now);
		t->turns.n = p.turn + 1;
		t->places.n = i;
		return;
	}
}

static void reset(struct replay *r, struct thread *t)
{
	turn_clear(&t->turn);
	t->now = hold(r, &(struct held){ .tokens = 0 });
	t->sent = hold(r, &t->now);
	vec_clear(&t->places);
	vec_clear(&t->turns);
}

static void note_query(struct thread *t, const struct piece *p)
{
	buf_clear(&t->query);
	if (p->string)
		jstr_head(&t->query, p->text, QUERY_MAX);
	else
		buf_add(&t->query, str_sub(p->text, 0, QUERY_MAX));
}

/* What stood before a text of the user is a turn of its own, so that the user may take the conversation up behind it; but
 * an answer stays with its call.  Before the first request nobody knows the model that counts. */
static void begin_user(struct replay *r, struct thread *t, const struct piece *p)
{
	if (t->asked && t->turn.waiting == 0) {
		take_turn(r, t);
		go_back(r, t, p->parent);
	}
	note_query(t, p);
}

void replay_piece(struct replay *r, const struct piece *p)
{
	struct thread *t = thread_named(r, p->thread);

	r->c->elided += p->elided;
	switch (p->kind) {
	case PIECE_REQUEST:
		begin_prompt(r, t, p);
		break;
	case PIECE_USAGE:
		add_usage(r, p);
		break;
	case PIECE_RESET:
		reset(r, t);
		break;
	default:
		if (p->kind == PIECE_USER && p->prompt)
			begin_user(r, t, p);
		turn_add(&t->turn, p);
		break;
	}
	remember(t, p->record);
}

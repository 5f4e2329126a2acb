/*
 * Any order of pieces, and any text taken for captured requests: what is counted sums up, nothing grows, and money keeps
 * its identities.
 *
 * Input: for each piece its kind, flags, a choice of names, the length of its text and the text.
 */
#include <math.h>
#include <stdlib.h>

#include "core/json/jput.h"
#include "core/simulate/captured.h"
#include "core/simulate/replay.h"
#include "core/simulate/totals.h"

enum {
	AS_STRING = 1,
	AS_IT_IS = 2, /* the text is raw JSON, and may be none */
	TYPED = 4,
	FURTHER_BACK = 8,
	ROWS = 16, /* the text repeated as rows, so that there is something to compress */
	RECORDED = 32,
	NEXT_LOG = 64
};

#define HEAD 4 /* bytes before a text */
#define PIECES_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* ---- pieces ---- */

static void add_text(struct buf *out, str text, unsigned flags)
{
	struct jput j;

	jput_init(&j, out, false);
	if (flags & AS_IT_IS) {
		buf_add(out, text);
	} else if (flags & ROWS) {
		jput_array(&j);
		for (int i = 0; i < 40; i++) {
			jput_object(&j);
			jput_kint(&j, "id", i);
			jput_kstr(&j, "text", text);
			jput_end(&j);
		}
		jput_end(&j);
	} else {
		jput_str(&j, text);
	}
}

static struct piece piece_of(const uint8_t *head, struct buf *text, size_t n)
{
	static const char *const names[] = { "", "a", "b", "\"\\", "Bash", "Read" };
	static const char *const models[] = { "claude-sonnet-4-5", "gpt-4o", "nobody-7b", "" };
	const char *name = names[head[2] % 6];
	struct piece p = {
		.kind = (enum piece_kind)(head[0] % PIECE_KIND_COUNT),
		.prompt = head[1] & TYPED,
		.thread = str_c(head[2] & 64 ? "sub" : ""),
		.call = str_c(name),
		.tool = str_c(names[head[2] / 6 % 6]),
		.id = str_c(name),
		.model = str_c(models[head[2] % 4]),
		.complete = head[2] & 1,
		.time = (int64_t)n * head[3] * 1000,
		.record = n + 1,
		.parent = head[1] & FURTHER_BACK ? head[3] % (n + 1) : n,
		.text = buf_str(text),
	};

	if (head[1] & AS_STRING && p.text.n >= 2 && p.text.p[0] == '"') {
		p.string = true;
		p.text = str_sub(p.text, 1, p.text.n - 2);
	}
	if (head[1] & RECORDED)
		p.usage = (struct usage){ .input = head[3],
					  .output = head[2],
					  .cache_read = 64 * head[3],
					  .cache_write = 10 * head[2],
					  .cache_write_1h = head[1] & TYPED ? 10 * head[2] : 0 };
	return p;
}

static void play(const uint8_t *data, size_t size, struct replay *r)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	for (size_t n = 0; size > HEAD && n < PIECES_MAX; n++) {
		size_t len = data[3] < size - HEAD ? data[3] : size - HEAD;
		struct piece p;

		buf_clear(&text);
		add_text(&text, (str){ (const char *)data + HEAD, len }, data[1]);
		p = piece_of(data, &text, n);
		if (data[1] & NEXT_LOG)
			replay_next_log(r);
		replay_piece(r, &p);
		data += HEAD + len;
		size -= HEAD + len;
	}
	buf_release(&text);
}

/* ---- what must hold ---- */

static void check_prompts(const struct conversation *c)
{
	require(c->tokens.n == c->prompts.n * c->configs);
	for (size_t i = 0; i < c->prompts.n; i++) {
		const struct prompt *p = vec_at(&c->prompts, i);
		uint64_t sum = 0;

		for (int k = 0; k < BLOCK_COUNT; k++)
			sum += p->blocks[k];
		require(sum == p->ran.all && p->ran.shared <= p->ran.all);
		for (size_t k = 0; k < c->configs; k++) {
			const struct sim_tokens *t = vec_at(&c->tokens, i * c->configs + k);

			require(t->all <= p->ran.all && t->shared <= t->all);
		}
	}
}

static void check_money(const struct conversation *c)
{
	struct settled s, again;
	struct total total;
	struct vec settled;
	struct map64 paid;
	uint64_t sum;

	map64_init(&paid);
	money_settle(c, NULL, &paid, &s);
	require(s.requests + s.repeated == c->prompts.n && s.priced <= s.requests);
	sum = s.unseen;
	for (int k = 0; k < BLOCK_COUNT; k++)
		sum += s.blocks[k];
	require(sum == s.tokens && isfinite(s.usd) && s.usd >= 0);
	vec_init(&settled, sizeof(struct settled));
	*(struct settled *)vec_push(&settled) = s;
	for (size_t k = 0; k < c->configs; k++) {
		require(s.sides[k].tokens <= s.tokens && s.sides[k].gross_usd >= 0);
		totals_of(&settled, (long)k, &total);
		require(total.before == s.tokens && total.after == s.sides[k].tokens);
		require(fabs(total.gross_usd + total.cache_usd - total.net_usd) < 1e-9);
		require(fabs(total.usd_before - total.usd_after - total.net_usd) < 1e-9);
	}
	/* what has an id is paid once */
	money_settle(c, NULL, &paid, &again);
	require(again.requests <= s.requests && again.requests + again.repeated == c->prompts.n);
	vec_release(&settled);
	map64_release(&paid);
}

static void check_captured(str text, const struct sim_options *o, struct token_cache *cache)
{
	uint32_t skipped = 0;
	struct vec out;

	vec_init(&out, sizeof(struct conversation *));
	captured_read(text, STR("x"), o, cache, &out, &skipped, NULL);
	for (size_t i = 0; i < out.n; i++) {
		struct conversation *c = *(struct conversation **)vec_at(&out, i);
		struct arena *a = c->arena;

		check_prompts(c);
		check_money(c);
		conversation_release(c);
		arena_release(a);
		free(a);
	}
	vec_release(&out);
}

static void look_at(void *ctx, const struct change *change)
{
	*(size_t *)ctx += change->before.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_config configs[2] = { { .name = STR("default") }, { .name = STR("hard") } };
	struct token_cache *cache = token_cache_new();
	size_t seen = 0;
	struct sim_options o = {
		.configs = configs, .configs_n = 2, .changed = look_at, .changed_ctx = &seen
	};
	struct conversation c;
	struct replay *r;
	struct arena a;

	for (int i = 0; i < 2; i++)
		compress_config_init(&configs[i].config);
	configs[1].config.min_tokens_to_crush = 10;
	arena_init(&a);
	conversation_init(&c, &a, 2);
	r = replay_new(&c, &o, cache);
	play(data, size, r);
	replay_free(r);
	check_prompts(&c);
	check_money(&c);
	check_captured((str){ (const char *)data, size }, &o, cache);
	conversation_release(&c);
	arena_release(&a);
	token_cache_free(cache);
	return 0;
}

#include "core/simulate/money.h"

#include <math.h>
#include <stdlib.h>

enum {
	SHORT_LIFE_MS = 5 * 60 * 1000,
	LONG_LIFE_MS = 60 * 60 * 1000,
	USUAL_PREFIX = 1024 /* tokens, where the model's least prefix is not known */
};

/* A thread of a conversation. */
struct strand {
	int64_t unseen; /* tokens of each of its prompts */
	bool asked; /* there was a prompt ... */
	int64_t last; /* ... at this time ... */
	str model; /* ... of this one */
};

struct books {
	const struct conversation *c;
	const struct price_user *prices;
	struct settled *out;
	struct map64 threads; /* -> index + 1 in strands */
	struct vec strands; /* struct strand */
	int64_t life_ms;
	double hour_share; /* of what is written to the cache */
	double rules_usd; /* all that is priced, by the rules */
};

static const struct prompt *prompt_at(const struct conversation *c, size_t i)
{
	return vec_at(&c->prompts, i);
}

static int64_t recorded_input(const struct prompt *p)
{
	return p->usage.input + p->usage.cache_read + p->usage.cache_write;
}

/* ---- what no log shows ---- */

/* Recorded less counted tokens of one prompt. */
struct rest {
	size_t strand;
	int64_t tokens;
};

static int by_strand(const void *a, const void *b)
{
	const struct rest *x = a, *y = b;

	if (x->strand != y->strand)
		return x->strand < y->strand ? -1 : 1;
	return x->tokens < y->tokens ? -1 : x->tokens > y->tokens;
}

static struct strand *strand_of(struct books *b, const struct prompt *p)
{
	bool fresh = false;
	uint64_t *at = map64_put(&b->threads, p->thread, &fresh);

	if (fresh) {
		vec_push(&b->strands);
		*at = b->strands.n;
	}
	return vec_at(&b->strands, *at - 1);
}

static void fit_unseen(struct books *b)
{
	struct vec rests;

	vec_init(&rests, sizeof(struct rest));
	for (size_t i = 0; i < b->c->prompts.n; i++) {
		const struct prompt *p = prompt_at(b->c, i);
		const struct strand *s = strand_of(b, p);

		if (p->recorded)
			*(struct rest *)vec_push(&rests) =
				(struct rest){ (size_t)(s - (struct strand *)b->strands.p),
					       recorded_input(p) - p->ran.all };
	}
	vec_sort(&rests, by_strand);
	for (size_t from = 0, to; from < rests.n; from = to) {
		size_t strand = ((struct rest *)vec_at(&rests, from))->strand;
		int64_t median;

		for (to = from; to < rests.n && ((struct rest *)vec_at(&rests, to))->strand == strand; to++)
			;
		median = ((struct rest *)vec_at(&rests, from + (to - from) / 2))->tokens;
		((struct strand *)vec_at(&b->strands, strand))->unseen = median > 0 ? median : 0;
	}
	vec_release(&rests);
}

/* ---- the cache ---- */

static void learn_lifetime(struct books *b)
{
	int64_t five = 0, hour = 0;

	for (size_t i = 0; i < b->c->prompts.n; i++) {
		const struct usage *u = &prompt_at(b->c, i)->usage;

		five += u->cache_write_5m;
		hour += u->cache_write_1h;
	}
	b->life_ms = hour > five ? LONG_LIFE_MS : SHORT_LIFE_MS;
	b->hour_share = five + hour > 0 ? (double)hour / (double)(five + hour) : 0;
}

/* Usage of a prompt by the rules. */
static struct usage by_rules(const struct books *b, const struct prompt *p, const struct price *price,
			     const struct strand *s, struct sim_tokens t)
{
	int64_t all = (int64_t)t.all + s->unseen, shared = 0;
	int64_t least = price_min_prefix(p->model), gap = p->time && s->last ? p->time - s->last : 0;
	struct usage u = { .output = p->usage.output };

	least = least ? least : USUAL_PREFIX;
	if (s->asked && str_eq(s->model, p->model))
		shared = (int64_t)t.shared + s->unseen;
	if (shared > all)
		shared = all;
	if (p->cached && shared >= least && gap <= b->life_ms)
		u.cache_read = shared;
	u.input = all - u.cache_read;
	if (p->cached && price->cache_write_5m > price->input && all >= least) {
		u.cache_write = u.input;
		u.cache_write_1h = llround((double)u.input * b->hour_share);
		u.cache_write_5m = u.input - u.cache_write_1h;
		u.input = 0;
	}
	return u;
}

/* ---- one prompt ---- */

/* What a prompt costs where nothing of it is cached. */
static double as_input(const struct price *price, int64_t tokens)
{
	return price_cost(price, &(struct usage){ .input = tokens }).usd;
}

static void settle_price(struct books *b, size_t i, const struct prompt *p, const struct strand *s)
{
	struct settled *out = b->out;
	struct price price;
	struct usage ran;
	double before;

	if (!price_find(b->prices, p->model, p->time, &price)) {
		out->unpriced = p->model.n ? p->model : STR("no model");
		return;
	}
	out->priced++;
	out->price_source = price.source;
	ran = by_rules(b, p, &price, s, p->ran);
	before = price_cost(&price, &ran).usd;
	b->rules_usd += before;
	if (p->recorded) {
		struct cost paid = price_cost(&price, &p->usage);

		out->recorded_usd += paid.usd;
		out->simulated_usd += before;
		out->usd += paid.usd;
		out->unsplit |= (paid.flags & COST_UNSPLIT) != 0;
	} else {
		out->usd += before;
	}
	for (size_t k = 0; k < b->c->configs; k++) {
		const struct sim_tokens *t = vec_at(&b->c->tokens, i * b->c->configs + k);
		struct usage side = by_rules(b, p, &price, s, *t);

		out->sides[k].net_usd += before - price_cost(&price, &side).usd;
		out->sides[k].gross_usd +=
			as_input(&price, p->ran.all + s->unseen) - as_input(&price, t->all + s->unseen);
	}
}

static void settle_tokens(struct books *b, size_t i, const struct prompt *p, const struct strand *s)
{
	struct settled *out = b->out;

	out->requests++;
	out->tokens += p->ran.all + (uint64_t)s->unseen;
	out->unseen += (uint64_t)s->unseen;
	for (int k = 0; k < BLOCK_COUNT; k++)
		out->blocks[k] += p->blocks[k];
	for (size_t k = 0; k < b->c->configs; k++)
		out->sides[k].tokens +=
			((const struct sim_tokens *)vec_at(&b->c->tokens, i * b->c->configs + k))->all +
			(uint64_t)s->unseen;
	if (!p->recorded)
		return;
	out->recorded_requests++;
	out->partial |= !p->complete;
	out->recorded.input += p->usage.input;
	out->recorded.output += p->usage.output;
	out->recorded.cache_read += p->usage.cache_read;
	out->recorded.cache_write += p->usage.cache_write;
	out->recorded.cache_write_5m += p->usage.cache_write_5m;
	out->recorded.cache_write_1h += p->usage.cache_write_1h;
}

/* Where the rules give more than was paid, a configuration saves the same share of what was paid. */
static void keep_to_record(const struct books *b)
{
	struct settled *out = b->out;

	if (out->usd >= b->rules_usd)
		return;
	for (size_t k = 0; k < b->c->configs; k++) {
		out->sides[k].gross_usd *= out->usd / b->rules_usd;
		out->sides[k].net_usd *= out->usd / b->rules_usd;
	}
}

void money_settle(const struct conversation *c, const struct price_user *prices, struct map64 *paid,
		  struct settled *out)
{
	struct books b = { .c = c, .prices = prices, .out = out };
	int64_t counted = 0, recorded = 0;

	*out = (struct settled){ .c = c };
	out->sides = arena_array(c->arena, c->configs, sizeof(*out->sides));
	map64_init(&b.threads);
	vec_init(&b.strands, sizeof(struct strand));
	learn_lifetime(&b);
	fit_unseen(&b);
	for (size_t i = 0; i < c->prompts.n; i++) {
		const struct prompt *p = prompt_at(c, i);
		struct strand *s = strand_of(&b, p);
		bool fresh = true;

		if (p->id)
			map64_put(paid, p->id, &fresh);
		if (fresh) {
			settle_tokens(&b, i, p, s);
			settle_price(&b, i, p, s);
			counted += p->recorded ? p->ran.all + s->unseen : 0;
			recorded += p->recorded ? recorded_input(p) : 0;
		} else {
			out->repeated++;
		}
		s->asked = true;
		s->last = p->time;
		s->model = p->model;
	}
	keep_to_record(&b);
	out->error_percent = recorded ? 100.0 * (double)(counted - recorded) / (double)recorded : NAN;
	map64_release(&b.threads);
	vec_release(&b.strands);
}

/*
 * Evidence gates: how much it takes, what speaks against it, how long it lasts.
 */
#include "analyzers/candidate.h"
#include "core/base/env.h"

#include <math.h>

#define NEGATIVE_SHARE 0.2
#define REFUSED_SHARE (2.0 / 3.0)
#define STABLE_DAYS 120
#define VOLATILE_DAYS 30
#define RECENT_DAYS 60
#define VALUE_FACTOR 3 /* a bullet must save that many times its own tokens */
#define RECURRED 3 /* lineages after which the value needs no proof */
#define BYTES_PER_TOKEN 4
#define WITHOUT_GIT 3

static uint32_t recent_lineages(const struct study *s)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s->lineages.n; i++)
		n += ((const struct lineage *)vec_at(&s->lineages, i))->last_ms >=
		     s->now - RECENT_DAYS * MS_PER_DAY;
	return n;
}

static void count(struct candidate *c)
{
	struct map64 calls, lineages, days, clean;
	map64_init(&calls);
	map64_init(&lineages);
	map64_init(&days);
	map64_init(&clean);
	uint64_t tokens = 0;
	for (size_t i = 0; i < c->evidence.n; i++) {
		const struct evidence *e = *(const struct evidence **)vec_at(&c->evidence, i);
		bool fresh = false;
		map64_put(&calls, e->failed.id, &fresh);
		if (!fresh)
			continue;
		map64_put(&lineages, e->lineage, NULL);
		map64_put(&days, (uint64_t)time_day(e->failed.time), NULL);
		if (!e->tainted)
			map64_put(&clean, e->lineage, NULL);
		c->count++;
		c->weight += (double)e->weight;
		tokens += e->tokens;
		if (!c->first_ms || e->failed.time < c->first_ms)
			c->first_ms = e->failed.time;
		if (e->failed.time > c->last_ms)
			c->last_ms = e->failed.time;
	}
	c->lineages = (uint32_t)lineages.n;
	c->days = (uint32_t)days.n;
	c->clean_lineages = (uint32_t)clean.n;
	c->tokens_wasted = tokens > UINT32_MAX ? UINT32_MAX : (uint32_t)tokens;
	c->detour = c->lineages ? (uint32_t)(tokens / c->lineages) : 0;
	map64_release(&calls);
	map64_release(&lineages);
	map64_release(&days);
	map64_release(&clean);
}

/* Lower bound of the Wilson score interval at 95 %. */
static double wilson(double positive, double all)
{
	const double z = 1.96;
	if (all <= 0)
		return 0;
	double p = positive / all, z2 = z * z;
	double low =
		(p + z2 / (2 * all) - z * sqrt(p * (1 - p) / all + z2 / (4 * all * all))) / (1 + z2 / all);
	return low < 0 ? 0 : low;
}

static void reject(struct candidate *c, enum reason reason, str note)
{
	if (c->reason == REASON_NONE) {
		c->reason = reason;
		c->note = note;
	}
}

static void weigh_negatives(const struct weights *w, struct candidate *c)
{
	struct map64 keys;
	int64_t last_negative = 0;
	map64_init(&keys);
	for (size_t i = 0; i < c->evidence.n; i++) {
		const struct evidence *e = *(const struct evidence **)vec_at(&c->evidence, i);
		bool fresh = false;
		const struct tally *t = weights_of(w, e->wrong_key);
		map64_put(&keys, e->wrong_key, &fresh);
		if (fresh && t) {
			if (t->worked_lineages > c->negatives)
				c->negatives = t->worked_lineages;
			if (t->last_worked > last_negative)
				last_negative = t->last_worked;
			if (t->published) {
				c->opportunities += t->later_worked + t->later_failed;
				c->relapses += t->later_failed;
			}
		}
		t = e->right_key ? weights_of(w, e->right_key) : NULL;
		bool path = !finding_types[e->kind].command && e->kind != KIND_SEARCH_SCOPE;
		if (t)
			map64_put(&keys, e->right_key, &fresh);
		if (t && fresh && t->published)
			c->opportunities += t->later_worked + t->later_failed;
		if (t && fresh && path && t->failed_lineages && t->last_failed > c->last_ms) {
			c->negatives += t->failed_lineages;
			if (t->last_failed > last_negative)
				last_negative = t->last_failed;
		}
	}
	map64_release(&keys);
	if (c->f.kind == KIND_PERMISSION) {
		const struct evidence *e = *(const struct evidence **)vec_at(&c->evidence, 0);
		const struct tally *t = weights_of(w, e->wrong_key);
		if (t && (t->last_worked > c->last_ms ||
			  (double)c->count < REFUSED_SHARE * (double)(c->count + t->worked)))
			reject(c, REASON_CONTRADICTED, STR("it was also carried out"));
		return;
	}
	if (c->negatives == 0)
		return;
	/* git says what is; an old success on the old place says nothing against it */
	if ((double)c->negatives > NEGATIVE_SHARE * (double)(c->lineages + c->negatives) ||
	    last_negative > c->last_ms)
		reject(c, REASON_CONTRADICTED, STR("the wrong form also works"));
}

static bool alone_is_enough(const struct candidate *c)
{
	switch (c->f.proof) {
	case PROOF_GIT_RENAME:
	case PROOF_LOCKFILE:
	case PROOF_MANIFEST:
		return true;
	case PROOF_HINT:
		return c->f.kind == KIND_PATH_NAME || c->f.kind == KIND_TARGET ||
		       c->f.kind == KIND_SUBCOMMAND;
	case PROOF_STAT:
		return c->f.kind == KIND_LARGE_FILE;
	default:
		return false;
	}
}

static bool solved(const struct candidate *c)
{
	for (size_t i = 0; i < c->evidence.n; i++)
		if (!(*(const struct evidence **)vec_at(&c->evidence, i))->unsolved)
			return true;
	return false;
}

static bool enough(struct study *s, const struct candidate *c)
{
	bool repeated = c->lineages >= 2 && c->days >= 2;
	switch (c->f.kind) {
	case KIND_PRE_STEP:
		return c->lineages >= 3 && c->days >= 2;
	case KIND_MISSING_PATH:
	case KIND_PATH_REMOVED:
		return c->count >= 3 && repeated;
	case KIND_LARGE_FILE:
		return c->count >= 2;
	case KIND_PERMISSION:
	case KIND_TIMEOUT:
		return repeated;
	default:
		break;
	}
	if (!s->project->git)
		return c->lineages >= WITHOUT_GIT && c->days >= 2;
	if (repeated)
		return true;
	return c->lineages >= 1 && alone_is_enough(c) && !c->proposed && solved(c);
}

void judge_evidence(struct study *s, const struct weights *w, struct candidate *c)
{
	count(c);
	if (c->evidence.n)
		weigh_negatives(w, c);
	double positive = c->count ? (double)c->lineages * c->weight / (double)c->count : 0;
	c->confidence = wilson(positive, (double)c->lineages + (double)c->negatives);
	if (!enough(s, c))
		reject(c, REASON_WEAK, STR("seen too rarely"));
	bool git_knows = c->f.proof == PROOF_GIT_RENAME || c->f.proof == PROOF_TRACKED;
	if (c->count && c->clean_lineages == 0 && !git_knows)
		reject(c, REASON_WEAK, STR("only seen after web or external tools were used"));
	int64_t age = s->now - c->last_ms;
	if (age > (int64_t)(c->volatile_ ? VOLATILE_DAYS : STABLE_DAYS) * MS_PER_DAY)
		reject(c, REASON_RETIRED, STR("not met for a long time"));
	uint32_t all = recent_lineages(s);
	double share = all ? (double)(c->lineages < all ? c->lineages : all) / (double)all : 1;
	c->value = share * (double)c->detour;
	double bullet = (double)c->f.text.n / BYTES_PER_TOKEN;
	if (c->value < VALUE_FACTOR * bullet && c->lineages < RECURRED)
		reject(c, REASON_WEAK, STR("saves less than its line costs"));
}

#include "core/simulate/totals.h"

#include <stdlib.h>

#define SAMPLES 1000
#define SAME_USD 0.005 /* less than half a cent is no difference */

/* ---- one set of conversations ---- */

struct sums {
	double before, after, usd, gross, net;
};

static void add(struct sums *s, const struct settled *c, long config)
{
	s->before += (double)c->tokens;
	s->after += (double)(config < 0 ? c->tokens : c->sides[config].tokens);
	s->usd += c->usd;
	if (config >= 0) {
		s->gross += c->sides[config].gross_usd;
		s->net += c->sides[config].net_usd;
	}
}

static double percent_of(const struct sums *s)
{
	return s->before > 0 ? 100 * (s->before - s->after) / s->before : 0;
}

/* ---- bands ---- */

static uint64_t next_random(uint64_t *state) /* splitmix64: the same numbers on every run */
{
	*state += 0x9e3779b97f4a7c15ULL;
	return hash_mix(*state, 0x94d049bb133111ebULL);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct band band_of(double *values)
{
	qsort(values, SAMPLES, sizeof(*values), by_value);
	return (struct band){ values[SAMPLES * 25 / 1000], values[SAMPLES * 975 / 1000 - 1] };
}

/* Conversations drawn with replacement, as often as there are, many times over. */
static void resample(const struct vec *settled, long config, struct total *out)
{
	double percent[SAMPLES], net[SAMPLES];
	uint64_t state = 1;

	for (size_t k = 0; k < SAMPLES; k++) {
		struct sums s = { 0 };

		for (size_t i = 0; i < settled->n; i++)
			add(&s, vec_at(settled, next_random(&state) % settled->n), config);
		percent[k] = percent_of(&s);
		net[k] = s.net;
	}
	out->has_bands = true;
	out->percent_band = band_of(percent);
	out->net_band = band_of(net);
}

void totals_of(const struct vec *settled, long config, struct total *out)
{
	struct sums s = { 0 };

	*out = (struct total){ .conversations = settled->n };
	for (size_t i = 0; i < settled->n; i++) {
		const struct settled *c = vec_at(settled, i);

		add(&s, c, config);
		out->requests += c->requests;
		out->priced += c->priced;
	}
	out->before = (uint64_t)s.before;
	out->after = (uint64_t)s.after;
	out->savings_percent = percent_of(&s);
	out->usd_before = s.usd;
	out->usd_after = s.usd - s.net;
	out->gross_usd = s.gross;
	out->net_usd = s.net;
	out->cache_usd = s.net - s.gross;
	if (settled->n >= TOTALS_BAND_LEAST)
		resample(settled, config, out);
}

/* ---- the best ---- */

static bool any_saves(const struct total *totals, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (totals[i].after < totals[i].before)
			return true;
	return false;
}

long totals_best(struct arena *a, const struct total *totals, size_t n, str *reason)
{
	bool priced = n > 0 && totals[0].priced > 0;
	long best = -1;

	for (size_t i = 0; i < n; i++) {
		const struct total *t = &totals[i], *b = best >= 0 ? &totals[best] : NULL;
		double gain = priced ? t->net_usd - (b ? b->net_usd : 0) : 0;
		bool fewer = t->after < (b ? b->after : t->before);

		if (priced && (gain > SAME_USD || gain < -SAME_USD) ? gain > 0 : fewer)
			best = (long)i;
	}
	if (best < 0)
		*reason = any_saves(totals, n)
				  ? STR("what the others do not send would have been read from the cache "
					"for less than it costs to send the rest anew")
				  : STR("no configuration saves anything here");
	else if (priced)
		*reason = arena_printf(a, "saves most after cache effects: $%.2f net, %.1f %% of the tokens",
				       totals[best].net_usd, totals[best].savings_percent);
	else
		*reason = arena_printf(a, "saves most tokens: %.1f %%; no price is known for the models",
				       totals[best].savings_percent);
	return best;
}

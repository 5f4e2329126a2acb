/*
 * The demo source: made-up figures that agree with each other, to show what there is to see.
 */
#include <stdlib.h>

#include "core/base/env.h"
#include "tui/source.h"

#define MINUTE 60000LL
#define NAME "made-up figures"
/* STR as a constant */
#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* clang-format off */
static const struct model_row models[] = {
	{ TEXT("claude-opus-4-5"),   TEXT(NAME), 214, 6180000, 171000, 402000, 9.42 },
	{ TEXT("claude-sonnet-4-5"), TEXT(NAME), 162, 2410000,  96000, 260000, 3.18 },
	{ TEXT("gpt-5.1-codex"),     TEXT(NAME),  36,  410000,  33000,  38000, 0.55 },
};

static const struct project_row projects[] = {
	{ TEXT("tidemark"),    248, 5900000, 190000, 430000, 8.61, 3 },
	{ TEXT("harbour-api"), 128, 2690000,  77000, 232000, 3.99, 2 },
	{ TEXT("website"),      36,  410000,  33000,  38000, 0.55, 1 },
};

static const struct demo_session {
	struct session_row row;
	int64_t minutes; /* since */
} sessions[] = {
	{ { TEXT("d3e0a1c2-demo"), TEXT("claude"), TEXT("tidemark"), TEXT("Harmonics for a new station"),
	    TEXT("claude-opus-4-5"), 74.2, 3105000, 5.02, false, 118, 4, 0 }, 1 },
	{ { TEXT("7b19f04e-demo"), TEXT("claude"), TEXT("harbour-api"), TEXT("Retry the berth lookup"),
	    TEXT("claude-sonnet-4-5"), 43.0, 1220000, 1.64, true, 57, 2, 0 }, 12 },
	{ { TEXT("c5526d88-demo"), TEXT("codex"), TEXT("website"), TEXT("Tide tables as a page"),
	    TEXT("gpt-5.1-codex"), 21.5, 443000, 0.55, false, 36, 0, 0 }, 190 },
};
/* clang-format on */

static void *demo_open(const char *name, const struct source_options *o)
{
	(void)o;
	return name ? NULL : xcalloc(1, 1);
}

static void tell_sums(struct snapshot *out)
{
	double requests = 0, input = 0, output = 0, saved = 0, usd = 0;

	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		requests += models[i].requests;
		input += models[i].input;
		output += models[i].output;
		saved += models[i].saved;
		usd += models[i].spent_usd;
	}
	out->requests.total = requests;
	out->requests.cached = 9;
	out->requests.failed = 3;
	out->requests.rate_limited = 1;
	out->tokens.input = input;
	out->tokens.output = output;
	out->tokens.saved = saved;
	out->tokens.savings_percent = 100 * saved / (input + saved);
	out->cost.spent_usd = usd;
}

static void demo_poll(void *source, struct snapshot *out)
{
	int64_t now = env_now_ms();

	(void)source;
	out->taken_at = now;
	out->window = STR("24h");
	out->since = now - MS_PER_DAY;
	snapshot_source(out, "demo", STR(NAME), SOURCE_FILE);
	tell_sums(out);
	out->lifetime.tokens_saved = 48200000;
	out->lifetime.savings_usd = 61.3;
	out->cost.saved_usd = 1.21;
	out->cost.net_saved_usd = 0.87;
	out->cost.cache_discount_usd = 31.4;
	out->cost.bust_usd = 0.34;
	out->cost.basis = STR("list");
	out->cost.priced_percent = 100;
	out->cache.read_tokens = 7610000;
	out->cache.write_tokens = 940000;
	out->cache.hit_rate = 7610000.0 / 9000000;
	out->overhead = (struct latency){ 19, 14, 61, 140, 302 };
	out->ttfb = (struct latency){ 990, 820, 2400, 5100, 9800 };
	out->total = (struct latency){ 5600, 4100, 18200, 41000, 88000 };
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++)
		*(struct model_row *)vec_push(&out->models) = models[i];
	for (size_t i = 0; i < sizeof(projects) / sizeof(*projects); i++)
		*(struct project_row *)vec_push(&out->projects) = projects[i];
	for (size_t i = 0; i < sizeof(sessions) / sizeof(*sessions); i++) {
		struct session_row *row = vec_push(&out->sessions);

		*row = sessions[i].row;
		row->last_activity = now - sessions[i].minutes * MINUTE;
	}
	snapshot_warn(out, "demo: every figure is made up");
}

const struct source_type demo_source = {
	.kind = "demo",
	.open = demo_open,
	.poll = demo_poll,
	.close = free,
};

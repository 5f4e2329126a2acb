#include "tui/proxy_stats.h"

#include "core/base/env.h"
#include "core/base/utf8.h"
#include "tui/proxy_read.h"

enum {
	MAX_VERSION = 64, /* bytes */
	MAX_STATE = 64,
	MS_PER_SECOND = 1000,
};

static const struct {
	double low, high;
} limits[] = {
	[PROXY_WHOLE] = { 0, 9007199254740992.0 },
	[PROXY_DELTA] = { -9007199254740992.0, 9007199254740992.0 },
	[PROXY_USD] = { -1e12, 1e12 },
	[PROXY_MS] = { 0, 1e12 },
	[PROXY_SECONDS] = { 0, 1e10 },
};
static_assert(sizeof(limits) / sizeof(*limits) == PROXY_COUNT, "one row per kind");

/* The members of /stats that are looked at, so that its text is walked once. */
enum section {
	SECTION_REQUESTS,
	SECTION_TOKENS,
	SECTION_LATENCY,
	SECTION_OVERHEAD,
	SECTION_TTFB,
	SECTION_COST,
	SECTION_CACHE,
	SECTION_SAVINGS,
	SECTION_SUMMARY,
	SECTION_REQUESTS_TOTAL,
	SECTION_TOKENS_SAVED_TOTAL,
	SECTION_COUNT
};

static const char *const section_names[] = {
	[SECTION_REQUESTS] = "requests",
	[SECTION_TOKENS] = "tokens",
	[SECTION_LATENCY] = "latency",
	[SECTION_OVERHEAD] = "overhead",
	[SECTION_TTFB] = "ttfb",
	[SECTION_COST] = "cost",
	[SECTION_CACHE] = "prefix_cache",
	[SECTION_SAVINGS] = "persistent_savings",
	[SECTION_SUMMARY] = "summary",
	[SECTION_REQUESTS_TOTAL] = "requests_total",
	[SECTION_TOKENS_SAVED_TOTAL] = "tokens_saved_total",
};
static_assert(sizeof(section_names) / sizeof(*section_names) == SECTION_COUNT, "one name per section");

struct reading {
	struct snapshot *out;
	struct jval sections[SECTION_COUNT];
	/* what figures are derived from */
	double uncached, prefix_hits, read_usd, premium_usd, bust_tokens, lost_tokens;
};

/* Of several rows for one slot the first that yields a number counts. */
struct field {
	enum section section;
	const char *path; /* in the section; NULL: the section itself */
	enum proxy_kind kind;
	size_t slot;
};

/* clang-format off */
#define SLOT(member) offsetof(struct snapshot, member)
static const struct field fields[] = {
	{ SECTION_REQUESTS, "total", PROXY_WHOLE, SLOT(requests.total) },
	{ SECTION_REQUESTS_TOTAL, NULL, PROXY_WHOLE, SLOT(requests.total) },
	{ SECTION_REQUESTS, "cached", PROXY_WHOLE, SLOT(requests.cached) },
	{ SECTION_REQUESTS, "failed", PROXY_WHOLE, SLOT(requests.failed) },
	{ SECTION_REQUESTS, "rate_limited", PROXY_WHOLE, SLOT(requests.rate_limited) },
	{ SECTION_TOKENS, "input", PROXY_WHOLE, SLOT(tokens.input) },
	{ SECTION_TOKENS, "output", PROXY_WHOLE, SLOT(tokens.output) },
	/* Later releases add to `saved` what tools filtered before the proxy saw it. */
	{ SECTION_TOKENS, "proxy_compression_saved", PROXY_DELTA, SLOT(tokens.saved) },
	{ SECTION_TOKENS, "saved", PROXY_DELTA, SLOT(tokens.saved) },
	{ SECTION_TOKENS_SAVED_TOTAL, NULL, PROXY_DELTA, SLOT(tokens.saved) },
	{ SECTION_SAVINGS, "lifetime.tokens_saved", PROXY_DELTA, SLOT(lifetime.tokens_saved) },
	{ SECTION_SAVINGS, "lifetime.compression_savings_usd", PROXY_USD, SLOT(lifetime.savings_usd) },
	/* total_input_cost_usd and cost_with_headroom_usd leave the output out, and are no spend. */
	{ SECTION_COST, "total_cost_usd", PROXY_USD, SLOT(cost.spent_usd) },
	{ SECTION_COST, "compression_savings_usd", PROXY_USD, SLOT(cost.saved_usd) },
	{ SECTION_SUMMARY, "cost.breakdown.compression_savings_usd", PROXY_USD, SLOT(cost.saved_usd) },
	{ SECTION_CACHE, "totals.cache_read_tokens", PROXY_WHOLE, SLOT(cache.read_tokens) },
	{ SECTION_CACHE, "totals.cache_write_tokens", PROXY_WHOLE, SLOT(cache.write_tokens) },
};
#undef SLOT

#define SLOT(member) offsetof(struct reading, member)
static const struct field parts[] = {
	{ SECTION_CACHE, "totals.uncached_input_tokens", PROXY_WHOLE, SLOT(uncached) },
	{ SECTION_CACHE, "totals.hit_requests", PROXY_WHOLE, SLOT(prefix_hits) },
	{ SECTION_CACHE, "totals.savings_usd", PROXY_USD, SLOT(read_usd) },
	{ SECTION_CACHE, "totals.write_premium_usd", PROXY_USD, SLOT(premium_usd) },
	{ SECTION_CACHE, "totals.bust_write_tokens", PROXY_WHOLE, SLOT(bust_tokens) },
	{ SECTION_CACHE, "compression_vs_cache.tokens_lost_to_cache_bust", PROXY_WHOLE, SLOT(lost_tokens) },
};
#undef SLOT
/* clang-format on */

static const struct {
	enum section section;
	size_t slot;
} latencies[] = {
	{ SECTION_OVERHEAD, offsetof(struct snapshot, overhead) },
	{ SECTION_TTFB, offsetof(struct snapshot, ttfb) },
	{ SECTION_LATENCY, offsetof(struct snapshot, total) },
};

static const struct {
	const char *name;
	size_t slot;
} quantiles[] = {
	{ "average_ms", offsetof(struct latency, average) }, { "p50_ms", offsetof(struct latency, p50) },
	{ "p95_ms", offsetof(struct latency, p95) },	     { "p99_ms", offsetof(struct latency, p99) },
	{ "max_ms", offsetof(struct latency, max) },
};

double proxy_number(struct jval v, enum proxy_kind kind)
{
	double x;

	if (v.type == J_STRING) {
		str text = str_trim(v.raw);

		v = jval_of(text);
		if (v.raw.n != text.n)
			return UNKNOWN;
	}
	x = jval_f64(v, UNKNOWN);
	if (!(x >= limits[kind].low && x <= limits[kind].high))
		return UNKNOWN;
	return x == 0 ? 0 : x; /* never -0 */
}

double proxy_number_at(struct jval object, const char *path, enum proxy_kind kind)
{
	return proxy_number(jget_path(object, path), kind);
}

static str text_of(struct arena *a, struct jval v, size_t max)
{
	struct buf text;
	str copy = STR("");

	if (v.type != J_STRING)
		return copy;
	buf_init(&text, max);
	jstr_head(&text, v.raw, max);
	copy = arena_str(a, (str){ buf_c(&text), text.n });
	buf_release(&text);
	return copy;
}

static void read_fields(const struct reading *r, const struct field *rows, size_t n, void *base)
{
	for (size_t i = 0; i < n; i++) {
		double *slot = (double *)(void *)((char *)base + rows[i].slot);
		struct jval section = r->sections[rows[i].section];

		if (!is_known(*slot))
			*slot = proxy_number(rows[i].path ? jget_path(section, rows[i].path) : section,
					     rows[i].kind);
	}
}

/* Where nothing was measured yet a proxy says 0 for all of them. */
static void read_latencies(struct reading *r)
{
	for (size_t i = 0; i < sizeof(latencies) / sizeof(*latencies); i++) {
		struct jval section = r->sections[latencies[i].section];
		char *block = (char *)r->out + latencies[i].slot;

		if (!(proxy_number_at(section, "average_ms", PROXY_MS) > 0) &&
		    !(proxy_number_at(section, "max_ms", PROXY_MS) > 0))
			continue;
		for (size_t k = 0; k < sizeof(quantiles) / sizeof(*quantiles); k++)
			*(double *)(void *)(block + quantiles[k].slot) =
				proxy_number_at(section, quantiles[k].name, PROXY_MS);
	}
}

/* ---- worked out ---- */

/*
 * Ours are the requests answered from the response cache.  The releases that count uncached tokens add to them those that
 * hit the provider's prefix cache: of two recordings of one run, 0.5.18 says 4, 0.28 says 26 with 22 such hits.
 */
static void derive_cached(struct reading *r)
{
	double *cached = &r->out->requests.cached;

	if (is_known(r->uncached) && *cached >= r->prefix_hits)
		*cached -= r->prefix_hits;
}

static void derive(struct reading *r)
{
	struct snapshot *s = r->out;
	double before = s->tokens.input + s->tokens.saved;
	double prompt = s->cache.read_tokens + s->cache.write_tokens + r->uncached;
	/* Later releases say what compression broke; before, every bust is held against it. */
	double busted = is_known(r->lost_tokens) ? r->lost_tokens : r->bust_tokens;

	derive_cached(r);
	if (before > 0)
		s->tokens.savings_percent = 100 * s->tokens.saved / before;
	if (prompt > 0)
		s->cache.hit_rate = s->cache.read_tokens / prompt;
	s->cost.cache_discount_usd = r->read_usd - r->premium_usd;
	s->cost.bust_usd =
		busted == 0 ? 0 : busted * proxy_bust_price(jget(r->sections[SECTION_CACHE], "by_provider"));
	s->cost.net_saved_usd = s->cost.saved_usd - s->cost.bust_usd;
	if (is_known(s->cost.saved_usd))
		s->cost.basis = STR("list");
}

/* ---- what is to be known beside the figures ---- */

static void warn_of_gaps(struct reading *r)
{
	struct snapshot *s = r->out;
	const struct {
		bool gap;
		const char *what;
	} gaps[] = {
		{ !is_known(s->cost.spent_usd), "spend" },
		{ !is_known(r->uncached), "uncached tokens (hit rate)" },
		{ !is_known(s->overhead.p95), "latency percentiles" },
		{ true, "output and spend by model" },
	};
	struct buf text;

	if (!(s->requests.total > 0))
		return;
	buf_init(&text, sizeof(((struct error *)NULL)->message));
	for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++)
		if (gaps[i].gap)
			buf_printf(&text, "%s%s", text.n ? ", " : "", gaps[i].what);
	snapshot_warn(s, "the proxy does not tell: %s", buf_c(&text));
	buf_release(&text);
}

static void warn(struct reading *r)
{
	if (!is_known(r->lost_tokens) && r->bust_tokens > 0)
		snapshot_warn(r->out,
			      "the proxy does not tell why cached prefixes were lost: all of them count as "
			      "lost by compression");
	warn_of_gaps(r);
}

static void read_health(struct reading *r, str text, int64_t now, str *version)
{
	struct arena *a = &r->out->arena;
	struct jval health = jval_of(text);
	double uptime = proxy_number_at(health, "uptime_seconds", PROXY_SECONDS);
	str state = text_of(a, jget(health, "status"), MAX_STATE);
	struct buf shown;

	*version = text_of(a, jget(health, "version"), MAX_VERSION);
	time_parse(text_of(a, jget(health, "timestamp"), MAX_STATE), &now);
	if (is_known(uptime)) /* to the second, so that it does not tremble */
		r->out->since = (now - (int64_t)(uptime * MS_PER_SECOND) + MS_PER_SECOND / 2) /
				MS_PER_SECOND * MS_PER_SECOND;
	if (state.n == 0 || str_eq_c(state, "healthy") || str_eq_c(state, "ok"))
		return;
	buf_init(&shown, MAX_STATE * 8);
	utf8_escape(&shown, state, false);
	snapshot_warn(r->out, "the proxy says it is %s", buf_c(&shown));
	buf_release(&shown);
}

/* False if the text is no whole object or has nothing of what a proxy tells. */
static bool find_sections(struct reading *r, str text, struct error *err)
{
	struct jval root = jval_of(text);
	struct jit it;

	jit_init(&it, root);
	while (it.object && jit_next(&it)) {
		for (size_t i = 0; i < SECTION_COUNT; i++)
			if (r->sections[i].type == J_NONE && jkey_is(it.key, section_names[i]))
				r->sections[i] = it.value;
	}
	if (root.type != J_OBJECT || !jit_ok(&it)) {
		error_set(err, STATUS_PARSE, "the answer is no whole JSON object");
		return false;
	}
	if (r->sections[SECTION_REQUESTS].type != J_OBJECT && r->sections[SECTION_TOKENS].type != J_OBJECT) {
		error_set(err, STATUS_PARSE, "it answers, but not as a Headroom proxy does");
		return false;
	}
	return true;
}

enum status proxy_stats_read(str stats, str health, int64_t now, struct snapshot *out, str *version,
			     struct error *err)
{
	struct reading r = { .out = out,
			     .uncached = UNKNOWN,
			     .prefix_hits = UNKNOWN,
			     .read_usd = UNKNOWN,
			     .premium_usd = UNKNOWN,
			     .bust_tokens = UNKNOWN,
			     .lost_tokens = UNKNOWN };

	if (!find_sections(&r, stats, err))
		return STATUS_PARSE;
	out->window = STR("process");
	read_fields(&r, fields, sizeof(fields) / sizeof(*fields), out);
	read_fields(&r, parts, sizeof(parts) / sizeof(*parts), &r);
	read_latencies(&r);
	proxy_read_models(jget(r.sections[SECTION_REQUESTS], "by_model"),
			  jget(r.sections[SECTION_COST], "per_model"), out);
	derive(&r);
	read_health(&r, health, now, version);
	warn(&r);
	return STATUS_OK;
}

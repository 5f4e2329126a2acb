#include "core/compress/router.h"

#include <assert.h>

/* clang-format off */
const char *const route_labels[] = {
	[ROUTE_OPEN] = NULL,
	[ROUTE_FROZEN] = NULL,
	[ROUTE_KIND] = NULL,
	[ROUTE_SYSTEM] = NULL,
	[ROUTE_EXCLUDED] = "router:excluded:tool",
	[ROUTE_PROFILE] = "router:excluded:profile",
	[ROUTE_USER] = "router:protected:user_message",
	[ROUTE_SMALL] = NULL,
	[ROUTE_INEXACT] = "router:protected:not_utf8",
	[ROUTE_PINNED] = "router:protected:pinned",
	[ROUTE_RECENT_CODE] = "router:protected:recent_code",
	[ROUTE_ANALYSIS] = "router:protected:analysis_context",
	[ROUTE_OFF] = NULL,
	[ROUTE_COMPACT] = NULL,
};

/* How much more, or less, of a tool's results should stay. */
static const struct {
	const char *tool;
	double bias;
} biases[] = {
	{ "Grep", 1.5 },
	{ "Bash", 1.0 },
	{ "WebFetch", 0.7 },
};

/* Requests to look closely at code, as whole words. */
static const char *const analysis_words[] = {
	"analyze", "analyse", "review", "audit", "inspect", "security", "vulnerability", "bug", "issue", "problem",
	"explain", "understand", "how does", "what does", "debug", "fix", "error", "wrong", "broken", "refactor",
	"improve", "optimize", "clean up",
};
/* clang-format on */
static_assert(sizeof(route_labels) / sizeof(*route_labels) == ROUTE_COUNT, "a label for each route");

enum {
	RECENT_READS_MIN = 4 /* messages in which excluded tools stay excluded, however small the share */
};

double router_bias(str tool)
{
	for (size_t i = 0; i < sizeof(biases) / sizeof(*biases); i++)
		if (str_ieq(tool, str_c(biases[i].tool)))
			return biases[i].bias;
	return 1.0;
}

const char *router_kind(enum content content, str text)
{
	static const char *const kinds[CONTENT_COUNT] = {
		[CONTENT_TEXT] = "text",    [CONTENT_DIFF] = "lines", [CONTENT_HTML] = "text",
		[CONTENT_SEARCH] = "lines", [CONTENT_LOG] = "lines",  [CONTENT_CODE] = "code",
		[CONTENT_MIXED] = "text",
	};

	if (content == CONTENT_JSON)
		return jval_of(text).type == J_ARRAY ? "json_array" : "json";
	return kinds[content];
}

static bool in_list(str list, str name)
{
	str item;

	while (str_split(&list, ',', &item))
		if (str_ieq(str_trim(item), name))
			return true;
	return false;
}

static bool is_excluded(const struct run *run, const struct slot *s, str tool)
{
	double share = run->config->protect_recent_reads_fraction;
	size_t n = run->r->messages.n, recent;

	if (tool.n == 0 || !in_list(str_c(run->config->exclude_tools), tool))
		return false;
	if (share <= 0)
		return true;
	recent = (size_t)(share * (double)n);
	if (recent < RECENT_READS_MIN)
		recent = RECENT_READS_MIN;
	return s->message != REQUEST_TOP && s->message + recent >= n;
}

static bool skips_by_profile(const struct run *run, str tool)
{
	struct jit it;

	jit_init(&it, run->r->profiles);
	while (tool.n && it.object && jit_next(&it))
		if (str_ieq(it.key, tool))
			return jget_bool(it.value, "skip_compression", false);
	return false;
}

/* The answer of headroom_retrieve, by whatever server ("mcp__headroom__headroom_retrieve"), or by its older name. */
static bool is_retrieval(str tool)
{
	return str_eq_c(tool, "headroom_retrieve") || str_eq_c(tool, "ccr_retrieve") ||
	       str_ends_c(tool, "__headroom_retrieve");
}

enum route router_rule(const struct run *run, size_t slot)
{
	const struct slot *s = request_slot(run->r, slot);
	const struct text *t = &run->texts[slot];
	str tool = request_tool_name(run->r, s);
	bool whole = s->string && !s->block; /* a message's text, not one of several blocks */

	if (s->message != REQUEST_TOP && (long)s->message < run->config->frozen_messages)
		return ROUTE_FROZEN;
	if (s->kind == SLOT_SYSTEM)
		return ROUTE_SYSTEM;
	if (s->message == REQUEST_TOP ||
	    (s->kind != SLOT_RESULT && !(whole && (s->kind == SLOT_ASSISTANT || s->kind == SLOT_USER))))
		return ROUTE_KIND;
	if (s->kind == SLOT_RESULT && is_excluded(run, s, tool))
		return ROUTE_EXCLUDED;
	if (s->kind == SLOT_RESULT && skips_by_profile(run, tool))
		return ROUTE_PROFILE;
	if (s->kind == SLOT_USER && run->config->skip_user_messages)
		return ROUTE_USER;
	if (is_retrieval(tool))
		return ROUTE_PINNED;
	if (t->tokens < (size_t)run->config->min_tokens_to_crush)
		return ROUTE_SMALL;
	if (!t->exact)
		return ROUTE_INEXACT;
	return t->now.p ? ROUTE_PINNED : ROUTE_OPEN;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool asks_for_analysis(str text)
{
	for (size_t at = 0; at < text.n; at++) {
		if (!is_letter(text.p[at]) || (at > 0 && is_letter(text.p[at - 1])))
			continue;
		for (size_t i = 0; i < sizeof(analysis_words) / sizeof(*analysis_words); i++) {
			str word = str_c(analysis_words[i]), here = str_sub(text, at, word.n);

			if (str_ieq(here, word) && (at + word.n >= text.n || !is_letter(text.p[at + word.n])))
				return true;
		}
	}
	return false;
}

enum route router_content_rule(const struct run *run, size_t slot, struct detected *d)
{
	const struct slot *s = request_slot(run->r, slot);
	size_t n = run->r->messages.n;
	const struct compressor *by;

	if (marker_in(run->texts[slot].text))
		return ROUTE_PINNED;
	detect(run->texts[slot].text, d);
	if (d->content == CONTENT_CODE) {
		if (s->message + (size_t)run->config->protect_recent_code >= n)
			return ROUTE_RECENT_CODE;
		if (run->config->protect_analysis_context && asks_for_analysis(run->query.text))
			return ROUTE_ANALYSIS;
	}
	by = compressor_for(d->content);
	return by && compressor_is_on(by, run->config) ? ROUTE_OPEN : ROUTE_OFF;
}

/* ---- the step ---- */

/* Reasons are told once for each message, in order, as they are found. */
static void tell_route(struct run *run, size_t slot, enum route route)
{
	const struct slot *s = request_slot(run->r, slot);
	bool small = run->texts[slot].tokens < (size_t)run->config->min_tokens_to_crush;

	run->routes |= 1u << (small && route != ROUTE_KIND && route != ROUTE_SYSTEM ? ROUTE_SMALL : route);
	if (route_labels[route] && s->message != REQUEST_TOP)
		run_label(run, "%s", route_labels[route]);
}

void step_router(struct run *run)
{
	size_t n = run->r->slots.n, open = 0;
	struct squeezing *list = arena_array(run->a, n, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		enum route route = router_rule(run, i);

		if (route == ROUTE_OPEN)
			list[open++] = (struct squeezing){ .slot = i };
		else
			tell_route(run, i, route);
	}
	router_squeeze(run, list, open, "router");
	for (size_t i = 0; i < open; i++)
		if (list[i].route != ROUTE_OPEN)
			tell_route(run, list[i].slot, list[i].route);
}

/*
 * The savings file, the request log, the library's metrics and the session stats are counts of their own, which may or
 * may not tell of the same requests: they are not added.  Tokens come from the one that knows of most savings by the
 * proxy, else from the library's, else from the tools'.
 */
#include "tui/stored.h"

static void tell_models(const struct tally *t, struct snapshot *out)
{
	for (size_t i = 0; i < t->models.n; i++) {
		const struct model_tally *m = vec_at(&t->models, i);

		if (m->model.n == 0)
			continue; /* tools compress for whatever model is asking */
		*(struct model_row *)vec_push(&out->models) = (struct model_row){
			.model = arena_str(&out->arena, m->model),
			.requests = m->requests,
			.input = m->input,
			.output = t->has_output ? m->output : UNKNOWN,
			.saved = m->saved,
			.spent_usd = UNKNOWN,
		};
	}
}

static int by_input(const void *a, const void *b)
{
	const struct model_row *x = a, *y = b;

	return x->input == y->input ? str_cmp(x->model, y->model) : x->input > y->input ? -1 : 1;
}

static void tell_requests(const struct tally *t, enum tally_kind kind, struct snapshot *out)
{
	out->requests.total = t->requests;
	if (kind != TALLY_TOOLS)
		out->requests.failed = t->failed;
	if (kind == TALLY_LOG)
		out->requests.cached = t->cached;
	if (t->has_cache_read)
		out->cache.read_tokens = t->cache_read;
	out->overhead = latency_of(&t->overhead);
	out->total = latency_of(&t->total);
	tell_models(t, out);
	vec_sort(&out->models, by_input);
}

static void tell_tokens(const struct tally *t, struct snapshot *out)
{
	out->tokens.input = t->input;
	out->tokens.output = t->has_output ? t->output : UNKNOWN;
	out->tokens.saved = t->saved;
}

static void tell_savings(const struct savings *s, struct snapshot *out)
{
	out->lifetime.tokens_saved = s->lifetime_tokens;
	out->lifetime.savings_usd = s->lifetime_usd;
	out->cost.saved_usd = s->usd;
	if (is_known(s->usd))
		out->cost.basis = STR("list");
}

/* A count that tells of other requests, perhaps. */
static void tell_besides(const struct tally *t, const char *what, struct snapshot *out)
{
	if (t->requests > 0)
		snapshot_warn(out, "not added: %s, %.0f requests, %.0f tokens saved", what, t->requests,
			      t->saved);
}

void stored_tell(const struct stored *stored, const struct savings *s, struct snapshot *out)
{
	const struct tally *log = &stored->tallies[TALLY_LOG], *library = &stored->tallies[TALLY_LIBRARY],
			   *tools = &stored->tallies[TALLY_TOOLS];
	bool saved =
		s->is && (s->lifetime_tokens > 0 || log->requests + library->requests + tools->requests == 0);
	const struct tally *t = log->requests > 0 || saved ? log : library->requests > 0 ? library : tools;

	if (s->is)
		tell_savings(s, out);
	if (t->requests > 0)
		tell_requests(t, (enum tally_kind)(t - stored->tallies), out);
	if (t->requests > 0 && !(saved && s->tokens > t->saved)) {
		tell_tokens(t, out);
	} else if (saved) {
		out->tokens.saved = s->tokens;
		out->tokens.input = s->input;
		if (t->requests == 0 && stored->since == 0)
			out->requests.total = s->lifetime_requests;
	}
	if (t->requests > 0 && saved && s->tokens > t->saved)
		snapshot_warn(out,
			      "the request log tells of %.0f of %.0f tokens saved: requests, models and "
			      "latency are of those",
			      t->saved, s->tokens);
	if (is_known(out->tokens.saved) && is_known(out->tokens.input) &&
	    out->tokens.input + out->tokens.saved > 0)
		out->tokens.savings_percent =
			100 * out->tokens.saved / (out->tokens.input + out->tokens.saved);
	if (t != library)
		tell_besides(library, "the library's metrics", out);
	if (t != tools)
		tell_besides(tools, "the tools' compressions", out);
}

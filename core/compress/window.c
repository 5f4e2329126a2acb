#include "core/compress/window.h"

#include <stdlib.h>

#include "core/compress/router.h"
#include "core/json/jput.h"

enum {
	SLIGHTLY_OVER = 10, /* percent over the budget up to which texts are squeezed before messages go */
	MARKER_OVERHEAD = 5, /* tokens of a message and its role */
	MARKER_SLACK = 16 /* by which two markers of different hashes may differ in tokens */
};

/* ---- units ---- */

static uint32_t find_root(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i) {
		parent[i] = parent[parent[i]];
		i = parent[i];
	}
	return i;
}

/* The earlier message is the root. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = find_root(parent, a);
	b = find_root(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

static bool is_turn(const struct run *run, size_t message)
{
	const struct message *m = request_message(run->r, message);

	if (m->role != ROLE_USER)
		return false;
	for (size_t i = m->from; i < m->from + m->n; i++)
		if (request_slot(run->r, i)->kind == SLOT_USER)
			return true;
	return false;
}

size_t window_tail(const struct run *run, long turns)
{
	size_t n = run->r->messages.n;

	for (size_t i = n; i > 0 && turns > 0; i--)
		if (is_turn(run, i - 1) && --turns == 0)
			return i - 1;
	if (turns <= 0)
		return n;
	return n > WINDOW_TAIL ? n - WINDOW_TAIL : 0;
}

static void protect(struct window *w, size_t tail)
{
	const struct run *run = w->run;

	for (size_t i = 0; i < run->r->messages.n; i++) {
		const struct message *m = request_message(run->r, i);

		if (i >= tail || (long)i < run->config->frozen_messages || m->role == ROLE_SYSTEM)
			w->units[w->unit_of[i]].stays = true;
	}
}

void window_init(struct window *w, struct run *run)
{
	const struct request *r = run->r;
	size_t n = r->messages.n, limit = run->limit;
	uint32_t *parent = arena_array(run->a, n, sizeof(*parent));

	*w = (struct window){ .run = run };
	w->unit_of = arena_array(run->a, n, sizeof(*w->unit_of));
	w->units = arena_array(run->a, n, sizeof(*w->units));
	if (run->config->token_budget > 0)
		limit = (size_t)run->config->token_budget;
	else
		limit = limit > (size_t)run->config->output_buffer_tokens
				? limit - (size_t)run->config->output_buffer_tokens
				: 0;
	w->budget = limit;
	for (size_t i = 0; i < n; i++)
		parent[i] = (uint32_t)i;
	for (size_t i = 0; i < r->slots.n; i++) {
		const struct slot *s = request_slot(r, i);

		if (s->call != REQUEST_TOP && s->message != REQUEST_TOP)
			join(parent, request_call(r, s->call)->message, s->message);
	}
	for (size_t i = 0; i < n; i++) {
		const struct message *m = request_message(r, i);
		uint32_t root = find_root(parent, (uint32_t)i);
		struct unit *u;

		if (root == i) {
			w->unit_of[i] = (uint32_t)w->units_n;
			w->units[w->units_n++] = (struct unit){ .first = root };
		}
		w->unit_of[i] = w->unit_of[root];
		u = &w->units[w->unit_of[i]];
		u->tokens += run_message_tokens(run, i);
		u->messages++;
		u->tools = u->tools || m->calls || m->answers;
	}
	protect(w, window_tail(run, run->config->keep_turns));
}

/* ---- which goes first ---- */

/* The oldest tools first, then what was said, oldest first. */
static void rolling_score(struct window *w)
{
	for (size_t i = 0; i < w->units_n; i++)
		w->units[i].score = (double)i + (w->units[i].tools ? 0 : (double)w->units_n);
}

struct ranked {
	double score;
	size_t unit;
};

static int by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static str marker_text(struct run *run, size_t messages, const char *hash)
{
	bool scored = run->config->intelligent_context;
	struct buf out;
	str text;

	buf_init(&out, 1024);
	marker_put(&out,
		   arena_printf(run->a, "Earlier context compressed: %zu message%s dropped %s", messages,
				messages == 1 ? "" : "s",
				scored ? "by importance scoring" : "to fit the context window"),
		   hash, run->config->ccr_ttl_seconds);
	text = arena_str(run->a, buf_str(&out));
	buf_release(&out);
	return text;
}

/* What the message that stands for those that go will take. */
static size_t marker_tokens(struct run *run)
{
	return run_count(run, 0, marker_text(run, run->r->messages.n, "0123456789abcdef01234567")) +
	       MARKER_OVERHEAD + MARKER_SLACK;
}

/* Marks units until the rest fits; returns how many messages go. */
static size_t choose(struct window *w, bool *goes, size_t *tokens)
{
	struct ranked *ranked = arena_array(w->run->a, w->units_n, sizeof(*ranked));
	size_t n = 0, messages = 0, reserve = marker_tokens(w->run);

	for (size_t i = 0; i < w->units_n; i++)
		if (!w->units[i].stays)
			ranked[n++] = (struct ranked){ w->units[i].score, i };
	if (n > 1)
		qsort(ranked, n, sizeof(*ranked), by_score);
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &w->units[ranked[i].unit];

		if (*tokens + reserve <= w->budget)
			break;
		goes[ranked[i].unit] = true;
		*tokens -= u->tokens;
		messages += u->messages;
	}
	return messages;
}

/* ---- what stands for them ---- */

/* The messages as they came, a JSON array. */
static str collect(const struct window *w, const bool *goes)
{
	const struct run *run = w->run;
	struct buf out;
	bool first = true;
	str text;

	buf_init(&out, REQUEST_MAX_BYTES);
	buf_add_ch(&out, '[');
	for (size_t i = 0; i < run->r->messages.n; i++) {
		if (!goes[w->unit_of[i]])
			continue;
		if (!first)
			buf_add_ch(&out, ',');
		first = false;
		buf_add(&out, request_message(run->r, i)->raw);
	}
	buf_add_ch(&out, ']');
	text = out.full ? (str){ NULL, 0 } : arena_str(run->a, buf_str(&out));
	buf_release(&out);
	return text;
}

static str marker_message(const struct run *run, str marker)
{
	struct buf out;
	struct jput j;
	str message;

	buf_init(&out, 4096);
	jput_init(&j, &out, false);
	jput_object(&j);
	jput_kstr(&j, "role", STR("user"));
	if (run->r->format == REQUEST_GEMINI) {
		jput_key(&j, "parts");
		jput_array(&j);
		jput_object(&j);
		jput_kstr(&j, "text", marker);
		jput_end(&j);
		jput_end(&j);
	} else {
		jput_kstr(&j, "content", marker);
	}
	jput_end(&j);
	message = arena_str(run->a, buf_str(&out));
	buf_release(&out);
	return message;
}

static void drop(struct window *w, const bool *goes, size_t messages, size_t tokens)
{
	struct run *run = w->run;
	bool scored = run->config->intelligent_context;
	struct original o = { .text = collect(w, goes),
			      .tokens = run->tokens - tokens,
			      .items = messages,
			      .query = run->query.text,
			      .kind = "messages",
			      .strategy = scored ? "intelligent_context" : "rolling_window",
			      .ttl_seconds = run->config->ccr_ttl_seconds };

	if (!o.text.p)
		return;
	marker_hash(o.text, o.hash);
	o.shorter = marker_text(run, messages, o.hash);
	o.shorter_tokens = run_count(run, 0, o.shorter);
	if (!run_stash(run, &o, 1))
		return;
	run->inserted = marker_message(run, o.shorter);
	while (run->before < run->r->messages.n && request_message(run->r, run->before)->role == ROLE_SYSTEM)
		run->before++;
	for (size_t i = 0; i < run->r->messages.n; i++)
		run->dropped[i] = goes[w->unit_of[i]];
	run->out->messages_dropped = messages;
	run->tokens = tokens + o.shorter_tokens + MARKER_OVERHEAD;
	run_label(run, "%s:%zu", scored ? "intelligent_cap" : "window_cap", messages);
}

/* Slightly over: results that were left whole because of their tool are squeezed after all. */
static void compress_first(struct window *w)
{
	struct run *run = w->run;
	size_t n = 0;
	struct squeezing *list = arena_array(run->a, run->r->slots.n, sizeof(*list));

	for (size_t i = 0; i < run->r->slots.n; i++) {
		const struct slot *s = request_slot(run->r, i);

		if (router_rule(run, i) == ROUTE_EXCLUDED && !w->units[w->unit_of[s->message]].stays &&
		    run->texts[i].exact && !run->texts[i].now.p &&
		    run->texts[i].tokens >= (size_t)run->config->min_tokens_to_crush)
			list[n++] = (struct squeezing){ .slot = i };
	}
	if (n > 0)
		router_squeeze(run, list, n, "compress_first");
}

void step_window(struct run *run)
{
	struct window w;
	size_t tokens, messages;
	bool *goes;

	window_init(&w, run);
	if (run->tokens <= w.budget)
		return;
	if (run->config->intelligent_context && run->tokens - w.budget <= w.budget / 100 * SLIGHTLY_OVER) {
		compress_first(&w);
		if (run->tokens <= w.budget)
			return;
		window_init(&w, run);
	}
	if (run->config->intelligent_context)
		intelligent_score(&w);
	else
		rolling_score(&w);
	goes = arena_array(run->a, w.units_n, sizeof(*goes));
	tokens = run->tokens;
	messages = choose(&w, goes, &tokens);
	if (messages > 0)
		drop(&w, goes, messages, tokens);
	if (run->tokens > w.budget)
		run_warn(run, "%zu tokens are over the budget of %zu: what is left is protected",
			 run->tokens - w.budget, w.budget);
}

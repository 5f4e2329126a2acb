#include "core/compress/pipeline.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/env.h"
#include "core/compress/align.h"
#include "core/compress/router.h"
#include "core/compress/tally.h"
#include "core/token/price.h"

#define MAX_LABEL 512
#define MAX_WARNINGS 100

/* ---- what steps do to a run ---- */

static void __attribute__((format(printf, 3, 0)))
add_line(struct run *run, struct vec *list, const char *fmt, va_list ap)
{
	char line[MAX_LABEL];

	vsnprintf(line, sizeof(line), fmt, ap);
	*(str *)vec_push(list) = arena_str(run->a, str_c(line));
}

void run_label(struct run *run, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(run, &run->out->labels, fmt, ap);
	va_end(ap);
}

void run_warn(struct run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->out->warnings.n >= MAX_WARNINGS)
		return;
	va_start(ap, fmt);
	add_line(run, &run->out->warnings, fmt, ap);
	va_end(ap);
}

bool run_may_drop(const struct run *run)
{
	return run->o->stash || run->o->pretend;
}

static void note_hash(struct run *run, const char *hash)
{
	for (size_t i = 0; i < run->out->hashes.n; i++)
		if (strcmp(((struct pipeline_hash *)vec_at(&run->out->hashes, i))->hex, hash) == 0)
			return;
	memcpy(((struct pipeline_hash *)vec_push(&run->out->hashes))->hex, hash, MARKER_HASH + 1);
}

bool run_stash(struct run *run, const struct original *rows, size_t n)
{
	struct error err;

	if (!run_may_drop(run)) {
		run_warn(run, "no store for originals: %zu texts were left whole", n);
		return false;
	}
	if (run->o->stash && run->o->stash->put(run->o->stash->ctx, rows, n, &err) != STATUS_OK) {
		run_warn(run, "originals could not be stored, so nothing was dropped: %s", err.message);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		note_hash(run, rows[i].hash);
	return true;
}

void run_replace(struct run *run, size_t slot, str now, size_t tokens)
{
	struct text *t = &run->texts[slot];

	run->tokens = run->tokens - t->tokens + tokens;
	t->now = now;
	t->tokens = tokens;
}

/* ---- beginning and end of a run ---- */

/* The newest text of the user that is no note of the agent's harness. */
static str newest_user_text(const struct run *run)
{
	const struct request *r = run->r;

	for (size_t i = r->slots.n; i > 0; i--) {
		const struct slot *s = request_slot(r, i - 1);

		if (s->kind != SLOT_USER ||
		    str_starts_c(str_trim(run->texts[i - 1].text), "<system-reminder>"))
			continue;
		return run->texts[i - 1].text;
	}
	return STR("");
}

static void begin(struct run *run)
{
	const struct pipeline_options *o = run->o;
	struct pipeline_result *out = run->out;
	str model;

	arena_init(&out->arena);
	vec_init(&out->labels, sizeof(str));
	vec_init(&out->steps, sizeof(struct pipeline_step));
	vec_init(&out->hashes, sizeof(struct pipeline_hash));
	vec_init(&out->warnings, sizeof(str));
	buf_init(&out->bytes, REQUEST_MAX_BYTES);
	run->a = &out->arena;
	model = o->model.n ? o->model : jstr_take(run->a, run->r->model);
	run->tokenizer = price_tokenizer(o->prices, model);
	out->source = tokenizer_source(run->tokenizer);
	out->tokenizer = tokenizer_name(run->tokenizer);
	run->limit = o->model_limit ? o->model_limit
		     : model.n	    ? (size_t)price_context_limit(o->prices, model, NULL)
				    : PIPELINE_MODEL_LIMIT;
	run->jobs = o->jobs > 1 ? o->jobs : 1;
	run->arenas = arena_array(run->a, (size_t)run->jobs, sizeof(*run->arenas));
	run->caches = o->caches ? o->caches : arena_array(run->a, (size_t)run->jobs, sizeof(*run->caches));
	for (int i = 0; i < run->jobs; i++) {
		arena_init(&run->arenas[i]);
		if (!o->caches)
			run->caches[i] = token_cache_new();
	}
	run->texts = arena_array(run->a, run->r->slots.n, sizeof(*run->texts));
	run->dropped = arena_array(run->a, run->r->messages.n, sizeof(*run->dropped));
}

static void end(struct run *run)
{
	for (int i = 0; i < run->jobs; i++) {
		arena_release(&run->arenas[i]);
		if (!run->o->caches)
			token_cache_free(run->caches[i]);
	}
}

static void write_result(struct run *run)
{
	size_t n = run->r->slots.n;
	str *texts = arena_array(run->a, n, sizeof(*texts));
	struct request_change change = { .texts = texts, .inserted = run->inserted, .before = run->before };

	for (size_t i = 0; i < n; i++) {
		texts[i] = run->texts[i].now;
		run->out->changed = run->out->changed || texts[i].p;
	}
	if (run->out->messages_dropped) {
		change.dropped = run->dropped;
		run->out->changed = true;
	}
	request_write(run->r, &change, &run->out->bytes);
}

/* ---- steps ---- */

static void note_step(struct run *run, const char *name, size_t before, int64_t started)
{
	struct pipeline_step *s = vec_push(&run->out->steps);

	*s = (struct pipeline_step){ name, before, run->tokens,
				     (double)(env_monotonic_us() - started) / 1000 };
}

static void run_step(struct run *run, const char *name, void (*step)(struct run *))
{
	size_t before = run->tokens;
	int64_t started = env_monotonic_us();

	step(run);
	note_step(run, name, before, started);
}

static void measure_waste(struct run *run)
{
	struct waste_meter own = { 0 }, *meter = run->o->meter ? run->o->meter : &own;

	if (meter == &own)
		waste_init(&own, run->tokenizer, run->caches[0]);
	for (size_t i = 0; i < run->r->slots.n; i++) {
		const struct slot *s = request_slot(run->r, i);
		const struct text *t = &run->texts[i];

		if (s->kind != SLOT_IMAGE && s->kind != SLOT_TOOLS && t->text.n)
			waste_add(meter, t->text, t->before,
				  s->kind == SLOT_SYSTEM ? align_dynamic_tokens(run, i) : 0);
	}
	run->out->waste = meter->waste;
	if (meter == &own)
		waste_release(&own);
}

static const char *why_nothing(const struct run *run)
{
	static const struct {
		unsigned routes;
		const char *reason;
	} rows[] = {
		{ 1u << ROUTE_COMPACT, "already compact: no result would have been shorter by enough" },
		{ 1u << ROUTE_RECENT_CODE | 1u << ROUTE_ANALYSIS | 1u << ROUTE_PINNED | 1u << ROUTE_EXCLUDED |
			  1u << ROUTE_PROFILE | 1u << ROUTE_FROZEN | 1u << ROUTE_INEXACT,
		  "protected: what could be compressed is excluded, pinned, recent code or in the frozen "
		  "prefix" },
		{ 1u << ROUTE_OFF, "no compressor is on for what there is" },
		{ 1u << ROUTE_SMALL, "too short: no text has as many tokens as min_tokens_to_crush" },
	};

	if (run->config->mode == MODE_AUDIT)
		return "mode audit: only measured";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (run->routes & rows[i].routes)
			return rows[i].reason;
	return "nothing to compress: no tool result";
}

static void run_steps(struct run *run)
{
	const struct compress_config *c = run->config;

	if (c->align)
		run_step(run, "cache_aligner", step_align);
	run_step(run, "read_lifecycle", step_lifecycle);
	run_step(run, "content_router", step_router);
	if (c->intelligent_context || c->rolling_window)
		run_step(run, c->intelligent_context ? "intelligent_context" : "rolling_window", step_window);
	if (run->tokens > run->out->tokens_before && run->stable.p)
		align_undo(run);
}

enum status pipeline_run(const struct request *r, const struct compress_config *config,
			 const struct pipeline_options *o, struct pipeline_result *out, struct error *err)
{
	struct run run = { .r = r, .config = config, .o = o, .out = out };
	int64_t started = env_monotonic_us(), at;

	*out = (struct pipeline_result){ 0 };
	begin(&run);
	tally_run(&run);
	out->tokens_before = run.tokens;
	note_step(&run, "_initial_token_count", run.tokens, started);
	query_init(&run.query, run.a, o->query.n ? o->query : newest_user_text(&run));
	if (o->measure_waste || o->meter)
		measure_waste(&run);
	if (config->mode == MODE_OPTIMIZE)
		run_steps(&run);
	at = env_monotonic_us();
	prefix_measure(&run);
	note_step(&run, "_prefix", run.tokens, at);
	at = env_monotonic_us();
	write_result(&run);
	out->tokens_after = run.tokens;
	if (out->labels.n == 0)
		run_label(&run, "router:noop");
	if (out->tokens_after >= out->tokens_before)
		out->reason = why_nothing(&run);
	note_step(&run, "_write", run.tokens, at);
	note_step(&run, "pipeline_total", out->tokens_before, started);
	end(&run);
	if (!out->bytes.full)
		return STATUS_OK;
	pipeline_result_release(out);
	return error_set(err, STATUS_LIMIT, "the result would be larger than %zu bytes", REQUEST_MAX_BYTES);
}

/* ---- one text ---- */

static void squeeze_text(struct run *run, str text, enum content content)
{
	const struct compressor *by = compressor_for(content);
	struct squeeze in = { .text = text, .config = run->config, .query = &run->query, .bias = 1 };
	struct original o = { .text = text,
			      .tokens = run->tokens,
			      .query = run->query.text,
			      .ttl_seconds = run->config->ccr_ttl_seconds };
	struct squeezed units = { 0 };
	struct buf out;
	bool drops;

	if (!by || !compressor_is_on(by, run->config)) {
		run->out->reason = "no compressor is on for this kind of text";
		return;
	}
	marker_hash(text, in.hash);
	memcpy(o.hash, in.hash, sizeof(o.hash));
	buf_init(&out, text.n + 4096);
	run->out->reason = "already compact: no result would have been shorter by enough";
	if (by->run(run->a, &in, &out, &units) && !out.full) {
		o.shorter = arena_str(run->a, buf_str(&out));
		o.shorter_tokens = run_count(run, 0, o.shorter);
		o.items = units.before;
		o.shorter_items = units.after;
		o.strategy = by->name;
		o.kind = router_kind(content, text);
		drops = str_find(o.shorter, str_c(o.hash)) != STR_NONE;
		if ((double)o.shorter_tokens > run->config->accept_ratio * (double)o.tokens)
			o.shorter = (str){ NULL, 0 };
		else if (drops && !run_stash(run, &o, 1))
			run->out->reason = "the original could not be stored";
		else
			run->out->reason = NULL;
	} else if (units.reason) {
		run->out->reason = units.reason;
	}
	buf_release(&out);
	if (run->out->reason)
		return;
	run_label(run, "router:%s:%.2f", by->name, (double)o.shorter_tokens / (double)o.tokens);
	run->out->changed = true;
	run->tokens = o.shorter_tokens;
	buf_add(&run->out->bytes, o.shorter);
}

enum status pipeline_text(str text, enum content content, const struct compress_config *config,
			  const struct pipeline_options *o, struct pipeline_result *out, struct error *err)
{
	struct request none = { 0 };
	struct run run = { .r = &none, .config = config, .o = o, .out = out };
	int64_t started = env_monotonic_us();
	struct detected d = { .content = content };

	if (text.n > REQUEST_MAX_BYTES)
		return error_set(err, STATUS_LIMIT, "larger than %zu bytes", REQUEST_MAX_BYTES);
	*out = (struct pipeline_result){ 0 };
	begin(&run);
	query_init(&run.query, run.a, o->query);
	run.tokens = out->tokens_before = run_count(&run, 0, text);
	if (content == CONTENT_COUNT)
		detect(text, &d);
	out->content = d.content;
	if (config->mode == MODE_AUDIT)
		out->reason = "mode audit: only measured";
	else if (run.tokens < (size_t)config->min_tokens_to_crush)
		out->reason = "too short: it has fewer tokens than min_tokens_to_crush";
	else if (marker_in(text))
		out->reason = "protected: it carries a marker already";
	else
		squeeze_text(&run, text, d.content);
	if (!out->changed) {
		run_label(&run, "router:noop");
		buf_add(&out->bytes, text);
	}
	out->tokens_after = run.tokens;
	note_step(&run, "pipeline_total", out->tokens_before, started);
	end(&run);
	return STATUS_OK;
}

void pipeline_result_release(struct pipeline_result *r)
{
	if (!r)
		return;
	buf_release(&r->bytes);
	vec_release(&r->labels);
	vec_release(&r->steps);
	vec_release(&r->hashes);
	vec_release(&r->warnings);
	arena_release(&r->arena);
}

#include "tui/stored.h"

#include <stdlib.h>
#include <time.h>

#include "core/base/env.h"
#include "core/json/jget.h"
#include "core/json/jsonl.h"
#include "core/store/metrics.h"

#define MS 1000
#define SECONDS_MAX 1e12

/* ---- lifetime ---- */

void stored_init(struct stored *s, int64_t since)
{
	*s = (struct stored){ .since = since };
	arena_init(&s->arena);
	for (size_t i = 0; i < TALLY_COUNT; i++) {
		struct tally *t = &s->tallies[i];

		map64_init(&t->ids);
		map_init(&t->model_names);
		vec_init(&t->models, sizeof(struct model_tally));
		vec_init(&t->overhead.ms, sizeof(double));
		vec_init(&t->total.ms, sizeof(double));
	}
}

void stored_release(struct stored *s)
{
	for (size_t i = 0; i < TALLY_COUNT; i++) {
		struct tally *t = &s->tallies[i];

		vec_release(&t->total.ms);
		vec_release(&t->overhead.ms);
		vec_release(&t->models);
		map_release(&t->model_names);
		map64_release(&t->ids);
	}
	arena_release(&s->arena);
}

/* ---- time ---- */

/* A stamp without a zone is local time; "+00:00Z" is what a version of the library writes. */
static int64_t time_of(str stamp)
{
	bool zoned = str_ends(stamp, STR("Z"));
	size_t t = str_chr(stamp, 'T');
	int64_t ms = 0;
	time_t seconds;
	struct tm tm;
	str clock;

	clock = t == STR_NONE ? STR("") : str_from(stamp, t);
	if (str_chr(clock, '+') != STR_NONE || str_chr(clock, '-') != STR_NONE) {
		if (zoned)
			stamp.n--;
		zoned = true;
	}
	if (!time_parse(stamp, &ms))
		return 0;
	if (zoned)
		return ms;
	seconds = (time_t)(ms / MS);
	if (!gmtime_r(&seconds, &tm))
		return 0;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * MS + ms % MS;
}

/* ---- adding ---- */

struct request {
	str id, model;
	int64_t time;
	bool failed, cached;
	double input, output, saved, cache_read; /* UNKNOWN if not said */
	double overhead, total; /* ms, UNKNOWN if not said */
};

static void add_latency(struct latencies *l, double ms)
{
	double *place;

	if (!is_known(ms))
		return;
	place = l->ms.n < STORED_LATENCIES ? vec_push(&l->ms) : vec_at(&l->ms, l->n % STORED_LATENCIES);
	*place = ms;
	l->n++;
	l->sum += ms;
	if (ms > l->max)
		l->max = ms;
}

static struct model_tally *model_of(struct stored *s, struct tally *t, str model)
{
	bool fresh;
	struct map_entry *e;

	model = map_get(&t->model_names, model) ? model : arena_str(&s->arena, model);
	e = map_put(&t->model_names, model, &fresh);
	if (fresh) {
		((struct model_tally *)vec_push(&t->models))->model = model;
		e->value = (void *)(uintptr_t)t->models.n;
	}
	return vec_at(&t->models, (uintptr_t)e->value - 1);
}

static double known_or_0(double x)
{
	return is_known(x) ? x : 0;
}

static void add(struct stored *s, enum tally_kind kind, const struct request *r)
{
	struct tally *t = &s->tallies[kind];
	bool sent = !r->failed && !r->cached, fresh = true;
	struct model_tally *m;

	if (s->since > 0 && r->time < s->since)
		return;
	if (r->id.n > 0 && t->ids.n < STORED_IDS_MAX)
		map64_put(&t->ids, str_hash(r->id), &fresh);
	if (!fresh)
		return;
	t->requests++;
	t->failed += r->failed;
	t->cached += r->cached;
	m = model_of(s, t, r->model);
	m->requests++;
	add_latency(&t->overhead, r->overhead);
	add_latency(&t->total, r->total);
	if (!sent)
		return;
	t->has_output |= is_known(r->output);
	t->has_cache_read |= is_known(r->cache_read);
	t->cache_read += known_or_0(r->cache_read);
	t->input += known_or_0(r->input);
	t->output += known_or_0(r->output);
	t->saved += known_or_0(r->saved);
	m->input += known_or_0(r->input);
	m->output += known_or_0(r->output);
	m->saved += known_or_0(r->saved);
}

/* ---- lines ---- */

static double number(struct jval line, const char *key)
{
	struct jval v = jget(line, key);

	return v.type == J_NUMBER ? jval_f64(v, UNKNOWN) : UNKNOWN;
}

static bool is_set(struct jval line, const char *key)
{
	struct jval v = jget(line, key);

	return v.type == J_STRING && v.raw.n > 0;
}

static void take_log(struct arena *a, struct jval line, struct request *r)
{
	r->id = jval_str(a, jget(line, "request_id"));
	r->model = jval_str(a, jget(line, "model"));
	r->time = time_of(jval_str(a, jget(line, "timestamp")));
	r->failed = is_set(line, "error");
	r->cached = jget_bool(line, "cache_hit", false);
	r->input = number(line, "input_tokens_optimized");
	r->output = number(line, "output_tokens");
	r->saved = number(line, "tokens_saved");
	r->overhead = number(line, "optimization_latency_ms");
	r->total = number(line, "total_latency_ms");
}

/* In audit mode nothing is changed: what could have been saved was not. */
static double saved_of(str mode, double before, double after)
{
	return str_eq_c(mode, "audit") ? 0 : before - after;
}

static void take_library(struct arena *a, struct jval line, struct request *r)
{
	str mode = jval_str(a, jget(line, "mode"));
	double before = number(line, "tokens_input_before");

	r->id = jval_str(a, jget(line, "id"));
	r->model = jval_str(a, jget(line, "model"));
	r->time = time_of(jval_str(a, jget(line, "timestamp")));
	r->failed = is_set(line, "error");
	r->input = number(line, "tokens_input_after");
	r->output = number(line, "tokens_output");
	r->saved = saved_of(mode, before, r->input);
	r->cache_read = number(line, "cached_tokens");
}

static void take_tools(struct arena *a, struct jval line, struct request *r)
{
	double before = number(line, "input_tokens"), seconds = number(line, "timestamp");

	(void)a;
	r->time = seconds > 0 && seconds < SECONDS_MAX ? (int64_t)(seconds * MS) : 0;
	r->input = number(line, "output_tokens");
	r->saved = before - r->input;
}

static const struct line_form {
	const char *key; /* only these lines have it */
	const char *counts; /* and of these, those with this "type"; NULL: all */
	void (*take)(struct arena *a, struct jval line, struct request *r);
} forms[TALLY_COUNT] = {
	[TALLY_LOG] = { "request_id", NULL, take_log },
	[TALLY_LIBRARY] = { "tokens_input_before", NULL, take_library },
	[TALLY_TOOLS] = { "type", "compress", take_tools },
};

/* TALLY_COUNT if it is none of ours. */
static enum tally_kind kind_of(struct jval line)
{
	struct jval type = jget(line, "type");

	for (int kind = 0; kind < TALLY_TOOLS; kind++)
		if (jget(line, forms[kind].key).type != J_NONE)
			return (enum tally_kind)kind;
	return jval_is(type, "compress") || jval_is(type, "retrieve") ? TALLY_TOOLS : TALLY_COUNT;
}

static bool well_formed(struct jval line)
{
	struct jit it;

	jit_init(&it, line);
	while (jit_next(&it))
		continue;
	return line.type == J_OBJECT && jit_ok(&it);
}

static void add_line(struct stored *s, struct arena *a, struct stored_file *f, str text)
{
	struct jval line = jval_of(text);
	struct request r = { .input = UNKNOWN,
			     .output = UNKNOWN,
			     .saved = UNKNOWN,
			     .cache_read = UNKNOWN,
			     .overhead = UNKNOWN,
			     .total = UNKNOWN };
	enum tally_kind kind;

	if (!well_formed(line)) {
		f->skipped++;
		return;
	}
	kind = kind_of(line);
	if (f->kind == TALLY_COUNT)
		f->kind = kind;
	if (kind == TALLY_COUNT || kind != f->kind)
		return;
	if (forms[kind].counts && !jval_is(jget(line, "type"), forms[kind].counts))
		return;
	forms[kind].take(a, line, &r);
	add(s, kind, &r);
}

enum status stored_read_lines(struct stored *s, const char *path, struct stored_file *f, struct error *err)
{
	const struct jsonl_stats *stats;
	struct jsonl_line line;
	struct jsonl *lines;
	enum status status;
	uint64_t offset;
	struct arena a;

	if (f->tail.offset > 0 && !tail_still(path, &f->tail))
		return error_set(err, STATUS_CHANGED, "%s: begun anew", path);
	lines = jsonl_open(path, f->tail.offset, f->tail.offset > 0 ? f->line : 1, err);
	if (!lines)
		return err->code;
	arena_init(&a);
	if (f->tail.offset == 0)
		f->kind = TALLY_COUNT;
	while (!(status = jsonl_next(lines, &line, err))) {
		add_line(s, &a, f, line.text);
		arena_reset(&a);
	}
	stats = jsonl_stats(lines);
	f->skipped += stats->skipped_long + stats->skipped_nul + stats->skipped_other;
	jsonl_position(lines, &offset, &f->line);
	f->tail.offset = offset;
	if (!jsonl_tail(lines, f->tail.bytes, tail_size(offset)) && !tail_read(path, offset, &f->tail))
		status = error_set(err, STATUS_CHANGED, "%s: changed while it was read", path);
	f->foreign = f->kind == TALLY_COUNT;
	arena_release(&a);
	jsonl_free(lines);
	return status == STATUS_DONE ? STATUS_OK : status;
}

/* ---- rows ---- */

struct rows {
	struct stored *s;
	struct stored_file *f;
};

static void add_row(void *ctx, const struct metrics_row *row)
{
	const struct rows *rows = ctx;
	struct request r = {
		.id = row->id,
		.model = row->model,
		.time = time_of(row->timestamp),
		.failed = row->error.n > 0,
		.input = (double)row->after,
		.output = row->output < 0 ? UNKNOWN : (double)row->output,
		.saved = saved_of(row->mode, (double)row->before, (double)row->after),
		.cache_read = row->cached < 0 ? UNKNOWN : (double)row->cached,
		.overhead = UNKNOWN,
		.total = UNKNOWN,
	};

	rows->f->row = row->row;
	add(rows->s, TALLY_LIBRARY, &r);
}

enum status stored_read_rows(struct stored *s, const char *path, struct stored_file *f, struct error *err)
{
	struct rows rows = { s, f };
	enum status status = metrics_read(path, f->row, add_row, &rows, err);

	f->kind = TALLY_LIBRARY;
	f->foreign = status == STATUS_NOT_FOUND;
	if (f->foreign)
		return STATUS_OK; /* another program's, or our own index */
	return status == STATUS_DONE ? error_set(err, STATUS_CHANGED, "%s: begun anew", path) : status;
}

/* ---- latencies ---- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Nearest rank. */
static double percentile(const struct vec *sorted, double percent)
{
	size_t rank = (size_t)ceil(percent / 100 * (double)sorted->n);

	return *(const double *)vec_at(sorted, rank > 0 ? rank - 1 : 0);
}

struct latency latency_of(const struct latencies *l)
{
	struct latency out = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };
	struct vec sorted;

	if (l->n == 0)
		return out;
	vec_init(&sorted, sizeof(double));
	for (size_t i = 0; i < l->ms.n; i++)
		*(double *)vec_push(&sorted) = *(const double *)vec_at(&l->ms, i);
	qsort(sorted.p, sorted.n, sizeof(double), by_size);
	out = (struct latency){
		.average = l->sum / (double)l->n,
		.p50 = percentile(&sorted, 50),
		.p95 = percentile(&sorted, 95),
		.p99 = percentile(&sorted, 99),
		.max = l->max,
	};
	vec_release(&sorted);
	return out;
}

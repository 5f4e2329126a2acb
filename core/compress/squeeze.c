/*
 * squeeze: texts through their compressors, several at a time; what comes back is taken only if it is short enough by
 * exact count and the original could be stored.
 */
#include "core/base/env.h"
#include "core/base/map.h"
#include "core/base/utf8.h"
#include "core/base/work.h"
#include "core/compress/router.h"

enum {
	PARALLEL_BYTES = 32 << 10 /* less is done sooner than a thread is started */
};

struct squeezer {
	struct run *run;
	struct squeezing *list;
	size_t *order; /* of those to be done */
};

/* Of a string slot any text; else JSON of the same type as before. */
static bool fits_slot(const struct slot *s, str text)
{
	struct jval v;

	if (!utf8_valid(text))
		return false;
	if (s->string)
		return true;
	v = jval_of(text);
	return v.type == jval_of(s->raw).type && v.raw.n == text.n;
}

/* The configuration as the request's profile of the tool changes it. */
static const struct compress_config *config_for(const struct run *run, str tool,
						struct compress_config *space)
{
	struct jit it;

	jit_init(&it, run->r->profiles);
	while (tool.n && it.object && jit_next(&it)) {
		int64_t n = jval_i64(jget(it.value, "max_items_after_crush"), 0);

		if (!str_ieq(it.key, tool) || n <= 0)
			continue;
		*space = *run->config;
		space->max_items = n > 1000000 ? 1000000 : (long)n;
		return space;
	}
	return run->config;
}

static bool squeeze_one(void *ctx, int job, size_t item)
{
	struct squeezer *sq = ctx;
	struct run *run = sq->run;
	struct squeezing *q = &sq->list[sq->order[item]];
	const struct slot *s = request_slot(run->r, q->slot);
	struct text *t = &run->texts[q->slot];
	str tool = request_tool_name(run->r, s);
	struct compress_config space;
	struct squeeze in = { .text = t->text, .query = &run->query, .bias = router_bias(tool) };
	int64_t started = env_monotonic_us();
	struct detected d;
	struct buf out;

	q->route = router_content_rule(run, q->slot, &d);
	if (q->route != ROUTE_OPEN)
		return true;
	q->by = compressor_for(d.content);
	q->kind = router_kind(d.content, t->text);
	in.config = config_for(run, tool, &space);
	marker_hash(t->text, in.hash);
	memcpy(q->hash, in.hash, sizeof(q->hash));
	q->route = ROUTE_COMPACT;
	buf_init(&out, t->text.n + 4096);
	if (q->by->run(&run->arenas[job], &in, &out, &q->units) && !out.full && out.n < t->text.n &&
	    fits_slot(s, buf_str(&out))) {
		q->tokens = run_count(run, job, buf_str(&out));
		if ((double)q->tokens <= run->config->accept_ratio * (double)t->tokens) {
			q->route = ROUTE_OPEN;
			q->shorter = arena_str(&run->arenas[job], buf_str(&out));
			q->drops = str_find(q->shorter, str_c(q->hash)) != STR_NONE;
		}
	}
	buf_release(&out);
	q->ms = (double)(env_monotonic_us() - started) / 1000;
	return true;
}

/* ---- the same text is done once ---- */

static uint64_t treatment(const struct run *run, size_t slot)
{
	const struct slot *s = request_slot(run->r, slot);
	str tool = request_tool_name(run->r, s);
	struct compress_config space;
	double bias = router_bias(tool);
	uint64_t bits;

	memcpy(&bits, &bias, sizeof(bits));
	bits = hash_mix(bits, (uint64_t)config_for(run, tool, &space)->max_items);
	/* code is protected by where it stands */
	bits = hash_mix(bits, s->message + (size_t)run->config->protect_recent_code >= run->r->messages.n);
	return hash_mix(bits, str_hash(run->texts[slot].text)) ^ s->string;
}

static size_t find_same(struct run *run, struct squeezing *list, size_t n, size_t *order, size_t *bytes)
{
	struct map64 seen;
	size_t fresh_n = 0;

	map64_init(&seen);
	*bytes = 0;
	for (size_t i = 0; i < n; i++) {
		bool fresh;
		uint64_t *first = map64_put(&seen, treatment(run, list[i].slot), &fresh);

		list[i].same = i;
		if (fresh) {
			*first = i;
		} else if (str_eq(run->texts[list[*first].slot].text, run->texts[list[i].slot].text)) {
			list[i].same = *first;
			continue;
		}
		order[fresh_n++] = i;
		*bytes += run->texts[list[i].slot].text.n;
	}
	map64_release(&seen);
	return fresh_n;
}

/* Largest first, so that no thread ends up with a large one at the end. */
static void sort_by_size(const struct run *run, const struct squeezing *list, size_t *order, size_t n)
{
	for (size_t gap = n / 2; gap > 0; gap /= 2) {
		for (size_t i = gap; i < n; i++) {
			size_t item = order[i], size = run->texts[list[item].slot].text.n, j = i;

			for (; j >= gap && run->texts[list[order[j - gap]].slot].text.n < size; j -= gap)
				order[j] = order[j - gap];
			order[j] = item;
		}
	}
}

/* ---- taking what came out ---- */

static struct original original_of(const struct run *run, const struct squeezing *q)
{
	const struct slot *s = request_slot(run->r, q->slot);
	struct original o = {
		.text = run->texts[q->slot].text,
		.shorter = q->shorter,
		.tokens = run->texts[q->slot].tokens,
		.shorter_tokens = q->tokens,
		.items = q->units.before,
		.shorter_items = q->units.after,
		.tool = request_tool_name(run->r, s),
		.query = run->query.text,
		.strategy = q->by->name,
		.kind = q->kind,
		.ttl_seconds = run->config->ccr_ttl_seconds,
	};

	if (s->call != REQUEST_TOP)
		o.call_id = request_call(run->r, s->call)->id;
	memcpy(o.hash, q->hash, sizeof(o.hash));
	return o;
}

static bool stash_all(struct run *run, const struct squeezing *list, size_t n)
{
	struct original *rows = arena_array(run->a, n, sizeof(*rows));
	size_t rows_n = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].route == ROUTE_OPEN && list[i].drops && list[i].same == i)
			rows[rows_n++] = original_of(run, &list[i]);
	return rows_n == 0 || run_stash(run, rows, rows_n);
}

static void take(struct run *run, const struct squeezing *q, const char *label)
{
	const struct slot *s = request_slot(run->r, q->slot);
	size_t before = run->texts[q->slot].tokens;

	if (s->block)
		run_label(run, "%s:tool_result:%s", label, q->by->name);
	else
		run_label(run, "%s:%s:%.2f", label, q->by->name,
			  before ? (double)q->tokens / (double)before : 1.0);
	run_replace(run, q->slot, q->shorter, q->tokens);
}

/* Time spent in each compressor, under its name. */
static void note_times(struct run *run, const struct squeezing *list, size_t n)
{
	for (size_t c = 0; compressors[c]; c++) {
		struct pipeline_step step = { .ms = 0 };
		bool used = false;

		for (size_t i = 0; i < n; i++) {
			if (list[i].by != compressors[c] || list[i].same != i)
				continue;
			used = true;
			step.before += run->texts[list[i].slot].before;
			step.after += list[i].route == ROUTE_OPEN ? list[i].tokens
								  : run->texts[list[i].slot].before;
			step.ms += list[i].ms;
		}
		if (!used)
			continue;
		step.name = arena_printf(run->a, "compressor:%s", compressors[c]->name).p;
		*(struct pipeline_step *)vec_push(&run->out->steps) = step;
	}
}

void router_squeeze(struct run *run, struct squeezing *list, size_t n, const char *label)
{
	struct squeezer sq = { run, list, arena_array(run->a, n, sizeof(*sq.order)) };
	size_t bytes, distinct = find_same(run, list, n, sq.order, &bytes);
	bool stored;

	sort_by_size(run, list, sq.order, distinct);
	work_run(bytes < PARALLEL_BYTES ? 1 : run->jobs, distinct, squeeze_one, &sq);
	for (size_t i = 0; i < n; i++) {
		if (list[i].same != i) {
			size_t slot = list[i].slot, same = list[i].same;

			list[i] = list[same];
			list[i].slot = slot;
			list[i].same = same;
		}
	}
	stored = stash_all(run, list, n);
	for (size_t i = 0; i < n; i++) {
		if (list[i].route != ROUTE_OPEN)
			continue;
		if (stored || !list[i].drops)
			take(run, &list[i], label);
		else
			list[i].route = ROUTE_OFF;
	}
	note_times(run, list, n);
}

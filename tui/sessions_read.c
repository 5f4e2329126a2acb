/*
 * What is new in a log, through the scanner's events and the same judgement of calls as learning has.
 */
#include <stdlib.h>

#include "analyzers/digest.h"
#include "core/base/work.h"
#include "tui/sessions.h"

#define PENDING_MAX 64 /* calls of one log that may be waiting for their results */
#define THREADS_FROM ((uint64_t)1 << 20) /* bytes to read that are worth threads */

struct worker {
	const struct scanner *scanner; /* of the reader */
	void *reader;
	struct digest digest;
	struct buf scratch;
	struct arena keep; /* strings of struct told */
};

struct run {
	const struct source_options *o;
	struct told *logs;
	size_t *order; /* largest first */
	struct worker *workers;
};

void told_release(struct told *t)
{
	vec_release(&t->answers);
	vec_release(&t->calls);
	map64_release(&t->by_id);
	buf_release(&t->pending);
}

/* ---- one log ---- */

static bool in_window(const struct run *run, int64_t time)
{
	return time == 0 || time >= run->o->since;
}

static str keep_model(struct worker *w, const struct told *t, str model)
{
	const struct told_answer *last = t->answers.n > 1 ? vec_at(&t->answers, t->answers.n - 2) : NULL;

	return last && str_eq(last->model, model) ? last->model : arena_str(&w->keep, model);
}

static void hear_prompt(struct worker *w, struct told *t, const struct event *e)
{
	const struct usage *u = &e->usage;

	if (e->agent.n > 0 || e->sidechain || e->time < t->prompt.time)
		return;
	if (!str_eq(t->prompt.model, e->model))
		t->prompt.model = arena_str(&w->keep, e->model);
	t->prompt.is = true;
	t->prompt.time = e->time;
	t->prompt.tokens = (double)u->input + (double)u->cache_read + (double)u->cache_write;
}

static void hear_answer(struct worker *w, struct told *t, const struct event *e)
{
	struct told_answer *answer;
	uint64_t *at;
	bool fresh;

	at = map64_put(&t->by_id, str_hash(e->message_id), &fresh);
	if (fresh) {
		answer = vec_push(&t->answers);
		*at = t->answers.n;
		answer->id = str_hash(e->message_id);
		answer->model = keep_model(w, t, e->model);
		answer->usage = e->usage;
	} else {
		answer = vec_at(&t->answers, *at - 1);
		if (e->usage.output > answer->usage.output)
			answer->usage = e->usage;
	}
	answer->complete |= e->complete;
	if (e->time > answer->time)
		answer->time = e->time;
}

static void hear(const struct run *run, struct worker *w, struct told *t, const struct event *e)
{
	if (t->session.n == 0 && e->session.n > 0) {
		t->session = arena_str(&w->keep, e->session);
		t->aside = e->agent.n > 0;
	}
	if (t->cwd.n == 0 && e->cwd.n > 0)
		t->cwd = arena_str(&w->keep, e->cwd);
	if (e->time > t->last_ms)
		t->last_ms = e->time;
	if (e->kind == EVENT_TITLE && e->title.n > 0 && !str_eq(e->title, t->title))
		t->title = arena_str(&w->keep, e->title);
	if ((e->kind == EVENT_CALL || e->kind == EVENT_USAGE) && e->message_id.n > 0) {
		hear_prompt(w, t, e);
		if (in_window(run, e->time))
			hear_answer(w, t, e);
	}
}

/* The first n entries of the digest. */
static void harvest(const struct run *run, struct worker *w, struct told *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = vec_at(&w->digest.entries, i);

		if (e->kind == ENTRY_CALL && in_window(run, e->time))
			*(struct told_call *)vec_push(&t->calls) =
				(struct told_call){ .id = e->id, .failed = e->class != FAIL_NONE };
	}
}

/* The calls whose results may still come are kept for the next time. */
static void keep_pending(struct worker *w, struct told *t)
{
	struct vec *entries = &w->digest.entries;
	size_t kept = 0, waiting = 0;

	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *e = vec_at(entries, i);

		waiting += e->kind == ENTRY_CALL && e->outcome == OUTCOME_NONE;
	}
	for (size_t i = 0; i < entries->n; i++) {
		struct entry *e = vec_at(entries, i);

		if (e->kind != ENTRY_CALL || e->outcome != OUTCOME_NONE || waiting-- > PENDING_MAX)
			continue;
		*(struct entry *)vec_at(entries, kept++) = *e;
	}
	entries->n = kept;
	if (kept > 0)
		digest_flush(&w->digest, true, &t->pending);
}

static enum status read_events(const struct run *run, struct worker *w, struct told *t, struct error *err)
{
	enum status status;
	struct event e;

	while (!(status = t->scanner->next(w->reader, &e, err))) {
		hear(run, w, t, &e);
		digest_event(&w->digest, &e);
		if (!w->digest.full)
			continue;
		if (work_interrupted())
			return STATUS_INTERRUPTED;
		harvest(run, w, t, DIGEST_SEGMENT);
		buf_clear(&w->scratch);
		digest_flush(&w->digest, false, &w->scratch);
	}
	if (status != STATUS_DONE)
		return status;
	harvest(run, w, t, w->digest.entries.n);
	keep_pending(w, t);
	return STATUS_OK;
}

/* Only appended to since the last time. */
static bool goes_on(const struct told *t)
{
	const struct session_log *log = t->log;

	/* a path of discovery ends with a NUL */
	return t->file.device == log->device && t->file.inode == log->inode &&
	       t->file.size >= log->tail.offset && tail_still(t->file.path.p, &log->tail);
}

static bool resume(struct worker *w, struct told *t)
{
	digest_clear(&w->digest);
	if (!t->log || t->log->tail.offset == 0)
		return true;
	if (!goes_on(t))
		return false;
	if (t->log->pending)
		digest_resume(&w->digest, (str){ t->log->pending, t->log->pending_n });
	return true;
}

static enum status read_log(const struct run *run, struct worker *w, struct told *t, struct error *err)
{
	uint64_t offset = t->log ? t->log->tail.offset : 0;
	uint32_t line = t->log && offset > 0 ? t->log->line : 1;
	struct scan_stats stats;
	enum status status;

	status = t->scanner->start(w->reader, &t->file, offset, line, err);
	if (status == STATUS_OK)
		status = read_events(run, w, t, err);
	if (status)
		return status;
	t->scanner->position(w->reader, &offset, &t->line, &stats);
	t->skipped = stats.skipped;
	t->tail.offset = offset;
	if (!t->scanner->tail(w->reader, t->tail.bytes, tail_size(offset)) &&
	    !tail_read(t->file.path.p, offset, &t->tail))
		return error_set(err, STATUS_CHANGED, "%.*s: changed while it was read",
				 STR_ARG(t->file.path));
	return STATUS_OK;
}

/* ---- many ---- */

static bool run_one(void *ctx, int worker, size_t item)
{
	const struct run *run = ctx;
	struct worker *w = &run->workers[worker];
	struct told *t = &run->logs[run->order[item]];
	struct error err = { .message = "" };
	enum status status;

	if (work_interrupted())
		return false;
	if (w->scanner != t->scanner) {
		if (w->reader)
			w->scanner->close(w->reader);
		w->scanner = t->scanner;
		w->reader = t->scanner->open(true);
	}
	if (!resume(w, t)) {
		t->replaced = true;
		return true;
	}
	status = read_log(run, w, t, &err);
	t->done = status == STATUS_OK;
	if (!t->done)
		t->error = arena_str(&w->keep, str_c(err.message));
	return status != STATUS_INTERRUPTED;
}

static uint64_t bytes_of(const struct told *t)
{
	uint64_t offset = t->log ? t->log->tail.offset : 0;

	return t->file.size > offset ? t->file.size - offset : 0;
}

static int largest_first(const void *a, const void *b, void *logs)
{
	uint64_t x = bytes_of((const struct told *)logs + *(const size_t *)a),
		 y = bytes_of((const struct told *)logs + *(const size_t *)b);

	return x == y ? 0 : x > y ? -1 : 1;
}

static void forget(void *keep)
{
	arena_release(keep);
}

void sessions_read(struct arena *a, struct told *logs, size_t n, const struct source_options *o)
{
	struct run run = { .o = o, .logs = logs, .order = arena_array(a, n, sizeof(*run.order)) };
	int jobs = o->jobs < 1 ? 1 : o->jobs;
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		vec_init(&logs[i].answers, sizeof(struct told_answer));
		vec_init(&logs[i].calls, sizeof(struct told_call));
		map64_init(&logs[i].by_id);
		buf_init(&logs[i].pending, SIZE_MAX);
		run.order[i] = i;
		bytes += bytes_of(&logs[i]);
	}
	qsort_r(run.order, n, sizeof(*run.order), largest_first, logs);
	if (bytes < THREADS_FROM)
		jobs = 1;
	else if ((size_t)jobs > n)
		jobs = (int)n;
	run.workers = arena_array(a, (size_t)jobs, sizeof(*run.workers));
	for (int i = 0; i < jobs; i++) {
		digest_init(&run.workers[i].digest);
		buf_init(&run.workers[i].scratch, SIZE_MAX);
		arena_init(&run.workers[i].keep);
		arena_defer(a, forget, &run.workers[i].keep);
	}
	work_run(jobs, n, run_one, &run);
	for (int i = 0; i < jobs; i++) {
		struct worker *w = &run.workers[i];

		if (w->reader)
			w->scanner->close(w->reader);
		buf_release(&w->scratch);
		digest_release(&w->digest);
	}
}

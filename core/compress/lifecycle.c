/*
 * lifecycle: what was read of a file that was changed since tells the model something untrue; a later, wider look at the
 * file makes an earlier one needless.  Either is replaced by a marker.
 */
#include <limits.h>

#include "core/base/map.h"
#include "core/compress/run.h"

enum {
	MIN_BYTES = 512, /* shorter bodies stay */
	READ_LIMIT = 2000 /* lines, where a call does not say */
};

enum access {
	ACCESS_NONE,
	ACCESS_READ,
	ACCESS_WRITE
};

/* clang-format off */
static const struct {
	const char *tool;
	enum access access;
} tools[] = {
	{ "read", ACCESS_READ }, { "read_file", ACCESS_READ }, { "view", ACCESS_READ }, { "open_file", ACCESS_READ },
	{ "edit", ACCESS_WRITE }, { "multiedit", ACCESS_WRITE }, { "write", ACCESS_WRITE },
	{ "write_file", ACCESS_WRITE }, { "edit_file", ACCESS_WRITE }, { "notebookedit", ACCESS_WRITE },
	{ "str_replace", ACCESS_WRITE }, { "create_file", ACCESS_WRITE },
};
/* clang-format on */

/* One call that touches a file. */
struct touch {
	enum access access;
	str path;
	int64_t from, to; /* lines read */
	bool worked;
	size_t slot; /* the one text of its result, or SIZE_MAX */
	size_t next; /* index of the next touch of the same path, or SIZE_MAX */
	bool written; /* later, with success */
	int64_t seen_from, seen_to; /* the widest later read; empty: none */
};

static enum access access_of(str tool)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (str_ieq(tool, str_c(tools[i].tool)))
			return tools[i].access;
	return ACCESS_NONE;
}

/* The text of the answer if it is one, and whether the call worked. */
static void find_answer(const struct run *run, const struct tool_call *c, size_t call, struct touch *t)
{
	const struct request *r = run->r;
	const struct message *m;

	t->slot = SIZE_MAX;
	t->worked = true;
	if (c->answer == REQUEST_TOP)
		return;
	t->worked = !request_slot(r, c->answer)->error;
	t->slot = c->answer;
	m = request_message(r, request_slot(r, c->answer)->message);
	for (size_t i = c->answer + 1; i < m->from + m->n; i++)
		if (request_slot(r, i)->call == call)
			t->slot = SIZE_MAX;
}

static bool take_touch(const struct run *run, size_t call, struct touch *t)
{
	const struct tool_call *c = request_call(run->r, call);
	struct jval input;
	int64_t limit;

	*t = (struct touch){ .access = access_of(c->name), .next = SIZE_MAX };
	if (t->access == ACCESS_NONE || c->slot == REQUEST_TOP)
		return false;
	input = jval_of(run->texts[c->slot].text);
	t->path = jval_str(run->a, jget(input, "file_path"));
	if (t->path.n == 0)
		t->path = jval_str(run->a, jget(input, "path"));
	t->from = jval_i64(jget(input, "offset"), 0);
	limit = jval_i64(jget(input, "limit"), READ_LIMIT);
	if (__builtin_add_overflow(t->from, limit, &t->to))
		t->to = INT64_MAX;
	find_answer(run, c, call, t);
	return t->path.n > 0;
}

/* What later touches of the same path did, told backwards. */
static void look_ahead(struct vec *touches)
{
	for (size_t i = touches->n; i > 0; i--) {
		struct touch *t = vec_at(touches, i - 1);
		const struct touch *later = t->next == SIZE_MAX ? NULL : vec_at(touches, t->next);

		if (!later)
			continue;
		t->written = later->written || (later->access == ACCESS_WRITE && later->worked);
		t->seen_from = later->seen_from;
		t->seen_to = later->seen_to;
		if (later->access == ACCESS_READ && later->worked &&
		    later->to / 2 - later->from / 2 > t->seen_to / 2 - t->seen_from / 2) {
			t->seen_from = later->from;
			t->seen_to = later->to;
		}
	}
}

/* What became of a read: NULL if it still holds. */
static const char *fate(const struct run *run, const struct touch *t)
{
	if (t->written && run->config->read_lifecycle_stale)
		return "stale";
	if (run->config->read_lifecycle_superseded && t->seen_to > t->seen_from && t->seen_from <= t->from &&
	    t->seen_to >= t->to)
		return "superseded";
	return NULL;
}

static bool may_replace(const struct run *run, size_t slot)
{
	const struct slot *s = request_slot(run->r, slot);
	const struct text *t = &run->texts[slot];

	return s->kind == SLOT_RESULT && s->string && !s->error && t->exact && t->text.n >= MIN_BYTES &&
	       (long)s->message >= run->config->frozen_messages && !marker_in(t->text);
}

static void replace(struct run *run, const struct touch *t, const char *what)
{
	bool stale = strcmp(what, "stale") == 0;
	struct text *text = &run->texts[t->slot];
	struct original o = { .text = text->text,
			      .tokens = text->tokens,
			      .items = 1,
			      .tool = STR("Read"),
			      .query = run->query.text,
			      .kind = "lines",
			      .ttl_seconds = run->config->ccr_ttl_seconds };
	struct buf line, out;
	str now;

	marker_hash(o.text, o.hash);
	buf_init(&line, 8192);
	buf_init(&out, 16384);
	buf_printf(&line, "Read content %s: %.*s was %s", what, STR_ARG(str_sub(t->path, 0, 4096)),
		   stale ? "modified after this read" : "read again later");
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == ']' || line.p[i] == '\n')
			line.p[i] = '?';
	marker_put(&out, buf_str(&line), o.hash, run->config->ccr_ttl_seconds);
	now = arena_str(run->a, buf_str(&out));
	o.shorter = now;
	o.shorter_tokens = run_count(run, 0, now);
	o.strategy = stale ? "read_lifecycle:stale" : "read_lifecycle:superseded";
	if (o.shorter_tokens < o.tokens && run_stash(run, &o, 1)) {
		run_replace(run, t->slot, now, o.shorter_tokens);
		run_label(run, "%s", o.strategy);
	}
	buf_release(&out);
	buf_release(&line);
}

void step_lifecycle(struct run *run)
{
	struct vec touches;
	struct map newest; /* path -> index + 1 of its latest touch */

	if (!run->config->read_lifecycle_stale && !run->config->read_lifecycle_superseded)
		return;
	vec_init(&touches, sizeof(struct touch));
	map_init(&newest);
	for (size_t i = 0; i < run->r->calls.n; i++) {
		struct map_entry *e;
		struct touch t;

		if (!take_touch(run, i, &t))
			continue;
		e = map_put(&newest, t.path, NULL);
		if (e->value)
			((struct touch *)vec_at(&touches, (uintptr_t)e->value - 1))->next = touches.n;
		*(struct touch *)vec_push(&touches) = t;
		e->value = (void *)(uintptr_t)touches.n;
	}
	look_ahead(&touches);
	for (size_t i = 0; i < touches.n; i++) {
		const struct touch *t = vec_at(&touches, i);
		const char *what = t->access == ACCESS_READ && t->slot != SIZE_MAX ? fate(run, t) : NULL;

		if (what && may_replace(run, t->slot))
			replace(run, t, what);
	}
	map_release(&newest);
	vec_release(&touches);
}

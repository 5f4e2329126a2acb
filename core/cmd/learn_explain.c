/*
 * headroom learn --explain ID: the calls and the proof behind one learning.  Log text is read again at its offset, redacted
 * and escaped; nothing of it was kept.
 */
#include <stdio.h>

#include "analyzers/digest.h"
#include "analyzers/secret.h"
#include "core/base/env.h"
#include "core/base/utf8.h"
#include "core/cmd/learn_run.h"
#include "core/json/jget.h"

#define SHOWN_BYTES 600 /* of an input or a result */
#define SHOWN_LINES 8

/* The object in a record that holds the call's id among its own members: the call, or its result. */
static bool find_block(struct jval v, uint64_t id, int depth, struct jval *out)
{
	struct jit it;
	if ((v.type != J_OBJECT && v.type != J_ARRAY) || depth > 6)
		return false;
	jit_init(&it, v);
	while (jit_next(&it))
		if (it.value.type == J_STRING && it.value.raw.n < 200 && str_hash(it.value.raw) == id) {
			*out = v;
			return true;
		}
	jit_init(&it, v);
	while (jit_next(&it))
		if (find_block(it.value, id, depth + 1, out))
			return true;
	return false;
}

static void put_quoted(struct buf *out, struct arena *a, str text)
{
	struct buf red, safe;
	str line, rest;
	int lines = 0;
	buf_init(&red, 64 * 1024);
	buf_init(&safe, 256 * 1024);
	secret_redact(&red, str_sub(text, 0, SHOWN_BYTES));
	rest = arena_str(a, buf_str(&red));
	while (lines < SHOWN_LINES && str_line(&rest, &line)) {
		buf_clear(&safe);
		utf8_escape(&safe, line, false);
		buf_printf(out, "        | %s\n", buf_c(&safe));
		lines++;
	}
	if (rest.n || text.n > SHOWN_BYTES)
		buf_add_c(out, "        | ...\n");
	buf_release(&red);
	buf_release(&safe);
}

/* All string members of a tool's input that say what was asked, or the text of a result. */
static void put_strings(struct buf *out, struct arena *a, struct jval v, int depth)
{
	static const char *const wanted[] = { "command", "file_path", "path",  "pattern",
					      "content", "text",      "input", "query" };
	struct jit it;
	if (v.type == J_STRING) {
		put_quoted(out, a, jstr_take(a, v.raw));
		return;
	}
	if (depth > 3)
		return;
	jit_init(&it, v);
	while (jit_next(&it)) {
		bool show = v.type == J_ARRAY;
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && !show; i++)
			show = jkey_is(it.key, wanted[i]);
		if (show)
			put_strings(out, a, it.value, depth + 1);
	}
}

static void put_call(struct buf *out, const struct project_report *p, const char *title,
		     const struct call_ref *ref)
{
	struct arena a;
	str line;
	arena_init(&a);
	const struct file_row *row = learn_row(p, ref->file);
	struct buf safe;
	buf_init(&safe, 8192);
	utf8_escape(&safe, row ? row->path : STR("a log that is gone"), false);
	buf_printf(out, "    %s %s:%u", title, buf_c(&safe), ref->line);
	buf_release(&safe);
	if (ref->time)
		buf_printf(out, " at %.*s", STR_ARG(time_format(&a, ref->time)));
	buf_add_ch(out, '\n');
	for (int result = 0; result < 2; result++) {
		struct jval block;
		if (learn_read_record(&a, p, ref, result, &line) &&
		    find_block(jval_of(line), ref->id, 0, &block))
			put_strings(out, &a, block, 0);
		else if (!result)
			buf_add_c(out, "        | the agent has deleted this log; what was learned from it "
				       "is kept\n");
	}
	arena_release(&a);
}

enum status learn_explain(const struct learn_report *r, const char *id, struct buf *out, struct error *err)
{
	for (size_t i = 0; i < r->projects.n; i++) {
		const struct project_report *p = vec_at(&r->projects, i);
		const struct learning *l = learn_find(&p->learned.learnings, id);
		if (!l)
			l = learn_find(&p->learned.suppressed, id);
		if (!l)
			continue;
		const struct candidate *c = &l->c;
		struct arena a;
		arena_init(&a);
		bool unsafe = c->reason == REASON_UNSAFE;
		struct buf safe;
		buf_init(&safe, 8192);
		utf8_escape(&safe, unsafe ? STR("(may not be shown: unsafe)") : c->f.text, false);
		buf_printf(out, "%s  %s\n", c->f.id, buf_c(&safe));
		buf_release(&safe);
		buf_printf(out, "  kind %s, %s, %s\n", finding_types[c->f.kind].name,
			   section_names[finding_types[c->f.kind].section], target_names[c->f.target]);
		if (c->reason != REASON_NONE)
			buf_printf(out, "  not published: %s%s%.*s\n", reason_names[c->reason],
				   c->note.n ? ", " : "", STR_ARG(c->note));
		buf_printf(out, "  proof: %s%s%.*s\n", proof_names[c->f.proof], c->proof_detail.n ? " " : "",
			   STR_ARG(c->proof_detail));
		buf_printf(out,
			   "  evidence: %u failures in %u sessions on %u days, %u against; confidence %.2f, "
			   "about %u tokens lost\n",
			   c->count, c->lineages, c->days, c->negatives, c->confidence, c->tokens_wasted);
		if (c->count)
			buf_printf(out, "  first %.*s, last %.*s\n", STR_ARG(time_format(&a, c->first_ms)),
				   STR_ARG(time_format(&a, c->last_ms)));
		if (c->published_ms)
			buf_printf(out, "  written %.*s; since then %u opportunities, %u relapses\n",
				   STR_ARG(time_format(&a, c->published_ms)), c->opportunities, c->relapses);
		for (uint32_t k = 0; k < l->calls_n && !unsafe; k++) {
			buf_printf(out, "\n  %u.\n", k + 1);
			put_call(out, p, "failed", &l->failed[k]);
			if (l->fixed[k].id)
				put_call(out, p, "worked", &l->fixed[k]);
		}
		arena_release(&a);
		return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "no learning %s here; 'headroom learn -v' lists all", id);
}

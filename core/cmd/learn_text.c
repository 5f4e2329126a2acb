/*
 * The text form of `headroom learn`: per project the failures by class, the learnings with their evidence, on request what was
 * kept back and why, and the change to each file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "core/base/env.h"
#include "core/base/utf8.h"
#include "core/cmd/learn_report.h"

enum role {
	ROLE_PLAIN,
	ROLE_TITLE,
	ROLE_DIM,
	ROLE_ADD,
	ROLE_REMOVE,
	ROLE_HUNK,
	ROLE_WARN
};

static const char *const sgr[] = {
	[ROLE_PLAIN] = "",    [ROLE_TITLE] = "1", [ROLE_DIM] = "2",  [ROLE_ADD] = "32",
	[ROLE_REMOVE] = "31", [ROLE_HUNK] = "36", [ROLE_WARN] = "33"
};

struct page {
	struct buf *out;
	bool color, verbose;
};

static void open_role(struct page *p, enum role role)
{
	if (p->color && role)
		buf_printf(p->out, "\033[%sm", sgr[role]);
}

static void close_role(struct page *p, enum role role)
{
	if (p->color && role)
		buf_add_c(p->out, "\033[0m");
}

static void put(struct page *p, enum role role, str text)
{
	open_role(p, role);
	utf8_escape(p->out, text, false);
	close_role(p, role);
}

static void putf(struct page *p, enum role role, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void putf(struct page *p, enum role role, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put(p, role, str_c(line));
}

static void end_line(struct page *p)
{
	buf_add_ch(p->out, '\n');
}

static void count_word(struct page *p, uint64_t n, const char *one, const char *many)
{
	putf(p, ROLE_PLAIN, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

static const char *tokens_text(uint64_t n, char out[24])
{
	if (n >= 10000000)
		snprintf(out, 24, "%lluM", (unsigned long long)(n / 1000000));
	else if (n >= 10000)
		snprintf(out, 24, "%lluk", (unsigned long long)(n / 1000));
	else
		snprintf(out, 24, "%llu", (unsigned long long)n);
	return out;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static void put_head(struct page *p, const struct project_report *r)
{
	const struct study *s = &r->learned.study;
	put(p, ROLE_TITLE, r->project.root);
	if (!r->project.exists)
		put(p, ROLE_WARN,
		    STR("  (this folder does not exist; --moved-from reads its sessions as another "
			"project's)"));
	end_line(p);
	buf_add_c(p->out, "  ");
	count_word(p, s->sessions, "session", "sessions");
	buf_add_c(p->out, ", ");
	count_word(p, s->calls, "tool call", "tool calls");
	buf_add_c(p->out, ", ");
	count_word(p, s->failures, "failure", "failures");
	if (s->calls)
		putf(p, ROLE_PLAIN, " (%.1f %%)", 100.0 * s->failures / s->calls);
	buf_add_c(p->out, "\n\n");
}

static void put_classes(struct page *p, const struct study *s)
{
	int order[FAIL_COUNT], n = 0;
	for (int k = 1; k < FAIL_COUNT; k++)
		if (s->by_class[k])
			order[n++] = k;
	for (int i = 1; i < n; i++)
		for (int k = i; k > 0 && s->by_class[order[k]] > s->by_class[order[k - 1]]; k--) {
			int t = order[k];
			order[k] = order[k - 1];
			order[k - 1] = t;
		}
	for (int i = 0; i < n; i++)
		putf(p, ROLE_PLAIN, "  %6u  %s", s->by_class[order[i]], failure_types[order[i]].name),
			end_line(p);
	if (n)
		end_line(p);
}

static void put_learning(struct page *p, const struct learning *l)
{
	const struct candidate *c = &l->c;
	char tokens[24];
	buf_add_c(p->out, "  ");
	put(p, ROLE_DIM, str_c(c->f.id));
	putf(p, c->f.state == STATE_NEW ? ROLE_ADD : ROLE_DIM, " %-6s ", state_names[c->f.state]);
	put(p, ROLE_PLAIN, c->f.text);
	end_line(p);
	buf_add_c(p->out, "                  ");
	open_role(p, ROLE_DIM);
	if (c->count == 0) {
		buf_add_c(p->out, "kept as it stands in the file");
	} else {
		buf_printf(p->out, "failed %u time%s in %u session%s, ~%s tokens", c->count,
			   c->count == 1 ? "" : "s", c->lineages, c->lineages == 1 ? "" : "s",
			   tokens_text(c->tokens_wasted, tokens));
		if (c->negatives)
			buf_printf(p->out, ", %u against", c->negatives);
	}
	buf_printf(p->out, "; proof: %s", proof_names[c->f.proof]);
	if (c->proof_detail.n) {
		buf_add_ch(p->out, ' ');
		utf8_escape(p->out,
			    c->f.proof == PROOF_GIT_RENAME ? str_sub(c->proof_detail, 0, 10)
							   : c->proof_detail,
			    false);
	}
	if (c->f.target == TARGET_MEMORY)
		buf_add_c(p->out, "; memory");
	close_role(p, ROLE_DIM);
	end_line(p);
}

static void put_suppressed(struct page *p, const struct learning *l)
{
	const struct candidate *c = &l->c;
	buf_add_c(p->out, "  ");
	put(p, ROLE_DIM, str_c(c->f.id));
	putf(p, ROLE_WARN, " %-18s ", reason_names[c->reason]);
	if (c->reason == REASON_UNSAFE)
		putf(p, ROLE_DIM, "a learning of kind %s that may not be written",
		     finding_types[c->f.kind].name);
	else
		put(p, ROLE_PLAIN, c->f.text);
	if (c->note.n) {
		put(p, ROLE_DIM, STR(" ("));
		put(p, ROLE_DIM, c->note);
		if (c->reason == REASON_ALREADY_DOCUMENTED && l->broken)
			putf(p, ROLE_DIM, ", broken %u time%s since", l->broken, l->broken == 1 ? "" : "s");
		put(p, ROLE_DIM, STR(")"));
	}
	putf(p, ROLE_DIM, " %ux in %u", c->count, c->lineages);
	end_line(p);
}

static void put_stale(struct page *p, const struct project_report *r)
{
	for (size_t i = 0; i < r->learned.stale.n; i++) {
		const struct stale_rule *s = vec_at(&r->learned.stale, i);
		buf_add_c(p->out, "  ");
		put(p, ROLE_WARN, STR("stale rule "));
		put(p, ROLE_PLAIN, s->path);
		putf(p, ROLE_PLAIN, ":%u names ", s->line);
		put(p, ROLE_PLAIN, s->token);
		if (s->right.n) {
			buf_add_c(p->out, ", which is now ");
			put(p, ROLE_PLAIN, s->right);
		}
		end_line(p);
	}
	if (r->learned.stale.n)
		end_line(p);
}

static void put_diff(struct page *p, str diff)
{
	str line;
	while (str_line(&diff, &line)) {
		enum role role = ROLE_PLAIN;
		if (str_starts_c(line, "+++") || str_starts_c(line, "---"))
			role = ROLE_TITLE;
		else if (str_starts_c(line, "@@"))
			role = ROLE_HUNK;
		else if (str_starts_c(line, "+"))
			role = ROLE_ADD;
		else if (str_starts_c(line, "-"))
			role = ROLE_REMOVE;
		open_role(p, role);
		utf8_escape(p->out, line, true);
		close_role(p, role);
		end_line(p);
	}
}

static bool put_files(struct page *p, const struct project_report *r, bool refusals)
{
	struct arena a;
	bool any = false;
	arena_init(&a);
	for (size_t i = 0; i < r->plans.n; i++) {
		const struct plan_file *f = vec_at(&r->plans, i);
		if (f->action == ACTION_REFUSE && refusals) {
			put(p, ROLE_WARN, STR("  not written: "));
			put(p, ROLE_PLAIN, f->reason);
			end_line(p);
		}
		str diff = plan_diff(&a, f);
		any |= diff.n > 0;
		put_diff(p, diff);
	}
	arena_release(&a);
	return any;
}

static void put_project(struct page *p, const struct project_report *r, bool applied)
{
	const struct learned *l = &r->learned;
	put_head(p, r);
	put_classes(p, &l->study);
	for (size_t i = 0; i < l->learnings.n; i++)
		put_learning(p, vec_at(&l->learnings, i));
	if (!l->learnings.n)
		put(p, ROLE_PLAIN, STR("  Nothing proven enough to write down.")), end_line(p);
	if (r->memory_disabled)
		put(p, ROLE_DIM, STR("  The agent's memory file is switched off; nothing goes there.")),
			end_line(p);
	end_line(p);
	put_stale(p, r);
	if (p->verbose) {
		for (size_t i = 0; i < l->suppressed.n; i++)
			put_suppressed(p, vec_at(&l->suppressed, i));
		if (l->suppressed.n)
			end_line(p);
	} else if (l->suppressed.n) {
		putf(p, ROLE_DIM, "  %zu more kept back (-v shows them and why)", l->suppressed.n);
		buf_add_c(p->out, "\n\n");
	}
	if (applied)
		return;
	if (put_files(p, r, true)) {
		end_line(p);
		put(p, ROLE_DIM,
		    STR("  headroom learn --apply writes this; --explain ID shows where a line comes from"));
		end_line(p);
	}
}

void learn_text(const struct learn_report *r, struct buf *out)
{
	struct page p = { .out = out, .color = r->color, .verbose = r->verbose };
	for (size_t i = 0; i < r->projects.n; i++) {
		if (i)
			end_line(&p);
		put_project(&p, vec_at(&r->projects, i), r->applied);
	}
	if (r->index.lines_skipped || r->index.unreadable || (r->verbose && r->index.unknown_kinds)) {
		putf(&p, ROLE_DIM,
		     "  %u unreadable line%s skipped, %u file%s unreadable, %u record%s of unknown kinds",
		     r->index.lines_skipped, r->index.lines_skipped == 1 ? "" : "s", r->index.unreadable,
		     r->index.unreadable == 1 ? "" : "s", r->index.unknown_kinds,
		     r->index.unknown_kinds == 1 ? "" : "s");
		end_line(&p);
	}
	if (r->verbose) {
		putf(&p, ROLE_DIM, "  %llu logs, %.1f MB, %.1f MB read now, %lld ms",
		     (unsigned long long)r->index.found, (double)r->index.bytes / 1e6,
		     (double)r->index.bytes_read / 1e6, (long long)r->ms);
		end_line(&p);
	}
}

void learn_diff(const struct learn_report *r, struct buf *out, bool color)
{
	struct page p = { .out = out, .color = color };
	for (size_t i = 0; i < r->projects.n; i++)
		put_files(&p, vec_at(&r->projects, i), false);
}

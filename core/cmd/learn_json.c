/*
 * The JSON form of `headroom learn`, as promised in the manual: fields may be added, none changes its meaning.
 */
#include "core/base/env.h"
#include "core/cmd/learn_report.h"
#include "core/json/jput.h"

static void put_calls(struct jput *j, const struct project_report *p, const struct learning *l)
{
	struct arena a;
	arena_init(&a);
	jput_key(j, "calls");
	jput_array(j);
	for (uint32_t i = 0; i < l->calls_n; i++) {
		jput_object(j);
		jput_kstr(j, "session", learn_session_name(&a, p, l->failed[i].file));
		jput_kstr(j, "failed", learn_call_id(&a, p, &l->failed[i]));
		jput_kstr(j, "fixed", learn_call_id(&a, p, &l->fixed[i]));
		jput_end(j);
	}
	jput_end(j);
	arena_release(&a);
}

static void put_time(struct jput *j, const char *key, int64_t ms)
{
	struct arena a;
	arena_init(&a);
	jput_key(j, key);
	if (ms)
		jput_str(j, time_format(&a, ms));
	else
		jput_null(j);
	arena_release(&a);
}

static void put_finding(struct jput *j, const struct learning *l)
{
	const struct finding *f = &l->c.f;
	jput_kstr(j, "id", str_c(f->id));
	jput_kstr(j, "kind", str_c(finding_types[f->kind].name));
	jput_kstr(j, "section", str_c(section_names[finding_types[f->kind].section]));
	jput_kstr(j, "target", str_c(target_names[f->target]));
	jput_kstr(j, "wrong", f->wrong);
	jput_kstr(j, "right", f->right);
	jput_kstr(j, "text", f->text);
}

static void put_evidence(struct jput *j, const struct project_report *p, const struct learning *l, bool calls)
{
	const struct candidate *c = &l->c;
	jput_key(j, "evidence");
	jput_object(j);
	jput_kint(j, "count", c->count);
	jput_kint(j, "lineages", c->lineages);
	jput_kint(j, "days", c->days);
	jput_kint(j, "negatives", c->negatives);
	put_time(j, "first", c->count ? c->first_ms : 0);
	put_time(j, "last", c->count ? c->last_ms : 0);
	if (calls)
		put_calls(j, p, l);
	jput_end(j);
}

static void put_learning(struct jput *j, const struct project_report *p, const struct learning *l)
{
	const struct candidate *c = &l->c;
	jput_object(j);
	put_finding(j, l);
	put_evidence(j, p, l, true);
	jput_kstr(j, "proof", str_c(proof_names[c->f.proof]));
	jput_kstr(j, "proof_detail", c->proof_detail);
	jput_kreal(j, "confidence", c->confidence, 2);
	jput_kint(j, "tokens_wasted", c->tokens_wasted);
	jput_kstr(j, "state", str_c(state_names[c->f.state]));
	if (c->published_ms) {
		put_time(j, "published", c->published_ms);
		jput_kint(j, "opportunities", c->opportunities);
		jput_kint(j, "relapses", c->relapses);
	}
	jput_end(j);
}

/* What is unsafe is told by kind and place only: its words may be a secret or an instruction. */
static void put_suppressed(struct jput *j, const struct project_report *p, const struct learning *l)
{
	const struct candidate *c = &l->c;
	bool hide = c->reason == REASON_UNSAFE;
	jput_object(j);
	jput_kstr(j, "id", str_c(c->f.id));
	jput_kstr(j, "kind", str_c(finding_types[c->f.kind].name));
	jput_kstr(j, "wrong", hide ? STR("") : c->f.wrong);
	jput_kstr(j, "right", hide ? STR("") : c->f.right);
	jput_kstr(j, "reason", str_c(reason_names[c->reason]));
	jput_kstr(j, "note", c->note);
	put_evidence(j, p, l, false);
	if (c->reason == REASON_ALREADY_DOCUMENTED)
		jput_kint(j, "broken", l->broken);
	jput_end(j);
}

static void put_classes(struct jput *j, const struct study *s)
{
	jput_key(j, "failures_by_class");
	jput_object(j);
	for (int k = 1; k < FAIL_COUNT; k++)
		if (s->by_class[k])
			jput_kint(j, failure_types[k].name, s->by_class[k]);
	jput_end(j);
}

static void put_project(struct jput *j, const struct project_report *p)
{
	const struct study *s = &p->learned.study;
	jput_object(j);
	jput_kstr(j, "root", p->project.root);
	jput_key(j, "agents");
	jput_array(j);
	for (size_t i = 0; i < p->agents.n; i++)
		jput_str(j, *(str *)vec_at(&p->agents, i));
	jput_end(j);
	jput_kint(j, "sessions", s->sessions);
	jput_kint(j, "lineages", (int64_t)s->lineages.n);
	jput_kint(j, "calls", s->calls);
	jput_kint(j, "failures", s->failures);
	put_classes(j, s);
	jput_key(j, "learnings");
	jput_array(j);
	for (size_t i = 0; i < p->learned.learnings.n; i++)
		put_learning(j, p, vec_at(&p->learned.learnings, i));
	jput_end(j);
	jput_key(j, "suppressed");
	jput_array(j);
	for (size_t i = 0; i < p->learned.suppressed.n; i++)
		put_suppressed(j, p, vec_at(&p->learned.suppressed, i));
	jput_end(j);
	jput_key(j, "stale_rules");
	jput_array(j);
	for (size_t i = 0; i < p->learned.stale.n; i++) {
		const struct stale_rule *r = vec_at(&p->learned.stale, i);
		jput_object(j);
		jput_kstr(j, "path", r->path);
		jput_kint(j, "line", r->line);
		jput_kstr(j, "names", r->token);
		jput_kstr(j, "right", r->right);
		jput_end(j);
	}
	jput_end(j);
	jput_key(j, "files");
	jput_array(j);
	for (size_t i = 0; i < p->plans.n; i++) {
		const struct plan_file *f = vec_at(&p->plans, i);
		struct arena a;
		arena_init(&a);
		jput_object(j);
		jput_kstr(j, "path", f->shown);
		jput_kstr(j, "action", str_c(action_names[f->action]));
		jput_kstr(j, "diff", plan_diff(&a, f));
		if (f->action == ACTION_REFUSE)
			jput_kstr(j, "reason", f->reason);
		jput_end(j);
		arena_release(&a);
	}
	jput_end(j);
	jput_end(j);
}

void learn_json(const struct learn_report *r, struct buf *out)
{
	struct jput j;
	jput_init(&j, out, true);
	jput_object(&j);
	jput_kint(&j, "version", 1);
	jput_key(&j, "index");
	jput_object(&j);
	jput_kint(&j, "files", (int64_t)r->index.found);
	jput_kint(&j, "bytes", (int64_t)r->index.bytes);
	jput_kint(&j, "bytes_read", (int64_t)r->index.bytes_read);
	jput_kint(&j, "lines_skipped", r->index.lines_skipped);
	jput_kint(&j, "unknown_records", r->index.unknown_kinds);
	jput_kint(&j, "unreadable_files", r->index.unreadable);
	jput_kint(&j, "ms", r->ms);
	jput_end(&j);
	jput_key(&j, "projects");
	jput_array(&j);
	for (size_t i = 0; i < r->projects.n; i++)
		put_project(&j, vec_at(&r->projects, i));
	jput_end(&j);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

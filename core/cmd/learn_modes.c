/*
 * What `headroom learn` does besides showing: write, take back, remove, forget, reject, allow.
 */
#include "core/base/env.h"
#include "core/cmd/command.h"
#include "core/cmd/learn_run.h"

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static str file_of_target(const struct project_report *p, enum target t)
{
	for (size_t i = 0; i < p->plans.n; i++) {
		const struct plan_file *f = vec_at(&p->plans, i);
		if (f->target == t)
			return f->path;
	}
	return STR("");
}

/* What was written is remembered: the learnings with their words, and those that left the block. */
static enum status remember_written(struct learn_run *run, struct project_report *p, const struct vec *ids,
				    struct error *err)
{
	enum status st = STATUS_OK;
	for (size_t i = 0; i < p->learned.learnings.n && st == STATUS_OK; i++) {
		const struct learning *l = vec_at(&p->learned.learnings, i);
		const struct finding *f = &l->c.f;
		bool chosen = ids->n == 0 || f->state != STATE_NEW;
		for (size_t k = 0; k < ids->n && !chosen; k++)
			chosen = str_eq_c(str_c(f->id), *(const char **)vec_at(ids, k));
		if (!chosen)
			continue;
		struct item_row row = { .project = learn_key(p),
					.id = str_c(f->id),
					.kind = str_c(finding_types[f->kind].name),
					.target = str_c(target_names[f->target]),
					.wrong = f->wrong,
					.right = f->right,
					.about = f->about,
					.text = f->text,
					.file = file_of_target(p, f->target),
					.verdict =
						f->state == STATE_PINNED ? VERDICT_PINNED : VERDICT_PUBLISHED,
					.first_ms = l->c.published_ms ? l->c.published_ms : env_now_ms(),
					.last_ms = env_now_ms(),
					.head = tree_head(p->tree),
					.opportunities = l->c.opportunities,
					.relapses = l->c.relapses };
		st = store_item_put(run->store, &row, err);
	}
	for (size_t i = 0; i < p->items.n && st == STATUS_OK; i++) {
		struct item_row row = *(struct item_row *)vec_at(&p->items, i);
		if (row.verdict != VERDICT_PUBLISHED ||
		    learn_find(&p->learned.learnings, arena_c(p->arena, row.id)))
			continue;
		row.verdict = VERDICT_RETIRED;
		bool decided = false;
		for (size_t k = 0; k < p->learned.decided.n; k++)
			decided |= str_eq(((struct item_row *)vec_at(&p->learned.decided, k))->id, row.id);
		if (!decided)
			st = store_item_put(run->store, &row, err);
	}
	return st;
}

enum status learn_apply(struct learn_run *run, struct project_report *p, const struct vec *ids, bool take_out,
			struct error *err)
{
	size_t changed = 0;
	learn_plan_files(p, ids, take_out);
	enum status st =
		plan_apply(arena_c(p->arena, run->home), learn_key(p), p->plans.p, p->plans.n, &changed, err);
	if (st != STATUS_OK)
		return st;
	if (take_out) {
		for (size_t i = 0; i < p->items.n && st == STATUS_OK; i++) {
			const struct item_row *row = vec_at(&p->items, i);
			if (row->verdict == VERDICT_PUBLISHED)
				st = store_item_delete(run->store, learn_key(p), row->id, err);
		}
	} else {
		st = remember_written(run, p, ids, err);
	}
	for (size_t i = 0; i < p->plans.n; i++) {
		const struct plan_file *f = vec_at(&p->plans, i);
		if (f->action == ACTION_REFUSE && f->soft)
			tell("headroom: not written: %.*s\n", STR_ARG(f->reason));
		if (f->action == ACTION_CREATE || f->action == ACTION_UPDATE)
			tell("headroom: %s %.*s\n",
			     f->remove			  ? "removed"
			     : f->action == ACTION_CREATE ? "created"
							  : "updated",
			     STR_ARG(f->path));
	}
	if (run->o.local && p->project.git && changed && !tree_ignored(p->tree, STR("CLAUDE.local.md")))
		tell("headroom: warning: git does not ignore CLAUDE.local.md; add it to .gitignore or "
		     ".git/info/exclude\n");
	if (!changed)
		tell("headroom: nothing to write, the files are up to date\n");
	run->r.applied = true;
	return st;
}

/* ---- the other modes --------------------------------------------------------------------------------------------- */

enum status learn_undo(struct learn_run *run, struct project_report *p, struct error *err)
{
	struct buf told;
	size_t restored = 0;
	buf_init(&told, 1 << 16);
	enum status st = plan_undo(arena_c(p->arena, run->home), learn_key(p), &restored, &told, err);
	if (st == STATUS_OK) {
		/* what no longer stands was taken back, not rejected */
		st = store_items(run->store, p->arena, learn_key(p), &p->items, err);
		for (size_t i = 0; i < p->items.n && st == STATUS_OK && restored; i++) {
			const struct item_row *row = vec_at(&p->items, i);
			if (row->verdict == VERDICT_PUBLISHED)
				st = store_item_delete(run->store, learn_key(p), row->id, err);
		}
		tell("%s", restored ? buf_c(&told) : "headroom: nothing to undo\n");
	}
	buf_release(&told);
	return st;
}

enum status learn_forget(struct learn_run *run, struct project_report *p, struct error *err)
{
	struct vec ids;
	vec_init(&ids, sizeof(int64_t));
	enum status st = store_files(run->store, p->arena, &run->r.index.files, err);
	if (st == STATUS_OK)
		learn_claim_rows(run, p);
	for (size_t i = 0; i < p->rows.n; i++)
		*(int64_t *)vec_push(&ids) = (*(const struct file_row **)vec_at(&p->rows, i))->id;
	if (st == STATUS_OK)
		st = store_forget(run->store, learn_key(p), ids.p, ids.n, err);
	struct buf scope;
	buf_init(&scope, 64);
	buf_printf(&scope, "tree:%s", p->project.key);
	if (st == STATUS_OK)
		st = store_doc_clear(run->store, buf_str(&scope), err);
	buf_release(&scope);
	if (st == STATUS_OK)
		st = plan_forget(arena_c(p->arena, run->home), learn_key(p), err);
	if (st == STATUS_OK)
		tell("headroom: forgot %zu session files and every decision about %.*s\n", ids.n,
		     STR_ARG(p->project.root));
	vec_release(&ids);
	return st;
}

const struct learning *learn_find(const struct vec *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct learning *l = vec_at(list, i);
		if (str_eq_c(str_c(id), l->c.f.id))
			return l;
	}
	return NULL;
}

enum status learn_reject(struct learn_run *run, struct project_report *p, const char *id, struct error *err)
{
	const struct learning *l = learn_find(&p->learned.learnings, id);
	if (!l)
		l = learn_find(&p->learned.suppressed, id);
	if (!l)
		return error_set(err, STATUS_NOT_FOUND,
				 "no learning %s about %.*s; 'headroom learn -v' lists all", id,
				 STR_ARG(p->project.root));
	const struct finding *f = &l->c.f;
	struct item_row row = { .project = learn_key(p),
				.id = str_c(id),
				.kind = str_c(finding_types[f->kind].name),
				.target = str_c(target_names[f->target]),
				.wrong = f->wrong,
				.right = f->right,
				.about = f->about,
				.text = f->text,
				.file = STR(""),
				.verdict = VERDICT_REJECTED,
				.first_ms = env_now_ms(),
				.last_ms = env_now_ms(),
				.head = tree_head(p->tree) };
	enum status st = store_item_put(run->store, &row, err);
	if (st == STATUS_OK)
		tell("headroom: rejected %s; --allow %s lifts that\n", id, id);
	return st;
}

enum status learn_allow(struct learn_run *run, struct project_report *p, const char *id, struct error *err)
{
	enum status st = store_items(run->store, p->arena, learn_key(p), &p->items, err);
	for (size_t i = 0; i < p->items.n && st == STATUS_OK; i++) {
		const struct item_row *row = vec_at(&p->items, i);
		if (str_eq_c(row->id, id) && row->verdict == VERDICT_REJECTED) {
			st = store_item_delete(run->store, learn_key(p), row->id, err);
			if (st == STATUS_OK)
				tell("headroom: %s may be proposed again\n", id);
			return st;
		}
	}
	return st == STATUS_OK ? error_set(err, STATUS_NOT_FOUND, "%s was not rejected", id) : st;
}

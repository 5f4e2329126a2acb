/*
 * The driver: reads each lineage's digests and shows every call once to every analyzer.
 */
#include "analyzers/study.h"
#include "core/base/fs.h"

/* ---- reading a lineage ------------------------------------------------------------------------------------------- */

struct reading {
	struct study *s;
	thread_fn *fn;
	void *ctx;
	struct vec tainted; /* hashes of threads that used web or external tools */
};

static bool is_tainted(const struct reading *r, uint64_t thread)
{
	for (size_t i = 0; i < r->tainted.n; i++)
		if (*(uint64_t *)vec_at(&r->tainted, i) == thread)
			return true;
	return false;
}

static void resolve(struct study *s, struct arena *a, struct step *step)
{
	const struct entry *e = step->e;
	if (e->kind == ENTRY_CALL && e->tool != TOOL_SHELL && e->tool != TOOL_POWERSHELL && e->arg.n)
		step->has_path = project_resolve(s->project, a, e->cwd, e->arg, &step->path);
}

/* Splits entries by thread and hands each thread over; the first `todo` entries are to be judged. */
static void split(struct reading *r, struct arena *a, const struct vec *entries, size_t todo, int64_t file)
{
	struct map64 threads; /* thread -> index in runs */
	struct vec runs;
	struct {
		size_t n, todo;
	} * run;
	map64_init(&threads);
	vec_init(&runs, sizeof(*run));
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *e = vec_at(entries, i);
		if (e->kind == ENTRY_SESSION)
			continue;
		bool fresh = false;
		uint64_t *at = map64_put(&threads, e->thread, &fresh);
		if (fresh) {
			*at = runs.n;
			vec_push(&runs);
		}
		run = vec_at(&runs, *at);
		run->n++;
		run->todo += i < todo;
	}
	for (size_t k = 0; k < threads.n; k++) {
		run = vec_at(&runs, k);
		uint64_t id = threads.entries[k].key;
		struct thread t = { .study = r->s,
				    .project = r->s->project,
				    .arena = a,
				    .n = 0,
				    .todo = run->todo,
				    .file = file };
		t.tainted_before = is_tainted(r, id);
		t.steps = arena_array(a, run->n + 1, sizeof(*t.steps));
		for (size_t i = 0; i < entries->n; i++) {
			const struct entry *e = vec_at(entries, i);
			if (e->thread != id || e->kind == ENTRY_SESSION)
				continue;
			t.steps[t.n].e = e;
			resolve(r->s, a, &t.steps[t.n++]);
		}
		r->fn(r->ctx, &t);
		if (!t.tainted_before && thread_tainted(&t, t.todo))
			*(uint64_t *)vec_push(&r->tainted) = id;
	}
	map64_release(&threads);
	vec_release(&runs);
}

static enum status load_segment(struct study *s, struct arena *a, const struct file_row *row, uint32_t k,
				struct vec *entries, struct buf *packed, struct error *err)
{
	str held;
	if (store_segment_held(s->store, row->id, k, &held)) {
		digest_unpack(a, held, entries);
		return STATUS_OK;
	}
	buf_clear(packed);
	pthread_mutex_lock(s->store_lock);
	enum status st = store_segment_get(s->store, row->id, k, packed, err);
	pthread_mutex_unlock(s->store_lock);
	if (st == STATUS_OK)
		digest_unpack(a, buf_str(packed), entries); /* a damaged segment adds nothing */
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status lineage_read(struct study *s, const struct lineage_files *files, thread_fn *fn, void *ctx,
			 struct error *err)
{
	struct reading r = { .s = s, .fn = fn, .ctx = ctx };
	struct arena a;
	struct vec entries;
	struct buf packed;
	enum status st = STATUS_OK;
	arena_init(&a);
	vec_init(&entries, sizeof(struct entry));
	vec_init(&r.tainted, sizeof(uint64_t));
	buf_init(&packed, SIZE_MAX);
	for (size_t f = 0; f < files->n && st == STATUS_OK; f++) {
		const struct file_row *row = files->rows[f];
		vec_clear(&r.tainted);
		for (uint32_t k = 0; k < row->segments && st == STATUS_OK; k++) {
			/* the segment and the one behind it, to look ahead into */
			vec_clear(&entries);
			arena_reset(&a);
			st = load_segment(s, &a, row, k, &entries, &packed, err);
			size_t todo = entries.n;
			if (st == STATUS_OK && k + 1 < row->segments)
				st = load_segment(s, &a, row, k + 1, &entries, &packed, err);
			if (st == STATUS_OK)
				split(&r, &a, &entries, todo, row->id);
		}
	}
	arena_release(&a);
	vec_release(&entries);
	vec_release(&r.tainted);
	buf_release(&packed);
	return st;
}

/* ---- the pass ---------------------------------------------------------------------------------------------------- */

struct pass {
	struct study *s; /* of the worker */
	void **states;
	bool misses_paths; /* the lineage has paths that were not where they were looked for */
};

static bool inside(const struct study *s, struct arena *a, const struct entry *e)
{
	str rel;
	return e->cwd.n == 0 || project_resolve(s->project, a, e->cwd, STR("."), &rel);
}

/* A '>' that is neither 2>&1 nor into /dev/null. */
static bool redirects(str command)
{
	for (size_t i = 0; i < command.n; i++) {
		if (command.p[i] != '>')
			continue;
		str target = str_trim(str_from(command, i + 1));
		if (!str_starts_c(target, "&") && !str_starts_c(target, "/dev/null") &&
		    !str_starts_c(target, ">&"))
			return true;
	}
	return false;
}

/* Paths that the lineage's agent wrote, moved or removed: what fails there afterwards is its own doing. */
static void note_touched(struct study *s, struct thread *t, size_t i)
{
	struct step *step = &t->steps[i];
	const struct entry *e = step->e;
	if (!step_worked(step))
		return;
	if ((e->tool == TOOL_WRITE || e->tool == TOOL_EDIT) && step->has_path) {
		map64_put(&s->touched, key_path(step->path), NULL);
		return;
	}
	if (!step_is_shell(step))
		return;
	static const char *const tells[] = { "mv ", "rm ", "cp ", "touch ", "mkdir ", "ln " };
	bool tell = false;
	for (size_t k = 0; k < sizeof(tells) / sizeof(tells[0]) && !tell; k++)
		tell = str_has_c(e->arg, tells[k]);
	if (!tell && !redirects(e->arg))
		return;
	size_t n;
	const struct form *forms = step_forms(t, i, &n);
	for (size_t k = 0; k < n; k++) {
		if (!(form_changes(&forms[k]) & CHANGE_MOVE) || !forms[k].dir.p)
			continue;
		for (size_t w = 0; w < forms[k].args_n; w++) {
			str rel, arg = forms[k].args[w];
			const char *dir = project_path(s->project, t->arena, forms[k].dir);
			if (arg.n && arg.p[0] != '-' &&
			    project_resolve(s->project, t->arena, str_c(dir), arg, &rel))
				map64_put(&s->touched, key_path(rel), NULL);
		}
	}
	for (size_t c = 0; n && c < step->script.n; c++)
		for (size_t k = 0; k < step->script.commands[c].redirects_n; k++) {
			const struct shell_redirect *to = &step->script.commands[c].redirects[k];
			str rel;
			if ((to->op == '>' || to->op == 'a') &&
			    project_resolve(s->project, t->arena, e->cwd, to->target.text, &rel))
				map64_put(&s->touched, key_path(rel), NULL);
		}
}

static void judge_thread(void *ctx, struct thread *t)
{
	struct pass *p = ctx;
	struct study *s = p->s;
	struct lineage *l = vec_at(&s->lineages, s->lineage);
	const struct entry *last = NULL; /* whose folder was looked at */
	bool last_inside = false;
	for (size_t i = 0; i < t->todo; i++) {
		const struct entry *e = t->steps[i].e;
		if (e->time) {
			if (!l->first_ms || e->time < l->first_ms)
				l->first_ms = e->time;
			if (e->time > l->last_ms)
				l->last_ms = e->time;
		}
		if (e->kind != ENTRY_CALL)
			continue;
		if (p->misses_paths)
			note_touched(s, t, i);
		bool fresh = false;
		map64_put(&s->seen, e->id, &fresh);
		if (!fresh)
			continue;
		if (!last || !str_eq(last->cwd, e->cwd))
			last_inside = inside(s, t->arena, e);
		last = e;
		if (!last_inside)
			continue;
		s->calls++;
		l->calls++;
		if (e->class != FAIL_NONE) {
			s->failures++;
			s->by_class[e->class]++;
		}
		for (size_t k = 0; analyzers[k]; k++)
			analyzers[k]->event(p->states[k], t, i);
	}
}

struct drive {
	void **states; /* analyzers' memory, one row a worker */
	size_t analyzers_n;
};

static enum status judge_lineage(void *ctx, struct study *own, int worker, size_t lineage,
				 const struct lineage_files *files, struct error *err)
{
	struct drive *d = ctx;
	struct pass p = { .s = own, .states = d->states + (size_t)worker * d->analyzers_n };
	struct lineage *l = vec_at(&own->lineages, lineage);
	l->files = (uint32_t)files->n;
	map64_clear(&own->touched);
	map64_clear(&own->seen);
	for (size_t f = 0; f < files->n; f++)
		p.misses_paths |=
			(files->rows[f]->failures & (1u << FAIL_PATH_MISSING | 1u << FAIL_WRONG_CWD)) != 0;
	for (size_t f = 0; f < files->n; f++)
		own->sessions += files->rows[f]->parent.n == 0 &&
				 !str_starts_c(path_base(files->rows[f]->path), "agent-");
	return lineage_read(own, files, judge_thread, &p, err);
}

enum status drive(struct study *s, const struct vec *groups, struct error *err)
{
	struct arena a;
	struct drive d = { .states = NULL };
	int jobs = s->jobs < 1 ? 1 : s->jobs;
	arena_init(&a);
	while (analyzers[d.analyzers_n])
		d.analyzers_n++;
	d.states = arena_array(&a, (size_t)jobs * d.analyzers_n, sizeof(*d.states));
	for (size_t i = 0; i < (size_t)jobs * d.analyzers_n; i++)
		d.states[i] = arena_alloc(&a, analyzers[i % d.analyzers_n]->state_size);
	for (size_t i = 0; i < groups->n; i++)
		vec_push(&s->lineages);
	enum status st = lineage_each(s, groups, judge_lineage, &d, err);
	arena_release(&a);
	return st;
}

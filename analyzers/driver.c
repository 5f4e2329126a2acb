/*
 * The driver: reads each lineage's digests and shows every call once to every analyzer.
 */
#include "analyzers/classify.h"
#include "analyzers/study.h"
#include "core/base/fs.h"

/* ---- steps ------------------------------------------------------------------------------------------------------- */

#define FORMS_MAX 24 /* commands of one script that are compared */

bool step_is_shell(const struct step *s)
{
	return s->e->kind == ENTRY_CALL && s->e->tool == TOOL_SHELL;
}

bool step_worked(const struct step *s)
{
	return s->e->kind == ENTRY_CALL && s->e->class == FAIL_NONE &&
	       (s->e->outcome == OUTCOME_OK || s->e->outcome == OUTCOME_BACKGROUND);
}

const struct form *step_forms(struct thread *t, size_t i, size_t *n)
{
	struct step *s = &t->steps[i];
	*n = 0;
	if (!step_is_shell(s) || (s->e->flags & ENTRY_LONG))
		return NULL;
	if (!s->parsed) {
		s->parsed = true;
		shell_parse(t->arena, s->e->arg, &s->script);
		if (!s->script.incomplete) {
			struct form forms[FORMS_MAX];
			s->forms_n = form_list(t->arena, t->study->project, s->e->cwd, &s->script, forms, FORMS_MAX);
			s->forms = arena_array(t->arena, s->forms_n + 1, sizeof(*s->forms));
			memcpy(s->forms, forms, s->forms_n * sizeof(*s->forms));
		}
	}
	*n = s->forms_n;
	return s->forms;
}

const struct form *step_blamed(struct thread *t, size_t i)
{
	size_t n;
	const struct form *forms = step_forms(t, i, &n);
	int segment = t->steps[i].e->segment;
	for (size_t k = 0; k < n && segment >= 0; k++)
		if (forms[k].segment == segment)
			return &forms[k];
	return NULL;
}

size_t thread_horizon(const struct thread *t, size_t i)
{
	unsigned calls = 0, users = 0;
	size_t j = i + 1;
	for (; j < t->n; j++) {
		enum entry_kind kind = t->steps[j].e->kind;
		if ((kind == ENTRY_USER || kind == ENTRY_INTERRUPT) && ++users > HORIZON_USERS)
			break;
		if (kind == ENTRY_CALL && ++calls > HORIZON_CALLS)
			break;
	}
	return j;
}

static bool word_is(str w, const char *const *list)
{
	for (; *list; list++)
		if (str_eq_c(w, *list))
			return true;
	return false;
}

static str first_word(const struct form *f)
{
	for (size_t i = 0; i < f->args_n; i++)
		if (f->args[i].n && f->args[i].p[0] != '-')
			return f->args[i];
	return (str){ NULL, 0 };
}

unsigned form_changes(const struct form *f)
{
	static const char *const movers[] = { "mv", "cp", "rm", "mkdir", "rmdir", "ln", "tee", "touch", "unzip", "tar", "rsync",
					      "install", "patch", NULL };
	static const char *const git_moves[] = { "checkout", "switch", "stash", "pull", "merge", "rebase", "reset", "apply", "am",
						 "cherry-pick", "restore", "revert", "mv", "rm", "clean", "clone", "worktree",
						 "submodule", "fetch", NULL };
	static const char *const managers[] = { "npm", "pnpm", "yarn", "bun", "pip", "pip3", "uv", "poetry", "pdm", "pipenv",
						"bundle", "cargo", "go", "composer", "apt-get", "apt", "brew", "gem", "conda",
						"mamba", "rustup", "dotnet", "mix", "rye", "hatch", "pixi", "corepack", "nvm", NULL };
	static const char *const installs[] = { "install", "i", "ci", "add", "sync", "update", "upgrade", "restore", "get", "mod",
						"lock", "deps.get", "bootstrap", "enable", "use", NULL };
	static const char *const generators[] = { "generate", "gen", "codegen", "migrate", "build", "compile", "setup", "init",
						  "bootstrap", "configure", "prepare", "proto", "seed", NULL };
	static const char *const starters[] = { "up", "start", "serve", "dev", "run", NULL };
	str p = path_base(f->program), w = first_word(f);
	if (str_eq_c(p, "git"))
		return word_is(w, git_moves) ? CHANGE_MOVE : 0;
	if (word_is(p, movers))
		return CHANGE_MOVE;
	if (str_eq_c(p, "sleep"))
		return CHANGE_START;
	if (word_is(p, managers) && (word_is(w, installs) || (w.n == 0 && (str_eq_c(p, "yarn") || str_eq_c(p, "bundle")))))
		return CHANGE_INSTALL;
	if (str_eq_c(p, "docker") || str_eq_c(p, "docker-compose") || str_eq_c(p, "podman") || str_eq_c(p, "systemctl")) {
		for (size_t i = 0; i < f->args_n; i++)
			if (word_is(f->args[i], starters))
				return CHANGE_START;
		return 0;
	}
	if (str_eq_c(p, "source") || str_eq_c(p, "."))
		return CHANGE_INSTALL;
	for (size_t i = 0; i < f->args_n && i < 4; i++) {
		str arg = f->args[i];
		size_t colon = str_chr(arg, ':');
		if (word_is(arg, generators) || (colon != STR_NONE && word_is(str_sub(arg, 0, colon), generators)))
			return CHANGE_GENERATE;
	}
	return 0;
}

unsigned thread_changes(struct thread *t, size_t i, size_t j, size_t *step)
{
	unsigned all = 0;
	for (size_t k = i + 1; k < j; k++) {
		const struct entry *e = t->steps[k].e;
		if (e->kind != ENTRY_CALL || e->outcome == OUTCOME_NONE || (e->flags & ENTRY_NOT_RUN))
			continue;
		if ((e->tool == TOOL_WRITE || e->tool == TOOL_EDIT) && step_worked(&t->steps[k]))
			all |= CHANGE_EDIT;
		size_t n;
		const struct form *forms = step_forms(t, k, &n);
		unsigned mine = 0;
		for (size_t f = 0; f < n; f++)
			mine |= form_changes(&forms[f]);
		for (size_t c = 0; n && c < t->steps[k].script.n; c++)
			for (size_t r = 0; r < t->steps[k].script.commands[c].redirects_n; r++) {
				const struct shell_redirect *to = &t->steps[k].script.commands[c].redirects[r];
				if ((to->op == '>' || to->op == 'a') && !str_starts_c(to->target.text, "/dev/"))
					mine |= CHANGE_EDIT;
			}
		all |= mine;
		if (step && (mine & (CHANGE_INSTALL | CHANGE_GENERATE | CHANGE_START)) && step_worked(&t->steps[k]))
			*step = k;
	}
	return all;
}

uint32_t thread_tokens(const struct thread *t, size_t i, size_t j)
{
	uint64_t sum = 0;
	for (size_t k = i; k < j && k < t->n; k++) {
		const struct entry *e = t->steps[k].e;
		if (e->kind == ENTRY_CALL)
			sum += e->out_tokens + e->result_bytes / 4 + e->context_tokens / 10;
	}
	return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

bool thread_tainted(const struct thread *t, size_t i)
{
	if (t->tainted_before)
		return true;
	for (size_t k = 0; k < i; k++) {
		enum tool tool = t->steps[k].e->tool;
		if (t->steps[k].e->kind == ENTRY_CALL && (tool == TOOL_WEB || tool == TOOL_MCP))
			return true;
	}
	return false;
}

bool study_touched(const struct study *s, str path)
{
	return map64_get(&s->touched, key_path(path)) != NULL;
}

struct call_ref thread_ref(const struct thread *t, size_t i)
{
	const struct entry *e = t->steps[i].e;
	return (struct call_ref){ .file = t->file, .id = e->id, .offset = e->offset, .result_offset = e->result_offset,
				  .line = e->line, .result_line = e->result_line, .time = e->time };
}

struct form *form_copy(struct arena *a, const struct form *f)
{
	struct form *copy = arena_alloc(a, sizeof(*copy));
	*copy = *f;
	copy->dir = f->dir.p ? arena_str(a, f->dir) : f->dir;
	copy->wrapper = arena_str(a, f->wrapper);
	copy->program = arena_str(a, f->program);
	for (size_t i = 0; i < f->args_n; i++)
		copy->args[i] = arena_str(a, f->args[i]);
	for (size_t i = 0; i < f->env_n; i++)
		copy->env[i] = arena_str(a, f->env[i]);
	return copy;
}

void study_add(struct thread *t, const struct evidence *from, size_t i, size_t j)
{
	struct study *s = t->study;
	if (s->since && t->steps[i].e->time < s->since)
		return;
	struct evidence *e = vec_push(&s->evidence);
	*e = *from;
	e->class = t->steps[i].e->class;
	e->wrong = arena_str(s->arena, from->wrong);
	e->right = arena_str(s->arena, from->right);
	e->about = arena_str(s->arena, from->about);
	e->extra = arena_str(s->arena, from->extra);
	if (from->failed_form)
		e->failed_form = form_copy(s->arena, from->failed_form);
	if (from->fixed_form)
		e->fixed_form = form_copy(s->arena, from->fixed_form);
	e->lineage = s->lineage;
	e->failed = thread_ref(t, i);
	e->unsolved = j == 0;
	if (j)
		e->fixed = thread_ref(t, j);
	e->tokens = thread_tokens(t, i, j ? j : i + 1);
	e->weight = t->steps[i].e->flags & ENTRY_MASKED ? 0.7f : 1.0f;
	e->tainted = thread_tainted(t, i);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

uint64_t key_path(str path)
{
	return hash_mix(1, str_hash(path));
}

uint64_t key_whole(str path)
{
	return hash_mix(9, str_hash(path));
}

uint64_t key_program(str program)
{
	return hash_mix(2, str_hash(program));
}

uint64_t key_words(const struct form *f, size_t args)
{
	uint64_t h = hash_mix(hash_mix(3, str_hash(f->wrapper)), str_hash(f->program));
	for (size_t i = 0; i < f->args_n && i < args; i++)
		h = hash_mix(h, str_hash(f->args[i]));
	return h;
}

uint64_t key_words_in(const struct form *f, size_t args)
{
	return hash_mix(hash_mix(4, str_hash(f->dir)), key_words(f, args));
}

uint64_t key_flag(const struct form *f, str flag)
{
	return hash_mix(hash_mix(5, str_hash(f->program)), str_hash(flag));
}

uint64_t key_exact(const struct form *f)
{
	return hash_mix(6, form_hash(f));
}

uint64_t key_search(str dir)
{
	return hash_mix(7, str_hash(dir));
}

uint64_t key_request(str request)
{
	return hash_mix(8, str_hash(request));
}

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
	} *run;
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
		struct thread t = { .study = r->s, .project = r->s->project, .arena = a, .n = 0, .todo = run->todo, .file = file };
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

static enum status load_segment(struct study *s, struct arena *a, const struct file_row *row, uint32_t k, struct vec *entries,
				struct buf *packed, struct error *err)
{
	buf_clear(packed);
	pthread_mutex_lock(s->store_lock);
	enum status st = store_segment_get(s->store, row->id, k, packed, err);
	pthread_mutex_unlock(s->store_lock);
	if (st == STATUS_OK)
		digest_unpack(a, buf_str(packed), entries); /* a damaged segment adds nothing */
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status lineage_read(struct study *s, const struct lineage_files *files, thread_fn *fn, void *ctx, struct error *err)
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
			s->file = row->id;
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
		if (!str_starts_c(target, "&") && !str_starts_c(target, "/dev/null") && !str_starts_c(target, ">&"))
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
			if (arg.n && arg.p[0] != '-' && project_resolve(s->project, t->arena, str_c(dir), arg, &rel))
				map64_put(&s->touched, key_path(rel), NULL);
		}
	}
	for (size_t c = 0; n && c < step->script.n; c++)
		for (size_t k = 0; k < step->script.commands[c].redirects_n; k++) {
			const struct shell_redirect *to = &step->script.commands[c].redirects[k];
			str rel;
			if ((to->op == '>' || to->op == 'a') && project_resolve(s->project, t->arena, e->cwd, to->target.text, &rel))
				map64_put(&s->touched, key_path(rel), NULL);
		}
}

static void judge_thread(void *ctx, struct thread *t)
{
	struct pass *p = ctx;
	struct study *s = p->s;
	struct lineage *l = vec_at(&s->lineages, s->lineage);
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
		note_touched(s, t, i);
		bool fresh = false;
		map64_put(&s->seen, e->id, &fresh);
		if (!fresh || !inside(s, t->arena, e))
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

static enum status judge_lineage(void *ctx, struct study *own, int worker, size_t lineage, const struct lineage_files *files,
				 struct error *err)
{
	struct drive *d = ctx;
	struct pass p = { .s = own, .states = d->states + (size_t)worker * d->analyzers_n };
	struct lineage *l = vec_at(&own->lineages, lineage);
	l->files = (uint32_t)files->n;
	map64_clear(&own->touched);
	map64_clear(&own->seen);
	for (size_t f = 0; f < files->n; f++)
		own->sessions += files->rows[f]->parent.n == 0 && !str_starts_c(path_base(files->rows[f]->path), "agent-");
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

/*
 * What analyzers can ask about a thread: its calls as commands and paths, what happened between two of them, what a detour cost,
 * and how evidence and its keys are made.
 */
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
			s->forms_n = form_list(t->arena, t->study->project, s->e->cwd, &s->script, forms,
					       FORMS_MAX);
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
	static const char *const movers[] = { "mv",    "cp",	"rm",  "mkdir", "rmdir",   "ln",    "tee",
					      "touch", "unzip", "tar", "rsync", "install", "patch", NULL };
	static const char *const git_moves[] = { "checkout", "switch",	 "stash",     "pull",  "merge",
						 "rebase",   "reset",	 "apply",     "am",    "cherry-pick",
						 "restore",  "revert",	 "mv",	      "rm",    "clean",
						 "clone",    "worktree", "submodule", "fetch", NULL };
	static const char *const managers[] = { "npm",	 "pnpm",     "yarn",	 "bun",	   "pip",    "pip3",
						"uv",	 "poetry",   "pdm",	 "pipenv", "bundle", "cargo",
						"go",	 "composer", "apt-get",	 "apt",	   "brew",   "gem",
						"conda", "mamba",    "rustup",	 "dotnet", "mix",    "rye",
						"hatch", "pixi",     "corepack", "nvm",	   NULL };
	static const char *const installs[] = { "install",   "i",	"ci",  "add", "sync", "update",
						"upgrade",   "restore", "get", "mod", "lock", "deps.get",
						"bootstrap", "enable",	"use", NULL };
	static const char *const generators[] = { "generate", "gen",   "codegen", "migrate",   "build",
						  "compile",  "setup", "init",	  "bootstrap", "configure",
						  "prepare",  "proto", "seed",	  NULL };
	static const char *const starters[] = { "up", "start", "serve", "dev", "run", NULL };
	str p = path_base(f->program), w = first_word(f);
	if (str_eq_c(p, "git"))
		return word_is(w, git_moves) ? CHANGE_MOVE : 0;
	if (word_is(p, movers))
		return CHANGE_MOVE;
	if (str_eq_c(p, "sleep"))
		return CHANGE_START;
	if (word_is(p, managers) &&
	    (word_is(w, installs) || (w.n == 0 && (str_eq_c(p, "yarn") || str_eq_c(p, "bundle")))))
		return CHANGE_INSTALL;
	if (str_eq_c(p, "docker") || str_eq_c(p, "docker-compose") || str_eq_c(p, "podman") ||
	    str_eq_c(p, "systemctl")) {
		for (size_t i = 0; i < f->args_n; i++)
			if (word_is(f->args[i], starters))
				return CHANGE_START;
		return 0;
	}
	if (str_eq_c(p, "source") || str_eq_c(p, "."))
		return CHANGE_INSTALL;
	if (str_eq_c(p, "configure") || str_eq_c(p, "bootstrap") || str_eq_c(p, "autogen.sh"))
		return CHANGE_GENERATE;
	bool runner = form_manager_family(p) == 1 || form_manager_family(p) == 3;
	for (size_t i = 0; i < f->args_n && i < 4; i++) {
		str arg = f->args[i];
		if (runner && (str_eq_c(arg, "up") || str_ends_c(arg, "-up") || str_ends_c(arg, ":up") ||
			       str_eq_c(arg, "start") || str_eq_c(arg, "serve")))
			return CHANGE_START;
		size_t colon = str_chr(arg, ':');
		if (word_is(arg, generators) ||
		    (colon != STR_NONE && word_is(str_sub(arg, 0, colon), generators)))
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
				const struct shell_redirect *to =
					&t->steps[k].script.commands[c].redirects[r];
				if ((to->op == '>' || to->op == 'a') &&
				    !str_starts_c(to->target.text, "/dev/"))
					mine |= CHANGE_EDIT;
			}
		all |= mine;
		if (step && (mine & (CHANGE_INSTALL | CHANGE_GENERATE | CHANGE_START)) &&
		    step_worked(&t->steps[k]))
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
	return (struct call_ref){ .file = t->file,
				  .id = e->id,
				  .offset = e->offset,
				  .result_offset = e->result_offset,
				  .line = e->line,
				  .result_line = e->result_line,
				  .time = e->time };
}

static struct form *form_copy(struct arena *a, const struct form *f)
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

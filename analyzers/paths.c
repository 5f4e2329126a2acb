/*
 * Paths that were looked for where they are not: the wrong path with every later path of the thread that could be what was
 * meant, and the bare failure for what was never solved.  Points that need the repository (unique name, renames) are
 * added when candidates are verified.
 */
#include "analyzers/analyzer.h"
#include "analyzers/classify.h"
#include "analyzers/similar.h"
#include "core/base/fs.h"

#define DISCOVERED 0.25
#define NEXT_CALL 0.10 /* fading to nothing over FADE calls */
#define FADE 10
#define CANDIDATES 8 /* per failure */

/* What failed: repository-relative. */
static bool wrong_path(struct thread *t, size_t i, str *wrong, str *raw)
{
	struct step *s = &t->steps[i];
	const struct entry *e = s->e;
	/* a script that is not there fails as a command in the wrong folder; it may as well have moved */
	bool script = e->class == FAIL_WRONG_CWD && str_chr(e->slot, '/') != STR_NONE;
	if (e->class != FAIL_PATH_MISSING && !script)
		return false;
	if (!step_is_shell(s)) {
		*raw = e->arg;
		*wrong = s->path;
		return s->has_path;
	}
	if (e->slot.n == 0 || (e->flags & ENTRY_REWRITTEN))
		return false;
	*raw = e->slot;
	const struct form *f = step_blamed(t, i);
	/* "cd lib/net && ls": the folder itself, seen from where the call began */
	if (!f && e->segment == 0 && s->script.n && str_eq_c(command_program(&s->script.commands[0]), "cd"))
		return project_resolve(t->project, t->arena, e->cwd, *raw, wrong);
	if (!f || !f->dir.p)
		return false;
	size_t colons = str_find(*raw, STR("::"));
	if (colons != STR_NONE)
		*raw = str_sub(*raw, 0, colons);
	const char *dir = project_path(t->project, t->arena, f->dir);
	return project_resolve(t->project, t->arena, str_c(dir), *raw, wrong);
}

/* The repository-relative paths a successful step used; at_root: named as seen from the root. */
static size_t used_paths(struct thread *t, size_t j, str *out, bool *at_root, size_t max)
{
	struct step *s = &t->steps[j];
	if (!step_worked(s))
		return 0;
	if (s->e->tool == TOOL_READ || s->e->tool == TOOL_EDIT || s->e->tool == TOOL_LIST) {
		if (!s->has_path || !max)
			return 0;
		out[0] = s->path;
		at_root[0] = true; /* the file itself was named, whatever the shell's folder */
		return 1;
	}
	size_t n, found = 0;
	const struct form *forms = step_forms(t, j, &n);
	for (size_t k = 0; k < n; k++) {
		if (!forms[k].dir.p || forms[k].guarded)
			continue;
		str dir = str_c(project_path(t->project, t->arena, forms[k].dir));
		for (size_t w = 0; w <= forms[k].args_n && found < max; w++) {
			str arg = w ? forms[k].args[w - 1] : forms[k].program;
			size_t colons = str_find(arg, STR("::"));
			if (colons != STR_NONE)
				arg = str_sub(arg, 0, colons);
			if (form_is_selector(arg) && str_chr(arg, '*') == STR_NONE &&
			    project_resolve(t->project, t->arena, dir, arg, &out[found]))
				at_root[found++] = forms[k].dir.n == 0;
		}
	}
	return found;
}

/* A search between i and j that asked for the wrong name and showed the right path. */
static bool discovered(struct thread *t, size_t i, size_t j, str wrong, str right)
{
	str base = path_base(wrong);
	size_t dot = str_chr(base, '.');
	str stem = dot == STR_NONE || dot == 0 ? base : str_sub(base, 0, dot);
	if (stem.n > 4)
		stem = str_sub(stem, 0, 4); /* searches are often for the beginning of a name, in any case */
	const struct project *p = t->project;
	for (size_t k = i + 1; k < j; k++) {
		const struct entry *e = t->steps[k].e;
		if (e->kind != ENTRY_CALL || e->hits.n == 0)
			continue;
		str query = e->pattern.n ? e->pattern : e->arg;
		bool asked = false;
		for (size_t at = 0; at + stem.n <= query.n && !asked; at++)
			asked = str_ieq(str_sub(query, at, stem.n), stem);
		/* listing the folder asks for everything in it */
		asked |= e->tool == TOOL_LIST ||
			 (step_is_shell(&t->steps[k]) &&
			  (str_starts_c(query, "ls") || str_has_c(query, "git ls-files")));
		if (!asked)
			continue;
		for (size_t r = 0; r < p->roots.n; r++) {
			str root = *(str *)vec_at(&p->roots, r);
			if (entry_has_hit(e, digest_hit_hash(path_join(t->arena, root, right))))
				return true;
		}
		/* "ls docs" prints bare names, which were taken relative to the working directory */
		str cwd_rel = path_normal(t->arena, path_join(t->arena, e->cwd, path_base(right)));
		if (entry_has_hit(e, digest_hit_hash(cwd_rel)))
			return true;
	}
	return false;
}

/* The same spelling seen from another folder is a slip of the working directory, not another place of the file. */
static bool cwd_slip(const struct step *s, str raw, str right)
{
	if (raw.n == 0 || raw.p[0] == '/' || !step_is_shell(s))
		return false;
	if (str_starts_c(raw, "./"))
		raw = str_from(raw, 2);
	return str_eq(raw, right) ||
	       (right.n > raw.n && str_ends(right, raw) && right.p[right.n - raw.n - 1] == '/');
}

static void on_event(void *state, struct thread *t, size_t i)
{
	(void)state;
	str wrong, raw;
	if (!wrong_path(t, i, &wrong, &raw) || wrong.n == 0 || study_touched(t->study, wrong))
		return;
	const struct entry *e = t->steps[i].e;
	bool relative = step_is_shell(&t->steps[i]) && raw.n && raw.p[0] != '/';
	struct evidence bare = { .kind = KIND_MISSING_PATH, .wrong = wrong, .wrong_key = key_path(wrong) };
	const struct form *blamed = step_is_shell(&t->steps[i]) ? step_blamed(t, i) : NULL;
	bare.program = blamed && str_eq(blamed->program, e->slot);
	bool from_root = blamed && blamed->dir.p && blamed->dir.n == 0;
	if (relative && !str_eq(raw, wrong))
		bare.extra = str_starts_c(raw, "./") ? str_from(raw, 2) : raw;
	size_t end = thread_horizon(t, i), calls = 0;
	struct {
		str right;
		size_t at;
		double score;
		bool hinted, created, discovered;
	} found[CANDIDATES];
	size_t n = 0;
	bool slip = false;
	for (size_t j = i + 1; j < end; j++) {
		str paths[16];
		bool at_root[16];
		calls += t->steps[j].e->kind == ENTRY_CALL;
		size_t m = used_paths(t, j, paths, at_root, 16);
		for (size_t k = 0; k < m; k++) {
			str right = paths[k];
			if (str_eq(right, wrong) || right.n == 0)
				continue;
			/* a folder left out in front is a slip of the shell's folder, unless it was looked for from the root */
			bool searched = from_root && at_root[k] && discovered(t, i, j, wrong, right);
			bool slipped = !searched && cwd_slip(&t->steps[i], raw, right);
			slip |= slipped;
			double base = similar_base(wrong, right);
			bool hinted = e->hint.n && str_eq(path_base(e->hint), path_base(right)) &&
				      str_eq(path_dir(wrong), path_dir(right));
			if ((base <= 0 && !hinted) || slipped)
				continue;
			size_t known = 0;
			while (known < n && !str_eq(found[known].right, right))
				known++;
			if (known < n || n == CANDIDATES)
				continue;
			double near = calls >= FADE ? 0 : NEXT_CALL * (double)(FADE - calls + 1) / FADE;
			found[n].right = right;
			found[n].at = j;
			found[n].hinted = hinted;
			found[n].created = study_touched(t->study, right);
			found[n].discovered = discovered(t, i, j, wrong, right);
			found[n].score = base + 0.25 * similar_dirs(wrong, right) + near +
					 (found[n].discovered ? DISCOVERED : 0);
			n++;
		}
	}
	if (slip && n == 0)
		return;
	for (size_t k = 0; k < n; k++) {
		struct evidence ev = { .kind = KIND_PATH_NAME,
				       .wrong = wrong,
				       .right = found[k].right,
				       .score = (float)found[k].score,
				       .hinted = found[k].hinted,
				       .discovered = found[k].discovered,
				       .created = found[k].created,
				       .wrong_key = key_path(wrong),
				       .right_key = key_path(found[k].right) };
		ev.extra = bare.extra;
		ev.program = bare.program;
		study_add(t, &ev, i, found[k].at);
	}
	/* the failure itself, for what git alone can answer and for paths that are simply not there */
	study_add(t, &bare, i, 0);
}

const struct analyzer paths_analyzer = {
	.name = "paths",
	.about = "paths looked for where they are not, and where they are",
	.event = on_event,
};

/*
 * Searches in a folder that found nothing, where the same search elsewhere then found everything in one other place.
 */
#include "analyzers/analyzer.h"
#include "analyzers/classify.h"
#include "core/base/fs.h"

struct search {
	str pattern, dir; /* dir: repository-relative folder that was searched */
	bool empty;
	str hits; /* repository-relative folder of all hits, p == NULL when there are none */
};

/* "grep -rn 'word' src/ | head", "rg word src", "git grep -n word -- src": pattern and one folder. */
static bool shell_search(struct thread *t, size_t i, struct search *out)
{
	static const char *const programs[] = { "grep", "rg", "ag" };
	bool named = false;
	for (size_t p = 0; p < sizeof(programs) / sizeof(programs[0]) && !named; p++)
		named = str_has_c(t->steps[i].e->arg, programs[p]);
	if (!named)
		return false;
	size_t n;
	const struct form *forms = step_forms(t, i, &n);
	if (n == 0 || !forms[0].dir.p || !forms[0].exact)
		return false;
	for (size_t k = 1; k < n; k++) /* what only cuts or sorts the hits */
		if (!program_is_viewer(path_base(forms[k].program)))
			return false;
	str program = path_base(forms[0].program), words[2];
	size_t w = 0, k = 0;
	bool git = str_eq_c(program, "git") && forms[0].args_n && str_eq_c(forms[0].args[0], "grep");
	bool known = git || str_eq_c(program, "rg") || str_eq_c(program, "ag") || str_eq_c(program, "grep");
	bool recursive = git || str_eq_c(program, "rg") || str_eq_c(program, "ag");
	for (k = git; k < forms[0].args_n; k++) {
		str arg = forms[0].args[k];
		if (arg.n > 1 && arg.p[0] == '-') {
			recursive |= arg.p[1] != '-' &&
				     (str_chr(arg, 'r') != STR_NONE || str_chr(arg, 'R') != STR_NONE);
			/* flags with a value of their own */
			k += str_eq_c(arg, "-e") || str_eq_c(arg, "-g") || str_eq_c(arg, "-t") ||
			     str_eq_c(arg, "-A") || str_eq_c(arg, "-B") || str_eq_c(arg, "-C") ||
			     str_eq_c(arg, "-m") || str_eq_c(arg, "--glob") || str_eq_c(arg, "--type");
			continue;
		}
		if (w == 2)
			return false;
		words[w++] = arg;
	}
	if (!known || !recursive || w == 0)
		return false;
	out->pattern = words[0];
	str dir = str_c(project_path(t->project, t->arena, forms[0].dir));
	return project_resolve(t->project, t->arena, dir, w == 2 ? words[1] : STR("."), &out->dir);
}

static bool read_search(struct thread *t, size_t i, struct search *out)
{
	const struct step *s = &t->steps[i];
	const struct entry *e = s->e;
	memset(out, 0, sizeof(*out));
	if (e->kind != ENTRY_CALL || (e->flags & ENTRY_NOT_RUN) || e->class != FAIL_NONE)
		return false;
	if (e->tool == TOOL_GREP) {
		out->pattern = e->pattern;
		if (!e->arg.n)
			project_resolve(t->project, t->arena, e->cwd, STR("."), &out->dir);
		else if (s->has_path)
			out->dir = s->path;
		else
			return false;
	} else if (!step_is_shell(s) || !shell_search(t, i, out)) {
		return false;
	}
	out->empty = (e->flags & ENTRY_EMPTY) != 0;
	if (e->hit_dir.n && !project_owns(t->project, e->hit_dir, &out->hits))
		return false;
	if (out->hits.p == NULL && e->hit_dir.n)
		out->hits = STR("");
	return out->pattern.n > 0 && out->dir.p != NULL;
}

static void on_event(void *state, struct thread *t, size_t i)
{
	(void)state;
	struct search first, later;
	if (!(t->steps[i].e->flags & ENTRY_EMPTY) || !read_search(t, i, &first) || first.dir.n == 0)
		return;
	size_t end = thread_horizon(t, i);
	for (size_t j = i + 1; j < end; j++) {
		if (!t->steps[j].e->hit_dir.n || !read_search(t, j, &later) ||
		    !str_eq(later.pattern, first.pattern) || later.empty || !later.hits.p)
			continue;
		/* hits in the first folder itself: they were made in between */
		if (path_within(later.hits, first.dir) || thread_changes(t, i, j, NULL))
			return;
		struct evidence ev = { .kind = KIND_SEARCH_SCOPE,
				       .wrong = first.dir,
				       .right = later.hits,
				       .extra = first.pattern,
				       .wrong_key = key_search(first.dir),
				       .right_key = key_search(later.hits) };
		study_add(t, &ev, i, j);
		return;
	}
}

const struct analyzer search_scope_analyzer = {
	.name = "search_scope",
	.about = "folders searched in vain, and where the code is",
	.event = on_event,
};

#include "analyzers/project.h"

#include <stdio.h>

#include "core/base/env.h"
#include "core/base/fs.h"

static int longest_first(const void *a, const void *b)
{
	const str *x = a, *y = b;
	return x->n == y->n ? str_cmp(*x, *y) : x->n > y->n ? -1 : 1;
}

static bool is_drive(str path)
{
	return path.n >= 3 && path.p[1] == ':' && (path.p[2] == '\\' || path.p[2] == '/') &&
	       ((path.p[0] >= 'A' && path.p[0] <= 'Z') || (path.p[0] >= 'a' && path.p[0] <= 'z'));
}

str project_portable(struct arena *a, str path)
{
	if (!is_drive(path))
		return path;
	str out = arena_printf(a, "/%.*s", STR_ARG(path));
	char *p = arena_c(a, out);
	for (size_t i = 0; i < out.n; i++)
		if (p[i] == '\\')
			p[i] = '/';
	return (str){ p, out.n };
}

/* spelled: as the agent recorded it. */
static void add_root(struct project *p, str spelled)
{
	str root = path_normal(p->arena, project_portable(p->arena, spelled));
	for (size_t i = 0; i < p->roots.n; i++)
		if (str_eq(*(str *)vec_at(&p->roots, i), root))
			return;
	*(str *)vec_push(&p->roots) = arena_str(p->arena, root);
	*(str *)vec_push(&p->spelled) = arena_str(p->arena, spelled);
}

static str real_or_given(struct arena *a, str path)
{
	char *real = fs_realpath(a, arena_c(a, path));
	return real ? str_c(real) : path;
}

void project_init(struct project *p, struct arena *a, str path, const struct vec *moved_from)
{
	memset(p, 0, sizeof(*p));
	p->arena = a;
	vec_init(&p->roots, sizeof(str));
	vec_init(&p->spelled, sizeof(str));
	vec_init(&p->moved, sizeof(str));
	bool foreign = is_drive(path); /* recorded on a machine of another kind */
	str given = foreign ? path : path_normal(a, path_join(a, env_cwd(a), path));
	str real = foreign ? path : real_or_given(a, given);
	p->exists = fs_is_dir(arena_c(a, real));
	p->git = p->exists && repo_identify(a, real, &p->id);
	if (p->git) {
		p->root = p->id.root;
		p->main_root = p->id.main_root;
		repo_worktree_roots(a, &p->id, &p->roots);
		add_root(p, p->id.root);
		add_root(p, p->id.main_root);
		/* the same root as the user spells it, when links lead there */
		str below;
		if (path_below(real, p->root, &below) && below.n < given.n && str_ends(given, below))
			add_root(p, path_normal(a, str_sub(given, 0, given.n - below.n)));
	} else {
		p->root = p->main_root = real;
		add_root(p, real);
		add_root(p, given);
	}
	for (size_t i = 0; moved_from && i < moved_from->n; i++) {
		str from = str_c(*(const char **)vec_at(moved_from, i));
		if (!is_drive(from))
			from = path_normal(a, path_join(a, env_cwd(a), from));
		*(str *)vec_push(&p->moved) = from;
		add_root(p, from);
	}
	vec_sort(&p->roots, longest_first);
	snprintf(p->key, sizeof(p->key), "%016llx",
		 (unsigned long long)str_hash(p->git ? p->id.common : p->root));
}

void project_release(struct project *p)
{
	vec_release(&p->roots);
	vec_release(&p->spelled);
	vec_release(&p->moved);
}

/* Work trees that agents make inside the repository, and that are usually gone again: their root is one level below. */
static str skip_inner_worktree(str rel)
{
	static const char *const folders[] = { ".claude/worktrees/", ".worktrees/", ".git/worktrees/" };
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (str_starts_c(rel, folders[i])) {
			str name = str_from(rel, strlen(folders[i]));
			size_t slash = str_chr(name, '/');
			return slash == STR_NONE ? str_from(name, name.n) : str_from(name, slash + 1);
		}
	return rel;
}

bool project_owns(const struct project *p, str path, str *rel)
{
	for (size_t i = 0; i < p->roots.n; i++)
		if (path_below(path, *(str *)vec_at(&p->roots, i), rel)) {
			*rel = skip_inner_worktree(*rel);
			return true;
		}
	return false;
}

/* An absolute path without anything that path_normal would change. */
static bool is_normal(str path)
{
	if (path.n < 2 || path.p[0] != '/' || path.p[path.n - 1] == '/')
		return false;
	for (size_t i = 0; i + 1 < path.n; i++)
		if (path.p[i] == '/' && (path.p[i + 1] == '/' || path.p[i + 1] == '.'))
			return false;
	return true;
}

bool project_resolve(const struct project *p, struct arena *a, str cwd, str path, str *rel)
{
	if (is_normal(path))
		return project_owns(p, path, rel);
	if (is_drive(cwd) && path.n && !is_drive(path)) { /* relative paths of that machine */
		char *slashes = arena_c(a, path);
		for (size_t i = 0; i < path.n; i++)
			if (slashes[i] == '\\')
				slashes[i] = '/';
		path.p = slashes;
	}
	path = project_portable(a, path);
	cwd = project_portable(a, cwd);
	if (path.n == 0 || (path.p[0] != '/' && cwd.n == 0))
		return false;
	if (path.p[0] == '~' && (path.n == 1 || path.p[1] == '/'))
		return false;
	return project_owns(p, path_normal(a, path_join(a, cwd, path)), rel);
}

const char *project_path(const struct project *p, struct arena *a, str rel)
{
	return arena_c(a, path_join(a, p->root, rel));
}

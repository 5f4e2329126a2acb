/*
 * identify: which repository a path lies in, told by the small files that git itself goes by:
 *
 *	WORK_TREE/.git                  a folder, or a file with the line "gitdir: FOLDER"
 *	FOLDER/commondir                in linked work trees: the way to the common directory
 *	COMMON/worktrees/NAME/gitdir    in the common directory: where the .git file of a linked work tree is
 */
#include "core/git/repo.h"

#include "core/base/fs.h"

#define SMALL_FILE ((size_t)64 << 10)

/* The first line of a small file, in a; false if it cannot be read or is empty. */
static bool read_line(struct arena *a, str path, str *line)
{
	struct buf content;
	str rest;
	bool ok;

	buf_init(&content, SMALL_FILE);
	ok = fs_read_file(arena_c(a, path), &content, NULL) == STATUS_OK;
	rest = buf_str(&content);
	ok = ok && str_line(&rest, line) && str_trim(*line).n > 0;
	if (ok)
		*line = arena_str(a, *line);
	buf_release(&content);
	return ok;
}

/* The real name of what exists of a path, and in *rest what does not; empty for a path that is not absolute. */
static str real_part(struct arena *a, str path, str *rest)
{
	str known = path_normal(a, path);

	*rest = STR("");
	for (;;) {
		const char *real = fs_realpath(a, arena_c(a, known));

		if (real || known.n <= 1)
			return str_c(real);
		*rest = path_join(a, path_base(known), *rest);
		known = path_dir(known);
	}
}

static str real_path(struct arena *a, str path)
{
	str rest, real = real_part(a, path, &rest);

	return path_join(a, real, rest);
}

/* The git directory behind dir/.git; false if there is none. */
static bool git_dir(struct arena *a, str dir, str *out)
{
	str dot = path_join(a, dir, STR(".git")), line;
	const char *name = arena_c(a, dot);

	if (fs_is_dir(name)) {
		*out = dot;
	} else if (fs_is_file(name) && read_line(a, dot, &line) && str_starts_c(line, "gitdir:")) {
		*out = path_join(a, dir, str_trim(str_from(line, strlen("gitdir:"))));
	} else {
		return false;
	}
	return fs_is_file(arena_c(a, path_join(a, *out, STR("HEAD"))));
}

static str common_dir(struct arena *a, str git)
{
	str line;

	if (read_line(a, path_join(a, git, STR("commondir")), &line))
		git = path_join(a, git, str_trim(line));
	return real_path(a, git);
}

bool repo_identify(struct arena *a, str path, struct repo_id *out)
{
	str rest, dir = real_part(a, path, &rest), git;

	if (dir.n == 0)
		return false;
	while (!git_dir(a, dir, &git)) {
		if (dir.n <= 1)
			return false;
		dir = path_dir(dir);
	}
	out->root = arena_str(a, dir);
	out->common = common_dir(a, git);
	out->main_root = out->root;
	if (str_eq_c(path_base(out->common), ".git"))
		out->main_root = arena_str(a, path_dir(out->common));
	return true;
}

/* ---- work trees ---- */

struct roots {
	struct arena *a;
	str folder; /* COMMON/worktrees */
	struct vec *out;
	size_t first; /* the roots from here on are ours */
};

static void add_root(struct roots *roots, str root)
{
	for (size_t i = roots->first; i < roots->out->n; i++) {
		if (str_eq(*(str *)vec_at(roots->out, i), root))
			return;
	}
	*(str *)vec_push(roots->out) = root;
}

static bool add_linked(void *ctx, int dirfd, const char *name, char type)
{
	struct roots *roots = ctx;
	str folder = path_join(roots->a, roots->folder, str_c(name)), line;

	(void)dirfd;
	if (type == 'd' && read_line(roots->a, path_join(roots->a, folder, STR("gitdir")), &line)) {
		str dot = path_join(roots->a, folder, str_trim(line));

		if (str_eq_c(path_base(dot), ".git"))
			add_root(roots, real_path(roots->a, path_dir(dot)));
	}
	return true;
}

void repo_worktree_roots(struct arena *a, const struct repo_id *id, struct vec *out)
{
	struct roots roots = { a, path_join(a, id->common, STR("worktrees")), out, out->n };

	add_root(&roots, id->main_root);
	add_root(&roots, id->root);
	fs_list(arena_c(a, roots.folder), add_linked, &roots, NULL);
}

/* ---- fingerprint ---- */

static uint64_t add_stat(struct arena *a, uint64_t hash, str path)
{
	struct stat st;

	if (stat(arena_c(a, path), &st) != 0)
		return hash_mix(hash, 1);
	hash = hash_mix(hash, (uint64_t)st.st_ino);
	hash = hash_mix(hash, (uint64_t)st.st_size);
	hash = hash_mix(hash, (uint64_t)st.st_mtim.tv_sec);
	return hash_mix(hash, (uint64_t)st.st_mtim.tv_nsec);
}

static uint64_t fingerprint(struct arena *a, const struct repo_id *id)
{
	str git, head, ref, commit;
	uint64_t hash;

	if (!git_dir(a, id->root, &git) || !read_line(a, path_join(a, git, STR("HEAD")), &head))
		return 0;
	hash = add_stat(a, str_hash(head), path_join(a, git, STR("index")));
	/* With reftable, HEAD is a dummy and all branches are in this list. */
	hash = add_stat(a, hash, path_join(a, id->common, STR("reftable/tables.list")));
	if (str_starts_c(head, "ref:")) {
		ref = str_trim(str_from(head, strlen("ref:")));
		if (read_line(a, path_join(a, id->common, ref), &commit))
			hash = hash_mix(hash, str_hash(commit));
		else
			hash = add_stat(a, hash, path_join(a, id->common, STR("packed-refs")));
	}
	return hash ? hash : 1;
}

uint64_t repo_fingerprint(const struct repo_id *id)
{
	struct arena a;
	uint64_t hash;

	arena_init(&a);
	hash = fingerprint(&a, id);
	arena_release(&a);
	return hash;
}

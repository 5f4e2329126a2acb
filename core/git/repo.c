/*
 * repo: an open repository: HEAD, index, ignore rules, contents.
 */
#include "core/git/repo.h"

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/git/git.h"

struct base {
	str name;
	size_t file; /* index into files */
};

enum status git_failed(const struct repo *r, const char *doing, struct error *err)
{
	const git_error *last = r->git->error_last();

	return error_set(err, STATUS_FAILED, "%s: %s", doing,
			 last && last->message ? last->message : "unknown reason");
}

git_tree *git_tree_of(const struct repo *r, const git_oid *commit)
{
	git_commit *object;
	git_tree *tree;

	if (r->git->commit_lookup(&object, r->handle, commit) != 0)
		return NULL;
	if (r->git->commit_tree(&tree, object) != 0)
		tree = NULL;
	r->git->commit_free(object);
	return tree;
}

enum status repo_open(const struct repo_id *id, struct repo **out, struct error *err)
{
	const struct git_lib *git = git_lib(err);
	enum status status = STATUS_OK;
	struct repo *r;

	if (!git)
		return STATUS_NOT_FOUND;
	r = xcalloc(1, sizeof(*r));
	r->git = git;
	arena_init(&r->a);
	vec_init(&r->files, sizeof(str));
	vec_init(&r->bases, sizeof(struct base));
	if (git->repository_open_ext(&r->handle, arena_c(&r->a, id->root), GIT_REPOSITORY_OPEN_NO_SEARCH,
				     NULL) != 0)
		status = git_failed(r, arena_c(&r->a, id->root), err);
	if (status == STATUS_OK && git->reference_name_to_id(&r->head, r->handle, "HEAD") == 0) {
		git->oid_tostr(r->head_hex, sizeof(r->head_hex), &r->head);
		r->tree = git_tree_of(r, &r->head);
		if (!r->tree)
			status = git_failed(r, arena_c(&r->a, id->root), err);
	}
	if (status == STATUS_OK)
		*out = r;
	else
		repo_free(r);
	return status;
}

void repo_free(struct repo *r)
{
	if (!r)
		return;
	r->git->tree_free(r->tree);
	r->git->index_free(r->index);
	r->git->repository_free(r->handle);
	vec_release(&r->bases);
	vec_release(&r->files);
	arena_release(&r->a);
	free(r);
}

str repo_head(struct repo *r)
{
	return str_c(r->head_hex);
}

bool repo_descends(struct repo *r, str ancestor)
{
	char hex[sizeof(r->head_hex)] = "";
	git_commit *commit;
	git_oid oid;

	if (!r->tree || ancestor.n != sizeof(hex) - 1)
		return false;
	memcpy(hex, ancestor.p, ancestor.n);
	if (r->git->oid_fromstr(&oid, hex) != 0)
		return false;
	if (r->git->oid_cmp(&oid, &r->head) == 0)
		return true;
	/* Without this, a commit that is gone costs a walk over the whole history. */
	if (r->git->commit_lookup(&commit, r->handle, &oid) != 0)
		return false;
	r->git->commit_free(commit);
	return r->git->graph_descendant_of(r->handle, &r->head, &oid) == 1;
}

/* ---- tracked files ---- */

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

/* Paths in conflict have several entries, and core.ignoreCase lets the index be in another order. */
static void sort_files(struct vec *files)
{
	str *paths = files->p;
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < files->n && sorted; i++)
		sorted = str_cmp(paths[i - 1], paths[i]) < 0;
	if (sorted)
		return;
	vec_sort(files, by_bytes);
	for (size_t i = 0; i < files->n; i++) {
		if (kept == 0 || !str_eq(paths[kept - 1], paths[i]))
			paths[kept++] = paths[i];
	}
	files->n = kept;
}

static int list_entry(const char *dir, const git_tree_entry *entry, void *ctx)
{
	struct repo *r = ctx;

	if (r->git->tree_entry_type(entry) != GIT_OBJECT_TREE)
		*(str *)vec_push(&r->files) =
			arena_printf(&r->a, "%s%s", dir, r->git->tree_entry_name(entry));
	return 0;
}

/* An index that libgit2 cannot read (split, sparse, of a newer version) is replaced by the tree of HEAD. */
static void list_files(struct repo *r)
{
	if (r->listed)
		return;
	r->listed = true;
	if (r->git->repository_index(&r->index, r->handle) != 0) {
		r->index = NULL;
		if (r->tree)
			r->git->tree_walk(r->tree, GIT_TREEWALK_PRE, list_entry, r);
	}
	for (size_t i = 0; r->index && i < r->git->index_entrycount(r->index); i++)
		*(str *)vec_push(&r->files) = str_c(r->git->index_get_byindex(r->index, i)->path);
	sort_files(&r->files);
}

const str *repo_files(struct repo *r, size_t *n)
{
	list_files(r);
	*n = r->files.n;
	return r->files.p;
}

/* The first file that is not before path. */
static size_t lower_bound(struct repo *r, str path)
{
	const str *files = r->files.p;
	size_t from = 0, to = r->files.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(files[middle], path) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool repo_tracked(struct repo *r, str path)
{
	size_t at;

	list_files(r);
	at = lower_bound(r, path);
	return at < r->files.n && str_eq(*(str *)vec_at(&r->files, at), path);
}

bool repo_tracked_dir(struct repo *r, str dir)
{
	struct arena a;
	size_t at;
	str prefix;
	bool found;

	list_files(r);
	if (dir.n == 0)
		return r->files.n > 0;
	arena_init(&a);
	prefix = arena_printf(&a, "%.*s/", STR_ARG(dir));
	at = lower_bound(r, prefix);
	found = at < r->files.n && str_starts(*(str *)vec_at(&r->files, at), prefix);
	arena_release(&a);
	return found;
}

/* ---- by base name ---- */

static unsigned char fold_ch(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int fold_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		if (fold_ch(a.p[i]) != fold_ch(b.p[i]))
			return fold_ch(a.p[i]) < fold_ch(b.p[i]) ? -1 : 1;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

static int by_base(const void *a, const void *b)
{
	const struct base *x = a, *y = b;

	return fold_cmp(x->name, y->name);
}

static void sort_bases(struct repo *r)
{
	if (r->bases.n > 0)
		return;
	for (size_t i = 0; i < r->files.n; i++)
		*(struct base *)vec_push(&r->bases) =
			(struct base){ path_base(*(str *)vec_at(&r->files, i)), i };
	vec_sort(&r->bases, by_base);
}

void repo_find_base(struct repo *r, str base, bool fold, struct vec *out)
{
	size_t from = 0, to;
	const struct base *bases;

	list_files(r);
	sort_bases(r);
	bases = r->bases.p;
	to = r->bases.n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (fold_cmp(bases[middle].name, base) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < r->bases.n && fold_cmp(bases[from].name, base) == 0; from++) {
		if (fold || str_eq(bases[from].name, base))
			*(str *)vec_push(out) = *(str *)vec_at(&r->files, bases[from].file);
	}
}

/* ---- rules and contents ---- */

bool repo_ignored(struct repo *r, str path)
{
	int ignored = 0;
	struct arena a;

	arena_init(&a);
	if (r->git->ignore_path_is_ignored(&ignored, r->handle, arena_c(&a, path)) != 0)
		ignored = 0;
	arena_release(&a);
	return ignored != 0;
}

static enum status add_blob(struct repo *r, const git_oid *oid, str path, struct buf *out, struct error *err)
{
	enum status status = STATUS_OK;
	git_blob *blob;

	if (r->git->blob_lookup(&blob, r->handle, oid) != 0)
		return git_failed(r, "reading the repository", err);
	if (!buf_add(out, (str){ r->git->blob_rawcontent(blob), (size_t)r->git->blob_rawsize(blob) }))
		status = error_set(err, STATUS_LIMIT, "%.*s: too large at HEAD", STR_ARG(path));
	r->git->blob_free(blob);
	return status;
}

enum status repo_blob(struct repo *r, str path, struct buf *out, struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	git_tree_entry *entry = NULL;
	struct arena a;

	arena_init(&a);
	if (r->tree && r->git->tree_entry_bypath(&entry, r->tree, arena_c(&a, path)) == 0 &&
	    r->git->tree_entry_type(entry) == GIT_OBJECT_BLOB)
		status = add_blob(r, r->git->tree_entry_id(entry), path, out, err);
	else
		error_set(err, status, "%.*s: not in HEAD", STR_ARG(path));
	r->git->tree_entry_free(entry);
	arena_release(&a);
	return status;
}

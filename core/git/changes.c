/*
 * changes: loading them, and comparing two files.
 */
#include "core/git/changes.h"

#include "core/base/env.h"
#include "core/base/fs.h"

#define MIN_SIMILAR 60 /* per cent */
#define MAX_BLOB ((size_t)1 << 20) /* larger ones are only found if they are identical */

/* What names add to a score: less than what contents say, but enough to decide among similar ones. */
#define SCORE_SAME_BASE (10 * SCORE_PERCENT)
#define SCORE_TAIL 20 /* for each folder that agrees, from the end */
#define SCORE_HEAD 1 /* and from the beginning */
#define MAX_FOLDERS 9 /* counted in either direction */

void changes_init(struct changes *c, struct repo *r, int64_t deadline)
{
	*c = (struct changes){ .repo = r, .deadline = deadline };
	arena_init(&c->a);
	vec_init(&c->added, sizeof(struct change));
	vec_init(&c->deleted, sizeof(struct change));
	if (r->git->repository_odb(&c->odb, r->handle) != 0)
		c->odb = NULL;
}

void changes_release(struct changes *c)
{
	const struct git_lib *git = c->repo->git;

	git->diff_free(c->diff);
	git->odb_free(c->odb);
	vec_release(&c->deleted);
	vec_release(&c->added);
	arena_release(&c->a);
}

static int by_path(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static void add_change(struct vec *changes, const git_diff_file *file)
{
	struct change *change = vec_push(changes);

	change->path = str_c(file->path);
	change->blob = file->id;
}

static void list_changes(struct changes *c)
{
	const struct git_lib *git = c->repo->git;
	size_t n = git->diff_num_deltas(c->diff);

	for (size_t i = 0; i < n; i++) {
		const git_diff_delta *delta = git->diff_get_delta(c->diff, i);

		if (delta->status == GIT_DELTA_ADDED)
			add_change(&c->added, &delta->new_file);
		else if (delta->status == GIT_DELTA_DELETED)
			add_change(&c->deleted, &delta->old_file);
	}
	vec_sort(&c->added, by_path);
	vec_sort(&c->deleted, by_path);
}

bool changes_load(struct changes *c, const git_oid *commit, const git_oid *parent)
{
	const struct git_lib *git = c->repo->git;
	git_tree *before, *after;
	bool ok;

	if (c->diff && git->oid_cmp(&c->commit, commit) == 0 && git->oid_cmp(&c->parent, parent) == 0)
		return true;
	vec_clear(&c->added);
	vec_clear(&c->deleted);
	arena_reset(&c->a);
	git->diff_free(c->diff);
	c->diff = NULL;
	before = git_tree_of(c->repo, parent);
	after = git_tree_of(c->repo, commit);
	ok = before && after && git->diff_tree_to_tree(&c->diff, c->repo->handle, before, after, NULL) == 0;
	git->tree_free(after);
	git->tree_free(before);
	if (!ok)
		return false;
	c->commit = *commit;
	c->parent = *parent;
	list_changes(c);
	return true;
}

struct change *changes_lookup(const struct vec *changes, str path)
{
	size_t from = 0, to = changes->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		struct change *change = vec_at(changes, middle);
		int order = str_cmp(change->path, path);

		if (order == 0)
			return change;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* ---- scores ---- */

/* Cuts the first or the last folder off a path. */
static str take_folder(str *path, bool last)
{
	str all = *path;
	size_t slash = last ? str_rchr(all, '/') : str_chr(all, '/');

	if (slash == STR_NONE) {
		*path = STR("");
		return all;
	}
	*path = last ? str_sub(all, 0, slash) : str_from(all, slash + 1);
	return last ? str_from(all, slash + 1) : str_sub(all, 0, slash);
}

/* Folders that agree, counted from the end or from the beginning, without the base names. */
static unsigned common_folders(str a, str b, bool from_end)
{
	unsigned n = 0;

	a = path_dir(a);
	b = path_dir(b);
	while (n < MAX_FOLDERS && a.n > 0 && b.n > 0 &&
	       str_eq(take_folder(&a, from_end), take_folder(&b, from_end)))
		n++;
	return n;
}

bool changes_same_base(const struct change *x, const struct change *y)
{
	return str_eq(path_base(x->path), path_base(y->path));
}

static unsigned name_score(const struct change *x, const struct change *y)
{
	return (changes_same_base(x, y) ? SCORE_SAME_BASE : 0) +
	       SCORE_TAIL * common_folders(x->path, y->path, true) +
	       SCORE_HEAD * common_folders(x->path, y->path, false);
}

static bool know_size(struct changes *c, struct change *change)
{
	if (change->type == 0 && (!c->odb || c->repo->git->odb_read_header(&change->size, &change->type,
									   c->odb, &change->blob) != 0))
		change->type = GIT_OBJECT_INVALID;
	return change->type == GIT_OBJECT_BLOB;
}

static const struct signature *signature_of(struct changes *c, struct change *change)
{
	const struct git_lib *git = c->repo->git;
	git_blob *blob;

	if (change->signature || git->blob_lookup(&blob, c->repo->handle, &change->blob) != 0)
		return change->signature;
	change->signature = arena_alloc(&c->a, sizeof(*change->signature));
	signature_make(&c->a, (str){ git->blob_rawcontent(blob), (size_t)git->blob_rawsize(blob) },
		       change->signature);
	git->blob_free(blob);
	return change->signature;
}

bool changes_identical(const struct changes *c, const struct change *x, const struct change *y)
{
	return c->repo->git->oid_cmp(&x->blob, &y->blob) == 0;
}

/* Similarity in per cent; sizes that cannot reach the threshold cost no reading. */
static unsigned similarity(struct changes *c, struct change *x, struct change *y)
{
	const struct signature *p, *q;
	size_t smaller, larger;

	if (changes_identical(c, x, y))
		return 100;
	if (!know_size(c, x) || !know_size(c, y))
		return 0;
	smaller = x->size < y->size ? x->size : y->size;
	larger = x->size < y->size ? y->size : x->size;
	if (larger > MAX_BLOB || smaller * 100 < larger * MIN_SIMILAR)
		return 0;
	p = signature_of(c, x);
	q = signature_of(c, y);
	return p && q ? signature_compare(p, q) : 0;
}

/* 0: not the same file.  Empty files are alike by nature and need the same name. */
unsigned changes_score(struct changes *c, struct change *x, struct change *y)
{
	unsigned percent;

	if (c->late || env_monotonic_us() > c->deadline) {
		c->late = true;
		return 0;
	}
	percent = similarity(c, x, y);
	if (percent < MIN_SIMILAR || (know_size(c, x) && x->size == 0 && !changes_same_base(x, y)))
		return 0;
	return percent * SCORE_PERCENT + name_score(x, y);
}

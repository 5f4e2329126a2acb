/*
 * changes: what a commit added and deleted, and which of the added files is a deleted one under a new name.
 *
 * libgit2 can pair all files of a commit, at a cost that grows with the square of their number and cannot be
 * interrupted.  Here one deleted file is asked about, so it is compared with the added ones, and the good candidates
 * with the other deleted ones that might claim them.
 */
#include "core/git/git.h"

#include "core/base/env.h"
#include "core/base/fs.h"

#define MIN_SIMILAR 60 /* per cent */
#define MAX_COMPARED 1000 /* contents, for one file */
#define MAX_BLOB ((size_t)1 << 20) /* larger ones are only found if they are identical */
#define CANDIDATES 8

/* A score is a similarity in thousandths, with the name deciding among similar contents. */
#define SCORE_PERCENT 1000
#define SCORE_SAME_BASE (10 * SCORE_PERCENT)
#define SCORE_TAIL 20 /* for each folder that agrees, from the end */
#define SCORE_HEAD 1 /* and from the beginning */
#define SCORE_IDENTICAL (100 * SCORE_PERCENT)
#define RIVAL_MARGIN \
	(5 * SCORE_PERCENT) /* nearer candidates make the answer unclear, unless it is identical */
#define MAX_FOLDERS 9 /* counted in either direction */

struct change {
	str path; /* borrowed from the diff */
	git_oid blob;
	size_t size;
	git_object_t type; /* once the size is known; never a blob for a submodule, which is found if it is identical */
	struct signature *signature; /* NULL until needed */
};

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

	if (c->diff && git->oid_cmp(&c->commit, commit) == 0)
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
	list_changes(c);
	return true;
}

/* ---- scores ---- */

/* Folders that agree, counted from the end or from the beginning, without the base names. */
static unsigned common_folders(str a, str b, bool from_end)
{
	unsigned n = 0;

	a = path_dir(a);
	b = path_dir(b);
	while (n < MAX_FOLDERS && a.n > 0 && b.n > 0) {
		size_t i = from_end ? str_rchr(a, '/') : str_chr(a, '/');
		size_t j = from_end ? str_rchr(b, '/') : str_chr(b, '/');
		str x, y;

		if (from_end) {
			x = path_base(a), y = path_base(b);
			a = i == STR_NONE ? STR("") : str_sub(a, 0, i);
			b = j == STR_NONE ? STR("") : str_sub(b, 0, j);
		} else {
			x = str_sub(a, 0, i), y = str_sub(b, 0, j);
			a = i == STR_NONE ? STR("") : str_from(a, i + 1);
			b = j == STR_NONE ? STR("") : str_from(b, j + 1);
		}
		if (!str_eq(x, y))
			break;
		n++;
	}
	return n;
}

static bool same_base(const struct change *x, const struct change *y)
{
	return str_eq(path_base(x->path), path_base(y->path));
}

static unsigned name_score(const struct change *x, const struct change *y)
{
	return (same_base(x, y) ? SCORE_SAME_BASE : 0) + SCORE_TAIL * common_folders(x->path, y->path, true) +
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

static bool identical(const struct changes *c, const struct change *x, const struct change *y)
{
	return c->repo->git->oid_cmp(&x->blob, &y->blob) == 0;
}

/* Similarity in per cent; sizes that cannot reach the threshold cost no reading. */
static unsigned similarity(struct changes *c, struct change *x, struct change *y)
{
	const struct signature *p, *q;
	size_t smaller, larger;

	if (identical(c, x, y))
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
static unsigned score(struct changes *c, struct change *x, struct change *y)
{
	unsigned percent;

	if (c->late || env_monotonic_us() > c->deadline) {
		c->late = true;
		return 0;
	}
	percent = similarity(c, x, y);
	if (percent < MIN_SIMILAR || (know_size(c, x) && x->size == 0 && !same_base(x, y)))
		return 0;
	return percent * SCORE_PERCENT + name_score(x, y);
}

/* ---- one file ---- */

struct candidate {
	struct change *change;
	unsigned score;
};

/* The best few, best first. */
struct candidates {
	struct candidate best[CANDIDATES];
	size_t n;
};

static void keep_best(struct candidates *list, struct change *change, unsigned points)
{
	size_t i;

	if (points == 0 || (list->n == CANDIDATES && points <= list->best[CANDIDATES - 1].score))
		return;
	if (list->n < CANDIDATES)
		list->n++;
	for (i = list->n - 1; i > 0 && list->best[i - 1].score < points; i--)
		list->best[i] = list->best[i - 1];
	list->best[i] = (struct candidate){ change, points };
}

/* 0: same base name, 1: same extension, 2: neither.  The likely ones are compared first. */
static int kinship(const struct change *x, const struct change *y)
{
	if (same_base(x, y))
		return 0;
	return str_eq(path_ext(x->path), path_ext(y->path)) ? 1 : 2;
}

/* What of `others` is most like `change`: identical contents, or else similar ones. */
static void find_like(struct changes *c, struct change *change, const struct vec *others,
		      struct candidates *out)
{
	size_t compared = 0;

	*out = (struct candidates){ 0 };
	for (size_t i = 0; i < others->n; i++) {
		struct change *other = vec_at(others, i);

		if (identical(c, change, other))
			keep_best(out, other, score(c, change, other));
	}
	for (int kin = 0; kin <= 2 && out->n == 0; kin++) {
		struct candidates found = { 0 };

		for (size_t i = 0; i < others->n && compared < MAX_COMPARED; i++) {
			struct change *other = vec_at(others, i);

			if (kinship(change, other) == kin) {
				keep_best(&found, other, score(c, change, other));
				compared++;
			}
		}
		for (size_t i = 0; i < found.n; i++)
			keep_best(out, found.best[i].change, found.best[i].score);
	}
}

/* True if another deleted file is more like the candidate, and likes no other added file better. */
static bool is_claimed(struct changes *c, const struct change *by, const struct candidate *candidate)
{
	struct candidates sources, targets;

	find_like(c, candidate->change, &c->deleted, &sources);
	for (size_t i = 0; i < sources.n && sources.best[i].score > candidate->score; i++) {
		if (sources.best[i].change == by)
			continue;
		find_like(c, sources.best[i].change, &c->added, &targets);
		if (targets.n > 0 && targets.best[0].score <= sources.best[i].score)
			return true;
	}
	return false;
}

static enum moved find_file(struct changes *c, struct arena *a, struct change *file, str *to)
{
	const struct candidate *best = NULL;
	struct candidates list;

	find_like(c, file, &c->added, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct candidate *next = &list.best[i];
		unsigned margin = best && best->score >= SCORE_IDENTICAL ? 1 : RIVAL_MARGIN;

		if (best && best->score - next->score >= margin)
			break;
		if (is_claimed(c, file, next))
			continue;
		if (best)
			return MOVED_UNCLEAR;
		best = next;
	}
	if (c->late)
		return MOVED_UNCLEAR;
	if (!best)
		return MOVED_NOWHERE;
	*to = arena_str(a, best->change->path);
	return MOVED_TO;
}

/* ---- a folder ---- */

#define FOLDER_PERCENT 80 /* of its files that must have moved together */
#define FOLDER_SAMPLE 32 /* of its files, to learn where they may have gone */
#define FOLDER_TARGETS 64

static struct change *find_change(const struct vec *changes, str path)
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

/* Adds the folders that hold a file of this relative name now. */
static void add_targets(const struct changes *c, str relative, struct vec *targets)
{
	for (size_t i = 0; i < c->added.n && targets->n < FOLDER_TARGETS; i++) {
		str path = ((const struct change *)vec_at(&c->added, i))->path, folder;
		bool known = false;

		if (path.n < relative.n + 2 || !str_ends(path, relative) ||
		    path.p[path.n - relative.n - 1] != '/')
			continue;
		folder = str_sub(path, 0, path.n - relative.n - 1);
		for (size_t t = 0; t < targets->n && !known; t++)
			known = str_eq(*(str *)vec_at(targets, t), folder);
		if (!known)
			*(str *)vec_push(targets) = folder;
	}
}

/* How many of the files have moved to the folder under their relative names. */
static size_t count_moved(struct changes *c, struct change *files, size_t n, size_t skip, str folder)
{
	size_t moved = 0;
	struct buf path;

	buf_init(&path, 1 << 16);
	for (size_t i = 0; i < n && !c->late; i++) {
		struct change *target;

		buf_clear(&path);
		buf_printf(&path, "%.*s/%.*s", STR_ARG(folder), STR_ARG(str_from(files[i].path, skip)));
		target = find_change(&c->added, buf_str(&path));
		moved += target && score(c, &files[i], target) > 0;
	}
	buf_release(&path);
	return moved;
}

/* files: all that the folder held.  skip: length of its name and the slash. */
static enum moved find_folder(struct changes *c, struct arena *a, struct change *files, size_t n, size_t skip,
			      str *to)
{
	enum moved moved = MOVED_NOWHERE;
	size_t stride = n > FOLDER_SAMPLE ? n / FOLDER_SAMPLE : 1;
	struct vec targets;

	vec_init(&targets, sizeof(str));
	for (size_t i = 0; i < n; i += stride)
		add_targets(c, str_from(files[i].path, skip), &targets);
	for (size_t t = 0; t < targets.n && moved != MOVED_UNCLEAR; t++) {
		str folder = *(str *)vec_at(&targets, t);

		if (count_moved(c, files, n, skip, folder) * 100 < n * FOLDER_PERCENT)
			continue;
		moved = moved == MOVED_NOWHERE ? MOVED_TO : MOVED_UNCLEAR;
		if (moved == MOVED_TO)
			*to = arena_str(a, folder);
	}
	vec_release(&targets);
	return c->late ? MOVED_UNCLEAR : moved;
}

enum moved changes_find(struct changes *c, struct arena *a, str path, str *to)
{
	struct change *file = find_change(&c->deleted, path), *all = c->deleted.p;
	size_t from, n = 0;

	if (file)
		return find_file(c, a, file, to);
	for (from = 0; from < c->deleted.n; from++) {
		if (str_starts(all[from].path, path) && str_starts_c(str_from(all[from].path, path.n), "/"))
			break;
	}
	while (from + n < c->deleted.n && str_starts(all[from + n].path, path) &&
	       str_starts_c(str_from(all[from + n].path, path.n), "/"))
		n++;
	return n > 0 ? find_folder(c, a, all + from, n, path.n + 1, to) : MOVED_NOWHERE;
}

/*
 * moved: finding a deleted file, or a whole folder, among what the same commit added.
 */
#include "core/git/changes.h"

#include "core/base/fs.h"

#define MAX_COMPARED 1000 /* contents, for one file */
#define CANDIDATES 8
#define RIVAL_MARGIN \
	(5 * SCORE_PERCENT) /* nearer candidates make the answer unclear, unless it is identical */

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
	if (changes_same_base(x, y))
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

		if (changes_identical(c, change, other))
			keep_best(out, other, changes_score(c, change, other));
	}
	for (int kin = 0; kin <= 2 && out->n == 0; kin++) {
		struct candidates found = { 0 };

		for (size_t i = 0; i < others->n && compared < MAX_COMPARED; i++) {
			struct change *other = vec_at(others, i);

			if (kinship(change, other) == kin) {
				keep_best(&found, other, changes_score(c, change, other));
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
		target = changes_lookup(&c->added, buf_str(&path));
		moved += target && changes_score(c, &files[i], target) > 0;
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
	struct change *file = changes_lookup(&c->deleted, path), *all = c->deleted.p;
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

/*
 * undo: takes the last apply back.  A file that is as the apply left it becomes what it was, byte for byte;
 * one that somebody has edited since, outside our block, gets the old block back and keeps the edits.
 */
#include "core/base/fs.h"
#include "writers/backup.h"
#include "writers/lock.h"
#include "writers/marker.h"
#include "writers/plan.h"

#define CONTENT_LIMIT (16u << 20)

/* How one file is taken back. */
enum way {
	WAY_NOTHING,
	WAY_WHOLE,
	WAY_BLOCK
};

static enum status read_now(struct arena *a, const char *path, struct change *now, struct error *err)
{
	enum status status = STATUS_OK;
	struct buf bytes;

	now->existed = fs_exists(path);
	now->before = STR("");
	if (!now->existed)
		return STATUS_OK;
	buf_init(&bytes, CONTENT_LIMIT);
	if (!fs_is_file(path))
		status = error_set(err, STATUS_REFUSED, "%s is not a file any more", path);
	if (status == STATUS_OK)
		status = fs_read_file(path, &bytes, err);
	if (status == STATUS_OK)
		now->before = arena_str(a, buf_str(&bytes));
	buf_release(&bytes);
	return status;
}

/* The block with its markers, "" if there is none.  Broken markers in old contents count as none. */
static str block_of(str file)
{
	struct marker_span span;

	if (marker_find(file, &span, NULL) != STATUS_OK || !span.found)
		return STR("");
	return str_sub(file, span.from, span.to - span.from);
}

/* Blocks are compared by their lines: an editor may have changed the line ends of the whole file. */
static bool same_lines(str x, str y)
{
	str line_x, line_y;

	for (;;) {
		bool more_x = str_line(&x, &line_x), more_y = str_line(&y, &line_y);

		if (!more_x || !more_y)
			return more_x == more_y;
		if (!str_eq(line_x, line_y))
			return false;
	}
}

/* Plans to put the old block where ours is now. */
static enum status revert_block(struct arena *a, const struct change *did, struct change *now, enum way *way,
				struct error *err)
{
	str mine = block_of(did->after), old = block_of(did->before), current;
	struct marker_span span;
	struct error why;
	struct buf out;

	if (marker_find(now->before, &span, &why) != STATUS_OK)
		return error_set(err, STATUS_REFUSED, "%.*s: %s", STR_ARG(did->path), why.message);
	current = span.found ? str_sub(now->before, span.from, span.to - span.from) : STR("");
	*way = WAY_NOTHING;
	if (same_lines(current, old))
		return STATUS_OK;
	if (!now->existed)
		return error_set(err, STATUS_REFUSED, "%.*s was deleted since", STR_ARG(did->path));
	if (!same_lines(current, mine))
		return error_set(err, STATUS_REFUSED,
				 "%.*s: the learned block was changed since; edit or remove it by hand",
				 STR_ARG(did->path));
	buf_init(&out, CONTENT_LIMIT);
	marker_splice(now->before, &span, old, &out);
	now->after = arena_str(a, buf_str(&out));
	now->remains = did->existed || now->after.n > 0;
	*way = WAY_BLOCK;
	buf_release(&out);
	return STATUS_OK;
}

/* Plans how the file that `did` changed is taken back. */
static enum status revert(struct arena *a, const struct change *did, struct change *now, enum way *way,
			  struct error *err)
{
	enum status status;

	*now = (struct change){ .path = did->path, .mode = did->mode };
	status = read_now(a, arena_c(a, did->path), now, err);
	if (status != STATUS_OK)
		return status;
	if (now->existed == did->existed && (!now->existed || str_eq(now->before, did->before))) {
		*way = WAY_NOTHING;
		return STATUS_OK;
	}
	if (now->existed == did->remains && (!now->existed || str_eq(now->before, did->after))) {
		*way = WAY_WHOLE;
		now->after = did->before;
		now->remains = did->existed;
		return STATUS_OK;
	}
	return revert_block(a, did, now, way, err);
}

static void tell(struct buf *told, const struct change *c, enum way way)
{
	static const char *const words[] = {
		[WAY_NOTHING] = "already as it was before",
		[WAY_WHOLE] = "restored",
		[WAY_BLOCK] = "learned block taken back, later edits kept",
	};

	buf_printf(told, "%.*s: %s\n", STR_ARG(c->path),
		   way != WAY_NOTHING && !c->remains ? "deleted" : words[way]);
}

static enum status undo_locked(struct arena *a, const char *home, str project, size_t *restored,
			       struct buf *told, struct error *err)
{
	enum status status = backup_recover(home, project, err);
	struct change *changes;
	struct backup backup;
	size_t count = 0;
	bool back;

	if (status == STATUS_OK)
		status = backup_last(a, home, project, &backup, err);
	if (status == STATUS_DONE) {
		*restored = 0;
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	changes = arena_array(a, backup.n, sizeof(*changes));
	for (size_t i = 0; i < backup.n; i++) {
		enum way way = WAY_NOTHING;

		status = revert(a, &backup.files[i].change, &changes[count], &way, err);
		if (status != STATUS_OK)
			return status;
		tell(told, &changes[count], way);
		count += way != WAY_NOTHING;
	}
	/* Begun again, so that temporary files of a killed undo are found; dropped when all is back. */
	if (count > 0)
		status = manifest_write(&backup, false, err);
	if (status == STATUS_OK)
		status = replace_files(changes, count, &back, err);
	if (status != STATUS_OK) {
		manifest_write(&backup, true, NULL);
		return status;
	}
	backup_drop(&backup);
	*restored = count;
	return STATUS_OK;
}

enum status plan_undo(const char *home, str project, size_t *restored, struct buf *told, struct error *err)
{
	size_t start = told->n;
	enum status status;
	struct arena a;
	int lock;

	status = lock_take(home, LOCK_WAIT_MS, &lock, err);
	if (status != STATUS_OK)
		return status;
	arena_init(&a);
	status = undo_locked(&a, home, project, restored, told, err);
	if (status != STATUS_OK)
		buf_cut(told, start);
	arena_release(&a);
	lock_release(lock);
	return status;
}

enum status plan_forget(const char *home, str project, struct error *err)
{
	enum status status;
	int lock;

	status = lock_take(home, LOCK_WAIT_MS, &lock, err);
	if (status != STATUS_OK)
		return status;
	status = backup_recover(home, project, err);
	if (status == STATUS_OK)
		status = backup_rotate(home, project, 0, err);
	lock_release(lock);
	return status;
}

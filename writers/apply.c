/*
 * apply: lock, tidy up after a killed run, back up, replace, mark the backup as done.
 */
#include "core/base/fs.h"
#include "writers/backup.h"
#include "writers/lock.h"
#include "writers/plan.h"

static enum status check_plans(const struct plan_file *files, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct plan_file *f = &files[i];

		if (f->action == ACTION_REFUSE && !f->soft)
			return error_set(err, STATUS_REFUSED, "%.*s: %.*s", STR_ARG(f->shown),
					 STR_ARG(f->reason));
	}
	return STATUS_OK;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static size_t collect_changes(struct arena *a, const struct plan_file *files, size_t n,
			      struct change *changes)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct plan_file *f = &files[i];

		if (f->action != ACTION_CREATE && f->action != ACTION_UPDATE)
			continue;
		changes[count++] = (struct change){
			.path = f->path,
			.before = f->before,
			.after = f->after,
			.existed = f->existed,
			.remains = !f->remove,
			.mode = f->existed ? mode_of(arena_c(a, f->path)) : 0,
		};
	}
	return count;
}

static enum status apply_locked(struct arena *a, const char *home, str project, const struct change *changes,
				size_t n, struct error *err)
{
	enum status status = backup_recover(home, project, err);
	struct backup backup;
	struct error why;
	bool back;

	if (status != STATUS_OK || n == 0)
		return status;
	status = backup_begin(a, home, project, changes, n, &backup, err);
	if (status != STATUS_OK)
		return status;
	status = replace_files(changes, n, &back, &why);
	if (status != STATUS_OK && back) {
		backup_drop(&backup);
		return error_set(err, status, "%s", why.message);
	}
	/* Files are written: should the mark fail, the next run finds out by itself. */
	manifest_write(&backup, true, NULL);
	backup_rotate(home, project, BACKUP_KEEP, NULL);
	if (status != STATUS_OK)
		return error_set(err, status, "%s; some files were written, undo takes them back",
				 why.message);
	return STATUS_OK;
}

enum status plan_apply(const char *home, str project, const struct plan_file *files, size_t n,
		       size_t *changed, struct error *err)
{
	enum status status = check_plans(files, n, err);
	struct change *changes;
	struct arena a;
	size_t count;
	int lock;

	if (status != STATUS_OK)
		return status;
	arena_init(&a);
	changes = arena_array(&a, n, sizeof(*changes));
	count = collect_changes(&a, files, n, changes);
	/* nothing to write may still be something to tidy up */
	bool work = count > 0 || backup_unfinished(home, project);
	if (work)
		status = lock_take(home, LOCK_WAIT_MS, &lock, err);
	if (work && status == STATUS_OK) {
		status = apply_locked(&a, home, project, changes, count, err);
		lock_release(lock);
	}
	if (status == STATUS_OK)
		*changed = count;
	arena_release(&a);
	return status;
}

#include "writers/backup.h"

#include <errno.h>
#include <fcntl.h>

#include "core/base/fs.h"
#include "core/base/vec.h"

#define CONTENT_MAX (16u << 20)
#define NAME_KEPT 40 /* characters of a project's name in the name of its folder */

/* "my-app-1f2e3d4c5b6a7988": readable, and different for projects of one name. */
static const char *project_dir(struct arena *a, const char *home, str project)
{
	str base = str_sub(path_base(project), 0, NAME_KEPT);
	char *name = arena_c(a, base);

	for (char *p = name; *p; p++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
			*p = '-';
	}
	return arena_printf(a, "%s/backups/%s-%016llx", home, name, (unsigned long long)str_hash(project)).p;
}

static const char *content_name(struct arena *a, const char *dir, size_t i, const char *side)
{
	return arena_printf(a, "%s/%zu.%s", dir, i, side).p;
}

static const char *in_dir(struct arena *a, const char *dir, const char *name)
{
	return path_join(a, str_c(dir), str_c(name)).p;
}

static bool collect_number(void *ctx, int dirfd, const char *name, char type)
{
	uint64_t n;

	(void)dirfd;
	if (type == 'd' && str_u64(str_c(name), &n))
		*(uint64_t *)vec_push(ctx) = n;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Numbers of the entries, ascending; none if the folder is missing. */
static enum status list_entries(const char *dir, struct vec *numbers, struct error *err)
{
	enum status status = fs_list(dir, collect_number, numbers, err);

	vec_sort(numbers, by_number);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static const char *entry_dir(struct arena *a, const char *dir, uint64_t number)
{
	return arena_printf(a, "%s/%06llu", dir, (unsigned long long)number).p;
}

static enum status write_sides(struct arena *a, const char *dir, size_t i, const struct change *c,
			       struct error *err)
{
	enum status status = STATUS_OK;

	if (c->existed)
		status = manifest_write_synced(content_name(a, dir, i, "before"), c->before, O_EXCL, err);
	if (status == STATUS_OK && c->remains)
		status = manifest_write_synced(content_name(a, dir, i, "after"), c->after, O_EXCL, err);
	return status;
}

static enum status read_side(struct arena *a, const char *path, str *out, struct error *err)
{
	struct buf bytes;
	enum status status;

	buf_init(&bytes, CONTENT_MAX);
	status = fs_read_file(path, &bytes, err);
	if (status == STATUS_OK)
		*out = arena_str(a, buf_str(&bytes));
	buf_release(&bytes);
	return status;
}

static enum status read_sides(struct arena *a, struct backup *b, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < b->n && status == STATUS_OK; i++) {
		struct change *c = &b->files[i].change;

		if (c->existed)
			status = read_side(a, content_name(a, b->dir, i, "before"), &c->before, err);
		if (status == STATUS_OK && c->remains)
			status = read_side(a, content_name(a, b->dir, i, "after"), &c->after, err);
	}
	return status;
}

static bool unlink_entry(void *ctx, int dirfd, const char *name, char type)
{
	struct arena a;

	(void)dirfd;
	arena_init(&a);
	if (type == 'f')
		fs_unlink(in_dir(&a, ctx, name));
	arena_release(&a);
	return true;
}

/* The manifest goes first: without it the rest counts as never completed. */
static void discard(const char *dir)
{
	struct arena a;

	arena_init(&a);
	fs_unlink(in_dir(&a, dir, "manifest"));
	fs_list(dir, unlink_entry, arena_c(&a, str_c(dir)), NULL);
	fs_rmdir(dir);
	arena_release(&a);
}

void backup_drop(const struct backup *b)
{
	discard(b->dir);
}

enum status backup_begin(struct arena *a, const char *home, str project, const struct change *changes,
			 size_t n, struct backup *out, struct error *err)
{
	const char *dir = project_dir(a, home, project);
	struct backup b = { .files = arena_array(a, n, sizeof(*b.files)), .n = n };
	uint64_t number = 1;
	enum status status;
	struct vec numbers;

	vec_init(&numbers, sizeof(uint64_t));
	status = list_entries(dir, &numbers, err);
	if (numbers.n > 0)
		number = *(uint64_t *)vec_at(&numbers, numbers.n - 1) + 1;
	vec_release(&numbers);
	b.dir = entry_dir(a, dir, number);
	if (status == STATUS_OK)
		status = fs_mkdirs(b.dir, 0700, err);
	for (size_t i = 0; i < n && status == STATUS_OK; i++) {
		const struct change *c = &changes[i];

		b.files[i].change = *c;
		b.files[i].ours = c->existed ? backup_created(home, project, c->path) : c->remains;
		status = write_sides(a, b.dir, i, c, err);
	}
	if (status == STATUS_OK)
		status = manifest_write(&b, false, err);
	if (status == STATUS_OK)
		status = replace_sync_dir(dir, err);
	if (status == STATUS_OK)
		*out = b;
	else
		discard(b.dir);
	return status;
}

enum status backup_last(struct arena *a, const char *home, str project, struct backup *out, struct error *err)
{
	const char *dir = project_dir(a, home, project);
	enum status status;
	struct vec numbers;
	struct backup b;

	vec_init(&numbers, sizeof(uint64_t));
	status = list_entries(dir, &numbers, err);
	if (status == STATUS_OK && numbers.n == 0)
		status = STATUS_DONE;
	if (status == STATUS_OK)
		status = manifest_read(a, entry_dir(a, dir, *(uint64_t *)vec_at(&numbers, numbers.n - 1)), &b,
				       err);
	if (status == STATUS_OK)
		status = read_sides(a, &b, err);
	if (status == STATUS_OK)
		*out = b;
	vec_release(&numbers);
	return status;
}

/* Tidies up after a process that was killed while it worked on this entry. */
static enum status recover_entry(struct arena *a, const char *dir, struct error *err)
{
	enum status status;
	struct backup b;
	bool changed = false;

	if (!fs_exists(in_dir(a, dir, "manifest"))) {
		discard(dir);
		return STATUS_OK;
	}
	fs_unlink(in_dir(a, dir, "manifest.tmp"));
	if (manifest_read(a, dir, &b, NULL) != STATUS_OK || b.done)
		return STATUS_OK;
	status = read_sides(a, &b, err);
	for (size_t i = 0; i < b.n && status == STATUS_OK; i++) {
		fs_unlink(replace_temp_name(a, b.files[i].change.path, b.pid));
		changed = changed || !replace_is_before(&b.files[i].change);
	}
	if (status == STATUS_OK && changed)
		return manifest_write(&b, true, err);
	if (status == STATUS_OK)
		discard(dir);
	return status;
}

enum status backup_recover(const char *home, str project, struct error *err)
{
	enum status status;
	struct vec numbers;
	struct arena a;

	arena_init(&a);
	vec_init(&numbers, sizeof(uint64_t));
	const char *dir = project_dir(&a, home, project);
	status = list_entries(dir, &numbers, err);
	for (size_t i = 0; i < numbers.n && status == STATUS_OK; i++)
		status = recover_entry(&a, entry_dir(&a, dir, *(uint64_t *)vec_at(&numbers, i)), err);
	vec_release(&numbers);
	arena_release(&a);
	return status;
}

bool backup_unfinished(const char *home, str project)
{
	bool unfinished = false;
	struct vec numbers;
	struct arena a;
	struct backup b;

	arena_init(&a);
	vec_init(&numbers, sizeof(uint64_t));
	const char *dir = project_dir(&a, home, project);
	if (list_entries(dir, &numbers, NULL) == STATUS_OK && numbers.n > 0) {
		const char *last = entry_dir(&a, dir, *(uint64_t *)vec_at(&numbers, numbers.n - 1));
		unfinished = fs_exists(in_dir(&a, last, "manifest.tmp")) ||
			     manifest_read(&a, last, &b, NULL) != STATUS_OK || !b.done;
	}
	vec_release(&numbers);
	arena_release(&a);
	return unfinished;
}

enum status backup_rotate(const char *home, str project, size_t keep, struct error *err)
{
	enum status status;
	struct vec numbers;
	struct arena a;

	arena_init(&a);
	vec_init(&numbers, sizeof(uint64_t));
	const char *dir = project_dir(&a, home, project);
	status = list_entries(dir, &numbers, err);
	for (size_t i = 0; i + keep < numbers.n; i++)
		discard(entry_dir(&a, dir, *(uint64_t *)vec_at(&numbers, i)));
	if (status == STATUS_OK && keep == 0 && fs_rmdir(dir) != 0 && errno != ENOENT)
		status = error_errno(err, errno, "cannot remove %s", dir);
	vec_release(&numbers);
	arena_release(&a);
	return status;
}

/* 1 or 0 if the entry names the file, else -1.  A file that the entry removed and that is there all the same was
 * made by somebody else, unless the removal never came to it. */
static int entry_created(struct arena *a, struct backup *b, str path)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct backup_file *f = &b->files[i];

		if (!str_eq(f->change.path, path))
			continue;
		if (f->change.remains || !f->ours)
			return f->ours;
		return read_sides(a, b, NULL) == STATUS_OK && replace_is_before(&f->change);
	}
	return -1;
}

bool backup_created(const char *home, str project, str path)
{
	int created = -1;
	struct vec numbers;
	struct arena a;

	arena_init(&a);
	vec_init(&numbers, sizeof(uint64_t));
	const char *dir = project_dir(&a, home, project);
	list_entries(dir, &numbers, NULL);
	for (size_t i = numbers.n; i-- > 0 && created < 0;) {
		struct backup b;

		if (manifest_read(&a, entry_dir(&a, dir, *(uint64_t *)vec_at(&numbers, i)), &b, NULL) ==
		    STATUS_OK)
			created = entry_created(&a, &b, path);
	}
	vec_release(&numbers);
	arena_release(&a);
	return created > 0;
}

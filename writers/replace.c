#include "writers/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fs.h"

#define NEW_DIR_MODE 0700

struct step {
	const struct change *change;
	const char *path, *dir, *temp;
	bool written, renamed;
};

const char *replace_temp_name(struct arena *a, str path, long pid)
{
	str name = path_base(path);

	return path_join(a, path_dir(path), arena_printf(a, ".%.*s.headroom-%ld.tmp", STR_ARG(name), pid)).p;
}

/* True if the path is a regular file with exactly these bytes. */
static bool holds(const char *path, str bytes)
{
	struct stat st;
	struct buf now;
	bool same;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size != bytes.n)
		return false;
	buf_init(&now, bytes.n + 1);
	same = fs_read_file(path, &now, NULL) == STATUS_OK && str_eq(buf_str(&now), bytes);
	buf_release(&now);
	return same;
}

static bool in_state(str path, bool exists, str bytes)
{
	struct arena a;
	const char *name;
	bool yes;

	arena_init(&a);
	name = arena_c(&a, path);
	yes = exists ? holds(name, bytes) : !fs_exists(name);
	arena_release(&a);
	return yes;
}

bool replace_is_before(const struct change *c)
{
	return in_state(c->path, c->existed, c->before);
}

bool replace_is_after(const struct change *c)
{
	return in_state(c->path, c->remains, c->after);
}

/* Gives the open temporary file the owner and the mode of the file it will replace.  A group that we may not
 * give away is no reason to fail, a foreign owner is. */
static int adopt(int fd, const struct stat *like)
{
	struct stat own;

	if (fstat(fd, &own) != 0)
		return -1;
	if ((own.st_uid != like->st_uid || own.st_gid != like->st_gid) &&
	    fs_chown_fd(fd, like->st_uid, like->st_gid) != 0 && own.st_uid != like->st_uid)
		return -1;
	return fs_chmod_fd(fd, like->st_mode & 07777);
}

/* Leaves a synced temporary file with these bytes, or none. */
static enum status write_temp(const struct step *s, str bytes, struct error *err)
{
	struct stat like;
	bool exists = lstat(s->path, &like) == 0;
	int fd = fs_open_write(s->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, exists ? 0600 : 0666);
	int failed = 0;

	if (fd < 0)
		return error_errno(err, errno, "cannot create %s", s->temp);
	if (fs_write_all(fd, bytes.p, bytes.n) != 0 || (exists && adopt(fd, &like) != 0) ||
	    (!exists && s->change->mode != 0 && fs_chmod_fd(fd, s->change->mode) != 0) || fs_fsync(fd) != 0)
		failed = errno;
	if (close(fd) != 0 && failed == 0)
		failed = errno;
	if (failed == 0)
		return STATUS_OK;
	fs_unlink(s->temp);
	return error_errno(err, failed, "cannot write %s", s->temp);
}

enum status replace_sync_dir(const char *dir, struct error *err)
{
	/* Some file systems cannot sync a folder; their renames are as lasting as they get. */
	if (fs_fsync_dir(dir) == 0 || errno == EINVAL || errno == ENOTSUP)
		return STATUS_OK;
	return error_errno(err, errno, "cannot sync %s", dir);
}

static enum status prepare(struct step *s, struct error *err)
{
	enum status status = STATUS_OK;

	if (!s->change->remains)
		return STATUS_OK;
	if (!s->change->existed)
		status = fs_mkdirs(s->dir, NEW_DIR_MODE, err);
	if (status == STATUS_OK)
		status = write_temp(s, s->change->after, err);
	s->written = status == STATUS_OK;
	return status;
}

static enum status commit(struct step *s, struct error *err)
{
	int result;

	if (!replace_is_before(s->change))
		return error_set(err, STATUS_CHANGED, "%s changed meanwhile; run again", s->path);
	result = s->change->remains ? fs_rename(s->temp, s->path) : fs_unlink(s->path);
	if (result != 0)
		return error_errno(err, errno, "cannot replace %s", s->path);
	s->written = false;
	s->renamed = true;
	return replace_sync_dir(s->dir, err);
}

/* Undoes a commit, unless somebody has changed the file since. */
static bool put_back(struct step *s)
{
	if (!replace_is_after(s->change))
		return false;
	if (!s->change->existed)
		return fs_unlink(s->path) == 0;
	if (write_temp(s, s->change->before, NULL) != STATUS_OK)
		return false;
	if (fs_rename(s->temp, s->path) == 0)
		return true;
	fs_unlink(s->temp);
	return false;
}

enum status replace_files(const struct change *changes, size_t n, bool *back, struct error *err)
{
	enum status status = STATUS_OK;
	struct step *steps;
	struct arena a;

	arena_init(&a);
	steps = arena_array(&a, n, sizeof(*steps));
	for (size_t i = 0; i < n; i++) {
		steps[i].change = &changes[i];
		steps[i].path = arena_c(&a, changes[i].path);
		steps[i].dir = arena_c(&a, path_dir(changes[i].path));
		steps[i].temp = replace_temp_name(&a, changes[i].path, (long)getpid());
	}
	for (size_t i = 0; i < n && status == STATUS_OK; i++)
		status = prepare(&steps[i], err);
	for (size_t i = 0; i < n && status == STATUS_OK; i++)
		status = commit(&steps[i], err);
	*back = true;
	for (size_t i = n; i-- > 0 && status != STATUS_OK;) {
		if (steps[i].renamed)
			*back = put_back(&steps[i]) && *back;
		if (steps[i].written)
			fs_unlink(steps[i].temp);
	}
	arena_release(&a);
	return status;
}

#include "core/base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/vec.h"

#define READ_CHUNK ((size_t)64 << 10)

static enum status too_large(struct error *err, const char *path, size_t limit)
{
	return error_set(err, STATUS_LIMIT, "%s is larger than %zu bytes", path, limit);
}

static enum status read_all(int fd, const char *path, struct buf *out, struct error *err)
{
	struct stat st;
	size_t start = out->n, want, left;
	bool sized;
	char probe;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return error_errno(err, errno, "cannot read %s", path);
	/* A regular file is read in one call; others, and those in /proc, say nothing about their size. */
	sized = S_ISREG(st.st_mode) && st.st_size > 0;
	if (sized && (size_t)st.st_size > out->max - start)
		return too_large(err, path, out->max - start);
	want = sized ? (size_t)st.st_size : READ_CHUNK;
	for (;;) {
		left = out->full ? 0 : out->max - out->n;
		if (left == 0)
			n = read(fd, &probe, 1);
		else
			n = read(fd, buf_room(out, want < left ? want : left), want < left ? want : left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "cannot read %s", path);
		if (n == 0)
			return STATUS_OK;
		if (left == 0)
			return too_large(err, path, out->max - start);
		buf_commit(out, (size_t)n);
		if (sized && (want -= (size_t)n) == 0)
			return STATUS_OK;
	}
}

enum status fs_read_file(const char *path, struct buf *out, struct error *err)
{
	size_t start = out->n;
	enum status status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	status = read_all(fd, path, out, err);
	close(fd);
	if (status != STATUS_OK)
		buf_cut(out, start);
	return status;
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool fs_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

struct entry {
	const char *name;
	char type;
};

static char entry_type(int dirfd, const struct dirent *e)
{
	struct stat st;

	switch (e->d_type) {
	case DT_REG:
		return 'f';
	case DT_DIR:
		return 'd';
	case DT_LNK:
		return 'l';
	case DT_UNKNOWN:
		break;
	default:
		return 'o';
	}
	if (fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 'o';
	return S_ISREG(st.st_mode) ? 'f' : S_ISDIR(st.st_mode) ? 'd' : S_ISLNK(st.st_mode) ? 'l' : 'o';
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* 0 or the errno of readdir(3). */
static int read_entries(DIR *dir, struct arena *names, struct vec *entries)
{
	const struct dirent *e;

	for (;;) {
		struct entry *entry;

		errno = 0;
		e = readdir(dir);
		if (!e)
			return errno;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		entry = vec_push(entries);
		entry->name = arena_c(names, str_c(e->d_name));
		entry->type = entry_type(dirfd(dir), e);
	}
}

enum status fs_list(const char *path, fs_entry_fn *fn, void *ctx, struct error *err)
{
	enum status status = STATUS_OK;
	struct arena names;
	struct vec entries;
	DIR *dir = opendir(path);
	int failed;

	if (!dir)
		return error_errno(err, errno, "cannot list %s", path);
	arena_init(&names);
	vec_init(&entries, sizeof(struct entry));
	failed = read_entries(dir, &names, &entries);
	if (failed) {
		status = error_errno(err, failed, "cannot list %s", path);
		goto out;
	}
	vec_sort(&entries, compare_entries);
	for (size_t i = 0; i < entries.n; i++) {
		const struct entry *e = vec_at(&entries, i);

		if (!fn(ctx, dirfd(dir), e->name, e->type))
			break;
	}
out:
	vec_release(&entries);
	arena_release(&names);
	closedir(dir);
	return status;
}

char *fs_realpath(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL), *copy;

	if (!real)
		return NULL;
	copy = arena_c(a, str_c(real));
	free(real);
	return copy;
}

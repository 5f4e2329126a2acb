/* The writing half of fs.h, and the faults that tests inject into it. */
#include "core/base/fs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/log.h"

/* ---- fault injection ---- */

enum op {
	OP_OPEN,
	OP_WRITE,
	OP_FSYNC,
	OP_RENAME,
	OP_UNLINK,
	OP_CHMOD,
	OP_MKDIR,
	OP_ANY,
	OP_COUNT
};

static const char *const op_names[] = {
	[OP_OPEN] = "open",	[OP_WRITE] = "write", [OP_FSYNC] = "fsync", [OP_RENAME] = "rename",
	[OP_UNLINK] = "unlink", [OP_CHMOD] = "chmod", [OP_MKDIR] = "mkdir", [OP_ANY] = "any",
};
static_assert(sizeof(op_names) / sizeof(*op_names) == OP_COUNT, "a name for each operation");

#define FAULT_KILL (-1)
#define FAULT_SHORT 0
#define KILLED_EXIT 137 /* what a shell reports of a process that SIGKILL ended */

static const struct fault_name {
	const char *name;
	int errnum;
} fault_names[] = {
	{ "kill", FAULT_KILL }, { "short", FAULT_SHORT }, { "EACCES", EACCES }, { "EDQUOT", EDQUOT },
	{ "EEXIST", EEXIST },	{ "EINTR", EINTR },	  { "EIO", EIO },	{ "ENOENT", ENOENT },
	{ "ENOSPC", ENOSPC },	{ "EPERM", EPERM },	  { "EROFS", EROFS },	{ "EXDEV", EXDEV },
};

/* One fault at a time.  `left` counts down to it and is 0 when there is none, which is all the cost
 * without one. */
static struct {
	enum op op;
	int errnum;
	atomic_long left;
	atomic_long ops;
	pthread_once_t once;
} fault = { .once = PTHREAD_ONCE_INIT };

static bool find_op(str name, enum op *op)
{
	for (int i = 0; i < OP_COUNT; i++) {
		if (str_eq_c(name, op_names[i])) {
			*op = (enum op)i;
			return true;
		}
	}
	return false;
}

static bool find_fault(str name, int *errnum)
{
	for (size_t i = 0; i < sizeof(fault_names) / sizeof(*fault_names); i++) {
		if (str_eq_c(name, fault_names[i].name)) {
			*errnum = fault_names[i].errnum;
			return true;
		}
	}
	return false;
}

static void arm(enum op op, long n, int errnum)
{
	fault.op = op;
	fault.errnum = errnum;
	fault.left = n;
}

static void arm_from_env(void)
{
	const char *spec = env_get("HEADROOM_FAULT");
	str rest = str_c(spec), op_name = STR(""), count = STR("");
	enum op op;
	uint64_t n;
	int errnum;

	if (!spec)
		return;
	if (str_split(&rest, ':', &op_name) && str_split(&rest, ':', &count) && find_op(op_name, &op) &&
	    str_u64(count, &n) && n > 0 && n <= LONG_MAX && find_fault(rest, &errnum))
		arm(op, (long)n, errnum);
	else
		log_debug("HEADROOM_FAULT=%s is not OPERATION:N:ERROR", spec);
}

void fs_inject(const char *op_name, long n, int errnum)
{
	enum op op = OP_ANY;
	bool known = find_op(str_c(op_name), &op);

	assert(known || n == 0);
	pthread_once(&fault.once, arm_from_env);
	arm(op, n, errnum);
}

long fs_write_ops(void)
{
	return fault.ops;
}

/* Counts the operation and says whether the fault is due now. */
static bool strikes(enum op op)
{
	pthread_once(&fault.once, arm_from_env);
	fault.ops++;
	if (fault.left == 0 || (fault.op != op && fault.op != OP_ANY))
		return false;
	return atomic_fetch_sub(&fault.left, 1) == 1;
}

/* The same for calls that have no half-way: true if it must fail, with errno set. */
static bool fails(enum op op)
{
	if (!strikes(op) || fault.errnum == FAULT_SHORT)
		return false;
	if (fault.errnum < 0)
		_exit(KILLED_EXIT);
	errno = fault.errnum;
	return true;
}

/* ---- writing ---- */

int fs_open_write(const char *path, int flags, mode_t mode)
{
	return fails(OP_OPEN) ? -1 : open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
}

ssize_t fs_write(int fd, const void *p, size_t n)
{
	ssize_t written;

	if (!strikes(OP_WRITE))
		return write(fd, p, n);
	if (fault.errnum > 0) {
		errno = fault.errnum;
		return -1;
	}
	/* A process that dies in a write leaves part of it behind. */
	written = write(fd, p, n / 2);
	if (fault.errnum < 0)
		_exit(KILLED_EXIT);
	return written;
}

int fs_write_all(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t written = fs_write(fd, from, n);

		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0) {
			from += written;
			n -= (size_t)written;
		}
	}
	return 0;
}

int fs_fsync(int fd)
{
	return fails(OP_FSYNC) ? -1 : fsync(fd);
}

int fs_fsync_dir(const char *dir)
{
	int fd, result, saved;

	if (fails(OP_FSYNC))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = fsync(fd);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

int fs_rename(const char *from, const char *to)
{
	return fails(OP_RENAME) ? -1 : rename(from, to);
}

int fs_unlink(const char *path)
{
	return fails(OP_UNLINK) ? -1 : unlink(path);
}

int fs_rmdir(const char *path)
{
	return fails(OP_UNLINK) ? -1 : rmdir(path);
}

int fs_chmod_fd(int fd, mode_t mode)
{
	return fails(OP_CHMOD) ? -1 : fchmod(fd, mode);
}

int fs_chown_fd(int fd, uid_t uid, gid_t gid)
{
	return fails(OP_CHMOD) ? -1 : fchown(fd, uid, gid);
}

int fs_mkdir(const char *path, mode_t mode)
{
	return fails(OP_MKDIR) ? -1 : mkdir(path, mode);
}

/* One folder, which another process may create meanwhile. */
static enum status make_dir(const char *path, mode_t mode, struct error *err)
{
	int failed;

	if (fs_is_dir(path) || fs_mkdir(path, mode) == 0)
		return STATUS_OK;
	failed = errno;
	if (failed == EEXIST && fs_is_dir(path))
		return STATUS_OK;
	return error_errno(err, failed, "cannot create the folder %s", path);
}

enum status fs_mkdirs(const char *path, mode_t mode, struct error *err)
{
	enum status status = STATUS_OK;
	char *copy = xstrdup(path);

	for (char *p = copy + 1; *copy && *p && status == STATUS_OK; p++) {
		if (*p == '/') {
			*p = '\0';
			status = make_dir(copy, mode, err);
			*p = '/';
		}
	}
	if (status == STATUS_OK)
		status = make_dir(copy, mode, err);
	free(copy);
	return status;
}

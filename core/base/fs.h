/*
 * fs: files and paths.  All system calls that write go through here, so that tests can make any of them fail
 * (fs_inject), be short, or end the process.  Paths are C strings at this border; no PATH_MAX arrays.
 */
#ifndef HEADROOM_BASE_FS_H
#define HEADROOM_BASE_FS_H

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"

/* ---- paths, purely lexical ---- */
str path_base(str path); /* after the last '/'; borrowed */
str path_dir(str path); /* before the last '/'; "/" for "/x", "" for "x"; borrowed */
str path_ext(str path); /* after the last '.' of the base name, "" if none or leading */
str path_join(struct arena *a, str dir, str name); /* an absolute name wins */
/* Removes //, /./, trailing / and resolves .. lexically; "a/../.." stays ".."; "" becomes "." */
str path_normal(struct arena *a, str path);
/* path relative to root when it is root or below it (both normal and absolute): "" for root itself; else
 * false. */
bool path_below(str path, str root, str *rel);
/* Both seen from the same folder, which "" is: path is dir or lies in it. */
bool path_within(str path, str dir);

/* ---- reading ---- */
/* Appends the whole file; STATUS_LIMIT when it is larger than out->max allows. */
enum status fs_read_file(const char *path, struct buf *out, struct error *err);
bool fs_exists(const char *path); /* lstat succeeds */
bool fs_is_dir(const char *path); /* follows links */
bool fs_is_file(const char *path);
/* Calls fn for each entry but . and .., in byte order of names; type from d_type or lstat: 'f' 'd' 'l' 'o'.
 * fn returns false to stop.  A folder that is missing is STATUS_NOT_FOUND. */
typedef bool fs_entry_fn(void *ctx, int dirfd, const char *name, char type);
enum status fs_list(const char *dir, fs_entry_fn *fn, void *ctx, struct error *err);
char *fs_realpath(struct arena *a, const char *path); /* NULL if it does not exist */

/* ---- writing; each returns what the system call returns, errno set ---- */
int fs_open_write(const char *path, int flags, mode_t mode); /* O_CLOEXEC added */
ssize_t fs_write(int fd, const void *p, size_t n);
int fs_write_all(int fd, const void *p, size_t n); /* 0 or -1; continues short writes and EINTR */
int fs_fsync(int fd);
int fs_fsync_dir(const char *dir);
int fs_rename(const char *from, const char *to);
int fs_unlink(const char *path);
int fs_rmdir(const char *path); /* an empty folder; "unlink" to fault injection */
int fs_chmod_fd(int fd, mode_t mode);
int fs_chown_fd(int fd, uid_t uid, gid_t gid);
int fs_mkdir(const char *path, mode_t mode);
/* Like mkdir -p; mode is for new ones. */
enum status fs_mkdirs(const char *path, mode_t mode, struct error *err);

/* ---- fault injection (tests, and HEADROOM_FAULT="write:3:ENOSPC" | "any:7:kill" in the environment) ---- */
/* The nth (1-based) call from now of the named operation (open write fsync rename unlink chmod mkdir any;
 * chmod counts chown too) fails with errnum; errnum < 0 ends the process with _exit(137) instead, half-way
 * through if it is a write; 0 makes one write short.  n = 0 clears.  In the environment errnum is "kill",
 * "short" or a name. */
void fs_inject(const char *op, long n, int errnum);
long fs_write_ops(void); /* writing operations made so far */

#endif

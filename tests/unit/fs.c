#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fs.h"

static void path_parts(void **state)
{
	static const struct {
		const char *path, *dir, *base, *ext;
	} rows[] = {
		{ "/a/b.tar.gz", "/a", "b.tar.gz", "gz" },
		{ "/x", "/", "x", "" },
		{ "x", "", "x", "" },
		{ "", "", "", "" },
		{ "/", "/", "", "" },
		{ "a//b", "a", "b", "" },
		{ "//b", "/", "b", "" },
		{ "a/", "a", "", "" },
		{ ".bashrc", "", ".bashrc", "" },
		{ "d.d/f", "d.d", "f", "" },
		{ "f.", "", "f.", "" },
		{ "a/.x.c", "a", ".x.c", "c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		str path = str_c(rows[i].path);

		assert_str_equal(path_dir(path), rows[i].dir);
		assert_str_equal(path_base(path), rows[i].base);
		assert_str_equal(path_ext(path), rows[i].ext);
	}
}

static void path_joins(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(path_join(&a, STR("/a"), STR("b")), "/a/b");
	assert_str_equal(path_join(&a, STR("/a/"), STR("b")), "/a/b");
	assert_str_equal(path_join(&a, STR("/"), STR("b")), "/b");
	assert_str_equal(path_join(&a, STR("/a"), STR("/b")), "/b");
	assert_str_equal(path_join(&a, STR(""), STR("b")), "b");
	assert_str_equal(path_join(&a, STR("a"), STR("")), "a");
	assert_str_equal(path_join(&a, STR(""), STR("")), "");
	arena_release(&a);
}

static void path_normalises(void **state)
{
	static const char *const rows[][2] = {
		{ "", "." },
		{ ".", "." },
		{ "./", "." },
		{ "/", "/" },
		{ "//", "/" },
		{ "/..", "/" },
		{ "/../../a", "/a" },
		{ "/a/./b//c/", "/a/b/c" },
		{ "/a/../b", "/b" },
		{ "/a/b/../../..", "/" },
		{ "a/..", "." },
		{ "a/../..", ".." },
		{ "../a/../..", "../.." },
		{ "../../a/./b/..", "../../a" },
		{ "a/../b", "b" },
		{ "a/b/../c", "a/c" },
		{ "..a/...", "..a/..." },
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_str_equal(path_normal(&a, str_c(rows[i][0])), rows[i][1]);
	assert_str_equal(path_normal(&a, (str){ NULL, 0 }), ".");
	arena_release(&a);
}

static void path_below_needs_whole_names(void **state)
{
	str rel = STR("untouched");

	(void)state;
	assert_false(path_below(STR("/ab"), STR("/a"), &rel));
	assert_false(path_below(STR("/"), STR("/a"), &rel));
	assert_false(path_below(STR("/b/a"), STR("/a"), &rel));
	assert_str_equal(rel, "untouched");
	assert_true(path_below(STR("/a/b/c"), STR("/a"), &rel));
	assert_str_equal(rel, "b/c");
	assert_true(path_below(STR("/a"), STR("/a"), &rel));
	assert_str_equal(rel, "");
	assert_true(path_below(STR("/a"), STR("/"), &rel));
	assert_str_equal(rel, "a");
	assert_true(path_below(STR("/"), STR("/"), &rel));
	assert_str_equal(rel, "");
}

static void fs_reads_whole_files(void **state)
{
	static char big[200000];
	const char *dir = test_dir(), *path = test_path(dir, "sub/big");
	struct error err;
	struct buf out;

	(void)state;
	memset(big, 'x', sizeof(big));
	big[0] = '\0';
	test_write(path, (str){ big, sizeof(big) });
	test_write(test_path(dir, "empty"), STR(""));

	buf_init(&out, 1 << 20);
	buf_add_c(&out, "before");
	assert_int_equal(fs_read_file(path, &out, &err), STATUS_OK);
	assert_int_equal(out.n, 6 + sizeof(big));
	assert_memory_equal(out.p + 6, big, sizeof(big));
	assert_int_equal(fs_read_file(test_path(dir, "empty"), &out, &err), STATUS_OK);
	assert_int_equal(out.n, 6 + sizeof(big));

	assert_int_equal(fs_read_file(test_path(dir, "none"), &out, &err), STATUS_NOT_FOUND);
	assert_true(str_has_c(str_c(err.message), "none"));
	assert_int_equal(fs_read_file(dir, &out, &err), STATUS_FAILED);
	assert_int_equal(out.n, 6 + sizeof(big));
	buf_release(&out);
}

static void fs_read_knows_its_limit(void **state)
{
	const char *path = test_path(test_dir(), "f");
	struct error err;
	struct buf out;

	(void)state;
	test_write(path, STR("12345"));
	buf_init(&out, 5);
	assert_int_equal(fs_read_file(path, &out, &err), STATUS_OK);
	assert_str_equal(buf_str(&out), "12345");
	assert_int_equal(fs_read_file(path, &out, &err), STATUS_LIMIT);
	assert_str_equal(buf_str(&out), "12345");
	assert_false(out.full);
	buf_release(&out);

	/* Files in /proc have contents but no size. */
	buf_init(&out, 10);
	assert_int_equal(fs_read_file("/proc/self/status", &out, &err), STATUS_LIMIT);
	assert_int_equal(out.n, 0);
	assert_false(buf_add_c(&out, "more than ten bytes"));
	assert_int_equal(fs_read_file(path, &out, &err), STATUS_LIMIT); /* full from before */
	buf_release(&out);
	buf_init(&out, 1 << 20);
	assert_int_equal(fs_read_file("/proc/self/status", &out, &err), STATUS_OK);
	assert_true(out.n > 10);
	buf_release(&out);
}

static void fs_tells_kinds_apart(void **state)
{
	const char *dir = test_dir(), *file = test_path(dir, "f");
	const char *link = test_path(dir, "link"), *loose = test_path(dir, "loose");
	struct arena a;

	(void)state;
	test_write(file, STR("x"));
	assert_int_equal(symlink("f", link), 0);
	assert_int_equal(symlink("nowhere", loose), 0);
	assert_true(fs_exists(file) && fs_exists(link) && fs_exists(loose) && fs_exists(dir));
	assert_false(fs_exists(test_path(dir, "none")));
	assert_true(fs_is_file(file) && fs_is_file(link));
	assert_false(fs_is_file(loose) || fs_is_file(dir));
	assert_true(fs_is_dir(dir));
	assert_false(fs_is_dir(file) || fs_is_dir(loose));

	arena_init(&a);
	assert_string_equal(fs_realpath(&a, link), fs_realpath(&a, file));
	assert_null(fs_realpath(&a, loose));
	arena_release(&a);
}

struct listing {
	char types[16];
	struct buf names;
	size_t n, stop_after;
};

static bool note_entry(void *ctx, int dirfd, const char *name, char type)
{
	struct listing *l = ctx;
	struct stat st;

	assert_int_equal(fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	l->types[l->n++] = type;
	buf_printf(&l->names, "%s ", name);
	return l->n != l->stop_after;
}

static void fs_lists_in_order(void **state)
{
	const char *dir = test_dir();
	struct listing l = { .n = 0 };
	struct error err;

	(void)state;
	buf_init(&l.names, 1000);
	test_write(test_path(dir, "b"), STR(""));
	test_write(test_path(dir, "a/inner"), STR(""));
	test_write(test_path(dir, "B"), STR(""));
	test_write(test_path(dir, ".hidden"), STR(""));
	test_write(test_path(dir, "\xc3\xa9"), STR(""));
	assert_int_equal(symlink("a", test_path(dir, "c")), 0);
	assert_int_equal(mkfifo(test_path(dir, "d"), 0600), 0);
	assert_int_equal(fs_list(dir, note_entry, &l, &err), STATUS_OK);
	assert_str_equal(buf_str(&l.names), ".hidden B a b c d \xc3\xa9 ");
	assert_string_equal(l.types, "ffdflof");

	buf_clear(&l.names);
	l.n = 0;
	l.stop_after = 2;
	assert_int_equal(fs_list(dir, note_entry, &l, &err), STATUS_OK);
	assert_str_equal(buf_str(&l.names), ".hidden B ");
	assert_int_equal(fs_list(test_path(dir, "none"), note_entry, &l, &err), STATUS_NOT_FOUND);
	assert_int_equal(fs_list(test_path(dir, "b"), note_entry, &l, &err), STATUS_NOT_FOUND);
	assert_int_equal(l.n, 2);
	buf_release(&l.names);
}

static void fs_makes_folders(void **state)
{
	const char *dir = test_dir(), *deep = test_path(dir, "a/b//c/");
	struct error err;
	struct stat st;

	(void)state;
	assert_int_equal(fs_mkdirs(deep, 0700, &err), STATUS_OK);
	assert_true(fs_is_dir(test_path(dir, "a/b/c")));
	assert_int_equal(stat(test_path(dir, "a/b"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(fs_mkdirs(deep, 0700, &err), STATUS_OK);
	assert_int_equal(fs_mkdirs("/", 0700, &err), STATUS_OK);
	test_write(test_path(dir, "file"), STR(""));
	assert_int_equal(fs_mkdirs(test_path(dir, "file"), 0700, &err), STATUS_FAILED);
	assert_int_not_equal(fs_mkdirs(test_path(dir, "file/x"), 0700, &err), STATUS_OK);
	assert_int_equal(fs_mkdirs("", 0700, &err), STATUS_NOT_FOUND);
}

static void fs_injects_each_fault(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "f"), *other = test_path(dir, "g");
	struct error err;
	int fd = fs_open_write(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);

	fs_inject("write", 2, ENOSPC);
	assert_int_equal(fs_write(fd, "ab", 2), 2);
	assert_int_equal(fs_fsync(fd), 0); /* does not count */
	assert_int_equal(fs_write(fd, "cd", 2), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(fs_write(fd, "cd", 2), 2); /* once only */

	fs_inject("fsync", 1, EIO);
	assert_int_equal(fs_fsync(fd), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(fs_fsync_dir(dir), 0);
	fs_inject("chmod", 1, EPERM);
	assert_int_equal(fs_chmod_fd(fd, 0644), -1);
	assert_int_equal(fs_chmod_fd(fd, 0644), 0);
	assert_int_equal(fs_chown_fd(fd, geteuid(), getegid()), 0);
	close(fd);

	fs_inject("rename", 1, EXDEV);
	assert_int_equal(fs_rename(path, other), -1);
	assert_int_equal(fs_rename(path, other), 0);
	fs_inject("unlink", 1, EROFS);
	assert_int_equal(fs_unlink(other), -1);
	assert_true(fs_exists(other));
	assert_int_equal(fs_unlink(other), 0);
	fs_inject("open", 1, EACCES);
	assert_int_equal(fs_open_write(path, O_WRONLY | O_CREAT, 0600), -1);
	assert_int_equal(errno, EACCES);
	fs_inject("mkdir", 2, ENOSPC);
	assert_int_equal(fs_mkdirs(test_path(dir, "x/y/z"), 0700, &err), STATUS_FAILED);
	assert_true(fs_is_dir(test_path(dir, "x")));
	assert_false(fs_exists(test_path(dir, "x/y")));
	fs_inject("any", 0, 0);
}

static void fs_any_counts_as_fs_write_ops(void **state)
{
	const char *dir = test_dir();
	long before = fs_write_ops();

	(void)state;
	fs_inject("any", 3, EIO);
	assert_int_equal(fs_mkdir(test_path(dir, "a"), 0700), 0);
	assert_int_equal(fs_fsync_dir(dir), 0);
	assert_int_equal(fs_unlink(test_path(dir, "b")), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(fs_write_ops() - before, 3);
	fs_inject("any", 1, EIO);
	fs_inject("any", 0, 0); /* cleared before it struck */
	assert_int_equal(fs_fsync_dir(dir), 0);
}

static void fs_continues_short_writes(void **state)
{
	const char *path = test_path(test_dir(), "f");
	struct error err;
	struct buf out;
	int fd = fs_open_write(path, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	fs_inject("write", 1, 0);
	assert_int_equal(fs_write_all(fd, "0123456789", 10), 0);
	fs_inject("write", 1, EINTR);
	assert_int_equal(fs_write_all(fd, "abc", 3), 0);
	fs_inject("write", 1, ENOSPC);
	assert_int_equal(fs_write_all(fd, "def", 3), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(fs_write_all(fd, NULL, 0), 0);
	close(fd);
	buf_init(&out, 100);
	assert_int_equal(fs_read_file(path, &out, &err), STATUS_OK);
	assert_str_equal(buf_str(&out), "0123456789abc");
	buf_release(&out);
}

/* A child that dies in the middle of a write leaves half of it. */
static void fs_kills_the_process(void **state)
{
	const char *path = test_path(test_dir(), "f");
	struct stat st;
	int status, fd;
	pid_t child;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		fd = fs_open_write(path, O_WRONLY | O_CREAT, 0600);
		fs_inject("write", 1, -1);
		fs_write_all(fd, "0123456789", 10);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 137);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 5);
}

const struct CMUnitTest fs_tests[] = {
	cmocka_unit_test(path_parts),
	cmocka_unit_test(path_joins),
	cmocka_unit_test(path_normalises),
	cmocka_unit_test(path_below_needs_whole_names),
	cmocka_unit_test(fs_reads_whole_files),
	cmocka_unit_test(fs_read_knows_its_limit),
	cmocka_unit_test(fs_tells_kinds_apart),
	cmocka_unit_test(fs_lists_in_order),
	cmocka_unit_test(fs_makes_folders),
	cmocka_unit_test(fs_injects_each_fault),
	cmocka_unit_test(fs_any_counts_as_fs_write_ops),
	cmocka_unit_test(fs_continues_short_writes),
	cmocka_unit_test(fs_kills_the_process),
};
const size_t fs_tests_count = sizeof(fs_tests) / sizeof(*fs_tests);

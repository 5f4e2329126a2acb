#include "tests/unit/scratch.h"

#include <unistd.h>

#include "core/base/env.h"

/* libgit2 before 1.7 loses a few bytes whenever a configuration key does not match; LeakSanitizer asks these hooks. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

/* ---- identity ---- */

static void assert_identity(const char *path, const char *root, const char *common, const char *main_root)
{
	struct repo_id id;
	struct arena a;

	arena_init(&a);
	assert_true(repo_identify(&a, str_c(path), &id));
	assert_str_equal(id.root, fs_realpath(&a, root));
	assert_str_equal(id.common, fs_realpath(&a, common));
	assert_str_equal(id.main_root, fs_realpath(&a, main_root));
	arena_release(&a);
}

static bool in_repository(const char *path)
{
	struct repo_id id;
	struct arena a;
	bool found;

	arena_init(&a);
	found = repo_identify(&a, str_c(path), &id);
	arena_release(&a);
	return found;
}

static void repo_knows_its_identity(void **state)
{
	const char
		*dir = make(
			"mkdir -p a/b; echo x >a/b/f; c; git worktree add -q ../wt-$$ -b w; mv ../wt-$$ wt;\n"
			"git worktree repair wt; ln -s a/b link"),
		*common = test_path(dir, ".git"), *wt = test_path(dir, "wt");

	(void)state;
	assert_identity(dir, dir, common, dir);
	assert_identity(test_path(dir, "a/b"), dir, common, dir);
	assert_identity(test_path(dir, "a/b/f"), dir, common, dir);
	assert_identity(test_path(dir, "a/gone/deep/x"), dir, common, dir);
	assert_identity(test_path(dir, "link/x"), dir, common, dir);
	assert_identity(wt, wt, common, dir);
	assert_identity(test_path(wt, "a/b/x"), wt, common, dir);
	assert_false(in_repository("/"));
	assert_false(in_repository(test_dir()));
	assert_false(in_repository("/no/such/folder/at/all"));
}

static void repo_reads_git_files(void **state)
{
	const char *dir = test_dir(), *sub = test_path(dir, "sub"), *wt = test_path(dir, "wt");

	(void)state;
	need_git();
	run(dir, "mkdir sub; git init -q --separate-git-dir=elsewhere sub");
	assert_identity(test_path(sub, "x"), sub, test_path(dir, "elsewhere"), sub);
	run(dir, "git init -q seed; cd seed; c; cd ..; git clone -q --bare seed bare.git; cd bare.git;\n"
		 "git worktree add -q ../wt -b w");
	assert_identity(wt, wt, test_path(dir, "bare.git"), wt);
	test_write(test_path(dir, "broken/.git"), STR("gitdir: /nowhere\n"));
	assert_false(in_repository(test_path(dir, "broken")));
	test_write(test_path(dir, "strange/.git"), STR("not a git file"));
	assert_false(in_repository(test_path(dir, "strange")));
}

static void repo_lists_work_trees(void **state)
{
	const char *dir = make("c; git worktree add -q wt1 -b w1; git worktree add -q 'wt 2' -b w2;\n"
			       "git worktree add -q gone/wt3 -b w3; rm -rf gone");
	static const char *const want[] = { "", "gone/wt3", "wt 2", "wt1" };
	struct repo_id id;
	struct arena a;
	struct vec roots;

	(void)state;
	arena_init(&a);
	vec_init(&roots, sizeof(str));
	assert_true(repo_identify(&a, str_c(test_path(dir, "wt1")), &id));
	repo_worktree_roots(&a, &id, &roots);
	assert_int_equal(roots.n, 4);
	for (size_t i = 0; i < 4; i++) {
		bool found = false;

		for (size_t j = 0; j < roots.n; j++)
			found |= str_eq(
				*(str *)vec_at(&roots, j),
				path_normal(&a, path_join(&a, str_c(fs_realpath(&a, dir)), str_c(want[i]))));
		assert_true(found);
	}
	vec_release(&roots);
	arena_release(&a);
}

static uint64_t fingerprint(const char *dir)
{
	struct repo_id id;
	struct arena a;
	uint64_t hash;

	arena_init(&a);
	assert_true(repo_identify(&a, str_c(dir), &id));
	hash = repo_fingerprint(&id);
	assert_true(hash == repo_fingerprint(&id));
	arena_release(&a);
	return hash;
}

static void repo_has_a_fingerprint(void **state)
{
	static const char *const steps[] = {
		"c",
		"echo x >f; git add f",
		"git update-index --force-remove f; rm f; c",
		"git checkout -q -b other",
		"c other; git pack-refs --all",
		"git checkout -q --detach",
		"git worktree add -q wt main; git worktree remove --force wt; git checkout -q main",
	};
	const char *dir = make("");
	uint64_t before = fingerprint(dir);
	struct repo_id nowhere = { STR("/no/where"), STR("/no/where/.git"), STR("/no/where") };

	(void)state;
	assert_true(before != 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		uint64_t after;

		run(dir, steps[i]);
		after = fingerprint(dir);
		assert_true(after != before && after != 0);
		before = after;
	}
	assert_true(repo_fingerprint(&nowhere) == 0);
}

/* ---- files ---- */

static void repo_knows_its_files(void **state)
{
	const char *dir =
		make("mkdir -p src/a src-x doc; echo 1 >src/a/Main.c; echo 2 >src/main.c; echo 3 >src-x/f;\n"
		     "echo 4 >doc/MAIN.C; echo 5 >'doc/\303\244 b'; c; echo 6 >new; git add new; echo 7 >un");
	static const char *const want[] = { "doc/MAIN.C", "doc/\303\244 b", "new",
					    "src-x/f",	  "src/a/Main.c",   "src/main.c" };
	const str *files;
	struct arena a;
	struct repo *r;
	struct vec found;
	size_t n;

	(void)state;
	arena_init(&a);
	vec_init(&found, sizeof(str));
	r = open_at(&a, dir);
	files = repo_files(r, &n);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_str_equal(files[i], want[i]);
	assert_true(repo_tracked(r, STR("src/main.c")) && repo_tracked(r, STR("new")));
	assert_true(repo_tracked(r, STR("doc/\303\244 b")));
	assert_false(repo_tracked(r, STR("un")) || repo_tracked(r, STR("src")) ||
		     repo_tracked(r, STR("src/main")));
	assert_false(repo_tracked(r, STR("zzz")) || repo_tracked(r, STR("")));
	assert_true(repo_tracked_dir(r, STR("src")) && repo_tracked_dir(r, STR("")) &&
		    repo_tracked_dir(r, STR("src/a")));
	assert_false(repo_tracked_dir(r, STR("sr")) || repo_tracked_dir(r, STR("src/main.c")) ||
		     repo_tracked_dir(r, STR("zzz")));

	repo_find_base(r, STR("main.c"), false, &found);
	assert_int_equal(found.n, 1);
	assert_str_equal(*(str *)vec_at(&found, 0), "src/main.c");
	vec_clear(&found);
	repo_find_base(r, STR("main.C"), true, &found);
	assert_int_equal(found.n, 3);
	assert_str_equal(*(str *)vec_at(&found, 0), "doc/MAIN.C");
	assert_str_equal(*(str *)vec_at(&found, 2), "src/main.c");
	vec_clear(&found);
	repo_find_base(r, STR("none"), true, &found);
	assert_int_equal(found.n, 0);
	vec_release(&found);
	repo_free(r);
	arena_release(&a);
}

static void repo_lists_head_where_the_index_is_unreadable(void **state)
{
	const char *dir =
		make("mkdir -p b/c; echo 1 >b/c/f; echo 2 >b-c; echo 3 >a; c; echo garbage >.git/index");
	static const char *const want[] = { "a", "b-c", "b/c/f" };
	const str *files;
	struct arena a;
	struct repo *r;
	size_t n;

	(void)state;
	arena_init(&a);
	r = open_at(&a, dir);
	files = repo_files(r, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_str_equal(files[i], want[i]);
	repo_free(r);
	arena_release(&a);
}

static void repo_knows_contents_and_commits(void **state)
{
	const char *dir =
		make("mkdir d; echo first >d/f; c; git rev-parse HEAD >.git/first; echo second >d/f; c;\n"
		     "git rev-parse HEAD >.git/second; git checkout -q -b side HEAD~; c side;\n"
		     "git rev-parse HEAD >.git/side; git checkout -q main; echo third >d/f; git add d");
	struct error err;
	struct arena a;
	struct repo *r;
	struct buf b;

	(void)state;
	arena_init(&a);
	buf_init(&b, 100);
	r = open_at(&a, dir);
	read_id(dir, ".git/second", &b);
	assert_true(str_eq(repo_head(r), str_trim(buf_str(&b))));
	assert_true(repo_descends(r, repo_head(r)));
	read_id(dir, ".git/first", &b);
	assert_true(repo_descends(r, str_trim(buf_str(&b))));
	read_id(dir, ".git/side", &b);
	assert_false(repo_descends(r, str_trim(buf_str(&b))));
	assert_false(repo_descends(r, STR("")) || repo_descends(r, STR("main")));
	assert_false(repo_descends(r, STR("0123456789012345678901234567890123456789")));
	assert_false(repo_descends(r, STR("zzzz456789012345678901234567890123456789")));

	buf_clear(&b);
	assert_int_equal(repo_blob(r, STR("d/f"), &b, &err), STATUS_OK);
	assert_str_equal(buf_str(&b), "second\n");
	assert_int_equal(repo_blob(r, STR("d"), &b, &err), STATUS_NOT_FOUND);
	assert_int_equal(repo_blob(r, STR("d/g"), &b, &err), STATUS_NOT_FOUND);
	buf_release(&b);
	buf_init(&b, 3);
	assert_int_equal(repo_blob(r, STR("d/f"), &b, &err), STATUS_LIMIT);
	buf_release(&b);
	repo_free(r);
	arena_release(&a);
}

static void repo_knows_what_is_ignored(void **state)
{
	const char
		*dir = make(
			"printf 'build/\\n*.o\\n!keep.o\\n' >.gitignore; echo private >.git/info/exclude;\n"
			"printf 'mine\\n' >.git/mine; git config core.excludesFile .git/mine; mkdir sub;\n"
			"echo '*.tmp' >sub/.gitignore; c"),
		*home = test_dir(), *before = env_get("HOME");
	struct arena a;
	struct repo *r;

	(void)state;
	test_write(test_path(home, ".gitconfig"), STR("[core]\n\texcludesFile = ~/global\n"));
	test_write(test_path(home, "global"), STR("users\n"));
	test_write(test_path(home, ".config/git/ignore"), STR("users\n"));
	arena_init(&a);
	before = arena_c(&a, str_c(before));
	env_set("HOME", home);
	r = open_at(&a, dir);
	assert_true(repo_ignored(r, STR("a.o")) && repo_ignored(r, STR("deep/er/a.o")));
	assert_true(repo_ignored(r, STR("build/x/y")) && repo_ignored(r, STR("sub/a.tmp")));
	assert_true(repo_ignored(r, STR("private")));
	assert_false(repo_ignored(r, STR("keep.o")) || repo_ignored(r, STR("a.c")) ||
		     repo_ignored(r, STR("a.tmp")));
	assert_false(repo_ignored(r, STR("users")));
	repo_free(r);
	env_set("HOME", before);
	arena_release(&a);
}

static void repo_without_commits(void **state)
{
	const char *dir = make("echo x >staged; git add staged");
	struct error err;
	struct arena a;
	struct repo *r;
	struct buf b;

	(void)state;
	arena_init(&a);
	buf_init(&b, 10);
	r = open_at(&a, dir);
	assert_str_equal(repo_head(r), "");
	assert_true(repo_tracked(r, STR("staged")));
	assert_false(repo_descends(r, STR("0123456789012345678901234567890123456789")));
	assert_int_equal(repo_blob(r, STR("staged"), &b, &err), STATUS_NOT_FOUND);
	repo_free(r);
	buf_release(&b);
	arena_release(&a);
}

static void repo_opens_what_git_opens(void **state)
{
	const char *dir = make("echo x >f; c; git config core.repositoryformatversion 1;\n"
			       "git config extensions.worktreeConfig true; git worktree add -q wt -b w");
	struct arena a;
	struct repo *r;

	(void)state;
	arena_init(&a);
	if (geteuid() == 0)
		assert_int_equal(chown(dir, 12345, 12345), 0);
	r = open_at(&a, dir);
	assert_true(repo_tracked(r, STR("f")));
	repo_free(r);
	r = open_at(&a, test_path(dir, "wt"));
	assert_true(repo_tracked(r, STR("f")));
	repo_free(r);
	arena_release(&a);
}

static void repo_open_says_why_not(void **state)
{
	const char *dir =
		make("c; git config core.repositoryformatversion 1; git config extensions.unheardOf true");
	struct repo_id id;
	struct repo *r = NULL;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_true(repo_identify(&a, str_c(dir), &id));
	assert_int_equal(repo_open(&id, &r, &err), STATUS_FAILED);
	assert_null(r);
	assert_true(strlen(err.message) > 0);
	arena_release(&a);
}

/* clang-format off */
const struct CMUnitTest repo_tests[] = {
	cmocka_unit_test(repo_knows_its_identity),
	cmocka_unit_test(repo_reads_git_files),
	cmocka_unit_test(repo_lists_work_trees),
	cmocka_unit_test(repo_has_a_fingerprint),
	cmocka_unit_test(repo_knows_its_files),
	cmocka_unit_test(repo_lists_head_where_the_index_is_unreadable),
	cmocka_unit_test(repo_knows_contents_and_commits),
	cmocka_unit_test(repo_knows_what_is_ignored),
	cmocka_unit_test(repo_without_commits),
	cmocka_unit_test(repo_opens_what_git_opens),
	cmocka_unit_test(repo_open_says_why_not),
};
/* clang-format on */
const size_t repo_tests_count = sizeof(repo_tests) / sizeof(repo_tests[0]);

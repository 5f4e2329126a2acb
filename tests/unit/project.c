/*
 * project: which repository a recorded path belongs to.
 */
#include <unistd.h>

#include "tests/unit/world.h"

static void open_at(struct project *p, struct arena *a, const char *path)
{
	project_init(p, a, str_c(path), NULL);
}

#define assert_resolves(p, cwd, path, expected) \
	assert_resolves_at((p), (cwd), (path), (expected), __FILE__, __LINE__)
static void assert_resolves_at(struct project *p, const char *cwd, const char *path, const char *expected,
			       const char *file, int line)
{
	str rel = STR("(outside)");

	project_resolve(p, p->arena, str_c(cwd), str_c(path), &rel);
	if (str_eq_c(rel, expected))
		return;
	print_error("%s in %s is \"%.*s\", expected \"%s\"\n", path, cwd, STR_ARG(rel), expected);
	_fail(file, line);
}

static void project_without_git(void **state)
{
	struct project p;
	struct arena a;
	const char *dir;

	(void)state;
	arena_init(&a);
	dir = fs_realpath(&a, test_dir());
	open_at(&p, &a, dir);
	assert_true(p.exists);
	assert_false(p.git);
	assert_str_equal(p.root, dir);
	assert_str_equal(p.main_root, dir);
	assert_int_equal(strlen(p.key), 16);
	assert_resolves(&p, dir, "src/x.c", "src/x.c");
	assert_resolves(&p, dir, ".", "");
	assert_resolves(&p, dir, "./a/../b", "b");
	assert_resolves(&p, test_path(dir, "src"), "x.c", "src/x.c");
	assert_resolves(&p, test_path(dir, "src"), "../x.c", "x.c");
	assert_resolves(&p, "/", test_path(dir, "x.c"), "x.c");
	assert_resolves(&p, dir, "../other", "(outside)");
	assert_resolves(&p, dir, "/etc/passwd", "(outside)");
	assert_resolves(&p, dir, "~/x", "(outside)");
	assert_resolves(&p, dir, "~", "(outside)");
	assert_resolves(&p, dir, "~x", "~x"); /* a file may be called so */
	assert_resolves(&p, dir, "", "(outside)");
	assert_resolves(&p, "", "x.c", "(outside)");
	assert_resolves(&p, "", test_path(dir, "x.c"), "x.c");
	assert_string_equal(project_path(&p, &a, STR("src/x.c")), test_path(dir, "src/x.c"));
	project_release(&p);
	arena_release(&a);
}

static void project_that_is_gone(void **state)
{
	struct project p;
	struct arena a;

	(void)state;
	arena_init(&a);
	open_at(&p, &a, "/nowhere/at/../all/");
	assert_false(p.exists);
	assert_false(p.git);
	assert_str_equal(p.root, "/nowhere/all");
	assert_resolves(&p, "/nowhere/all", "x", "x");
	project_release(&p);
	arena_release(&a);
}

static void project_of_a_sub_folder(void **state)
{
	struct project p, q;
	struct world w;

	(void)state;
	world_open(&w, "put a/b/c; c");
	open_at(&p, &w.a, world_path(&w, "a/b"));
	assert_true(p.git);
	assert_str_equal(p.root, w.root);
	assert_resolves(&p, world_path(&w, "a"), "b/c", "a/b/c");
	open_at(&q, &w.a, w.root);
	assert_string_equal(p.key, q.key);
	project_release(&p);
	project_release(&q);
	world_close(&w);
}

static void project_joins_work_trees(void **state)
{
	struct project main_tree, linked;
	const char *beside;
	struct world w;

	(void)state;
	world_open(&w, "put a; c");
	beside = test_path(fs_realpath(&w.a, test_dir()), "linked");
	world_script(w.root, arena_printf(&w.a, "git worktree add -q '%s' -b other", beside).p);
	open_at(&main_tree, &w.a, w.root);
	open_at(&linked, &w.a, beside);
	assert_string_equal(main_tree.key, linked.key);
	assert_str_equal(linked.root, beside);
	assert_str_equal(linked.main_root, w.root);
	assert_resolves(&main_tree, beside, "a", "a");
	assert_resolves(&linked, w.root, "a", "a");
	assert_string_equal(project_path(&linked, &w.a, STR("a")), test_path(beside, "a"));
	project_release(&main_tree);
	project_release(&linked);
	world_close(&w);
}

/* Work trees that agents keep inside the repository are the repository. */
static void project_inner_work_trees(void **state)
{
	struct project p;
	struct world w;

	(void)state;
	world_open(&w, "put a; c");
	open_at(&p, &w.a, w.root);
	assert_resolves(&p, world_path(&w, ".claude/worktrees/happy-name"), "src/x.c", "src/x.c");
	assert_resolves(&p, world_path(&w, ".claude/worktrees/happy-name"), ".", "");
	assert_resolves(&p, world_path(&w, ".worktrees/fix/src"), "x.c", "src/x.c");
	assert_resolves(&p, world_path(&w, ".claude/commands"), "x.md", ".claude/commands/x.md");
	project_release(&p);
	world_close(&w);
}

static void project_behind_links(void **state)
{
	const char *link;
	struct project p;
	struct world w;

	(void)state;
	world_open(&w, "put a/b; c");
	link = test_path(test_dir(), "link");
	assert_int_equal(symlink(w.root, link), 0);
	open_at(&p, &w.a, link);
	assert_str_equal(p.root, w.root);
	assert_resolves(&p, link, "a/b", "a/b"); /* as agents record it */
	assert_resolves(&p, w.root, "a/b", "a/b");
	project_release(&p);
	open_at(&p, &w.a, test_path(link, "a"));
	assert_str_equal(p.root, w.root);
	assert_resolves(&p, link, "a/b", "a/b");
	project_release(&p);
	world_close(&w);
}

static void project_that_moved(void **state)
{
	static const char *const from[] = { "/old/app", "C:\\work\\app", "/old/app/", "relative" };
	struct vec moved;
	struct project p;
	struct arena a;
	const char *dir;

	(void)state;
	arena_init(&a);
	vec_init(&moved, sizeof(const char *));
	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++)
		*(const char **)vec_push(&moved) = from[i];
	dir = fs_realpath(&a, test_dir());
	project_init(&p, &a, str_c(dir), &moved);
	assert_int_equal(p.moved.n, 4);
	assert_resolves(&p, "/old/app/src", "x.c", "src/x.c");
	assert_resolves(&p, "/old/apple", "x.c", "(outside)");
	assert_resolves(&p, "C:\\work\\app\\src", "x.c", "src/x.c");
	assert_resolves(&p, "C:\\work\\app", "src\\x.c", "src/x.c");
	assert_resolves(&p, "/", "C:\\work\\app\\src\\x.c", "src/x.c");
	assert_resolves(&p, dir, "x.c", "x.c");
	vec_release(&moved);
	project_release(&p);
	arena_release(&a);
}

static void project_of_another_machine(void **state)
{
	struct project p;
	struct arena a;

	(void)state;
	arena_init(&a);
	open_at(&p, &a, "C:\\work\\app");
	assert_false(p.exists);
	assert_resolves(&p, "C:\\work\\app", "a\\b.c", "a/b.c");
	assert_str_equal(project_portable(&a, STR("c:/x/y")), "/c:/x/y");
	assert_str_equal(project_portable(&a, STR("C:\\x\\y")), "/C:/x/y");
	assert_str_equal(project_portable(&a, STR("/x/y\\z")), "/x/y\\z");
	assert_str_equal(project_portable(&a, STR("C:")), "C:");
	project_release(&p);
	arena_release(&a);
}

const struct CMUnitTest project_tests[] = {
	cmocka_unit_test(project_without_git),	    cmocka_unit_test(project_that_is_gone),
	cmocka_unit_test(project_of_a_sub_folder),  cmocka_unit_test(project_joins_work_trees),
	cmocka_unit_test(project_inner_work_trees), cmocka_unit_test(project_behind_links),
	cmocka_unit_test(project_that_moved),	    cmocka_unit_test(project_of_another_machine),
};
const size_t project_tests_count = sizeof(project_tests) / sizeof(*project_tests);

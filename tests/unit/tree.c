/*
 * tree: what the project's folder, its repository and its manifests say; what is remembered of it.
 */
#include "tests/unit/world.h"

static void tree_open(struct world *w, const char *script)
{
	world_open(w, script);
	project_init(&w->project, &w->a, str_c(w->root), NULL);
	w->tree = tree_new(&w->project, w->store);
}

static void tree_close(struct world *w)
{
	tree_free(w->tree);
	project_release(&w->project);
	world_close(w);
}

static void tree_reopen(struct world *w)
{
	tree_free(w->tree);
	w->tree = tree_new(&w->project, w->store);
}

static void tree_looks_at_files(void **state)
{
	struct world w;
	struct tree *t;

	(void)state;
	tree_open(&w, NULL);
	t = w.tree;
	world_script(
		w.root,
		"put src/main.c; put run x; chmod +x run; ln -s src/main.c link; ln -s nowhere dangling");
	assert_true(tree_exists(t, STR("")));
	assert_true(tree_exists(t, STR("src")) && tree_exists(t, STR("src/main.c")) &&
		    tree_exists(t, STR("link")));
	assert_false(tree_exists(t, STR("src/Main.c")));
	assert_false(tree_exists(t, STR("dangling")));
	assert_false(tree_exists(t, STR("nothing/at/all")));
	assert_true(tree_is_dir(t, STR("src")) && !tree_is_dir(t, STR("run")) && !tree_is_dir(t, STR("x")));
	assert_true(tree_is_file(t, STR("run")) && !tree_is_file(t, STR("src")));
	assert_true(tree_is_executable(t, STR("run")) && !tree_is_executable(t, STR("src/main.c")) &&
		    !tree_is_executable(t, STR("src")));
	assert_int_equal(tree_size(t, STR("run")), 2);
	assert_int_equal(tree_size(t, STR("src")), -1);
	assert_int_equal(tree_size(t, STR("x")), -1);
	assert_string_equal(tree_path(t, &w.a, STR("a/b")), world_path(&w, "a/b"));
	tree_close(&w);
}

/* Without git the questions about it have no answer, and do no harm. */
static void tree_without_git(void **state)
{
	char commit[41] = "x";
	struct world w;
	struct tree *t;
	str now = STR("x");

	(void)state;
	tree_open(&w, NULL);
	t = w.tree;
	assert_false(tree_has_git(t));
	assert_false(tree_tracked(t, STR("a")));
	assert_false(tree_ignored(t, STR("a")));
	assert_int_equal(tree_count_base(t, STR("a"), false, NULL), 0);
	assert_int_equal(tree_history(t, STR("a"), &now, commit), HISTORY_UNKNOWN);
	assert_str_equal(now, "");
	assert_string_equal(commit, "");
	assert_str_equal(tree_head(t), "");
	assert_false(tree_descends(t, STR("0123")));
	assert_false(tree_same_as_head(t, STR("a")));
	assert_false(tree_text_removed(t, STR("a"), STR("b"), STR("0123")));
	tree_close(&w);
}

static const char history_script[] =
	"put lib/tokens.c \"$(lines 40 a)\"; put gone.c \"$(lines 40 b)\"; put README.md; put "
	"docs/readme.md\n"
	"put .gitignore build; put a/x.c; put b/x.c; c\n"
	"mkdir src; git mv lib/tokens.c src/tokens.c; git rm -q gone.c; c; put build/out";

/* The answers of history_script. */
static void check_history(struct tree *t)
{
	char commit[41];
	str now, only = STR("");

	tree_history_want(t, STR("gone.c"));
	tree_history_want(t, STR("never.c"));
	assert_int_equal(tree_history(t, STR("lib/tokens.c"), &now, commit), HISTORY_RENAMED);
	assert_str_equal(now, "src/tokens.c");
	assert_int_equal(strlen(commit), 40);
	assert_int_equal(tree_history(t, STR("gone.c"), &now, commit), HISTORY_REMOVED);
	assert_int_equal(strlen(commit), 40);
	assert_int_equal(tree_history(t, STR("never.c"), NULL, NULL), HISTORY_NEVER);
	assert_int_equal(tree_history(t, STR("src/tokens.c"), NULL, NULL), HISTORY_PRESENT);
	assert_true(tree_tracked(t, STR("src/tokens.c")) && tree_tracked(t, STR("src")) &&
		    tree_tracked(t, STR("")));
	assert_false(tree_tracked(t, STR("build/out")) || tree_tracked(t, STR("build")));
	assert_true(tree_ignored(t, STR("build/out")) && !tree_ignored(t, STR("src/tokens.c")));
	assert_int_equal(tree_count_base(t, STR("tokens.c"), false, &only), 1);
	assert_str_equal(only, "src/tokens.c");
	assert_int_equal(tree_count_base(t, STR("x.c"), false, &only), 2);
	assert_int_equal(tree_count_base(t, STR("readme.md"), false, &only), 1);
	assert_int_equal(tree_count_base(t, STR("readme.md"), true, &only), 2);
	assert_int_equal(tree_count_base(t, STR("nothing"), true, &only), 0);
	assert_int_equal(tree_head(t).n, 40);
}

static void tree_asks_git(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, history_script);
	assert_true(tree_has_git(w.tree));
	check_history(w.tree);
	check_history(w.tree);
	assert_true(tree_descends(w.tree, tree_head(w.tree)));
	assert_false(tree_descends(w.tree, STR("0123456789012345678901234567890123456789")));
	assert_true(tree_same_as_head(w.tree, STR("README.md")));
	world_script(w.root, "put README.md other");
	assert_false(tree_same_as_head(w.tree, STR("README.md")));
	assert_false(tree_same_as_head(w.tree, STR("build/out")));
	tree_close(&w);
}

/* An unchanged repository is not asked again: its objects may even be away. */
static void tree_remembers(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, history_script);
	check_history(w.tree);
	tree_free(w.tree);
	world_script(w.root, "mv .git/objects .git/away; mkdir .git/objects");
	w.tree = tree_new(&w.project, w.store);
	check_history(w.tree);
	assert_int_equal(tree_history(w.tree, STR("not asked before.c"), NULL, NULL), HISTORY_UNKNOWN);
	tree_close(&w);
}

static void tree_notices_changes(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, history_script);
	check_history(w.tree);
	assert_int_equal(tree_history(w.tree, STR("new.c"), NULL, NULL), HISTORY_NEVER);
	world_script(w.root, "put new.c; c");
	tree_reopen(&w);
	assert_int_equal(tree_history(w.tree, STR("new.c"), NULL, NULL), HISTORY_PRESENT);
	assert_true(tree_tracked(w.tree, STR("new.c")));
	/* the index alone */
	assert_false(tree_tracked(w.tree, STR("staged.c")));
	world_script(w.root, "put staged.c; git add staged.c");
	tree_reopen(&w);
	assert_true(tree_tracked(w.tree, STR("staged.c")));
	tree_close(&w);
}

static void tree_takes_odd_names(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, "put a; c");
	assert_int_equal(tree_history(w.tree, STR("tab\there"), NULL, NULL), HISTORY_UNKNOWN);
	assert_false(tree_tracked(w.tree, STR("line\nbreak")));
	assert_int_equal(tree_history(w.tree, STR("blank here"), NULL, NULL), HISTORY_NEVER);
	tree_reopen(&w);
	assert_int_equal(tree_history(w.tree, STR("blank here"), NULL, NULL), HISTORY_NEVER);
	tree_close(&w);
}

/* A folder that git left behind with nothing but ignored files in it is gone. */
static void tree_tells_what_is_gone(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, "put lib/a.c; put .gitignore '*.o'; c; mkdir src; git mv lib/a.c src/a.c; c; mkdir -p "
		      "lib; put lib/a.o; put new/x.c");
	assert_true(tree_is_gone(w.tree, STR("lib")));
	assert_true(tree_is_gone(w.tree, STR("lib/a.c")));
	assert_true(tree_is_gone(w.tree, STR("nothing")));
	assert_false(tree_is_gone(w.tree, STR("src")));
	assert_false(tree_is_gone(w.tree, STR("src/a.c")));
	assert_false(tree_is_gone(w.tree, STR("lib/a.o")));
	tree_close(&w);
}

static void tree_finds_removed_text(void **state)
{
	struct world w;
	struct buf head;
	str since;

	(void)state;
	tree_open(&w, "put CLAUDE.md first; c; git rev-parse HEAD >.git/since; put CLAUDE.md 'a rule'; c; "
		      "put CLAUDE.md other; c");
	buf_init(&head, 100);
	assert_int_equal(fs_read_file(world_path(&w, ".git/since"), &head, NULL), STATUS_OK);
	since = str_trim(buf_str(&head));
	assert_true(tree_text_removed(w.tree, STR("CLAUDE.md"), STR("a rule"), since));
	assert_false(tree_text_removed(w.tree, STR("CLAUDE.md"), STR("other"), since));
	assert_false(tree_text_removed(w.tree, STR("CLAUDE.md"), STR("never said"), since));
	buf_release(&head);
	tree_close(&w);
}

/* ---- manifests ---- */

static void tree_finds_evidence_of_tools(void **state)
{
	/* clang-format off */
	static const struct {
		const char *file, *text, *dir, *tool, *evidence;
	} rows[] = {
		{ "uv.lock", "", "", "uv", "uv.lock" },
		{ "uv.lock", "", "deep/er", "uv", "uv.lock" }, /* a folder above */
		{ "sub/uv.lock", "", "", "uv", "" },
		{ "sub/uv.lock", "", "sub", "uv", "uv.lock" },
		{ "poetry.lock", "", "", "uv", "" },
		{ "pyproject.toml", "[tool.poetry]\nname='x'\n", "", "poetry", "pyproject.toml" },
		{ "pyproject.toml", "[tool.uv]\n", "", "uv", "pyproject.toml" },
		{ "pyproject.toml", "[project]\n", "", "poetry", "" },
		{ "package.json", "{\"packageManager\": \"pnpm@9.1.0\"}", "", "pnpm", "package.json" },
		{ "package.json", "{\"packageManager\": \"pnpm@9.1.0\"}", "", "yarn", "" },
		{ "pnpm-lock.yaml", "", "", "pnpm", "pnpm-lock.yaml" },
		{ "gradlew", "", "", "./gradlew", "gradlew" },
		{ "Gemfile", "", "", "bundle", "Gemfile" },
		{ "compose.yaml", "", "", "docker-compose", "compose.yaml" },
		{ "anything", "", "", "unheard-of", "" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		tree_open(&w, NULL);
		test_write(world_path(&w, rows[i].file), str_c(rows[i].text));
		str evidence = tree_evidence_of_tool(w.tree, str_c(rows[i].dir), str_c(rows[i].tool));
		if (!str_eq_c(evidence, rows[i].evidence))
			fail_msg("%s for %s: \"%.*s\"", rows[i].file, rows[i].tool, STR_ARG(evidence));
		tree_close(&w);
	}
}

static void tree_finds_targets(void **state)
{
	/* clang-format off */
	static const struct {
		const char *file, *text, *runner, *target;
		int answer;
	} rows[] = {
		{ "Makefile", "all: x\n\ncheck test: y\n\techo a: b\n", "make", "check", 1 },
		{ "Makefile", "all: x\n\ncheck test: y\n", "make", "test", 1 },
		{ "Makefile", "all: x\n\ncheck: y\n", "make", "y", 0 },
		{ "Makefile", "all: x\n\techo: b\n", "make", "echo", 0 },
		{ "Makefile", "V := a: b\n# note: x\n indented: x\n", "make", "note", 0 },
		{ "Makefile", ".PHONY: lint fmt\n", "gmake", "lint", 1 },
		{ "Makefile", "include other.mk\nall:\n", "make", "lint", -1 },
		{ "Makefile", "%.o: %.c\nall:\n", "make", "lint", -1 },
		{ "Makefile", "$(eval $(call x))\n", "make", "lint", -1 },
		{ "GNUmakefile", "a:\n", "make", "a", 1 },
		{ "nothing", "", "make", "a", 0 },
		{ "package.json", "{\"scripts\":{\"test\":\"x\"}}", "npm", "test", 1 },
		{ "package.json", "{\"scripts\":{\"test\":\"x\"}}", "pnpm", "tests", 0 },
		{ "package.json", "{\"name\":\"x\"}", "yarn", "test", 0 },
		{ "package.json", "{\"scripts\":{", "bun", "test", -1 },
		{ "composer.json", "{\"scripts\":{\"lint\":\"x\"}}", "composer", "lint", 1 },
		{ "deno.json", "{\"tasks\":{\"dev\":\"x\"}}", "deno", "dev", 1 },
		{ "justfile", "build target:\n  x\n@quiet:\n  y\n", "just", "build", 1 },
		{ "justfile", "build target:\n  x\n@quiet:\n  y\n", "just", "quiet", 1 },
		{ "Justfile", "build:\n", "just", "buil", 0 },
		{ "justfile", "import 'other.just'\n", "just", "build", -1 },
		{ "Taskfile.yml", "tasks:\n  lint:\n    cmds: []\n", "task", "lint", 1 },
		{ "Taskfile.yml", "includes:\n  a: b\n", "task", "lint", -1 },
		{ "pyproject.toml", "[tool.poe.tasks]\nlint = \"x\"\n", "poe", "lint", 1 },
		{ "pyproject.toml", "[tool.pdm.scripts]\nlint = \"x\"\n", "pdm", "test", 0 },
		{ "Rakefile", "task :spec do\nend\n", "rake", "spec", 1 },
		{ "Rakefile", "task :spec do\nend\n", "rake", "lint", -1 },
		{ "anything", "", "cargo", "test", -1 },
		{ "anything", "", "./x", "y", -1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		static const char *const dirs[] = { "", "sub" };

		for (size_t k = 0; k < 2; k++) {
			struct world w;
			int answer;

			tree_open(&w, NULL);
			test_write(world_path(&w, path_join(&w.a, str_c(dirs[k]), str_c(rows[i].file)).p),
				   str_c(rows[i].text));
			answer = tree_has_target(w.tree, str_c(dirs[k]), str_c(rows[i].runner),
						 str_c(rows[i].target));
			if (answer != rows[i].answer)
				fail_msg("%s: %s %s: %d", rows[i].file, rows[i].runner, rows[i].target,
					 answer);
			tree_close(&w);
		}
	}
}

static void tree_finds_manifests(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, NULL);
	world_script(w.root, "put go.mod; put web/package.json; put infra/main.tf; mkdir empty");
	assert_int_equal(tree_has_manifest(w.tree, STR(""), STR("go")), 1);
	assert_int_equal(tree_has_manifest(w.tree, STR("web"), STR("go")), 0);
	assert_int_equal(tree_has_manifest(w.tree, STR("web"), STR("npm")), 1);
	assert_int_equal(tree_has_manifest(w.tree, STR("infra"), STR("/usr/bin/terraform")), 1);
	assert_int_equal(tree_has_manifest(w.tree, STR("empty"), STR("make")), 0);
	assert_int_equal(tree_has_manifest(w.tree, STR(""), STR("ls")), -1);
	world_script(w.root, "put api/Api.csproj; put all.sln; put ios/Package.swift");
	assert_int_equal(tree_has_manifest(w.tree, STR("api"), STR("dotnet")), 1);
	assert_int_equal(tree_has_manifest(w.tree, STR(""), STR("dotnet")), 1);
	assert_int_equal(tree_has_manifest(w.tree, STR("web"), STR("dotnet")), 0);
	assert_int_equal(tree_has_manifest(w.tree, STR("nowhere"), STR("dotnet")), 0);
	assert_int_equal(tree_has_manifest(w.tree, STR("ios"), STR("swift")), 1);
	tree_close(&w);
}

static void tree_finds_variables(void **state)
{
	struct world w;

	(void)state;
	tree_open(&w, NULL);
	world_script(w.root, "put .env.example 'DATABASE_URL=x'; put README.md 'Set STAGE_NAME first.'; put "
			     ".env 'HIDDEN_ONE=1'");
	assert_true(tree_mentions_variable(w.tree, STR("DATABASE_URL")));
	assert_true(tree_mentions_variable(w.tree, STR("STAGE_NAME")));
	assert_false(tree_mentions_variable(w.tree, STR("HIDDEN_ONE")));
	assert_false(tree_mentions_variable(w.tree, STR("OTHER")));
	tree_close(&w);
}

const struct CMUnitTest tree_tests[] = {
	cmocka_unit_test(tree_looks_at_files),
	cmocka_unit_test(tree_without_git),
	cmocka_unit_test(tree_asks_git),
	cmocka_unit_test(tree_remembers),
	cmocka_unit_test(tree_notices_changes),
	cmocka_unit_test(tree_takes_odd_names),
	cmocka_unit_test(tree_tells_what_is_gone),
	cmocka_unit_test(tree_finds_removed_text),
	cmocka_unit_test(tree_finds_evidence_of_tools),
	cmocka_unit_test(tree_finds_targets),
	cmocka_unit_test(tree_finds_manifests),
	cmocka_unit_test(tree_finds_variables),
};
const size_t tree_tests_count = sizeof(tree_tests) / sizeof(*tree_tests);

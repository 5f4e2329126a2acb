/*
 * classify: what real programs say when they fail, and what is made of it.  Texts as agents' logs have them.
 */
#include "tests/test.h"

#include "analyzers/classify.h"

struct sample {
	const char *command;
	int exit_code;
	const char *output;
	enum failure class;
	const char *slot, *hint; /* NULL: not compared */
	int segment; /* compared when class is not NONE; ANY otherwise */
};

enum {
	ANY = -9
};

/* clang-format off */
static const struct sample failed[] = {
	/* programs that are not there */
	{ "pytest -q", 127, "/bin/bash: line 1: pytest: command not found", FAIL_COMMAND_NOT_FOUND, "pytest", NULL, 0 },
	{ "rg foo src", 127, "zsh: command not found: rg", FAIL_COMMAND_NOT_FOUND, "rg", NULL, 0 },
	{ "cd web && pnpm i", 127, "sh: 1: pnpm: not found", FAIL_COMMAND_NOT_FOUND, "pnpm", NULL, 1 },
	{ "npm ci && tsc -p .", 127, "added 12 packages\nbash: tsc: command not found", FAIL_COMMAND_NOT_FOUND, "tsc", NULL, 1 },
	{ "sudo systemctl restart x", 1, "sudo: systemctl: command not found", FAIL_COMMAND_NOT_FOUND, "systemctl", NULL, 0 },
	{ "uv run pytest", 2, "error: Failed to spawn: `pytest`\n  Caused by: No such file or directory (os error 2)",
		FAIL_COMMAND_NOT_FOUND, "pytest", NULL, 0 },
	{ "make gen", 2, "bash: protoc: command not found\nmake: *** [Makefile:8: gen] Error 127", FAIL_UNKNOWN, "", NULL, 0 },
	{ "python x.py", 127, "bash: line 1: python: command not found", FAIL_COMMAND_NOT_FOUND, "python", NULL, 0 },
	{ "./run.sh", 127, "env: 'bash5': No such file or directory", FAIL_UNKNOWN, "", NULL, 0 },
	{ "gradle build", 1, "The term 'gradle' is not recognized as the name of a cmdlet", FAIL_COMMAND_NOT_FOUND, "gradle", NULL, 0 },

	/* libraries */
	{ "python tool.py", 1, "Traceback (most recent call last):\n  File \"tool.py\", line 1, in <module>\n    import yaml\n"
		"ModuleNotFoundError: No module named 'yaml'", FAIL_MODULE_MISSING, "yaml", NULL, 0 },
	{ "python3 -m pytest", 1, "/usr/bin/python3: No module named pytest", FAIL_MODULE_MISSING, "pytest", NULL, 0 },
	{ "node index.js", 1, "node:internal/modules/cjs/loader:1080\n  throw err;\n\nError: Cannot find module 'express'",
		FAIL_MODULE_MISSING, "express", NULL, 0 },
	{ "ruby app.rb", 1, "app.rb:1:in `require': cannot load such file -- sinatra (LoadError)", FAIL_MODULE_MISSING, "sinatra", NULL, 0 },
	{ "pytest", 2, "ImportError while loading conftest\nE   ModuleNotFoundError: No module named 'httpx'",
		FAIL_MODULE_MISSING, "httpx", NULL, 0 },

	/* the wrong folder */
	{ "go test ./...", 1, "go: go.mod file not found in current directory or any parent directory; see 'go help modules'",
		FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "npm test", 254, "npm ERR! code ENOENT\nnpm ERR! enoent Could not read package.json: Error: ENOENT: no such file or directory, "
		"open '/w/app/package.json'", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "pnpm build", 1, " ERR_PNPM_NO_IMPORTER_MANIFEST_FOUND  No package.json (or package.yaml) was found in \"/w/app\".",
		FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "make", 2, "make: *** No targets specified and no makefile found.  Stop.", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "cargo build", 101, "error: could not find `Cargo.toml` in `/w/app` or any parent directory", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "git status", 128, "fatal: not a git repository (or any of the parent directories): .git", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "bundle install", 10, "Could not locate Gemfile", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "docker compose up -d", 14, "no configuration file provided: not found", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "poetry install", 1, "Poetry could not find a pyproject.toml file in /w/app or its parents", FAIL_WRONG_CWD, NULL, NULL, 0 },
	{ "python manage.py test", 2, "python: can't open file 'manage.py': [Errno 2] No such file or directory",
		FAIL_WRONG_CWD, "manage.py", NULL, 0 },
	{ "cd api && ./scripts/run.sh", 127, "bash: line 1: ./scripts/run.sh: No such file or directory", FAIL_WRONG_CWD,
		"./scripts/run.sh", NULL, 1 },

	/* targets, scripts, subcommands */
	{ "make tests", 2, "make: *** No rule to make target 'tests'.  Stop.", FAIL_UNKNOWN_TARGET, "tests", NULL, 0 },
	{ "npm run tests", 1, "npm error Missing script: \"tests\"\nnpm error\nnpm error Did you mean this?\nnpm error   npm run test",
		FAIL_UNKNOWN_TARGET, "tests", NULL, 0 },
	{ "yarn biuld", 1, "error Command \"biuld\" not found.", FAIL_UNKNOWN_TARGET, "biuld", NULL, 0 },
	{ "git comit -m x", 1, "git: 'comit' is not a git command. See 'git --help'.", FAIL_UNKNOWN_TARGET, "comit", NULL, 0 },
	{ "docker compose log web", 1, "unknown docker command: \"compose log\"", FAIL_UNKNOWN_TARGET, "log", NULL, 0 },
	{ "cargo tests", 101, "error: no such command: `tests`\n\n\tDid you mean `test`?", FAIL_UNKNOWN_TARGET, "tests", NULL, 0 },
	{ "just biuld", 1, "error: Justfile does not contain recipe `biuld`.\nDid you mean `build`?", FAIL_UNKNOWN_TARGET, "biuld", NULL, 0 },
	{ "gh issue lst", 1, "unknown command \"lst\" for \"gh issue\"", FAIL_UNKNOWN_TARGET, "lst", NULL, 0 },
	{ "python -m app migrat", 2, "app: error: argument cmd: invalid choice: 'migrat' (choose from 'migrate', 'serve')",
		FAIL_UNKNOWN_TARGET, "migrat", NULL, 0 },
	{ "nox -s tset", 3, "nox > Error: Sessions not found: tset", FAIL_UNKNOWN_TARGET, "tset", NULL, 0 },

	/* flags */
	{ "ls --colour=always", 2, "ls: unrecognized option '--colour=always'\nTry 'ls --help' for more information.",
		FAIL_UNKNOWN_FLAG, "--colour", NULL, 0 },
	{ "pytest --paralel 4", 4, "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --paralel 4",
		FAIL_UNKNOWN_FLAG, "--paralel", NULL, 0 },
	{ "cargo test --no-captur", 1, "error: unexpected argument '--no-captur' found\n\n  tip: a similar argument exists: '--no-capture'",
		FAIL_UNKNOWN_FLAG, "--no-captur", NULL, 0 },
	{ "prog --colour x", 1, "error: unknown option '--colour', did you mean '--color'?", FAIL_UNKNOWN_FLAG, "--colour", "--color", 0 },
	{ "go build -tag x", 2, "flag provided but not defined: -tag\nusage: go build", FAIL_UNKNOWN_FLAG, "-tag", NULL, 0 },
	{ "sort -Z f", 2, "sort: invalid option -- 'Z'", FAIL_UNKNOWN_FLAG, "-Z", NULL, 0 },
	{ "npx eslint --ext .ts src", 2, "Invalid option '--ext' - perhaps you meant '-c'?", FAIL_UNKNOWN_FLAG, "--ext", NULL, 0 },
	{ "cmake --build . && ctest --paralell 4", 1, "CMake Error: Unknown argument: --paralell", FAIL_UNKNOWN_FLAG, "--paralell", NULL, 1 },

	/* paths */
	{ "cat src/x.c", 1, "cat: src/x.c: No such file or directory", FAIL_PATH_MISSING, "src/x.c", NULL, 0 },
	{ "sed -n 1,20p lib/parse.c", 2, "sed: can't read lib/parse.c: No such file or directory", FAIL_PATH_MISSING, "lib/parse.c", NULL, 0 },
	{ "pytest tests/test_old.py -q", 4, "ERROR: file or directory not found: tests/test_old.py", FAIL_PATH_MISSING,
		"tests/test_old.py", NULL, 0 },
	{ "pytest tests/test_old.py::test_x", 4, "ERROR: file or directory not found: tests/test_old.py::test_x", FAIL_PATH_MISSING,
		"tests/test_old.py::test_x", NULL, 0 },
	{ "git add docs/x.md", 128, "fatal: pathspec 'docs/x.md' did not match any files", FAIL_PATH_MISSING, "docs/x.md", NULL, 0 },
	{ "head a/b.txt; tail c/d.txt", 1, "tail: cannot open 'c/d.txt' for reading: No such file or directory", FAIL_PATH_MISSING,
		"c/d.txt", NULL, 1 },

	/* variables and versions */
	{ "python app.py", 1, "RuntimeError: DATABASE_URL environment variable not found", FAIL_MISSING_ENV, "DATABASE_URL", NULL, 0 },
	{ "node s.js", 1, "API_KEY is not set", FAIL_MISSING_ENV, "API_KEY", NULL, 0 },
	{ "bash run.sh", 1, "run.sh: line 3: STAGE_NAME: unbound variable", FAIL_MISSING_ENV, "STAGE_NAME", NULL, 0 },
	{ "python app.py", 1, "KeyError: 'DJANGO_SETTINGS'", FAIL_MISSING_ENV, "DJANGO_SETTINGS", NULL, 0 },
	{ "pip install .", 1, "ERROR: Package 'x' requires a different Python: 3.8 not in '>=3.10'\nx requires Python >=3.10",
		FAIL_WRONG_VERSION, NULL, NULL, 0 },
	{ "yarn install", 1, "error x@1.0.0: The engine \"node\" is incompatible with this module.", FAIL_WRONG_VERSION, NULL, NULL, 0 },

	/* quoting */
	{ "cat app/[id]/page.tsx", 1, "zsh: no matches found: app/[id]/page.tsx", FAIL_QUOTING, NULL, NULL, ANY },

	/* policy, transient */
	{ "touch /etc/x", 1, "touch: cannot touch '/etc/x': Read-only file system", FAIL_SANDBOX, NULL, NULL, ANY },
	{ "npm run db", 1, "Error: connect ECONNREFUSED 127.0.0.1:5432", FAIL_TRANSIENT, NULL, NULL, ANY },
	{ "git pull", 1, "fatal: unable to access 'https://x/': Could not resolve host: x", FAIL_TRANSIENT, NULL, NULL, ANY },
	{ "git commit -m x", 128, "fatal: Unable to create '/w/.git/index.lock': File exists.", FAIL_TRANSIENT, NULL, NULL, ANY },
	{ "npm i", 1, "npm error code ETIMEDOUT", FAIL_TRANSIENT, NULL, NULL, ANY },
	{ "timeout 5 make x", 124, "", FAIL_TIMEOUT, NULL, NULL, ANY },
	{ "./big", 137, "Killed", FAIL_TRANSIENT, NULL, NULL, ANY },
	{ "./notes.txt", 126, "bash: ./notes.txt: Permission denied", FAIL_DENIED, NULL, NULL, ANY },

	/* the project's own state */
	{ "pytest -q", 1, "E   assert 1 == 2\n1 failed, 3 passed in 0.1s", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "npm test", 1, "FAIL src/x.test.ts\n  Expected: 1\nTests:       1 failed, 4 total", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "npx tsc --noEmit", 2, "src/a.ts(3,1): error TS2304: Cannot find name 'x'.", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "ruff check .", 1, "a.py:1:1: F401 `os` imported but unused\nFound 1 error.", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "gcc -c x.c", 1, "x.c:3:5: error: expected ';' before '}' token", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "python x.py", 1, "Traceback (most recent call last):\n  File \"x.py\", line 2\nValueError: bad", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "cargo test", 101, "test result: FAILED. 3 passed; 1 failed", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "git commit -m x", 1, "ruff.....Failed\n- hook id: ruff\n- exit code: 1", FAIL_DEVELOPMENT, NULL, NULL, ANY },
	{ "npm install", 1, "npm error ERESOLVE could not resolve", FAIL_UNKNOWN, NULL, NULL, ANY },
	{ "frobnicate x", 3, "it did not go well", FAIL_UNKNOWN, NULL, NULL, 0 },
};

/* No failures at all. */
static const struct {
	const char *command;
	int exit_code;
	const char *output;
} benign[] = {
	{ "grep -rn foo src", 1, "" },
	{ "rg foo", 1, "" },
	{ "cat x | grep -c y", 1, "0" },
	{ "git diff | grep TODO", 1, "" },
	{ "diff a b", 1, "1c1\n< a\n---\n> b" },
	{ "cmp a b", 1, "a b differ: byte 1, line 1" },
	{ "test -f x", 1, "" },
	{ "[ -d y ]", 1, "" },
	{ "pgrep node", 1, "" },
	{ "which pnpm", 1, "" },
	{ "command -v uv", 1, "" },
	{ "ls docs/old", 2, "ls: cannot access 'docs/old': No such file or directory" },
	{ "find src/x -name '*.c'", 1, "find: 'src/x': No such file or directory" },
	{ "gh pr checks 12", 8, "build\tpending\t0" },
	{ "node --version", 1, "" },
	{ "sleep 100", 143, "Terminated" },
	{ "npm run dev", 130, "" },
};
/* clang-format on */

static void diagnose(struct arena *a, const struct sample *s, struct diagnosis *d)
{
	struct shell_script script;

	shell_parse(a, str_c(s->command), &script);
	classify_shell(a, &script, s->exit_code, str_c(s->output), STR(""), d);
}

static void classify_knows_failures(void **state)
{
	struct arena a;
	int wrong = 0;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(failed) / sizeof(*failed); i++) {
		const struct sample *s = &failed[i];
		struct diagnosis d;

		diagnose(&a, s, &d);
		if (d.class == s->class && (!s->slot || str_eq_c(d.slot, s->slot)) &&
		    (!s->hint || str_eq_c(d.hint, s->hint)) && (s->segment == ANY || d.segment == s->segment))
			continue;
		print_error("%s: \"%s\": %s (%s) slot \"%.*s\" hint \"%.*s\" segment %d\n", s->command,
			    s->output, failure_types[d.class].name, failure_types[s->class].name,
			    STR_ARG(d.slot), STR_ARG(d.hint), d.segment);
		wrong++;
	}
	arena_release(&a);
	assert_int_equal(wrong, 0);
}

static void classify_knows_answers(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(benign) / sizeof(*benign); i++) {
		struct sample s = { .command = benign[i].command,
				    .exit_code = benign[i].exit_code,
				    .output = benign[i].output };
		struct diagnosis d;

		diagnose(&a, &s, &d);
		if (d.class != FAIL_NONE)
			fail_msg("%s: %s", benign[i].command, failure_types[d.class].name);
	}
	arena_release(&a);
}

/* The word that is blamed is the command's own, whatever the output says. */
static void classify_slots_are_words_of_the_command(void **state)
{
	struct shell_script script;
	struct diagnosis d;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(failed) / sizeof(*failed); i++) {
		const struct sample *s = &failed[i];

		shell_parse(&a, str_c(s->command), &script);
		classify_shell(&a, &script, s->exit_code, STR(""), str_c(s->output), &d);
		if (d.class != FAIL_MODULE_MISSING && d.class != FAIL_MISSING_ENV && d.slot.n)
			assert_true(str_find(str_c(s->command), d.slot) != STR_NONE);
		assert_true(d.segment < (int)script.n);
	}
	arena_release(&a);
}

static void classify_reads_head_and_tail(void **state)
{
	struct shell_script script;
	struct diagnosis d;
	struct arena a;

	(void)state;
	arena_init(&a);
	shell_parse(&a, STR("make all"), &script);
	classify_shell(&a, &script, 2, STR("building"), STR("make: *** No rule to make target 'all'.  Stop."),
		       &d);
	assert_int_equal(d.class, FAIL_UNKNOWN_TARGET);
	classify_shell(&a, &script, 2, STR("\x1b[31mmake: *** No rule to make target 'all'\x1b[0m"), STR(""),
		       &d);
	assert_int_equal(d.class, FAIL_UNKNOWN_TARGET);
	shell_parse(&a, STR(""), &script);
	classify_shell(&a, &script, 1, STR("x"), STR(""), &d);
	assert_int_equal(d.class, FAIL_UNKNOWN);
	arena_release(&a);
}

/* clang-format off */
static const struct sample masked[] = {
	{ "pytest -q 2>&1 | tail -5", 0, "bash: line 1: pytest: command not found", FAIL_COMMAND_NOT_FOUND, "pytest", NULL, 0 },
	{ "pnpm i; echo done", 0, "zsh: command not found: pnpm\ndone", FAIL_COMMAND_NOT_FOUND, "pnpm", NULL, 0 },
	{ "python x.py 2>&1 | tail", 0, "Traceback (most recent call last):\nModuleNotFoundError: No module named 'yaml'",
		FAIL_MODULE_MISSING, "yaml", NULL, 0 },
	{ "python -m pytest | head", 0, "/usr/bin/python: No module named pytest", FAIL_MODULE_MISSING, "pytest", NULL, 0 },
	{ "make chek | tail -3", 0, "make: *** No rule to make target 'chek'.  Stop.", FAIL_UNKNOWN_TARGET, "chek", NULL, 0 },
	{ "go vet ./... || true", 0, "go: go.mod file not found in current directory", FAIL_WRONG_CWD, NULL, NULL, ANY },
	{ "cargo check 2>&1 | tail", 0, "error: could not find `Cargo.toml` in `/w`", FAIL_WRONG_CWD, NULL, NULL, 0 },
	/* somebody else's words, shown or quoted */
	{ "cat build.log | tail", 0, "bash: pytest: command not found", FAIL_NONE, NULL, NULL, ANY },
	{ "grep -r 'No module' logs; true", 0, "x/python: No module named yaml", FAIL_NONE, NULL, NULL, ANY },
	{ "git log | head", 0, "make: *** No rule to make target 'x'", FAIL_NONE, NULL, NULL, ANY },
	{ "pytest | tail", 0, "ModuleNotFoundError: No module named 'yaml'\n3 passed", FAIL_NONE, NULL, NULL, ANY },
	{ "make x | tail", 0, "all is well", FAIL_NONE, NULL, NULL, ANY },
};
/* clang-format on */

static void classify_sees_through_masks(void **state)
{
	struct shell_script script;
	struct diagnosis d;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++) {
		const struct sample *s = &masked[i];

		shell_parse(&a, str_c(s->command), &script);
		assert_true(classify_masks_exit(&script));
		classify_masked(&a, &script, str_c(s->output), STR(""), &d);
		assert_true(d.masked);
		if (d.class != s->class || (s->slot && !str_eq_c(d.slot, s->slot)) ||
		    (s->segment != ANY && d.segment != s->segment))
			fail_msg("%s: %s slot \"%.*s\" segment %d", s->command, failure_types[d.class].name,
				 STR_ARG(d.slot), d.segment);
	}
	arena_release(&a);
}

static void classify_masks(void **state)
{
	static const char *const plain[] = { "make", "cd x && make", "A=1 make > log 2>&1", "" };
	struct shell_script script;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		shell_parse(&a, str_c(plain[i]), &script);
		assert_false(classify_masks_exit(&script));
	}
	arena_release(&a);
}

static void classify_names_programs(void **state)
{
	struct shell_script script;
	struct arena a;

	(void)state;
	arena_init(&a);
	shell_parse(&a, STR("/usr/bin/python3 x; A=1"), &script);
	assert_str_equal(command_program(&script.commands[0]), "python3");
	assert_str_equal(command_program(&script.commands[1]), "");
	assert_true(program_is_viewer(STR("cat")));
	assert_false(program_is_viewer(STR("make")));
	arena_release(&a);
}

const struct CMUnitTest classify_tests[] = {
	cmocka_unit_test(classify_knows_failures),
	cmocka_unit_test(classify_knows_answers),
	cmocka_unit_test(classify_slots_are_words_of_the_command),
	cmocka_unit_test(classify_reads_head_and_tail),
	cmocka_unit_test(classify_sees_through_masks),
	cmocka_unit_test(classify_masks),
	cmocka_unit_test(classify_names_programs),
};
const size_t classify_tests_count = sizeof(classify_tests) / sizeof(*classify_tests);

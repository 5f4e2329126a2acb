/*
 * learn: what made-up sessions teach, from logs and repository to learnings and reasons.
 */
#include "tests/unit/world.h"

#define NOT_FOUND(program) "/bin/bash: line 1: " program ": command not found"

enum {
	CALLS = 8,
	EPISODES = 3
};

/* The same calls in several sessions, and what comes of it. */
struct scenario {
	const char *name;
	const char *script; /* makes the repository; NULL: no git */
	struct call calls[CALLS];
	const char *then; /* a script run after the sessions took place */
	int days[EPISODES]; /* days ago of each session, 0 ends the list; none: 3 and 5 */
	const char *kind, *wrong, *right, *proof; /* NULL kind: nothing is learned; proof NULL: any */
	const char *reason; /* NULL: learned */
};

/* clang-format off */
static const struct scenario scenarios[] = {
	/* ---- environment ---- */
	{ .name = "wrapper by lockfile, once is enough", .script = "put uv.lock; put a.py; c", .days = { 4 },
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv run pytest -q") },
		.kind = "wrapper", .wrong = "pytest", .right = "uv run pytest", .proof = "lockfile" },
	{ .name = "wrapper named in pyproject", .script = "put pyproject.toml '[tool.poetry]'; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("poetry run pytest -q") },
		.kind = "wrapper", .wrong = "pytest", .right = "poetry run pytest", .proof = "lockfile" },
	{ .name = "another selector does not matter", .script = "put uv.lock; c",
		.calls = { FAILS("pytest tests/a.py", 127, NOT_FOUND("pytest")), RUNS("uv run pytest tests/b.py") },
		.kind = "wrapper", .wrong = "pytest", .right = "uv run pytest" },
	{ .name = "module missing: run in the environment", .script = "put uv.lock; c",
		.calls = { FAILS("python3 tool.py", 1, "ModuleNotFoundError: No module named 'yaml'"), RUNS("uv run python tool.py") },
		.kind = "runtime", .wrong = "python3", .right = "uv run python", .proof = "lockfile" },
	{ .name = "module run by name", .script = "put uv.lock; c",
		.calls = { FAILS("python3 -m pytest -q", 1, "/usr/bin/python3: No module named pytest"), RUNS("uv run pytest -q") },
		.kind = "wrapper", .wrong = "python3 -m pytest", .right = "uv run pytest", .proof = "lockfile" },
	{ .name = "interpreter in the project", .script = "put .venv/bin/python x; chmod +x .venv/bin/python; put .gitignore .venv; c",
		.calls = { FAILS("python tool.py", 1, "ModuleNotFoundError: No module named 'yaml'"), RUNS(".venv/bin/python tool.py") },
		.kind = "interpreter", .wrong = "python", .right = ".venv/bin/python", .proof = "stat" },
	{ .name = "interpreter that is no executable", .script = "put .venv/bin/python x; c",
		.calls = { FAILS("python tool.py", 1, "ModuleNotFoundError: No module named 'yaml'"), RUNS(".venv/bin/python tool.py") },
		.kind = "interpreter", .wrong = "python", .reason = "unverified" },
	{ .name = "gradle's own script", .script = "put gradlew x; chmod +x gradlew; c",
		.calls = { FAILS("gradle build", 127, NOT_FOUND("gradle")), RUNS("./gradlew build") },
		.kind = "interpreter", .wrong = "gradle", .right = "./gradlew", .proof = "stat" },
	{ .name = "manager by lockfile", .script = "put pnpm-lock.yaml; put package.json '{}'; c",
		.calls = { FAILS("npm run build", 1, "npm error code EUSAGE"), RUNS("pnpm build") },
		.kind = "manager", .wrong = "npm", .right = "pnpm", .proof = "lockfile" },
	{ .name = "manager named in package.json", .script = "put package.json '{\"packageManager\": \"yarn@4.1.0\"}'; c",
		.calls = { FAILS("npm install", 1, "npm error something"), RUNS("yarn") },
		.kind = "manager", .wrong = "npm", .right = "yarn", .proof = "lockfile" },
	{ .name = "manager whose lockfile stands beside", .script = "put pnpm-lock.yaml; put package-lock.json; c",
		.calls = { FAILS("npm run build", 1, "npm error code EUSAGE"), RUNS("pnpm build") },
		.kind = "manager", .wrong = "npm", .reason = "unverified" },
	{ .name = "manager nothing speaks for", .script = "put a; c",
		.calls = { FAILS("npm run build", 1, "npm error code EUSAGE"), RUNS("pnpm build") },
		.kind = "manager", .wrong = "npm", .reason = "unverified" },
	{ .name = "compose is not installed", .script = "put compose.yaml; c",
		.calls = { FAILS("docker-compose up -d", 127, NOT_FOUND("docker-compose")), RUNS("docker compose up -d") },
		.kind = "manager", .wrong = "docker-compose", .right = "docker compose", .proof = "lockfile" },
	{ .name = "variable that names a folder", .script = "put src/x.py; c",
		.calls = { FAILS("pytest -q", 1, "ModuleNotFoundError: No module named 'x'"), RUNS("PYTHONPATH=src pytest -q") },
		.kind = "env", .wrong = "pytest", .right = "PYTHONPATH=src pytest", .proof = "stat" },
	{ .name = "variable the example file names", .script = "put .env.example 'STAGE_NAME=dev'; c",
		.calls = { FAILS("node s.js", 1, "STAGE_NAME is not set"), RUNS("STAGE_NAME=dev node s.js") },
		.kind = "env", .wrong = "node s.js", .right = "STAGE_NAME=dev node s.js", .proof = "manifest" },
	{ .name = "variable with a secret value", .script = "put .env.example 'API_TOKEN=x'; c",
		.calls = { FAILS("node s.js", 1, "API_TOKEN is not set"), RUNS("API_TOKEN=abc node s.js") },
		.kind = "env", .wrong = "node s.js", .reason = "unsafe" },
	{ .name = "this machine's program", .script = "put a; c",
		.calls = { FAILS("python x.py", 127, NOT_FOUND("python")), RUNS("python3 x.py") },
		.kind = "interpreter", .wrong = "python", .right = "python3", .proof = "none" },
	{ .name = "wrapper nothing speaks for stays with this agent", .script = "put a; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("poetry run pytest -q") },
		.kind = "wrapper", .wrong = "pytest", .right = "poetry run pytest", .proof = "none" },

	{ .name = "tool started by the manager", .script = "put pnpm-lock.yaml; c",
		.calls = { FAILS("jest --ci", 127, NOT_FOUND("jest")), RUNS("pnpm exec jest --ci") },
		.kind = "wrapper", .wrong = "jest", .right = "pnpm exec jest", .proof = "lockfile" },
	{ .name = "tool run as the manager's own", .script = "put yarn.lock; c",
		.calls = { FAILS("jest --ci", 127, NOT_FOUND("jest")), RUNS("yarn run jest --ci") },
		.kind = "wrapper", .wrong = "jest", .right = "yarn run jest", .proof = "lockfile" },
	{ .name = "the manager does something else", .script = "put yarn.lock; c",
		.calls = { FAILS("jest --ci", 127, NOT_FOUND("jest")), RUNS("yarn run lint --ci"), RUNS("yarn jest") } },
	{ .name = "script behind a launcher", .script = "put uv.lock; put tool.py; c",
		.calls = { FAILS("python3 tool.py a", 1, "ModuleNotFoundError: No module named 'yaml'"), RUNS("uv run tool.py a") },
		.kind = "runtime", .wrong = "python3", .right = "uv run", .proof = "lockfile" },
	{ .name = "another script behind a launcher", .script = "put uv.lock; put tool.py; c",
		.calls = { FAILS("python3 tool.py a", 1, "ModuleNotFoundError: No module named 'yaml'"), RUNS("uv run tool.py b") } },
	{ .name = "pip of the manager", .script = "put uv.lock; c",
		.calls = { FAILS("pip install -e .", 1, "error: externally-managed-environment"), RUNS("uv pip install -e .") },
		.kind = "manager", .wrong = "pip", .right = "uv pip", .proof = "lockfile" },
	{ .name = "the project's own wrapper of a tool", .script = "put bin/rails x; chmod +x bin/rails; c",
		.calls = { FAILS("rails db", 127, NOT_FOUND("rails")), RUNS("bin/rails db") },
		.kind = "interpreter", .wrong = "rails", .right = "bin/rails", .proof = "stat" },
	{ .name = "maven's own script", .script = "put mvnw x; chmod +x mvnw; c",
		.calls = { FAILS("mvn package", 127, NOT_FOUND("mvn")), RUNS("./mvnw package") },
		.kind = "interpreter", .wrong = "mvn", .right = "./mvnw", .proof = "stat" },
	{ .name = "installed tests under another verb", .script = "put pnpm-lock.yaml; c",
		.calls = { FAILS("npm t", 1, "npm error x"), RUNS("pnpm test") },
		.kind = "manager", .wrong = "npm", .right = "pnpm" },
	{ .name = "in one package of many", .script = "put pnpm-lock.yaml; c",
		.calls = { FAILS("npm run build", 1, "npm error x"), RUNS("pnpm --filter web build") },
		.kind = "manager", .wrong = "npm", .right = "pnpm" },
	{ .name = "the module was written", .script = "put uv.lock; c",
		.calls = { FAILS("python3 tool.py", 1, "ModuleNotFoundError: No module named 'helper'"), WRITES("src/helper.py"),
			RUNS("PYTHONPATH=src python3 tool.py") } },

	/* ---- commands ---- */
	{ .name = "folder by manifest", .script = "put web/package.json '{\"scripts\":{\"test\":\"x\"}}'; c",
		.calls = { FAILS("npm test", 254, "npm ERR! enoent Could not read package.json"), RUNS("cd web && npm test") },
		.kind = "cwd", .wrong = "npm test", .right = "cd web && npm test", .proof = "manifest" },
	{ .name = "folder by target", .script = "put api/Makefile 'lint: x'; put Makefile 'all: x'; c",
		.calls = { FAILS("make lint", 2, "make: *** No rule to make target 'lint'.  Stop."), RUNS("make -C api lint") },
		.kind = "cwd", .wrong = "make lint", .right = "cd api && make lint", .proof = "manifest" },
	{ .name = "target in both folders", .script = "put api/Makefile 'lint: x'; put Makefile 'lint: x'; c",
		.calls = { FAILS("make lint", 2, "make: *** No rule to make target 'lint'.  Stop."), RUNS("make -C api lint") },
		.kind = "cwd", .wrong = "make lint", .reason = "unverified" },
	{ .name = "folder by script", .script = "put api/run.sh x; c",
		.calls = { FAILS("./run.sh", 127, "bash: line 1: ./run.sh: No such file or directory"), RUNS("cd api && ./run.sh") },
		.kind = "cwd", .wrong = "./run.sh", .right = "cd api && ./run.sh", .proof = "stat" },
	{ .name = "script in both folders", .script = "put api/run.sh x; put run.sh x; c",
		.calls = { FAILS("./run.sh", 127, "bash: line 1: ./run.sh: No such file or directory"), RUNS("cd api && ./run.sh") },
		.kind = "cwd", .wrong = "./run.sh", .reason = "unverified" },
	{ .name = "manifests in both folders", .script = "put api/go.mod; put go.mod; c",
		.calls = { FAILS("go vet ./...", 1, "go: cannot find main module"), RUNS("cd api && go vet ./...") },
		.kind = "cwd", .wrong = "go vet", .reason = "unverified" },
	{ .name = "folder that is gone", .script = "put web/package.json '{}'; c", .then = "git rm -rq web; c",
		.calls = { FAILS("npm test", 254, "npm ERR! enoent Could not read package.json"), RUNS("cd web && npm test") },
		.kind = "cwd", .wrong = "npm test", .reason = "unverified" },
	{ .name = "flag the tool quotes", .script = "put a; c",
		.calls = { FAILS("prog --colour x", 1, "error: unknown option '--colour'"), RUNS("prog --color x") },
		.kind = "flag", .wrong = "prog --colour", .right = "prog --color", .proof = "hint" },
	{ .name = "flag that bypasses", .script = "put a; c",
		.calls = { FAILS("git comit --no-verfy", 1, "error: unknown option '--no-verfy'"), RUNS("git comit --no-verify") },
		.kind = "flag", .wrong = "git comit --no-verfy", .reason = "unsafe" },
	{ .name = "script by manifest", .script = "put package.json '{\"scripts\":{\"test\":\"x\"}}'; c",
		.calls = { FAILS("npm run tests", 1, "npm error Missing script: \"tests\""), RUNS("npm run test") },
		.kind = "target", .wrong = "npm run tests", .right = "npm run test", .proof = "manifest" },
	{ .name = "target by makefile", .script = "put Makefile 'check: x'; c",
		.calls = { FAILS("make test", 2, "make: *** No rule to make target 'test'.  Stop."), RUNS("make check") },
		.kind = "target", .wrong = "make test", .right = "make check", .proof = "manifest" },
	{ .name = "target that exists by now", .script = "put Makefile 'check: x'; c", .then = "put Makefile 'check test: x'; c",
		.calls = { FAILS("make test", 2, "make: *** No rule to make target 'test'.  Stop."), RUNS("make check") },
		.kind = "target", .wrong = "make test", .reason = "unverified" },
	{ .name = "target that is gone again", .script = "put Makefile 'check: x'; c", .then = "put Makefile 'all: x'; c",
		.calls = { FAILS("make test", 2, "make: *** No rule to make target 'test'.  Stop."), RUNS("make check") },
		.kind = "target", .wrong = "make test", .reason = "unverified" },
	{ .name = "two targets that worked", .script = "put Makefile 'check unit: x'; c",
		.calls = { FAILS("make tst", 2, "make: *** No rule to make target 'tst'.  Stop."), RUNS("make check"), RUNS("make unit") } },
	{ .name = "two targets, one of them alike", .script = "put Makefile 'testing unit: x'; c",
		.calls = { FAILS("make test", 2, "make: *** No rule to make target 'test'.  Stop."), RUNS("make testing"), RUNS("make unit") },
		.kind = "target", .wrong = "make test", .right = "make testing" },
	{ .name = "exported before", .script = "put src/x.py; c",
		.calls = { FAILS("pytest -q", 1, "ModuleNotFoundError: No module named 'x'"), RUNS("export PYTHONPATH=src; pytest -q") },
		.kind = "env", .wrong = "pytest", .right = "PYTHONPATH=src pytest" },
	{ .name = "subcommand the tool hints at", .script = "put a; c",
		.calls = { FAILS("tool comit x", 1, "unknown command 'comit', did you mean 'commit'?"), RUNS("tool commit x") },
		.kind = "subcommand", .wrong = "tool comit", .right = "tool commit", .proof = "hint" },
	{ .name = "step before, in three sessions", .script = "put package-lock.json; put package.json '{}'; c", .days = { 3, 5, 7 },
		.calls = { FAILS("node build.js", 1, "Error: Cannot find module 'x'"), RUNS("npm ci"), RUNS("node build.js") },
		.kind = "pre_step", .wrong = "node build.js", .right = "npm ci", .proof = "lockfile" },
	{ .name = "step before, too rarely", .script = "put package-lock.json; put package.json '{}'; c",
		.calls = { FAILS("node build.js", 1, "Error: Cannot find module 'x'"), RUNS("npm ci"), RUNS("node build.js") },
		.kind = "pre_step", .wrong = "node build.js", .reason = "weak" },
	{ .name = "step before: a target", .script = "put Makefile 'gen: x'; c", .days = { 3, 5, 7 },
		.calls = { FAILS("node build.js", 1, "Error: Cannot find module './gen'"), RUNS("make -s gen"), RUNS("node build.js") },
		.kind = "pre_step", .wrong = "node build.js", .right = "make -s gen", .proof = "manifest" },
	{ .name = "step before: a script", .script = "put scripts/setup x; chmod +x scripts/setup; c", .days = { 3, 5, 7 },
		.calls = { FAILS("node build.js", 1, "Error: Cannot find module './gen'"), RUNS("scripts/setup init"), RUNS("node build.js") },
		.kind = "pre_step", .wrong = "node build.js", .right = "scripts/setup init", .proof = "stat" },
	{ .name = "step before that nothing shows", .script = "put a; c", .days = { 3, 5, 7 },
		.calls = { FAILS("node build.js", 1, "Error: Cannot find module './gen'"), RUNS("frob generate"), RUNS("node build.js") },
		.kind = "pre_step", .wrong = "node build.js", .reason = "unverified" },
	{ .name = "more time", .script = "put a; c",
		.calls = { TIMES_OUT("make slow", 120000), RUNS_SO("make slow", .timeout_ms = 600000) },
		.kind = "timeout", .wrong = "make slow", .right = "", .proof = "none" },
	{ .name = "in the background", .script = "put a; c",
		.calls = { TIMES_OUT("make slow", 0),
			{ .tool = "Bash", .input = "make slow", .output = "Command running in background with ID: b1", .background = true } },
		.kind = "timeout", .wrong = "make slow", .right = "" },

	/* ---- paths ---- */
	{ .name = "moved, git knows, once", .script = "lines 40 a >a.c; c; mkdir src; git mv a.c src/a.c; c", .days = { 4 },
		.calls = { MISSES("a.c"), GLOBS("**/a.c", "src/a.c"), READS("src/a.c") },
		.kind = "path_moved", .wrong = "a.c", .right = "src/a.c", .proof = "git_rename" },
	{ .name = "moved, nobody found it", .script = "put lib/tokens.c \"$(lines 40 a)\"; c; mkdir src; git mv lib/tokens.c src/tokens.c; c",
		.calls = { MISSES("lib/tokens.c") },
		.kind = "path_moved", .wrong = "lib/tokens.c", .right = "src/tokens.c", .proof = "git_rename" },
	{ .name = "mistyped", .script = "put src/config.h; c",
		.calls = { MISSES("src/confg.h"), READS("src/config.h") },
		.kind = "path_name", .wrong = "src/confg.h", .right = "src/config.h", .proof = "tracked" },
	{ .name = "hinted by the harness, once", .script = "put src/other_name.h; c", .days = { 4 },
		.calls = { MISSES_HINTED("src/config.h", "other_name.h"), READS("src/other_name.h") },
		.kind = "path_name", .wrong = "src/config.h", .right = "src/other_name.h", .proof = "hint" },
	{ .name = "elsewhere, found by a search", .script = "put src/deep/tokens.c; c",
		.calls = { MISSES("lib/tokens.c"), PRINTS("find . -name 'tok*'", "./src/deep/tokens.c"), READS("src/deep/tokens.c") },
		.kind = "path_name", .wrong = "lib/tokens.c", .right = "src/deep/tokens.c", .proof = "tracked" },
	{ .name = "proposed: one file of that name", .script = "put src/deep/tokenizer.c; c",
		.calls = { MISSES("lib/tokenizer.c") },
		.kind = "path_name", .wrong = "lib/tokenizer.c", .right = "src/deep/tokenizer.c", .proof = "tracked" },
	{ .name = "proposed once", .script = "put src/deep/tokenizer.c; c", .days = { 4 },
		.calls = { MISSES("lib/tokenizer.c") },
		.kind = "path_name", .wrong = "lib/tokenizer.c", .reason = "weak" },
	{ .name = "in a shell", .script = "put src/config.h; c",
		.calls = { FAILS("cat src/confg.h", 1, "cat: src/confg.h: No such file or directory"), RUNS("cat src/config.h") },
		.kind = "path_name", .wrong = "src/confg.h", .right = "src/config.h" },
	{ .name = "removed for good", .script = "put old.c; put b; c; git rm -q old.c; c",
		.calls = { MISSES("old.c"), READS("b"), MISSES("old.c") },
		.kind = "path_removed", .wrong = "old.c", .right = "", .proof = "stat" },
	{ .name = "never there", .script = "put b; c",
		.calls = { MISSES("docs/nothing.md"), READS("b"), MISSES("docs/nothing.md") },
		.kind = "missing_path", .wrong = "docs/nothing.md", .right = "", .proof = "stat" },
	{ .name = "never there, too rarely", .script = "put b; c",
		.calls = { MISSES("docs/nothing.md") },
		.kind = "missing_path", .wrong = "docs/nothing.md", .reason = "weak" },
	{ .name = "there again", .script = "put b; c", .then = "put docs/nothing.md; c",
		.calls = { MISSES("docs/nothing.md"), READS("b"), MISSES("docs/nothing.md") },
		.kind = "missing_path", .wrong = "docs/nothing.md", .reason = "unverified" },
	{ .name = "ignored, may come and go", .script = "put b; put .gitignore build; c",
		.calls = { MISSES("build/out.txt"), READS("b"), MISSES("build/out.txt") },
		.kind = "missing_path", .wrong = "build/out.txt", .reason = "unverified" },
	{ .name = "the right one is gone too", .script = "put src/config.h; c", .then = "git rm -q src/config.h; put x; c",
		.calls = { MISSES("src/confg.h"), READS("src/config.h") } },
	{ .name = "the agent made it itself", .script = "put a; c",
		.calls = { MISSES("src/confg.h"), WRITES("src/confg.h"), READS("src/confg.h") } },
	{ .name = "the agent moved it itself", .script = "put lib/tokens.c; c",
		.calls = { RUNS("mv lib/tokens.c src/tokens.c"), MISSES("lib/tokens.c"), READS("src/tokens.c") } },
	{ .name = "two that fit", .script = "put a/parser.c; put b/parser.c; c",
		.calls = { MISSES("c/parser.c"), READS("a/parser.c"), READS("b/parser.c") } },
	{ .name = "another file altogether", .script = "put main.rs; put src/math.rs; c",
		.calls = { MISSES("src/main.rs"), READS("src/math.rs") } },
	{ .name = "outside of the project", .script = "put config.h; c",
		.calls = { MISSES("/elsewhere/confg.h"), READS("config.h") } },
	{ .name = "too large", .script = "head -c 300000 /dev/zero | tr '\\0' 'x' >big.txt; c", .days = { 4 },
		.calls = { TOO_LARGE("big.txt"), TOO_LARGE("big.txt"), READS_SO("big.txt", .ranged = true) },
		.kind = "large_file", .wrong = "big.txt", .right = "", .proof = "stat" },
	{ .name = "small by now", .script = "put big.txt; c",
		.calls = { TOO_LARGE("big.txt") },
		.kind = "large_file", .wrong = "big.txt", .reason = "unverified" },
	{ .name = "large and gone", .script = "put a; c",
		.calls = { TOO_LARGE("big.txt"), READS_SO("big.txt", .ranged = true) },
		.kind = "large_file", .wrong = "big.txt", .reason = "unverified" },

	{ .name = "large and ignored: this agent's matter", .script = "put .gitignore big.txt; c; head -c 300000 /dev/zero | tr '\\0' 'x' >big.txt",
		.calls = { TOO_LARGE("big.txt"), READS_SO("big.txt", .ranged = true) },
		.kind = "large_file", .wrong = "big.txt", .right = "", .proof = "stat" },
	{ .name = "the right one is ignored", .script = "put .gitignore 'build'; c; put build/tokenizer.c",
		.calls = { MISSES("src/tokenizer.c"), GLOBS("**/tokenizer.c", "build/tokenizer.c"), READS("build/tokenizer.c") } },
	{ .name = "every machine's own file", .script = "put src/a; c",
		.calls = { MISSES(".env"), READS("src/a"), MISSES(".env") },
		.kind = "missing_path", .wrong = ".env", .reason = "unverified" },
	{ .name = "a name that is all over the tree", .script = "for d in a b c d e f; do put $d/parser.c; done; c",
		.calls = { MISSES("x/parser.c"), READS("a/parser.c") } },

	/* ---- searches ---- */
	{ .name = "search in a folder that is gone", .script = "put web/a.ts; put server/api/b.py; c", .then = "git rm -rq web; c",
		.calls = { GREPS("alpha", "web", "No files found"), GREPS("alpha", "server", "server/api/b.py"),
			GREPS("beta", "web", "No files found"), GREPS("beta", "server", "server/api/b.py"),
			GREPS("gamma", "web", "No files found"), GREPS("gamma", "server", "server/api/b.py") },
		.kind = "search_scope", .wrong = "web", .reason = "unverified" },
	{ .name = "search in a folder git does not have", .script = "put web/a.ts; put .gitignore gen; c; put gen/b.py",
		.calls = { GREPS("alpha", "web", "No files found"), GREPS("alpha", "gen", "gen/b.py"),
			GREPS("beta", "web", "No files found"), GREPS("beta", "gen", "gen/b.py"),
			GREPS("gamma", "web", "No files found"), GREPS("gamma", "gen", "gen/b.py") },
		.kind = "search_scope", .wrong = "web", .reason = "unverified" },
	{ .name = "searches that cannot be compared", .script = "put web/a.ts; put server/b.py; c",
		.calls = { PRINTS("grep alpha web/a.ts", ""), PRINTS("rg alpha web server x", ""), PRINTS("rg alpha web | xargs sed -n 1p", ""),
			PRINTS("rg alpha $DIR", ""), GREPS("alpha", "/elsewhere", "No files found"), PRINTS("rg alpha server", "server/b.py:1:alpha") } },
	{ .name = "search elsewhere", .script = "put web/a.ts; put server/api/b.py; c",
		.calls = { GREPS("alpha", "web", "No files found"), GREPS("alpha", "server", "Found 1 file\nserver/api/b.py"),
			GREPS("beta", "web", "No files found"), GREPS("beta", "server", "server/api/c.py"),
			{ .tool = "Bash", .input = "grep -rn gamma web", .output = "", .benign = true },
			GREPS("gamma", "server", "server/api/b.py") },
		.kind = "search_scope", .wrong = "web", .right = "server/api", .proof = "tracked" },
	{ .name = "too few searches", .script = "put web/a.ts; put server/api/b.py; c",
		.calls = { GREPS("alpha", "web", "No files found"), GREPS("alpha", "server", "server/api/b.py") },
		.kind = "search_scope", .wrong = "web", .reason = "weak" },

	{ .name = "searches in a shell", .script = "put web/a.ts; put server/api/b.py; c",
		.calls = { PRINTS("rg alpha web", ""), PRINTS("rg alpha server | head -5", "server/api/b.py:1:alpha"),
			PRINTS("git grep -n beta -- web", ""), GREPS("beta", "server", "server/api/c.py"),
			PRINTS("grep -rn -A 3 gamma web | sort", ""), GREPS("gamma", "server", "server/api/b.py") },
		.kind = "search_scope", .wrong = "web", .right = "server/api" },
	{ .name = "found because it was made", .script = "put web/a.ts; put server/api/b.py; c",
		.calls = { GREPS("alpha", "web", "No files found"), WRITES("server/api/n.py"), GREPS("alpha", "server", "server/api/n.py"),
			GREPS("beta", "web", "No files found"), GREPS("beta", "web", "web/a.ts"),
			GREPS("gamma", NULL, "No files found"), GREPS("gamma", "server", "server/api/b.py") } },

	/* ---- policy ---- */
	{ .name = "declined", .script = "put a; c",
		.calls = { DECLINES("git push origin main") },
		.kind = "permission", .wrong = "git push origin main", .right = "", .proof = "none" },
	{ .name = "declined, then carried out", .script = "put a; c",
		.calls = { DECLINES("git push origin main"), RUNS("git push origin main") },
		.kind = "permission", .wrong = "git push origin main", .reason = "contradicted" },
	{ .name = "declined in several forms", .script = "put a; c",
		.calls = { DECLINES("git push origin main"), DECLINES("git push fork dev"), RUNS("git status") },
		.kind = "permission", .wrong = "git push", .right = "" },

	/* ---- the retry of this machine ---- */
	{ .name = "launcher with two dashes", .script = "put mise.toml; c",
		.calls = { FAILS("go vet", 127, NOT_FOUND("go")), RUNS("mise exec -- go vet") },
		.kind = "wrapper", .wrong = "go", .right = "mise exec -- go", .proof = "lockfile" },
	{ .name = "another name of the program", .script = "put a; c",
		.calls = { FAILS("fdfind x", 127, NOT_FOUND("fdfind")), RUNS("fdfindx x") },
		.kind = "retry", .wrong = "fdfind", .right = "fdfindx" },

	{ .name = "declined beside a look", .script = "put a; c",
		.calls = { DECLINES("ls -la && git push origin main") },
		.kind = "permission", .wrong = "git push origin main", .right = "" },
	{ .name = "two things declined at once", .script = "put a; c",
		.calls = { DECLINES("npm publish && git push origin main") } },
	{ .name = "a look that was declined", .script = "put a; c",
		.calls = { DECLINES("cat notes.txt") } },
	{ .name = "one word was declined", .script = "put a; c",
		.calls = { DECLINES("deploy") },
		.kind = "permission", .wrong = "deploy", .right = "" },

	/* ---- silence ---- */
	{ .name = "fixing the code is development", .script = "put a.py; c",
		.calls = { FAILS("pytest -q", 1, "1 failed"), EDITS("a.py"), RUNS("pytest -q") } },
	{ .name = "flaky: the same form works", .script = "put uv.lock; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("pytest -q"), RUNS("uv run pytest -q") } },
	{ .name = "installed in between", .script = "put uv.lock; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv sync"), RUNS("uv run pytest -q") } },
	{ .name = "the error does not name what changed", .script = "put a; c",
		.calls = { FAILS("prog --colour x", 1, "error: something else"), RUNS("prog --color x") } },
	{ .name = "a flag that was left out", .script = "put a; c",
		.calls = { FAILS("prog --colour x", 1, "error: unknown option '--colour'"), RUNS("prog x") } },
	{ .name = "back to the root is a slip", .script = "put Makefile 'x: y'; put web/a; c",
		.calls = { FAILS("cd web && make x", 2, "make: *** No rule to make target 'x'.  Stop."), RUNS("make x") } },
	{ .name = "transient", .script = "put a; c",
		.calls = { FAILS("git pull", 1, "fatal: Could not resolve host: x"), RUNS("git pull") } },
	{ .name = "after two words of the user", .script = "put uv.lock; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), SAYS("hm"), SAYS("try uv"), RUNS("uv run pytest -q") } },
	{ .name = "a guarded alternative", .script = "put uv.lock; c",
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("false || uv run pytest -q") } },
	{ .name = "work in another place", .script = "put uv.lock; c",
		.calls = { FAILS_SO("pytest -q", 127, NOT_FOUND("pytest"), .cwd = "/elsewhere"), RUNS_SO("uv run pytest -q", .cwd = "/elsewhere") } },

	/* ---- what nothing in the project can prove ---- */
	{ .name = "folder for a tool we do not know", .script = "put web/a; c",
		.calls = { FAILS("frob run", 2, "config.frob: no such file"), RUNS("cd web && frob run") },
		.kind = "cwd", .wrong = "frob run", .right = "cd web && frob run", .proof = "none" },
	{ .name = "variable nothing mentions", .script = "put a; c",
		.calls = { FAILS("frob run", 2, "FROB_MODE is not set"), RUNS("FROB_MODE=fast frob run") },
		.kind = "env", .wrong = "frob run", .right = "FROB_MODE=fast frob run", .proof = "none" },
	{ .name = "another variable than the one named", .script = "put a; c",
		.calls = { FAILS("frob run", 2, "FROB_MODE is not set"), RUNS("OTHER=1 frob run") } },
	{ .name = "subcommand without a hint", .script = "put a; c",
		.calls = { FAILS("tool comit x", 1, "unknown command 'comit'"), RUNS("tool commit x") },
		.kind = "subcommand", .wrong = "tool comit", .right = "tool commit", .proof = "none" },
	{ .name = "compose that is there", .script = "put compose.yaml; c",
		.calls = { FAILS("docker-compose up", 1, "service x failed"), RUNS("docker compose up") } },
	{ .name = "a script in one folder alone", .script = "put api/tools/x.py; c",
		.calls = { FAILS("python3 tools/x.py", 2, "python3: can't open file 'tools/x.py': [Errno 2] No such file or directory"),
			RUNS("cd api && python3 tools/x.py") },
		.kind = "cwd", .wrong = "python3 tools/x.py", .right = "cd api && python3 tools/x.py", .proof = "stat" },

	/* ---- gates ---- */
	{ .name = "a detour cheaper than its line", .script = "put src/tokenizer.c; c",
		.calls = { MISSES_SO("src/tokenzer.c", .cheap = true), READS_SO("src/tokenizer.c", .cheap = true) },
		.kind = "path_name", .wrong = "src/tokenzer.c", .reason = "weak" },
	{ .name = "cheap, but three times", .script = "put src/tokenizer.c; c", .days = { 3, 5, 7 },
		.calls = { MISSES_SO("src/tokenzer.c", .cheap = true), READS_SO("src/tokenizer.c", .cheap = true) },
		.kind = "path_name", .wrong = "src/tokenzer.c", .right = "src/tokenizer.c" },
	{ .name = "one day is not two", .script = "put src/config.h; c", .days = { 4, 4 },
		.calls = { MISSES("src/confg.h"), READS("src/config.h") },
		.kind = "path_name", .wrong = "src/confg.h", .reason = "weak" },
	{ .name = "without git two are too few", .script = NULL,
		.calls = { MISSES("docs/nothing.txt"), READS("b"), MISSES("docs/nothing.txt"),
			FAILS("prog --colour x", 1, "error: unknown option '--colour'"), RUNS("prog --color x") },
		.kind = "flag", .wrong = "prog --colour", .reason = "weak" },
	{ .name = "without git three are enough", .script = NULL, .days = { 3, 5, 7 },
		.calls = { FAILS("prog --colour x", 1, "error: unknown option '--colour'"), RUNS("prog --color x") },
		.kind = "flag", .wrong = "prog --colour", .right = "prog --color" },
	{ .name = "volatile things fade", .script = "put a; c", .days = { 40, 45, 50 },
		.calls = { DECLINES("git push origin main") },
		.kind = "permission", .wrong = "git push origin main", .reason = "retired" },
	{ .name = "stable things stay", .script = "put uv.lock; c", .days = { 100, 105 },
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv run pytest -q") },
		.kind = "wrapper", .wrong = "pytest", .right = "uv run pytest" },
	{ .name = "stable things are forgotten at last", .script = "put uv.lock; c", .days = { 130, 140 },
		.calls = { FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv run pytest -q") },
		.kind = "wrapper", .wrong = "pytest", .reason = "retired" },
	{ .name = "the web was read before, and only a hint speaks for it", .script = "put a; c",
		.calls = { FETCHES("https://example.org"), FAILS("prog --colour x", 1, "error: unknown option '--colour'"), RUNS("prog --color x") },
		.kind = "flag", .wrong = "prog --colour", .reason = "weak" },
	{ .name = "masked failures count", .script = "put uv.lock; c",
		.calls = { PRINTS("pytest -q 2>&1 | tail -3", NOT_FOUND("pytest")), RUNS("uv run pytest -q 2>&1 | tail -3") },
		.kind = "wrapper", .wrong = "pytest", .right = "uv run pytest" },
};
/* clang-format on */

static size_t count_calls(const struct scenario *s)
{
	size_t n = 0;

	while (n < CALLS && s->calls[n].input)
		n++;
	return n;
}

static bool as_expected(struct world *w, const struct scenario *s)
{
	const struct learning *l;

	if (!s->kind)
		return w->learned.learnings.n == 0;
	l = find_in(s->reason ? &w->learned.suppressed : &w->learned.learnings, s->kind, s->wrong);
	if (!l)
		return false;
	if (s->reason)
		return strcmp(reason_names[l->c.reason], s->reason) == 0;
	return str_eq_c(l->c.f.right, s->right) &&
	       (!s->proof || strcmp(proof_names[l->c.f.proof], s->proof) == 0) && l->c.f.text.n > 0 &&
	       strlen(l->c.f.id) == 8;
}

static void learn_scenarios(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		static const int usual[EPISODES] = { 3, 5 };
		const int *days = s->days[0] ? s->days : usual;
		struct world w;

		world_open(&w, s->script);
		for (size_t k = 0; k < EPISODES && days[k]; k++)
			world_session(&w, days[k], s->calls, count_calls(s));
		if (s->then)
			world_script(w.root, s->then);
		world_learn(&w);
		if (!as_expected(&w, s)) {
			print_error("%s: expected %s \"%s\" -> \"%s\" %s\n", s->name,
				    s->kind ? s->kind : "nothing", s->wrong ? s->wrong : "",
				    s->right ? s->right : "", s->reason ? s->reason : "learned");
			world_show(&w);
			wrong++;
		}
		world_close(&w);
	}
	assert_int_equal(wrong, 0);
}

/* ---- what takes more than the same calls twice ---- */

#define USES_UV FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv run pytest -q")

static void learn_hears_what_speaks_against(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 9, USES_UV);
	SESSION(&w, 8, USES_UV);
	world_learn(&w);
	assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	/* it works without: long after, then in between */
	SESSION(&w, 2, RUNS("pytest tests/x.py"));
	world_learn(&w);
	assert_int_equal(assert_dropped(&w, "wrapper", "pytest", "contradicted")->c.negatives, 1);
	world_close(&w);
}

/* One success among many failures, and the last word is a failure: still true. */
static void learn_bears_few_negatives(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	for (int day = 3; day < 8; day++)
		SESSION(&w, day, USES_UV);
	SESSION(&w, 5, RUNS("pytest tests/x.py"));
	world_learn(&w);
	assert_int_equal(assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.negatives, 1);
	world_close(&w);
}

static void learn_counts(void **state)
{
	const struct learning *l;
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 9, USES_UV, USES_UV);
	SESSION(&w, 8, USES_UV);
	SESSION(&w, 1, RUNS("ls"), FAILS("make x", 1, "boom"));
	world_learn(&w);
	l = assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	assert_int_equal(l->c.count, 3);
	assert_int_equal(l->c.lineages, 2);
	assert_int_equal(l->c.days, 2);
	assert_int_equal(l->calls_n, 3);
	assert_true(l->failed[0].line > 0 && l->fixed[0].line > l->failed[0].line && l->failed[0].file > 0);
	assert_true(l->c.first_ms < l->c.last_ms && l->c.confidence > 0 && l->c.confidence < 1);
	assert_true(l->c.tokens_wasted > 1000);
	assert_int_equal(w.learned.study.calls, 8);
	assert_int_equal(w.learned.study.failures, 4);
	assert_int_equal(w.learned.study.by_class[FAIL_COMMAND_NOT_FOUND], 3);
	assert_int_equal(w.learned.study.sessions, 3);
	assert_int_equal(w.learned.study.lineages.n, 3);
	world_close(&w);
}

/* The same facts give the same ids and the same words, whatever is met in between. */
static void learn_is_stable(void **state)
{
	struct arena kept;
	struct world w;
	str id, text;

	(void)state;
	arena_init(&kept);
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 9, USES_UV);
	world_learn(&w);
	id = arena_str(&kept, str_c(assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.id));
	text = arena_str(&kept, assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.text);
	SESSION(&w, 3, USES_UV, RUNS("ls"));
	world_learn(&w);
	assert_str_equal(id, assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.id);
	assert_true(str_eq(text, assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.text));
	arena_release(&kept);
	world_close(&w);
}

static void learn_ignores_what_is_too_old(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 9, USES_UV);
	w.in.since = world_time(&w, 7);
	world_learn(&w);
	assert_silent(&w);
	assert_int_equal(w.learned.suppressed.n, 0);
	w.in.since = world_time(&w, 10);
	world_learn(&w);
	assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	world_close(&w);
}

/* A resumed copy repeats the calls of its original: one lineage, however many files. */
static void learn_counts_copies_once(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put src/config.h; c");
	SESSION(&w, 5, MISSES_SO("src/confg.h", .id = "toolu_a"), READS_SO("src/config.h", .id = "toolu_b"));
	SESSION(&w, 4, MISSES_SO("src/confg.h", .id = "toolu_a"), READS_SO("src/config.h", .id = "toolu_b"),
		RUNS("ls"));
	world_learn(&w);
	assert_int_equal(w.learned.study.lineages.n, 1);
	assert_int_equal(assert_dropped(&w, "path_name", "src/confg.h", "weak")->c.count, 1);
	SESSION(&w, 3, MISSES("src/confg.h"), READS("src/config.h"));
	world_learn(&w);
	assert_learned(&w, "path_name", "src/confg.h", "src/config.h");
	world_close(&w);
}

/* Sub-agents are threads of their own: what one does is no fix for another. */
static void learn_keeps_threads_apart(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put src/config.h; c");
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, MISSES_SO("src/confg.h", .agent = "a1"),
			READS_SO("src/config.h", .agent = "a2"));
	world_learn(&w);
	assert_null(find_in(&w.learned.learnings, "path_name", "src/confg.h"));
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, MISSES_SO("src/confg.h", .agent = "a1"), RUNS_SO("ls", .agent = "a2"),
			READS_SO("src/config.h", .agent = "a1"));
	world_learn(&w);
	assert_learned(&w, "path_name", "src/confg.h", "src/config.h");
	world_close(&w);
}

static void learn_looks_no_further_than_the_horizon(void **state)
{
	struct call calls[40] = { MISSES("src/tokenzer.c") };
	struct world w;

	(void)state;
	for (size_t far = 0; far < 2; far++) {
		size_t n = far ? HORIZON_CALLS + 1 : HORIZON_CALLS - 1;

		world_open(&w, "put src/tokenizer.c; c");
		for (size_t i = 1; i <= n; i++)
			calls[i] = (struct call)RUNS("true");
		calls[n + 1] = (struct call)READS("src/tokenizer.c");
		for (int day = 3; day < 6; day++)
			world_session(&w, day, calls, n + 2);
		world_learn(&w);
		assert_int_equal(find_in(&w.learned.learnings, "path_name", "src/tokenzer.c") != NULL, !far);
		world_close(&w);
	}
}

static void learn_tells_folders_once(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "for f in alpha beta gamma delta; do put lib/$f.c \"$(lines 30 $f)\"; done; c\n"
		       "mkdir src; git mv lib src/core; c");
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, MISSES("lib/alpha.c"), READS("src/core/alpha.c"), MISSES("lib/beta.c"),
			READS("src/core/beta.c"));
	world_learn(&w);
	assert_learned(&w, "path_moved", "lib", "src/core");
	assert_dropped(&w, "path_moved", "lib/alpha.c", "weak");
	assert_dropped(&w, "path_moved", "lib/beta.c", "weak");
	assert_int_equal(w.learned.learnings.n, 1);
	world_close(&w);
}

/* A relative path tried in the wrong folder is a slip, not a path of its own. */
static void learn_forgives_slips(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put web/src/config.h; c");
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, FAILS("cat src/config.h", 1, "cat: src/config.h: No such file or directory"),
			RUNS("cat web/src/config.h"),
			FAILS_SO("cat web/src/config.h", 1,
				 "cat: web/src/config.h: No such file or directory", .cwd = "web"),
			RUNS_SO("cat src/config.h", .cwd = "web"));
	world_learn(&w);
	assert_null(find_in(&w.learned.learnings, "path_name", "src/config.h"));
	assert_null(find_in(&w.learned.learnings, "missing_path", "web/web/src/config.h"));
	world_close(&w);
}

static void learn_reads_other_places(void **state)
{
	const char *from = "/old/place/app";
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 4, FAILS_SO("pytest -q", 127, NOT_FOUND("pytest"), .cwd = "/old/place/app"),
		RUNS_SO("uv run pytest -q", .cwd = "/old/place/app"));
	world_learn(&w);
	assert_int_equal(w.learned.study.calls, 0);
	*(const char **)vec_push(&w.moved_from) = from;
	SESSION(&w, 3, FAILS_SO("pytest -q", 127, NOT_FOUND("pytest"), .cwd = "/old/place/app"),
		RUNS_SO("uv run pytest -q", .cwd = "/old/place/app"));
	world_learn(&w);
	assert_true(w.learned.study.calls >= 2);
	assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	world_close(&w);
}

static void learn_joins_work_trees(void **state)
{
	const char *beside;
	struct world w;
	str script;

	(void)state;
	world_open(&w, "put src/config.h; c");
	beside = fs_realpath(&w.a, test_dir());
	script = arena_printf(&w.a, "git worktree add -q '%s/tree' -b other", beside);
	world_script(w.root, script.p);
	beside = arena_c(&w.a, arena_printf(&w.a, "%s/tree", beside));
	SESSION(&w, 4, MISSES("src/confg.h"), READS("src/config.h"));
	SESSION(&w, 3, MISSES_SO("src/confg.h", .cwd = beside), READS_SO("src/config.h", .cwd = beside));
	world_learn(&w);
	assert_learned(&w, "path_name", "src/confg.h", "src/config.h");
	world_close(&w);
}

static void learn_only_reports_what_is_gone(void **state)
{
	struct world w;
	struct buf command;

	(void)state;
	world_open(&w, NULL);
	for (int day = 3; day < 6; day++)
		SESSION(&w, day, USES_UV);
	buf_init(&command, 1000);
	buf_printf(&command, "rm -r '%s'", w.root);
	assert_int_equal(system(buf_c(&command)), 0);
	world_learn(&w);
	assert_dropped(&w, "wrapper", "pytest", "unverified");
	assert_silent(&w);
	buf_release(&command);
	world_close(&w);
}

static void learn_without_sessions(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put a; c");
	world_learn(&w);
	assert_silent(&w);
	assert_int_equal(w.learned.suppressed.n, 0);
	world_close(&w);
}

/* What was learned, as text. */
static str show_learned(struct world *w)
{
	struct buf out;
	str text;

	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < w->learned.learnings.n; i++) {
		const struct learning *l = vec_at(&w->learned.learnings, i);

		buf_printf(&out, "%s %.*s %u/%u/%u %u %.3f %u\n", l->c.f.id, STR_ARG(l->c.f.text), l->c.count,
			   l->c.lineages, l->c.days, l->c.tokens_wasted, l->c.confidence, l->failed[0].line);
	}
	for (size_t i = 0; i < w->learned.suppressed.n; i++) {
		const struct learning *l = vec_at(&w->learned.suppressed, i);

		buf_printf(&out, "%s %.*s %s %.*s\n", l->c.f.id, STR_ARG(l->c.f.wrong),
			   reason_names[l->c.reason], STR_ARG(l->c.note));
	}
	buf_printf(&out, "%u %u %u\n", w->learned.study.sessions, w->learned.study.calls,
		   w->learned.study.failures);
	text = arena_str(&w->a, buf_str(&out));
	buf_release(&out);
	return text;
}

/* Sessions of all sorts. */
static void open_rich(struct world *w)
{
	world_open(w, "put uv.lock; put src/config.h; put src/tokenizer.c; put Makefile 'check: x'; c");
	for (int day = 2; day < 9; day++) {
		SESSION(w, day, USES_UV, MISSES("src/tokenzer.c"), READS("src/tokenizer.c"));
		SESSION(w, day, FAILS("make tests", 2, "make: *** No rule to make target 'tests'.  Stop."),
			RUNS("make check"), DECLINES("git push origin main"));
		SESSION(w, day, MISSES("docs/none.md"), RUNS("ls"), MISSES("docs/none.md"),
			FAILS("pytest", 1, "1 failed"));
	}
}

static void learn_is_the_same_with_more_jobs(void **state)
{
	static const int jobs[] = { 1, 2, 3, 50 };
	str first = STR("");

	(void)state;
	struct world w;
	open_rich(&w);
	for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
		assert_int_equal(
			store_doc_clear(w.store, arena_printf(&w.a, "project:%s", w.project.key), NULL),
			STATUS_OK);
		w.in.jobs = jobs[i];
		world_learn(&w);
		if (i == 0)
			first = show_learned(&w);
		assert_true(first.n > 100);
		assert_str_equal(show_learned(&w), first.p);
	}
	world_close(&w);
}

/* What was found out is remembered; a memory that was damaged is as none. */
static void learn_remembers(void **state)
{
	struct world w;
	struct buf kept;
	str first, scope;

	(void)state;
	open_rich(&w);
	world_learn(&w);
	first = show_learned(&w);
	world_learn(&w);
	assert_str_equal(show_learned(&w), first.p);
	scope = arena_printf(&w.a, "project:%s", w.project.key);
	buf_init(&kept, 1 << 20);
	assert_int_equal(store_doc_get(w.store, scope, STR("evidence"), &kept, NULL), STATUS_OK);
	for (size_t n = 0; n < kept.n; n += 1 + kept.n / 40) {
		assert_int_equal(
			store_doc_put(w.store, scope, STR("evidence"), str_sub(buf_str(&kept), 0, n), NULL),
			STATUS_OK);
		world_learn(&w);
		assert_str_equal(show_learned(&w), first.p);
	}
	/* and what is new is seen */
	SESSION(&w, 1, RUNS("pytest -q"));
	world_learn(&w);
	assert_false(str_eq(show_learned(&w), first));
	buf_release(&kept);
	world_close(&w);
}

const struct CMUnitTest learn_tests[] = {
	cmocka_unit_test(learn_scenarios),
	cmocka_unit_test(learn_hears_what_speaks_against),
	cmocka_unit_test(learn_bears_few_negatives),
	cmocka_unit_test(learn_counts),
	cmocka_unit_test(learn_is_stable),
	cmocka_unit_test(learn_ignores_what_is_too_old),
	cmocka_unit_test(learn_counts_copies_once),
	cmocka_unit_test(learn_keeps_threads_apart),
	cmocka_unit_test(learn_looks_no_further_than_the_horizon),
	cmocka_unit_test(learn_tells_folders_once),
	cmocka_unit_test(learn_forgives_slips),
	cmocka_unit_test(learn_reads_other_places),
	cmocka_unit_test(learn_joins_work_trees),
	cmocka_unit_test(learn_only_reports_what_is_gone),
	cmocka_unit_test(learn_without_sessions),
	cmocka_unit_test(learn_is_the_same_with_more_jobs),
	cmocka_unit_test(learn_remembers),
};
const size_t learn_tests_count = sizeof(learn_tests) / sizeof(*learn_tests);

/*
 * What manifests and lockfiles say.  Read as text or as small JSON documents; nothing is evaluated.
 */
#include "analyzers/tree.h"
#include "core/base/fs.h"
#include "core/json/doc.h"

#define MANIFEST_MAX (4u << 20)

/* A tool and the files that show that a project uses it; the surest first. */
struct tool_files {
	const char *tool;
	const char *files[6];
};

/* clang-format off */
static const struct tool_files tool_files[] = {
	{ "npm",            { "package-lock.json", "npm-shrinkwrap.json" } },
	{ "npx",            { "package.json" } },
	{ "pnpm",           { "pnpm-lock.yaml", "pnpm-workspace.yaml" } },
	{ "yarn",           { "yarn.lock" } },
	{ "bun",            { "bun.lock", "bun.lockb" } },
	{ "bunx",           { "bun.lock", "bun.lockb" } },
	{ "uv",             { "uv.lock", "uv.toml" } },
	{ "uvx",            { "uv.lock", "uv.toml" } },
	{ "poetry",         { "poetry.lock" } },
	{ "pdm",            { "pdm.lock" } },
	{ "pipenv",         { "Pipfile.lock", "Pipfile" } },
	{ "hatch",          { "hatch.toml" } },
	{ "rye",            { "requirements.lock" } },
	{ "pixi",           { "pixi.lock", "pixi.toml" } },
	{ "conda",          { "environment.yml", "environment.yaml" } },
	{ "bundle",         { "Gemfile.lock", "Gemfile" } },
	{ "cargo",          { "Cargo.toml" } },
	{ "go",             { "go.mod" } },
	{ "composer",       { "composer.json" } },
	{ "make",           { "Makefile", "makefile", "GNUmakefile" } },
	{ "gmake",          { "Makefile", "makefile", "GNUmakefile" } },
	{ "just",           { "justfile", "Justfile", ".justfile" } },
	{ "task",           { "Taskfile.yml", "Taskfile.yaml" } },
	{ "gradle",         { "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts" } },
	{ "gradlew",        { "gradlew" } },
	{ "mvn",            { "pom.xml" } },
	{ "mvnw",           { "mvnw" } },
	{ "docker",         { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml" } },
	{ "docker-compose", { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml" } },
	{ "nix",            { "flake.nix", "shell.nix" } },
	{ "mise",           { "mise.toml", ".mise.toml", ".tool-versions" } },
	{ "direnv",         { ".envrc" } },
	{ "deno",           { "deno.json", "deno.jsonc" } },
	{ "rake",           { "Rakefile" } },
	{ "mix",            { "mix.exs" } },
	{ "dotnet",         { "global.json" } },
	{ "terraform",      { "main.tf" } },
	{ "cmake",          { "CMakeLists.txt" } },
	{ "ninja",          { "build.ninja" } },
	{ "tox",            { "tox.ini" } },
	{ "nox",            { "noxfile.py" } },
	{ "pytest",         { "pytest.ini", "conftest.py", "pyproject.toml", "setup.cfg", "tox.ini" } },
	{ "jest",           { "package.json" } },
	{ "vitest",         { "package.json" } },
	{ "tsc",            { "tsconfig.json" } },
	{ "eslint",         { "package.json" } },
	{ "node",           { "package.json" } },
};
/* clang-format on */

static str join_dir(struct arena *a, str dir, const char *name)
{
	return dir.n ? path_join(a, dir, str_c(name)) : str_c(name);
}

static const struct tool_files *files_of(str tool)
{
	str base = path_base(tool);
	for (size_t i = 0; i < sizeof(tool_files) / sizeof(tool_files[0]); i++)
		if (str_eq_c(base, tool_files[i].tool))
			return &tool_files[i];
	return NULL;
}

/* Reads dir/name of the project; false if it is not a readable file of sane size. */
static bool read_manifest(struct tree *t, struct arena *a, str dir, const char *name, str *text)
{
	str path = join_dir(a, dir, name);
	struct buf b;
	buf_init(&b, MANIFEST_MAX);
	bool ok = tree_is_file(t, path) && fs_read_file(tree_path(t, a, path), &b, NULL) == STATUS_OK;
	if (ok)
		*text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return ok;
}

/* pyproject.toml tells of several tools by their tables. */
static bool pyproject_names(struct tree *t, struct arena *a, str dir, str tool)
{
	str text;
	if (!read_manifest(t, a, dir, "pyproject.toml", &text))
		return false;
	return str_find(text, arena_printf(a, "[tool.%.*s", STR_ARG(tool))) != STR_NONE;
}

str tree_evidence_of_tool(struct tree *t, str dir, str tool)
{
	const struct tool_files *row = files_of(tool);
	struct arena a;
	str result = STR("");
	arena_init(&a);
	for (str at = dir;; at = path_dir(at)) {
		for (size_t i = 0; row && i < 6 && row->files[i] && !result.n; i++)
			if (tree_is_file(t, join_dir(&a, at, row->files[i])))
				result = str_c(row->files[i]);
		if (!result.n && pyproject_names(t, &a, at, path_base(tool)))
			result = STR("pyproject.toml");
		str text;
		/* "packageManager": "pnpm@9.1.0" */
		if (!result.n && form_manager_family(tool) == 1 &&
		    read_manifest(t, &a, at, "package.json", &text) &&
		    str_find(text, arena_printf(&a, "\"packageManager\": \"%.*s@",
						STR_ARG(path_base(tool)))) != STR_NONE)
			result = STR("package.json");
		if (result.n || at.n == 0)
			break;
	}
	arena_release(&a);
	return result;
}

/* The tool as a whole word of a manifest; packages whose program has another name. */
static bool mentions(str text, str tool)
{
	static const struct {
		const char *tool, *package;
	} rows[] = { { "tsc", "typescript" },
		     { "ng", "@angular/cli" },
		     { "playwright", "@playwright/test" },
		     { "nest", "@nestjs/cli" },
		     { "vue-tsc", "vue-tsc" },
		     { "sb", "storybook" },
		     { "changeset", "@changesets/cli" },
		     { "tailwindcss", "tailwindcss" } };
	for (size_t at = 0; at + tool.n <= text.n;) {
		size_t found = str_find(str_from(text, at), tool);
		if (found == STR_NONE)
			break;
		at += found;
		char before = at ? text.p[at - 1] : ' ',
		     after = at + tool.n < text.n ? text.p[at + tool.n] : ' ';
		if (strchr("\"'/ \n\t[,@", before) && strchr("\"'@:,= \n\t]<>~^[", after))
			return true;
		at++;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_eq_c(tool, rows[i].tool) && str_has_c(text, rows[i].package))
			return true;
	return false;
}

bool tree_names_tool(struct tree *t, str dir, str tool)
{
	static const char *const files[] = { "package.json", "package-lock.json", "pnpm-lock.yaml",
					     "yarn.lock",    "bun.lock",	  "pyproject.toml",
					     "uv.lock",	     "requirements.txt",  "requirements-dev.txt",
					     "poetry.lock",  "setup.cfg" };
	struct arena a;
	bool found = false;
	arena_init(&a);
	for (str at = dir; !found; at = path_dir(at)) {
		str text;
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !found; i++)
			found = read_manifest(t, &a, at, files[i], &text) && mentions(text, tool);
		found = found ||
			tree_exists(t, join_dir(&a, at,
						arena_c(&a, arena_printf(&a, "node_modules/.bin/%.*s",
									 STR_ARG(tool)))));
		if (at.n == 0)
			break;
	}
	arena_release(&a);
	return found;
}

/* "target: prerequisites" at the beginning of a line, several targets on one, not := or an included file. */
static bool make_has(str text, str target)
{
	str line;
	while (str_line(&text, &line)) {
		if (line.n == 0 || line.p[0] == '\t' || line.p[0] == '#' || line.p[0] == ' ')
			continue;
		size_t colon = str_chr(line, ':');
		if (colon == STR_NONE || (colon + 1 < line.n && line.p[colon + 1] == '='))
			continue;
		str names = str_sub(line, 0, colon), name;
		bool phony = str_starts_c(line, ".PHONY");
		if (phony)
			names = str_from(line, colon + 1);
		while (str_split(&names, ' ', &name))
			if (str_eq(str_trim(name), target))
				return true;
	}
	return false;
}

/* A makefile that includes others or has pattern rules may have any target. */
static bool make_is_open(str text)
{
	str line;
	while (str_line(&text, &line))
		if (str_starts_c(line, "include ") || str_starts_c(line, "-include ") ||
		    str_starts_c(line, "%") || str_has_c(line, "$(eval") || str_starts_c(line, "sinclude "))
			return true;
	return false;
}

static int makefile_target(struct tree *t, struct arena *a, str dir, str target)
{
	static const char *const names[] = { "GNUmakefile", "makefile", "Makefile" };
	str text;
	for (size_t i = 0; i < 3; i++)
		if (read_manifest(t, a, dir, names[i], &text))
			return make_has(text, target) ? 1 : make_is_open(text) ? -1 : 0;
	return 0;
}

static int json_member(struct tree *t, struct arena *a, str dir, const char *file, const char *object,
		       str name)
{
	str text;
	const struct doc *doc;
	if (!read_manifest(t, a, dir, file, &text))
		return 0;
	if (doc_parse(a, text, &doc, NULL) != STATUS_OK)
		return -1;
	return doc_get(doc_get(doc, object), arena_c(a, name)) != NULL;
}

/* "name args:" (just), "  name:" below "tasks:" (task), "name = ..." below a table (poe, pdm, hatch). */
static bool line_defines(str text, str name, const char *after)
{
	str line;
	while (str_line(&text, &line)) {
		str s = str_trim(line);
		if (str_starts_c(s, "@"))
			s = str_from(s, 1);
		if (!str_starts(s, name))
			continue;
		str rest = str_from(s, name.n);
		if (rest.n && strchr(after, rest.p[0]) &&
		    (str_chr(rest, ':') != STR_NONE || str_chr(rest, '=') != STR_NONE))
			return true;
	}
	return false;
}

static int text_target(struct tree *t, struct arena *a, str dir, const char *const *files, str target,
		       const char *after)
{
	str text;
	for (; *files; files++)
		if (read_manifest(t, a, dir, *files, &text))
			return line_defines(text, target, after)			    ? 1
			       : str_has_c(text, "import ") || str_has_c(text, "includes:") ? -1
											    : 0;
	return 0;
}

int tree_has_target(struct tree *t, str dir, str runner, str target)
{
	static const char *const just[] = { "justfile", "Justfile", ".justfile", NULL };
	static const char *const task[] = { "Taskfile.yml", "Taskfile.yaml", NULL };
	static const char *const python[] = { "pyproject.toml", NULL };
	static const char *const rake[] = { "Rakefile", NULL };
	str base = path_base(runner);
	struct arena a;
	int answer = -1;
	arena_init(&a);
	if (str_eq_c(base, "make") || str_eq_c(base, "gmake"))
		answer = makefile_target(t, &a, dir, target);
	else if (str_eq_c(base, "npm") || str_eq_c(base, "pnpm") || str_eq_c(base, "yarn") ||
		 str_eq_c(base, "bun"))
		answer = json_member(t, &a, dir, "package.json", "scripts", target);
	else if (str_eq_c(base, "composer"))
		answer = json_member(t, &a, dir, "composer.json", "scripts", target);
	else if (str_eq_c(base, "deno"))
		answer = json_member(t, &a, dir, "deno.json", "tasks", target);
	else if (str_eq_c(base, "just"))
		answer = text_target(t, &a, dir, just, target, " :");
	else if (str_eq_c(base, "task"))
		answer = text_target(t, &a, dir, task, target, ":");
	else if (str_eq_c(base, "poe") || str_eq_c(base, "pdm") || str_eq_c(base, "hatch"))
		answer = text_target(t, &a, dir, python, target, " =");
	else if (str_eq_c(base, "rake")) {
		str text;
		if (read_manifest(t, &a, dir, rake[0], &text))
			answer = str_find(text, arena_printf(&a, ":%.*s", STR_ARG(target))) != STR_NONE ? 1
													: -1;
	}
	arena_release(&a);
	return answer;
}

struct ending {
	const char *const *endings;
	bool found;
};

static bool ends_so(void *ctx, int dirfd, const char *name, char type)
{
	struct ending *e = ctx;
	(void)dirfd;
	for (size_t i = 0; e->endings[i]; i++)
		e->found |= type == 'f' && str_ends_c(str_c(name), e->endings[i]);
	return !e->found;
}

/* Manifests with names of their own: x.csproj, x.sln. */
static bool has_ending(struct tree *t, str dir, const char *const *endings)
{
	struct arena a;
	struct ending e = { .endings = endings };
	arena_init(&a);
	fs_list(tree_path(t, &a, dir), ends_so, &e, NULL);
	arena_release(&a);
	return e.found;
}

int tree_has_manifest(struct tree *t, str dir, str program)
{
	static const char *const dotnet[] = { ".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", NULL };
	static const char *const swift[] = { ".xcodeproj", "Package.swift", NULL };
	static const char *const terraform[] = { ".tf", NULL };
	if (str_eq_c(path_base(program), "dotnet"))
		return has_ending(t, dir, dotnet);
	if (str_eq_c(path_base(program), "swift"))
		return has_ending(t, dir, swift);
	if (str_eq_c(path_base(program), "terraform"))
		return has_ending(t, dir, terraform);

	static const struct {
		const char *program, *files[5];
	} rows[] = {
		{ "go", { "go.mod", "go.work" } },
		{ "cargo", { "Cargo.toml" } },
		{ "npm", { "package.json" } },
		{ "pnpm", { "package.json" } },
		{ "yarn", { "package.json" } },
		{ "bun", { "package.json" } },
		{ "npx", { "package.json" } },
		{ "node", { "package.json" } },
		{ "make", { "Makefile", "makefile", "GNUmakefile" } },
		{ "pytest", { "pyproject.toml", "pytest.ini", "conftest.py", "setup.cfg", "tox.ini" } },
		{ "uv", { "pyproject.toml" } },
		{ "poetry", { "pyproject.toml" } },
		{ "alembic", { "alembic.ini" } },
		{ "mvn", { "pom.xml" } },
		{ "gradle", { "build.gradle", "build.gradle.kts" } },
		{ "gradlew", { "gradlew" } },
		{ "bundle", { "Gemfile" } },
		{ "rake", { "Rakefile" } },
		{ "mix", { "mix.exs" } },
		{ "docker", { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml" } },
		{ "docker-compose",
		  { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml" } },
		{ "just", { "justfile", "Justfile", ".justfile" } },
		{ "composer", { "composer.json" } },
		{ "flutter", { "pubspec.yaml" } },
		{ "dart", { "pubspec.yaml" } },
		{ "helm", { "Chart.yaml" } },
		{ "ninja", { "build.ninja" } },
		{ "tsc", { "tsconfig.json" } },
		{ "vite", { "package.json" } },
		{ "next", { "package.json" } },
		{ "prisma", { "package.json" } },
	};
	str base = path_base(program);
	struct arena a;
	int answer = -1;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!str_eq_c(base, rows[i].program))
			continue;
		answer = 0;
		for (size_t k = 0; k < 5 && rows[i].files[k]; k++)
			answer |= tree_is_file(t, join_dir(&a, dir, rows[i].files[k]));
	}
	arena_release(&a);
	return answer;
}

bool tree_mentions_variable(struct tree *t, str name)
{
	static const char *const files[] = { ".env.example",   ".env.sample", ".env.template",
					     "example.env",    ".envrc",      "docker-compose.yml",
					     "compose.yaml",   "Makefile",    "README.md",
					     "CONTRIBUTING.md" };
	struct arena a;
	bool found = false;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !found; i++) {
		str text;
		found = read_manifest(t, &a, STR(""), files[i], &text) && str_find(text, name) != STR_NONE;
	}
	arena_release(&a);
	return found;
}

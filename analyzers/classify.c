#include "analyzers/classify.h"

#include "analyzers/match.h"
#include "analyzers/output.h"
#include "core/base/fs.h"

static bool in_list(str word, const char *const *list)
{
	for (; *list; list++)
		if (str_eq_c(word, *list))
			return true;
	return false;
}

str command_program(const struct shell_command *c)
{
	return c->n ? path_base(c->words[0].text) : (str){ NULL, 0 };
}

bool program_is_viewer(str program)
{
	static const char *const list[] = {
		"cat",	   "sed",  "grep", "egrep", "fgrep",	"rg",	"ag",	   "head",   "tail",   "less",
		"more",	   "jq",   "yq",   "ls",    "tree",	"find", "fd",	   "echo",   "printf", "wc",
		"awk",	   "sort", "uniq", "cut",   "tr",	"bat",	"strings", "column", "nl",     "xxd",
		"hexdump", "diff", "cmp",  "file",  "stat",	"du",	"curl",	   "wget",   "which",  "type",
		"whereis", "test", "pwd",  "env",   "printenv", NULL
	};
	return in_list(program, list);
}

bool program_is_probe(const struct shell_command *c)
{
	static const char *const list[] = { "ls",   "which", "type",	"test", "[",   "[[",   "cmp",
					    "diff", "pgrep", "whereis", "find", "fd",  "tree", "stat",
					    "file", "hash",  "eza",	"exa",	"lsd", NULL };
	str program = command_program(c);
	if (in_list(program, list))
		return true;
	if (str_eq_c(program, "command") && c->n > 1)
		return str_eq_c(c->words[1].text, "-v") || str_eq_c(c->words[1].text, "-V");
	if (c->n > 2 && str_eq_c(program, "gh") && str_eq_c(c->words[1].text, "pr"))
		return str_eq_c(c->words[2].text, "checks");
	/* asking a tool for its version or help is a probe for the tool */
	return c->n == 2 && (str_eq_c(c->words[1].text, "--version") || str_eq_c(c->words[1].text, "-V") ||
			     str_eq_c(c->words[1].text, "--help"));
}

static bool searches(const struct shell_command *c)
{
	static const char *const list[] = { "grep", "egrep", "fgrep", "rg", "ag", "ack", NULL };
	return in_list(command_program(c), list) ||
	       (c->n > 1 && str_eq_c(command_program(c), "git") && str_eq_c(c->words[1].text, "grep"));
}

/* Programs that cannot be the cause of an interesting failure, when others stand beside them. */
static bool trivial(str program)
{
	static const char *const list[] = { "cd",    "echo",  "export", "set",	 "true",   ":",	    "pwd",
					    "mkdir", "sleep", "source", ".",	 "printf", "unset", "date",
					    "wait",  "exit",  "touch",	"umask", "pushd",  "popd",  "time",
					    "tee",   "head",  "tail",	NULL };
	return in_list(program, list);
}

/* ---- blame ----------------------------------------------------------------------------------------------------- */

static int only_candidate(const struct shell_script *s)
{
	int found = -1;
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		if (c->n == 0 || trivial(command_program(c)))
			continue;
		if (c->join == JOIN_PIPE && program_is_viewer(command_program(c)))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* Rows of these kinds, tried over all lines first to last. */
struct reading {
	struct arena *arena;
	const struct shell_script *script;
	const struct output_line **lines; /* those that hold any of the known texts */
	size_t n;
};

static bool is_environment(enum failure class)
{
	return class <= FAIL_MODULE_MISSING;
}

static bool is_place(enum failure class)
{
	return class == FAIL_WRONG_CWD || class == FAIL_UNKNOWN_TARGET;
}

static bool is_other(enum failure class)
{
	return class >= FAIL_WRONG_VERSION && !is_place(class);
}

static bool read_rows(const struct reading *r, size_t line, bool (*wanted)(enum failure),
		      struct diagnosis *out)
{
	for (size_t i = 0; i < output_rows_n; i++)
		if (wanted(output_rows[i].class) &&
		    output_read_row(r->arena, r->script, i, r->lines[line], out))
			return true;
	return false;
}

/* The most specific kinds of reading before the vaguer ones. */
static bool diagnose(struct arena *a, const struct shell_script *s, const struct output_line *lines, size_t n,
		     struct diagnosis *out)
{
	struct reading r = { .arena = a, .script = s, .lines = arena_array(a, n + 1, sizeof(*r.lines)) };
	for (size_t k = 0; k < n; k++)
		if (output_tells(&lines[k]))
			r.lines[r.n++] = &lines[k];
	for (size_t k = 0; k < r.n; k++)
		if (read_rows(&r, k, is_environment, out))
			return true;
	for (size_t k = 0; k < r.n; k++)
		if (read_rows(&r, k, is_place, out) || output_read_flag(a, s, r.lines[k], out) ||
		    output_read_target(a, s, r.lines[k], out))
			return true;
	for (size_t k = 0; k < r.n; k++)
		if (output_read_path(s, r.lines[k], out))
			return true;
	for (size_t k = 0; k < r.n; k++)
		if (read_rows(&r, k, is_other, out))
			return true;
	return false;
}

static bool looks_like_development(const struct output_line *lines, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (output_has(&lines[k], WORDS_DEVELOPMENT))
			return true;
	return false;
}

static bool develops(const struct shell_command *c)
{
	static const char *const list[] = {
		"pytest",     "jest",	 "vitest",  "mocha",	  "tsc",	"eslint",	 "ruff",
		"mypy",	      "flake8",	 "pylint",  "clippy",	  "shellcheck", "prettier",	 "black",
		"ninja",      "cmake",	 "gcc",	    "clang",	  "cc",		"g++",		 "javac",
		"rustc",      "ctest",	 "prove",   "tox",	  "nox",	"golangci-lint", "biome",
		"playwright", "cypress", "phpunit", "rspec",	  "rubocop",	"mix",		 "zig",
		"swift",      "dotnet",	 "bazel",   "sbt",	  "gradle",	"gradlew",	 "mvn",
		"mvnw",	      "cargo",	 "go",	    "pre-commit", NULL
	};
	for (size_t i = 0; i < c->n && i < 4; i++)
		if (in_list(path_base(c->words[i].text), list))
			return true;
	return false;
}

/* Installing dependencies fails for reasons of the tools, never of the project's code. */
static bool installs(const struct shell_command *c)
{
	static const char *const managers[] = { "npm",	  "pnpm",     "yarn",	"bun",	 "pip",
						"pip3",	  "uv",	      "poetry", "pdm",	 "pipenv",
						"bundle", "composer", "conda",	"mamba", NULL };
	static const char *const verbs[] = { "install", "i",	   "ci",   "add", "sync",
					     "update",	"upgrade", "lock", NULL };
	if (!in_list(command_program(c), managers))
		return false;
	for (size_t i = 1; i < c->n; i++)
		if (in_list(c->words[i].text, verbs))
			return true;
	return c->n == 1;
}

static str joined(struct arena *a, str head, str tail)
{
	if (tail.n == 0)
		return head;
	char *text = arena_alloc(a, head.n + 1 + tail.n + 1);
	memcpy(text, head.p, head.n);
	text[head.n] = '\n';
	memcpy(text + head.n + 1, tail.p, tail.n);
	return (str){ text, head.n + 1 + tail.n };
}

void classify_shell(struct arena *a, const struct shell_script *s, int exit_code, str head, str tail,
		    struct diagnosis *out)
{
	str text = match_strip_escapes(a, joined(a, head, tail));
	int alone = only_candidate(s);
	*out = (struct diagnosis){ .class = FAIL_UNKNOWN, .segment = alone };
	if (s->n == 0)
		return;
	const struct shell_command *last = &s->commands[s->n - 1];
	if (exit_code == 130 || exit_code == 143) {
		out->class = FAIL_NONE; /* interrupted or told to end */
		return;
	}
	/* a search that found nothing, a test that said no */
	if (exit_code <= 1 && (searches(last) || (alone >= 0 && searches(&s->commands[alone]))) &&
	    str_find(text, STR("o such file")) == STR_NONE) {
		out->class = FAIL_NONE;
		return;
	}
	struct diagnosis d = { .segment = -1 };
	struct output_line *lines;
	size_t n = output_lines(a, text, &lines);
	if (diagnose(a, s, lines, n, &d)) {
		if (d.segment < 0)
			d.segment = alone;
		*out = d;
		return;
	}
	if (alone >= 0 && program_is_probe(&s->commands[alone])) {
		out->class = FAIL_NONE;
		return;
	}
	if (exit_code == 124 || exit_code == 137)
		out->class = exit_code == 124 ? FAIL_TIMEOUT : FAIL_TRANSIENT;
	else if (exit_code == 126)
		out->class = FAIL_DENIED;
	else if (alone >= 0 && installs(&s->commands[alone]))
		out->class = FAIL_UNKNOWN;
	else if ((alone >= 0 && develops(&s->commands[alone])) || looks_like_development(lines, n))
		out->class = FAIL_DEVELOPMENT;
}

bool classify_masks_exit(const struct shell_script *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (s->commands[i].join == JOIN_PIPE || s->commands[i].join == JOIN_OR ||
		    s->commands[i].join == JOIN_SEQ)
			return true;
	return false;
}

/* A line by itself that only the shell, the interpreter or make itself prints; the pattern must take the whole line. */
static bool proves_masked(size_t row)
{
	static const char *const patterns[] = { "*%p: command not found",
						"*command not found: %p",
						"modulenotfounderror: no module named %q",
						"*python*: no module named %t",
						"make*: *** no rule to make target %q",
						"make: *** no targets specified and no makefile found",
						"go: go.mod file not found",
						"error: could not find `cargo.toml`" };
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (strcmp(output_rows[row].pattern, patterns[i]) == 0)
			return true;
	return false;
}

void classify_masked(struct arena *a, const struct shell_script *s, str head, str tail, struct diagnosis *out)
{
	*out = (struct diagnosis){ .class = FAIL_NONE, .segment = -1, .masked = true };
	struct output_line *lines;
	size_t n = output_lines(a, match_strip_escapes(a, joined(a, head, tail)), &lines);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; output_tells(&lines[k]) && i < output_rows_n; i++) {
			struct diagnosis d = { .segment = -1 };
			if (!proves_masked(i) || !output_read_row(a, s, i, &lines[k], &d))
				continue;
			/* "command not found" must end its line; only a traceback that ends the output is this command's own */
			if (output_rows[i].names == NAMES_PROGRAM &&
			    !match_ends_token(lines[k].text, STR("found")) &&
			    !match_ends_token(lines[k].text, d.slot))
				continue;
			if (output_rows[i].names == NAMES_MODULE && k + 1 < n)
				continue;
			if (d.segment < 0)
				d.segment = only_candidate(s);
			if (d.segment < 0 || program_is_viewer(command_program(&s->commands[d.segment])) ||
			    program_is_probe(&s->commands[d.segment]))
				continue;
			*out = d;
			out->masked = true;
			return;
		}
}

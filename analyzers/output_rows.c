/*
 * The tables of output.h, and how a line is sorted against all of them in one walk.
 */
#include <pthread.h>

#include "analyzers/output.h"

/* clang-format off */
const struct output_row output_rows[] = {
	/* the shell or a launcher did not find the program */
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*%p: command not found" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*command not found: %p" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "sh: *%p: not found$" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "/bin/sh: *%p: not found$" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "dash: *%p: not found$" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*the term %q is not recognized" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*%q is not recognized as an internal or external command" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "error: failed to spawn: %q" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*exec: %q: executable file not found" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "env: %q: no such file or directory" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "/usr/bin/env: %q: no such file or directory" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "*failed to run command %q: no such file" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "fish: unknown command: %p" },
	{ FAIL_COMMAND_NOT_FOUND, NAMES_PROGRAM, "sudo: %p: command not found" },
	/* a library is missing in the interpreter that ran */
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "modulenotfounderror: no module named %q" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "importerror: no module named %t" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "*python*: no module named %t" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "*error: cannot find module %q" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "*cannot find package %q" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "*cannot load such file -- %t" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "can't locate %t in @inc" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "*could not find gem %q" },
	{ FAIL_MODULE_MISSING, NAMES_MODULE, "e   modulenotfounderror: no module named %q" },
	{ FAIL_MODULE_MISSING, NAMES_NOTHING, "*no required module provides package" },
	{ FAIL_MODULE_MISSING, NAMES_NOTHING, "*is not in std (" },
	{ FAIL_MODULE_MISSING, NAMES_NOTHING, "*cannot find package \"" },
	{ FAIL_MODULE_MISSING, NAMES_NOTHING, "*gem::loaderror: you have already activated" },
	{ FAIL_MODULE_MISSING, NAMES_NOTHING, "*loaderror*you have already activated" },
	/* run in the wrong folder */
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "go: go.mod file not found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "go: cannot find main module" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*directory prefix * does not contain main module" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "npm err* could not read package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "npm err* enoent*package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*enoent*no such file or directory, open *package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*no package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*couldn't find a package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*could not find a package.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "make: *** no targets specified and no makefile found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "make: *** no targets" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "make: *akefile: no such file" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "error: could not find `cargo.toml`" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "error: manifest path * does not exist" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "fatal: not a git repository" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*could not find a pyproject.toml" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "error: no `pyproject.toml` found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "could not locate gemfile" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*no rakefile found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*no justfile found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*there is no pom in this directory" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*does not contain a gradle build" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*msb1003: " },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*could not find a mix.project" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "no configuration file provided: not found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "error: no configuration files" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*composer could not find a composer.json" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "task: no taskfile found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "cmake error: the source directory * does not " },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "ninja: error: loading 'build.ninja'" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "no test files found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*eslint couldn't find an eslint.config" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "*no eslint configuration found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "failed: no 'script_location' key found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "no config file 'alembic.ini' found" },
	{ FAIL_WRONG_CWD, NAMES_WORD,    "*can't open file %q: [errno 2]" },
	/* target, script, subcommand */
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "make*: *** no rule to make target %q" },
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "*missing script: %t" },
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "go %t: unknown command" },
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "*command %q not found" },
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "*invalid choice: %q" },
	/* environment variables */
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*environment variable* %v" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v environment variable" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v must be set" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v is not set" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v not set" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v is required" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v: unbound variable" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v: parameter not set" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*%v is undefined" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "keyerror: '%v'" },
	{ FAIL_MISSING_ENV, NAMES_VARIABLE, "*missing *%v" },
	/* versions */
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*requires python " },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*requires a different python" },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*unsupported engine" },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*the engine * is incompatible" },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*requires rustc " },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*unsupported class file major version" },
	{ FAIL_WRONG_VERSION, NAMES_NOTHING, "*is not supported by this version of" },
	/* the shell tripped over a bare word */
	{ FAIL_QUOTING, NAMES_NOTHING, "*no matches found: " },
	{ FAIL_QUOTING, NAMES_NOTHING, "*unknown file attribute: " },
	{ FAIL_QUOTING, NAMES_NOTHING, "*number expected" },
	{ FAIL_QUOTING, NAMES_NOTHING, "*event not found" },
	/* policy and transient trouble */
	{ FAIL_SANDBOX, NAMES_NOTHING, "*operation not permitted" },
	{ FAIL_SANDBOX, NAMES_NOTHING, "*read-only file system" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*econnrefused" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*connection refused" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*failed to connect to" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*could not connect" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*couldn't connect to server" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*could not resolve host" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*temporary failure in name resolution" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*eai_again" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*etimedout" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*econnreset" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*connection reset" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*connection timed out" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*network is unreachable" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*too many requests" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*rate limit" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*.lock': file exists" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*database is locked" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*could not get lock" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*resource temporarily unavailable" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*address already in use" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*eaddrinuse" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*cannot connect to the docker daemon" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*service unavailable" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*bad gateway" },
	{ FAIL_TRANSIENT, NAMES_NOTHING, "*no space left on device" },
};
/* clang-format on */

/* Words that say "there is no such thing" and words for the thing, for messages no row knows. */
static const char *const absent_words[] = { "unknown",
					    "unrecognized",
					    "unrecognised",
					    "no such",
					    "not found",
					    "invalid",
					    "illegal",
					    "unexpected",
					    "unsupported",
					    "not defined",
					    "undefined",
					    "does not exist",
					    "doesn't exist",
					    "doesn't have",
					    "not recognized",
					    "isn't recognized",
					    "could not find",
					    "couldn't find",
					    "can't find",
					    "cannot find",
					    "don't know",
					    "missing",
					    "no bin target",
					    "has no command",
					    "no idea what",
					    "could not be found",
					    "did not match any packages",
					    "no test target",
					    "no example target",
					    "no target",
					    "no task",
					    "no script",
					    "no recipe",
					    "is not a",
					    "not a valid",
					    "no rule",
					    "does not contain",
					    "bad option",
					    "bad flag",
					    "was replaced",
					    "has been replaced",
					    "renamed to",
					    "was removed",
					    "been removed",
					    "no longer",
					    "wasn't expected",
					    "not provided",
					    "ambiguous",
					    NULL };
static const char *const flag_words[] = { "option", "flag",	 "argument", "parameter",
					  "switch", "config \"", NULL };
static const char *const target_words[] = {
	"script", "target",	   "command", "subcommand", "task",	    "recipe",	   "rule",
	"goal",	  "job",	   "session", "service",    "no idea what", "environment", "action",
	"choice", "project",	   "package", "workspace",  "suite",	    "generator",   "profile",
	"preset", "configuration", "verb",    NULL
};

static const char *const path_words[] = { "no such file",
					  "no such path",
					  "unknown revision or path",
					  "does not exist",
					  "cannot find the path",
					  "cannot find path",
					  "file or directory not found",
					  "file not found",
					  "not found:",
					  "did not match any file",
					  "no such directory",
					  "is not a file",
					  NULL };
/* Signs of a build, test, lint or run-time failure: the project's own state, no lesson about how to work in it. */
static const char *const development_words[] = { "traceback (most recent call last)",
						 "failed",
						 "assert",
						 "error ts",
						 "error[e",
						 ": error:",
						 "panic:",
						 "syntaxerror",
						 "typeerror",
						 "failures:",
						 "--- fail",
						 "exception",
						 "\xe2\x9c\x97",
						 "\xe2\x9c\x96",
						 " fail ",
						 "compilation",
						 "warning:",
						 "undefined reference",
						 "lint",
						 "hook id",
						 NULL };

#define ROWS (sizeof(output_rows) / sizeof(output_rows[0]))
const size_t output_rows_n = ROWS;

/* All fixed texts of the tables, compiled once: a line is walked once, whatever the number of patterns. */
static struct {
	struct needles needles;
	int row_key[ROWS]; /* a text every match of the row holds */
	struct needle_set lists[WORDS_COUNT];
} words;

static void add_list(const char *const *list, struct needle_set *set)
{
	for (; *list; list++)
		needle_put(set, needles_add(&words.needles, str_c(*list)));
}

/* The longest run of plain bytes in a pattern. */
static str longest_literal(const char *pattern)
{
	str best = { NULL, 0 };
	for (const char *p = pattern; *p;) {
		const char *from = p;
		while (*p && *p != '*' && *p != '%' && *p != '$')
			p++;
		if ((size_t)(p - from) > best.n)
			best = (str){ from, (size_t)(p - from) };
		if (*p == '%')
			p++;
		p += *p != '\0';
	}
	return best;
}

static void compile_words(void)
{
	needles_init(&words.needles);
	for (size_t i = 0; i < ROWS; i++) {
		words.row_key[i] = needles_add(&words.needles, longest_literal(output_rows[i].pattern));
	}
	add_list(absent_words, &words.lists[WORDS_ABSENT]);
	add_list(flag_words, &words.lists[WORDS_FLAG]);
	add_list(target_words, &words.lists[WORDS_TARGET]);
	add_list(path_words, &words.lists[WORDS_PATH]);
	add_list(development_words, &words.lists[WORDS_DEVELOPMENT]);
}

#define LINE_LIMIT 400 /* bytes of a line that are looked at */
#define LINES_LIMIT 8192 /* more than the bytes that are kept can hold */

size_t output_lines(struct arena *a, str text, struct output_line **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t n = 0, room = 1;
	pthread_once(&once, compile_words);
	for (size_t i = 0; i < text.n; i++)
		room += text.p[i] == '\n';
	struct output_line *lines = arena_array(a, room < LINES_LIMIT ? room : LINES_LIMIT, sizeof(*lines));
	str line;
	while (n < LINES_LIMIT && str_line(&text, &line)) {
		line = str_trim(str_sub(line, 0, LINE_LIMIT));
		if (!line.n)
			continue;
		lines[n].text = line;
		needles_find(&words.needles, line, &lines[n++].has);
	}
	*out = lines;
	return n;
}

bool output_has(const struct output_line *l, enum output_words list)
{
	return needles_meet(&l->has, &words.lists[list]);
}

bool output_tells(const struct output_line *l)
{
	uint64_t any = 0;
	for (int i = 0; i < NEEDLES_WORDS; i++)
		any |= l->has.bits[i];
	return any != 0;
}

bool output_may_match(const struct output_line *l, size_t row)
{
	return needle_in(&l->has, words.row_key[row]);
}

#include "analyzers/classify.h"

#include <pthread.h>

#include "analyzers/match.h"
#include "analyzers/needles.h"
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
	static const char *const list[] = { "cat",  "sed",  "grep", "egrep", "fgrep", "rg",   "ag",   "head", "tail",
					    "less", "more", "jq",   "yq",    "ls",    "tree", "find", "fd",   "echo",
					    "printf", "wc", "awk",  "sort",  "uniq",  "cut",  "tr",   "bat",  "strings",
					    "column", "nl", "xxd",  "hexdump", "diff", "cmp", "file", "stat", "du",
					    "curl", "wget", "which", "type", "whereis", "test", "pwd", "env", "printenv", NULL };
	return in_list(program, list);
}

bool program_is_probe(const struct shell_command *c)
{
	static const char *const list[] = { "ls",  "which", "type", "test", "[",     "[[",   "cmp",	"diff", "pgrep", "whereis",
					    "find", "fd",   "tree", "stat", "file",  "hash", "eza", "exa", "lsd", NULL };
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
	static const char *const list[] = { "cd",  "echo", "export", "set",   "true", ":",    "pwd", "mkdir", "sleep", "source",
					    ".",   "printf", "unset", "date", "wait", "exit", "touch", "umask", "pushd",
					    "popd", "time", "tee", "head", "tail", NULL };
	return in_list(program, list);
}

/* ---- what to look for ------------------------------------------------------------------------------------------ */

enum names_what { NAMES_NOTHING, NAMES_PROGRAM, NAMES_WORD, NAMES_MODULE, NAMES_VARIABLE };

struct row {
	enum failure class;
	enum names_what names; /* what the first capture is; must be a word of the command unless MODULE/VARIABLE */
	const char *pattern; /* see match.h */
};

/* clang-format off */
static const struct row rows[] = {
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
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "failed: no 'script_location' key found" },
	{ FAIL_WRONG_CWD, NAMES_NOTHING, "no config file 'alembic.ini' found" },
	{ FAIL_WRONG_CWD, NAMES_WORD,    "*can't open file %q: [errno 2]" },
	/* target, script, subcommand */
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "make*: *** no rule to make target %q" },
	{ FAIL_UNKNOWN_TARGET, NAMES_WORD, "*missing script: %t" },
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
static const char *const absent_words[] = { "unknown", "unrecognized", "unrecognised", "no such", "not found", "invalid",
	"illegal", "unexpected", "unsupported", "not defined", "undefined", "does not exist", "doesn't exist",
	"doesn't have", "not recognized", "isn't recognized", "could not find", "couldn't find", "can't find", "cannot find",
	"don't know", "missing", "no bin target", "no test target", "no example target", "no target", "no task", "no script", "no recipe", "is not a", "not a valid", "no rule", "does not contain", "bad option", "bad flag",
	"was replaced", "has been replaced", "renamed to", "was removed", "been removed", "no longer", "wasn't expected",
	"not provided", "ambiguous", NULL };
static const char *const flag_words[] = { "option", "flag", "argument", "parameter", "switch", "config \"", NULL };
static const char *const target_words[] = { "script", "target", "command", "subcommand", "task", "recipe", "rule", "goal",
	"job", "session", "environment", "action", "choice", "project", "package", "workspace", "suite", "generator",
	"profile", "preset", "configuration", "verb", NULL };

static const char *const path_words[] = { "no such file", "does not exist", "cannot find the path", "cannot find path",
	"file or directory not found", "file not found", "not found:", "did not match any file", "no such directory",
	"is not a file", NULL };
/* Signs of a build, test, lint or run-time failure: the project's own state, no lesson about how to work in it. */
static const char *const development_words[] = { "traceback (most recent call last)", "failed", "assert", "error ts", "error[e",
	": error:", "panic:", "syntaxerror", "typeerror", "failures:", "--- fail", "exception", "\xe2\x9c\x97", "\xe2\x9c\x96",
	" fail ", "compilation", "warning:", "undefined reference", "lint", "hook id", NULL };

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* All fixed texts of the tables, compiled once: a line is walked once, whatever the number of patterns. */
static struct {
	struct needles needles;
	int row_key[sizeof(rows) / sizeof(rows[0])]; /* a text every match of the row holds, -1 if it has none */
	struct needle_set absent, flag, target, path, development;
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
		str key = longest_literal(rows[i].pattern);
		words.row_key[i] = key.n >= 3 ? needles_add(&words.needles, key) : -1;
	}
	add_list(absent_words, &words.absent);
	add_list(flag_words, &words.flag);
	add_list(target_words, &words.target);
	add_list(path_words, &words.path);
	add_list(development_words, &words.development);
}

/* A line of output and the fixed texts in it. */
struct line {
	str text;
	struct needle_set has;
};

#define LINE_LIMIT 400 /* bytes of a line that are looked at */
#define LINES_LIMIT 8192 /* more than the bytes that are kept can hold */

static size_t read_lines(struct arena *a, str text, struct line **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t n = 0, room = 1;
	pthread_once(&once, compile_words);
	for (size_t i = 0; i < text.n; i++)
		room += text.p[i] == '\n';
	struct line *lines = arena_array(a, room < LINES_LIMIT ? room : LINES_LIMIT, sizeof(*lines));
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

/* A word of the script equal to the token, or ending with it as a path; sets the segment. */
static const struct shell_word *find_word(const struct shell_script *s, str token, size_t first, int *segment)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = first; k < s->commands[i].n; k++) {
			const struct shell_word *w = &s->commands[i].words[k];
			if (str_eq(w->text, token)) {
				*segment = (int)i;
				return w;
			}
		}
	return NULL;
}

static bool program_named(const struct shell_script *s, str token, struct diagnosis *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 0; k < c->n; k++) {
			/* behind a launcher ("uv run pytest", "timeout 5 pytest", "xargs foo") the program is a later word */
			if (str_eq(c->words[k].text, token) || (k == 0 && str_eq(path_base(c->words[k].text), path_base(token)))) {
				out->segment = (int)i;
				out->slot = c->words[k].text;
				return true;
			}
		}
	}
	return false;
}

/* ---- generic readings of one line ------------------------------------------------------------------------------- */

static str flag_name(str word)
{
	size_t eq = str_chr(word, '=');
	return eq == STR_NONE ? word : str_sub(word, 0, eq);
}

/* The next quoted or dashed token of a "did you mean" message that is not the named one. */
static str find_hint(struct arena *a, str line, str named)
{
	static const char *const leads[] = { "did you mean", "replaced by", "renamed to", "similar", "use ", "instead", NULL };
	for (const char *const *l = leads; *l; l++) {
		size_t at = match_find_fold(line, *l);
		if (at == STR_NONE)
			continue;
		str rest = str_from(line, at + strlen(*l)), token;
		while (match_token(&rest, &token))
			if (token.n > 1 && !str_eq(token, named) && !str_eq_c(token, "to") && !str_eq_c(token, "the"))
				if (token.p[0] == '-' || (token.p > line.p && strchr("'\"`", token.p[-1])))
					return arena_str(a, token);
	}
	return (str){ NULL, 0 };
}

static bool read_flag(struct arena *a, const struct shell_script *s, const struct line *l, struct diagnosis *out)
{
	str line = l->text;
	if (!needles_meet(&l->has, &words.absent) || !needles_meet(&l->has, &words.flag))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 1; k < c->n; k++) {
			str flag = flag_name(c->words[k].text);
			if (flag.n < 2 || flag.p[0] != '-' || str_eq_c(flag, "--"))
				continue;
			str bare = flag;
			while (bare.n && bare.p[0] == '-')
				bare = str_from(bare, 1);
			bool quoted_bare = bare.n >= 3 && match_quoted(line, bare);
			/* yargs: "Unknown arguments: time-out, timeOut" */
			quoted_bare |= bare.n >= 3 && match_has_fold(line, "unknown argument") && match_bounded(line, bare);
			bool letter = flag.n == 2 && (match_quoted(line, bare) || match_ends_token(line, bare));
			if (match_bounded(line, flag) || quoted_bare || letter) {
				*out = (struct diagnosis){ .class = FAIL_UNKNOWN_FLAG, .slot = flag, .segment = (int)i,
							   .hint = find_hint(a, line, flag) };
				return true;
			}
		}
	}
	return false;
}

static bool read_target(struct arena *a, const struct shell_script *s, const struct line *l, struct diagnosis *out)
{
	str line = l->text;
	if (!needles_meet(&l->has, &words.absent) || !needles_meet(&l->has, &words.target))
		return false;
	/* a quoted word is what the message is about; a line may merely end with another one */
	for (int quoted = 1; quoted >= 0; quoted--)
		for (size_t i = 0; i < s->n; i++) {
			const struct shell_command *c = &s->commands[i];
			if (c->n < 2 || program_is_viewer(command_program(c)))
				continue;
			for (size_t k = 1; k < c->n && k < 8; k++) {
				str w = c->words[k].text;
				if (w.n < 2 || w.p[0] == '-' || c->words[k].dynamic)
					continue;
				if (quoted ? !match_quoted(line, w) : w.n < 3 || !match_ends_token(line, w))
					continue;
				*out = (struct diagnosis){ .class = FAIL_UNKNOWN_TARGET, .slot = w, .segment = (int)i,
							   .hint = find_hint(a, line, w) };
				return true;
			}
		}
	return false;
}

/* "cat: x/y.c: No such file or directory" and its many relatives: the line must name a word of the command. */
static bool read_path(const struct shell_script *s, const struct line *l, struct diagnosis *out)
{
	str line = l->text;
	if (!needles_meet(&l->has, &words.path))
		return false;
	const struct shell_word *best = NULL;
	int segment = -1;
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 0; k < c->n; k++) {
			const struct shell_word *w = &c->words[k];
			str bare = w->text;
			size_t colons = str_find(bare, STR("::")); /* pytest node ids */
			if (colons != STR_NONE)
				bare = str_sub(bare, 0, colons);
			if (bare.n < 2 || w->dynamic || bare.p[0] == '-')
				continue;
			if (k == 0 && str_chr(bare, '/') == STR_NONE)
				continue;
			if (match_bounded(line, bare) && (!best || bare.n > best->text.n)) {
				best = w;
				segment = (int)i;
			}
		}
	}
	if (!best)
		return false;
	const struct shell_command *c = &s->commands[segment];
	/* a relative script that is not there: wrong folder or wrong path, never a missing program */
	*out = (struct diagnosis){ .class = best == &c->words[0] ? FAIL_WRONG_CWD : FAIL_PATH_MISSING,
				   .slot = best->text, .segment = segment };
	if (program_is_probe(c))
		*out = (struct diagnosis){ .class = FAIL_NONE, .segment = segment };
	return true;
}

/* The word of a command that an absolute path ends with. */
static bool names_script(const struct shell_script *s, str path, struct diagnosis *d)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 1; k < s->commands[i].n; k++) {
			str w = s->commands[i].words[k].text;
			str bare = str_starts_c(w, "./") ? str_from(w, 2) : w;
			if (bare.n < 4 || str_chr(bare, '.') == STR_NONE || !str_ends(path, bare))
				continue;
			d->class = FAIL_PATH_MISSING;
			d->slot = w;
			d->segment = (int)i;
			return true;
		}
	return false;
}

static bool read_row(struct arena *a, const struct shell_script *s, size_t index, const struct line *l, struct diagnosis *out)
{
	const struct row *row = &rows[index];
	str line = l->text, cap = { NULL, 0 };
	if (words.row_key[index] >= 0 && !needle_in(&l->has, words.row_key[index]))
		return false;
	if (!match_line(line, row->pattern, &cap))
		return false;
	struct diagnosis d = { .class = row->class, .segment = -1 };
	switch (row->names) {
	case NAMES_NOTHING:
		break;
	case NAMES_PROGRAM:
		if (!program_named(s, cap, &d))
			return false; /* a program inside a script of the project: not the command's own */
		break;
	case NAMES_WORD: {
		const struct shell_word *w = find_word(s, cap, 1, &d.segment);
		if (!w)
			return false;
		d.slot = w->text;
		break;
	}
	case NAMES_MODULE:
		/* "Cannot find module '/x/scripts/build.js'": the script itself is not there */
		if (cap.n && cap.p[0] == '/' && names_script(s, cap, &d))
			break;
		d.slot = arena_str(a, str_sub(cap, 0, 80));
		break;
	case NAMES_VARIABLE:
		d.slot = arena_str(a, str_sub(cap, 0, 80));
		break;
	}
	if (row->names == NAMES_WORD)
		d.hint = find_hint(a, line, d.slot);
	*out = d;
	return true;
}

/* Rows are tried over all lines first to last, the most specific kinds of reading before the vaguer ones. */
static bool diagnose(struct arena *a, const struct shell_script *s, const struct line *lines, size_t n, struct diagnosis *out)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < ROWS && rows[i].class <= FAIL_MODULE_MISSING; i++)
			if (read_row(a, s, i, &lines[k], out))
				return true;
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < ROWS; i++)
			if ((rows[i].class == FAIL_WRONG_CWD || rows[i].class == FAIL_UNKNOWN_TARGET) && read_row(a, s, i, &lines[k], out))
				return true;
		if (read_flag(a, s, &lines[k], out) || read_target(a, s, &lines[k], out))
			return true;
	}
	for (size_t k = 0; k < n; k++)
		if (read_path(s, &lines[k], out))
			return true;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < ROWS; i++)
			if (rows[i].class >= FAIL_WRONG_VERSION && rows[i].class != FAIL_WRONG_CWD && rows[i].class != FAIL_UNKNOWN_TARGET &&
			    read_row(a, s, i, &lines[k], out))
				return true;
	return false;
}

static bool looks_like_development(const struct line *lines, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (needles_meet(&lines[k].has, &words.development))
			return true;
	return false;
}

static bool develops(const struct shell_command *c)
{
	static const char *const list[] = { "pytest", "jest",	 "vitest", "mocha", "tsc",  "eslint", "ruff",	"mypy",	 "flake8",
					    "pylint", "clippy", "shellcheck", "prettier", "black", "ninja", "cmake", "gcc", "clang", "cc",
					    "g++",    "javac",	 "rustc",  "ctest", "prove", "tox",   "nox",	"golangci-lint", "biome",
					    "playwright", "cypress", "phpunit", "rspec", "rubocop", "mix", "zig", "swift", "dotnet",
					    "bazel",  "sbt",	 "gradle", "gradlew", "mvn", "mvnw", "cargo", "go", "pre-commit", NULL };
	for (size_t i = 0; i < c->n && i < 4; i++)
		if (in_list(path_base(c->words[i].text), list))
			return true;
	return false;
}

/* Installing dependencies fails for reasons of the tools, never of the project's code. */
static bool installs(const struct shell_command *c)
{
	static const char *const managers[] = { "npm", "pnpm", "yarn", "bun", "pip", "pip3", "uv", "poetry", "pdm", "pipenv", "bundle",
						"composer", "conda", "mamba", NULL };
	static const char *const verbs[] = { "install", "i", "ci", "add", "sync", "update", "upgrade", "lock", NULL };
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
	return arena_printf(a, "%.*s\n%.*s", STR_ARG(head), STR_ARG(tail));
}

void classify_shell(struct arena *a, const struct shell_script *s, int exit_code, str head, str tail, struct diagnosis *out)
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
	struct line *lines;
	size_t n = read_lines(a, text, &lines);
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
		if (s->commands[i].join == JOIN_PIPE || s->commands[i].join == JOIN_OR || s->commands[i].join == JOIN_SEQ)
			return true;
	return false;
}

/* A line by itself that only the shell, the interpreter or make itself prints; the pattern must take the whole line. */
static bool proves_masked(size_t row)
{
	static const char *const patterns[] = { "*%p: command not found", "*command not found: %p", "modulenotfounderror: no module named %q",
						"*python*: no module named %t", "make*: *** no rule to make target %q",
						"make: *** no targets specified and no makefile found", "go: go.mod file not found",
						"error: could not find `cargo.toml`" };
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (strcmp(rows[row].pattern, patterns[i]) == 0)
			return true;
	return false;
}

void classify_masked(struct arena *a, const struct shell_script *s, str head, str tail, struct diagnosis *out)
{
	*out = (struct diagnosis){ .class = FAIL_NONE, .segment = -1, .masked = true };
	struct line *lines;
	size_t n = read_lines(a, match_strip_escapes(a, joined(a, head, tail)), &lines);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < ROWS; i++) {
			struct diagnosis d = { .segment = -1 };
			if (!proves_masked(i) || !read_row(a, s, i, &lines[k], &d))
				continue;
			/* "command not found" must end its line; only a traceback that ends the output is this command's own */
			if (rows[i].names == NAMES_PROGRAM && !match_ends_token(lines[k].text, STR("found")) &&
			    !match_ends_token(lines[k].text, d.slot))
				continue;
			if (rows[i].names == NAMES_MODULE && k + 1 < n)
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

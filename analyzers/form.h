/*
 * form: a command reduced to what matters for comparing two of them, and the single edit that leads from one to the other.
 * Redirections and trailing "| head" are gone; environment assignments, "cd X &&", and launchers ("uv run", "npx", "bundle
 * exec", "timeout 60") are peeled off and kept apart; what remains is the program and its arguments.
 */
#ifndef HEADROOM_ANALYZERS_FORM_H
#define HEADROOM_ANALYZERS_FORM_H

#include "analyzers/project.h"
#include "core/base/buf.h"
#include "core/shell/shell.h"

#define FORM_ARGS 48

struct form {
	str dir; /* repository-relative folder the command ran in; p == NULL if outside the project */
	bool cd_inside; /* the script itself changed there */
	str env[6]; /* NAME=value */
	size_t env_n;
	str wrapper; /* "uv run", "poetry run", "bundle exec", "npx", ...; spelled as executed, single blanks */
	str program; /* as executed: "pytest", ".venv/bin/python", "./gradlew" */
	str args[FORM_ARGS]; /* without wrapper */
	size_t args_n;
	bool exact; /* every word is a plain one: nothing dynamic, nothing dropped */
	bool guarded; /* behind || or inside a condition: its outcome says nothing */
	bool piped; /* its output goes into another program */
	int segment; /* index of the command in the script */
};

/* The forms of a script's commands, `cd`s applied; at most max. */
size_t form_list(struct arena *a, const struct project *p, str cwd, const struct shell_script *script,
		 struct form *out, size_t max);

enum edit {
	EDIT_NONE = 0, /* the same command */
	EDIT_CWD = 1 << 0,
	EDIT_ENV = 1 << 1, /* assignments added */
	EDIT_WRAPPER = 1 << 2, /* added or exchanged */
	EDIT_UNWRAPPED = 1 << 3, /* removed */
	EDIT_PROGRAM = 1 << 4,
	EDIT_FLAG = 1 << 5, /* one flag replaced, added or removed */
	EDIT_WORD = 1 << 6, /* one positional replaced */
	EDIT_SELECTOR = 1 << 7, /* paths or other selectors differ */
	EDIT_OTHER = 1 << 8 /* more than can be told */
};

struct alignment {
	unsigned edits; /* of enum edit */
	str wrong, right; /* FLAG, WORD: the tokens; empty = added or removed */
	size_t position; /* WORD: index in args */
};

/* What leads from the failed form to the later one. */
void form_align(const struct form *failed, const struct form *later, struct alignment *out);

/* Hash of dir, wrapper, env, program and sorted args: equal forms are the same command. */
uint64_t form_hash(const struct form *f);
bool form_is_python(str program);
/* Family of package managers whose commands stand for each other ("npm" "pnpm" "yarn" "bun"), 0 = none. */
int form_manager_family(str program);
/* Arguments that choose what to work on (paths, globs, node ids, package names behind -p), not how. */
bool form_is_selector(str arg);
/* Launcher, program and the first args words: "uv run pytest", "make check". */
str form_text(struct arena *a, const struct form *f, size_t args);
/* How many leading arguments name what is done: plain words before the first flag or selector, at most `most`, and the
 * script or module that an interpreter runs. */
size_t form_plain_words(const struct form *f, size_t most);
/* What a permission is asked for. Depth 1: "git"; 2: "git push"; 3: "git push origin main"; flags are left out. */
str form_request(struct arena *a, const struct form *f, unsigned depth);

#endif

/*
 * scratch: repositories made by the git program in temporary folders.  Tests are skipped where there is no git.
 */
#ifndef HEADROOM_TESTS_UNIT_SCRATCH_H
#define HEADROOM_TESTS_UNIT_SCRATCH_H

#include "tests/test.h"

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/git/repo.h"

/* c MESSAGE commits everything, a minute after the last; lines N WORD prints N different lines. */
static const char prelude[] =
	"set -e\n"
	"export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0\n"
	"export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t "
	"GIT_COMMITTER_EMAIL=t@example.org\n"
	"unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE\n"
	"T=1700000000\n"
	"tick() { T=$((T + 60)); export GIT_COMMITTER_DATE=\"@$T +0000\" GIT_AUTHOR_DATE=\"@$T +0000\"; }\n"
	"c() { tick; git add -A; git commit -qm \"${1:-x}\" --allow-empty; }\n"
	"lines() { seq -f \"$2 holds line number %g of its own\" \"$1\"; }\n"
	"init() { git init -q .; git symbolic-ref HEAD refs/heads/main; }\n";

static inline void need_git(void)
{
	if (system("git --version >/dev/null 2>&1") == 0)
		return;
	print_message("there is no git program: skipped\n");
	skip();
}

/* Runs a shell script in a folder. */
static inline void run(const char *dir, const char *script)
{
	const char *path = test_path(test_dir(), "script");
	struct buf text;

	buf_init(&text, 1 << 16);
	buf_printf(&text, "cd '%s'\n%s%s\n", dir, prelude, script);
	test_write(path, buf_str(&text));
	buf_clear(&text);
	buf_printf(&text, "sh '%s' >'%s.out' 2>&1", path, path);
	if (system(buf_c(&text)) != 0) {
		buf_clear(&text);
		buf_printf(&text, "cat '%s.out' >&2", path);
		if (system(buf_c(&text)) != 0)
			print_error("no output\n");
		fail_msg("the script failed: %s", script);
	}
	buf_release(&text);
}

/* A repository made by a script that begins behind `git init`. */
static inline const char *make(const char *script)
{
	const char *dir;

	need_git();
	dir = test_dir();
	run(dir, "init");
	run(dir, script);
	return dir;
}

static inline struct repo *open_at(struct arena *a, const char *dir)
{
	struct repo_id id;
	struct repo *r = NULL;
	struct error err = { 0 };

	assert_true(repo_identify(a, str_c(dir), &id));
	if (repo_open(&id, &r, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	return r;
}

static inline void read_id(const char *dir, const char *name, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(fs_read_file(test_path(dir, name), out, NULL), STATUS_OK);
}

#endif

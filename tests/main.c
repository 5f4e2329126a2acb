/*
 * The unit test program.  `check` runs every table of tests/unit as one group, so that a run closes with one
 * total; `check WORD` runs the tests whose name contains WORD, and fails when there is none.  tests/test.h
 * says how to add tests.  Exits 0 or 1, never with the count of failures, which could wrap to 0.
 */
#include "tests/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/vec.h"

#define TABLE(name)                                    \
	extern const struct CMUnitTest name##_tests[]; \
	extern const size_t name##_tests_count;
#include "test_list.h"
#undef TABLE

/* Pointers, as a count defined in another file is no constant here. */
static const struct table {
	const struct CMUnitTest *tests;
	const size_t *count;
} tables[] = {
#define TABLE(name) { name##_tests, &name##_tests_count },
#include "test_list.h"
#undef TABLE
};

static struct arena names;
static const char *root; /* of all temporary folders */

const char *test_dir(void)
{
	char *dir = arena_c(&names, arena_printf(&names, "%s/XXXXXX", root));

	assert_non_null(mkdtemp(dir));
	return dir;
}

const char *test_path(const char *dir, const char *name)
{
	return path_join(&names, str_c(dir), str_c(name)).p;
}

void test_write(const char *path, str bytes)
{
	const char *dir = arena_c(&names, path_dir(str_c(path)));
	struct error err;
	FILE *file;

	if (fs_mkdirs(dir, 0755, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p ? bytes.p : "", 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

void assert_str_equal_at(str s, const char *expected, const char *file, int line)
{
	if (str_eq_c(s, expected))
		return;
	print_error("\"%.*s\" != \"%s\"\n", STR_ARG(s), expected);
	_fail(file, line);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st, (void)type, (void)place;
	return remove(path);
}

/* Tests may have left folders without permissions behind; as they are ours, they can be opened again. */
static int open_folder(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st, (void)place;
	return type == FTW_D || type == FTW_DNR ? chmod(path, 0700) : 0;
}

static void remove_tree(const char *path)
{
	enum {
		OPEN_FILES = 16
	};

	nftw(path, open_folder, OPEN_FILES, FTW_PHYS);
	nftw(path, remove_entry, OPEN_FILES, FTW_PHYS | FTW_DEPTH);
}

extern char **environ;

static void unset_own_variables(void)
{
	size_t i = 0;

	while (environ[i]) {
		str rest = str_c(environ[i]), name;

		if (!str_starts(rest, STR("HEADROOM_")) || !str_split(&rest, '=', &name)) {
			i++;
			continue;
		}
		env_set(arena_c(&names, name), NULL);
		i = 0;
	}
}

static void fix_environment(void)
{
	unset_own_variables();
	env_set("HOME", test_path(root, "home"));
	env_set("TZ", "UTC");
	env_set("COLUMNS", "80");
	if (fs_mkdir(env_home(), 0700) != 0)
		abort();
}

static void select_tests(struct vec *chosen, const char *word)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
		for (size_t i = 0; i < *tables[t].count; i++) {
			const struct CMUnitTest *test = &tables[t].tests[i];

			if (!word || str_has_c(str_c(test->name), word))
				memcpy(vec_push(chosen), test, sizeof(*test));
		}
	}
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL, *tmp = env_get("TMPDIR");
	struct vec chosen;
	int failed = 1;
	char *dir;

	arena_init(&names);
	vec_init(&chosen, sizeof(struct CMUnitTest));
	dir = arena_c(&names, arena_printf(&names, "%s/headroom-check-XXXXXX", tmp ? tmp : "/tmp"));
	root = mkdtemp(dir);
	if (!root) {
		perror(dir);
		goto out;
	}
	fix_environment();
	select_tests(&chosen, word);
	if (chosen.n == 0) {
		fprintf(stderr, "no test has a name with \"%s\"\n", word ? word : "");
		goto out;
	}
	/* The function behind cmocka_run_group_tests, which itself takes arrays only. */
	failed = _cmocka_run_group_tests("headroom", chosen.p, chosen.n, NULL, NULL);
out:
	if (root)
		remove_tree(root);
	vec_release(&chosen);
	arena_release(&names);
	return failed != 0;
}

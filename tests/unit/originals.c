#include "tests/test.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/compress/marker.h"
#include "core/compress/stash.h"

static struct originals *opened(const char *path, size_t rows, int64_t bytes)
{
	struct originals *s = NULL;
	struct error err = { .message = "" };

	if (originals_open(path, rows, bytes, &s, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	return s;
}

static struct original an_original(str text)
{
	struct original o = { .text = text,
			      .shorter = STR("short"),
			      .tokens = 100,
			      .shorter_tokens = 2,
			      .items = 9,
			      .shorter_items = 1,
			      .tool = STR("query"),
			      .call_id = STR("c1"),
			      .query = STR("why"),
			      .strategy = "log",
			      .kind = "lines",
			      .ttl_seconds = 60 };

	marker_hash(text, o.hash);
	return o;
}

static enum status put(struct originals *s, str text)
{
	struct original o = an_original(text);

	return originals_put(s, &o, 1, NULL);
}

static enum status get(struct originals *s, struct arena *a, str text, struct original_row *row,
		       struct error *err)
{
	char hash[MARKER_HASH + 1];

	marker_hash(text, hash);
	return originals_get(s, a, str_c(hash), STR(""), row, err);
}

static bool has(struct originals *s, str text)
{
	char hash[MARKER_HASH + 1];

	marker_hash(text, hash);
	return originals_has(s, str_c(hash));
}

/* The clock stands where HEADROOM_NOW says. */
static void at(const char *time)
{
	env_set("HEADROOM_NOW", time);
}

static void originals_come_back_byte_for_byte(void **state)
{
	static const str texts[] = {
		{ "plain", 5 },		{ "\0\0", 2 },
		{ "\xff\xfe \xc3", 4 }, { "\xc3\xa9\n\t\"\\", 6 },
		{ "\xed\xa0\x80", 3 },	{ "line\r\n\r\n", 8 },
		{ "\xef\xbf\xbd", 3 },
	};
	const char *path = test_path(test_dir(), "ccr_store.db");
	struct originals *s = opened(path, 0, 0);
	struct original_row row;
	struct stat st;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(put(s, texts[i]), STATUS_OK);
	originals_close(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	s = opened(path, 0, 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(get(s, &a, texts[i], &row, NULL), STATUS_OK);
		assert_true(str_eq(row.o.text, texts[i]));
	}
	assert_str_equal(row.o.shorter, "short");
	assert_str_equal(row.o.tool, "query");
	assert_str_equal(row.o.call_id, "c1");
	assert_str_equal(row.o.query, "why");
	assert_str_equal(row.strategy, "log");
	assert_str_equal(row.kind, "lines");
	assert_int_equal(row.o.tokens, 100);
	assert_int_equal(row.o.shorter_items, 1);
	originals_close(s);
	arena_release(&a);
}

static void originals_expire_and_that_is_said(void **state)
{
	struct originals *s;
	struct original_row row;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	at("2026-01-01T00:00:00Z");
	s = opened(NULL, 0, 0);
	assert_int_equal(put(s, STR("x")), STATUS_OK);
	at("2026-01-01T00:00:59Z");
	assert_int_equal(get(s, &a, STR("x"), &row, &err), STATUS_OK); /* which extends its life */
	assert_int_equal(row.retrievals, 1);
	at("2026-01-01T00:01:58Z");
	assert_true(has(s, STR("x"))); /* which does not */
	at("2026-01-01T00:01:59Z");
	assert_false(has(s, STR("x")));
	assert_int_equal(get(s, &a, STR("x"), &row, &err), STATUS_CHANGED);
	assert_true(str_has_c(str_c(err.message), "expired"));
	/* purged by a later write, it is still known to have been ours */
	at("2026-01-01T00:09:00Z");
	assert_int_equal(put(s, STR("y")), STATUS_OK);
	assert_int_equal(get(s, &a, STR("x"), &row, &err), STATUS_CHANGED);
	assert_true(str_has_c(str_c(err.message), "expired"));
	assert_int_equal(get(s, &a, STR("never"), &row, &err), STATUS_NOT_FOUND);
	/* and comes to life again when it is stored again */
	assert_int_equal(put(s, STR("x")), STATUS_OK);
	assert_int_equal(get(s, &a, STR("x"), &row, &err), STATUS_OK);
	/* after a week nobody knows */
	at("2026-01-20T00:00:00Z");
	assert_int_equal(put(s, STR("z")), STATUS_OK);
	at("2026-02-20T00:00:00Z");
	assert_int_equal(put(s, STR("z")), STATUS_OK);
	assert_int_equal(get(s, &a, STR("y"), &row, &err), STATUS_NOT_FOUND);
	originals_close(s);
	at(NULL);
	arena_release(&a);
}

static void the_least_recently_used_gives_way(void **state)
{
	struct originals *s;
	struct original_row row;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	at("2026-01-01T00:00:00Z");
	s = opened(NULL, 3, 0);
	assert_int_equal(put(s, STR("a")), STATUS_OK);
	at("2026-01-01T00:00:01Z");
	assert_int_equal(put(s, STR("b")), STATUS_OK);
	at("2026-01-01T00:00:02Z");
	assert_int_equal(put(s, STR("c")), STATUS_OK);
	at("2026-01-01T00:00:03Z");
	assert_int_equal(get(s, &a, STR("a"), &row, NULL), STATUS_OK);
	at("2026-01-01T00:00:04Z");
	assert_int_equal(put(s, STR("d")), STATUS_OK);
	assert_true(has(s, STR("a")) && has(s, STR("c")) && has(s, STR("d")));
	assert_int_equal(get(s, &a, STR("b"), &row, &err), STATUS_CHANGED);
	assert_true(str_has_c(str_c(err.message), "gave way"));
	/* back again at the same moment, another goes, not this one */
	assert_int_equal(put(s, STR("b")), STATUS_OK);
	assert_true(has(s, STR("b")) && has(s, STR("d")) && has(s, STR("a")));
	assert_false(has(s, STR("c")));
	originals_close(s);
	at(NULL);
	arena_release(&a);
}

static void bytes_are_limited_too(void **state)
{
	struct originals *s = opened(NULL, 0, 2500);
	struct original rows[2];
	struct error err;
	struct buf big;

	(void)state;
	buf_init(&big, 10000);
	for (int i = 0; i < 1000; i++)
		buf_add_ch(&big, 'x');
	at("2026-01-01T00:00:00Z");
	assert_int_equal(put(s, buf_str(&big)), STATUS_OK);
	at("2026-01-01T00:00:01Z");
	buf_add_ch(&big, 'y');
	assert_int_equal(put(s, buf_str(&big)), STATUS_OK);
	assert_false(has(s, str_sub(buf_str(&big), 0, 1000)));
	assert_true(has(s, buf_str(&big)));
	/* what could not be held is not promised */
	for (int i = 0; i < 4000; i++)
		buf_add_ch(&big, 'z');
	rows[0] = an_original(STR("small"));
	rows[1] = an_original(buf_str(&big));
	assert_int_equal(originals_put(s, rows, 2, &err), STATUS_LIMIT);
	assert_false(has(s, STR("small")));
	originals_close(s);
	buf_release(&big);
	at(NULL);
}

static void storing_again_keeps_history(void **state)
{
	struct originals *s = opened(NULL, 0, 0);
	struct original_row row;
	char hash[MARKER_HASH + 1];
	struct arena a;

	(void)state;
	arena_init(&a);
	marker_hash(STR("x"), hash);
	at("2026-01-01T00:00:00Z");
	put(s, STR("x"));
	for (int i = 0; i < 14; i++)
		originals_get(s, &a, str_c(hash), i < 12 ? arena_printf(&a, "query\n%d", i) : STR("query 5"),
			      &row, NULL);
	at("2026-01-01T00:00:30Z");
	put(s, STR("x"));
	assert_int_equal(originals_get(s, &a, str_c(hash), STR(""), &row, NULL), STATUS_OK);
	assert_int_equal(row.retrievals, 15);
	assert_int_equal(row.created_ms, 1767225630000);
	/* the last ten distinct ones, newest last */
	assert_str_equal(row.queries,
			 "query 2\nquery 3\nquery 4\nquery 6\nquery 7\nquery 8\nquery 9\nquery 10\nquery 11\n"
			 "query 5");
	originals_close(s);
	at(NULL);
	arena_release(&a);
}

static void hashes_are_checked(void **state)
{
	static const char *const wrong[] = { "", "abc", "zzzzzzzzzzzzzzzzzzzzzzzz",
					     "0123456789abcdef012345678" };
	struct originals *s = opened(NULL, 0, 0);
	struct original_row row;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	put(s, STR("x"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(originals_get(s, &a, str_c(wrong[i]), STR(""), &row, &err),
				 STATUS_NOT_FOUND);
		assert_false(originals_has(s, str_c(wrong[i])));
	}
	/* of "x", in capitals */
	assert_int_equal(originals_get(s, &a, STR("2D711642B726B04401627CA9"), STR(""), &row, &err),
			 STATUS_OK);
	originals_close(s);
	arena_release(&a);
}

static void processes_serve_each_other(void **state)
{
	const char *path = test_path(test_dir(), "ccr_store.db");
	struct originals *s = opened(path, 0, 0);
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct originals *other = NULL;
		bool ok = originals_open(path, 0, 0, &other, NULL) == STATUS_OK &&
			  put(other, STR("theirs")) == STATUS_OK;

		originals_close(other);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(put(s, STR("ours")), STATUS_OK);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(has(s, STR("theirs")));
	assert_true(has(s, STR("ours")));
	originals_close(s);
}

static void damaged_files_are_moved_aside(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "ccr_store.db");
	struct originals *s;

	(void)state;
	test_write(path, STR("this is no database, by no means, and it is long enough to be looked at"));
	s = opened(path, 0, 0);
	assert_non_null(originals_note(s));
	assert_true(fs_exists(test_path(dir, "ccr_store.db.damaged-1")));
	assert_int_equal(put(s, STR("x")), STATUS_OK);
	originals_close(s);
}

static void the_place_is_by_environment(void **state)
{
	const char *dir = test_dir();
	struct originals *s;
	struct error err;

	(void)state;
	env_set("HEADROOM_HOME", test_path(dir, "home"));
	assert_int_equal(stash_open(&s, &err), STATUS_OK);
	originals_close(s);
	assert_true(fs_is_file(test_path(dir, "home/ccr_store.db")));
	env_set("HEADROOM_CCR_SQLITE_PATH", test_path(dir, "x/other.db"));
	assert_int_equal(stash_open(&s, &err), STATUS_OK);
	originals_close(s);
	assert_true(fs_is_file(test_path(dir, "x/other.db")));
	env_set("HEADROOM_CCR_SQLITE_PATH", test_path(dir, "y/none.db"));
	env_set("HEADROOM_CCR_BACKEND", "memory");
	assert_int_equal(stash_open(&s, &err), STATUS_OK);
	originals_close(s);
	assert_false(fs_exists(test_path(dir, "y")));
	env_set("HEADROOM_CCR_BACKEND", "cloud");
	assert_int_equal(stash_open(&s, &err), STATUS_USAGE);
	env_set("HEADROOM_CCR_BACKEND", NULL);
	env_set("HEADROOM_CCR_SQLITE_PATH", NULL);
	env_set("HEADROOM_HOME", NULL);
}

const struct CMUnitTest originals_tests[] = {
	cmocka_unit_test(originals_come_back_byte_for_byte),
	cmocka_unit_test(originals_expire_and_that_is_said),
	cmocka_unit_test(the_least_recently_used_gives_way),
	cmocka_unit_test(bytes_are_limited_too),
	cmocka_unit_test(storing_again_keeps_history),
	cmocka_unit_test(hashes_are_checked),
	cmocka_unit_test(processes_serve_each_other),
	cmocka_unit_test(damaged_files_are_moved_aside),
	cmocka_unit_test(the_place_is_by_environment),
};
const size_t originals_tests_count = sizeof(originals_tests) / sizeof(*originals_tests);

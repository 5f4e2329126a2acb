#include "tests/unit/database.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

static mode_t mode_of(const char *dir, const char *name)
{
	struct stat st;

	assert_int_equal(stat(test_path(dir, name), &st), 0);
	return st.st_mode & 0777;
}

static void store_files_are_private(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "headroom.db");
	mode_t mask = umask(0);
	struct store *s = open_store(path);

	(void)state;
	store_close(s); /* a new one begins its log when it is closed */
	s = open_store(path);
	put_file(s, "/a");
	assert_int_equal(mode_of(dir, "headroom.db"), 0600);
	assert_int_equal(mode_of(dir, "headroom.db-wal"), 0600);
	assert_int_equal(mode_of(dir, "headroom.db-shm"), 0600);
	store_close(s);
	assert_int_equal(chmod(path, 0644), 0);
	store_close(open_store(path));
	assert_int_equal(mode_of(dir, "headroom.db"), 0600);
	umask(mask);
}

static void store_in_memory(void **state)
{
	struct store *s = open_store(NULL);

	(void)state;
	put_file(s, "/a");
	assert_int_equal(count_files(s), 1);
	assert_null(store_note(s));
	store_close(s);
	s = open_store(NULL);
	assert_int_equal(count_files(s), 0);
	store_close(s);
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void store_refuses_what_it_does_not_know(void **state)
{
	static const char *const sql[] = {
		"PRAGMA user_version = 999",
		"PRAGMA user_version = -1",
		"PRAGMA application_id = 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sql) / sizeof(*sql); i++) {
		const char *path = new_path();
		struct store *s = open_store(path);
		struct error err;

		put_file(s, "/a");
		store_close(s);
		s = NULL;
		run_sql(path, sql[i]);
		assert_int_equal(store_open(path, &s, &err), STATUS_REFUSED);
		assert_null(s);
		assert_non_null(strstr(err.message, path));
		run_sql(path, "PRAGMA user_version = 2; PRAGMA application_id = 1214542445");
		s = open_store(path);
		assert_int_equal(count_files(s), 1);
		store_close(s);
	}
}

static void store_migrates_an_empty_file(void **state)
{
	const char *path = new_path();
	struct store *s;

	(void)state;
	test_write(path, STR(""));
	s = open_store(path);
	assert_null(store_note(s));
	put_file(s, "/a");
	store_close(s);
}

static void store_moves_damage_aside(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "headroom.db");
	str garbage =
		STR("this is certainly no database, but it is long enough to have a header, or is it not? "
		    "A hundred bytes are needed.");

	(void)state;
	for (int n = 1; n <= 2; n++) {
		struct store *s;
		char name[40];

		snprintf(name, sizeof(name), "headroom.db.damaged-%d", n);
		test_write(path, garbage);
		test_write(test_path(dir, "headroom.db-wal"), STR("log"));
		s = open_store(path);
		assert_non_null(store_note(s));
		assert_non_null(strstr(store_note(s), name));
		assert_int_equal(count_files(s), 0);
		put_file(s, "/a");
		store_close(s);
		assert_true(bytes_in_file(test_path(dir, name), garbage));
		s = open_store(path);
		assert_null(store_note(s));
		assert_int_equal(count_files(s), 1);
		store_close(s);
	}
}

static void store_recovers_from_late_damage(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "headroom.db");
	struct store *s = open_store(path);
	struct error err;
	struct arena a;
	struct vec rows;
	FILE *file;

	(void)state;
	fill(s, 1000);
	store_close(s);
	file = fopen(path, "r+b");
	assert_non_null(file);
	/* All but the first page, which holds the schema. */
	assert_int_equal(fseek(file, 16384, SEEK_SET), 0);
	for (int i = 0; i < 20 * 16384; i++)
		fputc(0xff, file);
	fclose(file);

	arena_init(&a);
	vec_init(&rows, sizeof(struct file_row));
	s = open_store(path);
	assert_int_equal(store_files(s, &a, &rows, &err), STATUS_PARSE);
	assert_int_equal(rows.n, 0);
	store_close(s);
	assert_true(fs_exists(test_path(dir, "headroom.db.damaged-1")));
	s = open_store(path);
	assert_int_equal(count_files(s), 0);
	store_close(s);
	vec_release(&rows);
	arena_release(&a);
}

static void store_is_shared(void **state)
{
	const char *path = new_path();
	struct store *s = open_store(path), *other = open_store(path);
	int status, ready[2];
	pid_t child;
	char byte;

	(void)state;
	put_file(s, "/a");
	assert_int_equal(count_files(other), 1);
	put_file(other, "/b");
	assert_int_equal(count_files(s), 2);
	store_close(other);
	store_close(s);

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		bool ok = store_open(path, &s, NULL) == STATUS_OK && write(ready[1], "x", 1) == 1;

		for (int i = 0; ok && i < 25; i++) {
			char name[32];
			struct file_row row;

			snprintf(name, sizeof(name), "/child/%d", i);
			row = make_file(name);
			ok = store_file_put(s, &row, NULL) == STATUS_OK;
		}
		store_close(s);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	s = open_store(path);
	for (int i = 0; i < 25; i++) {
		char name[32];

		snprintf(name, sizeof(name), "/parent/%d", i);
		put_file(s, name);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(count_files(s), 52);
	store_close(s);
	close(ready[0]);
	close(ready[1]);
}

static void store_says_where_it_cannot_write(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "headroom.db");
	struct store *s = NULL;
	struct error err;

	(void)state;
	fs_inject("open", 1, EROFS);
	assert_int_equal(store_open(path, &s, &err), STATUS_DENIED);
	fs_inject("open", 0, 0);
	assert_non_null(strstr(err.message, path));
	assert_int_equal(store_open(test_path(dir, "missing/headroom.db"), &s, &err), STATUS_NOT_FOUND);
	assert_null(s);
	store_close(open_store(path));
	if (geteuid() == 0) {
		print_message("root may write everywhere: the rest of this test is left out\n");
		return;
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(store_open(path, &s, &err), STATUS_DENIED);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(dir, 0500), 0);
	assert_int_equal(store_open(path, &s, &err), STATUS_DENIED);
	assert_int_equal(store_open(test_path(dir, "other.db"), &s, &err), STATUS_DENIED);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_null(s);
}

/* clang-format off */
const struct CMUnitTest store_file_tests[] = {
	cmocka_unit_test(store_files_are_private),
	cmocka_unit_test(store_in_memory),
	cmocka_unit_test(store_refuses_what_it_does_not_know),
	cmocka_unit_test(store_migrates_an_empty_file),
	cmocka_unit_test(store_moves_damage_aside),
	cmocka_unit_test(store_recovers_from_late_damage),
	cmocka_unit_test(store_is_shared),
	cmocka_unit_test(store_says_where_it_cannot_write),
};
/* clang-format on */
const size_t store_file_tests_count = sizeof(store_file_tests) / sizeof(store_file_tests[0]);

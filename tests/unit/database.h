/*
 * database: stores in temporary folders, and rows to put into them.
 */
#ifndef HEADROOM_TESTS_UNIT_DATABASE_H
#define HEADROOM_TESTS_UNIT_DATABASE_H

#include "tests/test.h"

#include <stdio.h>

#include "core/base/fs.h"
#include "core/store/store.h"

#define assert_ok(call)                                                         \
	do {                                                                    \
		if ((call) != STATUS_OK)                                        \
			fail_msg("%s: %s", status_name(err.code), err.message); \
	} while (0)

static inline const char *new_path(void)
{
	return test_path(test_dir(), "headroom.db");
}

static inline struct store *open_store(const char *path)
{
	struct store *s = NULL;
	struct error err = { 0 };

	assert_ok(store_open(path, &s, &err));
	return s;
}

static inline struct file_row make_file(const char *path)
{
	return (struct file_row){
		.agent = STR("claude"),
		.path = str_c(path),
		.group = STR("-srv-app"),
		.parent = STR(""),
		.first_cwd = STR("/srv/app \303\244"),
		.device = 2049,
		.inode = UINT64_MAX,
		.size = 1234567,
		.offset = 1234000,
		.tail_hash = 0x8000000000000001,
		.mtime_ns = 1700000000123456789,
		.line = 4000000000u,
		.segments = 2,
		.lines_skipped = 3,
		.unknown_kinds = 4,
		.calls = 5,
		.first_ms = -6,
		.last_ms = 1700000000123,
		.present = true,
	};
}

static inline void put_file(struct store *s, const char *path)
{
	struct file_row row = make_file(path);
	struct error err;

	assert_ok(store_file_put(s, &row, &err));
	assert_true(row.id > 0);
}

static inline size_t count_files(struct store *s)
{
	struct arena a;
	struct vec rows;
	struct error err;
	size_t n;

	arena_init(&a);
	vec_init(&rows, sizeof(struct file_row));
	assert_ok(store_files(s, &a, &rows, &err));
	n = rows.n;
	vec_release(&rows);
	arena_release(&a);
	return n;
}

static inline void fill(struct store *s, int n)
{
	struct error err;

	assert_ok(store_begin(s, &err));
	for (int i = 0; i < n; i++) {
		char path[64];
		struct file_row row;

		snprintf(path, sizeof(path), "/logs/%d/%d.jsonl", i % 7, i);
		row = make_file(path);
		assert_ok(store_file_put(s, &row, &err));
		assert_ok(store_segment_put(s, row.id, 0, str_c(path), &err));
	}
	assert_ok(store_commit(s, &err));
}

static inline bool bytes_in_file(const char *path, str needle)
{
	struct buf content;
	bool found;

	buf_init(&content, 16 << 20);
	found = fs_read_file(path, &content, NULL) == STATUS_OK &&
		str_find(buf_str(&content), needle) != STR_NONE;
	buf_release(&content);
	return found;
}

#endif

#include "tests/unit/database.h"

static void assert_same_file(const struct file_row *a, const struct file_row *b)
{
	assert_int_equal(a->id, b->id);
	assert_true(str_eq(a->agent, b->agent));
	assert_true(str_eq(a->path, b->path));
	assert_true(str_eq(a->group, b->group));
	assert_true(str_eq(a->parent, b->parent));
	assert_true(str_eq(a->first_cwd, b->first_cwd));
	assert_true(a->device == b->device && a->inode == b->inode);
	assert_true(a->size == b->size && a->offset == b->offset && a->tail_hash == b->tail_hash);
	assert_true(a->mtime_ns == b->mtime_ns && a->line == b->line && a->segments == b->segments);
	assert_true(a->lines_skipped == b->lines_skipped && a->unknown_kinds == b->unknown_kinds);
	assert_true(a->calls == b->calls && a->first_ms == b->first_ms && a->last_ms == b->last_ms);
	assert_int_equal(a->present, b->present);
}

static void store_keeps_files(void **state)
{
	struct store *s = open_store(new_path());
	struct file_row b = make_file("/logs/b"), a = make_file("/logs/a"), again = make_file("/logs/b");
	struct arena arena;
	struct vec rows;
	struct error err;

	(void)state;
	arena_init(&arena);
	vec_init(&rows, sizeof(struct file_row));
	assert_ok(store_file_put(s, &b, &err));
	assert_ok(store_file_put(s, &a, &err));
	again.size = 7;
	again.parent = STR("p");
	assert_ok(store_file_put(s, &again, &err));
	assert_int_equal(again.id, b.id);

	assert_ok(store_files(s, &arena, &rows, &err));
	assert_int_equal(rows.n, 2);
	assert_same_file(vec_at(&rows, 0), &a);
	assert_same_file(vec_at(&rows, 1), &again);

	assert_ok(store_file_absent(s, a.id, &err));
	a.present = false;
	assert_ok(store_file_delete(s, b.id, &err));
	vec_clear(&rows);
	assert_ok(store_files(s, &arena, &rows, &err));
	assert_int_equal(rows.n, 1);
	assert_same_file(vec_at(&rows, 0), &a);
	vec_release(&rows);
	arena_release(&arena);
	store_close(s);
}

static void assert_segment(struct store *s, int64_t file, uint32_t segment, str want)
{
	struct error err;
	struct buf out;

	buf_init(&out, 100);
	buf_add_c(&out, "+");
	assert_ok(store_segment_get(s, file, segment, &out, &err));
	assert_true(str_eq(str_from(buf_str(&out), 1), want));
	buf_release(&out);
}

static void store_keeps_segments(void **state)
{
	struct store *s = open_store(new_path());
	struct error err;
	struct buf small;

	(void)state;
	buf_init(&small, 2);
	assert_ok(store_segment_put(s, 1, 0, STR("a\0b"), &err));
	assert_ok(store_segment_put(s, 1, 1, STR("old"), &err));
	assert_ok(store_segment_put(s, 1, 1, STR("new"), &err));
	assert_ok(store_segment_put(s, 1, 2, (str){ NULL, 0 }, &err));
	assert_ok(store_segment_put(s, 2, 1, STR("other"), &err));
	assert_segment(s, 1, 0, STR("a\0b"));
	assert_segment(s, 1, 1, STR("new"));
	assert_segment(s, 1, 2, STR(""));
	assert_int_equal(store_segment_get(s, 1, 0, &small, &err), STATUS_LIMIT);
	assert_int_equal(small.n, 0);
	assert_ok(store_segment_cut(s, 1, 1, &err));
	assert_segment(s, 1, 0, STR("a\0b"));
	assert_segment(s, 2, 1, STR("other"));
	assert_int_equal(store_segment_get(s, 1, 1, &small, &err), STATUS_NOT_FOUND);
	assert_int_equal(store_segment_get(s, 1, 2, &small, &err), STATUS_NOT_FOUND);
	assert_ok(store_file_delete(s, 2, &err));
	assert_int_equal(store_segment_get(s, 2, 1, &small, &err), STATUS_NOT_FOUND);
	buf_release(&small);
	store_close(s);
}

static void store_keeps_documents(void **state)
{
	struct store *s = open_store(new_path());
	struct error err;
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(store_doc_get(s, STR("s"), STR("k"), &out, &err), STATUS_NOT_FOUND);
	assert_ok(store_doc_put(s, STR("s"), STR("k"), STR("1\0002"), &err));
	assert_ok(store_doc_put(s, STR("s"), STR("k"), STR("3\0004"), &err));
	assert_ok(store_doc_put(s, STR("t"), STR("k"), STR("5"), &err));
	assert_ok(store_doc_get(s, STR("s"), STR("k"), &out, &err));
	assert_true(str_eq(buf_str(&out), STR("3\0004")));
	assert_ok(store_doc_clear(s, STR("s"), &err));
	buf_clear(&out);
	assert_int_equal(store_doc_get(s, STR("s"), STR("k"), &out, &err), STATUS_NOT_FOUND);
	assert_ok(store_doc_get(s, STR("t"), STR("k"), &out, &err));
	buf_release(&out);
	store_close(s);
}

static struct item_row make_item(const char *project, const char *id)
{
	return (struct item_row){
		.project = str_c(project),
		.id = str_c(id),
		.kind = STR("path_moved"),
		.target = STR("context"),
		.wrong = STR("src/a.c"),
		.right = STR("lib/a.c"),
		.about = STR(""),
		.text = STR("`src/a.c` is now `lib/a.c`."),
		.file = STR("/srv/app/CLAUDE.md"),
		.verdict = VERDICT_PUBLISHED,
		.first_ms = 1,
		.last_ms = 2,
		.head = STR("0123456789012345678901234567890123456789"),
		.opportunities = 3,
		.relapses = 4,
	};
}

static void store_keeps_items(void **state)
{
	struct store *s = open_store(new_path());
	struct item_row row = make_item("p", "bbbbbbbb"), *got;
	struct arena a;
	struct vec rows;
	struct error err;

	(void)state;
	arena_init(&a);
	vec_init(&rows, sizeof(struct item_row));
	assert_ok(store_item_put(s, &row, &err));
	row.verdict = VERDICT_PINNED;
	row.relapses = 9;
	assert_ok(store_item_put(s, &row, &err));
	row = make_item("p", "aaaaaaaa");
	assert_ok(store_item_put(s, &row, &err));
	row = make_item("q", "aaaaaaaa");
	assert_ok(store_item_put(s, &row, &err));

	assert_ok(store_items(s, &a, STR("p"), &rows, &err));
	assert_int_equal(rows.n, 2);
	got = vec_at(&rows, 0);
	assert_str_equal(got->id, "aaaaaaaa");
	got = vec_at(&rows, 1);
	assert_str_equal(got->id, "bbbbbbbb");
	assert_str_equal(got->project, "p");
	assert_str_equal(got->kind, "path_moved");
	assert_str_equal(got->target, "context");
	assert_str_equal(got->wrong, "src/a.c");
	assert_str_equal(got->right, "lib/a.c");
	assert_str_equal(got->about, "");
	assert_str_equal(got->text, "`src/a.c` is now `lib/a.c`.");
	assert_str_equal(got->file, "/srv/app/CLAUDE.md");
	assert_str_equal(got->head, "0123456789012345678901234567890123456789");
	assert_int_equal(got->verdict, VERDICT_PINNED);
	assert_true(got->first_ms == 1 && got->last_ms == 2);
	assert_true(got->opportunities == 3 && got->relapses == 9);

	assert_ok(store_item_delete(s, STR("p"), STR("aaaaaaaa"), &err));
	vec_clear(&rows);
	assert_ok(store_items(s, &a, STR("p"), &rows, &err));
	assert_int_equal(rows.n, 1);
	vec_release(&rows);
	arena_release(&a);
	store_close(s);
}

static void store_forgets(void **state)
{
	const char *path = new_path();
	struct store *s = open_store(path);
	struct file_row gone = make_file("/logs/forgetmenot"), kept = make_file("/logs/kept");
	struct item_row item = make_item("secret-project", "aaaaaaaa");
	struct error err;
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_ok(store_file_put(s, &gone, &err));
	assert_ok(store_file_put(s, &kept, &err));
	assert_ok(store_segment_put(s, gone.id, 0, STR("forgetmenot"), &err));
	assert_ok(store_segment_put(s, kept.id, 0, STR("kept"), &err));
	assert_ok(store_item_put(s, &item, &err));
	assert_ok(store_doc_put(s, STR("project:secret-project"), STR("k"), STR("forgetmenot"), &err));
	assert_ok(store_doc_put(s, STR("project:secret-project2"), STR("k"), STR("kept"), &err));
	assert_ok(store_forget(s, STR("secret-project"), &gone.id, 1, &err));

	assert_int_equal(count_files(s), 1);
	assert_int_equal(store_segment_get(s, gone.id, 0, &out, &err), STATUS_NOT_FOUND);
	assert_int_equal(store_doc_get(s, STR("project:secret-project"), STR("k"), &out, &err),
			 STATUS_NOT_FOUND);
	assert_segment(s, kept.id, 0, STR("kept"));
	assert_ok(store_doc_get(s, STR("project:secret-project2"), STR("k"), &out, &err));
	store_close(s);
	assert_true(bytes_in_file(path, STR("/logs/kept")));
	assert_false(bytes_in_file(path, STR("forgetmenot")));
	buf_release(&out);
}

static void store_rolls_back(void **state)
{
	struct store *s = open_store(new_path());
	struct error err;

	(void)state;
	assert_ok(store_begin(s, &err));
	put_file(s, "/a");
	store_rollback(s);
	store_rollback(s);
	assert_int_equal(count_files(s), 0);
	assert_ok(store_begin(s, &err));
	put_file(s, "/a");
	assert_ok(store_commit(s, &err));
	assert_int_equal(count_files(s), 1);
	store_close(s);
}

static void store_holds_thousands(void **state)
{
	struct store *s = open_store(new_path());
	struct file_row *rows;
	struct arena a;
	struct vec list;
	struct error err;

	(void)state;
	arena_init(&a);
	vec_init(&list, sizeof(struct file_row));
	fill(s, 5000);
	assert_ok(store_files(s, &a, &list, &err));
	assert_int_equal(list.n, 5000);
	rows = list.p;
	for (size_t i = 1; i < list.n; i++)
		assert_true(str_cmp(rows[i - 1].path, rows[i].path) < 0);
	assert_segment(s, rows[17].id, 0, rows[17].path);
	vec_release(&list);
	arena_release(&a);
	store_close(s);
}

/* clang-format off */
const struct CMUnitTest store_tests[] = {
	cmocka_unit_test(store_keeps_files),
	cmocka_unit_test(store_keeps_segments),
	cmocka_unit_test(store_keeps_documents),
	cmocka_unit_test(store_keeps_items),
	cmocka_unit_test(store_forgets),
	cmocka_unit_test(store_rolls_back),
	cmocka_unit_test(store_holds_thousands),
};
/* clang-format on */
const size_t store_tests_count = sizeof(store_tests) / sizeof(store_tests[0]);

/*
 * undo: byte for byte where nobody has touched a file since, else the block alone, else a refusal.
 */
#include "tests/unit/project.h"

static const char one[] = BLOCK("- one"), two[] = BLOCK("- two");

static enum status undo(struct project *p, size_t *restored, struct buf *told, struct error *err)
{
	buf_clear(told);
	return plan_undo(p->home, p->key, restored, told, err);
}

static void undo_restores_bytes(void **state)
{
	static const str files[] = {
		{ "", 0 },
		{ "# A\n", 4 },
		{ "# A", 3 },
		{ "\xef\xbb\xbf# A\r\n\xff\0\r\n", 12 },
		{ "\n\n\n", 3 },
		{ "# A\n" BLOCK("- old") "after", sizeof("# A\n" BLOCK("- old") "after") - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct project p;

		project_open(&p);
		test_write(p.claude, files[i]);
		assert_int_equal(project_apply(&p, one, two), STATUS_OK);
		assert_false(str_eq(project_read(&p, p.claude), files[i]));
		assert_int_equal(project_undo(&p), 2);
		assert_true(str_eq(project_read(&p, p.claude), files[i]));
		assert_false(fs_exists(p.memory));
		assert_int_equal(project_undo(&p), 0);
		project_close(&p);
	}
}

static void undo_goes_back_step_by_step(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_int_equal(project_apply(&p, two, one), STATUS_OK);
	assert_int_equal(project_undo(&p), 2);
	assert_true(project_holds(&p, p.claude, "# A\n\n" BLOCK("- one")));
	assert_false(fs_exists(p.memory));
	assert_int_equal(project_undo(&p), 1);
	assert_true(project_holds(&p, p.claude, "# A\n"));
	assert_int_equal(project_undo(&p), 0);
	project_close(&p);
}

static void undo_keeps_edits_outside(void **state)
{
	struct project p;
	struct buf told;
	size_t restored;

	(void)state;
	project_open(&p);
	buf_init(&told, 1000);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, one), STATUS_OK);
	assert_int_equal(project_apply(&p, two, NULL), STATUS_OK);
	test_write(p.claude, STR("# B\n\n" BLOCK("- two") "more\n"));
	test_write(p.memory, STR(BLOCK("- one") "mine\n"));
	assert_int_equal(undo(&p, &restored, &told, NULL), STATUS_OK);
	assert_int_equal(restored, 1);
	assert_true(str_has_c(buf_str(&told), "later edits kept"));
	assert_true(project_holds(&p, p.claude, "# B\n\n" BLOCK("- one") "more\n"));
	assert_int_equal(undo(&p, &restored, &told, NULL), STATUS_OK);
	assert_int_equal(restored, 2);
	assert_true(project_holds(&p, p.claude, "# B\n\nmore\n"));
	assert_true(project_holds(&p, p.memory, "mine\n"));
	buf_release(&told);
	project_close(&p);
}

static void undo_sees_through_line_ends(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	test_write(p.claude, STR("# A\r\n\r\n" MARKER_START "\r\n- one\r\n" MARKER_END "\r\n"));
	assert_int_equal(project_undo(&p), 1);
	assert_true(project_holds(&p, p.claude, "# A\r\n"));
	project_close(&p);
}

static void undo_refuses_changed_blocks(void **state)
{
	static const char edited[] = "# A\n\n" BLOCK("- one\n- mine");
	static const char broken[] = "# A\n\n" MARKER_START "\n- one\n";
	struct project p;
	struct error err;
	struct buf told;
	size_t restored = 7;

	(void)state;
	project_open(&p);
	buf_init(&told, 1000);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, two), STATUS_OK);
	test_write(p.claude, str_c(edited));
	assert_int_equal(undo(&p, &restored, &told, &err), STATUS_REFUSED);
	assert_true(str_has_c(str_c(err.message), "changed since"));
	assert_int_equal(told.n, 0);
	assert_int_equal(restored, 7);
	assert_true(project_holds(&p, p.claude, edited));
	assert_true(project_holds(&p, p.memory, two));
	test_write(p.claude, str_c(broken));
	assert_int_equal(undo(&p, &restored, &told, &err), STATUS_REFUSED);
	assert_true(project_holds(&p, p.claude, broken));
	unlink(p.claude);
	assert_int_equal(mkdir(p.claude, 0700), 0);
	assert_int_equal(undo(&p, &restored, &told, &err), STATUS_REFUSED);
	buf_release(&told);
	project_close(&p);
}

static void undo_leaves_what_is_back_already(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, two), STATUS_OK);
	/* The block taken out by hand, and a file that was deleted. */
	test_write(p.claude, STR("# A, edited\n"));
	unlink(p.memory);
	assert_int_equal(project_undo(&p), 0);
	assert_true(project_holds(&p, p.claude, "# A, edited\n"));
	assert_false(fs_exists(p.memory));
	assert_int_equal(project_backups(&p), 0);
	project_close(&p);
}

static void undo_refuses_deleted_files(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR(BLOCK("- old")));
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	unlink(p.claude);
	assert_int_equal(project_undo(&p), -1);
	assert_false(fs_exists(p.claude));
	project_close(&p);
}

static void undo_of_a_removal(void **state)
{
	struct project p;
	struct stat st;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, two), STATUS_OK);
	assert_int_equal(chmod(p.memory, 0606), 0);
	assert_int_equal(project_apply(&p, "", ""), STATUS_OK);
	assert_true(project_holds(&p, p.claude, "# A\n"));
	assert_false(fs_exists(p.memory));
	test_write(p.claude, STR("# B\n"));
	assert_int_equal(project_undo(&p), 2);
	assert_true(project_holds(&p, p.claude, "# B\n\n" BLOCK("- one")));
	assert_true(project_holds(&p, p.memory, two));
	assert_int_equal(lstat(p.memory, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0606);
	assert_int_equal(project_undo(&p), 2);
	assert_true(project_holds(&p, p.claude, "# B\n"));
	assert_false(fs_exists(p.memory));
	project_close(&p);
}

static void undo_keeps_a_created_file_with_edits(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	test_write(p.claude, STR("# Mine\n\n" BLOCK("- one")));
	assert_int_equal(project_undo(&p), 1);
	assert_true(project_holds(&p, p.claude, "# Mine\n"));
	project_close(&p);
}

static void undo_odd_names(void **state)
{
	struct project p;

	(void)state;
	project_open(&p);
	p.root = test_path(test_dir(), "a b%41\n\xff");
	assert_int_equal(mkdir(p.root, 0700), 0);
	p.place.root = p.key = p.place.project = str_c(p.root);
	p.claude = test_path(p.root, "CLAUDE.md");
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_true(project_holds(&p, p.claude, one));
	assert_int_equal(project_undo(&p), 1);
	assert_false(fs_exists(p.claude));
	project_close(&p);
}

/* A backup that lost a file is no reason to guess. */
static void undo_with_a_damaged_backup(void **state)
{
	static const char *const manifests[] = {
		"",
		"headroom backup 9\n",
		"headroom backup 1\npid x\n",
		"headroom backup 1\npid 1\nstate done\n",
		"headroom backup 1\npid 1\nstate done\nfile 1 1\n",
		"headroom backup 1\npid 1\nstate done\nfile 1 1 0 644 ",
	};
	struct project p;
	const char *name = NULL, *entry;

	(void)state;
	project_open(&p);
	test_write(p.claude, STR("# A\n"));
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	fs_list(test_path(p.home, "backups"), project_first_name, &name, NULL);
	entry = test_path(test_path(test_path(p.home, "backups"), name), "000001");
	assert_int_equal(unlink(test_path(entry, "0.before")), 0);
	assert_int_equal(project_undo(&p), -1);
	for (size_t i = 0; i < sizeof(manifests) / sizeof(*manifests); i++) {
		test_write(test_path(entry, "manifest"), str_c(manifests[i]));
		assert_int_equal(project_undo(&p), -1);
	}
	assert_true(project_holds(&p, p.claude, "# A\n\n" BLOCK("- one")));
	/* It stands in nobody's way, though. */
	assert_int_equal(project_apply(&p, two, NULL), STATUS_OK);
	assert_int_equal(project_undo(&p), 1);
	assert_int_equal(project_undo(&p), -1);
	assert_int_equal(unlink(test_path(entry, "manifest")), 0);
	assert_int_equal(project_undo(&p), 0);
	assert_int_equal(project_backups(&p), 0);
	project_close(&p);
}

const struct CMUnitTest undo_tests[] = {
	cmocka_unit_test(undo_restores_bytes),
	cmocka_unit_test(undo_goes_back_step_by_step),
	cmocka_unit_test(undo_keeps_edits_outside),
	cmocka_unit_test(undo_sees_through_line_ends),
	cmocka_unit_test(undo_refuses_changed_blocks),
	cmocka_unit_test(undo_leaves_what_is_back_already),
	cmocka_unit_test(undo_refuses_deleted_files),
	cmocka_unit_test(undo_of_a_removal),
	cmocka_unit_test(undo_keeps_a_created_file_with_edits),
	cmocka_unit_test(undo_odd_names),
	cmocka_unit_test(undo_with_a_damaged_backup),
};
const size_t undo_tests_count = sizeof(undo_tests) / sizeof(*undo_tests);

/*
 * apply: files are old or new, never in between, whatever fails; bytes, mode and owner are kept.
 */
#include "tests/unit/project.h"

#include <errno.h>
#include <stdio.h>

static const char old_context[] = "# App\r\n\xff no newline";
static const char new_context[] =
	"# App\r\n\xff no newline\r\n \r\n" MARKER_START "\r\n- one\r\n" MARKER_END "\r\n";
static const char one[] = BLOCK("- one"), two[] = BLOCK("- two");

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* One file to update, one to create. */
static void begin(struct project *p)
{
	project_open(p);
	test_write(p->claude, str_c(old_context));
}

static enum status apply_both(struct project *p)
{
	return project_apply(p, one, two);
}

static enum status undo_once(struct project *p)
{
	return project_undo(p) >= 0 ? STATUS_OK : STATUS_FAILED;
}

static bool context_is_old(struct project *p)
{
	return project_holds(p, p->claude, old_context);
}

static bool context_is_new(struct project *p)
{
	return project_holds(p, p->claude, new_context);
}

static bool memory_is_old(struct project *p)
{
	return !fs_exists(p->memory);
}

static bool memory_is_new(struct project *p)
{
	return project_holds(p, p->memory, two);
}

/* Nothing but the files themselves is left beside them. */
static void assert_tidy(struct project *p)
{
	assert_int_equal(project_entries(p->root), 1);
	assert_int_equal(project_entries(p->memory_dir), fs_exists(p->memory));
}

static void apply_writes(void **state)
{
	struct project p;
	struct plan_file files[2];
	size_t changed = 99;
	mode_t mask = umask(022);

	(void)state;
	begin(&p);
	assert_int_equal(chmod(p.claude, 0640), 0);
	project_plan(&p, one, two, files);
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, NULL), STATUS_OK);
	assert_int_equal(changed, 2);
	assert_true(context_is_new(&p) && memory_is_new(&p));
	assert_int_equal(mode_of(p.claude), 0640);
	assert_int_equal(mode_of(p.memory), 0644);
	assert_int_equal(mode_of(p.home), 0700);
	assert_tidy(&p);
	assert_int_equal(project_backups(&p), 1);
	/* Again: nothing to do, no backup. */
	project_plan(&p, one, two, files);
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, NULL), STATUS_OK);
	assert_int_equal(changed, 0);
	assert_int_equal(project_backups(&p), 1);
	umask(mask);
	project_close(&p);
}

static void apply_keeps_the_owner(void **state)
{
	struct project p;
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	begin(&p);
	assert_int_equal(chown(p.claude, 1234, 5678) + chmod(p.claude, 04755), 0);
	assert_int_equal(apply_both(&p), STATUS_OK);
	assert_int_equal(lstat(p.claude, &st), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 5678);
	assert_int_equal(st.st_mode & 07777, 04755);
	project_close(&p);
}

static void apply_keeps_links(void **state)
{
	struct project p;
	struct stat st;

	(void)state;
	project_open(&p);
	test_write(test_path(p.root, "AGENTS.md"), STR("a\n"));
	assert_int_equal(symlink("AGENTS.md", p.claude), 0);
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_int_equal(lstat(p.claude, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(project_holds(&p, test_path(p.root, "AGENTS.md"), "a\n\n" BLOCK("- one")));
	project_close(&p);
}

static void apply_refuses_all_or_nothing(void **state)
{
	struct project p;
	struct plan_file files[2];
	struct error err;
	size_t changed;

	(void)state;
	begin(&p);
	test_write(p.memory, STR(MARKER_START "\n"));
	project_plan(&p, one, two, files);
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, &err), STATUS_REFUSED);
	assert_true(str_has_c(str_c(err.message), "MEMORY.md: line 1"));
	assert_true(context_is_old(&p));
	assert_int_equal(project_backups(&p), 0);
	project_close(&p);
}

static void apply_skips_what_would_grow_too_long(void **state)
{
	struct project p;
	struct plan_file files[2];
	struct buf full;
	size_t changed;

	(void)state;
	begin(&p);
	buf_init(&full, 10000);
	for (int i = 0; i < 180; i++)
		buf_add_c(&full, "x\n");
	test_write(p.memory, buf_str(&full));
	project_plan(&p, one, two, files);
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, NULL), STATUS_OK);
	assert_int_equal(changed, 1);
	assert_true(context_is_new(&p));
	assert_true(project_holds(&p, p.memory, buf_c(&full)));
	buf_release(&full);
	project_close(&p);
}

static void apply_notices_changes(void **state)
{
	struct project p;
	struct plan_file files[2];
	size_t changed;

	(void)state;
	begin(&p);
	project_plan(&p, one, two, files);
	test_write(p.claude, STR("edited"));
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, NULL), STATUS_CHANGED);
	assert_true(project_holds(&p, p.claude, "edited"));
	assert_true(memory_is_old(&p));
	assert_tidy(&p);
	assert_int_equal(project_backups(&p), 0);
	project_close(&p);
}

/* The second file changed: the first one, already renamed, is put back. */
static void apply_puts_back(void **state)
{
	struct project p;
	struct plan_file files[2];
	size_t changed;

	(void)state;
	begin(&p);
	assert_int_equal(chmod(p.claude, 0604), 0);
	project_plan(&p, one, two, files);
	test_write(p.memory, STR("made meanwhile"));
	assert_int_equal(plan_apply(p.home, p.key, files, 2, &changed, NULL), STATUS_CHANGED);
	assert_true(context_is_old(&p));
	assert_int_equal(mode_of(p.claude), 0604);
	assert_true(project_holds(&p, p.memory, "made meanwhile"));
	assert_tidy(&p);
	assert_int_equal(project_backups(&p), 0);
	project_close(&p);
}

static void apply_deletes_its_own_file_only(void **state)
{
	struct project p;
	struct plan_file f;

	(void)state;
	project_open(&p);
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_int_equal(project_apply(&p, two, NULL), STATUS_OK);
	assert_int_equal(project_plan(&p, "", NULL, &f), 1);
	assert_true(f.remove);
	assert_int_equal(project_apply(&p, "", NULL), STATUS_OK);
	assert_false(fs_exists(p.claude));
	/* The user's own file of nothing but our block stays, empty. */
	test_write(p.claude, STR(""));
	assert_int_equal(project_apply(&p, one, NULL), STATUS_OK);
	assert_int_equal(project_apply(&p, "", NULL), STATUS_OK);
	assert_true(project_holds(&p, p.claude, ""));
	project_close(&p);
}

/* Whatever the moment a run dies at: each file is whole, the next run works, and all of it can be undone. */
static void apply_survives_death(void **state)
{
	int status = DIED;

	(void)state;
	for (long k = 1; status == DIED; k++) {
		struct project p;

		assert_true(k < 200);
		begin(&p);
		status = project_die(&p, k, apply_both);
		assert_true(context_is_old(&p) || context_is_new(&p));
		assert_true(memory_is_old(&p) || memory_is_new(&p));
		assert_int_equal(apply_both(&p), STATUS_OK);
		assert_true(context_is_new(&p) && memory_is_new(&p));
		assert_tidy(&p);
		while (project_undo(&p) > 0)
			;
		assert_true(context_is_old(&p) && memory_is_old(&p));
		assert_int_equal(project_backups(&p), 0);
		project_close(&p);
	}
	assert_int_equal(status, 0);
}

static void undo_after_death(void **state)
{
	int status = DIED;

	(void)state;
	for (long k = 1; status == DIED; k++) {
		struct project p;

		begin(&p);
		status = project_die(&p, k, apply_both);
		assert_true(project_undo(&p) >= 0);
		assert_true(context_is_old(&p) && memory_is_old(&p));
		assert_tidy(&p);
		project_close(&p);
	}
	assert_int_equal(status, 0);
}

static void undo_survives_death(void **state)
{
	int status = DIED;

	(void)state;
	for (long k = 1; status == DIED; k++) {
		struct project p;

		begin(&p);
		assert_int_equal(apply_both(&p), STATUS_OK);
		status = project_die(&p, k, undo_once);
		assert_true(context_is_old(&p) || context_is_new(&p));
		assert_true(memory_is_old(&p) || memory_is_new(&p));
		assert_true(project_undo(&p) >= 0);
		assert_true(context_is_old(&p) && memory_is_old(&p));
		assert_tidy(&p);
		assert_int_equal(project_backups(&p), 0);
		project_close(&p);
	}
	assert_int_equal(status, 0);
}

/* Runs fn with its k-th writing operation failing; false once it makes fewer than k. */
static bool fail_at(struct project *p, long k, int errnum, enum status (*fn)(struct project *),
		    enum status *status)
{
	long before = fs_write_ops();

	fs_inject("any", k, errnum);
	*status = fn(p);
	fs_inject("any", 0, 0);
	return fs_write_ops() - before >= k;
}

static void apply_survives_errors(void **state)
{
	static const int errors[] = { ENOSPC, EACCES, EINTR, 0 /* a short write */ };

	(void)state;
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		bool more = true;

		for (long k = 1; more; k++) {
			struct project p;
			enum status status;

			begin(&p);
			more = fail_at(&p, k, errors[e], apply_both, &status);
			if (errors[e] == 0)
				assert_int_equal(status, STATUS_OK);
			if (status == STATUS_OK)
				assert_true(context_is_new(&p) && memory_is_new(&p));
			else
				assert_true(context_is_old(&p) && memory_is_old(&p));
			assert_tidy(&p);
			assert_int_equal(apply_both(&p), STATUS_OK);
			assert_true(context_is_new(&p) && memory_is_new(&p));
			assert_int_equal(project_undo(&p), 2);
			assert_true(context_is_old(&p) && memory_is_old(&p));
			project_close(&p);
		}
	}
}

static void undo_survives_errors(void **state)
{
	bool more = true;

	(void)state;
	for (long k = 1; more; k++) {
		struct project p;
		enum status status;

		begin(&p);
		assert_int_equal(apply_both(&p), STATUS_OK);
		more = fail_at(&p, k, ENOSPC, undo_once, &status);
		if (status == STATUS_OK)
			assert_true(context_is_old(&p) && memory_is_old(&p));
		else
			assert_true(context_is_new(&p) && memory_is_new(&p));
		assert_tidy(&p);
		assert_true(project_undo(&p) >= 0);
		assert_true(context_is_old(&p) && memory_is_old(&p));
		project_close(&p);
	}
}

static void apply_waits_for_the_lock(void **state)
{
	struct project p;
	struct error err;
	int tell[2], ask[2], fd, status;
	char byte, expected[40];
	pid_t pid;

	(void)state;
	begin(&p);
	assert_int_equal(pipe(tell) + pipe(ask), 0);
	pid = fork();
	if (pid == 0) {
		close(ask[1]);
		status = lock_take(p.home, 0, &fd, NULL) == STATUS_OK && write(tell[1], "", 1) == 1 &&
			 read(ask[0], &byte, 1) == 0;
		_exit(status ? 0 : 1);
	}
	assert_int_equal(read(tell[0], &byte, 1), 1);
	assert_int_equal(lock_take(p.home, 30, &fd, &err), STATUS_FAILED);
	snprintf(expected, sizeof(expected), "process %ld", (long)pid);
	assert_true(str_has_c(str_c(err.message), expected));
	close(ask[0]);
	close(ask[1]);
	/* The lock goes with its holder, so this run gets it. */
	assert_int_equal(apply_both(&p), STATUS_OK);
	assert_true(context_is_new(&p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(tell[0]);
	close(tell[1]);
	project_close(&p);
}

static void apply_needs_its_folder(void **state)
{
	struct project p;

	(void)state;
	begin(&p);
	test_write(p.home, STR("a file where the folder should be"));
	assert_int_not_equal(apply_both(&p), STATUS_OK);
	assert_true(context_is_old(&p) && memory_is_old(&p));
	project_close(&p);
}

static void apply_rotates_backups(void **state)
{
	struct project p;
	char block[100];

	(void)state;
	begin(&p);
	for (int i = 0; i < 25; i++) {
		snprintf(block, sizeof(block), BLOCK("- number %d"), i);
		assert_int_equal(project_apply(&p, block, NULL), STATUS_OK);
	}
	assert_int_equal(project_backups(&p), 20);
	for (int i = 0; i < 20; i++)
		assert_int_equal(project_undo(&p), 1);
	assert_int_equal(project_undo(&p), 0);
	assert_true(str_has_c(project_read(&p, p.claude), "- number 4\r\n"));
	project_close(&p);
}

static void forget_removes_backups(void **state)
{
	struct project p;

	(void)state;
	begin(&p);
	assert_int_equal(apply_both(&p), STATUS_OK);
	assert_int_equal(plan_forget(p.home, p.key, NULL), STATUS_OK);
	assert_int_equal(project_entries(test_path(p.home, "backups")), 0);
	assert_true(context_is_new(&p));
	assert_int_equal(project_undo(&p), 0);
	assert_true(context_is_new(&p));
	assert_int_equal(plan_forget(p.home, p.key, NULL), STATUS_OK);
	project_close(&p);
}

static void apply_keeps_projects_apart(void **state)
{
	struct project p, q;

	(void)state;
	begin(&p);
	begin(&q);
	q.home = p.home;
	assert_int_equal(apply_both(&p), STATUS_OK);
	assert_int_equal(apply_both(&q), STATUS_OK);
	assert_int_equal(project_undo(&p), 2);
	assert_true(context_is_old(&p) && context_is_new(&q));
	project_close(&q);
	project_close(&p);
}

const struct CMUnitTest apply_tests[] = {
	cmocka_unit_test(apply_writes),
	cmocka_unit_test(apply_keeps_the_owner),
	cmocka_unit_test(apply_keeps_links),
	cmocka_unit_test(apply_refuses_all_or_nothing),
	cmocka_unit_test(apply_skips_what_would_grow_too_long),
	cmocka_unit_test(apply_notices_changes),
	cmocka_unit_test(apply_puts_back),
	cmocka_unit_test(apply_deletes_its_own_file_only),
	cmocka_unit_test(apply_survives_death),
	cmocka_unit_test(undo_after_death),
	cmocka_unit_test(undo_survives_death),
	cmocka_unit_test(apply_survives_errors),
	cmocka_unit_test(undo_survives_errors),
	cmocka_unit_test(apply_waits_for_the_lock),
	cmocka_unit_test(apply_needs_its_folder),
	cmocka_unit_test(apply_rotates_backups),
	cmocka_unit_test(forget_removes_backups),
	cmocka_unit_test(apply_keeps_projects_apart),
};
const size_t apply_tests_count = sizeof(apply_tests) / sizeof(*apply_tests);

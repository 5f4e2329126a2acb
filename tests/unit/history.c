#include "tests/unit/scratch.h"

struct fact {
	const char *path;
	enum history_kind kind;
	const char *now; /* RENAMED */
	const char *subject; /* file in the work tree with the commit's id; NULL: not compared */
};

static void check_history(const char *dir, const struct fact *facts, size_t n)
{
	static const char *const kinds[] = { "UNKNOWN", "NEVER", "PRESENT", "RENAMED", "REMOVED" };
	struct history asked[32] = { 0 };
	struct error err = { 0 };
	struct arena a;
	struct repo *r;
	struct buf id;
	bool same = true;

	assert_true(n <= 32);
	arena_init(&a);
	buf_init(&id, 100);
	r = open_at(&a, dir);
	for (size_t i = 0; i < n; i++)
		asked[i].path = str_c(facts[i].path);
	if (repo_history(r, &a, asked, n, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	for (size_t i = 0; i < n; i++) {
		const struct history *h = &asked[i];

		if (h->kind != facts[i].kind || !str_eq_c(h->now, facts[i].now ? facts[i].now : "")) {
			print_error("%s: %s %.*s, expected %s %s\n", facts[i].path, kinds[h->kind],
				    STR_ARG(h->now), kinds[facts[i].kind], facts[i].now ? facts[i].now : "");
			same = false;
		}
		assert_int_equal(h->commit[0] != '\0',
				 h->kind == HISTORY_RENAMED || h->kind == HISTORY_REMOVED);
		assert_int_equal(h->time != 0, h->commit[0] != '\0');
		if (facts[i].subject) {
			read_id(dir, facts[i].subject, &id);
			assert_str_equal(str_trim(buf_str(&id)), h->commit);
		}
	}
	assert_true(same);
	repo_free(r);
	buf_release(&id);
	arena_release(&a);
}

#define check(dir, ...)                                            \
	check_history((dir), (const struct fact[]){ __VA_ARGS__ }, \
		      sizeof((const struct fact[]){ __VA_ARGS__ }) / sizeof(struct fact))

static void history_of_plain_changes(void **state)
{
	const char *dir = make("mkdir src lib; lines 20 util >src/util.c; lines 20 other >src/other.c; lines "
			       "9 gone >gone.c; c;\n"
			       "lines 9 back >back.c; c; git rm -q back.c; c; lines 12 back >back.c; c;\n"
			       "git rm -q gone.c; c; git rev-parse HEAD >.git/gone;\n"
			       "git mv src/util.c lib/util.c; echo more >>lib/util.c; c; git rev-parse HEAD "
			       ">.git/moved; c; c");

	(void)state;
	check(dir,
	      { .path = "src/util.c", .kind = HISTORY_RENAMED, .now = "lib/util.c", .subject = ".git/moved" },
	      { .path = "gone.c", .kind = HISTORY_REMOVED, .subject = ".git/gone" },
	      { .path = "back.c", .kind = HISTORY_PRESENT }, { .path = "src", .kind = HISTORY_PRESENT },
	      { .path = "src/other.c", .kind = HISTORY_PRESENT },
	      { .path = "never.c", .kind = HISTORY_NEVER }, { .path = "src/never.c", .kind = HISTORY_NEVER },
	      { .path = "src/util.c/x", .kind = HISTORY_NEVER }, { .path = "", .kind = HISTORY_PRESENT },
	      { .path = "/etc/passwd", .kind = HISTORY_NEVER }, { .path = "../x", .kind = HISTORY_NEVER });
}

static void history_of_chains(void **state)
{
	const char *dir = make(
		"lines 30 alpha >a1; lines 30 beta >b1; c; git mv a1 a2; c; git rev-parse HEAD >.git/first;\n"
		"git mv b1 b2; lines 5 noise >n; c; git mv a2 a3; git rm -q n; c; git rm -q b2; c;\n"
		"git rev-parse HEAD >.git/end; mkdir d; git mv a3 d/a4; c; lines 40 other >a2; c; git rm -q "
		"a2; c");

	(void)state;
	check(dir, { .path = "a1", .kind = HISTORY_RENAMED, .now = "d/a4", .subject = ".git/first" },
	      { .path = "a2", .kind = HISTORY_REMOVED },
	      { .path = "a3", .kind = HISTORY_RENAMED, .now = "d/a4" },
	      { .path = "b1", .kind = HISTORY_REMOVED, .subject = ".git/end" },
	      { .path = "n", .kind = HISTORY_REMOVED });
}

static void history_of_names(void **state)
{
	const char *dir =
		make("mkdir 'my dir'; lines 20 a >'my dir/\303\244 file.txt'; lines 20 b >ReadMe.md;\n"
		     "lines 20 c >\"quo'te\"; c; git mv 'my dir/\303\244 file.txt' '\303\266 moved.txt';\n"
		     "git mv ReadMe.md README.md; git mv \"quo'te\" 'new\"name'; c");

	(void)state;
	check(dir,
	      { .path = "my dir/\303\244 file.txt", .kind = HISTORY_RENAMED, .now = "\303\266 moved.txt" },
	      { .path = "ReadMe.md", .kind = HISTORY_RENAMED, .now = "README.md" },
	      { .path = "quo'te", .kind = HISTORY_RENAMED, .now = "new\"name" });
}

static void history_amid_churn(void **state)
{
	const char *dir = make(
		"mkdir old; for i in $(seq 150); do lines 30 \"file$i\" >old/f$i.c; done; lines 100 wanted "
		">old/wanted.c;\n"
		"lines 40 dropped >old/dropped.c; c;\n"
		"mkdir new; for i in $(seq 150); do lines 30 \"fresh$i\" >new/g$i.c; git rm -q old/f$i.c; "
		"done;\n"
		"{ lines 70 wanted; lines 20 added; } >new/wanted.c; git rm -q old/wanted.c old/dropped.c;\n"
		"lines 40 unlike >new/dropped.c; c");

	(void)state;
	check(dir, { .path = "old/wanted.c", .kind = HISTORY_RENAMED, .now = "new/wanted.c" },
	      { .path = "old/dropped.c", .kind = HISTORY_REMOVED },
	      { .path = "old/f7.c", .kind = HISTORY_REMOVED }, { .path = "old", .kind = HISTORY_REMOVED });
}

static void history_of_lookalikes(void **state)
{
	const char *dir = make(
		/* a family of files with much in common moves together */
		"mkdir m; for i in 1 2 3 4; do { lines 80 common; lines 20 own$i; } >m/test_$i.py; done;\n"
		"lines 10 license >m/LICENSE; cp m/LICENSE LICENSE.old; : >m/__init__.py; : >m/empty;\n"
		"lines 50 twin >twin; c; mkdir n;\n"
		"for i in 1 2 3 4; do git mv m/test_$i.py n/check_$i.py; echo more >>n/check_$i.py; done;\n"
		"git mv m/LICENSE n/LICENSE; git mv m/__init__.py n/__init__.py; git rm -q m/empty; : "
		">n/void;\n"
		"git rm -q twin; for i in 1 2; do { lines 50 twin; echo $i; } >n/twin$i; done; c");

	(void)state;
	check(dir, { .path = "m/test_1.py", .kind = HISTORY_RENAMED, .now = "n/check_1.py" },
	      { .path = "m/test_4.py", .kind = HISTORY_RENAMED, .now = "n/check_4.py" },
	      { .path = "m/LICENSE", .kind = HISTORY_RENAMED, .now = "n/LICENSE" },
	      { .path = "m/__init__.py", .kind = HISTORY_RENAMED, .now = "n/__init__.py" },
	      { .path = "m/empty", .kind = HISTORY_REMOVED }, { .path = "twin", .kind = HISTORY_UNKNOWN });
}

static void history_of_folders(void **state)
{
	const char *dir = make("mkdir -p src/app/ui split old; for i in $(seq 10); do lines 20 f$i "
			       ">src/app/ui/f$i; lines 9 s$i >split/s$i;\n"
			       "lines 9 o$i >old/o$i; done; lines 9 x >src/x; c;\n"
			       "mkdir -p web; git mv src/app web/app; for i in 1 2; do lines 20 new$i "
			       ">web/app/ui/f$i; done; c;\n"
			       "git rev-parse HEAD >.git/first; mkdir p q; for i in $(seq 5); do git mv "
			       "split/s$i p/; done;\n"
			       "for i in 6 7 8 9 10; do git mv split/s$i q/; done; git rm -qr old; c; git mv "
			       "web/app/ui client; c");

	(void)state;
	check(dir,
	      { .path = "src/app/ui", .kind = HISTORY_RENAMED, .now = "client", .subject = ".git/first" },
	      { .path = "src/app/ui/f5", .kind = HISTORY_RENAMED, .now = "client/f5" },
	      { .path = "web/app/ui", .kind = HISTORY_RENAMED, .now = "client" },
	      { .path = "split", .kind = HISTORY_REMOVED }, { .path = "old", .kind = HISTORY_REMOVED },
	      { .path = "src", .kind = HISTORY_PRESENT });
}

static void history_of_merges(void **state)
{
	const char *dir =
		make("lines 30 one >one; lines 30 two >two; lines 30 both >both; c base;\n"
		     /* renamed on a branch, edited on the main line, merged */
		     "git checkout -q -b side; git mv one sub-one; c; git rev-parse HEAD >.git/one; git rm "
		     "-q two; c;\n"
		     "git rev-parse HEAD >.git/two; git checkout -q main; echo edit >>one; c; tick;\n"
		     "git merge -q side -m merge;\n"
		     /* added on a branch, dropped by the merge itself */
		     "git checkout -q -b feature; lines 10 evil >evil; c; git checkout -q main; lines 3 m "
		     ">m; c; tick;\n"
		     "git merge -q --no-commit feature; git rm -qf evil; git rm -qf both; lines 4 z >z; git "
		     "add z;\n"
		     "git commit -qm evil; git rev-parse HEAD >.git/evil; c");

	(void)state;
	check(dir, { .path = "one", .kind = HISTORY_RENAMED, .now = "sub-one", .subject = ".git/one" },
	      { .path = "two", .kind = HISTORY_REMOVED, .subject = ".git/two" },
	      { .path = "evil", .kind = HISTORY_REMOVED, .subject = ".git/evil" },
	      { .path = "both", .kind = HISTORY_REMOVED, .subject = ".git/evil" });
}

static void history_has_limits(void **state)
{
	const char *dir = make("lines 30 early >early; c; git rm -q early; c;\n"
			       "{ for i in $(seq 5100); do echo 'commit refs/heads/main'; echo \"committer t "
			       "<t> $((1800000000 + i)) +0000\";\n"
			       "echo 'data 1'; echo x; [ $i -gt 1 ] || echo 'from refs/heads/main^0'; echo "
			       "'M 644 inline f';\n"
			       "echo \"data ${#i}\"; echo $i; done; } | git fast-import --quiet --force; git "
			       "reset -q --hard;\n"
			       "git mv f g; tick; git commit -qm move");

	(void)state;
	check(dir, { .path = "early", .kind = HISTORY_UNKNOWN }, { .path = "never", .kind = HISTORY_UNKNOWN },
	      { .path = "f", .kind = HISTORY_RENAMED, .now = "g" });
}

static void history_of_a_shallow_clone(void **state)
{
	const char *dir = test_dir(), *clone = test_path(dir, "clone");

	(void)state;
	need_git();
	run(dir, "mkdir full; cd full; init; lines 9 a >a; c; git rm -q a; c; lines 9 b >b; c; git mv b d; "
		 "c; cd ..;\n"
		 "git clone -q --depth 2 \"file://$PWD/full\" clone");
	check(clone, { .path = "a", .kind = HISTORY_UNKNOWN }, { .path = "d", .kind = HISTORY_PRESENT },
	      { .path = "never", .kind = HISTORY_UNKNOWN });
}

static void history_in_a_work_tree(void **state)
{
	const char *dir = make("lines 9 a >a; c; git worktree add -q wt -b w; cd wt; git mv a b; c");

	(void)state;
	check(test_path(dir, "wt"), { .path = "a", .kind = HISTORY_RENAMED, .now = "b" });
	check(dir, { .path = "a", .kind = HISTORY_PRESENT }, { .path = "b", .kind = HISTORY_NEVER });
}

static void history_without_commits(void **state)
{
	const char *dir = make("echo x >staged; git add staged");

	(void)state;
	check(dir, { .path = "staged", .kind = HISTORY_NEVER });
}

/* clang-format off */
const struct CMUnitTest history_tests[] = {
	cmocka_unit_test(history_of_plain_changes),
	cmocka_unit_test(history_of_chains),
	cmocka_unit_test(history_of_names),
	cmocka_unit_test(history_amid_churn),
	cmocka_unit_test(history_of_lookalikes),
	cmocka_unit_test(history_of_folders),
	cmocka_unit_test(history_of_merges),
	cmocka_unit_test(history_has_limits),
	cmocka_unit_test(history_of_a_shallow_clone),
	cmocka_unit_test(history_in_a_work_tree),
	cmocka_unit_test(history_without_commits),
};
/* clang-format on */
const size_t history_tests_count = sizeof(history_tests) / sizeof(history_tests[0]);

/*
 * diff: known outputs, and that applying any diff to the old file gives the new one.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "writers/plan.h"

static str diff(struct arena *a, str before, str after)
{
	struct plan_file f = { .shown = STR("f"), .existed = true, .before = before, .after = after };

	return plan_diff(a, &f);
}

/* clang-format off */
static const struct {
	const char *before, *after, *expected;
} samples[] = {
	{ "a\n", "a\n", "" },
	{ "a\n", "b\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n" },
	{ "a", "b\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n" },
	{ "a", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n" },
	{ "a\nb", "a\nc", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
		"+c\n\\ No newline at end of file\n" },
	{ "a\nx", "b\nx", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+b\n x\n\\ No newline at end of file\n" },
	{ "a\r\n", "a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+a\n" },
	{ "", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n" },
	{ "a\nb\n", "", "--- a/f\n+++ b/f\n@@ -1,2 +0,0 @@\n-a\n-b\n" },
	{ "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6\n7\n",
		"--- a/f\n+++ b/f\n@@ -4,3 +4,4 @@\n 4\n 5\n 6\n+7\n" },
	{ "1\n2\n3\n4\n5\n6\n", "0\n1\n2\n3\n4\n5\n6\n",
		"--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n" },
	/* Six lines between two changes: one hunk; seven: two. */
	{ "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		"--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
	{ "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		"--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
		"@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n" },
	{ "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
		"--- a/f\n+++ b/f\n@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n" },
	{ "\xff\n", "\xfe\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-\xff\n+\xfe\n" },
};
/* clang-format on */

static void diff_samples(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_str_equal(diff(&a, str_c(samples[i].before), str_c(samples[i].after)),
				 samples[i].expected);
	arena_release(&a);
}

static void diff_of_files_that_come_and_go(void **state)
{
	struct plan_file created = { .shown = STR("d/f"), .after = STR("a\n") };
	struct plan_file removed = {
		.shown = STR("d/f"), .existed = true, .before = STR("a\n"), .remove = true
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(plan_diff(&a, &created), "--- /dev/null\n+++ b/d/f\n@@ -0,0 +1 @@\n+a\n");
	assert_str_equal(plan_diff(&a, &removed), "--- a/d/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
	arena_release(&a);
}

static unsigned long number(str *s)
{
	unsigned long n = 0;

	for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_from(*s, 1))
		n = n * 10 + (unsigned long)(s->p[0] - '0');
	return n;
}

/* One line with its line end. */
static str take_line(str *rest)
{
	size_t newline = str_chr(*rest, '\n');
	str line = newline == STR_NONE ? *rest : str_sub(*rest, 0, newline + 1);

	*rest = str_from(*rest, line.n);
	return line;
}

/* Applies a diff the simple way; every line it names must be there. */
static void patch(str before, str patch_text, struct buf *out)
{
	size_t at = 1; /* line of `before` */
	str line;

	take_line(&patch_text);
	take_line(&patch_text);
	while (patch_text.n > 0) {
		line = take_line(&patch_text);
		if (str_starts_c(line, "@@ -")) {
			line = str_from(line, 4);
			unsigned long from = number(&line);
			bool empty = str_starts_c(line, ",0 ");

			for (; at < from + empty; at++)
				buf_add(out, take_line(&before));
			continue;
		}
		bool cut = str_starts_c(patch_text, "\\");
		if (cut)
			take_line(&patch_text);
		str text = str_sub(line, 1, line.n - 1 - cut);
		if (line.p[0] != '+') {
			assert_true(str_eq(take_line(&before), text));
			at++;
		}
		if (line.p[0] != '-')
			buf_add(out, text);
	}
	buf_add(out, before);
}

static void assert_patches(struct arena *a, str before, str after)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	if (!str_eq(before, after)) {
		patch(before, diff(a, before, after), &out);
		assert_true(str_eq(buf_str(&out), after));
	}
	buf_release(&out);
}

static void diff_can_be_applied(void **state)
{
	static const char *const lines[] = { "a\n", "b\n", "\n", "c\r\n", "long line of words\n", "z" };
	struct buf sides[2];
	struct arena a;

	(void)state;
	arena_init(&a);
	srand(4711);
	for (int i = 0; i < 2; i++)
		buf_init(&sides[i], 1 << 20);
	for (int round = 0; round < 3000; round++) {
		int most = round % 3 ? 12 : 60;

		for (int i = 0; i < 2; i++) {
			buf_clear(&sides[i]);
			for (int n = rand() % most; n > 0; n--)
				buf_add_c(&sides[i], lines[rand() % (n == 1 ? 6 : 5)]);
		}
		assert_patches(&a, buf_str(&sides[0]), buf_str(&sides[1]));
		arena_reset(&a);
	}
	for (int i = 0; i < 2; i++)
		buf_release(&sides[i]);
	arena_release(&a);
}

/* Past the bound the diff is still right, and still quick. */
static void diff_of_huge_changes(void **state)
{
	struct buf before, after;
	struct arena a;

	(void)state;
	arena_init(&a);
	buf_init(&before, 1 << 20);
	buf_init(&after, 1 << 20);
	for (int i = 0; i < 4000; i++) {
		buf_printf(&before, "old %d\n", i);
		buf_printf(&after, i % 100 ? "new %d\n" : "old %d\n", i);
	}
	assert_patches(&a, buf_str(&before), buf_str(&after));
	buf_release(&before);
	buf_release(&after);
	arena_release(&a);
}

const struct CMUnitTest diff_tests[] = {
	cmocka_unit_test(diff_samples),
	cmocka_unit_test(diff_of_files_that_come_and_go),
	cmocka_unit_test(diff_can_be_applied),
	cmocka_unit_test(diff_of_huge_changes),
};
const size_t diff_tests_count = sizeof(diff_tests) / sizeof(*diff_tests);

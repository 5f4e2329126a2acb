#include "tests/unit/squeeze.h"

#include <stdio.h>

#include "core/compress/diff_lines.h"

enum {
	SEEDS = 60
};

/* A hunk of `before` unchanged lines, changes, `behind` unchanged lines; keeps the line numbers right. */
struct maker {
	unsigned old, new, id;
};

static void add_hunk(struct press *p, struct maker *m, unsigned before, unsigned gone, unsigned come,
		     unsigned behind)
{
	m->old += 20;
	m->new += 20;
	buf_printf(&p->text, "@@ -%u,%u +%u,%u @@ int f_%u(void)\n", m->old, before + gone + behind, m->new,
		   before + come + behind, m->id);
	for (unsigned i = 0; i < before; i++)
		buf_printf(&p->text, " \t%s = %u;\n", press_word(p), i);
	for (unsigned i = 0; i < gone; i++)
		buf_printf(&p->text, "-\told_%u(%u);\n", m->id, i);
	for (unsigned i = 0; i < come; i++)
		buf_printf(&p->text, "+\tnew_%u(%u);\n", m->id, i);
	for (unsigned i = 0; i < behind; i++)
		buf_printf(&p->text, " \treturn %s;\n", press_word(p));
	m->old += before + gone + behind;
	m->new += before + come + behind;
	m->id++;
}

static void add_file(struct press *p, struct maker *m, unsigned hunks)
{
	unsigned file = m->id;

	m->old = m->new = 0;
	buf_printf(&p->text,
		   "diff --git a/src/f%u.c b/src/f%u.c\nindex 1234567..89abcde 100644\n--- a/src/f%u.c\n+++ "
		   "b/src/f%u.c\n",
		   file, file, file, file);
	while (hunks--)
		add_hunk(p, m, press_random(p, 9), press_random(p, 5), 1 + press_random(p, 5),
			 press_random(p, 9));
}

/* Changed lines of a diff, in order. */
static void changed_lines(struct arena *a, str text, struct buf *out)
{
	struct diff d = { 0 };

	assert_true(lines_cut(&d.lines, a, text));
	diff_read(&d);
	for (size_t k = 0; k < d.hunks.n; k++) {
		const struct hunk *h = vec_at(&d.hunks, k);

		assert_true(h->exact); /* the head counts its lines rightly */
		for (size_t i = h->first + 1; i < h->end; i++)
			if (line_at(&d.lines, i).n && line_at(&d.lines, i).p[0] != ' ')
				buf_add(out, line_raw(&d.lines, i));
	}
	vec_release(&d.files);
	vec_release(&d.hunks);
}

/* Whatever the diff: all changes are there, in order, below heads that count them rightly. */
static void diff_keeps_every_change(void **state)
{
	struct press p;
	struct buf before, after;

	(void)state;
	buf_init(&before, SIZE_MAX);
	buf_init(&after, SIZE_MAX);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct maker m = { 0 };

		press_init(&p, &diff_compressor);
		p.seed = seed;
		for (unsigned f = 0; f < 6; f++)
			add_file(&p, &m, 1 + press_random(&p, 5));
		press_assert_promises(&p, buf_str(&p.text), false);
		assert_true(p.shorter);
		buf_clear(&before);
		buf_clear(&after);
		changed_lines(&p.a, buf_str(&p.text), &before);
		changed_lines(&p.a, buf_str(&p.out), &after);
		assert_true(str_eq(buf_str(&before), buf_str(&after)));
		assert_true(press_has(&p, "[6 files changed, +"));
		assert_true(press_has(&p, ", 0 hunks omitted"));
		assert_false(press_has(&p, "index 1234567"));
		press_release(&p);
	}
	buf_release(&before);
	buf_release(&after);
}

/* One hunk becomes what `diff -U1` prints: two, with their own ranges. */
static void diff_cuts_context(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &diff_compressor);
	press_set(&p, "diff_min_lines", "1");
	press_assert_promises(
		&p,
		STR("--- old.c\t2024-05-01 10:00:00\n"
		    "+++ new.c\t2024-05-02 10:00:00\n"
		    "@@ -10,12 +10,13 @@ int main(void)\n"
		    " a1\n a2\n a3\n-gone\n+come\n b1\n b2\n b3\n b4\n b5\n b6\n+more\n c1\n c2\n"
		    "\\ No newline at end of file\n"
		    "@@ -100,0 +102,2 @@\n+x\n+y\n"
		    "@@ -200,30 +200,29 @@\n d1\n d2\n d3\n d4\n d5\n d6\n d7\n d8\n d9\n d10\n d11\n d12\n"
		    " d13\n d14\n d15\n d16\n d17\n d18\n d19\n d20\n d21\n d22\n d23\n d24\n d25\n d26\n"
		    " d27\n d28\n d29\n-last\n"),
		false);
	assert_true(p.shorter);
	assert_true(press_has(&p, "--- old.c\t2024-05-01 10:00:00\n+++ new.c\t2024-05-02 10:00:00\n"
				  "@@ -12,3 +12,3 @@ int main(void)\n a3\n-gone\n+come\n b1\n"
				  "@@ -19,2 +19,3 @@\n b6\n+more\n c1\n"
				  "@@ -100,0 +102,2 @@\n+x\n+y\n"
				  "@@ -228,2 +228 @@\n d29\n-last\n["));
	press_release(&p);
}

static void diff_reads_merges(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &diff_compressor);
	press_set(&p, "diff_min_lines", "1");
	press_assert_promises(
		&p,
		STR("diff --cc x.c\nindex 123,456..789\n--- a/x.c\n+++ b/x.c\n"
		    "@@@ -1,7 -1,6 +1,7 @@@ int f()\n  a line that both of the parents have, and the merge "
		    "as well\n"
		    "  another line that both of the parents have\n  three\n- ours\n -theirs\n++both\n"
		    " +from ours\n  four\n  five\n"),
		false);
	assert_true(p.shorter);
	assert_true(press_has(
		&p,
		"@@@ -3,4 -3,3 +3,4 @@@ int f()\n  three\n- ours\n -theirs\n++both\n +from ours\n  four\n["));
	press_release(&p);
}

/* Renames, modes, binaries, commit messages: as they were. */
static void diff_keeps_what_is_no_hunk(void **state)
{
	static const char head[] =
		"commit 0123456789abcdef\nAuthor: A <a@b.c>\n\n    Say why\n\n"
		"diff --git a/old.c b/new.c\nsimilarity index 95%\nrename from old.c\nrename to new.c\n"
		"diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
		"diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n";
	struct maker m = { 0 };
	struct press p;

	(void)state;
	press_init(&p, &diff_compressor);
	buf_add_c(&p.text, head);
	add_file(&p, &m, 8);
	buf_add_c(&p.text, "-- \n2.39.2\n\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(p.shorter);
	assert_true(str_starts_c(buf_str(&p.out), head));
	assert_true(press_has(&p, "-- \n2.39.2\n\n["));
	press_release(&p);
}

/* A head that miscounts, as language models write them: the hunk stays as it is. */
static void diff_keeps_miscounted_hunks_whole(void **state)
{
	static const char hunk[] = "@@ -1,3 +1,3 @@\n a\n b\n c\n d\n-e\n+f\n g\n h\n i\n";
	struct maker m = { 0 };
	struct press p;

	(void)state;
	press_init(&p, &diff_compressor);
	add_file(&p, &m, 8);
	buf_add_c(&p.text, "--- a/y.c\n+++ b/y.c\n");
	buf_add_c(&p.text, hunk);
	add_file(&p, &m, 8);
	assert_true(press_run(&p));
	assert_true(press_has(&p, hunk));
	press_release(&p);
}

/* With limits: what is left out is named, and counted in the summary of the whole. */
static void diff_lists_what_limits_leave_out(void **state)
{
	struct maker m = { 0 };
	struct press p;
	unsigned added = 0;
	str rest, line;

	(void)state;
	press_init(&p, &diff_compressor);
	add_file(&p, &m, 12);
	add_file(&p, &m, 12);
	add_file(&p, &m, 2);
	rest = buf_str(&p.text);
	while (str_line(&rest, &line))
		added += str_starts_c(line, "+\t");
	press_set(&p, "max_hunks_per_file", "4");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(press_has(&p, "[omitted: src/f0.c @@ -"));
	assert_true(press_has(&p, "16 hunks omitted"));
	assert_true(press_has_f(&p, "3 files changed, +%u -", added));
	assert_true(press_has(&p, "new_0(0)")); /* first and last */
	assert_true(press_has(&p, "new_11(0)"));
	press_set(&p, "diff_max_files", "1");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(press_has(&p, "22 hunks omitted") || press_has(&p, "24 hunks omitted"));
	press_release(&p);
}

static void diff_obeys_options(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "diff_min_lines", "10000" }, { "max_context_lines", "0" }, { "max_context_lines", "3" },
		{ "max_hunks_per_file", "2" }, { "diff_max_files", "1" },    { "diff_index_lines", "true" },
	};
	struct maker m = { 0 };
	struct press p;
	struct buf usual;

	(void)state;
	press_init(&p, &diff_compressor);
	buf_init(&usual, SIZE_MAX);
	add_file(&p, &m, 6);
	add_file(&p, &m, 6);
	assert_true(press_run(&p));
	buf_add(&usual, buf_str(&p.out));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		press_set(&p, rows[i].key, rows[i].value);
		if (press_run(&p) && str_eq(buf_str(&usual), buf_str(&p.out)))
			fail_msg("%s=%s changes nothing", rows[i].key, rows[i].value);
		compress_config_init(&p.config);
	}
	buf_release(&usual);
	press_release(&p);
}

static void diff_stands_hostile_input(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &diff_compressor);
	assert_false(press_text(&p, STR("")));
	for (unsigned i = 0; i < 2000; i++)
		buf_add(&p.text, STR("@@ -4294967295,4294967295 +0,0 @@\n+\0\xff\r\n\\\n@@@@@@@@@@@@ -1 "
				     "@@\n--- \n+++ \n"));
	press_assert_promises(&p, buf_str(&p.text), false);
	buf_clear(&p.text);
	buf_add_c(&p.text, "@@ -1,99999999 +1,99999999 @@\n");
	for (unsigned i = 0; i < 300000; i++)
		buf_add_c(&p.text, i % 1000 ? " \n" : "+\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	press_release(&p);
}

const struct CMUnitTest diff_compressor_tests[] = {
	cmocka_unit_test(diff_keeps_every_change),
	cmocka_unit_test(diff_cuts_context),
	cmocka_unit_test(diff_reads_merges),
	cmocka_unit_test(diff_keeps_what_is_no_hunk),
	cmocka_unit_test(diff_keeps_miscounted_hunks_whole),
	cmocka_unit_test(diff_lists_what_limits_leave_out),
	cmocka_unit_test(diff_obeys_options),
	cmocka_unit_test(diff_stands_hostile_input),
};
const size_t diff_compressor_tests_count = sizeof(diff_compressor_tests) / sizeof(*diff_compressor_tests);

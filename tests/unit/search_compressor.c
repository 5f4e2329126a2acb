#include "tests/unit/squeeze.h"

#include <stdio.h>

#include "core/compress/search_lines.h"

enum {
	SEEDS = 60
};

static void add_matches(struct press *p, unsigned files, unsigned each)
{
	for (unsigned f = 0; f < files; f++)
		for (unsigned i = 0; i < each; i++)
			buf_printf(&p->text, "src/dir_%u/file.c:%u:\t%s = %s(%s);\n", f, i * 7 + 1,
				   press_word(p), press_word(p), press_word(p));
}

static void search_reads_lines(void **state)
{
	static const struct {
		const char *line, *path, *number, *content;
	} rows[] = {
		{ "src/a.c:12:int x;", "src/a.c", "12", "int x;" },
		{ "src/a.c:12:7:int x;", "src/a.c", "12", "7:int x;" },
		{ "C:\\src\\a.c:12:int x;", "C:\\src\\a.c", "12", "int x;" },
		{ "D:/src/a.c:3:", "D:/src/a.c", "3", "" },
		{ "logs/2024-01-02-app.log:5:up", "logs/2024-01-02-app.log", "5", "up" },
		{ "log/2024-01-02T10:30:15.txt:7:up", "log/2024-01-02T10:30:15.txt", "7", "up" },
		{ "Makefile:3:all: x.c:4:", "Makefile", "3", "all: x.c:4:" },
		{ "C:\\Program Files\\a b.cs:12:int x;", "C:\\Program Files\\a b.cs", "12", "int x;" },
		{ "./my notes/a b.md:12:- x", "./my notes/a b.md", "12", "- x" },
		{ "log10:12:10 bottles", "log10", "12", "10 bottles" },
		{ "app.log:12:2024-01-02T10:30:15Z up", "app.log", "12", "2024-01-02T10:30:15Z up" },
		/* no matches */
		{ "2024-01-02T10:30:15Z INFO up", NULL, NULL, NULL },
		{ "[2024-01-02T10:30:15.123Z] INFO up", NULL, NULL, NULL },
		{ "2024-01-02T10:30:15+02:00 INFO up", NULL, NULL, NULL },
		{ "[01/May/2024:10:30:15 +0000] GET /", NULL, NULL, NULL },
		{ "9:30:15 up", NULL, NULL, NULL },
		{ "/bin/sh: 1: x: not found", NULL, NULL, NULL },
		{ "2024-01-02T10:30:15 INFO up", NULL, NULL, NULL },
		{ "10:30:15 INFO up", NULL, NULL, NULL },
		{ "see src/a.c:12:int", NULL, NULL, NULL },
		{ "note: 12: x", NULL, NULL, NULL },
		{ ":12:x", NULL, NULL, NULL },
		{ "a:12", NULL, NULL, NULL },
		{ "a:99999999999:x", NULL, NULL, NULL },
	};
	struct hit hit;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (search_match(str_c(rows[i].line), &hit) != (rows[i].path != NULL))
			fail_msg("%s", rows[i].line);
		if (!rows[i].path)
			continue;
		assert_str_equal(hit.path, rows[i].path);
		assert_str_equal(hit.number, rows[i].number);
		assert_str_equal(hit.content, rows[i].content);
	}
	assert_true(search_context(STR("l/2024-01-02.log-13-x - y"), STR("l/2024-01-02.log"), &hit));
	assert_str_equal(hit.number, "13");
	assert_str_equal(hit.content, "x - y");
	assert_false(search_context(STR("l/2024-01-02.log-13"), STR("l/2024-01-02.log"), &hit));
	assert_true(search_match(STR("x.c:1:2: error: y"), &hit) && search_diagnostic(hit.content));
	assert_true(search_match(STR("x.py:1: AssertionError"), &hit) && search_diagnostic(hit.content));
	assert_true(search_match(STR("x.py:1:80: E501 line too long"), &hit) && search_diagnostic(hit.content));
	assert_true(search_match(STR("x.py:1:    error = None"), &hit) && !search_diagnostic(hit.content));
}

/* The rest of a file is counted behind its last line, and the counts add up. */
static void search_keeps_every_file(void **state)
{
	struct press p;
	char path[40];
	unsigned left = 0, shown = 0;
	str out, line;

	(void)state;
	press_init(&p, &search_compressor);
	add_matches(&p, 40, 6);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_int_equal(p.r.before, 240);
	for (unsigned f = 0; f < 40; f++)
		assert_true(press_has_f(&p, "src/dir_%u/file.c:", f));
	out = buf_str(&p.out);
	while (str_line(&out, &line)) {
		unsigned more;

		shown += str_starts_c(line, "src/");
		if (sscanf(arena_c(&p.a, line), "[... and %u more match%*s in %39[^]]", &more, path) == 2) {
			left += more;
			assert_true(press_has_f(&p, "%s:1:", path));
		}
	}
	assert_int_equal(shown, p.r.after);
	assert_int_equal(shown + left, 240);
	assert_true(press_has(&p, "[240 matches in 40 files compressed to 40"));
	press_release(&p);
}

/* Lines that are no part of a search are not taken for what stands around its matches. */
static void search_tells_other_lines(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &search_compressor);
	add_matches(&p, 2, 30);
	for (unsigned i = 0; i < 30; i++)
		buf_printf(&p.text, "%s\n",
			   i == 15 ? "rg: ./locked: Permission denied (os error 13)" : "so it is");
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_true(press_has(&p, "rg: ./locked: Permission denied (os error 13)\n"));
	assert_true(press_has(&p, ". Omitted: 27 other lines. "));
	for (unsigned i = 0; i < 40; i++)
		buf_printf(&p.text, "%u: so it is no search\n", i);
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_false(p.shorter);
	press_release(&p);
}

static void search_finds_needles(void **state)
{
	struct press p;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		unsigned place;

		press_init(&p, &search_compressor);
		p.seed = seed;
		p.query = "where is order 918273 or \"retry budget\" set?";
		place = press_random(&p, 20);
		for (unsigned f = 0; f < 20; f++) {
			add_matches(&p, 1, 10);
			if (f == place) {
				buf_add_c(&p.text, "src/dir_0/file.c:71:\tset(918273);\n");
				buf_add_c(&p.text, "src/dir_0/file.c:72:\t/* the retry budget */\n");
				buf_add_c(&p.text, "src/dir_0/file.c:73:9: error: 'x' undeclared\n");
			}
			add_matches(&p, 1, 10);
		}
		buf_add_c(&p.text, "src/lonely.c:3:\treturn;\n");
		press_assert_promises(&p, buf_str(&p.text), true);
		assert_true(p.shorter);
		assert_true(press_has(&p, "src/dir_0/file.c:71:\tset(918273);"));
		assert_true(press_has(&p, "src/dir_0/file.c:72:\t/* the retry budget */"));
		assert_true(press_has(&p, "src/dir_0/file.c:73:9: error: 'x' undeclared"));
		assert_true(press_has(&p, "src/lonely.c:3:\treturn;"));
		press_release(&p);
	}
}

static void search_prefers_what_is_asked_for(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &search_compressor);
	p.query = "Where is the budget assigned?";
	add_matches(&p, 1, 60);
	buf_add_c(&p.text, "src/dir_0/file.c:900:\tbudget = 1;\n");
	add_matches(&p, 1, 60);
	assert_true(press_run(&p));
	assert_true(press_has(&p, "src/dir_0/file.c:900:\tbudget = 1;"));
	press_release(&p);
}

/* grep -C 2: what stands next to a match that stays, stays; groups stay apart. */
static void search_reads_context(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &search_compressor);
	for (unsigned i = 0; i < 60; i++)
		buf_printf(&p.text,
			   "%sa-1/x.c-%u-two before\na-1/x.c-%u-one before\na-1/x.c:%u:%s %u\n"
			   "a-1/x.c-%u-one behind\na-1/x.c-%u-two behind\n",
			   i ? "--\n" : "", i * 10 + 1, i * 10 + 2, i * 10 + 3, press_word(&p), i, i * 10 + 4,
			   i * 10 + 5);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_int_equal(p.r.before, 60);
	assert_true(press_has(&p, "a-1/x.c-2-one before\na-1/x.c:3:"));
	assert_true(press_has(&p, "a-1/x.c-4-one behind\n--\n"));
	assert_false(press_has(&p, "two before"));
	assert_false(press_has(&p, "--\n--\n"));
	assert_true(press_has(&p, "lines around them"));
	press_release(&p);
}

static void search_obeys_options(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "search_min_matches", "1000" }, { "max_total_matches", "8" },
		{ "max_matches_per_file", "2" },  { "search_max_files", "2" },
		{ "boost_errors", "false" },	  { "context_keywords", "zebra,lion" },
	};
	struct press p;
	struct buf usual;

	(void)state;
	press_init(&p, &search_compressor);
	buf_init(&usual, SIZE_MAX);
	for (unsigned k = 0; k < 5; k++) {
		add_matches(&p, 4, 10);
		buf_add_c(&p.text, "src/dir_1/file.c:500:\tthrow new exception\n");
		buf_printf(&p.text, "src/dir_2/file.c:%u:\tzebra\n", 600 + k);
	}
	assert_true(press_run(&p));
	buf_add(&usual, buf_str(&p.out));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		press_set(&p, rows[i].key, rows[i].value);
		if (press_run(&p) && str_eq(buf_str(&usual), buf_str(&p.out)))
			fail_msg("%s=%s changes nothing", rows[i].key, rows[i].value);
		compress_config_init(&p.config);
	}
	press_set(&p, "search_max_files", "2");
	assert_true(press_run(&p));
	assert_true(press_has(&p, "[2 files left out: src/dir_"));
	press_release(&p);
	buf_release(&usual);
}

static void search_leaves_small_results(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &search_compressor);
	add_matches(&p, 3, 3);
	assert_false(press_run(&p));
	assert_false(press_text(&p, STR("")));
	assert_false(press_text(&p, STR("no matches here\n")));
	/* a binary file's notice is no match, and stays */
	buf_add_c(&p.text, "Binary file x.bin matches\n");
	add_matches(&p, 3, 30);
	assert_true(press_run(&p));
	assert_true(press_has(&p, "Binary file x.bin matches\n"));
	press_release(&p);
}

static void search_stands_hostile_input(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &search_compressor);
	for (unsigned i = 0; i < 3000; i++)
		buf_printf(&p.text, "p%u:%u:\xff%c\r\n", i, i, i % 7 ? 'x' : '\0');
	for (unsigned i = 0; i < 100000; i++)
		buf_add_c(&p.text, ":1");
	press_assert_promises(&p, buf_str(&p.text), false);
	buf_clear(&p.text);
	for (unsigned i = 0; i < 300000; i++)
		buf_add_c(&p.text, "--\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	press_release(&p);
}

const struct CMUnitTest search_compressor_tests[] = {
	cmocka_unit_test(search_reads_lines),
	cmocka_unit_test(search_keeps_every_file),
	cmocka_unit_test(search_tells_other_lines),
	cmocka_unit_test(search_finds_needles),
	cmocka_unit_test(search_prefers_what_is_asked_for),
	cmocka_unit_test(search_reads_context),
	cmocka_unit_test(search_obeys_options),
	cmocka_unit_test(search_leaves_small_results),
	cmocka_unit_test(search_stands_hostile_input),
};
const size_t search_compressor_tests_count =
	sizeof(search_compressor_tests) / sizeof(*search_compressor_tests);

#include "tests/unit/squeeze.h"

#include <stdlib.h>

#include "core/compress/log_lines.h"

enum {
	SEEDS = 60
};

static void add_noise(struct press *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(&p->text, "2024-05-01 10:%02u:%02u INFO %s %s_%u done in %u ms\n", i / 60 % 60,
			   i % 60, press_random(p, 2) ? "bundled" : "stored", press_word(p),
			   press_random(p, 90), press_random(p, 500));
}

static void log_knows_levels(void **state)
{
	static const struct {
		const char *line;
		enum log_level level;
	} rows[] = {
		{ "2024-05-01 ERROR lost", LEVEL_ERROR },
		{ "npm ERR! code 1", LEVEL_ERROR },
		{ "error: no such file", LEVEL_ERROR },
		{ "error[E0308]: mismatched types", LEVEL_ERROR },
		{ "{\"level\":\"error\",\"msg\":\"x\"}", LEVEL_ERROR },
		{ "level=warn msg=slow", LEVEL_WARN },
		{ "java.net.SocketTimeoutException: Read timed out", LEVEL_ERROR },
		{ "ValueError: bad", LEVEL_ERROR },
		{ "Segmentation fault (core dumped)", LEVEL_ERROR },
		{ "connection timeout to db", LEVEL_ERROR },
		{ "x.c:1:2: warning: unused", LEVEL_WARN },
		{ "[INFO] BUILD FAILURE", LEVEL_FAIL },
		{ "tests/x.py::test_a FAILED [ 10%]", LEVEL_FAIL },
		{ "--- FAIL: TestX (0.00s)", LEVEL_FAIL },
		{ "tests/x.py::test_error PASSED [ 10%]", LEVEL_PASS },
		{ "test errors::timeout ... ok", LEVEL_PASS },
		{ "worker 0 ERROR lost", LEVEL_ERROR },
		/* what tells of no error */
		{ "0 errors, 3 warnings found", LEVEL_WARN },
		{ "10 passed, 0 FAILED, 1 skipped", LEVEL_NONE },
		{ "done: 0 ERRORS", LEVEL_NONE },
		{ "{\"level\":\"info\",\"error\":null}", LEVEL_INFO },
		{ "errors: 0", LEVEL_NONE },
		{ "Compiling src/errors/timeout.ts", LEVEL_NONE },
		{ "loading on_error handler", LEVEL_NONE },
		{ "rotating error.log", LEVEL_NONE },
		{ "INFO retry after timeout", LEVEL_INFO },
		{ "LOG_ERROR is defined", LEVEL_NONE },
		{ "use std::error::Error;", LEVEL_NONE },
	};
	bool test;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (log_level(str_c(rows[i].line), &test) != rows[i].level)
			fail_msg("%s: %d", rows[i].line, log_level(str_c(rows[i].line), &test));
}

/* Sixty errors of distinct text among noise, each twice: all are there, each once, counted. */
static void log_keeps_distinct_errors(void **state)
{
	static const char *const things[] = { "disk",  "socket", "mutex", "table", "index", "cache",
					      "token", "route",	 "lock",  "pipe",  "frame", "shard" };
	static const char *const verbs[] = { "overflowed", "vanished", "broke", "leaked", "hung" };
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	for (unsigned twice = 0; twice < 2; twice++)
		for (unsigned i = 0; i < 60; i++) {
			add_noise(&p, 3);
			buf_printf(&p.text, "2024-05-01 10:00:%02u ERROR the %s %s after %u ms\n", i,
				   things[i % 12], verbs[i / 12], press_random(&p, 900));
		}
	add_noise(&p, 5);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	for (unsigned i = 0; i < 60; i++) {
		str needle = arena_printf(&p.a, "ERROR the %s %s after", things[i % 12], verbs[i / 12]);
		str rest = buf_str(&p.out);
		size_t at = str_find(rest, needle);

		assert_int_not_equal(at, STR_NONE);
		assert_int_equal(str_find(str_from(rest, at + 1), needle), STR_NONE);
	}
	assert_true(press_has(&p, " (x2)\n"));
	press_release(&p);
}

/* Heads that are alike, but each failure says something of its own below. */
static void log_tells_failures_apart_by_their_messages(void **state)
{
	static const char *const fields[] = { "name", "email", "age", "zip", "street", "city" };
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	for (unsigned i = 0; i < 6; i++) {
		add_noise(&p, 12);
		buf_printf(&p.text,
			   "error[E0308]: mismatched types\n  --> src/%s.rs:10:5\n   |\n"
			   "10 |     let x = y;\n   |             ^ expected `u8`\n\n",
			   fields[i]);
		add_noise(&p, 12);
		buf_printf(&p.text,
			   "Exception in thread \"w\" java.lang.RuntimeException: job failed\n"
			   "\tat x.Job.run(Job.java:1)\nCaused by: java.sql.SQLException: no table %s\n"
			   "\tat x.Db.query(Db.java:2)\n",
			   fields[i]);
	}
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	for (unsigned i = 0; i < 6; i++) {
		assert_true(press_has(&p, arena_printf(&p.a, "  --> src/%s.rs:10:5\n", fields[i]).p));
		assert_true(press_has(&p, arena_printf(&p.a, "SQLException: no table %s\n", fields[i]).p));
	}
	press_release(&p);
}

/* (xN) is the line itself and those like it that are not shown. */
static void log_counts_what_it_leaves_out(void **state)
{
	unsigned long kept = 0, told = 0;
	str rest, line;
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	for (unsigned i = 0; i < 90; i++) {
		buf_printf(&p.text, "2024-05-01 10:00:%02u INFO step %u\n", i % 60, i);
		if (i % 30 == 7)
			buf_printf(&p.text, "2024-05-01 10:00:01 ERROR the %s is lost\n",
				   i < 30 ? "disk" : "net");
	}
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	for (rest = buf_str(&p.out); str_line(&rest, &line);) {
		size_t at = str_find(line, STR(" (x"));

		if (!str_has_c(line, "INFO step "))
			continue;
		kept++;
		told += at == STR_NONE ? 1 : strtoul(line.p + at + 3, NULL, 10);
	}
	assert_true(kept > 5);
	assert_int_equal(told, 90);
	press_release(&p);
}

/* What must be found wherever it stands. */
static void log_finds_needles(void **state)
{
	struct press p;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		unsigned before, places[4];

		press_init(&p, &log_compressor);
		p.seed = seed;
		p.query = "why did order 918273 fail on node7.example.com?";
		for (unsigned k = 0; k < 4; k++)
			places[k] = press_random(&p, 300);
		buf_printf(&p.text, "start of run %u\n", (unsigned)seed);
		for (unsigned i = 0; i < 300; i++) {
			add_noise(&p, 1);
			before = (unsigned)p.text.n;
			if (i == places[0])
				buf_add_c(&p.text, "2024-05-01 10:00:00 ERROR kernel refused the mapping\n");
			if (i == places[1])
				buf_add_c(&p.text, "2024-05-01 10:00:00 WARN clock moved backwards\n");
			if (i == places[2])
				buf_add_c(&p.text, "2024-05-01 10:00:00 INFO stored order 918273 twice\n");
			if (i == places[3])
				buf_add_c(&p.text,
					  "2024-05-01 10:00:00 INFO stored x_1 on node7.example.com\n");
			if (p.text.n == before && i % 5 == 0)
				buf_add_c(&p.text, "2024-05-01 10:00:00 WARN slow disk sda1\n");
		}
		buf_printf(&p.text, "end of run %u\n", (unsigned)seed);
		press_assert_promises(&p, buf_str(&p.text), true);
		assert_true(p.shorter);
		assert_true(press_has(&p, "ERROR kernel refused the mapping"));
		assert_true(press_has(&p, "WARN clock moved backwards"));
		assert_true(press_has(&p, "WARN slow disk sda1"));
		assert_true(press_has(&p, "order 918273 twice"));
		assert_true(press_has(&p, "node7.example.com"));
		assert_true(press_has(&p, "start of run"));
		assert_true(press_has(&p, "end of run"));
		assert_true(p.out.n * 4 < p.text.n);
		press_release(&p);
	}
}

/* A host that every line names tells no line from another; the order that one line names does. */
static void log_ignores_anchors_of_every_line(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	p.query = "what did node7.example.com do with order 918273?";
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&p.text, "INFO node7.example.com stored %s %u\n", press_word(&p),
			   i == 150 ? 918273 : i);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_true(p.r.after < 60);
	assert_true(press_has(&p, " 918273\n"));
	press_release(&p);
}

/* An INFO-only log is more than its marker. */
static void log_shows_each_kind_of_a_quiet_log(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	add_noise(&p, 150);
	buf_add_c(&p.text, "2024-05-01 10:00:00 INFO nightly cleanup begins\n");
	add_noise(&p, 150);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_true(press_has(&p, "INFO nightly cleanup begins"));
	assert_true(press_has(&p, " INFO bundled "));
	assert_true(press_has(&p, " INFO stored "));
	assert_true(p.r.after >= 10); /* five at either end */
	assert_true(press_has(&p, "10:00:00 INFO"));
	assert_true(press_has(&p, "10:02:29 INFO"));
	press_release(&p);
}

static void add_passes(struct press *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(&p->text, "tests/test_%s.py::test_%s_%u PASSED [ %2u%%]\n", press_word(p),
			   press_word(p), i, i % 100);
}

/* Every failure of pytest, its assertion and its place, however many there are. */
static void log_keeps_pytest_failures_whole(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	buf_add_c(&p.text, "===== test session starts =====\ncollected 400 items\n\n");
	add_passes(&p, 200);
	for (unsigned i = 0; i < 40; i++)
		buf_printf(&p.text, "tests/test_x.py::test_%u FAILED [ 50%%]\n", i);
	buf_add_c(&p.text, "\n===== FAILURES =====\n");
	for (unsigned i = 0; i < 40; i++)
		buf_printf(&p.text,
			   "_____ test_%u _____\n\n    def test_%u():\n        x = 1\n        y = 2\n        "
			   "z = 3\n"
			   ">       assert f(%u) == [\nE       AssertionError: got %u\nE         - one\nE    "
			   "     + two\n\n"
			   "tests/test_x.py:%u: AssertionError\n",
			   i, i, i, i * 7, i + 100);
	buf_add_c(&p.text, "===== 40 failed, 200 passed in 3.56s =====\n");
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	for (unsigned i = 0; i < 40; i++) {
		assert_true(press_has_f(&p, "_____ test_%u _____\n", i));
		assert_true(press_has_f(&p, ">       assert f(%u) == [\n", i));
		assert_true(press_has_f(&p, "tests/test_x.py::test_%u FAILED", i));
		assert_true(
			press_has_f(&p, "AssertionError: got %u\nE         - one\nE         + two\n", i * 7));
		assert_true(press_has_f(&p, "tests/test_x.py:%u: AssertionError\n", i + 100));
	}
	assert_true(press_has(&p, "40 failed, 200 passed in 3.56s"));
	assert_false(press_has(&p, " PASSED ["));
	assert_true(press_has(&p, "200 passed. "));
	press_release(&p);
}

/* Failures of other test runners: what tells them stays. */
static void log_keeps_failures_of_other_runners(void **state)
{
	static const struct {
		const char *text, *kept[6];
	} rows[] = {
		{ "--- FAIL: TestAdd (0.00s)\n    add_test.go:12: want 3\n        got 4\n",
		  { "--- FAIL: TestAdd", "add_test.go:12: want 3", "got 4" } },
		{ "---- tests::adds stdout ----\nthread 'tests::adds' panicked at src/lib.rs:10:9:\n"
		  "assertion `left == right` failed\n  left: 4\n right: 5\n\n",
		  { "thread 'tests::adds' panicked at src/lib.rs:10:9:", "assertion `left == right` failed",
		    "  left: 4", " right: 5" } },
		{ "  \342\227\217 adder \342\200\272 adds\n\n    expect(received).toBe(expected)\n\n    "
		  "Expected: 3\n"
		  "    Received: 4\n\n      at Object.<anonymous> (add.test.js:3:9)\n\n",
		  { "adder", "expect(received).toBe(expected)", "    Expected: 3", "    Received: 4" } },
		{ "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    g()\nKeyError: "
		  "'x'\n",
		  { "Traceback (most", "File \"a.py\", line 3", "KeyError: 'x'" } },
		{ "error[E0308]: mismatched types\n --> src/main.rs:4:18\n  |\n4 |     let x: i32 = \"a\";\n"
		  "  |                  ^^^ expected `i32`\n\n",
		  { "error[E0308]: mismatched types", " --> src/main.rs:4:18", "expected `i32`" } },
		{ "not ok 7 - frees twice\n  ---\n  message: 'double free'\n  ...\n",
		  { "not ok 7 - frees twice", "message: 'double free'" } },
		{ "FAIL: test_sum (t.SumTest)\n----------------------\nTraceback (most recent call last):\n"
		  "  File \"t.py\", line 9, in test_sum\n    self.assertEqual(1, 2)\nAssertionError: 1 != "
		  "2\n\n",
		  { "FAIL: test_sum (t.SumTest)", "AssertionError: 1 != 2", "line 9, in test_sum" } },
		{ "src/x.c:12:5: error: 'y' undeclared\n   12 |     y = 1;\n      |     ^\n",
		  { "src/x.c:12:5: error: 'y' undeclared", "12 |     y = 1;" } },
		{ "panic: runtime error: index out of range\n\ngoroutine 1 "
		  "[running]:\nmain.main()\n\t/x/main.go:8 +0x1d\n",
		  { "panic: runtime error: index out of range" } },
		{ "Exception in thread \"main\" java.lang.IllegalStateException: closed\n\tat "
		  "a.B.c(B.java:5)\n"
		  "Caused by: java.io.IOException: gone\n\tat a.D.e(D.java:7)\n",
		  { "java.lang.IllegalStateException: closed", "at a.B.c(B.java:5)",
		    "Caused by: java.io.IOException: gone" } },
	};
	struct press p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		press_init(&p, &log_compressor);
		add_noise(&p, 100);
		buf_add_c(&p.text, rows[i].text);
		add_noise(&p, 100);
		press_assert_promises(&p, buf_str(&p.text), true);
		assert_true(p.shorter);
		for (size_t k = 0; k < 6 && rows[i].kept[k]; k++)
			if (!press_has(&p, rows[i].kept[k]))
				fail_msg("row %zu lost: %s\n%s", i, rows[i].kept[k], buf_c(&p.out));
		press_release(&p);
	}
}

static void log_counts_colours_as_nothing(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	add_noise(&p, 60);
	buf_add_c(&p.text, "\033[31mERROR\033[0m the \033[1mdisk\033[0m is full\n");
	add_noise(&p, 60);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(press_has(&p, "\033[31mERROR\033[0m the \033[1mdisk\033[0m is full\n"));
	press_release(&p);
}

/* Each option changes the output it names. */
static void log_obeys_options(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "log_min_lines", "100000" },	  { "log_max_total_lines", "20" },
		{ "log_max_errors", "1" },	  { "error_context_lines", "0" },
		{ "error_context_lines", "6" },	  { "max_stack_traces", "1" },
		{ "stack_trace_max_lines", "2" }, { "max_warnings", "1" },
		{ "dedupe_warnings", "false" },	  { "keep_summary_lines", "false" },
	};
	struct press p;
	struct buf usual;

	(void)state;
	press_init(&p, &log_compressor);
	buf_init(&usual, SIZE_MAX);
	for (unsigned k = 0; k < 4; k++) {
		add_noise(&p, 40);
		buf_printf(&p.text, "ERROR worker lost in %s %u\n", k % 2 ? "north" : "south", k);
		add_noise(&p, 40);
		buf_printf(&p.text,
			   "Traceback (most recent call last):\n  File \"a%c.py\", line 1, in f\n    f()\n"
			   "  File \"b.py\", line 2, in g\n    g()\n%sError: broken\n",
			   'a' + (int)k, k % 2 ? "Key" : "Type");
		for (unsigned i = 0; i < 4; i++)
			buf_printf(&p.text, "WARN package_%s_%u is old\nWARN slow disk\n", press_word(&p), i);
	}
	add_noise(&p, 100);
	buf_add_c(&p.text, "Tests: 3 total\n");
	add_noise(&p, 100);
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

static void log_leaves_short_ones(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	add_noise(&p, 49);
	assert_false(press_run(&p));
	assert_non_null(p.r.reason);
	assert_false(press_text(&p, STR("")));
	press_release(&p);
}

/* Bytes of any kind, very long lines, no line ends. */
static void log_stands_hostile_input(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &log_compressor);
	for (unsigned i = 0; i < 200; i++) {
		buf_add(&p.text, STR("\0\xff\033[\xed\xa0\x80 ERROR \xe2\x82\n"));
		buf_add(&p.text, STR("\r\n\033]0;title\r\n"));
	}
	press_assert_promises(&p, buf_str(&p.text), false);
	buf_clear(&p.text);
	for (unsigned i = 0; i < 100; i++)
		buf_add_c(&p.text, "[[[[{{{{ '\"`' ((((\n\n\n");
	for (unsigned i = 0; i < 200000; i++)
		buf_add_c(&p.text, "ERROR 'a");
	press_assert_promises(&p, buf_str(&p.text), false);
	buf_clear(&p.text);
	for (unsigned i = 0; i < 300000; i++)
		buf_add_ch(&p.text, '\n');
	press_assert_promises(&p, buf_str(&p.text), false);
	press_release(&p);
}

const struct CMUnitTest log_compressor_tests[] = {
	cmocka_unit_test(log_knows_levels),
	cmocka_unit_test(log_keeps_distinct_errors),
	cmocka_unit_test(log_tells_failures_apart_by_their_messages),
	cmocka_unit_test(log_counts_what_it_leaves_out),
	cmocka_unit_test(log_finds_needles),
	cmocka_unit_test(log_ignores_anchors_of_every_line),
	cmocka_unit_test(log_shows_each_kind_of_a_quiet_log),
	cmocka_unit_test(log_keeps_pytest_failures_whole),
	cmocka_unit_test(log_keeps_failures_of_other_runners),
	cmocka_unit_test(log_counts_colours_as_nothing),
	cmocka_unit_test(log_obeys_options),
	cmocka_unit_test(log_leaves_short_ones),
	cmocka_unit_test(log_stands_hostile_input),
};
const size_t log_compressor_tests_count = sizeof(log_compressor_tests) / sizeof(*log_compressor_tests);

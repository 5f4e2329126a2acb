/*
 * match: the little pattern language for lines of program output.
 */
#include "tests/test.h"

#include "analyzers/match.h"

struct row {
	const char *line, *pattern;
	const char *capture; /* NULL: no match; "": a match without capture */
};

/* clang-format off */
static const struct row rows[] = {
	{ "hello world", "hello", "" },
	{ "HELLO World", "hello w", "" },
	{ "say hello", "hello", NULL },
	{ "say hello", "*hello", "" },
	{ "hello", "hello$", "" },
	{ "hello.", "hello$", "" },
	{ "hello you", "hello$", NULL },
	{ "", "x", NULL },
	{ "", "", "" },
	{ "bash: line 1: rg: command not found", "*%p: command not found", "rg" },
	{ "bash: /opt/x-1/bin/g++: command not found", "*%p: command not found", "/opt/x-1/bin/g++" },
	{ "zsh: command not found: pnpm", "*command not found: %p", "pnpm" },
	{ "no module named 'yaml'", "no module named %q", "yaml" },
	{ "no module named `yaml`", "no module named %q", "yaml" },
	{ "no module named \xe2\x80\x98yaml\xe2\x80\x99", "no module named %q", "yaml" },
	{ "no module named yaml", "no module named %q", NULL },
	{ "no module named ''", "no module named %q", NULL },
	{ "no module named 'yaml", "no module named %q", NULL },
	{ "missing script: \"dev:all\"", "missing script: %t", "dev:all" },
	{ "missing script: build.", "missing script: %t", "build" },
	{ "missing script:", "missing script: %t", NULL },
	{ "API_URL is not set", "*%v is not set", "API_URL" },
	{ "error: DB_HOST2 is not set", "*%v is not set", "DB_HOST2" },
	{ "X is not set", "*%v is not set", NULL },
	{ "xAPI_URLs is not set", "%v is not set", NULL },
	{ "npm ERR! code ENOENT", "npm err* enoent*package.json", NULL },
	{ "npm ERR! enoent Could not read package.json", "npm err* enoent*package.json", "" },
	{ "a b c d", "a*c*d$", "" },
	{ "a b c", "a*c*d", NULL },
	{ "abc", "%x", NULL }, /* no such class */
};
/* clang-format on */

static void match_follows_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		str capture = STR("");
		bool matched = match_line(str_c(rows[i].line), rows[i].pattern, &capture);

		if (matched != (rows[i].capture != NULL))
			fail_msg("\"%s\" against \"%s\": %d", rows[i].line, rows[i].pattern, matched);
		if (matched)
			assert_str_equal(capture, rows[i].capture);
	}
}

static void match_finds_without_case(void **state)
{
	(void)state;
	assert_int_equal(match_find_fold(STR("No Such File"), "such"), 3);
	assert_int_equal(match_find_fold(STR("No Such File"), "file"), 8);
	assert_int_equal(match_find_fold(STR("No Such File"), ""), 0);
	assert_true(match_find_fold(STR("No"), "nothing") == STR_NONE);
	assert_true(match_find_fold(STR(""), "x") == STR_NONE);
	assert_true(match_has_fold(STR("UNKNOWN option"), "unknown"));
	assert_false(match_has_fold(STR("UNKNOWN option"), "flag"));
}

static void match_tokens_stand_alone(void **state)
{
	/* clang-format off */
	static const struct {
		const char *line, *token;
		bool bounded;
	} cases[] = {
		{ "unknown option --color", "--color", true },
		{ "unknown option --colors", "--color", false },
		{ "unknown option '--color'", "--color", true },
		{ "unknown option --color.", "--color", true },
		{ "unknown option --color=auto", "--color", true },
		{ "see ---color", "--color", false },
		{ "cat: src/main.c: No such file", "src/main.c", true },
		{ "cat: lib/src/main.c: No such", "src/main.c", true }, /* a longer spelling of the same place */
		{ "cat: xmain.c: No such", "main.c", false },
		{ "cat: main.cpp: No such", "main.c", false },
		{ "cat: main.c.orig: No such", "main.c", false },
		{ "a.b a", "b", false },
		{ "first.x second x", "x", true },
		{ "\xe2\x80\x98tool\xe2\x80\x99", "tool", true },
		{ "", "x", false },
		{ "x", "x", true },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (match_bounded(str_c(cases[i].line), str_c(cases[i].token)) != cases[i].bounded)
			fail_msg("\"%s\" in \"%s\"", cases[i].token, cases[i].line);
}

static void match_quotes(void **state)
{
	(void)state;
	assert_true(match_quoted(STR("no 'x' here"), STR("x")));
	assert_true(match_quoted(STR("no x, no \"x\""), STR("x")));
	assert_true(match_quoted(STR("no \xe2\x80\x98x\xe2\x80\x99"), STR("x")));
	assert_false(match_quoted(STR("no x here"), STR("x")));
	assert_false(match_quoted(STR("no 'xy' here"), STR("x")));
	assert_false(match_quoted(STR(""), STR("x")));
	assert_true(match_ends_token(STR("unknown command: deploy."), STR("deploy")));
	assert_true(match_ends_token(STR("unknown command `deploy`"), STR("deploy")));
	assert_true(match_ends_token(STR("deploy"), STR("deploy")));
	assert_false(match_ends_token(STR("unknown command: redeploy"), STR("deploy")));
	assert_false(match_ends_token(STR("deploy failed"), STR("deploy")));
}

static void match_cuts_tokens(void **state)
{
	static const char *const expected[] = { "did", "you", "mean", "--colour", "or", "x" };
	str rest = STR("  did\tyou mean '--colour', or \xe2\x80\x9cx\xe2\x80\x9d?"), token;
	size_t n = 0;

	(void)state;
	while (match_token(&rest, &token))
		assert_str_equal(token, expected[n++]);
	assert_int_equal(n, 6);
}

static void match_strips_escapes(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(match_strip_escapes(&a, STR("plain")), "plain");
	assert_str_equal(match_strip_escapes(&a, STR("\x1b[1;31merror\x1b[0m: x\x1b[K")), "error: x");
	assert_str_equal(match_strip_escapes(&a, STR("cut \x1b[1")), "cut ");
	assert_str_equal(match_strip_escapes(&a, STR("end\x1b")), "end");
	arena_release(&a);
}

const struct CMUnitTest match_tests[] = {
	cmocka_unit_test(match_follows_patterns),   cmocka_unit_test(match_finds_without_case),
	cmocka_unit_test(match_tokens_stand_alone), cmocka_unit_test(match_quotes),
	cmocka_unit_test(match_cuts_tokens),	    cmocka_unit_test(match_strips_escapes),
};
const size_t match_tests_count = sizeof(match_tests) / sizeof(*match_tests);

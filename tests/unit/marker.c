/*
 * marker: which lines are markers, which files are refused, and that splicing touches nothing else.
 */
#include "tests/test.h"

#include "writers/marker.h"

#define S "<!-- headroom:learn:start -->"
#define E "<!-- headroom:learn:end -->"
#define BLOCK S "\n## Title\n- `a` is now `b`.\n" E "\n"

#define BYTES(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

enum verdict {
	NONE,
	FOUND,
	BROKEN
};

struct sample {
	const char *name;
	enum verdict verdict;
	str file;
	const char *body; /* FOUND */
};

/* clang-format off */
static const struct sample samples[] = {
	{ "empty", NONE, BYTES(""), NULL },
	{ "no block", NONE, BYTES("# Rules\n\nBe brief.\n"), NULL },
	{ "plain", FOUND, BYTES("a\n" S "\nx\n" E "\nb\n"), "x\n" },
	{ "whole file", FOUND, BYTES(S "\nx\n" E "\n"), "x\n" },
	{ "empty block", FOUND, BYTES(S "\n" E "\n"), "" },
	{ "no last newline", FOUND, BYTES(S "\nx\n" E), "x\n" },
	{ "carriage returns", FOUND, BYTES("a\r\n" S "\r\nx\r\n" E "\r\n"), "x\r\n" },
	{ "byte order mark", FOUND, BYTES("\xef\xbb\xbf" S "\nx\n" E "\n"), "x\n" },
	{ "white space around", FOUND, BYTES("   " S " \t\nx\n " E "  \n"), "x\n" },
	{ "NUL and invalid bytes", FOUND, BYTES("\0\xff\n" S "\n\0\n" E "\n\xfe\0"), NULL },
	{ "bullet marker is prose", NONE, BYTES("- " S "\n- " E "\n"), NULL },

	{ "only start", BROKEN, BYTES("a\n" S "\nx\n"), NULL },
	{ "only end", BROKEN, BYTES("a\n" E "\nx\n"), NULL },
	{ "reversed", BROKEN, BYTES(E "\nx\n" S "\n"), NULL },
	{ "two blocks", BROKEN, BYTES(S "\n" E "\n" S "\n" E "\n"), NULL },
	{ "nested", BROKEN, BYTES(S "\n" S "\n" E "\n" E "\n"), NULL },
	{ "two starts", BROKEN, BYTES(S "\n" S "\n" E "\n"), NULL },
	{ "two ends", BROKEN, BYTES(S "\n" E "\n" E "\n"), NULL },
	{ "start in a fence, end outside", BROKEN, BYTES("```\n" S "\n```\n" E "\n"), NULL },

	{ "text before", NONE, BYTES("see " S "\n"), NULL },
	{ "text behind", NONE, BYTES(S " here\n" E " there\n"), NULL },
	{ "both on one line", NONE, BYTES(S E "\n"), NULL },
	{ "inline code", NONE, BYTES("`" S "`\n`" E "`\n"), NULL },
	{ "block quote", NONE, BYTES("> " S "\n> x\n> " E "\n"), NULL },
	{ "indented code", NONE, BYTES("x\n\n    " S "\n    " E "\n"), NULL },
	{ "tab is indented code", NONE, BYTES("\t" S "\n\t" E "\n"), NULL },
	{ "other spelling", NONE, BYTES("<!--headroom:learn:start-->\n<!-- HEADROOM:LEARN:END -->\n"), NULL },

	{ "fence", NONE, BYTES("```\n" S "\nx\n" E "\n```\n"), NULL },
	{ "fence with a language", NONE, BYTES("```markdown\n" S "\n" E "\n```\n"), NULL },
	{ "tilde fence", NONE, BYTES("~~~\n" S "\n```\n" E "\n~~~\n"), NULL },
	{ "longer fence", NONE, BYTES("`````\n```\n" S "\n" E "\n```\n`````\n"), NULL },
	{ "indented fence", NONE, BYTES("   ```\n" S "\n" E "\n   ```\n"), NULL },
	{ "fence closed by a longer one", FOUND, BYTES("```\nx\n`````\n" S "\ny\n" E "\n"), "y\n" },
	{ "fence never closed", NONE, BYTES("```\n" S "\n" E "\n"), NULL },
	{ "closing fence has text", NONE, BYTES("```\n``` x\n" S "\n" E "\n```\n"), NULL },
	{ "closing fence too far right", NONE, BYTES("```\n    ```\n" S "\n" E "\n```\n"), NULL },
	{ "four blanks open no fence", FOUND, BYTES("x\n\n    ```\n" S "\ny\n" E "\n"), "y\n" },
	{ "back-ticks in a row of prose", FOUND, BYTES("``` a `b`\n" S "\ny\n" E "\n"), "y\n" },
	{ "two back-ticks", FOUND, BYTES("``\n" S "\ny\n" E "\n"), "y\n" },
	{ "fence in a list item", NONE, BYTES("- ```\n  " S "\n  " E "\n  ```\n"), NULL },
	{ "fence in a numbered item", NONE, BYTES("12) ~~~\n    " S "\n\n    " E "\n    ~~~\n"), NULL },
	{ "fence in nested items", NONE, BYTES("- * ```\n    " S "\n    " E "\n    ```\n"), NULL },
	{ "item ends its fence", FOUND, BYTES("- ```\n  x\n" S "\ny\n" E "\n"), "y\n" },
	{ "fence below an item", NONE, BYTES("- x\n  ```\n  " S "\n  " E "\n  ```\n"), NULL },
	{ "CRLF fence", NONE, BYTES("```\r\n" S "\r\n" E "\r\n```\r\n"), NULL },
	{ "fence in a block quote", FOUND, BYTES("> ```\n" S "\ny\n" E "\n"), "y\n" },

	{ "other comment", NONE, BYTES("<!-- old\n" S "\n-->\n"), NULL },
	{ "comment hides a fence", FOUND, BYTES("<!--\n```\n-->\n" S "\ny\n" E "\n"), "y\n" },
	{ "comment in one line", FOUND, BYTES("<!-- x -->\n" S "\ny\n" E "\n"), "y\n" },
	{ "comment inside a paragraph", FOUND, BYTES("about `<!--` in HTML\n" S "\ny\n" E "\n"), "y\n" },
	{ "comment in a list item", NONE, BYTES("- <!-- old\n  " S "\n"), NULL },
};

/* Whatever a file looks like, our block can be appended and taken away again. */
static const str files[] = {
	BYTES(""), BYTES("\xef\xbb\xbf"), BYTES("\xef\xbb\xbf# T\r\n"), BYTES("\n"), BYTES("\r\n"),
	BYTES(" "),
	BYTES("a"), BYTES("a\n"), BYTES("a\n\n"), BYTES("a\n\n\n"), BYTES("a\n "), BYTES("a\n \n"),
	BYTES("a\n \n \n"), BYTES("\n \n"), BYTES("a\r"), BYTES("a\r\n"), BYTES("a\r\n\r\n"),
	BYTES("a\r\nb"), BYTES("a\r\nb\r"), BYTES("a\r\nb\n"), BYTES("a\nb\r\n"), BYTES("a\r\n \r\n"),
	BYTES("a\n\r\n"), BYTES("a\n\r"), BYTES("\0"), BYTES("a\0\n\0"), BYTES("\xff\xfe\xc3"),
	BYTES("```\nx\n```"), BYTES("- ```"), BYTES("<!-- x -->"),
};
/* clang-format on */

static void marker_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const struct sample *s = &samples[i];
		struct marker_span span = { 0 };
		struct error err = { 0 };
		enum status status = marker_find(s->file, &span, &err);
		enum verdict got = status != STATUS_OK ? BROKEN : span.found ? FOUND : NONE;

		if (got != s->verdict)
			fail_msg("%s: %d instead of %d: %s", s->name, got, s->verdict, err.message);
		if (got == BROKEN) {
			assert_int_equal(status, STATUS_REFUSED);
			assert_true(str_starts_c(str_c(err.message), "line "));
		}
		if (s->body)
			assert_str_equal(span.body, s->body);
	}
}

static void marker_range_is_exact(void **state)
{
	static const char before[] = "\xef\xbb\xbf"
				     "intro\r\n";
	static const char block[] = S "\r\nx\r\n" E "\r\n";
	struct marker_span span;
	struct buf file;

	(void)state;
	buf_init(&file, 1000);
	buf_printf(&file, "%s%safter", before, block);
	assert_int_equal(marker_find(buf_str(&file), &span, NULL), STATUS_OK);
	assert_int_equal(span.from, strlen(before));
	assert_int_equal(span.to, strlen(before) + strlen(block));
	assert_true(span.crlf);
	buf_release(&file);
}

static void splice(struct buf *out, str file, const char *block)
{
	struct marker_span span;

	buf_clear(out);
	assert_int_equal(marker_find(file, &span, NULL), STATUS_OK);
	marker_splice(file, &span, str_c(block), out);
}

static void marker_append_and_remove(void **state)
{
	struct buf with, again, without;

	(void)state;
	buf_init(&with, 10000);
	buf_init(&again, 10000);
	buf_init(&without, 10000);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct marker_span span;

		splice(&with, files[i], BLOCK);
		assert_true(str_starts(buf_str(&with), files[i]));
		assert_int_equal(marker_find(buf_str(&with), &span, NULL), STATUS_OK);
		assert_true(span.found);
		assert_int_equal(span.to, with.n);
		assert_true(str_ends_c(buf_str(&with), span.crlf ? E "\r\n" : E "\n"));
		splice(&again, buf_str(&with), BLOCK);
		assert_true(str_eq(buf_str(&again), buf_str(&with)));
		splice(&without, buf_str(&with), "");
		if (!str_eq(buf_str(&without), files[i]))
			fail_msg("file %zu: %zu bytes, then %zu", i, files[i].n, without.n);
	}
	buf_release(&with);
	buf_release(&again);
	buf_release(&without);
}

static void marker_separates(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	splice(&out, STR("# T\n"), BLOCK);
	assert_str_equal(buf_str(&out), "# T\n\n" BLOCK);
	splice(&out, STR("# T"), BLOCK);
	assert_str_equal(buf_str(&out), "# T\n \n" BLOCK);
	splice(&out, STR("\xef\xbb\xbf"), BLOCK);
	assert_str_equal(buf_str(&out), "\xef\xbb\xbf" BLOCK);
	/* A block that was put there by hand takes nothing along. */
	splice(&out, STR("# T\n" BLOCK), "");
	assert_str_equal(buf_str(&out), "# T\n");
	splice(&out, STR("# T\n\n" BLOCK "\nmore\n"), "");
	assert_str_equal(buf_str(&out), "# T\n\n\nmore\n");
	splice(&out, STR("\n" BLOCK), "");
	assert_str_equal(buf_str(&out), "\n");
	buf_release(&out);
}

static void marker_replaces(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	splice(&out, STR("a\n" S "\nold\n" E "\nb"), BLOCK);
	assert_str_equal(buf_str(&out), "a\n" BLOCK "b");
	splice(&out, STR("\xff\r\n" S "\r\nold\r\n" E "\r\n\xfe\n"), S "\nnew\n" E "\n");
	assert_str_equal(buf_str(&out), "\xff\r\n" S "\r\nnew\r\n" E "\r\n\xfe\n");
	splice(&out, STR("a\n" S "\nold\n" E), S "\nnew\n" E "\n");
	assert_str_equal(buf_str(&out), "a\n" S "\nnew\n" E);
	splice(&out, STR("a\r\n" S "\r\nold\r\n" E), S "\nnew\n" E "\n");
	assert_str_equal(buf_str(&out), "a\r\n" S "\r\nnew\r\n" E);
	buf_release(&out);
}

static void marker_lists_bullets(void **state)
{
	static const char body[] = "## Headroom Learned Patterns\n"
				   "*Auto-generated by `headroom learn`*\n"
				   "### File Path Corrections\r\n"
				   "- `a` is now `b`.\r\n"
				   "* mine  \n"
				   "\n"
				   "### Search Scope\n"
				   "- first line\n"
				   "  second line\n"
				   "  - deeper\n"
				   "loose text\n"
				   "-no bullet\n"
				   "- last";
	static const char *const expected[][2] = {
		{ "File Path Corrections", "`a` is now `b`." },
		{ "File Path Corrections", "mine" },
		{ "Search Scope", "first line\n  second line\n  - deeper" },
		{ "Search Scope", "last" },
	};
	struct vec bullets;

	(void)state;
	vec_init(&bullets, sizeof(struct marker_bullet));
	marker_bullets(str_c(body), &bullets);
	assert_int_equal(bullets.n, sizeof(expected) / sizeof(*expected));
	for (size_t i = 0; i < bullets.n; i++) {
		const struct marker_bullet *b = vec_at(&bullets, i);

		assert_str_equal(b->section, expected[i][0]);
		assert_str_equal(b->text, expected[i][1]);
	}
	vec_release(&bullets);
}

const struct CMUnitTest marker_tests[] = {
	cmocka_unit_test(marker_finds),
	cmocka_unit_test(marker_range_is_exact),
	cmocka_unit_test(marker_append_and_remove),
	cmocka_unit_test(marker_separates),
	cmocka_unit_test(marker_replaces),
	cmocka_unit_test(marker_lists_bullets),
};
const size_t marker_tests_count = sizeof(marker_tests) / sizeof(*marker_tests);

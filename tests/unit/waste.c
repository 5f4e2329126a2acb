#include "tests/test.h"

#include "core/compress/waste.h"

static struct waste measured(const str *texts, size_t n)
{
	const struct tokenizer *tokenizer = tokenizer_by_name("o200k_base");
	struct waste_meter m;
	size_t tokens = 0;

	waste_init(&m, tokenizer, NULL);
	for (size_t i = 0; i < n; i++) {
		size_t of_text = token_count(tokenizer, NULL, texts[i]);

		tokens += of_text;
		waste_add(&m, texts[i], of_text, 0);
	}
	waste_release(&m);
	assert_true(m.waste.total <= tokens);
	return m.waste;
}

/* Only this kind of waste is found in the text, at least so much. */
static void assert_only(str text, enum waste_kind kind, size_t least)
{
	struct waste w = measured(&text, 1);

	for (int k = 0; k < WASTE_COUNT; k++)
		if ((k == (int)kind && least) ? w.tokens[k] < least : w.tokens[k] > 0)
			fail_msg("%.*s: %s %zu", STR_ARG(str_sub(text, 0, 60)), waste_names[k], w.tokens[k]);
	assert_int_equal(w.total, w.tokens[kind]);
}

static void fill(struct buf *b, const char *head, const char *piece, int times, const char *tail)
{
	buf_clear(b);
	buf_add_c(b, head);
	for (int i = 0; i < times; i++)
		buf_add_c(b, piece);
	buf_add_c(b, tail);
}

static void each_kind_is_found_alone(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	fill(&b, "img ", "aGVsbG8gd29ybGQ7IGl0IGlzIE1lIQ", 20, "==");
	assert_only(buf_str(&b), WASTE_BASE64, 200);
	fill(&b, "", "0123456789abcdef", 40, ""); /* a hash, however long */
	assert_only(buf_str(&b), WASTE_BASE64, 0);
	fill(&b, "/", "usr/Share/Doc2/", 40, ""); /* a path */
	assert_only(buf_str(&b), WASTE_BASE64, 0);
	assert_only(STR("<html><head><script>var a = 1;</script></head><body><p "
			"class=\"x\">one</p></body></html>"),
		    WASTE_HTML, 15);
	assert_only(STR("```html\n<div><div><div><span>\n```\n"), WASTE_HTML, 0);
	assert_only(STR("vec<int> a; list<T> b; map<K, V> c;"), WASTE_HTML, 0);
	assert_only(STR("a        b         c\n\n\n\n\n\n\n\nd"), WASTE_WHITESPACE, 1);
	assert_only(STR("def f():\n                return 1\n"), WASTE_WHITESPACE, 0); /* an indentation */
	assert_only(STR("nothing of that kind is said here"), WASTE_REPETITION, 0);
	buf_release(&b);
}

static void bloat_is_what_rows_have_in_common(void **state)
{
	struct waste small, large;
	struct buf b;
	str text;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\n    \"rows\": [\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&b,
			   "        {\n            \"id\": %d,\n            \"region\": \"eu-central-1\"\n   "
			   "     }%s\n",
			   i, i < 99 ? "," : "");
	buf_add_c(&b, "    ]\n}");
	text = buf_str(&b);
	large = measured(&text, 1);
	assert_true(large.tokens[WASTE_JSON] > 1000);
	/* braces in prose do not make JSON of it */
	buf_cut(&b, b.n - 1);
	text = buf_str(&b);
	small = measured(&text, 1);
	assert_int_equal(small.tokens[WASTE_JSON], 0);
	text = STR("{\"a\":   1}");
	small = measured(&text, 1);
	assert_int_equal(small.total, 0);
	buf_release(&b);
}

static void repetition_counts_beyond_the_first(void **state)
{
	static const char line[] = "the connection of worker 17 to the replica was closed by the other side "
				   "before the lease was "
				   "renewed, giving up after the third attempt, which is what the settings "
				   "of this host ask for\n";
	static const char other[] = "the connection of worker 17 to the replica was closed by the other side "
				    "before the lease was "
				    "renewed, giving up after the third attempt, which is what the settings "
				    "of this host ask for.\n";
	str once = STR(line), pair[2] = { STR(line), STR(line) };
	struct waste w;
	struct buf b;
	str text;

	(void)state;
	assert_int_equal(measured(&once, 1).total, 0);
	w = measured(pair, 2); /* the same result twice */
	assert_true(w.tokens[WASTE_REPETITION] >= 30 && w.tokens[WASTE_REPETITION] < 60);
	buf_init(&b, 1 << 16);
	buf_printf(&b, "%s%s%s", line, other, line); /* nearly the same */
	text = buf_str(&b);
	assert_true(measured(&text, 1).tokens[WASTE_REPETITION] >= 60);
	buf_release(&b);
}

/* A page in a data URI in JSON, twice: more than one kind claims each token, and each counts once. */
static void no_token_counts_twice(void **state)
{
	struct buf b;
	str texts[2];
	struct waste w;

	(void)state;
	buf_init(&b, 1 << 20);
	fill(&b, "[{\"page\":\"<html><body><div>\"},", "{\"same\":   \"aGVsbG8gd29ybGQ7IGl0IGlzIE1lIQ\"},",
	     100, "{}]");
	texts[0] = texts[1] = buf_str(&b);
	w = measured(texts, 2);
	assert_true(w.tokens[WASTE_REPETITION] > 0 && w.tokens[WASTE_JSON] > 0);
	buf_release(&b);
}

const struct CMUnitTest waste_tests[] = {
	cmocka_unit_test(each_kind_is_found_alone),
	cmocka_unit_test(bloat_is_what_rows_have_in_common),
	cmocka_unit_test(repetition_counts_beyond_the_first),
	cmocka_unit_test(no_token_counts_twice),
};
const size_t waste_tests_count = sizeof(waste_tests) / sizeof(*waste_tests);

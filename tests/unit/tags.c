#include "tests/test.h"

#include "core/compress/tags.h"

/* The whole spans, joined by '|'. */
static str found(struct arena *a, const char *text)
{
	struct tag_spans spans;
	struct tag_span span;
	str out = STR("");

	tags_find(a, str_c(text), &spans);
	for (size_t at = 0; tags_next(&spans, &at, &span);)
		out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), out.n ? "|" : "", STR_ARG(span.whole));
	return out;
}

static void tags_finds_foreign_elements(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(found(&a, "x <system-reminder>do\nnot</system-reminder> y <b>z</b>"),
			 "<system-reminder>do\nnot</system-reminder>");
	assert_str_equal(found(&a, "<tool_call id=\"a>b\" x='/'/> and <T:u.v n=1></T:u.v>"),
			 "<tool_call id=\"a>b\" x='/'/>|<T:u.v n=1></T:u.v>");
	/* of elements inside each other the outermost */
	assert_str_equal(found(&a, "<x1><x1>a</x1><y1/></x1><y1>b</y1>"),
			 "<x1><x1>a</x1><y1/></x1>|<y1>b</y1>");
	arena_release(&a);
}

static void tags_leaves_ordinary_text(void **state)
{
	static const char *const texts[] = {
		"",
		"a < b > c",
		"vector<int> x; map<k, v>",
		"<user@example.com>",
		"<div>a</div><BR/><Span/>",
		"<open> only",
		"only closed </open>",
		"<a1>x</A1>",
		"<x1",
		"<x1 y='>",
		"<1x></1x>",
		"<x1 <y",
		"</x1><x1>",
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_str_equal(found(&a, texts[i]), "");
	arena_release(&a);
}

static void tags_tells_the_parts(void **state)
{
	str text = STR("a<think n=1>b<b>c</b></think>d");
	struct tag_spans spans;
	struct arena a;

	(void)state;
	arena_init(&a);
	tags_find(&a, text, &spans);
	assert_int_equal(spans.n, 1);
	assert_ptr_equal(spans.at[0].whole.p, text.p + 1);
	assert_str_equal(spans.at[0].open, "<think n=1>");
	assert_str_equal(spans.at[0].inner, "b<b>c</b>");
	assert_str_equal(spans.at[0].close, "</think>");
	arena_release(&a);
}

/* An open tag that is never closed hides nothing behind it, however many there are. */
static void tags_is_linear(void **state)
{
	enum {
		MANY = 200000
	};
	struct tag_spans spans;
	struct arena a;
	struct buf text;

	(void)state;
	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	for (int i = 0; i < MANY; i++)
		buf_printf(&text, "<x%d>", i);
	buf_add_c(&text, "<y>z</y>");
	for (int i = MANY; i-- > 1;)
		buf_printf(&text, "</z%d>", i);
	tags_find(&a, buf_str(&text), &spans);
	assert_int_equal(spans.n, 1);
	assert_str_equal(spans.at[0].whole, "<y>z</y>");
	buf_add_c(&text, "</x0>");
	tags_find(&a, buf_str(&text), &spans);
	assert_int_equal(spans.n, 1);
	assert_int_equal(spans.at[0].whole.n, text.n);
	buf_release(&text);
	arena_release(&a);
}

const struct CMUnitTest tags_tests[] = {
	cmocka_unit_test(tags_finds_foreign_elements),
	cmocka_unit_test(tags_leaves_ordinary_text),
	cmocka_unit_test(tags_tells_the_parts),
	cmocka_unit_test(tags_is_linear),
};
const size_t tags_tests_count = sizeof(tags_tests) / sizeof(*tags_tests);

#include "tests/test.h"

#include "core/json/doc.h"

static const struct doc *parsed(struct arena *a, const char *text)
{
	const struct doc *d = NULL;
	struct error err;

	if (doc_parse(a, str_c(text), &d, &err))
		fail_msg("%s", err.message);
	return d;
}

static void doc_answers(void **state)
{
	const struct doc *d;
	struct arena a;

	(void)state;
	arena_init(&a);
	d = parsed(&a, "{\"s\":\"text\",\"t\":true,\"f\":false,\"n\":{\"in\":\"side\"},\"s\":\"last\"}");
	assert_str_equal(doc_str(doc_get(d, "s")), "last");
	assert_str_equal(doc_str(doc_get(doc_get(d, "n"), "in")), "side");
	assert_str_equal(doc_str(doc_get(d, "t")), "");
	assert_true(doc_is_true(doc_get(d, "t")));
	assert_true(doc_is_false(doc_get(d, "f")));
	assert_false(doc_is_true(doc_get(d, "f")));
	assert_null(doc_get(d, "none"));
	assert_null(doc_get(doc_get(d, "s"), "x"));
	assert_null(doc_get(NULL, "x"));
	assert_false(doc_is_false(NULL));
	assert_str_equal(doc_str(NULL), "");
	arena_release(&a);
}

static void note(void *ctx, str key, const struct doc *value)
{
	struct buf *out = ctx;

	buf_add(out, key);
	buf_add_ch(out, '=');
	buf_add(out, doc_str(value));
	buf_add_ch(out, ';');
}

static void doc_goes_through_members(void **state)
{
	struct arena a;
	struct buf out;

	(void)state;
	arena_init(&a);
	buf_init(&out, 100);
	doc_each(parsed(&a, "{\"a\":\"1\",\"b\":\"2\"}"), note, &out);
	doc_each(parsed(&a, "[\"x\",\"y\"]"), note, &out);
	doc_each(parsed(&a, "\"no container\""), note, &out);
	doc_each(NULL, note, &out);
	assert_str_equal(buf_str(&out), "a=1;b=2;=x;=y;");
	buf_release(&out);
	arena_release(&a);
}

static void doc_tells_where_it_is_malformed(void **state)
{
	const char *path = test_path(test_dir(), "package.json");
	const struct doc *d = NULL;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_int_equal(doc_parse(&a, STR("{\n\"a\": x}"), &d, &err), STATUS_PARSE);
	assert_true(str_starts_c(str_c(err.message), "line 2, column "));
	assert_int_equal(doc_parse(&a, STR(""), &d, &err), STATUS_PARSE);
	assert_int_equal(doc_load(&a, path, &d, &err), STATUS_NOT_FOUND);
	test_write(path, STR("{\"a\":"));
	assert_int_equal(doc_load(&a, path, &d, &err), STATUS_PARSE);
	assert_true(str_has_c(str_c(err.message), "package.json: line 1"));
	assert_null(d);
	test_write(path, STR("{\"a\":\"b\"}"));
	assert_int_equal(doc_load(&a, path, &d, NULL), STATUS_OK);
	assert_str_equal(doc_str(doc_get(d, "a")), "b");
	arena_release(&a);
}

static void doc_has_a_limit(void **state)
{
	const struct doc *d = NULL;
	struct arena a;
	char *big;

	(void)state;
	arena_init(&a);
	big = arena_alloc(&a, DOC_MAX + 1);
	memset(big, ' ', DOC_MAX + 1);
	assert_int_equal(doc_parse(&a, (str){ big, DOC_MAX + 1 }, &d, NULL), STATUS_LIMIT);
	arena_release(&a);
}

/* clang-format off */
const struct CMUnitTest doc_tests[] = {
	cmocka_unit_test(doc_answers),
	cmocka_unit_test(doc_goes_through_members),
	cmocka_unit_test(doc_tells_where_it_is_malformed),
	cmocka_unit_test(doc_has_a_limit),
};
/* clang-format on */
const size_t doc_tests_count = sizeof(doc_tests) / sizeof(*doc_tests);

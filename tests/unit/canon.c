/*
 * canon: one spelling for what means the same.
 */
#include "tests/test.h"

#include "core/json/canon.h"

static void assert_canon(const char *text, const char *expected)
{
	struct arena a;
	struct buf out;

	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	canon_add(&out, &a, jval_of(str_c(text)));
	assert_str_equal(buf_str(&out), expected);
	buf_release(&out);
	arena_release(&a);
}

static void canon_spells_in_one_way(void **state)
{
	(void)state;
	assert_canon(" { \"b\" : [ 1 , 2.50, true ,null ] ,\n\"a\" : \"x\\u0041\\/\" } ",
		     "{\"a\":\"xA/\",\"b\":[1,2.50,true,null]}");
	assert_canon("{\"a\":1,\"\\u0061\":2,\"A\":3}", "{\"A\":3,\"a\":2}");
	assert_canon("{\"\\u00e9\":{},\"z\":[],\"\":{\"b\":1,\"a\":{\"d\":1,\"c\":2}}}",
		     "{\"\":{\"a\":{\"c\":2,\"d\":1},\"b\":1},\"z\":[],\"\303\251\":{}}");
	assert_canon("\"\\ud800\\n\"", "\"\357\277\275\\n\"");
	assert_canon("", "");
}

static void canon_goes_no_deeper_than_its_limit(void **state)
{
	struct buf text, out;
	struct arena a;

	(void)state;
	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	for (int i = 0; i < 100000; i++)
		buf_add_ch(&text, '[');
	for (int i = 0; i < 100000; i++)
		buf_add_ch(&text, ']');
	canon_add(&out, &a, jval_of(buf_str(&text)));
	assert_true(str_eq(buf_str(&out), buf_str(&text)));
	buf_release(&out);
	buf_release(&text);
	arena_release(&a);
}

const struct CMUnitTest canon_tests[] = {
	cmocka_unit_test(canon_spells_in_one_way),
	cmocka_unit_test(canon_goes_no_deeper_than_its_limit),
};
const size_t canon_tests_count = sizeof(canon_tests) / sizeof(*canon_tests);

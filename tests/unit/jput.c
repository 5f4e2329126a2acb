#include "tests/test.h"

#include <math.h>

#include "core/json/jput.h"

static void fill(struct jput *j)
{
	jput_object(j);
	jput_kstr(j, "text", STR("a\"b\\c\n\t\r\x01\x7f/\xc3\xa9"));
	jput_kint(j, "int", INT64_MIN);
	jput_kreal(j, "real", 0.125, 2);
	jput_kbool(j, "yes", true);
	jput_key(j, "list");
	jput_array(j);
	jput_int(j, 1);
	jput_null(j);
	jput_object(j);
	jput_end(j);
	jput_array(j);
	jput_bool(j, false);
	jput_end(j);
	jput_end(j);
	jput_key(j, "empty");
	jput_array(j);
	jput_end(j);
	jput_end(j);
}

static void jput_writes_compactly(void **state)
{
	struct jput j;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	jput_init(&j, &out, false);
	fill(&j);
	assert_str_equal(
		buf_str(&out),
		"{\"text\":\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/\xc3\xa9\",\"int\":-9223372036854775808,"
		"\"real\":0.12,\"yes\":true,\"list\":[1,null,{},[false]],\"empty\":[]}");
	buf_release(&out);
}

static void jput_writes_prettily(void **state)
{
	struct jput j;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	jput_init(&j, &out, true);
	fill(&j);
	assert_str_equal(buf_str(&out), "{\n"
					"  \"text\": \"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/\xc3\xa9\",\n"
					"  \"int\": -9223372036854775808,\n"
					"  \"real\": 0.12,\n"
					"  \"yes\": true,\n"
					"  \"list\": [\n"
					"    1,\n"
					"    null,\n"
					"    {},\n"
					"    [\n"
					"      false\n"
					"    ]\n"
					"  ],\n"
					"  \"empty\": []\n"
					"}");
	buf_release(&out);
}

static void put_one(struct buf *out, str s)
{
	struct jput j;

	buf_clear(out);
	jput_init(&j, out, false);
	jput_str(&j, s);
}

static void jput_replaces_what_is_not_utf8(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	put_one(&out, STR("a\xff"
			  "b\xc3"));
	assert_str_equal(buf_str(&out), "\"a\xef\xbf\xbd"
					"b\xef\xbf\xbd\"");
	put_one(&out, STR("\xef\xbf\xbd \xf0\x9f\x9a\x80"));
	assert_str_equal(buf_str(&out), "\"\xef\xbf\xbd \xf0\x9f\x9a\x80\"");
	put_one(&out, (str){ "\0x", 2 });
	assert_str_equal(buf_str(&out), "\"\\u0000x\"");
	put_one(&out, STR(""));
	assert_str_equal(buf_str(&out), "\"\"");
	buf_release(&out);
}

static void jput_has_no_numbers_json_lacks(void **state)
{
	struct buf out;
	struct jput j;

	(void)state;
	buf_init(&out, 1000);
	jput_init(&j, &out, false);
	jput_array(&j);
	jput_real(&j, (double)NAN, 2);
	jput_real(&j, (double)-INFINITY, 2);
	jput_real(&j, -1.5, 0);
	jput_end(&j);
	assert_str_equal(buf_str(&out), "[null,null,-2]");
	buf_release(&out);
}

/* clang-format off */
const struct CMUnitTest jput_tests[] = {
	cmocka_unit_test(jput_writes_compactly),
	cmocka_unit_test(jput_writes_prettily),
	cmocka_unit_test(jput_replaces_what_is_not_utf8),
	cmocka_unit_test(jput_has_no_numbers_json_lacks),
};
/* clang-format on */
const size_t jput_tests_count = sizeof(jput_tests) / sizeof(*jput_tests);

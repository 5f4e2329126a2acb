#include "tests/test.h"

#include "core/json/jfill.h"

/* Everything a record of the tests can hold. */
struct filled {
	struct jval a, ab, abc, long_key, inside, x, y, entered;
	int enters;
};

static struct filled *entering;

static void enter(struct jfill *f, struct jit *it)
{
	struct jit child;

	assert_ptr_equal(f->ctx, entering);
	entering->enters++;
	if (jit_enter(it, &child)) { /* looks at the first element only */
		if (jit_next(&child))
			entering->entered = child.value;
		jit_leave(it, &child);
	} else if (it->value.type == J_STRING && jstr_eq_c(jit_value(it).raw, "stop")) {
		f->stop = true;
	}
}

/* clang-format off */
#define AT(name, field) { JFILL_NAMED(name), .offset = offsetof(struct filled, field) }

static const struct jfill_key inner_keys[] = { AT("x", x), AT("y", y) };
static const struct jfill_table inner = { 1, inner_keys, 2 };

static const struct jfill_key outer_keys[] = {
	AT("a", a),
	AT("ab", ab),
	AT("abc", abc),
	AT("long_key_of_twenty_nine_bytes", long_key),
	{ JFILL_NAMED("inside"), .offset = offsetof(struct filled, inside), .inside = &inner },
	{ JFILL_NAMED("enter"), .enter = enter },
	{ JFILL_NAMED("skipped"), .offset = JFILL_SKIP },
};
static const struct jfill_table outer = { 0, outer_keys, 7 };
/* clang-format on */

static bool fill(struct jfill *f, const char *text, struct filled *out)
{
	struct jit it;

	*out = (struct filled){ .enters = 0 };
	entering = out;
	f->ctx = out;
	f->stop = false;
	jit_init(&it, (struct jval){ .raw = str_c(text), .type = J_OBJECT });
	jfill_walk(f, &outer, &it, out);
	return jit_ok(&it);
}

static void jfill_finds_values_in_any_order(void **state)
{
	static const char *const texts[] = {
		"{\"a\":1,\"ab\":\"two\",\"inside\":{\"x\":true,\"y\":[1]},\"skipped\":{\"a\":9},\"abc\":"
		"null}",
		"{\"a\":1,\"ab\":\"two\",\"inside\":{\"x\":true,\"y\":[1]},\"skipped\":{\"a\":9},\"abc\":"
		"null}",
		"{\"abc\":null,\"unknown\":{\"ab\":3},\"ab\":\"two\",\"inside\":{\"y\":[1],\"z\":0,\"x\":"
		"true},\"a\":1}",
		"{ \"a\" : 1 , \"ab\" : \"two\" , \"inside\" : { \"x\" : true , \"y\" : [1] } , \"abc\" : "
		"null }",
		"{\"\\u0061\":1,\"a\\u0062\":\"two\",\"\\u0069nside\":{\"x\":true,\"y\":[1]},\"abc\":null}",
		"{\"ab\": \"two\",\"a\": 1,\"inside\":{\"x\":true,\"y\":[1]},\"skipped\":\"\",\"abc\": null}",
	};
	struct jfill f = { 0 };
	struct filled got;

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(texts) / sizeof(*texts); i++) {
		assert_true(fill(&f, texts[i % (sizeof(texts) / sizeof(*texts))], &got));
		assert_int_equal(jval_i64(got.a, 0), 1);
		assert_str_equal(got.ab.raw, "two");
		assert_int_equal(got.abc.type, J_NULL);
		assert_int_equal(got.x.type, J_TRUE);
		assert_str_equal(got.y.raw, "[1]");
		assert_int_equal(got.inside.type, J_OBJECT);
		assert_int_equal(got.long_key.type, J_NONE);
	}
}

static void jfill_knows_plain_strings(void **state)
{
	static const char *const strings[] = {
		"",
		"short",
		"a string of more than three times sixteen bytes, which is long",
		"\\n",
		"x\\\\",
		"0123456789abcde\\\"",
		"0123456789abcdef\\\"",
		"0123456789abcdef0123456789abcdef0123456789abcde\\\""
	};
	struct jfill f = { 0 };
	struct filled got;
	struct buf text;

	(void)state;
	buf_init(&text, 1000);
	for (size_t i = 0; i < 2 * sizeof(strings) / sizeof(*strings); i++) {
		const char *s = strings[i % (sizeof(strings) / sizeof(*strings))];

		buf_clear(&text);
		buf_printf(&text, "{\"long_key_of_twenty_nine_bytes\":\"%s\",\"a\":\"%s\"}", s, s);
		assert_true(fill(&f, buf_c(&text), &got));
		assert_str_equal(got.long_key.raw, s);
		assert_str_equal(got.a.raw, s);
		assert_false(got.a.plain && jstr_escaped(got.a.raw));
	}
	buf_release(&text);
}

static void jfill_enters_and_stops(void **state)
{
	struct jfill f = { 0 };
	struct filled got;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(fill(&f, "{\"enter\":[7,8],\"a\":1}", &got));
		assert_int_equal(jval_i64(got.entered, 0), 7);
		assert_int_equal(jval_i64(got.a, 0), 1);
		assert_true(fill(&f, "{\"ab\":1,\"enter\":\"stop\",\"a\":1,", &got));
		assert_int_equal(got.ab.type, J_NUMBER);
		assert_int_equal(got.a.type, J_NONE);
	}
}

static void jfill_refuses_malformed(void **state)
{
	static const char *const bad[] = { "{\"a\":1",	  "{\"a\":}",		"{\"a\"",
					   "{\"a\":\"x}", "{\"a\":1 \"ab\":2}", "{\"inside\":{\"x\":1]",
					   "{\"a\":tru}", "{\"a\":1,}",		"{\"inside\":{\"x\":tru}}" };
	struct jfill f = { 0 };
	struct filled got;

	(void)state;
	for (int again = 0; again < 2; again++) {
		assert_true(fill(&f, "{\"a\":1,\"ab\":2,\"inside\":{\"x\":1}}", &got));
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
			assert_false(fill(&f, bad[i], &got));
	}
}

/* clang-format off */
const struct CMUnitTest jfill_tests[] = {
	cmocka_unit_test(jfill_finds_values_in_any_order),
	cmocka_unit_test(jfill_knows_plain_strings),
	cmocka_unit_test(jfill_enters_and_stops),
	cmocka_unit_test(jfill_refuses_malformed),
};
/* clang-format on */
const size_t jfill_tests_count = sizeof(jfill_tests) / sizeof(*jfill_tests);

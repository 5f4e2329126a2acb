#include "tests/test.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/json/jget.h"
#include "core/json/jscan.h"

static const char *const kernels[] = { "avx2", "sse2", "swar" };

enum {
	KERNELS = sizeof(kernels) / sizeof(*kernels)
};

static struct jval parse(const char *text)
{
	return jval_of(str_c(text));
}

/* ---- made-up documents, the same on each run ---- */

static uint64_t seed;

static size_t pick(size_t n) /* 0..n-1 */
{
	seed = hash_mix(seed + 1, 0x9e3779b97f4a7c15ULL);
	return (size_t)(seed >> 11) % n;
}

static void put_space(struct buf *out)
{
	static const char spaces[] = " \t\r\n";

	while (pick(6) == 0)
		buf_add_ch(out, spaces[pick(sizeof(spaces) - 1)]);
}

static void put_string(struct buf *out, size_t longest)
{
	static const char *const pieces[] = {
		"a",	    "plain text, ", "\\n",	  "\\\"", "\\\\", "\\t", "{}[],:",
		"\\/",	    "\\u00e9",	    "\\u001b[0m", "é",	  "→",	  "🚀",	 "\\ud83d\\ude80",
		"\\\\\\\"", "\\u20ac"
	};
	size_t n = pick(longest) + 1;

	while (n-- > 0)
		buf_add_c(out, pieces[pick(pick(4) ? 4 : sizeof(pieces) / sizeof(*pieces))]);
}

static void put_value(struct buf *out, int depth)
{
	size_t members = pick(6);

	put_space(out);
	switch (pick(depth > 0 ? 9 : 6)) {
	case 0:
		buf_add_c(out, pick(2) ? "true" : "false");
		break;
	case 1:
		buf_add_c(out, "null");
		break;
	case 2:
		buf_printf(out, "%d", (int)pick(2000) - 1000);
		break;
	case 3:
		buf_printf(out, "%d.%02de%d", (int)pick(100), (int)pick(100), (int)pick(20) - 10);
		break;
	case 4:
	case 5:
		buf_add_ch(out, '"');
		put_string(out, pick(8) ? 10 : 100);
		buf_add_ch(out, '"');
		break;
	case 6:
		buf_add_ch(out, '[');
		for (size_t i = 0; i < members; i++) {
			buf_add_c(out, i ? "," : "");
			put_value(out, depth - 1);
		}
		put_space(out);
		buf_add_ch(out, ']');
		break;
	default:
		buf_add_ch(out, '{');
		for (size_t i = 0; i < members; i++) {
			buf_add_c(out, i ? "," : "");
			put_space(out);
			buf_printf(out, "\"%d", (int)i); /* no key twice */
			put_string(out, 4);
			buf_add_ch(out, '"');
			put_space(out);
			buf_add_ch(out, ':');
			put_value(out, depth - 1);
		}
		put_space(out);
		buf_add_ch(out, '}');
		break;
	}
	put_space(out);
}

/* ---- against jansson ---- */

static void compare(struct jval v, json_t *json)
{
	struct arena a;
	struct jit it;
	size_t n = 0;
	str text;

	arena_init(&a);
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		assert_int_equal(v.type, J_OBJECT);
		for (jit_init(&it, v); jit_next(&it); n++) {
			const char *key = jstr_copy(&a, it.key).p;

			assert_non_null(json_object_get(json, key));
			assert_true(jkey_is(it.key, key));
			compare(it.value, json_object_get(json, key));
		}
		assert_true(jit_ok(&it));
		assert_int_equal(n, json_object_size(json));
		break;
	case JSON_ARRAY:
		assert_int_equal(v.type, J_ARRAY);
		for (jit_init(&it, v); jit_next(&it); n++)
			compare(it.value, json_array_get(json, n));
		assert_true(jit_ok(&it));
		assert_int_equal(n, json_array_size(json));
		break;
	case JSON_STRING:
		assert_int_equal(v.type, J_STRING);
		text = jstr_take(&a, v.raw);
		assert_int_equal(text.n, json_string_length(json));
		assert_memory_equal(text.p, json_string_value(json), text.n);
		assert_int_equal(jstr_length(v.raw), text.n);
		assert_true(jstr_eq(v.raw, text));
		assert_false(jstr_eq_c(v.raw, "no such string"));
		break;
	case JSON_INTEGER:
		assert_int_equal(v.type, J_NUMBER);
		assert_int_equal(jval_i64(v, -1), json_integer_value(json));
		break;
	case JSON_REAL:
		assert_int_equal(v.type, J_NUMBER);
		assert_true(fabs(jval_f64(v, -1) - json_real_value(json)) <=
			    1e-14 * fabs(json_real_value(json)));
		break;
	case JSON_TRUE:
		assert_int_equal(v.type, J_TRUE);
		break;
	case JSON_FALSE:
		assert_int_equal(v.type, J_FALSE);
		break;
	case JSON_NULL:
		assert_int_equal(v.type, J_NULL);
		break;
	}
	arena_release(&a);
}

/* A copy in memory of exactly its size, so that checkers see every read outside. */
static str exact(const struct buf *b)
{
	char *p = malloc(b->n);

	assert_non_null(p);
	memcpy(p, b->p, b->n);
	return (str){ p, b->n };
}

static void each_kernel(void (*check)(void))
{
	const char *before = jscan_name();
	int ran = 0;

	for (int k = 0; k < KERNELS; k++)
		if (jscan_select(kernels[k])) {
			seed = 42;
			check();
			ran++;
		}
	assert_true(ran > 0);
	assert_true(jscan_select(before));
}

static void compare_documents(void)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	for (int i = 0; i < 3000; i++) {
		json_t *json;
		str doc;

		buf_clear(&text);
		put_value(&text, 5);
		doc = exact(&text);
		json = json_loadb(doc.p, doc.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(json);
		compare(jval_of(doc), json);
		json_decref(json);
		free((void *)(uintptr_t)doc.p);
	}
	buf_release(&text);
}

static void jget_agrees_with_jansson(void **state)
{
	(void)state;
	each_kernel(compare_documents);
}

/* ---- kernels against the obvious loops ---- */

static const char *plain_string_end(const char *p, const char *end)
{
	for (; p < end && *p != '"'; p++)
		if (*p == '\\' && ++p == end)
			break;
	return p < end ? p : end;
}

static const char *plain_container_end(const char *p, const char *end)
{
	bool inside = false, escaped = false;
	int depth = 1;

	for (; p < end; p++) {
		if (*p == '"' && !escaped)
			inside = !inside;
		else if (!inside)
			depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
		if (depth == 0)
			return p + 1;
		escaped = *p == '\\' && !escaped;
	}
	return NULL;
}

static void compare_kernel(void)
{
	static const char bytes[] = "\"\\\\{}[]ab\\\"\n\0n,\\uud8\\d3cdeu";

	for (int i = 0; i < 20000; i++) {
		size_t n = pick(i % 2 ? 300 : 700), kinds = pick(sizeof(bytes) - 1) + 1;
		size_t rare = i % 2 ? 4 : 150; /* that whole blocks are passed over, too */
		char *p = malloc(n ? n : 1), *end = p + n;
		ptrdiff_t saving;
		const char *q;

		assert_non_null(p);
		for (size_t k = 0; k < n; k++)
			p[k] = pick(rare) ? 'x' : bytes[pick(kinds)];
		assert_ptr_equal(jscan_current->string_end(p, end), plain_string_end(p, end));
		assert_ptr_equal(jscan_current->container_end(p, end), plain_container_end(p, end));
		for (q = p; q < end && *q != '\n' && *q != '\0';)
			q++;
		assert_ptr_equal(jscan_current->line_end(p, end), q);
		saving = 0;
		for (q = p; q < end;)
			if (*q == '\\')
				saving += jstr_escape_saving(&q, end);
			else
				q++;
		assert_int_equal(jscan_current->escape_saving(p, end), saving);
		free(p);
	}
}

static void jget_kernels_agree(void **state)
{
	(void)state;
	each_kernel(compare_kernel);
	assert_false(jscan_select("mmx"));
}

/* ---- malformed text ---- */

/* Walks everything; a number that differs when anything seen differs. */
static uint64_t digest(struct jval v, int depth)
{
	uint64_t sum = hash_mix((uint64_t)v.type, str_hash(v.raw));
	struct jit it;

	if (depth > 0) {
		for (jit_init(&it, v); jit_next(&it);)
			sum = hash_mix(sum ^ str_hash(it.key), digest(it.value, depth - 1));
		sum = hash_mix(sum, jit_ok(&it));
	}
	if (v.type == J_STRING)
		sum ^= jstr_length(v.raw);
	return sum;
}

static uint64_t spoilt_digest;

static void spoil_documents(void)
{
	uint64_t sum = 0;
	struct buf text;

	buf_init(&text, 1 << 20);
	for (int i = 0; i < 3000; i++) {
		str doc;

		buf_clear(&text);
		put_value(&text, 4);
		for (size_t n = pick(4); n > 0; n--)
			text.p[pick(text.n)] = "\"\\{}[],:x\0"[pick(10)];
		buf_cut(&text, text.n - pick(text.n));
		doc = exact(&text);
		sum = hash_mix(sum, digest(jval_of(doc), 8));
		free((void *)(uintptr_t)doc.p);
	}
	buf_release(&text);
	assert_true(spoilt_digest == 0 || spoilt_digest == sum);
	spoilt_digest = sum;
}

static void jget_survives_spoilt_text(void **state)
{
	(void)state;
	each_kernel(spoil_documents);
}

static void jget_refuses_malformed(void **state)
{
	static const char *const bad[] = { "{\"a\" 1}", "{\"a\":1,}", "[1,]",	     "[,1]",
					   "{1:2}",	"[1 2]",      "[tru]",	     "[01]",
					   "[1.]",	"[1e]",	      "[-]",	     "[nul]",
					   "{\"a\":}",	"[x]",	      "{\"a\":\"b}", "[{\"a\":1]" };
	struct jit it;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		jit_init(&it,
			 (struct jval){ .raw = str_c(bad[i]), .type = *bad[i] == '{' ? J_OBJECT : J_ARRAY });
		while (jit_next(&it))
			;
		assert_false(jit_ok(&it));
		assert_false(jit_next(&it));
	}
	assert_int_equal(parse("").type, J_NONE);
	assert_int_equal(parse("  ").type, J_NONE);
	assert_int_equal(parse("{\"a\":1").type, J_NONE);
	assert_int_equal(parse("\"abc").type, J_NONE);
	assert_int_equal(parse("@").type, J_NONE);
}

/* ---- the rest of the interface ---- */

static void jget_finds_members(void **state)
{
	const struct jval v = parse(
		"{\"a\":{\"b\":[1,2]}, \"n\":null, \"\\u0061b\":\"x\", \"a\":7, \"t\":true, \"f\":false}");

	(void)state;
	assert_str_equal(jget_path(v, "a.b").raw, "[1,2]");
	assert_int_equal(jget_path(v, "a.c").type, J_NONE);
	assert_int_equal(jget_path(v, "n.c").type, J_NONE);
	assert_str_equal(jget(v, "ab").raw, "x");
	assert_int_equal(jget(parse("[1]"), "a").type, J_NONE);
	assert_true(jget_bool(v, "t", false));
	assert_false(jget_bool(v, "f", true));
	assert_true(jget_bool(v, "a", true));
	assert_true(jval_is(jget(v, "ab"), "x"));
	assert_false(jval_is(jget(v, "t"), "true"));
	assert_str_equal(jval_str(NULL, jget(v, "t")), "");
}

static void jget_walks_in_steps(void **state)
{
	struct jit it, inner, innermost;

	(void)state;
	jit_init(&it, parse("{\"skip\":[1,{}],\"in\":{\"x\":[\"]\",2],\"y\":3},\"last\":\"z\"}"));
	assert_true(jit_key(&it));
	assert_int_equal(it.value.type, J_ARRAY);
	assert_true(jit_key(&it));
	assert_true(jit_enter(&it, &inner));
	assert_true(jit_key(&inner));
	assert_true(jit_enter(&inner, &innermost));
	assert_true(jit_next(&innermost));
	assert_str_equal(innermost.value.raw, "]");
	jit_leave(&inner, &innermost);
	assert_str_equal(inner.value.raw, "[\"]\",2]");
	jit_leave(&it, &inner); /* y was not looked at */
	assert_str_equal(it.value.raw, "{\"x\":[\"]\",2],\"y\":3}");
	assert_true(jit_next(&it));
	assert_str_equal(it.value.raw, "z");
	assert_false(jit_enter(&it, &inner));
	assert_false(jit_next(&it));
	assert_true(jit_ok(&it));

	jit_init(&it, (struct jval){ .raw = STR("{\"in\":{\"x\":1]"), .type = J_OBJECT });
	assert_true(jit_key(&it));
	assert_true(jit_enter(&it, &inner));
	while (jit_next(&inner))
		;
	jit_leave(&it, &inner);
	assert_false(jit_ok(&it));
}

static void jget_reads_numbers(void **state)
{
	(void)state;
	assert_int_equal(jval_i64(parse("9223372036854775807"), 0), INT64_MAX);
	assert_int_equal(jval_i64(parse("-9223372036854775808"), 0), INT64_MIN);
	assert_int_equal(jval_i64(parse("9223372036854775808"), 5), 5);
	assert_int_equal(jval_i64(parse("-12.9"), 0), -12);
	assert_int_equal(jval_i64(parse("1.5e3"), 0), 1500);
	assert_int_equal(jval_i64(parse("1e30"), 5), 5);
	assert_int_equal(jval_i64(parse("\"1\""), 5), 5);
	assert_true(jval_f64(parse("0.25"), 0) == 0.25);
	assert_true(jval_f64(parse("-0"), 1) == 0);
	assert_true(jval_f64(parse("123456789012345678901234567890"), 0) > 1.2e29);
	assert_true(isinf(jval_f64(parse("1e999999999999"), 0)));
	assert_true(jval_f64(parse("1E-999999999999"), 1) == 0);
	assert_true(jval_f64(parse("true"), 3) == 3);
}

static void jget_replaces_bad_escapes(void **state)
{
	static const struct {
		const char *raw, *meaning;
	} cases[] = {
		{ "\\ud83d", "\xef\xbf\xbd" },
		{ "\\ude80x", "\xef\xbf\xbdx" },
		{ "\\ud83d\\ud83d\\ude80", "\xef\xbf\xbd\xf0\x9f\x9a\x80" },
		{ "\\uD83D\\u0041", "\xef\xbf\xbd"
				    "A" },
		{ "a\\", "a\xef\xbf\xbd" },
		{ "\\x41", "\xef\xbf\xbd"
			   "41" },
		{ "\\u12G4", "\xef\xbf\xbd"
			     "12G4" },
		{ "\\b\\f\\/", "\b\f/" },
		{ "\xff\\n", "\xff\n" },
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_str_equal(jstr_take(&a, str_c(cases[i].raw)), cases[i].meaning);
		assert_int_equal(jstr_length(str_c(cases[i].raw)), strlen(cases[i].meaning));
		assert_true(jstr_eq_c(str_c(cases[i].raw), cases[i].meaning));
	}
	assert_str_equal(jstr_copy(&a, STR("plain")), "plain");
	assert_int_equal(jstr_length(STR("")), 0);
	arena_release(&a);
}

static void check_ends(str raw, str whole, size_t max)
{
	struct buf head, tail;
	size_t least = whole.n < max ? whole.n : max < 3 ? 0 : max - 3;

	buf_init(&head, max);
	buf_init(&tail, max);
	jstr_head(&head, raw, max);
	jstr_tail(&tail, raw, max);
	assert_false(head.full || tail.full);
	assert_true(head.n >= least && tail.n >= least);
	assert_true(str_starts(whole, buf_str(&head)));
	assert_true(str_ends(whole, buf_str(&tail)));
	assert_true(utf8_valid(buf_str(&head)) && utf8_valid(buf_str(&tail)));
	buf_release(&head);
	buf_release(&tail);
}

static void check_all_ends(void)
{
	struct buf text;
	struct arena a;
	str raw, whole;

	arena_init(&a);
	buf_init(&text, 1 << 16);
	for (int i = 0; i < 320; i++) {
		bool is_long = i >= 300;

		buf_clear(&text);
		put_string(&text, is_long ? 9000 : 30);
		raw = exact(&text);
		whole = jstr_take(&a, raw);
		for (size_t max = 0; max < whole.n + 3; max += is_long ? 1 + pick(97) : 1)
			check_ends(raw, whole, max);
		arena_reset(&a);
		free((void *)(uintptr_t)raw.p);
	}
	buf_release(&text);
	arena_release(&a);
}

static void jget_cuts_strings_between_characters(void **state)
{
	(void)state;
	each_kernel(check_all_ends);
}

/* clang-format off */
const struct CMUnitTest jget_tests[] = {
	cmocka_unit_test(jget_agrees_with_jansson),
	cmocka_unit_test(jget_kernels_agree),
	cmocka_unit_test(jget_survives_spoilt_text),
	cmocka_unit_test(jget_refuses_malformed),
	cmocka_unit_test(jget_finds_members),
	cmocka_unit_test(jget_walks_in_steps),
	cmocka_unit_test(jget_reads_numbers),
	cmocka_unit_test(jget_replaces_bad_escapes),
	cmocka_unit_test(jget_cuts_strings_between_characters),
};
/* clang-format on */
const size_t jget_tests_count = sizeof(jget_tests) / sizeof(*jget_tests);

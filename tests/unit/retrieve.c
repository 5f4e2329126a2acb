#include "tests/test.h"

#include "core/compress/retrieve.h"

/* "number:text;" of what comes back, and how many matched of how many. */
static void assert_found(const char *kind, const char *text, const char *query, size_t offset, size_t limit,
			 const char *expected)
{
	struct retrieve_result r;
	struct arena a;
	struct buf b;

	arena_init(&a);
	buf_init(&b, 1 << 20);
	retrieve(&a, str_c(text), str_c(kind), str_c(query), offset, limit, &r);
	for (size_t i = 0; i < r.items.n; i++) {
		const struct retrieve_item *item = vec_at(&r.items, i);

		buf_printf(&b, "%zu:%.*s%s%.*s;", item->number, STR_ARG(item->key), item->key.n ? "=" : "",
			   STR_ARG(item->text));
	}
	buf_printf(&b, "%zu/%zu", r.matches, r.total);
	assert_string_equal(buf_c(&b), expected);
	vec_release(&r.items);
	buf_release(&b);
	arena_release(&a);
}

static void everything_is_paged_without_a_query(void **state)
{
	(void)state;
	assert_found("json_array", "[1, \"a b\" ,{\"x\":[]}]", "", 0, 0, "0:1;1:\"a b\";2:{\"x\":[]};3/3");
	assert_found("json_array", "[1,2,3,4]", "", 1, 2, "1:2;2:3;4/4");
	assert_found("json_array", "[1,2]", "", 7, 2, "2/2");
	assert_found("json", "{\"a\":1,\"b\":\"x\"}", "", 0, 0, "0:a=1;1:b=\"x\";2/2");
	assert_found("lines", "one\ntwo\r\n\nfour", "", 1, 2, "2:two;3:;4/4");
	assert_found("text", "a\nb\n\n \nc", "", 0, 0, "0:a\nb;1:c;2/2");
	assert_found("lines", "", "", 0, 0, "0/0");
}

static void each_kind_is_searched_by_its_items(void **state)
{
	(void)state;
	assert_found("json_array", "[{\"s\":\"disk full\"},{\"s\":\"fine\"},{\"s\":\"disk slow\"}]",
		     "is the disk full?", 0, 0, "0:{\"s\":\"disk full\"};2:{\"s\":\"disk slow\"};2/3");
	assert_found("json", "{\"host\":\"alpha\",\"port\":80}", "alpha", 0, 0, "0:host=\"alpha\";1/2");
	assert_found("text", "The cat sat.\n\nThe dog ran\nfar away.\n\nNothing.", "dog", 0, 0,
		     "1:The dog ran\nfar away.;1/3");
	assert_found("messages",
		     "[{\"role\":\"user\",\"content\":\"parser\"},{\"role\":\"user\",\"content\":\"x\"}]",
		     "parser", 0, 0, "0:{\"role\":\"user\",\"content\":\"parser\"};1/2");
}

/* Lines come with those around them, and once. */
static void lines_come_with_their_surroundings(void **state)
{
	static const char text[] = "a\nb\nc\nERROR boom\ne\nf\ng\nh\ni\nj\nk\nERROR bang\n";

	(void)state;
	assert_found("lines", text, "boom", 0, 0, "2:b\nc\nERROR boom\ne\nf;1/12");
	assert_found("lines", "ERROR one\nERROR two\nx\nx\nx\nx\nx\nERROR six\n", "error", 0, 0,
		     "1:ERROR one\nERROR two\nx;6:x\nx\nERROR six;2/8");
	assert_found("lines", text, "error", 1, 1, "10:j\nk\nERROR bang;2/12");
}

static void no_match_is_no_result(void **state)
{
	(void)state;
	assert_found("lines", "a\nb\n", "zebra", 0, 0, "0/2");
	assert_found("json_array", "[{\"the\":1}]", "the of and", 0, 0, "0/1");
	assert_found("json_array", "[]", "zebra", 0, 0, "0/0");
}

/* An id in the query finds its row, however many others have its words. */
static void anchors_come_first(void **state)
{
	struct retrieve_result r;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a);
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 3000; i++)
		buf_printf(&b, "%s{\"request\":%d,\"note\":\"request request\"}", i ? "," : "[", 10000 + i);
	buf_add_ch(&b, ']');
	retrieve(&a, buf_str(&b), STR("json_array"), STR("request 12345"), 0, 0, &r);
	assert_int_equal(r.items.n, RETRIEVE_RESULTS);
	assert_true(str_has_c(((struct retrieve_item *)vec_at(&r.items, 0))->text, "12345"));
	vec_release(&r.items);
	buf_release(&b);
	arena_release(&a);
}

const struct CMUnitTest retrieve_tests[] = {
	cmocka_unit_test(everything_is_paged_without_a_query),
	cmocka_unit_test(each_kind_is_searched_by_its_items),
	cmocka_unit_test(lines_come_with_their_surroundings),
	cmocka_unit_test(no_match_is_no_result),
	cmocka_unit_test(anchors_come_first),
};
const size_t retrieve_tests_count = sizeof(retrieve_tests) / sizeof(*retrieve_tests);

#include "tests/test.h"

static void buf_grows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	assert_string_equal(buf_c(&b), "");
	assert_int_equal(buf_str(&b).n, 0);
	for (int i = 0; i < 1000; i++)
		assert_true(buf_add_ch(&b, (char)i));
	assert_int_equal(b.n, 1000);
	assert_int_equal(b.p[1000], '\0');
	for (int i = 0; i < 1000; i++)
		assert_int_equal(b.p[i], (char)i);
	buf_release(&b);
	assert_null(b.p);
	buf_release(&b);
	buf_release(NULL);
}

static void buf_stops_at_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_true(buf_add_c(&b, "abc"));
	assert_false(buf_add_c(&b, "def"));
	assert_true(b.full);
	assert_string_equal(buf_c(&b), "abc");
	assert_false(buf_add_ch(&b, 'd')); /* would fit, but something is missing before it */
	assert_false(buf_add(&b, STR("")));
	assert_false(buf_printf(&b, "%d", 1));
	assert_null(buf_room(&b, 0));
	assert_string_equal(buf_c(&b), "abc");

	buf_clear(&b);
	assert_false(b.full);
	assert_true(buf_add_c(&b, "12345"));
	assert_true(buf_add(&b, (str){ NULL, 0 }));
	assert_false(buf_add_ch(&b, '6'));
	assert_string_equal(buf_c(&b), "12345");
	assert_true(b.cap <= 6);
	buf_release(&b);
}

static void buf_without_room_holds_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_true(buf_add_c(&b, ""));
	assert_true(buf_printf(&b, "%s", ""));
	assert_false(buf_add_ch(&b, 'x'));
	assert_string_equal(buf_c(&b), "");
	buf_release(&b);
}

static void buf_refuses_sizes_that_wrap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_add_ch(&b, 'x');
	assert_null(buf_room(&b, SIZE_MAX));
	buf_clear(&b);
	assert_null(buf_room(&b, SIZE_MAX - 1));
	buf_release(&b);
}

static void buf_prints(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 300);
	assert_true(buf_printf(&b, "%s-%d", "a", 7));
	assert_true(buf_printf(&b, "%200s|", ""));
	assert_int_equal(b.n, 204);
	assert_false(buf_printf(&b, "%200s", ""));
	assert_int_equal(b.n, 204);
	assert_int_equal(b.p[204], '\0');
	buf_cut(&b, 3);
	assert_string_equal(buf_c(&b), "a-7");
	buf_release(&b);
}

static void buf_room_is_committed(void **state)
{
	struct buf b;
	char *room;

	(void)state;
	buf_init(&b, 1000);
	room = buf_room(&b, 500);
	assert_non_null(room);
	memset(room, 'x', 500);
	buf_commit(&b, 2);
	assert_string_equal(buf_c(&b), "xx");
	room = buf_room(&b, 998);
	assert_non_null(room);
	memset(room, 'y', 998);
	buf_commit(&b, 998);
	assert_int_equal(b.n, 1000);
	assert_int_equal(b.p[1000], '\0');
	buf_release(&b);
}

const struct CMUnitTest buf_tests[] = {
	cmocka_unit_test(buf_grows),
	cmocka_unit_test(buf_stops_at_its_maximum),
	cmocka_unit_test(buf_without_room_holds_nothing),
	cmocka_unit_test(buf_refuses_sizes_that_wrap),
	cmocka_unit_test(buf_prints),
	cmocka_unit_test(buf_room_is_committed),
};
const size_t buf_tests_count = sizeof(buf_tests) / sizeof(*buf_tests);

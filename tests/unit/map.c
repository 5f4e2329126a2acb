#include "tests/test.h"

#include "core/base/arena.h"
#include "core/base/map.h"

static void map64_keeps_insertion_order(void **state)
{
	enum {
		COUNT = 5000
	};
	struct map64 m;
	bool fresh;

	(void)state;
	map64_init(&m);
	assert_null(map64_get(&m, 0));
	for (uint64_t i = 0; i < COUNT; i++) {
		uint64_t *value =
			map64_put(&m, i << 40, &fresh); /* low bits all alike; 0 is a key like others */

		assert_true(fresh);
		assert_int_equal(*value, 0);
		*value = i;
	}
	for (uint64_t i = 0; i < COUNT; i++) {
		assert_int_equal(*map64_get(&m, i << 40), i);
		assert_int_equal(*map64_put(&m, i << 40, &fresh), i);
		assert_false(fresh);
		assert_int_equal(m.entries[i].key, i << 40);
	}
	assert_int_equal(m.n, COUNT);
	assert_null(map64_get(&m, 1));
	assert_null(map64_get(&m, UINT64_MAX));

	map64_clear(&m);
	assert_null(map64_get(&m, 0));
	*map64_put(&m, 0, NULL) = 9;
	assert_int_equal(*map64_get(&m, 0), 9);
	map64_release(&m);
	assert_null(map64_get(&m, 0));
	map64_release(NULL);
}

static void map_compares_whole_keys(void **state)
{
	static int one, two, three;
	struct map m;
	bool fresh;

	(void)state;
	map_init(&m);
	assert_null(map_get(&m, STR("a")));
	map_put(&m, STR("a"), &fresh)->value = &one;
	assert_true(fresh);
	map_put(&m, STR("a\0"), &fresh)->value = &two;
	assert_true(fresh);
	map_put(&m, (str){ NULL, 0 }, &fresh)->value = &three;
	assert_true(fresh);
	assert_ptr_equal(map_get(&m, STR("a")), &one);
	assert_ptr_equal(map_get(&m, STR("a\0")), &two);
	assert_ptr_equal(map_get(&m, STR("")), &three);
	assert_ptr_equal(map_put(&m, STR(""), &fresh)->value, &three);
	assert_false(fresh);
	assert_null(map_get(&m, STR("b")));
	map_clear(&m);
	assert_null(map_get(&m, STR("a")));
	assert_null(map_put(&m, STR("a"), NULL)->value);
	map_release(&m);
	map_release(NULL);
}

static void map_keeps_insertion_order(void **state)
{
	enum {
		COUNT = 3000
	};
	struct arena keys;
	struct map m;

	(void)state;
	arena_init(&keys);
	map_init(&m);
	for (int i = 0; i < COUNT; i++) {
		struct map_entry *e = map_put(&m, arena_printf(&keys, "key %d", i), NULL);

		assert_null(e->value);
		e->value = arena_c(&keys, e->key);
	}
	assert_int_equal(m.n, COUNT);
	for (int i = 0; i < COUNT; i++) {
		str key = arena_printf(&keys, "key %d", i);

		assert_str_equal(m.entries[i].key, key.p);
		assert_string_equal((char *)map_get(&m, key), key.p);
	}
	map_release(&m);
	arena_release(&keys);
}

const struct CMUnitTest map_tests[] = {
	cmocka_unit_test(map64_keeps_insertion_order),
	cmocka_unit_test(map_compares_whole_keys),
	cmocka_unit_test(map_keeps_insertion_order),
};
const size_t map_tests_count = sizeof(map_tests) / sizeof(*map_tests);
